/* SPDX-License-Identifier: MIT */
#include "store/http.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static void http_sign(CURL *curl, struct curl_slist **headers, void *data)
{
	const struct http *http = data;
	const char *netrc = getenv("NETRC");

	(void)headers;
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
	if (netrc && *netrc)
		curl_easy_setopt(curl, CURLOPT_NETRC_FILE, netrc);
	if (http->token) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, http->token);
	}
}

/* Only when something is asked: most commands ask nothing. */
int http_begin(struct store *store, struct err *err)
{
	struct http *http = store->data;
	int code;

	if (http->transfer.curl)
		return 0;
	code = transfer_init(&http->transfer, store->url, store->seconds, err);
	http->transfer.sign = http_sign;
	http->transfer.data = http;
	return code;
}

/* Asks for something of the folder; *answer is to be freed by its body. */
static int http_ask(struct transfer_answer *answer, struct store *store,
	const char *method, const char *file, const struct package_bytes *body,
	size_t most, struct err *err)
{
	struct http *http = store->data;
	char *url = xasprintf("%s/%s", store->place, file);
	struct transfer_request request = {
		.method = method, .url = url, .body = body, .most = most};
	int code = http_begin(store, err);

	memset(answer, 0, sizeof(*answer));
	if (code == 0)
		code = transfer_run(answer, &http->transfer, &request, err);
	free(url);
	return code;
}

int http_get(struct package_bytes *bytes, struct store *store, const char *file,
	size_t most, struct err *err)
{
	const struct http *http = store->data;
	struct transfer_answer answer;
	int code = http_ask(&answer, store, "GET", file, NULL, most, err);

	if (code == 0 && (answer.status == 404 || answer.status == 410))
		code = STORE_NONE;
	else if (code == 0 && answer.status != 200 && answer.status != 206)
		code = transfer_refused(
			&http->transfer, "get a file", &answer, err);
	if (code < 0)
		free(answer.body.bytes);
	else
		*bytes = answer.body;
	return code;
}

/* What a server says of an answer's body is of no use to anybody. */
#define ANSWER_MOST ((size_t)1 << 20)

static bool http_is_done(long status)
{
	return status == 200 || status == 201 || status == 202 || status == 204;
}

static int http_put_file(struct store *store, const char *file,
	const struct package_bytes *bytes, struct err *err)
{
	const struct http *http = store->data;
	struct transfer_answer answer;
	int code =
		http_ask(&answer, store, "PUT", file, bytes, ANSWER_MOST, err);

	/* DAV wants its folder made before. */
	if (code == 0 && answer.status == 409) {
		free(answer.body.bytes);
		code = http_ask(
			&answer, store, "MKCOL", "", NULL, ANSWER_MOST, err);
		free(answer.body.bytes);
		if (code == 0)
			code = http_ask(&answer, store, "PUT", file, bytes,
				ANSWER_MOST, err);
	}
	if (code == 0 && !http_is_done(answer.status))
		code = transfer_refused(
			&http->transfer, "put a file", &answer, err);
	free(answer.body.bytes);
	return code;
}

/*
 * The newest package, for whom the server does not tell of its folder. It is
 * no more than a hint: of two publishers either may be the last.
 */
static int http_put_latest(
	struct store *store, const char *name, struct err *err)
{
	struct package_bytes bytes = {
		.bytes = (char *)name, .size = strlen(name)};
	char *file = xasprintf(HTTP_LATEST "-%s", strchr(name, '-') + 1);
	int code = http_put_file(store, HTTP_LATEST, &bytes, err);

	if (code == 0)
		code = http_put_file(store, file, &bytes, err);
	free(file);
	return code;
}

int http_put(struct store *store, const char *name, const char *suffix,
	const struct package_bytes *bytes, struct err *err)
{
	const struct http *http = store->data;
	char *file = xasprintf("%s%s", name, suffix);
	int code = http_put_file(store, file, bytes, err);

	if (code == 0 && !http->lists && !strcmp(suffix, STORE_PACKAGE))
		code = http_put_latest(store, name, err);
	free(file);
	return code;
}

int http_drop(struct store *store, const char *file, struct err *err)
{
	const struct http *http = store->data;
	struct transfer_answer answer;
	int code = http_ask(
		&answer, store, "DELETE", file, NULL, ANSWER_MOST, err);

	if (code == 0 && answer.status != 404 && answer.status != 410 &&
		!http_is_done(answer.status))
		code = transfer_refused(
			&http->transfer, "remove a file", &answer, err);
	free(answer.body.bytes);
	return code;
}
