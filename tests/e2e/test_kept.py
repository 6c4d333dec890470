# SPDX-License-Identifier: MIT
"""What one test computes and a module keeps belongs to later tests, too."""

import textwrap

import pytest

from helpers import PYTHON
from test_versions import every, python  # noqa: F401

HEAD = """\
    import functools
    def inner(n):
        return n + 1
    def aside():
        return 5
    """

# Ways to keep what inner(1) has computed; each with how it is asked for.
WAYS = {
    "lru_cache": ("""\
        @functools.lru_cache(maxsize=None)
        def get(n):
            return inner(n)
        """, "get(1)"),
    "lru_cache that forgets": ("""\
        @functools.lru_cache(maxsize=1)
        def get(n):
            return inner(n)
        """, "get(shop.get(0))"),
    "table": ("""\
        table = {}
        def get(n):
            if n not in table:
                table[n] = inner(n)
            return table[n]
        """, "get(1)"),
    "table of no one else's": ("""\
        __table = {}
        def get(n):
            if n not in __table:
                __table[n] = inner(n)
            return __table[n]
        """, "get(1)"),
    "table of tables": ("""\
        tables = {"a": {}}
        def get(n):
            table = tables["a"]
            if n not in table:
                table[n] = inner(n)
            return table[n]
        """, "get(1)"),
    "one place": ("""\
        last = [None, None]
        def get(n):
            if last[0] != n:
                last[:] = [n, inner(n)]
            return last[1]
        """, "get(1)"),
    "global": ("""\
        made = None
        def get():
            global made
            if made is None:
                made = inner(1)
            return made
        """, "get()"),
    "late global": ("""\
        def get():
            global made
            try:
                return made
            except NameError:
                made = inner(1)
                return made
        """, "get()"),
    "class": ("""\
        class Shop:
            made = None
            @classmethod
            def get(cls):
                if cls.made is None:
                    cls.made = inner(1)
                return cls.made
        """, "Shop.get()"),
    "static method": ("""\
        class Shop:
            @staticmethod
            @functools.lru_cache(maxsize=None)
            def get(n):
                return inner(n)
        """, "Shop.get(1)"),
    "method": ("""\
        class Shop:
            @functools.lru_cache(maxsize=None)
            def get(self, n):
                return inner(n)
        store = Shop()
        """, "store.get(1)"),
    "object": ("""\
        class Shop:
            def __init__(self):
                self.made = {}
            def get(self, n):
                if n not in self.made:
                    self.made[n] = inner(n)
                return self.made[n]
        store = Shop()
        """, "store.get(1)"),
    "cached property": ("""\
        class Shop:
            @functools.cached_property
            def got(self):
                return inner(1)
        store = Shop()
        """, "store.got"),
    "somebody else's object": ("""\
        import collections
        store = collections.UserDict()
        def get(n):
            if n not in store:
                store[n] = inner(n)
            return store[n]
        """, "get(1)"),
    "closure": ("""\
        def keep(function):
            kept = {}
            @functools.wraps(function)
            def wrapper(n):
                if n not in kept:
                    kept[n] = function(n)
                return kept[n]
            return wrapper
        @keep
        def get(n):
            return inner(n)
        """, "get(1)"),
    "variable of a closure": ("""\
        def keep(function):
            kept = None
            def wrapper():
                nonlocal kept
                if kept is None:
                    kept = function()
                return kept
            return wrapper
        get = keep(lambda: inner(1))
        """, "get()"),
    "attribute of a function": ("""\
        def get():
            if not hasattr(get, "made"):
                get.made = inner(1)
            return get.made
        """, "get()"),
    "attribute of a function inside another": ("""\
        def make():
            def get():
                if not hasattr(get, "made"):
                    get.made = inner(1)
                return get.made
            return get
        get = make()
        """, "get()"),
    "default": ("""\
        def get(n, kept={}):
            if n not in kept:
                kept[n] = inner(n)
            return kept[n]
        """, "get(1)"),
    "setter": ("""\
        table = {}
        def find(n):
            return table.get(n)
        def put(n, value):
            table[n] = value
        def get(n):
            if find(n) is None:
                put(n, inner(n))
            return find(n)
        """, "find(1) or shop.get(1)"),
    "table of functions": ("""\
        makers = {"a": inner}
        table = {}
        def get(name):
            if name not in table:
                table[name] = makers[name](1)
            return table[name]
        """, "get('a')"),
    "operator": ("""\
        class Number:
            def __init__(self, n):
                self.n = n
            def __radd__(self, other):
                return inner(self.n) + other
        @functools.lru_cache(maxsize=None)
        def get(n):
            return 0 + Number(n)
        """, "get(1)"),
    "base class": ("""\
        class Base:
            def __init__(self, n):
                self.n = inner(n)
        class Number(Base):
            pass
        @functools.lru_cache(maxsize=None)
        def get(n):
            return Number(n).n
        """, "get(1)"),
    "other name": ("""\
        fast = inner
        made = None
        def get():
            global made
            if made is None:
                made = fast(1)
            return made
        """, "get()"),
    "other name in a class": ("""\
        class Shop:
            made = None
            make = staticmethod(inner)
            @classmethod
            def get(cls):
                if cls.made is None:
                    cls.made = cls.make(1)
                return cls.made
        """, "Shop.get()"),
    "handed to an object": ("""\
        class Shop:
            def __init__(self, maker):
                self.maker = maker
                self.made = None
            def get(self):
                if self.made is None:
                    self.made = self.maker(1)
                return self.made
        store = Shop(inner)
        """, "store.get()"),
    "table of an object": ("""\
        class Shop:
            def __init__(self):
                self.steps = [inner]
                self.made = None
            def get(self):
                if self.made is None:
                    for step in self.steps:
                        self.made = step(1)
                return self.made
        store = Shop()
        """, "store.get()"),
    "single dispatch": ("""\
        @functools.singledispatch
        def compute(x):
            return 0
        @compute.register(int)
        def _(x):
            return inner(x)
        made = {}
        def get(n):
            if n not in made:
                made[n] = compute(n)
            return made[n]
        """, "get(1)"),
    "generator": ("""\
        def numbers():
            while True:
                yield inner(1)
        source = numbers()
        made = None
        def get():
            global made
            if made is None:
                made = next(source)
            return made
        """, "get()"),
    "metaclass": ("""\
        class Meta(type):
            def __call__(cls, *a):
                if not hasattr(cls, "_one"):
                    cls._one = super().__call__(*a)
                return cls._one
        class Shop(metaclass=Meta):
            def __init__(self):
                self.n = inner(1)
        """, "Shop().n"),
    "callable object": ("""\
        class Maker:
            def __call__(self, n):
                return inner(n)
        make = Maker()
        made = None
        def get():
            global made
            if made is None:
                made = make(1)
            return made
        """, "get()"),
    "callable attribute": ("""\
        class Maker:
            def __call__(self, n):
                return inner(n)
        class Shop:
            def __init__(self):
                self.go = Maker()
                self.made = None
            def get(self):
                if self.made is None:
                    self.made = self.go(1)
                return self.made
        store = Shop()
        """, "store.get()"),
    "local of a thread": ("""\
        import threading
        local = threading.local()
        def get():
            if not hasattr(local, "made"):
                local.made = inner(1)
            return local.made
        """, "get()"),
    "slots": ("""\
        class Shop:
            __slots__ = ("made",)
            def __init__(self):
                self.made = None
            def get(self):
                if self.made is None:
                    self.made = inner(1)
                return self.made
        store = Shop()
        """, "store.get()"),
    "cls of a base": ("""\
        class Base:
            made = None
            @classmethod
            def get(cls):
                if cls.made is None:
                    cls.made = cls()
                return cls.made.n
        class Shop(Base):
            def __init__(self):
                self.n = inner(1)
        """, "Shop.get()"),
    "object closed over": ("""\
        class Strategy:
            def __call__(self, n):
                return inner(n)
        def keep(strategy):
            kept = {}
            def get(n):
                if n not in kept:
                    kept[n] = strategy(n)
                return kept[n]
            return get
        get = keep(Strategy())
        """, "get(1)"),
    "class in a class": ("""\
        class Outer:
            class Inner:
                makers = {"a": inner}
                made = None
                @classmethod
                def get(cls):
                    if cls.made is None:
                        cls.made = cls.makers["a"](1)
                    return cls.made
        """, "Outer.Inner.get()"),
    "table of a class": ("""\
        class Shop:
            table = {}
            def __init__(self):
                super().__init__()
            @classmethod
            def get(cls, n):
                if n not in cls.table:
                    cls.table[n] = inner(n)
                return cls.table[n]
        """, "Shop.get(1)"),
    "deep in a class that a function closes over": ("""\
        reach = None
        class Thing:
            pass
        class Shop:
            class Inner:
                thing = Thing()
        def close_over(kind):
            def reach():
                return kind
            return reach
        reach = close_over(Shop)
        def get():
            if not hasattr(Shop.Inner.thing, "made"):
                Shop.Inner.thing.made = inner(1)
            return Shop.Inner.thing.made
        """, "get()"),
    "cache behind a cache": ("""\
        @functools.lru_cache(maxsize=None)
        def near(n):
            return inner(n)
        @functools.lru_cache(maxsize=None)
        def get(n):
            return near(n)
        """, "get(1)"),
}


