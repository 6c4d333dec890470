/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_CLI_VERBS_H
#define FTRACE_CLI_VERBS_H

#include "cli/option.h"

extern const struct verb verb_run, verb_affected, verb_changed, verb_why,
	verb_deps, verb_doctor, verb_help, verb_completion, verb_status,
	verb_audit, verb_test, verb_flaky, verb_escapes, verb_forget,
	verb_merge, verb_compare, verb_check, verb_hook;

#endif
