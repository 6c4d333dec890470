# SPDX-License-Identifier: MIT
"""Functions that make something, entered on import: who notices an edit."""

import pytest

from selection import Analysis, is_maker, verdict_of

BASE = '''
import typing as t
from weakref import WeakKeyDictionary
def make(source, other=None):
    cache: t.Any = WeakKeyDictionary()
    def func() -> t.Optional[t.TextIO]:
        return cache, source
    return func
def get(): pass
FIRST = make(lambda: 3, get)
def user():
    return FIRST()
'''
OLD = "return cache, source"


def made(old=BASE, edit=(OLD, "return source"), name="make",
         path="pkg/core.py", **files):
    """The verdict on a function of core.py, beside the files given."""
    analyses = {"pkg/__init__.py": Analysis(files.pop("init", "")),
                path: Analysis(old)}
    for other, text in files.items():
        is_test = other.startswith(("test", "conftest"))
        where = "%s.py" % other if is_test else "pkg/%s.py" % other
        analyses[where] = Analysis(text)
    new = Analysis(old.replace(*edit))
    return verdict_of(path, analyses[path], new, analyses, name)


def pairs(found):
    assert found.word == "names", found.reason
    return set(found.pairs)


def adding(line, **files):
    return made(BASE + line + "\n", **files)


def test_what_it_made_changed():
    found = made()
    assert pairs(found) == {("pkg/core.py", "make"),
                            ("pkg/core.py", "FIRST")}
    assert found.families == [("pkg/core.py", "make")]
    assert found.others == []


@pytest.mark.parametrize("line, names", [
    ("SECOND = THIRD = make(source=get)", {"SECOND", "THIRD"}),
    ("SECOND = make(None, 3)", {"SECOND"}),
    ("SECOND: int = make(1)", {"SECOND"}),
    ("SECOND = FIRST", {"SECOND"}),
    ("SECOND = [FIRST, 1]", {"SECOND"}),
    ("def late(x=FIRST): pass", {"late"}),
    ("SECOND = (make, 1)", {"SECOND"}),
    ("class Holder:\n    held = FIRST", {"Holder"}),
    ("def calls():\n    return make(1)", set()),
])
def test_names(line, names):
    found = adding(line)
    assert pairs(found) == {("pkg/core.py", each)
                            for each in names | {"make", "FIRST"}}
    assert found.others == []


@pytest.mark.parametrize("line", [
    "VALUE = FIRST()", "VALUE = make(1)()", "FIRST()",
    "with get():\n    VALUE = make(1)", "@make\ndef made(): pass",
    "@FIRST\ndef made(): pass", "class C(make(1)): pass", "del FIRST",
    "del make", "make = 3", "def make(): return []",
    "alias = make\nVALUE = alias(1)", "VALUE = make(FIRST())",
    "VALUE = vars()['make'](1)", "VALUE = globals()",
    "print(FIRST)", "import sys\nsys.x = FIRST",
    "pytest_made = make(1)", "__getattr__ = make(1)",
    "setup_module = make(1)", "from pkg.other import *",
    "import atexit\natexit.register(FIRST)", "make = make(1)",
])
def test_whole(line):
    assert adding(line, other="def others(): pass").word == "whole"


@pytest.mark.parametrize("line, names", [
    ("make(1)", set()), ("VALUE = str(make(1))", {"VALUE"}),
    ("VALUE = make(str(1))", {"VALUE"}), ("VALUE = make(*[1])", {"VALUE"}),
    ("VALUE = make(**{'source': 1})", {"VALUE"}),
    ("VALUE = make(1).x", {"VALUE"}), ("VALUE = FIRST.x", {"VALUE"}),
    ("VALUE = make(1) or 2", {"VALUE"}),
    ("if get:\n    VALUE = make(1)", {"VALUE"}),
    ("try:\n    VALUE = make(1)\nfinally:\n    pass", {"VALUE"}),
    ("for each in (1, 2):\n    VALUE = make(each)", {"VALUE"}),
    ("while get():\n    VALUE = make(1)", {"VALUE"}),
    ("VALUE = [make(i) for i in (1, 2)]", {"VALUE"}),
    ("class C:\n    held = make(1)", {"C"}),
    ("class C(FIRST): pass", {"C"}),
    ("REGISTRY = {}\nREGISTRY[1] = FIRST", {"REGISTRY"}),
    ("get.made = make(1)", set()), ("get.made = FIRST", set()),
    ("VALUE, OTHER = make(1), 2", {"VALUE", "OTHER"}),
    ("FIRST += 1", set()),
    ("assert FIRST", set()), ("str(make)", set()),
    ("VALUE = make(lambda x=str(): x)", {"VALUE"}),
    ("VALUE = make(1) if get else 2", {"VALUE"}),
    ("test_made = make(1)", {"test_made"}),
    ("VALUE = (made := make(1))", {"VALUE", "made"}),
    ("def make_more(x=make(1)): pass", {"make_more"}),
])
def test_what_only_what_it_binds_tells(line, names):
    """And that it failed, whoever imports the file."""
    found = adding(line, other="def others(): pass")
    assert {("pkg/core.py", each) for each in names | {"make", "FIRST"}} <= (
        pairs(found))
    assert found.doubts == ["pkg/core.py"] or line.endswith("test_made")


