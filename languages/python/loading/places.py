# SPDX-License-Identifier: MIT
"""The places of sys.path: what Python remembers of them is looked up again.

Each directory is listed once, and kept for everybody: whoever asks for the
metadata of a distribution depends on that listing, too.  A place that does
not exist is remembered as well, and may come to exist in front of others.
"""

import os
import sys

from .. import marks
from ..marks import BASE, BLOCK_LIST, encode, say

# What importlib.metadata and site list a directory of sys.path for.
METADATA = ("*.dist-info", "*.egg-info", "*.egg", "*.egg-link", "*.pth")

# The modules that answer questions about distributions.
MODULES = ("importlib.metadata", "importlib_metadata")

# What was already said: scope, place, and the name that was sought there.
_sought = set()

# The pairs (scope, place) that were.
_missed = set()

# The places that did not exist when the run began, which everybody knows.
_missing = set()


def install():
    """Takes for known which places do not exist.

    Queries of metadata are watched from now on: a runner's header asks for a
    version when the folders of the first conftests are on sys.path already.
    """
    _missing.update(_absent_places())


def watch(module):
    """Declares what is sought in listings made by such a module."""
    fast_path = getattr(module, "FastPath", None)
    if not hasattr(fast_path, "children"):
        return
    # A search that has a name goes through a listing of all.
    named = hasattr(fast_path, "search")
    for name, enter in (("children", _mute if named else _seek),
                        ("search", _seek)):
        function = getattr(fast_path, name, None)
        if function is None:
            continue
        # Not the one of start/start.py.
        function = getattr(function, "plain", function)
        function = marks.around(function, enter, marks.unmute)
        if marks.extension is not None:
            function = marks.extension.method(function)
        setattr(fast_path, name, function)


def _scope():
    opened = marks.thread.modules or marks.process
    return opened[-1] if opened else BASE


def metadata_of(name):
    """The glob that the metadata of a distribution of that name matches.

    Case does not count, nor what stands between the words.
    """
    return "".join(
        "[%s%s]" % (char.lower(), char.upper()) if char.isalpha()
        else char if char.isdigit() else "*" for char in name) + "[-.]*info"


def _seek(path, sought=None):
    place = os.path.abspath(path.root or ".")
    name = getattr(sought, "name", None)
    globs = METADATA
    if (type(name) is str and name.isascii()
            and not place.lower().endswith(".egg")):
        globs = (metadata_of(name),)
    else:
        name = None
    key = (_scope(), place, name)
    if key not in _sought:
        _sought.add(key)
        for glob in globs:
            say(BLOCK_LIST + encode(glob) + b"/" + encode(place))
    return _mute(path)


def _mute(path):
    place = os.path.abspath(path.root or ".")
    token = marks.mute_always()
    if not os.path.isdir(place):
        # An archive is read as a whole, and what is absent is looked for.
        marks.unmute(token)
        token = False
    return token


def _absent_places():
    known = sys.path_importer_cache
    return [place for place in sys.path
            if type(place) is str and known.get(place, known) is None]


def note_missing():
    """Says that the scope in force looked for places that do not exist."""
    for place in _absent_places():
        if place in _missing:
            continue
        key = (_scope(), place)
        if key not in _missed:
            _missed.add(key)
            os.access(place, os.F_OK)
