# SPDX-License-Identifier: MIT
"""The shape of every answer, the help and the exit codes."""

import json
import os
import re
import signal

import pytest

from helpers import FTRACE, call

VERBS = ("run", "affected", "changed", "why", "deps", "status")
QUERIES = ("affected", "changed", "status", "why x", "deps x")


@pytest.fixture
def small(project):
    project.write("data.txt", "1")
    project.write("test_it.py", """\
        import os
        def test_a():
            assert open("data.txt").read()
            assert not os.path.exists("absent.txt")
        def test_b():
            pass
        """)
    project.pytest().ok()
    return project


def test_affected(small):
    answer = small.json("affected")
    assert answer["version"] == 1
    assert answer["units"] == answer["select"] == []
    assert answer["recorded"] == 2
    small.edit("data.txt")
    small.write("test_new.py")
    answer = small.json("affected")
    assert answer["select"] == ["test_it.py::test_a", "test_new.py"]
    unit, new = answer["units"]
    assert unit["id"] == "test_it.py::test_a"
    assert unit["runner"] == new["runner"] == "pytest"
    assert (unit["state"], new["state"]) == ("stale", "miss")
    assert (unit["file"], new["file"]) == (False, True)
    assert unit["gone"] is False
    [reason] = unit["reasons"]
    assert reason["state"] == "stale"
    assert reason["what"] == "modified"
    assert reason["path"] == "data.txt"
    assert small.ftrace("affected", "--runner", "other").code == 3


def test_deps(small):
    answer = small.json("deps", "test_it.py::test_a")
    assert answer["version"] == 1
    assert answer["id"] == "test_it.py::test_a"
    assert answer["runner"] == "pytest"
    kinds = {"read", "absent", "list", "exec", "stat", "link", "write",
             "rename", "unlink"}
    assert answer["accesses"]
    for each in answer["accesses"]:
        assert isinstance(each["path"], str)
        assert each["kind"] in kinds
        assert each.get("block", "x")
    pairs = {(each["path"], each["kind"]) for each in answer["accesses"]
             if each["input"]}
    assert {("data.txt", "read"), ("absent.txt", "absent"),
            ("test_it.py", "read")} <= pairs
    other = small.inputs("test_it.py::test_b")
    assert ("test_it.py", "read") in other
    assert not {"data.txt", "absent.txt"} & {path for path, _ in other}
    text = small.ftrace("deps", "test_it.py::test_a").ok().out
    assert re.search(r"^read\S*\s+data\.txt$", text, re.M)


def test_changed(small):
    answer = small.json("changed")
    assert answer["version"] == 1
    assert answer["files"] == []
    assert answer["hit"] > 0 and answer["stale"] == answer["miss"] == 0
    hits = answer["hit"]
    small.edit("data.txt")
    small.write("test_new.py")
    answer = small.json("changed")
    # The new file is an entry more of the listed root as well.
    assert answer["hit"] + answer["stale"] == hits
    assert answer["miss"] == 1
    assert {(each["path"], each["state"], each["what"])
            for each in answer["files"] if each["path"] != "."} == {
                ("data.txt", "stale", "modified"),
                ("test_new.py", "miss", "new")}
    result = small.ftrace("changed", "-0").ok()
    assert result.out.replace(".\0", "", 1) == "data.txt\0test_new.py\0"


def test_status(small):
    answer = small.json("status")
    assert answer["version"] == 1
    assert answer["root"] == str(small.root)
    counts = answer["counts"]
    assert counts["units"] == 2
    assert all(isinstance(counts[name], int) for name in (
        "incomplete", "scopes", "files", "states", "reads", "uses", "makes",
        "sessions"))
    assert answer["bytes"] == (
        small.root / ".ftrace/map.db").stat().st_size
    assert answer["last"]["command"].endswith("-m pytest")
    assert answer["last"]["started"] > 1e9
    for unit in answer["units"]:
        assert unit["outcome"] == "passed"
        assert unit["runner"] == "pytest"
        assert unit["duration_us"] >= 0


def test_why(small):
    answer = small.json("why", "test_it.py::test_a")
    assert answer["version"] == 1
    assert (answer["state"], answer["reasons"]) == ("hit", [])
    small.edit("data.txt")
    answer = small.json("why", "test_it.py::test_a")
    assert answer["state"] == "stale"
    [reason] = answer["reasons"]
    assert reason["path"] == "data.txt"
    assert reason["chains"][0]["id"] == "test_it.py::test_a"
    answer = small.json("why", "data.txt")
    assert answer["version"] == 1
    assert answer["path"] == "data.txt"
    [chain] = answer["chains"]
    assert chain["id"] == "test_it.py::test_a"
    assert chain["kinds"] == ["read"]
    assert chain["chain"]
    both = small.json("why", "test_it.py::test_b", "test_it.py")
    assert [each["id"] for each in both["chains"]] == ["test_it.py::test_b"]
    text = small.ftrace("why", "data.txt").ok().out
    assert "test_it.py::test_a" in text and "test_b" not in text


