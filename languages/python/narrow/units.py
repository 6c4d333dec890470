# SPDX-License-Identifier: MIT
"""What is said of statements and of names that changed."""

from ..blocks.outline import BINDS, KIND, NAME, NEEDS, PRINT, WORDS
from ..blocks.words import LOADS_LATER, MAY_LOAD
from .collected import HOOKS

# In a request, in front of a place: the outline with an edit there.
EDITED_AT = b"@"

# How much a name changed: nothing; a class, in what some of its methods keep
# besides their code; a class, in the annotations of __init__ and its like; a
# function, in its docstring or annotations; in the values of its defaults; a
# class, in members that nobody looks at unless by their names; a class, in any
# members, or what is made of what changed; anything.
NONE, INNER, HELD, DOC, VALUE, INSIDE, SOFT, HARD = range(8)
ALLOWED_DUNDERS = frozenset((
    "__doc__", "__all__", "__annotations__", "__version__", "__author__",
    "__license__", "__copyright__", "__email__", "__title__", "__date__",
    "__credits__", "__status__", "__maintainer__", "__url__",
    "__description__", "__version_info__", "__build__", "__revision__"))


class Whole(Exception):
    """The file is to be taken as a whole; the reason is for people."""


def joined(levels):
    """How much a name changed that changed in each of these ways."""
    levels = set(levels)
    most = max(levels, default=NONE)
    # Members alone are less than these and members.
    if most == INSIDE and levels & {HELD, DOC, VALUE}:
        return SOFT
    return most


def is_special(name):
    """Whether a method may be called, or hidden, without being written."""
    return name.startswith("__") or name.endswith("_")


def is_hook(name):
    return (name in HOOKS or name.startswith("pytest_")
            or (name.startswith("__") and name.endswith("__")
                and name not in ALLOWED_DUNDERS))


def loads_of(unit):
    """(name, whether it must be there) of all names that a unit loads."""
    for name in unit[NEEDS]:
        yield name, True
    for word in unit[WORDS]:
        if word[:1] in (MAY_LOAD, LOADS_LATER):
            yield word[1:], word[0] == MAY_LOAD


def describe(unit):
    kind, name = unit[KIND], unit[NAME]
    if kind == "import":
        return "the import of %s" % name
    if kind in ("def", "class"):
        return "%s %s" % ("class" if kind == "class" else "function", name)
    if unit[BINDS]:
        return "the statement that binds %s" % unit[BINDS][0]
    return "a statement"


def align(old, new):
    """Pairs of positions of the same units, in order."""
    start = 0
    while (start < len(old) and start < len(new)
           and old[start][PRINT] == new[start][PRINT]):
        start += 1
    end = 0
    while (end < len(old) - start and end < len(new) - start
           and old[-1 - end][PRINT] == new[-1 - end][PRINT]):
        end += 1
    pairs = [(i, i) for i in range(start)]
    left = [each[PRINT] for each in old[start:len(old) - end]]
    right = [each[PRINT] for each in new[start:len(new) - end]]
    if len(left) * len(right) > 250000:
        raise Whole("too many statements changed at once")
    pairs += [(start + i, start + j) for i, j in _common(left, right)]
    pairs += [(len(old) - end + i, len(new) - end + i) for i in range(end)]
    return pairs


def _common(left, right):
    """The longest common subsequence of two lists."""
    rows = [[0] * (len(right) + 1)]
    for each in reversed(left):
        below = rows[-1]
        row = [0] * (len(right) + 1)
        for j in range(len(right) - 1, -1, -1):
            row[j] = (below[j + 1] + 1 if each == right[j]
                      else max(below[j], row[j + 1]))
        rows.append(row)
    rows.reverse()
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] == right[j] and rows[i][j] == rows[i + 1][j + 1] + 1:
            yield i, j
            i += 1
            j += 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
