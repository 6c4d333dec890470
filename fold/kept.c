/* SPDX-License-Identifier: MIT */
/*
 * Kept things: what scopes left in memory for others to find
 * (docs/explanation/python.md). The adapter tells who made something and who
 * found it; here it is found out which of the functions that its fillers
 * entered computed it.
 *
 * It begins with the functions that it is the cache of, or with those that
 * mention its name, and goes on to what these mention, have at hand, and have
 * in them. A name leads to more than the function of that name: to what a table
 * holds, to what decorates it, to the special methods of a class. Where several
 * have a name it is those of the same file and of what that imports, or all.
 * The callers of one that only puts away what it is handed count as well.
 */
#include "fold/kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fold/code.h"
#include "fold/discovery.h"
#include "fold/entered.h"
#include "fold/names.h"
#include "fold/scopes.h"
#include "fold/state.h"

struct reach {
	struct fold *fold;
	struct names names;         /* of functions */
	struct names inner;         /* those that lie in one, by its number */
	struct name_list *handed;   /* by function: those that names lead to */
	struct name_list *mentions; /* by function: numbers of names */
	bool *open;     /* by function: it may mention whatever there is, */
	bool *reflects; /* without being handed the name, */
	bool *is_test;  /* it lies in a file with tests */
	struct name_list *things;       /* those that it mentions, */
	const struct name_list **fills; /* and those that it is known to fill */
	struct fold_entry *entries;     /* by scope, */
	size_t *first;                  /* each one's first */
	struct name_list *keepings;     /* by thing: which are of it */
	bool *entered, *reached;        /* by function, for a thing */
	struct name_list here, queue;   /* the same functions, in order */
	struct name_list tests;         /* those entered that are left out */
	struct name_list near; /* those that count with their callees */
};

/* The last part of a function's name. */
static const char *fold_kept_own_name(
	const struct fold_function *function, size_t *size)
{
	const char *dot = memrchr(function->name, '.', function->name_size);
	const char *name = dot ? dot + 1 : function->name;

	*size = (size_t)(function->name + function->name_size - name);
	return name;
}

static bool fold_kept_is_special(const char *name, size_t size)
{
	return size > 4 && !strncmp(name, "__", 2) &&
	       !strncmp(name + size - 2, "__", 2);
}

/* NULL: nobody could take it apart. */
static const struct source *fold_kept_text_of(
	const struct fold *fold, const struct fold_function *function)
{
	uint32_t source = fold->nodes[function->node].source;
	uint32_t file =
		source ? fold->code.sources[source - 1].file : FILE_NONE;
	const struct source *text =
		file == FILE_NONE ? NULL : fold->files.files[file].code;

	return text && !text->problem ? text : NULL;
}

/* NULL: nobody knows what it mentions. */
static const struct source_block *block_of(
	const struct fold *fold, const struct fold_function *function)
{
	const struct source *text = fold_kept_text_of(fold, function);

	return text ? source_find_block(
			      text, function->name, function->name_size)
		    : NULL;
}

/* A function is found by its own name, and by its class's where that is how. */
static void fold_kept_add_names(struct reach *reach, uint32_t i)
{
	const struct fold_function *function = &reach->fold->code.functions[i];
	const char *name, *dot;
	size_t size, before;

	name = fold_kept_own_name(function, &size);
	before = (size_t)(name - function->name);
	names_add(&reach->names, name, size, i);
	if (!before || !fold_kept_is_special(name, size))
		return;
	dot = memrchr(function->name, '.', before - 1);
	dot = dot ? dot + 1 : function->name;
	names_add(&reach->names, dot, (size_t)(name - 1 - dot), i);
}

