/* SPDX-License-Identifier: MIT */
#if defined(__aarch64__)
#include "preload/stubs.h"
#include "wire/verdict.h"

/* There are none yet on this machine. */
void own_stubs_begin(uint8_t *head)
{
	(void)head;
}

bool own_stub_write(uint8_t *head, uint8_t *stub, const uint8_t *at,
	const struct own_site *site)
{
	(void)head;
	(void)stub;
	(void)at;
	(void)site;
	return false;
}

void own_stub_jump(
	const uint8_t *stub, uint8_t *at, const struct own_site *site)
{
	(void)stub;
	(void)at;
	(void)site;
}
#endif
