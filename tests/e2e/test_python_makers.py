# SPDX-License-Identifier: MIT
"""Functions that make something while a module is imported."""

import os
import textwrap

import pytest

STREAMS = """\
    from weakref import WeakKeyDictionary
    def make(source):
        cache = WeakKeyDictionary()
        default = 1
        def func(x=2):
            return source() + default + x
        return func
    out = make(lambda: 1)
    def uses_out():
        return out()
    def other():
        return 3
    """
TESTS = """\
    import streams
    def test_out():
        assert streams.out() > 0
    def test_uses():
        assert streams.uses_out() > 0
    def test_other():
        assert streams.other() == 3
    def test_makes():
        assert streams.make(lambda: 2)() > 0
    """
OUT, USES, OTHER, MAKES = (
    "test_streams.py::test_" + name
    for name in ("out", "uses", "other", "makes"))


@pytest.mark.parametrize("old, new", [
    ("default = 1", "default = 4"), ("x=2", "x=5"),
    ("WeakKeyDictionary()", "dict()"),
    ("def func(x=2)", "def func(x: int = 2)"),
    ("return source() + default + x", "return default"),
])
def test_who_has_what_was_made(project, old, new):
    project.files(streams=STREAMS, test_streams=TESTS,
                  test_more="import streams\ndef test_more():\n    pass\n")
    project.pytest().ok()
    with project.edited("streams.py", old, new):
        assert project.affected_units() == [MAKES, OUT, USES]
    assert project.affected() == []


@pytest.mark.parametrize("old, new", [
    ("default = 1", "default = print() or 1"),
    ("default = 1", "default = len('a')"),
    ("default = 1", "global made\n        made = default = 1"),
    ("default = 1", "default = source.x = 1"),
    ("return func", "raise LookupError"),
    ("return func", "return func()"),
])
def test_more_than_making(project, old, new):
    project.files(streams=STREAMS, test_streams=TESTS)
    project.pytest().ok()
    with project.edited("streams.py", old, new):
        assert project.affected_units() == [MAKES, OTHER, OUT, USES]


@pytest.mark.parametrize("line", [
    "value = out()", "value = make(out)()",
    "def late():\n    return make(len)\nvalue = late()",
    "import sys\nsys.out = out",
    "@make\ndef made():\n    return 1",
    "def late(f):\n    return f(1)\nvalue = late(make)",
    "def late():\n    return globals()['make'](1)\nvalue = late()",
])
def test_what_else_is_done_on_import(project, line):
    project.files(streams=textwrap.dedent(STREAMS) + line + "\n",
                  test_streams=TESTS)
    project.pytest().ok()
    with project.edited("streams.py", "default = 1", "default = 4"):
        assert project.affected_units() == [MAKES, OTHER, OUT, USES]


@pytest.mark.parametrize("line", [
    "class C:\n    held = make(len)", "table = {}\ntable[1] = out"])
def test_what_only_names_tell(project, line):
    project.files(streams=textwrap.dedent(STREAMS) + line + "\n",
                  test_streams=TESTS)
    project.pytest().ok()
    with project.edited("streams.py", "default = 1", "default = 4"):
        assert project.affected_units() == [MAKES, OUT, USES]


def test_other_modules(project):
    project.files(
        streams=STREAMS,
        plain="import streams\nfrom streams import make as build\n"
              "held = build(lambda: 2)\nalso = held\n"
              "def nothing():\n    return 1\n",
        loud="import streams\nvalue = streams.out()\n",
        test_plain="""\
            import plain
            def test_held():
                assert plain.held()
            def test_also():
                assert plain.also
            def test_nothing():
                assert plain.nothing()
            """,
        test_loud="import loud\ndef test_loud():\n    pass\n",
        test_own="from streams import make\nheld = make(len)\n"
                 "def test_own():\n    pass\n",
        test_none="import streams, plain\ndef test_none():\n    pass\n")
    project.pytest().ok()
    with project.edited("streams.py", "default = 1", "default = 4"):
        assert project.affected_units() == [
            "test_loud.py::test_loud", "test_own.py::test_own",
            "test_plain.py::test_also", "test_plain.py::test_held"]


def test_fixtures_conftests_and_later_imports(project):
    project.files(
        streams=STREAMS,
        conftest="""\
            import pytest
            @pytest.fixture(scope="session")
            def made():
                import streams
                return streams.make(lambda: 1)
            @pytest.fixture
            def held():
                import streams
                return streams.uses_out
            """,
        test_it="""\
            def test_made(made):
                assert made()
            def test_held(held):
                assert held()
            def test_inside():
                import streams
                assert streams.other()
            def test_name():
                import streams
                assert getattr(streams, "out")()
            def test_all():
                import streams
                assert vars(streams)
            def test_nothing():
                pass
            """)
    project.pytest().ok()
    with project.edited("streams.py", "default = 1", "default = 4"):
        assert project.affected_units() == [
            "test_it.py::test_" + name
            for name in ("all", "held", "made", "name")]


def test_kept_values(project):
    """What was made is called once, and what that computed is kept."""
    project.files(
        streams=STREAMS,
        config="""\
            import functools, streams
            @functools.lru_cache
            def settings():
                return streams.out()
            """,
        later="from config import settings\nVALUE = settings()\n"
              "def nothing():\n    return 1\n",
        test_a="""\
            import config
            def test_first():
                assert config.settings()
            def test_second():
                assert config.settings()
            def test_third():
                pass
            """,
        test_b="""\
            def test_later():
                import later
                assert later.nothing()
            """)
    project.pytest().ok()
    with project.edited("streams.py", "default = 1", "default = 4"):
        assert project.affected_units() == [
            "test_a.py::test_first", "test_a.py::test_second",
            "test_b.py::test_later"]


@pytest.mark.parametrize("text", [
    "import streams\nheld = streams.make(lambda: 1)()\n",
    "import streams\nheld = streams.out()\n",
    "from streams import out\nheld = [out]\n",
])
def test_modules_from_elsewhere(project, tmp_path, text):
    """Nobody knows what they mention."""
    site = tmp_path / "site-packages"
    site.mkdir()
    (site / "elsewhere.py").write_text(text)
    project.env["PYTHONPATH"] = "%s%s%s" % (site, os.pathsep, project.root)
    project.files(
        streams=STREAMS,
        test_it="import elsewhere\ndef test_it():\n    elsewhere.held\n",
        test_none="import streams\ndef test_none():\n    pass\n")
    project.pytest().ok()
    with project.edited("streams.py", "default = 1", "default = 4"):
        assert project.affected_units() == ["test_it.py::test_it"]


def test_two_edits_at_once(project):
    project.files(streams=STREAMS, test_streams=TESTS)
    project.pytest().ok()
    with project.edited("streams.py", "default = 1", "default = 4"):
        with project.edited("streams.py", "def other():\n    return 3",
                            "LIMIT = 3\ndef other():\n    return LIMIT"):
            assert project.affected_units() == [MAKES, OTHER, OUT, USES]
    with project.edited("streams.py", "default = 1", "default = 4"):
        with project.edited("streams.py", "out = make(lambda: 1)",
                            "out = make(lambda: 1)\nmade = make(print)"):
            assert project.affected_units() == [MAKES, OTHER, OUT, USES]
