# SPDX-License-Identifier: MIT
"""Expressions of which the value is known on this platform.

`sys.platform == "win32" and not OTHER` is False elsewhere, whatever OTHER
is: nothing else in it is evaluated, and an edit of it may change nothing.
"""

import sys

from .nodes import dotted, kind_of


def _value(node, scope):
    """(the value,) of a constant or of what names the platform, or None."""
    if kind_of(node) == "Constant":
        return (node.value,)
    if kind_of(node) == "Tuple":
        values = [_value(each, scope) for each in node.elts]
        if None in values:
            return None
        return (tuple(each[0] for each in values),)
    name = dotted(node)
    full = scope.resolve(name) if name else ""
    if full == "sys.platform":
        return (sys.platform,)
    if full == "sys.version_info":
        return (sys.version_info,)
    return None


def _compare(node, scope):
    if len(node.ops) != 1 or kind_of(node.left) == "Constant":
        return None
    left = _value(node.left, scope)
    right = _value(node.comparators[0], scope)
    if left is None or right is None or (
            type(left[0]) is str) != (type(right[0]) is str):
        return None
    operator = kind_of(node.ops[0])
    try:
        if operator in ("Eq", "NotEq"):
            return ((left[0] == right[0]) == (operator == "Eq"),)
        if operator in ("Lt", "GtE"):
            return ((left[0] < right[0]) == (operator == "Lt"),)
        if operator in ("Gt", "LtE"):
            return ((left[0] > right[0]) == (operator == "Gt"),)
    except TypeError:
        pass
    return None


def _boolean(node, scope):
    decisive = kind_of(node.op) == "Or"
    for each in node.values:
        value = fold(each, scope)
        if value is None or bool(value[0]) == decisive:
            return value
    return value


def fold(node, scope):
    """(the value,) of an expression, or None where it is not known."""
    kind = kind_of(node)
    if kind == "Compare":
        return _compare(node, scope)
    if kind == "BoolOp":
        return _boolean(node, scope)
    if kind == "UnaryOp" and kind_of(node.op) == "Not":
        value = fold(node.operand, scope)
        return None if value is None else (not value[0],)
    if kind == "Call" and not node.keywords and len(node.args) == 1:
        name = dotted(node.func)
        prefix = node.args[0]
        if (name and kind_of(prefix) == "Constant"
                and type(prefix.value) is str
                and scope.resolve(name) == "sys.platform.startswith"):
            return (sys.platform.startswith(prefix.value),)
    return None
