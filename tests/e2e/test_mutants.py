# SPDX-License-Identifier: MIT
"""The oracles bench/mutate and bench/replay, which judge what is selected."""

import importlib.machinery
import importlib.util
import json
import os
import sys
import textwrap

import pytest
from helpers import FTRACE, PYTHON, SOURCE

sys.path.insert(0, str(SOURCE / "bench"))

import common  # noqa: E402
import mutate_projects  # noqa: E402
import mutate_python  # noqa: E402
import mutate_sample  # noqa: E402
import oracle_fixture  # noqa: E402
import oracle_judge  # noqa: E402
import oracle_select  # noqa: E402
import replay_history  # noqa: E402
import replay_walk  # noqa: E402
from mutate_files import Mutant, Survey  # noqa: E402
from mutate_tree import Tree  # noqa: E402
from oracle_suite import Outcomes  # noqa: E402


def mutants(kind, text, path="m.py"):
    source = mutate_python.Source(
        path, textwrap.dedent(text).lstrip("\n").encode())
    operator = mutate_python.OPERATORS[kind]
    found = (operator(source, mutate_python.Classes([source]))
             if kind == "override" else operator(source))
    contents = [content for _title, content in found]
    for content in contents:
        compile(content, path, "exec")
    return [content.decode() for content in contents]


def only(kind, text, path="m.py"):
    found, = mutants(kind, text, path)
    return found


class TestOperators:
    def test_body(self):
        assert only("body", '''
            def f(x):
                """Doc."""
                return x
        ''') == ('def f(x):\n    """Doc."""\n'
                 '    raise RuntimeError("mutant")\n    return x\n')

    def test_body_on_one_line_or_only_a_docstring(self):
        assert only("body", "def f(): return 1\n") == (
            'def f(): raise RuntimeError("mutant"); return 1\n')
        assert only("body", 'def f():\n    "é"\n') == (
            'def f():\n    "é"; raise RuntimeError("mutant")\n')

    def test_body_before_a_decorated_function(self):
        assert only("body", """
            class A:
                def f(self):
                    @wraps
                    class B: pass
        """).splitlines()[2] == '        raise RuntimeError("mutant")'

    def test_constants_but_not_those_of_other_kinds(self):
        found = mutants("constant", '''
            """Doc."""
            X: "int" = 1
            def f(a: "b" = 2) -> "c":
                "Doc."
                return a is None, f"{a} of"
            class A:
                "Doc."
                y = 3
        ''')
        assert len(found) == 1 and 'X: "int" =  2' in found[0]

    def test_a_constant_after_other_letters(self):
        assert only("constant", "x = f(é, True)\n") == "x = f(é,  False)\n"

    def test_defaults_of_both_sorts(self):
        assert mutants("default", "def f(a, b=None, *, c='x', d=()): pass\n"
                       ) == [
            "def f(a, b=\"mutant\", *, c='x', d=()): pass\n",
            "def f(a, b=None, *, c='mutantx', d=()): pass\n"]

    def test_attributes(self):
        assert mutants("attribute", """
            class A:
                x: int = 1
                y: str
                z = [1,
                     2]
        """) == ["class A:\n    x: int = 2\n    y: str\n    z = [1,\n"
                 "         2]\n",
                 "class A:\n    x: int = 1\n    y: str\n    z = None\n"]

    def test_a_method_that_only_the_base_has(self):
        found = mutants("override", """
            class A:
                @property
                def p(self): return 1
                def q(self): return 2
            class B(A):
                def q(self): return 3
            class C(B):
                pass""")
        assert len(found) == 3
        assert found[0].endswith(
            "class B(A):\n    def q(self): return 3\n\n    @property\n"
            '    def p(*args, **kwargs):\n        raise RuntimeError'
            '("mutant")\nclass C(B):\n    pass')
        assert found[2].endswith(
            "    pass\n\n    def q(*args, **kwargs):\n"
            '        raise RuntimeError("mutant")\n')

    def test_a_decorator_of_several_lines(self):
        assert mutants("decorator", """
            @one(
                1)
            @two
            def f(): pass
        """) == ["@two\ndef f(): pass\n", "@one(\n    1)\ndef f(): pass\n"]

    def test_statements_change_places(self):
        assert only("reordered", '''
            """Doc."""
            from __future__ import annotations
            x = 1

            @d
            def f(): pass
            def g(): pass
        ''').splitlines()[2:] == [
            "@d", "def f(): pass", "", "x = 1", "def g(): pass"]

    def test_deleted(self):
        assert mutants("deleted", "import a\nx = (1,\n 2)\n") == [
            "x = (1,\n 2)\n", "import a\n"]

    def test_exports_of_packages_alone(self):
        text = "from .a import (x,\n    y as z)\nfrom . import b\n"
        assert mutants("export", text, "m.py") == []
        assert mutants("export", text, "p/__init__.py") == [
            "from .a import y as z\nfrom . import b\n",
            "from .a import x\nfrom . import b\n",
            "from .a import (x,\n    y as z)\npass\n"]


