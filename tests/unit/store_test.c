/* SPDX-License-Identifier: MIT */
/*
 * Stores: URLs, names, and what a folder does. Servers are tried by
 * tests/e2e/test_store.py.
 */
#include "store/store.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/candidates.h"
#include "store/s3.h"
#include "tests/unit/scratch.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccc"
#define D "dddddddddddddddddddddddddddddddddddddddd"
#define HERE "0123456789abcdef"
#define THERE "fedcba9876543210"

static struct err err;

static int open_url(struct store *store, const char *url)
{
	int code = store_open(store, url, scratch_root(), scratch_root(), &err);

	if (code < 0)
		assert_null(strstr(err.text, "s3cr3t"));
	return code;
}

static void expect_url(const char *url, bool good)
{
	struct store store;

	if ((open_url(&store, url) == 0) != good)
		fail_msg("'%s': %s", url, good ? err.text : "is taken");
	store_close(&store);
}

TEST(urls)
{
	static const char *const good[] = {"/srv/maps", "maps", "../maps",
		"file:/srv/maps", "file:///srv/maps", "file://localhost/x",
		"git:origin", "git:https://example.org/x.git",
		"git:git@example.org:team/x.git", "http://example.org/maps",
		"https://someone@example.org/maps/", "s3://bucket",
		"s3://bucket/a/b?region=eu-1&endpoint=http://127.0.0.1:9000"};
	static const char *const bad[] = {"ftp://example.org/x",
		"file://other/maps", "git:", "git:--upload-pack=x",
		"git:ext::sh -c x",
		"http:", "http://example.org/m?token=s3cr3t", "s3:", "s3://",
		"s3://bucket?key=s3cr3t", "s3://b?endpoint=x",
		"s3://bucket/a b", "s3://bucket//x", "https://h/x y",
		"https://u:s3cr3t@example.org/x", "http://u:s3cr3t@h",
		"git:https://u:s3cr3t@example.org/x.git",
		"s3://b?endpoint=https://k:s3cr3t@h"};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		expect_url(good[i], true);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_url(bad[i], false);
	expect_url("https://u:s3cr3t@example.org/x", false);
	assert_non_null(strstr(err.text, "netrc"));
}

TEST(a_token_is_not_sent_in_the_open)
{
	setenv("FTRACE_STORE_TOKEN", "s3cr3t", 1);
	expect_url("http://example.org/x", false);
	expect_url("http://localhost.example.org/x", false);
	expect_url("http://127.0.0.1.example.org/x", false);
	expect_url("http://localhost:80@example.org/x", false);
	expect_url("https://example.org/x", true);
	expect_url("http://localhost:8080/x", true);
	expect_url("http://127.0.0.1/x", true);
	unsetenv("FTRACE_STORE_TOKEN");
}

TEST(names)
{
	struct store_entries entries = {0};

	store_entries_add(&entries, A "-" HERE ".tar.zst", "one", 5);
	store_entries_add(&entries, A "-" HERE ".tar.zst", "one", 6);
	store_entries_add(&entries, A "-" HERE ".bad", "why", 0);
	store_entries_add(&entries, B "-" HERE ".bad", "why", 0);
	store_entries_add(&entries, "../" C "-" HERE ".tar.zst", "x", 0);
	store_entries_add(&entries, C "-" HERE ".tar.zst.tmp", "x", 0);
	store_entries_add(&entries, C "-" HERE "0.tar.zst", "x", 0);
	store_entries_add(&entries, C "." HERE ".tar.zst", "x", 0);
	store_entries_add(&entries, "latest", "x", 0);
	store_entries_add(&entries, "", "x", 0);
	assert_int_equal(entries.count, 2);
	assert_string_equal(entries.list[0].file, "one");
	assert_string_equal(entries.list[0].mark, "why");
	assert_null(entries.list[1].file);
	/* The same one, told twice, is nothing to be removed. */
	assert_int_equal(entries.old.count, 0);
	store_entries_add(&entries, A "-" HERE ".tar.zst", "two", 9);
	store_entries_add(&entries, A "-" HERE ".tar.zst", "zero", 1);
	assert_string_equal(entries.list[0].file, "two");
	assert_int_equal(entries.old.count, 2);
	store_entries_release(&entries);
}

static void put_text(struct store *store, const char *name, const char *text)
{
	struct package_bytes bytes = {
		.bytes = (char *)text, .size = strlen(text)};

	assert_int_equal(store_put(store, name, &bytes, &err), 0);
}

static void expect_text(
	struct store *store, const struct store_entry *entry, const char *text)
{
	struct package_bytes bytes;

