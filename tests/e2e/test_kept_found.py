# SPDX-License-Identifier: MIT
"""Ways to get at a kept value without entering what has it."""

import textwrap

import pytest

CORE = """\
    def inner(n):
        return n + 1
    """

STORE = """\
    import functools
    import core
    class Store:
        @functools.cached_property
        def got(self):
            return core.inner(1)
    store = Store()
    """

# Modules by their names, and the two tests, of which the first has it computed.
WAYS = {
    "module under another name": ({"shop": STORE}, """\
        import shop as s
        def test_first():
            assert s.store.got == 2
        def test_second():
            assert s.store.got == 2
        """),
    "module of a package, in a function": (
        {"package/__init__": "", "package/shop": STORE}, """\
        def test_first():
            from package.shop import store
            assert store.got == 2
        def test_second():
            from package.shop import store
            assert store.got == 2
        """),
    "attribute of a class, by one of another file": (
        {"shop": textwrap.dedent(STORE) + """\
class Base:
    store = Store()
""", "sub": """\
    from shop import Base
    class Sub(Base):
        pass
    """}, """\
        import sub
        def test_first():
            assert sub.Sub.store.got == 2
        def test_second():
            assert sub.Sub.store.got == 2
        """),
    "name that is put together": ({"shop": STORE}, """\
        import shop
        def test_first():
            assert shop.store.got == 2
        def test_second():
            assert getattr(shop.store, "".join(("go", "t"))) == 2
        """),
    "method under another name": ({"shop": """\
    import core
    class Store:
        made = None
        def get(self):
            if self.made is None:
                self.made = work()
            return self.made
    def work():
        return core.inner(1)
    """, "front": """\
    import shop
    ask = shop.Store().get
    """}, """\
        import front
        def test_first():
            assert front.ask() == 2
        def test_second():
            assert front.ask() == 2
        """),
    "what lay there while something else did": (
        {"shop": STORE, "aside": "WIDTH = 1\n"}, """\
        import shop
        def test_first():
            assert shop.store.got == 2
        def test_between(monkeypatch):
            monkeypatch.setattr(shop, "store", None)
            import aside
            assert aside and shop.store is None
        def test_second():
            assert shop.store.got == 2
        """),
}


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_get_at_it(project, way):
    modules, tests = WAYS[way]
    project.env["PYTHONPATH"] = "."
    for name, text in modules.items():
        project.write(name + ".py", textwrap.dedent(text))
    project.files(core=CORE, test_it=tests)
    project.pytest("-p", "no:randomly").ok()
    with project.edited("core.py", "n + 1", "n + 2"):
        assert {"test_it.py::test_first", "test_it.py::test_second"} <= set(
            project.affected_units())


def test_a_class_is_let_go(project):
    """What was asked of a class holds neither it nor its functions."""
    project.env["PYTHONPATH"] = "."
    project.files(shop="""\
        current = None
        def begin(value):
            global current
            current = value
        """, test_it="""\
        import gc, weakref
        import shop
        seen = []
        def test_first():
            class Thing:
                def __init__(self):
                    super().__init__()
                    self.inner = {}
            seen.append(weakref.ref(Thing))
            shop.begin(Thing())
        def test_second():
            assert type(shop.current).__name__ == "Thing"
            shop.begin(None)
        def test_third():
            gc.collect()
            assert seen[0]() is None
        """)
    project.pytest("-p", "no:randomly").ok()


def test_a_fixture_where_another_one_was(project):
    """Memory of a path that is gone can be that of another one's."""
    project.env["PYTHONPATH"] = "."
    files = {"shop": STORE.replace("store = Store()", "")}
    for i in range(8):
        files["test_%d" % i] = """\
        import pytest, shop
        @pytest.fixture(scope="module")
        def store%d():
            return shop.Store()
        def test_first(store%d):
            assert store%d.got == 2
        def test_second(store%d):
            assert store%d.got == 2
        """ % ((i,) * 5)
    project.files(core=CORE, **files)
    project.pytest("-p", "no:randomly").ok()
    with project.edited("core.py", "n + 1", "n + 2"):
        assert len(project.affected_units()) == 16


