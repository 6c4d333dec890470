/* SPDX-License-Identifier: MIT */
#include "tracer/examiner.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/state_folder.h"
#include "objects/examine.h"
#include "tracer/verdict_file.h"
#include "wire/raw.h"

/* How often to look all the same: the count lies where programs can write. */
#define EXAMINER_IDLE_NS 500000000

/*
 * Of a file that was changed so lately, two states may bear the same stamp:
 * the kernel's clock moves every 10 ms at the slowest. Nanoseconds.
 */
#define YOUNG INT64_C(20000000)

static bool examiner_is_file(int fd, const struct object_file *wanted)
{
	struct object_file file;
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	object_file_set(&file, &st);
	return memcmp(&file, wanted, sizeof(file)) == 0;
}

/* The file that was meant; -1: it cannot be had from here. */
static int examiner_open(const struct verdict_slot *slot)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	char path[PATH_MAX], *link;
	int fd;

	/* It lies where others can write, too. */
	memcpy(path, slot->path, sizeof(path));
	path[sizeof(path) - 1] = '\0';
	if (slot->fd >= 0)
		link = xasprintf("/proc/%u/fd/%d", slot->pid, slot->fd);
	else
		link = xasprintf("/proc/%u/root/%s", slot->pid, path);
	for (int i = 0; i < 2; i++) {
		fd = open(i ? link : path, flags);
		if (fd >= 0 && examiner_is_file(fd, &slot->file))
			break;
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	free(link);
	return fd;
}

static bool is_young(const struct object_file *file)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return file->ctime + YOUNG >
	       now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Puts the sites where processes find them; what finds no room is not. */
static void examiner_put_sites(struct examiner *examiner,
	struct verdict *verdict, const struct own_site *sites)
{
	struct verdict_board *board = &examiner->arena->header->verdicts;

	if (verdict->count > VERDICT_SITES - examiner->site_count) {
		*verdict = (struct verdict){.kind = VERDICT_CALLS};
		return;
	}
	verdict->first = examiner->site_count;
	memcpy(board->sites + examiner->site_count, sites,
		verdict->count * sizeof(*sites));
	examiner->site_count += verdict->count;
}

static void examiner_answer(
	struct examiner *examiner, struct verdict_slot *slot)
{
	struct verdict_board *board = &examiner->arena->header->verdicts;
	const struct object_file file = slot->file;
	uint64_t key = object_file_key(&file);
	struct verdict_entry *entry = verdict_entry(board, key);
	struct own_site *sites = NULL;
	struct verdict verdict = {0};
	int fd;

	/* Another may have asked the same a moment ago. */
	if (entry && atomic_load(&entry->key) == key) {
		slot->answer = entry->verdict;
		return;
	}
	fd = examiner_open(slot);
	if (fd >= 0) {
		verdict = examine(fd, (size_t)file.size, &sites);
		/* As long as it stayed what it was. */
		if (!examiner_is_file(fd, &file))
			verdict = (struct verdict){0};
		close(fd);
	}
	if (verdict.count)
		examiner_put_sites(examiner, &verdict, sites);
	free(sites);
	slot->answer = verdict;
	if (verdict.kind == VERDICT_NONE || !entry || is_young(&file))
		return;
	entry->verdict = verdict;
	atomic_store_explicit(&entry->key, key, memory_order_release);
	examiner->learned = true;
}

static bool examiner_serve(struct examiner *examiner)
{
	struct verdict_board *board = &examiner->arena->header->verdicts;
	bool any = false;

	for (unsigned i = 0; i < VERDICT_SLOTS; i++) {
		struct verdict_slot *slot = &board->slots[i];

		if (atomic_load(&slot->state) != VERDICT_ASKED)
			continue;
		atomic_store(&board->busy, 1);
		examiner_answer(examiner, slot);
		atomic_store(&slot->state, VERDICT_ANSWERED);
		raw_futex(&slot->state, FUTEX_WAKE, 1, NULL);
		any = true;
	}
	atomic_store(&board->busy, 0);
	return any;
}

static void *examiner_run(void *data)
{
	struct examiner *examiner = data;
	struct verdict_board *board = &examiner->arena->header->verdicts;
	struct timespec idle = {0, EXAMINER_IDLE_NS};

	/* Who asks, and who stops it, does so first and then counts. */
	for (;;) {
		uint32_t asked = atomic_load(&board->asked);

		if (atomic_load(&examiner->stop))
			return NULL;
		if (!examiner_serve(examiner))
			raw_futex(&board->asked, FUTEX_WAIT, asked, &idle);
	}
}

int examiner_start(struct examiner *examiner, struct arena *arena)
{
	int code;

	examiner->arena = arena;
	examiner->file = state_folder_path(VERDICT_FILE);
	examiner->site_count =
		verdict_file_read(examiner->file, &arena->header->verdicts);
	code = -pthread_create(&examiner->thread, NULL, examiner_run, examiner);
	examiner->running = code == 0;
	return code;
}

void examiner_end(struct examiner *examiner)
{
	struct verdict_board *board;

	if (examiner->running) {
		board = &examiner->arena->header->verdicts;
		atomic_store(&board->over, 1);
		atomic_store(&examiner->stop, true);
		atomic_fetch_add(&board->asked, 1);
		raw_futex(&board->asked, FUTEX_WAKE, INT32_MAX, NULL);
		pthread_join(examiner->thread, NULL);
		examiner->running = false;
		if (examiner->learned && examiner->file &&
			state_folder_make(examiner->file))
			verdict_file_write(
				examiner->file, board, examiner->site_count);
	}
	free(examiner->file);
	examiner->file = NULL;
}
