/* SPDX-License-Identifier: MIT */
#include "store/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"

#define TRIES 5
#define FIRST_WAIT_MS 200
#define CONNECT_SECONDS 10

/* A transfer of less than that is none. */
#define SLOW_BYTES 500L
#define SLOW_SECONDS 15L

int transfer_init(struct transfer *transfer, const char *store,
	unsigned seconds, struct err *err)
{
	static bool begun;

	*transfer = (struct transfer){.store = store, .seconds = seconds};
	if (!begun && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, -EIO, "libcurl cannot be used");
	begun = true;
	transfer->curl = curl_easy_init();
	return transfer->curl ? 0
			      : err_set(err, -EIO, "libcurl cannot be used");
}

void transfer_release(struct transfer *transfer)
{
	if (transfer->curl)
		curl_easy_cleanup(transfer->curl);
	memset(transfer, 0, sizeof(*transfer));
}

/* What is asked for over https does not go on in the open. */
static void transfer_set_protocols(CURL *curl, const char *url)
{
	bool open = strncmp(url, "https:", 6) != 0;

#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
		open ? "http,https" : "https");
#else
	curl_easy_setopt(
		curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS,
		(open ? CURLPROTO_HTTP : 0) | CURLPROTO_HTTPS);
#endif
}

void transfer_set(const struct transfer *transfer, CURL *curl, const char *url)
{
	transfer_set_protocols(curl, url);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "ftrace/" FTRACE_VERSION);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
	curl_easy_setopt(
		curl, CURLOPT_TIMEOUT_MS, (long)transfer->seconds * 1000);
}

/* One request, over all its tries. */
struct transfer_try {
	struct transfer_answer *answer;
	const struct transfer_request *request;
	CURL *curl;
	char etag[TRANSFER_ETAG_SIZE]; /* of what has come so far; "" */
	char trouble[CURL_ERROR_SIZE];
	bool too_big;
};

static size_t transfer_take(char *bytes, size_t one, size_t size, void *data)
{
	struct transfer_try *try = data;
	struct package_bytes *body = &try->answer->body;

	(void)one;
	if (body->size + size > try->request->most) {
		try->too_big = true;
		return 0;
	}
	if (body->size + size + 1 > body->room) {
		body->room = 2 * body->room + size + 1;
		body->bytes = xreallocarray(body->bytes, body->room, 1);
	}
	memcpy(body->bytes + body->size, bytes, size);
	body->size += size;
	body->bytes[body->size] = '\0';
	return size;
}

static size_t transfer_head(char *line, size_t one, size_t size, void *data)
{
	struct transfer_try *try = data;
	long status = 0;
	size_t n;

	(void)one;
	/* Each answer begins anew, unless it goes on with the last one. */
	if (size > 5 && !strncmp(line, "HTTP/", 5)) {
		curl_easy_getinfo(try->curl, CURLINFO_RESPONSE_CODE, &status);
		if (status != 206)
			try->answer->body.size = 0;
		*try->etag = '\0';
	}
	if (size > 5 && !strncasecmp(line, "ETag:", 5)) {
		for (n = 5; n < size && line[n] == ' ';)
			n++;
		if (size - n < sizeof(try->etag)) {
			memcpy(try->etag, line + n, size - n);
			try->etag[size - n] = '\0';
			try->etag[strcspn(try->etag, "\r\n")] = '\0';
		}
	}
	return size;
}

static struct curl_slist *transfer_headers(
	const struct transfer *transfer, const struct transfer_try *try)
{
	const struct transfer_request *request = try->request;
	struct curl_slist *headers = NULL;
	char *text;

	headers = curl_slist_append(headers, "Expect:");
	if (request->body)
		headers = curl_slist_append(
			headers, "Content-Type: application/octet-stream");
	if (request->accept) {
		text = xasprintf("Accept: %s", request->accept);
		headers = curl_slist_append(headers, text);
		free(text);
	}
	/* Half a file of another version would be rubbish. */
	if (try->answer->body.size && *try->etag) {
		text = xasprintf("If-Range: %s", try->etag);
		headers = curl_slist_append(headers, text);
		free(text);
	}
	if (transfer->sign)
		transfer->sign(transfer->curl, &headers, transfer->data);
	return headers;
}

static CURLcode transfer_once(
	const struct transfer *transfer, struct transfer_try *try, long left_ms)
{
	const struct transfer_request *request = try->request;
	CURL *curl = transfer->curl;
	struct curl_slist *headers;
	CURLcode code;

	curl_easy_reset(curl);
	transfer_set(transfer, curl, request->url);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, left_ms);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, try->trouble);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, transfer_take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, try);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, transfer_head);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, try);
	if (!request->body && !strcmp(request->method, "GET")) {
		curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
		curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
	} else {
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	}
	if (request->body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
			(curl_off_t)request->body->size);
		curl_easy_setopt(
			curl, CURLOPT_POSTFIELDS, request->body->bytes);
	}
	headers = transfer_headers(transfer, try);
	if (try->answer->body.size && *try->etag)
		curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE,
			(curl_off_t)try->answer->body.size);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &try->answer->status);
	curl_slist_free_all(headers);
	return code;
}

/* What may be otherwise in a moment. */
static bool transfer_may_pass(CURLcode code, long status)
{
	switch (code) {
	case CURLE_OK:
		return status >= 500 || status == 429 || status == 408;
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
	case CURLE_SSL_CONNECT_ERROR:
		return true;
	default:
		return false;
	}
}

/* Twice as long each time, and not all at the same moment. */
static void transfer_wait(int tries)
{
	long ms = (FIRST_WAIT_MS << tries) / 2;

	ms += (long)((unsigned)(clock_on(CLOCK_REALTIME) / 1000 + getpid()) %
		     (unsigned)ms);
	nanosleep(&(struct timespec){.tv_sec = ms / 1000,
			  .tv_nsec = ms % 1000 * 1000000},
		NULL);
}

int transfer_run(struct transfer_answer *answer, struct transfer *transfer,
	const struct transfer_request *request, struct err *err)
{
	struct transfer_try try = {
		.answer = answer, .request = request, .curl = transfer->curl};
	int64_t end =
		clock_on(CLOCK_MONOTONIC) + transfer->seconds * CLOCK_SECOND;
	CURLcode code = CURLE_OPERATION_TIMEDOUT;

	memset(answer, 0, sizeof(*answer));
	for (int tries = 0; tries < TRIES; tries++) {
		long left = (long)((end - clock_on(CLOCK_MONOTONIC)) / 1000000);

		if (left <= 0)
			break;
		*try.trouble = '\0';
		if (!*try.etag)
			answer->body.size = 0;
		code = transfer_once(transfer, &try, left);
		if (!transfer_may_pass(code, answer->status) ||
			tries + 1 == TRIES)
			break;
		transfer_wait(tries);
	}
	if (code == CURLE_OK)
		return 0;
	return err_set(err, try.too_big ? -EFBIG : -EIO, "store '%s': %s",
		transfer->store,
		try.too_big    ? "it sends more than anybody takes"
		: *try.trouble ? try.trouble
			       : curl_easy_strerror(code));
}

int transfer_refused(const struct transfer *transfer, const char *what,
	const struct transfer_answer *answer, struct err *err)
{
	const char *why = "";

	if (answer->status == 401 || answer->status == 403)
		why = "; it wants credentials, or others (man ftrace-push "
		      "says from where they are taken)";
	else if (answer->status >= 300 && answer->status < 400)
		why = "; it is elsewhere";
	return err_set(err, -EIO,
		"store '%s': cannot %s, the server answers %ld%s",
		transfer->store, what, answer->status, why);
}
