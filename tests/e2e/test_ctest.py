# SPDX-License-Identifier: MIT
"""ctest's tests as units: listed by ctest, told apart by their processes."""

import re

import pytest

LISTS = """\
    cmake_minimum_required(VERSION 3.21)
    project(sample NONE)
    enable_testing()
    function(reads name)
        add_test(NAME "${name}" COMMAND sh ${CMAKE_SOURCE_DIR}/read.sh ${ARGN}
                 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/data)
    endfunction()
    reads(one one.txt)
    reads(two two.txt)
    """
RAN = re.compile(r" Test +#\d+: (.*?) \.*(?:\*\*\*\w[\w ]*| +Passed)")


@pytest.fixture
def sample(project):
    """A function that makes a build of two tests and of more lines."""
    def make(more=""):
        project.write("CMakeLists.txt", LISTS + more)
        project.write("read.sh", 'for each; do cat "$each" || exit 1; done\n')
        for name in ("one", "two", "three", "four"):
            project.write("data/%s.txt" % name, name)
        configure(project)
        return project
    return make


def configure(project):
    project.sh("cmake", "-S", ".", "-B", "out", "--no-warn-unused-cli").ok()


def record(project, *more, cwd="out", code=0):
    result = project.run("ctest", *more, cwd=project.root / cwd)
    assert result.code == code, result
    return result


def chosen(project, *more, cwd="out", code=0, options=()):
    """What `ftrace test` lets run."""
    result = project.ftrace("test", *options, "--", "ctest", *more,
                            cwd=project.root / cwd)
    assert result.code == code, result
    return sorted(RAN.findall(result.out))


@pytest.mark.smoke
def test_units(sample):
    project = sample()
    record(project)
    assert project.units() == {"out::one": "passed", "out::two": "passed"}
    assert ("data/one.txt", "read") in project.inputs("out::one")
    assert ("data/two.txt", "read") not in project.inputs("out::one")
    assert project.affected() == []
    with project.edited("data/one.txt"):
        assert project.affected() == ["out::one"]
    with project.edited("read.sh"):
        assert project.affected() == ["out::one", "out::two"]


def test_what_is_affected_runs(sample):
    project = sample()
    record(project)
    assert chosen(project) == []
    project.edit("data/one.txt")
    assert chosen(project) == ["one"]
    assert chosen(project) == []
    # What did not run is known as before.
    project.edit("data/two.txt")
    assert chosen(project, "-j", "2", "--output-on-failure") == ["two"]
    # What ctest keeps of its runs is nobody's input.
    project.sh("ctest", cwd=project.root / "out").ok()
    assert chosen(project) == []


def test_from_elsewhere(sample):
    project = sample()
    record(project)
    project.edit("data/one.txt")
    assert chosen(project) == ["one"]
    # By other words it is another command, whose tests are the same ones.
    assert chosen(project, "--test-dir", "out", cwd=".") == ["one", "two"]
    project.edit("data/one.txt")
    assert chosen(project, "--test-dir", "out", cwd=".") == ["one"]
    assert project.affected() == []
    result = project.ftrace("test", "--", "env", "A=1", "ctest",
                            cwd=project.root / "out").ok()
    assert sorted(RAN.findall(result.out)) == ["one", "two"]


def test_how_they_ended(sample):
    project = sample("""\
        reads(skips skip.txt)
        reads(wrong missing.txt)
        reads(expected missing.txt)
        add_test(NAME absent COMMAND no-such-program)
        add_test(NAME off COMMAND false)
        set_tests_properties(skips PROPERTIES SKIP_RETURN_CODE 1)
        set_tests_properties(expected PROPERTIES WILL_FAIL TRUE)
        set_tests_properties(off PROPERTIES DISABLED TRUE)
        """)
    record(project, code=8)
    assert project.units() == {
        "out::one": "passed", "out::two": "passed", "out::skips": "skipped",
        "out::wrong": "failed", "out::expected": "passed",
        "out::absent": "failed", "out::off": "skipped"}
    # Until they pass.
    assert chosen(project, code=8) == ["absent", "wrong"]
    project.write("data/missing.txt")
    assert "expected" in chosen(project, code=8)
    assert project.units()["out::wrong"] == "passed"
    assert project.units()["out::expected"] == "failed"


