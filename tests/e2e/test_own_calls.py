# SPDX-License-Identifier: MIT
"""System calls that no C library makes: of programs and of libraries."""

import os
import platform
import time

import pytest

# enter() makes a system call; its number is known where it is inlined.
ENTER = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>
static inline long enter(long n, long a, long b, long c)
{
#ifdef __x86_64__
	long r;
	register long r10 __asm__("r10") = 0;
	__asm__ volatile("syscall" : "=a"(r)
		: "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10)
		: "rcx", "r11", "memory");
	return r;
#else
	register long x8 __asm__("x8") = n, x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b, x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = 0;
	__asm__ volatile("svc 0" : "+r"(x0)
		: "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
#endif
}
int look(const char *path)
{
	return enter(SYS_openat, AT_FDCWD, (long)path, O_RDONLY);
}
int call(long n, const char *path)
{
	return enter(n, AT_FDCWD, (long)path, O_RDONLY);
}
"""

PROGRAM = ENTER + r"""
int main(void)
{
	char text[100];
	long n = enter(SYS_read, look("data.txt"), (long)text, sizeof(text));
	enter(SYS_write, 1, (long)text, n);
	look("missing.txt");
	return call(SYS_openat, "other.txt") < 0;
}
"""

# Both sides of the instruction are led to, so that nothing can take its
# place: on x86_64 a jump is longer. On aarch64 every one can be replaced.
TIGHT = r"""
#include <fcntl.h>
int look(const char *path)
{
	long r;
	register long r10 __asm__("r10") = 0;
	__asm__ volatile(
		"test %%r10, %%r10\n je 1f\n jmp 2f\n"
		"1: syscall\n 2: nop\n"
		: "=a"(r) : "a"(257L), "D"(-100L), "S"(path), "d"(0L),
		  "r"(r10) : "rcx", "r11", "memory");
	return r;
}
"""

# A call that is of no interest, where nothing could take its place either.
HARMLESS = TIGHT.replace("257L", "39L")

USER = r"""
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	void *library = dlopen(argv[1], RTLD_NOW);
	int (*look)(const char *) = (int (*)(const char *))dlsym(library, "look");
	char text[100];
	int fd = look("data.txt");
	if (fd > 0)
		write(1, text, read(fd, text, sizeof(text)));
	return 0;
}
"""

needs_x86 = pytest.mark.skipif(platform.machine() != "x86_64",
                               reason="of instructions of x86_64")


@pytest.fixture
def own(project):
    project.write("data.txt", "data\n")
    project.write("other.txt", "other\n")
    project.write("own.c", PROGRAM)
    project.write("look.c", ENTER)
    project.write("tight.c", TIGHT)
    project.write("harmless.c", HARMLESS)
    project.write("user.c", USER)
    return project


def build(project, source, output, *options):
    project.sh("cc", "-O2", "-w", "-o", output, source, *options).ok()


def library(project, name):
    build(project, name + ".c", "lib%s.so" % name, "-shared", "-fPIC")


def complete(result):
    return "incomplete" not in result.err


@pytest.mark.smoke
@pytest.mark.parametrize("options", [[], ["-no-pie"], ["-O0"]])
def test_program(own, options):
    build(own, "own.c", "own", *options)
    plain = own.sh("./own")
    for _ in range(2):  # as a stranger, and as one that is known
        result = own.run("./own")
        assert (result.code, result.out) == (plain.code, plain.out)
        assert complete(result)
        found = own.kinds("./own")
        assert "read" in found["data.txt"]
        assert "read" in found["other.txt"]
        assert "absent" in found["missing.txt"]
    assert own.affected() == []
    own.write("data.txt", "changed\n")
    assert own.affected() == ["./own"]


@pytest.mark.smoke
def test_library_that_is_loaded_late(own):
    library(own, "look")
    build(own, "user.c", "user", "-ldl")
    result = own.run("./user", "./liblook.so")
    assert result.ok().out == "data\n" and complete(result)
    assert "read" in own.kinds("./user ./liblook.so")["data.txt"]


def test_library_of_the_program(own):
    library(own, "look")
    own.write("main.c", "int look(const char *);\n"
              "int main(void) { return look(\"data.txt\") < 0; }\n")
    build(own, "main.c", "main", "-L.", "-llook", "-Wl,-rpath,$ORIGIN")
    result = own.run("./main").ok()
    assert complete(result)
    assert "read" in own.kinds("./main")["data.txt"]


@needs_x86
def test_harmless_calls(own):
    library(own, "harmless")
    build(own, "user.c", "user", "-ldl")
    result = own.run("./user", "./libharmless.so").ok()
    assert complete(result)
    assert own.affected() == []


@needs_x86
@pytest.mark.smoke
def test_what_cannot_be_replaced_is_followed(own):
    library(own, "tight")
    own.write("main.c", "#include <fcntl.h>\n#include <stdlib.h>\n"
              "int look(const char *);\n"
              "int main(void)\n{ open(\"other.txt\", O_RDONLY);"
              " return look(\"data.txt\") < 0 || system(\"exit 0\"); }\n")
    build(own, "main.c", "main", "-L.", "-ltight", "-Wl,-rpath,$ORIGIN")
    result = own.run("./main").ok()
    assert complete(result)
    found = own.kinds("./main")
    assert "read" in found["data.txt"] and "read" in found["other.txt"]


@needs_x86
@pytest.mark.smoke
def test_what_cannot_be_replaced_and_comes_late(own):
    library(own, "tight")
    build(own, "user.c", "user", "-ldl")
    result = own.run("./user", "./libtight.so")
    assert result.ok().out == "data\n"
    assert ("it ran code of '%s', which calls the kernel itself"
            % (own.root / "libtight.so")) in result.err
    assert own.affected() == ["./user ./libtight.so"]


TESTS = """
    import ctypes, os

    def test_before():
        pass

    def test_loads():
        library = ctypes.CDLL(os.path.abspath("lib%s.so"))
        assert library.look(b"data.txt") > 0

    def test_after():
        pass
