/* SPDX-License-Identifier: MIT */
/*
 * Which functions computed a kept thing, of all that the scopes entered that
 * left something there.
 *
 * It begins with the functions that it is the cache of, or with who mentions
 * the thing, and goes on to whatever of the entered these mention, whichever
 * object it is a method of, as far as the imports of the thing's module lead.
 * A name leads to more than the function of that name: to what a table holds,
 * to what decorates it, to the special methods of a class. Those that nobody
 * mentions, as comparisons and hashes call them, always count. Who mentions the
 * thing and leads to nothing else keeps what it is handed: its callers begin
 * as well.
 */
#include <stdlib.h>
#include <string.h>

#include "map/alloc.h"
#include "tracer/fold_state.h"

struct reach {
	struct fold *fold;
	struct names names;         /* of functions */
	struct names outers;        /* files and names that functions lie in */
	struct name_list *mentions; /* by function: numbers of names */
	struct name_list *handed;   /* those by which it can be handed names */
	bool *implicit;             /* Python calls it of its own accord */
	const struct name_list **called; /* the things that have its name, */
	const struct name_list *(*fills)[2]; /* those that it fills */
	struct name_list here;               /* those that were entered: */
	bool *entered, *reached; /* by function, for the thing in hand */
	bool *begins;            /* likewise: it mentions the thing */
	bool *near;              /* by scope: the module's imports lead there */
	struct name_list queue;
};

/* The last part of a function's name. */
static const char *own_name(const struct fold_function *function, size_t *size)
{
	const char *dot = memrchr(function->name, '.', function->name_size);
	const char *name = dot ? dot + 1 : function->name;

	*size = (size_t)(function->name + function->name_size - name);
	return name;
}

static bool is_special(const char *name, size_t size)
{
	return size > 4 && !strncmp(name, "__", 2) &&
	       !strncmp(name + size - 2, "__", 2);
}

/* The key of what lies in a class or a function of a file; to be freed. */
static char *outer_key(
	const struct fold_function *function, size_t size, size_t *key_size)
{
	char *key = xcalloc(sizeof(function->node) + size, 1);

	memcpy(key, &function->node, sizeof(function->node));
	memcpy(key + sizeof(function->node), function->name, size);
	*key_size = sizeof(function->node) + size;
	return key;
}

/*
 * The operator that calls a special method, by the name that mentions of it
 * have: `__rmod__` and `__imod__` are called where `__mod__` is. NULL: none
 * does, or those that do are not told.
 */
static const char *operator_of(const char *name, size_t size)
{
	static const char *const operators[] = {"__add__", "__and__",
		"__floordiv__", "__lshift__", "__matmul__", "__mul__",
		"__mod__", "__or__", "__pow__", "__rshift__", "__sub__",
		"__truediv__", "__xor__", "__pos__", "__neg__", "__invert__",
		"__getitem__", "__setitem__", "__delitem__"};

	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
		const char *operator= operators[i];
		size_t n = strlen(operator);

		if (n == size && !memcmp(operator, name, n))
			return operator;
		if (n + 1 == size && (name[2] == 'r' || name[2] == 'i') &&
			!memcmp(operator+ 2, name + 3, n - 2))
			return operator;
	}
	return NULL;
}

/* A name that the plugin tells before Python 3.11: ".name"; to be freed. */
static char *bare_name(const struct fold_function *function, size_t *size)
{
	const char *name = own_name(function, size);

	return xasprintf(".%.*s", (int)(*size)++, name);
}

/* By the names that lead there, as a table or an alias does. */
static void add_leads(
	struct reach *reach, const char *name, size_t size, uint32_t i)
{
	const struct name_list *leads =
		names_find(&reach->fold->leads, name, size);

	for (size_t k = 0; leads && k < leads->count; k++) {
		const struct interned *text =
			&reach->fold->texts.entries[leads->items[k]];

		names_add(&reach->names, text->bytes, text->size, i);
	}
}

