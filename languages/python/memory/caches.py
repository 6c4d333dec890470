# SPDX-License-Identifier: MIT
"""Caches of installed packages, made by functools.lru_cache.

What the project keeps is looked at in its memory (kept.py).  That of packages
is too large for it.  But where such a function opens a file for code of the
project, its cache may keep what was in the file; and whoever asks for that
later is a hit, which the cache counts.  The files are in a scope of the cache,
as in that of a fixture which outlives one test; a scope in which the number of
hits has grown uses it.
"""

import functools
import types

from .. import marks
from ..loading.installed import is_project_path
from ..marks import BEGIN, END, USE, encode, say

_LRU = type(functools.lru_cache(len))
_FRAMES_MOST = 200

# The caches of a code object; and those that may keep a file, by identity.
_of_code = {}
_known = {}


class _Cache:
    """One that may keep files, its scope, and the hits until now."""

    __slots__ = ("wrapper", "scope", "marks", "hits")

    def __init__(self, wrapper):
        self.wrapper = wrapper
        self.scope = b"fixture/cache/" + encode("%s.%s" % (
            wrapper.__module__, wrapper.__qualname__))
        self.marks = set()
        self.hits = wrapper.cache_info().hits


def note(mark, frame):
    """Notes the caches that fill themselves as a file is opened.

    mark: what says that the scope in force depends on it.
    """
    for _each in range(_FRAMES_MOST):
        if frame is None or _is_project_code(frame.f_globals):
            return
        code = frame.f_code
        found = _of_code.get(code)
        if found is None:
            found = _of_code[code] = tuple(_caches_of(code, frame.f_globals))
        for wrapper in found:
            cache = _known.get(id(wrapper))
            if cache is None:
                cache = _known[id(wrapper)] = _Cache(wrapper)
                marks.caches[:] = (_say_hits,)
            if mark not in cache.marks:
                cache.marks.add(mark)
                _say_kept(cache.scope, mark)
        frame = frame.f_back


def _is_project_code(names):
    path = names.get("__file__")
    return type(path) is str and is_project_path(path)


def _caches_of(code, names):
    """Those in a module that call the code: its functions', or its classes'."""
    for value in list(names.values()):
        yield from _calling(code, value)
        if isinstance(value, type) and (
                value.__module__ == names.get("__name__")):
            for inner in list(vars(value).values()):
                yield from _calling(code, inner)


def _calling(code, value):
    if type(value) in (classmethod, staticmethod):
        value = value.__func__
    elif type(value) is property:
        value = value.fget
    if type(value) is _LRU:
        function = getattr(value, "__wrapped__", None)
        if type(function) is types.FunctionType and function.__code__ is code:
            yield value


def _say_kept(scope, mark):
    lifted = marks.lift()
    say(BEGIN + scope)
    say(mark)
    say(END)
    marks.lower(lifted)


def _say_hits():
    """Before another scope comes into force: who has found something."""
    for cache in list(_known.values()):
        hits = cache.wrapper.cache_info().hits
        if hits != cache.hits:
            cache.hits = hits
            say(USE + cache.scope)
