# SPDX-License-Identifier: MIT
"""What an edit of each statement of a file would cost: as if it had been made.

A statement is known by its place in the outline: "3", or "3.1" for the second
one of the class that is the fourth.  An edit of it is one that changes its
print and nothing else.
"""

from ..blocks import analyse, outline
from ..blocks.outline import MEMBERS, MORE, PRINT
from .units import EDITED_AT



def _places(body, scope):
    """(line, place in the outline, node) of each unit of a body."""
    found = []
    for at, node in enumerate(outline.pieces(body)):
        for _ in outline.units_of(node, scope, at == 0):
            found.append((node.lineno, len(found), node))
    return found


def _statements(content):
    """(line, place) of each statement that is none of a function's."""
    blocks, code = analyse.analyse(content, None)
    tree, scope = outline.tree_and_scope(content, content, code, blocks, None)
    for line, at, node in _places(tree.body, scope):
        kind = type(node).__name__
        if kind == "ClassDef":
            for inner, below, each in _places(node.body, scope):
                if type(each).__name__ not in _FUNCTIONS:
                    yield inner, "%d.%d" % (at, below)
        elif kind not in _FUNCTIONS:
            yield line, "%d" % at


_FUNCTIONS = ("FunctionDef", "AsyncFunctionDef")


def answer(stream):
    """The answer to "statements"."""
    content = stream.get()
    found = list(_statements(content))
    stream.put(len(found))
    for line, place in found:
        stream.put(line)
        stream.put(place)


def _replaced(each, at, value):
    return each[:at] + (value,) + each[at + 1:]


def _altered(units, place):
    at, _, below = place.partition(".")
    unit = units[int(at)]
    if below:
        more = unit[MORE]
        members = tuple(_altered(list(more[MEMBERS]), below))
        unit = _replaced(unit, MORE, _replaced(more, MEMBERS, members))
    units[int(at)] = _replaced(unit, PRINT, analyse.digest(
        (unit[PRINT], "altered"))[:8])
    return units


class Altered:
    """An outline with an edit in one place."""

    def __init__(self, new, mark):
        self.future = new.future
        self.units = _altered(list(new.units), mark[len(EDITED_AT):].decode())