def _tests(ask):
    if ask.startswith("find"):
        ask = "shop.find(1) or shop.get(1)"
    else:
        ask = "shop." + ask
    return """\
        import shop
        def test_first():
            assert %s == 2 and shop.aside() == 5
        def test_second():
            assert %s == 2
        def test_other():
            assert shop.aside() == 5
        """ % (ask, ask)


def _names(project, name, *change):
    with project.edited(name, *change):
        return [unit.partition("::test_")[2]
                for unit in project.affected_units()]


@pytest.fixture
def shop(project):
    """Records a module with HEAD and the tests of a file."""
    project.env["PYTHONPATH"] = "."

    def record(module, tests, **more):
        project.write("shop.py",
                      textwrap.dedent(HEAD) + textwrap.dedent(module))
        project.files(test_shop=tests, **more)
        project.pytest("-p", "no:randomly").ok()
        return project

    return record


@pytest.mark.parametrize("way", (
    "table", "class", "table of a class", "class in a class", "object",
    "closure", "default", "attribute of a function inside another",
    "deep in a class that a function closes over"))
def test_ways_to_keep_late(shop, way):
    """What was looked at more than once, and had nothing new."""
    module, ask = WAYS[way]
    before = """\
        import shop
        def test_one():
            assert shop.aside() == 5
        def test_two():
            assert shop.aside() == 5
"""
    project = shop(module, _tests(ask).replace(
        "        import shop\n", before, 1))
    assert _names(project, "shop.py", "n + 1", "n + 2") == ["first", "second"]
    assert _names(project, "shop.py", "return 5", "return 6") == [
        "first", "one", "other", "two"]


