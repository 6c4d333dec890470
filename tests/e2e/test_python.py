# SPDX-License-Identifier: MIT
"""What a Python test can depend on, in projects made for the purpose."""

import sys
import time

import pytest


def _files(ids):
    return {each.partition("::")[0] for each in ids}


def _tests(*names, file="test_it.py"):
    return [file + "::" + name for name in names]


@pytest.mark.smoke
def test_module_first_imported_by_another_test(project):
    """A module is imported once, and still belongs to all who import it."""
    project.files(
        helper="VALUE = 1\n",
        other="VALUE = 2\n",
        test_a="import helper\ndef test_a():\n    assert helper.VALUE\n",
        test_b="""\
            import helper, other
            def test_b():
                assert helper.VALUE + other.VALUE == 3
            """,
        test_c="def test_c():\n    pass\n")
    project.pytest().ok()
    assert project.affected() == []
    with project.edited("helper.py"):
        assert project.affected_units() == [
            "test_a.py::test_a", "test_b.py::test_b"]
    with project.edited("other.py"):
        assert project.affected_units() == ["test_b.py::test_b"]
    with project.edited("test_c.py"):
        assert project.affected() == ["test_c.py"]
        assert project.affected_units() == ["test_c.py::test_c"]
    assert project.affected() == []


def test_import_closure(project):
    """Through modules that were imported long before."""
    project.files(
        low="VALUE = 1\n",
        middle="import low\ndef value():\n    return low.VALUE\n",
        high="import middle\ndef value():\n    return middle.value()\n",
        test_a="import low\ndef test_a():\n    assert low.VALUE == 1\n",
        test_b="import middle\ndef test_b():\n    assert middle.value()\n",
        test_c="import high\ndef test_c():\n    assert high.value() == 1\n")
    project.pytest().ok()
    expected = {"low.py": "abc", "middle.py": "bc", "high.py": "c"}
    for name, tests in expected.items():
        with project.edited(name):
            assert project.affected_units() == [
                "test_%s.py::test_%s" % (each, each) for each in tests]


def test_session_fixture_belongs_to_every_user(project):
    project.write("session.txt", "3")
    project.write("class.txt", "4")
    project.files(
        conftest="""\
            import pytest
            @pytest.fixture(scope="session")
            def number():
                return int(open("session.txt").read())
            """,
        test_it="""\
            import pytest
            @pytest.fixture(scope="module")
            def doubled(number):
                return number * 2
            @pytest.fixture(scope="class")
            def of_class():
                return int(open("class.txt").read())
            def test_first(number):
                assert number == 3
            def test_second(doubled):
                assert doubled == 6
            def test_neither():
                pass
            class TestClass:
                def test_uses(self, of_class):
                    assert of_class == 4
                def test_uses_too(self, of_class):
                    assert of_class == 4
                def test_does_not(self):
                    pass
            """,
        test_late="def test_late(number):\n    assert number == 3\n")
    project.pytest().ok()
    with project.edited("session.txt", "3", "33"):
        assert project.affected_units() == [
            "test_it.py::test_first", "test_it.py::test_second",
            "test_late.py::test_late"]
    with project.edited("class.txt", "4", "44"):
        assert project.affected_units() == _tests(
            "TestClass::test_uses", "TestClass::test_uses_too")
    assert project.affected() == []


@pytest.mark.parametrize("how", [
    "subprocess.run(['cat', name], check=True)",
    "assert os.system('cat ' + name + ' >/dev/null') == 0",
    "subprocess.run([sys.executable, '-c', 'open(%r).read()' % name], "
    "check=True)",
    "subprocess.run('cat ' + name, shell=True, check=True, env={})",
    "subprocess.run(['sh', '-c', 'sh -c \"cat $1\" x $1', 'x', name], "
    "check=True, env={'PATH': os.environ['PATH']})",
    "os.popen('cat ' + name).read()",
    "multi(name, 'fork')",
    "multi(name, 'spawn')",
    "pool(name)",
    "thread(name)",
], ids=["run", "system", "python", "no-env", "grandchild", "popen", "fork",
        "spawn", "pool", "thread"])