/*
 * A function is found by its own name, a special method by that of its class.
 * It, and a function in another one, comes with what it lies in.
 */
static void add_names(struct reach *reach, uint32_t i)
{
	const struct fold_function *function = &reach->fold->functions[i];
	size_t size, before, key_size;
	const char *name = own_name(function, &size), *dot, *operator;
	char *key, *bare;

	if (!size)
		return;
	operator= is_special(name, size) ? operator_of(name, size) : NULL;
	if (operator)
		names_add(&reach->names, operator, strlen(operator), i);
	else if (!is_special(name, size) && *name != '<')
		names_add(&reach->names, name, size, i);
	add_leads(reach, function->name, function->name_size, i);
	bare = bare_name(function, &before);
	add_leads(reach, bare, before, i);
	free(bare);
	before = (size_t)(name - function->name);
	if (!before || (!is_special(name, size) && name[-2] != '>'))
		return;
	if (operator)
		return;
	key = outer_key(function, before, &key_size);
	names_add(&reach->outers, key, key_size, i);
	free(key);
	dot = memrchr(function->name, '.', before - 1);
	dot = dot ? dot + 1 : function->name;
	if (name[-2] != '>')
		names_add(&reach->names, dot, (size_t)(name - 1 - dot), i);
}

static void add_mentions(struct reach *reach, uint32_t i)
{
	struct fold_function *function = &reach->fold->functions[i];
	const struct source_block *block = fold_block_of(reach->fold, function);
	const char *at = block ? block->mentions : NULL;
	const char *end = block ? at + block->mentions_size : NULL;

	function->gets_at_all = !block && function->name_size;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop ? stop : end) - at);
		uint32_t name;

		function->gets_at_all |= n && *at == '*';
		name = n ? intern_find(&reach->names.names, at + 1, n - 1)
			 : INTERN_NONE;
		if (name != INTERN_NONE)
			name_list_push(*at == '~' ? &reach->handed[i]
						  : &reach->mentions[i],
				name);
		at += n + 1;
	}
}

/*
 * What looks up names that it is handed mentions those that its own file hands
 * it; and all, where another file may.
 */
static void open_handed(struct reach *reach)
{
	struct fold_function *functions = reach->fold->functions;
	size_t count = reach->fold->function_count;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; reach->handed[i].count && k < count; k++)
			if (functions[k].node != functions[i].node &&
				name_list_has(&reach->mentions[k],
					reach->handed[i].items[0]))
				functions[i].gets_at_all = true;
}

/* Called by Python itself, on what somebody else may have handed over. */
static bool is_implicit(const char *name, size_t size)
{
	static const char *const others[] = {"__init__", "__new__", "__enter__",
		"__exit__", "__call__", "__iter__", "__next__", "__repr__",
		"__str__", "__getattr__", "__del__"};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (strlen(others[i]) == size && !memcmp(name, others[i], size))
			return false;
	return is_special(name, size) && !operator_of(name, size);
}

/* Which things a function may have to do with, by its own names. */
static void find_things(struct reach *reach, uint32_t i)
{
	struct fold *fold = reach->fold;
	const struct fold_function *function = &fold->functions[i];
	size_t size;
	const char *name = own_name(function, &size);
	char *bare;

	/* A module's own __getattr__ has no class that leads there. */
	reach->implicit[i] = is_implicit(name, size) ||
			     (name == function->name && size == 11 &&
				     !memcmp(name, "__getattr__", size));
	reach->called[i] = names_find(&fold->kept_names, name, size);
	reach->fills[i][0] = names_find(
		&fold->kept_makers, function->name, function->name_size);
	bare = bare_name(function, &size);
	reach->fills[i][1] = names_find(&fold->kept_makers, bare, size);
	free(bare);
}

