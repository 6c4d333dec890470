/* SPDX-License-Identifier: MIT */
/*
 * Requests to a server over HTTP: each with a time, and tried again after a
 * while where the network or the server failed. A file of which a part has
 * come is gone on with, if it still is the same file.
 */
#ifndef FTRACE_STORE_TRANSFER_H
#define FTRACE_STORE_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/package.h"

#define TRANSFER_ETAG_SIZE 256

struct transfer {
	CURL *curl;
	unsigned seconds;  /* for one request with all its tries */
	const char *store; /* for messages */
	/* Sets what lets a request pass there; NULL: nothing does. */
	void (*sign)(CURL *curl, struct curl_slist **headers, void *data);
	void *data;
};

struct transfer_request {
	const char *method; /* GET, PUT, DELETE, MKCOL */
	const char *url;
	const struct package_bytes *body; /* or NULL */
	const char *accept;               /* or NULL */
	size_t most;                      /* bytes of an answer */
};

struct transfer_answer {
	long status;
	struct package_bytes body; /* to be freed */
};

int transfer_init(struct transfer *transfer, const char *store,
	unsigned seconds, struct err *err);
void transfer_release(struct transfer *transfer);

/* What holds for each request of a handle. */
void transfer_set(const struct transfer *transfer, CURL *curl, const char *url);

/* 0: there is an answer, whatever its status. */
int transfer_run(struct transfer_answer *answer, struct transfer *transfer,
	const struct transfer_request *request, struct err *err);

/* What an answer means that is none of those expected; negative. */
int transfer_refused(const struct transfer *transfer, const char *what,
	const struct transfer_answer *answer, struct err *err);

#endif
