# SPDX-License-Identifier: MIT
"""What can go wrong: the tests run all the same and the map stays whole."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from helpers import FTRACE, PYTHON, Project, environment

TESTS = """\
import time
def test_a():
    assert open("data.txt").read()
def test_b():
    time.sleep(0.05)
"""


@pytest.fixture
def small(project):
    project.write("data.txt", "1")
    project.write("test_it.py", TESTS)
    project.pytest().ok()
    return project


def _map(project):
    return project.root / ".ftrace" / "map.db"


def _content(project):
    """The map as the queries see it."""
    return project.units(), project.inputs("test_it.py::test_a")


def _namespace():
    return subprocess.run(["unshare", "-rm", "true"],
                          stderr=subprocess.DEVNULL).returncode == 0


@pytest.mark.smoke
@pytest.mark.parametrize("content", [
    b"this is no database\n" * 1000, b"SQLite format 3\0", b"\xff" * 8192])
def test_map_that_is_none(small, content):
    _map(small).write_bytes(content)
    for query in ("affected", "status", "changed"):
        result = small.ftrace(query)
        assert result.code == 3, result
        assert result.out == ""
        assert len(result.err.splitlines()) == 1
        assert "map.db" in result.err
    assert _map(small).read_bytes() == content


@pytest.mark.parametrize("share", [0.25, 0.5, 0.9, 0.99])
def test_truncated_map(small, share):
    size = _map(small).stat().st_size
    os.truncate(_map(small), int(size * share))
    result = small.ftrace("affected")
    # An answer would be a lie.
    assert result.code == 3, result
    assert result.out == ""
    assert len(result.err.splitlines()) == 1


def test_newer_map(small):
    database = sqlite3.connect(_map(small))
    database.execute("PRAGMA user_version = 9999")
    database.commit()
    database.close()
    before = _map(small).read_bytes()
    result = small.ftrace("affected")
    assert result.code == 3
    assert "9999" in result.err or "newer" in result.err
    result = small.pytest()
    assert result.code in (0, 125)
    assert "9999" in result.err or "newer" in result.err
    assert _map(small).read_bytes() == before


def test_read_only_project(small):
    """Mounted read-only, so that it holds for root as well."""
    if not _namespace():
        pytest.skip("no user namespaces to mount in")
    before = _map(small).read_bytes()
    plain = small.plain("-p", "no:cacheprovider")
    script = ("mount --bind . . && mount -o remount,bind,ro . && cd \"$PWD\" "
              "&& exec \"$@\"")
    result = small.sh("unshare", "-rm", "sh", "-c", script, "sh", FTRACE,
                      "run", "--", small.python, "-m", "pytest", "-p",
                      "no:cacheprovider")
    assert result.code == plain.code == 0, result
    assert "2 passed" in result.out
    assert "not recorded" in result.err
    assert len(result.err.splitlines()) == 1
    query = small.sh("unshare", "-rm", "sh", "-c", script, "sh", FTRACE,
                     "affected", "-q")
    assert (query.code, query.out, query.err) == (0, "", "")
    assert _map(small).read_bytes() == before


@pytest.fixture
def open_folder():
    """A folder that other users can reach, unlike pytest's own."""
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o755)
    yield folder
    os.chmod(folder, 0o755)
    shutil.rmtree(folder)


def test_read_only_for_this_user(open_folder):
    # The build may be where nobody else may look.
    program = shutil.copy(FTRACE, open_folder)
    shutil.copy(Path(FTRACE).with_name("libftrace.so"), open_folder)
    shutil.copytree(Path(FTRACE).with_name("_ftrace"),
                    Path(open_folder) / "_ftrace")
    command = [program, "run", "--", "echo", "ran"]
    if os.getuid() == 0:
        command[:0] = ["setpriv", "--reuid", "65534", "--clear-groups"]
    project = Project(Path(open_folder) / "project")
    project.write("pyproject.toml")
    os.chmod(project.root, 0o555)
    result = project.sh(*command)
    assert (result.code, result.out) == (0, "ran\n"), result
    assert "not recorded" in result.err
    assert os.listdir(project.root) == ["pyproject.toml"]
    os.chmod(project.root, 0o755)


@pytest.mark.parametrize("name", ["my copy", "a:b"])
def test_program_that_cannot_be_preloaded(project, tmp_path, name):
    """The loader would complain of it on the command's standard error."""
    folder = tmp_path / name
    folder.mkdir()
    program = shutil.copy(FTRACE, folder)
    shutil.copy(Path(FTRACE).with_name("libftrace.so"), folder)
    shutil.copytree(Path(FTRACE).with_name("_ftrace"), folder / "_ftrace")
    result = project.sh(program, "run", "--", "echo", "ran")
    assert (result.code, result.out) == (0, "ran\n")
    assert len(result.err.splitlines()) == 1
    assert "not recorded" in result.err and "a blank or a colon" in result.err


