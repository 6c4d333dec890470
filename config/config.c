/* SPDX-License-Identifier: MIT */
#include "config/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/read_file.h"
#include "config/config_read.h"

/* Nobody writes more than that by hand. */
#define SIZE_MAX_BYTES (1u << 18)

static int read_schema(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	char *ignored = NULL;
	int code = config_read_text(reader, item, &ignored);

	(void)to;
	free(ignored);
	return code;
}

/* A glob may be anything; a kind that is told apart needs its name. */
static int check_smoke(struct config_reader *reader,
	const struct json_item *item, const char *text)
{
	if (strcmp(text, "marker:") != 0 && strcmp(text, "label:") != 0)
		return 0;
	return json_text_error(reader->err, &reader->text, item->at,
		"'%s' lacks the name", text);
}

static int read_smoke(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct config *config = to;

	return config_read_texts(reader, item, 0, check_smoke, &config->smoke);
}

static int read_ignore(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct config *config = to;

	return config_read_texts(reader, item, 0, NULL, &config->ignore);
}

static int read_flaky(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct config *config = to;

	free(config->flaky);
	config->flaky = NULL;
	return config_read_path(reader, item, &config->flaky);
}

static int read_test(
	struct config_reader *reader, const struct json_item *item, void *to)
{
	struct config *config = to;

	return config_read_command(reader, item, &config->test);
}

static const struct config_key keys[] = {{"$schema", read_schema},
	{"test", read_test}, {"smoke", read_smoke}, {"flaky", read_flaky},
	{"ignore", read_ignore}, {"keep", config_read_keep},
	{"checks", config_read_checks}, {0}};

int config_parse(
	struct config *config, const char *bytes, size_t size, struct err *err)
{
	struct config_reader reader = {.config = config, .err = err};
	struct json_item top = {0};
	int code;

	memset(config, 0, sizeof(*config));
	config->found = true;
	config->keep = MAP_KEEP;
	config->flaky = xstrdup(CONFIG_FLAKY);
	code = json_text_init(&reader.text, CONFIG_FILE, bytes, size, err);
	if (code == 0) {
		top.at = json_text_top(&reader.text);
		top.value = cJSON_ParseWithLengthOpts(
			reader.text.bytes + top.at, size - top.at, NULL, false);
		code = config_read_object(&reader, &top, "here", keys, config);
		cJSON_Delete(top.value);
	}
	json_text_release(&reader.text);
	return code;
}

int config_load(struct config *config, const char *root, struct err *err)
{
	char *path = xasprintf("%s/" CONFIG_FILE, root);
	size_t size;
	char *bytes = read_file(path, SIZE_MAX_BYTES, &size);
	int code = bytes ? 0 : -errno;

	memset(config, 0, sizeof(*config));
	config->keep = MAP_KEEP;
	if (code == -ENOENT) {
		config->flaky = xstrdup(CONFIG_FLAKY);
		code = 0;
	} else if (code < 0) {
		code = err_set(err, code, "cannot read '%s': %s", path,
			strerror(-code));
	} else {
		code = config_parse(config, bytes, size, err);
	}
	free(bytes);
	free(path);
	return code;
}

static void release_texts(struct config_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
}

void config_release(struct config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		struct config_check *check = &config->checks[i];

		free(check->name);
		release_texts(&check->argv);
		release_texts(&check->profiles);
		release_texts(&check->after);
		free(check->runner);
		free(check->directory);
	}
	free(config->checks);
	release_texts(&config->test.argv);
	release_texts(&config->smoke);
	release_texts(&config->ignore);
	free(config->flaky);
	memset(config, 0, sizeof(*config));
}

struct map_keep config_keep(const char *root)
{
	struct config config;
	struct err err;
	struct map_keep keep =
		config_load(&config, root, &err) < 0 ? MAP_KEEP : config.keep;

	config_release(&config);
	return keep;
}
