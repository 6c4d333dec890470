/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "fold/loader_search.h"

/* Of glibc 2.36; later ones have no legacy part. */
static const char help[] =
	"Usage: ld.so [OPTION]... EXECUTABLE-FILE [ARGS-FOR-PROGRAM...]\n"
	"  --list                list all dependencies\n"
	"\n"
	"Shared library search path:\n"
	"  (libraries located via /etc/ld.so.cache)\n"
	"  /lib/x86_64-linux-gnu (system search path)\n"
	"  /usr/lib (system search path)\n"
	"\n"
	"Subdirectories of glibc-hwcaps directories, in priority order:\n"
	"  x86-64-v4\n"
	"  x86-64-v3 (supported, searched)\n"
	"  x86-64-v2 (supported, searched)\n";
static const char legacy[] =
	"\n"
	"Legacy HWCAP subdirectories under library search path directories:\n"
	"  haswell (AT_PLATFORM; supported, searched)\n"
	"  tls (supported, searched)\n"
	"  avx512_1 (supported, masked)\n"
	"  x86_64 (supported, searched)\n";

static void expect_folders(
	const struct loader_machine *machine, const char *const *folders)
{
	size_t i = 0;

	for (; folders[i]; i++) {
		assert_true(i < machine->count);
		assert_string_equal(machine->folders[i], folders[i]);
	}
	assert_int_equal(machine->count, i);
}

TEST(help_of_old)
{
	static const char *const folders[] = {"glibc-hwcaps/x86-64-v3/",
		"glibc-hwcaps/x86-64-v2/", "tls/haswell/x86_64/",
		"tls/haswell/", "tls/x86_64/", "tls/", "haswell/x86_64/",
		"haswell/", "x86_64/", "", NULL};
	struct loader_machine machine = {0};
	char text[sizeof(help) + sizeof(legacy)];

	snprintf(text, sizeof(text), "%s%s", help, legacy);
	loader_machine_parse(&machine, text);
	expect_folders(&machine, folders);
	assert_string_equal(machine.platform, "haswell");
	assert_string_equal(machine.lib, "lib/x86_64-linux-gnu");
	assert_string_equal(machine.system, "/lib/x86_64-linux-gnu:/usr/lib");
	loader_machine_release(&machine);
}

TEST(help_of_new)
{
	static const char *const folders[] = {
		"glibc-hwcaps/x86-64-v3/", "glibc-hwcaps/x86-64-v2/", "", NULL};
	struct loader_machine machine = {0};

	loader_machine_parse(&machine, help);
	expect_folders(&machine, folders);
	assert_null(machine.platform);
	loader_machine_release(&machine);
}

TEST(help_of_none)
{
	static const char *const folders[] = {"", NULL};
	struct loader_machine machine = {0};

	loader_machine_parse(&machine, "--help: cannot open shared object\n");
	expect_folders(&machine, folders);
	loader_machine_release(&machine);
}

static struct loader_machine machine = {
	.folders = (char *[]){"v3/", ""}, .count = 2, .lib = "lib64"};

static void expect_expanded(const char *text, const char *expanded)
{
	char buffer[64];

	assert_int_equal(loader_expand(&machine, "/opt/bin", text, buffer,
				 sizeof(buffer)),
		expanded != NULL);
	if (expanded)
		assert_string_equal(buffer, expanded);
}

TEST(tokens)
{
	expect_expanded("/plain", "/plain");
	expect_expanded("$ORIGIN", "/opt/bin");
	expect_expanded("$ORIGIN/../$LIB/x", "/opt/bin/../lib64/x");
	expect_expanded("${ORIGIN}s", "/opt/bins");
	expect_expanded("$ORIGINS/$X$", "$ORIGINS/$X$");
	expect_expanded("${ORIGIN/x", "${ORIGIN/x");
	expect_expanded("/x/$PLATFORM", NULL);
	expect_expanded("$ORIGIN$ORIGIN$ORIGIN$ORIGIN$ORIGIN$ORIGIN$ORIGIN"
			"$ORIGIN",
		NULL);
}

/* A file system: paths, those of directories with a slash at the end. */
struct world {
	const char *const *paths;
	struct interner numbers;
};

static struct loader_sight look(void *context, const char *path)
{
	struct world *world = context;
	struct loader_sight sight = {0};
	size_t n = strlen(path);

	sight.path = sight.file = intern(&world->numbers, path, n + 1);
	for (const char *const *there = world->paths; *there; there++)
		if (!strcmp(*there, path))
			sight.what = SIGHT_FILE;
		else if (!strncmp(*there, path, n) && !strcmp(*there + n, "/"))
			sight.what = SIGHT_DIRECTORY;
	return sight;
}

