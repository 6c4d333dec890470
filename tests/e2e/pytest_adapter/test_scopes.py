# SPDX-License-Identifier: MIT
"""Tests, fixtures and collectors as scopes."""

import importlib.util

import pytest


def fixtures_of(record, name):
    return sorted(scope[len("fixture/"):] for scope in record.unit(name)
                  if scope.startswith("fixture/") and "tmp_path" not in scope)


def looked_at(record, name):
    """The base names of all that a test looked for, itself or not."""
    return {path.rpartition("/")[2] for scope in record.unit(name)
            for path in record.looks.get(scope, ())}


def test_a_shared_fixture_belongs_to_all_its_users(project):
    project.file("conftest.py", """
        import os
        import pytest

        @pytest.fixture(scope="session")
        def base():
            os.access("only_base", 0)
            yield 1
            os.access("only_teardown", 0)

        @pytest.fixture(scope="module")
        def derived(base):
            return base

        @pytest.fixture(scope="session")
        def dynamic(request):
            return request.getfixturevalue("base")
    """)
    project.file("test_a.py", """
        def test_first(derived): pass
        def test_cached(derived): pass
        def test_none(): pass
        def test_asked_for(request):
            request.getfixturevalue("dynamic")
    """)
    project.file("test_b.py", "def test_cached(base): pass\n")
    record = project.same("-q").record
    base = "::base@"
    derived = "::derived@test_a.py"
    assert fixtures_of(record, "test_a.py::test_first") == [base, derived]
    assert fixtures_of(record, "test_a.py::test_cached") == [base, derived]
    assert fixtures_of(record, "test_a.py::test_none") == []
    assert base in fixtures_of(record, "test_a.py::test_asked_for")
    assert fixtures_of(record, "test_b.py::test_cached") == [base]
    for name in ("only_base", "only_teardown"):
        for user in ("a.py::test_first", "a.py::test_cached",
                     "a.py::test_asked_for", "b.py::test_cached"):
            assert name in looked_at(record, "test_" + user)
        assert name not in looked_at(record, "test_a.py::test_none")


def test_parameters_make_instances(project):
    project.file("test_a.py", """
        import pytest

        @pytest.fixture(scope="module", params=["x", "y"])
        def value(request):
            yield request.param

        @pytest.fixture(scope="module")
        def user(value):
            yield value

        def test_one(value): pass
        def test_two(user): pass
        def test_three(): pass
    """)
    record = project.same("-q").record
    for index, name in enumerate("xy"):
        wanted = "test_a.py::value[%d]@test_a.py" % index
        other = "test_a.py::value[%d]@test_a.py" % (1 - index)
        found = fixtures_of(record, "test_a.py::test_one[%s]" % name)
        assert wanted in found and other not in found
        assert wanted in fixtures_of(record, "test_a.py::test_two[%s]" % name)
    assert not fixtures_of(record, "test_a.py::test_three")


def test_fixtures_used_together_stay_apart(project):
    project.file("test_a.py", """
        import pytest

        @pytest.fixture(scope="session")
        def first(): pass

        @pytest.fixture(scope="session")
        def second(): pass

        def test_first(first): pass
        def test_second(second): pass
        def test_both(first, second): pass
        def test_again(second): pass
    """)
    record = project.same("-q").record
    first, second = ("test_a.py::%s@" % name for name in ("first", "second"))
    assert fixtures_of(record, "test_a.py::test_both") == [first, second]
    assert fixtures_of(record, "test_a.py::test_again") == [second]


def test_a_run_inside_a_test_has_no_fixture_scopes(project):
    project.file("conftest.py", "pytest_plugins = ['pytester']\n")
    project.file("test_a.py", """
        def test_inside(pytester):
            pytester.makepyfile(
                "import pytest\\n"
                "@pytest.fixture(scope='session')\\n"
                "def inner(): yield\\n"
                "def test_it(inner): pass\\n")
            pytester.inline_run()
    """)
    record = project.same("-q").record
    assert not fixtures_of(record, "test_a.py::test_inside")


def test_failing_fixtures(project):
    project.file("helper.py", "")
    project.file("test_a.py", """
        import pytest

        @pytest.fixture(scope="module")
        def broken():
            import helper
            raise ValueError("set-up")

        @pytest.fixture(scope="module")
        def leaking(request):
            request.addfinalizer(lambda: 1 / 0)
            yield
            raise ValueError("tear-down")

        def test_first(broken): pass
        def test_cached(broken): pass
        def test_teardown(leaking): pass
    """)
    record = project.same().record
    for name in ("first", "cached"):
        assert "module/helper" in record.unit("test_a.py::test_" + name)
        assert record.units()["test_a.py::test_" + name] == "error"
    assert record.units()["test_a.py::test_teardown"] == "error"


