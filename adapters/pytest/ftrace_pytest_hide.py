# SPDX-License-Identifier: MIT
"""Keeps what loads this plugin out of the sight of the tests.

A test that starts pytest itself must not load the plugin, and one that
prints its environment must print what it prints untraced.
"""

import os
import sys

import pytest

import ftrace_pytest_functions as functions
import ftrace_pytest_select as select

PLUGIN = "ftrace_pytest"
LIBRARY = "libftrace.so"

# What an exec needs to stay traced: hidden from Python, kept in the C
# environment, where system() and popen() look.
_KEPT_IN_C = ("FTRACE_SESSION", "FTRACE_SCOPE")

_here = ""
_root = None


def hide(here):
    """Restores the environment the user had; returns the project's root."""
    global _here, _root
    _here = here
    _root = os.environ.pop("FTRACE_ROOT", None)
    functions.asked = os.environ.pop(functions.VARIABLE, None)
    select.asked = os.environ.pop(select.VARIABLE, None)
    _drop("PYTEST_PLUGINS", ",", lambda part: part.strip() == PLUGIN)
    _drop("PYTHONPATH", os.pathsep, lambda part: part == here)
    _hide_in_dict("LD_PRELOAD", _without_library)
    for name in _KEPT_IN_C:
        _hide_in_dict(name, lambda value: None)
    while here in sys.path:
        sys.path.remove(here)
    sys.path_importer_cache.pop(here, None)
    return _root


def _drop(name, separator, ours):
    value = os.environ.get(name)
    if value is None:
        return
    parts = value.split(separator)
    kept = [part for part in parts if not ours(part)]
    if len(kept) == len(parts):
        return
    if kept:
        os.environ[name] = separator.join(kept)
    else:
        del os.environ[name]


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


def _prefix(name, separator, part):
    value = os.environ.get(name)
    if value is not None:
        part += separator + value
    os.environ[name] = part


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes():
    """Lets the workers load the plugin; this process runs no test itself."""
    if _root is None:
        return
    os.environ["FTRACE_ROOT"] = _root
    for each in (functions, select):
        if each.asked is not None:
            os.environ[each.VARIABLE] = each.asked
    _drop("PYTEST_PLUGINS", ",", lambda part: part.strip() == PLUGIN)
    _prefix("PYTEST_PLUGINS", ",", PLUGIN)
    _drop("PYTHONPATH", os.pathsep, lambda part: part == _here)
    _prefix("PYTHONPATH", os.pathsep, _here)
    # The workers of xdist get a copy of the path as it was when xdist was
    # imported, which may have been before or after this plugin hid itself.
    xdist = sys.modules.get("xdist.plugin")
    frozen = getattr(xdist, "_sys_path", None)
    if isinstance(frozen, list) and _here not in frozen:
        frozen.insert(0, _here)
