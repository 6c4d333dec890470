/* SPDX-License-Identifier: MIT */
/*
 * Which scopes are reached along the edges, and how.
 */
#include "tests/unit/scratch.h"

#include <stdio.h>
#include <stdlib.h>

#include "map/query.h"
#include "tests/unit/graph.h"
#include "wire/kind.h"

static struct err err;

static int64_t scope_named(const char *name)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
		"SELECT id FROM scope WHERE CAST(name AS TEXT) = '%s'", name);
	return graph_number(sql);
}

static bool reaches(const char *from, const char *to)
{
	struct query_hits hits = {0};
	bool found;

	assert_int_equal(
		query_closure(&hits, &graph_map, scope_named(from), &err), 0);
	assert_int_equal(hits.hits[0].scope, scope_named(from));
	found = query_hits_find(&hits, scope_named(to)) != HIT_NONE;
	query_hits_release(&hits);
	return found;
}

TEST(reader_of_a_made_file_inherits)
{
	uint32_t build;

	graph_begin();
	build = graph_scope(SCOPE_FIXTURE, "build");
	graph_read(build, "a.c");
	graph_make(build, "a.o", KIND_MAKER);
	graph_read(graph_scope(SCOPE_UNIT, "r/one"), "a.o");
	graph_read(graph_scope(SCOPE_UNIT, "r/two"), "b");
	graph_commit();
	assert_string_equal(graph_affected("a.c"), "one");
	assert_string_equal(graph_affected("a.o"), "one");
	assert_true(reaches("r/one", "build"));
	assert_false(reaches("r/two", "build"));
	assert_false(reaches("build", "r/one"));
}

/* A row of makes that only tells of an access carries nothing over. */
TEST(own_accesses_are_no_edges)
{
	uint32_t other;

	graph_begin();
	other = graph_scope(SCOPE_UNIT, "r/other");
	graph_read(other, "a");
	graph_make(
		other, "b", KIND_BIT(ACCESS_WRITE) | KIND_BIT(ACCESS_RENAME));
	graph_read(graph_scope(SCOPE_UNIT, "r/one"), "b");
	graph_commit();
	assert_string_equal(graph_affected("a"), "other");
	assert_false(reaches("r/one", "r/other"));
}

TEST(cycle_in_uses)
{
	uint32_t unit, a, b, c;

	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	a = graph_scope(SCOPE_MODULE, "a");
	b = graph_scope(SCOPE_MODULE, "b");
	c = graph_scope(SCOPE_MODULE, "c");
	graph_use(unit, a);
	graph_use(a, b);
	graph_use(b, c);
	graph_use(c, a);
	graph_use(c, c);
	graph_read(b, "b.py");
	graph_read(c, "c.py");
	graph_commit();
	assert_string_equal(graph_affected("b.py"), "one");
	assert_string_equal(graph_affected("c.py"), "one");
	assert_true(reaches("a", "c"));
	assert_true(reaches("c", "b"));
	assert_false(reaches("a", "r/one"));
}

TEST(cycle_in_makes)
{
	uint32_t one, two;

	graph_begin();
	one = graph_scope(SCOPE_UNIT, "r/one");
	two = graph_scope(SCOPE_UNIT, "r/two");
	graph_read(one, "x");
	graph_make(one, "y", KIND_MAKER);
	graph_read(two, "y");
	graph_make(two, "x", KIND_MAKER);
	graph_commit();
	assert_string_equal(graph_affected("x"), "one two");
	assert_string_equal(graph_affected("y"), "one two");
}

TEST(dependents_of_scopes)
{
	struct query_hits hits = {0};
	uint32_t unit, fixture;
	int64_t from;
	uint32_t at;

	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	fixture = graph_scope(SCOPE_FIXTURE, "f");
	graph_use(unit, fixture);
	graph_scope(SCOPE_UNIT, "r/two");
	graph_commit();
	from = scope_named("f");
	assert_int_equal(
		query_dependents(&hits, &graph_map, NULL, 0, &from, 1, &err),
		0);
	assert_int_equal(hits.count, 2);
	assert_int_equal(hits.hits[0].scope, from);
	assert_int_equal(hits.hits[0].via, HIT_NONE);
	at = query_hits_find(&hits, scope_named("r/one"));
	assert_int_equal(at, 1);
	assert_int_equal(hits.hits[at].via, 0);
	query_hits_release(&hits);
}

/* The nearest way is the one that people are shown. */
TEST(shortest_chain)
{
	struct query_hits hits = {0};
	uint32_t unit, near, far;
	int64_t *states;
	size_t count;
	uint32_t at;

	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	near = graph_scope(SCOPE_MODULE, "near");
	far = graph_scope(SCOPE_MODULE, "far");
	graph_use(unit, near);
	graph_use(near, far);
	graph_use(unit, far);
	graph_read(far, "a");
	graph_commit();
	assert_int_equal(query_file_states(
				 &states, &count, &graph_map, "a", false, &err),
		0);
	assert_int_equal(count, 1);
	assert_int_equal(query_dependents(&hits, &graph_map, states, count,
				 NULL, 0, &err),
		0);
	at = query_hits_find(&hits, scope_named("r/one"));
	assert_int_equal(
		hits.hits[hits.hits[at].via].scope, scope_named("far"));
	assert_int_equal(hits.hits[hits.hits[at].via].state, states[0]);
	query_hits_release(&hits);
	free(states);
}

/* More hits than the table starts with. */
TEST(wide_graph)
{
	static char names[1000][16];
	struct query_hits hits = {0};
	uint32_t unit, module;

	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	for (int i = 0; i < 1000; i++) {
		snprintf(names[i], sizeof(names[i]), "m%d", i);
		module = graph_scope(SCOPE_MODULE, names[i]);
		graph_use(unit, module);
	}
	graph_commit();
	assert_int_equal(
		query_closure(&hits, &graph_map, scope_named("r/one"), &err),
		0);
	assert_int_equal(hits.count, 1001);
	for (uint32_t i = 0; i < hits.count; i++)
		assert_int_equal(query_hits_find(&hits, hits.hits[i].scope), i);
	query_hits_release(&hits);
}

TEST(unknown_paths)
{
	int64_t *states;
	size_t count = 7;

	graph_unit("r/one", "a");
	assert_int_equal(query_file_states(
				 &states, &count, &graph_map, "b", false, &err),
		0);
	assert_int_equal(count, 0);
	free(states);
	assert_string_equal(graph_affected("b"), "");
}

#define HERE(name) \
	cmocka_unit_test_setup_teardown(name, graph_enter, graph_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(reader_of_a_made_file_inherits),
		HERE(own_accesses_are_no_edges),
		HERE(cycle_in_uses),
		HERE(cycle_in_makes),
		HERE(dependents_of_scopes),
		HERE(shortest_chain),
		HERE(wide_graph),
		HERE(unknown_paths),
	};

	return RUN_TESTS(tests);
}
