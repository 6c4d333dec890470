/* SPDX-License-Identifier: MIT */
#include "runners/maven/modules.h"

#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/read_file.h"

/* What is read of a pom.xml: the texts of module elements, in any profile. */
struct maven_pom {
	struct words modules;
	char *text; /* of the element that it is in, or NULL */
};

static void maven_pom_begin(
	void *data, const char *element, const char **attributes)
{
	struct maven_pom *pom = data;

	(void)attributes;
	free(pom->text);
	pom->text = strcmp(element, "module") != 0 ? NULL : xstrdup("");
}

static void maven_pom_text(void *data, const char *bytes, int size)
{
	struct maven_pom *pom = data;
	char *longer;

	if (!pom->text)
		return;
	longer = xasprintf("%s%.*s", pom->text, size, bytes);
	free(pom->text);
	pom->text = longer;
}

static void maven_pom_end(void *data, const char *element)
{
	struct maven_pom *pom = data;
	const char *blanks = " \t\r\n";
	char *text = pom->text;

	(void)element;
	pom->text = NULL;
	if (!text)
		return;
	words_add(&pom->modules,
		xasprintf("%.*s",
			(int)strcspn(text + strspn(text, blanks), blanks),
			text + strspn(text, blanks)));
	free(text);
}

static void maven_pom_read(struct maven_pom *pom, const char *path)
{
	size_t size;
	char *bytes = read_file(path, INT_MAX, &size);
	XML_Parser parser = bytes ? XML_ParserCreate(NULL) : NULL;

	memset(pom, 0, sizeof(*pom));
	if (parser) {
		XML_SetUserData(parser, pom);
		XML_SetElementHandler(parser, maven_pom_begin, maven_pom_end);
		XML_SetCharacterDataHandler(parser, maven_pom_text);
		/* maven itself says what is wrong with it. */
		XML_Parse(parser, bytes, (int)size, XML_TRUE);
		XML_ParserFree(parser);
	}
	free(pom->text);
	free(bytes);
}

static bool maven_modules_has(
	const struct maven_modules *modules, const char *folder)
{
	for (size_t i = 0; i < modules->count; i++)
		if (!strcmp(modules->list[i].folder, folder))
			return true;
	return false;
}

static struct java_module *maven_modules_add(
	struct maven_modules *modules, char *folder)
{
	struct java_module *module = array_add(&modules->list, &modules->count,
		&modules->room, sizeof(*module));

	module->folder = folder;
	module->target = xasprintf("%s/target", folder);
	words_add(&module->classes, xasprintf("%s/classes", module->target));
	words_add(
		&module->classes, xasprintf("%s/test-classes", module->target));
	return module;
}

/* Of a file or a folder the pom.xml; to be freed. NULL: there is none. */
static char *maven_modules_pom(const char *path)
{
	char *real = realpath(path, NULL), *pom;
	struct stat st;

	if (!real || stat(real, &st) < 0 || !S_ISDIR(st.st_mode))
		return real;
	pom = xasprintf("%s/pom.xml", real);
	free(real);
	if (stat(pom, &st) == 0)
		return pom;
	free(pom);
	return NULL;
}

static bool maven_modules_take(struct maven_modules *modules, const char *path)
{
	char *file = maven_modules_pom(path), *folder;
	struct maven_pom pom;

	if (!file)
		return false;
	folder = xasprintf("%.*s", (int)(path_last(file) - file) - 1, file);
	if (maven_modules_has(modules, folder)) {
		free(folder);
		free(file);
		return true;
	}
	words_add_copy(&maven_modules_add(modules, folder)->settings, file);
	maven_pom_read(&pom, file);
	for (size_t i = 0; i < pom.modules.count; i++) {
		/* The list may move. */
		char *below =
			xasprintf("%.*s/%s", (int)(path_last(file) - file) - 1,
				file, pom.modules.list[i]);

		maven_modules_take(modules, below);
		free(below);
	}
	words_free(pom.modules.list);
	free(file);
	return true;
}

bool maven_modules_find(struct maven_modules *modules, const char *file)
{
	memset(modules, 0, sizeof(*modules));
	return maven_modules_take(modules, file ? file : ".");
}

void maven_modules_release(struct maven_modules *modules)
{
	for (size_t i = 0; i < modules->count; i++) {
		free(modules->list[i].folder);
		free(modules->list[i].target);
		words_free(modules->list[i].classes.list);
		words_free(modules->list[i].settings.list);
	}
	free(modules->list);
	memset(modules, 0, sizeof(*modules));
}
