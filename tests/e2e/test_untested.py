# SPDX-License-Identifier: MIT
"""Which changed functions no recorded test enters.

Most tests say by marks which functions were entered, so that they are about
the answer alone; the last ones record pytest itself.
"""

import json
import os
import sys

import pytest

from helpers import call

SAY = ("import os, sys\n"
       "for mark in sys.argv[1:]:\n"
       "    os.access(b'/@ftrace/' + os.fsencode(mark), 0)\n")
TAG = "cpython-%d%d" % sys.version_info[:2]

CART = """\
RATE = 2


def total(n):
    return n * RATE


def unused(n):
    return n


def setup():
    return 1


TABLE = setup()


class Cart:
    def add(self, n):
        def inner(x):
            return x
        return [inner(i) for i in range(n)]

    def drop(self):
        return sorted([1], key=lambda x: x)
"""


class Marked:
    """Records what is said of tests that were never run."""

    def __init__(self, project):
        self.project = project
        self.marks = ["interpreter/%s/%s" % (TAG, sys.executable), "ready/"]
        self.blocks = {}

    def _enter(self, *blocks):
        for path, name in blocks:
            number = self.blocks.setdefault((path, name),
                                            len(self.blocks) + 1)
            self.marks.append("code/T/%d/%s/%s" % (
                number, name, self.project.root / path))
            self.marks.append("enter/T/%d" % number)

    def module(self, path, *names):
        """The import of a source; names are entered by it."""
        self.marks += ["begin/module/%s" % path,
                       "source/%s" % (self.project.root / path)]
        self._enter(*((path, name) for name in names))
        self.marks.append("end/")
        return self

    def unit(self, unit, *blocks, uses=()):
        self.marks.append("begin/unit/pytest/%s" % unit)
        self.marks += ["use/module/%s" % path for path in uses]
        self._enter(*blocks)
        self.marks += ["outcome/passed", "end/"]
        return self

    def reads(self, unit, path):
        self.marks.append("begin/unit/pytest/%s" % unit)
        self.marks += ["block/read//%s" % (self.project.root / path),
                       "outcome/passed", "end/"]
        return self

    def record(self):
        self.project.run(sys.executable, "-c", SAY, *self.marks).ok()


@pytest.fixture
def cart(project):
    """A project whose two tests enter two functions; setup() is imported."""
    project.write("cart.py", CART)
    project.write("test_cart.py", "import cart\n")
    Marked(project).module("cart.py", "setup").unit(
        "test_cart.py::test_total", ("cart.py", "total"),
        uses=["cart.py"]).unit(
        "test_cart.py::test_add", ("cart.py", "Cart.add"),
        uses=["cart.py"]).record()
    return project


def untested(project, *args, **more):
    done = project.ftrace("affected", "--untested", "-q", *args, **more).ok()
    return done.out.splitlines()


def functions(project, *args):
    return {each["name"]: each
            for each in project.json("changed", *args)["functions"]}


def git(project, *args):
    return call(["git", "-c", "user.name=a", "-c", "user.email=a@b", *args],
                project.root).ok().out


def commit(project):
    """The project as it is, in a repository of its own."""
    git(project, "init", "-q")
    project.write(".gitignore", ".ftrace\nignored.py\n")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "one")


def test_nothing_changed(cart):
    assert untested(cart) == []
    assert functions(cart) == {}
    done = cart.ftrace("affected", "--require-reached", "100").ok()
    assert done.out == ""
    assert "0 of 0 changed functions: 100.0 %" in done.err
    cart.edit("cart.py", "def unused", "# A comment.\n\n\ndef unused")
    assert untested(cart) == []


def test_what_is_entered_and_what_is_not(cart):
    cart.edit("cart.py", "n * RATE", "RATE * n + 0")
    assert untested(cart) == []
    cart.edit("cart.py", "return n\n", "return n + 1\n")
    cart.edit("cart.py", "return 1\n", "return 1 + len([])\n")
    assert untested(cart) == ["cart.py:8: unused"]
    found = functions(cart)
    assert {name: each["reached"] for name, each in found.items()} == {
        "total": True, "unused": False, "setup": True}
    assert found["unused"] == {"path": "cart.py", "line": 8,
                               "name": "unused", "what": "modified",
                               "reached": False}


