/* SPDX-License-Identifier: MIT */
/*
 * What the steps of a fold share, and nobody else.
 */
#ifndef FTRACE_FOLD_STATE_H
#define FTRACE_FOLD_STATE_H

#include <stdbool.h>

#include "base/intern.h"
#include "fold/fold.h"
#include "fold/names.h"
#include "fold/path_tree.h"
#include "wire/kind.h"

#define SCOPE_NONE UINT32_MAX

enum access_role {
	ROLE_INPUT,
	ROLE_FACT,     /* told to who asks, and nothing depends on it: what the
			  session had made itself by then */
	ROLE_PRESENCE, /* an input of which only the presence counts */
	ROLE_MADE,     /* looked for in vain, and then made by that scope */
	ROLE_NOTHING,  /* neither an input nor worth telling */
};

/* What a scope did to a block of a path, all kinds together. */
struct fold_access {
	uint32_t scope;
	uint32_t node;
	uint32_t block;
	uint32_t kinds;
	enum access_role role;
	bool by_runner; /* all of them in processes with an adapter */
};

/* A raw path as recorded, resolved once. */
struct fold_path {
	uint32_t node;
	uint32_t link_first; /* in links */
	uint32_t link_count;
	uint32_t epoch; /* of the tree, when it was resolved */
	bool ignored;
	bool unlooked; /* only what is read of it counts */
};

/* A source whose functions the adapter tells of. */
struct fold_source {
	uint32_t node;
	uint32_t file;       /* in files; FILE_NONE until it was looked at */
	uint32_t module;     /* the scope of its import */
	size_t first, count; /* of its functions' ranks, in words of a set */
};

/* A function that was entered; or, without a name, the source's loading. */
struct fold_function {
	uint32_t node;
	const char *name;
	size_t name_size;
	uint32_t state; /* in files; FILE_NONE: as good as the whole file */
	bool on_load;   /* no function: what the source's loading runs */
	bool walks;     /* it goes through all modules that are loaded */

	uint32_t rank; /* its bit in sets of functions */
	uint32_t last; /* the scope that entered it last, + 1 */
};

struct fold_entry {
	uint32_t scope;
	uint32_t function; /* in functions */
};

/* What a source's module may have kept of files. */
struct fold_memo {
	uint32_t node; /* of the source */
	uint32_t scope;
};

/*
 * A thing that scopes left in memory, under one name: a scope for what computed
 * it, used by who found it there.
 */
struct fold_kept {
	uint32_t scope;
	bool is_mentioned; /* who fills it is known by its name alone */
	bool is_import;    /* it counts as what the source's import made */
};

/* A scope that has left something there. */
struct fold_keeping {
	uint32_t scope;
	uint32_t kept; /* in kept */
	uint32_t node; /* of the source whose module has it */
};

/* A scope that may have found what has an id. */
struct fold_may {
	uint32_t scope;
	uint32_t text;  /* in texts */
	size_t entries; /* how many there were by then */
};

/* A directory that an image looked through for a group of entry points. */
struct fold_group {
	uint32_t image, node;
	uint32_t block; /* in blocks */
};

/* A variable of the environment that a scope depends on. */
struct fold_variable {
	uint32_t scope;
	uint32_t name; /* in variable_names */
};

struct fold_scope {
	bool coarse;    /* it entered functions that nobody told of, */
	bool untold;    /* for a reason that the user may want to know */
	bool ran;       /* said an outcome other than that it exists */
	bool selected;  /* was collected and chosen, if perhaps not run */
	bool unasked;   /* was collected beside others that were chosen */
	bool needed;    /* a unit that ran needs it, which may not have run */
	bool completed; /* a collector that came to its end */
	bool told;      /* it said how it ended, if it is no unit */
};

struct fold {
	const struct fold_options *options;
	const struct trace *trace;
	struct map_files files;
	struct recording recording;
	struct path_tree tree;

