# SPDX-License-Identifier: MIT
"""After a run with nothing edited since, nothing is affected; and after an
edit and a run, the same again.

What a run writes, looks at and leaves behind selects nothing by itself.
"""

import os
import shutil
import subprocess
import sys
import time

import pytest

from helpers import FTRACE, PYTHON, Project, environment, warm_test
from test_versions import installed

CART = """
    def total(prices):
        return sum(prices)


    def label(name):
        return "<%s>" % name
    """
TESTS = """
    import cart


    def test_total():
        assert cart.total([1, 2]) == 3


    def test_label():
        assert cart.label("a") == "<a>"
    """


@pytest.fixture
def shop(project):
    project.files(cart=CART, test_cart=TESTS)
    return project


def remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def settles(project, *arguments, outputs=(), tests=2):
    """An edit selects its test, and nothing else selects any."""
    project.pytest("-q", "-p", "no:cacheprovider", *arguments).ok()
    assert len(project.units()) == tests
    assert project.affected_units() == []
    project.edit("cart.py", '"<%s>" % name', '"<{}>".format(name)')
    assert project.affected_units() == ["test_cart.py::test_label"]
    result = warm_test(project, pytest=arguments)
    assert "1 passed" in result.out, result
    assert project.affected_units() == []
    result = warm_test(project, pytest=arguments)
    assert "nothing affected" in result.err, result
    for name in outputs:
        assert os.path.lexists(project.root / name), name
        remove(project.root / name)
    assert project.affected_units() == []


# Reports, and what plugins leave


@pytest.mark.parametrize("place", ["report.xml", "out/report.xml",
                                   "../report.xml"])
def test_a_report_of_outcomes(shop, place):
    settles(shop, "--junitxml=" + place, outputs=[place])


@pytest.mark.parametrize("more", [
    [], ["-n", "2"], ["--cov-report=xml", "--cov-report=html"]])
def test_data_of_coverage(shop, more):
    settles(shop.with_plugins(), "--cov=cart", *more, outputs=[".coverage"])


def test_a_file_of_logs(shop):
    shop.write("pytest.ini", "[pytest]\nlog_file = pytest.log\n")
    settles(shop, outputs=["pytest.log"])


def test_temporary_files_in_the_project(shop):
    shop.write("test_files.py", """
        def test_file(tmp_path):
            (tmp_path / "a").write_text("")
        """)
    settles(shop, "--basetemp=tmp", outputs=["tmp"], tests=3)


def test_reports_where_a_test_lists_their_directory(shop):
    shop.write("test_list.py", """
        import os
        def test_list():
            assert "cart.py" in os.listdir()
        """)
    settles(shop, "--junitxml=report.xml", outputs=["report.xml"], tests=3)
    shop.write("other.txt")
    assert shop.affected_units() == ["test_list.py::test_list"]


def test_reports_of_ftrace_where_a_test_lists_their_directory(shop):
    shop.write("test_list.py", """
        import os
        def test_list():
            assert "cart.py" in os.listdir()
        """)
    options = ["--report", "report.json", "--junit-out", "out.xml"]
    for _ in range(2):
        warm_test(shop, *options)
        assert shop.affected_units() == []
    for name in options[1::2]:
        remove(shop.root / name)
    assert shop.affected_units() == []


def test_what_a_plugin_made_in_an_earlier_run(shop):
    shop.write("conftest.py", """
        import os
        def pytest_sessionstart():
            if not os.path.isdir("assets"):
                os.mkdir("assets")
        """)
    settles(shop, outputs=["assets"])


@pytest.mark.parametrize("name", ["pytest.ini", "mode"])
def test_what_a_test_makes_and_removes_is_no_output(shop, name):
    shop.write("test_files.py", """
        import os
        def test_file():
            open(%r, "w").close()
            os.unlink(%r)
        """ % (name, name))
    shop.write("conftest.py", """
        import os
        def pytest_configure(config):
            config.fast = os.path.exists("mode")
        """)
    shop.pytest("-q").ok()
    assert shop.affected_units() == []
    shop.write(name, "[pytest]\naddopts = -v\n")
    assert len(shop.affected_units()) == 3


def test_a_hook_that_looks_for_what_it_writes(shop):
    shop.write("conftest.py", """
        import os
        def pytest_sessionstart():
            if os.path.exists("state.json"):
                os.unlink("state.json")
            open("state.json", "w").close()
        """)
    settles(shop, outputs=["state.json"])


