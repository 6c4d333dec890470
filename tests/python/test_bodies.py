# SPDX-License-Identifier: MIT
"""Functions that an edit left alone are cut out, and nothing is lost by it."""

import configparser
import random

import pytest

from languages.python.blocks import bodies
from selection import Analysis, facts

FILE = """\
import os


def first(a, b=lambda: 1):
    '''Some words'''
    x = [each.size for each in a]
    y = b()

    def inner(z):
        return z.inner
    return inner(x + y)


class Plain:
    kind = "plain"

    def method(self, a):
        b = a.b
        c = super().method(b)
        return c

    @property
    def made(self):
        yield 1
        yield self.kind
        # the last one
        yield __class__

    async def later(self):
        await self.one
        async for x in self.two:
            yield x

    class Nested:
        def method(self):
            a = 1
            b = 2
            return a + b


if os:
    def last():
        a = '''
text
'''
        b = 2
        return a
"""
FUNCTIONS = {"first", "Plain.method", "Plain.made", "Plain.later",
             "Plain.Nested.method", "last"}


def same(old, new):
    """The functions that are not compiled; all is as it is without a past."""
    past = Analysis(old)
    assert past.cuts == []
    found = Analysis(new, past)
    assert facts(found) == facts(Analysis(new))
    # The next version has that for its past.
    assert facts(Analysis(old, found)) == facts(past)
    return {each for each in FUNCTIONS if any(
        each == cut or each.startswith(cut + ".") for cut in found.cuts)}


@pytest.mark.parametrize("old, new, compiled", [
    ("import os", "import os, re", None),
    ("import os", "import os\nimport re.sub as re", None),
    ("import os", "import os\nfrom os import path as os", ""),
    ("import os", "import os\nsuper = os", None),
    ("import os", "import os\nX = 1", ""),
    ("import os\n", "from __future__ import annotations\nimport os\n", None),
    ("import os", "import os\nx = __debug__", None),
    ("import os", "import os\nif __debug__:\n    X = 1", None),
    ("y = b()", "y = c()", "first"),
    ("y = b()", "if __debug__:\n        y = c()", "first"),
    ("y = b()", "y = __debug__", None),
    ("'''Some words'''", "'''Other words'''", "first"),
    ("z.inner", "z.outer", "first"),
    ("return inner(x + y)\n", "return inner(x + y)\n    # a comment\n", ""),
    ("return inner(x + y)\n", "return inner(x + y)\n\n    if 0: yield\n",
     "first"),
    ("return inner(x + y)\n", "return inner(x + y)\n    global more\n",
     "first"),
    ("import os", "import os\ndef zzz():\n    global X\n    X = 2\nX = 1",
     ""),
    ("class Plain", "@deco\nclass Plain", None),
    ("class Plain", "class Other", None),
    ("class Plain:", "class Plain(Base):\n    more = 1", ""),
    ("class Nested", "class Other", None),
    ("    @property", "    @property\n    @other", "Plain.made"),
    ("yield 1", "return 1", "Plain.made"),
    ("    def method(self, a)", "    def method(self, b)", "Plain.method"),
    ("if os:", "if re:", ""),
    ("if os:", "if 0:\n    pass\nelse:", ""),
    ("if os:", "def wrap():", None),
    ("if os:", "class Wrap:", None),
    ("        return c\n", "        return c\n    def method(self): pass\n",
     None),
    ("    return a + b\n", "    return a + b\n            more = 1\n",
     "Plain.Nested.method"),
    ("    class Nested:", "    def added(self):\n        pass\n"
     "    class Nested:", ""),
    ("    kind = ", "    def _peek(self, x):\n        return getattr(self, x)"
     "\n    kind = ", ""),
    ("import os", "def _peek(self, x):\n    return getattr(self, x)\n",
     None),
])
def test_what_is_compiled(old, new, compiled):
    edited = FILE.replace(old, new, 1)
    assert edited != FILE
    assert same(FILE, edited) == (
        set() if compiled is None else FUNCTIONS - set(compiled.split()))


def test_who_declares_a_name_global_is_compiled():
    """It makes the module store that name otherwise."""
    old = "X = 1\n" + FILE.replace("b = 2", "global X\n            X = 1", 1)
    assert same(old, old + "Y = 1\n") == FUNCTIONS - {"Plain.Nested.method"}


def test_functions_by_one_name_are_compiled():
    twice = FILE + "else:\n    def last():\n        a = 1\n        b = 2\n" \
        "        return b\n"
    assert same(twice, twice + "X = 1\n") == FUNCTIONS - {"last"}
    assert same(FILE, twice) == set()


def test_type_parameters_are_names_in_bodies():
    source = FILE.replace("class Plain:", "class Plain[T]:")
    try:
        compile(source, "<file>", "exec")
    except SyntaxError:
        pytest.skip("no type parameters")
    assert same(FILE, source) == set()
    assert same(source, source + "X = 1\n") == {"first", "last"}


@pytest.mark.parametrize("past", [b"", b"nonsense", b"\x00" * 40])
def test_a_record_of_another_format_is_no_help(past):
    found = Analysis(FILE)
    found.bodies = past
    edited = FILE + "X = 1\n"
    assert facts(Analysis(edited, found)) == facts(Analysis(edited))


LINES = ("'''", "(", ")", "\\", "    pass", "class A:", "else:", "# x",
         "from __future__ import annotations", "        yield 1", "if x:",
         "    def f(self):", "@x", "\tx = 1", "def _f(a, b):",
         "    return getattr(a, b)", "x = __debug__", "    '''")


def edited(lines, rng):
    """A random edit of some lines, syntax errors included."""
    lines = list(lines)
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.randrange(len(lines))
        kind = rng.randrange(5)
        if kind == 0:
            del lines[at:at + rng.choice((1, 1, 4))]
        elif kind == 1:
            lines.insert(at, rng.choice(LINES))
        elif kind == 2:
            lines[at] = " " * rng.choice((0, 4, 8)) + lines[at].lstrip()
        elif kind == 3:
            other = rng.randrange(len(lines))
            lines[at:at] = lines[other:other + rng.choice((1, 10))]
        else:
            lines[at] = lines[at].replace(rng.choice("aestn"), "x", 1)
        if len(lines) < 2:
            break
    return lines


def test_random_edits():
    """What cannot be compiled cannot be with a past either."""
    with open(configparser.__file__) as file:
        old = file.read()
    past = Analysis(old)
    rng = random.Random(1)
    cut = failed = 0
    for _ in range(60):
        new = "\n".join(edited(old.split("\n"), rng))
        try:
            whole = Analysis(new)
        except SyntaxError as error:
            failed += 1
            with pytest.raises(SyntaxError) as found:
                Analysis(new, past)
            assert str(found.value) == str(error)
            continue
        found = Analysis(new, past)
        assert facts(found) == facts(whole)
        assert facts(Analysis(old, found)) == facts(past)
        cut += bool(found.cuts)
    assert cut > 10 and failed > 10


def test_short_files_have_no_record(monkeypatch):
    monkeypatch.setattr(bodies, "SMALL", 10000)
    assert Analysis(FILE).bodies == b""
