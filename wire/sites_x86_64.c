/* SPDX-License-Identifier: MIT */
#if defined(__x86_64__)
#include "wire/sites.h"

#include <sys/syscall.h>

#include "wire/call.h"

#define MOV_EAX 0xb8
#define MOV_BYTES 5
#define SYSCALL_BYTES 2
#define CMP_BYTES 6
#define CMP_EAX_BYTES 5
#define COPY_BYTES 5

/* Bytes; longer than any function of a C library that enters the kernel. */
#define NEAR (16 << 10)

/* How far before a syscall instruction its number may be loaded. */
#define LOOK_BACK 96
#define LOOK_FAR_BACK 64

static uint32_t u32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static bool is_syscall(const uint8_t *at)
{
	return at[0] == 0x0f && at[1] == 0x05;
}

static bool sites_x86_64_is_wanted(uint32_t number)
{
	return call_shape((long)number).effect != EFFECT_NONE;
}

size_t site_size(const struct site *site)
{
	if (site->form == SITE_MOV || site->form == SITE_COPY)
		return MOV_BYTES + SYSCALL_BYTES;
	return SYSCALL_BYTES +
	       (site->form == SITE_CMP_EAX ? CMP_EAX_BYTES : CMP_BYTES);
}

static bool is_cmp(const uint8_t *at, uint16_t form)
{
	if (form == SITE_CMP_EAX)
		return at[0] == 0x3d && u32(at + 1) == 0xfffff000u;
	return at[0] == 0x48 && at[1] == 0x3d &&
	       u32(at + 2) ==
		       (form == SITE_CMP_4096 ? 0xfffff000u : 0xfffff001u);
}

/* mov %r11,8(%rsp): ends the loading of registers in a cancellation point. */
static bool is_cancel(const uint8_t *at)
{
	return at[0] == 0x4c && at[1] == 0x89 && at[2] == 0x5c &&
	       at[3] == 0x24 && at[4] == 0x08;
}

/* mov disp8(%rsp),%rax: the same where no cancellation is due. */
static bool is_load(const uint8_t *at)
{
	return at[0] == 0x48 && at[1] == 0x8b && at[2] == 0x44 && at[3] == 0x24;
}

size_t site_overwritten(const struct site *site)
{
	return site->form == SITE_MOV || site->form == SITE_COPY
		       ? MOV_BYTES
		       : site_size(site);
}

bool site_is_there(const struct site *site, const uint8_t *at)
{
	if (site->form == SITE_MOV)
		return at[0] == MOV_EAX && u32(at + 1) == site->number &&
		       is_syscall(at + MOV_BYTES);
	if (site->form == SITE_COPY)
		return (is_cancel(at) || is_load(at)) &&
		       is_syscall(at + COPY_BYTES);
	return is_syscall(at) && is_cmp(at + SYSCALL_BYTES, site->form);
}

/* The number that was last loaded before, or that of no call. */
static uint32_t loaded_before(const uint8_t *text, size_t at)
{
	size_t from = at > LOOK_BACK ? at - LOOK_BACK : 0;

	for (size_t i = at; i-- > from;)
		if (text[i] == MOV_EAX && u32(text + i + 1) < CALL_NUMBERS &&
			i + MOV_BYTES <= at &&
			!is_syscall(text + i + MOV_BYTES))
			return u32(text + i + 1);
	/* The loop of _exit has its numbers in other registers meanwhile. */
	from = at > LOOK_FAR_BACK ? at - LOOK_FAR_BACK : 0;
	for (size_t i = from; i + MOV_BYTES <= at; i++)
		if ((text[i] & 0xf8) == MOV_EAX &&
			u32(text + i + 1) == SYS_exit_group)
			return SYS_exit_group;
	return CALL_NUMBERS;
}

/* What was met, usable or not. */
struct met {
	bool points[2]; /* both kinds of cancellation points */
	bool map, other_map;
};

/*
 * A site of an unknown form. Loaders ask so for /proc/self/exe alone; and the
 * C library maps memory below 4 GB so, if it is set to, beside the usual way.
 */
static void leave_alone(
	struct site_table *table, uint32_t number, struct met *met)
{
	switch (call_shape((long)number).effect) {
	case EFFECT_READ_LINK:
		break;
	case EFFECT_MAP:
		met->other_map = true;
		break;
	default:
		table->rejected++;
		break;
	}
}