def test_processes_and_threads_belong_to_the_test(project, how):
    project.write("mine.txt", "1")
    project.write("theirs.txt", "1")
    project.files(
        helper="""\
            import concurrent.futures, multiprocessing, threading
            def read(name):
                with open(name) as file:
                    return file.read()
            def multi(name, method):
                context = multiprocessing.get_context(method)
                child = context.Process(target=read, args=(name,))
                child.start()
                child.join()
                assert child.exitcode == 0
            def pool(name):
                fork = multiprocessing.get_context("fork")
                with concurrent.futures.ProcessPoolExecutor(
                        1, mp_context=fork) as executor:
                    assert executor.submit(read, name).result()
            def thread(name):
                child = threading.Thread(target=read, args=(name,))
                child.start()
                child.join()
            """,
        test_it="""\
            import os, subprocess, sys
            from helper import multi, pool, thread
            def work(name):
                %s
            def test_mine():
                work("mine.txt")
            def test_theirs():
                work("theirs.txt")
            def test_none():
                pass
            """ % how)
    project.pytest().ok()
    assert project.affected() == []
    with project.edited("mine.txt"):
        assert project.affected_units() == _tests("test_mine")
    with project.edited("theirs.txt"):
        assert "test_it.py::test_theirs" in project.affected_units()
        assert project.affected_units() == _tests("test_theirs")


def test_a_fork_server_is_confessed(project):
    """The one that the first test starts reads for the later ones, too."""
    project.files(
        helper="""\
            import multiprocessing
            def read(name):
                with open(name) as file:
                    return file.read()
            def multi(name):
                context = multiprocessing.get_context("forkserver")
                child = context.Process(target=read, args=(name,))
                child.start()
                child.join()
                assert child.exitcode == 0
            """,
        test_it="""\
            from helper import multi
            def test_mine():
                multi("mine.txt")
            def test_theirs():
                multi("theirs.txt")
            def test_none():
                pass
            """)
    project.write("mine.txt", "1")
    project.write("theirs.txt", "1")
    project.pytest().ok()
    both = _tests("test_mine", "test_theirs")
    assert project.affected_units() == both
    with project.edited("theirs.txt"):
        assert project.affected_units() == both


def test_what_hooks_of_collection_look_at(project):
    """A conftest may leave tests out because of a file beside them."""
    project.write("conftest.py", """\
        import os, pytest
        def pytest_collection_modifyitems(items):
            if os.path.exists("leave-out"):
                for item in items:
                    item.add_marker(pytest.mark.skip)
        """)
    project.write("leave-out", "")
    project.files(test_it="def test_it():\n    assert False\n")
    project.pytest().ok()
    assert project.affected() == []
    (project.root / "leave-out").unlink()
    assert project.affected() != []


def test_imports_inside_functions(project):
    """Also where somebody else has imported it before."""
    project.files(
        lazy="VALUE = 1\n",
        named="VALUE = 1\n",
        plugin="VALUE = 1\n",
        user="def value():\n    import lazy\n    return lazy.VALUE\n",
        test_a="def test_a():\n    import lazy\n    assert lazy.VALUE\n",
        test_b="""\
            import importlib
            import user
            def test_lazy():
                assert user.value()
            def test_by_name():
                assert importlib.import_module("named").VALUE
            def test_by_name_again():
                assert importlib.import_module("named").VALUE
            """,
        test_c="""\
            def test_by_dunder():
                assert __import__("plugin").VALUE
            """,
        test_d="def test_none():\n    pass\n")
    project.pytest().ok()
    # What a function imports counts for its module: the others of its file
    # may be selected too, those of other files may not.
    with project.edited("lazy.py"):
        units = project.affected_units()
        assert {"test_a.py::test_a", "test_b.py::test_lazy"} <= set(units)
        assert _files(units) == {"test_a.py", "test_b.py"}
    with project.edited("named.py"):
        units = project.affected_units()
        assert set(_tests("test_by_name", "test_by_name_again",
                          file="test_b.py")) <= set(units)
        assert _files(units) == {"test_b.py"}
    with project.edited("plugin.py"):
        assert project.affected_units() == ["test_c.py::test_by_dunder"]


def test_packages(project):
    """Importing a submodule runs its packages' __init__."""
    project.write("package/__init__.py", "NAME = 'package'\n")
    project.write("package/inner/__init__.py")
    project.files(
        package__one="VALUE = 1\n",
        package__two="from . import one\nVALUE = one.VALUE + 1\n",
        package__inner__three="from ..two import VALUE\n",
        test_one="from package.one import VALUE\n"
                 "def test_one():\n    assert VALUE == 1\n",
        test_three="from package.inner.three import VALUE\n"
                   "def test_three():\n    assert VALUE == 2\n",
        test_none="def test_none():\n    pass\n")
    project.pytest().ok()
    one, three = "test_one.py::test_one", "test_three.py::test_three"
    for name, expected in (
            ("package/__init__.py", [one, three]),
            ("package/one.py", [one, three]),
            ("package/two.py", [three]),
            ("package/inner/__init__.py", [three]),
            ("package/inner/three.py", [three])):
        with project.edited(name):
            assert project.affected_units() == expected, name


