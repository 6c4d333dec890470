/* SPDX-License-Identifier: MIT */
/*
 * git's hooks that run tests: small shell scripts in the repository's folder
 * of hooks.
 *
 * A hook that was there before is kept beside ours, under another name, and
 * runs first. Ours bears a print of itself, so that one which somebody has
 * changed since is told from one that nobody has.
 */
#ifndef FTRACE_GIT_HOOK_H
#define FTRACE_GIT_HOOK_H

#include <stdbool.h>

#include "base/err.h"

enum hook_state {
	HOOK_NONE,
	HOOK_INSTALLED,
	HOOK_CHANGED, /* ours, and changed by hand */
	HOOK_OTHER,   /* not ours */
};

const char *hook_state_name(enum hook_state state);

struct hook {
	const char *name; /* "pre-commit" */
	char *below;      /* the directory, from the top of the work tree; "" */
	char *path, *kept; /* the hook, and what was there before */
	enum hook_state state;
	bool has_kept;
	bool shared;   /* the folder is not this repository's alone */
	bool husky;    /* another program writes all in it anew */
	char *command; /* an installed one's, as the shell reads it; or NULL */
};

/* NULL-terminated. */
extern const char *const hook_names[];

/* Negative: no git, no work tree. To be released in any case. */
int hook_look(struct hook *hook, const char *directory, const char *name,
	struct err *err);
void hook_release(struct hook *hook);

/*
 * argv: the command whose tests are run where ftrace.json names no checks;
 * empty for none. It runs in the directory that was looked at. program: ftrace,
 * for where the PATH has none.
 */
int hook_install(struct hook *hook, char *const *argv, const char *program,
	bool force, struct err *err);

/* Puts back what was there before; nothing is done where there is nothing. */
int hook_uninstall(struct hook *hook, bool force, struct err *err);

/*
 * git tells a hook by variables which repository it is called for. Tests of
 * programs that call git must not see them.
 */
void hook_leave_git(void);

/*
 * In a hook: whether files of the work tree are others than those that are to
 * be committed, or than in the commit.
 */
bool hook_differs(const char *name);

#endif
