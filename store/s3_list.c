/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "store/s3.h"

/* No key of ours, and no token, is as long. */
#define TEXT_MOST 4096

struct s3_parser {
	struct s3_page *page;
	XML_Parser xml;
	char text[TEXT_MOST];
	size_t size;
	bool too_long, is_list;
	char *key;
	int64_t time;
};

/* "2026-11-25T09:00:00.123Z"; 0: it is none. */
static int64_t s3_list_time(const char *text)
{
	struct tm tm = {0};
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	int64_t ms = 0;

	if (!rest)
		return 0;
	if (*rest == '.')
		ms = (int64_t)(strtod(rest, NULL) * 1000);
	return (int64_t)timegm(&tm) * 1000 + ms;
}

static void s3_list_begin(void *data, const char *name, const char **attributes)
{
	struct s3_parser *parser = data;

	(void)attributes;
	parser->size = 0;
	parser->too_long = false;
	if (!strcmp(name, "ListBucketResult"))
		parser->is_list = true;
}

static void s3_list_text(void *data, const char *text, int size)
{
	struct s3_parser *parser = data;

	if (parser->size + (size_t)size >= TEXT_MOST) {
		parser->too_long = true;
		return;
	}
	memcpy(parser->text + parser->size, text, (size_t)size);
	parser->size += (size_t)size;
}

static void s3_list_entry(struct s3_parser *parser)
{
	size_t n = strlen(parser->page->prefix);

	if (parser->key && !strncmp(parser->key, parser->page->prefix, n))
		store_entries_add(parser->page->entries, parser->key + n,
			parser->key + n, parser->time);
	free(parser->key);
	parser->key = NULL;
	parser->time = 0;
}

static void s3_list_end(void *data, const char *name)
{
	struct s3_parser *parser = data;

	parser->text[parser->size] = '\0';
	if (!strcmp(name, "Contents")) {
		s3_list_entry(parser);
	} else if (parser->too_long) {
		/* Nothing that is looked for. */
	} else if (!strcmp(name, "Key")) {
		free(parser->key);
		parser->key = xstrdup(parser->text);
	} else if (!strcmp(name, "LastModified")) {
		parser->time = s3_list_time(parser->text);
	} else if (!strcmp(name, "NextContinuationToken")) {
		free(parser->page->next);
		parser->page->next = xstrdup(parser->text);
	}
	parser->size = 0;
}

/* Entities of its own have no place in an answer, and can be a bomb. */
static void s3_list_entity(void *data, const XML_Char *name, int parameter,
	const XML_Char *value, int length, const XML_Char *base,
	const XML_Char *system, const XML_Char *public,
	const XML_Char *notation)
{
	(void)name, (void)parameter, (void)value, (void)length, (void)base;
	(void)system, (void)public, (void)notation;
	XML_StopParser(((struct s3_parser *)data)->xml, XML_FALSE);
}

int s3_page_parse(struct s3_page *page, const char *text, size_t size)
{
	XML_Parser xml = XML_ParserCreate(NULL);
	struct s3_parser parser = {.page = page, .xml = xml};
	enum XML_Status status;

	XML_SetUserData(xml, &parser);
	XML_SetElementHandler(xml, s3_list_begin, s3_list_end);
	XML_SetCharacterDataHandler(xml, s3_list_text);
	XML_SetEntityDeclHandler(xml, s3_list_entity);
	status = XML_Parse(xml, text, (int)size, XML_TRUE);
	XML_ParserFree(xml);
	free(parser.key);
	return status == XML_STATUS_OK && parser.is_list ? 0 : -EBADMSG;
}
