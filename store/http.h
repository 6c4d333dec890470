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

/* Only when something is asked: most commands ask nothing. */
int http_begin(struct store *store, struct err *err);

/* As struct store_kind has them. */
int http_get(struct package_bytes *bytes, struct store *store, const char *file,
	size_t most, struct err *err);
int http_put(struct store *store, const char *name, const char *suffix,
	const struct package_bytes *bytes, struct err *err);
int http_drop(struct store *store, const char *file, struct err *err);
int http_list(struct store_entries *entries, struct store *store,
	const struct store_asked *asked, struct err *err);

#endif
