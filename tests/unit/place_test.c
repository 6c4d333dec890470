/* SPDX-License-Identifier: MIT */
/*
 * Places: what is taken out of texts, which paths become which, and what a map
 * holds once it has moved.
 */
#include "tests/unit/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "map/moved.h"
#include "map/placed.h"
#include "tests/unit/graph.h"

static void place(struct map_places *places, const char *role, const char *path)
{
	assert_non_null(map_places_add(places, role, path));
}

/* The text with '<' and '>' for what stands around a role. */
static const char *without(const struct map_places *places, const char *text)
{
	static char shown[200];
	size_t size = strlen(text), marks = 0;
	char *left = map_places_take_out(places, text, size, &size);

	memset(shown, 0, sizeof(shown));
	memcpy(shown, left ? left : text, size);
	for (size_t i = 0; i < size; i++)
		if (!shown[i])
			shown[i] = marks++ % 2 ? '>' : '<';
	free(left);
	return shown;
}

TEST(test_taken_out_of_texts)
{
	struct map_places places = {0};

	place(&places, PLACE_HOME, "/h/me/");
	place(&places, PLACE_ROOT, "/h/me/src/app");
	assert_string_equal(without(&places, "/h/me/src/app"), "<root>");
	assert_string_equal(
		without(&places, "#!/h/me/src/app/.venv/bin/python"),
		"#!<root>/.venv/bin/python");
	assert_string_equal(without(&places, "home = /h/me/py\nx=/h/me"),
		"home = <home>/py\nx=<home>");
	assert_string_equal(
		without(&places, "file:///h/me/src/app"), "file://<root>");
	assert_string_equal(without(&places, "/bin:/h/me/bin:/usr/bin"),
		"/bin:<home>/bin:/usr/bin");
	/* None of these is the place. */
	assert_string_equal(without(&places, "/h/mean"), "/h/mean");
	assert_string_equal(without(&places, "/h/me.d"), "/h/me.d");
	assert_string_equal(without(&places, "/x/h/me/y"), "/x/h/me/y");
	assert_string_equal(without(&places, "//h/me"), "//h/me");
	assert_string_equal(
		without(&places, "/h/me/src/apple"), "<home>/src/apple");
	assert_string_equal(without(&places, "nothing"), "nothing");
	map_places_release(&places);
}

/* Whoever writes what stands for a place does not pass for it. */
TEST(test_binary_texts_are_left_alone)
{
	static const char text[] = "/h/me\0home";
	struct map_places places = {0};
	size_t size;

	place(&places, PLACE_HOME, "/h/me");
	assert_null(map_places_take_out(&places, text, sizeof(text), &size));
	map_places_release(&places);
}

TEST(test_shared_folders_are_no_places)
{
	static const char *const shared[] = {
		"/", "/usr", "/usr/local/", "/tmp", "relative", ""};
	struct map_places places = {0};

	for (size_t i = 0; i < 6; i++)
		assert_null(map_places_add(&places, PLACE_HOME, shared[i]));
	place(&places, PLACE_ROOT, "/srv");
	map_places_release(&places);
}

static void moves(const struct map_places *then, const struct map_places *here,
	const char *from, const char *to)
{
	char *path = map_places_path(then, here, from);

	if (to)
		assert_string_equal(path, to);
	else
		assert_null(path);
	free(path);
}

TEST(test_paths_of_another_machine)
{
	struct map_places then = {0}, here = {0};

	place(&then, PLACE_HOME, "/h/me");
	place(&then, "python3.11", "/h/me/py/3.11.7");
	place(&here, PLACE_HOME, "/home/ci");
	place(&here, "python3.11", "/opt/py");
	moves(&then, &here, "/h/me/.netrc", "/home/ci/.netrc");
	moves(&then, &here, "/h/me", "/home/ci");
	moves(&then, &here, "/h/me/py/3.11.7/lib/os.py", "/opt/py/lib/os.py");
	moves(&then, &here, "/h/me/py/3.11.70", "/home/ci/py/3.11.70");
	moves(&then, &here, "/h/mean", NULL);
	moves(&then, &here, "/etc/passwd", NULL);
	moves(&then, &here, "src/h/me", NULL);
	moves(&then, &then, "/h/me/x", NULL);
	map_places_release(&then);
	map_places_release(&here);
}

