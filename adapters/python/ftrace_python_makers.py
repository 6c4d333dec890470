# SPDX-License-Identifier: MIT
"""Functions that make something, hand it out, and do nothing else.

Such a function is one straight line of instructions: it binds its own
variables, makes functions, displays and what cannot fail of Python's
library, and returns.  It calls nothing else, stores nowhere else, cannot
fail, and so nobody but who gets what it returns can tell that it ran.
"""

import ftrace_python_known as known
import ftrace_python_mentions as mentions

VERSION = mentions.VERSION
# Values on the stack: one that nothing is known of, no value, a type.
ANY, NULL, TYPE = "any", "null", "type"
_NAMES = {op: name for name, op in mentions.opmap.items()}
_IGNORED = frozenset(("RESUME", "NOP", "CACHE", "MAKE_CELL", "PRECALL"))
_CALLS = frozenset(("CALL", "CALL_FUNCTION", "CALL_METHOD"))
_TYPES = frozenset(["builtins." + name for name in (
    "bool", "bytes", "complex", "dict", "float", "frozenset", "int", "list",
    "object", "set", "str", "tuple", "type")] + ["typing." + name for name in (
        "Any", "AnyStr", "BinaryIO", "Hashable", "Sized", "TextIO")])
# What takes one type in brackets, or as many as there are.
_OF_ONE = frozenset(["typing." + name for name in (
    "Awaitable", "Collection", "Container", "Deque", "FrozenSet", "IO",
    "Iterable", "Iterator", "List", "MutableSequence", "MutableSet",
    "Optional", "Sequence", "Set", "Type")])
_OF_TWO = frozenset(["typing." + name for name in (
    "DefaultDict", "Dict", "Mapping", "MutableMapping")])
_OF_ANY = frozenset(("typing.Union", "typing.Tuple"))


class Unknown(Exception):
    """The function does what is not known to be harmless."""


