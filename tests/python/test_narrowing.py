# SPDX-License-Identifier: MIT
"""Each rule of docs/explanation/python.md, on the smallest project for it."""

import pytest

from selection import Analysis, verdict_of

BASE = '''
import os
from functools import lru_cache
LIMIT = 3
OTHER = LIMIT
def make(x=1):
    return LIMIT
class Thing:
    size = 1
    def run(self):
        return self.size
class Part(Thing):
    pass
THING = Thing()
TOTAL = make()
'''


def verdict(new, old=BASE, path="pkg/core.py", **files):
    """The verdict on core.py, beside the files that are given."""
    analyses = {"pkg/__init__.py": Analysis(files.pop("init", "")),
                path: Analysis(old)}
    for name, text in files.items():
        where = "%s.py" % name if name.startswith("test") else (
            "pkg/%s.py" % name)
        analyses[where] = Analysis(text)
    return verdict_of(path, analyses[path], Analysis(new), analyses)


def edited(old, new, **files):
    assert old in BASE
    return verdict(BASE.replace(old, new), **files)


def names(found):
    assert found.word == "names", found.reason
    return {name for path, name in found.pairs if path == "pkg/core.py"}


def held_ones(found):
    """The attributes that changed for who holds them, without imports."""
    return [name for name in found.head_attributes
            if not name.startswith("import ")]


@pytest.mark.parametrize("old, new", [
    ("import os", "import os  # used"),
    ("return LIMIT", "return LIMIT + 1"),
    ("        return self.size", "        self.new = 2\n        return 3"),
])
def test_nothing(old, new):
    assert edited(old, new).word == "none"


@pytest.mark.parametrize("old, new, changed", [
    ("import os", "import os\nimport re", {"re"}),
    ("OTHER = LIMIT", "OTHER = 4", {"OTHER"}),
    ("THING =", "def added(): pass\nTHING =", {"added"}),
    ("THING =", "ADDED = {'a': LIMIT}\nTHING =", {"ADDED"}),
    ("THING =", "@lru_cache\ndef added(): pass\nTHING =", {"added"}),
    ("THING =", "class New(Thing): pass\nTHING =", {"New"}),
    ("    size = 1", "    size = 2", {"Thing", "Part", "THING"}),
    ("    size = 1", "    size = 1\n    def new(self): pass",
     {"Thing", "Part", "THING"}),
])
def test_names(old, new, changed):
    assert names(edited(old, new)) == changed


@pytest.mark.parametrize("old, new, why", [
    ("LIMIT = 3", "LIMIT = open('3')", "call of open"),
    ("TOTAL = make()", "TOTAL = make(2)", "call of make"),
    ("TOTAL = make()", "", "call of make"),
    ("import os", "import requests", "not of Python's library"),
    ("import os", "import antigravity", "not of Python's library"),
    ("import os", "from .other import x", "not imported above"),
    ("import os", "from os import *", "star import"),
    ("import os", "from __future__ import generator_stop", "future"),
    ("THING =", "@unknown\ndef new(): pass\nTHING =", "decorator"),
    ("THING =", "def __getattr__(name): pass\nTHING =", "__getattr__"),
    ("THING =", "def pytest_configure(): pass\nTHING =", "pytest_"),
    ("THING =", "pytest_plugins = ['x']\nTHING =", "pytest_plugins"),
    ("THING =", "def setup_module(): pass\nTHING =", "setup_module"),
    ("THING =", "class New(UNKNOWN): pass\nTHING =", "UNKNOWN"),
    ("THING =", "class New(metaclass=M): pass\nTHING =", "keyword"),
    ("    size = 1", "    def __eq__(self, x): pass", "Thing"),
    ("    size = 1", "    __slots__ = ('size',)", "Thing"),
    ("    size = 1", "    def __init_subclass__(cls): pass", "__init_sub"),
])
def test_whole(old, new, why):
    found = edited(old, new, other="x = open('x')")
    assert found.word == "whole", names(found)
    assert why in found.reason


@pytest.mark.parametrize("old, new, changed", [
    ("LIMIT = 3", "LIMIT = int('3')", {"LIMIT", "OTHER"}),
    ("make(x=1)", "make(x=2)", {"TOTAL"}),
    ("LIMIT = 3\n", "", {"LIMIT", "OTHER"}),
    ("import os", "from re import nothing", {"os", "nothing"}),
    ("import os", "if OTHER:\n    from typing import Self\nelse:\n"
     "    from typing_extensions import Self", {"os", "Self"}),
    ("import os", "from .other import x", {"os", "x"}),
    ("THING =", "class New(Thing, Part): pass\nTHING =", {"New"}),
    ("THING =", "NEW = Thing.nothing\nTHING =", {"NEW"}),
    ("THING =", "NEW = MISSING\nTHING =", {"NEW"}),
])
def test_what_may_fail(old, new, changed):
    """Whoever imports the file can tell; what is bound else, by its names."""
    found = edited(old, new, other="x = 1")
    assert found.word == "names", found.reason
    assert changed <= names(found)
    assert "pkg/core.py" in found.doubts