# Those for which the versions have different insides.
INSIDES = ("lru_cache", "table", "global", "class", "object", "closure",
           "default", "attribute of a function", "other name", "operator",
           "cached property", "slots", "local of a thread", "generator")


def _of(project, number, name, *change):
    """Which tests of the module of that number an edit affects."""
    mine = "test_shop%d.py::test_" % number
    with project.edited(name % number, *change):
        return sorted(unit[len(mine):]
                      for unit in project.affected("--tests", "-q")
                      if unit.startswith(mine))


@every
def test_ways_to_keep(project, python):  # noqa: F811
    """Each in a module of its own, which imports none of the others.

    Names that they have in common select tests of the others, too: what is
    kept there is not computed by the function that is edited.
    """
    project.python = python
    project.env["PYTHONPATH"] = "."
    ways = WAYS if python == PYTHON else INSIDES
    for i, way in enumerate(ways):
        module, ask = WAYS[way]
        project.write("shop%d.py" % i, textwrap.dedent(HEAD)
                      + textwrap.dedent(module).replace("shop", "shop%d" % i))
        project.write("test_shop%d.py" % i, textwrap.dedent(
            _tests(ask)).replace("shop", "shop%d" % i))
    project.pytest("-p", "no:randomly").ok()
    for i, way in enumerate(ways):
        assert (way, _of(project, i, "shop%d.py", "n + 1", "n + 2")) == (
            way, ["first", "second"])
    for i, way in enumerate(ways if ways is WAYS else ()):
        assert (way, _of(project, i, "shop%d.py", "return 5",
                         "return 6")) == (way, ["first", "other"])
        assert (way, _of(project, i, "test_shop%d.py", "== 2 and",
                         "== 3 and")) == (way, ["first"])


