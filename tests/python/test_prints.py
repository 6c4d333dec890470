# SPDX-License-Identifier: MIT
"""Prints of blocks: the same for the same meaning, and for no other."""

import os
import subprocess
import sys

import pytest

from languages.python.blocks import analyse

from conftest import ROOT

SOURCE = '''
"""The module."""
import os
LIMIT = 3
def plain(a, b=LIMIT, *, c=None):
    """Says so."""
    return [x for x in (a, b) if x in {"p", "q", "r"}], -0.0
class Thing(dict):
    size = 1
    def get(self, key):
        def inner(y):
            return y + key
        return inner
    @property
    def value(self):
        return 1
    @value.setter
    def value(self, new):
        self._value = new
'''


def blocks_of(source):
    blocks, _ = analyse.analyse(source.encode())
    return {name: analyse.digest(block.keys)
            for name, block in blocks.by_name.items()}


def skeleton_of(source):
    return analyse.digest(analyse.analyse(source.encode())[0].skeleton)


def mentions_of(source, name="f"):
    return analyse.analyse(source.encode())[0].by_name[name].mentions


@pytest.mark.parametrize("old, new", [
    ("\nLIMIT", "\n\n# a comment\nLIMIT"),
    ("    size = 1", "    # why\n    size  =  1"),
    ("(a, b=LIMIT, *, c=None)", "(\n    a,\n    b=LIMIT, *,\n    c=None\n)"),
    ("            return y + key",
     "\n            # sum\n            return (y+key)"),
])
def test_layout_changes_nothing(old, new):
    edited = SOURCE.replace(old, new)
    assert edited != SOURCE
    assert blocks_of(edited) == blocks_of(SOURCE)
    assert skeleton_of(edited) == skeleton_of(SOURCE)


@pytest.mark.parametrize("old, new, changed, skeleton", [
    ("return y + key", "return y - key",
     {"Thing.get.<locals>.inner"}, False),
    ("return inner", "return inner, 1", {"Thing.get"}, False),
    ('{"p", "q", "r"}', '{"p", "q", "s"}', None, False),
    ("-0.0", "0.0", {"plain"}, False),
    ('"""Says so."""', '"""Says."""', set(), True),
    ("LIMIT = 3", "LIMIT = 3.0", set(), True),
    ("LIMIT = 3", "LIMIT = True", set(), True),
    ("b=LIMIT", "b=None", set(), True),
    ("c=None", "d=None", {"plain"}, True),
    ("size = 1", "size = 2", {"Thing"}, True),
    ("def inner(y)", "def inner(y=2)", {"Thing.get"}, False),
    ("self._value = new", "self._value = 1", {"Thing.value"}, False),
    ("Thing(dict)", "Thing(list)", set(), True),
    ('"""The module."""', "", set(), True),
    ("import os", "import sys", set(), True),
    ("import os", "from __future__ import annotations\nimport os", None,
     True),
])
def test_meaning_changes_the_block(old, new, changed, skeleton):
    edited = SOURCE.replace(old, new)
    before, after = blocks_of(SOURCE), blocks_of(edited)
    found = {name for name in before if before[name] != after.get(name)}
    if changed is not None:
        assert found == changed
    assert (skeleton_of(edited) != skeleton_of(SOURCE)) == skeleton


def test_a_body_that_uses_super_leaves_other_blocks_alone():
    edited = SOURCE.replace("return inner\n", "return super().get(key)\n")
    before, after = blocks_of(SOURCE), blocks_of(edited)
    assert before["Thing.value"] == after["Thing.value"]


def test_a_docstring_alone_is_seen():
    old = "@r\ndef f(x=1):\n    return g(2)\n"
    new = "@r\ndef f(x=1):\n    'doc'\n    return g(2)\n"
    assert skeleton_of(old) != skeleton_of(new)


@pytest.mark.parametrize("head", [
    "if not __debug__:", "if __debug__:\n        pass\n    else:",
    "if a:\n        pass\n    elif not __debug__:", "if not __debug__ and 1:",
    "if not __debug__:  # why", "if not __debug__: #__debog__"])
@pytest.mark.parametrize("surroundings", ["def f():\n    ", "if 1:\n    "])
def test_branches_of_optimized_runs_count(head, surroundings):
    old = "%s%s\n        x = 1\n" % (surroundings, head)
    new = old.replace("1\n", "2\n")
    assert (blocks_of(old), skeleton_of(old)) != (
        blocks_of(new), skeleton_of(new))
    assert skeleton_of(old) == skeleton_of(old + "# more")


