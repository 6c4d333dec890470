# SPDX-License-Identifier: MIT
"""Annotations, which are evaluated late from Python 3.14 on."""

import sys

import pytest

from test_narrowing import names, verdict

LATE = pytest.mark.skipif(
    sys.version_info < (3, 14), reason="annotations are evaluated early")


def held(found):
    """What selects those who hold it."""
    assert found.word == "names", found.reason
    return set(found.head_attributes) | set(found.value_attributes)


@pytest.mark.parametrize(
    "future", ["", "from __future__ import annotations\n"])
@pytest.mark.parametrize("head", ["def f(x: T): pass", "def f() -> T: pass",
                                  "def f(*x: T, **y: T): pass"])
def test_what_an_annotation_names_changed(future, head):
    old = future + "T = int\n%s\n" % head
    found = verdict(old.replace("int", "str"), old)
    assert "T" in names(found) and "f" in held(found)


@LATE
@pytest.mark.parametrize("head", [
    "def f(x: T): pass", "def f(x: list[T]): pass", "def f(x: T.part): pass"])
@pytest.mark.parametrize("made", [
    "%s\nT = int\n", "T = bool\n%s\nT = int\n", "%s\nclass A: pass\nT = A\n"])
def test_what_is_bound_behind_it(head, made):
    old = made % head
    new = old.replace("T = int", "T = str").replace("T = A", "T = [A]")
    found = verdict(new, old)
    assert "T" in names(found) and "f" in held(found)


@LATE
def test_what_is_bound_behind_it_for_others():
    """Also where the name comes from another file."""
    found = verdict("T = 2\n", "T = 1\n", other="""
def f(x: T): pass
from .core import T
class A:
    x: Later
    def g(self, x: Later): pass
    def h(self): pass
Later = T
""")
    assert "f" in held(found) and "h" not in held(found)
    assert {("pkg/other.py", "Later"), ("pkg/other.py", "A")} <= set(
        found.pairs)


@LATE
@pytest.mark.parametrize("text", [
    "def f(x: %s): pass", "def f() -> %s: pass", "class A:\n    x: %s",
    "class A:\n    def f(self, x: %s): pass",
    "import pytest\n@pytest.fixture\ndef f(x: %s): pass"])
@pytest.mark.parametrize("path", ["pkg/core.py", "test_core.py"])
def test_what_cannot_be_evaluated(text, path):
    """pytest may ask on import, for tests and fixtures; so may others."""
    old = "import sys\n" + text % "int" + "\ndef behind(): pass\n"
    for wrong in ("Missing", "sys.missing", "int()", "1 / 0", "[0][1]"):
        found = verdict(old.replace("int", wrong, 1), old, path=path)
        assert found.word == "whole", wrong
    found = verdict(old.replace("int", "behind"), old, path=path)
    assert found.word == "names", found.reason


@LATE
def test_a_name_that_only_annotations_need_is_gone():
    for text in ("def f(x: T): pass\n", "class A:\n    x: T\n",
                 "class A:\n    def f(self) -> T: pass\n"):
        assert verdict(text, "T = int\n" + text).word == "whole"
        assert verdict(text, text + "T = int\n").word == "whole"
        future = "from __future__ import annotations\n" + text
        assert verdict(future, future + "T = int\n").word == "names"


@LATE
def test_a_class_that_its_own_methods_name():
    old = "class A:\n    x: A\n    def f(self) -> A: return self\n"
    new = old + "    def g(self, other: A) -> list[A]: pass\n"
    assert names(verdict(new, old)) == {"A"}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="no such syntax")
def test_what_an_alias_names():
    old = "type X = T\ntype Y = other.thing\nfrom . import other\nT = int\n"
    found = verdict(old.replace("T = int", "T = str"), old)
    assert {"X", "T"} <= names(found) and "Y" not in names(found)
    found = verdict("thing = 2\n", "thing = 1\n", user="""
from . import core
type X = core.thing
type Y = core.others
""")
    assert ("pkg/user.py", "X") in found.pairs


@pytest.mark.skipif(sys.version_info < (3, 12), reason="no such syntax")
@pytest.mark.parametrize("alias, is_held", [
    ("core.others", False), ("core.others | core.more", False),
    ("core.others if core.more else None", False),
    ("core", True), ("core.others | core", True),
    ("core.others[core]", True), ("core.others['core']", False)])
def test_an_alias_of_another_name_of_the_module(alias, is_held):
    found = verdict("thing = 2\n", "thing = 1\n", user="""
from . import core
type X = core.thing
type Y = %s
""" % alias)
    assert ("pkg/user.py", "X") in found.pairs
    assert (("pkg/user.py", "Y") in found.pairs) == is_held


@pytest.mark.parametrize("head, is_held", [
    ("x: core.others", False), ("x: [core.others, core]", True)])
def test_a_text_that_is_another_name_of_the_module(head, is_held):
    found = verdict("thing = 2\n", "thing = 1\n", user="""
from __future__ import annotations
from . import core
def f(%s): pass
""" % head)
    assert (("pkg/user.py", "f") in found.pairs) == is_held


@pytest.mark.skipif(sys.version_info < (3, 12), reason="no such syntax")
def test_functions_beside_an_alias_have_bodies():
    old = "type X = int\ndef f(format):\n    return 1\n"
    assert verdict(old.replace("return 1", "return 2"), old).word == "none"
    assert names(verdict(old.replace("int", "str"), old)) == {"X"}


@pytest.mark.skipif(sys.version_info < (3, 15), reason="no such syntax")
def test_lazy_imports():
    old = "lazy import os\nfrom re import compile\nX = 1\n"
    for a, b in (("lazy import", "import"), ("from re", "lazy from re"),
                 ("lazy import os\n", "")):
        assert verdict(old.replace(a, b), old).word == "whole"
    assert names(verdict(old.replace("X = 1", "X = 2"), old)) == {"X"}
