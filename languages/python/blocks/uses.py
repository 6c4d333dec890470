# SPDX-License-Identifier: MIT
"""What code does with what it has loaded: calls it, tests it, asks it."""

from _opcode import stack_effect
from itertools import compress

from .opcodes import (
    ATTRIBUTE, ATTR_SHIFT, CALL, CALL_KW, CONSTANTS, EXTENDED, GLOBAL,
    LOAD_ATTR, LOAD_GLOBAL, NOWHERE, PUSH_NULL, VERSION, opmap, ops,
)
from .words import GLOBAL_HELD, NAME_HELD

_CALL_EX = opmap["CALL_FUNCTION_EX"]
_IGNORED = ops("CACHE", "NOP", "NOT_TAKEN", "KW_NAMES", "RESUME")
_JUMPS = frozenset(op for name, op in opmap.items()
                   if "JUMP" in name or name.startswith((
                       "FOR_", "SETUP_", "SEND", "YIELD", "RETURN",
                       "RAISE", "POP_EXCEPT", "END_", "CLEANUP",
                       "GET_AWAITABLE", "INSTRUMENTED", "WITH_",
                       "BEFORE_")))
_METHOD = ops("LOAD_METHOD")
_OF_OWNER = ops("LOAD_METHOD", "LOAD_ATTR", "STORE_ATTR", "DELETE_ATTR") - {
    NOWHERE}
_BINDING = ops("STORE_ATTR", "DELETE_ATTR", "STORE_GLOBAL", "DELETE_GLOBAL",
               "STORE_NAME", "DELETE_NAME")
_TESTS = frozenset(op for name, op in opmap.items() if name == "TO_BOOL" or (
    name.startswith(("POP_JUMP_IF_", "POP_JUMP_FORWARD_IF_",
                     "POP_JUMP_BACKWARD_IF_"))))
_IS = opmap.get("IS_OP", NOWHERE)
_PLAIN_LOADS = frozenset(op for name, op in opmap.items() if name.startswith((
    "LOAD_CONST", "LOAD_FAST", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_NAME"))
    and "AND_CLEAR" not in name)
_CALLING = ops("PRECALL", "CALL", "CALL_FUNCTION", "CALL_METHOD")
_BUILD_TUPLE = opmap["BUILD_TUPLE"]
# What a property, a bound method and a partial are made of.
_UNWRAPPING = frozenset(("fget", "fset", "fdel", "func", "keywords", "args"))
# These get an object and the name of an attribute.  The last is patch's.
_ASKERS = frozenset(("getattr", "hasattr", "setattr", "delattr", "object"))
_BY_BIT = ops("LOAD_ATTR", "LOAD_SUPER_ATTR") if ATTR_SHIFT else (
    frozenset())
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


def stream_of(ops, arguments):
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


# What is_called() does at an opcode, other than to count its effect.
(_CALLS, _CALLS_KW, _CALLS_EX, _LEAVES, _PUSHES_NULL) = range(1, 6)
_ACTIONS = [0] * 256
for _action, _ops_of in ((_LEAVES, _JUMPS), (_CALLS_EX, (_CALL_EX,)),
                         (_CALLS_KW, CALL_KW), (_CALLS, CALL),
                         (_PUSHES_NULL, (PUSH_NULL,))):
    for _op in _ops_of:
        if 0 <= _op < 256:
            _ACTIONS[_op] = _action


def is_called(stream, at):
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


def is_tested(stream, at):
    """Whether all of what is loaded right before `at` is that it is there.

    Or that it is the same as something.
    """
    op = (stream[at] if at < len(stream) else _END)[1]
    if op in CONSTANTS:
        return (stream[at + 1] if at + 1 < len(stream) else _END)[1] == _IS
    return op == _IS or op in _TESTS


def is_owner(stream, at, names):
    """Whether of what is loaded right before `at` an attribute is wanted.

    Not one by which a function tells what it is.
    """
    _, op, arg = stream[at] if at < len(stream) else _END
    if op not in _OF_OWNER:
        return False
    name = names[arg >> ATTRIBUTE[op]]
    return name[:2] != "__" and name not in _UNWRAPPING


def classified(stream, at, found):
    """Adds where the arguments of an isinstance(), loaded before, are made.

    Of each value on the stack the places are kept that it was loaded at.
    """
    stack = []
    end = stream[at - 1][0] + 301
    for i in range(at, len(stream)):
        place, op, arg = stream[i]
        if stream[i - 1][0] + 1 >= end:
            return
        if op == PUSH_NULL and not stack:
            continue
        if op in CALL and arg == len(stack):
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


# Of each opcode that names something: the mark of a name that is held, how far
# the argument is shifted, and whether the opcode alone means that the name is
# held: always, unless the argument is odd, or never.
_NEVER, ALWAYS, EVEN = range(3)
ROLES = [None] * 256
for _kind, _shifts in ((GLOBAL_HELD, GLOBAL), (NAME_HELD, ATTRIBUTE)):
    for _op, _shift in _shifts.items():
        if _op < 256:
            ROLES[_op] = (_kind, _shift, _NEVER if (
                _op in (LOAD_GLOBAL, LOAD_ATTR) or _op in _METHOD
                or _op in _BINDING) else EVEN if _op in _BY_BIT
                else ALWAYS)


def is_asked(stream, at, names, consts, first):
    """Whether getattr() or its like gets what is loaded right before `at`.

    With the name of an attribute that is written.  It begins at `first`.
    """
    _, op, arg = stream[at] if at < len(stream) else _END
    if op not in CONSTANTS or arg >= len(consts):
        return False
    name = consts[arg]
    if type(name) is not str or name[:2] == "__" or name in _UNWRAPPING:
        return False
    first -= 1
    while first > 0 and stream[first][1] == PUSH_NULL:
        first -= 1
    _, op, arg = stream[first] if first >= 0 else _END
    role = ROLES[op]
    if not role or names[arg >> role[1]] not in _ASKERS:
        return False
    return (op in _METHOD or op == LOAD_ATTR and ATTR_SHIFT and arg & 1
            or is_called(stream, first + 1))
