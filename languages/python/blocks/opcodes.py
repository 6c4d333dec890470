# SPDX-License-Identifier: MIT
"""The instructions of compiled code, as each version of Python has them."""

import sys

try:
    from _opcode_metadata import opmap
except ImportError:
    from opcode import opmap

VERSION = sys.version_info[:2]
NOWHERE = -1


def ops(*names):
    """The opcodes of these names, as far as there are any."""
    return frozenset(opmap.get(name, NOWHERE) for name in names)


# How far an argument is shifted to the left of the index of its name.
GLOBAL_SHIFT = 1 if VERSION >= (3, 11) else 0
ATTR_SHIFT = 1 if VERSION >= (3, 12) else 0

GLOBAL = {op: 0 for op in ops(
    "LOAD_NAME", "STORE_NAME", "DELETE_NAME", "STORE_GLOBAL",
    "DELETE_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS")}
GLOBAL.update((op, GLOBAL_SHIFT) for op in ops("LOAD_GLOBAL"))
ATTRIBUTE = {op: 0 for op in ops(
    "LOAD_METHOD", "STORE_ATTR", "DELETE_ATTR", "IMPORT_NAME",
    "IMPORT_FROM")}
ATTRIBUTE.update((op, ATTR_SHIFT) for op in ops("LOAD_ATTR"))
ATTRIBUTE.update((op, 2) for op in ops("LOAD_SUPER_ATTR"))
if VERSION >= (3, 15):
    # Below the name is whether the import is a lazy one.
    ATTRIBUTE.update((op, 2) for op in ops("IMPORT_NAME"))
GLOBAL.pop(NOWHERE, None)
ATTRIBUTE.pop(NOWHERE, None)
EXTENDED = opmap["EXTENDED_ARG"]

CALL = ops("PRECALL") if "PRECALL" in opmap else ops(
    "CALL", "CALL_FUNCTION")
CALL_KW = ops("CALL_KW", "CALL_FUNCTION_KW")
IMPORT_FROM = opmap["IMPORT_FROM"]
IMPORT_NAME = opmap["IMPORT_NAME"]
CONSTANTS = frozenset(op for name, op in opmap.items()
                      if name.startswith(("LOAD_CONST", "LOAD_COMMON")))
LOAD_GLOBAL = opmap["LOAD_GLOBAL"]
LOAD_ATTR = opmap["LOAD_ATTR"]
PUSH_NULL = opmap.get("PUSH_NULL", NOWHERE)


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