def test_debug_cannot_be_bound():
    for text in ("__debug__ = 1", "f(__debug__=1)",
                 "def f():\n    if __debug__:\n        __debug__ = 1"):
        with pytest.raises(SyntaxError):
            analyse.analyse(text.encode())


def test_debug_is_one_compilation_where_functions_ask():
    source = b"def f():\n    if __debug__:\n        return 1\n"
    once = analyse.analyse(source)[0].by_name["f"]
    again = analyse.analyse(source + b"\nprint(__debug__)")[0].by_name["f"]
    assert len(once.keys) == 1 and len(again.keys) == 2


@pytest.mark.parametrize("seed", ["0", "1", "77"])
def test_hash_randomisation_changes_nothing(seed):
    script = ("import sys\n"
              "from languages.python.blocks import analyse as a\n"
              "b, _ = a.analyse(sys.stdin.buffer.read())\n"
              "print(a.digest(b.skeleton).hex(), "
              "a.digest([x.keys for x in b.by_name.values()]).hex())")
    prints = {subprocess.run(
        [sys.executable, "-c", script], input=SOURCE.encode(), check=True,
        stdout=subprocess.PIPE, env={
            **os.environ, "PYTHONHASHSEED": each, "PYTHONPATH": ROOT}
    ).stdout for each in ("0", seed, "random")}
    assert len(prints) == 1


def test_names_are_told_apart():
    found = mentions_of('''
def f(tmp_path, x=OTHER):
    import a.b
    from c import d
    total.part.run("pkg.mod:name", kw=1)
    return "{self.shown}", ("one", ("two",)), [e.inner for e in x]
''')
    assert {"htotal", "bpart", "Arun", "apkg", "amod", "aname", "akw",
            "Atmp_path", "Ax", "ad", "ashown", "aone",
            "atwo", "ainner", "Gf"} <= found
    assert "atotal" not in found and "gpart" not in found
    assert "gOTHER" not in found and "*" not in found
    # A module is found in sys.modules, and no object is asked for it.
    assert {"aa", "ab", "ac"}.isdisjoint(found)


def test_long_functions_tell_names_apart_too():
    body = "".join("    name_%d.attr_%d\n" % (i, i) for i in range(400))
    found = mentions_of("def f():\n" + body)
    assert {"hname_399", "aattr_399"} <= found
    assert "gattr_399" not in found


CONSTANT = """getattr(x, "a") | getattr(f(x), "a", g(1)) |
 hasattr(x.y[1], "a") | x.f_globals.get("a") |
 x.__dict__["a"] | x.__dict__.get("a") |
 globals()["a"] | vars(x)["a"] | attrgetter("a", "b") |
 import_module("a.b") | r.getfixturevalue("a") | vars(self) |
 self.__dict__.update(x) | getattr(x, "a")(getattr(y, "b")) |
 setattr(x, y, "a") | map(setattr, x, y) | x.setattr("a.b", y) |
 x.setattr("a.b", y, raising=False) | x.setattr(y, "a", 1, raising=False) |
 x.delattr("a.b") | x.delattr("a.b", raising=g(y=1)) |
 x.setattr(y, "a", g(x, y=1))"""
# What these ask for is told while they run.
HEARD = """getattr(x, y) | getattr(x, "a" + y) | getattr(x, y, "a") |
 getattr(x, "a%s" % y, None) | getattr(x, f"a{y}") | hasattr(x, y) |
 getattr(x, "a".lower()) | getattr(x, y)("a") | object.__setattr__(x, y, 1) |
 import_module("a" + x) | importlib.import_module(x, y) | __import__(x) |
 x.globals | x.globals.update(y) | f(x.globals) | x.vars.get(y)"""
# And these, where calls can be told from loads.
HEARD_LATELY = """getattr(x, "a" if y else "b") | getattr(*x) |
 getattr(x, *y)"""
COMPUTED = """getattr | map(getattr, x, y) | globals() | y.getattr(x, y) |
 x.setattr(self, y, "a") | x.setattr("a", y, 1) | x.setattr(y, 1) |
 x.setattr(target="a", value=1) | x.setattr("a") |
 x.delattr(y) | x.delattr("a", y) | delattr(x, y) | x.setattr(y, 1, x="a") |
 x.__dict__ | x.__dict__[y] | x.f_globals |
 x.__dict__.get("a" + y) | vars() | vars(x) | vars(x)[y] | dir(x) |
 eval("a") | attrgetter("a", y) | f(import_module) | __import__(x, y) |
 import_module(*x) | builtins.globals() | builtins.globals |
 dir(import_module(x)) | X.__subclasses__()"""


