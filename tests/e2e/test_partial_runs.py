# SPDX-License-Identifier: MIT
"""Runs of a part of the suite, between an edit and the run that matters."""

import sys

import pytest

RUN = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
NEW = "test_new.py::test_new"


@pytest.fixture
def suite(project):
    project.files(test_a="def test_one():\n    assert 0\n",
                  test_b="def test_two():\n    pass\n")
    project.ftrace("test", "--", *RUN)
    return project


def fails_now(project, name):
    """Whether the whole command finds that the new test fails."""
    result = project.ftrace("test", "--", *RUN, "-rf")
    assert result.code == 1, result
    return "FAILED " + name in result.out


@pytest.fixture
def whole(suite):
    """The command that finds all, known to the map."""
    suite.ftrace("test", "--", *RUN, "-rf")
    return suite


@pytest.mark.parametrize("arguments", [
    ("test_new.py", "test_a.py::no_such"),
    (".", "test_a.py::no_such"),
], ids=["file", "folder"])
def test_a_name_that_is_wrong_hides_no_new_file(whole, arguments):
    whole.files(test_new="def test_new():\n    assert 0\n")
    assert whole.run(*RUN, *arguments).code == 4
    assert "test_new.py" in whole.affected()
    assert fails_now(whole, NEW)


def test_last_failed_hides_no_new_file(whole):
    cached = [each for each in RUN if each not in ("-p", "no:cacheprovider")]
    whole.run(*cached)
    whole.files(test_new="def test_new():\n    assert 0\n")
    assert whole.run(*cached, "--lf").code == 1
    assert "test_new.py" in whole.affected()
    assert fails_now(whole, NEW)


@pytest.mark.parametrize("option", [
    ("-k", "one"), ("-m", "slow"), ("--deselect", NEW)], ids=" ".join)
def test_what_is_left_out_of_a_new_file_is_run_by_others(whole, option):
    whole.files(test_new="def test_new():\n    assert 0\n")
    whole.run(*RUN, *option)
    assert fails_now(whole, NEW)


def test_what_is_always_left_out_costs_nothing(whole):
    whole.edit("test_a.py", "assert 0", "assert 1")
    whole.ftrace("test", "--", *RUN, "-rf").ok()
    whole.run(*RUN, "-k", "one").ok()
    result = whole.ftrace("test", "--", *RUN, "-rf").ok()
    assert "nothing affected" in result.err


@pytest.fixture
def marked(project):
    """A suite whose settings leave a test out."""
    project.write("pytest.ini", "[pytest]\naddopts = -m 'not slow'\n"
                  "markers = slow\n")
    project.files(
        lib="def one():\n    return 1\ndef two():\n    return 2\n",
        test_a="""\
            import pytest
            from lib import one, two
            def test_one():
                assert one()
            class TestIn:
                def test_two(self):
                    assert two()
                @pytest.mark.slow
                def test_in(self):
                    assert two()
            @pytest.mark.slow
            def test_slow():
                assert two()
            """)
    project.env["PYTHONPATH"] = "."
    project.ftrace("test", "--", *RUN).ok()
    return project


def test_what_settings_leave_out_is_no_news_beside_others(marked):
    for unit, value in (("test_a.py::test_one", "1"),
                        ("test_a.py::TestIn::test_two", "2")):
        marked.edit("lib.py", "return " + value, "return int(%s)" % value)
        assert marked.affected() == [unit]
        if value == "1":
            marked.run(*RUN, unit).ok()
        else:
            marked.ftrace("test", "--", *RUN).ok()
        assert marked.affected() == []
    result = marked.ftrace("test", "--", *RUN).ok()
    assert "nothing affected: 2 tests" in result.err


def test_what_is_left_out_no_more_is_run(marked):
    marked.edit("test_a.py", "@pytest.mark.slow\ndef", "def")
    result = marked.ftrace("test", "--", *RUN).ok()
    assert "1 passed" in result.out
    assert marked.units()["test_a.py::test_slow"] == "passed"


def test_what_was_written_beside_others_is_news(marked):
    marked.edit("test_a.py", "@pytest.mark.slow\ndef test_slow",
                "def test_new():\n    assert 0\n"
                "@pytest.mark.slow\ndef test_slow")
    marked.run(*RUN, "test_a.py::test_one").ok()
    assert "test_a.py::test_new" in marked.affected()
    assert "1 failed" in marked.ftrace("test", "--", *RUN).out


@pytest.mark.parametrize("verb", ["run", "test"])
def test_what_is_found_from_now_on_is_run_by_others(whole, verb):
    whole.write("conftest.py", "collect_ignore = ['test_new.py']\n")
    whole.files(test_new="def test_new():\n    assert 0\n")
    assert not fails_now(whole, NEW)
    whole.write("conftest.py", "collect_ignore = []\n")
    # All that is known, so that nothing is as it was before the edit.
    whole.ftrace(verb, "--", *RUN, "test_a.py", "test_b.py")
    assert fails_now(whole, NEW)


def test_a_class_that_is_gone_is_no_reason_to_run_all(suite):
    suite.write("conftest.py", "import pytest\n")
    suite.write("sub/test_c.py", """\
        class TestOne:
            def test_in(self):
                pass
        """)
    suite.ftrace("test", "--", *RUN)
    suite.edit("sub/test_c.py", "TestOne", "TestTwo")
    suite.ftrace("test", "--", *RUN)
    suite.edit("conftest.py")
    assert "all are run" in suite.ftrace("test", "--", *RUN).err
    assert "1 of 3 tests affected" in suite.ftrace("test", "--", *RUN).err


def test_a_class_that_cannot_be_collected_is_selected_until_it_can(suite):
    suite.write("test_c.py", """\
        class TestOne:
            def __eq__(self, other):
                return self is other
            def test_in(self):
                pass
        class TestTwo:
            def test_in(self):
                pass
        """)
    assert suite.ftrace("test", "--", *RUN).code == 2
    assert suite.units()["test_c.py::TestOne"] == "error"
    assert "test_c.py::TestOne" in suite.affected()
    suite.edit("test_c.py", "__eq__", "__ne__")
    suite.ftrace("test", "--", *RUN)
    units = suite.units()
    assert "test_c.py::TestOne" not in units
    assert units["test_c.py::TestOne::test_in"] == "passed"


def test_tests_that_addopts_leaves_out_beside_new_ones(project):
    """They are no news, whoever edits the file that they are in."""
    project.write("pytest.ini", "[pytest]\naddopts = -m 'not slow'\n"
                  "markers = slow: takes its time\n")
    tests = ("import pytest\n\n@pytest.mark.slow\ndef test_slow():\n"
             "    assert 0\n\ndef test_one():\n    assert 1\n\n"
             "def test_two():\n    assert 2\n")
    project.write("test_a.py", tests)
    project.ftrace("test", "--", *RUN).ok()
    project.write("test_a.py", tests.replace("assert 1", "assert not []")
                  + "\ndef test_three():\n    assert 3\n")
    result = project.ftrace("test", "--", *RUN).ok()
    assert "2 passed" in result.out
    assert project.affected() == []
    assert set(project.units()) == {
        "test_a.py::test_one", "test_a.py::test_two", "test_a.py::test_three"}
