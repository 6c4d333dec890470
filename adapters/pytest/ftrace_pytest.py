# SPDX-License-Identifier: MIT
"""The pytest plugin that tells ftrace where each test begins and ends.

It is loaded by the environment that `ftrace run` sets and hides itself from
the tests again.  PYTEST_DONT_REWRITE: there is nothing to rewrite here, and
the rest lies in modules that pytest does not touch, so that they are
compiled once and not on every run.
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


def _keeps_bytecode():
    """Whether bytecode lies beside the plugin, or can be put there."""
    folder = os.path.join(_HERE, "__pycache__")
    name = "ftrace_pytest_hooks.%s.pyc" % sys.implementation.cache_tag
    if os.path.isdir(folder):
        return (os.path.exists(os.path.join(folder, name))
                or os.access(folder, os.W_OK))
    return not os.path.lexists(folder) and os.access(_HERE, os.W_OK)


def _import_parts():
    """Imports the rest of the plugin, with bytecode kept for the next run.

    The adapter may be installed where nobody can write and the user may have
    asked for no bytecode; compiling on each run would cost more than all the
    rest, so the code is then kept in the folder that is the tracer's own.
    """
    prefix = sys.pycache_prefix
    dont_write = sys.dont_write_bytecode
    own = os.path.join(os.environ.get("FTRACE_ROOT", "/nonexistent"),
                       ".ftrace")
    try:
        if _keeps_bytecode():
            sys.pycache_prefix = None
            sys.dont_write_bytecode = False
        elif os.path.isdir(own):
            sys.pycache_prefix = os.path.join(own, "pycache")
            sys.dont_write_bytecode = False
        import ftrace_pytest_hooks
        import ftrace_pytest_hide
    finally:
        sys.pycache_prefix = prefix
        sys.dont_write_bytecode = dont_write
    return ftrace_pytest_hooks, ftrace_pytest_hide


if _HERE not in sys.path:
    sys.path.insert(0, _HERE)
_hooks, _hide = _import_parts()
pytest_xdist_setupnodes = _hide.pytest_xdist_setupnodes
for _name in _hooks.start(_hide.hide(_HERE)):
    globals()[_name] = getattr(_hooks, _name)
del _name