def test_a_function_moved_past_what_may_call_it():
    lines = "def make(x=1):\n    return LIMIT\n"
    assert edited(lines, "").word == "whole"
    new = BASE.replace(lines, "").replace("THING = ", lines + "THING = ")
    assert verdict(new).word == "none"
    new = BASE.replace(lines, "") + lines
    assert verdict(new).word == "whole"


def test_removed_name_that_is_imported():
    old = BASE.replace("make()", "2")
    new = old.replace("def make(x=1):\n    return LIMIT\n", "")
    found = verdict(new, old, other="from .core import make",
                    third="from .other import *", fourth="import os")
    assert list(found.others) == ["pkg/other.py"]
    found = verdict(new, old, other="from . import core\nX = core.make")
    assert list(found.others) == ["pkg/other.py"]
    found = verdict(new, old, other="import pkg.core as c\nX = c.make\n")
    assert list(found.others) == ["pkg/other.py"]


def test_a_name_that_only_some_branches_bind():
    old = "if 1:\n    A = 1\nelse:\n    A = 2\n"
    new = "if 1:\n    pass\nelse:\n    A = 2\n"
    found = verdict(new, old, other="from .core import A")
    assert list(found.others) == ["pkg/other.py"]


def test_a_name_lost_through_a_star():
    found = verdict("def b(): pass\n", "def a(): pass\n",
                    other="from .core import *",
                    third="from .other import a")
    assert list(found.others) == ["pkg/third.py"]
    found = verdict("def b(): pass\n", "def a(): pass\n",
                    other="from .core import *\nif 1:\n    X = a\n"
                          "else:\n    X = 1\n")
    assert found.others == [] and ("pkg/other.py", "X") in found.pairs
    assert "pkg/other.py" in found.doubts


def test_names_go_on_through_other_files():
    found = edited("OTHER = LIMIT", "OTHER = 4",
                   init="from .core import OTHER as SHOWN",
                   other="import pkg\nMINE = pkg.SHOWN\n",
                   third="from .other import MINE\nY = f(MINE)",
                   fourth="def f(x=1): pass")
    assert {("pkg/__init__.py", "SHOWN"),
            ("pkg/other.py", "MINE")} <= set(found.pairs)
    assert list(found.others) == ["pkg/third.py"]


def test_effects_of_what_goes():
    old = "from functools import cache as c\n@register\nclass A: pass\n"
    new = old.replace("@register\n", "")
    assert verdict(new, old).word == "whole"
    old = ("class Base:\n    def __init_subclass__(cls): pass\n"
           "class A(Base):\n    pass\n")
    assert verdict(old.replace("class A(Base):\n    pass\n", ""),
                   old).word == "whole"
    assert verdict(old.replace("A(Base)", "A"), old).word == "whole"


@pytest.mark.parametrize("far, handed_on", [
    ("class Far(Part): pass", False), ("@unknown\nclass Far(Part): pass", True),
    ("class Far(Part, Unknown): pass", True),
    ("class Far(Part, metaclass=Some): pass", True),
    ("import threading\nclass Far(Part, threading.Thread): pass", False),
])
def test_families_reach_bases_and_subclasses(far, handed_on):
    """Bases where an object may be made by who does not name its class."""
    found = edited("class Part(Thing):\n    pass",
                   "class Part(Thing):\n    def run(self): pass",
                   other="from .core import Part\n" + far)
    assert set(found.families) == {
        ("pkg/core.py", "Part"), ("pkg/other.py", "Far")} | (
            {("pkg/core.py", "Thing")} if handed_on else set())
    assert "run" in found.attributes and ("pkg/core.py", "Part") in found.pairs


def test_families_of_tests_and_of_classes_of_others_reach_bases():
    old = ("import threading\nclass A(threading.Thread): pass\n"
           "class B(A): pass\n")
    found = verdict(old.replace("(A): pass", "(A):\n    def x(self): pass"),
                    old)
    assert ("pkg/core.py", "A") in found.families
    old = "class A: pass\nclass TestB(A): pass\n"
    found = verdict(old.replace("(A): pass", "(A):\n    def x(self): pass"),
                    old, path="test_one.py")
    assert ("test_one.py", "A") in found.families


@pytest.mark.parametrize("head, body, made", [
    ("@patch('pkg.core.OTHER', 9)\nclass A:", "x = 1", True),
    ("@patch('pkg.core.MAKER', 9)\nclass A:", "x = 1", False),
    ("class A:", "x = core.OTHER", True),
    ("class A:", "def f(self, x=core.OTHER): pass", True),
    ("class A:", "def f(self, x: core.OTHER): pass", False),
    ("class A:", "def f(self): return core.OTHER", False),
    ("class A(core.Part):", "x = 1", False),
])
def test_classes_that_their_inputs_make(head, body, made):
    # A runner makes an instance that no code mentions.
    old = BASE + "MAKER = 5\n"
    source = "from unittest.mock import patch\nfrom pkg import core\n"
    found = verdict(old.replace("OTHER = LIMIT", "OTHER = 4"), old,
                    test_it="%s%s\n    class Inner: pass\n    %s\n" % (
                        source, head, body),
                    test_more="from test_it import A\nclass B(A): pass\n")
    assert found.word == "names"
    family = {("test_it.py", "A"), ("test_more.py", "B")}
    assert (set(found.families) == family) == made
    assert bool(found.families) == made