def test_a_global_that_has_an_attribute_s_name(project):
    """A fixture sets it anew for each test, and finds the global alone."""
    project.files(
        lib="""\
            def made(n):
                return n
            def used(stamp):
                return stamp + "1"
            """,
        conftest="""\
            import lib, pytest
            stamp = "at "
            @pytest.fixture
            def stamped(request):
                request.cls.stamp = lib.made(
                    stamp + request.node.name)
            """,
        test_a="""\
            import lib, pytest
            @pytest.mark.usefixtures("stamped")
            class TestA:
                def test_first(self):
                    assert lib.used(self.stamp)
                def test_other(self):
                    assert self.stamp
            """)
    project.pytest().ok()
    with project.edited("lib.py", "stamp + ", "'0' + stamp + "):
        assert project.affected_units() == ["test_a.py::TestA::test_first"]
    with project.edited("lib.py", "return n", "return n + '1'"):
        assert project.affected_units() == [
            "test_a.py::TestA::test_first", "test_a.py::TestA::test_other"]


def test_tables_that_grow_while_they_are_looked_at(project):
    """In all sizes, with values that have something in them, or nothing."""
    values = ("Thing(i)", "i", "[i]", "{i: i}")
    project.write("lib.py", "class Thing:\n"
                  "    def __init__(self, n):\n        self.n = [n]\n"
                  + "".join("""
table_%(at)d = {}
def put_%(at)d(n):
    table_%(at)d.clear()
    for i in range(%(size)d):
        table_%(at)d["k%%d_%%d" %% (n, i)] = %(value)s
    return table_%(at)d
""" % {"at": at, "size": at % 16 + 1, "value": values[at // 10]}
                            for at in range(40)))
    project.write("test_a.py", "import lib, pytest\n" + "".join("""
@pytest.mark.parametrize("n", range(9))
def test_%d(n):
    assert lib.put_%d(n)
""" % (at, at) for at in range(40)))
    project.pytest().ok()
    assert project.affected_units() == []


def test_globals_of_one_name_are_told_apart_by_their_files(project):
    """And what an object has that a global leads to by that global."""
    module = """\
        from compute import %s
        class Config:
            rate = None
        config = Config()
        CACHE = []
        def cached():
            if not CACHE:
                CACHE.append(%s())
            return CACHE[0]
        def configured():
            if config.rate is None:
                config.rate = %s()
            return config.rate
        """
    test = """\
        import %s
        def test_first():
            %s.cached(), %s.configured()
        def test_cached():
            assert %s.cached()
        def test_configured():
            assert %s.configured()
        """
    project.files(
        compute="def one():\n    return 1\ndef two():\n    return 2\n",
        first=module % (("one",) * 3), second=module % (("two",) * 3),
        test_first=test % (("first",) * 5),
        test_second=test % (("second",) * 5))
    project.pytest().ok()
    assert project.affected() == []
    for value, name in (("1", "first"), ("2", "second")):
        with project.edited("compute.py", "return " + value, "return 3"):
            assert project.affected_units() == [
                "test_%s.py::test_%s" % (name, each)
                for each in ("cached", "configured", "first")]


def test_a_global_of_a_module_that_is_handed_over(project):
    """Its name is asked of an object, whatever the module is called."""
    project.files(
        compute="def one():\n    return 1\n",
        plugin="""\
            import compute
            FOUND = []
            def fill():
                if not FOUND:
                    FOUND.append(compute.one())
            """,
        loader="""\
            import importlib
            def load(name):
                return importlib.import_module(name)
            """,
        test_a="""\
            import loader, plugin
            def test_first():
                plugin.fill()
            """,
        test_b="""\
            import loader
            def test_second():
                assert loader.load("plug" + "in").FOUND == [1]
            def test_none():
                pass
            """)
    project.pytest().ok()
    with project.edited("compute.py", "return 1", "return 2"):
        assert project.affected_units() == [
            "test_a.py::test_first", "test_b.py::test_second"]