def test_a_name_of_another_file(shop):
    project = shop(WAYS["lru_cache"][0], """\
        from front import fetch as get
        def test_first():
            assert get(1) == 2
        def test_second():
            assert get(1) == 2
        """, front="from shop import get as fetch\n")
    assert _names(project, "shop.py", "n + 1", "n + 2") == ["first", "second"]


def test_another_name_for_two_tables(shop):
    project = shop("""\
        class Shop:
            def __init__(self):
                self.made, self.more = {}, []
            def get(self, n):
                if n not in self.made:
                    self.made[n] = inner(n)
                return self.made[n]
        store = Shop()
        def get(n):
            store.more.append(inner(n))
        """, """\
        from front import warehouse
        import shop
        def test_first():
            assert shop.store.get(1) == 2
            shop.get(2)
        def test_second():
            assert warehouse.get(1) == 2
        def test_third():
            assert warehouse.more == [3]
        """, front="from shop import store as warehouse\n")
    assert _names(project, "shop.py", "n + 1", "n + 2") == [
        "first", "second", "third"]


def test_a_cache_that_a_fixture_has_filled(shop):
    project = shop(WAYS["table"][0], """\
        import pytest, shop
        @pytest.fixture(scope="module")
        def full():
            shop.get(1)
        def test_first(full):
            assert True
        def test_second():
            assert shop.get(1) == 2
        """)
    assert _names(project, "shop.py", "n + 1", "n + 2") == ["first", "second"]


FIXTURES = {
    "object": ("""\
        class Shop:
            def __init__(self):
                self.made = {}
            def get(self, n):
                if n not in self.made:
                    self.made[n] = inner(n)
                return self.made[n]
        """, "shop.Shop()", "one.get(1)"),
    "closure": ("""\
        def keep():
            kept = {}
            def get(n):
                if n not in kept:
                    kept[n] = inner(n)
                return kept[n]
            return get
        """, "shop.keep()", "one(1)"),
    "table": ("""\
        def get(table, n):
            if n not in table:
                table[n] = inner(n)
            return table[n]
        """, "{}", "shop.get(one, 1)"),
}


@pytest.mark.parametrize("place", ["conftest", "test_shop"])
@pytest.mark.parametrize("what", FIXTURES)
def test_the_value_of_a_fixture(shop, what, place):
    module, value, ask = FIXTURES[what]
    fixture = """\
        import pytest, shop
        @pytest.fixture(scope="module")
        def one():
            return %s
        """ % value
    tests = """\
        import shop
        def test_first(one):
            assert %s == 2 and shop.aside() == 5
        def test_second(one):
            assert %s == 2
        def test_other():
            assert shop.aside() == 5
        """ % (ask, ask)
    more = {"conftest": fixture} if place == "conftest" else {}
    both = textwrap.dedent(fixture) + textwrap.dedent(tests)
    project = shop(module, tests if more else both, **more)
    assert _names(project, "shop.py", "n + 1", "n + 2") == ["first", "second"]
    # Who fills a table is not known: all that its users entered counts.
    assert _names(project, "shop.py", "return 5", "return 6") == (
        ["first", "other", "second"] if what == "table"
        else ["first", "other"])


def test_the_value_of_a_fixture_is_let_go(shop):
    shop("""\
        class Thing:
            pass
        """, """\
        import gc, weakref, pytest, shop
        seen = []
        @pytest.fixture(scope="class")
        def thing():
            thing = shop.Thing()
            thing.inner = shop.Thing()
            seen.append(weakref.ref(thing))
            seen.append(weakref.ref(thing.inner))
            return thing
        class TestFirst:
            def test_first(self, thing):
                thing.inner.n = shop.inner(1)
        def test_second():
            gc.collect()
            assert [each() for each in seen] == [None, None]
        """)


