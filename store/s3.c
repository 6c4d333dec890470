/* SPDX-License-Identifier: MIT */
/*
 * A bucket of S3, or of whatever speaks it: s3://BUCKET/PREFIX, and behind "?"
 * endpoint=URL and region=NAME. Requests are signed by libcurl.
 */
#include "store/s3.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define ANSWER_MOST ((size_t)16 << 20)

/* A thousand files each. */
#define PAGES_MOST 50

/* What needs no escape, so that what is signed is what is sent. */
#define S3_PLAIN \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

static void s3_sign(CURL *curl, struct curl_slist **headers, void *data)
{
	const struct s3 *s3 = data;
	char *text;

	if (!s3->credentials.key || !s3->credentials.secret)
		return;
	curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, s3->signer);
	curl_easy_setopt(curl, CURLOPT_USERNAME, s3->credentials.key);
	curl_easy_setopt(curl, CURLOPT_PASSWORD, s3->credentials.secret);
	*headers = curl_slist_append(
		*headers, "x-amz-content-sha256: UNSIGNED-PAYLOAD");
	if (s3->credentials.session) {
		text = xasprintf(
			"x-amz-security-token: %s", s3->credentials.session);
		*headers = curl_slist_append(*headers, text);
		free(text);
	}
}

static int s3_option(
	struct store *store, struct s3 *s3, char *option, struct err *err)
{
	char *value = strchr(option, '=');

	if (value && !strncmp(option, "endpoint=", 9)) {
		free(s3->credentials.endpoint);
		s3->credentials.endpoint = xstrdup(value + 1);
		return 0;
	}
	if (value && !strncmp(option, "region=", 7)) {
		free(s3->region);
		s3->region = xstrdup(value + 1);
		return 0;
	}
	return err_set(err, -EINVAL,
		"store 's3://%s': behind '?' there are endpoint=URL and "
		"region=NAME; keys belong in the environment or in "
		"~/.aws/credentials",
		store->place);
}

static int s3_options(struct store *store, struct s3 *s3, struct err *err)
{
	char *copy = xstrdup(store->query ? store->query : ""), *rest = copy;
	char *option;
	int code = 0;

	while (code == 0 && (option = strsep(&rest, "&")))
		if (*option)
			code = s3_option(store, s3, option, err);
	free(copy);
	return code;
}

/* https://BUCKET.s3.REGION.amazonaws.com, or ENDPOINT/BUCKET */
static int s3_locate(struct store *store, struct s3 *s3, struct err *err)
{
	const char *endpoint = s3->credentials.endpoint;
	size_t n = strcspn(store->place, "/");

	if (endpoint && (strncmp(endpoint, "http://", 7) != 0 &&
				strncmp(endpoint, "https://", 8) != 0))
		return err_set(err, -EINVAL,
			"store '%s': its endpoint has to begin with http:// "
			"or https://",
			store->url);
	s3->prefix = xasprintf("%s%s", store->place + n + !!store->place[n],
		store->place[n] && store->place[n + 1] ? "/" : "");
	if (endpoint)
		s3->base = xasprintf("%.*s/%.*s",
			(int)(strlen(endpoint) -
				(endpoint[strlen(endpoint) - 1] == '/')),
			endpoint, (int)n, store->place);
	else
		s3->base = xasprintf("https://%.*s.s3.%s.amazonaws.com", (int)n,
			store->place, s3->region);
	return 0;
}

static int s3_open(struct store *store, const char *rest, struct err *err)
{
	struct s3 *s3 = xcalloc(1, sizeof(*s3));
	size_t n;
	int code;

	store->data = s3;
	rest += strncmp(rest, "//", 2) ? 0 : 2;
	n = strcspn(rest, "?");
	store->query = rest[n] ? xstrdup(rest + n + 1) : NULL;
	while (n && rest[n - 1] == '/')
		n--;
	store->place = xmemdup(rest, n);
	if (!n || *rest == '/' || *rest == '.' ||
		strspn(store->place, S3_PLAIN "/") != n ||
		strstr(store->place, "//"))
		return err_set(err, -EINVAL,
			"store 's3:' has to be s3://BUCKET or "
			"s3://BUCKET/PREFIX, of letters, digits and any of "
			"'-._~'");
	credentials_find(&s3->credentials);
	s3->region = xstrdup(
		s3->credentials.region ? s3->credentials.region : "us-east-1");
	code = s3_options(store, s3, err);
	if (code == 0)
		code = s3_locate(store, s3, err);
	if (code == 0 && strspn(s3->region, S3_PLAIN) != strlen(s3->region))
		code = err_set(
			err, -EINVAL, "store '%s': no such region", store->url);
	if (code == 0)
		s3->signer = xasprintf("aws:amz:%s:s3", s3->region);
	return code;
}

static void s3_close(struct store *store)
{
	struct s3 *s3 = store->data;

	transfer_release(&s3->transfer);
	credentials_release(&s3->credentials);
	free(s3->region);
	free(s3->signer);
	free(s3->base);
	free(s3->prefix);
	free(s3);
}

/* Only when something is asked: most commands ask nothing. */
static int s3_begin(struct store *store, struct err *err)
{
	struct s3 *s3 = store->data;
	int code;

	if (s3->transfer.curl)
		return 0;
	code = transfer_init(&s3->transfer, store->url, store->seconds, err);
	s3->transfer.sign = s3_sign;
	s3->transfer.data = s3;
	return code;
}

