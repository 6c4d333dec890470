# SPDX-License-Identifier: MIT
"""Tests that `python -m unittest` runs: each is a unit, asked for by its
dotted name."""

import re
import shutil
import time

import pytest

from helpers import Project

RAN = re.compile(r"^\w+ \((\S+)\) \.\.\.", re.M)
OPTIONS = ("-m", "unittest")

FILES = {
    ".gitignore": "__pycache__/\n",
    "shop/__init__.py": "",
    "shop/price.py": """\
        LIMIT = 3

        def net(amount):
            return amount

        def gross(amount):
            return amount * 2
        """,
    "tests/__init__.py": "",
    "tests/test_price.py": """\
        import unittest
        from shop import price

        class PriceTest(unittest.TestCase):
            def test_net(self):
                self.assertEqual(price.net(1), 1)

            def test_gross(self):
                for amount in range(3):
                    with self.subTest(amount=amount):
                        self.assertEqual(price.gross(amount), amount * 2)

            @unittest.skip("not yet")
            def test_later(self):
                pass

            @unittest.expectedFailure
            def test_wrong(self):
                self.fail()

        class Later(unittest.IsolatedAsyncioTestCase):
            async def test_gross(self):
                self.assertEqual(price.gross(2), 4)
        """,
    "tests/base.py": """\
        import unittest
        from shop import price

        class Base(unittest.TestCase):
            def test_limit(self):
                self.assertEqual(price.LIMIT, 3)
        """,
    "tests/deep/__init__.py": "",
    "tests/deep/test_files.py": """\
        import unittest
        from tests.base import Base  # noqa: F401

        def read(name):
            with open(name) as file:
                return file.read()

        def setUpModule():
            read("module.txt")

        class Files(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                read("class.txt")

            @classmethod
            def tearDownClass(cls):
                read("end.txt")

            def test_own(self):
                self.assertTrue(read("own.txt"))

            def test_class(self):
                pass

        class Other(unittest.TestCase):
            def test_other(self):
                pass
        """,
    "tests/deep/test_documents.py": """\
        import doctest
        import unittest

        def twice(text):
            '''
            >>> twice("a")
            'aa'
            '''
            return text * 2

        class Cases(unittest.TestCase):
            def __init__(self, name, path=""):
                super().__init__("test_case")
                self.path = path

            def id(self):
                return self.path

            def test_case(self):
                with open(self.path) as file:
                    self.assertTrue(file.read())

        def load_tests(loader, tests, pattern):
            found = unittest.TestSuite()
            found.addTests(Cases("", name) for name in ("a.case", "b.case"))
            found.addTests(doctest.DocTestSuite(__name__))
            return found
        """,
    **{name: "text\n" for name in (
        "module.txt", "class.txt", "own.txt", "end.txt", "a.case", "b.case")},
}

PRICE, DEEP = "tests/test_price.py::", "tests/deep/test_files.py::"
DOCUMENTS = "tests/deep/test_documents.py::"
UNITS = {
    PRICE + "PriceTest::test_net": "passed",
    PRICE + "PriceTest::test_gross": "passed",
    PRICE + "PriceTest::test_later": "skipped",
    PRICE + "PriceTest::test_wrong": "xfailed",
    PRICE + "Later::test_gross": "passed",
    DEEP + "Base::test_limit": "passed",
    DEEP + "Files::test_own": "passed",
    DEEP + "Files::test_class": "passed",
    DEEP + "Other::test_other": "passed",
    DOCUMENTS + "Cases::test_case[a.case]": "passed",
    DOCUMENTS + "Cases::test_case[b.case]": "passed",
    DOCUMENTS + "tests.deep.test_documents.twice[DocTestCase]": "passed",
}


def same(result):
    return result.code, re.sub(r"in \d+\.\d+s", "", re.sub(
        r"^ftrace: .*\n", "", result.err, flags=re.M)), result.out


def ran(result):
    return sorted(RAN.findall(result.err))


def warm(project, *options, code=0):
    result = project.ftrace("test", "--", project.python, *OPTIONS, "-v",
                            *options)
    assert result.code == code, result
    return ran(result)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    made = Project(tmp_path_factory.mktemp("unittest") / "project")
    for name, text in FILES.items():
        made.write(name, text)
    made.untraced = made.sh(made.python, *OPTIONS, "-v")
    made.traced = made.run(made.python, *OPTIONS, "-v")
    return made