def test_a_program_that_a_plugin_starts_when_all_tests_have_run(shop):
    shop.write("conftest.py", """
        import subprocess
        def pytest_sessionfinish():
            subprocess.run(["cat", "cart.py", "notes.txt"], check=False,
                           stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        """)
    settles(shop)
    shop.write("notes.txt", "news\n")
    assert shop.affected_units() == []


def test_a_hook_that_reads_what_it_rewrites_depends_on_it(shop):
    shop.write("mode.txt", "fast")
    shop.write("conftest.py", """
        def pytest_sessionstart():
            with open("mode.txt") as file:
                mode = file.read()
            with open("mode.txt", "w") as file:
                file.write(mode)
        """)
    shop.pytest("-q").ok()
    assert shop.affected_units() == []
    shop.write("mode.txt", "slow")
    assert len(shop.affected_units()) == 2


# Hypothesis


def test_constants_of_hypothesis(shop):
    shop.python = installed("venv-hypothesis", PYTHON, "pytest==7.4.0",
                            "hypothesis==6.148.2")
    shop.write("conftest.py", "import hypothesis\nimport cart\n")
    shop.write("test_given.py", """
        import cart
        from hypothesis import HealthCheck, given, settings, strategies
        @settings(deadline=None, suppress_health_check=list(HealthCheck))
        @given(strategies.lists(strategies.integers()))
        def test_given(prices):
            assert cart.total(prices) == sum(prices)
        """)
    settles(shop, outputs=[".hypothesis"], tests=3)
    shop.edit("cart.py", "return sum(prices)", "return sum(prices) + 0")
    assert shop.affected_units() == [
        "test_cart.py::test_total", "test_given.py::test_given"]


# What discovery looks at


def test_a_package_beside_the_tests(project):
    project.python = installed("venv-pytest-8", PYTHON, "pytest==8.3.3")
    project.write("shop/__init__.py")
    project.files(shop__price="LOW = 1\n", tests__test_price="""
        from shop.price import LOW
        def test_low():
            assert LOW
        """, tests__test_other="def test_other():\n    pass\n")
    project.write("pyproject.toml", """
        [tool.pytest.ini_options]
        testpaths = ["tests"]
        pythonpath = ["."]
        """)
    project.pytest("-q").ok()
    project.write("shop/__init__.py", "# A comment.\n")
    assert project.affected_units() == []
    project.write("shop/__init__.py", "[].append(1)\n")
    assert project.affected_units() == ["tests/test_price.py::test_low"]


def test_a_report_is_no_module_of_its_name(shop):
    shop.pytest("-q").ok()
    for name in ("cart.xml", "pytest.log", "cart.txt"):
        shop.write(name)
    assert shop.affected_units() == []
    (shop.root / "cart.so").touch()
    assert len(shop.affected_units()) == 2


# Commands


def command(project, *lines):
    project.write("run.sh", "\n".join(lines) + "\n")
    return project.run("sh", "run.sh").ok()


def test_a_command_that_counts(project):
    project.write("counter", "x\n")
    lines = ["cat counter", "echo x >>counter",
             "[ -e out ] || cat counter >out", "cat out"]
    for _ in range(3):
        command(project, *lines)
        assert project.affected_units() == []
    project.write("counter", "another\n")
    assert project.affected_units() == ["sh run.sh"]
    command(project, *lines)
    assert project.affected_units() == []


def test_all_that_a_command_does_to_what_it_made_is_told(project):
    look = "import sys; sys.path.insert(0, 'made'); import cart"
    command(project, "mkdir made", ": >made/cart.py",
            "%s -c \"%s\"" % (sys.executable, look))
    assert project.kinds("sh run.sh")["made"] >= {"write", "list"}


def test_a_product_that_a_later_run_leaves_keeps_its_sources(project):
    project.write("source", "one\n")
    lines = ["[ -e out ] || cat source >out", "cat out"]
    for _ in range(2):
        command(project, *lines)
    project.write("source", "two\n")
    assert project.affected_units() == ["sh run.sh"]
    command(project, *lines)
    assert project.affected_units() == []
    project.write("source", "three\n")
    assert project.affected_units() == ["sh run.sh"]


