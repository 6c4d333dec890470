# SPDX-License-Identifier: MIT
"""Which variables of the environment are read, and by whom.

Every way to ask os.environ for a variable by its name comes through its
__getitem__.  The scope in force is said to depend on the name; what is
compared is the value that the variable has where ftrace itself is started, so
what a test sets for itself makes no difference.

Who copies the environment, to hand it to a child with one variable more,
depends on none of them: else everything would hang on TERM and SHLVL.
"""

import collections.abc
import os
import sys

from .. import marks, runner
from ..loading.imports import is_project_path
from ..marks import ENV, caller, code_of, encode, identity, say

# What the C part makes of an answer.
_AGAIN, _SAID, _NEVER = range(3)

# These decide how Python starts, what it loads, and what C code does that asks
# for itself: everything depends on them, set or not.  What is read through
# os.environ when it is needed (PYTHONASYNCIODEBUG) is told of by that; what
# concerns only output, speed or the interactive mode is left out.
_BASE = (
    # The dynamic loader.
    "LD_LIBRARY_PATH", "LD_PRELOAD",
    # setlocale(3), which Python calls when it starts, gettext and tzset(3).
    "LANG", "LANGUAGE", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES",
    "LC_MONETARY", "LC_NUMERIC", "LC_TIME", "TZ",
    # Where Python finds modules.
    "PYTHONHOME", "PYTHONNOUSERSITE", "PYTHONPATH", "PYTHONPLATLIBDIR",
    "PYTHONSAFEPATH", "PYTHONUSERBASE",
    # What it does otherwise.
    "PYTHONCOERCECLOCALE", "PYTHONDEVMODE", "PYTHONHASHSEED",
    "PYTHONINTMAXSTRDIGITS", "PYTHONIOENCODING", "PYTHONNODEBUGRANGES",
    "PYTHONOPTIMIZE", "PYTHONTRACEMALLOC", "PYTHONTZPATH", "PYTHONUTF8",
    "PYTHONWARNDEFAULTENCODING", "PYTHONWARNINGS",
    "PYTHON_CONTEXT_AWARE_WARNINGS", "PYTHON_CPU_COUNT", "PYTHON_GIL",
    "PYTHON_LAZY_IMPORTS", "PYTHON_THREAD_INHERIT_CONTEXT",
)

# Above a user's own site-packages.
_USER_SITE = "HOME"

# By their type: under -b the two must not be compared.
_said_in_base = {str: set(), bytes: set()}

# Code that reads each variable in turn, by its identity: that is quicker to
# look up than its hash.
_IN_TURN = frozenset(
    identity(function.__code__) for function in (
        collections.abc.ItemsView.__iter__,
        collections.abc.ValuesView.__iter__,
        collections.abc.ValuesView.__contains__,
        collections.abc.MutableMapping.popitem,
        collections.abc.MutableMapping.update,
    ))

# Whose code a file holds, by its name; of nobody that matters is None.
_PROJECT, _RUNNER, _REPORT, _FOREIGN = range(4)
_owners = {}

_STDLIB = os.path.dirname(os.__file__) + "/"

# In Python the wrapper has a frame of its own.
_depth = 1

_PYTHON = """
def __getitem__(self, key):
    __tracebackhide__ = True
    try:
        hear(self, key)
    except Exception:
        lost()
    return function(self, key)

def keys(self):
    __tracebackhide__ = True
    try:
        hear(self)
    except Exception:
        lost()
    return function(self)
"""


def install():
    """Says what everything depends on, and hears of reads from now on."""
    site = sys.modules.get("site")
    names = [*_BASE, *runner.variables]
    if getattr(site, "ENABLE_USER_SITE", False):
        names.append(_USER_SITE)
    for name in names:
        say(ENV + encode(name))
        _said_in_base[str].add(name)
        _said_in_base[bytes].add(encode(name))
    _said_in_base[str].update(runner.passing_variables)
    kind = type(os.environ)
    kind.__getitem__ = _wrapped(
        "reader", kind.__getitem__, _hear, kind)
    kind.keys = _wrapped(
        "lister", kind.keys, _hear_keys, collections.abc.Mapping)


def _wrapped(wrapper, function, hear, owner):
    """The function with somebody who hears of its calls first."""
    global _depth
    name = function.__name__
    more = ()
    if wrapper == "lister":
        more = (encode("%s(self)\n--\n\n%s" % (
            name, function.__doc__ or "")),)
    try:
        return marks.extension.method(getattr(marks.extension, wrapper)(
            function, hear, owner, function.__module__, *more))
    except (AttributeError, TypeError):
        _depth = 2
    names = {"function": function, "hear": hear, "lost": marks.lost,
             "__name__": "importlib._bootstrap"}
    exec(compile(_PYTHON, "<frozen importlib._bootstrap>", "exec"), names)
    wrapped = names[name]
    for each in ("__doc__", "__module__", "__qualname__"):
        setattr(wrapped, each, getattr(function, each))
    return wrapped


def _hear(environ, name):
    """Called before a variable is read; says so where it counts."""
    if type(name) not in (str, bytes):
        return _AGAIN
    frame = caller(_depth)
    code = code_of(frame)
    if identity(code) in _IN_TURN or _is_copying(environ, name, frame, code):
        return _AGAIN
    if name in _said_in_base[type(name)]:
        return _NEVER
    if marks.thread.muted or not _counts(frame):
        return _AGAIN
    say(ENV + encode(name))
    return _SAID


def _hear_keys(environ):
    """Notes who asks for all names: C code that copies the environment.

    dict(os.environ) and {**os.environ} ask for the names and then for each
    value, all from one instruction of the frame that they are called from.
    """
    frame = caller(_depth)
    marks.thread.copying = (
        code_of(frame), identity(frame), frame.f_lasti, set(environ._data))
    return _AGAIN


def _is_copying(environ, name, frame, code):
    copying = marks.thread.copying
    if copying is None:
        return False
    copier, its_frame, instruction, left = copying
    if (copier is not code or its_frame != identity(frame)
            or instruction != frame.f_lasti):
        return False
    name = environ.encodekey(name)
    if name not in left:
        return False
    left.discard(name)
    return True


def _counts(frame):
    """Whether a read is the doing of what the scope in force stands for.

    What the project's code reads always is.  What others do is while a test,
    a fixture or a collector runs, but for the runner's own reports; at other
    times it and its plugins look at the terminal, and at where they run.
    """
    running = (bool(marks.process)
               and not marks.process[-1].startswith(b"discover/"))
    nearest = True
    while frame is not None:
        path = code_of(frame).co_filename
        try:
            owner = _owners[path]
        except KeyError:
            owner = _owners[path] = _owner_of(path)
        if owner == _PROJECT:
            return True
        if owner == _FOREIGN:
            if running:
                return True
            nearest = False
        elif owner is not None:
            return running and not (nearest and _reports(owner, frame))
        frame = frame.f_back
    return running


def _owner_of(path):
    if path.startswith("<"):
        return None
    if path.startswith(marks.HERE):
        return _REPORT
    if not path.startswith("/") or is_project_path(path):
        return _PROJECT
    for folder, reports in runner.code.items():
        _, found, rest = path.rpartition("/%s/" % folder)
        if found:
            return _REPORT if rest.startswith(reports) else _RUNNER
    if path.startswith(_STDLIB) and not path.startswith((
            _STDLIB + "site-packages/", _STDLIB + "dist-packages/")):
        return None
    return _FOREIGN


def _reports(owner, frame):
    """Whether it is the runner that wants to know, and not who called it."""
    return owner == _REPORT or runner.keeps_value(frame)
