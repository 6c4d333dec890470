# SPDX-License-Identifier: MIT
"""What a module keeps in plain sight: told at a glance, again and again.

Programs ask for variables in every test, so that what is kept of these cannot
be looked for as it is for files.  Looked at are the globals of a module, the
attributes of its classes and of its objects, how much its containers hold, and
what functools.lru_cache has computed.
"""

from functools import _lru_cache_wrapper
from types import FunctionType, MethodType, ModuleType

_CONTAINERS = (dict, list, set)
_names_of_class = type.__dict__["__dict__"].__get__

# Objects of these have no attributes that could be a value kept.
_PLAIN = frozenset((
    str, bytes, int, float, bool, type(None), tuple, frozenset,
    FunctionType, MethodType, ModuleType, type(len),
))


def glance(names):
    """A number for what everybody can get at, and one for the rest.

    That is what a public name or a cache holds: to get at it no function of
    the module has to be entered.
    """
    reached = []
    hidden = []
    for name, value in list(names.items()):
        if name[:2] == "__":
            continue
        _add(value, hidden if name[:1] == "_" else reached, reached, names)
    return hash(tuple(reached)), hash(tuple(hidden))


def _add(value, items, reached, names):
    """Adds what is seen of a global."""
    items.append(id(value))
    kind = type(value)
    if kind in _PLAIN:
        return
    if kind is _lru_cache_wrapper:
        info = value.cache_info()
        reached += (info.misses, info.currsize)
    elif kind in _CONTAINERS:
        items.append(len(value))
    elif issubclass(kind, type):
        own = _names_of_class(value)
        if own.get("__module__") == names.get("__name__"):
            _add_attributes(own, items, reached)
    else:
        # No code of the object's own runs.
        own = (_names_of_class(kind) or {}).get("__dict__")
        try:
            found = own.__get__(value) if own is not None else None
        except (AttributeError, TypeError):
            return
        if type(found) is dict:
            _add_attributes(found, items, reached)


def _add_attributes(own, items, reached):
    for value in list(own.values()):
        items.append(id(value))
        kind = type(value)
        if kind is _lru_cache_wrapper:
            info = value.cache_info()
            reached += (info.misses, info.currsize)
        elif kind in _CONTAINERS:
            items.append(len(value))
