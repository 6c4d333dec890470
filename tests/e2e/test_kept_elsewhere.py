# SPDX-License-Identifier: MIT
"""Kept values that are kept, computed or got at in different places."""

import textwrap

import pytest

CORE = """\
    def inner(n):
        return n + 1
    def aside():
        return 5
    """

# Files by their names, shop.py alone where there is one text; and what asks.
WAYS = {
    "memo of another file": ({"memo": """\
        import functools
        def memo(function):
            @functools.wraps(function)
            def wrapper(self):
                if not hasattr(self, "_made"):
                    self._made = function(self)
                return self._made
            return wrapper
        """, "shop": """\
        import core
        from memo import memo
        class Shop:
            @memo
            def total(self):
                return core.inner(1)
        store = Shop()
        """}, "shop.store.total()"),
    "memo with a name put together": ({"memo": """\
        def memo(function):
            name = "_made_" + function.__name__
            def wrapper(self):
                if not hasattr(self, name):
                    setattr(self, name, function(self))
                return getattr(self, name)
            return wrapper
        """, "shop": """\
        import core
        from memo import memo
        class Shop:
            @memo
            def total(self):
                return core.inner(1)
        store = Shop()
        """}, "shop.store.total()"),
    "memo in a table of the module": ("""\
        import core
        made = {}
        def memo(function):
            def wrapper(n):
                if n not in made:
                    made[n] = function(n)
                return made[n]
            return wrapper
        @memo
        def get(n):
            return core.inner(n)
        """, "shop.get(1)"),
    "closure that another file made": ({"memo": """\
        def memo(function):
            made = {}
            def wrapper(n):
                if n not in made:
                    made[n] = function(n)
                return made[n]
            return wrapper
        """, "shop": """\
        import core, memo
        get = memo.memo(core.inner)
        """}, "shop.get(1)"),
    "cache made by a call": ("""\
        import core, functools
        fast = functools.lru_cache(None)(core.inner)
        def get(n):
            return fast(n)
        """, "shop.get(1)"),
    "cache of a function of another file": ("""\
        import core, functools
        fast = functools.lru_cache(None)(core.inner)
        """, "shop.fast(1)"),
    "cache in a table alone": ("""\
        import core, functools
        makers = {"a": functools.lru_cache(None)(core.inner)}
        def get(n):
            return makers["a"](n)
        """, "shop.get(1)"),
    "cache in a partial": ("""\
        import core, functools
        @functools.lru_cache(None)
        def near(n, m):
            return core.inner(n) + m
        get = functools.partial(near, m=0)
        """, "shop.get(1)"),
    "cache as a default": ({"impl": """\
        import core, functools
        @functools.lru_cache(None)
        def fetch(n):
            return core.inner(n)
        """, "shop": """\
        import impl
        def get(n, loader=impl.fetch):
            return loader(n)
        """}, "shop.get(1)"),
    "cache in an attribute": ({"impl": """\
        import core, functools
        @functools.lru_cache(None)
        def fetch(n):
            return core.inner(n)
        """, "shop": """\
        import impl
        class Shop:
            def __init__(self, loader):
                self.loader = loader
            def get(self, n):
                return self.loader(n)
        store = Shop(impl.fetch)
        """}, "shop.store.get(1)"),
    "class with a base of another file": ({"base": """\
        import core
        class Base:
            _made = None
            n = 0
            @classmethod
            def made(cls):
                if cls._made is None:
                    cls._made = core.inner(cls.n)
                return cls._made
        """, "shop": """\
        from base import Base
        class Shop(Base):
            n = 1
        """}, "shop.Shop.made()"),
    "object of a class of another file": ({"base": """\
        import core
        class Base:
            def __init__(self, n):
                self.n, self._made = n, None
            def made(self):
                if self._made is None:
                    self._made = core.inner(self.n)
                return self._made
        """, "shop": """\
        from base import Base
        store = Base(1)
        """}, "shop.store.made()"),
    "deque that stays as long": ("""\
        import collections, core
        log = collections.deque([0], maxlen=1)
        def get():
            if not log[0]:
                log.append(core.inner(1))
            return log[0]
        """, "shop.get()"),
    "callback of another file": ({"cache": """\
        made = {}
        def get_or_set(key, function):
            if key not in made:
                made[key] = function()
            return made[key]
        """, "shop": """\
        from cache import get_or_set
        from core import inner
        def get(n):
            return get_or_set(n, lambda: inner(n))
        """}, "shop.get(1)"),
    "object in a table": ("""\
        import core
        class Route:
            def __init__(self):
                self.made = None
            def compiled(self):
                if self.made is None:
                    self.made = core.inner(1)
                return self.made
        routes = [Route()]
        def get():
            return routes[0].compiled()
        """, "shop.get()"),
    "functions of one name in two files": ({"more": """\
        def inner(n):
            return 0
        """, "shop": """\
        import core, functools, more
        @functools.lru_cache(None)
        def get(n):
            return core.inner(n) + more.inner(n)
        """}, "shop.get(1)"),
    "object in a tuple": ("""\
        import core
        class Route:
            def __init__(self):
                self.made = None
            def compiled(self):
                if self.made is None:
                    self.made = core.inner(1)
                return self.made
        routes = (Route(),)
        def get():
            return routes[0].compiled()
        """, "shop.get()"),
}

