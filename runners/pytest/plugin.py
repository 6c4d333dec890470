# SPDX-License-Identifier: MIT
"""The pytest plugin that tells ftrace where each test begins and ends.

It is loaded by start.py, and hides what loaded it from the tests.
PYTEST_DONT_REWRITE: there is nothing to rewrite here, and the rest lies in
modules that pytest does not touch, so that they are compiled once and not on
every run.
"""

from ...languages.python.start import parts


def begin(root, selection):
    """Begins recording; what was selected: a file, or None for all."""
    hooks = parts.hooks_of(__package__, __file__, root)
    hooks.select.asked = selection
    names = globals()
    for name in hooks.start(root):
        names[name] = getattr(hooks, name)