def test_a_reader_of_the_product_depends_on_its_sources(project):
    project.write("source", "one\n")
    project.ftrace("run", "-n", "make", "--", "sh", "-c",
                   "[ -e out ] || cat source >out").ok()
    project.ftrace("run", "-n", "use", "--", "cat", "out").ok()
    project.write("source", "two\n")
    assert project.affected_units() == ["make", "use"]
    # The reader alone has not seen to the product.
    project.ftrace("run", "-n", "use", "--", "cat", "out").ok()
    assert project.affected_units() == ["make", "use"]
    project.ftrace("run", "-n", "make", "--", "sh", "-c",
                   "[ -e out ] || cat source >out").ok()
    assert project.affected_units() == []
    project.write("source", "three\n")
    assert project.affected_units() == ["make", "use"]


def test_a_source_that_changed_meanwhile_is_not_vouched_for(project):
    project.write("source", "one\n")
    make = ["run", "-n", "make", "--", "sh", "-c", """
        [ -e out ] || cat source >out
        [ -z "$WAIT" ] || { : >begun; while [ ! -e done ]; do :; done; }
        """]
    project.ftrace(*make).ok()
    project.ftrace("run", "-n", "use", "--", "cat", "out").ok()
    with subprocess.Popen([FTRACE, *make], cwd=project.root,
                          env=environment(WAIT="1")) as child:
        while child.poll() is None and not (project.root / "begun").exists():
            time.sleep(0.01)
        project.write("source", "two\n")
        project.write("done")
    assert child.returncode == 0
    assert "use" in project.affected_units()
    project.ftrace(*make).ok()
    assert project.affected_units() == []


def test_a_failed_run_does_not_vouch_for_a_product(project):
    project.write("source", "one\n")
    lines = ["[ -e out ] || cat source >out", "cat out", "exec test ! -e bad"]
    command(project, *lines)
    project.ftrace("run", "-n", "use", "--", "cat", "out").ok()
    project.write("source", "two\n")
    project.write("bad")
    assert project.run("sh", "run.sh").code == 1
    assert "use" in project.affected_units()


def test_a_product_that_a_test_leaves_keeps_its_sources(project):
    project.write("source", "one\n")
    project.write("test_a.py", """
        import os
        def test_make():
            if not os.path.exists("out"):
                with open("source") as file, open("out", "w") as out:
                    out.write(file.read())
        def test_use():
            with open("out") as file:
                assert file.read()
        """)
    for _ in range(2):
        project.pytest("-q").ok()
        assert project.affected_units() == []
    for text in ("two\n", "three\n"):
        project.write("source", text)
        assert len(project.affected_units()) == 2
        project.pytest("-q").ok()
        assert project.affected_units() == []


@pytest.mark.parametrize("head", [
    "def pytest_configure():",
    "@pytest.fixture(scope='session', autouse=True)\ndef made():",
    "if True:"])
def test_so_does_what_its_surroundings_make(project, head):
    project.write("source", "one\n")
    project.write("conftest.py", """\
import os, pytest
%s
    if not os.path.exists("out"):
        with open("source") as file, open("out", "w") as out:
            out.write(file.read())
""" % head)
    project.write("test_a.py", """
        def test_use():
            with open("out") as file:
                assert file.read()
        """)
    for _ in range(3):
        project.pytest("-q").ok()
        assert project.affected_units() == []
    project.write("source", "two\n")
    assert project.affected_units() == ["test_a.py::test_use"]
    project.pytest("-q").ok()
    assert project.affected_units() == []


def test_nor_does_a_test_that_failed(project):
    project.write("source", "one\n")
    project.write("test_a.py", """
        def test_make():
            with open("source") as file:
                text = file.read()
            assert text != "bad\\n"
            with open("out", "w") as file:
                file.write(text)
        def test_use():
            with open("out") as file:
                assert file.read()
        """)
    both = ["test_a.py::test_make", "test_a.py::test_use"]
    project.pytest("-q").ok()
    assert project.affected_units() == []
    for text in ("bad\n", "good\n"):
        project.write("source", text)
        assert project.affected_units() == both
        project.pytest("-q")
    assert project.affected_units() == []


def test_what_a_command_looked_for_and_made_may_be_gone(project):
    command(project, "[ -e out ] || echo made >out", "cat out")
    assert project.affected_units() == []
    (project.root / "out").unlink()
    assert project.affected_units() == []
    project.write("out", "another\n")
    assert project.affected_units() == ["sh run.sh"]