static void prepare(struct reach *reach, struct fold *fold)
{
	size_t count = fold->function_count;

	memset(reach, 0, sizeof(*reach));
	reach->fold = fold;
	reach->mentions = xcalloc(count, sizeof(*reach->mentions));
	reach->handed = xcalloc(count, sizeof(*reach->handed));
	reach->entered = xcalloc(count, sizeof(*reach->entered));
	reach->reached = xcalloc(count, sizeof(*reach->reached));
	reach->begins = xcalloc(count, sizeof(*reach->begins));
	reach->near = xcalloc(fold->scope_count, sizeof(*reach->near));
	reach->implicit = xcalloc(count, sizeof(*reach->implicit));
	reach->called = xcalloc(count, sizeof(*reach->called));
	reach->fills = xcalloc(count, sizeof(*reach->fills));
	for (uint32_t i = 0; i < count; i++)
		find_things(reach, i);
	for (uint32_t i = 0; i < count; i++)
		add_names(reach, i);
	for (uint32_t i = 0; i < count; i++)
		add_mentions(reach, i);
	open_handed(reach);
}

static void release(struct reach *reach)
{
	for (size_t i = 0; i < reach->fold->function_count; i++) {
		free(reach->mentions[i].items);
		free(reach->handed[i].items);
	}
	names_release(&reach->names);
	names_release(&reach->outers);
	free(reach->mentions);
	free(reach->handed);
	free(reach->implicit);
	free(reach->called);
	free(reach->fills);
	free(reach->here.items);
	free(reach->entered);
	free(reach->reached);
	free(reach->begins);
	free(reach->near);
	free(reach->queue.items);
}

static bool is_near(const struct reach *reach, uint32_t function)
{
	const struct fold *fold = reach->fold;
	uint32_t source = fold->source_of[fold->functions[function].node];

	/* Of what nobody declared it is not known who imports it. */
	return !source || reach->near[fold->sources[source - 1].module];
}

static void take(struct reach *reach, uint32_t function)
{
	if (!reach->entered[function] || reach->reached[function] ||
		!is_near(reach, function))
		return;
	reach->reached[function] = true;
	name_list_push(&reach->queue, function);
}

static void take_all(struct reach *reach, const struct name_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		take(reach, list->items[i]);
}

static void take_inner(struct reach *reach, const char *key, size_t size)
{
	const struct name_list *inner = names_find(&reach->outers, key, size);

	if (inner)
		take_all(reach, inner);
}

/* What the class of a method leads to: it can be called as cls, and so on. */
static void take_class(
	struct reach *reach, const struct fold_function *method, size_t size)
{
	const char *dot = memrchr(method->name, '.', size);
	const char *name = dot ? dot + 1 : method->name;
	const struct name_list *list = names_find(
		&reach->names, name, (size_t)(method->name + size - name));

	if (list)
		take_all(reach, list);
}

/* The special methods of its class, and the functions that it makes. */
static void take_kin(struct reach *reach, uint32_t i)
{
	static const char locals[] = ".<locals>.";
	const struct fold_function *function = &reach->fold->functions[i];
	size_t size, key_size;
	const char *name = own_name(function, &size);
	char *key =
		outer_key(function, (size_t)(name - function->name), &key_size);

	if (name > function->name && name[-2] != '>') {
		take_inner(reach, key, key_size);
		take_class(
			reach, function, (size_t)(name - 1 - function->name));
	}
	free(key);
	key = outer_key(function, function->name_size, &key_size);
	key = xreallocarray(key, key_size + sizeof(locals), 1);
	memcpy(key + key_size, locals, sizeof(locals) - 1);
	take_inner(reach, key, key_size + sizeof(locals) - 1);
	free(key);
}

/* What it closes over, by its whole name. */
static void take_closed_over(struct reach *reach, uint32_t i)
{
	const struct fold_function *function = &reach->fold->functions[i];
	const struct name_list *inside =
		names_find(&reach->names, function->name, function->name_size);
	size_t size;
	char *bare = bare_name(function, &size);

	/* One that is in no other is found by its own name. */
	if (inside && memchr(function->name, '.', function->name_size))
		take_all(reach, inside);
	inside = names_find(&reach->names, bare, size);
	if (inside)
		take_all(reach, inside);
	free(bare);
}

