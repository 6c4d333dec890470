# SPDX-License-Identifier: MIT
"""The helper as a process: its frames, and what it is given that is odd."""

import os
import subprocess
import sys

import pytest

from conftest import ROOT

HELPER = os.path.join(ROOT, "languages", "python", "helper.py")


def frame(value):
    if not isinstance(value, bytes):
        value = str(value).encode()
    return b"%d:%b" % (len(value), value)


def frames(content):
    found = []
    at = 0
    while at < len(content):
        colon = content.index(b":", at)
        end = colon + 1 + int(content[at:colon])
        found.append(content[colon + 1:end])
        at = end
    return found


def ask(*values):
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-E", HELPER], check=True,
        input=b"".join(map(frame, values)), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    assert done.stderr == b""
    return frames(done.stdout)


def test_analyse():
    answer = ask("analyse", 1, "a.py", "def f(x):\n    return g(x)\n")
    assert answer[0] == b"ok" and len(answer[1]) == 16
    assert answer[3] == b"2"
    assert answer[4:10] == [b"<import>", b"c", answer[1], b"1", b"1", b""]
    assert answer[10:12] == [b"f", b"f"] and len(answer[12]) == 16
    assert answer[13:15] == [b"1", b"2"]
    assert answer[15].split(b"\n") == [b"Ax", b"Gf", b"Gg"]


SETUP = """\
[metadata]
name = x
# a comment
install_requires =
    one
    two
[tool:pytest]
addopts: -q
"""


def blocks(path, text):
    answer = ask("analyse", 1, path, text)
    assert answer[0] == b"ok" and answer[2] == b"", answer
    assert len(answer) == 4 + 6 * int(answer[3])
    return {answer[at]: answer[at + 2] for at in range(4, len(answer), 6)}


def differing(path, old, new):
    first, second = blocks(path, old), blocks(path, new)
    return {name for name in first.keys() | second.keys()
            if first.get(name) != second.get(name)}


@pytest.mark.parametrize("old, new, changed", [
    ("# a comment", "\n; another", set()), ("= x", "=x", set()),
    ("-q", "-v", {b"tool:pytest"}), ("-q", "-q\n  -v", {b"tool:pytest"}),
    (": -q", ":\n  -q\n # \n", set()), ("-q", "-q # ", {b"tool:pytest"}),
    ("two", "2", {b"metadata"}), ("\n", "\r\n", set()),
    ("[metadata]", "[pytest]\n[metadata]", {b"pytest"}),
])
def test_sections(old, new, changed):
    assert differing("a/setup.cfg", SETUP, SETUP.replace(old, new)) == changed


@pytest.mark.parametrize("text", [
    "a = 1\n", "[a]\n[a]\n", "[a]\nb = 1\nb = 2\n", "[]\n", " a\n",
    "[a]\n b\n", "[a]\nb\n", "\ufeff[a]\n", "[a]\nb = 1\x0b\n", b"[\xff]\n"])
def test_sections_that_nobody_reads(text):
    assert ask("analyse", 1, "tox.ini", text)[0] != b"ok"


TOML = """\
[project]
name = "x"
when = 2024-01-01
[tool.pytest.ini_options]
addopts = "1"
[tool]
other = 1
"""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="no tomllib")
@pytest.mark.parametrize("old, new, changed", [
    ("[project]", "# a comment\n[project]", set()),
    ('"1"', "1", {b"tool.pytest"}), ('"1"', "'1'", set()),
    ('"1"', "1.0", {b"tool.pytest"}), ("2024", "2025", {b"project"}),
    ("other = 1", "other = true", {b"tool.other"}),
    ("[tool.pytest.ini_options]", "[more]", {b"tool.pytest", b"more"}),
])
def test_tables(old, new, changed):
    assert differing("pyproject.toml", TOML, TOML.replace(old, new)) == changed


@pytest.mark.parametrize("text", ["[a", "a = 1\na = 2", b"a = '\xff'"])
def test_tables_that_nobody_reads(text):
    assert ask("analyse", 1, "a.toml", text)[0] != b"ok"


def test_known_skeletons_need_no_outline():
    source = "def f(): return 1\n"
    first = ask("analyse", 1, "a.py", source)
    again = ask("analyse-known", 1, "a.py", source, b"x" * 16 + first[1], "",
                "", "")
    assert first[2] != b"" and again[2:4] == [b"", b""]
    assert again[:2] + again[4:] == first[:2] + first[3:]


@pytest.mark.parametrize("content, why", [
    (b"def f(:\n", b"line 1"), (b"a = 1\n\0", b"null bytes"),
    (b"x = '\xe9'", b"utf-8"), (b"# coding: nothing\n", b"encoding"),
    (b"x = " + b"-" * 50000 + b"1", b"it "),
    (b"x = " + b"+".join([b"a"] * 20000), b"it is nested too deeply"),
    (b"return 1", b"outside function"),
])
def test_what_cannot_be_analysed(content, why):
    answer = ask("analyse", 2, "a.py", content, "b.py", "x = 1")
    assert answer[0] != b"ok" and why in answer[0].lower()
    assert b"\n" not in answer[0]
    assert answer[1] == b"ok"


@pytest.mark.parametrize("content", [
    b"", b"\n", b"\xef\xbb\xbfx = 1", b"# coding: latin-1\nx = '\xe9'",
    b"x = 1\r\ny = 2\r\n", b"x = 1\ry = 2\r", b"x = 0x" + b"f" * 100000,
    b"assert (1, 'always')\nx = '\\d' is 1\n", b"\x0cdef f():\n\tpass\n",
    b"def f():\n" + b"    a(1)\n" * 5000,
])
def test_what_can(content):
    assert ask("analyse", 1, "a.py", content)[0] == b"ok"


def test_narrow():
    def outline(source):
        return ask("analyse", 1, "a.py", source)[2]

    old, new = outline("A = 1\nB = 1\n"), outline("A = 2\nB = 1\n")
    other = outline("from a import A as K\n")
    answer = ask("narrow", 2, "a.py", "", "a", 2, old, new, new,
                 "gone.py", "", "gone", 1, old, "",
                 1, "b.py", "", "b", other)
    assert answer[0] == b"names"
    assert answer[2:7] == [b"2", b"a.py", b"A", b"b.py", b"K"]
    assert answer[7:10] == [b"2", b"A", b"K"]
    assert answer[10:13] == [b"0", b"1", b"gone.py"]
    # Who holds one of the two modules as a whole may have any name looked up.
    assert answer[13:19] == [b"0"] * 5 + [b"4"]
    assert answer[19:24] == [b"import .a", b"import .b", b"import a",
                             b"import b"] + [b"0"]
    assert answer[24:31] == [b"0"] * 6 + [b"none"]
    assert answer[32] == b"whole"


def test_statements_and_edits_of_them():
    source = "A = 1\n\nclass C:\n    x = 1\n    def f(self): pass\nB = A\n"
    answer = ask("statements", source)
    assert answer == [b"3", b"1", b"0", b"4", b"1.0", b"6", b"2"]
    new = ask("analyse", 1, "a.py", source)[2]
    answer = ask("narrow", 1, "a.py", "", "a", 2, "@0", "@2", new, 0)
    assert answer[:7] == [b"names", b"changed: A, B", b"2", b"a.py", b"A",
                          b"a.py", b"B"]
    assert b"changed: B" in answer[7:]


def test_wrong_outlines_are_whole():
    answer = ask("narrow", 1, "a.py", "", "a", 1, "nonsense", "nonsense", 0)
    assert answer[0] == b"whole"