def test_retries(sample):
    project = sample("""\
        add_test(NAME once COMMAND sh -c
                 "test -e ${CMAKE_BINARY_DIR}/was || \\
                 ! touch ${CMAKE_BINARY_DIR}/was")
        """)
    result = project.ftrace("test", "--retries", "2", "--", "ctest",
                            cwd=project.root / "out").ok()
    assert RAN.findall(result.out).count("once") == 2
    assert RAN.findall(result.out).count("one") == 1


def test_fixtures(sample):
    project = sample("""\
        reads(setup three.txt)
        reads(needs four.txt)
        set_tests_properties(setup PROPERTIES FIXTURES_SETUP F)
        set_tests_properties(needs PROPERTIES FIXTURES_REQUIRED F)
        """)
    record(project)
    with project.edited("data/four.txt"):
        assert project.affected() == ["out::needs"]
        assert chosen(project) == ["needs", "setup"]
    project.edit("data/three.txt")
    assert project.affected() == ["out::needs", "out::setup"]


def test_a_test_that_another_one_works_for(sample):
    project = sample("""\
        add_test(NAME makes COMMAND sh -c "cp ${CMAKE_SOURCE_DIR}/data/\\
three.txt ${CMAKE_BINARY_DIR}/made")
        add_test(NAME takes COMMAND cat ${CMAKE_BINARY_DIR}/made)
        set_tests_properties(takes PROPERTIES DEPENDS makes)
        """)
    record(project)
    project.edit("data/three.txt")
    assert project.affected() == ["out::makes", "out::takes"]


def test_the_same_command(sample):
    """Which process is whose nobody can tell: each counts for both."""
    project = sample("""\
        reads(again one.txt)
        set_tests_properties(again PROPERTIES ENVIRONMENT A=1)
        """)
    record(project)
    project.edit("data/one.txt")
    assert project.affected() == ["out::again", "out::one"]


@pytest.mark.parametrize("name", [
    "a b", "a+b", "a.b", "x[1]", "Suite::case", "p(q)|r", "back^$"])
def test_odd_names(sample, name):
    project = sample("""\
        set(CMAKE_POLICY_DEFAULT_CMP0110 NEW)
        reads("%s" three.txt)
        reads(other four.txt)
        """ % name)
    record(project)
    assert project.units()["out::" + name] == "passed"
    for more in ((), ("-E", "^$")):
        record(project, *more)
        project.edit("data/three.txt")
        assert project.affected() == ["out::" + name]
        assert chosen(project, *more) == [name]


def test_a_command_that_chooses(sample):
    project = sample("""\
        reads(three three.txt)
        set_tests_properties(one three PROPERTIES LABELS slow)
        """)
    record(project)
    record(project, "-L", "slow")
    project.edit("data/one.txt")
    project.edit("data/two.txt")
    assert chosen(project, "-L", "slow") == ["one"]
    assert project.affected() == ["out::two"]
    assert chosen(project) == ["two"]


def test_a_choice_that_is_too_long_for_an_expression(sample):
    project = sample("""\
        foreach(i RANGE 1 400)
            add_test(NAME "%s${i}" COMMAND cat
                     ${CMAKE_SOURCE_DIR}/data/three.txt)
        endforeach()
        """ % ("n" * 90))
    record(project)
    record(project, "-E", "^$")
    project.edit("data/three.txt")
    assert len(chosen(project)) == 400
    project.edit("data/three.txt")
    assert len(chosen(project, "-E", "^$")) == 402


def test_other_tests(sample):
    project = sample()
    record(project)
    project.edit("CMakeLists.txt", "reads(one one.txt)", "reads(new one.txt)")
    configure(project)
    assert chosen(project) == ["new", "two"]
    assert set(project.units()) == {"out::new", "out::two"}
    assert chosen(project) == []
    assert project.affected() == []