@pytest.fixture
def suite(recorded, tmp_path):
    root = tmp_path / "project"
    shutil.copytree(recorded.root, root, symlinks=True)
    # Copies are read once, and again if the clock cannot tell their age.
    time.sleep(0.1)
    copy = Project(root)
    assert copy.affected() == []
    return copy


def test_units_and_what_the_user_sees(recorded):
    assert same(recorded.traced) == same(recorded.untraced)
    assert recorded.units() == UNITS


@pytest.mark.parametrize("name, old, new, selected", [
    ("shop/price.py", "amount * 2", "amount + amount",
     {PRICE + "PriceTest::test_gross", PRICE + "Later::test_gross"}),
    ("shop/price.py", "LIMIT = 3", "LIMIT = 4", {DEEP + "Base::test_limit"}),
    ("tests/test_price.py", "price.net(1), 1", "price.net(1), 2",
     {PRICE + "PriceTest::test_net"}),
    ("tests/base.py", "price.LIMIT, 3", "price.LIMIT, 4",
     {DEEP + "Base::test_limit"}),
    ("own.txt", "text", "more", {DEEP + "Files::test_own"}),
    ("class.txt", "text", "more",
     {DEEP + "Files::test_own", DEEP + "Files::test_class"}),
    ("end.txt", "text", "more",
     {DEEP + "Files::test_own", DEEP + "Files::test_class"}),
    ("module.txt", "text", "more",
     {DEEP + "Files::test_own", DEEP + "Files::test_class",
      DEEP + "Other::test_other"}),
    ("a.case", "text", "more", {DOCUMENTS + "Cases::test_case[a.case]"}),
])
def test_what_an_edit_selects(recorded, name, old, new, selected):
    with recorded.edited(name, old, new):
        assert set(recorded.affected_units()) == selected


def test_what_is_printed_is_taken_back(suite):
    suite.edit("own.txt", "text", "more")
    suite.edit("shop/price.py", "amount * 2", "amount + amount")
    names = suite.affected()
    assert names == ["tests.deep.test_files.Files.test_own",
                     "tests.test_price.Later.test_gross",
                     "tests.test_price.PriceTest.test_gross"]
    again = suite.run(suite.python, *OPTIONS, "-v", *names).ok()
    assert ran(again) == names
    assert suite.affected() == []
    assert suite.units() == UNITS
    own = suite.ftrace("why", "tests.deep.test_files.Files.test_own").ok()
    assert own.out.startswith(DEEP + "Files::test_own\nhit")
    # Seen from where the tests are, that is where they run.
    suite.edit("own.txt", "more", "less")
    assert suite.affected(cwd=suite.root / "tests") == [
        "deep.test_files.Files.test_own"]
    # What is found with its module alone is asked for so.
    suite.edit("a.case")
    assert suite.affected() == ["tests.deep.test_documents",
                                "tests.deep.test_files.Files.test_own"]


def test_what_is_affected_runs(suite):
    assert warm(suite) == []
    suite.edit("a.case")
    suite.edit("tests/base.py", "price.LIMIT, 3", "price.LIMIT + 0, 3")
    assert warm(suite) == ["tests.base.Base.test_limit",
                           "tests.deep.test_documents.Cases.test_case"]
    assert suite.units() == UNITS
    # These ask for the same, the first of it all.
    suite.edit("own.txt", "text", "more")
    assert warm(suite, "-bf", "--locals") == [
        "tests.deep.test_files.Files.test_own"]
    assert suite.ftrace("test").ok().err.count("nothing affected")


def test_files_whose_tests_another_one_loads(suite):
    suite.write("tests/checks.py", FILES["tests/deep/test_files.py"])
    suite.write("tests/test_all.py", """\
        import unittest
        from tests import checks

        def load_tests(loader, tests, pattern):
            return loader.loadTestsFromModule(checks)
        """)
    suite.run(suite.python, *OPTIONS).ok()
    suite.edit("own.txt", "text", "more")
    names = ["tests.checks.Files.test_own",
             "tests.deep.test_files.Files.test_own"]
    assert suite.affected() == names
    assert warm(suite) == sorted(names)
    assert suite.affected() == []


