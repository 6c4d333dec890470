/* SPDX-License-Identifier: MIT */
/*
 * What is noted of an access: of whom it is an input, and in which role. A
 * scope that meets something another scope made uses that scope: it inherits
 * what the maker read.
 */
#include "fold/inputs.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "fold/path_tree.h"
#include "fold/paths.h"
#include "fold/scopes.h"
#include "fold/state.h"

void fold_add(struct fold *fold, uint32_t scope, uint32_t node, uint32_t block,
	enum access_kind kind, enum access_role role)
{
	uint32_t key[4] = {scope, node, block, role};
	uint32_t i = intern(&fold->accesses.keys, key, sizeof(key));
	struct fold_access *access;

	if (i == fold->accesses.count) {
		access = array_add(&fold->accesses.list, &fold->accesses.count,
			&fold->accesses.room, sizeof(*access));
		*access = (struct fold_access){.scope = scope,
			.node = node,
			.block = block,
			.role = role,
			.by_runner = true};
	}
	fold->accesses.list[i].kinds |= KIND_BIT(kind);
	fold->accesses.list[i].by_runner &= fold->accesses.by_runner;
}

uint32_t fold_maker(const struct fold *fold, uint32_t node)
{
	for (;;) {
		if (fold->nodes[node].maker)
			return fold->nodes[node].maker - 1;
		if (node == PATH_ROOT)
			return SCOPE_NONE;
		node = fold->tree.nodes[node].parent;
	}
}

/*
 * An input. Of a directory that somebody else in the session made under the
 * system's temporary directory, the entries tell only that others ran.
 */
void fold_input(struct fold *fold, uint32_t scope, uint32_t node,
	uint32_t block, enum access_kind kind)
{
	uint32_t maker = fold_maker(fold, node);
	const struct path_node *there = &fold->tree.nodes[node];
	enum access_role role = ROLE_INPUT;

	if (maker == SCOPE_NONE) {
		bool crowd =
			kind == ACCESS_LIST && fold_is_temporary(fold, node);

		fold_add(fold, scope, node, block, kind,
			crowd ? ROLE_FACT : ROLE_INPUT);
		return;
	}
	/* What others made and a module keeps leads to them by other ways. */
	if (fold->recording.scopes[scope].kind == SCOPE_MEMO) {
		fold_add(fold, scope, node, block, kind, ROLE_FACT);
		return;
	}
	if (maker != scope && (kind == ACCESS_READ || kind == ACCESS_EXEC ||
				      !fold_is_temporary(fold, node)))
		fold_use(fold, scope, maker);
	/* What stays when the run is over can be changed by others later. */
	if (maker == scope || !there->identity.mode ||
		fold_is_temporary(fold, node))
		role = ROLE_FACT;
	fold_add(fold, scope, node, block, kind, role);
}

void fold_accesses_release(struct fold *fold)
{
	interner_release(&fold->accesses.keys);
	free(fold->accesses.list);
}