def test_a_new_function_and_one_that_went(cart):
    cart.edit("cart.py", "def unused(n):", "def fresh(n):")
    assert untested(cart) == ["cart.py:8: fresh"]
    assert functions(cart)["fresh"]["what"] == "new"


def test_what_is_nested(cart):
    """With its function where it has no name, by itself where it has."""
    cart.edit("cart.py", "key=lambda x: x", "key=lambda x: -x")
    assert untested(cart) == ["cart.py:26: Cart.drop.<locals>.<lambda>"]
    cart.edit("cart.py", "sorted([1]", "sorted([2]")
    assert untested(cart) == ["cart.py:25: Cart.drop"]
    cart.edit("cart.py", "range(n)", "range(n + 0)")
    assert sorted(functions(cart)) == ["Cart.add", "Cart.drop"]
    cart.edit("cart.py", "return x\n", "return x + 0\n")
    assert untested(cart) == ["cart.py:21: Cart.add.<locals>.inner",
                              "cart.py:25: Cart.drop"]


def test_recorded_again_it_is_no_change(cart):
    """The version before is the one that was loaded last."""
    cart.edit("cart.py", "return n\n", "return n + 1\n")
    assert untested(cart)
    Marked(cart).module("cart.py").unit(
        "test_cart.py::test_total", ("cart.py", "total"),
        uses=["cart.py"]).record()
    assert untested(cart) == []
    # The queries in between do not count, nor do runs that load others.
    cart.edit("cart.py", "return n + 1\n", "return n + 2\n")
    assert untested(cart) == ["cart.py:8: unused"]
    cart.write("other.py", "def f():\n    pass\n")
    Marked(cart).module("other.py").unit("test_o.py::test_o").record()
    assert untested(cart) == ["cart.py:8: unused"]


def test_plain_answers(cart):
    cart.edit("cart.py", "return n\n", "return n + 1\n")
    cart.edit("cart.py", "n * RATE", "RATE * n + 0")
    done = cart.ftrace("changed").ok()
    assert done.out == "cart.py\n"
    assert "ftrace: cart.py:8: unused: no recorded test enters it" in done.err
    assert "total" not in done.err
    done = cart.ftrace("changed", "-0q").ok()
    assert (done.out, done.err) == ("cart.py\0", "")
    done = cart.ftrace("changed", "--functions", "-0").ok()
    assert done.out == ("cart.py:4: total: reached\0"
                        "cart.py:8: unused: not reached\0")
    assert untested(cart, "-0") == ["cart.py:8: unused\0"]
    (cart.root / "docs").mkdir()
    assert untested(cart, cwd=cart.root / "docs") == ["../cart.py:8: unused"]


def test_json(cart):
    cart.edit("cart.py", "return n\n", "return n + 1\n")
    cart.edit("cart.py", "n * RATE", "RATE * n + 0")
    answer = cart.json("affected", "--untested")
    assert [each["name"] for each in answer["functions"]] == ["unused"]
    assert (answer["changed"], answer["reached"]) == (2, 1)
    assert answer["unknown"] == []
    assert "enough" not in answer
    done = cart.ftrace("affected", "--json", "--require-reached", "50.1")
    assert done.code == 1
    assert json.loads(done.out)["enough"] is False


@pytest.mark.parametrize("required, code", [
    ("0", 0), ("33.3333333", 0), ("33.3333334", 1), ("34", 1), ("100", 1),
    ("100.000", 1), ("000", 0)])
def test_threshold(cart, required, code):
    for old, new in (("return n\n", "return n + 1\n"),
                     ("n * RATE", "RATE * n + 0"),
                     ("sorted([1]", "sorted([2]")):
        cart.edit("cart.py", old, new)
    done = cart.ftrace("affected", "--require-reached", required)
    assert done.code == code, done
    assert done.out == ""
    assert done.err == (
        "ftrace: recorded tests enter 1 of 3 changed functions: 33.3 %%, and "
        "%s %% are required\n" % required)
    done = cart.ftrace("affected", "--require-reached", required, "-q")
    assert bool(done.err) == bool(code)
    done = cart.ftrace(
        "affected", "--untested", "--require-reached", required)
    assert done.code == code
    assert len(done.out.splitlines()) == 2


