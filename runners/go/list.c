/* SPDX-License-Identifier: MIT */
#include "runners/go/list.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/capture.h"
#include "base/intern.h"
#include "base/json.h"
#include "runners/go/searched.h"

/*
 * Whatever a folder of a package can have of it. What lies there for other
 * machines or other flags decides by itself that it does: it is read, too.
 */
static const char *const files_of[] = {"GoFiles", "CgoFiles", "CFiles",
	"CXXFiles", "MFiles", "HFiles", "FFiles", "SFiles", "SwigFiles",
	"SwigCXXFiles", "SysoFiles", "EmbedFiles", "IgnoredGoFiles",
	"IgnoredOtherFiles", NULL};

#define FIELDS \
	"ImportPath,Name,Dir,Standard,ForTest,DepOnly,Imports,ImportMap," \
	"Module,Error,TestGoFiles,XTestGoFiles,EmbedPatterns,GoFiles," \
	"CgoFiles,CFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SwigFiles," \
	"SwigCXXFiles,SysoFiles,EmbedFiles,IgnoredGoFiles,IgnoredOtherFiles"

/* As go/build sorts them; of a package, and of its tests alone. */
#define BUILT \
	"*.go|*.c|*.cc|*.cpp|*.cxx|*.m|*.h|*.hh|*.hpp|*.hxx|*.f|*.F|" \
	"*.for|*.f90|*.s|*.S|*.sx|*.swig|*.swigcxx|*.syso"
#define TESTED "*_test.go"

struct listing {
	struct runner_tests *tests;
	const struct go_command *command;
	const char *root;
	struct interner names; /* of parts: number i is tests->parts[i] */
	cJSON **packages;      /* of parts; NULL: it has to be made up */
	size_t count, room;
};

cJSON *go_list_next(const char **at)
{
	while (isspace((unsigned char)**at))
		(*at)++;
	return **at ? cJSON_ParseWithOpts(*at, at, false) : NULL;
}

char **go_list_words(const struct go_command *command,
	const char *const *asking, const char *const *packages)
{
	struct words words = {0};

	words_add_list(&words, (const char *const *)command->start.list);
	if (command->directory) {
		words_add_copy(&words, "-C");
		words_add_copy(&words, command->directory);
	}
	words_add_list(&words, asking);
	if (command->build.count)
		words_add_list(
			&words, (const char *const *)command->build.list);
	if (packages)
		words_add_list(&words, packages);
	return words.list;
}

static char *in_folder(const char *folder, const char *name)
{
	return *name == '/' ? xstrdup(name) : xasprintf("%s/%s", folder, name);
}

static char *real_folder(const char *folder)
{
	char *real = realpath(folder, NULL);

	return real ? real : xstrdup(folder);
}

/*
 * A pattern for embedded files may be met by others: by what comes into a
 * folder that one lies in, up to that of the package.
 */
static void look_for_embedded(
	struct runner_part *part, const char *folder, const cJSON *package)
{
	struct interner met = {0};
	const cJSON *each;

	cJSON_ArrayForEach(
		each, cJSON_GetObjectItemCaseSensitive(package, "EmbedFiles"))
	{
		char *name = xstrdup(each->valuestring), *slash;

		while ((slash = strrchr(name, '/'))) {
			size_t before = met.count;

			*slash = '\0';
			intern(&met, name, strlen(name));
			if (met.count > before)
				runner_part_look(
					part, in_folder(folder, name), "");
		}
		free(name);
	}
	cJSON_ArrayForEach(each,
		cJSON_GetObjectItemCaseSensitive(package,
			"EmbedPatterns")) if (strcspn(each->valuestring,
						      "*?[") <
						      strcspn(each->valuestring,
							      "/") &&
					      intern_find(&met, "", 0) ==
						      INTERN_NONE)
	{
		intern(&met, "", 0);
		runner_part_look(part, xstrdup(folder), "");
	}
	interner_release(&met);
}

static void take_part(struct listing *listing, size_t place)
{
	struct runner_part *part = &listing->tests->parts[place];
	const cJSON *package = listing->packages[place], *each;
	const char *folder = json_member_text(package, "Dir");
	const char *tested = json_member_text(package, "ForTest");
	const cJSON *map;

	for (const char *const *kind = files_of; folder && *kind; kind++)
		cJSON_ArrayForEach(
			each, cJSON_GetObjectItemCaseSensitive(package, *kind))
			/* What go wrote itself lies among its results. */
			if (*each->valuestring != '/') words_add(&part->files,
				in_folder(folder, each->valuestring));
	if (folder) {
		runner_part_look(part, xstrdup(folder),
			tested ? BUILT : BUILT "|!" TESTED);
		look_for_embedded(part, folder, package);
	}
	map = cJSON_GetObjectItemCaseSensitive(package, "ImportMap");
	cJSON_ArrayForEach(
		each, cJSON_GetObjectItemCaseSensitive(package, "Imports"))
	{
		const char *name = json_member_text(map, each->valuestring);
		uint32_t used;

		if (!name)
			name = each->valuestring;
		used = intern_find(&listing->names, name, strlen(name));
		if (used != INTERN_NONE)
			runner_part_use(part, used);
	}
}

