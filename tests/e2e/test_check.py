# SPDX-License-Identifier: MIT
"""`ftrace check`: what of the project's checks is run, and what is not."""

import json
import sys

import pytest

from helpers import FTRACE, PYTHON

PYTEST = [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


def configure(project, **checks):
    """Writes ftrace.json; a check is its command, or an object."""
    project.write("ftrace.json", json.dumps({"checks": {
        name: check if isinstance(check, dict) else {"command": check}
        for name, check in checks.items()}}))
    return project


def check(project, *args, code=0, **more):
    """What `ftrace check --json` says: the checks by name, and totals."""
    result = project.ftrace("check", "--json", *args, **more)
    assert result.code == code, result
    answer = json.loads(result.out)
    assert answer["version"] == 1
    found = {each["name"]: each for each in answer["checks"]}
    found["totals"] = answer["totals"]
    found["err"] = result.err
    return found


def states(answer):
    return {name: each.get("state") for name, each in answer.items()
            if isinstance(each, dict) and name != "totals"}


def runs(project, name):
    """How often a command that ends with `note NAME` has run."""
    path = project.root.parent / ("ran-" + name)
    return len(path.read_text()) if path.exists() else 0


def counted(project, name, line="true"):
    """A line that counts its runs where no input is."""
    return "%s && printf x >> %s/ran-%s" % (line, project.root.parent, name)


@pytest.fixture
def four(project):
    project.write("a.txt", "a\n")
    project.write("b.txt", "b\n")
    project.write("test_a.py", """\
        def test_a():
            assert open("a.txt").read()
        def test_b():
            assert open("b.txt").read()
        """)
    return configure(
        project,
        style={"command": counted(project, "style", "cat b.txt"),
               "phase": "fast"},
        format={"command": counted(project, "format", "cat a.txt b.txt"),
                "phase": "mutating"},
        words=counted(project, "words", "cat a.txt"),
        tests=PYTEST)


@pytest.mark.smoke
def test_what_is_unchanged_is_not_run(four):
    first = check(four)
    assert set(states(first).values()) == {"miss"}
    assert first["totals"]["miss"] == 4 and first["totals"]["hit"] == 0
    again = check(four)
    assert set(states(again).values()) == {"hit"}
    assert not any(again[name]["ran"] for name in states(again))
    assert [runs(four, name) for name in ("style", "format", "words")] == [
        1, 1, 1]
    assert again["totals"]["spared_us"] > 0


def test_an_edit_runs_what_reads_the_file(four):
    check(four)
    four.write("a.txt", "aa\n")
    some = check(four)
    assert states(some) == {"style": "hit", "format": "stale",
                            "words": "stale", "tests": "stale"}
    assert some["words"]["reason"] == "a.txt modified"
    # One test of two.
    assert "\n1 passed" in some["err"]
    assert set(states(check(four)).values()) == {"hit"}


def test_no_process_is_started_for_hits(four):
    check(four)
    strace = four.sh("strace", "-f", "-o", "trace", "-e", "trace=process",
                     sys.executable, "-c", "pass")
    if strace.code:
        pytest.skip("no strace")
    # A leak cannot be looked for below strace.
    four.sh("strace", "-f", "-o", "trace", "-e",
            "trace=execve,fork,vfork,clone,clone3", FTRACE, "check",
            env={"ASAN_OPTIONS": "detect_leaks=0"}).ok()
    trace = (four.root / "trace").read_text()
    assert trace.count("execve(") == 1
    assert "fork(" not in trace and "clone" not in trace


def test_failures_are_run_again_and_not_counted_against_the_cache(project):
    configure(project, bad="cat a.txt && false", good="cat a.txt")
    project.write("a.txt", "a\n")
    check(project, "-k", code=1)
    again = check(project, "-k", code=1)
    assert states(again) == {"bad": "rerun", "good": "hit"}
    assert again["bad"]["reason"] == "failed"
    assert again["totals"] == dict(
        again["totals"], hit=1, stale=0, miss=0, rerun=1, failed=1)


def test_the_first_failure_is_the_exit_status(project):
    configure(project, one={"command": "exit 7", "phase": "fast"},
              two={"command": "exit 8"})
    first = check(project, code=7)
    assert first["one"]["status"] == 7 and not first["two"]["ran"]
    assert first["totals"]["left"] == 1
    both = check(project, "--keep-going", code=7)
    assert both["two"]["status"] == 8
    assert both["totals"]["failed"] == 2


def test_a_failure_ends_those_that_run(project):
    configure(project, bad="sleep 0.3; exit 3",
              long="trap '' TERM; sleep 60; sleep 60", after={
                  "command": "true", "after": ["long"]})
    answer = check(project, "-j", "2", code=3, timeout=30)
    assert answer["long"]["outcome"] == "stopped"
    assert not answer["after"]["ran"]
    # It did not pass, so it is no hit.
    configure(project, long="trap '' TERM; sleep 0; sleep 0")
    assert check(project)["long"]["state"] != "hit"


def test_another_command_is_another_check(project):
    configure(project, one="true")
    check(project)
    assert check(project)["one"]["state"] == "hit"
    configure(project, one="exit 0")
    changed = check(project)["one"]
    assert changed["state"] == "miss"
    assert changed["reason"] == "its command has changed"
    project.write("sub/x")
    configure(project, one={"command": "exit 0", "directory": "sub"})
    assert check(project)["one"]["state"] == "miss"
    # The one before is forgotten.
    configure(project, one="exit 0")
    assert check(project)["one"]["state"] == "miss"


def test_words_and_lines(project):
    project.write("sub/file.txt", "inside\n")
    configure(project, words=["printf", "%s|", "a b", "$HOME"],
              line={"command": "cat file.txt; pwd -P", "directory": "sub"})
    result = project.ftrace("check", "-j1").ok()
    assert result.out == "== words\na b|$HOME|\n== line\ninside\n%s\n" % (
        project.root.resolve() / "sub")


def test_chosen_checks(project):
    configure(project, one={"command": "true", "profiles": ["commit", "ci"]},
              two={"command": "true", "profiles": ["ci"]}, three="true")
    assert set(states(check(project, "-p", "commit"))) == {"one", "three"}
    assert set(states(check(project, "--profile", "ci"))) == {
        "one", "two", "three"}
    assert set(states(check(project, "two", "one"))) == {"one", "two"}
    for args in (["four"], ["-p", "nightly"], ["one", "-p", "ci"],
                 ["-j", "0"], ["-j", "x"]):
        result = project.ftrace("check", *args)
        assert result.code == 2 and not result.out, result


def test_all_runs_hits(four):
    check(four)
    everything = check(four, "--all")
    assert all(everything[name]["ran"] for name in states(everything))
    assert set(states(everything).values()) == {"rerun"}
    assert "\n2 passed" in everything["err"]
    assert runs(four, "words") == 2


def test_phases_and_order(project):
    log = project.root.parent / "log"

    def line(name):
        return "echo %s >> %s" % (name, log)

    configure(
        project,
        last={"command": line("last"), "after": ["slow"]},
        slow={"command": "sleep 0.2; " + line("slow")},
        m1={"command": "sleep 0.2; " + line("m1"), "phase": "mutating"},
        m2={"command": line("m2"), "phase": "mutating"},
        f1={"command": "sleep 0.4; " + line("f1"), "phase": "fast"},
        f2={"command": line("f2"), "phase": "fast", "after": []})
    check(project, "-j4")
    # Phases in order; at once within one, but for those that write.
    assert log.read_text().split() == ["f2", "f1", "m1", "m2", "slow", "last"]
    log.unlink()
    check(project, "-j1", "-a")
    assert log.read_text().split() == ["f1", "f2", "m1", "m2", "slow", "last"]


def test_after_a_failure_nothing_that_waits_for_it_runs(project):
    configure(project, one="false", two={"command": "true", "after": ["one"]},
              three="true")
    answer = check(project, "-k", code=1)
    assert not answer["two"]["ran"] and answer["three"]["ran"]
    assert "state" not in answer["two"]
    assert answer["totals"]["left"] == 1


def test_pytest_in_a_line_is_taken_test_by_test(project):
    project.write("test_x.py", "def test_x():\n    pass\n")
    configure(project, tests=" ".join(PYTEST),
              whole={"command": " ".join(PYTEST), "runner": "none"},
              shell={"command": "cd . && " + " ".join(PYTEST),
                     "runner": "pytest"})
    check(project, "-j1")
    assert set(states(check(project)).values()) == {"hit"}
    ids = {(each["runner"], each["id"])
           for each in project.json("status")["units"]}
    assert ids == {("pytest", "test_x.py::test_x"),
                   ("command", "check:whole")}
    project.write("test_y.py", "def test_y():\n    pass\n")
    answer = check(project, "tests")
    assert answer["tests"]["state"] == "stale"


def test_checks_are_not_for_a_runner_to_run(four):
    check(four)
    four.write("a.txt", "aa\n")
    assert four.affected() == ["test_a.py::test_a"]
    assert "; 1 of 2 tests affected" in four.ftrace("affected").err
    assert four.affected("--runner", "command") == [
        "check:format", "check:words"]
    assert {"check:format", "check:words"} < set(four.reasons())


def test_what_a_check_marks_itself_is_its_own(project):
    project.write("a.txt", "a\n")
    project.write("marks.py", """\
        import os
        for mark in ("begin/unit/mine/one", None, "outcome/passed", "end/"):
            if mark:
                os.access("/@ftrace/" + mark, os.F_OK)
            else:
                open("a.txt").read()
        """)
    configure(project, marks=[sys.executable, "-I", "marks.py"])
    check(project)
    assert check(project)["marks"]["state"] == "hit"
    assert project.units() == {"check:marks": "passed", "one": "passed"}
    project.write("a.txt", "aa\n")
    assert check(project)["marks"]["state"] == "stale"


def test_lines_for_people(four):
    result = four.ftrace("check", "-j1").ok()
    assert result.out.startswith("== style\nb\n== format\na\nb\n== words\n")
    lines = result.err.splitlines()
    assert lines[0] == "ftrace: style: miss, there is no map yet"
    assert lines[1].startswith("ftrace: style: passed, ")
    assert lines[-1].startswith(
        "ftrace: 4 checks: 0 hits, 0 stale, 4 misses, 0 reruns; 0 ms spared")
    result = four.ftrace("check").ok()
    assert result.out == ""
    assert result.err.splitlines()[2].startswith("ftrace: words: hit, ")
    assert result.err.splitlines()[-1].startswith(
        "ftrace: 4 checks: 4 hits, 0 stale, 0 misses, 0 reruns; ")
    assert four.ftrace("check", "-q").ok().err == ""
    four.write("ftrace.json", '{"checks": {"x": {"command": "echo o; false"},'
               ' "y": {"command": "echo no"}}}')
    result = four.ftrace("check", "-q", "-k")
    assert result.code == 1 and result.out == "== x\no\n"
    assert result.err.startswith("ftrace: x: failed with 1, ")
    assert result.err.count("\n") == 1