/* Whatever is mentioned from what is in the queue on. */
static void follow(struct reach *reach)
{
	for (size_t i = 0; i < reach->queue.count; i++) {
		uint32_t function = reach->queue.items[i];
		const struct name_list *mentions = &reach->mentions[function];

		/* What nobody could take apart may call whatever there is. */
		if (!fold_block_of(
			    reach->fold, &reach->fold->functions[function]))
			take_all(reach, &reach->here);
		for (size_t k = 0; k < mentions->count; k++)
			take_all(
				reach, &reach->names.lists[mentions->items[k]]);
		take_kin(reach, function);
		take_closed_over(reach, function);
	}
}

/* Marks the scopes that one leads to. */
static void find_near(struct reach *reach, uint32_t from)
{
	const struct recording *recording = &reach->fold->recording;
	struct name_list queue = {0};

	if (!reach->near[from])
		name_list_push(&queue, from);
	reach->near[from] = true;
	for (size_t i = 0; i < queue.count; i++) {
		const struct recorded_scope *scope =
			&recording->scopes[queue.items[i]];

		for (size_t k = 0; k < scope->use_count; k++)
			if (!reach->near[scope->uses[k]]) {
				reach->near[scope->uses[k]] = true;
				name_list_push(&queue, scope->uses[k]);
			}
	}
	free(queue.items);
}

/* What the module of a function imports. */
static void find_near_of(struct reach *reach, uint32_t function)
{
	const struct fold *fold = reach->fold;
	uint32_t source = fold->source_of[fold->functions[function].node];

	if (source)
		find_near(reach, fold->sources[source - 1].module);
}

/* What a thing's module imports, and what was imported when it was made. */
static void find_imports(struct reach *reach, uint32_t kept)
{
	const struct fold *fold = reach->fold;
	uint32_t source = fold->source_of[fold->kept[kept].node];

	/* Of a module that nobody declared it is not known what it imports. */
	memset(reach->near, source == 0, fold->scope_count * sizeof(bool));
	if (source)
		find_near(reach, fold->sources[source - 1].module);
	for (size_t i = 0; i < fold->keeping_count; i++) {
		const struct recorded_scope *scope =
			&fold->recording.scopes[fold->keepings[i].scope];

		for (size_t k = 0;
			fold->keepings[i].kept == kept && k < scope->use_count;
			k++)
			if (fold->recording.scopes[scope->uses[k]].kind ==
				SCOPE_MODULE)
				find_near(reach, scope->uses[k]);
	}
}

/*
 * Whether a function fills the thing, or where that is not known, whether it
 * mentions one of the thing's names.
 */
static bool has_to_do(const struct reach *reach, uint32_t i, uint32_t kept)
{
	const struct fold_function *function = &reach->fold->functions[i];

	if (reach->fold->kept[kept].has_makers)
		return name_list_has(reach->fills[i][0], kept) ||
		       name_list_has(reach->fills[i][1], kept);
	/* As a cached property is called that is kept under its own name. */
	if (name_list_has(reach->called[i], kept))
		return true;
	for (size_t k = 0; k < function->kept_count; k++)
		if (function->kept[k] == kept)
			return true;
	return false;
}

/* Whether what a function mentions is all about the thing itself. */
static bool leads_nowhere(const struct reach *reach, uint32_t i)
{
	for (size_t k = 0; k < reach->mentions[i].count; k++) {
		const struct name_list *named =
			&reach->names.lists[reach->mentions[i].items[k]];

		for (size_t n = 0; n < named->count; n++)
			if (reach->entered[named->items[n]] &&
				!reach->begins[named->items[n]])
				return false;
	}
	return !reach->fold->functions[i].gets_at_all;
}

static void add_callers(struct reach *reach, uint32_t callee)
{
	size_t size;
	const char *name = own_name(&reach->fold->functions[callee], &size);
	uint32_t word = intern_find(&reach->names.names, name, size);

	for (size_t i = 0; i < reach->here.count; i++) {
		uint32_t caller = reach->here.items[i];

		if (!name_list_has(&reach->mentions[caller], word))
			continue;
		/* What it hands over is of files that it knows. */
		find_near_of(reach, caller);
		take(reach, caller);
	}
}

