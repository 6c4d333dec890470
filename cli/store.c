/* SPDX-License-Identifier: MIT */
#include "cli/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/common.h"
#include "cli/option.h"
#include "cli/output.h"
#include "store/publish.h"
#include "store/store.h"

static const char *store_asked_url(
	const struct config *config, const char *given)
{
	const char *variable = getenv(STORE_VARIABLE);

	if (given)
		return given;
	return variable && *variable ? variable : config->store;
}

int store_asking_init(struct store_asking *asking, const char *given)
{
	struct err err;

	memset(asking, 0, sizeof(*asking));
	asking->root = open_project();
	if (!asking->root)
		return EXIT_QUERY_FAILED;
	if (config_load(&asking->config, asking->root, &err) < 0)
		return query_failed(&err);
	asking->url = store_asked_url(&asking->config, given);
	/* Whoever can change that file could have it sent to himself. */
	if (asking->url && asking->url == asking->config.store &&
		getenv(STORE_TOKEN_VARIABLE) &&
		!strncmp(asking->url, "http", 4)) {
		note(STORE_TOKEN_VARIABLE " is only sent to a store that "
					  "--store or " STORE_VARIABLE
					  " names, as '" CONFIG_FILE
					  "' comes with the project");
		return EXIT_QUERY_FAILED;
	}
	if (asking->url && *asking->url)
		return 0;
	note("no store is named: give '--store URL', set " STORE_VARIABLE
	     ", or put \"store\" into '" CONFIG_FILE "'; such as git:origin");
	return EXIT_QUERY_FAILED;
}

void store_asking_release(struct store_asking *asking)
{
	config_release(&asking->config);
	free(asking->root);
}

void store_blame(const char *root, const struct escapes *found)
{
	struct publish publish = {.root = root};
	char *why, *marked;
	struct err err;

	if (!found->count)
		return;
	why = xasprintf("%s escaped: %s", found->list[0].unit,
		found->list[0].why ? found->list[0].why : "nobody knows why");
	if (publish_mark(&marked, &publish, why, &err) < 0)
		note("the package that the map was begun with could not be "
		     "marked as bad: %s",
			err.text);
	else if (marked)
		note("the package that the map was begun with is marked as "
		     "bad in its store, so that nobody takes it any more");
	free(marked);
	free(why);
}

const char *store_size_text(size_t bytes)
{
	static char text[32];

	if (bytes < 1000000)
		snprintf(text, sizeof(text), "%zu kB", (bytes + 999) / 1000);
	else
		snprintf(text, sizeof(text), "%.1f MB", (double)bytes / 1e6);
	return text;
}