def test_a_cache_that_an_import_has_filled(shop):
    project = shop(WAYS["table"][0], """\
        def test_first():
            import filler
        def test_second():
            import shop
            assert shop.get(1) == 2
        """, filler="import shop\nshop.get(1)\n")
    assert _names(project, "shop.py", "n + 1", "n + 2") == ["first", "second"]


def test_a_name_that_changed(shop):
    """What the module's constants made of a kept value is felt, too."""
    project = shop("""\
        STEP = 1
        @functools.lru_cache(maxsize=None)
        def get(n):
            return n + STEP
        """, _tests("get(1)"))
    assert _names(project, "shop.py", "STEP = 1", "STEP = 2") == [
        "first", "second"]


def test_only_some_are_run_again(shop):
    """Those that are not run keep what they know of an earlier run."""
    project = shop(WAYS["table"][0], _tests("get(1)"))
    project.pytest("-p", "no:randomly", "test_shop.py::test_second").ok()
    assert _names(project, "shop.py", "n + 1", "n + 2") == ["first", "second"]
    project.pytest("-p", "no:randomly", "test_shop.py::test_first").ok()
    assert _names(project, "shop.py", "n + 1", "n + 2") == ["first", "second"]


def test_names_that_nobody_can_write(shop):
    project = shop("""\
        class Shop:
            def get(self, n):
                made = vars(self)
                for odd in ("a=b", "a;b", "a,b", "a/b", ""):
                    made.setdefault(odd, inner(n))
                return made["a;b"]
        store = Shop()
        """, _tests("store.get(1)"))
    assert _names(project, "shop.py", "n + 1", "n + 2") == ["first", "second"]


def test_what_is_put_back(shop):
    """A patched function keeps nothing."""
    project = shop("def get():\n    return aside()\n", """\
        import shop
        def test_first(monkeypatch):
            monkeypatch.setattr(shop, "aside", lambda: shop.inner(1))
            assert shop.get() == 2
        def test_second():
            assert shop.get() == 5
        """)
    assert _names(project, "shop.py", "n + 1", "n + 2") == ["first"]


def test_objects_are_not_held(shop):
    """What nobody but the module has is gone when the module drops it."""
    shop("""\
        class Thing:
            pass
        thing = Thing()
        table = {"thing": Thing()}
        """, """\
        import gc, weakref, shop
        def test_first():
            shop.inner(1)
            one = weakref.ref(shop.thing)
            two = weakref.ref(shop.table["thing"])
            shop.thing = None
            del shop.table["thing"]
            gc.collect()
            assert one() is None and two() is None
        """)


def test_no_code_of_theirs_runs(shop):
    project = shop("""\
        ran = []
        class Meta(type):
            def __getattribute__(self, name):
                if name == "__dict__":
                    ran.append(name)
                return type.__getattribute__(self, name)
        class Odd(dict, metaclass=Meta):
            def __len__(self):
                ran.append("len")
                return 0
            def __getattribute__(self, name):
                ran.append(name)
                return dict.__getattribute__(self, name)
            __hash__ = None
            def __eq__(self, other):
                ran.append("eq")
                return True
        class Proxy:
            @property
            def __class__(self):
                ran.append("class")
                raise RuntimeError
            def __getattr__(self, name):
                ran.append(name)
                raise RuntimeError
        odd, proxy = Odd(), Proxy()
        table = {}
        def get(n):
            table[n] = n
        del ran[:]
        """, """\
        import atexit, shop
        def test_first():
            shop.get(1)
            assert shop.ran == []
        def test_second():
            assert shop.ran == []
        @atexit.register
        def last():
            with open("ran", "w") as file:
                print(shop.ran, file=file)
        """)
    assert (project.root / "ran").read_text() == "[]\n"


def test_why(shop):
    project = shop(WAYS["lru_cache"][0], _tests("get(1)"))
    with project.edited("shop.py", "n + 1", "n + 2"):
        said = project.ftrace("why", "test_shop.py::test_second").ok().out
    assert said.splitlines()[1:] == [
        "stale: shop.py modified",
        "  can reach what is kept in memory as %s/shop.py:get"
        % project.root.name,
        "  which accessed shop.py: inner (read)"]
