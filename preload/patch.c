/* SPDX-License-Identifier: MIT */
#include "preload/patch.h"

#include <string.h>
#include <sys/mman.h>

#include "preload/objects.h"
#include "preload/observe.h"
#include "preload/recorder.h"
#include "preload/stubs.h"
#include "wire/raw.h"
#include "wire/sites.h"

#define SITE_BYTES_MAX 8u

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* Where a stub goes on when the call is over; read by preload/site_*.S. */
uintptr_t site_resume[STUBS];
static uint16_t numbers[STUBS];
/* Bytes in one of memory. */
static uintptr_t page;

static bool of_loader[STUBS];
static uint32_t used[4]; /* of each kind of stub */

/* For a library without a build id, or when the session has no free table. */
static struct site_table own;

/* The object's table, made now if nobody has made it yet. */
static const struct site_table *table_of(const struct library *library)
{
	struct site_table *tables = recorder_site_tables(), *table = &own;
	uint32_t state;

	if (library->build_id && library->build_id_size <= BUILD_ID_MAX) {
		for (unsigned i = 0; i < SITE_TABLES; i++) {
			state = SITES_FREE;
			if (atomic_compare_exchange_strong(&tables[i].state,
				    &state, SITES_BEING_MADE)) {
				table = &tables[i];
				break;
			}
			if (state == SITES_READY &&
				!memcmp(tables[i].build_id, library->build_id,
					library->build_id_size))
				return &tables[i];
		}
		memcpy(table->build_id, library->build_id,
			library->build_id_size);
	}
	sites_find(table, library->text, library->size,
		(uint32_t)((uintptr_t)library->text - library->base));
	if (table != &own)
		atomic_store(&table->state, SITES_READY);
	return table;
}

/* A stub for the site; its place, or STUBS when there are none left. */
static uint32_t take_stub(const struct site *site, uint8_t *at)
{
	static const uint32_t first[] = {
		0, STUBS_PLAIN, STUBS_PLAIN + STUBS_4095, STUBS_COMPARE, STUBS};
	unsigned kind = site->form == SITE_CMP_4095  ? 1
			: site->form == SITE_CMP_EAX ? 2
			: site->form == SITE_COPY    ? 3
						     : 0;
	uint32_t place = first[kind] + used[kind];

	if (place == first[kind + 1])
		return STUBS;
	used[kind]++;
	site_resume[place] = (uintptr_t)at + site_size(site);
	numbers[place] = site->form == SITE_MOV ? site->number : 0;
	return place;
}

static bool write_site(const struct library *library, const struct site *site)
{
	uint8_t *at = (uint8_t *)library->base + site->offset;
	uint32_t place = site_is_there(site, at) ? take_stub(site, at) : STUBS;

	if (place < STUBS)
		of_loader[place] = library->loader;
	if (place >= STUBS_COMPARE && place < STUBS)
		return stub_copy_jump(at, place);
	return place != STUBS && stub_write_jump(at, site_overwritten(site),
					 place, site_resume[place]);
}

static bool patch_protect(uintptr_t from, uintptr_t to, int protection)
{
	return raw_call(SYS_mprotect, (long)from, (long)(to - from), protection,
		       0, 0, 0) == 0;
}

/*
 * Gets the pages with sites in few steps: each fault of its own would cost as
 * much as all else that is done here. Linux 5.14; without, they fault.
 */
static void populate(
	const struct library *library, const struct site_table *table)
{
	uintptr_t begin = 0, end = 0;

	for (uint32_t i = 0; i <= table->count; i++) {
		uintptr_t at = i < table->count
				       ? library->base + table->sites[i].offset
				       : 0;
		uintptr_t first = at & ~(page - 1);

		if (i < table->count && first <= end && end) {
			end = (at + SITE_BYTES_MAX + page - 1) & ~(page - 1);
			continue;
		}
		/* One page alone is no dearer to fault in. */
		if (end > begin + page)
			raw_madvise((void *)begin, end - begin,
				MADV_POPULATE_WRITE);
		begin = first;
		end = (at + SITE_BYTES_MAX + page - 1) & ~(page - 1);
	}
}

static bool patch_is_sound(
	const struct site_table *table, const struct library *library)
{
	uintptr_t begin = (uintptr_t)library->text - library->base;

	if (table->count > SITES_MAX)
		return false;
	for (uint32_t i = 0; i < table->count; i++)
		if (table->sites[i].offset < begin ||
			table->sites[i].offset + SITE_BYTES_MAX >
				begin + library->size)
			return false;
	return true;
}

static bool patch_library(const struct library *library)
{
	const struct site_table *table = table_of(library);
	uintptr_t from, to;
	bool whole = table->rejected == 0;

	/* It lies where a stray write of any program can hit it. */
	if (!patch_is_sound(table, library))
		return false;

	/* Nothing is left in libpthread and its like since glibc 2.34. */
	if (!table->count)
		return whole && !library->core;
	from = library->base + table->sites[0].offset;
	to = library->base + table->sites[table->count - 1].offset + page;
	from &= ~(page - 1);
	to = (to + page - 1) & ~(page - 1);
	/* Where code may not be written to this fails, and all is as before:
	 * to take the right to execute away first would be too late then. */
	if (!patch_protect(from, to, PROT_READ | PROT_WRITE | PROT_EXEC))
		return false;
	populate(library, table);
	for (uint32_t i = 0; i < table->count; i++)
		whole &= write_site(library, &table->sites[i]);
	patch_protect(from, to, PROT_READ | PROT_EXEC);
	return whole;
}

bool patch_objects(size_t page_size)
{
	bool whole;

	page = page_size;
	if (!stubs_open(true))
		return false;
	whole = objects_libraries(patch_library);
	stubs_open(false);
	return whole;
}

/* Its entries into the kernel are not patched. */
static void look_for_second(const struct site_frame *frame)
{
	const char *path = (const char *)frame->arguments[1];

	if ((int64_t)frame->number >= 0 && objects_is_core(path))
		recorder_lost("it loaded a second C library");
}

bool site_entered(struct site_frame *frame, uint32_t place)
{
	bool opens, made;

	frame->place = place;
	if (place >= STUBS)
		return observe_call(frame);
	if (numbers[place])
		frame->number = numbers[place];
	opens = frame->number == SYS_openat;
	made = observe_call(frame);
	/* The loader opens no library that is loaded already. */
	if (opens && made && of_loader[place])
		look_for_second(frame);
	return made;
}