	struct interner scope_names; /* number i is recording.scopes[i] */
	struct interner held;        /* collectors that others said they hold */
	struct fold_scope *scopes;
	size_t scope_count, scope_room;
	uint32_t *numbers; /* arena scope numbers to scopes */
	uint32_t number_count;
	bool *number_said; /* that number said its outcome */
	size_t each_units;
	uint32_t *image_scopes; /* the unit an image runs in, if not the base */
	uint32_t own;  /* the command's unit beside a runner's; or SCOPE_NONE */
	bool all_told; /* each of the runners behind the command has */
	const char *inside; /* which they are (recording.h); or NULL */
	uint32_t base;
	uint64_t *image_ready; /* the clock when its adapter was; 0: never */
	uint64_t *image_asks;  /* what it does up to then is of nobody */
	bool hooked; /* the project's own code takes part in discovery */
	bool adapter_ready;
	bool collected; /* the runner has told of all tests that it found */
	/* That it begins where it does decides on no import, or may do so. */
	bool same_anywhere, needs_here;
	bool narrowed; /* it looked for them otherwise than it is set to */
	bool in_part;  /* also in the files that it took */
	bool whole;    /* the command is one unit, which nobody named */
	bool gave_up;  /* as fold_gave_up() has it */

	uint32_t *linked; /* nodes whose links or places changed */
	size_t linked_count, linked_room;

	struct interner raw_paths; /* number i is paths[i] */
	struct fold_path *paths;
	size_t path_count, path_room;
	uint32_t *links;
	size_t link_count, link_room;

	struct interner access_keys; /* number i is accesses[i] */
	struct fold_access *accesses;
	size_t access_count, access_room;
	struct interner blocks;
	uint32_t no_block;        /* the empty one: the whole file */
	struct interner settings; /* declared, by fold/settings.c */
	struct interner handed;   /* nodes, by fold/handed.c */
	struct fold_group *groups;
	size_t group_count, group_room;
	bool late;      /* listings that waited are being taken */
	bool by_runner; /* the event is of a process with an adapter */

	/* Code, by fold/code.c. */
	struct interner code_keys; /* number i is codes[i] */
	uint32_t *codes;           /* "token/id" to a place in functions */
	size_t code_count, code_room;
	struct interner function_keys; /* number i is functions[i] */
	struct fold_function *functions;
	size_t function_count, function_room;
	struct interner loads; /* a scope and the node of a source it loads */
	struct fold_source *sources;
	size_t source_count, source_room;
	struct fold_entry *entries; /* functions entered, sources loaded */
	size_t entry_count, entry_room;
	struct audited *audited; /* what audits found, by fold/audit.c */
	size_t audited_count;
	struct fold_memo *memos;
	size_t memo_count, memo_room;
	struct fold_kept *kept;
	size_t kept_count, kept_room;
	struct fold_keeping *keepings;
	size_t keeping_count, keeping_room;
	struct fold_may *mays;
	size_t may_count, may_room;
	struct interner kept_keys; /* number i is kept[i] */
	struct names kept_names, kept_makers;
	/* Functions, by the bytes of their caller's number. */
	struct names calls;
	struct names leads; /* the same, by names that lead to them */
	char *interpreter_tag, *interpreter; /* NULL: none was named */
	const char *coarse;                  /* why some scope is, or NULL */

	struct interner variable_names;
	struct interner variable_keys; /* number i is variables[i] */
	struct fold_variable *variables;
	size_t variable_count, variable_room;

	/* By node; grown with the tree. */
	uint32_t *source_of; /* place in sources, + 1 */
	uint32_t *makers;    /* the scope that made it, + 1 */
	bool *touched;       /* the session wrote, renamed or removed it */
	bool *stirred;       /* the session changed its entries */
	bool *aliased;       /* the session gave it one more name */
	bool *driven;        /* the runner made it or removed it */
	bool *searched;      /* discovery went through its entries */
	size_t node_room;

	uint32_t root_node;
	uint32_t temporary[4]; /* nodes of the system's temporary directories */
	size_t temporary_count;
	bool *starters;             /* images that started tests; or NULL */
	struct interner programs;   /* nodes of what the runner looks for */
	uint32_t kernels[2];        /* likewise of /proc and /sys */
	char rewrote[512];          /* see struct fold_summary */
	struct interner texts;      /* reasons and outcomes */
	struct fold_loader *loader; /* NULL until one had to be asked */
};

