# SPDX-License-Identifier: MIT
"""Which functions a name leads to that have another name.

What computed a kept thing is found along the names that functions mention: an
alias, a table of functions, what decorates a function, the special methods of
a class or of an object's class, what an object has for an attribute.
"""

import functools
import gc
import sys
import types

import ftrace_pytest_imports as imports
import ftrace_pytest_marks as marks
import ftrace_pytest_memory as memory
from ftrace_pytest_marks import identity

# Of these there are many with one identity.
PLAIN = (str, bytes, int, float, bool, complex, type(None))

# Where functions have others inside; and calls that wait have their code.
_INSIDE = (
    (types.FunctionType, ("__wrapped__",)),
    (functools._lru_cache_wrapper, ("__wrapped__",)),
    (functools.partial, ("func",)),
    (types.MethodType, ("__func__",)),
    (staticmethod, ("__func__",)),
    (classmethod, ("__func__",)),
    (property, ("fget", "fset", "fdel")),
    (functools.cached_property, ("func",)),
)
_WAITING = (
    (types.GeneratorType, "gi_code"),
    (types.CoroutineType, "cr_code"),
    (types.AsyncGeneratorType, "ag_code"),
)

# By identity, because a class can have a hash of its own.
_plain = frozenset(map(identity, PLAIN))
_inside = {identity(kind): names for kind, names in _INSIDE}
_waiting = {identity(kind): name for kind, name in _WAITING}

# How far a global is gone through for functions, what a function closes over
# or an object has for an attribute; and how far all of them.
_DEPTH, _DEPTH_INSIDE = 5, 2
_HELD_MOST = 20000
_ALL_MOST = 500000


def is_of_project(kind):
    """Whether a class is, without asking it."""
    name = (memory.names_of_class(kind) or {}).get("__module__")
    return type(name) is str and imports.is_of_project(name)


def add_functions(value, found):
    """Adds the functions that a function is made of, by their names."""
    Leads().add_functions(value, found)


def _name_of_code(code):
    return getattr(code, "co_qualname", "." + code.co_name)


def _is_special(name):
    return name[:2] == "__" == name[-2:]


def bases_of(kind):
    """Those of the project, with the class itself."""
    for base in type.__dict__["__mro__"].__get__(kind):
        if is_of_project(base):
            yield base


def _defaults_of(function):
    """The values of a function's parameters that may be of interest."""
    return [value for value in (*(function.__defaults__ or ()),
                                *(function.__kwdefaults__ or {}).values())
            if identity(type(value)) not in _plain]


def _leads_to_itself(function):
    """Whether a function is all that its own name leads to, as most are."""
    return (function.__closure__ is None
            and not hasattr(function, "__wrapped__")
            and not _defaults_of(function)
            and function.__qualname__ == getattr(
                function.__code__, "co_qualname", None))


