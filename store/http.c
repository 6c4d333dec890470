/* SPDX-License-Identifier: MIT */
#include "store/http.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static bool http_is_host(const char *url, const char *host)
{
	size_t n = strlen(host);

	return !strncmp(url, host, n) && strchr("/:", url[n]);
}

/* A token is not sent where anybody on the way can read it. */
static bool http_is_private(const char *url)
{
	return !strncmp(url, "https:", 6) ||
	       http_is_host(url, "http://localhost") ||
	       http_is_host(url, "http://127.0.0.1");
}

static int http_open(struct store *store, const char *rest, struct err *err)
{
	struct http *http = xcalloc(1, sizeof(*http));
	const char *token = getenv(STORE_TOKEN_VARIABLE);
	size_t n = strlen(store->url);

	store->data = http;
	if (strncmp(rest, "//", 2) != 0 || !rest[2] || strpbrk(rest, "?#"))
		return err_set(err, -EINVAL,
			"store '%.*s' has to be the URL of a folder, with "
			"nothing behind '?' or '#'; a token belongs in the "
			"environment, as " STORE_TOKEN_VARIABLE,
			(int)strcspn(store->url, "?#"), store->url);
	if (token && *token && !http_is_private(store->url))
		return err_set(err, -EINVAL,
			"store '%s': " STORE_TOKEN_VARIABLE
			" is only sent over https:",
			store->url);
	while (n && store->url[n - 1] == '/')
		n--;
	store->place = xmemdup(store->url, n);
	if (token && *token)
		http->token = xstrdup(token);
	return 0;
}

static void http_close(struct store *store)
{
	struct http *http = store->data;

	transfer_release(&http->transfer);
	free(http->token);
	free(http);
}

const struct store_kind store_http = {
	.open = http_open,
	.close = http_close,
	.list = http_list,
	.get = http_get,
	.put = http_put,
	.drop = http_drop,
};
