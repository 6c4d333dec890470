# SPDX-License-Identifier: MIT
"""What fixtures of each kind read selects the tests that used them."""

import importlib.util
import re
import textwrap

import pytest


def _record(project, *args):
    """Runs it, and asks for each data file which tests an edit selects.

    The names of data files say which tests depend on them; the tests of
    other files are left out, and each name is given without its file.
    """
    names = set()
    for path in project.root.rglob("*.py"):
        names |= set(re.findall(r"\b\w+\.txt\b", path.read_text()))
    for name in names:
        project.write(name, "1")
    project.write("read.py", "def read(name):\n"
                             "    with open(name) as file:\n"
                             "        return file.read()\n")
    project.env["PYTHONPATH"] = "."
    project.pytest(*args).ok()
    assert project.affected() == []
    found = {}
    for name in sorted(names):
        with project.edited(name):
            found[name[:-4]] = {
                unit.partition("::")[2].rpartition("test_")[2]
                for unit in project.affected_units()}
    return found


def test_kinds_of_fixtures(project):
    project.write("conftest.py", """\
        import pytest
        from read import read
        pytest_plugins = ["plugin"]

        @pytest.fixture(scope="module", params=["one", "two"])
        def param(request):
            return read("param_%s.txt" % request.param)

        @pytest.fixture(scope="session")
        def indirect(request):
            return read(request.param)

        @pytest.fixture(scope="session")
        def dynamic():
            yield read("dynamic_up.txt")
            read("dynamic_down.txt")

        @pytest.fixture(scope="session")
        def finalized(request):
            request.addfinalizer(lambda: read("finalized.txt"))

        @pytest.fixture(scope="session")
        def overridden():
            return read("outer.txt")

        @pytest.fixture(scope="package")
        def packaged():
            yield read("packaged_up.txt")
            read("packaged_down.txt")

        def pytest_generate_tests(metafunc):
            if "generated" in metafunc.fixturenames:
                metafunc.parametrize("generated", read("generate.txt"))
        """)
    project.write("plugin.py", """\
        import pytest
        from read import read

        @pytest.fixture(scope="session")
        def plugged():
            yield read("plugged_up.txt")
            read("plugged_down.txt")
        """)
    project.write("test_it.py", """\
        import pytest
        from read import read

        # "param_one.txt", "param_two.txt" are put together.

        @pytest.fixture(scope="module")
        def overridden(overridden):
            return read("inner.txt")

        @pytest.fixture(scope="class", autouse=True)
        def always():
            yield read("always_up.txt")
            read("always_down.txt")

        @pytest.mark.parametrize("indirect", ["indirect.txt"], indirect=True)
        def test_indirect(indirect): pass

        def test_param(param): pass
        def test_dynamic(request):
            request.getfixturevalue("dynamic")
        def test_dynamic2(dynamic): pass
        def test_finalized(finalized): pass
        def test_finalized2(finalized): pass
        def test_overridden(overridden): pass
        def test_packaged(packaged): pass
        def test_plugged(plugged): pass
        def test_plugged2(plugged): pass
        def test_generated(generated): pass
        def test_none(): pass
        """)
    project.write("test_other.py", """\
        def test_outer(overridden): pass
        def test_packaged2(packaged): pass
        def test_nothing(): pass
        """)
    found = _record(project)
    dynamic, finalized = {"dynamic", "dynamic2"}, {"finalized", "finalized2"}
    plugged, packaged = {"plugged", "plugged2"}, {"packaged", "packaged2"}
    mine = {"indirect[indirect.txt]", "param[one]", "param[two]",
            "overridden", "none", "generated[1]", "plugged", "plugged2",
            "packaged"} | dynamic | finalized
    expected = {
        "param_one": {"param[one]"}, "param_two": {"param[two]"},
        "indirect": {"indirect[indirect.txt]"},
        "dynamic_up": dynamic, "dynamic_down": dynamic,
        "finalized": finalized,
        "outer": {"overridden", "outer"}, "inner": {"overridden"},
        "packaged_up": packaged, "packaged_down": packaged,
        "plugged_up": plugged, "plugged_down": plugged,
        "always_up": mine, "always_down": mine,
        # Which tests there are hangs on it: the whole file.
        "generate": mine,
    }
    for name, tests in expected.items():
        assert found[name] == tests, name


