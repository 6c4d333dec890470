# SPDX-License-Identifier: MIT
"""The pytest plugin that tells ftrace where each test begins and ends.

It is loaded by start.py, and hides what loaded it from the tests.
PYTEST_DONT_REWRITE: there is nothing to rewrite here, and the rest lies in
modules that pytest does not touch, so that they are compiled once and not on
every run.
"""

import os
import sys

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def _keeps_bytecode():
    """Whether bytecode lies beside the plugin, or can be put there."""
    folder = os.path.join(_FOLDER, "__pycache__")
    name = "hooks.%s.pyc" % sys.implementation.cache_tag
    if os.path.isdir(folder):
        return (os.path.exists(os.path.join(folder, name))
                or os.access(folder, os.W_OK))
    return not os.path.lexists(folder) and os.access(_FOLDER, os.W_OK)


def _import_parts(root):
    """Imports the rest of the plugin, with bytecode kept for the next run.

    The adapter may be installed where nobody can write and the user may have
    asked for no bytecode; compiling on each run would cost more than all the
    rest, so the code is then kept in the folder that is the tracer's own.
    """
    prefix = sys.pycache_prefix
    dont_write = sys.dont_write_bytecode
    own = os.path.join(root, ".ftrace")
    try:
        if _keeps_bytecode():
            sys.pycache_prefix = None
            sys.dont_write_bytecode = False
        elif os.path.isdir(own):
            sys.pycache_prefix = os.path.join(own, "pycache")
            sys.dont_write_bytecode = False
        from ...languages.python.start import hide
        from . import hooks
    finally:
        sys.pycache_prefix = prefix
        sys.dont_write_bytecode = dont_write
    return hooks, hide


def begin(root, selection):
    """Begins recording; what was selected: a file, or None for all."""
    hooks, hide = _import_parts(root)
    hide.hide()
    hooks.select.asked = selection
    names = globals()
    for name in hooks.start(root):
        names[name] = getattr(hooks, name)
