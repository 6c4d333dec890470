# SPDX-License-Identifier: MIT
"""The names that compiled code mentions, and whether it can reach others."""

import sys
from _opcode import stack_effect

try:
    from _opcode_metadata import opmap
except ImportError:
    from opcode import opmap

VERSION = sys.version_info[:2]
NOWHERE = -1


def _ops(*names):
    return frozenset(opmap.get(name, NOWHERE) for name in names)


# How far an argument is shifted to the left of the index of its name.
_GLOBAL_SHIFT = 1 if VERSION >= (3, 11) else 0
_ATTR_SHIFT = 1 if VERSION >= (3, 12) else 0

GLOBAL = {op: 0 for op in _ops(
    "LOAD_NAME", "STORE_NAME", "DELETE_NAME", "STORE_GLOBAL",
    "DELETE_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS")}
GLOBAL.update((op, _GLOBAL_SHIFT) for op in _ops("LOAD_GLOBAL"))
ATTRIBUTE = {op: 0 for op in _ops(
    "LOAD_METHOD", "STORE_ATTR", "DELETE_ATTR", "IMPORT_NAME",
    "IMPORT_FROM")}
ATTRIBUTE.update((op, _ATTR_SHIFT) for op in _ops("LOAD_ATTR"))
ATTRIBUTE.update((op, 2) for op in _ops("LOAD_SUPER_ATTR"))
GLOBAL.pop(NOWHERE, None)
ATTRIBUTE.pop(NOWHERE, None)
EXTENDED = opmap["EXTENDED_ARG"]
EXTENDED_BYTE = bytes((EXTENDED,))

# Whoever names one of these can reach names that it does not mention.
REFLECTION = frozenset((
    "dir", "eval", "exec", "__subclasses__", "getmembers",
    "getmembers_static", "getattr_static", "iter_modules", "walk_packages",
    "get_type_hints", "get_annotations", "get_overloads", "__annotations__",
    "__annotate__", "__getattribute__", "__globals__", "f_globals", "f_locals",
    "f_builtins", "__builtins__", "pickle", "_pickle", "cPickle", "dill",
    "cloudpickle", "shelve", "runpy", "run_module", "run_path",
    "get_objects", "get_referrers", "get_referents",
    "__static_attributes__", "InteractiveInterpreter",
    "InteractiveConsole", "doctest"))
# These give a namespace: what is done with it decides.
NAMESPACES = frozenset(("globals", "vars", "__dict__"))
# These reach what their argument at the given place says.
BY_ARGUMENT = {
    "getattr": 2, "hasattr": 2, "setattr": 2, "delattr": 2,
    "attrgetter": 0, "methodcaller": 1, "import_module": 1,
    "__import__": 1, "getfixturevalue": 1, "reload": 0,
    "__setattr__": 2, "__delattr__": 2, "getfuncargvalue": 1,
    "locate": 1, "resolve_name": 1}
TRIGGERS = frozenset(BY_ARGUMENT) | NAMESPACES


def instructions(code):
    """(opcode, argument) of each instruction, EXTENDED_ARG joined."""
    raw = code.co_code
    high = 0
    for i in range(0, len(raw), 2):
        op = raw[i]
        arg = raw[i + 1] | high
        if op == EXTENDED:
            high = arg << 8
            continue
        high = 0
        yield op, arg


def _extended(raw):
    """The instructions that have a longer argument than one byte."""
    found = set()
    high = 0
    at = raw.find(EXTENDED_BYTE)
    while at >= 0:
        if at % 2:
            at = raw.find(EXTENDED_BYTE, at + 1)
            continue
        high = 0
        while raw[at] == EXTENDED:
            high = (high | raw[at + 1]) << 8
            at += 2
        found.add((raw[at], high | raw[at + 1]))
        at = raw.find(EXTENDED_BYTE, at + 2)
    return found


_CALL = _ops("PRECALL") if "PRECALL" in opmap else _ops(
    "CALL", "CALL_FUNCTION")