def test_unittest_of_all_kinds(project):
    project.write("test_it.py", """\
        import unittest
        from read import read

        def setUpModule():
            read("module_up.txt")
            unittest.addModuleCleanup(read, "module_cleanup.txt")

        def tearDownModule():
            read("module_down.txt")

        class TestA(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                read("class_up.txt")
                cls.addClassCleanup(read, "class_cleanup.txt")
            @classmethod
            def tearDownClass(cls):
                read("class_down.txt")
            def setUp(self):
                read("method_up.txt")
                self.addCleanup(read, "method_cleanup.txt")
            def tearDown(self):
                read("method_down.txt")
            def test_one(self): pass
            def test_two(self): pass

        class TestB(unittest.TestCase):
            def setUp(self):
                read(self.id().rpartition("_")[2] + ".txt")
            def test_three(self): pass
            def test_four(self): pass

        # "three.txt", "four.txt"

        class TestC(unittest.IsolatedAsyncioTestCase):
            async def asyncSetUp(self):
                read("async_up.txt")
            async def asyncTearDown(self):
                read("async_down.txt")
            async def test_five(self): pass
        """)
    found = _record(project)
    everything = {"one", "two", "three", "four", "five"}
    expected = {name: {"one", "two"} for name in (
        "class_up", "class_down", "class_cleanup", "method_up",
        "method_down", "method_cleanup")}
    expected.update(three={"three"}, four={"four"}, async_up={"five"},
                    async_down={"five"}, module_up=everything,
                    module_down=everything)
    for name, tests in expected.items():
        assert found[name] == tests, name


def test_doctests_in_modules_and_texts(project):
    project.write("conftest.py", """\
        import pytest
        from read import read

        @pytest.fixture(scope="session")
        def shared():
            return read("shared.txt")

        @pytest.fixture(autouse=True)
        def names(doctest_namespace, request):
            doctest_namespace["read"] = read
        """)
    project.write("lib.py", '''\
        """
        >>> _ = read("doc.txt")
        """
        def value():
            """
            >>> _ = getfixture("shared")
            """
        ''')
    project.write("test_text.rst", ">>> _ = getfixture('shared')\n"
                                   ">>> _ = read('text.txt')\n")
    project.write("text.txt", "1")
    found = _record(project, "--doctest-modules", "--doctest-glob=*.rst",
                    "lib.py", "test_text.rst")
    assert found["doc"] == {"lib.py::lib".partition("::")[2]}
    assert found["shared"] == {"lib.value", "text.rst"}
    with project.edited("text.txt"):
        assert project.affected_units() == ["test_text.rst::test_text.rst"]


@pytest.mark.skipif(importlib.util.find_spec("pytest_asyncio") is None,
                    reason="needs pytest-asyncio")
def test_asynchronous_fixtures(project):
    project.write("pytest.ini", "[pytest]\nasyncio_mode = auto\n")
    project.write("test_it.py", """\
        import asyncio
        import pytest
        from read import read

        @pytest.fixture(scope="module")
        def event_loop():
            loop = asyncio.new_event_loop()
            yield loop
            loop.close()

        @pytest.fixture(scope="module")
        async def shared():
            await asyncio.sleep(0)
            yield read("shared_up.txt")
            read("shared_down.txt")

        @pytest.fixture
        async def own():
            yield read("own_up.txt")
            read("own_down.txt")

        async def test_one(shared): pass
        async def test_two(shared): pass
        async def test_own(own): pass
        async def test_none(): pass
        """)
    found = _record(project)
    for name in ("up", "down"):
        assert found["shared_" + name] == {"one", "two"}
        assert found["own_" + name] == {"own"}


@pytest.mark.skipif(importlib.util.find_spec("pytest_rerunfailures") is None,
                    reason="needs pytest-rerunfailures")
def test_fixtures_of_a_test_that_is_run_again(project):
    project.with_plugins()
    project.write("test_it.py", """\
        import pytest
        from read import read
        count = 0

        @pytest.fixture(scope="module")
        def shared():
            global count
            count += 1
            yield read("up_%d.txt" % count)
            read("down.txt")

        # "up_1.txt", "up_2.txt"

        def test_first(shared): pass
        def test_again(shared):
            global count
            count += 1
            assert count > 2
        def test_none(): pass
        """)
    found = _record(project, "--reruns", "3")
    assert found["up_1"] == {"first", "again"}
    assert {"first", "again"} >= found["down"] >= {"again"}


def test_doctests_name_things_in_no_block(project):
    """What a doctest says, and what it names, is code of no function."""
    lib = textwrap.dedent('''\
        """
        >>> LIMIT
        3
        """
        import other
        LIMIT = 3
        def f():
            """
            >>> g()
            1
            >>> other.VALUE
            5
            """
        def g():
            return 1
        def h():
            return 2
        ''')
    project.write("lib.py", lib)
    project.files(other="VALUE = 5\n", test_a="""\
        import lib
        def test_a():
            assert lib.h() == 2
        """)
    result = project.pytest("--doctest-modules").ok()
    assert "whole files" not in result.err
    assert project.affected() == []
    for old, new in (
            ("\n3\n", "\n4\n"), ("LIMIT = 3", "LIMIT = 4"),
            (">>> g()", ">>> h()"), ("    5\n", "    6\n"),
            ("    return 1", "    return 3"),
            ("def h():", 'def h():\n    """\n    >>> h()\n    7\n    """')):
        project.write("lib.py", lib.replace(old, new))
        assert "lib.py" in project.affected(), new
    project.write("lib.py", lib)
    project.write("other.py", "VALUE = 6\n")
    assert "lib.py::lib.f" in project.affected_units()
    assert "test_a.py::test_a" not in project.affected_units()
