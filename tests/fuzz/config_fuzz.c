/* SPDX-License-Identifier: MIT */
/*
 * Reading ftrace.json with any bytes in it. What is taken holds what the
 * checks may rely on; what is not has a message with a place.
 */
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "tests/fuzz/fuzz.h"

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_one(
	const struct config *config, const struct config_check *check)
{
	must(check->argv.count && *check->argv.items[0]);
	must(check->phase < PHASES && check->timeout >= 0);
	must(config_check_named(config, check->name) == check);
	must(*check->directory && *check->directory != '/');
	for (size_t i = 0; i < check->after.count; i++) {
		const struct config_check *before =
			config_check_named(config, check->after.items[i]);

		must(before && before != check &&
			before->phase <= check->phase);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config;
	struct err err = {.text = ""};

	if (config_parse(&config, (const char *)data, size, &err) < 0) {
		must(!strncmp(err.text, "ftrace.json:", 12));
	} else {
		must(config.flaky && *config.flaky);
		for (size_t i = 0; i < config.count; i++)
			check_one(&config, &config.checks[i]);
	}
	config_release(&config);
	return 0;
}
