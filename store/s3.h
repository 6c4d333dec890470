/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the kind of store that is a bucket of S3 share.
 */
#ifndef FTRACE_STORE_S3_H
#define FTRACE_STORE_S3_H

#include "store/credentials.h"
#include "store/store.h"
#include "store/transfer.h"

struct s3 {
	struct transfer transfer;
	struct credentials credentials;
	char *region;
	char *signer; /* as libcurl wants to know what to sign for */
	char *base;   /* the bucket's URL */
	char *prefix; /* of all keys: "", or with a slash at its end */
};

/* What a page of a list says: see S3's ListObjectsV2. */
struct s3_page {
	struct store_entries *entries;
	const char *prefix;
	char *next; /* the page behind it, to be freed; NULL: none */
};

/* Negative: it is no such page. */
int s3_page_parse(struct s3_page *page, const char *text, size_t size);

#endif