def outcomes(collected=(), uncollected=(), end=1, started=(), **ends):
    lines = [{"uncollected": node} for node in uncollected]
    lines.append({"collected": list(collected or ends)})
    lines += [{"start": test} for test in started]
    lines += [{"id": test.replace("__", "::"), "outcome": how}
              for test, how in ends.items()]
    if end is not None:
        lines.append({"end": end})
    return Outcomes(map(json.dumps, lines))


def run(ends, **more):
    seen = outcomes(list(ends), **more)
    seen.outcomes = dict(ends)
    return seen


BEFORE = {"t/a.py::x": "passed", "t/a.py::y[1]": "skipped",
          "t/a.py::y[2]": "passed", "t/b.py::C::z": "passed"}
BASE = oracle_judge.Baseline([run(BEFORE), run(BEFORE)])


def resolve(arguments, after, **more):
    return oracle_judge.resolve(arguments, BASE, after, **more)


class TestJudge:
    def test_what_fails_or_is_flaky_before_is_left_out(self):
        first = dict(BEFORE, bad="failed", some="passed", gone="passed")
        second = dict(BEFORE, bad="failed", some="error")
        base = oracle_judge.Baseline([run(first), run(second)])
        assert base.good == set(BEFORE)
        assert base.left_out == {"bad", "some", "gone"}
        after = run(dict(BEFORE, bad="failed", some="failed"))
        assert oracle_judge.failing(base, after) == set()

    def test_failing_and_new_tests_that_fail(self):
        after = run({"t/a.py::x": "error", "t/a.py::y[1]": "passed",
                     "t/a.py::n": "failed", "t/a.py::m": "passed"})
        # What is gone has not failed.
        assert oracle_judge.failing(BASE, after) == {
            "t/a.py::x", "t/a.py::n"}

    @pytest.mark.parametrize("node, lost", [
        ("t/a.py", {"t/a.py::x", "t/a.py::y[1]", "t/a.py::y[2]"}),
        ("t/b.py::C", {"t/b.py::C::z"}),
        ("t/__init__.py", set(BEFORE)), (".", set(BEFORE)),
        ("t/a", set())])
    def test_what_cannot_be_collected_has_failed(self, node, lost):
        after = run({}, uncollected=[node], end=2)
        assert oracle_judge.failing(BASE, after) == lost

    def test_pytest_does_not_start(self):
        assert oracle_judge.failing(BASE, Outcomes()) == set(BEFORE)

    def test_a_crash_is_the_test_that_was_under_way(self):
        after = run({"t/a.py::x": "passed"}, end=None,
                    started=["t/a.py::x", "t/b.py::C::z"])
        assert oracle_judge.failing(BASE, after) == {"t/b.py::C::z"}

    def test_a_file_and_a_function_stand_for_their_tests(self):
        after = run(dict(BEFORE, **{"t/a.py::n": "passed"}))
        assert resolve(["t/a.py"], after).tests == {
            "t/a.py::x", "t/a.py::y[1]", "t/a.py::y[2]", "t/a.py::n"}
        assert resolve(["t/a.py::y"], after).tests == {
            "t/a.py::y[1]", "t/a.py::y[2]"}
        assert resolve(["t/a.py::y[2]", "t/b.py::C"], after).tests == {
            "t/a.py::y[2]", "t/b.py::C::z"}

    def test_an_argument_that_finds_nothing_is_refused(self):
        found = resolve(["t/a.py::gone", "t/a.py::x"], run(BEFORE))
        assert found.refused == ["t/a.py::gone"]

    def test_a_file_that_cannot_be_collected_is_seen(self):
        after = run({"t/b.py::C::z": "passed"}, uncollected=["t/a.py"])
        found = resolve(["t/a.py::x"], after)
        assert found.tests == {
            "t/a.py::x", "t/a.py::y[1]", "t/a.py::y[2]"}
        assert not found.refused
        assert oracle_judge.escapes(
            oracle_judge.failing(BASE, after), found) == []

    def test_an_escape(self):
        after = run(dict(BEFORE, **{"t/a.py::x": "failed"}))
        failed = oracle_judge.failing(BASE, after)
        assert oracle_judge.escapes(
            failed, resolve(["t/a.py::y"], after)) == ["t/a.py::x"]

    def test_pytest_breaks_for_the_selected_as_well(self):
        assert resolve(["t/b.py"], Outcomes(), breaks=True).tests == set(
            BEFORE)

    def test_replay(self):
        full = {"a": "failed", "b": "failed", "c": "passed", "n": "passed"}
        before = {"a": "passed", "b": "failed", "c": "passed"}
        warm = replay_walk.Warm({"c": "failed"}, 1, 1)
        assert replay_walk.compare(warm, full, before, before) == (
            ["a"], ["n"], ["c"])
        # What the map takes for passing was to be selected.
        believed = dict(before, b="passed")
        assert replay_walk.compare(
            warm, full, before, believed)[0] == ["a", "b"]


