# SPDX-License-Identifier: MIT
"""What plugins read for themselves, and once all tests have run."""

import textwrap

import pytest

import git_project
from helpers import warm_test
from test_distributions import Packages

# Hypothesis in small: its plugin looks at all sources once tests are
# collected, and keeps what it found of each version.
PROVIDERS = """\
    import ast
    import os
    import sys

    _found = None

    def _get_local_constants():
        global _found
        if _found is None:
            _found = set()
            for name in ("one", "two"):
                _found |= constants_from_module(name)
        return _found

    def constants_from_module(name):
        with open(os.path.join("lib", name + ".py")) as file:
            text = file.read()
        kept = os.path.join(".kept", "%08x" % (hash(text) % 2**32))
        try:
            with open(kept) as file:
                return set(file.read().split())
        except FileNotFoundError:
            os.makedirs(".kept", exist_ok=True)
        found = {each.value for each in ast.walk(ast.parse(text))
                 if isinstance(each, ast.Constant)}
        with open(kept, "w") as file:
            file.write(" ".join(map(str, found)))
        return found
    """


def suite(project):
    # Outside of the project, as what is installed.
    package = project.root.parent / "site-packages" / "hypothesis"
    (package / "internal" / "conjecture").mkdir(parents=True)
    for folder in (package, package / "internal",
                   package / "internal" / "conjecture"):
        (folder / "__init__.py").write_text("")
    (package / "internal" / "conjecture" / "providers.py").write_text(
        textwrap.dedent(PROVIDERS))
    project.env["PYTHONPATH"] = str(package.parent)
    project.write("lib/one.py", "def one():\n    return 1\n")
    project.write("lib/two.py", "def two():\n    return 2\n")
    project.write("conftest.py", """\
        def pytest_collection_modifyitems():
            from hypothesis.internal.conjecture import providers
            providers._get_local_constants()
        """)
    project.write("test_given.py", """\
        def test_given():
            from hypothesis.internal.conjecture import providers
            assert providers._get_local_constants()
        """)
    project.write("test_plain.py", "def test_plain():\n    pass\n")
    project.env["PYTHONHASHSEED"] = "0"
    warm_test(project)
    return project


def test_constants_for_examples_are_of_no_test(project):
    project = suite(project)
    assert project.affected() == []
    for number in "23":
        project.edit("lib/one.py", "return 1", "return 1" + number)
        assert project.affected() == []
        warm_test(project)
        project.edit("lib/one.py", "return 1" + number, "return 1")
        assert project.affected() == []


def test_what_reports_start_is_of_no_test(project):
    project.write("data.txt", "1\n")
    project.write("conftest.py", """\
        import subprocess

        import pytest

        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_runtestloop():
            yield
            subprocess.run(["cat", "data.txt"], check=True)

        def pytest_sessionfinish():
            subprocess.run(["ls", "."], check=True)
        """)
    project.write("test_a.py", "def test_a():\n    pass\n")
    warm_test(project)
    project.edit("data.txt", "1", "2")
    project.write("other.txt", "")
    assert project.affected() == []


ASKS = """\
    import subprocess

    def ask():
        return subprocess.check_output(
            ["git", "describe", "--always", "--dirty"])

    %s
    """


@pytest.mark.parametrize("where, affected", [
    # pytest-benchmark asks for the default of an option.
    ("def pytest_addoption(parser): ask()", False),
    ("def pytest_configure(config): ask()", True),
])
def test_which_commit_it_is(project, where, affected):
    place = project.root.parent / "site-packages"
    place.mkdir()
    Packages(place).install("asking", {"asking.py": ASKS % where},
                            entries="[pytest11]\nasking = asking\n")
    project.env["PYTHONPATH"] = str(place)
    project.write(".gitignore", "__pycache__/\n.ftrace/\n.pytest_cache/\n")
    project.write("data.txt", "1\n")
    project.write("test_a.py", "def test_a():\n    pass\n")
    project.write("test_b.py", """\
        def test_b():
            assert open("data.txt").read()
        """)
    git_project.git(project, "init", "-q", "-b", "main")
    git_project.commit(project, "first")
    warm_test(project)
    project.edit("data.txt", "1", "2")
    assert project.affected() == (
        ["test_a.py", "test_b.py"] if affected else
        ["test_b.py::test_b"])
