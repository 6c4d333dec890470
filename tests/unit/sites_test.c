/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <string.h>
#include <sys/syscall.h>

#include "wire/sites.h"

#if defined(__x86_64__)
/* Where the code lies from the load address; jumps are relative to it. */
#define OFFSET 0x2000u

#define SYSCALL "\x0f\x05"
#define CMP_4096 "\x48\x3d\x00\xf0\xff\xff"
#define CMP_EAX "\x3d\x00\xf0\xff\xff"
#define STORE_R11 "\x4c\x89\x5c\x24\x08"
#define LOAD_RAX "\x48\x8b\x44\x24\x18"
#define CMP_4095 "\x48\x3d\x01\xf0\xff\xff"
#define MOV_OPENAT "\xb8\x01\x01\x00\x00"
#define MOV_GETPID "\xb8\x27\x00\x00\x00"
#define MOV_MMAP "\xb8\x09\x00\x00\x00"
#define MOV_RAX_RDI "\x48\x89\xc7"
#define XOR_R10 "\x45\x31\xd2"

static uint8_t code[128 << 10];
static size_t code_size;
static struct site_table table;

static void begin(void)
{
	memset(code, 0x90, sizeof(code));
	code_size = 0;
}

static void put(const void *bytes, size_t size)
{
	memcpy(code + code_size, bytes, size);
	code_size += size;
}

#define PUT(bytes) put(bytes, sizeof(bytes) - 1)

static void find(void)
{
	sites_find(&table, code, code_size, OFFSET);
	for (uint32_t i = 0; i < table.count; i++)
		assert_true(site_is_there(&table.sites[i],
			code + table.sites[i].offset - OFFSET));
}

static void assert_site(uint32_t i, size_t at, enum site_form form, int number)
{
	assert_true(i < table.count);
	assert_int_equal(table.sites[i].offset, OFFSET + at);
	assert_int_equal(table.sites[i].form, form);
	assert_int_equal(table.sites[i].number, number);
}

static void assert_found(uint32_t count, uint32_t rejected)
{
	find();
	assert_int_equal(table.count, count);
	assert_int_equal(table.rejected, rejected);
}

TEST(number_just_before)
{
	begin();
	PUT("\x90" MOV_OPENAT SYSCALL "\xc3");
	assert_found(1, 0);
	assert_site(0, 1, SITE_MOV, SYS_openat);
	assert_int_equal(site_size(&table.sites[0]), 7);
}

TEST(number_earlier)
{
	begin();
	PUT(MOV_OPENAT XOR_R10 SYSCALL CMP_4096 "\xc3");
	assert_found(1, 0);
	assert_site(0, 8, SITE_CMP_4096, 0);
	assert_int_equal(site_size(&table.sites[0]), 8);
}

/* The same where the result is an int. */
TEST(number_earlier_and_result_an_int)
{
	begin();
	PUT(MOV_OPENAT XOR_R10 SYSCALL CMP_EAX "\x90\xc3");
	assert_found(1, 0);
	assert_site(0, 8, SITE_CMP_EAX, 0);
	assert_int_equal(site_size(&table.sites[0]), 7);
}

/* It makes a call of the catalogue, and cannot be replaced. */
TEST(unknown_form)
{
	begin();
	PUT(MOV_OPENAT XOR_R10 SYSCALL "\x90\x90\x90\x90\x90\x90\x90\xc3");
	assert_found(0, 1);
}

/* Cancellation points: with a check for one, and without. */
/* glibc has one for memory below 4 GB, as well as the usual one. */
TEST(unknown_form_of_mmap)
{
	begin();
	PUT(MOV_MMAP SYSCALL CMP_4096);
	PUT(MOV_MMAP XOR_R10 SYSCALL MOV_RAX_RDI CMP_4096);
	assert_found(1, 0);
	begin();
	PUT(MOV_MMAP XOR_R10 SYSCALL MOV_RAX_RDI CMP_4096);
	assert_found(0, 1);
}

TEST(copied_instruction)
{
	begin();
	PUT(STORE_R11 SYSCALL CMP_4096 LOAD_RAX SYSCALL "\xc3");
	assert_found(2, 0);
	assert_site(0, 0, SITE_COPY, 0);
	assert_site(1, 13, SITE_COPY, 0);
	assert_int_equal(site_size(&table.sites[0]), 7);
	/* Where there is only the first the second has not been recognised. */
	begin();
	PUT(STORE_R11 SYSCALL CMP_4096 "\xc3");
	assert_found(1, 1);
}

