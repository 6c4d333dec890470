/* SPDX-License-Identifier: MIT */
#include "wire/verdict.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "wire/arena.h"
#include "wire/raw.h"

/*
 * How long to wait for an answer: as long as others are answered, for large
 * programs have to be read first. Who is not heard at all asks no more.
 */
#define BUSY_STEPS 6000
#define IDLE_STEPS 500
#define WAIT_STEP_NS 10000000

static _Atomic bool unheard;

static int64_t verdict_stamp(const struct timespec *time)
{
	return time->tv_sec * INT64_C(1000000000) + time->tv_nsec;
}

void object_file_set(struct object_file *file, const struct stat *st)
{
	*file = (struct object_file){.device = st->st_dev,
		.inode = st->st_ino,
		.size = (uint64_t)st->st_size,
		.mtime = verdict_stamp(&st->st_mtim),
		.ctime = verdict_stamp(&st->st_ctim)};
}

uint64_t object_file_key(const struct object_file *file)
{
	uint64_t key = XXH3_64bits(file, sizeof(*file));

	return key ? key : 1;
}

uint32_t verdict_sum(
	const struct verdict *verdict, const struct own_site *sites)
{
	return (uint32_t)XXH3_64bits_withSeed(
		sites, verdict->count * sizeof(*sites), verdict->shift);
}

struct verdict_entry *verdict_entry(struct verdict_board *board, uint64_t key)
{
	uint64_t there;

	for (uint32_t i = 0; i < VERDICT_ENTRIES; i++) {
		struct verdict_entry *entry =
			&board->entries[(key + i) % VERDICT_ENTRIES];

		there = atomic_load_explicit(&entry->key, memory_order_acquire);
		if (!there || there == key)
			return entry;
	}
	return NULL;
}

static struct verdict_slot *verdict_take_slot(struct verdict_board *board)
{
	for (unsigned i = 0; i < VERDICT_SLOTS; i++) {
		uint32_t free = VERDICT_FREE;

		if (atomic_compare_exchange_strong(
			    &board->slots[i].state, &free, VERDICT_FILLING))
			return &board->slots[i];
	}
	return NULL;
}

/* False when it does not come: the slot stays taken, for it still may. */
static bool verdict_wait(struct arena *arena, struct verdict_slot *slot)
{
	struct verdict_board *board = &arena->header->verdicts;
	struct timespec step = {0, WAIT_STEP_NS};
	int idle = 0;

	atomic_store(&slot->state, VERDICT_ASKED);
	for (int i = 0; i < BUSY_STEPS && idle < IDLE_STEPS; i++) {
		atomic_fetch_add(&board->asked, 1);
		raw_futex(&board->asked, FUTEX_WAKE, 1, NULL);
		raw_futex(&slot->state, FUTEX_WAIT, VERDICT_ASKED, &step);
		if (atomic_load(&slot->state) == VERDICT_ANSWERED)
			return true;
		if (atomic_load(&board->over))
			return false;
		idle += !atomic_load(&board->busy);
	}
	atomic_store(&unheard, true);
	return false;
}

struct verdict verdict_ask(
	struct arena *arena, const struct stat *st, const char *path, int fd)
{
	struct verdict_slot *slot = NULL;
	struct timespec step = {0, WAIT_STEP_NS};
	struct verdict verdict = {0};
	size_t n = strlen(path);

	for (int i = 0; !slot && i < BUSY_STEPS; i++) {
		if (atomic_load(&arena->header->verdicts.over) ||
			atomic_load(&unheard))
			return verdict;
		slot = verdict_take_slot(&arena->header->verdicts);
		if (!slot)
			raw_nanosleep(&step);
	}
	if (!slot)
		return verdict;
	slot->pid = (uint32_t)raw_getpid();
	slot->fd = fd;
	object_file_set(&slot->file, st);
	n = n < sizeof(slot->path) ? n : 0;
	memcpy(slot->path, path, n);
	slot->path[n] = '\0';
	if (!verdict_wait(arena, slot))
		return verdict;
	verdict = slot->answer;
	atomic_store(&slot->state, VERDICT_FREE);
	return verdict;
}

struct verdict verdict_find(struct arena *arena, const struct stat *st)
{
	struct object_file file;
	struct verdict_entry *entry;
	uint64_t key;

	object_file_set(&file, st);
	key = object_file_key(&file);
	entry = verdict_entry(&arena->header->verdicts, key);
	if (entry &&
		atomic_load_explicit(&entry->key, memory_order_acquire) == key)
		return entry->verdict;
	return (struct verdict){0};
}
