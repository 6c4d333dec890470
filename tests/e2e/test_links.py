# SPDX-License-Identifier: MIT
"""Symbolic links and directories that a run made, moved or took away."""

import pytest


@pytest.fixture
def record(project):
    """Records a shell script as the unit `sh run.sh`."""
    project.write("one/data.txt", "one")
    project.write("two/data.txt", "two")
    project.write("other.txt", "other")

    def run(script):
        project.write("run.sh", script)
        project.run("sh", "run.sh").ok()
        assert project.affected() == []
        return project
    return run


def selects(project, name):
    with project.edited(name):
        return project.affected() == ["sh run.sh"]


@pytest.mark.smoke
def test_link_that_is_gone(record):
    project = record("ln -s one link\ncat link/data.txt\nrm link\n")
    assert selects(project, "one/data.txt")
    assert not selects(project, "two/data.txt")


def test_link_that_was_there_and_is_gone(record, project):
    (project.root / "link").symlink_to("one")
    project.write("run.sh", "cat link/data.txt\nrm link\n")
    project.run("sh", "run.sh").ok()
    (project.root / "link").symlink_to("one")
    assert selects(project, "one/data.txt")


def test_link_that_leads_elsewhere_afterwards(record, project):
    project = record("ln -s one link\ncat link/data.txt\n"
                     "ln -sfn other.txt link\n")
    assert selects(project, "one/data.txt")
    assert not selects(project, "two/data.txt")


def test_link_that_is_moved(record):
    project = record("ln -s one link\nmv link moved\ncat moved/data.txt\n"
                     "rm moved\n")
    assert selects(project, "one/data.txt")


def test_link_in_a_directory_that_is_moved(record):
    project = record("mkdir dir\nln -s ../one dir/link\n"
                     "cat dir/link/data.txt\nmv dir moved\n"
                     "cat moved/link/data.txt\nrm -r moved\n")
    assert selects(project, "one/data.txt")
    assert not selects(project, "two/data.txt")


def test_repointed_by_hand(record, project):
    link = project.root / "link"
    link.symlink_to("one")
    project = record("cat link/data.txt\n")
    assert not selects(project, "two/data.txt")
    link.unlink()
    link.symlink_to("two")
    assert project.affected() == ["sh run.sh"]


def test_link_into_proc(record, project):
    """What is there is nobody's file; where the link leads is one's input."""
    (project.root / "link").symlink_to("/proc/self/status")
    record("cat link >/dev/null\n")
    (project.root / "link").unlink()
    (project.root / "link").symlink_to("/proc/self/maps")
    assert project.affected() == ["sh run.sh"]
