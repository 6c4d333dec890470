/* SPDX-License-Identifier: MIT */
/*
 * What audits found, for the scopes that are recorded again.
 */
#ifndef FTRACE_FOLD_AUDIT_H
#define FTRACE_FOLD_AUDIT_H

#include <stddef.h>

#include "map/audit.h"

struct fold_audited {
	struct audited *list;
	size_t count;
};

#endif