/* A copy that lives as long as the fold. */
const char *fold_text(struct fold *fold, const char *bytes, size_t size);

/* The scope of that kind and name, made when it is new. */
uint32_t fold_scope(
	struct fold *fold, enum scope_kind kind, const char *name, size_t size);
/* A new one, whatever others of the name there are. */
uint32_t fold_new_scope(
	struct fold *fold, enum scope_kind kind, const char *name, size_t size);
uint32_t fold_find_scope(const struct fold *fold, enum scope_kind kind,
	const char *name, size_t size);
void fold_use(struct fold *fold, uint32_t scope, uint32_t used);

/* Whether a scope was said to use another one, itself. */

void fold_incomplete(struct fold *fold, uint32_t scope, const char *reason);
/* It ran code that is no block: that may mention whatever name there is. */
void fold_use_opaque(struct fold *fold, uint32_t scope);

/* The scope an event belongs to. */
uint32_t fold_event_scope(
	const struct fold *fold, const struct trace_event *event);

/* The steps, in their order. */
void fold_scopes(struct fold *fold);   /* marks: scopes, edges, outcomes */
void fold_each(struct fold *fold);     /* units of executed programs */
void fold_tests(struct fold *fold);    /* units that the runner listed */
void fold_inside(struct fold *fold);   /* a runner behind other programs */
void fold_accesses(struct fold *fold); /* records to accesses */
/* What the run itself wrote. */
int fold_outputs(struct fold *fold, struct map *map, struct err *err);
int fold_code(struct fold *fold, struct map *map, struct err *err);
void fold_settle(struct fold *fold);    /* accesses to states of files */
void fold_rewritten(struct fold *fold); /* what a check did to its inputs */
int fold_code_settle(struct fold *fold, struct map *map, struct err *err);
int fold_audited(struct fold *fold, struct map *map, struct err *err);
void fold_audited_code(struct fold *fold);
int fold_audit(struct fold *fold, const struct fold_summary *summary,
	struct map *map, struct err *err);
void fold_forward(const struct fold *fold); /* to an ftrace around us */
int fold_gone(struct fold *fold, struct map *map, struct err *err);
/* What discovery listed, and made no tests of. */
int fold_listings(struct fold *fold, struct map *map, struct err *err);

/* A directory above a file, or it itself, was looked through to the end. */
bool fold_was_looked_for(
	const struct fold *fold, const char *path, size_t size);

/* Whether in the scope only the runner acts, and no test (fold/outputs.c). */
bool fold_is_driver(const struct fold *fold, uint32_t scope);

/* fold/accesses.c and fold/discovery.c use each other's: */
void fold_add(struct fold *fold, uint32_t scope, uint32_t node, uint32_t block,
	enum access_kind kind, enum access_role role);
void fold_input(struct fold *fold, uint32_t scope, uint32_t node,
	uint32_t block, enum access_kind kind);
/* The scope that made the node or a directory above it, or SCOPE_NONE. */
uint32_t fold_maker(const struct fold *fold, uint32_t node);
void fold_find_searched(struct fold *fold);
bool fold_is_collected(const struct fold *fold, uint32_t node);
bool fold_gave_up(const struct fold *fold);
void fold_unfound(struct fold *fold);
bool fold_discovery(struct fold *fold, uint32_t scope, uint32_t node,
	uint32_t block, enum access_kind kind);

/*
 * Links that came and went (fold/links.c). fold_links() sets the tree to what
 * was when the run began; fold_links_after() tells it of one more event.
 */
void fold_links(struct fold *fold);
void fold_links_after(struct fold *fold, const struct wire_record *record);

/* Finds the git that plugins ask which commit this is: fold/commit.c. */
void fold_commit(struct fold *fold);
bool fold_asks_commit(const struct fold *fold, const struct trace_event *event);

/* An input as the file is now: a state, for the scope to have read. */
void fold_read(struct fold *fold, const struct fold_access *access,
	uint32_t file, uint32_t kinds);