_CALL_KW = _ops("CALL_KW", "CALL_FUNCTION_KW")
_CALL_EX = opmap["CALL_FUNCTION_EX"]
_PUSH_NULL = opmap.get("PUSH_NULL", NOWHERE)
_IGNORED = _ops("CACHE", "NOP", "NOT_TAKEN", "KW_NAMES", "RESUME")
_JUMPS = frozenset(op for name, op in opmap.items()
                   if "JUMP" in name or name.startswith((
                       "FOR_", "SETUP_", "SEND", "YIELD", "RETURN",
                       "RAISE", "POP_EXCEPT", "END_", "CLEANUP",
                       "GET_AWAITABLE", "INSTRUMENTED", "WITH_",
                       "BEFORE_")))
_METHOD = _ops("LOAD_METHOD")
_OF_OWNER = _ops("LOAD_METHOD", "LOAD_ATTR", "STORE_ATTR", "DELETE_ATTR") - {
    NOWHERE}
_BINDING = _ops("STORE_ATTR", "DELETE_ATTR", "STORE_GLOBAL", "DELETE_GLOBAL",
                "STORE_NAME", "DELETE_NAME")
_TESTS = frozenset(op for name, op in opmap.items() if name == "TO_BOOL" or (
    name.startswith(("POP_JUMP_IF_", "POP_JUMP_FORWARD_IF_",
                     "POP_JUMP_BACKWARD_IF_"))))
_IS = opmap.get("IS_OP", NOWHERE)
_CONSTANTS = frozenset(op for name, op in opmap.items()
                       if name.startswith("LOAD_CONST"))
