/* SPDX-License-Identifier: MIT */
#include "store/begun.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/put_file.h"
#include "base/read_file.h"
#include "map/map.h"
#include "map/trust.h"

#define NOTE MAP_DIRECTORY "/begun.json"
#define NOTE_MOST ((size_t)1 << 16)

static char *begun_text(const cJSON *json, const char *name)
{
	const char *text = json_member_text(json, name);

	return text ? xstrdup(text) : NULL;
}

bool begun_read(struct begun *begun, const char *root)
{
	char *path = xasprintf("%s/" NOTE, root);
	size_t size;
	/* It names where something is written. */
	char *text = trust_check(root, NULL) == 0
			     ? read_file(path, NOTE_MOST, &size)
			     : NULL;
	cJSON *json = text ? cJSON_ParseWithLength(text, size) : NULL;

	*begun = (struct begun){.store = begun_text(json, "store"),
		.name = begun_text(json, "package"),
		.commit = begun_text(json, "commit"),
		.branch = begun_text(json, "branch")};
	cJSON_Delete(json);
	free(text);
	free(path);
	if (begun->store && begun->name && begun->commit && begun->branch)
		return true;
	begun_release(begun);
	return false;
}

int begun_write(const struct begun *begun, const char *root, struct err *err)
{
	char *path = xasprintf("%s/" NOTE, root), *text;
	cJSON *json = cJSON_CreateObject();
	int code;

	cJSON_AddStringToObject(json, "store", begun->store);
	cJSON_AddStringToObject(json, "package", begun->name);
	cJSON_AddStringToObject(json, "commit", begun->commit);
	cJSON_AddStringToObject(json, "branch", begun->branch);
	text = cJSON_Print(json);
	code = put_file(path, text, err);
	free(text);
	cJSON_Delete(json);
	free(path);
	return code;
}

void begun_forget(const char *root)
{
	char *path = xasprintf("%s/" NOTE, root);

	unlink(path);
	free(path);
}

void begun_release(struct begun *begun)
{
	free(begun->store);
	free(begun->name);
	free(begun->commit);
	free(begun->branch);
	memset(begun, 0, sizeof(*begun));
}