@pytest.mark.parametrize("wrong", [
    "", " 1", "-1", "+1", "101", "100.0000001", "1e1", "0x1", "nan", "inf",
    "1.", ".5", "50%", "5,5", "1.2.3", "99999999999999999999999"])
def test_wrong_percentages(cart, wrong):
    done = cart.ftrace("affected", "--require-reached=" + wrong)
    assert done.code == 2
    assert done.out == ""
    assert "is a percentage from 0 to 100" in done.err


@pytest.mark.parametrize("arguments", [
    ["affected", "--untested", "--tests"],
    ["affected", "--untested", "--runner", "pytest"],
    ["affected", "--require-reached"],
    ["changed", "--since", "HEAD"],
    ["changed", "--functions", "file"]])
def test_wrong_options(cart, arguments):
    done = cart.ftrace(*arguments)
    assert done.code == 2
    assert len(done.err.splitlines()) == 1


def test_exit_code(cart):
    assert cart.ftrace("affected", "--untested", "--exit-code").code == 0
    cart.edit("cart.py", "return n\n", "return n + 1\n")
    assert cart.ftrace("affected", "--untested", "--exit-code").code == 1


def test_files_of_tests_are_left_out(project):
    project.files(
        test_a="def test_a():\n    return 1\n",
        conftest="def hook():\n    return 1\n",
        pkg__mod="def f():\n    return 1\n")
    project.write("pkg/__init__.py", "def g():\n    return 1\n")
    everything = ["test_a.py", "conftest.py", "pkg/mod.py", "pkg/__init__.py"]
    marked = Marked(project)
    for path in everything:
        marked.module(path)
    marked.unit("test_a.py::test_a", ("test_a.py", "test_a"), uses=everything)
    # Doctests: of a function, of a module, of a package.
    marked.unit("pkg/mod.py::pkg.mod.f").unit("pkg/mod.py::mod")
    marked.unit("pkg/__init__.py::pkg").record()
    for path in everything:
        project.edit(path, "return 1", "return 2 + 0")
    assert untested(project) == ["pkg/__init__.py:1: g", "pkg/mod.py:1: f"]


def test_a_file_that_a_test_read_whole(cart):
    Marked(cart).reads("test_cart.py::test_more", "cart.py").record()
    cart.edit("cart.py", "return n\n", "return n + 1\n")
    assert functions(cart)["unused"]["whole"] is True
    done = cart.ftrace("affected", "--untested").ok()
    assert "1 function of these may be entered all the same" in done.err


@pytest.mark.parametrize("content, why", [
    (b"def f(:\n", "syntax"), (b"x = '\xff'\n", ""), (b"\0\0", "")])
def test_a_file_that_cannot_be_taken_apart(cart, content, why):
    """It is named, and counts as one function that no test enters."""
    cart.write("cart.py", content)
    done = cart.ftrace("affected", "--untested").ok()
    assert done.out == ""
    assert "ftrace: cart.py: its functions are not known: " in done.err
    assert why in done.err
    assert "0 of 0 changed functions and 1 file not known: 0.0 %" in done.err
    assert cart.ftrace("affected", "--require-reached", "1").code == 1
    assert cart.ftrace("affected", "--require-reached", "0").code == 0
    unknown = cart.json("changed")["unknown"]
    assert [each["path"] for each in unknown] == ["cart.py"]


def test_an_interpreter_that_is_gone(project):
    # Other tests have told their user's folder of Pythons.
    project.state = project.root.parent / "state"
    project.write("cart.py", CART)
    marked = Marked(project)
    marked.marks[0] = "interpreter/%s/%s" % (TAG, project.root / "python")
    (project.root / "python").symlink_to(sys.executable)
    marked.module("cart.py").unit(
        "test_cart.py::test_total", ("cart.py", "total"),
        uses=["cart.py"]).record()
    project.edit("cart.py", "return n\n", "return n + 1\n")
    (project.root / "python").unlink()
    done = project.ftrace("affected", "--untested").ok()
    assert "cart.py: its functions are not known: python3 of the recorded version" in done.err