/* A record of code (fold/code_marks.c). */
void fold_take_code(struct fold *fold, const struct trace_event *event);
void fold_code_release(struct fold *fold);

/*
 * Settings (fold/settings.c): the first goes through all that is declared of
 * them. The second notes that an image has said what it listed a directory for
 * before its adapter was ready; what it says later is of another look. Whether
 * an event, an access of the whole, is told by a declaration.
 */
void fold_find_settings(struct fold *fold);
void fold_declare_listing(
	struct fold *fold, const struct trace_event *event, uint32_t node);
bool fold_is_declared(const struct fold *fold, const struct trace_event *event,
	uint32_t node, enum access_kind kind);

/*
 * Modules that a runner read for those who asked for them (fold/handed.c):
 * finds them all. Whether an event of the base is such a reading.
 */
void fold_find_handed(struct fold *fold);
bool fold_is_handed(const struct fold *fold, const struct trace_event *event,
	uint32_t node, enum access_kind kind);

/* Whether an access is to a section of a file, and nothing else of it. */
bool fold_is_section(const struct fold *fold, const struct fold_access *access);

/*
 * The state of the section that an access is to; of what it looked like if
 * past is not NULL. FILE_NONE: it cannot be told, and the whole file counts.
 */
uint32_t fold_section_state(struct fold *fold, const struct fold_access *access,
	uint32_t file, const struct print *past);

/* Makers for what earlier runs of the same scopes made, and this one left. */
int fold_products(struct fold *fold, struct map *map, struct err *err);

/* A scope for each set of functions of a file that some scope entered. */
void fold_entered(struct fold *fold);
/* The entries, put in the order of their scopes; to be freed. */
struct fold_entry *fold_entries_by_scope(const struct fold *fold);

/*
 * Variables (fold/variable.c): a record of one, and the states of them all.
 * The state of one by its path in the map, as the variable is now.
 */
void fold_take_variable(struct fold *fold, const struct trace_event *event);
void fold_variables(struct fold *fold);
void fold_read_variable(
	struct fold *fold, uint32_t scope, const char *path, uint32_t kinds);

/* Memos (fold/memo.c): to be found once, and used by who can get at them. */
void fold_memos(struct fold *fold);
void fold_use_memos(struct fold *fold, uint32_t scope, uint32_t node);

/*
 * Kept things (fold/kept.c): a record of one; then, once the states of
 * functions are known, entries for what computed each.
 */
void fold_take_kept(struct fold *fold, const struct trace_event *event);
void fold_take_may(struct fold *fold, const struct trace_event *event);
void fold_kept(struct fold *fold);
void fold_kept_release(struct fold *fold);

/* A function that a scope entered (fold/code_marks.c). */
void fold_add_entry(struct fold *fold, uint32_t scope, uint32_t function);

/* The file of a node, checked; FILE_NONE: its path is too long. */
uint32_t fold_file(struct fold *fold, uint32_t node);
bool fold_changed_meanwhile(
	const struct fold *fold, uint32_t node, enum aspect aspect);

/* What the loader of an image did, seen by its HELLO and by its SEARCH. */
void fold_loader_files(struct fold *fold, const struct trace_event *event);
void fold_loader_search(struct fold *fold, const struct trace_event *event);
void fold_loader_release(struct fold *fold);

/* An access as if the event were it; the path is a place in paths. */
void fold_take(struct fold *fold, const struct trace_event *event,
	uint32_t path, enum access_kind kind);

/* A path, resolved; its place in paths. May move paths. */
uint32_t fold_path(
	struct fold *fold, const char *raw, size_t size, bool nofollow);

/* Whether it is the runner who looks there, for a test's program. */
bool fold_finds_program(const struct fold *fold, uint32_t image, uint32_t node);
/* Whether what was lost is that the runner may open files by a ring, which it
 * does not. */
bool fold_is_runners_ring(const struct fold *fold, uint32_t scope,
	const struct wire_record *lost);

/* True when node is dir or lies below it. */
bool fold_below(const struct fold *fold, uint32_t node, uint32_t dir);
bool fold_is_temporary(const struct fold *fold, uint32_t node);

#endif
