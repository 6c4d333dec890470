# SPDX-License-Identifier: MIT
"""Expressions that run on import: what they name, and what may be felt of them.

Each function here makes a key of an expression, the same for the same code
whatever its layout, and notes in the unit what the expression needs.  Calls
that are not known to be without effect are noted as risks.
"""

from . import analyse, known, mentions, platform, reflection, words
from .nodes import bound_by, dotted, kind_of, mangled, _targets

# What runs on import is no block: what it stores may be anything.
_REVEALING = (reflection.REFLECTION | reflection.STORING
              | reflection.NAMESPACES)
# That has nothing of the project.
_BUILTINS = "__builtins__"
_CALLERS = frozenset(reflection.BY_ARGUMENT) | _REVEALING
# These give all names of the file, where nothing is asked for.
_OF_FILE = frozenset(("globals", "locals", "vars", "dir"))
# In front of an attribute of something that has no name.
_ANYBODYS = words.NO_NAME + "."


def _generic(node, unit):
    """Any other node: its parts are noted, its evaluation is a risk."""
    key = [kind_of(node)]
    for field in node._fields:
        value = getattr(node, field, None)
        if type(value) is list:
            key.append([_any(each, unit) for each in value])
        else:
            key.append(_any(value, unit))
    return key


def _any(value, unit):
    if hasattr(value, "_fields"):
        return key_of(value, unit)
    return analyse.constant_key(value)


def _name(node, unit):
    name = mangled(node.id, unit.scope.class_name)
    unit.needs.add(name)
    unit.valued.add(name)
    unit.held.add(name)
    if name in _REVEALING and name != _BUILTINS:
        unit.words.add(words.ANY)
    return ("name", name)


def _attribute(node, unit):
    chain = dotted(node)
    attr = mangled(node.attr, unit.scope.class_name)
    if attr in _CALLERS:
        _look_through(node.value, attr, unit)
    if chain is None:
        unit.chains.add(_ANYBODYS + attr)
        return ("attribute", key_of(node.value, unit), attr)
    root = mangled(chain.partition(".")[0], unit.scope.class_name)
    unit.needs.add(root)
    unit.valued.add(root)
    chain = root + chain[chain.index("."):]
    if attr != node.attr:
        unit.chains.add(_ANYBODYS + attr)
    unit.chains.add(chain)
    unit.valued.add(chain)
    return ("chain", chain)


def _look_through(owner, attr, unit):
    """What is reached by an attribute that gives a namespace, or by any name.

    What Python's library has made of constants has nothing of the project.
    """
    name = dotted(owner)
    if attr == "__dict__" and name == _BUILTINS:
        return
    if attr == "__dict__" and name in unit.scope.defined:
        unit.words.add(words.MEMBERS)
    elif not (attr == "__dict__" and kind_of(owner) == "Call"
              and _is_made_of_constants(owner, unit.scope)):
        unit.words.add(words.ANY)


def _is_made_of_constants(call, scope):
    name = dotted(call.func)
    full = scope.resolve(name) if name else ""
    return (full.partition(".")[0] in known.STDLIB
            and not full.startswith("builtins.") and is_quiet(call.func, scope)
            and all(map(_is_constant, call.args + [
                each.value for each in call.keywords])))


def _is_constant(node):
    if kind_of(node) == "Tuple":
        return all(map(_is_constant, node.elts))
    return kind_of(node) == "Constant"


def _constant(node, unit):
    found = set()
    mentions.names_in_constant(node.value, found)
    unit.words |= found
    return ("constant", analyse.constant_key(node.value))


def _maybe(node, unit):
    """An expression of which parts may not be evaluated."""
    aside = type(unit)(unit.scope)
    key = _generic(node, aside)
    unit.words |= aside.words
    unit.valued |= aside.needs | aside.chains
    unit.held |= aside.held
    unit.words.update(words.MAY_LOAD + name for name in aside.needs)
    unit.words.update(words.DOTTED + chain for chain in aside.chains)
    for chain in aside.chains:
        if unit.scope.resolve(chain).startswith(("sys.", "os.")):
            unit.chains.add(chain)
        else:
            unit.chains.update(_ANYBODYS + part
                               for part in chain.split(".")[1:])
    unit.binds += aside.binds
    unit.take(aside)
    return key