def test_exit_code_option(small):
    assert small.ftrace("affected", "--exit-code").code == 0
    small.edit("data.txt")
    assert small.ftrace("affected", "--exit-code").code == 1


@pytest.mark.smoke
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help(tmp_path, option):
    for verb in VERBS:
        result = call([FTRACE, verb, option], tmp_path).ok()
        assert result.out.startswith("usage: ftrace " + verb)
        assert result.err == ""
        assert option in result.out or "-h" in result.out
    result = call([FTRACE, option], tmp_path).ok()
    for verb in VERBS:
        assert verb in result.out
    assert call([FTRACE, "--version"], tmp_path).ok().out.startswith(
        "ftrace ")


@pytest.mark.smoke
def test_misuse(tmp_path):
    for args in ([], ["nonsense"], ["--nonsense"], ["affected", "--nonsense"],
                 ["affected", "extra"], ["status", "extra"], ["deps"],
                 ["deps", "a", "b"], ["why"], ["why", "a", "b", "c"],
                 ["run"], ["run", "--"], ["run", "-n"], ["run", "--name"],
                 ["affected", "--json=x"], ["run", "-n", "", "--", "true"],
                 ["run", "--runner", "no", "--", "true"], ["affected", "-Z"]):
        result = call([FTRACE, *args], tmp_path)
        assert result.code == 2, (args, result)
        assert result.out == ""
        assert result.err.startswith("ftrace")
        assert result.err.count("\n") == 1, result


@pytest.mark.smoke
def test_no_map(project):
    for query in QUERIES:
        result = project.ftrace(*query.split())
        assert result.code == 3, result
        assert result.out == ""
        assert "no map" in result.err
    assert not (project.root / ".ftrace").exists()


def test_unknown_names(small):
    for args in (["deps", "no::test"], ["why", "no::test"],
                 ["why", "no::test", "data.txt"],
                 ["why", "test_it.py::test_a", "no-file"]):
        result = small.ftrace(*args)
        assert result.code == 3, args
        assert result.out == ""
        assert len(result.err.splitlines()) == 1


def test_no_colour_in_pipes(small):
    small.edit("data.txt")
    for query in ("affected", "changed", "status",
                  "why test_it.py::test_a", "deps test_it.py::test_a"):
        result = small.ftrace(*query.split()).ok()
        assert "\033" not in result.out + result.err


def test_full_output(small):
    """An answer that cannot be written is no answer."""
    small.edit("data.txt")
    result = small.sh("sh", "-c", '"$0" affected >/dev/full', FTRACE)
    assert result.code == 3
    result = small.sh("sh", "-c", '"$0" status --json >/dev/full', FTRACE)
    assert result.code == 3


def test_bytes_in_json(project):
    """Names that are not UTF-8 come out as Python's surrogateescape."""
    name = "caf\udce9.txt"
    project.write(name, "1")
    project.run("cat", name).ok()
    out = project.ftrace("deps", "--json", "cat " + name).ok().out
    assert out.isascii() or "caf" in out
    assert name in {each["path"] for each in json.loads(out)["accesses"]}


NESTED = """\
    class TestIn:
        def test_in(self):
            pass
        class TestInner:
            def test_inner(self):
                pass
    def test_more():
        pass
    """


@pytest.mark.parametrize("asked", [
    "test_x.py::test_more",
    "test_x.py::TestIn::test_in",
    "test_x.py",
])
def test_what_was_not_asked_for_stays(project, asked):
    """Of a file of which one test was asked for the others are still there.

    Classes that hold none of what was asked for are not collected.
    """
    project.write("test_x.py", NESTED)
    project.pytest().ok()
    units = set(project.units())
    assert len(units) == 3
    project.pytest(asked).ok()
    assert set(project.units()) == units
    # But what is no longer there is told by whoever would hold it.
    project.edit("test_x.py", "TestIn:", "TestOther:")
    project.edit("test_x.py", "test_more", "test_still")
    project.pytest("test_x.py").ok()
    assert set(project.units()) == {
        each.replace("TestIn:", "TestOther:").replace("more", "still")
        for each in units}


