/* SPDX-License-Identifier: MIT */
#include "runners/cargo/built.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/capture.h"
#include "base/json.h"
#include "map/project.h"
#include "runners/cargo/command.h"
#include "runners/cargo/depfile.h"
#include "runners/cargo/list.h"

/* What one message tells of: a target of a package, as it was compiled. */
struct artifact {
	const cJSON *message, *target, *package; /* package: of metadata */
	char *folder;                            /* of its Cargo.toml */
	bool tested; /* compiled as a program of tests */
	bool own;    /* its sources lie here, and are pinned by nothing */
};

struct building {
	struct runner_tests *tests;
	cJSON *all; /* of cargo metadata */
	const char *workspace;
	struct artifact *list; /* of tests->parts */
	size_t count, room;
	bool done; /* all was built */
};

static const cJSON *item(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const cJSON *package_of(const cJSON *all, const char *id)
{
	const cJSON *each;

	cJSON_ArrayForEach(each, item(all, "packages"))
	{
		const char *name = json_member_text(each, "id");

		if (name && id && !strcmp(name, id))
			return each;
	}
	return NULL;
}

static bool built_is_kind(const cJSON *target, const char *name)
{
	const cJSON *kind = cJSON_GetArrayItem(item(target, "kind"), 0);

	return cJSON_IsString(kind) && !strcmp(kind->valuestring, name);
}

static void take_artifact(struct building *building, const cJSON *message)
{
	const char *id = json_member_text(message, "package_id");
	const char *manifest = json_member_text(message, "manifest_path");
	struct runner_part *part;
	struct artifact *artifact;
	const cJSON *each;

	if (!id || !manifest || !strrchr(manifest, '/'))
		return;
	part = runner_parts_add(&building->tests->parts,
		&building->tests->part_count, &building->tests->part_room);
	artifact = array_add(&building->list, &building->count, &building->room,
		sizeof(*artifact));
	artifact->message = message;
	artifact->target = item(message, "target");
	artifact->package = package_of(building->all, id);
	artifact->folder = xasprintf(
		"%.*s", (int)(strrchr(manifest, '/') - manifest), manifest);
	artifact->tested = cJSON_IsTrue(item(item(message, "profile"), "test"));
	artifact->own = !strncmp(id, "path+", 5);
	cJSON_ArrayForEach(
		each, item(message, "filenames")) if (cJSON_IsString(each))
		words_add_copy(&part->made, each->valuestring);
}

/* Each artifact of a package whose id it is is used by `part`. */
static void use_package(struct building *building, size_t user, const char *id,
	bool (*which)(const struct artifact *))
{
	for (size_t i = 0; i < building->count; i++) {
		const char *name = json_member_text(
			building->list[i].message, "package_id");

		if (i != user && name && !strcmp(name, id) &&
			which(&building->list[i]))
			runner_part_use(&building->tests->parts[user], i);
	}
}

static bool is_library(const struct artifact *artifact)
{
	return !artifact->tested && cargo_list_is_library(artifact->target);
}

static bool is_script(const struct artifact *artifact)
{
	return built_is_kind(artifact->target, "custom-build");
}

static bool is_program(const struct artifact *artifact)
{
	return !artifact->tested && built_is_kind(artifact->target, "bin");
}

static bool is_for_tests(const cJSON *dependency)
{
	const cJSON *each;

	cJSON_ArrayForEach(each, item(dependency, "dep_kinds"))
	{
		const char *kind = json_member_text(each, "kind");

		if (!kind || strcmp(kind, "dev") != 0)
			return false;
	}
	return true;
}

/* What it is linked with, or what made some of its sources. */
static void link_part(struct building *building, size_t place)
{
	const struct artifact *artifact = &building->list[place];
	const char *id = json_member_text(artifact->message, "package_id");
	bool example = built_is_kind(artifact->target, "example");
	const cJSON *node, *each;

	if (!is_script(artifact))
		use_package(building, place, id, is_script);
	if (!is_script(artifact) && !cargo_list_is_library(artifact->target))
		use_package(building, place, id, is_library);
	/* They may run its programs. */
	if (built_is_kind(artifact->target, "test") ||
		built_is_kind(artifact->target, "bench"))
		use_package(building, place, id, is_program);
	cJSON_ArrayForEach(node, item(item(building->all, "resolve"), "nodes"))
	{
		const char *name = json_member_text(node, "id");

		if (!name || strcmp(name, id) != 0)
			continue;
		cJSON_ArrayForEach(each, item(node, "deps"))
		{
			const char *used = json_member_text(each, "pkg");

			if (used && (artifact->tested || example ||
					    !is_for_tests(each)))
				use_package(building, place, used, is_library);
		}
	}
}

/* What it is, in any run. One of a registry can be called as one here is. */
static char *part_name(const struct artifact *artifact)
{
	const char *package = json_member_text(artifact->package, "name");
	const char *version = json_member_text(artifact->package, "version");
	const char *target = json_member_text(artifact->target, "name");
	const cJSON *kind =
		cJSON_GetArrayItem(item(artifact->target, "kind"), 0);

	return xasprintf("%s%s%s %s %s%s", package ? package : artifact->folder,
		artifact->own ? "" : "@",
		artifact->own || !version ? "" : version,
		cJSON_IsString(kind) ? kind->valuestring : "?",
		target ? target : "?", artifact->tested ? " (test)" : "");
}

/* cargo looks for one in each package, and tells programs of it. */
static void add_readme(struct runner_part *part, const char *folder)
{
	static const char *const names[] = {
		"README.md", "README.txt", "README", NULL};

	for (const char *const *name = names; *name; name++) {
		char *path = xasprintf("%s/%s", folder, *name);

		if (access(path, F_OK) == 0)
			free(path);
		else
			words_add(&part->files, path);
	}
}

static void add_sources(struct building *building, size_t place)
{
	struct runner_part *part = &building->tests->parts[place];
	const struct artifact *artifact = &building->list[place];

	if (!artifact->own)
		return;
	part->unknown = !depfile_take(part, building->workspace,
		building->tests->built.count ? building->tests->built.list[0]
					     : NULL);
	add_readme(part, artifact->folder);
}

/* What a package's script said it depends on, in what it printed. */
static void take_script(struct building *building, const cJSON *message)
{
	const char *id = json_member_text(message, "package_id");
	const char *folder = json_member_text(message, "out_dir");

	for (size_t i = 0; id && folder && i < building->count; i++) {
		const char *name = json_member_text(
			building->list[i].message, "package_id");

		if (building->list[i].own && is_script(&building->list[i]) &&
			name && !strcmp(name, id))
			depfile_take_script(&building->tests->parts[i], folder,
				building->list[i].folder,
				building->tests->built.list[0]);
	}
}

/* The test that a program is of, which begins with this source. */
static void built_take_program(
	struct building *building, size_t place, const char *root)
{
	const struct artifact *artifact = &building->list[place];
	const char *program = json_member_text(artifact->message, "executable");
	const char *source = json_member_text(artifact->target, "src_path");
	bool library = cargo_list_is_library(artifact->target);
	char *stored = source ? project_path(root, source) : xstrdup("");
	size_t n = strlen(stored);

	for (size_t i = 0; i < building->tests->count; i++) {
		struct runner_test *test = &building->tests->list[i];
		bool documents = test->may_lack;
		struct words signs = {0};

		if (strncmp(test->id, stored, n) != 0 ||
			(test->id[n] && strncmp(test->id + n, "::", 2) != 0))
			continue;
		if (documents && is_library(artifact)) {
			const char *name =
				json_member_text(artifact->target, "name");
			char *crate = xstrdup(name ? name : "");

			for (char *at = crate; *at; at++)
				if (*at == '-')
					*at = '_';
			words_add_copy(&signs, "*rustdoc");
			words_add_copy(&signs, "--test");
			words_add(&signs, crate);
			words_free(test->signs);
			test->signs = signs.list;
			test->part = place + 1;
		} else if (!documents && program && artifact->tested &&
			   library == (strstr(test->id + n, "::unittests") !=
					      NULL)) {
			words_add_copy(&signs, program);
			words_free(test->signs);
			test->signs = signs.list;
			test->part = place + 1;
		}
	}
	free(stored);
}

/* The messages, one a line, which stay; to be deleted. */
static cJSON *read_messages(char *text)
{
	cJSON *all = cJSON_CreateArray();
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		cJSON *message = *line == '{' ? cJSON_Parse(line) : NULL;

		if (message)
			cJSON_AddItemToArray(all, message);
	}
	return all;
}