class _Body:
    def __init__(self, code, resolve):
        self.code = code
        self.resolve = resolve
        self.stack = []
        count = (code.co_argcount + code.co_kwonlyargcount
                 + bool(code.co_flags & 4) + bool(code.co_flags & 8))
        self.bound = set(code.co_varnames[:count])
        self.cells = code.co_cellvars
        self.places = code.co_varnames + tuple(
            each for each in self.cells if each not in code.co_varnames)
        self.returned = False

    def pop(self):
        if not self.stack:
            raise Unknown
        return self.stack.pop()

    def take(self, count):
        return [self.pop() for _ in range(count)][::-1]

    def load(self, name):
        # Of a variable that others share a cell may be loaded, too.
        if name not in self.bound and name not in self.cells:
            raise Unknown
        self.stack.append(ANY)

    def store(self, name):
        self.pop()
        self.bound.add(name)

    def shared(self, arg):
        """The name of a variable in a cell."""
        return (self.places if VERSION >= (3, 11) else self.cells)[arg]

    def run(self):
        for op, arg in mentions.instructions(self.code):
            name = _NAMES.get(op)
            if name in _IGNORED:
                continue
            if self.returned:
                raise Unknown
            if name in _CALLS:
                self.call(name, arg)
                continue
            step = getattr(self, "on_" + str(name), None)
            if step is None:
                raise Unknown
            step(arg)
        if not self.returned:
            raise Unknown

    # Variables and constants

    def on_LOAD_CONST(self, arg):
        self.stack.append(("constant", self.code.co_consts[arg]))

    def on_LOAD_SMALL_INT(self, arg):
        self.stack.append(("constant", arg))

    def on_LOAD_COMMON_CONSTANT(self, arg):
        self.stack.append(ANY)

    def on_LOAD_FAST(self, arg):
        self.load(self.places[arg])

    on_LOAD_FAST_CHECK = on_LOAD_FAST_BORROW = on_LOAD_FAST

    def on_LOAD_FAST_LOAD_FAST(self, arg):
        self.load(self.places[arg >> 4])
        self.load(self.places[arg & 15])

    on_LOAD_FAST_BORROW_LOAD_FAST_BORROW = on_LOAD_FAST_LOAD_FAST

    def on_STORE_FAST(self, arg):
        self.store(self.places[arg])

    def on_STORE_FAST_LOAD_FAST(self, arg):
        self.store(self.places[arg >> 4])
        self.load(self.places[arg & 15])

    def on_STORE_FAST_STORE_FAST(self, arg):
        self.store(self.places[arg >> 4])
        self.store(self.places[arg & 15])

    def on_LOAD_CLOSURE(self, arg):
        self.stack.append(ANY)

    def on_LOAD_DEREF(self, arg):
        if self.shared(arg) not in self.bound:
            raise Unknown
        self.stack.append(ANY)

    def on_STORE_DEREF(self, arg):
        self.store(self.shared(arg))

    def on_POP_TOP(self, arg):
        self.pop()

    def on_COPY(self, arg):
        value = self.pop()
        self.stack += [value, value]
        if arg != 1:
            raise Unknown

    def on_DUP_TOP(self, arg):
        self.on_COPY(1)

    def on_PUSH_NULL(self, arg):
        self.stack.append(NULL)

    def on_RETURN_VALUE(self, arg):
        self.pop()
        self.returned = True

    def on_RETURN_CONST(self, arg):
        self.returned = True

    # What is made

    def on_BUILD_TUPLE(self, arg):
        self.stack.append(("tuple", self.take(arg)))

    def on_BUILD_LIST(self, arg):
        self.stack.append(("list", self.take(arg)))

    def on_LIST_EXTEND(self, arg):
        kind, value = self.known("constant")
        if arg != 1 or type(value) is not tuple or self.pop()[0] != "list":
            raise Unknown
        self.stack.append(ANY)

    def on_BUILD_CONST_KEY_MAP(self, arg):
        self.known("constant")
        self.take(arg)
        self.stack.append(ANY)

    def on_BUILD_MAP(self, arg):
        for key in self.take(2 * arg)[::2]:
            if type(key) is not tuple or type(key[1]) not in (str, int):
                raise Unknown
        self.stack.append(ANY)

    def on_MAKE_FUNCTION(self, arg):
        parts = 2 if VERSION < (3, 11) else 1
        if VERSION < (3, 13):
            parts += bin(arg).count("1")
        self.take(parts)
        self.stack.append(ANY)

    def on_SET_FUNCTION_ATTRIBUTE(self, arg):
        self.take(2)
        self.stack.append(ANY)

    # What is found by its name

    def known(self, kind):
        value = self.pop()
        if type(value) is not tuple or value[0] != kind:
            raise Unknown
        return value

    def on_LOAD_GLOBAL(self, arg):
        null = VERSION >= (3, 11) and arg & 1
        name = self.code.co_names[arg >> mentions._GLOBAL_SHIFT]
        found = self.resolve(name)
        if not found:
            raise Unknown
        self.stack += [NULL] * null + [("name", found)]

    def attribute(self, index, method):
        _, name = self.known("name")
        name = "*" if name == "*" else "%s.%s" % (
            name, self.code.co_names[index])
        if not (name == "*" or name in known.EMPTY_CALLS or _is_type(name)
                or _is_generic(name)):
            raise Unknown
        self.stack += [NULL] * method + [("name", name)]

    def on_LOAD_ATTR(self, arg):
        if VERSION >= (3, 12):
            self.attribute(arg >> 1, arg & 1)
        else:
            self.attribute(arg, 0)

    def on_LOAD_METHOD(self, arg):
        self.attribute(arg, 1)

    def call(self, op, arg):
        if arg:
            raise Unknown
        parts = self.take(1 if op == "CALL_FUNCTION" else 2)
        callees = [each for each in parts if each != NULL]
        if len(callees) != 1 or callees[0][0] != "name" or (
                callees[0][1] not in known.EMPTY_CALLS
                and callees[0][1] != "*"):
            raise Unknown
        self.stack.append(ANY)

    def on_BINARY_SUBSCR(self, arg):
        inner = self.pop()
        _, name = self.known("name")
        parts = inner[1] if inner[0] == "tuple" else [inner]
        if name == "typing.Callable":
            fits = len(parts) == 2 and _takes(parts[0]) and _is(parts[1])
        elif name in _OF_ONE:
            fits = len(parts) == 1 and _is(inner)
        elif name in _OF_TWO:
            fits = len(parts) == 2 and all(map(_is, parts))
        else:
            fits = name == "*" or (
                name in _OF_ANY and parts and all(map(_is, parts)))
        if not fits:
            raise Unknown
        self.stack.append(TYPE)