@pytest.mark.parametrize("size", ["64k", "300k", "1m", "1600k", "3m"])
def test_full_disk(tmp_path, size):
    """The tests pass, the old map is whole, one line says what happened."""
    if not _namespace():
        pytest.skip("no user namespaces to mount in")
    root = tmp_path / "disk"
    root.mkdir()
    script = """\
set -e
mount -t tmpfs -o size=8m none "$1"
cd "$1"
echo > pyproject.toml
echo 1 > data.txt
cp "$2" test_it.py
export PYTHONDONTWRITEBYTECODE=1
"$FTRACE_BIN" run -q -- "$3" -m pytest -q -p no:cacheprovider >/dev/null
"$FTRACE_BIN" status --json >"$4/before"
# What is left is what the test asks for.
free=$(($(stat -f -c '%a * %S' .) - $5))
[ $free -gt 0 ]
head -c $free /dev/zero >filler
code=0
"$FTRACE_BIN" run -- "$3" -m pytest -q -p no:cacheprovider \\
    >"$4/out" 2>"$4/err" || code=$?
rm filler
"$FTRACE_BIN" status --json >"$4/after"
"$FTRACE_BIN" affected >"$4/affected" 2>&1
exit $code
"""
    tests = tmp_path / "tests.txt"
    tests.write_text(TESTS)
    size = int(size[:-1]) << {"k": 10, "m": 20}[size[-1]]
    env = environment(FTRACE_BIN=FTRACE)
    done = subprocess.run(
        ["unshare", "-rm", "bash", "-c", script, "bash", root, tests,
         PYTHON, tmp_path, str(size)], env=env,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    assert done.returncode == 0, done.stdout
    err = (tmp_path / "err").read_text()
    assert "2 passed" in (tmp_path / "out").read_text(), err
    assert len(err.splitlines()) == 1, err
    before = (tmp_path / "before").read_text()
    after = (tmp_path / "after").read_text()
    if "not recorded" in err:
        assert after == before
    else:
        assert '"passed"' in after


# A folder below the other: whatever one of them spoils shows at once.
NAMES = ["with space/new\nline/a:b", "quo'te\"s/$HOME/back\\slash/-dash",
         "caf\udce9 \udcff/\u4e2d\u6587/per%cent%s"]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_project_path_of_any_bytes(tmp_path, name):
    project = Project(os.path.join(str(tmp_path), name))
    project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    project.write("data.txt", "1")
    project.write("lib.py", "V = 1\n")
    project.write("test_it.py", "import lib\n" + TESTS)
    plain = project.plain("-q", "-p", "no:cacheprovider")
    project.clear_bytecode()
    result = project.pytest("-q", "-p", "no:cacheprovider")
    assert result.code == plain.code == 0, result
    assert project.json("status")["root"] == str(project.root)
    assert set(project.units()) == {
        "test_it.py::test_a", "test_it.py::test_b"}
    assert project.affected() == []
    with project.edited("data.txt"):
        assert project.affected_units() == ["test_it.py::test_a"]
    with project.edited("lib.py"):
        assert len(project.affected_units()) == 2
    project.run("cat", "data.txt").ok()
    project.edit("data.txt")
    assert "cat data.txt" in project.affected("--runner", "command")


def test_two_runs_at_once(project):
    """Both land, whichever ends first."""
    for i in range(4):
        project.write("test_%d.py" % i, """\
            import time
            def test_it():
                time.sleep(0.3)
            """)
    children = [subprocess.Popen(
        [FTRACE, "run", "--", project.python, "-m", "pytest", "-q",
         "test_%d.py" % i], cwd=project.root, env=project.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for i in range(4)]
    for child in children:
        out, _ = child.communicate(timeout=120)
        assert child.returncode == 0, out
        assert b"not recorded" not in out
    assert project.units() == {
        "test_%d.py::test_it" % i: "passed" for i in range(4)}
    assert not list((project.root / ".ftrace").glob("session-*"))


def _alive(root):
    """The processes that work in the project."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if os.readlink("/proc/%s/cwd" % entry) == str(root):
                    found.append(int(entry))
            except OSError:
                pass
    return found


@pytest.mark.parametrize("victim", ["ftrace", "tests", "both"])
def test_killed_at_any_moment(small, victim):
    before = _content(small)
    for round_number in range(5):
        child = subprocess.Popen(
            [FTRACE, "run", "--", small.python, "-m", "pytest", "-q"],
            cwd=small.root, env=small.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.005, 0.4))
        running = child.poll() is None
        others = [pid for pid in _alive(small.root) if pid != child.pid]
        if victim in ("ftrace", "both") and running:
            child.kill()
        if victim in ("tests", "both"):
            for pid in others:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        child.wait(timeout=60)
        # What ftrace leaves behind runs on, untraced by anyone.
        until = time.monotonic() + 30
        while _alive(small.root) and time.monotonic() < until:
            time.sleep(0.01)
        left = list((small.root / ".ftrace").glob("session-*"))
        result = small.ftrace("status").ok()
        if left:
            assert "left behind" in result.err, result
        assert not list((small.root / ".ftrace").glob("session-*"))
        assert small.ftrace("status").ok().err == ""
        # The old state or a whole new one: nothing in between.
        units, inputs = _content(small)
        assert set(units) >= set(before[0])
        # A pytest that died before it loaded the plugin is one failed unit.
        assert all(units[each] == "failed"
                   for each in set(units) - set(before[0]))
        # A test that was killed itself never passes for passed.
        if victim == "ftrace":
            assert units == before[0]
        # One that was killed before it opened its file runs again anyway.
        if all(units[each] == before[0][each] for each in before[0]):
            assert ("data.txt", "read") in inputs
        database = sqlite3.connect(_map(small))
        assert database.execute("PRAGMA integrity_check").fetchall() == [
            ("ok",)]
        database.close()
    small.pytest("-q").ok()
    assert not set(small.affected()) & set(before[0])
    for unit, outcome in before[0].items():
        assert small.units()[unit] == outcome


def test_pytest_killed_before_it_loads_the_plugin(small):
    small.write("slow/sitecustomize.py", "import os\nos.kill(os.getpid(), 9)\n")
    result = small.pytest("-q", env={"PYTHONPATH": "slow"})
    assert result.code == -9
    small.pytest("-q").ok()
    assert small.affected() == []


def _others(project, child):
    return [pid for pid in _alive(project.root) if pid != child.pid]


def test_killed_while_it_stores(project):
    """kill -9 in the one transaction at the end: nothing of it, or all."""
    project.write("test_one.py", "def test_one():\n    pass\n")
    project.pytest("-q").ok()
    before = project.units()
    project.write("test_it.py", """\
        import os, pytest
        @pytest.mark.parametrize("i", range(100))
        def test_it(i):
            for k in range(400):
                os.path.exists("x%d" % ((i * 28 + k) % 5000))
        """)
    for delay in (0, 0.02, 0.05, 0.1, 0.2):
        child = subprocess.Popen(
            [FTRACE, "run", "--", project.python, "-m", "pytest", "-q",
             "test_it.py"], cwd=project.root, env=project.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Nobody is left but ftrace once the tests are over.
        while not _others(project, child):
            assert child.poll() is None
        while _others(project, child):
            time.sleep(0.001)
        time.sleep(delay)
        child.kill()
        child.wait()
        units = project.units()
        stored = len(units) - len(before)
        assert stored == 0 or delay and stored == 100
        assert {each: units[each] for each in before} == before
        assert project.affected() == ([] if stored else ["test_it.py"])
        assert not list((project.root / ".ftrace").glob("session-*"))
        if stored:
            break


def test_names_that_are_options(project):
    project.write("--json", "1")
    project.run("cat", "./--json").ok()
    result = project.ftrace("why", "--", "--json").ok()
    assert "cat ./--json" in result.out


def test_no_working_directory(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    result = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD"; "$0" affected', FTRACE], cwd=gone,
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert result.returncode == 3
    assert result.stderr.startswith(b"ftrace: ")


def test_small_stack(project):
    """ftrace needs more than the user's limit leaves to the command."""
    project.write("data.txt", "1")
    os.symlink("data.txt", project.root / "link0")
    for i in range(30):
        os.symlink("link%d" % i, project.root / ("link%d" % (i + 1)))
    done = subprocess.run(
        ["sh", "-c", 'ulimit -s 64 && exec "$@"', "sh", FTRACE, "run", "-q",
         "--runner", "none", "--root", str(project.root), "--name", "u", "--",
         "cat", "link30"], cwd=project.root, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert (done.returncode, done.stdout) == (0, b"1")
    assert ("data.txt", "read") in project.inputs("u")
