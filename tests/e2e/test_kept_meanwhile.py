# SPDX-License-Identifier: MIT
"""What a test has in memory while a module is loaded in the middle of it."""

import textwrap

import pytest

from test_kept import HEAD
from test_versions import every, python  # noqa: F401

# A module that sees nothing of what others have, and enters its own functions.
LEAF = """\
    import textwrap
    from contextlib import contextmanager
    class Wrapper(textwrap.TextWrapper):
        @contextmanager
        def indented(self):
            import string
            yield string.digits
    def width():
        return Wrapper().width
    WIDTH = width()
    """

# The first to ask has the value in a name of the module for a time only.
BUILDING = """\
    building = plugin = None
    def get():
        global building, plugin
        if plugin is None:
            building = inner(1)
            try:
                import plug
                plugin = plug
            finally:
                building = None
        return plugin.VALUE
    """

TWICE = """\
    import shop
    def test_first():
        assert shop.get() == 2
    def test_second():
        assert shop.get() == 2
    """


def _record(project, module, tests, **more):
    project.env["PYTHONPATH"] = "."
    project.write("shop.py", textwrap.dedent(HEAD) + textwrap.dedent(module))
    project.files(test_shop=tests, **more)
    project.pytest("-p", "no:randomly").ok()


def _affected(project):
    with project.edited("shop.py", "n + 1", "n + 2"):
        return sorted({unit.partition("::test_")[2]
                       for unit in project.affected("--tests", "-q")})


@every
def test_what_is_put_back(project, python):  # noqa: F811
    """It is not kept, whatever is loaded meanwhile that sees nothing of it."""
    project.python = python
    project.write("package/__init__.py", "")
    _record(project, "def get():\n    return aside()\n", """\
        import shop
        class Patch:
            def __init__(self, name):
                self.name = name
            def __enter__(self):
                self.before = getattr(shop, self.name)
                setattr(shop, self.name, lambda: shop.inner(1))
            def __exit__(self, *_):
                setattr(shop, self.name, self.before)
        def test_first():
            with Patch("aside"):
                import colorsys
                assert shop.get() == 2
                import leaf
                import package.inside
                try:
                    import nothing_of_that_name
                except ImportError:
                    pass
                assert shop.get() == 2
        def test_second():
            assert shop.get() == 5
        """, leaf=LEAF, package__inside="import calendar, csv\n")
    assert _affected(project) == ["first"]


@pytest.mark.parametrize("plug", (
    "import shop\nVALUE = shop.building\n",
    "from shop import building as VALUE\n",
    "from shop import *\nVALUE = building\n",
    "import sys\nVALUE = sys.modules['shop'].building\n",
    "import os\nVALUE = os.sys.modules['shop'].building\n",
    "import importlib\nVALUE = importlib.import_module('shop').building\n",
    "VALUE = __import__('shop').building\n",
    "import textwrap\nVALUE = int('{0.__globals__[__builtins__][__import__]}'"
    ".format(textwrap.dedent) and __builtins__['__import__']("
    "'shop').building)\n",
    "import os\nVALUE = int('{0.sys.modules[shop].building}'.format(os))\n",
    "import os\nVALUE = vars(vars(os)['sys'])['modules']['shop'].building\n",
    "VALUE = eval('__imp' 'ort__(\"shop\").building')\n",
    "def make():\n    import shop\n    return shop.building\nVALUE = make()\n",
    "import deeper\nVALUE = deeper.VALUE\n",
    "import csv\nimport string\nimport deeper\nVALUE = deeper.VALUE\n",
    "import statistics\nVALUE = statistics.building()\n",
    "class Plug:\n    from shop import building as VALUE\n"
    "VALUE = Plug.VALUE\n",
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n"
    "    frame = error.__traceback__.tb_frame\n"
    "while 'building' not in frame.f_globals:\n    frame = frame.f_back\n"
    "VALUE = frame.f_globals['building']\n",
))
def test_a_module_that_sees_it(project, plug):
    if "statistics" in plug:
        project.files(statistics="""\
            import shop
            def building():
                return shop.building
            """)
    _record(project, BUILDING, TWICE, plug=plug,
            deeper="import shop\nVALUE = shop.building\n")
    assert _affected(project) == ["first", "second"]


def test_a_module_of_the_name_of_a_library(project):
    """It is the project's, and was loaded before."""
    _record(project, BUILDING, "    import statistics\n" + TWICE,
            plug="import statistics\nVALUE = statistics.building()\n",
            statistics="""\
                import shop
                def building():
                    return shop.building
                """)
    assert _affected(project) == ["first", "second"]


