# SPDX-License-Identifier: MIT
"""Commands of any kind as units, and their ends, streams and terminals."""

import os
import signal
import subprocess

import pytest

from helpers import FTRACE, call, environment


@pytest.mark.smoke
def test_command_is_a_unit(project):
    project.write("in.txt", "1")
    project.write("unused.txt", "1")
    result = project.run("cat", "in.txt").ok()
    assert result.out == "1"
    assert project.units() == {"cat in.txt": "passed"}
    with project.edited("unused.txt"):
        assert project.affected() == []
    with project.edited("in.txt"):
        assert project.affected() == ["cat in.txt"]
    assert "read" in project.kinds("cat in.txt")["in.txt"]


@pytest.mark.parametrize("mark", (
    "Makefile", "setup.cfg", "package.json", "Cargo.toml", "go.mod",
    "CMakeLists.txt", "meson.build"))
def test_a_root_by_what_lies_in_it(project, mark):
    """Of languages, of runners and of what builds in any language."""
    project.write("apart/%s" % mark, "")
    project.write("apart/sub/in.txt", "1")
    project.run("cat", "in.txt", cwd=project.root / "apart/sub").ok()
    assert (project.root / "apart/.ftrace/map.db").exists()
    assert not (project.root / ".ftrace").exists()


def test_name(project):
    project.write("in.txt", "1")
    project.ftrace("run", "--name", "my name", "--", "cat", "in.txt").ok()
    project.ftrace("run", "-n", "second", "--", "cat", "in.txt").ok()
    assert set(project.units()) == {"my name", "second"}
    project.edit("in.txt")
    assert project.affected() == ["my name", "second"]


def test_each(project):
    """Every program that matches is a unit with what it did itself."""
    for name in ("one", "two"):
        project.write(name + ".txt", "1")
        project.write("t/%s.sh" % name, "#!/bin/sh\ncat %s.txt\n" % name)
        (project.root / ("t/%s.sh" % name)).chmod(0o755)
    project.write("common.txt", "1")
    project.write("all.sh", "cat common.txt\nt/one.sh\nt/two.sh\n")
    project.ftrace("run", "--each", "t/*.sh", "--", "sh", "all.sh").ok()
    units = project.units()
    assert {"t/one.sh", "t/two.sh"} <= set(units)
    with project.edited("one.txt"):
        assert "t/one.sh" in project.affected()
        assert "t/two.sh" not in project.affected()
    with project.edited("t/two.sh", "cat", "cat  "):
        assert "t/two.sh" in project.affected()
        assert "t/one.sh" not in project.affected()


def test_make_with_children(project):
    """All processes of a command, also those of a second, warm run."""
    project.write("a.c", '#include "a.h"\nint main(void) {return A;}\n')
    project.write("a.h", "#define A 0\n")
    project.write("other.h", "")
    project.write("Makefile", """\
a: a.c a.h
\t$(CC) -o a a.c
test: a
\t./a
""")
    project.run("make", "test").ok()
    assert project.affected() == []
    for name in ("a.c", "a.h", "Makefile"):
        with _comment(project, name):
            assert project.affected() == ["make test"], name
    with _comment(project, "other.h"):
        assert project.affected() == []
    # Nothing is compiled now, and the sources matter all the same.
    for name in ("a.c", "a.h"):
        os.utime(project.root / name, (0, 0))
    project.run("make", "test").ok()
    assert project.affected() == []
    with _comment(project, "a.h"):
        assert project.affected() == ["make test"]


class _comment:
    def __init__(self, project, name):
        self.path = project.root / name

    def __enter__(self):
        self.before = self.path.read_bytes()
        self.path.write_bytes(
            self.before + (b"\n# x\n" if self.path.name == "Makefile"
                           else b"/* x */\n"))

    def __exit__(self, *_):
        self.path.write_bytes(self.before)


@pytest.mark.smoke
@pytest.mark.parametrize("script, code, outcome", [
    ("exit 0", 0, "passed"), ("exit 3", 3, "failed"),
    ("exit 255", 255, "failed"),
    ("kill -TERM $$", -signal.SIGTERM, "failed"),
    ("kill -KILL $$", -signal.SIGKILL, "failed"),
    ("kill -SEGV $$", -signal.SIGSEGV, "failed"),
    ("kill -INT $$", -signal.SIGINT, "failed")])
def test_ends_as_the_command(project, script, code, outcome):
    result = project.ftrace("run", "--name", "it", "--", "sh", "-c", script)
    assert result.code == code
    assert project.units() == {"it": outcome}
    assert (project.affected() == []) == (outcome == "passed")


def test_not_found_and_not_executable(project):
    result = project.run("no-such-command")
    assert result.code == 127
    assert "no-such-command" in result.err
    project.write("plain.txt", "x")
    assert project.run("./plain.txt").code == 126
    assert project.run("./missing").code == 127
    assert project.run(".").code == 126
    assert project.ftrace("run", "--").code == 2
    assert project.ftrace("run").code == 2
    assert project.ftrace("run", "--root", "/nonexistent", "--",
                          "true").code == 125


def test_streams_are_the_command_s(project):
    result = project.ftrace(
        "run", "-q", "--", "sh", "-c", "cat; echo error >&2",
        stdin=b"\0in\xff\n")
    assert result.out == "\0in\udcff\n"
    assert result.err == "error\n"
    with open("/dev/null") as null:
        done = subprocess.run(
            [FTRACE, "run", "-q", "--", "sh", "-c",
             "ls -l /proc/self/fd | wc -l"], cwd=project.root, stdin=null,
            env=environment(), stdout=subprocess.PIPE)
    plain = subprocess.run(
        ["sh", "-c", "ls -l /proc/self/fd | wc -l"], cwd=project.root,
        env=environment(), stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL)
    assert done.stdout == plain.stdout