def _lambda(node, unit):
    return ("lambda", arguments(node.args, unit))


_LITERALS = ("typing.Literal", "typing_extensions.Literal")


def _subscript(node, unit):
    name = dotted(node.value)
    full = unit.scope.resolve(name) if name else ""
    if name and full.partition(".")[0] not in known.STDLIB:
        unit.sets.add(name + "[?]")
    if full in _LITERALS:
        # Its texts are values, and no names of anything.
        key_of(node.value, unit)
        words = set(unit.words)
        key = _generic(node, unit)
        unit.words &= words
        return key
    return _generic(node, unit)


def _walrus(node, unit):
    unit.binds.append(node.target.id)
    return _generic(node, unit)


def callee(node, unit):
    """The key of what is only called."""
    chain = dotted(node)
    if chain is None:
        return key_of(node, unit)
    root, dot, rest = chain.partition(".")
    chain = mangled(root, unit.scope.class_name) + dot + rest
    before = chain in unit.valued
    key = key_of(node, unit)
    unit.called.add(chain)
    if not before:
        unit.valued.discard(chain)
    return key


def _reached(call, unit):
    """What of the names in reach a call tells of, None if not of names alone.

    All globals of the file, or what a class of the file has.
    """
    name = dotted(call.func)
    if (unit.scope.class_name or call.keywords or len(call.args) > 1
            or unit.scope.resolve(name or "") != "builtins.%s" % name):
        return None
    if not call.args:
        return words.GLOBALS if name in _OF_FILE else None
    if name in ("vars", "dir") and dotted(
            call.args[0]) in unit.scope.defined:
        return words.MEMBERS
    return None


def _namespace(node, unit):
    """The key of `globals()` and its like in front of which ** stands.

    Nobody can change it there.
    """
    unit.words.add(words.GLOBALS)
    return ("call", ("name", dotted(node.func)), [], [])


def _keyword(node, unit):
    value = node.value
    if (node.arg is None and kind_of(value) == "Call"
            and _reached(value, unit) == words.GLOBALS):
        return _namespace(value, unit)
    return key_of(value, unit)


def _call(node, unit):
    name = dotted(node.func)
    before = words.ANY in unit.words
    reached = _reached(node, unit)
    key = ("call", callee(node.func, unit),
           [key_of(each, unit) for each in node.args],
           [(each.arg, _keyword(each, unit)) for each in node.keywords])
    for each in node.keywords:
        if each.arg:
            unit.words.add(each.arg)
    if reached:
        if not before:
            unit.words.discard(words.ANY)
        unit.words.add(reached)
    if not is_quiet(node.func, unit.scope) and (
            name != "dir" or reached != words.GLOBALS):
        _risk(node, name, "a call of %s" % (name or "an expression"), unit)
    last = (name or "").rpartition(".")[2]
    place = reflection.BY_ARGUMENT.get(last)
    if place is not None:
        for each in node.args[place - 1:] if place else node.args:
            value = getattr(each, "value", None)
            if type(value) is str:
                unit.chains.update(_ANYBODYS + part
                                   for part in value.split("."))
    if not reached and last in _REVEALING:
        unit.words.add(words.ANY)
    elif place is not None and last not in reflection.HEARD and not all(
            kind_of(each) == "Constant" for each in (
                node.args[place - 1:place] or [node] if place
                else node.args)):
        unit.words.add(words.ANY)
    return key


def _risk(call, name, why, unit):
    """Notes that a call may be felt: see narrow/sets.py."""
    names = set()
    for each in call.args + [part.value for part in call.keywords]:
        names |= names_in(each)
    if name and "." in name and (
            name.partition(".")[0] not in unit.scope.by_import):
        unit.sets.add(name + "()")
        unit.risky |= names
    elif name:
        unit.danger(why, names | {words.IS_CALLED + name})
    else:
        unit.danger(why, names | names_in(call.func))