def test_a_module_in_a_package(project):
    """A relative import has the name of one of Python's library."""
    project.write("p/__init__.py", "")
    _record(project, BUILDING.replace(
        "import plug\n", "import p.plug as plug\n"), TWICE,
        p__textwrap="import shop\nVALUE = shop.building\n",
        p__plug="from .textwrap import VALUE\n")
    assert _affected(project) == ["first", "second"]


def test_a_module_that_pytest_loads(project):
    _record(project, BUILDING, TWICE,
            plug="from shop import building as VALUE\n",
            conftest="import pytest\npytest.register_assert_rewrite('plug')\n")
    assert _affected(project) == ["first", "second"]


def test_a_module_that_is_loaded_by_hand(project):
    _record(project, BUILDING.replace(
        "import plug\n", "import importlib.util as util\n"
        "                spec = util.spec_from_file_location("
        "'plug', 'plug.py')\n"
        "                plug = util.module_from_spec(spec)\n"
        "                spec.loader.exec_module(plug)\n"), TWICE,
        plug="from shop import building as VALUE\n")
    assert _affected(project) == ["first", "second"]


def test_who_finds_the_module_sees_it(project):
    _record(project, """\
        import sys
        building = found = None
        class Finder:
            @staticmethod
            def find_spec(name, path=None, target=None):
                global found
                if name == "colorsys":
                    found = building
        sys.meta_path.insert(0, Finder)
        def get():
            global building
            if found is None:
                building = inner(1)
                import colorsys
                building = None
            return found
        """, TWICE)
    assert _affected(project) == ["first", "second"]


def test_what_is_handed_to_the_module(project):
    """A function of the project is called while it is loaded."""
    _record(project, """\
        import textwrap
        building = found = None
        class Wrapper(textwrap.TextWrapper):
            pass
        def note(cls, **_):
            global found
            found = building
        def get():
            global building
            if found is None:
                building = inner(1)
                textwrap.TextWrapper.__init_subclass__ = classmethod(note)
                import plug
                del textwrap.TextWrapper.__init_subclass__
                building = None
            return found
        """, TWICE, plug="import textwrap\n"
             "class Plug(textwrap.TextWrapper):\n    pass\n")
    assert _affected(project) == ["first", "second"]


def test_a_fixture_that_sees_it(project):
    _record(project, "def get():\n    return aside()\n", """\
        import pytest
        import shop
        @pytest.fixture(scope="session")
        def price():
            return shop.get()
        def test_first(request):
            before = shop.aside
            shop.aside = lambda: shop.inner(1)
            import leaf
            assert request.getfixturevalue("price") == 2
            shop.aside = before
        def test_second(price):
            assert price == 2
        """, leaf=LEAF)
    assert _affected(project) == ["first", "second"]


@pytest.mark.parametrize("load", (
    "import colorsys", "import leaf", "import shop_too",
    "import colorsys, leaf, shop_too, quopri"))
@pytest.mark.parametrize("when", ("before", "meanwhile", "behind"))
def test_what_stays(project, load, when):
    """What was kept before the module was loaded, or behind, is kept."""
    lines = {"before": [load, "shop.get(1)"],
             "behind": ["shop.get(1)", load],
             "meanwhile": ["shop.get(1, %r)" % load]}[when]
    _record(project, """\
        table = {}
        def get(n, load=""):
            if n not in table:
                made = inner(n)
                exec(load)
                table[n] = made
            return table[n]
        """, "import shop\ndef test_first():\n    %s\n"
             "def test_second():\n    assert shop.get(1) == 2\n"
             "def test_third():\n    assert shop.table == {1: 2}\n" % (
                 "\n    ".join(lines)),
        leaf=LEAF, shop_too="import shop\nshop.aside()\n")
    assert _affected(project) == ["first", "second", "third"]


def test_the_end_of_the_test_comes_first(project):
    """An exception leaves the module and the test at once."""
    project.env["PYTHONPATH"] = "."
    project.write("shop.py", textwrap.dedent(HEAD) + textwrap.dedent("""\
        made = None
        def get():
            global made
            if made is None:
                made = inner(1)
                import plug
            return made
        """))
    project.files(plug="import textwrap\nraise ValueError\n", test_shop="""\
        import shop
        def test_first():
            shop.get()
        def test_second():
            assert shop.get() == 2
        """)
    project.pytest("-p", "no:randomly")
    assert _affected(project) == ["first", "second"]


def test_so_much_is_entered_that_it_is_said_at_once(project):
    many = "".join("def f%d():\n    pass\n" % i for i in range(2500))
    calls = "".join("    f%d()\n" % i for i in range(2500))
    _record(project, """\
        table = {}
        def get(n):
            if n not in table:
                table[n] = inner(n)
            return table[n]
        """, """\
        import many
        import shop
        def test_first():
            shop.get(1)
            many.call()
        def test_second():
            assert shop.get(1) == 2
        """, many=many + "def call():\n" + calls)
    assert _affected(project) == ["first", "second"]