/* What lies in a function comes with it, whatever it is called by. */
static void add_inner(struct reach *reach, uint32_t i)
{
	static const char locals[] = ".<locals>.";
	const struct fold_function *function = &reach->fold->code.functions[i];
	const char *at = memmem(function->name, function->name_size, locals,
		sizeof(locals) - 1);
	size_t size = at ? (size_t)(at - function->name) : 0;
	const struct name_list *named;

	if (!at)
		return;
	at = memrchr(function->name, '.', size);
	at = at ? at + 1 : function->name;
	named = names_find(
		&reach->names, at, size - (size_t)(at - function->name));
	for (size_t k = 0; named && k < named->count; k++) {
		uint32_t outer = named->items[k];
		const struct fold_function *other =
			&reach->fold->code.functions[outer];

		if (other->node == function->node && other->name_size == size &&
			!memcmp(other->name, function->name, size))
			names_add(&reach->inner, (const char *)&outer,
				sizeof(outer), i);
	}
}

/* Goes through the mentions of a block, a kind and a name each. */
static const char *fold_kept_next_mention(const struct source_block *block,
	const char *at, const char **name, size_t *size)
{
	const char *end = block->mentions + block->mentions_size;
	const char *stop;

	if (at >= end)
		return NULL;
	stop = memchr(at, '\n', (size_t)(end - at));
	stop = stop ? stop : end;
	*name = at + (stop > at);
	*size = (size_t)(stop - *name);
	return stop + 1;
}

static void put_all(struct name_list *to, const struct name_list *from)
{
	for (size_t i = 0; from && i < from->count; i++)
		name_list_push(to, from->items[i]);
}

static void add_mentions(struct reach *reach, uint32_t i)
{
	const struct fold_function *function = &reach->fold->code.functions[i];
	const struct source_block *block = block_of(reach->fold, function);
	const char *at = block ? block->mentions : NULL, *name;
	size_t size;

	reach->open[i] = !block;
	reach->reflects[i] = !block && function->name_size;
	while (block &&
		(at = fold_kept_next_mention(block, at, &name, &size))) {
		uint32_t number = intern_find(&reach->names.names, name, size);

		reach->reflects[i] |= strchr("*+@", name[-1]) != NULL;
		reach->open[i] |= strchr("*+@?", name[-1]) != NULL;
		put_all(&reach->handed[i],
			names_find(&reach->fold->code.leads, name, size));
		put_all(&reach->things[i],
			names_find(&reach->fold->kept.names, name, size));
		if (number != INTERN_NONE)
			name_list_push(&reach->mentions[i], number);
	}
}

static void find_things(struct reach *reach, uint32_t i)
{
	const struct fold *fold = reach->fold;
	const struct fold_function *function = &fold->code.functions[i];
	size_t size;
	const char *name = fold_kept_own_name(function, &size);
	char *bare = xasprintf(".%.*s", (int)size, name);

	/* As a cached property is called that is kept under its own name. */
	put_all(&reach->things[i], names_find(&fold->kept.names, name, size));
	reach->fills[i] = names_find(
		&fold->kept.fillers, function->name, function->name_size);
	/* Before Python 3.11 the plugin has no more than that. */
	if (!reach->fills[i])
		reach->fills[i] =
			names_find(&fold->kept.fillers, bare, size + 1);
	free(bare);
	reach->is_test[i] = fold_is_collected(fold, function->node);
}

static void fold_kept_prepare(struct reach *reach, struct fold *fold)
{
	size_t count = fold->code.function_count;

	*reach = (struct reach){.fold = fold};
	reach->mentions = xcalloc(count, sizeof(*reach->mentions));
	reach->handed = xcalloc(count, sizeof(*reach->handed));
	reach->things = xcalloc(count, sizeof(*reach->things));
	reach->fills = xcalloc(count, sizeof(*reach->fills));
	reach->open = xcalloc(count * 5, sizeof(bool));
	reach->is_test = reach->open + count;
	reach->entered = reach->is_test + count;
	reach->reached = reach->entered + count;
	reach->reflects = reach->reached + count;
	reach->first = xcalloc(fold->scopes.count + 1, sizeof(*reach->first));
	reach->keepings = xcalloc(fold->kept.count, sizeof(*reach->keepings));
	reach->entries = fold_entries_by_scope(fold);
	for (size_t i = 0; i < fold->code.entry_count; i++)
		reach->first[fold->code.entries[i].scope + 1]++;
	for (size_t i = 1; i <= fold->scopes.count; i++)
		reach->first[i] += reach->first[i - 1];
	for (uint32_t i = 0; i < count; i++)
		fold_kept_add_names(reach, i);
	for (uint32_t i = 0; i < count; i++)
		add_inner(reach, i);
	for (uint32_t i = 0; i < count; i++)
		find_things(reach, i);
	for (uint32_t i = 0; i < count; i++)
		add_mentions(reach, i);
}