def test_own_names_of_a_test_file():
    old = "def test_a():\n    pass\ndef helper(x=1):\n    pass\n"
    found = verdict(old.replace("test_a", "test_b").replace("x=1", "x=2"),
                    old, path="test_own.py")
    assert sorted(found.own) == [("helper", "w"), ("test_a", "g"),
                                 ("test_b", "n")]
    found = verdict(old + "def check_it(): pass\n", old, path="test_own.py")
    assert found.word == "whole"
    found = verdict(old + "test_c = test_a\n", old, path="test_own.py")
    assert found.word == "whole"


PARAMETERS = '''
import pytest
@pytest.mark.parametrize("a, b", [(1, 2)])
def test_a(a, b):
    pass
@pytest.fixture
def tool():
    pass
'''


@pytest.mark.parametrize("base, body, word", [
    ("unittest.TestCase", "def test_a(self): pass", "n"),
    ("unittest.IsolatedAsyncioTestCase", "async def test_a(self): pass", "n"),
    ("Checks", "def test_a(self): pass", "n"),
    ("unittest.TestCase", "def setUp(self): pass", None),
    ("Checks", "pass", None),
    ("Exception", "def test_a(self): pass", "w"),
])
def test_classes_with_tests_are_called_as_they_like(base, body, word):
    old = ("import unittest\n"
           "class Checks(unittest.TestCase): pass\n")
    found = verdict("%sclass New(%s):\n    %s\n" % (old, base, body),
                    old, "test_core.py")
    if word is None:
        assert found.word == "whole"
        assert found.reason == "New may have tests"
    else:
        assert ("New", word) in found.own


@pytest.mark.parametrize("old, new, word", [
    ("(1, 2)", "(1, 3)", "names"), ("(1, 2)", "(1, 2, 3)", "names"),
    ("test_a(a, b)", "test_a(a, c)", "names"),
    ("[(1, 2)]", "list(range(3))", "names"), ("[(1, 2)]", "x()", "whole"),
    ("@pytest.fixture", "@pytest.fixture(name='x')", "names"),
    ("@pytest.fixture", "@pytest.fixture(autouse=True)", "whole"),
    ("@pytest.fixture", "@pytest.mark.unknown", "names"),
])
def test_pytest_decorators(old, new, word):
    found = verdict(PARAMETERS.replace(old, new), PARAMETERS,
                    path="test_own.py")
    assert found.word == word, found.reason


def test_tests_that_another_file_inherits():
    old = "class Checks:\n    def test_a(self): pass\n"
    found = verdict(old.replace("test_a", "test_b"), old, path="test_own.py",
                    test_other="from test_own import Checks\n"
                               "class TestIt(Checks): pass\n")
    assert list(found.others) == ["test_other.py"]


def test_circles_of_imports():
    old = "from . import other\nA = 1\nB = 2\n"
    new = "A = 1\nfrom . import other\nB = 2\n"
    circle = "from . import core\ndef f(): return core.A\n"
    assert verdict(new, old, other=circle).word == "whole"
    late = "from .other import a\nA = 1\n"
    found = verdict("from .other import a\nfrom .other import b\nA = 1\n",
                    late, other="a = 1\nfrom .core import A\nb = 2\n")
    assert found.word == "whole"


def test_typing():
    old = "import typing as t\nclass A: pass\n"
    for text, word in (("t.Optional[A]", "names"), ("t.Dict[str]", "names"),
                       ("t.Dict[str, A]", "names"), ("t.Nothing", "names"),
                       ("'t.Nothing'", "names"), ("A[int]", "names"),
                       ("t.Callable[[A], None]", "names")):
        new = old + "def f(x: %s): pass\n" % text
        found = verdict(new, old)
        assert found.word == word, text
        assert found.doubts == ["pkg/core.py"] or text[0] == "'"
    new = old + "if t.TYPE_CHECKING:\n    import anything\n"
    assert verdict(new, old).word == "none" or names(
        verdict(new, old)) == set()


def test_a_move_past_another_binding():
    old = "A = 1\nA = 2\nB = A\nC = 3\n"
    new = "A = 1\nB = A\nA = 2\nC = 3\n"
    assert "B" in names(verdict(new, old))


def test_two_functions_of_one_name_change_places():
    old = "def f(a): pass\ndef f(b): pass\n"
    new = "def f(b: int): pass\ndef f(a: int): pass\n"
    found = verdict(new, old, other="from .core import f\nX = f(1)\n")
    assert list(found.others) == ["pkg/other.py"]


def test_a_member_that_is_gone():
    old = "class A:\n    x = 1\n    def y(self): pass\n"
    new = "class A:\n    x = 1\n"
    for use in ("X = core.A.y", "X = getattr(core.A, 'y')",
                "X = [core.A().y]"):
        found = verdict(new, old, other="from . import core\n" + use)
        assert list(found.others) == ["pkg/other.py"], use
    assert verdict(new + "X = A.y\n", old + "X = A.y\n").word == "whole"


