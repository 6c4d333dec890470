# SPDX-License-Identifier: MIT
"""Type expressions that are known to evaluate: t.Optional[str], int | None."""

import ftrace_python_analyse as analyse
import ftrace_python_known as known
from ftrace_python_expressions import dotted, kind_of

_PLAIN = frozenset((
    "Any", "Hashable", "Sized", "Text", "AnyStr", "NoReturn", "Callable",
    "TextIO", "BinaryIO")) | frozenset(known.GENERICS)


def names_in(node):
    """All names that an expression loads."""
    found = set()
    todo = [node]
    while todo:
        each = todo.pop()
        if kind_of(each) == "Name":
            found.add(each.id)
        for field in each._fields:
            value = getattr(each, field, None)
            if type(value) is list:
                todo += [part for part in value if hasattr(part, "_fields")]
            elif hasattr(value, "_fields"):
                todo.append(value)
    return found


def _argument(node, scope):
    """Whether `node` can stand between the brackets of typing's generics."""
    kind = kind_of(node)
    if kind == "Constant":
        return node.value is None or _is_expression(node.value)
    if kind in ("Name", "Attribute"):
        name = dotted(node)
        if name is None:
            return False
        full = scope.resolve(name)
        module, _, last = full.rpartition(".")
        if module == "builtins":
            return last in known.BUILTIN_TYPES
        if module == "typing":
            return last in _PLAIN
        # Whether it is a type is seen when the answer is wanted.
        _wanted.add(name)
        return True
    return evaluates(node, scope)


def _is_expression(value):
    if type(value) is not str:
        return False
    try:
        compile(value, "<type>", "eval", 0, True)
        return True
    except Exception:
        return False


def _arguments(node):
    return node.elts if kind_of(node) == "Tuple" else [node]


def _callable(node, scope):
    parts = _arguments(node)
    if len(parts) != 2:
        return False
    if kind_of(parts[0]) == "List":
        first = all(_argument(each, scope) for each in parts[0].elts)
    else:
        first = getattr(parts[0], "value", None) is ...
    return first and _argument(parts[1], scope)


def _is_type(node, scope):
    name = dotted(node)
    full = scope.resolve(name) if name else ""
    return (full.startswith("builtins.")
            and full[len("builtins."):] in known.BUILTIN_TYPES)


_wanted = set()


def conditions(node, scope):
    """The names that must be types for an expression not to fail, or None.

    The names as such are bound, which is another condition.
    """
    _wanted.clear()
    if not evaluates(node, scope):
        return None
    return tuple(sorted(_wanted))


def evaluates(node, scope):
    """Whether a type expression cannot fail, given that."""
    kind = kind_of(node)
    if kind == "BinOp":
        sides = (node.left, node.right)
        return analyse.VERSION >= (3, 10) and (
            any(_is_type(each, scope) for each in sides) and all(
                _is_type(each, scope) or (
                    kind_of(each) == "Constant" and each.value is None)
                for each in sides))
    if kind != "Subscript":
        return False
    name = dotted(node.value)
    full = scope.resolve(name) if name else ""
    if full in known.BUILTIN_GENERICS:
        return all(_argument(each, scope) or
                   getattr(each, "value", None) is ...
                   for each in _arguments(node.slice))
    module, _, last = full.rpartition(".")
    if module != "typing":
        return False
    if last == "Callable":
        return _callable(node.slice, scope)
    if last not in known.GENERICS:
        return False
    parts = _arguments(node.slice)
    if known.GENERICS[last] not in (0, len(parts)):
        return False
    if last == "Tuple" and len(parts) == 2:
        parts = [each for each in parts
                 if getattr(each, "value", None) is not ...]
    return bool(parts) and all(_argument(each, scope) for each in parts)
