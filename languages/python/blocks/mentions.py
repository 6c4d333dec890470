# SPDX-License-Identifier: MIT
"""The names that compiled code mentions, and whether it can reach others."""

import sys
from _opcode import stack_effect
from itertools import compress

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
if VERSION >= (3, 15):
    # Below the name is whether the import is a lazy one.
    ATTRIBUTE.update((op, 2) for op in _ops("IMPORT_NAME"))
GLOBAL.pop(NOWHERE, None)
ATTRIBUTE.pop(NOWHERE, None)
EXTENDED = opmap["EXTENDED_ARG"]

# Whoever names one of these can reach names that it does not mention.
REFLECTION = frozenset((
    "eval", "exec", "__subclasses__", "iter_modules", "walk_packages",
    "get_type_hints", "get_annotations", "get_overloads", "__annotations__",
    "__annotate__", "__annotate_func__", "__annotations_cache__",
    "get_annotate_from_class_namespace", "call_annotate_function",
    "__builtins__", "pickle", "_pickle", "cPickle", "dill",
    "cloudpickle", "shelve", "runpy", "run_module", "run_path",
    "get_objects", "get_referrers", "get_referents",
    "__static_attributes__", "InteractiveInterpreter",
    "InteractiveConsole", "doctest"))
# And these what objects and classes have: modules are found by who holds one,
# unless they are looked up as well.
OF_OBJECTS = frozenset((
    "dir", "getmembers", "getmembers_static", "getattr_static"))
_LOOKING_UP = frozenset((
    "modules", "module", "import_module", "__import__", "getmodule",
    "resolve_name"))
# These give a namespace: what is done with it decides.
NAMESPACES = frozenset((
    "globals", "vars", "__dict__", "__globals__", "f_globals", "f_locals",
    "f_builtins"))
# These reach what their argument at the given place says.
BY_ARGUMENT = {
    "getattr": 2, "hasattr": 2, "setattr": 2, "delattr": 2,
    "attrgetter": 0, "methodcaller": 1, "import_module": 1,
    "__import__": 1, "getfixturevalue": 1, "reload": 0,
    "__delattr__": 2, "__getattribute__": 2, "getfuncargvalue": 1,
    "locate": 1, "resolve_name": 1}
TRIGGERS = frozenset(BY_ARGUMENT) | NAMESPACES
# What these are asked for is told while the code runs.
HEARD = frozenset(("getattr", "hasattr"))


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
_IMPORT_FROM = opmap["IMPORT_FROM"]
_OF_OWNER = _ops("LOAD_METHOD", "LOAD_ATTR", "STORE_ATTR", "DELETE_ATTR") - {
    NOWHERE}
_BINDING = _ops("STORE_ATTR", "DELETE_ATTR", "STORE_GLOBAL", "DELETE_GLOBAL",
                "STORE_NAME", "DELETE_NAME")
_TESTS = frozenset(op for name, op in opmap.items() if name == "TO_BOOL" or (
    name.startswith(("POP_JUMP_IF_", "POP_JUMP_FORWARD_IF_",
                     "POP_JUMP_BACKWARD_IF_"))))
_IS = opmap.get("IS_OP", NOWHERE)
_IMPORT_NAME = opmap["IMPORT_NAME"]
_CONSTANTS = frozenset(op for name, op in opmap.items()
                       if name.startswith(("LOAD_CONST", "LOAD_COMMON")))