def test_a_report_that_the_user_wants(sample):
    project = sample()
    result = project.run("ctest", "--output-junit", "told.xml",
                         cwd=project.root / "out").ok()
    assert "recorded 2 units" in result.err
    assert (project.root / "out/told.xml").exists()
    assert project.units() == {"out::one": "passed", "out::two": "passed"}


def test_configurations_are_told_apart(sample):
    project = sample("""\
        add_test(NAME each COMMAND cat
                 ${CMAKE_SOURCE_DIR}/data/$<CONFIG>.txt)
        """)
    project.write("data/Debug.txt")
    project.write("data/Release.txt")
    project.sh("cmake", "-S", ".", "-B", "multi", "-G",
               "Ninja Multi-Config").ok()
    for config in ("Debug", "Release"):
        record(project, "-C", config, cwd="multi")
    project.edit("data/Debug.txt")
    assert project.affected() == ["multi::Debug::each"]
    # A command of one of them cannot run what is another's.
    assert "each" in chosen(project, "-C", "Release", cwd="multi")
    assert project.affected() == ["multi::Debug::each"]
    assert chosen(project, "-C", "Debug", cwd="multi") == ["each"]


@pytest.mark.parametrize("arguments", [
    ["-N"], ["--show-only=json-v1"], ["--version"], ["--print-labels"],
    ["--no-such-option"]])
def test_what_runs_no_tests_is_a_command(sample, arguments):
    project = sample()
    project.run("ctest", *arguments, cwd=project.root / "out")
    assert set(project.units()) == {
        "cd out && ctest " + " ".join(arguments)}


def test_where_there_are_no_tests(project):
    result = project.run("ctest")
    assert result.out == project.sh("ctest").out
    assert set(project.units()) == {"ctest"}


def test_broken_off(sample):
    """Nobody said how they ended: they are run again."""
    project = sample("""\
        add_test(NAME kills COMMAND sh -c "kill -9 $PPID")
        """)
    record(project, code=-9)
    affected = project.affected()
    assert "out::kills" in affected
    project.edit("CMakeLists.txt", "kill -9 $PPID", "true")
    configure(project)
    assert chosen(project) == ["kills", "one", "two"]
    assert project.affected() == []


def test_beside_pytest(sample):
    """A pytest that ctest starts is a test of ctest's; both are answers."""
    project = sample()
    project.write("test_a.py", """\
        import pathlib
        def test_a():
            (pathlib.Path(__file__).parent / "data/one.txt").read_text()
        """)
    project.edit("CMakeLists.txt", "reads(two two.txt)", """\
reads(two two.txt)
add_test(NAME py COMMAND %s -m pytest -q -p no:cacheprovider ..
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/data)""" % project.python)
    configure(project)
    record(project)
    assert project.units()["out::py"] == "passed"
    project.pytest("-q", "-p", "no:cacheprovider").ok()
    project.edit("data/one.txt")
    assert project.affected() == [
        "out::one", "out::py", "test_a.py::test_a"]
    assert chosen(project) == ["one", "py"]
    assert project.affected_units() == ["test_a.py::test_a"]


def test_as_a_check(sample):
    project = sample()
    project.write("ftrace.json", """\
        {"test": ["ctest", "--test-dir", "out"],
         "checks": {"tests": {"command": ["ctest", "--test-dir", "out"]}}}
        """)
    first = project.ftrace("check").ok()
    assert "recorded 2 units" in first.err + first.out
    project.edit("data/one.txt")
    second = project.ftrace("check").ok()
    assert RAN.findall(second.out + second.err) == ["one"]
    assert "1 hit" in project.ftrace("check").ok().err
    project.edit("data/two.txt")
    assert RAN.findall(project.ftrace("test").ok().out) == ["two"]


