# SPDX-License-Identifier: MIT
"""Decorators that are known to be without effect, pytest's included."""

import ftrace_python_known as known
from ftrace_python_expressions import (callee, dotted, key_of,
                                       kind_of, parameter_names)

_SCOPES = ("function", "class", "module", "package", "session")


def _constant(node, kinds):
    return kind_of(node) == "Constant" and type(node.value) in kinds


def _fixture(call, unit):
    """pytest.fixture(...), and the name that it gives the fixture."""
    if call.args:
        unit.danger("a fixture with positional arguments")
    for each in call.keywords:
        if each.arg == "name" and _constant(each.value, (str,)):
            unit.binds.append(each.value.value)
        elif each.arg == "scope":
            if not (_constant(each.value, (str,))
                    and each.value.value in _SCOPES):
                unit.danger("a fixture of a scope that is computed")
        elif each.arg == "autouse":
            if not (kind_of(each.value) == "Constant"
                    and each.value.value is False):
                unit.danger("an autouse fixture")
        elif each.arg == "params":
            if kind_of(each.value) not in ("List", "Tuple"):
                unit.danger("a fixture whose parameters are computed")
        else:
            unit.danger("a fixture with the argument %s" % each.arg)


def _rows(node):
    """How many values each row has; None where that is not written down."""
    kind = kind_of(node)
    if kind in ("Tuple", "List"):
        return len(node.elts)
    if kind == "Call" and (dotted(node.func) or "").endswith("param"):
        return len(node.args)
    return None


def _parametrize(call, unit, function):
    """A wrong table is an error for the whole file, so it is looked at."""
    if function is None:
        unit.danger("a class with parameters")
        return
    if len(call.args) != 2 or not _constant(call.args[0], (str,)) or any(
            each.arg != "ids" or kind_of(each.value) not in ("List", "Tuple")
            for each in call.keywords):
        unit.danger("parameters that are computed")
        return
    names = [name.strip() for name in call.args[0].value.split(",")]
    names = [name for name in names if name]
    if not set(names) <= set(parameter_names(function.args)):
        unit.danger("a parameter that the function does not have")
    table = call.args[1]
    if kind_of(table) not in ("List", "Tuple"):
        unit.danger("parameters that are computed")
        return
    for each in call.keywords:
        if len(each.value.elts) != len(table.elts) or not all(
                _constant(part, (str, int)) for part in each.value.elts):
            unit.danger("ids that are computed")
    if len(names) > 1 and any(_rows(row) != len(names)
                              for row in table.elts):
        unit.danger("a row of parameters of another length")


def _known_call(call, full, unit, function):
    if full == "pytest.fixture":
        _fixture(call, unit)
    elif full == "pytest.mark.parametrize":
        _parametrize(call, unit, function)
    elif full in known.MARKS:
        if full == "pytest.mark.usefixtures" and call.keywords:
            unit.danger("a mark with unknown arguments")
        if full == "pytest.mark.filterwarnings" and not (
                len(call.args) == 1 and _constant(call.args[0], (str,))):
            unit.danger("a mark with unknown arguments")
    elif full in ("functools.lru_cache",):
        if not all(_constant(each, (int, bool, type(None))) for each in
                   call.args + [each.value for each in call.keywords]):
            unit.danger("a cache whose size is computed")
        if not {each.arg for each in call.keywords} <= {"maxsize", "typed"}:
            unit.danger("a cache with unknown arguments")
    elif full != "functools.wraps" or len(call.args) != 1:
        if full != "dataclasses.dataclass" or call.args:
            unit.danger("a call of %s" % full)


def decorator(node, unit, function):
    call = node if kind_of(node) == "Call" else None
    name = dotted(call.func if call else node)
    full = unit.scope.resolve(name) if name else ""
    risk = unit.risk
    key = key_of(node, unit) if call else callee(node, unit)
    if _is_accessor(name, unit):
        unit.risk = risk
        full = "property." + name.rpartition(".")[2]
        return full, key
    allowed = (known.DECORATORS | known.MARKS | {
        "pytest.fixture", "typing.overload", "typing_extensions.overload"}
        if function is not None
        else known.CLASS_DECORATORS | known.MARKS)
    if full not in allowed:
        unit.danger("the decorator %s" % (name or "that is computed"))
        return full or name or "?", key
    if call:
        inner = type(unit)(unit.scope)
        for each in call.args + [part.value for part in call.keywords]:
            key_of(each, inner)
        unit.risk = risk
        unit.danger(inner.risk)
        _known_call(call, full, unit, function)
    return full, key


def _is_accessor(name, unit):
    """`@x.setter` below `@property def x`, which is a class's own matter."""
    root, _, last = (name or "").partition(".")
    return (last in ("setter", "getter", "deleter")
            and root in unit.scope.properties)