_PLAIN_LOADS = frozenset(op for name, op in opmap.items() if name.startswith((
    "LOAD_CONST", "LOAD_FAST", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_NAME"))
    and "AND_CLEAR" not in name)
_CALLING = _ops("PRECALL", "CALL", "CALL_FUNCTION", "CALL_METHOD")
_BUILD_TUPLE = opmap["BUILD_TUPLE"]
_CLASSIFIERS = frozenset(("isinstance", "issubclass"))
# What a property, a bound method and a partial are made of.
_UNWRAPPING = frozenset(("fget", "fset", "fdel", "func", "keywords", "args"))
# These get an object and the name of an attribute.  The last is patch's.
_ASKERS = frozenset(("getattr", "hasattr", "setattr", "delattr", "object"))
_BY_BIT = _ops("LOAD_ATTR", "LOAD_SUPER_ATTR") if _ATTR_SHIFT else (
    frozenset())
_LOAD_GLOBAL = opmap["LOAD_GLOBAL"]
_LOAD_ATTR = opmap["LOAD_ATTR"]
_effects = {}


def _effect(op, arg):
    key = arg << 8 | op
    found = _effects.get(key)
    if found is None:
        try:
            found = stack_effect(op, arg)
        except ValueError:
            found = stack_effect(op)
        _effects[key] = found
    return found


_DOES = bytes(op not in _IGNORED for op in range(256))


def _stream(ops, arguments):
    """(place, opcode, argument) of the instructions that do something.

    And a set of what is read of an instruction that has a longer argument.
    """
    if EXTENDED not in ops:
        return list(compress(zip(range(len(ops)), ops, arguments),
                             ops.translate(_DOES))), ()
    found = []
    long = set()
    high = 0
    for place, op in enumerate(ops):
        if op == EXTENDED:
            high = (arguments[place] | high) << 8
        elif op not in _IGNORED:
            found.append((place, op, arguments[place] | high))
            if high:
                long.add((op, arguments[place] | high))
            high = 0
    return found, long


# What _is_called() does at an opcode, other than to count its effect.
(_CALLS, _CALLS_KW, _CALLS_EX, _LEAVES, _PUSHES_NULL) = range(1, 6)
_ACTIONS = [0] * 256
for _action, _ops_of in ((_LEAVES, _JUMPS), (_CALLS_EX, (_CALL_EX,)),
                         (_CALLS_KW, _CALL_KW), (_CALLS, _CALL),
                         (_PUSHES_NULL, (_PUSH_NULL,))):
    for _op in _ops_of:
        if 0 <= _op < 256:
            _ACTIONS[_op] = _action


def _is_called(stream, at):
    """Whether what is loaded right before `at` is the function of a call.

    The depth counts what lies above it: the arguments, until the call.  An
    instruction that leaves nothing above it has consumed it otherwise.
    """
    if at >= len(stream):
        return False
    depth = 0
    # As far as that is looked, and no farther.
    end = stream[at - 1][0] + 301
    for i in range(at, min(at + 300, len(stream))):
        place, op, arg = stream[i]
        if place >= end:
            return False
        action = _ACTIONS[op]
        if action:
            if action == _PUSHES_NULL:
                if not depth:
                    continue
            elif action == _CALLS:
                if arg == depth:
                    return True
            elif action == _CALLS_KW:
                if arg + 1 == depth:
                    return True
            elif action == _CALLS_EX:
                # From 3.14 on there is always a place for keywords.
                return depth == (2 if VERSION >= (3, 14) else 1 + (arg & 1))
            else:
                return False
        effect = _effects.get(arg << 8 | op)
        depth += _effect(op, arg) if effect is None else effect
        if depth <= 0:
            return False
    return False


_END = (0, NOWHERE, 0)


def _is_tested(stream, at):
    """Whether all of what is loaded right before `at` is that it is there.

    Or that it is the same as something.
    """
    op = (stream[at] if at < len(stream) else _END)[1]
    if op in _CONSTANTS:
        return (stream[at + 1] if at + 1 < len(stream) else _END)[1] == _IS
    return op == _IS or op in _TESTS


def _is_owner(stream, at, names):
    """Whether of what is loaded right before `at` an attribute is wanted.

    Not one by which a function tells what it is.
    """
    _, op, arg = stream[at] if at < len(stream) else _END
    if op not in _OF_OWNER:
        return False
    name = names[arg >> ATTRIBUTE[op]]
    return name[:2] != "__" and name not in _UNWRAPPING


def _classified(stream, at, found):
    """Adds where the arguments of an isinstance(), loaded before, are made.

    Of each value on the stack the places are kept that it was loaded at.
    """
    stack = []
    end = stream[at - 1][0] + 301
    for i in range(at, len(stream)):
        place, op, arg = stream[i]
        if stream[i - 1][0] + 1 >= end:
            return
        if op == _PUSH_NULL and not stack:
            continue
        if op in _CALL and arg == len(stack):
            found.update(place for places in stack for place in places)
            return
        effect = _effect(op, arg)
        if op in _PLAIN_LOADS:
            stack += [(place,) if effect == 1 else ()] * effect
            continue
        if op in _OF_OWNER:
            made = (place,) if effect == 0 else ()
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


# Of each opcode that names something: "g" or "a", how far its argument is
# shifted, and whether that alone means that it is held: always, unless the
# argument is odd, or never.
_NEVER, _ALWAYS, _EVEN = range(3)
_ROLES = [None] * 256
for _kind, _shifts in (("g", GLOBAL), ("a", ATTRIBUTE)):
    for _op, _shift in _shifts.items():
        if _op < 256:
            _ROLES[_op] = (_kind, _shift, _NEVER if (
                _op in (_LOAD_GLOBAL, _LOAD_ATTR) or _op in _METHOD
                or _op in _BINDING) else _EVEN if _op in _BY_BIT
                else _ALWAYS)


# What can be the function of a call, and so is looked at in its place.
_LOADS = bytes(op in (_LOAD_GLOBAL, _LOAD_ATTR) for op in range(256))


def is_asked(stream, at, names, consts, first):
    """Whether getattr() or its like gets what is loaded right before `at`.

    With the name of an attribute that is written.  It begins at `first`.
    """
    _, op, arg = stream[at] if at < len(stream) else _END
    if op not in _CONSTANTS or arg >= len(consts):
        return False
    name = consts[arg]
    if type(name) is not str or name[:2] == "__" or name in _UNWRAPPING:
        return False
    first -= 1
    while first > 0 and stream[first][1] == _PUSH_NULL:
        first -= 1
    _, op, arg = stream[first] if first >= 0 else _END
    role = _ROLES[op]
    if not role or names[arg >> role[1]] not in _ASKERS:
        return False
    return (op in _METHOD or op == _LOAD_ATTR and _ATTR_SHIFT and arg & 1
            or _is_called(stream, first + 1))


def _chain(stream, at, names):
    """Where the dotted name begins that ends at `at`, and the name.

    Empty where it does not begin with a global.
    """
    parts = []
    while at > 0 and stream[at][1] == _LOAD_ATTR and not (
            _ATTR_SHIFT and stream[at][2] & 1):
        parts.append(names[stream[at][2] >> _ATTR_SHIFT])
        at -= 1
    if stream[at][1] != _LOAD_GLOBAL:
        return at, ""
    parts.append(names[stream[at][2] >> _GLOBAL_SHIFT])
    return at, ".".join(reversed(parts))


def _uses(stream, names, consts, valued, held):
    """Adds names that code does more with than call or test, and it holds.

    Held is what may go anywhere: not what is bound, an argument of
    isinstance(), or asked for an attribute.  Of a dotted name also as a whole.
    """
    classified = set()
    does = bytes([op for _, op, _ in stream])
    for at in compress(range(1, len(does) + 1), does.translate(_LOADS)):
        place, op, arg = stream[at - 1]
        if op == _LOAD_GLOBAL:
            name = names[arg >> _GLOBAL_SHIFT]
            if name in _CLASSIFIERS:
                _classified(stream, at, classified)
            name = "g" + name
        elif _ATTR_SHIFT and arg & 1:
            continue
        else:
            name = "a" + names[arg >> _ATTR_SHIFT]
        first, chain = _chain(stream, at - 1, names)
        if (not {name, "g" + chain} <= held and place not in classified
                and not _is_called(stream, at)
                and not _is_tested(stream, at)):
            if _is_owner(stream, at, names) or is_asked(
                    stream, at, names, consts, first):
                valued.add(name)
            else:
                held.update((name, "g" + chain) if chain else (name,))


# The opcodes that are looked at whatever comes before and after.
_MATTERS = bytes(bool(_ROLES[op]) for op in range(256))


def names_of(code):
    """What code names, in sets.

    Globals; attributes; what of them, with "g" or "a" in front, it does more
    with than call or test; what of these it holds, see _uses().
    """
    names = code.co_names
    ops = code.co_code[::2]
    arguments = code.co_code[1::2]
    loaded = set()
    looked_up = set()
    valued = set()
    held = set()
    imported = set()
    pairs = set(compress(zip(ops, arguments), ops.translate(_MATTERS)))
    if not names:
        return loaded, looked_up, valued, held
    stream, long = _stream(ops, arguments)
    # The halves of a long argument add names too many, and no harm.
    pairs.update(long)
    count = len(names)
    for op, arg in pairs:
        role = _ROLES[op]
        if role:
            kind, shift, holds = role
            index = arg >> shift
            # Nobody is asked for a module that is imported.
            if index < count and op == _IMPORT_NAME:
                imported.add(names[index])
            elif index < count:
                (loaded if kind == "g" else looked_up).add(names[index])
                if holds == _ALWAYS or holds == _EVEN and not arg & 1:
                    held.add(kind + names[index])
    _uses(stream, names, code.co_consts, valued, held)
    if imported:
        from ..narrow import handed
        held |= handed.imported_and_held(code, stream)
        held |= handed.imported(code, stream)
    valued |= held
    for name in set(names).difference(loaded, looked_up, imported):
        loaded.add(name)
        looked_up.add(name)
        for each in (valued, held):
            each.update(("g" + name, "a" + name))
    return loaded, looked_up, valued, held


def _fields(text):
    """The names in the replacement fields of a format string."""
    found = []
    for piece in text.split("{")[1:]:
        field = piece.split("}")[0].split(":")[0].split("!")[0]
        found += field.replace("[", ".").replace("]", ".").split(".")
    return found


_texts = {}


def names_in_text(text, into):
    """Adds the names that a string may stand for: "a", "a.b", "m:f"."""
    if text.isidentifier():
        into.add(text)
        return
    found = _texts.get(text)
    if found is None:
        found = _texts[text] = set()
        _find_names(text, found)
    into.update(found)


def _find_names(text, into):
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


def reflects(code, names, shadowed):
    """Which names `code`, which uses `names`, can reach unmentioned.

    "*": any; "+": those of what objects and classes have; "@": globals of its
    file; "?": those that it is told to ask for while it runs.
    shadowed: see reflection.computes().
    """
    if not REFLECTION.isdisjoint(names):
        return {"*"}
    found = set() if OF_OBJECTS.isdisjoint(names) else {"+"}
    if not TRIGGERS.isdisjoint(names):
        from . import reflection
        found |= reflection.computes(code, shadowed)
    if "+" in found and not _LOOKING_UP.isdisjoint(names):
        return {"*"}
    return found
