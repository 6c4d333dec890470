/* SPDX-License-Identifier: MIT */
/*
 * The objects that the dynamic loader mapped: it opens them itself, where no
 * wrapper sees it, so they are read off its list.
 */
#ifndef FTRACE_PRELOAD_OBJECTS_H
#define FTRACE_PRELOAD_OBJECTS_H

/* Records every object not recorded yet, in the scope in force. */
void objects_record(void);

/*
 * A dlopen is about to happen: its objects are recorded by the next
 * objects_settle(), at the latest when the process exits. Called before the
 * real dlopen, which has to see its true caller and so cannot be returned to.
 */
void objects_expect(void);

/* objects_record() when one is due. Not for signal handlers. */
void objects_settle(void);

#endif