def test_a_file_that_changed_while_it_was_recorded(project):
    """Nobody knows what was loaded: all of it counts as changed."""
    project.write("cart.py", "def f():\n    pass\n\n\ndef g():\n    pass\n")
    marked = Marked(project).module("cart.py").unit(
        "test_cart.py::test_f", ("cart.py", "f"), uses=["cart.py"])
    marked.record()
    assert untested(project) == []
    project.run("sh", "-c", '"$@" && echo "# more" >>cart.py', "sh",
                sys.executable, "-c", SAY, *marked.marks).ok()
    assert sorted(functions(project)) == ["f", "g"]
    assert untested(project) == ["cart.py:5: g"]
    marked.record()
    assert untested(project) == []


def test_a_removed_file(cart):
    (cart.root / "cart.py").unlink()
    assert untested(cart) == []
    assert functions(cart) == {}


def test_a_map_without_functions(project):
    """Silence would pass for success where a threshold is asked for."""
    project.write("a.txt", "1")
    project.run("cat", "a.txt").ok()
    for asked in ("--untested", "--require-reached=0"):
        done = project.ftrace("affected", asked)
        assert done.code == 3
        assert "does not know which functions" in done.err
    assert project.ftrace("changed", "--functions").code == 3
    assert project.json("changed")["functions"] == []


def test_since_a_revision(cart):
    """The map may be newer than the edit: it was recorded afterwards."""
    commit(cart)
    cart.edit("cart.py", "return n\n", "return n + 1\n")
    cart.edit("cart.py", "n * RATE", "RATE * n + 0")
    cart.write("new.py", "def f():\n    pass\n")
    cart.write("ignored.py", "def f():\n    pass\n")
    cart.write("test_new.py", "def test_f():\n    pass\n")
    git(cart, "mv", "test_cart.py", "test_moved.py")
    Marked(cart).module("cart.py").unit(
        "test_cart.py::test_total", ("cart.py", "total"),
        uses=["cart.py"]).unit("test_new.py::test_f").record()
    assert untested(cart) == []
    expected = ["cart.py:8: unused", "new.py:1: f"]
    assert untested(cart, "--since", "HEAD") == expected
    git(cart, "add", "-A")
    git(cart, "commit", "-q", "-m", "two")
    assert untested(cart, "--since", "HEAD") == []
    assert untested(cart, "--since", "HEAD^") == expected
    assert sorted(functions(cart, "--functions", "--since", "HEAD~1")) == [
        "f", "total", "unused"]
    done = cart.ftrace("affected", "--since=HEAD^", "--require-reached=40")
    assert done.code == 1
    assert "1 of 3 changed functions: 33.3 %, and 40 %" in done.err


def test_a_file_that_moved(cart):
    """What only moved has not changed."""
    commit(cart)
    (cart.root / "pkg").mkdir()
    git(cart, "mv", "cart.py", "pkg/basket.py")
    assert untested(cart, "--since", "HEAD") == []
    cart.edit("pkg/basket.py", "return n\n", "return n + 1\n")
    assert untested(cart, "--since", "HEAD") == ["pkg/basket.py:8: unused"]


def test_odd_names_since_a_revision(cart):
    names = ["a b.py", "new\nline.py", "-x.py", ":(glob)y.py",
             os.fsdecode(b"\xff.py")]
    for name in names:
        cart.write(name, "def f():\n    return 1\n")
    commit(cart)
    for name in names:
        cart.edit(name, "return 1", "return 2 + 0")
    found = cart.ftrace(
        "affected", "--untested", "-0q", "--since", "HEAD").ok().out
    assert found.split("\0")[:-1] == sorted(
        (name + ":1: f" for name in names), key=os.fsencode)


def test_what_is_no_file_of_python(cart):
    commit(cart)
    cart.write("notes.txt", "def f(:")
    (cart.root / "link.py").symlink_to("cart.py")
    (cart.root / "folder.py").mkdir()
    cart.write("folder.py/text", "")
    assert untested(cart, "--since", "HEAD") == []


def test_a_project_below_the_repository(cart, tmp_path):
    call(["git", "init", "-q"], tmp_path).ok()
    (tmp_path / "above.py").write_text("def f():\n    pass\n")
    git(cart, "add", "cart.py")
    git(cart, "commit", "-q", "-m", "one")
    cart.edit("cart.py", "return n\n", "return n + 1\n")
    expected = ["cart.py:8: unused"]
    assert untested(cart, "--since", "HEAD") == expected
    # A hook's variables name a repository relative to another place.
    assert untested(cart, "--since", "HEAD",
                    env={"GIT_DIR": ".git", "GIT_INDEX_FILE": "x"}
                    ) == expected