def test_deps_are_the_projects_own(project):
    """A test of a few files, in a project with an environment in it."""
    project.write("venv/pyvenv.cfg", "home = /usr/bin\n")
    project.write("venv/lib/python3/site-packages/installed.py", "VALUE = 1\n")
    project.write("venv/share/data.txt", "1")
    project.write("node_modules/a/index.js", "1")
    project.write("pkg/__init__.py", "")
    project.write("pkg/sums.py", """\
        def one():
            return 1

        def two():
            return 2

        def three():
            return 3

        def four():
            return 4
        """)
    project.write("data.txt", "1")
    project.write("tests/conftest.py", """\
        import sys
        sys.path.insert(0, "venv/lib/python3/site-packages")
        """)
    project.write("tests/test_it.py", """\
        import os

        import installed
        from pkg import sums

        def test_few():
            open("data.txt").close()
            assert not os.path.exists("absent.txt")
            assert sums.one() == 1

        def test_more():
            open("venv/share/data.txt").close()
            open("node_modules/a/index.js").close()
            open("/etc/hostname").close()
            sums.one(), sums.two(), sums.three(), sums.four()
            with open("out.txt", "w"):
                pass
        """)
    project.pytest().ok()

    def lines(*args):
        result = project.ftrace("deps", *args).ok()
        assert ("--all" in result.err) == ("--all" not in args)
        return result.out.splitlines()

    few = {line.split()[1] for line in lines("test_few")}
    assert few == {"absent.txt", "data.txt", "pkg/__init__.py",
                   "pkg/sums.py", "pyproject.toml", "tests/conftest.py",
                   "tests/test_it.py"}
    more = lines("test_more")
    sums, = [line for line in more if "sums.py" in line]
    assert re.fullmatch(r"read\S* +pkg/sums.py  four, one, three and 1 more",
                        sums)
    paths = {line.split()[1] for line in more}
    assert "out.txt" in paths
    assert not any(path.startswith(("/", "venv", "node_modules"))
                   for path in paths)
    assert "out.txt" not in {line.split()[1]
                             for line in lines("--inputs", "test_more")}
    whole = lines("--all", "test_more")
    assert len(whole) > 300
    assert any(re.match(r"read\S* +/etc/hostname$", line) for line in whole)
    assert any(re.match(r"read\S* +pkg/sums.py  two$", line)
               for line in whole)
    # The same in JSON, and how much is missing.
    answer = project.json("deps", "test_few")
    assert {each["path"] for each in answer["accesses"]} == few
    assert answer["left_out"] > 100
    assert project.json("deps", "--all", "test_few")["left_out"] == 0


def test_deps_of_a_command(project):
    """It is its own runner, so all that it did is its own."""
    project.write("in.txt", "1")
    project.run("sh", "-c", "cat in.txt >out.txt; test -e none")
    unit, = project.units()
    lines = {tuple(line.split()[:2]) for line in
             project.ftrace("deps", unit).ok().out.splitlines()}
    assert ("read", "in.txt") in lines and ("absent", "none") in lines
    assert any(path == "out.txt" and "write" in kinds
               for kinds, path in lines)


def test_status_names_failing_and_incomplete(project):
    project.write("test_it.py", """\
        import pytest

        @pytest.mark.parametrize("n", range(12))
        def test_fails(n):
            assert n == 12

        def test_passes():
            pass
        """)
    assert project.pytest().code == 1
    lingers = project.ftrace(
        "run", "-n", "lingers", "--", "sh", "-c",
        "sleep 30 >/dev/null 2>&1 & echo $!").ok()
    os.kill(int(lingers.out), signal.SIGKILL)
    status = project.ftrace("status").ok().out
    assert "test_it.py::test_fails[10]\n" in status
    assert "          and 2 more: --all\n" in status
    line, = [line for line in status.splitlines() if "lingers: " in line]
    assert "still running" in line
    assert "test_passes" not in status
    whole = project.ftrace("status", "--all").ok().out
    for number in range(12):
        assert "  test_it.py::test_fails[%d]\n" % number in whole
    assert "more: --all" not in whole
    answer = project.json("status")
    assert answer["counts"]["failing_units"] == 12
    assert answer["counts"]["incomplete_units"] == 1
    assert {unit["id"] for unit in answer["units"]
            if "incomplete" in unit} == {"lingers"}
    project.write("test_it.py", "def test_passes():\n    pass\n")
    project.pytest().ok()
    project.ftrace("run", "-n", "lingers", "--", "true").ok()
    status = project.ftrace("status").ok().out
    assert "selected" not in status


def test_why_names_what_notices(project):
    """By names that changed; and why a file is taken as a whole."""
    project.write("lib.py", """\
        import sys
        LIMIT = 1
        def limit():
            return LIMIT
        """)
    project.write("test_a.py", """\
        import lib
        def test_limit():
            assert lib.limit()
        def test_other():
            assert lib
        """)
    project.pytest().ok()
    with project.edited("lib.py", "LIMIT = 1", "LIMIT = 2"):
        assert project.affected_units() == ["test_a.py::test_limit"]
        told = project.ftrace("why", "test_a.py::test_limit").ok().out
        assert "\n  since lib.py:limit mentions LIMIT\n" in told
        reason, = project.json("why", "test_a.py::test_limit")["reasons"]
        assert reason["by"] == "lib.py:limit mentions LIMIT"
        reason, = project.json("affected")["units"][0]["reasons"]
        assert reason["by"] == "lib.py:limit mentions LIMIT"
    with project.edited("lib.py", "LIMIT = 1", "sys.setswitchinterval(1)"):
        reason, = project.json("why", "test_a.py::test_other")["reasons"]
        assert reason["text"].startswith("as a whole: ")
        assert "sys.setswitchinterval" in reason["text"]
