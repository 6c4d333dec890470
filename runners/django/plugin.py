# SPDX-License-Identifier: MIT
"""Gets the hooks that tell ftrace where each test begins and ends."""

from ...languages.python.start import parts


def begin(root, selection):
    """Begins recording; what was selected: a file, or None for all."""
    hooks = parts.hooks_of(__package__, __file__, root)
    hooks.start(root, selection)
