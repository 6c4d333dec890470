# SPDX-License-Identifier: MIT
"""Decorators that are known to be without effect, pytest's included."""

from .expressions import callee, is_quiet, key_of, names_in
from .nodes import dotted, kind_of


def _fixture(call, unit):
    """pytest.fixture(...), and the name that it gives the fixture."""
    if call.args:
        unit.danger("a fixture with positional arguments")
    for each in call.keywords:
        value = getattr(each.value, "value", None)
        if each.arg == "name":
            if type(value) is not str:
                unit.danger("a fixture whose name is computed")
            unit.binds.append(str(value))
        elif each.arg == "autouse" and value is not False:
            unit.danger("an autouse fixture")


def decorator(node, unit):
    call = node if kind_of(node) == "Call" else None
    name = dotted(call.func if call else node)
    full = unit.scope.resolve(name) if name else ""
    before = unit.risk, set(unit.risky), set(unit.sets)
    key = key_of(node, unit) if call else callee(node, unit)
    if _is_accessor(name, unit):
        unit.risk, unit.risky, unit.sets = before
        full = "property." + name.rpartition(".")[2]
        return full, key
    unit.risk, unit.risky, unit.sets = before
    if call:
        inner = type(unit)(unit.scope)
        for each in call.args + [part.value for part in call.keywords]:
            key_of(each, inner)
        unit.take(inner)
    if full == "pytest.fixture":
        if call:
            _fixture(call, unit)
    elif not is_quiet(call.func if call else node, unit.scope):
        if "." in (name or ""):
            unit.sets.add(name + "()")
        else:
            unit.danger("the decorator %s" % (name or "that is computed"),
                        names_in(node))
    return full or name or "?", key


def _is_accessor(name, unit):
    """`@x.setter` below `@property def x`, which is a class's own matter."""
    root, _, last = (name or "").partition(".")
    return (last in ("setter", "getter", "deleter")
            and root in unit.scope.properties)
