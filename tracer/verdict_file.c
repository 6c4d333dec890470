/* SPDX-License-Identifier: MIT */
#include "tracer/verdict_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/alloc.h"
#include "base/state_folder.h"
#include "objects/examine.h"

#define VERDICT_MAGIC 0x736a626f74726674u /* "tfrtobjs" */

/* Above so many it begins anew: most of them are of files that are gone. */
#define KEPT_MOST (VERDICT_ENTRIES / 2)
#define SITES_MOST (VERDICT_SITES / 2)

struct kept {
	uint64_t key;
	struct verdict verdict;
};

/* The file: this, kept verdicts, their sites. */
struct head {
	uint64_t magic;
	uint32_t version;
	uint32_t count, site_count;
	uint32_t unused;
	uint64_t sum; /* of all that follows */
};

static uint64_t verdict_file_sum_of(const struct kept *list,
	const struct own_site *sites, const struct head *head)
{
	return XXH3_64bits_withSeed(sites, head->site_count * sizeof(*sites),
		XXH3_64bits(list, head->count * sizeof(*list)));
}

static bool verdict_file_is_sound(const struct head *head)
{
	return head->magic == VERDICT_MAGIC &&
	       head->version == EXAMINE_VERSION && head->count <= KEPT_MOST &&
	       head->site_count <= SITES_MOST;
}

uint32_t verdict_file_read(const char *path, struct verdict_board *board)
{
	FILE *file =
		path && state_folder_trusts(path) ? fopen(path, "rbe") : NULL;
	struct kept *list = xcalloc(KEPT_MOST, sizeof(*list));
	uint32_t site_count = 0;
	struct head head;

	if (!file || fread(&head, sizeof(head), 1, file) != 1 ||
		!verdict_file_is_sound(&head) ||
		fread(list, sizeof(*list), head.count, file) != head.count ||
		fread(board->sites, sizeof(*board->sites), head.site_count,
			file) != head.site_count ||
		verdict_file_sum_of(list, board->sites, &head) != head.sum)
		goto out;
	site_count = head.site_count;
	for (uint32_t i = 0; i < head.count; i++) {
		struct verdict_entry *entry = verdict_entry(board, list[i].key);

		if (!entry)
			break;
		entry->verdict = list[i].verdict;
		atomic_store(&entry->key, list[i].key);
	}
out:
	free(list);
	if (file)
		fclose(file);
	return site_count;
}

static void put(FILE *file, const struct head *head, const struct kept *list,
	const struct own_site *sites)
{
	fwrite(head, sizeof(*head), 1, file);
	fwrite(list, sizeof(*list), head->count, file);
	fwrite(sites, sizeof(*sites), head->site_count, file);
}

/* For this user alone, whatever the umask: else nobody would believe it. */
static FILE *verdict_file_create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");

	if (fd >= 0 && !file)
		close(fd);
	return file;
}

/* Fills in the counts and the sum. */
static struct kept *verdict_file_list(
	const struct verdict_board *board, struct head *head)
{
	struct kept *list = xcalloc(VERDICT_ENTRIES, sizeof(*list));

	for (uint32_t i = 0; i < VERDICT_ENTRIES; i++) {
		const struct verdict_entry *entry = &board->entries[i];

		if (entry->key)
			list[head->count++] =
				(struct kept){entry->key, entry->verdict};
	}
	head->sum = verdict_file_sum_of(list, board->sites, head);
	return list;
}

void verdict_file_write(const char *path, const struct verdict_board *board,
	uint32_t site_count)
{
	char *other = xasprintf("%s.%ld", path, (long)getpid());
	struct head head = {.magic = VERDICT_MAGIC,
		.version = EXAMINE_VERSION,
		.site_count = site_count};
	struct kept *list = verdict_file_list(board, &head);
	FILE *file = verdict_file_create(other);
	bool failed = !file;

	if (file) {
		/* Too much of it: an empty file is none. */
		if (verdict_file_is_sound(&head))
			put(file, &head, list, board->sites);
		failed = ferror(file);
		failed |= fclose(file) != 0;
	}
	if (failed || rename(other, path) < 0)
		unlink(other);
	free(list);
	free(other);
}
