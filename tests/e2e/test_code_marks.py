# SPDX-License-Identifier: MIT
"""Marks of code: functions entered and sources loaded, said by a program.

What runners/pytest says of real tests is in pytest_adapter/; here a program
says it by hand, so that each rule of the map and of the selection shows.
"""

import os
import sys

import pytest

SAY = """\
    import os, sys

    ROOT = os.getcwd()

    def say(text):
        os.access("/@ftrace/" + text.replace("ROOT", ROOT), 0)

    def mark(text):
        for line in text.split():
            say(line)
    """

MODULE = """\
    LIMIT = 3

    def one():
        return LIMIT

    def two():
        return 2

    class Thing:
        size = 1

        def grow(self):
            return self.size
    """


@pytest.fixture
def marked(project):
    """A project in which m.py is a module, and a way to record marks."""
    # The Pythons that it tells of are no others' business.
    project.state = project.root.parent / "state"
    project.write("m.py", MODULE)

    def record(*lines, tag="fake-1", python=None):
        script = ["interpreter/%s/%s" % (tag, python or sys.executable),
                  "begin/module/m", "source/ROOT/m.py", "end/",
                  "code/t1/1/one/ROOT/m.py", "code/t1/2/two/ROOT/m.py",
                  "code/t1/3/Thing.grow/ROOT/m.py",
                  "code/t1/4/nothing/ROOT/m.py",
                  "code/t1/5/f/ROOT/other.py"]
        for unit in lines:
            name, _, marks = unit.partition(":")
            script += ["begin/unit/pytest/t.py::" + name, "use/module/m"]
            script += marks.split()
            script += ["outcome/passed/5", "end/"]
        project.write("say.py", SAY)
        with open(project.root / "say.py", "a") as file:
            for line in script:
                file.write("say(%r)\n" % line)
        return project.run(sys.executable, "-S", "say.py").ok()

    project.record = record
    return project


def test_function_selects_who_entered_it(marked):
    marked.record("a: enter/t1/1", "b: enter/t1/2,3", "c:")
    assert marked.affected_units() == []
    with marked.edited("m.py", "return LIMIT", "return LIMIT + 1"):
        assert marked.affected_units() == ["t.py::a"]
    with marked.edited("m.py", "return 2", "return 3"):
        assert marked.affected_units() == ["t.py::b"]
    with marked.edited("m.py", "return self.size", "return 0"):
        assert marked.affected_units() == ["t.py::b"]
    assert marked.affected_units() == []


def test_formatting_selects_nothing(marked):
    marked.record("a: enter/t1/1", "b: enter/t1/2")
    with marked.edited("m.py", "def two", "# a comment\n\n\ndef two"):
        changed = marked.json("changed")
        assert (changed["stale"], changed["hashed"]) == (0, 1)
        assert marked.affected_units() == []
        # The new text is known now.
        assert marked.json("changed")["hashed"] == 0


def test_deps_name_functions(marked):
    marked.record("a: enter/t1/1,3")
    blocks = {each.get("block", "")
              for each in marked.json("deps", "t.py::a")["accesses"]
              if each["path"] == "m.py"}
    assert blocks >= {"one", "Thing.grow", ""}


def test_effects_select_all_who_load(marked):
    marked.record("a: enter/t1/1", "b:")
    with marked.edited("m.py", "LIMIT = 3", "LIMIT = 3\nprint(LIMIT)"):
        assert marked.affected_units() == ["t.py::a", "t.py::b"]


def test_unknown_function_is_the_whole_file(marked):
    marked.record("a: enter/t1/4", "b:")
    with marked.edited("m.py", "return 2", "return 3"):
        assert marked.affected_units() == ["t.py::a"]


def test_undeclared_source_is_the_whole_file(marked):
    marked.write("other.py", "def f():\n    return 1\n")
    marked.record("a: enter/t1/5", "b:")
    with marked.edited("other.py", "return 1", "return 1  # comment"):
        assert marked.affected_units() == ["t.py::a"]


