# SPDX-License-Identifier: MIT
"""The hooks of unittest's program: what it looks for, and what it runs."""

from unittest import TestProgram

from ...languages.python import marks
from . import collecting, running, suites, tests, wrapping


def start(root, selection):
    """Begins recording, once; selection: a file, or None for all."""
    suites.start(b"unittest", root, selection)
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
            if given[0] and suites.lacks(program.test):
                tests.forget_all()
                program.createTests(*given, **named)
            _declare(program, given[0])
    finally:
        collecting.is_active = False
        marks.unwind(depth)


def _declare(program, discovers):
    known = suites.declare(program.test)
    if discovers:
        suites.declare_discovery([(program.start, program.pattern)])
    if known and not program.testNamePatterns:
        suites.declare_all()


def _enter_run(program, *_, **_kwargs):
    if program is not _program:
        return False
    suites.confine(program.test)
    running.expect(program.test)
    return True


def _leave_run(is_ours, _=None):
    if is_ours:
        running.finish()
