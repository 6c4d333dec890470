/* SPDX-License-Identifier: MIT */
#include "wire/kind.h"

#include <string.h>

static const char *const names[ACCESS_KINDS] = {
	[ACCESS_READ] = "read",
	[ACCESS_ABSENT] = "absent",
	[ACCESS_LIST] = "list",
	[ACCESS_EXEC] = "exec",
	[ACCESS_STAT] = "stat",
	[ACCESS_LINK] = "link",
	[ACCESS_WRITE] = "write",
	[ACCESS_RENAME] = "rename",
	[ACCESS_UNLINK] = "unlink",
};

const char *access_kind_name(unsigned kind)
{
	return names[kind];
}

int access_kind_parse(const char *word, unsigned long len)
{
	for (int i = 0; i < ACCESS_KINDS; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], word, len))
			return i;
	return -1;
}