def test_setup_functions_of_all_kinds(project):
    project.file("pkg/__init__.py", """
        import os

        def setup_module():
            os.access("package_up", 0)
    """)
    project.file("pkg/test_a.py", """
        import os
        import unittest

        def setup_module():
            os.access("module_up", 0)

        def teardown_module():
            os.access("module_down", 0)

        class TestPlain:
            @classmethod
            def setup_class(cls):
                os.access("class_up", 0)

            def setup_method(self): pass
            def test_one(self): pass
            def test_two(self): pass

        class TestCase(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                os.access("case_up", 0)

            def test_one(self): pass
            def test_two(self):
                self.skipTest("no")
    """)
    record = project.same("-v").record
    for name in ("TestPlain", "TestCase"):
        for test in ("one", "two"):
            mine = looked_at(
                record, "pkg/test_a.py::%s::test_%s" % (name, test))
            assert {"package_up", "module_up", "module_down"} <= mine
            assert ("class_up" in mine) == (name == "TestPlain")
            assert ("case_up" in mine) == (name == "TestCase")
    assert record.units()["pkg/test_a.py::TestCase::test_two"] == "skipped"


OUTCOMES = """
    import pytest

    def test_passed(): pass
    def test_failed(): assert 0
    def test_skipped(): pytest.skip("no")
    @pytest.mark.skip
    def test_marked(): pass
    @pytest.mark.xfail
    def test_xfailed(): assert 0
    @pytest.mark.xfail
    def test_xpassed(): pass
    @pytest.mark.xfail(strict=True)
    def test_strict(): pass
    @pytest.mark.xfail(run=False)
    def test_not_run(): assert 0
    @pytest.fixture
    def bad(): raise ValueError
    def test_error(bad): pass
    @pytest.fixture
    def late():
        yield
        raise ValueError
    def test_late(late): pass
"""


def test_outcomes(project):
    project.file("test_a.py", OUTCOMES)
    record = project.same().record
    found = {name.partition("::test_")[2]: word
             for name, word in record.units().items()}
    assert found == {
        "passed": "passed", "failed": "failed", "skipped": "skipped",
        "marked": "skipped", "xfailed": "xfailed", "xpassed": "xpassed",
        "strict": "failed", "not_run": "xfailed", "error": "error",
        "late": "error",
    }
    assert record.outcomes["collect/test_a.py"] == ["passed"]


def test_an_interrupted_test_has_no_outcome(project):
    project.file("test_a.py", """
        def test_one(): pass
        def test_two(): raise KeyboardInterrupt
        def test_three(): pass
    """)
    record = project.same("-q").record
    assert record.units() == {"test_a.py::test_one": "passed",
                              "test_a.py::test_two": "collected",
                              "test_a.py::test_three": "collected"}


def test_what_is_not_run_is_named_all_the_same(project):
    project.file("test_a.py", """
        def test_one(): pass
        def test_two(): assert 0
        def test_three(): pass
        class TestIt:
            def test_four(self): pass
    """)
    project.file("test_b.py", "def test_five(): pass\n")
    record = project.same("-x", "-q").record
    assert record.units()["test_a.py::test_three"] == "collected"
    record = project.same("-k", "one", "-q").record
    assert record.units()["test_a.py::test_two"] == "deselected"
    assert record.units()["test_b.py::test_five"] == "deselected"
    record = project.same("test_a.py::test_one", "-q").record
    assert record.units()["test_a.py::test_two"] == "unasked"
    assert record.outcomes["collect/test_a.py"] == ["holds", "passed"]
    # This leaves whole files out: they must not count as complete.
    record = project.same("--lf", "-q").record
    assert "collect/test_b.py" not in record.outcomes
    assert record.units()["test_a.py::test_one"] == "unasked"
    assert record.units()["test_a.py::test_two"] == "failed"


def test_collection_that_fails_is_not_complete(project):
    project.file("test_a.py", "raise ValueError\n")
    project.file("test_b.py", "def test_it(): pass\n")
    record = project.same("-q").record
    assert record.outcomes["collect/test_a.py"] == ["failed"]


def test_directories_and_patterns(project):
    project.file("pytest.ini", """
        [pytest]
        python_files = test_*.py check_*.py
        testpaths = tests
    """)
    project.file("tests/sub/check_a.py", "def test_it(): pass\n")
    project.file("tests/test_b.py", "def test_it(): pass\n")
    record = project.same("-q").record
    assert record.outcomes["discover/tests"] == ["passed"]
    mine = record.unit("tests/sub/check_a.py::test_it")
    assert {"discover/tests/sub", "discover/tests", "discover/."} <= mine
    assert "discover/tests/sub" not in record.unit("tests/test_b.py::test_it")
    looks = record.looks["discover/tests/sub"]
    for name in ("conftest.py", "__init__.py"):
        assert "%s/tests/sub/%s" % (project.root, name) in looks
    patterns = {each for each in record.uses["discover/."]
                if each.startswith("pattern/")}
    assert patterns == {"pattern/test_*.py", "pattern/check_*.py",
                        "pattern/test*.txt"}
    record = project.same("-q", "tests/test_b.py").record
    assert "discover/tests" not in record.outcomes