/* syscall(2) has its number in an argument. */
TEST(any_number)
{
	begin();
	PUT("\x48\x89\xf8" SYSCALL CMP_4095 "\x73\x01\xc3");
	assert_found(1, 0);
	assert_site(0, 3, SITE_CMP_4095, 0);
}

/* mov $231,%r8d; ...; mov %r8d,%eax; syscall: the loop of _exit. */
TEST(number_of_exit_in_another_register)
{
	begin();
	PUT("\x41\xb8\xe7\x00\x00\x00\x44\x89\xc0" SYSCALL CMP_4096);
	assert_found(1, 0);
	assert_site(0, 9, SITE_CMP_4096, 0);
}

TEST(other_calls)
{
	begin();
	PUT(MOV_GETPID SYSCALL "\xc3");
	PUT(MOV_GETPID XOR_R10 SYSCALL CMP_4096 "\xc3");
	/* No number anywhere near, and not syscall(2) either. */
	PUT(SYSCALL "\xc3");
	assert_found(0, 0);
}

/* Bytes of a wanted number that are too far away belong to another call. */
TEST(number_too_far_before)
{
	begin();
	PUT(MOV_OPENAT "\xc3");
	code_size += 120;
	PUT(SYSCALL CMP_4096);
	assert_found(0, 0);
}

TEST(in_a_row)
{
	begin();
	PUT(MOV_OPENAT SYSCALL MOV_OPENAT SYSCALL);
	PUT(MOV_OPENAT XOR_R10 SYSCALL CMP_4096 MOV_OPENAT SYSCALL);
	assert_found(4, 0);
	assert_site(0, 0, SITE_MOV, SYS_openat);
	assert_site(1, 7, SITE_MOV, SYS_openat);
	assert_site(2, 22, SITE_CMP_4096, 0);
	assert_site(3, 30, SITE_MOV, SYS_openat);
}

/* Whatever the length: nothing outside of the bytes is part of a site. */
TEST(end_of_code)
{
	static const size_t first_site = 7, second_site = 25;

	begin();
	PUT(MOV_OPENAT SYSCALL);
	PUT(MOV_OPENAT "\x66\x66\x90" XOR_R10 SYSCALL CMP_4096);
	assert_int_equal(code_size, second_site + 1);
	for (size_t size = code_size; size-- > 0;) {
		sites_find(&table, code, size, OFFSET);
		assert_int_equal(table.rejected, 0);
		assert_int_equal(table.count, size >= first_site ? 1 : 0);
	}
}

/* One byte, no part of a number, so that this is not followed by a syscall. */
#define NUMBER MOV_OPENAT "\x90"

/* A site that is jumped into with another number is left alone. */
static void reject(const void *jump, size_t size)
{
	uint8_t *distance = code + 6 + size - 1 - 3 * (size > 2);

	begin();
	PUT(NUMBER);
	put(jump, size);
	code_size = 64;
	PUT(MOV_OPENAT SYSCALL "\xc3");
	assert_found(0, 1);
	/* With that of a call that is not looked at. */
	code[1] = SYS_getpid;
	code[2] = 0;
	assert_found(1, 0);
	memcpy(code, MOV_OPENAT, 5);
	/* To its beginning, and behind it, anybody may jump. */
	++*distance;
	assert_found(1, 0);
	*distance -= 6;
	assert_found(1, 0);
}

TEST(jumps_into_the_middle)
{
	reject("\xeb\x3d", 2);                 /* jmp */
	reject("\x74\x3d", 2);                 /* je */
	reject("\xe3\x3d", 2);                 /* jrcxz */
	reject("\xe9\x3a\x00\x00\x00", 5);     /* jmp */
	reject("\x0f\x84\x39\x00\x00\x00", 6); /* je */
}

/* What has no number of its own after it is written over: nobody may jump. */
TEST(jump_backwards_into_the_middle)
{
	begin();
	PUT(MOV_OPENAT SYSCALL NUMBER "\xeb\xf6\x90\x90\x90\x90\x90");
	assert_found(0, 1);
	begin();
	PUT(MOV_OPENAT SYSCALL "\xeb\xfc\x90\x90\x90\x90\x90");
	assert_found(1, 0);
	begin();
	PUT(MOV_OPENAT XOR_R10 SYSCALL CMP_4096 "\xe9\xf5\xff\xff\xff\x90\x90");
	assert_found(0, 1);
}