def test_shadowed_module(project):
    """A file that comes first on the path hides the one that was read."""
    project.files(
        lib__tool="VALUE = 1\n",
        conftest="import sys\n"
                 "sys.path[:0] = ['early', 'lib']\n",
        test_tool="import tool\ndef test_tool():\n    assert tool.VALUE\n",
        test_none="def test_none():\n    pass\n")
    (project.root / "early").mkdir()
    project.pytest().ok()
    project.write("early/tool.py", "VALUE = 0\n")
    assert project.affected_units() == ["test_tool.py::test_tool"]
    (project.root / "early/tool.py").unlink()
    assert project.affected() == []
    project.write("early/tool/__init__.py", "VALUE = 0\n")
    assert project.affected_units() == ["test_tool.py::test_tool"]


def test_conftest_in_a_subfolder(project):
    project.write("sub/data.txt", "5")
    project.files(
        sub__conftest="""\
            import pytest
            with open("sub/data.txt") as file:
                NUMBER = int(file.read())
            @pytest.fixture
            def number():
                return NUMBER
            """,
        sub__test_sub="""\
            def test_number(number):
                assert number == 5
            def test_other():
                pass
            """,
        test_top="def test_top():\n    pass\n")
    project.pytest().ok()
    both = _tests("test_number", "test_other", file="sub/test_sub.py")
    with project.edited("sub/conftest.py"):
        assert project.affected_units() == both
    # Read when the conftest was imported, which both tests depend on.
    with project.edited("sub/data.txt", "5", "55"):
        assert project.affected_units() == both
    assert project.affected() == []


def test_absent_and_listed(project):
    (project.root / "parts").mkdir()
    project.write("parts/one")
    project.write("test_it.py", """\
        import os, pathlib
        def test_looks():
            assert not os.path.exists("wanted.txt")
        def test_tries():
            try:
                open("settings/local.ini")
            except FileNotFoundError:
                pass
        def test_lists():
            assert os.listdir("parts")
        def test_globs():
            assert list(pathlib.Path("parts").glob("*"))
        def test_none():
            pass
        """)
    project.pytest().ok()
    project.write("wanted.txt")
    assert project.affected_units() == _tests("test_looks")
    (project.root / "wanted.txt").unlink()
    project.write("settings/local.ini")
    assert project.affected_units() == _tests("test_tries")
    (project.root / "settings/local.ini").unlink()
    (project.root / "settings").rmdir()
    project.write("parts/two")
    assert project.affected_units() == _tests("test_globs", "test_lists")
    (project.root / "parts/two").unlink()
    assert project.affected() == []


def test_deleted_data(project):
    project.write("data.txt", "1")
    project.write("test_it.py", """\
        def test_reads():
            assert open("data.txt").read()
        def test_none():
            pass
        """)
    project.pytest().ok()
    (project.root / "data.txt").unlink()
    assert project.affected_units() == _tests("test_reads")
    reason = project.reasons()["test_it.py::test_reads"][0]
    assert (reason["path"], reason["what"]) == ("data.txt", "removed")
    project.write("data.txt", "1")
    assert project.affected() == []


def test_touch_is_hashed_once(project):
    project.write("data.txt", "1")
    project.write("test_it.py", """\
        def test_reads():
            assert open("data.txt").read()
        """)
    project.pytest().ok()
    project.json("changed")
    (project.root / "data.txt").touch()
    # Younger than the clock can tell, it would have to be read again.
    time.sleep(0.1)
    assert project.json("changed")["hashed"] == 1
    assert project.json("changed")["hashed"] == 0
    assert project.affected() == []


def test_same_size_within_the_clock_tick(project):
    """An edit right after the run that leaves the size as it was."""
    project.write("data.txt", "1")
    project.write("test_it.py", """\
        def test_reads():
            assert open("data.txt").read() == "1"
        """)
    for digit in "23456":
        project.write("data.txt", "1")
        project.pytest().ok()
        project.write("data.txt", digit)
        assert project.affected_units() == _tests("test_reads")


def test_file_written_while_recording(project):
    """What a test wrote itself before it read it is not an input."""
    project.write("test_it.py", """\
        def test_writes(tmp_path):
            path = tmp_path / "out.txt"
            path.write_text("x")
            assert path.read_text() == "x"
        def test_writes_here():
            with open("out.txt", "w") as file:
                file.write("x")
            assert open("out.txt").read() == "x"
        """)
    project.pytest().ok()
    assert project.affected() == []
    project.pytest().ok()
    assert project.affected() == []


