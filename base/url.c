/* SPDX-License-Identifier: MIT */
#include "base/url.h"

#include <string.h>

bool url_has_password(const char *url)
{
	const char *at = url, *end, *colon;

	while ((at = strstr(at, "://"))) {
		at += 3;
		end = memchr(at, '@', strcspn(at, "/?#&"));
		colon = end ? memchr(at, ':', (size_t)(end - at)) : NULL;
		if (colon && colon + 1 < end)
			return true;
	}
	return false;
}
