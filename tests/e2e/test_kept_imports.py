# SPDX-License-Identifier: MIT
"""Kept values that a module finds in memory while it is imported."""

import textwrap

import pytest

CORE = """\
    def inner(n):
        return n + 1
    """

CACHE = """\
    import core, functools
    @functools.lru_cache(None)
    def get():
        return core.inner(1)
    fetch = get
    waiting = functools.partial(get)
    """

# What keeps what, and how a module gets at it; first.py does so before.
WAYS = {
    "call of what is cached": (CACHE, """\
        from shop import get
        value = get()
        """),
    "call by way of the module": (CACHE, """\
        import shop
        value = shop.get()
        """),
    "call by another name": (CACHE, """\
        from shop import fetch
        value = fetch()
        """),
    "call by way of a partial": (CACHE, """\
        import shop
        value = shop.waiting()
        """),
    "in the body of a class": (CACHE, """\
        import shop
        class Holder:
            class Inner:
                value = shop.get()
        value = Holder.Inner.value
        """),
    "as a default": (CACHE, """\
        from shop import get
        def give(value=get()):
            return value
        value = give()
        """),
    "in a comprehension": (CACHE, """\
        from shop import get
        value = [get() for _ in range(1)][0]
        """),
    "as a decorator": (CACHE.replace("get():", "get(function):"), """\
        from shop import get
        @get
        def value():
            return 3
        """),
    "as an argument": (CACHE, """\
        from shop import get
        value = list(map(lambda make: make(), [get]))[0]
        """),
    "of a class": ("""\
        import core, functools
        class Shop:
            @staticmethod
            @functools.lru_cache(None)
            def get():
                return core.inner(1)
        """, """\
        from shop import Shop
        value = Shop.get()
        """),
    "global that is taken over": ("""\
        import core
        rate = None
        def begin():
            global rate
            if rate is None:
                rate = core.inner(1)
        """, """\
        import shop
        if shop.rate is None:
            shop.begin()
        from shop import rate as value
        """),
    "global that is taken over with all others": ("""\
        import core
        value = None
        def begin():
            global value
            if value is None:
                value = core.inner(1)
        """, """\
        import shop
        vars(shop)["value"] is None and shop.begin()
        from shop import *
        """),
    "attribute of an object": ("""\
        import core
        class Shop:
            rate = None
            def begin(self):
                self.rate = core.inner(1)
        shop = Shop()
        """, """\
        from shop import shop
        if shop.rate is None:
            shop.begin()
        value = shop.rate
        """),
    "by a function that imports it": (CACHE, """\
        def load():
            from shop import get
            return get()
        value = load()
        """),
    "by another name that is gone": (CACHE, """\
        from shop import get as borrowed
        value = borrowed()
        del borrowed
        """),
    "by another name, in a class": (CACHE, """\
        from shop import get as borrowed
        class Holder:
            value = borrowed()
        value = Holder.value
        del borrowed
        """),
    "by getattr": (CACHE, """\
        import shop as place
        value = getattr(place, "get")()
        del place
        """),
    "by the namespace": (CACHE, """\
        import shop
        value = vars(shop)["get"]()
        """),
    "in a class of Python's library": ("""\
        import collections
        import core
        rates = collections.UserDict()
        def begin():
            rates["a"] = core.inner(1)
        """, """\
        import shop
        if len(shop.rates) == 0:
            shop.begin()
        value = shop.rates["a"]
        """),
    "by what a dataclass makes": ("""\
        import core
        from dataclasses import dataclass
        @dataclass
        class Shop:
            rate: int = 0
            def begin(self):
                self.rate = core.inner(1)
        shop = Shop()
        """, """\
        import dataclasses
        from shop import shop, Shop
        if shop == Shop():
            shop.begin()
        [value] = dataclasses.astuple(shop)
        """),
    "table": ("""\
        import core
        rates = {}
        def begin():
            rates["a"] = core.inner(1)
        """, """\
        from shop import rates
        import shop
        if not rates:
            shop.begin()
        value = rates["a"]
        """),
}


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_find(project, way):
    keeps, finds = map(textwrap.dedent, WAYS[way])
    project.env["PYTHONPATH"] = "."
    project.write("shop.py", keeps)
    project.write("first.py", finds)
    project.write("second.py", finds)
    project.files(core=CORE, test_first="""\
        import first
        def test_first():
            assert first.value == 2
        """, test_second="""\
        import second
        def test_second():
            assert second.value == 2
        """, test_third="""\
        import shop
        from shop import *
        def test_third():
            assert shop
        """)
    project.pytest("-p", "no:randomly").ok()
    with project.edited("core.py", "n + 1", "n + 2"):
        found = project.affected_units()
    assert {"test_first.py::test_first",
            "test_second.py::test_second"} <= set(found)


def test_who_imports_a_cached_function_does_not_call_it(project):
    project.env["PYTHONPATH"] = "."
    project.files(core=CORE, shop=CACHE, first="""\
        from shop import get
        value = get()
        """, second="""\
        import shop
        from shop import get
        def other():
            return get()
        """, test_first="""\
        import first
        def test_first():
            assert first.value == 2
        """, test_second="""\
        import second
        def test_second():
            assert second
        """)
    project.pytest("-p", "no:randomly").ok()
    with project.edited("core.py", "n + 1", "n + 2"):
        assert project.affected_units() == ["test_first.py::test_first"]


def test_a_module_that_is_imported_by_a_later_test(project):
    project.env["PYTHONPATH"] = "."
    project.files(core=CORE, shop=CACHE, late="""\
        from shop import get
        value = get()
        """, test_first="""\
        import shop
        def test_first():
            assert shop.get() == 2
        """, test_second="""\
        import shop
        def test_second():
            import late
            assert late.value == 2
        """, test_third="""\
        import shop
        def test_third():
            assert shop
        """)
    project.pytest("-p", "no:randomly").ok()
    with project.edited("core.py", "n + 1", "n + 2"):
        assert project.affected_units() == [
            "test_first.py::test_first", "test_second.py::test_second"]


def test_modules_that_were_there_before(project):
    """pytest itself loads pygments, and a plugin what it is made of."""
    project.files(
        table="""\
            TOOLS = {}
            CACHE = []
            def tool(name):
                if not TOOLS:
                    for each in "one", "two":
                        TOOLS[each] = __import__("tool_" + each).Tool
                return TOOLS[name]
            def cached():
                if not CACHE:
                    from late import compute
                    CACHE.append(compute())
                return CACHE[0]
            """,
        tool_one="class Tool:\n    words = [1]\n",
        tool_two="class Tool:\n    words = [2]\n",
        late="def compute():\n    return 3\n",
        test_a="""\
            import table
            def test_tool():
                table.tool("one")
            def test_cached():
                table.cached()
            """,
        test_b="""\
            import table
            def test_tool():
                assert table.tool("two").words == [2]
            def test_cached():
                assert table.cached() == 3
            def test_none():
                pass
            """)
    project.pytest("-p", "table").ok()
    assert project.affected() == []
    with project.edited("tool_two.py", "[2]", "[3]"):
        assert "test_b.py::test_tool" in project.affected_units()
    with project.edited("late.py", "return 3", "return 4"):
        selected = project.affected_units()
    assert {"test_a.py::test_cached", "test_b.py::test_cached"} <= set(selected)
    assert "test_b.py::test_none" not in selected