def is_quiet(function, scope):
    """Whether a call can be felt in nothing but what it returns."""
    name = dotted(function)
    full = scope.resolve(name) if name else ""
    if name:
        return bool(full) and full not in known.LOUD_CALLS and (
            full in known.QUIET_CALLS or full in known.EXCEPTIONS
            or _is_of_quiet_module(full))
    # The method of something that nobody else has.
    last = ""
    while kind_of(function) == "Attribute":
        last = last or function.attr
        function = function.value
    if kind_of(function) == "Call":
        return last in known.QUIET_METHODS and is_quiet(function.func, scope)
    return last and kind_of(function) in (
        "Constant", "JoinedStr", "Tuple", "List", "Dict", "Set")


def _is_of_quiet_module(full):
    """Whether it is a function of one, or a method that changes nothing."""
    owner, _, last = full.rpartition(".")
    return owner + "." in known.QUIET_MODULES or (
        last in known.QUIET_METHODS
        and owner.rpartition(".")[0] + "." in known.QUIET_MODULES)


_KINDS = {
    "Name": _name, "Attribute": _attribute, "Constant": _constant,
    "BoolOp": _maybe, "IfExp": _maybe, "ListComp": _maybe,
    "SetComp": _maybe, "DictComp": _maybe, "GeneratorExp": _maybe,
    "Lambda": _lambda,
    "Subscript": _subscript, "NamedExpr": _walrus, "Call": _call}
_FOLDED = ("BoolOp", "Compare", "UnaryOp", "Call")
# What anything but this may do beside its value is not known.
_QUIET = frozenset((
    "Load", "Store", "Del", "keyword", "alias", "Starred", "Slice",
    "FormattedValue", "Index", "Tuple", "List", "Set", "Dict", "BinOp",
    "UnaryOp", "Compare", "Subscript", "JoinedStr", "comprehension"))


def key_of(node, unit):
    if node is None:
        return None
    kind = kind_of(node)
    if kind in _FOLDED:
        value = platform.fold(node, unit.scope)
        if value is not None:
            return ("constant", value[0])
    special = _KINDS.get(kind)
    if special:
        return special(node, unit)
    if not node._fields:
        return kind
    if kind not in _QUIET:
        unit.danger("an expression `%s`" % kind)
    return _generic(node, unit)


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
            for part in value if type(value) is list else [value]:
                if hasattr(part, "_fields"):
                    todo.append(part)
    return found


# Heads of functions and classes


def annotation(node, unit):
    """The key of an annotation; what its strings name is loaded later.

    So is all of it, from 3.14 on, but it may be on import: by pytest of tests
    and fixtures, by dataclasses and protocols of what is in them.
    """
    if node is None:
        return None
    aside = type(unit)(unit.scope)
    key = key_of(node, aside)
    unit.valued |= aside.needs | aside.chains
    texts = {word for word in aside.words if word.isidentifier()}
    # Nobody knows what of a text belongs together.
    unit.held |= aside.held | texts
    later = {words.LOADS_LATER + word for word in texts}
    if unit.scope.texts or unit.scope.late:
        later.update(words.LOADS_LATER + name
                     for name in aside.needs)
    if unit.scope.texts:
        for chain in aside.chains:
            unit.words.update(chain.split(".")[1:])
            unit.words.add(words.DOTTED + chain)
    else:
        later.update(word for word in aside.words
                     if not word.isidentifier())
        if unit.scope.late:
            for name in aside.needs:
                later.update((words.NEEDS_LATER + name,
                              words.LOOKS_LATER + name))
        else:
            unit.needs |= aside.needs
        unit.chains |= aside.chains
        unit.binds += aside.binds
        unit.take(aside)
    unit.words |= later
    # What its text is, it is not itself.
    return ("text", key) if unit.scope.texts else key


def _name_of(argument):
    return argument and argument.arg


def arguments(node, unit):
    """The key of a function's parameters, their annotations left out."""
    return ([each.arg for each in node.posonlyargs],
            [each.arg for each in node.args], _name_of(node.vararg),
            [each.arg for each in node.kwonlyargs], _name_of(node.kwarg),
            [key_of(each, unit) for each in node.defaults],
            [key_of(each, unit) for each in node.kw_defaults])


def annotations(node, unit):
    """The keys of the annotations of a function."""
    found = []
    for each in (node.args.posonlyargs + node.args.args
                 + node.args.kwonlyargs
                 + [node.args.vararg, node.args.kwarg]):
        if each is not None and each.annotation is not None:
            found.append((each.arg, annotation(each.annotation, unit)))
    found.append(annotation(node.returns, unit))
    return found


