# SPDX-License-Identifier: MIT
"""What runners that are made of unittest do with the tests they have found."""

import os

from ...languages.python import marks, recording, runner
from ...languages.python.marks import BASE, BEGIN, END, OUTCOME, say
from ..python import directories
from . import collecting, running, select, tests


def start(name, root, selection, ready=True):
    """Begins recording, once.

    name: the runner; selection: a file, or None for all; ready: whether it is
    sure that tests will be told apart, which say_ready() says otherwise.
    """
    tests.runner = name
    marks.set_root(root or os.getcwd())
    runner.packages = ("unittest",)
    directories.sought = ("__init__.py",)
    recording.start(b"ready/" + name if ready else None)
    if selection is not None:
        token = marks.mute_always()
        try:
            select.start(selection)
        finally:
            marks.unmute(token)
    collecting.install()
    running.install()


def say_ready():
    say(OUTCOME + b"ready/" + tests.runner)


def lacks(suite):
    """Whether a file was selected whose tests another one may load."""
    token = marks.mute_always()
    try:
        return select.lacks(suite)
    finally:
        marks.unmute(token)


def declare(suite):
    """Says of tests that were found what they are, and watches them run.

    Returns whether all could be named.
    """
    known = collecting.declare(suite, select.has)
    for test in tests.leaves(suite):
        running.watch(type(test))
    return known


def declare_discovery(places):
    """Says where all files were looked for: directories, each with its
    pattern."""
    for start_directory, pattern in places:
        collecting.declare_discovery(start_directory, pattern)
    if places:
        collecting.declare_left(select.files())


def declare_all():
    """Says that these were all the tests of the command."""
    say(BEGIN + BASE)
    say(OUTCOME + b"collected")
    say(END)


def confine(suite):
    """Takes out of a suite what was not selected."""
    try:
        select.confine(suite)
    except Exception:
        # All that was asked for is run then: nothing is missed.
        pass