/* Only the site that is jumped into goes. */
TEST(neighbours_of_a_rejected_site)
{
	begin();
	PUT(MOV_OPENAT SYSCALL MOV_OPENAT SYSCALL MOV_OPENAT SYSCALL NUMBER);
	PUT("\xeb\xef\x90\x90\x90\x90\x90\x90");
	assert_found(2, 1);
	assert_site(0, 0, SITE_MOV, SYS_openat);
	assert_site(1, 14, SITE_MOV, SYS_openat);
}

/* Jumps stay within a function, and none is that long. */
static void jump_over(size_t distance, uint32_t count)
{
	int32_t relative;

	begin();
	memcpy(code + 94, NUMBER, 6);
	code[100] = 0xe9;
	relative = (int32_t)distance;
	memcpy(code + 101, &relative, sizeof(relative));
	code_size = 100 + 5 + distance - 5;
	PUT(MOV_OPENAT SYSCALL "\xc3");
	code_size += 64;
	assert_found(count, 1 - count);
}

TEST(near_and_far)
{
	jump_over(1000, 0);
	jump_over(15 << 10, 0);
	jump_over(40 << 10, 1);
}

/* Sites that lie far from each other: what is between is skipped. */
TEST(far_sites)
{
	begin();
	PUT(MOV_OPENAT SYSCALL "\xc3");
	code_size = 100 << 10;
	PUT(NUMBER "\xeb\x05" MOV_OPENAT SYSCALL "\xc3\x90\x90\x90\x90\x90");
	assert_found(1, 1);
	assert_site(0, 0, SITE_MOV, SYS_openat);
}

TEST(too_many)
{
	begin();
	for (int i = 0; i < SITES_MAX + 3; i++)
		PUT(MOV_OPENAT SYSCALL);
	assert_found(SITES_MAX, 3);
}

TEST(changed_bytes)
{
	begin();
	PUT(MOV_OPENAT SYSCALL MOV_OPENAT XOR_R10 SYSCALL CMP_4096);
	assert_found(2, 0);
	for (size_t i = 0; i < code_size; i++) {
		bool first = i < 7, second = i >= 15;

		code[i] ^= 0x10;
		assert_int_equal(site_is_there(&table.sites[0], code), !first);
		assert_int_equal(
			site_is_there(&table.sites[1], code + 15), !second);
		code[i] ^= 0x10;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_just_before),
		cmocka_unit_test(number_earlier),
		cmocka_unit_test(number_earlier_and_result_an_int),
		cmocka_unit_test(unknown_form),
		cmocka_unit_test(unknown_form_of_mmap),
		cmocka_unit_test(copied_instruction),
		cmocka_unit_test(any_number),
		cmocka_unit_test(number_of_exit_in_another_register),
		cmocka_unit_test(other_calls),
		cmocka_unit_test(number_too_far_before),
		cmocka_unit_test(in_a_row),
		cmocka_unit_test(end_of_code),
		cmocka_unit_test(jumps_into_the_middle),
		cmocka_unit_test(jump_backwards_into_the_middle),
		cmocka_unit_test(neighbours_of_a_rejected_site),
		cmocka_unit_test(near_and_far),
		cmocka_unit_test(far_sites),
		cmocka_unit_test(too_many),
		cmocka_unit_test(changed_bytes),
	};

	return RUN_TESTS(tests);
}
#else
#define SVC 0xd4000001u
#define MOV_X8(number) (0xd2800008u | (uint32_t)(number) << 5)
#define NOP 0xd503201fu

TEST(instructions)
{
	static const uint32_t code[] = {MOV_X8(SYS_openat), NOP, SVC,
		MOV_X8(SYS_getpid), SVC, MOV_X8(SYS_execve), SVC};
	static struct site_table table;

	sites_find(&table, (const uint8_t *)code, sizeof(code), 0x1000);
	assert_int_equal(table.count, 2);
	assert_int_equal(table.sites[0].offset, 0x1008);
	assert_int_equal(table.sites[1].offset, 0x1018);
	assert_true(site_is_there(&table.sites[0], (const uint8_t *)code + 8));
	assert_false(site_is_there(&table.sites[0], (const uint8_t *)code));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(instructions)};

	return RUN_TESTS(tests);
}
#endif