static struct print print_in(
	const struct map_places *places, const char *stored, const char *text)
{
	return placed_of_text(
		places, stored, ASPECT_CONTENT, text, strlen(text), S_IFREG);
}

static void agree(
	const char *stored, const char *one, const char *other, bool expected)
{
	struct map_places a = {0}, b = {0};
	struct print x, y;

	place(&a, PLACE_ROOT, "/a");
	place(&b, PLACE_ROOT, "/b/c");
	x = print_in(&a, stored, one);
	y = print_in(&b, stored, other);
	assert_int_equal(print_equal(&x, &y), expected);
	map_places_release(&a);
	map_places_release(&b);
}

TEST(test_texts_that_name_places)
{
	agree(".venv/pyvenv.cfg", "home = /a/x", "home = /b/c/x", true);
	agree(".venv/pyvenv.cfg", "home = /a/x", "home = /a/x", false);
	agree(".venv/bin/pytest", "#!/a/x\nrun", "#!/b/c/x\nrun", true);
	agree(".venv/bin/pytest", "#!/a/x\nrun", "#!/b/c/x\nruns", false);
	agree("lib/x.pth", "/a/src\n", "/b/c/src\n", true);
	/* A source of the project is compared as it is. */
	agree("src/x.py", "'/a/x'", "'/b/c/x'", false);
	agree("src/x.py", "1", "1", true);
	/* What is printed in RECORD of those is another one everywhere. */
	agree("x.dist-info/RECORD", "x.pth,sha256=1,5\nx.py,sha256=7,2\n",
		"x.pth,sha256=2,9\nx.py,sha256=7,2\n", true);
	agree("x.dist-info/RECORD", "x.py,sha256=1,5\n", "x.py,sha256=2,5\n",
		false);
	agree("x.dist-info/RECORD", "a.pth,,\n", "b.pth,,\n", false);
}

/* A folder with what an interpreter of that version has around it. */
static const char *make_python(const char *name, const char *version)
{
	char *text = xasprintf("#define PY_VERSION_HEX 1\n"
			       "#define PY_VERSION \"%s\"\n",
		version);
	char path[200];
	static const char *const folders[] = {
		"", "/bin", "/include", "/include/python3.11"};

	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", name, folders[i]);
		make_directory(path);
	}
	snprintf(
		path, sizeof(path), "%s/include/python3.11/patchlevel.h", name);
	write_file(path, text);
	free(text);
	snprintf(path, sizeof(path), "%s/bin/python3.11", name);
	write_file(path, "");
	return scratch_path(path);
}

static void make_venv(const char *base, const char *python)
{
	char *text = xasprintf("home = %s\n", scratch_path(base));

	if (access(".venv", F_OK) < 0) {
		make_directory(".venv");
		make_directory(".venv/bin");
	} else {
		remove_file(".venv/bin/python");
	}
	write_file(".venv/pyvenv.cfg", text);
	make_link(python, ".venv/bin/python");
	free(text);
}

static void reopen(void)
{
	struct err err = {""};

	map_close(&graph_map);
	assert_int_equal(
		map_open(&graph_map, scratch_root(), MAP_RECORD, &err), 0);
}

static void note_python(void)
{
	struct err err = {""};
	char *program = xasprintf("%s/.venv/bin/python", scratch_root());

	assert_int_equal(map_note_places(&graph_map, program, &err), 0);
	free(program);
}

TEST(test_another_interpreter)
{
	const struct map_place *python;

	make_venv("one/bin", make_python("one", "3.11.7"));
	make_python("two", "3.11.9");
	/* An installation that is part of the project is none of its own. */
	note_python();
	python = map_places_find(&graph_map.places, "python3.11");
	assert_non_null(python);
	assert_null(python->path);
	assert_string_equal(python->version, "Python 3.11.7");
	assert_false(map_place_is_another(python));
	reopen();
	python = map_places_find(&graph_map.places, "python3.11");
	assert_false(map_place_is_another(python));
	make_venv("two/bin", scratch_path("two/bin/python3.11"));
	reopen();
	python = map_places_find(&graph_map.places, "python3.11");
	assert_true(map_place_is_another(python));
	assert_string_equal(python->now, "Python 3.11.9");
	assert_string_equal(python->version, "Python 3.11.7");
}