def test_closed_streams(project):
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        result = project.sh("sh", "-c", '"$0" run -- true ' + closed, FTRACE)
        assert result.code == 0, (closed, result)


def test_signals_reach_the_program(project):
    """Also one that is sent to ftrace alone."""
    project.write("wait.sh", """\
trap 'echo got; exit 7' TERM
echo ready
while :; do sleep 0.05; done
""")
    child = subprocess.Popen(
        [FTRACE, "run", "--", "sh", "wait.sh"], cwd=project.root,
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout.readline() == b"ready\n"
    child.terminate()
    out, _ = child.communicate(timeout=30)
    assert (out, child.returncode) == (b"got\n", 7)


def test_interrupt_from_the_terminal(project, terminal):
    project.write("wait.py", """\
        import time
        try:
            print("ready", flush=True)
            for _ in range(600):  # one long sleep can miss a signal
                time.sleep(0.1)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
            raise
        """)
    end = []
    for prefix in ([], [FTRACE, "run", "--"]):
        it = terminal(prefix + [project.python, "wait.py"], project.root,
                      project.environment())
        it.expect("ready")
        it.send("\x03")
        it.expect("interrupted")
        end.append(it.wait())
        # It gets the signal once, not once more from ftrace.
        assert it.text.count("interrupted") == 0
    assert end == [-signal.SIGINT] * 2
    assert list(project.units().values()) == ["failed"]


def test_interrupted_pytest_is_recorded(project, terminal):
    project.write("test_it.py", """\
        import time
        def test_1():
            pass
        def test_2():
            print("ready", flush=True)
            for _ in range(600):  # one long sleep can miss a signal
                time.sleep(0.1)
        def test_3():
            pass
        """)
    it = terminal([FTRACE, "run", "--", project.python, "-m", "pytest", "-s"],
                  project.root, project.environment())
    it.expect("ready")
    it.send("\x03")
    assert it.wait() == 2
    assert project.units()["test_it.py::test_1"] == "passed"
    assert project.affected_units() == [
        "test_it.py::test_2", "test_it.py::test_3"]


def test_stop_and_continue(project, terminal):
    """Ctrl-Z and fg in an interactive shell."""
    project.write("job.sh", "echo ready; read line; echo line=$line\n")
    env = project.environment({"PS1": "prompt> ", "FTRACE_BIN": FTRACE})
    shell = terminal(["bash", "--norc", "--noprofile", "--noediting", "-i"],
                     project.root, env)
    shell.expect("prompt> ")
    shell.send('"$FTRACE_BIN" run -- sh job.sh\n')
    shell.expect("ready")
    shell.send("\x1a")
    shell.expect("Stopped")
    shell.expect("prompt> ")
    shell.send("fg\n")
    shell.expect("job.sh")
    shell.send("hello\n")
    shell.expect("line=hello")
    shell.send("echo code=$?\n")
    shell.expect("code=0")
    shell.send("exit\n")
    assert shell.wait() == 0
    assert project.units() == {"sh job.sh": "passed"}


def test_ignored_signals_stay_ignored(project):
    """nohup: what the caller ignores, the program and ftrace ignore."""
    result = call(
        ["sh", "-c", "trap '' HUP INT; exec \"$0\" run -- sh -c "
         "'kill -HUP $PPID; kill -INT $PPID; kill -HUP $$; echo alive'",
         FTRACE], project.root)
    assert (result.code, result.out) == (0, "alive\n")


def test_scrubbed_environment(project):
    """The children of env -i are traced too, and see no variable of ours."""
    project.write("in.txt", "1")
    result = project.run("env", "-i", "/bin/sh", "-c",
                         "/bin/cat in.txt; /usr/bin/env").ok()
    assert "in.txt" in project.kinds(
        "env -i /bin/sh -c /bin/cat in.txt; /usr/bin/env")
    assert result.out.startswith("1")


def test_inside_another_ftrace(project):
    project.write("inner/pyproject.toml")
    project.write("inner/in.txt", "1")
    project.write("outer.txt", "1")
    script = ('cat outer.txt; cd inner && "%s" run --root . -- cat in.txt'
              % FTRACE)
    result = project.ftrace("run", "--name", "outer", "--", "sh", "-c",
                            script).ok()
    assert result.out == "11"
    inner = project.root / "inner"
    assert (inner / ".ftrace/map.db").exists()
    # From here on the inner map is the nearest one.
    project.edit("inner/in.txt")
    assert project.ftrace("affected", "-q", cwd=inner).out == "cat in.txt\n"
    # The outer unit depends on what its inner one read.
    assert project.affected() == ["outer"]


def test_same_project_inside_itself(project):
    project.write("in.txt", "1")
    result = project.ftrace(
        "run", "--name", "outer", "--", FTRACE, "run", "--name", "inner",
        "--", "cat", "in.txt").ok()
    assert result.out == "1"
    assert set(project.units()) == {"inner", "outer"}
    project.edit("in.txt")
    assert project.affected() == ["inner", "outer"]


@pytest.mark.parametrize("wait", ["sleep 0.2; ", ""])
def test_background_process_makes_it_incomplete(project, wait):
    script = "sleep 5 >/dev/null 2>&1 & echo $!; " + wait
    result = project.ftrace("run", "--name", "it", "--", "sh", "-c",
                            script + "true").ok()
    os.kill(int(result.out), signal.SIGKILL)
    assert project.affected() == ["it"]
    assert "incomplete" in result.err
