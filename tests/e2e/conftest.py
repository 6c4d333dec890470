# SPDX-License-Identifier: MIT
"""Fixtures of the end-to-end tests; helpers.py has what they are made of."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import venv

import pytest

import bare
from helpers import BARE, CLICK, FTRACE, HERE, SOURCE, Project, Terminal


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "smoke: one of the few that also run with sanitizers")
    # A shell's background jobs ignore it, and what they start inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Not in each of the workers.
    if not hasattr(config, "workerinput"):
        bare.environment(BARE)


def pytest_sessionstart(session):
    if not os.access(FTRACE, os.X_OK):
        raise pytest.UsageError("no ftrace at '%s'; build it, or say in "
                                "FTRACE where it is" % FTRACE)


@pytest.fixture
def project(tmp_path):
    """An empty project: a marker makes it a root wherever it lies."""
    made = Project(tmp_path / "project")
    made.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    return made


@pytest.fixture
def terminal(request):
    """Starts programs on terminals of their own."""
    started = []

    def start(args, cwd, env, size=None):
        started.append(Terminal(args, cwd, env, size))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture(scope="session")
def recorded_click(tmp_path_factory):
    """click with its suite recorded, and both runs of it."""
    assert CLICK.exists(), "script/test fetches %s" % CLICK
    folder = tmp_path_factory.mktemp("click")
    with tarfile.open(CLICK) as archive:
        archive.extractall(folder)
    click = Project(folder / "click-8.1.7").with_plugins()
    click.env["PYTHONPATH"] = "src"
    # Neither run may profit from what the other one left.
    click.untraced = click.plain("-v")
    click.clear_bytecode()
    click.traced = click.pytest("-v")
    return click


@pytest.fixture
def click(recorded_click, tmp_path):
    """A copy of the recorded click that a test may spoil."""
    root = tmp_path / "click-8.1.7"
    shutil.copytree(recorded_click.root, root, symlinks=True)
    copy = Project(root).with_plugins()
    copy.env = dict(recorded_click.env)
    # Copies have other inodes: each is read once to see that it is the same,
    # and again if it is younger than the clock can tell.
    time.sleep(0.1)
    assert copy.json("changed")["stale"] == 0
    return copy


@pytest.fixture(scope="session")
def frameworks():
    """A Python with pytest and the packages of frameworks.txt, made once."""
    folder = SOURCE / "build" / ("frameworks-%d.%d" % sys.version_info[:2])
    wanted = "".join((HERE / name).read_text() for name in (
        "frameworks.txt", "requirements.txt"))
    with open(str(folder) + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = folder / "ready"
        if not (ready.exists() and ready.read_text() == wanted):
            venv.create(folder, clear=True, symlinks=True, with_pip=True)
            subprocess.run(
                [folder / "bin/python", "-m", "pip", "install", "-q",
                 "-r", HERE / "frameworks.txt", "pytest==7.4.0"], check=True)
            ready.write_text(wanted)
    return str(folder / "bin" / "python")