def test_output_of_another_test(project):
    """A test that reads what another one wrote inherits what that read."""
    project.write("input.txt", "1")
    project.write("test_it.py", """\
        def test_1_writes():
            with open("made.txt", "w") as file:
                file.write(open("input.txt").read())
        def test_2_reads():
            assert open("made.txt").read()
        def test_3_none():
            pass
        """)
    project.pytest().ok()
    with project.edited("input.txt"):
        assert project.affected_units() == _tests(
            "test_1_writes", "test_2_reads")


def test_symbolic_links(project):
    project.write("real/data.txt", "1")
    (project.root / "link").symlink_to("real")
    # Of the root pytest itself looks at each entry.
    project.write("tests/test_it.py", """\
        def test_through():
            assert open("link/data.txt").read()
        def test_none():
            pass
        """)
    through = ["tests/test_it.py::test_through"]
    project.pytest("tests").ok()
    with project.edited("real/data.txt"):
        assert project.affected_units() == through
    project.write("fake/data.txt", "2")
    (project.root / "link").unlink()
    (project.root / "link").symlink_to("fake")
    assert project.affected_units() == through


def _own(inputs):
    """Without what pytest looked at to find the tests it was told to run."""
    return {each for each in inputs
            if each[1] == "read" and not each[0].startswith("/")}


def test_a_run_of_some_leaves_the_others(project):
    """Also their staleness: what was not run is as stale as before."""
    project.write("data.txt", "1")
    project.write("other.txt", "1")
    project.write("test_it.py", "".join("""\
def test_%s():
    assert open("%s").read()
""" % pair for pair in (("a", "data.txt"), ("b", "data.txt"),
                        ("c", "other.txt"), ("d", "data.txt"))))
    project.pytest().ok()
    before = {name: project.inputs("test_it.py::test_" + name)
              for name in "bd"}
    project.edit("data.txt")
    project.pytest("test_it.py::test_a", "test_it.py::test_c").ok()
    assert project.affected_units() == _tests("test_b", "test_d")
    assert len(project.units()) == 4
    for name in "bd":
        assert _own(project.inputs("test_it.py::test_" + name)) == _own(
            before[name])
    # Back to what b and d saw, and a before.
    project.write("data.txt", "1")
    assert project.affected_units() == []
    project.pytest("test_it.py").ok()
    assert project.affected() == []


def test_unittest_and_doctest(project):
    for name in ("one", "two", "class", "doc"):
        project.write(name + ".txt", "1")
    project.write("test_it.py", """\
        import unittest
        class TestCase(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.text = open("class.txt").read()
            def test_one(self):
                self.assertTrue(open("one.txt").read())
            def test_two(self):
                with self.subTest("x"):
                    self.assertTrue(open("two.txt").read())
        def test_none():
            pass
        """)
    project.write("documented.py", '''\
        def read():
            """
            >>> open("doc.txt").read()
            '1'
            """
        ''')
    project.pytest("--doctest-modules").ok()
    assert "documented.py::documented.read" in project.units()
    one, two, none = _tests("TestCase::test_one", "TestCase::test_two",
                            "test_none")
    for name, expected in (("one", [one]), ("two", [two]),
                           # The class keeps it, which all of the file have.
                           ("class", [one, two, none]),
                           ("doc", ["documented.py::documented.read"])):
        with project.edited(name + ".txt"):
            assert project.affected_units() == expected, name


def test_setup_functions(project):
    for name in ("module", "function", "method"):
        project.write(name + ".txt", "1")
    project.write("test_it.py", """\
        def setup_module():
            open("module.txt").close()
        def setup_function(function):
            open("function.txt").close()
        def test_function():
            pass
        class TestClass:
            def setup_method(self):
                open("method.txt").close()
            def test_method(self):
                pass
        """)
    project.write("test_other.py", "def test_other():\n    pass\n")
    project.pytest().ok()
    function, method = _tests("test_function", "TestClass::test_method")
    for name, expected in (("module", [method, function]),
                           ("function", [function]), ("method", [method])):
        with project.edited(name + ".txt"):
            assert project.affected_units() == expected, name


NAMES = ["a b", "[x]", "it's", 'say "x"', "new\nline", "\u00e4\u4e2d\U0001f600",
         "a::b", "-k", "$(x)", "back\\slash", "tab\t", "a/b", "%s", "*"]


