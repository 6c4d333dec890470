# SPDX-License-Identifier: MIT
"""jest's files of tests as units: each has modules of its own."""

import pytest

import javascript
import node_packages
from javascript import affected_by

RAN = r"(?:PASS|FAIL) test/(\w)\.test"


@pytest.fixture(params=["jest@29", "jest@30"])
def sample(project, request):
    return javascript.write(node_packages.use(project, request.param))


@pytest.fixture
def one(project):
    return javascript.write(node_packages.use(project, "jest@29"))


def test_units(sample):
    javascript.check_units(sample, "jest", "-i")


def test_in_several_processes(one):
    one.run("jest", "-w", "2", "--no-cache").ok()
    assert affected_by(one, "lib/b.js", "=> 1", "=> 2") == [
        "test/a.test.js", "test/b.test.js"]
    # What is transformed already is not read for that once more.
    one.run("jest", "-w", "2").ok()
    one.run("jest", "-w", "2").ok()
    assert one.affected() == []
    assert affected_by(one, "lib/c.js", "3", "4") == ["test/c.test.js"]


def test_what_is_affected_runs(one):
    one.run("jest").ok()
    javascript.check_selection(one, RAN, "jest")


def test_what_steers_it(one):
    one.write("jest.config.js", """\
        module.exports = { setupFilesAfterEnv: ['./setup.js'] };
        """)
    one.write("setup.js", "require('./lib/deep');\n")
    one.write("lib/deep.js", "global.deep = 1;\n")
    one.write("babel.config.js", "module.exports = {};\n")
    one.run("jest", "-i").ok()
    for name in ("jest.config.js", "setup.js", "lib/deep.js",
                 "babel.config.js"):
        assert len(affected_by(one, name)) == 3, name
    # All is transformed by now, and read from a cache.
    one.run("jest", "-i").ok()
    assert len(affected_by(one, "babel.config.js")) == 3


def test_a_folder_of_mocks_that_comes(one):
    one.run("jest", "-i").ok()
    one.write("lib/__mocks__/c.js", "exports.c = () => 0;\n")
    assert "test/c.test.js" in one.affected()


def test_snapshots(one):
    one.write("test/s.test.js",
              "it('s works', () => expect(1).toMatchSnapshot());\n")
    one.run("jest", "--ci=false").ok()
    one.run("jest").ok()
    assert one.affected() == []
    assert affected_by(one, "test/__snapshots__/s.test.js.snap", "`1`",
                       "`2`") == ["test/s.test.js"]


def test_that_cannot_be_loaded(one):
    one.run("jest").ok()
    one.edit("lib/c.js", "exports", "syntax error")
    assert one.ftrace("test", "--", "jest").code == 1
    assert one.units()["test/c.test.js"] in ("failed", "error")
    one.edit("lib/c.js", "syntax error", "exports")
    one.ftrace("test", "--", "jest").ok()
    assert one.affected() == []


def test_what_fails_is_told_as_ever(sample):
    sample.edit("lib/c.js", "3", "4")
    sample.sh("jest", "-i")
    plain = sample.sh("jest", "-i")
    traced = sample.run("jest", "-i")
    assert plain.code == traced.code == 1
    assert "hook.cjs" not in traced.err
    assert [line for line in javascript.timeless(traced.err)
            if not line.startswith(("ftrace", "Time"))] == [
        line for line in javascript.timeless(plain.err)
        if not line.startswith("Time")]


def test_a_choice_among_tests_is_one_unit(one):
    one.run("jest", "-t", "works").ok()
    assert set(one.units()) == {"jest -t works"}
