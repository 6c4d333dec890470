# SPDX-License-Identifier: MIT
"""Names that code puts together and asks an object for."""

import textwrap

import pytest

SHOP = """\
    import sys
    def open_csv():
        return 1
    def open_html():
        return 2
    def load(kind):
        return getattr(sys.modules[__name__], "open_" + kind, None)
    """
TESTS = """\
    import shop
    def test_csv():
        assert shop.load("csv")() == 1
    def test_html():
        assert %s
    def test_pdf():
        assert not shop.load("pdf")
    def test_other():
        assert shop
    """


def record(project, shop=SHOP, html='shop.load("html")() == 2'):
    project.env["PYTHONPATH"] = "."
    project.files(shop=shop, test_shop=TESTS % html)
    project.pytest().ok()


def affected(project, old, new):
    with project.edited("shop.py", old, new):
        return [each.partition("::test_")[2]
                for each in project.affected_units()]


def test_who_asked_for_a_name(project):
    record(project)
    more = "\ndef open_pdf():\n    return 3\n"
    path = project.root / "shop.py"
    text = path.read_text()
    path.write_text(text + more)
    assert [each.partition("::test_")[2]
            for each in project.affected_units()] == ["pdf"]
    path.write_text(text)
    assert affected(project, "open_html()", "open_htm()") == ["html"]
    assert affected(project, "open_csv()", "open_cs()") == ["csv"]


@pytest.mark.parametrize("way", [
    "list(map(getattr, [shop], ['open_' + 'html']))[0]() == 2",
    "__import__('functools').partial(getattr, shop)('open_' + 'html')() == 2",
    "__import__('builtins').getattr(shop, 'open_' + 'html')() == 2",
    "__import__('operator').attrgetter('open_' + 'html')(shop)() == 2",
    "vars(shop)['open_' + 'html']() == 2",
    "[getattr(shop, each) for each in dir(shop) if 'html' in each][0]() == 2",
])
def test_ways_to_ask(project, way):
    record(project, html=way)
    assert "html" in affected(project, "open_html()", "open_htm()")


def test_asked_while_a_module_is_imported(project):
    """It is for all who import that."""
    project.env["PYTHONPATH"] = "."
    project.files(shop=SHOP, table="""\
        import shop
        TABLE = {kind: shop.load(kind) for kind in ("csv", "html")}
        """, test_table="""\
        from table import TABLE
        def test_table():
            assert TABLE["csv"]() == 1
        """, test_shop="""\
        import shop
        def test_shop():
            assert shop.open_csv() == 1
        """)
    project.pytest().ok()
    with project.edited("shop.py", "open_html()", "open_htm()"):
        assert project.affected_units() == ["test_table.py::test_table"]


def test_what_objects_have_is_not_what_modules_have(project):
    """Who goes through an object is not concerned by names of modules."""
    project.env["PYTHONPATH"] = "."
    project.files(shop="""\
        class Shop:
            rate = 1
            def names(self):
                return [each for each in dir(self) if each[0] != "_"]
        LIMIT = 3
        """, test_shop="""\
        import shop
        def test_names():
            assert shop.Shop().names()
        def test_limit():
            assert shop.LIMIT
        """)
    project.pytest().ok()
    with project.edited("shop.py", "LIMIT = 3", "LIMIT = 4"):
        assert project.affected_units() == ["test_shop.py::test_limit"]
    with project.edited("shop.py", "rate = 1", "rate = 1\n    size = 2"):
        assert project.affected_units() == ["test_shop.py::test_names"]


def test_they_are_what_they_were(project):
    """The functions that stand in for Python's are not to be told apart."""
    project.write("test_it.py", textwrap.dedent("""\
        import builtins, inspect, pickle, sys
        import pytest
        class Thing:
            size = 1
        @pytest.mark.parametrize("function", [getattr, hasattr])
        def test_same(function):
            name = function.__name__
            assert repr(function) == "<built-in function %s>" % name
            assert function.__qualname__ == name
            assert function.__module__ == "builtins"
            assert function.__self__ is builtins
            assert inspect.isbuiltin(function)
            assert type(function) is type(len)
            assert pickle.loads(pickle.dumps(function)) is function
            assert function.__doc__.strip()
            with pytest.raises(TypeError, match=name):
                function(Thing)
            with pytest.raises(TypeError):
                function(Thing, "size", bad=1)
            with pytest.raises(TypeError, match="string"):
                function(Thing, 3)
        def test_pickled_method():
            copied = pickle.loads(pickle.dumps([].append))
            copied(1)
        def test_answers():
            assert getattr(Thing, "size") == 1
            assert getattr(Thing, "none", 2) == 2
            assert hasattr(Thing, "size") and not hasattr(Thing, "none")
            with pytest.raises(AttributeError):
                getattr(Thing, "none")
        """))
    project.pytest().ok()
    assert set(project.units().values()) == {"passed"}
