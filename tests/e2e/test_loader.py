# SPDX-License-Identifier: MIT
"""Where the dynamic loader looked before anything of ours was there."""

import os
import re
import shutil

import pytest

from helpers import call, environment

FAILED = re.compile(
    r'^(?:\d+ +)?(?:openat|newfstatat|access)\((?:AT_FDCWD[^,]*, )?'
    r'"([^"]+)".*= -1 ENOENT', re.M)


@pytest.fixture
def loaded(project):
    """A program with a library in the last of the places searched."""
    project.write("lib.c", "int value(void) { return 0; }\n")
    project.write("main.c", "int value(void);\n"
                            "int main(void) { return value(); }\n")
    for folder in ("near", "far", "env"):
        (project.root / folder).mkdir()
    project.sh("cc", "-shared", "-fPIC", "-o", "far/libvalue.so",
               "lib.c").ok()
    project.sh("cc", "-o", "main", "main.c", "-Lfar", "-lvalue",
               "-Wl,--enable-new-dtags,-rpath,"
               "$ORIGIN/none:$ORIGIN/near:$ORIGIN/far").ok()
    return project


def test_a_library_in_a_missed_place(loaded):
    unit = "env LD_LIBRARY_PATH=env ./main"
    loaded.run("env", "LD_LIBRARY_PATH=env", "./main").ok()
    assert loaded.affected() == []
    for place in ("env", "near", "none"):
        there = loaded.root / place
        made = not there.exists()
        there.mkdir(exist_ok=True)
        shutil.copy(loaded.root / "far/libvalue.so", there)
        assert loaded.affected() == [unit], place
        shutil.rmtree(there) if made else os.unlink(there / "libvalue.so")
        assert loaded.affected() == [], place
    loaded.write("far/libother.so", "")
    assert loaded.affected() == []


@pytest.mark.skipif(not shutil.which("strace"), reason="no strace")
def test_all_that_failed(loaded):
    """strace is the judge."""
    env = {"LD_LIBRARY_PATH": "%s:lost" % (loaded.root / "env")}
    seen = call(["strace", "-e", "trace=openat,newfstatat,access", "./main"],
                cwd=loaded.root, env=environment(**env))
    if "ptrace" in seen.err and "not permitted" in seen.err:
        pytest.skip("strace may not trace")
    missed = {os.path.relpath(os.path.join(loaded.root, path), loaded.root)
              for path in FAILED.findall(seen.err)}
    assert "none/libvalue.so" in missed and "lost/libvalue.so" in missed
    loaded.ftrace("run", "--", "./main", env=env).ok()
    absent = {os.path.relpath(os.path.join(loaded.root, path), loaded.root)
              for path, kind in loaded.inputs("./main") if kind == "absent"}
    assert missed - absent == set()


def test_the_cache_of_the_loader(loaded):
    loaded.run("./main").ok()
    inputs = loaded.inputs("./main")
    assert ("/etc/ld.so.cache", "read") in inputs
    assert any(path == "/etc/ld.so.preload" for path, _ in inputs)


def test_objects_found_by_a_relative_path(loaded):
    loaded.run("env", "LD_LIBRARY_PATH=far", "./main").ok()
    with open(loaded.root / "far/libvalue.so", "ab") as file:
        file.write(b"more")
    assert loaded.affected() == ["env LD_LIBRARY_PATH=far ./main"]
