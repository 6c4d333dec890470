/* SPDX-License-Identifier: MIT */
#if defined(__aarch64__)
#include "wire/sites.h"

#include "wire/call.h"

#define SVC_0 0xd4000001u

/* movz w8/x8, #number */
#define MOV_MASK 0x7fe0001fu
#define MOV_X8 0x52800008u

/* How many instructions before svc its number may be loaded. */
#define LOOK_BACK 16

size_t site_size(const struct site *site)
{
	(void)site;
	return 4;
}

size_t site_overwritten(const struct site *site)
{
	return site_size(site);
}

bool site_is_there(const struct site *site, const uint8_t *at)
{
	(void)site;
	return *(const uint32_t *)(const void *)at == SVC_0;
}

/*
 * Every instruction has four bytes, and what replaces one is one: no jump can
 * lead into its middle. The number is looked at when the call is made, so a
 * site too many costs time only.
 */
static bool sites_aarch64_is_wanted(const uint32_t *code, size_t at)
{
	size_t from = at > LOOK_BACK ? at - LOOK_BACK : 0;

	for (size_t i = at; i-- > from;)
		if ((code[i] & MOV_MASK) == MOV_X8)
			return call_shape((long)(code[i] >> 5 & 0xffff))
				       .effect != EFFECT_NONE;
	return true;
}

void sites_find(struct site_table *table, const uint8_t *text, size_t size,
	uint32_t offset)
{
	const uint32_t *code = (const void *)text;

	table->count = table->rejected = 0;
	for (size_t i = 0; i < size / 4; i++) {
		if (code[i] != SVC_0 || !sites_aarch64_is_wanted(code, i))
			continue;
		if (table->count == SITES_MAX) {
			table->rejected++;
			continue;
		}
		table->sites[table->count++] = (struct site){
			.offset = offset + (uint32_t)(i * 4), .form = SITE_SVC};
	}
}
#endif
