# SPDX-License-Identifier: MIT
"""Directories that say that they are caches, and those that list them."""

import time

TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"


def test_a_tag_that_comes_late(project):
    """It moves no time of the directory above, which was looked at before."""
    tag = project.write("cache/CACHEDIR.TAG", TAG)
    project.ftrace("run", "-n", "names", "--", "ls").ok()
    assert project.affected() == []
    tag.unlink()
    project.write("other", "").unlink()
    time.sleep(0.1)
    assert project.affected() == ["names"]
    project.write("cache/CACHEDIR.TAG", TAG)
    assert project.affected() == []
    result = project.ftrace("run", "-n", "names", "--", "ls").ok()
    assert "not recorded" not in result.err