static void fold_kept_free(struct reach *reach)
{
	for (size_t i = 0; i < reach->fold->code.function_count; i++) {
		free(reach->mentions[i].items);
		free(reach->handed[i].items);
		free(reach->things[i].items);
	}
	for (size_t i = 0; i < reach->fold->kept.count; i++)
		free(reach->keepings[i].items);
	free(reach->keepings);
	free(reach->handed);
	names_release(&reach->inner);
	names_release(&reach->names);
	free(reach->mentions);
	free(reach->things);
	free(reach->fills);
	free(reach->open);
	free(reach->first);
	free(reach->entries);
	free(reach->here.items);
	free(reach->tests.items);
	free(reach->near.items);
	free(reach->queue.items);
}

static bool is_named_test(const struct fold_function *function)
{
	size_t size;
	const char *name = fold_kept_own_name(function, &size);

	return size >= 4 && !memcmp(name, "test", 4);
}

/*
 * What the fillers of a thing entered. Not tests, nor of files with tests,
 * whose functions others do not call, but for what is kept in these themselves.
 */
static void find_entered(struct reach *reach, uint32_t kept)
{
	const struct fold *fold = reach->fold;
	const struct name_list *keepings = &reach->keepings[kept];

	reach->here.count = reach->tests.count = 0;
	for (size_t k = 0; k < keepings->count; k++) {
		const struct kept_keeping *keeping =
			&fold->kept.keepings[keepings->items[k]];
		size_t i = reach->first[keeping->scope];

		for (; i < reach->first[keeping->scope + 1]; i++) {
			uint32_t at = reach->entries[i].function;

			if (reach->entered[at] ||
				!fold->code.functions[at].name_size)
				continue;
			if (reach->is_test[at] &&
				(fold->code.functions[at].node !=
						keeping->node ||
					is_named_test(
						&fold->code.functions[at]))) {
				name_list_push(&reach->tests, at);
				continue;
			}
			reach->entered[at] = true;
			name_list_push(&reach->here, at);
		}
	}
}

static void fold_kept_take(struct reach *reach, uint32_t function)
{
	if (!reach->entered[function] || reach->reached[function])
		return;
	reach->reached[function] = true;
	name_list_push(&reach->queue, function);
}

static void fold_kept_begin(struct reach *reach, uint32_t kept)
{
	const struct fold *fold = reach->fold;
	const struct name_list *here = &reach->here;

	for (size_t i = 0; i < here->count; i++) {
		uint32_t at = here->items[i];

		if (name_list_has(reach->fills[at], kept) ||
			(fold->kept.list[kept].is_mentioned &&
				(name_list_has(&reach->things[at], kept) ||
					!fold_kept_text_of(fold,
						&fold->code.functions[at]))))
			fold_kept_take(reach, at);
	}
	/* Where nobody mentions it, it is who may mention all there is. */
	if (!reach->queue.count)
		for (size_t i = 0; i < here->count; i++)
			if (reach->open[here->items[i]])
				fold_kept_take(reach, here->items[i]);
	if (!reach->queue.count)
		for (size_t i = 0; i < here->count; i++)
			fold_kept_take(reach, here->items[i]);
}

static void fold_kept_take_all(
	struct reach *reach, const struct name_list *list)
{
	for (size_t i = 0; list && i < list->count; i++)
		fold_kept_take(reach, list->items[i]);
}

