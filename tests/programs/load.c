/* SPDX-License-Identifier: MIT */
/*
 * Loads a library that lies below this program, where only its RUNPATH leads:
 * the loader looks its caller up to find that, so dlopen must not be called
 * from anywhere else.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	void *library = dlopen("libplugin.so", RTLD_NOW);
	int (*plugin)(void);

	if (!library) {
		puts(dlerror());
		return 1;
	}
	plugin = (int (*)(void))dlsym(library, "plugin");
	printf("%d\n", plugin ? plugin() : -1);
	fflush(stdout);
	if (argc > 1 && !strcmp(argv[1], "quick"))
		_Exit(0);
	if (dlopen("./missing.so", RTLD_NOW))
		return 1;
	return 0;
}
