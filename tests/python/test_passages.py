# SPDX-License-Identifier: MIT
"""Functions taken apart into passages, and what an edit leaves alone.

The property: a call that ran only passages whose prints an edit keeps does
after the edit just what it did.  Each rule that this hangs on is broken once,
to see that the property would show it.
"""

import ast
import random
import sys

import pytest

if sys.version_info < (3, 12):
    pytest.skip("Python tells of lines by sys.monitoring from 3.12 on",
                allow_module_level=True)

from languages.python.blocks import analyse, passages  # noqa: E402

HEAD = """\
x, y, z = 10, 20, 30


def f(a, b, log):
"""
# What takes no argument of its own: `{0}` is one of the names.
SIMPLE = (
    "{0} = {0} + 1", "{0} = a", "log({0})", "log(a)", "log(b)",
    "return {0}", "return a", "raise KeyError(a)", "pass",
    "log([{0} for {0} in range(b)])", "log((lambda: {0})())",
    "log(sum({1} for {1} in range(3)))", "global {0}", "del {0}",
    "log(locals().get('{0}'))", "(log({0}), log(a))",
)
INNER = (
    "def {0}():\n    return {1}\nlog({0}())",
    "def inner():\n    nonlocal {0}\n    {0} = 5\n    return {0}\n"
    "log(inner())",
)
AROUND = (
    "if a > {2}:\n    {0}", "if b == {2}:\n    {0}\nelse:\n    {1}",
    "for {3} in range(b):\n    {0}", "for {3} in range(a):\n    {0}\n"
    "    continue\nelse:\n    {1}",
    "try:\n    {0}\nexcept KeyError as {3}:\n    {1}",
    "try:\n    {0}\nfinally:\n    {1}",
    "while a < {2}:\n    a = a + 1\n    {0}\n    if b:\n        break",
    "match b:\n    case 0:\n        {0}\n    case {3}:\n        {1}",
    "if a and b: log(a)", "if a: {4}",
)


def indented(text, by):
    return text.replace("\n", "\n" + " " * by)


def suite(rng, depth):
    return "\n".join(statement(rng, depth)
                     for _ in range(rng.randint(1, 3)))


def statement(rng, depth):
    names = rng.sample("xyz", 2)
    if depth and rng.random() < 0.55:
        lines = rng.choice(AROUND).split("\n")
        for at, line in enumerate(lines):
            word = line.strip()
            if word in ("{0}", "{1}"):
                by = len(line) - len(word)
                lines[at] = " " * by + indented(suite(rng, depth - 1), by)
            else:
                lines[at] = line.replace("{2}", str(rng.randint(0, 2))) \
                    .replace("{3}", names[0]).replace("{4}", "return b")
        return "\n".join(lines)
    choice = SIMPLE if rng.random() < 0.9 else INNER
    return rng.choice(choice).format(*names)


def nested(text):
    """`suite` puts deeper ones in by the indentation of their first line."""
    return HEAD + "    " + indented(text, 4) + "\n"


def source(rng):
    """A function that compiles."""
    while True:
        text = nested(suite(rng, 3))
        if compiles(text):
            return text


