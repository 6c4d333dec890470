/* SPDX-License-Identifier: MIT */
#include "selector/near.h"

#include <string.h>

/* What is longer is compared no further. */
#define LENGTH_MOST 127

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* The rows of the table: this letter's, and those of the two before it. */
struct rows {
	unsigned now[LENGTH_MOST + 2];
	unsigned last[LENGTH_MOST + 2];
	unsigned before[LENGTH_MOST + 2];
};

static void next_row(struct rows *rows, const char *typed, size_t i,
	const char *word, size_t length)
{
	memcpy(rows->before, rows->last, sizeof(rows->last));
	memcpy(rows->last, rows->now, sizeof(rows->now));
	rows->now[0] = (unsigned)i;
	for (size_t k = 1; k <= length; k++) {
		bool same = typed[i - 1] == word[k - 1];
		unsigned cost = least(rows->last[k], rows->now[k - 1]) + 1;

		cost = least(cost, rows->last[k - 1] + !same);
		if (i > 1 && k > 1 && typed[i - 1] == word[k - 2] &&
			typed[i - 2] == word[k - 1])
			cost = least(cost, rows->before[k - 2] + 1);
		rows->now[k] = cost;
	}
}

unsigned near_distance(const char *typed, const char *word)
{
	size_t typed_length = strlen(typed), length = strlen(word);
	struct rows rows = {.now = {0}};
	unsigned distance;

	if (!typed_length || typed_length > LENGTH_MOST || length > LENGTH_MOST)
		return NEAR_NOT;
	if (typed_length > 1 && !strncmp(word, typed, typed_length))
		return 1;
	for (size_t k = 0; k <= length; k++)
		rows.now[k] = (unsigned)k;
	for (size_t i = 1; i <= typed_length; i++)
		next_row(&rows, typed, i, word, length);
	distance = rows.now[length];
	return distance <= (typed_length + 2) / 3 ? distance : NEAR_NOT;
}
