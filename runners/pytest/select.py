# SPDX-License-Identifier: MIT
"""Has pytest run what `ftrace test` has selected, of what it was asked for.

The command stays as it is, so that its options, the first conftests and the
header are those of a whole run, and a selection may be of any length.
"""

import fnmatch
import os
import types

import pytest

from ...languages.python import marks
from . import arguments

# The file with what was selected; None: all is run.
asked = None

# Whether that is what runs now, the paths that were asked for by name in its
# place, and where collectors have what is in them.
_is_confined = False
_given = ()
_places = {}

# Before pytest 8: what was selected below directories that are passed by.
_passed = set()
_recursed = {}


def _split(argument):
    """(path, names below it with what separates them)."""
    path, separator, names = argument.partition("::")
    return path, separator + names


def _is_below(path, top):
    return path == top or path.startswith(top.rstrip(os.sep) + os.sep)


def _is_within(names, below):
    return not below or names == below or names.startswith(
        (below + "::", below + "["))


def _seen_from(path, top):
    """A path as it is called below another one, where links may lie.

    Tests are called after the links that lead to them, and have the
    conftests that are there.
    """
    for above, place in ((top, path), (os.path.realpath(top), path),
                         (os.path.realpath(top), os.path.realpath(path))):
        if _is_below(place, above):
            return top + place[len(above):]
    return None


def _common(one, given):
    """What was both selected and asked for, or None."""
    (path, names), (top, below) = one, given
    path = _seen_from(path, top)
    if path is None or below and path != top:
        return None
    if not below or _is_within(names, below):
        return path + names
    return top + below if _is_within(below, names) else None


def _is_ignored(config, path):
    start = str(config.invocation_params.dir)
    tops = [os.path.join(start, each)
            for each in config.getoption("ignore", None) or ()]
    globs = [os.path.join(start, each)
             for each in config.getoption("ignore_glob", None) or ()]
    return (any(_is_below(path, os.path.normpath(top)) for top in tops)
            or any(fnmatch.fnmatch(path, each) for each in globs))


def _absolute(argument, start):
    path, names = _split(argument)
    return os.path.normpath(os.path.join(start, path)), names


def confine(config):
    """What was selected takes the place of what was asked for."""
    global _is_confined, _given
    if asked is None or config.getoption("pyargs", False):
        return
    token = marks.mute_always()
    try:
        start = str(config.invocation_params.dir)
        given = [_absolute(each, start) for each in config.args]
        config.args[:] = _selected(config, given)
        _given = tuple(path for path, _names in given)
        _is_confined = True
    except Exception:
        # All that was asked for is run then: nothing is missed.
        pass
    finally:
        marks.unmute(token)


def note_places(nodes):
    """A collector has these in it, of which perhaps not all will run."""
    if asked is not None:
        _places.update((node, place) for place, node in enumerate(nodes))


def _file_of(item):
    files = [node for node in item.listchain()
             if isinstance(node, pytest.File)]
    return files[-1] if files else item.parent


def in_order(items):
    """Tests of one file run in the order that they have in it."""
    if asked is None:
        return
    files, kinds = {}, {}

    def place(item):
        file = _file_of(item)
        return (files.setdefault(file.nodeid, len(files)),
                kinds.setdefault(type(file), len(kinds)),
                [_places.get(node, 0) for node in item.listchain()])

    items.sort(key=place)


def excuse(session):
    """Nothing to run of what was selected is no failure, as it is of all."""
    if _is_confined and session.exitstatus == 5:
        session.exitstatus = 0


_MAJOR = int(pytest.__version__.partition(".")[0])


def restrict(session):
    """What is selected is collected as what the command asks for has it.

    pytest takes a file that it is given by name whatever it is called, and
    whatever a conftest says of it.
    """
    if not _is_confined or _MAJOR >= 8 and not hasattr(session, "_notfound"):
        return

    def isinitpath(path, *, with_parents=False):
        path = os.path.abspath(path)
        return path in _given or with_parents and any(
            _is_below(given, path) for given in _given)

    session.isinitpath = isinitpath
    if _MAJOR < 8:
        _passed.update(
            arg for arg in session.config.args
            if not _is_come_by(session, os.path.dirname(_split(arg)[0])))
        session.config.args[:] = [
            arg for arg in session.config.args if arg not in _passed]


def _is_come_by(session, directory):
    """Whether pytest looks into it, which it does not ask for a file."""
    def looks_into(path):
        entry = types.SimpleNamespace(name=os.path.basename(path), path=path)
        if path not in _recursed:
            _recursed[path] = session._recurse(entry)
        return _recursed[path]

    def between(top):
        path = directory
        while path != top and _is_below(path, top):
            yield path
            path = os.path.dirname(path)

    return any(all(map(looks_into, between(top))) for top in _given
               if _is_below(directory, top) or top.startswith(
                   directory + os.sep))


def left_out(session, is_directory):
    """The files of what was selected that pytest did not take, so that it
    does not say of them that they are not there."""
    if "isinitpath" not in vars(session):
        return []
    left = {arg for arg, collectors in session._notfound
            if all(is_directory(each) for each in collectors)}
    session._notfound[:] = [each for each in session._notfound
                            if each[0] not in left]
    return sorted({_split(arg)[0] for arg in left | _passed})


def _can_be_told(path, names):
    """Whether pytest, given that by name, takes it for what it is.

    To pytest 8 a path ends at its first bracket, and to each at two colons.
    """
    return ("[" not in path and os.path.exists(path)
            and not (names and os.path.isdir(path)))


def _selected(config, given):
    with open(asked, "rb") as file:
        selected = [os.fsdecode(each) for each in file.read().split(b"\0")
                    if each]
    found = {}
    for each in selected:
        one = _absolute(each, marks.root)
        if not _can_be_told(*one):
            raise ValueError(each)
        # What is a test in a file is not what it was for others.
        if arguments.is_in_part(config):
            one = one[0], ""
        if not _is_ignored(config, one[0]):
            common = [_common(one, other) for other in given]
            found.update((each, None) for each in common if each)
    return list(found)
