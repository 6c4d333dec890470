# SPDX-License-Identifier: MIT
"""Which sections of the files with settings pytest itself depends on.

pytest looks through all of them for its own section before this plugin is
loaded.  What was read by then is taken back in favour of what is said here,
so it is said only where nothing but pytest can have read them.  Files that
are pytest's alone count as a whole.
"""

import os
import sys

import pytest

from ...languages.python import marks
from ...languages.python.loading.installed import is_pythons
from ...languages.python.marks import SECTION, encode, say
from ...languages.python.tools import coverage as coverage_tool

PRESENCE = b"/@ftrace/block/stat/-/%b"

# What decides in these files, in every pytest that is known: that a section
# is not there does so, too.
_SECTIONS = {
    "setup.cfg": (b"tool:pytest", b"pytest"),
    "tox.ini": (b"pytest",),
    "pyproject.toml": (b"tool.pytest",),
}
_KNOWN = range(6, 10)

# Marks the root directory by being there.
_MARKER = "setup.py"

# Who reads one of these files has its name, or the end of it, among its
# constants; in bytecode a short constant follows its length.
_ENDS = (b".cfg", b".ini", b".toml")
_TRACES = (
    b"setup.cfg", b"tox.ini", b"pyproject.toml",
    b"\x04.cfg", b"\x04.ini", b"\x05.toml",
    b"\".cfg", b"\".ini", b"\".toml", b"'.cfg", b"'.ini", b"'.toml",
)

# pytest with what it is made of, and ftrace.
_OWN = frozenset((
    "pytest", "_pytest", "pluggy", "iniconfig", "py", "pygments", "attr",
    "exceptiongroup", "typing_extensions", "tomli", "toml",
))


def declare(config):
    """Says which sections pytest has read, in the scope in force."""
    token = marks.mute_always()
    try:
        found = _find(config)
        if not found or not _is_known() or _have_others_read():
            return
        for path in found:
            name = os.path.basename(path)
            if name == _MARKER:
                say(PRESENCE % encode(path))
            # What `toml` takes for valid nobody else can tell.
            elif not name.endswith(".toml") or "toml" not in sys.modules:
                for section in _SECTIONS[name]:
                    say(SECTION % (section, encode(path)))
    finally:
        marks.unmute(token)


def _is_known():
    module = sys.modules.get("_pytest.config.findpaths")
    major = pytest.__version__.partition(".")[0]
    return (hasattr(module, "load_config_dict_from_file")
            and major.isdigit() and int(major) in _KNOWN)


def _find(config):
    """The files, in every directory that pytest may have searched."""
    start = str(config.invocation_params.dir)
    options = config.known_args_namespace
    if options.inifilename:
        # It was told where to look, and looks nowhere else.
        path = os.path.normpath(os.path.join(start, options.inifilename))
        return [path] if os.path.basename(path) in _SECTIONS else []
    places = [start, str(config.rootpath)]
    for argument in options.file_or_dir or ():
        places.append(os.path.normpath(
            os.path.join(start, argument.partition("::")[0])))
    seen = set()
    found = []
    for place in places:
        while place not in seen:
            seen.add(place)
            for name in (*_SECTIONS, _MARKER):
                path = os.path.join(place, name)
                if os.path.isfile(path):
                    found.append(path)
            place = os.path.dirname(place)
    return found


def _have_others_read():
    """Whether any module that is loaded may have read such a file."""
    if "distutils.dist" in sys.modules:
        return True
    coverage = sys.modules.get("coverage")
    if coverage is not None and _measures(coverage):
        return True
    for name, module in list(sys.modules.items()):
        top = name.partition(".")[0]
        if (top not in _OWN and not top.startswith(marks.OWN_MODULES)
                and not (coverage is not None and top == "coverage")
                and _may_read(name, module)):
            return True
    return False


def _measures(coverage):
    """Whether coverage has begun: it reads its settings only then."""
    return ("coverage.cmdline" in sys.modules
            or any(name.startswith("COVERAGE_PROCESS") for name in os.environ)
            or (coverage.Coverage.current() is not None
                and not coverage_tool.settings_are_said()))


def _may_read(name, module):
    spec = getattr(module, "__spec__", None)
    path = getattr(module, "__file__", None)
    if path is None:
        if name == "__main__":
            # Workers of xdist are started by a line of code.
            return "PYTEST_XDIST_WORKER" not in os.environ
        return getattr(spec, "origin", None) not in (
            None, "built-in", "frozen", "namespace")
    if is_pythons(path):
        return False
    for each in (getattr(module, "__cached__", None), path):
        if each is None:
            continue
        try:
            with open(each, "rb") as file:
                content = file.read()
        except OSError:
            continue
        return (any(end in content for end in _ENDS)
                and any(trace in content for trace in _TRACES))
    return True