def test_new_and_gone(suite):
    suite.write("tests/deep/test_new.py", """\
        import unittest

        class New(unittest.TestCase):
            def test_new(self):
                pass
        """)
    suite.write("tests/notes.py", "")
    suite.edit("tests/test_price.py", "def test_net", "def test_next")
    assert suite.affected() == ["tests.test_price.PriceTest",
                                "tests/deep/test_new.py"]
    assert "tests.deep.test_new.New.test_new" in warm(suite)
    assert suite.affected() == []
    assert PRICE + "PriceTest::test_net" not in suite.units()
    (suite.root / "tests/deep/test_new.py").unlink()
    # Whatever it is called, its base tells that it has tests.
    suite.edit("tests/test_price.py", "class Later(", """\
class Added(unittest.TestCase):
    def test_added(self):
        pass

class Later(""")
    assert "tests.test_price.Added" in suite.affected()
    assert "tests.test_price.Added.test_added" in warm(suite)
    suite.run(suite.python, *OPTIONS).ok()
    assert suite.affected() == []
    assert not any("New" in unit for unit in suite.units())
    # A folder is looked into once it is a package.
    suite.write("tests/more/test_more.py", """\
        import unittest

        class More(unittest.TestCase):
            def test_more(self):
                pass
        """)
    suite.write("tests/more/__init__.py")
    assert warm(suite) == ["tests.more.test_more.More.test_more"]
    assert suite.affected() == []


def test_a_part_makes_nothing_unknown_or_gone(suite):
    before = suite.units()
    for part in (("tests.test_price.PriceTest.test_net",),
                 ("tests/test_price.py",), ("-k", "test_net"),
                 ("discover", "-s", "tests/deep", "-t", ".")):
        suite.run(suite.python, *OPTIONS, *part).ok()
        assert suite.units() == before
        assert suite.affected() == []
    suite.write("tests/test_new.py", FILES["tests/test_price.py"])
    suite.run(suite.python, *OPTIONS, "tests.test_price").ok()
    assert suite.affected() == ["tests/test_new.py"]


def test_files_that_cannot_be_loaded(suite):
    suite.edit("tests/test_price.py", "from shop", "import nothing\nfrom shop")
    suite.write("tests/test_skips.py", """\
        import unittest
        raise unittest.SkipTest("here")
        """)
    result = suite.run(suite.python, *OPTIONS)
    assert same(result) == same(suite.sh(suite.python, *OPTIONS))
    assert result.code == 1
    units = suite.units()
    assert units["tests/test_price.py"] == "error"
    assert units["tests/test_skips.py"] == "skipped"
    assert "tests/test_price.py" in suite.affected()
    suite.edit("tests/test_price.py", "import nothing\n", "")
    assert "tests.test_price.PriceTest.test_net" in warm(suite)
    assert suite.units() == {**UNITS, "tests/test_skips.py": "skipped"}
    assert suite.affected() == []
    # A name that is wrong is no test.
    suite.run(suite.python, *OPTIONS, "tests.test_price.Nobody", "nowhere")
    assert suite.units() == {**UNITS, "tests/test_skips.py": "skipped"}


FAILING = """\
    import unittest

    class Up(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            raise ValueError

        def test_up(self):
            pass

    class Left(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            cls.skipTest(cls, "not here")

        def test_left(self):
            pass

    class Down(unittest.TestCase):
        @classmethod
        def tearDownClass(cls):
            raise ValueError

        def test_down(self):
            pass

    class Each(unittest.TestCase):
        def setUp(self):
            if "setup" in self.id():
                raise ValueError

        def test_setup(self):
            pass

        def test_raises(self):
            raise ValueError

        def test_fails(self):
            self.fail()

        def test_sub(self):
            with self.subTest(one=1):
                self.fail()

        def test_cleanup(self):
            self.addCleanup(lambda: 1 / 0)

        @unittest.expectedFailure
        def test_unexpected(self):
            pass
    """