_PLAIN_LOADS = frozenset(op for name, op in opmap.items() if name.startswith((
    "LOAD_CONST", "LOAD_FAST", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_NAME"))
    and "AND_CLEAR" not in name)
_CALLING = _ops("PRECALL", "CALL", "CALL_FUNCTION", "CALL_METHOD")
_BUILD_TUPLE = opmap["BUILD_TUPLE"]
_CLASSIFIERS = frozenset(("isinstance", "issubclass"))
# What a property, a bound method and a partial are made of.
_UNWRAPPING = frozenset(("fget", "fset", "fdel", "func", "keywords", "args"))
_BY_BIT = _ops("LOAD_ATTR", "LOAD_SUPER_ATTR") if _ATTR_SHIFT else (
    frozenset())
_LOAD_GLOBAL = opmap["LOAD_GLOBAL"]
_LOAD_ATTR = opmap["LOAD_ATTR"]
_effects = {}


def _effect(op, arg):
    found = _effects.get((op, arg))
    if found is None:
        try:
            found = stack_effect(op, arg)
        except ValueError:
            found = stack_effect(op)
        _effects[op, arg] = found
    return found


def _is_called(raw, at):
    """Whether what is loaded right before `at` is the function of a call.

    The depth counts what lies above it: the arguments, until the call.  An
    instruction that leaves nothing above it has consumed it otherwise.
    """
    depth = 0
    high = 0
    for i in range(at, min(at + 600, len(raw)), 2):
        op = raw[i]
        if op in _IGNORED or op == _PUSH_NULL and not depth:
            continue
        arg = raw[i + 1] | high
        if op == EXTENDED:
            high = arg << 8
            continue
        high = 0
        if op in _CALL and arg == depth or (
                op in _CALL_KW and arg + 1 == depth):
            return True
        if op == _CALL_EX:
            # From 3.14 on there is always a place for keywords.
            return depth == (2 if VERSION >= (3, 14) else 1 + (arg & 1))
        if op in _JUMPS:
            return False
        depth += _effect(op, arg)
        if depth <= 0:
            return False
    return False


def _next(raw, at):
    """(opcode, argument, what comes after) of the instruction from `at`."""
    high = 0
    for i in range(at, len(raw), 2):
        op = raw[i]
        if op in _IGNORED:
            continue
        if op != EXTENDED:
            return op, raw[i + 1] | high, i + 2
        high = (raw[i + 1] | high) << 8
    return NOWHERE, 0, len(raw)


def _is_tested(raw, at):
    """Whether all of what is loaded right before `at` is that it is there.

    Or that it is the same as something.
    """
    op, _, at = _next(raw, at)
    if op in _CONSTANTS:
        return _next(raw, at)[0] == _IS
    return op == _IS or op in _TESTS


def _is_owner(raw, at, names):
    """Whether of what is loaded right before `at` an attribute is wanted.

    Not one by which a function tells what it is.
    """
    op, arg, _ = _next(raw, at)
    if op not in _OF_OWNER:
        return False
    name = names[arg >> ATTRIBUTE[op]]
    return name[:2] != "__" and name not in _UNWRAPPING


def _classified(raw, at, found):
    """Adds where the arguments of an isinstance(), loaded before, are made.

    Of each value on the stack the places are kept that it was loaded at.
    """
    stack = []
    end = at + 600
    while at < end:
        op, arg, at = _next(raw, at)
        if op == NOWHERE:
            return
        if op == _PUSH_NULL and not stack:
            continue
        if op in _CALL and arg == len(stack):
            found.update(place for places in stack for place in places)
            return
        effect = _effect(op, arg)
        if op in _PLAIN_LOADS:
            stack += [(at - 2,) if effect == 1 else ()] * effect
            continue
        if op in _OF_OWNER:
            made = (at - 2,) if effect == 0 else ()
            effect, stack = 0, stack[:-1] + [()] * (effect + 1)
        elif op == _BUILD_TUPLE:
            made = sum(stack[len(stack) - arg:], ())
        elif op in _CALLING:
            made = ()
        else:
            return
        depth = len(stack) + effect
        if depth <= 0:
            return
        stack = stack[:depth - 1] + [made]


# What can be the function of a call, and so has to be looked at in its place.
_LOADS = ((_LOAD_GLOBAL, "g", _GLOBAL_SHIFT), (_LOAD_ATTR, "a", _ATTR_SHIFT))


def _long_argument(raw, at):
    arg = raw[at + 1]
    shift = 8
    while at >= 2 and raw[at - 2] == EXTENDED:
        at -= 2
        arg |= raw[at + 1] << shift
        shift += 8
    return arg


def _uses(code, pairs):
    """(names that code does more with than call or test, those it holds).

    Held is what may go anywhere: not what is bound, an argument of
    isinstance(), or asked for an attribute.
    """
    names = code.co_names
    count = len(names)
    held = set()
    for op, arg in pairs:
        if op == _LOAD_GLOBAL or op in _METHOD or op == _LOAD_ATTR or (
                op in _BY_BIT and arg & 1 or op in _BINDING):
            continue
        if op in GLOBAL:
            kind, arg = "g", arg >> GLOBAL[op]
        elif op in ATTRIBUTE:
            kind, arg = "a", arg >> ATTRIBUTE[op]
        else:
            continue
        if arg < count:
            held.add(kind + names[arg])
    valued = set()
    classified = set()
    raw = code.co_code
    ops = raw[::2]
    for op, kind, shift in _LOADS:
        at = ops.find(op)
        while at >= 0:
            arg = raw[2 * at + 1]
            if at and ops[at - 1] == EXTENDED:
                arg = _long_argument(raw, 2 * at)
            name = kind + names[arg >> shift]
            if op == _LOAD_GLOBAL and name[1:] in _CLASSIFIERS:
                _classified(raw, 2 * at + 2, classified)
            if (kind == "g" or not _ATTR_SHIFT or not arg & 1) and (
                    name not in held and 2 * at not in classified
                    and not _is_called(raw, 2 * at + 2)
                    and not _is_tested(raw, 2 * at + 2)):
                (valued if _is_owner(raw, 2 * at + 2, names)
                 else held).add(name)
            at = ops.find(op, at + 1)
    return valued | held, held


def names_of(code):
    """(globals, attributes, what of them is valued, and held): see _uses."""
    names = code.co_names
    if not names:
        return (), (), (), ()
    raw = code.co_code
    pairs = set(zip(raw[::2], raw[1::2]))
    if EXTENDED_BYTE in raw:
        # The halves of a long argument add names too many, and no harm.
        pairs |= _extended(raw)
    loaded = set()
    looked_up = set()
    count = len(names)
    for op, arg in pairs:
        if op in GLOBAL:
            arg >>= GLOBAL[op]
            if arg < count:
                loaded.add(names[arg])
        elif op in ATTRIBUTE:
            arg >>= ATTRIBUTE[op]
            if arg < count:
                looked_up.add(names[arg])
    valued, held = _uses(code, pairs)
    for name in names:
        if name not in loaded and name not in looked_up:
            loaded.add(name)
            looked_up.add(name)
            for each in (valued, held):
                each.update(("g" + name, "a" + name))
    return loaded, looked_up, valued, held


# The special methods that operators call, by opcode, and where one opcode has
# them all, by its argument.  `%` of a string looks up what it is given, too.
_OPERATORS = {}
for _name, _methods in (
        ("POWER", "pow"), ("MULTIPLY", "mul"), ("MATRIX_MULTIPLY", "matmul"),
        ("MODULO", "mod getitem"), ("ADD", "add"), ("SUBTRACT", "sub"),
        ("FLOOR_DIVIDE", "floordiv"), ("TRUE_DIVIDE", "truediv"),
        ("LSHIFT", "lshift"), ("RSHIFT", "rshift"), ("AND", "and"),
        ("XOR", "xor"), ("OR", "or")):
    for _op in _ops("BINARY_" + _name, "INPLACE_" + _name):
        _OPERATORS[_op] = _methods
for _name, _methods in (
        ("UNARY_POSITIVE", "pos"), ("UNARY_NEGATIVE", "neg"),
        ("UNARY_INVERT", "invert"), ("BINARY_SUBSCR", "getitem"),
        ("BINARY_SLICE", "getitem"), ("STORE_SUBSCR", "setitem"),
        ("STORE_SLICE", "setitem"), ("DELETE_SUBSCR", "delitem")):
    _OPERATORS[opmap.get(_name, NOWHERE)] = _methods
_OPERATORS.pop(NOWHERE, None)
_BINARY_OP = opmap.get("BINARY_OP", NOWHERE)
# The order of Include/opcode.h; the same again for those in place.
_BY_OPERAND = ("add", "and", "floordiv", "lshift", "matmul", "mul",
               "mod getitem", "or", "pow", "rshift", "sub", "truediv", "xor")
# Functions of Python's that do the same.
_BY_FUNCTION = {
    "sum": "add", "itemgetter": "getitem", "format_map": "getitem",
    "reduce": " ".join(_BY_OPERAND), "operator": " ".join(_BY_OPERAND)}


def operators(code):
    """The special methods that the operators in code may call."""
    raw = code.co_code
    found = set()
    for op in set(raw[::2]):
        if op in _OPERATORS:
            found.update(_OPERATORS[op].split())
    if _BINARY_OP != NOWHERE:
        for op, arg in set(zip(raw[::2], raw[1::2])):
            if op == _BINARY_OP:
                # Behind them subscripts have got a number, in 3.14.
                found.update(_BY_OPERAND[arg % 13].split()
                             if arg < 26 else ["getitem"])
    for name in code.co_names:
        if name in _BY_FUNCTION:
            found.update(_BY_FUNCTION[name].split())
    return found


def _fields(text):
    """The names in the replacement fields of a format string."""
    found = []
    for piece in text.split("{")[1:]:
        field = piece.split("}")[0].split(":")[0].split("!")[0]
        found += field.replace("[", ".").replace("]", ".").split(".")
    return found


def names_in_text(text, into):
    """Adds the names that a string may stand for: "a", "a.b", "m:f"."""
    if text.isidentifier():
        into.add(text)
        return
    if "{" in text and ("." in text or "[" in text):
        into.update(part for part in _fields(text) if part.isidentifier())
    if len(text) > 500:
        return
    for separator in (":", ",", "[", "]", "-", "|", "/"):
        if separator in text:
            text = text.replace(separator, ".")
    parts = [part.strip() for part in text.split(".")]
    if all(part.isidentifier() for part in parts if part):
        into.update(part for part in parts if part)


def names_in_constant(constant, into):
    kind = type(constant)
    if kind is str:
        names_in_text(constant, into)
    elif kind is tuple or kind is frozenset:
        for each in constant:
            names_in_constant(each, into)
    elif kind is bytes and constant.isalnum():
        into.add(constant.decode("latin-1"))


def reflects(code, names, forwarded, shadowed):
    """Whether `code`, which uses `names`, can reach a name unmentioned.

    forwarded, shadowed: see ftrace_python_reflection.computes().
    """
    if not REFLECTION.isdisjoint(names):
        return True
    if TRIGGERS.isdisjoint(names):
        return False
    import ftrace_python_reflection
    return ftrace_python_reflection.computes(code, forwarded, shadowed)