static cJSON *ask_messages(const struct cargo_command *command)
{
	struct words words = {0};
	struct err err;
	char *text;
	size_t size;
	cJSON *messages = NULL;

	words_add_list(&words, (const char *const *)command->start.list);
	words_add_copy(&words, "test");
	/* To run no documents it cannot be told; what they need is the same. */
	for (size_t i = 0; i < command->flags.count; i++)
		if (strcmp(command->flags.list[i], "--doc") != 0)
			words_add_copy(&words, command->flags.list[i]);
	words_add_copy(&words, "--no-run");
	words_add_copy(&words, "--message-format=json");
	/* What cannot be built has told of nothing. */
	if (capture(words.list, &text, &size, &err) == 0)
		messages = read_messages(text);
	free(text);
	words_free(words.list);
	return messages;
}

static void take_messages(
	struct building *building, const cJSON *messages, const char *root)
{
	const cJSON *each;

	cJSON_ArrayForEach(each, messages)
	{
		const char *reason = json_member_text(each, "reason");

		if (reason && !strcmp(reason, "compiler-artifact"))
			take_artifact(building, each);
	}
	for (size_t i = 0; i < building->count; i++) {
		building->tests->parts[i].name = part_name(&building->list[i]);
		add_sources(building, i);
		link_part(building, i);
		built_take_program(building, i, root);
	}
	cJSON_ArrayForEach(each, messages)
	{
		const char *reason = json_member_text(each, "reason");

		if (reason && !strcmp(reason, "build-script-executed"))
			take_script(building, each);
	}
}

/* Tests of other packages, or targets: of the workspace, and not asked for. */
static void drop_others(struct runner_tests *tests)
{
	for (size_t i = 0; i < tests->count; i++)
		if (!tests->list[i].signs)
			tests->list[i].asked = false;
}

void cargo_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status)
{
	struct cargo_command command;
	struct building building = {.tests = tests};
	cJSON *messages = NULL;
	struct err err;

	(void)folder;
	/* What was broken off is not to be built on behind the user's back. */
	if (cargo_command_read(&command, argv) &&
		(status == 0 || status == CARGO_FAILED)) {
		building.all = cargo_list_metadata(&command, &err);
		messages = ask_messages(&command);
	}
	building.workspace = json_member_text(building.all, "workspace_root");
	if (messages && building.workspace && tests->root) {
		take_messages(&building, messages, tests->root);
		drop_others(tests);
	}
	for (size_t i = 0; i < building.count; i++)
		free(building.list[i].folder);
	free(building.list);
	cJSON_Delete(messages);
	cJSON_Delete(building.all);
	cargo_command_release(&command);
}
