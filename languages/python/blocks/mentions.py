# SPDX-License-Identifier: MIT
"""The names that compiled code mentions."""

from itertools import compress

from .imported import imported, imported_and_held
from .opcodes import (
    ATTR_SHIFT, GLOBAL_SHIFT, IMPORT_NAME, LOAD_ATTR, LOAD_GLOBAL, ops,
)
from .uses import (
    ALWAYS, EVEN, ROLES, classified, is_asked, is_called, is_owner,
    is_tested, stream_of,
)
from .words import GLOBAL_HELD, NAME_HELD

# Of attributes, those that are not looked up on what was loaded before.
_NO_OWNER = ops("IMPORT_FROM", "LOAD_SUPER_ATTR")
_CLASSIFIERS = frozenset(("isinstance", "issubclass"))

# What can be the function of a call, and so is looked at in its place.
_LOADS = bytes(op in (LOAD_GLOBAL, LOAD_ATTR) for op in range(256))


def _chain(stream, at, names):
    """Where the dotted name begins that ends at `at`, and the name.

    Empty where it does not begin with a global.
    """
    parts = []
    _, op, arg = stream[at]
    while at > 0 and op == LOAD_ATTR and not (ATTR_SHIFT and arg & 1):
        parts.append(names[arg >> ATTR_SHIFT])
        at -= 1
        _, op, arg = stream[at]
    if op != LOAD_GLOBAL:
        return at, ""
    parts.append(names[arg >> GLOBAL_SHIFT])
    return at, ".".join(reversed(parts))


def _uses(stream, names, consts, valued, held):
    """Adds names that code does more with than call or test, and it holds.

    Held is what may go anywhere: not what is bound, an argument of
    isinstance(), or asked for an attribute.  Of a dotted name also as a whole.
    """
    places = set()
    does = bytes([op for _, op, _ in stream])
    for at in compress(range(1, len(does) + 1), does.translate(_LOADS)):
        place, op, arg = stream[at - 1]
        if op == LOAD_GLOBAL:
            name = names[arg >> GLOBAL_SHIFT]
            if name in _CLASSIFIERS:
                classified(stream, at, places)
            name = GLOBAL_HELD + name
        elif ATTR_SHIFT and arg & 1:
            continue
        else:
            name = NAME_HELD + names[arg >> ATTR_SHIFT]
        first, chain = _chain(stream, at - 1, names)
        if (not {name, GLOBAL_HELD + chain} <= held and place not in places
                and not is_called(stream, at)
                and not is_tested(stream, at)):
            if is_owner(stream, at, names) or is_asked(
                    stream, at, names, consts, first):
                valued.add(name)
            else:
                held.update((name, GLOBAL_HELD + chain) if chain else (name,))


_OWN_LOADS = frozenset(op for op in ops(
    "LOAD_FAST", "LOAD_FAST_BORROW", "LOAD_FAST_CHECK") if op >= 0)
# Of these the second one is on top.
_LOAD_PAIRS = frozenset(op for op in ops(
    "LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW") if op >= 0)
_STORES = ops("STORE_FAST", "DELETE_FAST", "STORE_FAST_MAYBE_NULL")
_STORE_PAIRS = ops("STORE_FAST_STORE_FAST", "STORE_FAST_LOAD_FAST")


def _of_others(code, stream, long):
    """The attributes that code asks anything else for than a method's self."""
    names = code.co_names
    first = code.co_varnames[:1] if code.co_argcount else ()
    own = first == ("self",) and not long and not any(
        op in _STORES and not arg or op in _STORE_PAIRS
        for _, op, arg in stream)
    found = set()
    is_own = False
    for _, op, arg in stream:
        role = ROLES[op]
        if role and role[0] == NAME_HELD and op != IMPORT_NAME and not (
                is_own and op not in _NO_OWNER):
            index = arg >> role[1]
            if index < len(names):
                found.add(names[index])
        is_own = own and (op in _OWN_LOADS and not arg
                          or op in _LOAD_PAIRS and not arg & 15)
    return found


# The opcodes that are looked at whatever comes before and after.
_MATTERS = bytes(bool(ROLES[op]) for op in range(256))


def names_of(code):
    """What code names, in sets.

    Globals; attributes; what of them, with GLOBAL_HELD or NAME_HELD in front,
    it does more with than call or test; what of these it holds, see _uses();
    the attributes that are not those of its own instance alone.
    """
    names = code.co_names
    opcodes = code.co_code[::2]
    arguments = code.co_code[1::2]
    loaded = set()
    looked_up = set()
    valued = set()
    held = set()
    modules = set()
    pairs = set(compress(zip(opcodes, arguments), opcodes.translate(_MATTERS)))
    if not names:
        return loaded, looked_up, valued, held, set()
    stream, long = stream_of(opcodes, arguments)
    # The halves of a long argument add names too many, and no harm.
    pairs.update(long)
    count = len(names)
    for op, arg in pairs:
        role = ROLES[op]
        if role:
            kind, shift, holds = role
            index = arg >> shift
            # Nobody is asked for a module that is imported.
            if index < count and op == IMPORT_NAME:
                modules.add(names[index])
            elif index < count:
                (loaded if kind == GLOBAL_HELD else looked_up).add(
                    names[index])
                if holds == ALWAYS or holds == EVEN and not arg & 1:
                    held.add(kind + names[index])
    _uses(stream, names, code.co_consts, valued, held)
    if modules:
        held |= imported_and_held(code, stream)
        held |= imported(code, stream)
    valued |= held
    others = _of_others(code, stream, long) if looked_up else set()
    for name in set(names).difference(loaded, looked_up, modules):
        loaded.add(name)
        looked_up.add(name)
        for each in (valued, held):
            each.update((GLOBAL_HELD + name, NAME_HELD + name))
        others.add(name)
    return loaded, looked_up, valued, held, others


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