def test_what_a_changed_head_depends_on():
    old = "LIMIT = 1\ndef f(x=LIMIT): pass\n"
    new = "LIMIT = 2\ndef f(x: int=LIMIT): pass\n"
    found = verdict(new, old, other="from .core import f\nX = g(f)\n"
                                    "def g(x): pass\n")
    assert list(found.others) == ["pkg/other.py"]


def test_what_the_platform_decides():
    old = ("import sys\nimport os\nAPP = 'A' in os.environ\n"
           "WIN = sys.platform == 'none' and not APP\nX = f(WIN)\n")
    new = old.replace(" and not APP", "").replace(
        "APP = 'A' in os.environ\n", "")
    assert names(verdict(new, old)) == {"APP"}
    assert verdict(old.replace("'none'", "sys.platform"), old).word == "whole"


def test_evaluated_before_by_another_binding():
    old = "import a\nfrom b import a\nX = a.thing\n"
    new = "import a\nX = [a.thing]\nfrom b import a\n"
    found = verdict(new, old)
    assert names(found) == {"X"} and found.doubts == ["pkg/core.py"]


OVERLOADED = """
import typing as t
class A: pass
@t.overload
def f(x: int) -> int: ...
@t.overload
def f(x: str) -> str: ...
def f(x): return x
class B:
    @t.overload
    def g(self, x: int) -> int: ...
    @t.overload
    def g(self, x: str) -> str: ...
    def g(self, x): return x
"""


@pytest.mark.parametrize("old, new, held", [
    ("f(x: int)", "f(x: int, *, y: A)", "f"),
    ("@t.overload\ndef f(x: int) -> int: ...\n", "", "f"),
    ("def f(x):", "@t.overload\ndef f() -> A: ...\ndef f(x):", "f"),
    ("g(self, x: int)", "g(self, x: int, *, y: A)", "g"),
    ("    @t.overload\n    def g(self, x: int) -> int: ...\n", "", "g"),
])
def test_overloads(old, new, held):
    assert old in OVERLOADED
    found = verdict(OVERLOADED.replace(old, new), OVERLOADED)
    assert not names(found) and not found.functions and not found.families
    assert held_ones(found) == [held]
    prints = [Analysis(text).prints["f"] for text in (
        OVERLOADED, OVERLOADED.replace("f(x: int)", "f(x: int, *, y: A)"))]
    assert prints[0] == prints[1]


@pytest.mark.parametrize("old, new, word", [
    ("def f(x): return", "def f(x, y): return", "f"),
    ("def f(x): return x", "def f(x): return x\nX = f(1)", "whole"),
    ("f(x: int)", "f(x: NOTHING)", "doubt"),
    ("def f(x): return x\n", "", "f"),
    ("@t.overload\ndef f(x: str)", "X = f\n@t.overload\ndef f(x: str)", "X"),
    ("@t.overload\ndef f(x: int) -> int: ...\n",
     "@t.overload\ndef f(x: t.List) -> int: ...\nX = f\n", "f"),
])
def test_what_is_more_than_an_overload(old, new, word):
    assert old in OVERLOADED
    found = verdict(OVERLOADED.replace(old, new), OVERLOADED)
    if word == "whole":
        assert found.word == "whole"
    elif word == "doubt":
        assert found.doubts == ["pkg/core.py"]
    else:
        assert word in names(found)


def test_what_does_nothing_has_its_place_in_a_print():
    both = "if X:\n    def f(x): %s\nelse:\n    def f(x): %s\n"
    prints = {Analysis(both % each).prints["f"] for each in (
        ("pass", "pass"), ("return x", "pass"), ("pass", "return x"),
        ("return 1", "pass"), ("yield", "pass"), ("return x", "return x"))}
    assert len(prints) == 6
    assert len({Analysis("def f(%s): pass" % each).prints["f"] for each in (
        "", "x", "*x", "x, *, y=1")}) == 1


def test_type_variables_are_types():
    old = "import typing as t\nF = t.TypeVar('F')\nG = 3\n"
    for text in ("t.Optional[F]", "t.Optional[G]", "t.Callable[[F], F]"):
        found = verdict(old + "def f(x: %s): pass\n" % text, old)
        assert names(found) == {"f"} and found.doubts == ["pkg/core.py"]


@pytest.mark.parametrize("body, kept", [
    ("kind = 'LIMIT'", True), ("kind = ['LIMIT', 2]", True),
    ("__match_args__ = 'LIMIT'", False),
    ("def f(self, x='LIMIT'): pass", False),
    ("kind = 'LIMIT'\n    def f(self, x='LIMIT'): pass", False),
    ("kind = dir('LIMIT')", False),
])
def test_names_in_the_variables_of_a_class(body, kept):
    found = edited("LIMIT = 3", "LIMIT = 4",
                   other="class A:\n    %s\n" % body)
    assert found.word == "names"
    assert not kept or "kind" in found.attributes
    assert (("pkg/other.py", "A") not in found.pairs
            and not found.others) == kept
    found = edited("LIMIT = 3", "LIMIT = 4",
                   other="@unknown\nclass A:\n    %s\n" % body)
    assert found.others or ("pkg/other.py", "A") in found.pairs


