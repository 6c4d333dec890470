# SPDX-License-Identifier: MIT
"""Whether it matters that the current directory is on sys.path.

`python -m pytest` puts it there and `pytest` does not, so one may import what
the other does not find.  It makes no difference until somebody asks for a
module of a name that is in the directory; and none from then on, if the first
to do so is pytest, which puts the directory there itself for that module.
"""

import importlib.machinery
import os
import sys

from ...languages.python import marks, runner

_matters = False


def start():
    global _matters
    token = marks.mute_always()
    try:
        if not _is_there_anyway():
            found = frozenset(_importable())
            loaded = {name.partition(".")[0] for name in list(sys.modules)}
            _matters = not found.isdisjoint(loaded)
            # While nobody has asked for what is in the directory.
            runner.came = _note
            runner.awaited = frozenset() if _matters else found
    except Exception:
        _matters = True
    finally:
        marks.unmute(token)


def configure(config):
    """The project's settings may put it there, before anything is imported."""
    try:
        if os.getcwd() in map(str, config.getini("pythonpath")):
            runner.awaited = frozenset()
    except Exception:
        # Before pytest 7 there is no such setting.
        pass


def outcome():
    return b"here" if _matters else b"anywhere"


def _note():
    """The first of the names is asked for."""
    global _matters
    runner.awaited = frozenset()
    try:
        _matters = not _is_put_by_pytest(marks.caller(2))
    except Exception:
        _matters = True


def _is_there_anyway():
    """The variables put it first of all, or have nobody put it there."""
    if os.environ.get("PYTHONSAFEPATH"):
        return True
    first = os.environ.get("PYTHONPATH", "").partition(os.pathsep)[0]
    return bool(first) and os.path.abspath(first) == os.getcwd()


def _importable():
    suffixes = tuple(importlib.machinery.all_suffixes())
    with os.scandir(os.getcwd()) as entries:
        for entry in entries:
            if entry.name.endswith(suffixes) or entry.is_dir():
                yield entry.name.partition(".")[0]


def _is_put_by_pytest(frame):
    while frame is not None:
        module = frame.f_globals.get("__name__") or ""
        if not (module.startswith(("importlib", "_frozen_importlib",
                                   marks.OWN_MODULES))
                or module == "_pytest.assertion.rewrite"):
            break
        frame = frame.f_back
    if frame is None or (module, frame.f_code.co_name) != (
            "_pytest.pathlib", "import_path"):
        return False
    names = frame.f_locals
    return (getattr(names.get("mode"), "value", None) == "prepend"
            and os.path.realpath(str(names.get("pkg_root")))
            == os.path.realpath(os.getcwd()))
