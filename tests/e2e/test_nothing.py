# SPDX-License-Identifier: MIT
"""Where nothing is known, nothing is not the answer: the ways to end with a
map that holds no test, or with none that could be written."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

import pytest

from helpers import FTRACE, Project, environment, warm_test

TESTS = """\
def test_a():
    assert open("data.txt").read()
def test_b():
    pass
"""


@pytest.fixture
def small(project):
    project.write("data.txt", "1")
    project.write("test_it.py", TESTS)
    project.env["PYTHONDONTWRITEBYTECODE"] = "1"
    return project


@pytest.fixture
def recorded(small):
    warm_test(small)
    return small


def _map(project):
    return project.root / ".ftrace" / "map.db"


def _left(project):
    return {each.name for each in (project.root / ".ftrace").iterdir()
            if each.name not in (".gitignore", "pycache")}


def _pytest(project, *more):
    return (project.python, "-m", "pytest", "-q", "-p", "no:cacheprovider",
            *more)


def _ours(result):
    return [line for line in result.err.splitlines()
            if line.startswith("ftrace: ")]


# No unit

def _empty_file(project):
    (project.root / ".ftrace").mkdir()
    _map(project).write_bytes(b"")


def _broken_conftest(project):
    project.write("conftest.py", "def (\n")
    return project.run(*_pytest(project))


def _unknown_option(project):
    return project.run(*_pytest(project, "--no-such-option"))


def _none_matches(project):
    return project.run(*_pytest(project, "-k", "no_such_test"))


def _not_found(project):
    assert project.run("no-such-command").code == 127


def _only_checks(project):
    project.write("ftrace.json", json.dumps(
        {"checks": {"c": {"command": "cat data.txt"}}}))
    project.ftrace("check").ok()


def test_runner_that_never_loads_the_plugin(small):
    """The command is one unit, and nothing is known of tests."""
    told = small.ftrace("run", "--runner", "pytest", "--", "true").ok()
    assert len([line for line in _ours(told) if "plugin" in line]) == 1, told
    assert small.units() == {"true": "passed"}
    answer = small.ftrace("affected", "--runner", "pytest")
    assert (answer.code, answer.out) == (3, ""), answer
    assert "2 passed" in warm_test(small).out


@pytest.mark.smoke
@pytest.mark.parametrize("make", [
    _empty_file, _broken_conftest, _unknown_option, _none_matches,
    _not_found, _only_checks])
def test_map_without_a_test(small, make):
    told = make(small)
    if told:
        assert len([line for line in _ours(told)
                    if "recorded no unit" in line or "plugin" in line]) == 1
    queries = [("affected",), ("affected", "--json"),
               ("affected", "--runner", "pytest"), ("affected", "-q"),
               ("affected", "--exit-code")]
    if make is not _only_checks:
        queries += [("changed",), ("affected", "--untested"),
                    ("why", "data.txt"), ("deps", "test_it.py::test_a")]
    for query in queries:
        result = small.ftrace(*query)
        assert (result.code, result.out) == (3, ""), (query, result)
        assert len(result.err.splitlines()) == 1, (query, result)
    status = small.json("status")
    assert len(status["units"]) == (make is _only_checks)
    small.write("conftest.py")
    # Nobody is kept from running the tests.
    assert "2 passed" in warm_test(small).out
    assert small.affected() == []


def test_tests_of_another_runner(small):
    """What is known of commands says nothing about pytest's tests."""
    small.run("cat", "data.txt").ok()
    assert small.affected() == []
    result = small.ftrace("affected", "--runner", "pytest")
    assert (result.code, result.out) == (3, ""), result


# Nowhere to write

FAILING = TESTS + """\
def test_c():
    assert not open("fails.txt").read()
"""


def _unwritable(project, prepare, *command):
    """The command where a script has seen to it that nothing is written."""
    command = ["bash", "-ec", prepare + '\nexec "$@"', "bash", *command]
    if prepare != LIMITED:
        command[:0] = _alone()
    return project.sh(*command)


FULL = """\
mkdir -p .ftrace
cp -a .ftrace "$TMPDIR/kept"
mount -t tmpfs -o size=4m none .ftrace
cp -a "$TMPDIR/kept/." .ftrace
cat /dev/zero >.ftrace/filler 2>/dev/null || true
"""

READ_ONLY = """\
mount --bind . .
mount -o remount,bind,ro .
cd "$PWD"
"""


# As a full disk, for who may not mount one.
LIMITED = """\
trap "" XFSZ
ulimit -f 64
"""


