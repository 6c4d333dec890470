/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "wire/call.h"
#include "wire/record.h"

#define DIR_ONE 7
#define DIR_TWO 8
#define PATH_ONE 1000
#define PATH_TWO 2000

static const struct call_result succeeded = {.existed = true};

static struct call decode(
	long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
	const uint64_t arguments[6] = {a, b, c, d, e};
	struct call_shape shape = call_shape(number);
	struct call call;

	call_decode(&shape, arguments, &call);
	return call;
}

/* "read 0 made, write 0": kinds, which path, and flags but for nofollow. */
static const char *told(
	const struct call *call, const struct call_result *result)
{
	static char text[256];
	struct call_access accesses[CALL_ACCESSES];
	unsigned count = call_accesses(call, result, accesses);
	size_t n = 0;

	assert_true(count <= CALL_ACCESSES);
	*text = '\0';
	for (unsigned i = 0; i < count; i++) {
		unsigned flags = accesses[i].flags;

		n += (size_t)snprintf(text + n, sizeof(text) - n,
			"%s%s %u%s%s%s%s", i ? ", " : "",
			access_kind_name(accesses[i].kind), accesses[i].path,
			flags & RECORD_MADE ? " made" : "",
			flags & RECORD_DIRECTORY ? " directory" : "",
			flags & RECORD_REFUSED ? " refused" : "",
			flags & RECORD_NOFOLLOW ? " nofollow" : "");
	}
	return text;
}

static const char *told_error(const struct call *call, int error)
{
	return told(call, &(struct call_result){.error = error});
}

static void assert_open(int flags, bool existed, const char *expected)
{
	struct call call =
		decode(SYS_openat, DIR_ONE, PATH_ONE, (uint64_t)flags, 0, 0);

	assert_int_equal(call.effect, EFFECT_OPEN);
	assert_int_equal(call.dir[0], DIR_ONE);
	assert_int_equal(call.path[0], PATH_ONE);
	assert_int_equal(call.path[1], 0);
	assert_int_equal(call.flags, flags);
	assert_string_equal(
		told(&call, &(struct call_result){.existed = existed}),
		expected);
}

TEST(opening)
{
	assert_open(O_RDONLY, true, "read 0");
	assert_open(O_WRONLY, true, "write 0");
	assert_open(O_RDWR, true, "read 0, write 0");
	assert_open(O_RDWR | O_CREAT, true, "read 0, write 0");
	assert_open(O_RDONLY | O_CREAT, true, "read 0");
	assert_open(O_RDONLY | O_CREAT, false, "write 0 made, read 0");
	assert_open(O_WRONLY | O_CREAT, false, "write 0 made");
	assert_open(O_RDWR | O_CREAT, false, "write 0 made, read 0");
	assert_open(O_WRONLY | O_CREAT | O_EXCL, true, "write 0 made");
	assert_open(O_WRONLY | O_TRUNC, true, "write 0 made");
	assert_open(O_RDWR | O_TRUNC, true, "write 0 made, read 0");
	assert_open(O_RDONLY | O_NOFOLLOW, true, "read 0 nofollow");
}

TEST(opening_without_content)
{
	assert_open(O_PATH, true, "stat 0");
	assert_open(O_PATH | O_NOFOLLOW, true, "stat 0 nofollow");
	assert_open(O_RDONLY | O_DIRECTORY, true, "stat 0");
	assert_open(O_RDWR | O_TMPFILE, true, "stat 0");
}

TEST(other_ways_of_opening)
{
	struct call call =
		decode(437, DIR_ONE, PATH_ONE, 12345, sizeof(uint64_t) * 3, 0);

	/* The flags lie behind an address; who observes reads them. */
	assert_int_equal(call.effect, EFFECT_OPEN_HOW);
	assert_int_equal(call.flags, 0);
	call.flags = O_RDWR;
	assert_string_equal(told(&call, &succeeded), "read 0, write 0");
#ifdef SYS_creat
	call = decode(SYS_creat, PATH_ONE, 0644, 0, 0, 0);
	assert_int_equal(call.dir[0], AT_FDCWD);
	assert_string_equal(told(&call, &succeeded), "write 0 made");
	call = decode(SYS_open, PATH_ONE, O_RDONLY, 0, 0, 0);
	assert_int_equal(call.dir[0], AT_FDCWD);
	assert_string_equal(told(&call, &succeeded), "read 0");
#endif
}