@pytest.mark.parametrize("line", [
    "ln -f a b", "ln -f a b; rm b; ln -f a b", "setfattr -n user.x -v 1 a"])
def test_one_more_name_is_no_change(project, line):
    if line.startswith("setfattr"):
        line = "%s -c 'import os; os.setxattr(\"a\", \"user.x\", b\"1\")'" \
            % sys.executable
    project.write("a", "text\n")
    for _ in range(2):
        command(project, "cat a", line)
        assert project.affected_units() == []
    project.write("a", "changed\n")
    assert project.affected_units() == ["sh run.sh"]


# Names that are known


def test_git_moves_its_index(project):
    project.sh("git", "init", "-q").ok()
    project.sh("git", "add", ".").ok()
    walk = "import os; [os.stat(os.path.join(a, n)) " \
        "for a, _, names in os.walk('.git') for n in names]"
    project.run(sys.executable, "-c", walk).ok()
    project.write("new.txt", "text\n")
    project.sh("git", "add", "new.txt").ok()
    assert project.affected_units() == []


def test_what_git_does_not_keep_is_no_bookkeeping(project):
    tree = Project(project.root / ".git/trees/x")
    for each in project, tree:
        each.sh("git", "init", "-q").ok()
        for name in ("a", "b", "c"):
            each.write("data/" + name)
    (project.root / ".git/link").symlink_to("../data/b")
    tree.run("test", "-e", "data/c").ok()
    project.run("test", "-e", ".git/../data/a").ok()
    project.run("test", "-e", ".git/link").ok()
    assert project.affected_units() == tree.affected_units() == []
    (project.root / "data/a").unlink()
    assert project.affected_units() == ["test -e .git/../data/a"]
    (project.root / "data/b").unlink()
    assert len(project.affected_units()) == 2
    (tree.root / "data/c").unlink()
    assert tree.affected_units() == ["test -e data/c"]


def test_git_says_another_revision(project):
    for line in (["init", "-q"], ["add", "."],
                 ["-c", "user.name=a", "-c", "user.email=a@b", "commit",
                  "-qm", "one"]):
        project.sh("git", *line).ok()
    project.run("git", "describe", "--always", "--tags").ok()
    assert project.affected_units() == []
    project.sh("git", "tag", "v1").ok()
    assert project.affected_units() != []


def ignores(project, *globs):
    project.write("ftrace.json", '{"ignore": [%s]}' % ", ".join(
        '"%s"' % glob for glob in globs))


def test_files_that_the_project_ignores(project):
    project.write("state/count", "1\n")
    project.write("data", "1\n")
    command(project, "cat state/count data")
    project.write("state/count", "2\n")
    assert project.affected_units() == ["sh run.sh"]
    ignores(project, "state", "*.counter")
    assert project.affected_units() == []
    told = project.ftrace("status").ok().out
    assert "ignored   state: 1 recorded file," in told, told
    assert project.json("status")["ignored"] == [
        {"glob": "state", "files": 1}, {"glob": "*.counter", "files": 0}]
    project.write("data", "2\n")
    assert project.affected_units() == ["sh run.sh"]


def test_a_project_in_a_folder_that_is_called_as_a_cache(project):
    inner = Project(project.root / ".mypy_cache/x")
    inner.write("pyproject.toml")
    inner.write("data", "1\n")
    command(inner, "cat data")
    inner.write("data", "2\n")
    assert inner.affected_units() == ["sh run.sh"]


def test_a_file_that_git_tracks_is_not_ignored(project):
    project.write("data", "1\n")
    project.sh("git", "init", "-q").ok()
    project.sh("git", "add", "data").ok()
    command(project, "cat data")
    ignores(project, "*")
    project.write("data", "2\n")
    assert project.affected_units() == ["sh run.sh"]


def test_a_cache_that_comes_is_no_news_to_a_listing(project):
    command(project, "ls")
    for name in (".mypy_cache", ".pytest_cache", "target"):
        project.write(name + "/CACHEDIR.TAG",
                      "Signature: 8a477f597d28d172789f06886806bc55\n")
    assert project.affected_units() == []
    project.write("docs/a")
    assert project.affected_units() == ["sh run.sh"]