def _alone():
    """What makes a namespace of mounts for a command."""
    for options in (["-m"], ["-rm"]):
        if not subprocess.run(["unshare", *options, "true"],
                              stderr=subprocess.DEVNULL).returncode:
            return ["unshare", *options]
    pytest.skip("nobody may mount anything here, not even for itself")


@pytest.mark.parametrize("prepare", [FULL, READ_ONLY, LIMITED],
                         ids=["full", "read-only", "limited"])
@pytest.mark.parametrize("known", [True, False])
def test_nowhere_to_record(small, tmp_path, prepare, known):
    small.env["TMPDIR"] = str(tmp_path)
    small.write("test_it.py", FAILING)
    small.write("fails.txt")
    command = _pytest(small)
    if known:
        small.ftrace("test", "--", *command).ok()
    for text, code in (("yes", 1), ("", 0)):
        small.write("data.txt", text + "2")
        small.write("fails.txt", text)
        for verb in ("test", "run"):
            result = _unwritable(
                small, prepare, FTRACE, verb, "--", *command)
            shutil.rmtree(tmp_path / "kept", ignore_errors=True)
            assert result.code == code, result
            passed = "1 failed, 2 passed" if code else "3 passed"
            assert passed in result.out, result
            told = [line for line in _ours(result) if "not recorded" in line]
            assert len(told) == 1, result
            # With the limit the map itself may not be read, either: all of
            # the command runs then anyway.
            if prepare != LIMITED:
                assert ("all of the command ran" in told[0]) == (
                    verb == "test" and known)
    doctor = _unwritable(small, prepare, FTRACE, "doctor")
    assert doctor.code == 1, doctor
    assert "problem" in doctor.out
    if known:
        assert small.affected() == ["test_it.py::test_a"]
    else:
        assert small.ftrace("affected").code == 3


def test_check_with_nowhere_to_record(small):
    small.write("ftrace.json", json.dumps({"checks": {
        "tests": {"command": list(_pytest(small))},
        "fails": {"command": "cat data.txt; exit 3"}}}))
    small.ftrace("check", "-k")
    small.write("data.txt", "2")
    result = _unwritable(small, READ_ONLY, FTRACE, "check", "-k", "-j", "1")
    assert result.code == 3, result
    assert "2 passed" in result.out + result.err
    assert "not recorded" in result.out + result.err


@pytest.fixture
def open_folder():
    """A folder that other users can reach, unlike pytest's own."""
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o777)
    yield folder
    shutil.rmtree(folder)


def test_folder_of_another_user(open_folder):
    """Root ran it once; from then on the user's runs are not recorded."""
    if os.getuid() != 0:
        pytest.skip("only root can leave a folder of another user")
    project = Project(open_folder)
    # By way of another program: where root's rights outlive the change of user
    # they end there.
    user = ["setpriv", "--reuid", "65534", "--clear-groups", "env"]
    if project.sh(*user, FTRACE, "-h").code:
        pytest.skip("no other user can reach the build")
    project.write("pyproject.toml")
    project.write("data.txt", "1")
    for verb in ("run", "test"):
        project.ftrace(verb, "--", "cat", "data.txt").ok()
    project.edit("data.txt")
    for mode in (0o755, 0o700):
        os.chmod(project.root / ".ftrace", mode)
        result = project.sh(
            *user, FTRACE, "test", "--", "sh", "-c", "cat data.txt; exit 5")
        assert (result.code, result.out[:1]) == (5, "1"), result
        assert len([line for line in _ours(result)
                    if "not recorded" in line]) == 1, result
        doctor = project.sh(*user, FTRACE, "doctor")
        assert doctor.code == 1, doctor
        assert "problem  project" in doctor.out, doctor
    assert project.affected() == ["cat data.txt"]


# A damaged map