TEST(what_was_there_before)
{
	struct call call =
		decode(SYS_openat, DIR_ONE, PATH_ONE, O_WRONLY | O_CREAT, 0, 0);

	assert_true(call_asks_existing(&call));
	call.flags |= O_EXCL;
	assert_false(call_asks_existing(&call));
	call.flags = O_RDONLY | O_CREAT | O_TRUNC;
	assert_false(call_asks_existing(&call));
	call.flags = O_RDWR;
	assert_false(call_asks_existing(&call));
	call = decode(SYS_unlinkat, DIR_ONE, PATH_ONE, O_CREAT, 0, 0);
	assert_false(call_asks_existing(&call));
}

TEST(looking)
{
	struct call_result link = {.existed = true, .is_link = true};
	struct call call = decode(SYS_newfstatat, DIR_ONE, PATH_ONE, 0, 0, 0);

	assert_false(call.nofollow);
	assert_string_equal(told(&call, &succeeded), "stat 0");
	call = decode(
		SYS_newfstatat, DIR_ONE, PATH_ONE, 0, AT_SYMLINK_NOFOLLOW, 0);
	assert_true(call.nofollow);
	assert_string_equal(told(&call, &succeeded), "stat 0 nofollow");
	assert_string_equal(told(&call, &link), "link 0 nofollow");
	call = decode(SYS_statx, DIR_ONE, PATH_ONE, AT_SYMLINK_NOFOLLOW, 0, 0);
	assert_string_equal(told(&call, &link), "link 0 nofollow");
	call = decode(SYS_inotify_add_watch, DIR_ONE, PATH_ONE, 0, 0, 0);
	assert_int_equal(call.dir[0], AT_FDCWD);
	assert_int_equal(call.path[0], PATH_ONE);
	call = decode(SYS_fanotify_mark, 1, 2, 3, DIR_ONE, PATH_ONE);
	assert_int_equal(call.dir[0], DIR_ONE);
	assert_int_equal(call.path[0], PATH_ONE);
	assert_string_equal(told(&call, &succeeded), "stat 0");
}

/* Names, number and arguments, what is expected, and what when it fails. */
struct row {
	long number;
	uint64_t arguments[5];
	const char *expected;
	const char *refused;
};

#define REFUSED "stat 0 refused"
#define REFUSED_LINK "stat 0 refused nofollow"
#define REFUSED_TWO "stat 0 refused nofollow, stat 1 refused nofollow"

static const struct row rows[] = {
	{SYS_readlinkat, {DIR_ONE, PATH_ONE}, "link 0 nofollow", REFUSED_LINK},
	{SYS_chdir, {PATH_ONE}, "stat 0", REFUSED},
	{SYS_chroot, {PATH_ONE}, "stat 0", REFUSED},
	{SYS_connect, {1, PATH_ONE, 110}, "stat 0", REFUSED},
	{SYS_bind, {1, PATH_ONE, 110}, "write 0 made nofollow", REFUSED_LINK},
	{SYS_mkdirat, {DIR_ONE, PATH_ONE}, "write 0 made directory nofollow",
		REFUSED},
	{SYS_mknodat, {DIR_ONE, PATH_ONE}, "write 0 made nofollow",
		REFUSED_LINK},
	{SYS_symlinkat, {1, DIR_ONE, PATH_ONE}, "write 0 made nofollow",
		REFUSED_LINK},
	{SYS_unlinkat, {DIR_ONE, PATH_ONE}, "unlink 0 nofollow", REFUSED_LINK},
	{SYS_truncate, {PATH_ONE}, "write 0", REFUSED},
	{SYS_fchmodat, {DIR_ONE, PATH_ONE, 0600}, "stat 0, write 0", REFUSED},
	{SYS_fchownat, {DIR_ONE, PATH_ONE, 1, 1, 0}, "stat 0, write 0",
		REFUSED},
	{SYS_fchownat, {DIR_ONE, PATH_ONE, 1, 1, AT_SYMLINK_NOFOLLOW},
		"stat 0 nofollow, write 0 nofollow", REFUSED_LINK},
	{SYS_lsetxattr, {PATH_ONE}, "stat 0 nofollow, write 0 nofollow",
		REFUSED_LINK},
	{SYS_linkat, {DIR_ONE, PATH_ONE, DIR_TWO, PATH_TWO, 0},
		"read 0 nofollow, write 1 made nofollow", REFUSED_TWO},
	{SYS_linkat, {DIR_ONE, PATH_ONE, DIR_TWO, PATH_TWO, AT_SYMLINK_FOLLOW},
		"read 0, write 1 made nofollow", REFUSED_TWO},
	/* What is told of these is not this function's. */
	{SYS_renameat2, {DIR_ONE, PATH_ONE, DIR_TWO, PATH_TWO}, "",
		REFUSED_TWO},
	{SYS_getdents64, {PATH_ONE}, "", REFUSED},
	{SYS_mount, {1, PATH_ONE}, "", REFUSED},
	{425, {1}, "", REFUSED},
};

