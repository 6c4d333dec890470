/* SPDX-License-Identifier: MIT */
#include "preload/objects.h"

#include <elf.h>
#include <string.h>

#include "preload/recorder.h"
#include "preload/scope.h"
#include "preload/search.h"
#include "wire/raw.h"

/* NT_GNU_BUILD_ID notes are named "GNU". */
#define NOTE_NAME "GNU"

static const struct link_map *first;

/* In old versions of glibc threads and timers are libraries of their own. */
static const char *const libraries[] = {"libc.so", "libc-2.", "libc.musl-",
	"ld-linux-", "ld-musl-", "ld-2.", "libpthread", "librt.so", "librt-2."};
#define LIBRARIES (sizeof(libraries) / sizeof(*libraries))
#define CORES 3
#define LOADERS 6

void objects_find(const struct start *start)
{
	uintptr_t bias = 0;
	const ElfW(Dyn) *entry = NULL;

	for (size_t i = 0; i < start->header_count; i++)
		if (start->headers[i].p_type == PT_PHDR)
			bias = (uintptr_t)start->headers -
			       start->headers[i].p_vaddr;
	for (size_t i = 0; i < start->header_count; i++)
		if (start->headers[i].p_type == PT_DYNAMIC)
			entry = (const void *)(bias +
					       start->headers[i].p_vaddr);
	for (; entry && entry->d_tag != DT_NULL; entry++)
		if (entry->d_tag == DT_DEBUG && entry->d_un.d_ptr)
			first = ((const struct r_debug *)entry->d_un.d_ptr)
					->r_map;
}

static struct text objects_text_of(const char *string)
{
	return (struct text){string, strlen(string)};
}

/* The working directory, for names that lack it; empty when it is gone. */
static struct text working_directory(char *buffer)
{
	long n = raw_getcwd(buffer, SCRATCH_SIZE);

	return (struct text){buffer, n > 1 && *buffer == '/' ? n - 1 : 0};
}

/* What an object looks for, for the record; the program alone preloads. */
static struct text words_of(
	const struct link_map *map, const struct start *start, char *buffer)
{
	const char *preload = NULL;
	size_t n;

	if (map == first) {
		preload = start_variable(start, PRELOAD_VARIABLE);
		if (preload && !strcmp(preload, recorder_library()))
			preload = NULL;
	}
	n = search_words(map, preload, buffer, SCRATCH_SIZE);
	if (n > SCRATCH_SIZE) {
		recorder_lost("what its loader looked for is too long");
		n = 0;
	}
	return (struct text){buffer, n};
}

static void write_object(const char *name, const struct text *directory,
	const struct text *words)
{
	struct record_draft draft = {
		.type = words ? RECORD_OBJECT : RECORD_ACCESS,
		.access = ACCESS_READ,
		.scope = scope_in_force(),
		.tail = objects_text_of(name)};

	if (words)
		draft.head = *words;
	if (*name != '/')
		draft.dir = *directory;
	recorder_write(&draft);
}

static struct text write_search(const char *path, char *buffer)
{
	struct text directory = working_directory(buffer);
	struct record_draft draft = {.type = RECORD_SEARCH,
		.scope = scope_in_force(),
		.head = objects_text_of(path ? path : ""),
		.tail = directory};

	recorder_write(&draft);
	return directory;
}

void objects_record(const struct start *start, const char *program)
{
	const char *path = start_variable(start, "LD_LIBRARY_PATH");
	bool searched = start->glibc && search_happened(first, path);
	char *where = scratch_take(), *buffer = scratch_take();
	struct text directory = {NULL, 0}, words;

	if (searched)
		directory = write_search(path, where);
	if (!first && program)
		write_object(program, &directory, NULL);
	for (const struct link_map *map = first; map; map = map->l_next) {
		/* The program's name here is empty, the vdso has no slash. */
		const char *name =
			map == first && program ? program : map->l_name;

		if (!name || !strchr(name, '/'))
			continue;
		if (*name != '/' && !directory.size)
			directory = working_directory(where);
		if (searched)
			words = words_of(map, start, buffer);
		write_object(name, &directory, searched ? &words : NULL);
	}
	scratch_give(buffer);
	scratch_give(where);
}

/* The place of its name in libraries, or LIBRARIES. */
static size_t library_of(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;

	for (size_t i = 0; i < LIBRARIES; i++)
		if (!strncmp(base, libraries[i], strlen(libraries[i])))
			return i;
	return LIBRARIES;
}

bool objects_is_core(const char *path)
{
	return library_of(path) < CORES;
}

bool objects_is_library(const char *path)
{
	return library_of(path) < LIBRARIES;
}

const char *objects_at(size_t place, uintptr_t *base)
{
	const struct link_map *map = first;

	while (map && place--)
		map = map->l_next;
	if (!map)
		return NULL;
	*base = map->l_addr;
	return map->l_name ? map->l_name : "";
}

static void read_notes(struct library *library, const uint8_t *at, size_t size)
{
	const ElfW(Nhdr) *note = (const void *)at;
	const uint8_t *end = at + size, *name, *text;

	while ((const uint8_t *)(note + 1) <= end) {
		name = (const uint8_t *)(note + 1);
		text = name + ((note->n_namesz + 3) & ~3u);
		if (text + note->n_descsz > end)
			return;
		if (note->n_type == NT_GNU_BUILD_ID &&
			note->n_namesz == sizeof(NOTE_NAME) &&
			!memcmp(name, NOTE_NAME, sizeof(NOTE_NAME))) {
			library->build_id = text;
			library->build_id_size = note->n_descsz;
			return;
		}
		note = (const void *)(text + ((note->n_descsz + 3) & ~3u));
	}
}

/* False for what was not linked to lie at 0: the head is elsewhere. */
static bool read_library(struct library *library, uintptr_t base)
{
	const ElfW(Ehdr) *head = (const void *)base;
	const ElfW(Phdr) * program;

	*library = (struct library){.base = base};
	if (!base || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0)
		return false;
	program = (const void *)(base + head->e_phoff);
	for (size_t i = 0; i < head->e_phnum; i++) {
		const uint8_t *at = (const uint8_t *)base + program[i].p_vaddr;

		if (program[i].p_type == PT_NOTE && !library->build_id)
			read_notes(library, at, program[i].p_memsz);
		if (program[i].p_type == PT_LOAD && program[i].p_flags & PF_X) {
			library->text = at;
			library->size = program[i].p_memsz;
		}
	}
	return library->text != NULL;
}

bool objects_libraries(bool (*visit)(const struct library *library))
{
	struct library library;
	bool any = false, whole = true;

	for (const struct link_map *map = first; map; map = map->l_next) {
		size_t which =
			map->l_name ? library_of(map->l_name) : LIBRARIES;

		if (which == LIBRARIES)
			continue;
		if (!read_library(&library, map->l_addr))
			return false;
		library.core = which < CORES;
		library.loader = which >= CORES && which < LOADERS;
		any |= library.core;
		whole &= visit(&library);
	}
	return any && whole;
}
