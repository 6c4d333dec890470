# SPDX-License-Identifier: MIT
"""Annotations, types and what looks like them, in Pythons that have it."""

import pytest

from test_versions import EVERY_PYTHON, PYTHONS, python  # noqa: F401


def since(minor):
    """With each interpreter from a minor version on, if there is any."""
    found = [name for name in EVERY_PYTHON
             if int(name[2:]) >= minor and (minor > 12 or name in PYTHONS)]
    return pytest.mark.parametrize("python", found, indirect=True)


@since(9)
def test_functions_that_look_like_annotations(project, python):  # noqa: F811
    project.python = python
    project.files(lib="""\
        def render(format):
            return 1
        def __annotate__(format):
            return 2
        short = lambda format: 3
        """, test_a="""\
        import lib
        def test_1():
            assert lib.render(3) == 1
        def test_2():
            assert lib.__annotate__(3) == 2
        def test_3():
            assert lib.short(3) == 3
        """)
    assert project.pytest("-q").ok().err == "ftrace: recorded 3 units\n"
    for old in ("return 1", "format: 3"):
        with project.edited("lib.py", old, old[:-1] + "5"):
            assert project.affected_units() == [
                "test_a.py::test_" + old[-1]]
    # Of this one Python keeps what it gives, from 3.14 on.
    with project.edited("lib.py", "return 2", "return 5"):
        assert "test_a.py::test_2" in project.affected_units()


@since(12)
def test_functions_beside_types(project, python):  # noqa: F811
    project.python = python
    project.files(lib="""\
        type Name = int
        def plain():
            return 1
        class Box[T: (int, str)]:
            type Inner = list[T]
            def get(self):
                return 2
        def made():
            type Local = int
            def inner():
                return 3
            return inner
        """, test_a="""\
        import lib
        def test_1():
            assert lib.plain() == 1
        def test_2():
            assert lib.Box().get() == 2
        def test_3():
            assert lib.made()() == 3
        def test_type():
            assert lib.Name.__value__ is int
        """)
    assert project.pytest("-q").ok().err == "ftrace: recorded 4 units\n"
    for old in ("return 1", "return 2", "return 3"):
        with project.edited("lib.py", old, old[:-1] + "5"):
            assert project.affected_units() == [
                "test_a.py::test_" + old[-1]]
    with project.edited("lib.py", "Name = int", "Name = str"):
        assert "test_a.py::test_type" in project.affected_units()


LATE = {"marks": """\
    class Length:
        def __init__(self, most):
            self.most = most + 0
    def made():
        return int
    def aside():
        return 1
    """, "lib": """\
    import typing
    from marks import Length, aside, made
    class Shop:
        name: typing.Annotated[str, Length(3)]
        def find(self, other: Shop, key: made()) -> Later:
            return aside()
    def sell(what: Later) -> typing.Annotated[int, Length(4)]:
        return 1
    def never(what: Later):
        return 1
    Later = int
    """, "test_a": """\
    import inspect, lib
    def limit(function):
        found = inspect.signature(function).return_annotation
        return found.__metadata__[0].most
    def test_first():
        assert limit(lib.sell) == 4
    def test_second():
        assert limit(lib.sell) == 4
    def test_class():
        assert lib.Shop.__annotations__["name"].__metadata__[0].most == 3
    def test_class_again():
        assert lib.Shop.__annotations__["name"].__metadata__[0].most == 3
    def key():
        return inspect.signature(lib.Shop.find).parameters["key"].annotation
    def test_method():
        assert key() is int
    def test_method_again():
        assert key() is int
    """, "test_b": """\
    def test_other():
        pass
    """}
FIRST, CLASS, METHOD = (
    {"test_a.py::test_" + name for name in names.split()} for names in (
        "first second", "class class_again", "method method_again"))


@since(14)
def test_what_annotations_compute(project, python):  # noqa: F811
    """Who evaluates them first keeps the value for all."""
    project.python = python
    project.files(**LATE)
    assert project.pytest("-q", "-p", "no:randomly").ok().err == (
        "ftrace: recorded 7 units\n")
    for name, old, new, least in (
            ("marks.py", "most + 0", "most + 1", FIRST | CLASS),
            ("marks.py", "return int", "return str", METHOD),
            ("marks.py", "return 1", "return 2", set()),
            ("lib.py", "Length(3)", "Length(5)", CLASS),
            ("lib.py", "Length(4)", "Length(5)", FIRST),
            ("lib.py", "key: made()", "key: str", METHOD),
            ("lib.py", "Later = int", "Later = str", FIRST | METHOD)):
        with project.edited(name, old, new):
            found = set(project.affected_units())
            assert found >= least and "test_b.py::test_other" not in found
            assert bool(found) == bool(least)
    with project.edited("lib.py", "never(what: Later)", "never(what: str)"):
        assert not set(project.affected_units()) & (FIRST | METHOD)


@since(14)
def test_annotations_that_pytest_may_evaluate(project, python):  # noqa: F811
    """Some versions do: then the file cannot be collected."""
    project.python = python
    project.files(test_a="""\
        import pytest
        @pytest.fixture
        def tool():
            return 1
        def test_tool(tool):
            assert tool
        def test_none():
            pass
        """)
    project.pytest("-q").ok()
    for old, new in (("def tool()", "def tool() -> Missing"),
                     ("test_tool(tool)", "test_tool(tool: Missing)")):
        with project.edited("test_a.py", old, new):
            assert project.affected_units() == [
                "test_a.py::test_none", "test_a.py::test_tool"]


@since(14)
def test_templates(project, python):  # noqa: F811
    project.python = python
    project.files(lib="""\
        def greet(name):
            return t"Hello {name!r:>5}"
        def bare():
            try:
                return int("x")
            except TypeError, ValueError:
                return 1
        """, test_a="""\
        import lib
        def test_greet():
            found = lib.greet("x")
            assert found.strings == ("Hello ", "")
            assert found.interpolations[0].expression == "name"
        def test_bare():
            assert lib.bare() == 1
        """)
    project.pytest("-q").ok()
    for old, new in (("Hello", "Bye"), ("{name", "{ name"), (">5", ">6")):
        with project.edited("lib.py", old, new):
            assert project.affected_units() == ["test_a.py::test_greet"]
    with project.edited("lib.py", "ValueError", "KeyError"):
        assert project.affected_units() == ["test_a.py::test_bare"]