def test_a_lambda_is_a_function():
    """Who imports the file entered it, and it mentions the name."""
    text = BASE + "VALUE = (lambda: make(1))()\n"
    assert made(text).word == "names"
    assert "Gmake" in Analysis(text).mentions["<lambda>"]


@pytest.mark.parametrize("line, names", [
    ("from pkg.core import make\nVALUE = make(1)", {"make", "VALUE"}),
    ("from .core import make as build\nVALUE = build(1)",
     {"build", "VALUE"}),
    ("from .core import FIRST", {"FIRST"}),
    ("from .core import FIRST as second\nTHIRD = second",
     {"second", "THIRD"}),
    ("from .again import build\nVALUE = build(1)", {"build", "VALUE"}),
    ("from . import core\nVALUE = core.make(1)", {"VALUE"}),
])
def test_in_other_files(line, names):
    found = made(other=line, again="from .core import make as build")
    assert {name for path, name in pairs(found)
            if path == "pkg/other.py"} == names
    assert found.others == []


@pytest.mark.parametrize("line", [
    "from .core import make\nVALUE = make(1)()",
    "from .core import FIRST\nVALUE = FIRST()",
    "import pkg.core\nVALUE = pkg.core.FIRST()",
    "from .core import *\nVALUE = FIRST()",
    "from . import make\nVALUE = make(1)()",
    "from .core import make\n@make\ndef made(): pass",
    "from .core import make\nmake = make(1)",
    "from . import core\nVALUE = vars(core)['make'](1)",
    "from . import core\nVALUE = getattr(core, 'make')(1)",
    "from . import core\nVALUE = getattr(core, 'FI' + 'RST')()",
])
def test_other_files_as_a_whole(line):
    found = made(other=line, init="from .core import make")
    assert found.word == "names"
    assert found.others == ["pkg/other.py"]


@pytest.mark.parametrize("line, names", [
    ("from .core import *\nVALUE = make(1)", {"VALUE"}),
    ("from .core import make\nif make:\n    VALUE = make(1)", {"VALUE"}),
    ("from .core import make\nmake.seen = True", set()),
    ("from . import core\ncore.FIRST.seen = True", set()),
    ("from .core import make\nclass C:\n    held = make(1)", {"C"}),
])
def test_what_other_files_bind(line, names):
    found = made(other=line, init="from .core import make")
    assert found.others == []
    assert {("pkg/other.py", each) for each in names} <= pairs(found)


@pytest.mark.parametrize("name", ["test_it", "conftest", "test_util"])
def test_tests_that_are_values(name):
    found = made(**{name: "from pkg.core import make\ntest_x = make(1)\n"})
    assert found.others == ["%s.py" % name]
    found = made(**{name: "from pkg.core import make\nVALUE = make(1)\n"})
    assert found.others == []
    assert ("%s.py" % name, "VALUE") in pairs(found)


def test_in_a_test_file():
    assert made(path="test_core.py").word == "whole"


@pytest.mark.parametrize("old, new", [
    ("def make(", "@staticmethod\ndef make("),
    ("def make(source, other=None)", "def make(source, other=get_it())"),
    ("def make(", "if True:\n  def make("),
])
def test_heads(old, new):
    text = BASE.replace(old, new)
    if "if True" in new:
        text = "if 1:\n" + "".join(
            "    " + each + "\n" for each in BASE.splitlines()[1:])
    assert made(text).word == "whole"


def test_conftest():
    assert made(path="conftest.py").word == "whole"


