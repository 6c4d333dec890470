# SPDX-License-Identifier: MIT
"""Programs that the interposer cannot see, followed by ptrace."""

import os
import shutil
import signal
import time

import pytest

from helpers import FTRACE

SOURCE = r"""
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

int main(int argc, char **argv)
{
	char text[100];
	ssize_t n;
	int fd, status = 0;

	if (argc > 1 && !strcmp(argv[1], "stop"))
		raise(SIGSTOP);
	if (argc > 1 && !strcmp(argv[1], "die"))
		abort();
	fd = open("data.txt", O_RDONLY);
	n = read(fd, text, sizeof(text));
	write(1, text, n);
	open("missing.txt", O_RDONLY);
	if (fork() == 0) {
		execl("/bin/cat", "cat", "child.txt", NULL);
		_exit(9);
	}
	wait(&status);
	return WEXITSTATUS(status) ? 9 : 3;
}
"""


@pytest.fixture
def static(project):
    project.write("s.c", "#include <signal.h>\n#include <stdlib.h>\n" + SOURCE)
    made = project.sh("cc", "-w", "-static", "-o", "s", "s.c")
    if made.code:
        pytest.skip("no static libc")
    project.write("data.txt", "data\n")
    project.write("child.txt", "child\n")
    project.write("other.txt", "other\n")
    return project


@pytest.mark.smoke
@pytest.mark.parametrize("command", [["./s"], ["sh", "-c", "./s; exit $?"]])
def test_selected_by_what_it_read(static, command):
    result = static.run(*command)
    assert (result.code, result.out) == (3, "data\nchild\n")
    unit = " ".join(command)
    # It failed: 3 is no success. So look at what it depends on.
    found = static.kinds(unit)
    assert "read" in found["data.txt"]
    assert "absent" in found["missing.txt"]
    assert "read" in found["child.txt"]
    assert "exec" in found["s"]
    assert "incomplete" not in result.err


def test_selection(static):
    static.ftrace("run", "-n", "u", "--", "sh", "-c", "./s || true").ok()
    assert static.affected() == []
    for name in ("data.txt", "child.txt", "s"):
        before = (static.root / name).read_bytes()
        (static.root / name).write_bytes(before + b"x")
        assert static.affected() == ["u"], name
        (static.root / name).write_bytes(before)
    static.write("missing.txt", "")
    assert static.affected() == ["u"]
    (static.root / "missing.txt").unlink()
    with static.edited("other.txt"):
        assert static.affected() == []


def test_another_class(static):
    """A loader that our library is not for does not complain of it."""
    if static.sh("cc", "-w", "-m32", "-o", "s32", "s.c").code:
        pytest.skip("no 32-bit libc")
    for command in (["./s32"], ["sh", "-c", "./s32; exit $?"],
                    ["sh", "-c", "./s; ./s32"]):
        result = static.run(*command)
        assert result.code == 3
        assert "ld.so" not in result.err and "incomplete" not in result.err
        found = static.kinds(" ".join(command))
        assert "read" in found["data.txt"] and "exec" in found["s32"]


def test_environment_of_what_is_followed(static):
    """It needs nothing of ours to be loaded into its children."""
    static.write("e.c", "#include <unistd.h>\nint main(void) { return "
                        "execl(\"/usr/bin/env\", \"env\", (char *)0); }\n")
    static.sh("cc", "-static", "-o", "e", "e.c").ok()
    for command in (["./e"], ["sh", "-c", "./e"]):
        assert "libftrace" not in static.run(*command).ok().out


def test_death_by_a_signal(static):
    assert static.run("./s", "die").code == -signal.SIGABRT


