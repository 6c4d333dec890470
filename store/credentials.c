/* SPDX-License-Identifier: MIT */
#include "store/credentials.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/read_file.h"

#define FILE_MOST ((size_t)1 << 20)

/* Of the first of these variables that is set; to be freed, or NULL. */
static char *credentials_variable(const char *first, const char *second)
{
	const char *value = getenv(first);

	if ((!value || !*value) && second)
		value = getenv(second);
	return value && *value ? xstrdup(value) : NULL;
}

/* The file that the variable names, or the one below the home folder. */
static char *credentials_text(const char *variable, const char *below)
{
	const char *named = getenv(variable), *home = getenv("HOME");
	char *path = NULL, *text = NULL;
	size_t size;

	if (named && *named)
		path = xstrdup(named);
	else if (home && *home)
		path = xasprintf("%s/%s", home, below);
	if (path)
		text = read_file(path, FILE_MOST, &size);
	free(path);
	return text;
}

/* "[default]", "[NAME]" or "[profile NAME]" */
static bool credentials_is_profile(const char *line, const char *profile)
{
	size_t n;

	line += 1 + strspn(line + 1, " \t");
	if (!strncmp(line, "profile", 7) && strchr(" \t", line[7]) && line[7])
		line += 7 + strspn(line + 7, " \t");
	n = strlen(profile);
	return !strncmp(line, profile, n) &&
	       line[n + strspn(line + n, " \t")] == ']';
}

static void credentials_set(char **to, const char *name, const char *line)
{
	size_t n = strlen(name), end;
	const char *value;

	if (*to || strncmp(line, name, n) != 0)
		return;
	value = line + n + strspn(line + n, " \t");
	if (*value != '=')
		return;
	value++;
	value += strspn(value, " \t");
	for (end = strlen(value); end && strchr(" \t\r", value[end - 1]);)
		end--;
	if (end)
		*to = xmemdup(value, end);
}

static void credentials_read(struct credentials *credentials,
	const char *variable, const char *below, bool keys)
{
	char *text = credentials_text(variable, below), *rest = text, *line;
	const char *profile = getenv("AWS_PROFILE");
	bool in = false;

	if (!profile || !*profile)
		profile = "default";
	while ((line = strsep(&rest, "\n"))) {
		if (*line == '[')
			in = credentials_is_profile(line, profile);
		if (!in)
			continue;
		credentials_set(&credentials->region, "region", line);
		credentials_set(&credentials->endpoint, "endpoint_url", line);
		if (!keys)
			continue;
		credentials_set(&credentials->key, "aws_access_key_id", line);
		credentials_set(
			&credentials->secret, "aws_secret_access_key", line);
		credentials_set(
			&credentials->session, "aws_session_token", line);
	}
	free(text);
}

void credentials_find(struct credentials *credentials)
{
	bool keys;

	*credentials = (struct credentials){
		.key = credentials_variable("AWS_ACCESS_KEY_ID", NULL),
		.secret = credentials_variable("AWS_SECRET_ACCESS_KEY", NULL),
		.session = credentials_variable("AWS_SESSION_TOKEN", NULL),
		.region = credentials_variable(
			"AWS_REGION", "AWS_DEFAULT_REGION"),
		.endpoint = credentials_variable(
			"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")};
	/* A key of one place does not go with a secret of another. */
	keys = !credentials->key || !credentials->secret;
	if (keys) {
		free(credentials->key);
		free(credentials->secret);
		free(credentials->session);
		credentials->key = credentials->secret = NULL;
		credentials->session = NULL;
	}
	credentials_read(credentials, "AWS_SHARED_CREDENTIALS_FILE",
		".aws/credentials", keys);
	credentials_read(credentials, "AWS_CONFIG_FILE", ".aws/config",
		keys && !credentials->key);
}

void credentials_release(struct credentials *credentials)
{
	free(credentials->key);
	free(credentials->secret);
	free(credentials->session);
	free(credentials->region);
	free(credentials->endpoint);
	memset(credentials, 0, sizeof(*credentials));
}