@pytest.mark.parametrize("way", WAYS)
def test_ways_to_keep_elsewhere(project, way):
    texts, ask = WAYS[way]
    if isinstance(texts, str):
        texts = {"shop": texts}
    for name, text in texts.items():
        project.write(name + ".py", textwrap.dedent(text))
    project.env["PYTHONPATH"] = "."
    project.files(core=CORE, test_shop="""\
        import core, shop
        def test_first():
            assert %s == 2 and core.aside() == 5
        def test_second():
            assert %s == 2
        def test_other():
            assert core.aside() == 5
        """ % (ask, ask))
    project.pytest("-p", "no:randomly").ok()
    with project.edited("core.py", "n + 1", "n + 2"):
        assert project.affected_units() == [
            "test_shop.py::test_first", "test_shop.py::test_second"]
    with project.edited("core.py", "return 5", "return 6"):
        assert project.affected_units() == [
            "test_shop.py::test_first", "test_shop.py::test_other"]


# Ways to put something into a module that has no function, and to ask for it.
PUT = {
    "attribute": ("""\
        import config
        def get():
            if config.rate is None:
                config.rate = core.inner(1)
            return config.rate
        """, "shop.get()"),
    "new attribute": ("""\
        import config
        def get():
            if not hasattr(config, "more"):
                setattr(config, "more", core.inner(1))
            return config.more
        """, "shop.get()"),
    "in its table": ("""\
        import config as settings
        def get():
            if "rate" not in settings.table:
                settings.table["rate"] = core.inner(1)
            return settings.table["rate"]
        """, "shop.get()"),
    "handed over": ("""\
        import config
        def fill(module):
            module.rate = core.inner(1)
        def get():
            if config.rate is None:
                fill(config)
            return config.rate
        """, "shop.get()"),
    "of a package": ("""\
        from package import config
        def get():
            if config.rate is None:
                config.rate = core.inner(1)
            return config.rate
        """, "shop.get()"),
    "asked for elsewhere": ("""\
        import config
        def fill():
            if config.rate is None:
                config.rate = core.inner(1)
        """, "(shop.fill(), user.ask())[1]"),
}


@pytest.mark.parametrize("way", PUT)
def test_what_others_put_into_a_module(project, way):
    text, ask = PUT[way]
    project.env["PYTHONPATH"] = "."
    for name in ("config", "package/config", "package/__init__"):
        project.write(name + ".py", "rate = None\ntable = {}\n")
    project.write("shop.py", "import core\n" + textwrap.dedent(text))
    project.files(core=CORE, user="""\
        import config
        def ask():
            return config.rate
        """, test_first="""\
        import shop, user
        def test_first():
            assert %s == 2
        """ % ask, test_second="""\
        import shop, user
        def test_second():
            assert %s == 2
        """ % ask, test_third="""\
        import core, shop, user
        def test_third():
            assert core.aside() == 5
        """)
    project.pytest("-p", "no:randomly").ok()
    with project.edited("core.py", "n + 1", "n + 2"):
        assert project.affected_units() == [
            "test_first.py::test_first", "test_second.py::test_second"]
    with project.edited("core.py", "return 5", "return 6"):
        assert project.affected_units() == ["test_third.py::test_third"]


def test_a_file_that_a_method_of_a_base_keeps(project):
    project.env["PYTHONPATH"] = "."
    project.write("a.json", "[1]")
    project.files(base="""\
        import json
        class Base:
            path = None
            _data = None
            @classmethod
            def data(cls):
                if cls._data is None:
                    with open(cls.path) as file:
                        cls._data = json.load(file)
                return cls._data
        """, models="""\
        from base import Base
        class Model(Base):
            path = "a.json"
        """, test_models="""\
        import models
        def test_first():
            assert models.Model.data()
        def test_second():
            assert models.Model.data()
        """)
    project.pytest("-p", "no:randomly").ok()
    project.write("a.json", "[2]")
    assert project.affected_units() == [
        "test_models.py::test_first", "test_models.py::test_second"]


CYCLE = """\
    import functools
    def make():
        table = {}
        def first():
            return inner(len(table))
        def second():
            return first()
        table.update(first=first, second=second)
        return first
    def inner(n):
        return n
    found = make()
    class Shop:
        size: int = 3
        def price(self) -> int:
            return self.size
    @functools.lru_cache
    def rate():
        return found() + Shop().price()
    """


def test_functions_that_close_over_themselves(project):
    """By way of a table, or of the class, as annotations do since 3.14."""
    project.env["PYTHONPATH"] = "."
    project.files(shop=CYCLE, test_shop="""\
        import shop
        def test_first():
            assert shop.rate() == 5
        def test_second():
            assert shop.rate() == 5
        def test_none():
            pass
        """)
    assert project.pytest("-p", "no:randomly").ok().err == (
        "ftrace: recorded 3 units\n")
    assert project.affected() == []
    for name in "return n", "return self.size":
        with project.edited("shop.py", name, name + " + 1"):
            assert project.affected_units() == [
                "test_shop.py::test_first", "test_shop.py::test_second"]