static size_t add_part(struct listing *listing, const char *name, cJSON *object)
{
	struct runner_tests *tests = listing->tests;
	uint32_t place = intern(&listing->names, name, strlen(name));

	if (place < listing->count) {
		cJSON_Delete(object);
		return place;
	}
	runner_parts_add(&tests->parts, &tests->part_count, &tests->part_room)
		->name = xstrdup(name);
	*(cJSON **)array_add(&listing->packages, &listing->count,
		&listing->room, sizeof(cJSON *)) = object;
	return place;
}

/* The part that a package's test program is, or what is built without one. */
static size_t program_part(struct listing *listing, const char *path)
{
	struct runner_part *part;
	char *name = xasprintf("%s.test", path);
	size_t made = listing->count, place = add_part(listing, name, NULL);
	uint32_t plain = intern_find(&listing->names, path, strlen(path));

	free(name);
	part = &listing->tests->parts[place];
	if (place == made && plain != INTERN_NONE)
		runner_part_use(part, plain);
	return place;
}

static void go_list_take_test(struct listing *listing, const cJSON *package)
{
	const char *path = json_member_text(package, "ImportPath");
	const char *dir = json_member_text(package, "Dir");
	size_t place = program_part(listing, path);
	struct runner_test *test;
	char *id;

	test = runner_tests_add(listing->tests);
	test->folder = real_folder(dir);
	test->part = place + 1;
	runner_part_look(&listing->tests->parts[place], xstrdup(dir), TESTED);
	id = searched_id(listing->root, test->folder);
	test->id = *listing->command->variant
			   ? xasprintf("%s::%s", id, listing->command->variant)
			   : xstrdup(id);
	free(id);
	test->builds_only =
		!cJSON_GetObjectItemCaseSensitive(package, "TestGoFiles") &&
		!cJSON_GetObjectItemCaseSensitive(package, "XTestGoFiles");
	test->argument = xstrdup(path);
}

/* Named, and not because a test is built of it. */
static bool is_asked_for(const cJSON *package)
{
	const char *path = json_member_text(package, "ImportPath");
	const char *name = json_member_text(package, "Name");
	size_t n = strlen(path);

	return !json_member_is_true(package, "DepOnly") &&
	       !json_member_text(package, "ForTest") &&
	       json_member_text(package, "Dir") &&
	       !(n > 5 && !strcmp(path + n - 5, ".test") && name &&
		       !strcmp(name, "main") &&
		       !cJSON_GetObjectItemCaseSensitive(
			       package, "TestGoFiles") &&
		       !cJSON_GetObjectItemCaseSensitive(
			       package, "XTestGoFiles"));
}

static void list_take(struct listing *listing, const char *text)
{
	const char *at = text;
	size_t count;
	cJSON *package;

	while ((package = go_list_next(&at))) {
		const char *path = json_member_text(package, "ImportPath");

		if (path && !json_member_is_true(package, "Standard"))
			add_part(listing, path, package);
		else
			cJSON_Delete(package);
	}
	count = listing->count;
	for (size_t i = 0; i < count; i++)
		take_part(listing, i);
	for (size_t i = 0; i < count; i++)
		if (is_asked_for(listing->packages[i]))
			go_list_take_test(listing, listing->packages[i]);
	searched_find(listing->tests, listing->command, listing->root,
		listing->packages, count);
}

/* Where go keeps what it built, and what it counts. */
static int go_list_find_own(struct runner_tests *tests,
	const struct go_command *command, struct err *err)
{
	static const char *const asking[] = {"env", "-json", "GOCACHE",
		"GOMODCACHE", "GOTELEMETRYDIR", NULL};
	struct go_command bare = {
		.start = command->start, .directory = command->directory};
	char **words = go_list_words(&bare, asking, NULL), *text;
	const char *folder;
	size_t size;
	cJSON *all;
	int code = capture(words, &text, &size, err);

	words_free(words);
	if (code < 0)
		return code;
	all = cJSON_Parse(text);
	folder = json_member_text(all, "GOCACHE");
	if (folder && *folder == '/')
		words_add_copy(&tests->own, folder);
	folder = json_member_text(all, "GOTELEMETRYDIR");
	if (folder && *folder == '/')
		words_add_copy(&tests->own, folder);
	folder = json_member_text(all, "GOMODCACHE");
	if (folder && *folder == '/')
		words_add(&tests->own, xasprintf("%s/cache", folder));
	cJSON_Delete(all);
	free(text);
	return 0;
}

int go_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err)
{
	static const char *const asking[] = {
		"list", "-e", "-test", "-deps", "-json=" FIELDS, NULL};
	struct go_command command;
	struct listing listing = {tests, &command, root, {0}, NULL, 0, 0};
	char **words, *text = NULL;
	size_t size;
	int code;

	memset(tests, 0, sizeof(*tests));
	if (!go_command_read(&command, argv)) {
		go_command_release(&command);
		return err_set(err, -1, "'%s' runs no test", argv[0]);
	}
	tests->listed = time(NULL);
	tests->chosen = true; /* of each file it is said what it holds */
	tests->programs = "*/go-build*/*.test";
	tests->by_status = true;
	words = go_list_words(
		&command, asking, (const char *const *)command.packages.list);
	code = capture(words, &text, &size, err);
	if (code == 0)
		code = go_list_find_own(tests, &command, err);
	if (code == 0)
		list_take(&listing, text);
	for (size_t i = 0; i < listing.count; i++)
		cJSON_Delete(listing.packages[i]);
	free(listing.packages);
	interner_release(&listing.names);
	free(text);
	words_free(words);
	go_command_release(&command);
	return code;
}