def test_a_tree_is_as_before(tmp_path):
    source = tmp_path / "source"
    oracle_fixture.write(str(source))
    (source / "link").symlink_to("shop")
    tree = Tree(str(tmp_path / "tree"))
    tree.make(str(source))
    tree.freeze()
    tree.apply(Mutant("x", "x", {
        "shop/cart.py": None, "shop/price.py": b"",
        "new/deep/file.py": b"", "shop/cart/__init__.py": b""}))
    os.unlink(tree.root + "/link")
    os.mkdir(tree.root + "/link")
    os.unlink(tree.root + "/shop/data/one.txt")
    os.makedirs(tree.root + "/.ftrace")
    assert tree._look() != tree.known
    tree.restore()
    assert tree._look() == tree.known
    assert os.path.isdir(tree.root + "/.ftrace")
    assert common.read(tree.root + "/shop/data/one.txt") == "100 200\n"


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """The small project, and the oracles' work in a folder of its own."""
    monkeypatch.setattr(common, "FTRACE", FTRACE)
    monkeypatch.setattr(common, "build", lambda: None)
    monkeypatch.setattr(oracle_fixture, "python",
                        lambda pytest=None: PYTHON)
    monkeypatch.setattr(mutate_projects, "WORK", str(tmp_path / "mutate"))
    monkeypatch.setattr(replay_history, "WORK", str(tmp_path / "replay"))
    return oracle_fixture.prepared(False)


