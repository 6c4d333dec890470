# SPDX-License-Identifier: MIT
"""Imports the rest of a runner's plugin, with bytecode kept for the next run.

The adapter may be installed where nobody can write and the user may have
asked for no bytecode; compiling on each run would cost more than all the
rest, so the code is then kept in the folder that is the tracer's own.
"""

import importlib
import os
import sys

# The folder of the session.
session = None


def _keeps_bytecode(folder):
    """Whether bytecode lies beside the plugin, or can be put there."""
    kept = os.path.join(folder, "__pycache__")
    name = "hooks.%s.pyc" % sys.implementation.cache_tag
    if os.path.isdir(kept):
        return (os.path.exists(os.path.join(kept, name))
                or os.access(kept, os.W_OK))
    return not os.path.lexists(kept) and os.access(folder, os.W_OK)


def hooks_of(package, path, root):
    """The module `hooks` of a package, whose plugin lies at the path.

    What has traced this process is hidden from the tests from then on.
    """
    prefix = sys.pycache_prefix
    dont_write = sys.dont_write_bytecode
    own = os.path.join(root, ".ftrace")
    try:
        if _keeps_bytecode(os.path.dirname(os.path.abspath(path))):
            sys.pycache_prefix = None
            sys.dont_write_bytecode = False
        elif os.path.isdir(own):
            sys.pycache_prefix = os.path.join(own, "pycache")
            sys.dont_write_bytecode = False
        hide = importlib.import_module(".hide", __package__)
        hooks = importlib.import_module(".hooks", package)
    finally:
        sys.pycache_prefix = prefix
        sys.dont_write_bytecode = dont_write
    hide.hide()
    return hooks
