/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <string.h>
#include <sys/syscall.h>

#include "objects/own_calls.h"

/* Where the program has the code. */
#define ADDRESS 0x4000u

static uint8_t text[1 << 10];
static size_t size;
static struct elf_section section;
static struct elf_function functions[4];
static struct elf_code code;
static struct own_calls calls;

static void begin(void)
{
	memset(&code, 0, sizeof(code));
	memset(functions, 0, sizeof(functions));
	size = 0;
}

static void put(const void *bytes, size_t count)
{
	memcpy(text + size, bytes, count);
	size += count;
}

/* A function begins here, which ends so many bytes on; 0: nobody knows. */
static void put_function(size_t bytes)
{
	struct elf_function *function = &functions[code.function_count++];

	function->start = ADDRESS + size;
	function->end = bytes ? function->start + bytes : 0;
}

static void own_calls_test_find(size_t expected)
{
	section = (struct elf_section){text, ADDRESS, size};
	code.sections = &section;
	code.count = 1;
	code.functions = functions;
	own_calls_find(&calls, &code);
	assert_int_equal(calls.count, expected);
}

#if defined(__x86_64__)
#define PUT(bytes) put(bytes, sizeof(bytes) - 1)

#define SYSCALL "\x0f\x05"
#define RET "\xc3"
#define MOV_OPENAT "\xb8\x01\x01\x00\x00"
#define MOV_FUTEX "\xb8\xca\x00\x00\x00"
#define MOV_R8_FUTEX "\x41\xb8\xca\x00\x00\x00"
#define MOV_RBX_FUTEX "\xbb\xca\x00\x00\x00"
#define MOV_R8_EAX "\x44\x89\xc0"
#define MOV_EBX_EAX "\x89\xd8"
#define MOV_EDI_EAX "\x89\xf8"
#define MOV_RAX_RBX "\x48\x89\xc3"
#define CALL "\xe8\x00\x10\x00\x00"
#define JMP "\xeb"
#define JE "\x74"
#define NOP_8 "\x0f\x1f\x84\x00\x00\x00\x00\x00"
#define LEA_RIP "\x48\x8d\x35\x00\x10\x00\x00"

static void assert_call(size_t i, size_t at, bool known, unsigned number)
{
	assert_int_equal(calls.list[i].address, ADDRESS + at);
	assert_int_equal(calls.list[i].known, known);
	if (known)
		assert_int_equal(calls.list[i].number, number);
}

static void assert_moves(size_t i, unsigned before, unsigned after)
{
	assert_true(calls.list[i].proved);
	assert_int_equal(calls.list[i].before, before);
	assert_int_equal(calls.list[i].after, after);
}

TEST(of_the_catalogue)
{
	begin();
	PUT(MOV_OPENAT SYSCALL RET);
	own_calls_test_find(1);
	assert_call(0, 5, true, SYS_openat);
	assert_moves(0, 5, 0);
	own_calls_release(&calls);
}

TEST(of_no_catalogue)
{
	begin();
	PUT(MOV_FUTEX SYSCALL RET);
	own_calls_test_find(0);
}

TEST(of_any_number)
{
	begin();
	PUT(MOV_EDI_EAX SYSCALL MOV_RAX_RBX RET);
	own_calls_test_find(1);
	assert_call(0, 2, false, 0);
	assert_moves(0, 0, 3);
	own_calls_release(&calls);
}

/* As libgomp has it: set once, kept over a call of the kernel. */
TEST(number_in_another_register)
{
	begin();
	PUT(MOV_R8_FUTEX MOV_R8_EAX SYSCALL MOV_R8_EAX SYSCALL RET);
	own_calls_test_find(0);
	/* Functions may change that one, and have to keep this one. */
	begin();
	PUT(MOV_RBX_FUTEX CALL MOV_EBX_EAX SYSCALL RET);
	own_calls_test_find(0);
	begin();
	PUT(MOV_R8_FUTEX CALL MOV_R8_EAX SYSCALL RET);
	own_calls_test_find(1);
	own_calls_release(&calls);
}

TEST(two_ways_to_it)
{
	begin();
	PUT(JE "\x07" MOV_OPENAT JMP "\x05" MOV_FUTEX SYSCALL RET);
	own_calls_test_find(1);
	assert_call(0, 14, false, 0);
	own_calls_release(&calls);
	begin();
	PUT(JE "\x07" MOV_FUTEX JMP "\x05" MOV_FUTEX SYSCALL RET);
	own_calls_test_find(0);
}