static void consider(struct site_table *table, const uint8_t *text, size_t size,
	size_t at, uint32_t offset, struct met *met)
{
	struct site site = {.offset = offset + (uint32_t)at};
	uint32_t number;

	if (at >= MOV_BYTES && text[at - MOV_BYTES] == MOV_EAX &&
		u32(text + at - 4) < 512) {
		site.form = SITE_MOV;
		site.number = (uint16_t)u32(text + at - 4);
		site.offset -= MOV_BYTES;
		if (!sites_x86_64_is_wanted(site.number))
			return;
		met->map |= site.number == SYS_mmap;
	} else if (at >= COPY_BYTES &&
		   (is_cancel(text + at - COPY_BYTES) ||
			   is_load(text + at - COPY_BYTES))) {
		site.form = SITE_COPY;
		site.offset -= COPY_BYTES;
		met->points[is_load(text + at - COPY_BYTES)] = true;
	} else {
		number = loaded_before(text, at);
		if (at + SYSCALL_BYTES + CMP_BYTES > size)
			return;
		/* Only syscall(2) compares with this number. */
		if (is_cmp(text + at + SYSCALL_BYTES, SITE_CMP_4095))
			site.form = SITE_CMP_4095;
		else if (!sites_x86_64_is_wanted(number))
			return;
		else if (is_cmp(text + at + SYSCALL_BYTES, SITE_CMP_4096))
			site.form = SITE_CMP_4096;
		else if (is_cmp(text + at + SYSCALL_BYTES, SITE_CMP_EAX))
			site.form = SITE_CMP_EAX;
		else {
			leave_alone(table, number, met);
			return;
		}
	}
	if (table->count < SITES_MAX)
		table->sites[table->count++] = site;
	else
		table->rejected++;
}

/* The site's second instruction: where a jump may lead, unlike elsewhere. */
static uint32_t middle_of(const struct site *site)
{
	return site->offset + (site->form == SITE_MOV || site->form == SITE_COPY
					      ? MOV_BYTES
					      : SYSCALL_BYTES);
}

/*
 * Takes out the site that has `target` in its middle, where what jumps there,
 * at text[from], could bring it a number that is wanted. Sites are in order.
 */
static void reject_target(struct site_table *table, int64_t target,
	const uint8_t *text, size_t from)
{
	uint32_t low = 0, high = table->count;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if ((int64_t)table->sites[middle].offset < target)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return;
	low--;
	if (target != (int64_t)middle_of(&table->sites[low]) ||
		(table->sites[low].form == SITE_MOV &&
			!sites_x86_64_is_wanted(loaded_before(text, from))))
		return;
	table->count--;
	table->rejected++;
	for (uint32_t i = low; i < table->count; i++)
		table->sites[i] = table->sites[i + 1];
}

/*
 * Every byte near a site that could begin a relative jump is taken for one.
 * What is one is never missed, but what is none may cost a site, and with it
 * the whole library: by chance, that would be every second build of glibc if
 * sites with a number counted that are jumped into with no other in hand.
 * Calls go to the beginning of functions, and no function is longer than NEAR.
 */
static void reject_targets(struct site_table *table, const uint8_t *text,
	size_t size, uint32_t offset)
{
	uint32_t next = 0;

	for (size_t i = 0; i + 6 <= size; i++) {
		int64_t here = (int64_t)(offset + i), far = 0;
		uint8_t op = text[i];

		while (next < table->count &&
			table->sites[next].offset + NEAR < here)
			next++;
		if (next == table->count)
			break;
		if (here + NEAR < table->sites[next].offset)
			i = table->sites[next].offset - NEAR - offset - 1;
		else if (op == 0xeb || (op & 0xf0) == 0x70 ||
			 (op & 0xfc) == 0xe0)
			reject_target(
				table, here + 2 + (int8_t)text[i + 1], text, i);
		else if (op == 0xe9)
			far = 5 + (int32_t)u32(text + i + 1);
		else if (op == 0x0f && (text[i + 1] & 0xf0) == 0x80)
			far = 6 + (int32_t)u32(text + i + 2);
		if (far && far < NEAR && far > -NEAR)
			reject_target(table, here + far, text, i);
	}
}

void sites_find(struct site_table *table, const uint8_t *text, size_t size,
	uint32_t offset)
{
	struct met met = {0};

	table->count = table->rejected = 0;
	for (size_t i = 0; i + SYSCALL_BYTES <= size; i++)
		if (is_syscall(text + i))
			consider(table, text, size, i, offset, &met);
	/* The one cannot be without the other. */
	if (met.points[0] && !met.points[1])
		table->rejected++;
	if (met.other_map && !met.map)
		table->rejected++;
	reject_targets(table, text, size, offset);
}
#endif