def test_own_docstring_of_a_class_has_no_family():
    old = "class A:\n    'one'\n    def run(self) -> 'A': pass\n"
    found = verdict(old.replace("one", "two"), old)
    assert names(found) == set() and not found.families
    assert not found.attributes and held_ones(found) == ["A"]
    found = verdict(old.replace("pass", "\n        'doc'\n"), old)
    assert names(found) == set() and not found.attributes
    assert held_ones(found) == ["run"]


def test_heads_of_functions():
    old = "def f(x=1): pass\ng = f\n"
    found = verdict("def f(x=1):\n    'doc'\ng = f\n", old)
    assert not found.pairs and not found.functions
    assert {name for _, name in found.heads} == {"f", "g"}
    found = verdict("def f(x=2): pass\ng = f\n", old)
    assert not found.pairs and list(found.functions) == [
        ("pkg/core.py", "f")]
    found = verdict("def f(y=1): pass\ng = f\n", old)
    assert names(found) == {"f", "g"}
    held = "def f(x=1): pass\ng = [f]\n"
    found = verdict(held.replace("pass", "\n    'doc'"), held)
    assert names(found) == {"g"}


@pytest.mark.parametrize("use, new, whole", [
    ("X = f()", "def f(x=1):\n    'doc'\n", False),
    ("X = f()", "def f(x=2): pass\n", False),
    ("X = h(f)", "def f(x=1):\n    'doc'\n", True),
    ("X = [f]", "def f(x=2): pass\n", False),
])
def test_heads_in_other_files(use, new, whole):
    found = verdict(new, "def f(x=1): pass\n", other="from .core import f\n"
                    "def h(x): pass\n" + use + "\n")
    assert (list(found.others) == ["pkg/other.py"]) == whole


@pytest.mark.parametrize("base, new, quiet", [
    ("", "def run(self, y): pass", True), ("", "pass", True),
    ("", "def run(self, x=2): pass", True),
    ("dict", "def run(self, y): pass", False),
    ("ABC", "pass", False),
])
def test_heads_of_methods_have_no_family(base, new, quiet):
    old = ("from abc import ABC\nclass A(%s):\n    size = 1\n"
           "    def run(self, x=1): pass\nclass B(A): pass\n" % base)
    found = verdict(old.replace("def run(self, x=1): pass", new), old)
    assert found.word == "whole" or bool(found.families) != quiet
    if quiet:
        assert list(found.functions) == [("pkg/core.py", "A.run")]
        assert names(found) == set()


def test_special_methods_and_collected_ones_have_a_family():
    old = "class A:\n    def __len__(self): return 1\n"
    found = verdict(old.replace("(self)", "(self, x)"), old)
    assert found.families
    old = "class A:\n    def test_a(self, x=1): pass\n"
    assert verdict(old.replace("x=1", "x=2"), old).families


def test_what_annotations_alone_name():
    old = "class A:\n    'one'\ndef f(x: A): pass\ndef g(x=A): pass\n"
    found = verdict(old.replace("one", "two"), old)
    assert names(found) == {"g"}
    assert {name for _, name in found.heads} == {"A", "f"}
    # What finds its arguments by annotations is given the class.
    old = "class A:\n    def __init__(self, x: int): pass\nB = A\n"
    found = verdict(old.replace("int", "str"), old)
    assert {name for _, name in found.values} == {"A", "B"}
    assert {"A", "B"} == set(found.value_attributes)
    assert held_ones(found) == ["__init__"]


MEMBERS = """\
import typing as t
from enum import Enum
def deco(f): return f
class A:
    size = 1
    def __init__(self): pass
%s
"""
PLAIN_MEMBER = "    size = 1\n    def added(self): pass"


@pytest.mark.parametrize("use, changed", [
    ("def f(x: A) -> t.Optional[A]: pass", set()),
    ("@deco\ndef f(x: A): pass", set()),
    ("class B:\n    x: A\n    def f(self, x: A): pass", set()),
    ("class B(t.Generic[t.Any]): pass\nclass C(B[A]): pass", set()),
    ("class B(A): pass", {"B"}),
    ("class B:\n    x = A", {"B"}),
    ("class B:\n    x: A = A()", {"B"}),
    ("def f(x=A): pass", {"f"}),
    ("def f(x: A = A()): pass", {"f"}),
    ("x = A()", {"x"}),
    ("x = [A]", {"x"}),
    ("x: t.List[A] = [A()]", {"x"}),
])
def test_a_plain_member_is_not_felt_through_annotations(use, changed):
    old = MEMBERS % use
    found = verdict(old.replace("    size = 1", PLAIN_MEMBER), old)
    assert names(found) == changed | {"A"}
    assert not found.heads and "added" in found.attributes


@pytest.mark.parametrize("member", [
    "def __call__(self): pass", "def __len__(self): return 3",
    "__slots__ = ()", "__hash__ = None", "_size_ = 1",
])
def test_a_special_member_is_felt_through_annotations(member):
    old = MEMBERS % "def f(x: A): pass\nclass B:\n    x: A"
    found = verdict(old.replace("    size = 1", "    size = 1\n    " + member),
                    old)
    assert {name for _, name in found.heads} >= {"f"}


