# SPDX-License-Identifier: MIT
"""Checks that write: formatters, builds, and what removes its inputs."""

import sys

import pytest

from test_check import PYTEST, check, configure, states

# A formatter that writes only what it changes, and one that always writes.
POLITE = """\
import sys
for name in sys.argv[1:]:
    old = open(name).read()
    new = "".join(line.rstrip() + "\\n" for line in old.splitlines())
    if new != old:
        open(name, "w").write(new)
"""
RUDE = POLITE.replace("if new != old:", "if True:")


def formatter(project, text, *names):
    """A project with a formatter, to be run on the files of the names."""
    project.write("../format.py", text)
    return {"command": [sys.executable, "-I", "../format.py", *names],
            "phase": "mutating"}


@pytest.mark.smoke
@pytest.mark.parametrize("text", [POLITE, RUDE], ids=["polite", "rude"])
def test_a_formatter_runs_once_more_on_its_own_output(project, text):
    project.write("a.txt", "tidy\n")
    project.write("b.txt", "not tidy  \n")
    configure(project, format=formatter(project, text, "a.txt", "b.txt"))
    first = check(project)["format"]
    assert first["rewrote"].startswith("it rewrote '")
    again = check(project)["format"]
    assert again["state"] == "rerun" and "rewrote" not in again
    assert check(project)["format"]["state"] == "hit"
    # What is tidy already is not written anew, or written as it was.
    project.write("a.txt", "tidy as well\n")
    some = check(project)["format"]
    assert some["state"] == "stale" and "rewrote" not in some
    assert check(project)["format"]["state"] == "hit"
    project.write("a.txt", "not tidy \n")
    assert "rewrote" in check(project)["format"]
    assert check(project)["format"]["state"] == "rerun"
    assert check(project)["format"]["state"] == "hit"


def test_what_never_comes_to_rest_is_never_a_hit(project):
    project.write("count", "0")
    configure(project, count="n=$(cat count); echo $((n + 1)) > count")
    for _ in range(4):
        assert check(project)["count"]["state"] != "hit"
    # Nor what adds to a directory that it lists.
    configure(project, grow="set -- *; touch grown-$#")
    for _ in range(4):
        assert check(project)["grow"]["state"] != "hit"


def test_later_phases_see_what_was_written(project):
    project.write("a.txt", "tidy\n")
    project.write("test_a.py", """\
        def test_a():
            assert open("a.txt").read()
        def test_b():
            pass
        """)
    configure(
        project,
        before={"command": "cat a.txt", "phase": "fast"},
        format=formatter(project, POLITE, "a.txt"),
        copy={"command": "cat a.txt", "phase": "slow"}, tests=PYTEST)
    check(project)
    check(project)
    assert set(states(check(project)).values()) == {"hit"}
    # Looked at before and after the formatter it is the same, in between not.
    project.write("a.txt", "tidy \n")
    answer = check(project)
    assert states(answer) == {"before": "stale", "format": "stale",
                              "copy": "hit", "tests": "hit"}
    check(project)
    # And the other way about: only what the formatter writes is news.
    project.write("../format.py", POLITE.replace("rstrip()", "strip() + '!'"))
    answer = check(project)
    assert states(answer) == {"before": "hit", "format": "stale",
                              "copy": "stale", "tests": "stale"}
    assert "\n1 passed" in answer["err"]


def test_what_comes_after_another_sees_what_that_wrote(project):
    project.write("a.txt", "x\n")
    configure(
        project,
        format=formatter(project, POLITE, "a.txt"),
        second={"command": "cat a.txt", "phase": "mutating"},
        count="grep -c x a.txt > b.txt",
        use={"command": "cat b.txt", "after": ["count"]})
    check(project)
    assert set(states(check(project)).values()) == {"hit"}
    # When it is their turn all is as it was for those after the first.
    project.write("a.txt", "x \n")
    assert states(check(project)) == {"format": "stale", "second": "hit",
                                      "count": "hit", "use": "hit"}
    project.write("a.txt", "x\ny\n")
    assert states(check(project)) == {"format": "stale", "second": "stale",
                                      "count": "stale", "use": "hit"}


def test_who_reads_what_was_formatted_depends_on_that_alone(project):
    project.write("a.txt", "a \n")
    project.write("b.txt", "b\n")
    configure(project, format=formatter(project, POLITE, "a.txt", "b.txt"),
              copy="cat a.txt")
    check(project)
    project.write("b.txt", "bb\n")
    assert project.affected("--runner", "command") == ["check:format"]
    assert states(check(project)) == {"format": "stale", "copy": "hit"}


