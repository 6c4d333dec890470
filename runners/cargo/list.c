/* SPDX-License-Identifier: MIT */
#include "runners/cargo/list.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/capture.h"
#include "base/json.h"
#include "map/project.h"

bool cargo_list_is_library(const cJSON *target)
{
	const cJSON *each;

	cJSON_ArrayForEach(
		each, cJSON_GetObjectItemCaseSensitive(target,
			      "crate_types")) if (cJSON_IsString(each) &&
						  strcmp(each->valuestring,
							  "bin")) return true;
	return false;
}

cJSON *cargo_list_metadata(const struct cargo_command *command, struct err *err)
{
	struct words words = {0};
	char *text;
	size_t size;
	cJSON *all;
	int code;

	words_add_list(&words, (const char *const *)command->start.list);
	words_add_copy(&words, "metadata");
	words_add_copy(&words, "--format-version");
	words_add_copy(&words, "1");
	if (command->project.count)
		words_add_list(
			&words, (const char *const *)command->project.list);
	code = capture(words.list, &text, &size, err);
	words_free(words.list);
	if (code < 0)
		return NULL;
	all = cJSON_Parse(text);
	if (!all)
		err_set(err, -1, "cargo did not say what there is");
	free(text);
	return all;
}

struct listing {
	struct runner_tests *tests;
	const char *root, *variant;
};

static void add_test(const struct listing *listing, const cJSON *target,
	const char *folder, const char *what, const char *argument)
{
	struct runner_test *test = runner_tests_add(listing->tests);
	char *source = project_path(
		listing->root, json_member_text(target, "src_path"));
	char *id = xasprintf("%s%s", source, what);

	test->id = *listing->variant ? xasprintf("%s::%s", id, listing->variant)
				     : xstrdup(id);
	/* Its name is that of the program, but for what cargo puts behind. */
	test->argument = xasprintf("%s\t%s", folder, argument);
	for (char *at = strchr(test->argument, '\t'); *at; at++)
		if (*at == '-')
			*at = '_';
	free(source);
	free(id);
}

static void take_target(
	const struct listing *listing, const cJSON *target, const char *folder)
{
	const char *name = json_member_text(target, "name");
	const cJSON *kind = cJSON_GetArrayItem(
		cJSON_GetObjectItemCaseSensitive(target, "kind"), 0);

	if (!name || !json_member_text(target, "src_path") ||
		!cJSON_IsString(kind) ||
		!strcmp(kind->valuestring, "custom-build"))
		return;
	if (!cargo_list_is_library(target)) {
		add_test(listing, target, folder, "", name);
		return;
	}
	add_test(listing, target, folder, "::unittests", name);
	if (json_member_is_true(target, "doctest")) {
		add_test(listing, target, folder, "::doctests", "doctests");
		listing->tests->list[listing->tests->count - 1].may_lack = true;
	}
}

/* Where cargo finds targets that no Cargo.toml names. */
static void search(const struct listing *listing, const char *folder,
	const char *below, const char *names)
{
	struct runner_tests *tests = listing->tests;
	struct runner_part *part = runner_parts_add(&tests->searched,
		&tests->searched_count, &tests->searched_room);
	char *path = xasprintf("%s%s", folder, below);

	part->name = project_path(listing->root, path);
	runner_part_look(part, xstrdup(path), names);
	/* Each can be a folder with a main.rs. */
	if (!strcmp(names, "*.rs"))
		runner_part_look(part, xstrdup(path), "*/");
	free(path);
}

static void take_package(const struct listing *listing, const cJSON *package)
{
	const char *manifest = json_member_text(package, "manifest_path");
	const cJSON *target;
	char *folder;

	if (!manifest || !strrchr(manifest, '/'))
		return;
	folder = xasprintf(
		"%.*s", (int)(strrchr(manifest, '/') - manifest), manifest);
	cJSON_ArrayForEach(
		target, cJSON_GetObjectItemCaseSensitive(package, "targets"))
		take_target(listing, target, folder);
	search(listing, folder, "/tests", "*.rs");
	search(listing, folder, "/benches", "*.rs");
	search(listing, folder, "/examples", "*.rs");
	search(listing, folder, "/src/bin", "*.rs");
	search(listing, folder, "/src", "*lib.rs|*main.rs");
	search(listing, folder, "", "*build.rs");
	free(folder);
}

static bool cargo_list_is_member(const cJSON *all, const cJSON *package)
{
	const char *id = json_member_text(package, "id");
	const cJSON *each;

	cJSON_ArrayForEach(each,
		cJSON_GetObjectItemCaseSensitive(all,
			"workspace_members")) if (id && cJSON_IsString(each) &&
						  !strcmp(each->valuestring,
							  id)) return true;
	return false;
}

/* When packages were used last, locks, and copies of a registry's lists. */
static void cargo_list_find_own(struct runner_tests *tests)
{
	static const char *const names[] = {".global-cache",
		".global-cache-journal", ".package-cache",
		".package-cache-mutate", "registry/index", NULL};
	const char *home = getenv("CARGO_HOME"), *user = getenv("HOME");
	char *folder;

	if (!home && !user)
		return;
	folder = home ? xstrdup(home) : xasprintf("%s/.cargo", user);
	for (const char *const *name = names; *name; name++)
		words_add(&tests->own, xasprintf("%s/%s", folder, *name));
	free(folder);
}

int cargo_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err)
{
	struct cargo_command command;
	struct listing listing = {tests, root, NULL};
	const cJSON *package;
	const char *built;
	cJSON *all = NULL;

	memset(tests, 0, sizeof(*tests));
	if (cargo_command_read(&command, argv))
		all = cargo_list_metadata(&command, err);
	else
		err_set(err, -1, "'%s' runs no test", argv[0]);
	tests->listed = time(NULL);
	tests->chosen = tests->by_status = true;
	tests->root = root;
	listing.variant = command.variant;
	cJSON_ArrayForEach(package,
		cJSON_GetObjectItemCaseSensitive(all,
			"packages")) if (cargo_list_is_member(all, package))
		take_package(&listing, package);
	cargo_list_find_own(tests);
	built = json_member_text(all, "target_directory");
	if (built)
		words_add_copy(&tests->built, built);
	cJSON_Delete(all);
	cargo_command_release(&command);
	return all ? 0 : -1;
}
