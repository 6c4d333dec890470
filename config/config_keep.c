/* SPDX-License-Identifier: MIT */
/*
 * "keep": how many former results the map remembers.
 */
#include "config/config_read.h"

#define RESULTS_MOST 1000
#define DAYS_MOST 36500
#define BYTES_MOST 1e15

/* A whole number, `least` or more. */
static int read_count(struct config_reader *reader,
	const struct json_item *item, double least, double most, double *to)
{
	double value =
		cJSON_IsNumber(item->value) ? item->value->valuedouble : -1;

	if (value >= least && value <= most &&
		value == (double)(int64_t)value) {
		*to = value;
		return 0;
	}
	return json_text_error(reader->err, &reader->text, item->at,
		"'%s' is a whole number from %.0f to %.0f", item->key, least,
		most);
}

static int read_results(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct map_keep *keep = to;
	double value = keep->results;
	int code = read_count(reader, item, 1, RESULTS_MOST, &value);

	keep->results = (unsigned)value;
	return code;
}

static int read_days(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct map_keep *keep = to;
	double value = keep->days;
	int code = read_count(reader, item, 0, DAYS_MOST, &value);

	keep->days = (unsigned)value;
	return code;
}

static int read_bytes(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct map_keep *keep = to;
	double value = (double)keep->bytes;
	int code = read_count(reader, item, 0, BYTES_MOST, &value);

	keep->bytes = (int64_t)value;
	return code;
}

static const struct config_key keys[] = {{"results", read_results},
	{"days", read_days}, {"bytes", read_bytes}, {0}};

int config_read_keep(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct config *config = to;

	return config_read_object(
		reader, item, "in 'keep'", keys, &config->keep);
}