def script(name, *arguments, monkeypatch):
    """Runs a bench's main; returns its exit status."""
    loader = importlib.machinery.SourceFileLoader(
        "bench_" + name, str(SOURCE / "bench" / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
    return module.main()


def test_the_sample_is_that_of_the_seed(tiny):
    seen = {"loaded": ["shop/cart.py", "shop/price.py", "shop/__init__.py",
                       "tests/test_cart.py"],
            "opened": ["shop/data/one.txt", "shop/cart.py"],
            "path": [".", None], "names": ["os"], "suffixes": [".so"]}
    survey = Survey(tiny.source, seen)
    assert survey.data == ["shop/data/one.txt"]

    def titles(seed):
        return [each.title for each in mutate_sample.sample(
            survey, 26, seed)]

    assert titles("1") == titles("1") != titles("2")
    kinds = {each.kind for each in mutate_sample.sample(survey, 26, "1")}
    assert kinds == set(mutate_sample.KINDS)


def test_what_is_selected_is_no_escape(tiny, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out.json"
    assert script("mutate", "--projects", "tiny", "--mutants", 4, "--kinds",
                  "body,export,shadow", "--output", out,
                  monkeypatch=monkeypatch) == 0
    project, = json.loads(out.read_text())["projects"]
    assert project["tests"] == oracle_fixture.TESTS
    assert not project["left_out"]
    found = project["figures"]["ftrace"]
    assert found["mutants"] == 4 and found["killed"] > 0
    assert found["escapes"] == 0 and found["share"] > 0
    assert not any(each["unclean"] for each in project["mutants"])
    assert "missed by" not in capsys.readouterr().out


def test_a_planted_escape_is_told(tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(oracle_select.Ftrace, "arguments", lambda self: [])
    assert script("mutate", "--projects", "tiny", "--mutants", 1, "--kinds",
                  "data", monkeypatch=monkeypatch) == 1
    said = capsys.readouterr().out
    assert "missed by ftrace: data: shop/data/" in said
    assert "tests/test_cart.py::test_" in said
    assert "  | --- a/shop/data/" in said


def test_a_planted_escape_of_a_project_on_disk(tiny, monkeypatch, capsys):
    monkeypatch.setattr(oracle_select.Ftrace, "arguments", lambda self: [])
    assert script("mutate", "--mutants", 1, "--kinds", "body", "--seed", 3,
                  tiny.source, "--", PYTHON, "-m", "pytest", "-q",
                  "tests", monkeypatch=monkeypatch) == 1
    assert "missed by ftrace: body: " in capsys.readouterr().out
    # The project itself is not touched.
    assert common.read(tiny.source + "/shop/data/one.txt") == "100 200\n"
    assert not os.path.exists(tiny.source + "/.ftrace")


def test_the_other_tool_does_not_work(tiny, monkeypatch, capsys):
    """No pytest-testmon is installed here."""
    assert script("mutate", "--testmon", "--mutants", 1, "--kinds", "body",
                  tiny.source, "--", PYTHON, "-m", "pytest", "-q",
                  monkeypatch=monkeypatch) == 0
    said = capsys.readouterr().out
    assert "pytest-testmon ended with 4" in said
    assert "\n  all " in said


@pytest.mark.skipif(not replay_history.available(), reason="no git")
def test_a_history(tiny, tmp_path, monkeypatch, capsys):
    edits = [each for each in replay_history.EDITS if each[0] in (
        "the test is right again", "a new test file")]
    monkeypatch.setattr(replay_history, "EDITS", edits)
    out = tmp_path / "out.json"
    assert script("replay", "--quick", "--output", out,
                  monkeypatch=monkeypatch) == 0
    answer = json.loads(out.read_text())
    assert answer["totals"]["ftrace"]["commits"] == 2
    failing, new = answer["commits"]
    assert len(failing["failed"]) == 2
    # What failed runs again until it passes, and what is new.
    assert new["tests"] == 9 and new["warm"]["ftrace"]["selected"] == 3


@pytest.mark.skipif(not replay_history.available(), reason="no git")
def test_a_planted_escape_of_a_history(tiny, monkeypatch, capsys):
    edits = [("a function breaks", [
        ("shop/price.py", "return amount * 100 //", "return amount * 99 //")])]
    monkeypatch.setattr(replay_history, "EDITS", edits)
    monkeypatch.setattr(
        replay_walk.Traced, "warm", lambda self: replay_walk.Warm({}, 1, 1))
    assert script("replay", "--quick", monkeypatch=monkeypatch) == 1
    said = capsys.readouterr().out
    assert "ftrace, missed at " in said
    assert "tests/test_price.py::test_net" in said
