# SPDX-License-Identifier: MIT
"""The hooks of unittest's program: what it looks for, and what it runs."""

import os
from unittest import TestProgram

from ...languages.python import marks, recording, runner
from ...languages.python.marks import BASE, BEGIN, END, OUTCOME, say
from ..python import directories
from . import collecting, running, select, tests, wrapping


def start(root, selection):
    """Begins recording, once; selection: a file, or None for all."""
    marks.set_root(root or os.getcwd())
    runner.packages = ("unittest",)
    directories.sought = ("__init__.py",)
    recording.start(b"ready/unittest")
    if selection is not None:
        token = marks.mute_always()
        try:
            select.start(selection)
        finally:
            marks.unmute(token)
    collecting.install()
    running.install()
    wrapping.around(TestProgram, "createTests", _enter_create,
                    _leave_create)
    wrapping.around(TestProgram, "runTests", _enter_run, _leave_run)


# The one that was started; others run inside its tests.
_program = None


def _enter_create(program, from_discovery=False, *rest, **named):
    global _program
    if _program is not None:
        return None
    _program = program
    collecting.is_active = True
    return program, (from_discovery, *rest), named, marks.begin(b"discover/.")


def _leave_create(token, _=None):
    if token is None:
        return
    program, given, named, depth = token
    try:
        if hasattr(program, "test"):
            if given[0] and _lacks(program.test):
                tests.forget_all()
                program.createTests(*given, **named)
            _declare(program, given[0])
    finally:
        collecting.is_active = False
        marks.unwind(depth)


def _lacks(suite):
    token = marks.mute_always()
    try:
        return select.lacks(suite)
    finally:
        marks.unmute(token)


def _declare(program, discovers):
    known = collecting.declare(program.test, select.has)
    if discovers:
        collecting.declare_discovery(program.start, program.pattern)
        collecting.declare_left(select.files())
    if known and not program.testNamePatterns:
        say(BEGIN + BASE)
        say(OUTCOME + b"collected")
        say(END)
    for test in tests.leaves(program.test):
        running.watch(type(test))


def _enter_run(program, *_, **_kwargs):
    if program is not _program:
        return False
    try:
        select.confine(program.test)
    except Exception:
        # All that was asked for is run then: nothing is missed.
        pass
    running.expect(program.test)
    return True


def _leave_run(is_ours, _=None):
    if is_ours:
        running.finish()