@pytest.mark.skipif(pytest.__version__ < "7", reason="other hooks")
def test_doctests_and_other_items(project):
    project.file("conftest.py", """
        import pytest

        class File(pytest.File):
            def collect(self):
                for line in self.path.read_text().split():
                    yield Item.from_parent(self, name=line)

        class Item(pytest.Item):
            def runtest(self): pass

        def pytest_collect_file(file_path, parent):
            if file_path.suffix == ".list":
                return File.from_parent(parent, path=file_path)
    """)
    project.file("some.list", "one two\n")
    project.file("test_text.txt", ">>> 1 + 1\n2\n")
    project.file("codes.py", "def f():\n    '''\n    >>> f()\n    '''\n")
    record = project.same("-q", "--doctest-modules").record
    assert record.units() == {
        "some.list::one": "passed", "some.list::two": "passed",
        "test_text.txt::test_text.txt": "passed",
        "codes.py::codes.f": "passed",
    }
    assert "pattern/*.list" in record.uses["discover/."]
    assert "collect/some.list" in record.unit("some.list::one")
    assert "module/codes" in record.unit("codes.py::codes.f")


@pytest.mark.parametrize("up", [True, False])
def test_a_root_that_is_not_the_root_of_pytest(project, up):
    project.file("sub/pytest.ini", "[pytest]\n")
    project.file("sub/deep/test_a.py", """
        class TestIt:
            def test_one(self): pass
    """)
    if up:
        record = project.same("-q", cwd=project.root / "sub").record
        assert record.units() == {
            "sub/deep/test_a.py::TestIt::test_one": "passed"}
        mine = record.unit("sub/deep/test_a.py::TestIt::test_one")
        assert "collect/sub/deep/test_a.py::TestIt" in mine
        assert {"discover/sub/deep", "discover/sub", "discover/."} <= mine
    else:
        (project.root / "sub/pytest.ini").unlink()
        record = project.same("-q", root=project.root / "sub").record
        assert record.units() == {"deep/test_a.py::TestIt::test_one":
                                  "passed"}


def test_names_of_any_kind(project):
    project.file("test_a.py", r"""
        import pytest

        @pytest.mark.parametrize("value", ["a/b", "x::y", "\xe9", "\ud800",
                                           "\0", "a\nb", " "])
        def test_it(value): pass
    """)
    record = project.same("-q").record
    assert len(record.units()) == 7


@pytest.mark.skipif(importlib.util.find_spec("pytest_rerunfailures") is None,
                    reason="needs pytest-rerunfailures")
def test_reruns(project):
    project.with_plugins()
    project.file("test_a.py", """
        count = 0

        def test_it():
            global count
            count += 1
            assert count == 2

        def test_never():
            assert 0
    """)
    record = project.same("-q", "--reruns", "2").record
    assert record.units() == {"test_a.py::test_it": "passed",
                              "test_a.py::test_never": "failed"}


@pytest.mark.skipif(not hasattr(pytest, "Subtests")
                    and importlib.util.find_spec("pytest_subtests") is None,
                    reason="needs subtests")
def test_subtests(project):
    project.with_plugins()
    project.file("test_a.py", """
        import unittest

        def test_it(subtests):
            for value in range(3):
                with subtests.test(value=value):
                    assert value != 1

        def test_good(subtests):
            for value in range(3):
                with subtests.test(value=value):
                    pass

        class TestCase(unittest.TestCase):
            def test_it(self):
                for value in range(3):
                    with self.subTest(value=value):
                        assert value != 1
    """)
    record = project.same("-q").record
    assert record.units() == {"test_a.py::test_it": "failed",
                              "test_a.py::test_good": "passed",
                              "test_a.py::TestCase::test_it": "failed"}


def test_the_cache_of_pytest_is_no_dependency(project):
    project.file("test_a.py", """
        def test_it(cache, tmp_path):
            cache.set("mine/value", 1)
            assert cache.get("mine/value", 0) == 1
    """)
    project.same("-q")
    project.same("-q", "--cache-clear")
    project.same("-q", "-p", "no:cacheprovider", "--co")


def test_a_pytest_run_inside_a_test(project):
    project.file("conftest.py", "pytest_plugins = ['pytester']\n")
    project.file("test_a.py", """
        import sys

        def test_inside(pytester):
            pytester.makepyfile("def test_it(cache): pass")
            pytester.inline_run().assertoutcome(passed=1)

        def test_child(pytester):
            pytester.makepyfile("def test_it(): pass")
            pytester.runpytest_subprocess().assert_outcomes(passed=1)
    """)
    record = project.same("-q").record
    assert set(record.units()) == {"test_a.py::test_inside",
                                   "test_a.py::test_child"}
