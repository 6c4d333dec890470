/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the kind of store that is any server of HTTP share: it has
 * GET, PUT and DELETE, and perhaps it lists folders.
 */
#ifndef FTRACE_STORE_HTTP_H
#define FTRACE_STORE_HTTP_H

#include "store/store.h"
#include "store/transfer.h"

struct http {
	struct transfer transfer;
	char *token; /* of the environment; or NULL */
	bool lists;  /* the server told of the folder */
};

/* Where a server that does not list says which package is the newest. */
#define HTTP_LATEST "latest"

int http_begin(struct store *store, struct err *err);

int http_list(struct store_entries *entries, struct store *store,
	const struct store_asked *asked, struct err *err);

#endif