static void expect_lookups(struct loader_start *start, const char *const *paths,
	const char *expected)
{
	struct world world = {.paths = paths};
	struct loader_object *objects = (void *)start->objects;
	struct loader_lookup *lookups;
	char text[4096] = "";
	size_t count;

	start->machine = &machine;
	start->look = look;
	start->context = &world;
	for (size_t i = 0; i < start->count; i++)
		objects[i].file = look(&world, objects[i].path).file;
	lookups = loader_search(start, &count);
	for (size_t i = 0; i < count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			"%s %s\n", access_kind_name(lookups[i].kind),
			world.numbers.entries[lookups[i].path].bytes);
	assert_string_equal(text, expected);
	free(lookups);
	interner_release(&world.numbers);
}

#define WORDS(text) .words = text, .words_size = sizeof(text) - 1

/* DT_RUNPATH is for an object's own needs, and after LD_LIBRARY_PATH. */
TEST(runpath)
{
	static const char *const paths[] = {"/there/", "/there/liba.so",
		"/app/lib/", "/app/lib/v3/", "/app/lib/v3/libb.so", NULL};
	struct loader_object objects[] = {
		{.path = "/app/prog",
			WORDS("nliba.so\0nlibb.so\0nliba.so\0R$ORIGIN/lib\0")},
		{.path = "/there/liba.so", WORDS("sliba.so\0nlibc.so.6\0")},
		{.path = "/app/lib/v3/libb.so", WORDS("nliba.so\0")},
		{.path = "/lib/libc.so.6", WORDS("slibc.so.6\0")}};
	struct loader_start start = {.search = "/gone:/there",
		.directory = "/",
		.objects = objects,
		.count = 4};

	expect_lookups(&start, paths,
		"absent /gone/v3/liba.so\nabsent /gone/v3\n"
		"absent /gone/liba.so\nabsent /gone\n"
		"absent /there/v3/liba.so\nabsent /there/v3\n"
		"read /there/liba.so\n"
		"absent /there/libb.so\n"
		"read /app/lib/v3/libb.so\n"
		"absent /there/libc.so.6\n");
}

/* DT_RPATH is for the needs of needs, too, and before LD_LIBRARY_PATH. */
TEST(rpath)
{
	static const char *const paths[] = {"/r/", "/r/v3/", "/r/v3/libb.so",
		"/r/libb.so", "/r/liba.so", NULL};
	struct loader_object objects[] = {
		{.path = "/app/prog", WORDS("nliba.so\0r/r/\0")},
		{.path = "/r/liba.so", WORDS("nlibb.so\0nliba.so\0")},
		{.path = "/r/libb.so", WORDS("")}};
	struct loader_start start = {
		.search = "", .directory = "/", .objects = objects, .count = 3};

	/* What is there and was not taken was of another machine. */
	expect_lookups(&start, paths,
		"absent /r/v3/liba.so\nstat /r/v3\nread /r/liba.so\n"
		"read /r/v3/libb.so\nread /r/libb.so\n");
}

/* Of what is relative nothing is remembered, and nothing asked. */
TEST(relative)
{
	static const char *const paths[] = {"/w/", NULL};
	struct loader_object objects[] = {
		{.path = "/app/prog", WORDS("nliba.so\0nlibb.so\0")},
		{.path = "/lib/liba.so", WORDS("")},
		{.path = "/lib/libb.so", WORDS("")}};
	struct loader_start start = {.search = "x;;x/",
		.directory = "/w",
		.objects = objects,
		.count = 3};

	expect_lookups(&start, paths,
		"absent /w/x/v3/liba.so\nabsent /w/x/liba.so\n"
		"absent /w/v3/liba.so\nabsent /w/liba.so\n"
		"absent /w/x/v3/libb.so\nabsent /w/x/libb.so\n"
		"absent /w/v3/libb.so\nabsent /w/libb.so\n");
}

TEST(preloads)
{
	static const char *const paths[] = {"/p/", "/p/liba.so", NULL};
	struct loader_object objects[] = {
		{.path = "/app/prog",
			WORDS("pliba.so:/x/libtrace.so libno.so\0nliba.so\0")},
		{.path = "/p/liba.so", WORDS("")},
		{.path = "/x/libtrace.so", WORDS("")}};
	struct loader_start start = {.search = "/p",
		.directory = "",
		.objects = objects,
		.count = 3};

	expect_lookups(&start, paths,
		"absent /p/v3/liba.so\nabsent /p/v3\nread /p/liba.so\n"
		"absent /p/libno.so\n");
}

/* The arena can be damaged. */
TEST(words_cut_short)
{
	static const char *const paths[] = {NULL};
	struct loader_object objects[] = {
		{.path = "/prog", WORDS("nliba.so")}, {.path = "", WORDS("n")}};
	struct loader_start start = {.search = "/p",
		.directory = "",
		.objects = objects,
		.count = 2};

	expect_lookups(&start, paths, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(help_of_old),
		cmocka_unit_test(help_of_new), cmocka_unit_test(help_of_none),
		cmocka_unit_test(tokens), cmocka_unit_test(runpath),
		cmocka_unit_test(rpath), cmocka_unit_test(relative),
		cmocka_unit_test(preloads), cmocka_unit_test(words_cut_short)};

	return RUN_TESTS(tests);
}
