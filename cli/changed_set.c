/* SPDX-License-Identifier: MIT */
#include "cli/changed_set.h"

#include <string.h>

#include "cli/output.h"

int changed_set_find(struct git_set *set, const char *root,
	const struct git_asked *asked, const struct verb *verb, struct err *err)
{
	int code;

	memset(set, 0, sizeof(*set));
	if (asked->since && asked->staged)
		usage_error(
			verb, "'--since' and '--staged' cannot be combined");
	if (!asked->since && !asked->staged)
		return 0;
	code = git_set_find(set, root, asked, err);
	if (code == 0 && set->unstaged)
		note("%s%s staged and edited again; the tests see the edited "
		     "files, not the staged ones",
			set->first_unstaged,
			set->unstaged > 1 ? " and others are" : " is");
	return code;
}
