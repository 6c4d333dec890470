# SPDX-License-Identifier: MIT
"""Checks that hang, ask, or are broken off; terminals; two runs at once."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from helpers import FTRACE, set_size
from test_check import check, configure, counted, runs, states


def start(project, *args, **more):
    return subprocess.Popen(
        [FTRACE, "check", *args], cwd=project.root,
        env=project.environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def wait_until(holds, seconds=20):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def is_gone(pid):
    """Whether no such process runs; one that nobody waited for does not."""
    try:
        with open("/proc/%d/stat" % pid) as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def pids(project):
    """Of a line that says them with echo $$ >> pids."""
    path = project.root.parent / "pids"
    return [int(pid) for pid in path.read_text().split()] if (
        path.exists()) else []


HANGS = "echo $$ >> ../pids; trap '' TERM; sleep 100 & echo $! >> ../pids; " \
    "wait; sleep 100"


def test_what_never_ends_is_ended_with_all_it_started(project):
    configure(project, hangs={"command": HANGS, "timeout": 0.5},
              quick={"command": "true", "timeout": 100})
    result = project.ftrace("check", "-k", timeout=60)
    assert result.code == 124, result
    assert ("ftrace: hangs: failed, ended after its time of 0.5 s"
            in result.err)
    assert len(pids(project)) == 2
    wait_until(lambda: all(is_gone(pid) for pid in pids(project)))
    answer = check(project, "quick")
    assert answer["quick"]["state"] == "hit"
    # What was ended is no hit, with --all after it had passed neither.
    configure(project, hangs={"command": "sleep $(cat n)", "timeout": 1.5})
    project.write("n", "0\n")
    check(project)
    project.write("n", "100\n")
    assert check(project, code=124)["hangs"]["outcome"] == "timeout"
    again = check(project, code=124)
    assert again["hangs"]["state"] == "rerun"


def test_what_ends_well_when_it_is_told_to_is_no_hit(project):
    """Else what it did not come to would count as done, and as no input."""
    project.write("late", "1\n")
    configure(project, graceful={
        "command": "trap 'exit 0' TERM; sleep 100 & wait; cat late",
        "timeout": 0.5})
    assert check(project, code=124)["graceful"]["outcome"] == "timeout"
    again = check(project, code=124)["graceful"]
    assert again["state"] == "rerun"
    assert "it was told to end by a signal" in again["reason"]


# As the first process of many a container, what has no parent is handed on to
# it, and it waits for none of that: here it says whether there was any.
NEVER_WAITS = """
import ctypes, os, subprocess, sys
assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0
subprocess.call(sys.argv[1:])
try:
    print("left", os.waitpid(-1, os.WNOHANG))
except ChildProcessError:
    print("none left")