/* Whether a function can put something into the module of a thing. */
static bool has_at_hand(
	const struct reach *reach, uint32_t function, uint32_t kept)
{
	const struct fold *fold = reach->fold;
	uint32_t own = fold->source_of[fold->functions[function].node];
	uint32_t source = fold->source_of[fold->kept[kept].node];

	return own && source && fold->kept[kept].is_global &&
	       !fold->kept[kept].has_makers &&
	       fold_uses(fold, fold->sources[own - 1].module,
		       fold->sources[source - 1].module);
}

/* Where nobody mentions it, who may mention all has to do with it. */
static void begin(struct reach *reach, uint32_t kept)
{
	const struct fold_function *functions = reach->fold->functions;
	const struct name_list *here = &reach->here;

	for (size_t i = 0; i < here->count; i++) {
		uint32_t function = here->items[i];
		bool near = is_near(reach, function);

		if (!has_to_do(reach, function, kept) ||
			(!near && !has_at_hand(reach, function, kept)))
			continue;
		/* Others that have the module compute with what they know. */
		if (!near)
			find_near_of(reach, function);
		reach->begins[function] = true;
		take(reach, function);
	}
	if (!reach->queue.count)
		for (size_t i = 0; i < here->count; i++)
			if (functions[here->items[i]].gets_at_all)
				take(reach, here->items[i]);
	if (!reach->queue.count)
		take_all(reach, here);
}

/* What the scopes entered that left something at one. */
static void find_entered(struct reach *reach, uint32_t kept,
	const struct fold_entry *entries, const size_t *first)
{
	const struct fold *fold = reach->fold;

	reach->here.count = 0;
	for (size_t k = 0; k < fold->keeping_count; k++) {
		uint32_t scope = fold->keepings[k].scope;

		for (size_t i = first[scope];
			fold->keepings[k].kept == kept && i < first[scope + 1];
			i++) {
			uint32_t function = entries[i].function;

			if (reach->entered[function] ||
				!fold->functions[function].name_size)
				continue;
			reach->entered[function] = true;
			name_list_push(&reach->here, function);
		}
	}
}

static void reach_one(struct reach *reach, uint32_t kept)
{
	struct fold *fold = reach->fold;
	const struct name_list *here = &reach->here;

	reach->queue.count = 0;
	find_imports(reach, kept);
	begin(reach, kept);
	for (size_t i = 0; i < here->count; i++)
		if (!fold->kept[kept].has_makers &&
			reach->begins[here->items[i]] &&
			leads_nowhere(reach, here->items[i]))
			add_callers(reach, here->items[i]);
	for (size_t i = 0; i < here->count; i++)
		if (reach->implicit[here->items[i]])
			take(reach, here->items[i]);
	follow(reach);
	for (size_t i = 0; i < here->count; i++) {
		uint32_t function = here->items[i];

		if (reach->reached[function])
			fold_add_entry(fold, fold->kept[kept].scope, function);
		reach->entered[function] = false;
		reach->reached[function] = false;
		reach->begins[function] = false;
	}
}

void fold_kept_reach(struct fold *fold)
{
	size_t *first = xcalloc(fold->scope_count + 1, sizeof(*first));
	struct fold_entry *entries;
	struct reach reach;

	for (size_t i = 0; i < fold->entry_count; i++)
		first[fold->entries[i].scope + 1]++;
	for (size_t i = 1; i <= fold->scope_count; i++)
		first[i] += first[i - 1];
	entries = fold_entries_by_scope(fold);
	prepare(&reach, fold);
	for (uint32_t i = 0; i < fold->kept_count; i++) {
		find_entered(&reach, i, entries, first);
		reach_one(&reach, i);
	}
	free(first);
	free(entries);
	release(&reach);
}
