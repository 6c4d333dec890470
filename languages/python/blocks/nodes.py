# SPDX-License-Identifier: MIT
"""Nodes of a source's tree: their kinds, their names, what they bind."""


def kind_of(node):
    return type(node).__name__


def mangled(name, class_name):
    """What a name that begins with two underscores is in a class."""
    if (not class_name or not name.startswith("__") or name.endswith("__")
            or "." in name):
        return name
    bare = class_name.lstrip("_")
    return "_" + bare + name if bare else name


def dotted(node):
    """"a.b.c", or None for anything else."""
    parts = []
    while kind_of(node) == "Attribute":
        parts.append(node.attr)
        node = node.value
    if kind_of(node) != "Name":
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def _targets(node):
    kind = kind_of(node)
    if kind == "Name":
        return [node.id]
    if kind == "Starred":
        return _targets(node.value)
    if kind in ("Tuple", "List"):
        return [name for each in node.elts for name in _targets(each)]
    return []


def bound_by(node):
    """The names that a statement other than an import can bind."""
    kind = kind_of(node)
    if kind in ("FunctionDef", "AsyncFunctionDef", "ClassDef"):
        return [node.name]
    if kind == "Import":
        return [each.asname or each.name.split(".")[0]
                for each in node.names]
    if kind == "ImportFrom":
        return [each.asname or each.name for each in node.names]
    names = []
    for field in ("targets", "target", "name", "optional_vars"):
        value = getattr(node, field, None)
        if type(value) is str:
            names.append(value)
        elif type(value) is list:
            for each in value:
                names += _targets(each)
        elif value is not None:
            names += _targets(value)
    for field in ("body", "orelse", "finalbody", "handlers", "cases",
                  "items"):
        value = getattr(node, field, None)
        if type(value) is list:
            for each in value:
                names += bound_by(each)
    return names


def docstring(body):
    """As the program has it: since 3.13 the compiler takes its margin off."""
    if body and kind_of(body[0]) == "Expr":
        value = body[0].value
        if kind_of(value) == "Constant" and type(value.value) is str:
            return compile(repr(value.value), "", "exec").co_consts[0]
    return None
