/* SPDX-License-Identifier: MIT */
#include "preload/objects.h"

#include <link.h>
#include <stdatomic.h>
#include <string.h>

#include "preload/recorder.h"
#include "preload/scope.h"

/*
 * How many objects were on the list last time. The loader appends; once it
 * has removed one the count says nothing and the whole list is read.
 */
static _Atomic unsigned long long known;
static _Atomic unsigned long long removed;
static _Atomic int due;

struct walk {
	unsigned long long index, skip, total, subs;
};

static int visit(struct dl_phdr_info *info, size_t size, void *data)
{
	struct walk *walk = data;
	struct record_draft draft = {
		.type = RECORD_ACCESS, .access = ACCESS_READ};

	(void)size;
	if (walk->index == 0) {
		walk->total = info->dlpi_adds;
		walk->subs = info->dlpi_subs;
		if (walk->subs != atomic_load(&removed))
			walk->skip = 0;
	}
	if (walk->index++ < walk->skip)
		return 0;
	/* The program itself has no name here; the vdso has no slash. */
	if (!info->dlpi_name || !strchr(info->dlpi_name, '/'))
		return 0;
	draft.scope = scope_in_force();
	draft.tail = (struct text){info->dlpi_name, strlen(info->dlpi_name)};
	if (recorder_is_new(&draft))
		recorder_write(&draft);
	return 0;
}

void objects_record(void)
{
	struct walk walk = {.skip = atomic_load(&known)};

	if (!recorder_on())
		return;
	dl_iterate_phdr(visit, &walk);
	atomic_store(&known, walk.index);
	atomic_store(&removed, walk.subs);
}

void objects_expect(void)
{
	atomic_store(&due, 1);
	recorder_set_pending(true);
}

void objects_settle(void)
{
	if (atomic_load_explicit(&due, memory_order_relaxed) == 0 ||
		!recorder_on())
		return;
	atomic_store(&due, 0);
	objects_record();
	recorder_set_pending(false);
}