def test_undeclared_function_is_incomplete(marked):
    marked.record("a: enter/t1/77", "b: enter/t2/1", "c:")
    assert marked.affected_units() == ["t.py::a", "t.py::b"]


@pytest.mark.parametrize("text", [
    "code/", "code/t1", "code/t1/9", "code/t1/9/", "code/t1/9/f", "enter/",
    "enter/t1", "enter/t1/", "enter/t1/,", "enter/t1/1,,2", "source/",
    "interpreter/", "interpreter/x", "enter/t1/" + "1" * 500,
    "enter/" + "t" * 500 + "/1", "coarse/"])
def test_malformed_marks(marked, text):
    marked.record("a: enter/t1/1 " + text, "b: enter/t1/2")
    with marked.edited("m.py", "return LIMIT", "return 4"):
        assert "t.py::a" in marked.affected_units()
        assert "t.py::b" not in marked.affected_units()


def test_coarse_scope_reads_whole_sources(marked):
    result = marked.record("a: coarse/why", "b: enter/t1/2")
    assert "so tests depend on whole files" in result.err and "why" in result.err
    with marked.edited("m.py", "return LIMIT", "return 4"):
        assert marked.affected_units() == ["t.py::a"]
    with marked.edited("m.py", "LIMIT = 3", "LIMIT = 3  # three"):
        assert marked.affected_units() == ["t.py::a"]


def test_unknown_code_may_mention_any_name(marked):
    """In a function that nobody knows, in one said so, and not elsewhere."""
    marked.write("m.html", "{{ limit }}")
    marked.record("a: use/opaque/", "b: enter/t1/2", "c: enter/t1/1",
                  "d: enter/t1/4", "e: code/t1/6/f/ROOT/m.html enter/t1/6",
                  "f: code/t1/7/<module>/ROOT/m.py enter/t1/7",
                  "g: source/ROOT/m.py enter/t1/7")

    def selected():
        return "".join(unit[-1] for unit in marked.affected_units())

    with marked.edited("m.py", "LIMIT = 3", "LIMIT = 4"):
        assert selected() == "acdf"
    with marked.edited("m.py", "return 2", "return 3"):
        assert selected() == "bdf"
    with marked.edited("m.py", "LIMIT = 3", "LIMIT = 3  # three"):
        assert selected() == "df"


def test_what_unknown_code_keeps_anything_may_have_computed(marked):
    """A source that cannot be taken apart has functions that were entered."""
    marked.write("bad.py", "def get(:\n")
    marked.record(
        "a: begin/module/bad use/module/m source/ROOT/bad.py end/"
        " use/module/bad code/t1/8/get/ROOT/bad.py enter/t1/8,2"
        " kept/table=table;/ROOT/bad.py",
        "b: use/module/bad enter/t1/8 use/kept/table", "c: use/module/bad")
    with marked.edited("m.py", "return 2", "return 3"):
        assert marked.affected_units() == ["t.py::a", "t.py::b"]
    with marked.edited("m.py", "return LIMIT", "return 4"):
        assert marked.affected_units() == []


def test_syntax_error_selects_by_file(marked):
    marked.record("a: enter/t1/1", "b: enter/t1/2", "c:")
    with marked.edited("m.py", "def two", "def two("):
        result = marked.ftrace("affected", "--tests").ok()
        assert result.out.split() == ["t.py::a", "t.py::b", "t.py::c"]
        assert "m.py" in result.err and "line" in result.err
    assert marked.affected_units() == []


def test_removed_source_selects_all(marked):
    marked.record("a: enter/t1/1", "b:")
    os.rename(marked.root / "m.py", marked.root / "n.py")
    assert marked.affected_units() == ["t.py::a", "t.py::b"]
    os.rename(marked.root / "n.py", marked.root / "m.py")
    assert marked.affected_units() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read anything")