class Leads:
    """The names, each with the functions that it leads to.

    And those that lead to values that are watched for, by their identities.
    """

    def __init__(self, watched=None):
        self.names = {}
        self._watched = watched or {}
        self._name = None
        self._kinds = {}
        self._bases = {}
        self._specials = {}
        self._objects = {}
        self._functions = {}
        self._done = set()
        self._left = _ALL_MOST

    def add(self, name, value):
        """Takes in what something is called by."""
        kind = type(value)
        if (identity(kind) in _plain or type(name) is not str
                or _is_special(name)):
            return
        self._name = name
        self._meet(value)
        if kind is types.FunctionType and name == value.__name__:
            if _leads_to_itself(value):
                return
            found = {value.__qualname__}
            self.add_functions(value, found)
            found.discard(value.__qualname__)
        elif issubclass(kind, type):
            found = self._of_class(value)
        else:
            found = set()
            self._add_held(value, found, _DEPTH, True)
            self._add_attributes()
        self._put(name, found)

    def _meet(self, value):
        names = self._watched.get(identity(value))
        if names is not None and self._name is not None:
            names.add(self._name)

    def add_object(self, value):
        """Takes in what has no name, but attributes."""
        self._add_held(value, set(), _DEPTH, True)
        self._add_attributes()

    def _put(self, name, found):
        if found and name.isidentifier():
            self.names.setdefault(name, set()).update(found)

    def add_functions(self, value, found, depth=0):
        """Adds the functions that one is made of, by their names."""
        kind = type(value)
        if depth > _DEPTH:
            return
        if identity(kind) in _waiting:
            found.add(_name_of_code(getattr(value, _waiting[identity(kind)])))
        self._meet(value)
        for name in _inside.get(identity(kind), ()):
            inner = getattr(value, name, None)
            if inner is not None:
                self.add_functions(inner, found, depth + 1)
        if kind is types.FunctionType:
            found |= self._of_function(value, depth)

    def _of_function(self, value, depth):
        """A function and what it closes over, by their names.

        It may close over itself, by way of a table: then it leads on by its
        name.
        """
        key = (identity(value), depth, self._name)
        if key in self._functions:
            return self._functions[key]
        name = _name_of_code(value.__code__)
        found = self._functions[key] = {name}
        inside = set()
        for inner in _defaults_of(value):
            self._add_inside(inner, inside, depth)
        for name_of_cell, cell in zip(value.__code__.co_freevars,
                                      value.__closure__ or ()):
            # Annotations find in their class what they mention, no more.
            if name_of_cell == "__classdict__":
                continue
            try:
                inner = cell.cell_contents
            except ValueError:
                continue
            self._add_inside(inner, inside, depth)
        found |= inside
        # It calls them by names of its own, and so does who reaches it.
        if inside:
            self.names.setdefault(name, set()).update(inside)
        return found

    def _add_inside(self, value, found, depth):
        """The same of what a function closes over, and of its defaults."""
        if identity(type(value)) in _inside:
            self.add_functions(value, found, depth + 1)
        elif depth < _DEPTH_INSIDE:
            self._add_held(value, found, _DEPTH_INSIDE)

    def _bases_of(self, kind):
        found = self._bases.get(identity(kind))
        if found is None:
            found = self._bases[identity(kind)] = tuple(bases_of(kind))
        return found

    def _specials_of(self, kind):
        """What Python calls for objects of a class, by its own doing."""
        found = self._specials.get(identity(kind))
        if found is None:
            found = self._specials[identity(kind)] = set()
            for name, value in list(memory.names_of_class(kind).items()):
                if type(name) is str and _is_special(name):
                    self.add_functions(value, found, 1)
        return found

    def _of_class(self, kind):
        """A class leads to its bases' methods; a base, as cls, to its own.

        So does what it is made by, which calls its objects into being.
        """
        found = set()
        bases = self._bases_of(kind)
        for base in bases:
            found |= self._specials_of(base)
        if identity(kind) not in self._done and is_of_project(kind):
            self._done.add(identity(kind))
            for base in (*bases, *self._bases_of(type(kind))):
                if base is not kind:
                    self._put(base.__name__, self._specials_of(kind))
        return found

    def _add_held(self, value, found, depth, noting=False):
        """Adds the functions that a table holds, or an object."""
        level = [value]
        seen = {identity(value)}
        for _ in range(depth if self._left > 0 else _DEPTH_INSIDE):
            inner = []
            for each in level:
                kind = type(each)
                name_of_kind = identity(kind)
                if self._watched:
                    self._meet(each)
                if name_of_kind in _inside or name_of_kind in _waiting:
                    self.add_functions(each, found, 1)
                    continue
                what = self._kinds.get(name_of_kind)
                if what is None:
                    what = self._kinds[name_of_kind] = memory.kind_of(kind)
                if what == memory.CONTAINER:
                    inner.append(each)
                elif what == memory.INNER:
                    inner.append(each)
                    for base in self._bases_of(kind):
                        found |= self._specials_of(base)
                    if noting:
                        self._objects[identity(each)] = each
            if not inner:
                return
            level = [each for each in gc.get_referents(*inner)
                     if identity(type(each)) not in _plain
                     and identity(each) not in seen
                     and not issubclass(type(each),
                                        (type, types.ModuleType))]
            seen.update(map(identity, level))
            self._left -= len(level)
            if not level or len(seen) > _HELD_MOST:
                return

    def _add_attributes(self):
        """An attribute's name leads to what the object has there."""
        while self._objects:
            one = self._objects.popitem()[1]
            if identity(one) in self._done:
                continue
            self._done.add(identity(one))
            names = marks.extension.attributes(one) or {}
            for name, value in list(names.items()):
                if type(name) is str and identity(type(value)) not in _plain:
                    found = set()
                    self._name = name
                    self._add_held(value, found, _DEPTH_INSIDE)
                    self._put(name, found)


def places():
    """The names in the project's modules and in their classes, with paths."""
    for name, module in list(sys.modules.items()):
        if (not issubclass(type(module), types.ModuleType)
                or name.startswith(marks.OWN_MODULES)
                or not imports.is_project(module)):
            continue
        names = memory.names_of_module(module)
        path = names.get("__file__") or ""
        todo = [list(names.items())]
        seen = set()
        while todo:
            values = todo.pop()
            yield path, values
            for _, value in values:
                if (issubclass(type(value), type)
                        and identity(value) not in seen):
                    seen.add(identity(value))
                    own = memory.names_of_class(value)
                    if own.get("__module__") == name:
                        todo.append(list(own.items()))