def test_who_reads_what_was_built_depends_on_the_sources(project):
    project.write("a.in", "a\n")
    configure(project, build={"command": "cat a.in > a.out",
                              "phase": "mutating"}, use="cat a.out")
    check(project)
    assert set(states(check(project)).values()) == {"hit"}
    project.write("a.in", "b\n")
    assert "check:use" in project.affected("--runner", "command")
    assert set(states(check(project)).values()) == {"stale"}
    assert set(states(check(project)).values()) == {"hit"}


def test_a_build_that_does_only_what_is_to_be_done(project):
    for name in "ab":
        project.write(name + ".c", "int %s;\n" % name)
    project.write("Makefile", """\
        all: a.o b.o
        \tcat a.o b.o
        %.o: %.c
        \tcp $< $@
        """)
    configure(project, build="make -s")
    for expected in ("miss", "rerun", "hit"):
        assert check(project)["build"]["state"] == expected
    # What it made of b.c when a.c was another is no reason to run again.
    project.write("a.c", "int aa;\n")
    for expected in ("stale", "rerun", "hit"):
        assert check(project)["build"]["state"] == expected


def test_one_that_writes_in_another_phase_is_told_apart(project):
    project.write("a.txt", "a \n")
    rewrites = dict(formatter(project, POLITE, "a.txt"), phase="fast")
    configure(project, format=rewrites)
    result = project.ftrace("check").ok()
    assert ("ftrace: format: it rewrote 'a.txt', which it had read; it runs "
            "again next time. With the phase \"mutating\"") in result.err


def test_a_check_that_removes_its_inputs_is_no_hit(project):
    project.write("data.txt", "x\n")
    configure(project, clean="cat data.txt; rm -f data.txt")
    result = project.ftrace("check").ok()
    lines = [line for line in result.err.splitlines() if "removed" in line]
    assert lines == ["ftrace: clean: it removed 'data.txt', which it had "
                     "used; it runs again next time. With the phase "
                     "\"mutating\" in 'ftrace.json' it would run before "
                     "other checks read what it changes"]
    answer = check(project, code=0)
    assert answer["clean"]["state"] == "rerun"
    assert check(project)["clean"]["state"] == "hit"
    project.write("data.txt", "x\n")
    assert check(project)["clean"]["state"] == "stale"


def test_caches_are_no_inputs_of_that_kind(project):
    tag = "Signature: 8a477f597d28d172789f06886806bc55\n"
    line = ("mkdir -p .cache; echo '%s' > .cache/CACHEDIR.TAG; "
            "cat .cache/n a.txt; cat a.txt >> .cache/n")
    project.write("a.txt", "a\n")
    project.write(".cache/n", "0\n")
    configure(project, cached=line % tag.strip())
    assert "rewrote" not in check(project)["cached"]
    assert check(project)["cached"]["state"] == "hit"
    # The user's own is one without saying so.
    project.env["XDG_CACHE_HOME"] = str(project.root.parent / "cache")
    configure(project, cached="mkdir -p $XDG_CACHE_HOME/x; "
              "cat $XDG_CACHE_HOME/x/n a.txt; echo $$ > $XDG_CACHE_HOME/x/n")
    check(project)
    project.write("a.txt", "b\n")
    assert "rewrote" not in check(project)["cached"]
    assert check(project)["cached"]["state"] == "hit"


def test_what_the_check_makes_anew_each_time(project):
    configure(project, make="mkdir -p out && cd out && rm -f * && "
              "cp ../a.txt copy && cat copy && echo $$ > pid && rm pid")
    project.write("a.txt", "a\n")
    # With nothing there all of it is its own; later it lists what was there.
    for expected in ("miss", "hit"):
        assert check(project)["make"]["state"] == expected
    project.write("a.txt", "b\n")
    for expected in ("stale", "rerun", "hit"):
        assert check(project)["make"]["state"] == expected


def test_a_product_that_is_gone_is_made_again(project):
    """A map that is handed on, as CI does it, comes without."""
    project.write("in", "1\n")
    configure(project, build={"command": "cat in > made; cat in > unused",
                              "phase": "fast"},
              use="cat made")
    check(project)
    assert states(check(project)) == {"build": "hit", "use": "hit"}
    (project.root / "unused").unlink()
    assert states(check(project)) == {"build": "hit", "use": "hit"}
    (project.root / "made").unlink()
    answer = check(project)
    assert states(answer) == {"build": "stale", "use": "hit"}
    assert answer["build"]["reason"].startswith("made removed: it makes this")
    assert states(check(project)) == {"build": "hit", "use": "hit"}