@pytest.mark.parametrize("text, computed", [
    (" ".join(each.split()), False) for each in (
        CONSTANT + " |" + HEARD + (
            " |" + HEARD_LATELY if sys.version_info >= (3, 11)
            else "")).split(" |")] + [
    (" ".join(each.split()), True) for each in COMPUTED.split(" |")])
def test_reflection(text, computed):
    found = mentions_of("def f(self, x, y):\n    return %s\n" % text)
    assert bool({"*", "+", "@"} & found) == computed


@pytest.mark.parametrize("name, body, computed", [
    ("__getattr__", "return object.__getattribute__(self, key)", False),
    ("__getattr__", "return super().__getattribute__(key)", False),
    ("__getattribute__", "return cast(object.__getattribute__(self, key))",
     False),
    ("other", "return object.__getattribute__(self, key)", True),
    ("__getattr__", "return object.__getattribute__(self, key + 'x')", True),
    ("__getattr__", "return object.__getattribute__(key, self)", True),
    ("__getattr__", "return (object.__getattribute__)", True),
    ("__getattr__", "key += 'x'; return super().__getattribute__(key)", True),
    ("__getattr__", "for key in 'ab': super().__getattribute__(key)", True),
    ("__getattr__", "def f(): nonlocal key; key = 'a'\n"
     "        return super().__getattribute__(key)", True),
])
def test_an_attribute_that_was_asked_for_is_handed_on(name, body, computed):
    """Who asked has its name written, or was heard."""
    found = mentions_of("class A:\n    def %s(self, key):\n        %s\n"
                        % (name, body), "A." + name)
    assert bool({"*", "+", "@"} & found) == computed


@pytest.mark.parametrize("text, of_objects", [
    ("x.__dict__", True), ("vars(x)", True), ("dir(x)", True),
    ("inspect.getmembers(x)", True), ("dir(sys.modules[x])", False),
    ("dir(import_module('a'))", False), ("dir(x), eval(y)", False),
    ("delattr(x, y)", True), ("object.__getattribute__(x, y)", True),
    ("x.f_globals", False)])
def test_reflection_on_what_objects_have(text, of_objects):
    """Modules are found by who holds one."""
    found = mentions_of("def f(self, x, y):\n    return %s\n" % text)
    assert {"*", "+"} & found == ({"+"} if of_objects else {"*"})


def test_somebody_elses_setattr():
    source = "def f(x, y):\n    setattr(x, y, 1)\n"
    assert "*" not in mentions_of(source)
    assert "*" in mentions_of("from a import setattr\n" + source)


@pytest.mark.parametrize("text, called, valued", [
    ("f(1)", "Gf", ""), ("f()", "Gf", ""), ("f(x=1)", "Gf", ""),
    ("f(*a)", "Gf", "ga"), ("f(1, *a, **k)", "Gf", "ga gk"),
    ("a.f(1)", "Af", "ha"), ("a.f(x=1)", "Af", "ha"),
    ("a.f(*b, **k)", "Af", "ha"), ("f[0]()", "", "gf"),
    ("f.x[0]()", "", "hf ax"), ("g(f)", "Gg", "gf"),
    ("g(*f)", "Gg", "gf"), ("g(1, **f)", "Gg", "gf"),
    ("g(a.f, 1)", "Gg", "af"), ("g(*a.f)", "Gg", "af"),
    ("g(**a.f)", "Gg", "af"), ("f(1)(f)", "", "gf"),
    ("f.a.b()", "Ab", "hf ba"), ("f + g()", "Gg", "gf"),
    ("(f or g)(1)", "Gg", "gf"), ("f(1)[f.x]()", "", "hf ax"),
    ("a.f(1) + a.f", "", "af"), ("f().g", "Gf", "ag"),
    ("f(1 if a else 2)", "", ""), ("g(f, *a)", "Gg", "gf"),
    ("f.__doc__", "", "gf"), ("a.f.__wrapped__", "", "ha af"),
    ("a.f.fget", "", "ha af"), ("a.f.x + f.y", "", "ha bf hf"),
    ("a.f.x + a.f", "", "ha af"), ("f.x if f else 1", "", "hf"),
    ("g(x=a.f)", "Gg", "af"), ("a.g(a.f, x=f)", "Ag", "af gf"),
])
def test_called_and_valued(text, called, valued):
    found = mentions_of("def t():\n    return %s\n" % text, "t")
    assert set(called.split()) <= found
    assert set(valued.split()) <= found
    asked = [each for each in valued.split() if each[0] in "hb"]
    assert not found & {letter + each[1:]
                        for each in called.split() + asked
                        for letter in "ghab"} - set(valued.split())