def test_a_script_without_a_first_line(sample):
    """The C library hands it to a shell: other words than ctest lists."""
    project = sample("""\
        add_test(NAME bare COMMAND ${CMAKE_SOURCE_DIR}/bare)
        """)
    project.write("bare", 'test -s "${0%/*}/data/three.txt"\n').chmod(0o755)
    record(project)
    project.write("data/three.txt", "")
    assert "out::bare" in project.affected_units()


def test_a_program_that_a_fixture_makes(sample):
    project = sample("""\
        file(WRITE ${CMAKE_BINARY_DIR}/make.sh "printf '#!/bin/sh\\ntest -s \
$1\\n' >$2; chmod +x $2")
        add_test(NAME makes COMMAND sh make.sh
                 ${CMAKE_SOURCE_DIR}/data/three.txt ${CMAKE_BINARY_DIR}/made)
        add_test(NAME runs COMMAND ${CMAKE_BINARY_DIR}/made)
        set_tests_properties(makes PROPERTIES FIXTURES_SETUP F)
        set_tests_properties(runs PROPERTIES FIXTURES_REQUIRED F)
        """)
    record(project)
    project.write("data/three.txt", "")
    assert "out::runs" in project.affected_units()


def test_a_test_that_could_not_run(sample):
    project = sample("""\
        add_test(NAME absent COMMAND no-such-program)
        set_tests_properties(absent PROPERTIES SKIP_RETURN_CODE 77)
        """)
    record(project, code=8)
    assert project.units()["out::absent"] == "failed"


def test_required_files(sample):
    project = sample("""\
        set_tests_properties(one PROPERTIES REQUIRED_FILES
                             ${CMAKE_SOURCE_DIR}/data/three.txt)
        """)
    record(project)
    with project.edited("data/three.txt"):
        assert project.affected() == []
    (project.root / "data/three.txt").unlink()
    assert "out::one" in project.affected_units()


@pytest.mark.parametrize("words", [
    ["env", "-C", "out", "ctest"], ["nice", "sh", "-c", ":", "ctest"],
    ["ctest", "--test-dir=out"]])
def test_what_may_mean_something_else_is_a_command(sample, words):
    project = sample()
    log = project.write("log")
    project.write("sh", 'echo "$@" >>%s\n' % log)
    project.run(*words)
    assert all(not unit.startswith("out::") and not unit.startswith(".::")
               for unit in project.units())


def test_tests_that_are_found_by_running_a_program(sample):
    """As googletest's are: the list itself changes what ctest reads."""
    project = sample("""\
        set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES
                     ${CMAKE_SOURCE_DIR}/found.cmake)
        """)
    project.write("names", "first")
    project.write("found.cmake", """\
        get_filename_component(here ${CMAKE_CURRENT_LIST_FILE} DIRECTORY)
        if(${here}/names IS_NEWER_THAN ${here}/found)
            file(COPY_FILE ${here}/names ${here}/found)
        endif()
        file(STRINGS ${here}/found names)
        foreach(name ${names})
            add_test(${name} sh -c "grep . ${here}/names")
        endforeach()
        """)
    record(project)
    assert "out::first" in project.units()
    project.write("names", "first\nsecond\n")
    assert "second" in chosen(project)
    assert project.units()["out::second"] == "passed"


def test_a_script_whose_interpreter_is_not_there(sample):
    project = sample("""\
        add_test(NAME lost COMMAND ${CMAKE_SOURCE_DIR}/lost)
        """)
    project.write("lost", "#!/nonexistent/interpreter\n").chmod(0o755)
    record(project, code=8)
    assert project.affected() == ["out::lost"]


def test_what_it_needs_is_kept_where_it_runs_alone(sample):
    project = sample("""\
        reads(three three.txt)
        set_tests_properties(two PROPERTIES DEPENDS three)
        """)
    record(project)
    project.edit("data/two.txt")
    assert chosen(project) == ["two"]
    with project.edited("data/three.txt"):
        assert project.affected_units() == ["out::three", "out::two"]
    record(project, "-R", "two")
    project.edit("data/three.txt")
    assert project.affected_units() == ["out::three", "out::two"]