def type_parameters(node, unit):
    parameters = getattr(node, "type_params", None)
    if not parameters:
        return None
    return [_generic(each, unit) for each in parameters]


def base(node, unit):
    """The dotted name of a base class, without what it is subscripted by."""
    if kind_of(node) == "Subscript":
        node = node.value
    key_of(node, unit)
    name = dotted(node)
    if name is None:
        unit.danger("a base class that is computed")
        return words.NO_NAME
    full = unit.scope.resolve(name)
    is_of_library = full.partition(".")[0] in known.STDLIB
    return words.OF_LIBRARY + full if is_of_library else name


# Statements


def simple(node, unit):
    """The key of a statement without statements in it."""
    kind = kind_of(node)
    if kind == "Assign":
        value = key_of(node.value, unit)
        return ("=", [_store(each, node.value, unit)
                      for each in node.targets], value)
    if kind == "AnnAssign":
        return _annotated(node, unit)
    if kind == "TypeAlias":
        unit.binds.append(node.name.id)
        aside = type(unit)(unit.scope)
        key = ("type", node.name.id, _generic(node, aside))
        unit.words |= aside.words
        for name in aside.needs:
            unit.words.update((words.LOADS_LATER + name,
                               words.LOOKS_LATER + name))
        for chain in aside.chains:
            unit.words.update(chain.split(".")[1:])
            unit.words.add(words.DOTTED + chain)
        unit.valued |= aside.needs | aside.chains
        unit.held |= aside.held
        return key
    if kind == "Expr":
        if kind_of(node.value) in ("BinOp", "Compare", "UnaryOp", "BoolOp",
                                   "Attribute", "Subscript"):
            unit.danger("an operation that nothing is done with")
        return ("expression", key_of(node.value, unit))
    if kind == "AugAssign" and dotted(node.target):
        unit.sets.add(dotted(node.target) + "[]")
    elif kind not in ("Assert", "Raise"):
        unit.danger("a statement `%s`" % kind.lower())
    for name in bound_by(node):
        unit.binds.append(name)
        unit.needs.add(name)
        unit.valued.add(name)
    return _generic(node, unit)


def _annotated(node, unit):
    name = kind_of(node.target) == "Name" and node.target.id
    key = [":", name or key_of(node.target, unit), node.simple]
    if not name:
        unit.danger("an assignment to something other than a name")
    key.append(annotation(node.annotation, unit))
    if node.value is not None:
        key.append(key_of(node.value, unit))
        if name:
            unit.binds.append(name)
    unit.binds.append("__annotations__")
    return key


def _store(target, value, unit):
    kind = kind_of(target)
    if kind == "Name":
        unit.binds.append(target.id)
        return target.id
    if kind in ("Tuple", "List"):
        return [_store(each, None, unit) for each in target.elts]
    below = target.value if kind == "Subscript" else target
    name = dotted(below)
    if kind not in ("Attribute", "Subscript") or name is None:
        unit.danger("an assignment to something other than a name")
    else:
        unit.sets.add(name + ("[]" if kind == "Subscript" else ""))
    return _generic(target, unit) if kind == "Subscript" else key_of(
        target, unit)


def _handler(node, unit):
    if node.name:
        unit.binds.append(node.name)
    return ("except", node.name, key_of(node.type, unit))


def parts(node, unit):
    """Keys, and lists of statements, that a statement consists of."""
    found = []
    for field in node._fields:
        value = getattr(node, field, None)
        if field in ("body", "orelse", "finalbody"):
            found += [field, value]
        elif field == "handlers":
            for each in value:
                found += [_handler(each, unit), each.body]
        elif field == "cases":
            for each in value:
                found += [_generic(each.pattern, unit),
                          key_of(each.guard, unit), each.body]
        elif field == "items":
            for each in value:
                found.append(key_of(each.context_expr, unit))
                unit.binds += _targets(each.optional_vars)
        elif field == "target":
            unit.binds += _targets(value)
            found.append(_generic(value, unit))
        elif hasattr(value, "_fields"):
            found.append(key_of(value, unit))
    return [each if type(each) is list and each
            and hasattr(each[0], "_fields") else (each,)
            for each in found if each != []]