"""


def test_what_has_ended_is_not_waited_for_where_nobody_reaps(project):
    """Until somebody does, it is in its group like one that does not listen."""
    configure(project, hangs={"command": "sleep 100; true", "timeout": 0.2})
    result = project.sh(sys.executable, "-c", NEVER_WAITS, FTRACE, "check")
    assert "ended after its time" in result.err
    assert result.out.splitlines()[-1] == "none left"


def test_what_asks_for_input_gets_none(project, terminal):
    configure(project, stdin="read answer; echo \"got '$answer'\"",
              tty="(read answer < /dev/tty) 2>&1; echo status $?")
    started = terminal([FTRACE, "check", "-j1"], project.root,
                       project.environment({"TERM": "dumb"}))
    started.expect("got ''")
    started.expect("status 2")
    assert started.wait() == 0


def test_started_without_standard_input(project):
    configure(project, one="wc -c; echo said")
    result = project.sh("sh", "-c", 'exec "$0" check <&-', FTRACE)
    assert result.code == 0, result
    assert "said" in result.out


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_broken_off_in_a_phase(project, which):
    configure(project, quick=counted(project, "quick"), hangs=HANGS,
              never="sleep 100", later={"command": "true", "after": [
                  "hangs"]})
    running = start(project, "-j3")
    wait_until(lambda: runs(project, "quick") and len(pids(project)) == 2)
    # What has ended is in the map at once, not only when all have.
    wait_until(lambda: project.ftrace(
        "why", "check:quick").out.count("hit:"))
    running.send_signal(which)
    out, err = running.communicate(timeout=60)
    assert running.returncode == -which, err
    assert b"ftrace: hangs: stopped" in err
    assert b"ftrace: later: not run" in err
    wait_until(lambda: all(is_gone(pid) for pid in pids(project)))
    assert check(project, "quick")["quick"]["state"] == "hit"
    assert not list((project.root / ".ftrace").glob("session*"))
    configure(project, hangs="true", quick=counted(project, "quick"))
    assert states(check(project)) == {"hangs": "miss", "quick": "hit"}


def test_a_signal_that_is_ignored_stays_so(project):
    configure(project, slow="echo $$ >> ../pids; sleep 1")
    running = start(project, preexec_fn=lambda: signal.signal(
        signal.SIGHUP, signal.SIG_IGN))
    wait_until(lambda: pids(project))
    running.send_signal(signal.SIGHUP)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err


def test_ctrl_c_on_a_terminal(project, terminal):
    configure(project, hangs=HANGS)
    started = terminal([FTRACE, "check"], project.root,
                       project.environment({"TERM": "xterm"}))
    wait_until(lambda: len(pids(project)) == 2)
    started.send("\x03")
    assert started.wait() == -signal.SIGINT
    wait_until(lambda: all(is_gone(pid) for pid in pids(project)))


def test_killed_it_leaves_nothing_running(project):
    configure(project, hangs=HANGS)
    running = start(project)
    wait_until(lambda: len(pids(project)) == 2)
    running.kill()
    running.communicate(timeout=60)
    wait_until(lambda: all(is_gone(pid) for pid in pids(project)))


def test_two_at_once(project):
    for name in "abcdef":
        project.write(name + ".txt", name)
    configure(project, **{
        name: "sleep 0.2; cat %s.txt" % name for name in "abcdef"})
    first = start(project, "-j2", "a", "b", "c", "d")
    second = start(project, "-j2", "c", "d", "e", "f")
    for each in (first, second):
        out, err = each.communicate(timeout=60)
        assert each.returncode == 0, err
    assert set(states(check(project)).values()) == {"hit"}


def test_a_file_edited_while_its_check_runs(project):
    project.write("a.txt", "a\n")
    configure(project, slow="cat a.txt; touch ../begun; sleep 1")
    running = start(project)
    wait_until((project.root.parent / "begun").exists)
    project.write("a.txt", "b\n")
    assert running.wait(60) == 0
    running.communicate()
    assert check(project)["slow"]["state"] == "stale"


# Terminals.

def test_the_table_is_kept_up_to_date(project, terminal):
    configure(project, one={"command": "sleep 0.2", "phase": "fast"},
              two="echo said; exit 3")
    env = project.environment({"TERM": "xterm", "NO_COLOR": "1"})
    started = terminal([FTRACE, "check"], project.root, env)
    assert started.wait() == 3
    text = started.text
    assert "  one  fast             waiting\r\n" in text
    assert "  one  fast      miss   passed, " in text
    assert "  two  slow      miss   failed with 3, " in text
    assert "\033[2A" in text and "\033[33m" not in text
    assert "== two\r\nsaid\r\n" in text
    assert "ftrace: one:" not in text
    # What is printed replaces the table, which is drawn again below it.
    assert text.index("\033[2A\033[J== two") < text.rindex("  one  fast ")


@pytest.mark.parametrize("names", [{"TERM": "dumb"}, {"TERM": None}])
def test_lines_where_a_terminal_can_do_no_more(project, terminal, names):
    configure(project, one="true")
    started = terminal([FTRACE, "check"], project.root,
                       project.environment(names))
    assert started.wait() == 0
    assert "\033" not in started.text
    assert "ftrace: one: passed, " in started.text


def test_a_terminal_that_gets_smaller(project, terminal):
    configure(project, wide="echo $$ >> ../pids; sleep 1", **{
        "check-with-a-name-0%d" % i: "sleep 0.%d" % i for i in range(3)})
    started = terminal([FTRACE, "check", "-j4"], project.root,
                       project.environment({"TERM": "xterm",
                                            "NO_COLOR": "1"}), (24, 120))
    wait_until(lambda: pids(project))
    set_size(started.fd, (24, 20))
    assert started.wait() == 0
    # No row is wider than it was when it was printed, and the first table
    # after the change goes up over nothing.
    last = started.text.rpartition("\033[J")[0].rpartition("\033[4A")[2]
    rows = last.split("\r\n")
    assert len(rows) == 5
    assert all(len(row.replace("\033[2K", "").replace("\033[J", "")) < 20
               for row in rows), rows
    # Up over rows of one width come rows of that width.
    seen = [each.group() for each in re.finditer(
        r"\033\[\dA|check-with-a-name(-0)?", started.text)]
    assert {"check-with-a-name-0", "check-with-a-name", "\033[4A"} == set(seen)
    for before, up, after in zip(seen, seen[1:], seen[2:]):
        assert not up.startswith("\033") or (
            before.endswith("0") == after.endswith("0")), seen
    # Too few rows for the table: lines.
    other = terminal([FTRACE, "check", "-a", "-j1"], project.root,
                     project.environment({"TERM": "xterm"}), (3, 80))
    assert other.wait() == 0
    assert "ftrace: wide: passed, " in other.text


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_project_that_cannot_be_written(project):
    configure(project, one="true")
    project.root.chmod(0o555)
    try:
        answer = check(project)
    finally:
        project.root.chmod(0o755)
    assert "not recorded" in answer["err"]


def test_a_command_that_is_not_there(project):
    configure(project, none=["no-such-program"], place={
        "command": "true", "directory": "no/such"}, line="no-such-program")
    answer = check(project, "-k", "-j1", code=127)
    assert answer["none"]["status"] == 127
    assert answer["line"]["status"] == 127
    assert answer["place"]["status"] == 125
    assert "cannot run 'no-such-program'" in answer["err"]
    assert "cannot enter '" in answer["err"]
