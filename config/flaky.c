/* SPDX-License-Identifier: MIT */
#include "config/flaky.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "config/config.h"
#include "config/flaky_file.h"

int64_t flaky_now(void)
{
	return clock_on(CLOCK_REALTIME);
}

char *flaky_list_path(const char *root)
{
	struct config config;
	struct err err;
	char *path;

	/* Whoever needs more of it says what is wrong with it. */
	if (config_load(&config, root, &err) < 0 || !config.flaky)
		path = xasprintf("%s/" CONFIG_FLAKY, root);
	else
		path = xasprintf("%s/%s", root, config.flaky);
	config_release(&config);
	return path;
}

/* Those of the list, with what the map knows of them. */
static void selector_flaky_join(
	struct flaky_units *units, struct flaky_units *list)
{
	for (size_t i = units->count; i-- > 0;) {
		struct flaky_unit *unit = &units->list[i];

		if (!flaky_units_find(list, unit->runner, unit->id, unit->part))
			flaky_units_remove(units, unit);
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct flaky_unit *from = &list->list[i];

		if (!flaky_units_find(
			    units, from->runner, from->id, from->part))
			flaky_units_copy(units, from);
	}
}

int flaky_load(struct flaky_units *units, char **problem, struct map *map,
	struct err *err)
{
	struct flaky_units list;
	struct err list_err;
	char *path;
	int code = flaky_units_load(units, map, err);

	*problem = NULL;
	if (code < 0)
		return code;
	path = flaky_list_path(map->root);
	code = flaky_file_read(&list, path, &list_err);
	free(path);
	if (code < 0)
		*problem = xstrdup(list_err.text);
	if (code == 0)
		selector_flaky_join(units, &list);
	if (code == 0)
		flaky_units_release(&list);
	return 0;
}

int flaky_store(const struct flaky_units *units, char **problem,
	struct map *map, struct err *err)
{
	char *path = flaky_list_path(map->root);
	struct err list_err;
	int code = flaky_units_store(units, map, err);

	/* One that cannot be read is not written over. */
	if (code == 0 && !*problem && access(path, F_OK) == 0 &&
		flaky_file_write(units, path, &list_err) < 0)
		*problem = xstrdup(list_err.text);
	free(path);
	return code;
}
