/* SPDX-License-Identifier: MIT */
/*
 * The tests of a runner that starts a process for each of them, as the runner
 * lists them before it runs. Nothing in its own processes tells of them: the
 * fold knows a test by the words that its program is executed with.
 */
#ifndef FTRACE_RUNNERS_TESTS_H
#define FTRACE_RUNNERS_TESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/intern.h"
#include "base/words.h"

/* Which names in a folder matter: as blocks of listings (map/print.h). */
struct runner_look {
	char *folder, *names;
};

/*
 * What programs of tests are built of, a package say: its files, by absolute
 * paths, and where new ones would be met. So it is known whether or not
 * anything had to be built while somebody looked.
 */
struct runner_part {
	char *name; /* the same in every run */
	struct words files;
	struct words made; /* absolute paths of what is built of it */
	bool unknown;      /* nothing tells what its files are */
	bool shallow;      /* of a folder: what is below those in it is not gone
			    * through */
	struct runner_look *looks;
	size_t look_count, look_room;
	size_t *uses; /* places of other parts */
	size_t use_count, use_room;
};

struct runner_test {
	char *id;       /* may come twice, and is one unit all the same */
	char *argument; /* how it is asked for, if not by its id; or NULL */
	char **needs;   /* ids of those that run before it; or NULL */
	char **looked;  /* what the runner looks for besides; or NULL */
	size_t part;    /* what it is built of: a place in parts, + 1 */
	const char *outcome; /* as docs/GLOSSARY.md has them; NULL: none */
	int64_t duration;    /* microseconds, -1: unknown */

	/*
	 * Which process it is: one that is told these words and no others; or
	 * that is started in this folder, of a name that is one of a test's; or
	 * that is told all of the signs, the first of which, or a glob, is what
	 * it is called. NULL-terminated, or NULL.
	 */
	char **words;
	char *folder;
	char **signs;

	bool asked;        /* it is to run: of a runner of programs */
	bool builds_only;  /* no process is started for it */
	bool may_lack;     /* without a process the command has it not */
	bool skips_itself; /* its process can say that it was skipped */
	bool off;          /* it is not to run */
	/* How it ended that was asked for, and has no process, where the runner
	 * failed; NULL: it was not its turn. */
	const char *unseen;
};

struct runner_tests {
	char *file; /* the part that all ids begin with (adapter.h); NULL: each
		     * has its own */
	const char *root; /* of the project; of who asked, and stays theirs */
	struct runner_test *list;
	size_t count, room;
	struct runner_part *parts;
	size_t part_count, part_room;
	/* Folders that are gone through for tests, named as in ids. */
	struct runner_part *searched;
	size_t searched_count, searched_room;
	/* What tests are called in those that are listed as a whole: patterns,
	 * as struct adapter matches them */
	struct words patterns;
	/* Absolute folders: in which it keeps what other inputs decide, so that
	 * nobody depends on them; and in which it does so as it builds. */
	struct words own, built;
	/* Of those known by their folder: a glob that their first word is of */
	const char *programs;
	/*
	 * Of a runner whose tests share processes: what these are called, a
	 * glob, and what the runner's own that are called so are told. What one
	 * does is done for all tests of the nearest folder around it. Of what
	 * is built in "built" they need what the parts tell, and no part that
	 * they have met remains untold. NULL: they share none.
	 */
	const char *shared, *unshared;
	bool broken;        /* it may not have come to all that there are */
	bool by_status;     /* a test ended as its program did */
	const char *untold; /* how those ended that ran untold; NULL: unknown */
	bool chosen;        /* the command leaves others of the file out */
	time_t listed;      /* when it was */
};

/* One more, of zeroes but for the duration, which is unknown. */
struct runner_test *runner_tests_add(struct runner_tests *tests);
/*
 * Says which are asked: those of a selection, where a file stands for all in
 * it, and those that are not known (NULL: all are). Without a selection all.
 * How many are.
 */
size_t runner_tests_ask(struct runner_tests *tests, char *const *selection,
	size_t count, const struct interner *known);

/* The part of an id that says by which flags it is another test; or "". */
const char *runner_tests_flags(const char *id);

struct runner_part *runner_parts_add(
	struct runner_part **parts, size_t *count, size_t *room);
/* Takes the folder over. */
void runner_part_look(
	struct runner_part *part, char *folder, const char *names);
void runner_part_use(struct runner_part *part, size_t place);

void runner_tests_release(struct runner_tests *tests);

#endif