/* Whether all of a name that were entered are of one class, or function. */
static bool are_one(const struct reach *reach, const struct name_list *named)
{
	const struct fold_function *first = NULL;
	size_t size = 0, other;

	for (size_t k = 0; k < named->count; k++) {
		const struct fold_function *each =
			&reach->fold->code.functions[named->items[k]];
		size_t before =
			(size_t)(fold_kept_own_name(each, &other) - each->name);

		if (!reach->entered[named->items[k]])
			continue;
		if (first && (each->node != first->node || before != size ||
				     memcmp(each->name, first->name, size)))
			return false;
		first = each;
		size = before;
	}
	return true;
}

/* Whether one lies in the file of another, or in one that this imports. */
static bool fold_kept_is_near(
	const struct reach *reach, uint32_t caller, uint32_t callee)
{
	const struct fold *fold = reach->fold;
	uint32_t from = fold->nodes[fold->code.functions[caller].node].source;
	uint32_t to = fold->nodes[fold->code.functions[callee].node].source;
	const struct recorded_scope *module;

	if (fold->code.functions[caller].node ==
		fold->code.functions[callee].node)
		return true;
	if (!from || !to)
		return false;
	module = &fold->recording.scopes[fold->code.sources[from - 1].module];
	for (size_t i = 0; i < module->use_count; i++)
		if (module->uses[i] == fold->code.sources[to - 1].module)
			return true;
	return false;
}

/* Of a name that several have, those that are near; or all, if none is. */
static void take_named(
	struct reach *reach, uint32_t caller, const struct name_list *named)
{
	bool is_one = are_one(reach, named), any = false;

	for (size_t k = 0; k < named->count && !is_one; k++)
		if (reach->entered[named->items[k]] &&
			fold_kept_is_near(reach, caller, named->items[k])) {
			fold_kept_take(reach, named->items[k]);
			any = true;
		}
	if (!any)
		fold_kept_take_all(reach, named);
}

/* What one has at hand, what lies in it, and what it mentions. */
static void take_callees(struct reach *reach, uint32_t caller)
{
	const struct name_list *calls = names_find(&reach->fold->code.calls,
		(const char *)&caller, sizeof(caller));
	const struct name_list *mentions = &reach->mentions[caller];
	const struct fold_function *functions = reach->fold->code.functions;

	fold_kept_take_all(reach, calls);
	fold_kept_take_all(
		reach, names_find(&reach->inner, (const char *)&caller,
			       sizeof(caller)));
	fold_kept_take_all(reach, &reach->handed[caller]);
	/* Of a source that nobody could take apart it may be all there is. */
	if (reach->fold->nodes[functions[caller].node].source &&
		!fold_kept_text_of(reach->fold, &functions[caller]))
		fold_kept_take_all(reach, &reach->here);
	for (size_t i = 0; i < mentions->count; i++)
		take_named(
			reach, caller, &reach->names.lists[mentions->items[i]]);
}

static bool leads_on(const struct reach *reach, const struct name_list *list)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (reach->entered[list->items[i]] &&
			!reach->reached[list->items[i]])
			return true;
	return false;
}

/* Those that call one that leads to nobody: it keeps what it is handed. */
static void take_callers(struct reach *reach, uint32_t callee)
{
	const struct fold_function *functions = reach->fold->code.functions;
	const struct name_list *mentions = &reach->mentions[callee], *named;
	size_t size;
	const char *name = fold_kept_own_name(&functions[callee], &size);
	uint32_t word = intern_find(&reach->names.names, name, size);
	bool is_one;

	for (size_t i = 0; i < mentions->count; i++)
		if (leads_on(reach, &reach->names.lists[mentions->items[i]]))
			return;
	if (leads_on(reach, &reach->handed[callee]))
		return;
	named = names_find(&reach->names, name, size);
	is_one = named && are_one(reach, named);
	for (size_t i = 0; i < reach->here.count; i++) {
		uint32_t caller = reach->here.items[i];

		if (!name_list_has(&reach->mentions[caller], word))
			continue;
		/* Of another file, it and what it calls itself. */
		if (functions[caller].node == functions[callee].node)
			fold_kept_take(reach, caller);
		else if (is_one && !reach->reached[caller])
			name_list_push(&reach->near, caller);
	}
}