@pytest.mark.parametrize("head", [
    "class A(Enum):", "class A(t.NamedTuple):", "class A(t.Protocol):",
    "class A(t.TypedDict):", "@deco\nclass A:", "class A(metaclass=type):",
])
def test_members_of_other_classes_are_felt_through_annotations(head):
    old = (MEMBERS % "def f(x: A): pass").replace("class A:", head)
    found = verdict(old.replace("    size = 1", "    size = 1\n    more = 2"),
                    old)
    assert found.word == "whole" or "f" in {
        name for _, name in found.heads + found.pairs}


def test_a_plain_member_and_more_are_felt_through_annotations():
    old = MEMBERS % "def f(x: A): pass"
    for first, then in (("(self): pass", "(self, y): pass"),
                        ("    size", "    'doc'\n    size")):
        text = old.replace("    size = 1", PLAIN_MEMBER).replace(first, then)
        found = verdict(text, old)
        assert "f" in {name for _, name in found.heads}


def test_a_plain_member_of_a_class_of_another_file():
    old = "class A:\n    size = 1\n"
    use = "from .core import A\nfrom . import core\n"
    for line in ("def f(x: A): pass", "def f(x: core.A): pass",
                 "class B:\n    x: core.A"):
        found = verdict(old + "    more = 2\n", old, other=use + line + "\n")
        assert set(found.pairs) - {("pkg/core.py", "A")} == {
            ("pkg/other.py", "A")}
        assert not found.others
        assert {name for _, name in found.heads} <= {"core"}


TYPES = """\
import typing as t
class A:
    def __exit__(self, *args): pass
C = t.Callable[..., t.Any]
T = t.TypeVar("T")
V = t.TypeVar("V", bound=t.Union[C, A])
G = t.Callable[[T], T]
def f(x) -> G[V]: pass
"""


@pytest.mark.parametrize("old, new, word", [
    ("", "", "names"),
    # It may do anything with what it is given.
    ("G = t.Callable[[T], T]",
     "class R:\n    def __getitem__(self, x): pass\nG = R()", "whole"),
    ("G = t.Callable[[T], T]", "from .other import G", "whole"),
    ("T = t.TypeVar(\"T\")", "T = t.TypeVar(\"T\")\nG = f", "names"),
    ("G[V]", "t.Optional[G[V]]", "names"),
    ("G[V]", "t.Generic[V]", "names"),
    ("V = t.TypeVar(\"V\", bound=t.Union[C, A])", "V = print(A)", "whole"),
    ("t.Union[C, A])", "A and t.Union[C, A])", "names"),
    ("def f(x) -> G[V]: pass", "X = A and G[V]", "names"),
    ("def f(x) -> G[V]: pass", "X = G[V]", "names"),
])
def test_types_of_which_a_part_stays(old, new, word):
    before = TYPES.replace(old, new) if old else TYPES
    after = before.replace("*args", "a, b, c")
    found = verdict(after, before, other="class R:\n"
                    "    def __getitem__(self, x): pass\nG = R()\n")
    assert found.word == word, found.reason


@pytest.mark.parametrize("made, whole", (
    ("D[str, int]", True), ("3", True), ("D[T, T]", False)))
def test_an_alias_of_another_file(made, whole):
    """Who puts brackets behind it may fail, once it is something else."""
    lib = "from typing import *\nD = Dict\nT = TypeVar('T')\nA = D[str, T]\n"
    user = "from .core import A\nX = A[int]\n"
    found = verdict(lib.replace("D[str, T]", made), lib, user=user)
    assert whole <= (found.word == "whole" or bool(found.others))


@pytest.mark.parametrize("line, quiet", [
    ("X = datetime.datetime.now()", True), ("X = Path(__file__).parent", True),
    ("X = Path(__file__).resolve().parent / 'x'", True),
    ("X = dict.fromkeys('ab')", True), ("X = 'a b'.split()", True),
    ("X = str.maketrans('a', 'b')", True),
    ("X = [f(1) for each in ()]", False), ("X = sorted(f, key=f)", False),
    ("X = list(map(f, [1]))", False), ("X = functools.reduce(f, [1])", False),
    ("Path(__file__).write_text('x')", False), ("X = open('x')", False),
    ("urllib.parse.uses_netloc.append('x')", False),
    ("collections.abc.Mapping.register(C)", False),
    ("os.environ.setdefault('A', 'b')", False), ("f >> f", False),
    ("os.environ['A'] = 'b'", False), ("sys.path += ['x']", False),
    ("operator.iadd(T, [1])", False), ("functools.update_wrapper(f, f)", False),
    ("dict.update(D, a=1)", False), ("globals()['X'] = 1", False),
    ("with C(): pass", False), ("del T[0]", False),
    ("logging.basicConfig()", False), ("T.append(1)", True),
    ("T[0] = 2", True), ("C.size = 3", True), ("C().size = 3", False),
    ("logging.raiseExceptions = 0", False), ("T += [3]", True),
])
def test_what_is_felt_elsewhere(line, quiet):
    old = ("import collections.abc, datetime, functools, logging, operator\n"
           "import os, sys, urllib.parse\nfrom pathlib import Path\n"
           "T = [1]\nD = {}\nclass C: pass\ndef f(x): return x\n")
    found = verdict(old + line + "\n", old)
    assert found.word == ("names" if quiet else "whole"), found.reason


