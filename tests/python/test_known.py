# SPDX-License-Identifier: MIT
"""What is known of a file's last version gives the same analysis, sooner."""

import sys

import pytest

from languages.python.blocks import analyse, outline
from selection import Analysis, facts

from test_helper import ask

FILE = """\
import os
import typing as t
from abc import abstractmethod

LIMIT = 3


def _peek(thing, key):
    return getattr(thing, key)


def first(thing):
    return _peek(thing, "size")


class Plain:
    size: t.Optional[int] = LIMIT

    @property
    def value(self) -> t.Any:
        '''Word'''
        return [self.other(x) for x in os.environ if first(x)]

    @value.setter
    def value(self, new):
        self.inner = new


class Other(Plain):
    @abstractmethod
    def name(self):
        class Nested:
            kind = "one"

            def set(self):
                self.inner = 1
        return Nested
"""


def known_classes(old, new):
    """The classes that are not parsed again, and the new version's facts."""
    past = Analysis(old)
    content = new.encode()
    blocks, code = analyse.analyse(content, past.prints)
    _, scope = outline.tree_and_scope(
        content, content, code, blocks, outline.Outline(past.outline))
    assert facts(Analysis(new, past)) == facts(Analysis(new))
    return set(scope.known_classes)


@pytest.mark.parametrize("old, new, classes", [
    ("LIMIT = 3", "LIMIT = 4", "Plain Other"),
    ("LIMIT = 3", "LIMIT = 3\nADDED = 1", "Plain Other"),
    ("LIMIT = 3", "LIMIT = 3\n\n\n# lines\n'''a\nclass b:\n'''\nADDED = 1",
     "Plain Other"),
    # What is bound otherwise is written in a class, if only as a letter.
    ("LIMIT = 3", "LIMIT = LIMIT = 3", "Other"),
    ("import typing as t", "import typing as t, t", ""),
    ("from abc import abstractmethod", "from enum import abstractmethod",
     "Plain"),
    ("import os\n", "import os\nt: int\n", ""),
    ("import os\n", "import os\nx = 1\n", "Other"),
    ("import os\n", "import os\nfrom re import *\n", ""),
    ("import os\n", "from __future__ import annotations\nimport os\n", ""),
    # A body or a head is another one.
    ("self.inner = new", "self.inner = 1", "Plain Other"),
    ("[self.other(x) for", "[self.another(x) for", "Plain Other"),
    ("def value(self, new)", "def value(self, old)", "Other"),
    ("'''Word'''", "'''Words'''", "Other"),
    ("class Other(Plain)", "class Other(dict)", "Plain Other"),
    ("class Other(Plain)", "@t.final\nclass Other(Plain)", "Plain Other"),
    ("kind = \"one\"", "kind = \"two\"", "Plain Other"),
    ("self.inner = 1", "self.outer = 1", "Plain Other"),
    # Of two classes by one name nobody knows which is which.
    ("class Other(Plain)", "class Plain(Plain)", ""),
    ("    size: t.", "    '''\nx = 1\n'''\n    size: t.", "Other"),
    # Who calls it decides what a function mentions that is as it was.
    ("_peek(thing, \"size\")", "_peek(thing, thing)", "Plain Other"),
    ("_peek(thing, \"size\")", "_peek(thing, \"other\")", "Plain Other"),
])
def test_the_same_is_found(old, new, classes):
    edited = FILE.replace(old, new, 1)
    assert edited != FILE
    assert known_classes(FILE, edited) == set(classes.split())
    assert facts(Analysis(FILE, Analysis(edited))) == facts(Analysis(FILE))


def test_a_name_behind_the_last_line_of_code():
    old = ("from __future__ import annotations\nimport typing as t\n"
           "class A:\n    x: t.List[\n        t.Optional[\n        Far]]\n")
    assert known_classes(old, old + "B = 1\n") == {"A"}
    assert known_classes(old, old + "Far = 1\n") == set()


@pytest.mark.parametrize("end, classes", [("\r\n", {"A"}), ("\r", set())])
def test_ends_of_lines(end, classes):
    old = "# 1\n# 2\n# 3\nclass A:\n    x = Far\n".replace("\n", end)
    assert known_classes(old, old + "B = 1" + end) == classes
    assert known_classes(old, old + "Far = 1" + end) == set()


def test_names_of_any_alphabet():
    """A name may be written otherwise than it is bound: `ﬁ` is `fi`."""
    old = "class A:\n    x: '\N{LATIN SMALL LIGATURE FI}.y'\n"
    old += "    z = \N{LATIN SMALL LIGATURE FI}.y\n"
    assert known_classes(old, old + "B = 1\n") == set()
    assert known_classes(old, old + "import fi\n") == set()
    assert known_classes(old, old + "def _():\n    pass\n") == set()


def test_a_past_of_another_format_is_no_help():
    past = Analysis(FILE)
    past.outline = b"nonsense"
    assert facts(Analysis(FILE + "A = 1\n", past)) == facts(
        Analysis(FILE + "A = 1\n"))


def test_the_helper_says_what_it_did_not_look_at():
    old = "def f():\n    return a\ndef g(x):\n    return setattr(x, x, 1)\n"
    new = old.replace("return a", "return b") + "def h():\n    return f\n"
    first = ask("analyse", 1, "a.py", old)
    blocks = [first[at:at + 6] for at in range(4, len(first), 6)]
    known = b"".join(each[2] + each[0] + b"\n" for each in blocks)
    again = ask("analyse-known", 1, "a.py", new, first[1], known, first[2],
                "")
    assert dict(zip(again[5::6], again[10::6])) == {
        b"<import>": b"", b"f": b"Gf\ngb", b"g": b"Ax\nGg\nGsetattr",
        b"h": b"Gh\ngf"}
    again = ask("analyse-known", 1, "a.py", old + "A = 1\n", first[1], known,
                first[2], "")
    assert dict(zip(again[5::6], again[10::6]))[b"f"] == b"="


def test_arguments_of_what_does_nothing_are_no_part_of_its_print():
    old, new = "def f(one): pass\n", "def f(two): pass\n"
    past = Analysis(old)
    assert past.prints["f"] == Analysis(new).prints["f"]
    assert "Atwo" in Analysis(new, past).mentions["f"]


@pytest.mark.skipif(sys.version_info < (3, 13), reason="no such attribute")
def test_what_methods_assign_is_no_part_of_a_class_print():
    old = ("def f():\n    class A:\n        def g(self):\n"
           "            self.one = 1\n    return A\n")
    new = old.replace("one", "two")
    past = Analysis(old)
    name = "f.<locals>.A"
    assert past.prints[name] == Analysis(new).prints[name]
    assert "atwo" in Analysis(new, past).mentions[name]