def test_what_is_bound_is_not_held():
    found = mentions_of("def t(a):\n    global g\n    a.f = g.x = 1\n"
                        "    del a.d\n    g = 2\n", "t")
    assert {"Af", "Ax", "Ad", "hg"} <= found


@pytest.mark.parametrize("text, tested, held", [
    ("isinstance(x.a, B)", "Aa GB", ""),
    ("isinstance(x.y.a, (B, C.d))", "by Aa GB Ad hC", ""),
    ("issubclass(f(a, x.b), x.f(g(B, 1)))", "", "ga ab gB"),
    ("isinstance(x.a, B) and x.a", "GB", "aa"),
    ("isinstance(x.a, B if x.b else C)", "", "aa gB gC"),
    ("isinstance(x.a)", "", ""), ("isinstance(*x.a)", "", "aa"),
    ("isinstance(x.a, [B][0])", "", "aa gB"),
    ("1 if x.a else 2", "Aa", ""), ("1 if not x.a else 2", "Aa", ""),
    ("1 if x.a is None else 2", "Aa", ""), ("x.a is B", "GB", "aa"),
    ("1 if x.a is not None else x.a", "", "aa"), ("x.a or 1", "", "aa"),
    ("x.a == None", "", "aa"), ("[x.a, None is x]", "", "aa"),
])
def test_what_is_tested_is_not_held(text, tested, held):
    found = mentions_of("def t(x):\n    return %s\n" % text, "t")
    assert set(tested.split()) | set(held.split()) <= found
    assert not {letter + each[1:] for each in tested.split()
                for letter in "ghabAG"} - set(tested.split()) & found


TYPES = '''
type Name = int
class Box[T: (int, str)]:
    type Inner = list[T]
    def get(self):
        return 1
def first[T: int](x: T):
    return 2
def made():
    type Local = int
    def inner():
        return 3
    return inner
def plain():
    return 4
'''


@pytest.mark.skipif(sys.version_info < (3, 12), reason="no such syntax")
def test_only_types_are_evaluated_late():
    """What makes a type leaves the other functions around it functions."""
    blocks, _ = analyse.analyse(TYPES.encode())
    kinds = {name: block.kind for name, block in blocks.by_name.items()}
    assert {name for name in kinds if kinds[name] == "f"} == {
        "Box.get", "first", "made", "made.<locals>.inner", "plain",
        "made.<locals>.Local"}
    assert kinds["Name"] == kinds["T"] == kinds["Box.Inner"] == "c"
    for old, new in (("Name = int", "Name = str"), ("T: int", "T: str"),
                     ("int, str", "int, bool"), ("list[T]", "set[T]")):
        assert skeleton_of(TYPES.replace(old, new)) != skeleton_of(TYPES)
    for number in "1234":
        edited = TYPES.replace("return " + number, "return 5")
        assert skeleton_of(edited) == skeleton_of(TYPES)
    local = TYPES.replace("Local = int", "Local = str")
    assert blocks_of(local)["made"] != blocks_of(TYPES)["made"]


@pytest.mark.parametrize("head, name", [
    ("def f(format):", "f"), ("f = lambda format:", "<lambda>"),
    ("def __annotate__(format):", "__annotate__"),
    ("class A:\n  def __annotate__(format, /):", "A.__annotate__"),
    ("def __annotate__(format, /):\n  if format > 2:\n"
     "    raise NotImplementedError\n ", "__annotate__"),
])
def test_a_function_that_is_asked_for_a_format_is_one(head, name):
    made = " return %d" if "def" in head else " %d"
    blocks, _ = analyse.analyse((head + made % 1).encode())
    assert blocks.by_name[name].kind == "f"
    assert skeleton_of(head + made % 1) == skeleton_of(head + made % 2)


@pytest.mark.skipif(sys.version_info < (3, 14), reason="they are early")
@pytest.mark.parametrize("text", [
    "def f(x: %s, *, y: str) -> None:\n    return 1",
    "class A:\n    x: %s\n    y: str = 2", "x: %s\ny: str = 2",
    "if __name__:\n    x: %s\n",
    "class A:\n    if __name__:\n        x: %s\n",
    "class A:\n    def f(self, x: %s): pass\n",
    "type X = %s", "def f[T: %s](x: T): pass",
    "x: [%s for each in 'ab']"])
