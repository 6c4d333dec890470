# SPDX-License-Identifier: MIT
"""Keeps what records this process out of the sight of its tests."""

import os
import posix

from ..entered import functions

LIBRARY = "libftrace.so"

# Says to a process that its tests are the run's own, too.
_WORKER = "FTRACE_WORKER"

# What an exec needs to stay traced: hidden from Python, kept in the C
# environment, where system() and popen() look.
_KEPT_IN_C = ("FTRACE_SESSION", "FTRACE_SCOPE")


def hide():
    """Restores the environment that the user had."""
    functions.asked = os.environ.pop(functions.VARIABLE, None)
    _hide_in_dict("LD_PRELOAD", _without_library)
    for name in _KEPT_IN_C:
        _hide_in_dict(name, lambda value: None)
    # What a test starts is none of the run's own, whoever executes it.
    posix.putenv(b"FTRACE_SCOPE", b"0.0.r")


def _without_library(value):
    """The user's part of LD_PRELOAD: ours is appended last."""
    head, separator, tail = value.rpartition(":")
    if os.path.basename(tail) != LIBRARY:
        return value
    return head if separator else None


def _hide_in_dict(name, change):
    """Changes a variable for Python alone, without putenv or unsetenv."""
    data = getattr(os.environ, "_data", None)
    if data is None:
        return
    key = os.environ.encodekey(name)
    value = data.get(key)
    if value is None:
        return
    value = change(os.environ.decodevalue(value))
    if value is None:
        del data[key]
    else:
        data[key] = os.environ.encodevalue(value)


def show():
    """Has the processes that are started next be the run's own."""
    os.environ[_WORKER] = "1"
    if functions.asked is not None:
        os.environ[functions.VARIABLE] = functions.asked
