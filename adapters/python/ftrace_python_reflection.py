# SPDX-License-Identifier: MIT
"""Whether getattr() and its like are called with constants alone.

Read from compiled code.  The answer is "computed" wherever the pattern is
not plainly that of a call with a constant in the decisive place.
"""

from _opcode import stack_effect

import ftrace_python_mentions as mentions

_opmap = mentions.opmap
_ops = mentions._ops
_IGNORED = _ops("CACHE", "NOP", "NOT_TAKEN")
_PUSH_NULL = _opmap.get("PUSH_NULL", mentions.NOWHERE)
_CONSTANT = _ops("LOAD_CONST", "LOAD_CONST_IMMORTAL", "LOAD_CONST_MORTAL")
# 3.11 makes a call in two steps, and the first one has the arguments.
_CALL = _ops("PRECALL") if "PRECALL" in _opmap else _ops(
    "CALL", "CALL_FUNCTION", "CALL_METHOD")
_KEYWORDS = _opmap.get("KW_NAMES", mentions.NOWHERE)
_JUMPS = frozenset(op for name, op in _opmap.items()
                   if "JUMP" in name or name.startswith((
                       "FOR_", "SETUP_", "SEND", "YIELD", "RETURN",
                       "RAISE", "POP_EXCEPT", "END_", "CLEANUP",
                       "GET_AWAITABLE", "INSTRUMENTED", "WITH_",
                       "BEFORE_")))


def _effect(op, arg):
    try:
        return stack_effect(op, arg)
    except ValueError:
        return stack_effect(op)


def _called_with_constant(stream, at, place, consts):
    """Whether the call of what was just loaded has a constant at `place`.

    The depth counts what lies above the loaded function.  A constant that
    some instruction consumes before the call lets the depth fall back to
    its own.
    """
    depth = 0
    constant_at = None
    for i in range(at + 1, len(stream)):
        op, arg = stream[i]
        if op in _IGNORED or (op == _PUSH_NULL and i == at + 1):
            continue
        if op in _JUMPS or op == _KEYWORDS:
            return False
        if op in _CALL and arg == depth:
            return place <= depth and constant_at is not None
        depth += _effect(op, arg)
        if depth < 0:
            return False
        if constant_at is None:
            if op in _CONSTANT and depth == place:
                if type(consts[arg]) is not str:
                    return False
                constant_at = i
            elif depth >= place:
                return False
        elif depth <= place:
            return False
    return False


def _called_with_constants(stream, at):
    """Whether nothing but constants are the arguments of the call."""
    count = 0
    for op, arg in stream[at + 1:]:
        if op in _IGNORED or op == _PUSH_NULL:
            continue
        if op in _CALL:
            return arg == count
        if op not in _CONSTANT:
            return False
        count += 1
    return False


def computes(code):
    names = code.co_names
    stream = list(mentions.instructions(code))
    for at, (op, arg) in enumerate(stream):
        if op in mentions.GLOBAL:
            arg >>= mentions.GLOBAL[op]
        elif op in mentions.ATTRIBUTE:
            arg >>= mentions.ATTRIBUTE[op]
        else:
            continue
        if arg >= len(names):
            return True
        place = mentions.BY_ARGUMENT.get(names[arg])
        if place is None:
            continue
        if place == 0:
            constant = _called_with_constants(stream, at)
        else:
            constant = _called_with_constant(stream, at, place,
                                             code.co_consts)
        if not constant:
            return True
    return False