def _truncate(path):
    os.truncate(path, path.stat().st_size // 2 // 4096 * 4096)


def _cut(path):
    os.truncate(path, 5000)


def _overwrite(path):
    """In the middle: opening it shows nothing."""
    size = path.stat().st_size // 4096
    with open(path, "r+b") as file:
        file.seek(size // 4 * 4096)
        file.write(random.Random(1).randbytes(size // 2 * 4096))


def _garbage(path):
    path.write_bytes(b"precious" * 1000)


@pytest.mark.smoke
@pytest.mark.parametrize("verb", ["test", "run", "check"])
@pytest.mark.parametrize("spoil", [_truncate, _cut, _overwrite, _garbage])
def test_damaged_map(recorded, verb, spoil):
    small = recorded
    command = ["--", *_pytest(small)]
    if verb == "check":
        small.write("ftrace.json", json.dumps({"checks": {
            "tests": {"command": command[1:]}}}))
        command = ["-a"]
    spoil(_map(small))
    damaged = _map(small).read_bytes()
    for query in ("affected", "changed"):
        result = small.ftrace(query)
        assert (result.code, result.out) == (3, ""), result
        assert "damaged" in result.err and "record again" in result.err
        assert len(result.err.splitlines()) == 1
    assert _map(small).read_bytes() == damaged
    assert small.ftrace("doctor").code == 1
    result = small.ftrace(verb, *command).ok()
    assert "2 passed" in result.out + result.err or verb == "check"
    told = [line for line in (result.out + result.err).splitlines()
            if "map.db.damaged" in line]
    assert len(told) == 1, result
    aside = small.root / ".ftrace" / "map.db.damaged"
    assert aside.read_bytes() == damaged
    assert small.units() == dict.fromkeys(
        ["test_it.py::test_a", "test_it.py::test_b"], "passed")
    assert small.affected() == []
    again = small.ftrace(verb, *command).ok()
    assert "damaged" not in again.out + again.err, again
    small.edit("data.txt")
    assert small.affected() == ["test_it.py::test_a"]


def test_damage_that_storing_meets(recorded):
    """A part of the tests does not begin a new map: it would pass for all."""
    small = recorded
    database = sqlite3.connect(_map(small))
    page = database.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'session'"
    ).fetchone()[0]
    size = database.execute("PRAGMA page_size").fetchone()[0]
    database.close()
    with open(_map(small), "r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    small.edit("data.txt")
    result = warm_test(small)
    assert "1 passed" in result.out
    assert "map.db.damaged" in result.err and "not recorded" in result.err
    assert small.ftrace("affected").code == 3
    assert "2 passed" in warm_test(small).out
    assert small.affected() == []


def test_damaged_and_two_at_once(recorded):
    small = recorded
    for spoil in (_garbage, _truncate):
        spoil(_map(small))
        damaged = _map(small).read_bytes()
        children = [subprocess.Popen(
            [FTRACE, "run", "-q", "--", "cat", "data.txt", str(i)],
            cwd=small.root, env=small.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            for i in range(6)]
        said = [child.communicate(timeout=120)[1] for child in children]
        assert not [text for text in said if b"not recorded" in text], said
        assert len(small.units()) == 6
        aside = small.root / ".ftrace" / "map.db.damaged"
        assert aside.read_bytes() == damaged
        small.pytest("-q").ok()


def test_file_of_another_program(small):
    """It is not a damaged map, and stays."""
    (small.root / ".ftrace").mkdir()
    database = sqlite3.connect(_map(small))
    database.execute("CREATE TABLE theirs (x)")
    database.execute("PRAGMA application_id = 77")
    database.commit()
    database.close()
    before = _map(small).read_bytes()
    result = warm_test(small)
    assert "2 passed" in result.out
    assert "not recorded" in result.err
    assert small.ftrace("affected").code == 3
    assert _map(small).read_bytes() == before
    assert _left(small) <= {"map.db", "map.db-journal"}


# Broken off

def _started(project, verb, *command):
    return subprocess.Popen(
        [FTRACE, verb, "--", *command], cwd=project.root,
        env=project.environment(), stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, start_new_session=True)


def _wait_for(condition):
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


def _has_handler(pid, sig):
    """Whether ftrace holds the signal back, or hands it on."""
    with open("/proc/%d/status" % pid) as status:
        caught = [line for line in status if line.startswith("SigCgt")]
    return int(caught[0].split()[1], 16) >> (sig - 1) & 1


def _has_child(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as children:
        return children.read().strip() != ""


@pytest.mark.parametrize("verb", ["run", "test"])
@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM])
def test_signal_while_it_stores(recorded, verb, sig):
    """It is stored first; the map is locked meanwhile to have the time."""
    small = recorded
    small.edit("data.txt")
    lock = sqlite3.connect(_map(small), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    child = _started(small, verb, *_pytest(small))
    _wait_for(lambda: _has_child(child.pid))
    _wait_for(lambda: not _has_child(child.pid))
    child.send_signal(sig)
    time.sleep(0.1)
    assert child.poll() is None
    lock.execute("ROLLBACK")
    lock.close()
    err = child.communicate(timeout=60)[1]
    assert child.returncode == -sig, err
    assert b"recorded" in err
    assert small.affected() == []
    assert _left(small) <= {"map.db", "map.db-journal"}


def test_second_signal_does_not_wait(recorded):
    small = recorded
    small.edit("data.txt")
    lock = sqlite3.connect(_map(small), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    child = _started(small, "run", *_pytest(small))
    _wait_for(lambda: _has_child(child.pid))
    _wait_for(lambda: not _has_child(child.pid))
    child.send_signal(signal.SIGINT)
    _wait_for(lambda: not _has_handler(child.pid, signal.SIGINT))
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGINT
    lock.execute("ROLLBACK")
    lock.close()
    assert small.affected() == ["test_it.py::test_a"]
    assert _left(small) <= {"map.db", "map.db-journal"}


def test_killed_leaves_nothing(recorded, tmp_path):
    """What it had written for the runner goes with the session."""
    small = recorded
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    small.write("test_it.py", TESTS + """\
def test_wait():
    assert open("data.txt").read()
    open(%r).close()
""" % str(gate))
    opener = subprocess.Popen(["sh", "-c", ": >'%s'" % gate])
    warm_test(small)
    opener.wait()
    small.edit("data.txt")
    child = _started(small, "test", *_pytest(small))
    opener = os.open(gate, os.O_WRONLY)
    child.kill()
    child.communicate()
    os.close(opener)
    result = small.ftrace("status").ok()
    assert "left behind" in result.err
    assert _left(small) <= {"map.db", "map.db-journal"}
    assert small.affected() == ["test_it.py::test_a", "test_it.py::test_wait"]


def test_killed_at_random(recorded):
    """Whatever is being done: the tests pass, the answers are right."""
    small = recorded
    random.seed(18)
    for _ in range(12):
        small.edit("data.txt")
        child = _started(small, "test", *_pytest(small))
        time.sleep(random.uniform(0, 0.8))
        child.kill()
        child.communicate()
        chosen = small.ftrace("affected").ok()
        assert chosen.out in ("", "test_it.py::test_a\n"), chosen
        assert _left(small) <= {"map.db", "map.db-journal"}, chosen
        if not chosen.out:
            assert small.units()["test_it.py::test_a"] == "passed"
    warm_test(small)
    assert small.affected() == []


# Nobody reads

PIPED = """\
import os, time
def wait():
    while not os.path.exists(%r):
        time.sleep(0.01)
    assert open("data.txt").read()
def test_a():
    assert open("data.txt").read()
def test_b():
    wait()
def test_c():
    wait()
    print("x" * 200000)
def test_d():
    wait()
"""


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("both", [False, True])
def test_lost_reader(small, tmp_path, known, both):
    """`ftrace test | head`: what ran is kept, the rest is run next time."""
    gate = tmp_path / "go"
    small.write("test_it.py", PIPED % str(gate))
    command = [FTRACE, "test", "--", small.python, "-m", "pytest", "-s", "-v",
               "-p", "no:cacheprovider"]
    if known:
        gate.write_text("")
        small.sh(*command).ok()
        gate.unlink()
        small.edit("data.txt")
    with tempfile.TemporaryFile() as err:
        child = subprocess.Popen(
            command, cwd=small.root, env=small.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if both else err)
        for line in child.stdout:
            if b"PASSED" in line:
                break
        child.stdout.close()
        gate.write_text("")
        # As pytest ended, and not by a signal of ftrace's own.
        assert child.wait(timeout=60) > 0
    names = ["test_it.py::test_" + each for each in "bcd"]
    assert small.units()["test_it.py::test_a"] == "passed"
    assert small.affected() == names
    result = small.sh(*command).ok()
    assert small.ran(result) == ["test_it.py::test_b", "test_it.py::test_d"]
    assert "3 passed" in result.out
    assert small.affected() == []


def test_lost_reader_of_checks(small):
    """Each check is run and kept, though nobody reads what they print."""
    small.write("ftrace.json", json.dumps({"checks": {
        "c%d" % i: {"command": "cat data.txt; exit %d" % (i % 2)}
        for i in range(4)}}))
    read, write = os.pipe()
    os.close(read)
    child = subprocess.Popen(
        [FTRACE, "check", "-k"], cwd=small.root, env=small.environment(),
        stdout=write, stderr=write)
    os.close(write)
    assert child.wait(timeout=60) == 1
    assert small.units() == {
        "check:c%d" % i: "failed" if i % 2 else "passed" for i in range(4)}
