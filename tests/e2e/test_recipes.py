# SPDX-License-Identifier: MIT
"""docs/how-to/ci/: what the recipes do, rehearsed step by step."""

import os
import shutil

import pytest

from git_project import commit, git, make
from helpers import FTRACE, PYTHON, Project
from outside import outside
from recipes import Github, Gitlab, path_with

THREE = "def test_three():\n    assert two.three()\n"


@pytest.fixture(params=[Github, Gitlab])
def service(request, project, tmp_path):
    """The main branch has run; jobs run in checkouts of their own."""
    make(project)
    store = tmp_path / "store"
    project.env["PATH"] = ":".join([
        os.path.dirname(PYTHON), path_with(FTRACE)])
    count = iter(range(100))

    def job(which, edit=None):
        checkout = tmp_path / ("checkout%d" % next(count))
        git(project, "clone", "-q", str(project.root), str(checkout))
        clone = Project(checkout)
        clone.env = dict(project.env)
        if edit:
            edit(clone)
            commit(clone)
        done = request.param(clone, store).run(which)
        done.all = "\n".join(done.said.values())
        shutil.rmtree(checkout / ".git")
        return done

    job.project = project
    yield job


def test_main(service):
    assert service("main").code == 0
    again = service("main")
    assert again.code == 0 and "8 passed" in again.all
    service.project.edit("pkg/two.py", "return 3", "return 0")
    commit(service.project)
    broken = service("main")
    assert broken.code == 1
    # Its map is published all the same.
    assert "1 of 8 tests affected" in service("pull-request").all


def test_nothing_changed(service):
    service("main")
    job = service("pull-request")
    assert job.code == 0
    assert "nothing affected: 8 tests not run" in job.all
    assert "0 escapes" in job.all


def test_without_a_map(service):
    job = service("pull-request")
    assert job.code == 0 and "all its tests are run" in job.all


def test_break_a_test(service):
    service("main")
    job = service("pull-request", lambda clone: clone.edit(
        "pkg/two.py", "return 3", "return 0"))
    assert job.code == 1
    assert "1 of 8 tests affected" in job.all
    assert "0 escapes" in job.all and "1 failed in both" in job.all


def test_comment_out_a_test(service):
    service("main")
    job = service("pull-request", lambda clone: clone.edit(
        "tests/test_two.py", THREE, THREE.replace("def", "# def").replace(
            "    assert", "#     assert")))
    assert job.code == 0
    assert "7 passed" in job.all and "0 escapes" in job.all


def test_random_failure(service, tmp_path):
    """It fails the first time, in the warm run, and passes in the full one."""
    service("main")
    job = service("pull-request", lambda clone: clone.edit(
        "tests/test_two.py", "assert two.three()", """import os, socket
    path = %r
    try:
        os.mkdir(path)
    except FileExistsError:
        return
    assert not two.three()""" % str(tmp_path / "seen")))
    assert job.code == 0
    assert "1 unsteady" in job.all and "0 escapes" in job.all


def test_escape(service):
    """A test that nobody could select is found by the full run: 99."""
    project = service.project
    project.write("tests/test_asking.py", """\
        from asking import ask
        def test_asking():
            assert ask("data/x.txt") == "x"
        """)
    with outside(project) as answers:
        commit(project)
        answers["data/x.txt"] = ["x"]
        assert service("main").code == 0
        answers["data/x.txt"] = ["other"]
        job = service("pull-request", lambda clone: clone.write(
            "data/x.txt", "other\n"))
    assert job.code == 99
    assert "tests/test_asking.py::test_asking" in job.all


def test_nightly(service, tmp_path):
    """A test that passes when it is run again is known as flaky."""
    service("main")
    service.project.edit(
        "tests/test_two.py", "assert two.three()", """import os
    path = %r
    if two.three():
        try:
            os.mkdir(path)
        except FileExistsError:
            return
        assert False""" % str(tmp_path / "seen"))
    commit(service.project)
    job = service("nightly")
    assert job.code == 0
    assert "tests/test_two.py::test_three" in job.all
    # And the map that is published knows it.
    assert "1 of 8 tests affected" in service("pull-request").all