@pytest.mark.parametrize("body, makes", [
    ("return {}", True), ("return [a, b]", True), ("return (a, 'x')", True),
    ("return {'a': a, 1: b}", True), ("return lambda x=a: b", True),
    ("pass", True), ("'doc'", True), ("c = d = a\n    return d", True),
    ("return [1, 2, 3]", True), ("return dict()", True),
    ("return WeakKeyDictionary()", True), ("return OD()", True),
    ("return weakref.WeakSet()", True),
    ("def f(x: 'T', *, k=a) -> t.Callable[[int], None]: return b\n"
     "    return f", True),
    ("def f(x: t.Dict[str, t.List[int]]): return later\n"
     "    later = 3\n    return f", True),
    ("return a.x", False), ("return a()", False), ("return len(a)", False),
    ("return a + b", False), ("return a < b", False), ("return -a", False),
    ("return not a", False), ("return a or b", False),
    ("return a if b else 1", False), ("return f'{a}'", False),
    ("return [*a]", False), ("return {**a}", False), ("return {a: 1}", False),
    ("return {a}", False), ("return [x for x in a]", False),
    ("return (x for x in a)", False), ("yield a", False),
    ("return other", False), ("return make", False), ("return make(a)", False),
    ("return dict(a)", False), ("return dict(x=a)", False),
    ("return list(a)", False), ("return Late()", False),
    ("return mine()", False), ("return Sometimes()", False),
    ("return Twice()", False), ("return Set()", False),
    ("global GLOBAL\n    GLOBAL = a", False), ("a.x = b", False),
    ("a[0] = b", False), ("del a", False), ("del a.x", False),
    ("import os\n    return os", False), ("raise a", False),
    ("assert a", False), ("with a: pass", False), ("a, c = b", False),
    ("try:\n        return a\n    finally:\n        pass", None),
    ("if a:\n        return 1\n    return 2", False),
    ("for x in a: pass", False), ("while a: pass", False),
    ("class C: pass\n    return C", False),
    ("@a\n    def f(): pass\n    return f", False),
    ("def f(x=a.x): pass\n    return f", False),
    ("print(c)\n    c = 1", False), ("d = c\n    c = 1", False),
    ("return c\n    c = 1", False), ("a += 1", False),
    ("def f(): return c\n    return f, c\n    c = 1", False),
    ("nonsense", False), ("return eval", False), ("return object", True),
])
def test_what_makes(body, makes):
    source = '''
import collections, weakref
import typing as t
from weakref import WeakKeyDictionary, WeakSet as Twice
from collections import OrderedDict as OD
from mine import mine
if mine:
    from weakref import WeakSet as Sometimes
Twice = mine
def setting():
    global Set
    Set = mine
from collections import deque as Set
def make(a, b=1):
    %s
from collections import deque as Late
''' % body
    found = is_maker(Analysis(source), "make")
    assert makes is None or found == makes


@pytest.mark.parametrize("source", [
    "async def make(): return 1", "def make(): yield 1",
    "class make:\n    def make(self): return 1", "make = lambda: 1",
    "def make(): return 1\ndef make(): return 2",
    "def make():\n    return dict()\ndict = 3",
    "def make():\n    return dict()\nfrom other import *",
    "def make():\n    return dict()\ndef f():\n    global dict\n    dict = 1",
    "def make():\n    return dict()\nclass dict: pass",
    "def make():\n    if __debug__:\n        return 1\n    return 2",
    "from .weakref import WeakSet\ndef make(): return WeakSet()",
    "import weakref.other as w\ndef make(): return w.WeakSet()",
    "try:\n    import weakref\nexcept ImportError:\n    pass\n"
    "def make(): return weakref.WeakSet()",
])
def test_what_does_not_make(source):
    assert not is_maker(Analysis(source), "make")


def test_annotations_that_fail():
    import sys
    for text in ("t.Nope", "t.Optional[1]", "t.Optional", "t.Dict[int]",
                 "t.List[x]", "nope"):
        source = ("import typing as t\ndef make(x):\n"
                  "    def f() -> %s: pass\n    return f\n" % text)
        analysis = Analysis(source)
        # From 3.14 on nobody evaluates them then; a bare form is no failure.
        assert is_maker(analysis, "make") == (
            sys.version_info >= (3, 14) or text == "t.Optional")


def test_known_bodies_are_compiled_where_names_decide():
    old = Analysis("from weakref import WeakSet\n" + "\n" * 9
                   + "def make():\n    return WeakSet()\n")
    assert is_maker(old, "make")
    text = ("from mine import WeakSet\n" + "\n" * 9
            + "def make():\n    return WeakSet()\n")
    new = Analysis(text, old)
    assert "make" not in new.cuts
    assert not is_maker(new, "make")
    assert not is_maker(Analysis(text), "make")
