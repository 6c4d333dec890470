/* SPDX-License-Identifier: MIT */
/*
 * What the readers of ftrace.json share: config/ only. Each returns
 * 0, or a negative number with err filled.
 */
#ifndef FTRACE_CONFIG_CONFIG_READ_H
#define FTRACE_CONFIG_CONFIG_READ_H

#include "base/json_text.h"
#include "config/config.h"

struct config_reader {
	struct config *config;
	struct json_text text;
	struct err *err;
};

/* What is done with the member of a key. */
struct config_key {
	const char *name;
	int (*read)(struct config_reader *reader, const struct json_item *item,
		void *to);
};

/* Reads an object: each key is known, and stands there once. */
int config_read_object(struct config_reader *reader,
	const struct json_item *item, const char *what,
	const struct config_key *keys, void *to);

/* Whether one of the items before i has its key; says so. */
int config_read_once(
	struct config_reader *reader, const struct json_items *items, size_t i);

/* A text that is not empty. */
int config_read_text(
	struct config_reader *reader, const struct json_item *item, char **to);

/*
 * An array of such texts; check, when given, looks at each. There must be
 * `least` of them.
 */
int config_read_texts(struct config_reader *reader,
	const struct json_item *item, size_t least,
	int (*check)(struct config_reader *reader, const struct json_item *item,
		const char *text),
	struct config_texts *to);

/* A path that stays below the root. */
int config_read_path(
	struct config_reader *reader, const struct json_item *item, char **to);

/* A name of a check or a profile: it has to be told from an option. */
int config_read_name(struct config_reader *reader, size_t at, const char *what,
	const char *name);

/* A command, to a struct config_check. */
int config_read_command(
	struct config_reader *reader, const struct json_item *item, void *to);

/* "checks", to a struct config. */
int config_read_checks(
	struct config_reader *reader, const struct json_item *item, void *to);

/* "keep", likewise. */
int config_read_keep(
	struct config_reader *reader, const struct json_item *item, void *to);

#endif