def test_unreadable_source_selects_all(marked):
    marked.record("a: enter/t1/1", "b:")
    os.chmod(marked.root / "m.py", 0)
    assert marked.affected_units() == ["t.py::a", "t.py::b"]


def test_gone_interpreter_selects_by_file(marked, tmp_path):
    python = tmp_path / "python"
    os.symlink(sys.executable, python)
    marked.record("a: enter/t1/1", "b: enter/t1/2", python=python)
    os.unlink(python)
    with marked.edited("m.py", "return LIMIT", "return 4"):
        result = marked.ftrace("affected", "--tests").ok()
        assert result.out.split() == ["t.py::a", "t.py::b"]
        assert "python3 of the recorded version (fake-1) is not known" in (
            result.err)
    os.symlink(sys.executable, python)
    assert marked.affected_units() == []
    with marked.edited("m.py", "return LIMIT", "return 4"):
        assert marked.affected_units() == ["t.py::a"]


@pytest.mark.parametrize("body", [
    "exit 3", "echo 12", "echo 3:xyz", "kill -9 $$",
    "head -c 100000 /dev/zero"])
def test_broken_interpreter_selects_by_file(marked, tmp_path, body):
    """Whatever answers instead of Python, all who load the file run."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec '%s' \"$@\"\n" % sys.executable)
    python.chmod(0o755)
    marked.record("a: enter/t1/1", "b: enter/t1/2", python=python)
    with marked.edited("m.py", "return LIMIT", "return 4"):
        python.write_text("#!/bin/sh\n%s\n" % body)
        assert marked.affected_units() == ["t.py::a", "t.py::b"]


def test_rewritten_while_running_is_selected(marked):
    """What was entered is not what lies there when the run is over."""
    marked.record("a: enter/t1/1", "b:")
    with open(marked.root / "say.py", "a") as file:
        file.write("open('m.py', 'a').write('# more\\n')\n")
    marked.run(sys.executable, "-S", "say.py").ok()
    assert marked.affected_units() == ["t.py::a", "t.py::b"]


def test_source_made_by_the_run_is_no_input(marked):
    """A test that writes a module and imports it depends on no file."""
    marked.record("a: source/ROOT/made.py code/t1/8/f/ROOT/made.py enter/t1/8",
                  "b:")
    text = (marked.root / "say.py").read_text().replace(
        "say('source/ROOT/made.py')",
        "open('made.py', 'w').write('def f(): pass')\n"
        "say('source/ROOT/made.py')")
    marked.write("say.py", text + "os.unlink('made.py')\n")
    marked.run(sys.executable, "-S", "say.py").ok()
    assert marked.affected_units() == []


def test_two_runs_of_two_interpreters(marked):
    marked.record("a: enter/t1/1", "b: enter/t1/2", tag="fake-1")
    marked.record("a: enter/t1/1", "b: enter/t1/2", tag="fake-2")
    assert marked.affected_units() == []
    with marked.edited("m.py", "return LIMIT", "return 4"):
        assert marked.affected_units() == ["t.py::a"]


def test_unchanged_run_stores_nothing_anew(marked):
    marked.record("a: enter/t1/1", "b: enter/t1/2")
    marked.run(sys.executable, "-S", "say.py").ok()
    before = marked.json("status")
    marked.run(sys.executable, "-S", "say.py").ok()
    after = marked.json("status")
    assert before["counts"]["states"] == after["counts"]["states"], after


def test_recorded_anew_after_an_edit(marked):
    marked.record("a: enter/t1/1", "b: enter/t1/2")
    marked.edit("m.py", "return LIMIT", "return 4")
    assert marked.affected_units() == ["t.py::a"]
    marked.record("a: enter/t1/1", "b: enter/t1/2")
    assert marked.affected_units() == []
    marked.edit("m.py", "return 2", "return 22")
    assert marked.affected_units() == ["t.py::b"]