/* As if it had been recorded there. */
static void recorded_at(const char *root)
{
	struct map_place *place;
	struct err err = {""};

	assert_int_equal(map_note_places(&graph_map, NULL, &err), 0);
	place = map_places_find(&graph_map.places, PLACE_ROOT);
	free(place->path);
	free(place->real);
	place->path = xstrdup(root);
	place->real = xstrdup(root);
	assert_int_equal(map_note_places(&graph_map, NULL, &err), 0);
}

TEST(test_home_moves)
{
	char *old = xstrdup(getenv("HOME") ? getenv("HOME") : "/root");
	struct err err = {""};

	setenv("HOME", "/h/me", 1);
	assert_int_equal(map_note_places(&graph_map, NULL, &err), 0);
	graph_unit("r/a", "/h/me/conf");
	graph_unit("r/b", "/home/ci/conf");
	graph_unit("r/c", "/h/me/only");
	reopen();
	assert_string_equal(graph_affected("/h/me/conf"), "a");
	setenv("HOME", "/home/ci", 1);
	reopen();
	/* Both mean the same file now. */
	assert_string_equal(graph_affected("/home/ci/conf"), "a b");
	assert_string_equal(graph_affected("/home/ci/only"), "c");
	assert_string_equal(graph_affected("/h/me/conf"), "");
	setenv("HOME", old, 1);
	free(old);
}

/* What was looked for above one root is looked for above the other. */
TEST(test_above_the_root)
{
	char path[4200], *above = xstrdup(scratch_root());

	*strrchr(above, '/') = '\0';
	recorded_at("/x/y/proj");
	graph_unit("r/absent", "/x/y/node_modules");
	graph_unit("r/deep", "/x/y/lib/more");
	recorded_at("/x/y/proj");
	reopen();
	snprintf(path, sizeof(path), "%s/node_modules", above);
	assert_string_equal(graph_affected(path), "absent");
	assert_string_equal(graph_affected("/node_modules"), "absent");
	snprintf(path, sizeof(path), "%s/lib/more", above);
	assert_string_equal(graph_affected(path), "deep");
	free(above);
}

/* Programs that resolve links look at each folder on the way. */
TEST(test_folders_on_the_way)
{
	struct map_places *places = &graph_map.places;
	struct err err = {""};

	setenv("HOME", "/h/me", 1);
	assert_int_equal(map_note_places(&graph_map, NULL, &err), 0);
	place(places, "python3.11", "/h/me/py/3.11.7");
	assert_int_equal(map_note_places(&graph_map, NULL, &err), 0);
	graph_unit("r/a", "/h/me/py");
	graph_unit("r/b", "/h/me/pyx");
	setenv("HOME", "/home/ci", 1);
	reopen();
	/* The interpreter is where it was, and so is what is above it. */
	assert_string_equal(graph_affected("/h/me/py"), "a");
	assert_string_equal(graph_affected("/home/ci/pyx"), "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken_out_of_texts),
		cmocka_unit_test(test_binary_texts_are_left_alone),
		cmocka_unit_test(test_shared_folders_are_no_places),
		cmocka_unit_test(test_paths_of_another_machine),
		cmocka_unit_test(test_texts_that_name_places),
		cmocka_unit_test_setup_teardown(
			test_another_interpreter, graph_enter, graph_leave),
		cmocka_unit_test_setup_teardown(
			test_home_moves, graph_enter, graph_leave),
		cmocka_unit_test_setup_teardown(
			test_above_the_root, graph_enter, graph_leave),
		cmocka_unit_test_setup_teardown(
			test_folders_on_the_way, graph_enter, graph_leave),
	};

	return RUN_TESTS(tests);
}