def test_who_may_catch_what_fails():
    """Not who could not be there, had what it imports failed."""
    found = verdict(
        "import os\nX = os.name\n", "import os\nX = os.sep\n",
        init="from . import core\ndef get():\n    from . import core\n",
        other="from .core import X\nY = X + \"a\"\n")
    assert found.doubts == ["pkg/core.py", "pkg/other.py"]
    mine = {text for path, text in found.imports if path == "pkg/__init__.py"}
    assert "imports pkg.core" not in mine and "imports pkg.other" in mine
    assert found.leading == []


@pytest.mark.parametrize("old, new, changed", [
    ("X: int = take()", "X: str = take()", {"__annotations__"}),
    ("X: int = take()", "X = take()", {"__annotations__"}),
    ("X = take()", "X: 'int' = take()", {"__annotations__"}),
    ("class C:\n    x: int = take()", "class C:\n    x: str = take()", {"C"}),
    ("X: int = 1", "X: int = 2", {"X"}),
    ("X: int = take()", "X: int = take(1)", None),
    ("X: int = 1", "X: take() = 1", None),
])
def test_an_annotation_is_apart_from_the_value(old, new, changed):
    head = "from foreign import take\n"
    found = verdict(head + new + "\n", head + old + "\n")
    if changed is None:
        assert found.word == "whole"
    else:
        assert found.word == "names" and names(found) == changed


@pytest.mark.parametrize("line, changed", [
    ("from typing import Literal\nY = Literal['X', 'Z']", set()),
    ("from typing import Literal\ndef f(x: Literal['X']): pass", set()),
    ("from typing import Literal\nY = Literal['X'], 'X'", {"Y"}),
    ("from foreign import Literal\nY = Literal['X', 'Z']", {"Y"}),
    ("Y = ['X', 'Z']", {"Y"}),
])
def test_texts_of_a_type_name_nothing(line, changed):
    found = verdict("X = 1\n", "X = 2\n", other=line)
    assert {name for path, name in found.pairs
            if path == "pkg/other.py"} == changed


def test_a_docstring_is_not_felt_by_who_has_the_name_in_a_text():
    """As little as by a function that has."""
    found = verdict("def f():\n    'a'\n", "def f():\n    'b'\n",
                    other="Y = ['f']\n")
    assert not found.pairs
    assert ("pkg/other.py", "Y") in found.heads


@pytest.mark.parametrize("old, new, names_of_init", [
    ("__all__ = ['X']\n", "__all__ = ['X', 'f']\n", {"f"}),
    ("__all__ = ['X', 'f']\n", "__all__ = ['f']\n", {"X"}),
    ("__all__ = ['f', 'X']\n", "__all__ = ['X', 'f']\n", set()),
    ("__all__ = ['f']\n", "__all__ = ['X', 'f']\nX = 2\n", {"X"}),
    ("__all__ = ['f']\n", "__all__ = ['f', 'gone']\n", None),
    ("__all__ = 'f'\n", "__all__ = 'X'\n", None),
    ("__all__ = ['f']\n", "__all__ = ['f'] + ['X']\n", None),
    ("__all__ = ['f']\n", "__all__ = ['f']\n__all__ += ['X']\n", None),
    ("__all__ = ['f']\n", "__all__ = ['f', 'X']\n__all__.pop()\n", None),
])
def test_names_that_a_star_brings(old, new, names_of_init):
    core = "X = 1\ndef f(): pass\n"
    found = verdict(core + new, core + old, init="from .core import *\n")
    if names_of_init is None:
        assert found.word == "whole" or found.others == ["pkg/__init__.py"]
    else:
        assert not found.others
        assert {name for path, name in found.pairs
                if path == "pkg/__init__.py"} == names_of_init


@pytest.mark.parametrize("statement, here, elsewhere", [
    ("TEXT = '{LIMIT}'.format(**globals())", True, False),
    ("KEYS = list(dir())", True, False),
    ("TEXT = repr(globals())", True, False),
    ("TEXT = vars()", True, False),
    ("def locals(): pass\nTEXT = '{LIMIT}'.format(**locals())", False, False),
    ("import logging\nKEYS = set(logging.LogRecord('a', 1, '', 1, '', (), "
     "None).__dict__)", False, False),
    ("KEYS = list(K.__dict__)", True, True),
    ("class Z: pass\nKEYS = sorted(Z.__dict__)", False, False),
    ("class Z: pass\nKEYS = len(vars(Z))", False, False),
])
def test_what_statements_reach_without_a_name(statement, here, elsewhere):
    """Names of the file, of a class of it; of anything else all there are."""
    if statement.startswith("TEXT = vars") or "repr" in statement:
        what = "whole"
    else:
        what = "names"
    source = statement + "\n"
    found = verdict("LIMIT = 4\n" + source, "LIMIT = 3\n" + source)
    assert found.word == (what if here else "names")
    changed = {name for _, name in found.pairs} - {"LIMIT"}
    assert what == "whole" or bool(changed - {"logging"}) == here
    found = edited("LIMIT = 3", "LIMIT = 4", other=source)
    changed = {path for path, _ in found.pairs} | set(found.others)
    assert ("pkg/other.py" in changed) == elsewhere