@pytest.mark.parametrize("revision", [
    "nothing", "", "-p", "--output=x", "HEAD^{tree}", "HEAD HEAD", "a\nb",
    "HEAD..HEAD", "@{999999}"])
def test_revisions_that_are_none(cart, revision):
    commit(cart)
    done = cart.ftrace("affected", "--untested", "--since=" + revision)
    assert done.code == 3, done
    assert done.out == ""
    assert len(done.err.replace("a\nb", "").splitlines()) == 1
    assert not (cart.root / "x").exists()


def test_no_repository_and_no_git(cart):
    done = cart.ftrace("affected", "--untested", "--since", "HEAD",
                       env={"GIT_CEILING_DIRECTORIES": str(cart.root.parent)})
    assert done.code == 3
    assert "not a git repository" in done.err
    done = cart.ftrace("affected", "--untested", "--since", "HEAD",
                       env={"PATH": "/nowhere"})
    assert done.code == 3
    assert "cannot run 'git'" in done.err


def test_the_old_text_cannot_be_taken_apart(cart):
    """Then all functions are new."""
    cart.write("old.py", "print 'one'\ndef f(): pass\n")
    commit(cart)
    cart.write("old.py", "print('one')\ndef f(): pass\n")
    assert untested(cart, "--since", "HEAD") == ["old.py:2: f"]


def _functions_are_recorded(project):
    return project.ftrace("changed", "--functions").code == 0


def test_doctests_with_pytest(project):
    """They test the file that they are in, and do not make it a test."""
    project.write("sums.py", '''\
        def add(a, b):
            """
            >>> add(1, 2)
            3
            """
            return a + b

        def sub(a, b):
            return a - b
        ''')
    project.pytest("--doctest-modules").ok()
    if not _functions_are_recorded(project):
        pytest.skip("this Python's functions are not recorded")
    project.edit("sums.py", "a + b", "b + a")
    project.edit("sums.py", "a - b", "a - b + 0")
    assert {name: each["reached"]
            for name, each in functions(project).items()} == {
                "add": True, "sub": False}


def test_unittest_and_threads_with_pytest(project):
    project.files(
        work="def run(to):\n    to.append(1)\n\n\n"
             "async def wait(to):\n    to.append(2)\n\n\n"
             "def each(to):\n    to.append(3)\n    yield\n",
        test_work="""\
            import asyncio, threading, unittest
            import work

            class TestWork(unittest.TestCase):
                @classmethod
                def setUpClass(cls):
                    cls.each = list(work.each([]))

                def test_thread(self):
                    to = []
                    thread = threading.Thread(target=work.run, args=(to,))
                    thread.start()
                    thread.join()
                    self.assertEqual(to, [1])

                def test_wait(self):
                    asyncio.run(work.wait([]))
            """)
    project.pytest().ok()
    if not _functions_are_recorded(project):
        pytest.skip("this Python's functions are not recorded")
    for number in "123":
        project.edit("work.py", "(%s)" % number, "(0 + %s)" % number)
    assert untested(project) == []


def test_with_pytest(project):
    project.write("cart.py", CART)
    project.files(test_cart="""\
        import cart
        import pytest

        @pytest.fixture(scope="module")
        def made():
            return cart.Cart().drop()

        def test_total(made):
            assert cart.total(2) == 4
        """)
    project.pytest().ok()
    if not _functions_are_recorded(project):
        pytest.skip("this Python's functions are not recorded")
    project.edit("cart.py", "return n\n", "return n + 1\n")
    project.edit("cart.py", "n * RATE", "RATE * n + 0")
    project.edit("cart.py", "return 1\n", "return 1 + len([])\n")
    project.edit("cart.py", "range(n)", "range(n + 0)")
    project.edit("cart.py", "sorted([1]", "sorted([2]")
    project.edit("test_cart.py", "== 4", "== 2 + 2")
    assert untested(project) == ["cart.py:8: unused", "cart.py:20: Cart.add"]
    project.pytest().ok()
    assert untested(project) == []