def test_late_annotations_are_part_of_their_surroundings(text):
    assert skeleton_of(text % "int") != skeleton_of(text % "str")
    kinds = {block.kind for name, block in analyse.analyse(
        (text % "int").encode())[0].by_name.items() if name[-1] != "f"}
    assert kinds == {"c"}


@pytest.mark.skipif(sys.version_info < (3, 14), reason="no such syntax")
@pytest.mark.parametrize("old, new, text", [
    ("t'{x}a'", "t'{x}b'", "a"), ("t'{x}'", "t'{y}'", "x"),
    ("t'{x}'", "t'{x!r}'", "x"), ("t'{x}'", "t'{x:>4}'", "x"),
    ("t'{x}'", "t'{ x}'", "x"), ("t'{x}'", "t'{x=}'", "x"),
    ("t'{x}' t'b'", "t'{x}' t'c'", "b"),
])
def test_templates(old, new, text):
    source = "def f(x, y):\n    return %s\n"
    assert blocks_of(source % old) != blocks_of(source % new)
    assert skeleton_of(source % old) == skeleton_of(source % new)
    assert text in {each[1:] for each in mentions_of(source % old)}


@pytest.mark.skipif(sys.version_info < (3, 14), reason="no such syntax")
def test_names_in_a_template():
    """They are looked up, and the text of the expression is kept as well."""
    found = mentions_of("def f():\n    return t'{core.total} {other}'\n")
    assert {"hcore", "atotal", "gother"} <= found


def test_names_of_imports_that_are_globals_as_well():
    """From 3.15 on an import has beside its name whether it is lazy."""
    found = mentions_of("def f():\n    other()\n    first()\n"
                        "    import first as x\n")
    assert {each[1:] for each in found} == {
        "f", "first", "other", "imports first"}


@pytest.mark.parametrize("body, everything", [
    ("x: int", False), ("x: int = 1\n        y: 'str'", False),
    ("if y:\n            x: int = 1", False),
    ("print(__annotations__)", True), ("__annotations__[y] = 1", True),
    ("x: int = 1\n        z = __annotations__.keys()", True),
])
@pytest.mark.skipif(sys.version_info >= (3, 14), reason="asked for later")
def test_a_class_that_declares_annotations(body, everything):
    """It asks for those alone that it makes."""
    source = "def f(y):\n    class C:\n        %s\n    return C\n" % body
    assert ("*" in mentions_of(source, "f.<locals>.C")) == everything
    assert "*" in mentions_of("def f(y):\n    return y.__annotations__\n")


def test_what_is_stored_is_found_again():
    assert {"&", "*"} & mentions_of(
        "import pickle\ndef f(x):\n    return pickle.dumps(x)\n") == {"&"}
    assert {"&", "*"} & mentions_of(
        "def f(x):\n    import cloudpickle\n    cloudpickle.dumps(x)\n") == {
            "*"}


@pytest.mark.parametrize("text, held, not_held", [
    ("from .base import a\n    return a", "import .a", "import .base"),
    ("from pkg.base import a\n    return a", "import pkg.base.a",
     "import pkg.base"),
    ("import pkg.base as a\n    return a", "import pkg.base", ""),
])
def test_names_of_a_module_are_not_the_module(text, held, not_held):
    found = mentions_of("def f():\n    %s\n" % text)
    assert "a" + held in found and "a" + not_held not in found


@pytest.mark.parametrize("body, name", [
    ("return self.size", "ssize"), ("self.size = other", "ssize"),
    ("return self.size()", "ssize"), ("del self.size", "ssize"),
    ("return (self.size, other.size)", "asize"),
    ("self = other\n        return self.size", "asize"),
    ("return [self.size for x in other]", "ssize"),
    ("return lambda: self.size", None),
    ("return (self.size, 'size')", "asize"),
    ("return self.a.size", "asize"), ("return super().size", "asize"),
])
def test_an_instance_is_no_module(body, name):
    source = "class A:\n    def f(self, other):\n        %s\n" % body
    # Its variables are those of a function of its own, or lie beside self.
    if "for x" in body and sys.version_info[:2] != (3, 12):
        name = "asize"
    found = mentions_of(source, "A.f")
    sizes = {each for each in found if each[1:] == "size"}
    assert not sizes if name is None else name in sizes
    assert name is None or "ssize" not in sizes - {name}
    modular = "from types import ModuleType\n" + source
    assert "ssize" not in mentions_of(modular, "A.f")