	assert_int_equal(store_get(&bytes, store, entry, &err), 0);
	assert_int_equal(bytes.size, strlen(text));
	assert_memory_equal(bytes.bytes, text, bytes.size);
	free(bytes.bytes);
}

static void set_time(const char *path, time_t seconds)
{
	const struct timespec times[2] = {
		{.tv_sec = seconds}, {.tv_sec = seconds}};

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

TEST(folder)
{
	struct store_asked asked = {.print = HERE};
	struct store_entries entries;
	struct store store;
	char *why;

	assert_int_equal(open_url(&store, "deep/er/store"), 0);
	assert_int_equal(store_list(&entries, &store, &asked, &err), 0);
	assert_int_equal(entries.count, 0);
	put_text(&store, A "-" HERE, "one");
	put_text(&store, A "-" HERE, "once more");
	assert_int_equal(store_list(&entries, &store, &asked, &err), 0);
	assert_int_equal(entries.count, 1);
	expect_text(&store, &entries.list[0], "once more");
	store_entries_release(&entries);
	assert_int_equal(
		store_mark(&store, A "-" HERE, "test_x\nescaped", &err), 0);
	assert_int_equal(store_list(&entries, &store, &asked, &err), 0);
	why = store_why(&store, &entries.list[0]);
	assert_string_equal(why, "test_x escaped");
	free(why);
	assert_int_equal(store_unmark(&store, &entries, A "-" HERE, &err), 0);
	store_entries_release(&entries);
	assert_int_equal(store_list(&entries, &store, &asked, &err), 0);
	assert_null(entries.list[0].mark);
	/* Somebody else was quicker. */
	remove_file("deep/er/store/" A "-" HERE ".tar.zst");
	{
		struct package_bytes bytes;

		assert_int_equal(
			store_get(&bytes, &store, &entries.list[0], &err),
			STORE_NONE);
	}
	store_entries_release(&entries);
	store_close(&store);
}

TEST(the_newest_are_kept)
{
	struct store_asked asked = {.print = HERE};
	struct store_entries entries;
	struct store store;
	size_t dropped;

	assert_int_equal(open_url(&store, "store"), 0);
	put_text(&store, A "-" HERE, "a");
	put_text(&store, B "-" HERE, "b");
	put_text(&store, C "-" HERE, "c");
	set_time("store/" A "-" HERE ".tar.zst", 1000);
	set_time("store/" B "-" HERE ".tar.zst", 3000);
	set_time("store/" C "-" HERE ".tar.zst", 2000);
	write_file("store/.unfinished-abc", "half");
	set_time("store/.unfinished-abc", 1000);
	write_file("store/of somebody else", "");
	assert_int_equal(store_list(&entries, &store, &asked, &err), 0);
	assert_int_equal(entries.count, 3);
	assert_int_equal(store_prune(&dropped, &store, &entries, 0, &err), 0);
	assert_int_equal(dropped, 0);
	assert_int_equal(store_prune(&dropped, &store, &entries, 2, &err), 0);
	assert_int_equal(dropped, 1);
	assert_int_equal(access("store/" A "-" HERE ".tar.zst", F_OK), -1);
	assert_int_equal(access("store/" B "-" HERE ".tar.zst", F_OK), 0);
	assert_int_equal(access("store/of somebody else", F_OK), 0);
	/* What a killed publisher left goes with the next one. */
	put_text(&store, D "-" HERE, "d");
	assert_int_equal(access("store/.unfinished-abc", F_OK), -1);
	store_entries_release(&entries);
	store_close(&store);
}

TEST(nobody_may_write)
{
	struct store store;
	struct package_bytes bytes = {.bytes = (char *)"x", .size = 1};

	write_file("store", "a file");
	assert_int_equal(open_url(&store, "store"), 0);
	assert_true(store_put(&store, A "-" HERE, &bytes, &err) < 0);
	assert_non_null(strstr(err.text, "'store'"));
	store_close(&store);
}

static void expect_order(const struct store_entries *entries,
	struct git_history *history, const char *order)
{
	struct candidates candidates;
	char found[16] = "";

	candidates_find(&candidates, entries, history, scratch_root(), HERE);
	for (size_t i = 0; i < candidates.count; i++) {
		size_t n = strlen(found);

		found[n] = candidates.list[i].commit[0];
		if (!candidates.list[i].fits)
			found[n] = (char)(found[n] - 'a' + 'A');
	}
	candidates_release(&candidates);
	assert_string_equal(found, order);
}

/* b and a are ancestors, b the nearer; of c and d nobody has heard. */
TEST(the_nearest_first)
{
	char *commits[] = {(char *)B, (char *)A, NULL};
	struct git_history history = {.commits = commits, .count = 2};
	struct store_entries entries = {0};

	store_entries_add(&entries, C "-" HERE ".tar.zst", "c", 10);
	store_entries_add(&entries, D "-" HERE ".tar.zst", "d", 20);
	store_entries_add(&entries, A "-" HERE ".tar.zst", "a", 30);
	store_entries_add(&entries, A "-" THERE ".tar.zst", "A", 40);
	store_entries_add(&entries, B "-" THERE ".tar.zst", "B", 0);
	/* Of another project, for all that git can tell. */
	expect_order(&entries, &history, "aBA");
	history.shallow = true;
	expect_order(&entries, &history, "adcBA");
	store_entries_add(&entries, B "-" HERE ".tar.zst", "b", 0);
	expect_order(&entries, &history, "badcBA");
	store_entries_add(&entries, B "-" HERE ".bad", "why", 0);
	expect_order(&entries, &history, "adcBA");
	store_entries_release(&entries);
}

TEST(lists_of_s3)
{
	static const char text[] =
		"<?xml version=\"1.0\"?><ListBucketResult>"
		"<Contents><Key>p/" A "-" HERE ".tar.zst</Key>"
		"<LastModified>2026-11-25T09:00:00.500Z</LastModified>"
		"</Contents><Contents><Key>q/" B "-" HERE ".tar.zst</Key>"
		"</Contents><NextContinuationToken>a&amp;b"
		"</NextContinuationToken></ListBucketResult>";
	static const char *const bad[] = {"", "<html>", "<a></a>", "{}",
		"<!DOCTYPE x [<!ENTITY a \"b\">]><ListBucketResult/>"};
	struct store_entries entries = {0};
	struct s3_page page = {.entries = &entries, .prefix = "p/"};

	assert_int_equal(s3_page_parse(&page, text, strlen(text)), 0);
	assert_int_equal(entries.count, 1);
	assert_string_equal(entries.list[0].file, A "-" HERE ".tar.zst");
	assert_true(entries.list[0].time % 1000 == 500);
	assert_string_equal(page.next, "a&b");
	free(page.next);
	page.next = NULL;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_true(s3_page_parse(&page, bad[i], strlen(bad[i])) < 0);
	store_entries_release(&entries);
}

TEST(credentials_of_a_profile)
{
	static const char *const names[] = {"AWS_ACCESS_KEY_ID",
		"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE",
		"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL",
		"AWS_ENDPOINT_URL_S3"};
	struct credentials credentials;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unsetenv(names[i]);
	write_file("credentials",
		"[default]\naws_access_key_id = one\n"
		"aws_secret_access_key=first \r\n"
		"[other]\naws_access_key_id = two\n"
		"aws_secret_access_key = second\naws_session_token = third\n");
	write_file("config", "[profile other]\nregion = eu-1\n");
	setenv("AWS_SHARED_CREDENTIALS_FILE", "credentials", 1);
	setenv("AWS_CONFIG_FILE", "config", 1);
	credentials_find(&credentials);
	assert_string_equal(credentials.key, "one");
	assert_string_equal(credentials.secret, "first");
	assert_null(credentials.session);
	assert_null(credentials.region);
	credentials_release(&credentials);
	setenv("AWS_PROFILE", "other", 1);
	credentials_find(&credentials);
	assert_string_equal(credentials.key, "two");
	assert_string_equal(credentials.session, "third");
	assert_string_equal(credentials.region, "eu-1");
	credentials_release(&credentials);
	/* A key without its secret is no reason to take another's. */
	setenv("AWS_ACCESS_KEY_ID", "mine", 1);
	credentials_find(&credentials);
	assert_string_equal(credentials.key, "two");
	credentials_release(&credentials);
	setenv("AWS_SECRET_ACCESS_KEY", "hush", 1);
	credentials_find(&credentials);
	assert_string_equal(credentials.key, "mine");
	assert_string_equal(credentials.secret, "hush");
	assert_null(credentials.session);
	credentials_release(&credentials);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(urls),
		IN_SCRATCH(a_token_is_not_sent_in_the_open),
		IN_SCRATCH(names),
		IN_SCRATCH(folder),
		IN_SCRATCH(the_newest_are_kept),
		IN_SCRATCH(nobody_may_write),
		IN_SCRATCH(the_nearest_first),
		IN_SCRATCH(lists_of_s3),
		IN_SCRATCH(credentials_of_a_profile),
	};

	return RUN_TESTS(tests);
}