def test_ids_of_any_kind(project):
    """An id comes out as pytest takes it, whatever is in it."""
    project.write("test_it.py", """\
        import pytest
        NAMES = %r
        @pytest.mark.parametrize("name", NAMES, ids=NAMES)
        def test_name(name):
            assert open("data%%d.txt" %% NAMES.index(name)).read()
        """ % NAMES)
    for i in range(len(NAMES)):
        project.write("data%d.txt" % i, "1")
    project.env["PYTHONUTF8"] = "1"
    project.write("pytest.ini", "[pytest]\n"
                  "disable_test_id_escaping_and_forfeit_all_rights_to_"
                  "community_support = true\n")
    project.pytest().ok()
    assert len(project.units()) == len(NAMES)
    seen = set()
    for i in range(len(NAMES)):
        with project.edited("data%d.txt" % i):
            units = project.affected_units()
            assert len(units) == 1, (NAMES[i], units)
            seen.add(units[0])
            text = project.ftrace("affected", "-0").ok().out
            chosen = project.sh(
                "xargs", "-0r", project.python, "-m", "pytest", "-q",
                stdin=text.encode("utf-8", "surrogateescape")).ok()
            assert "1 passed" in chosen.out, (NAMES[i], chosen)
            why = project.json("why", units[0])
            assert why["id"] == units[0]
    assert len(seen) == len(NAMES)


@pytest.mark.smoke
def test_failing_tests_are_selected_until_they_pass(project):
    project.write("data.txt", "bad")
    project.write("test_it.py", """\
        import pytest
        @pytest.fixture
        def broken():
            assert open("data.txt").read() != "bad"
        def test_fails():
            assert open("data.txt").read() == "good"
        def test_errors(broken):
            pass
        def test_passes():
            pass
        """)
    plain = project.plain()
    result = project.pytest()
    assert result.code == plain.code == 1
    assert project.units() == {
        "test_it.py::test_fails": "failed",
        "test_it.py::test_errors": "error",
        "test_it.py::test_passes": "passed"}
    assert project.affected_units() == _tests("test_errors", "test_fails")
    states = {unit["id"]: unit["state"]
              for unit in project.json("affected")["units"]}
    assert set(states.values()) == {"rerun"}
    project.write("data.txt", "good")
    assert project.affected_units() == _tests("test_errors", "test_fails")
    project.xargs().ok()
    assert project.affected() == []


@pytest.mark.parametrize("how", [
    "raise KeyboardInterrupt", "import os; os.kill(os.getpid(), 9)",
    "import os; os._exit(0)", "import pytest; pytest.exit('enough', 3)"])
def test_interrupted_tests(project, how):
    """What did not come to its end is selected; what passed is not."""
    project.write("test_it.py", """\
        def test_1():
            pass
        def test_2():
            %s
        def test_3():
            pass
        """ % how)
    plain = project.plain()
    traced = project.pytest()
    assert traced.code == plain.code
    assert {"test_it.py::test_2", "test_it.py::test_3"} <= set(
        project.affected_units()) | set(
        "test_it.py::test_%d" % i for i in (2, 3)
        if "test_it.py" in project.affected())
    project.edit("test_it.py", how, "pass")
    project.pytest().ok()
    assert project.affected() == []


def test_a_renamed_test_of_a_file_that_everything_reads(project):
    """Its file is collected anew, though the name that changed is gone."""
    project.files(test_a="def test_a():\n    pass\n",
                  test_b="def test_b():\n    pass\n")
    project.ftrace(
        "run", "--runner", "pytest", "--", "sh", "-c",
        "cat test_b.py; exec %s -m pytest -q" % sys.executable).ok()
    project.edit("test_b.py", "test_b", "test_other")
    assert project.affected() == ["test_a.py", "test_b.py"]


def test_without_narrowing(project):
    """Names are not told apart then; functions are, as ever."""
    project.files(
        shop="RATE = 1\nOTHER = 2\ndef rate():\n    return RATE\n"
             "def other():\n    return OTHER\n",
        test_it="""\
            import shop
            def test_rate():
                assert shop.rate()
            def test_other():
                assert shop.other()
            """)
    project.pytest().ok()
    off = {"FTRACE_NARROW": "off"}
    both = ["test_it.py::test_other", "test_it.py::test_rate"]
    with project.edited("shop.py", "RATE = 1", "RATE = 3"):
        assert project.affected("--tests") == both[1:]
        assert sorted(project.affected("--tests", env=off)) == both
        assert "FTRACE_NARROW is off" in project.ftrace(
            "why", both[0], env=off).out
    with project.edited("shop.py", "return RATE", "return 2 * RATE"):
        assert project.affected("--tests", env=off) == both[1:]
    assert project.affected("--tests", env=off) == []