static int s3_ask(struct transfer_answer *answer, struct store *store,
	const char *method, const char *url, const struct package_bytes *body,
	size_t most, struct err *err)
{
	struct s3 *s3 = store->data;
	struct transfer_request request = {
		.method = method, .url = url, .body = body, .most = most};
	int code = s3_begin(store, err);

	memset(answer, 0, sizeof(*answer));
	return code == 0 ? transfer_run(answer, &s3->transfer, &request, err)
			 : code;
}

static char *s3_url(const struct store *store, const char *file)
{
	const struct s3 *s3 = store->data;

	return xasprintf("%s/%s%s", s3->base, s3->prefix, file);
}

/* The text of an element of an error, for people; "" at worst. */
static void s3_message(
	char *text, size_t room, const struct package_bytes *body)
{
	const char *at = body->bytes ? strstr(body->bytes, "<Message>") : NULL;

	*text = '\0';
	if (at)
		snprintf(text, room, " (%.*s)", (int)strcspn(at + 9, "<\n"),
			at + 9);
}

static int s3_refused(const struct store *store, const char *what,
	const struct transfer_answer *answer, struct err *err)
{
	const struct s3 *s3 = store->data;
	char message[256];

	s3_message(message, sizeof(message), &answer->body);
	return err_set(err, -EIO, "store '%s': cannot %s, S3 answers %ld%s%s",
		store->url, what, answer->status, message,
		answer->status == 403 && !s3->credentials.key
			? "; there are no credentials (man ftrace-push says "
			  "where they are looked for)"
			: "");
}

static char *s3_page_url(const struct store *store, const char *next)
{
	const struct s3 *s3 = store->data;
	char *prefix = curl_easy_escape(
		s3->transfer.curl, s3->prefix, (int)strlen(s3->prefix));
	char *token = next ? curl_easy_escape(
				     s3->transfer.curl, next, (int)strlen(next))
			   : NULL;
	/* In the order in which they are signed. */
	char *url = xasprintf("%s/?%s%s%slist-type=2&prefix=%s", s3->base,
		token ? "continuation-token=" : "", token ? token : "",
		token ? "&" : "", prefix ? prefix : "");

	curl_free(prefix);
	curl_free(token);
	return url;
}

static int s3_list_page(
	struct s3_page *page, struct store *store, struct err *err)
{
	char *url = s3_page_url(store, page->next);
	struct transfer_answer answer;
	int code = s3_ask(&answer, store, "GET", url, NULL, ANSWER_MOST, err);

	free(page->next);
	page->next = NULL;
	if (code == 0 && answer.status != 200)
		code = s3_refused(store, "list it", &answer, err);
	else if (code == 0 &&
		 s3_page_parse(page, answer.body.bytes ? answer.body.bytes : "",
			 answer.body.size) < 0)
		code = err_set(err, -EBADMSG,
			"store '%s' does not answer as S3 does", store->url);
	free(answer.body.bytes);
	free(url);
	return code;
}

static int s3_list(struct store_entries *entries, struct store *store,
	const struct store_asked *asked, struct err *err)
{
	const struct s3 *s3 = store->data;
	struct s3_page page = {.entries = entries, .prefix = s3->prefix};
	int code = s3_begin(store, err), pages = 0;

	(void)asked;
	if (code < 0)
		return code;
	do
		code = s3_list_page(&page, store, err);
	while (code == 0 && page.next && ++pages < PAGES_MOST);
	free(page.next);
	return code;
}

static int s3_get(struct package_bytes *bytes, struct store *store,
	const char *file, size_t most, struct err *err)
{
	char *url = s3_url(store, file);
	struct transfer_answer answer;
	int code = s3_ask(&answer, store, "GET", url, NULL, most, err);

	if (code == 0 && answer.status == 404)
		code = STORE_NONE;
	else if (code == 0 && answer.status != 200 && answer.status != 206)
		code = s3_refused(store, "get a file", &answer, err);
	if (code < 0)
		free(answer.body.bytes);
	else
		*bytes = answer.body;
	free(url);
	return code;
}

/* A request that is done when the server says so. */
static int s3_do(struct store *store, const char *method, const char *what,
	const char *file, const struct package_bytes *bytes, struct err *err)
{
	char *url = s3_url(store, file);
	struct transfer_answer answer;
	int code = s3_ask(&answer, store, method, url, bytes, ANSWER_MOST, err);

	if (code == 0 && answer.status != 200 && answer.status != 204 &&
		!(answer.status == 404 && !bytes))
		code = s3_refused(store, what, &answer, err);
	free(answer.body.bytes);
	free(url);
	return code;
}

static int s3_put(struct store *store, const char *name, const char *suffix,
	const struct package_bytes *bytes, struct err *err)
{
	char *file = xasprintf("%s%s", name, suffix);
	int code = s3_do(store, "PUT", "put a file", file, bytes, err);

	free(file);
	return code;
}

static int s3_drop(struct store *store, const char *file, struct err *err)
{
	return s3_do(store, "DELETE", "remove a file", file, NULL, err);
}

const struct store_kind store_s3 = {
	.open = s3_open,
	.close = s3_close,
	.list = s3_list,
	.get = s3_get,
	.put = s3_put,
	.drop = s3_drop,
};
