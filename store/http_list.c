/* SPDX-License-Identifier: MIT */
/*
 * What a server has: it may list the folder as JSON, as nginx does where its
 * autoindex is told to. All others are asked for each file that could be there,
 * some at a time, and for the newest.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "store/http.h"

#define LIST_MOST ((size_t)16 << 20)
#define AT_A_TIME 8L

static int64_t http_list_time(const cJSON *item)
{
	const char *text = json_member_text(item, "mtime");
	time_t time = text ? curl_getdate(text, NULL) : -1;

	return time < 0 ? 0 : time;
}

/* Whether it is such a list. */
static bool http_list_parse(
	struct store_entries *entries, const struct package_bytes *body)
{
	cJSON *json = body->bytes
			      ? cJSON_ParseWithLength(body->bytes, body->size)
			      : NULL;
	const cJSON *item;
	bool is = cJSON_IsArray(json);

	cJSON_ArrayForEach(item, json)
	{
		const char *name = json_member_text(item, "name");

		if (!name)
			is = false;
		else if (is)
			store_entries_add(
				entries, name, name, http_list_time(item));
	}
	cJSON_Delete(json);
	return is;
}

/* 1: the server told; 0: it does not. */
static int http_list_folder(
	struct store_entries *entries, struct store *store, struct err *err)
{
	struct http *http = store->data;
	char *url = xasprintf("%s/", store->place);
	struct transfer_request request = {.method = "GET",
		.url = url,
		.accept = "application/json",
		.most = LIST_MOST};
	struct transfer_answer answer;
	int code = transfer_run(&answer, &http->transfer, &request, err);

	if (code == 0 && answer.status == 401)
		code = transfer_refused(
			&http->transfer, "list it", &answer, err);
	else if (code == 0)
		code = answer.status == 200 &&
		       http_list_parse(entries, &answer.body);
	/* A page for people may be as long as it likes. */
	if (code == -EFBIG)
		code = 0;
	free(answer.body.bytes);
	free(url);
	return code;
}

struct http_probe {
	char *file;
	CURL *curl;
	struct curl_slist *headers;
	char *url;
};

/* Asks whether each is there; the status of each is its handle's. */
static void http_list_probe(
	const struct http *http, struct http_probe *probes, size_t count)
{
	CURLM *multi = curl_multi_init();
	int running = 1;

	curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, AT_A_TIME);
	for (size_t i = 0; i < count; i++) {
		struct http_probe *probe = &probes[i];

		probe->curl = curl_easy_init();
		transfer_set(&http->transfer, probe->curl, probe->url);
		http->transfer.sign(
			probe->curl, &probe->headers, http->transfer.data);
		curl_easy_setopt(probe->curl, CURLOPT_NOBODY, 1L);
		curl_multi_add_handle(multi, probe->curl);
	}
	while (running && curl_multi_perform(multi, &running) == CURLM_OK)
		if (running)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	for (size_t i = 0; i < count; i++)
		curl_multi_remove_handle(multi, probes[i].curl);
	curl_multi_cleanup(multi);
}

static int http_list_found(struct store_entries *entries,
	const struct http *http, const struct http_probe *probe,
	struct err *err)
{
	struct transfer_answer answer = {0};
	CURLcode code;

	curl_easy_getinfo(probe->curl, CURLINFO_RESPONSE_CODE, &answer.status);
	if (answer.status == 200 || answer.status == 204) {
		store_entries_add(entries, probe->file, probe->file, 0);
		return 0;
	}
	if (answer.status == 404 || answer.status == 410)
		return 0;
	if (answer.status)
		return transfer_refused(
			&http->transfer, "look for a file", &answer, err);
	code = CURLE_COULDNT_CONNECT;
	return err_set(err, -EIO, "store '%s': %s", http->transfer.store,
		curl_easy_strerror(code));
}

/* What is said against a package. */
static int http_list_mark(struct store_entries *entries, struct store *store,
	const char *name, struct err *err)
{
	struct package_bytes bytes = {0};
	char *file = xasprintf("%s" STORE_BAD, name);
	int code = http_get(&bytes, store, file, 1 << 16, err);

	if (code == 0)
		store_entries_add(entries, file, file, 0);
	free(bytes.bytes);
	free(file);
	return code == STORE_NONE ? 0 : code;
}

/* The packages of the commits. */
static int http_list_asked(struct store_entries *entries, struct store *store,
	const struct store_asked *asked, struct err *err)
{
	struct http_probe *probes = xcalloc(asked->count + 1, sizeof(*probes));
	int code = 0;

	for (size_t i = 0; i < asked->count; i++) {
		char name[STORE_NAME_SIZE];

		store_name(name, asked->commits[i], asked->print);
		probes[i].file = xasprintf("%s" STORE_PACKAGE, name);
		probes[i].url =
			xasprintf("%s/%s", store->place, probes[i].file);
	}
	http_list_probe(store->data, probes, asked->count);
	for (size_t i = 0; i < asked->count; i++) {
		if (code == 0)
			code = http_list_found(
				entries, store->data, &probes[i], err);
		curl_easy_cleanup(probes[i].curl);
		curl_slist_free_all(probes[i].headers);
		free(probes[i].url);
		free(probes[i].file);
	}
	free(probes);
	return code;
}

/* What one of the hints names, which anybody may have written. */
static int http_list_latest(struct store_entries *entries, struct store *store,
	const char *hint, struct err *err)
{
	struct package_bytes bytes = {0};
	int code = http_get(&bytes, store, hint, STORE_NAME_SIZE, err);

	if (code == 0 && bytes.size) {
		char *name = xmemdup(bytes.bytes, bytes.size);
		char *file = xasprintf("%s" STORE_PACKAGE, name);

		store_entries_add(entries, file, file, 0);
		free(file);
		free(name);
	}
	free(bytes.bytes);
	return code == STORE_NONE || code == -EFBIG ? 0 : code;
}

int http_list(struct store_entries *entries, struct store *store,
	const struct store_asked *asked, struct err *err)
{
	struct http *http = store->data;
	int code = http_begin(store, err);

	if (code == 0)
		code = http_list_folder(entries, store, err);
	http->lists = code > 0;
	if (code != 0)
		return code < 0 ? code : 0;
	entries->some = true;
	code = http_list_asked(entries, store, asked, err);
	if (code == 0) {
		char *hint = xasprintf(HTTP_LATEST "-%s", asked->print);

		code = http_list_latest(entries, store, hint, err);
		free(hint);
	}
	if (code == 0)
		code = http_list_latest(entries, store, HTTP_LATEST, err);
	for (size_t i = 0; code == 0 && i < entries->count; i++)
		code = http_list_mark(
			entries, store, entries->list[i].name, err);
	return code;
}