"""


@needs_x86
def test_one_test_loads_it(own):
    library(own, "tight")
    own.write("test_a.py", TESTS % "tight")
    own.write("test_b.py", "def test_later():\n    pass\n")
    own.pytest("-p", "no:randomly").ok()
    # Whoever runs later in that process has the code, too.
    assert own.affected() == [
        "test_a.py::test_after", "test_a.py::test_loads",
        "test_b.py::test_later"]


def test_one_test_loads_what_can_be_replaced(own):
    library(own, "look")
    own.write("test_a.py", TESTS % "look")
    assert complete(own.pytest().ok())
    assert own.affected() == []
    own.write("data.txt", "changed\n")
    assert own.affected() == ["test_a.py::test_loads"]


@needs_x86
def test_a_forked_child_has_the_code(own):
    library(own, "tight")
    own.write("test_a.py", """
        import ctypes, os

        def test_before():
            pass

        def test_forks():
            if os.fork() == 0:
                library = ctypes.CDLL(os.path.abspath("libtight.so"))
                os._exit(library.look(b"data.txt") < 0)
            assert os.wait()[1] == 0

        def test_after():
            pass
        """)
    own.pytest().ok()
    assert own.affected() == ["test_a.py::test_forks"]


def test_what_is_kept_of_objects(own):
    own.state = own.root.parent / "state"
    build(own, "own.c", "own")
    # Nothing is kept of a file that has changed in the last 20 ms.
    time.sleep(0.05)
    kept = own.state / "ftrace" / "objects"
    for text in None, b"", b"x" * 500, kept:
        if text is kept:
            text = bytearray(kept.read_bytes())
            text[len(text) // 2] ^= 1
        if text is not None:
            kept.write_bytes(text)
        assert complete(own.run("./own", umask=0).ok())
        assert "read" in own.kinds("./own")["data.txt"]
        assert kept.stat().st_mode & 0o777 == 0o600


def test_objects_that_others_can_write_are_not_believed(own):
    """A session learns all anew then, and its file is its user's again."""
    own.state = own.root.parent / "state"
    build(own, "own.c", "own")
    time.sleep(0.05)
    own.run("./own").ok()
    kept = own.state / "ftrace" / "objects"
    inode = kept.stat().st_ino
    own.run("./own").ok()
    assert kept.stat().st_ino == inode
    kept.chmod(0o666)
    own.run("./own").ok()
    assert kept.stat().st_ino != inode
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("state", [None, "/dev/null"])
def test_nowhere_to_keep_objects(own, state):
    own.env["XDG_STATE_HOME"] = own.env["HOME"] = state
    build(own, "own.c", "own")
    assert complete(own.run("./own").ok())
    assert "read" in own.kinds("./own")["data.txt"]


def test_another_program_of_the_name(own):
    own.write("none.c", "int main(void) { return 0; }\n")
    build(own, "none.c", "own")
    own.run("./own").ok()
    build(own, "own.c", "own")
    own.run("./own").ok()
    assert "read" in own.kinds("./own")["data.txt"]


FLAGS = r"""
#include <stdio.h>
/* Flags and vector registers are kept over a system call. */
int main(void)
{
	long r, ok = 0;
	double d = 1.5;
	register long r10 __asm__("r10") = 0;
	__asm__ volatile(
		"movq %[d], %%xmm9\n"
		"movq $7, -8(%%rsp)\n"	/* the red zone is the function's */
		"stc\n"
		"mov $257, %%eax\n syscall\n nop\n nop\n nop\n"
		"jnc 1f\n"
		"cmpq $7, -8(%%rsp)\n jne 1f\n"
		"movq %%xmm9, %%rcx\n cmp %%rcx, %[d]\n jne 1f\n"
		"mov $1, %[ok]\n 1:\n"
		: "=&a"(r), [ok] "+r"(ok)
		: "D"(-100L), "S"("data.txt"), "d"(0L), "r"(r10),
		  [d] "r"(d) : "rcx", "r11", "xmm9", "memory", "cc");
	printf("%d %ld\n", r > 2, ok);
	return 0;
}
"""


@needs_x86
def test_registers_are_kept(own):
    own.write("flags.c", FLAGS.replace('[d] "r"(d)', '[d] "r"(*(long *)&d)'))
    build(own, "flags.c", "flags", "-fno-strict-aliasing")
    assert own.sh("./flags").out == "1 1\n"
    result = own.run("./flags")
    assert result.ok().out == "1 1\n" and complete(result)
    assert "read" in own.kinds("./flags")["data.txt"]


@pytest.mark.skipif(not os.path.exists("/usr/bin/unshare"),
                    reason="no unshare")
def test_in_a_namespace_of_processes(own):
    build(own, "own.c", "own")
    command = ("unshare", "-p", "-f", "./own")
    if own.sh(*command).code:
        pytest.skip("namespaces are not permitted")
    assert complete(own.run(*command).ok())
    assert "read" in own.kinds(" ".join(command))["data.txt"]
