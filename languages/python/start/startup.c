/* SPDX-License-Identifier: MIT */
#include "languages/python/start/startup.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"

#define BOOT "languages/python/start/boot.py"
#define START "languages/python/start/start.py"

/* b'...', in which no byte means anything. */
static void startup_put_bytes(FILE *out, const char *bytes)
{
	fputs("b'", out);
	for (; bytes && *bytes; bytes++)
		fprintf(out, "\\x%02x", (unsigned char)*bytes);
	fputs("'", out);
}

static void startup_put(FILE *out, const char *name, const char *bytes)
{
	fprintf(out, "%s = ", name);
	startup_put_bytes(out, bytes);
	fputs("\n", out);
}

static void startup_put_file(FILE *out, const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *in = fopen(path, "re");
	char buffer[4096];
	size_t n;

	while (in && (n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		fwrite(buffer, 1, n, out);
	if (in)
		fclose(in);
	free(path);
}

char *startup_text(const struct startup *startup)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return xstrdup("");
	startup_put(out, "FOLDER", startup->folder);
	startup_put(out, "SESSION", startup->session);
	startup_put(out, "ROOT", startup->root);
	startup_put(out, "SELECTION", startup->selection);
	fputs("STARTS = (", out);
	startup_put_bytes(out, START);
	for (size_t i = 0; startup->runners[i]; i++) {
		fputs(", ", out);
		startup_put_bytes(out, startup->runners[i]);
	}
	fputs(")\n", out);
	if (startup->tells)
		startup_put(out, "TELLS", startup->tells);
	else
		fputs("TELLS = None\n", out);
	startup_put_file(out, startup->folder, BOOT);
	fclose(out);
	return text;
}