def compiles(text):
    try:
        compile(text, "<f>", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def bodies(node):
    """The suites of a function, but for those of functions in it: these are
    blocks of their own."""
    found = []
    for field in "body", "orelse", "finalbody", "handlers", "cases":
        suite = getattr(node, field, [])
        if isinstance(suite, list) and suite:
            if isinstance(suite[0], ast.stmt):
                found.append(suite)
            for each in suite:
                if not isinstance(each, ast.FunctionDef):
                    found += bodies(each)
    return found


def edited(rng, text):
    """The source with one edit."""
    while True:
        tree = ast.parse(text)
        body = rng.choice(bodies(tree.body[1]))
        at = rng.randrange(len(body))
        new = ast.parse(nested(statement(rng, 1))).body[1].body
        kind = rng.randrange(4)
        if kind == 0:
            at = rng.randrange(at, len(body) + 1)
            body[at:at] = new
        elif kind == 1:
            body[at:at + 1] = new
        elif kind == 2:
            body[at:at + 1] = [] if len(body) > 1 else [ast.Pass()]
        elif isinstance(body[at], ast.If):
            body[at].test = ast.UnaryOp(ast.Not(), body[at].test)
        else:
            continue
        found = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
        if compiles(found):
            return found


def called(text, a, b):
    """(what a call does, the lines of the function that it ran, and what
    else it entered)."""
    names, lines, said = {}, set(), []
    exec(compile(text, "<f>", "exec", dont_inherit=True), names)
    code = names["f"].__code__

    def log(value):
        said.append(repr(value))
        if len(said) > 50:
            raise OverflowError

    def trace(frame, event, argument):
        if frame.f_code is not code:
            lines.add(frame.f_code.co_qualname)
            return None
        if event == "line":
            lines.add(frame.f_lineno)
            if len(lines) > 10000:
                raise OverflowError
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        result = "returns %r" % (names["f"](a, b, log),)
    except Exception as error:
        result = "raises %s %s" % (type(error).__name__, error)
    finally:
        sys.settrace(before)
    # Of what is no number it hangs on the address how it is written.
    return [each.partition(" at 0x")[0] for each in [
        *said, result, *[repr(names.get(each)) for each in "xyz"]]], lines


def prints(text):
    """[(name, print, the lines by which it shows)], or None."""
    found = passages.functions(text.encode(), {"f"})
    return found and [(passage.name, found[0].print(passage), passage.shown)
                      for passage in found[0].seen()]


def others(text):
    """The prints of the functions in it."""
    blocks, _ = analyse.compiled(text.encode())
    return {name: block.print() for name, block in blocks.by_name.items()
            if "<locals>" in name}


def holds(seed):
    """What the property is broken by; and how many calls an edit spared that
    it would not have, had the function been one."""
    rng = random.Random(seed)
    old = ast.unparse(ast.parse(source(rng))) + "\n"
    new = edited(rng, old)
    before, after = prints(old), prints(new)
    spared = 0
    if not before or old == new:
        return None, 0
    now = {name: print_ for name, print_, _ in after or ()}
    inner, inner_now = others(old), others(new)
    for a, b in ((0, 0), (1, 0), (0, 2), (2, 1), (3, 3)):
        did, lines = called(old, a, b)
        ran = [(name, print_) for name, print_, shown in before
               if shown & lines]
        if any(now.get(name) != print_ for name, print_ in ran) or any(
                inner[name] != inner_now.get(name)
                for name in lines & inner.keys()):
            continue
        spared += 1
        if called(new, a, b)[0] != did:
            return (old, new, a, b), spared
    return None, spared


SEEDS = range(300)


def test_the_property_holds():
    spared = 0
    for seed in SEEDS:
        broken, more = holds(seed)
        assert not broken, "seed %d\n%s\n%s\n%s, %s" % (seed, *broken)
        spared += more
    assert spared > len(SEEDS) / 2


def _kinds(monkeypatch):
    monkeypatch.setattr(passages.Function, "_kinds", lambda *_: [])


def _ends(monkeypatch):
    """What follows a passage is no part of it."""
    plain = passages.Function._suite

    def suite(self, *arguments):
        found = plain(self, *arguments)
        return found[:-1] if found[-1:] == [passages.SIGN] else found

    monkeypatch.setattr(passages.Function, "_suite", suite)


@pytest.mark.parametrize("rule", [_kinds, _ends])
def test_a_broken_rule_shows(rule, monkeypatch):
    rule(monkeypatch)
    assert any(holds(seed)[0] for seed in SEEDS)


def names_of(body):
    return [name for name, _, _ in prints(HEAD + body)]


def same(old, new):
    """The passages that are as they were."""
    now = {name: print_ for name, print_, _ in prints(HEAD + new)}
    return [name for name, print_, _ in prints(HEAD + old)
            if now.get(name) == print_]


IF = ("    if a:\n        log(x)\n"
      "    for i in range(b):\n        log(i)\n        log(a)\n"
      "    return 1\n")


def test_what_is_taken_apart():
    assert names_of(IF) == ["", ".0", "-1", "-1.0", "-2"]


@pytest.mark.parametrize("old, new, changed", [
    ("log(x)", "log(y)", [".0"]),
    ("log(x)", "log(x); log(x)", [".0"]),
    ("log(x)", "return 2", [".0"]),
    ("        log(x)\n", "        log(x)\n        log(x)\n", [".0"]),
    ("if a:", "if b:", [""]),
    ("log(i)", "log(  i)  # a word", []),
    ("log(a)", "new = 1", ["-1.0"]),
    # A name that is local now is so in all of the function.
    ("log(a)", "x = 1", [".0", "-1.0"]),
    ("log(a)", "a = 1", ["-1.0"]),
    # And one that is kept in a cell.
    ("log(a)", "log(lambda: i)", ["-1", "-1.0"]),
    ("    return 1\n", "    return 2\n", ["-2"]),
    ("    return 1\n", "", ["-1", "-2"]),
])
def test_what_an_edit_changes(old, new, changed):
    kept = same(IF, IF.replace(old, new))
    assert [name for name in names_of(IF) if name not in kept] == changed


def test_a_generator_is_not_taken_apart():
    assert not prints(HEAD + "    if a:\n        yield 1\n")


def test_variants_of_an_overloaded_function_do_not_count():
    text = ("import typing\n\n\n@typing.overload\ndef f(a: int): ...\n\n\n"
            "def f(a):\n    if a:\n        return 1\n    return 2\n")
    assert len(prints(text)) == 3