def test_job_control(static):
    """A group that stops is seen to stop by its parent, and goes on."""
    # By its number: bash may have forgotten a job that has ended by then.
    script = ("set -m\n./s stop &\nsleep 0.5\njobs\nkill -CONT %1\n"
              "wait $!\necho $?\n")
    plain = static.sh("bash", "-c", script)
    traced = static.run("bash", "-c", script)
    assert traced.out == plain.out
    assert "Stopped" in traced.out and traced.out.endswith("3\n")


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_where_ptrace_is_taken(static):
    """Two cannot trace one process: incomplete, selected, and it says so."""
    result = static.sh("strace", "-f", "-o", "/dev/null", FTRACE, "run", "-n",
                       "u", "--", "sh", "-c", "./s || true")
    assert result.out == "data\nchild\n"
    assert "ptrace is not permitted" in result.err
    assert static.affected() == ["u"]
    assert "ptrace is not permitted" in static.ftrace("why", "u").out
    strict = static.sh("strace", "-f", "-o", "/dev/null", FTRACE, "run",
                       "--strict", "--", "sh", "-c", "./s || true")
    assert strict.code == 125


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_doctor(static):
    well = static.ftrace("doctor")
    ill = static.sh("strace", "-f", "-o", "/dev/null", FTRACE, "doctor")
    assert (well.code, ill.code) == (0, 1), well.out
    assert "problem" not in well.out
    line, = [line for line in ill.out.splitlines()
             if line.startswith("problem")]
    assert "ptrace" in line
    assert not [name for name in os.listdir(static.root)
                if name.startswith("ftrace-doctor")]


@pytest.mark.parametrize("direct", [True, False])
def test_sanitized(project, direct):
    """ASan minds libraries that come before it, and is told not to."""
    project.write("a.c", "#include <stdio.h>\nint main(void)\n"
                         "{ return !fopen(\"data.txt\", \"r\"); }\n")
    if project.sh("gcc", "-fsanitize=address", "-o", "a", "a.c").code:
        pytest.skip("no ASan")
    project.write("data.txt")
    command = ["./a"] if direct else ["sh", "-c", "./a"]
    # The stream is left open on purpose: leaks are another matter.
    result = project.ftrace("run", "-n", "u", "--", *command,
                            env={"ASAN_OPTIONS": "detect_leaks=0"})
    assert (result.code, result.out) == (0, "")
    assert "incomplete" not in result.err and "ASan" not in result.err
    assert "read" in project.kinds("u")["data.txt"]


ORPHANS = r"""
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int spun;

static void *leave(void *turns)
{
	for (int i = 0; i < *(int *)turns; i++)
		spun++;
	_exit(0);
}

int main(void)
{
	int ends[2];
	char byte;

	pipe(ends);
	for (int i = 0; i < 60; i++) {
		if (fork() == 0) {
			int turns = i * 2000;
			pthread_t thread;

			pthread_create(&thread, NULL, leave, &turns);
			for (;;)
				if (fork() == 0)
					_exit(0);
		}
		wait(NULL);
	}
	close(ends[1]);
	while (read(ends[0], &byte, 1) > 0)
		;
	return 0;
}
"""


def test_parents_that_are_killed_as_they_fork(project):
    """Their children go on: nobody tells of them, and nobody waits for that."""
    project.write("o.c", ORPHANS)
    if project.sh("cc", "-w", "-static", "-pthread", "-o", "o", "o.c").code:
        pytest.skip("no static libc")
    # Whoever was left stopped would keep the pipe open.
    assert project.run("./o", timeout=60).ok().err.endswith(
        "recorded 1 unit\n")
    # And the process that followed them ends, whichever it heard of first.
    for _ in range(10):
        project.run("./o", timeout=60).ok()
    deadline = time.monotonic() + 60
    while any(_is_here(pid, project) for pid in os.listdir("/proc")):
        assert time.monotonic() < deadline, "a follower is left"
        time.sleep(0.1)


def _is_here(pid, project):
    """Whether it is a follower that works in the project."""
    try:
        with open("/proc/%s/comm" % pid) as name:
            return (name.read() == "ftrace-follower\n"
                    and os.readlink("/proc/%s/cwd" % pid)
                    == os.path.realpath(project.root))
    except OSError:
        return False