/* What fills the room before the head of a loop leads nowhere. */
TEST(filling)
{
	begin();
	PUT(MOV_R8_FUTEX JMP "\x09" RET NOP_8 MOV_R8_EAX SYSCALL RET);
	own_calls_test_find(0);
}

TEST(in_the_middle_of_others)
{
	begin();
	PUT("\xb8\x0f\x05\x00\x00" RET);         /* mov $0x50f,%eax */
	PUT("\x48\x8d\x05\xcd\x80\x00\x00" RET); /* lea 0x80cd(%rip),%rax */
	own_calls_test_find(0);
}

/* Tables lie among code, as libcrypto's do, behind the end of a function. */
TEST(data)
{
	static const char table[] =
		"\x06\x0e\x1e\x27\x06\x0e" SYSCALL "\x27\x1e\x06";

	begin();
	put_function(1);
	PUT(RET);
	put(table, sizeof(table) - 1);
	own_calls_test_find(0);
	/* What is known for a function has no tables in it. */
	begin();
	put_function(sizeof(table));
	put(table, sizeof(table) - 1);
	PUT(RET);
	own_calls_test_find(1);
	own_calls_release(&calls);
}

TEST(by_numbers_of_32_bit)
{
	begin();
	PUT("\xb8\x05\x00\x00\x00\xcd\x80" RET); /* open */
	own_calls_test_find(1);
	assert_false(calls.list[0].proved);
	own_calls_release(&calls);
	begin();
	PUT("\xb8\x04\x00\x00\x00\xcd\x80" RET); /* write */
	own_calls_test_find(0);
}

/* A neighbour that means something else elsewhere does not move. */
TEST(neighbours)
{
	begin();
	PUT(MOV_OPENAT LEA_RIP SYSCALL MOV_RAX_RBX RET);
	own_calls_test_find(1);
	assert_moves(0, 0, 3);
	own_calls_release(&calls);
	begin();
	PUT(MOV_OPENAT LEA_RIP SYSCALL RET);
	own_calls_test_find(1);
	assert_false(calls.list[0].proved);
	own_calls_release(&calls);
}

TEST(led_into)
{
	/* To what follows it, so that only what precedes it moves. */
	begin();
	PUT(JE "\x07" MOV_OPENAT SYSCALL MOV_RAX_RBX RET);
	own_calls_test_find(1);
	assert_moves(0, 5, 0);
	own_calls_release(&calls);
	/* To the instruction itself, too. */
	begin();
	PUT(JE "\x09" JE "\x05" MOV_OPENAT SYSCALL MOV_RAX_RBX RET);
	own_calls_test_find(1);
	assert_false(calls.list[0].proved);
	own_calls_release(&calls);
}

/* A branch from another function, whose other part this is. */
TEST(led_into_from_afar)
{
	begin();
	put_function(0);
	PUT(MOV_EDI_EAX SYSCALL MOV_RAX_RBX RET);
	put_function(0);
	PUT("\xe9\xf7\xff\xff\xff"); /* to what follows the syscall */
	own_calls_test_find(1);
	assert_false(calls.list[0].proved);
	own_calls_release(&calls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_the_catalogue),
		cmocka_unit_test(of_no_catalogue),
		cmocka_unit_test(of_any_number),
		cmocka_unit_test(number_in_another_register),
		cmocka_unit_test(two_ways_to_it),
		cmocka_unit_test(filling),
		cmocka_unit_test(in_the_middle_of_others),
		cmocka_unit_test(data),
		cmocka_unit_test(by_numbers_of_32_bit),
		cmocka_unit_test(neighbours),
		cmocka_unit_test(led_into),
		cmocka_unit_test(led_into_from_afar),
	};

	return RUN_TESTS(tests);
}
#else
#define SVC 0xd4000001u
#define MOV_X8(number) (0xd2800008u | (uint32_t)(number) << 5)
#define MOV_X9_X8 0xaa0803e9u
#define MOV_X8_X9 0xaa0903e8u
#define MOV_X8_X0 0xaa0003e8u
#define RET 0xd65f03c0u

TEST(numbers)
{
	const uint32_t words[] = {MOV_X8(SYS_openat), SVC, MOV_X8(SYS_futex),
		MOV_X9_X8, SVC, MOV_X8_X9, SVC, MOV_X8_X0, SVC, RET};

	begin();
	put(words, sizeof(words));
	own_calls_test_find(2);
	assert_int_equal(calls.list[0].address, ADDRESS + 4);
	assert_true(calls.list[0].known && calls.list[0].proved);
	assert_int_equal(calls.list[1].address, ADDRESS + 32);
	assert_false(calls.list[1].known);
	own_calls_release(&calls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(numbers)};

	return RUN_TESTS(tests);
}
#endif