static void take_with_callees(struct reach *reach, uint32_t caller)
{
	const struct name_list *inner = names_find(
		&reach->inner, (const char *)&caller, sizeof(caller));

	fold_kept_take(reach, caller);
	take_callees(reach, caller);
	for (size_t i = 0; inner && i < inner->count; i++)
		if (reach->entered[inner->items[i]])
			take_callees(reach, inner->items[i]);
}

static void reach_one(struct reach *reach, uint32_t kept)
{
	const struct name_list *here = &reach->here;
	size_t started;

	reach->queue.count = reach->near.count = 0;
	find_entered(reach, kept);
	fold_kept_begin(reach, kept);
	started = reach->queue.count;
	for (size_t i = 0;
		i < started && reach->fold->kept.list[kept].is_mentioned; i++)
		take_callers(reach, reach->queue.items[i]);
	for (size_t i = 0; i < reach->queue.count; i++)
		take_callees(reach, reach->queue.items[i]);
	for (size_t i = 0; i < reach->near.count; i++) {
		take_with_callees(reach, reach->near.items[i]);
	}
	for (size_t i = 0; i < here->count; i++) {
		if (reach->reached[here->items[i]])
			fold_add_entry(reach->fold,
				reach->fold->kept.list[kept].scope,
				here->items[i]);
		reach->entered[here->items[i]] = false;
		reach->reached[here->items[i]] = false;
	}
}

/*
 * Who entered code that gets at names without writing them may have found
 * whatever others had made, of which it mentions what leads there.
 */
static void use_perhaps(const struct reach *reach)
{
	struct fold *fold = reach->fold;
	/* The first such entry of each scope, + 1. */
	size_t *first = xcalloc(fold->scopes.count, sizeof(*first));

	for (size_t i = 0; i < fold->code.entry_count; i++)
		if (reach->reflects[fold->code.entries[i].function] &&
			!first[fold->code.entries[i].scope])
			first[fold->code.entries[i].scope] = i + 1;
	for (size_t i = 0; i < fold->kept.may_count; i++) {
		const struct kept_may *may = &fold->kept.mays[i];
		const struct interned *text =
			&fold->scopes.texts.entries[may->text];
		uint32_t kept =
			intern_find(&fold->kept.keys, text->bytes, text->size);

		if (first[may->scope] && first[may->scope] <= may->entries &&
			kept != INTERN_NONE)
			fold_use(fold, may->scope, fold->kept.list[kept].scope);
	}
	free(first);
}

void fold_kept(struct fold *fold)
{
	struct reach reach;

	if (!fold->kept.count)
		return;
	fold_kept_prepare(&reach, fold);
	for (size_t i = 0; i < fold->kept.keeping_count; i++) {
		const struct kept_keeping *keeping = &fold->kept.keepings[i];
		const struct kept_thing *kept = &fold->kept.list[keeping->kept];
		uint32_t source = fold->nodes[keeping->node].source;

		name_list_push(&reach.keepings[keeping->kept], (uint32_t)i);
		if (fold->scopes.list[keeping->scope].coarse)
			fold->scopes.list[kept->scope].coarse = true;
		if (source && kept->is_import)
			fold_use(fold, fold->code.sources[source - 1].module,
				kept->scope);
	}
	use_perhaps(&reach);
	for (uint32_t i = 0; i < fold->kept.count; i++)
		reach_one(&reach, i);
	fold_kept_free(&reach);
}

void fold_kept_release(struct fold *fold)
{
	free(fold->kept.list);
	free(fold->kept.keepings);
	free(fold->kept.mays);
	interner_release(&fold->kept.keys);
	interner_release(&fold->kept.told);
	names_release(&fold->kept.names);
	names_release(&fold->kept.fillers);
}