def _is_type(name):
    return name in _TYPES


def _is_generic(name):
    return (name in _OF_ONE or name in _OF_TWO or name in _OF_ANY
            or name == "typing.Callable")


def _is(value):
    """Whether a value is a type, as far as typing is concerned."""
    return value == TYPE or value == ("constant", None) or (
        value[0] == "name" and (value[1] == "*" or _is_type(value[1])
                                or value[1] in _OF_ONE))


def _takes(value):
    return value == ("constant", ...) or (
        value[0] == "list" and all(map(_is, value[1])))


class _Names:
    """What global names stand for, in the functions of one file."""

    def __init__(self, content, codes, only_ast):
        self.content = content
        self.only_ast = only_ast
        self.bindings = {}
        self.has_star = False
        for outer, code in codes:
            self._scan(outer, code)
        self._imports = None

    def _scan(self, is_module, code):
        for op, arg in mentions.instructions(code):
            name = _NAMES.get(op)
            if name in ("STORE_GLOBAL", "DELETE_GLOBAL") or (
                    is_module and name in ("STORE_NAME", "DELETE_NAME")):
                bound = code.co_names[arg]
                self.bindings[bound] = self.bindings.get(bound, 0) + 1
            elif name == "IMPORT_STAR" or (
                    name == "CALL_INTRINSIC_1" and arg == 2):
                self.has_star = True

    def _find_imports(self):
        tree = compile(self.content, "<file>", "exec", self.only_ast, True)
        self._imports = {}
        for node in tree.body:
            kind = type(node).__name__
            if kind == "ImportFrom" and not node.level and not getattr(
                    node, "is_lazy", 0):
                for alias in node.names:
                    self._imports[alias.asname or alias.name] = (
                        node.lineno, "%s.%s" % (node.module, alias.name))
            elif kind == "Import" and not getattr(node, "is_lazy", 0):
                for alias in node.names:
                    if "." not in alias.name:
                        self._imports[alias.asname or alias.name] = (
                            node.lineno, alias.name)

    def resolve(self, name, line):
        """The full name of a global that is surely bound above a line."""
        if self.has_star:
            return ""
        count = self.bindings.get(name, 0)
        if not count:
            full = "builtins." + name
            return full if (full in known.EMPTY_CALLS
                            or _is_type(full)) else ""
        if count != 1:
            return ""
        if self._imports is None:
            self._find_imports()
        first, full = self._imports.get(name, (line, ""))
        if first >= line:
            return ""
        return full if (full in ("typing", "weakref", "collections",
                                 "threading") or full in known.EMPTY_CALLS
                        or _is_type(full) or _is_generic(full)) else ""


def find(functions, codes, content, only_ast):
    """(name, whether it only makes something, whether names decide it)

    of those `functions`, by name, of which it may be so.
    `codes`: whether it is the module's, and the code, of all of the file.
    """
    names = None
    for name, code in functions:
        asked = []
        # As if whatever a name stands for did no harm.
        if not _makes(code, lambda each: asked.append(each) or "*"):
            continue
        makes = True
        if asked:
            if names is None:
                names = _Names(content, codes, only_ast)
            makes = _makes(code, lambda each: names.resolve(
                each, code.co_firstlineno))
        yield name, makes, bool(asked)


def _makes(code, resolve):
    try:
        _Body(code, resolve).run()
        return True
    except Unknown:
        return False