TEST(accesses_of_each_effect)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		const uint64_t *a = row->arguments;
		struct call call =
			decode(row->number, a[0], a[1], a[2], a[3], a[4]);

		if (row->number != 425)
			assert_int_equal(call.path[0], PATH_ONE);
		assert_string_equal(told(&call, &succeeded), row->expected);
		assert_string_equal(told_error(&call, EACCES), row->refused);
		assert_string_equal(told_error(&call, EFAULT), "");
		assert_string_equal(told_error(&call, ENAMETOOLONG), "");
		if (call.path[1]) {
			assert_int_equal(call.path[1], PATH_TWO);
			assert_int_equal(call.dir[1], DIR_TWO);
			continue;
		}
		assert_string_equal(told_error(&call, ENOENT),
			call.nofollow ? "absent 0 nofollow" : "absent 0");
		assert_string_equal(told_error(&call, ENOTDIR),
			call.nofollow ? REFUSED_LINK : REFUSED);
	}
}

TEST(paths_without_directories)
{
#ifdef SYS_rename
	struct call call = decode(SYS_rename, PATH_ONE, PATH_TWO, 0, 0, 0);

	assert_int_equal(call.path[0], PATH_ONE);
	assert_int_equal(call.path[1], PATH_TWO);
	assert_int_equal(call.dir[0], AT_FDCWD);
	assert_int_equal(call.dir[1], AT_FDCWD);
	call = decode(SYS_link, PATH_ONE, PATH_TWO, 0, 0, 0);
	assert_int_equal(call.path[1], PATH_TWO);
	assert_true(call.nofollow);
	call = decode(SYS_symlink, 1, PATH_ONE, 0, 0, 0);
	assert_int_equal(call.path[0], PATH_ONE);
	assert_int_equal(call.path[1], 0);
#endif
}

TEST(numbers)
{
	assert_int_equal(call_shape(-1).effect, EFFECT_NONE);
	assert_int_equal(call_shape(1 << 20).effect, EFFECT_NONE);
	assert_int_equal(call_shape(SYS_getpid).effect, EFFECT_NONE);
	assert_int_equal(call_shape(SYS_read).effect, EFFECT_NONE);
	assert_int_equal(call_shape_i386(-1).effect, EFFECT_NONE);
	assert_int_equal(call_shape_i386(1 << 20).effect, EFFECT_NONE);
#if defined(__x86_64__)
	assert_int_equal(call_shape_i386(5).effect, EFFECT_OPEN);
	assert_int_equal(call_shape_i386(195).effect, EFFECT_LOOK);
#endif
}

/* Each line of the catalogue is found by its number, and by no other's. */
TEST(entries)
{
	assert_true(call_entry_count > 70);
	for (unsigned i = 0; i < call_entry_count; i++) {
		const struct call_entry *entry = &call_entries[i];

		assert_int_equal(
			call_shape(entry->number).effect, entry->effect);
#if defined(__x86_64__)
		if (entry->i386 >= 0)
			assert_int_equal(call_shape_i386(entry->i386).effect,
				entry->effect);
#endif
		for (unsigned j = 0; j < i; j++) {
			assert_int_not_equal(
				entry->number, call_entries[j].number);
			assert_string_not_equal(
				entry->name, call_entries[j].name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opening),
		cmocka_unit_test(opening_without_content),
		cmocka_unit_test(other_ways_of_opening),
		cmocka_unit_test(what_was_there_before),
		cmocka_unit_test(looking),
		cmocka_unit_test(accesses_of_each_effect),
		cmocka_unit_test(paths_without_directories),
		cmocka_unit_test(numbers),
		cmocka_unit_test(entries),
	};

	return RUN_TESTS(tests);
}