OWN = """\
class A:
    _one = 1
    def run(self): return self._one
    def _two(self): return 2
class B(A): pass
THING = A()
"""


@pytest.mark.parametrize("old, new, own", [
    ("_one = 1", "_one = 2", True), ("_one = 1", "_one = 1\n    _x = 3", True),
    ("def _two", "def _x(self): pass\n    def _two", True),
    ("    def _two(self): return 2\n", "", True),
    ("_one = 1", "_one = 1\n    x = 3", False),
    ("_one = 1", "_one = 1\n    _asdict = 3", False),
    ("_one = 1", "_one = 1\n    _x_ = 3", False),
    ("_one = 1", "_one: int = 1", False),
])
def test_what_is_a_classes_own_concerns_who_has_its_name(old, new, own):
    found = verdict(OWN.replace(old, new), OWN)
    assert found.word in ("names", "whole")
    assert (not found.pairs and not found.families) == (
        own and found.word == "names")
    assert not own or list(found.attributes) == [
        "_x" if "_x" in new else "_two" if not new else "_one"]
    assert not own or "+" in found.touched
    decorated = OWN.replace("class A", "@unknown\nclass A")
    found = verdict(decorated.replace(old, new), decorated)
    assert found.pairs or found.word == "whole"


@pytest.mark.parametrize("head, use, changed", [
    ("class A", "class B(A): pass", set()),
    ("class A", "class B(A):\n    x = A", {"B"}),
    ("class A", "class B(A):\n    x = A.__doc__", {"B"}),
    ("class A", "B = A()", set()), ("class A", "B = [A]", {"B"}),
    ("class A", "@unknown\nclass B(A): pass", {"B"}),
    ("@unknown\nclass A", "B = A()", {"A", "B"}),
])
def test_docstrings_of_classes(head, use, changed):
    old = head + ":\n    'one'\n    size = 1\n" + use + "\n"
    found = verdict(old.replace("one", "two"), old)
    assert found.word == "whole" if head[0] == "@" and (
        found.word == "whole") else names(found) == changed


def test_docstrings_that_a_base_may_look_at():
    old = ("class Z:\n    def __init_subclass__(cls): pass\n"
           "class A(Z):\n    'one'\n")
    found = verdict(old.replace("one", "two"), old)
    assert found.word == "whole" or names(found) == {"A"}


def test_annotations_that_become_texts():
    old = "X = 1\ndef f(x: X) -> None: pass\ndef g(): pass\n"
    new = "from __future__ import annotations\n" + old
    for before, after in ((old, new), (new, old)):
        found = verdict(after, before)
        assert names(found) == {"annotations"}
        assert {name for _, name in found.heads} == {"f"}
    old = "class A:\n    x: int = 1\n"
    assert "A" in names(verdict("from __future__ import annotations\n" + old,
                                old))


def test_a_module_that_is_asked_no_more():
    old = "A = 1\ndef __getattr__(name): return name\n"
    assert verdict("A = 1\n", old).word == "none"
    assert verdict(old, "A = 1\n").word == "whole"
    twice = old + "def __getattr__(name): return 3\n"
    assert verdict("A = 1\n", twice).word == "whole"


@pytest.mark.parametrize("old, new, stored", [
    ("LIMIT = 3", "LIMIT = 4", False), ("import os", "import os, re", False),
    ("    size = 1", "    size = 2", True),
    ("    size = 1", "    _size = 2\n    size = 1", False),
    ("    size = 1", "    def __getstate__(self): pass", True),
    ("def make(x=1)", "def make(y=1)", True),
    ("class Thing", "class Thing(Exception)", True),
])
def test_what_is_stored(old, new, stored):
    base = BASE[:BASE.index("class Part")].replace("OTHER = LIMIT\n", "")
    found = verdict(base.replace(old, new), base)
    assert found.word == "names"
    assert ("&" in found.touched) == stored


def test_who_may_have_a_class_without_its_name():
    old = "class A:\n    size = 1\n"
    new = old.replace("1", "2")
    assert list(verdict(new, old).touched) == ["&"]
    for head in ("@unknown\n%s", "class M(type): pass\n%s"):
        text = head % old
        if "M(" in head:
            text = text.replace("class A", "class A(metaclass=M)")
        found = verdict(text.replace("size = 1", "size = 2"), text)
        assert found.word == "whole" or "+" in found.touched


def test_members_that_are_made_of_names():
    """An instance is asked for what its class has by that name."""
    found = edited("LIMIT = 3", "LIMIT = 4",
                   other="from .core import LIMIT\n"
                         "class A:\n    LIMIT = LIMIT\n    mine = LIMIT\n")
    assert set(found.members) == {"LIMIT", "mine"}
    assert not edited("LIMIT = 3", "LIMIT = 4").members
    assert edited("    size = 1", "    size = 2").members == ["size"]
