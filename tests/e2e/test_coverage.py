# SPDX-License-Identifier: MIT
"""pytest-cov beside ftrace: neither changes what the other one finds."""

import re

import pytest

FILES = {
    "lib": """\
        LIMIT = 3
        def one(x):
            if x > LIMIT:
                return 1
            return 2
        def two():
            return 3
        """,
    "test_a": """\
        import lib
        def test_one():
            assert lib.one(4) == 1
        def test_two():
            assert lib.two() == 3
        """,
}
ONE, TWO = "test_a.py::test_one", "test_a.py::test_two"


def _report(output):
    return re.findall(r"^lib\.py .*$", output, re.MULTILINE)


@pytest.mark.parametrize("options", [
    ["--cov=lib"], ["--cov=lib", "--cov-branch"], ["--cov", "-n", "2"],
], ids=" ".join)
def test_functions_are_told_apart(project, options):
    project.with_plugins().files(**FILES)
    options = options + ["--cov-report=term-missing"]
    plain = project.plain(*options).ok()
    traced = project.pytest(*options).ok()
    assert _report(plain.out) == _report(traced.out) != []
    assert project.affected_units() == []
    with project.edited("lib.py", "return 3", "return 3 + 0 * LIMIT"):
        assert project.affected_units() == [TWO]
    with project.edited("lib.py", "LIMIT = 3", "LIMIT = 3  # of them"):
        assert project.affected_units() == []
    with project.edited("test_a.py", "(4)", "(5)"):
        assert project.affected_units() == [ONE]


def test_what_runs_behind_the_tests(project):
    """A report is nobody's dependency; what tests read before, is."""
    project.files(conftest="""\
        import pytest
        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtestloop():
            open("before.txt").close()
            yield
            open("after.txt").close()
        """, **FILES)
    project.write("before.txt", "1")
    project.write("after.txt", "1")
    project.pytest().ok()
    with project.edited("after.txt", "1", "2"):
        assert project.affected_units() == []
    with project.edited("before.txt", "1", "2"):
        assert project.affected_units() == [ONE, TWO]