def test_outcomes(suite):
    suite.write("tests/test_zzz.py", FAILING)
    result = suite.run(suite.python, *OPTIONS)
    assert same(result) == same(suite.sh(suite.python, *OPTIONS))
    assert result.code == 1
    new = {unit.rpartition("_")[2]: outcome
           for unit, outcome in suite.units().items() if "zzz" in unit}
    assert new == {
        "up": "error", "left": "skipped", "down": "error", "setup": "error",
        "raises": "failed", "fails": "failed", "sub": "failed",
        "cleanup": "error", "unexpected": "failed"}
    assert len(suite.affected()) == 8
    # At the first failure it gives up: the others are still to run.
    assert len(warm(suite, "-f", code=1)) < 8
    assert len(suite.affected()) == 8


def test_discovery_from_another_folder(suite):
    """Its modules are called as they are seen from there."""
    shutil.rmtree(suite.root / ".ftrace")
    shutil.rmtree(suite.root / "tests/deep")
    suite.write("checks/check_a.py", """\
        import unittest
        import beside

        class A(unittest.TestCase):
            def test_a(self):
                self.assertEqual(beside.one(), 1)
        """)
    suite.write("checks/beside.py", "def one():\n    return 1\n")
    command = ("discover", "-s", "checks", "-p", "check*.py")
    suite.run(suite.python, *OPTIONS, *command).ok()
    assert suite.units() == {"checks/check_a.py::A::test_a": "passed"}
    suite.edit("checks/beside.py", "return 1", "return int(1)")
    assert suite.affected(cwd=suite.root / "checks") == ["check_a.A.test_a"]
    result = suite.ftrace("test", "--", suite.python, *OPTIONS, *command,
                          "-v").ok()
    assert ran(result) == ["check_a.A.test_a"]
    assert suite.affected() == []


def test_behind_another_command(suite):
    """make starts it; its tests are units all the same."""
    shutil.rmtree(suite.root / ".ftrace")
    suite.write("run", "#!/bin/sh\nexec %s -m unittest \"$@\"\n"
                % suite.python).chmod(0o755)
    suite.run("sh", "-c", "./run -v").ok()
    assert suite.units().items() >= UNITS.items()
    suite.edit("own.txt", "text", "more")
    result = suite.ftrace("test", "--", "sh", "-c", "./run -v").ok()
    assert ran(result) == ["tests.deep.test_files.Files.test_own"]


def test_programs_inside_tests(suite):
    """They are a test's own doing, and nothing ends with them."""
    suite.write("tests/test_inside.py", """\
        import subprocess
        import sys
        import unittest

        class Inside(unittest.TestCase):
            def test_a_program(self):
                done = unittest.main(None, exit=False, argv=[
                    "", "tests.test_price.PriceTest.test_net"])
                self.assertTrue(done.result.wasSuccessful())

            def test_b_process(self):
                subprocess.run(
                    [sys.executable, "-m", "unittest", "-q",
                     "tests.test_price"], check=True)

            def test_c_case(self):
                class Case(unittest.TestCase):
                    @classmethod
                    def setUpClass(cls):
                        open("inside.txt").close()

                    def test_case(self):
                        pass

                result = unittest.TestResult()
                unittest.defaultTestLoader.loadTestsFromTestCase(
                    Case).run(result)
                self.assertTrue(result.wasSuccessful())
        """)
    suite.write("inside.txt")
    result = suite.run(suite.python, *OPTIONS).ok()
    assert same(result) == same(suite.sh(suite.python, *OPTIONS))
    inside = "tests/test_inside.py::Inside::"
    assert suite.units() == {**UNITS, **{
        inside + name: "passed"
        for name in ("test_a_program", "test_b_process", "test_c_case")}}
    with suite.edited("inside.txt"):
        assert suite.affected_units() == [inside + "test_c_case"]
    with suite.edited("shop/price.py", "return amount\n", "return 0\n"):
        assert suite.affected_units() == [
            inside + "test_a_program", inside + "test_b_process",
            PRICE + "PriceTest::test_net"]


def test_audit(suite):
    """A unit runs by its dotted name, which looks for its package otherwise
    than discovery does."""
    result = suite.ftrace("audit", "-n", "1", "--seed", "405709", "--",
                          suite.python, *OPTIONS)
    assert "audited 1 unit of 12" in result.err
    assert "problem" not in result.err
