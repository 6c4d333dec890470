# SPDX-License-Identifier: MIT
"""Two versions of a file's statements, compared: which names changed."""

from ..blocks import known
from ..blocks.outline import (
    BINDS, CORE, DECORATION, DECORATORS, HEAD, HEAD_RISK, KEYWORDS, KIND,
    LEVEL, MARKS, MEMBERS, MORE, NAME, NEEDS, PRINT, RISK, SETS, SIGNATURE,
    SOURCE, WHAT, WHERE,
)
from ..blocks.words import ANY
from . import doubts
from .classes import class_risk, is_bare, is_plain, note_made
from .collected import is_usual
from .passes import KEPT, MOVED, Pass
from .project import imports_in
from .units import (
    DOC, HARD, HELD, INNER, INSIDE, NONE, SOFT, VALUE, Whole, align,
    describe, is_special, joined, loads_of,
)

# Members that the statement of a subclass, or the class's own, looks at.
_DECISIVE = frozenset((
    "__init_subclass__", "__set_name__", "__class_getitem__",
    "__prepare__", "__mro_entries__",
    "__metaclass__", "__instancecheck__", "__subclasscheck__",
    "__subclasshook__", "__class__", "__classcell__", "__test__"))
# Decorators that hand every call on to the function.
_HANDING_ON = frozenset((
    "builtins.property", "builtins.staticmethod", "builtins.classmethod",
    "abc.abstractmethod", "contextlib.contextmanager", "typing.final",
    "contextlib.asynccontextmanager", "typing.override",
    "typing_extensions.final", "typing_extensions.override"))
_OVERLOADS = (("typing.overload",), ("typing_extensions.overload",))
_QUIET_DUNDERS = frozenset(("__doc__", "__annotations__"))
# What code of others does ask for, as named tuples have it.
_CONVENTIONS = frozenset((
    "_asdict", "_fields", "_field_defaults", "_make", "_replace"))
# Members that objects are made by.
_SHAPING = frozenset(("__slots__", "__match_args__"))


def _gaps(pairs, old, new):
    """(old positions, new positions, pair or None) between the pairs."""
    i = j = 0
    for left, right in pairs + [(len(old), len(new))]:
        last = left == len(old) and right == len(new)
        yield (range(i, left), range(j, right),
               None if last and (left, right) not in pairs
               else (left, right))
        i, j = left + 1, right + 1


def _gap_of(pairs, position, side):
    count = 0
    for pair in pairs:
        if pair[side] < position:
            count += 1
    return count


def _variants(units):
    """The positions of what @overload marks, before what is called.

    Nothing is left of them but what typing.get_overloads() tells.
    """
    found = set()
    final = None
    for at in range(len(units) - 1, -1, -1):
        unit = units[at]
        if unit[KIND] != "def" or unit[RISK]:
            final = None
        elif unit[MORE][MARKS] not in _OVERLOADS:
            final = unit[NAME]
        elif unit[NAME] == final:
            found.add(at)
    return found


class Comparison:
    """One body in two versions, walked in order."""

    def __init__(self, here, old, new):
        self.here = here
        self.old = old
        self.new = new
        self.pairs = align(old, new)
        self.variants = _variants(old), _variants(new)
        self.classes = {}
        self.functions = {}
        self.moves = {}
        self.decorated = self._decorated_alike()
        self._pair_up()

    def _decorated_alike(self):
        """The positions of functions that are decorated as they were."""
        found = set(), set()
        for i, old in enumerate(self.old):
            for j, new in enumerate(self.new):
                if (old[KIND] == new[KIND] == "def" and old[NAME] == new[NAME]
                        and old[SETS]
                        and old[MORE][DECORATION] == new[MORE][DECORATION]
                        and self._binders(old[NAME]) == (1, 1)):
                    found[0].add(i)
                    found[1].add(j)
        return found

    def _pair_up(self):
        """Units of one version alone that are the same thing as another."""
        left = (set(range(len(self.old))) - {i for i, _ in self.pairs}
                - self.variants[0])
        right = (set(range(len(self.new))) - {j for _, j in self.pairs}
                 - self.variants[1])
        for i in sorted(left):
            for j in sorted(right):
                if self._same(i, j) or self._moved(i, j):
                    right.discard(j)
                    break
        self._gone()
        if self.here.outer is None:
            self._no_circles(left, right)

    def _same(self, i, j):
        """Whether a class or function is there in both, in one place."""
        old, new = self.old[i], self.new[j]
        if not (old[KIND] == new[KIND] and old[KIND] in ("class", "def")
                and old[NAME] == new[NAME]
                and _gap_of(self.pairs, i, 0) == _gap_of(self.pairs, j, 1)):
            return False
        if old[KIND] == "def":
            if old[BINDS] != new[BINDS]:
                return False
            head = self._head(old, new)
            if old[MORE][CORE] != new[MORE][CORE] and head != VALUE:
                if head:
                    self.here.heads[old[NAME]] = head
                return False
            if head:
                self.here.heads[old[NAME]] = head
            self.functions[i] = j
            return True
        for units in (self.old, self.new):
            if sum(old[NAME] in unit[BINDS] for unit in units) != 1:
                return False
        self.classes[i] = j
        return True

    def _head(self, old, new):
        """How the head of a function changed, of which that can be told."""
        name = old[NAME]
        if not self.here.changes.splits_heads or old[RISK] or new[RISK]:
            return NONE
        if not _HANDING_ON.issuperset(old[MORE][MARKS] + new[MORE][MARKS]):
            return NONE
        if self._binders(name) != (1, 1):
            return NONE
        if old[MORE][CORE] == new[MORE][CORE]:
            return NONE if is_usual(name) else DOC
        if is_special(name) or is_usual(name):
            return NONE
        if old[MORE][SIGNATURE] == new[MORE][SIGNATURE]:
            return VALUE
        return SOFT if self.here.outer else NONE

    def _binders(self, name):
        return tuple(sum(name in unit[BINDS] or ANY in unit[BINDS]
                         for at, unit in enumerate(units)
                         if at not in variants)
                     for units, variants in zip((self.old, self.new),
                                                self.variants))

    def _gone(self):
        """Methods that the new version has no more."""
        for unit in self.old:
            name = unit[NAME]
            if (unit[KIND] == "def" and self.here.outer
                    and self.here.changes.splits_heads
                    and not is_usual(name)
                    and not is_special(name)
                    and not unit[RISK]
                    and _HANDING_ON.issuperset(unit[MORE][MARKS])
                    and self._binders(name) == (1, 0)):
                self.here.heads[name] = SOFT

    def _between(self, i, j):
        """The units that a move from i to j crosses, in both versions."""
        low, high = sorted((_gap_of(self.pairs, i, 0),
                            _gap_of(self.pairs, j, 1)))
        matched = self.pairs[low:high]
        if matched:
            first, last = matched[0], matched[-1]
        else:
            first = last = None
        units = []
        for side, units_of, own in ((0, self.old, i), (1, self.new, j)):
            start, end = own, own
            if matched:
                start = min(own, first[side])
                end = max(own, last[side])
            others = [pair[side] for pair in self.pairs]
            while start > 0 and start - 1 not in others:
                start -= 1
            while end + 1 < len(units_of) and end + 1 not in others:
                end += 1
            units += [units_of[k] for k in range(start, end + 1)
                      if k != own]
        return units

    def _moved(self, i, j):
        """Whether a unit moved past nothing that could notice."""
        unit = self.old[i]
        if unit[PRINT] != self.new[j][PRINT] or unit[RISK]:
            return False
        if unit[KIND] in ("compound", "class") or ANY in unit[BINDS]:
            return False
        for other in self._between(i, j):
            if other[RISK] or ANY in other[BINDS]:
                return False
            if other[KIND] == "import" and not self._past(unit, other):
                return False
            if set(other[BINDS]) & (set(unit[BINDS]) | {
                    name for name, _ in loads_of(unit)}):
                return False
        self.moves[i] = j
        return True

    def _past(self, unit, other):
        """Whether a unit may move past an import."""
        project, at = self.here.project, self.here.at
        foreign = project.is_foreign(at, *other[MORE][WHERE])
        if unit[KIND] == "import":
            if unit[MORE][WHERE] == other[MORE][WHERE]:
                return True
            return any(_is_library(project, at, each)
                       for each in (unit, other))
        if foreign:
            return True
        return not self._circular(other)

    def _circular(self, unit):
        project, at = self.here.project, self.here.at
        return any(each is at or at.path in project.closure(each)
                   for each in project.imported_files(at, *unit[MORE][WHAT]))

    def _no_circles(self, left, right):
        """What an import that leads back here finds must be there.

        Names that stay between the same statements are there as before;
        names that are gone are missed by whoever imports them.
        """
        project, at = self.here.project, self.here.at
        moved = set()
        if doubts.is_entered_one_way(project, at):
            return
        for i in left:
            for j in right:
                names = set(self.old[i][BINDS]) & set(self.new[j][BINDS])
                if names and _gap_of(self.pairs, i, 0) != _gap_of(
                        self.pairs, j, 1):
                    moved |= names
        for path in project.closure(at) if moved else ():
            file = project.files[path]
            if at.path in project.closure(file) and file.outline and (
                    not moved.isdisjoint(file.outline.names)
                    or ANY in file.outline.names):
                raise Whole("%s moved, and %s, which is imported here, "
                            "imports this file" % (sorted(moved)[0], path))

    # The walk

    def walk(self):
        here = self.here
        index = 0
        for olds, news, pair in _gaps(self.pairs, self.old, self.new):
            todo = list(olds)
            self._precedents(todo)
            for j in news:
                self._add(j, todo)
            while todo:
                self._remove(todo.pop(0))
            if pair:
                here.matched(self.new[pair[1]], index)
                index += 1
        self._removed_imports()
        here.compare_ends()
        return here.changed

    def _precedents(self, olds):
        """What the old units of a gap evaluate, the new ones may, too."""
        bound = set()
        for i in olds:
            unit = self.old[i]
            if bound.isdisjoint(unit[NEEDS]):
                self.here.remember(unit)
            bound.update(unit[BINDS])

    def _remove(self, i):
        here = self.here
        if i in self.variants[0]:
            here.note(self.old[i][BINDS], DOC)
            return
        if self._is_asked_no_more(self.old[i]):
            return
        token = None
        for kind, table in ((KEPT, self.classes), (KEPT, self.functions),
                            (MOVED, self.moves)):
            if i in table:
                token = (kind, id(here), table[i])
        here.removed(self.old[i], i, token, i in self.decorated[0])

    def _is_asked_no_more(self, unit):
        """Whether it is a module's __getattr__() that is gone.

        Who was given something by it has entered it.
        """
        return (self.here.outer is None and unit[KIND] == "def"
                and unit[NAME] == "__getattr__" and not unit[RISK]
                and self._binders(unit[NAME]) == (1, 0))

    def _partner(self, j):
        """(the old unit that a new one is, which table says so)."""
        for table in (self.classes, self.functions, self.moves):
            for i, other in table.items():
                if other == j:
                    return i, table
        return None, None

    def _add(self, j, todo):
        """A unit of the new version, and those of the old one before it."""
        here = self.here
        unit = self.new[j]
        if j in self.variants[1]:
            here.harmless(unit)
            here.note(unit[BINDS], DOC)
            return
        i, table = self._partner(j)
        token = None
        if i is not None:
            token = (MOVED if table is self.moves else KEPT,
                     id(here), j)
            while table is not self.moves and todo and todo[0] < i:
                self._remove(todo.pop(0))
            if table is self.classes:
                level = self._class(i, j)
            elif table is self.functions:
                here.harmless(unit)
                level = here.heads.get(unit[NAME], SOFT)
            else:
                level = NONE
            inputs = here.inputs(unit)
            if unit[KIND] == "class" and inputs >= SOFT:
                note_made(here, unit)
            level = joined((level, inputs))
            if level == VALUE and here.outer is None:
                here.changes.entered(here.at, unit[NAME])
            here.levels[token] = level
            here.note(unit[BINDS], level)
            if todo and todo[0] == i:
                self._remove(todo.pop(0))
        if unit[KIND] == "import":
            here.upcoming = self._upcoming(j)
        here.added(unit, j, token, j in self.decorated[1])

    def _upcoming(self, j):
        """What the next import in both versions imports first of all."""
        project, at = self.here.project, self.here.at
        matched = {j for _, j in self.pairs}
        for k in range(j + 1, len(self.new)):
            unit = self.new[k]
            if unit[RISK]:
                break
            if unit[KIND] == "import" and not _is_library(
                    project, at, unit):
                if k not in matched:
                    continue
                return {each.path for each in project.imported_files(
                    at, *unit[MORE][WHAT])}
        return ()

    def _removed_imports(self):
        """An import that is gone must not be the one that did the work."""
        project, at = self.here.project, self.here.at
        matched = {i for i, _ in self.pairs} | set(self.moves)
        gone = [(unit, what) for i, unit in enumerate(self.old)
                if i not in matched for what in imports_in(unit)]
        if not gone:
            return
        reached = project.closure(at, self.new, False)
        direct = {each[MORE][SOURCE] for each in self.new
                  if each[KIND] == "import" and not each[MORE][LEVEL]}
        for unit, what in gone:
            if what[SOURCE] == "__future__":
                continue
            if project.is_foreign(at, *what[WHERE]):
                if not (doubts.is_quiet(what[SOURCE])
                        or what[SOURCE] in direct):
                    raise Whole("%s is gone" % describe(unit))
                self.here.note(
                    [part for part in what[SOURCE].split(".")], SOFT)
                continue
            for each in project.imported_files(at, *what[WHAT]):
                if unit[KIND] == "compound" and at.path in project.closure(
                        each):
                    raise Whole("%s is gone, which closed a circle of imports"
                                % describe(unit))
                if each.path not in reached:
                    raise Whole("%s is gone, and %s is not imported "
                                "otherwise" % (describe(unit), each.path))

    # Classes

    def _class(self, i, j):
        """How much a class of both versions changed."""
        old, new = self.old[i], self.new[j]
        here = self.here
        name = new[NAME]
        level = SOFT
        if old[MORE][HEAD] != new[MORE][HEAD]:
            here.harmless(new)
            risk = old[MORE][HEAD_RISK] or class_risk(here, old)
            if risk:
                raise Whole("class %s was changed, with %s" % (name, risk))
            level = HARD
        inner = Pass(here.at, here.project, here.changes, here)
        inner.class_name = name
        changed = Comparison(inner, list(old[MORE][MEMBERS]),
                             list(new[MORE][MEMBERS])).walk()
        if level == HARD:
            changed.update({each: HARD for units in (old, new)
                            for member in units[MORE][MEMBERS]
                            for each in member[BINDS]})
        quiet = self._quiet(new, changed, inner) if level < HARD else {}
        loud = {each: how for each, how in changed.items()
                if each not in quiet}
        qualified = here.qualified(name)
        own = self._own(new, loud) if level < HARD else False
        here.changes.members(here.at, qualified, {
            each: how for each, how in loud.items()
            if each not in _QUIET_DUNDERS}, inner.lost(), not own)
        if quiet and not loud:
            level = INNER
        elif own:
            self._weight(new, loud)
            level = NONE
        elif level < HARD and loud.keys() == {"__doc__"} and is_bare(
                here, new):
            level = DOC
        else:
            level = max(level, self._weight(new, loud))
            if level == SOFT and is_plain(here, new) and not any(
                    map(is_special, changed)):
                level = INSIDE
        for each, how in quiet.items():
            level = joined((level, HELD if how == HELD or (
                is_special(each)) else INNER))
            if how > HELD:
                here.changes.head(here.at, qualified + "." + each, how)
        return level

    def _quiet(self, unit, changed, inner):
        """Members that changed in what their family cannot notice."""
        found = {}
        for name, how in changed.items():
            head = inner.heads.get(name)
            if head and (how == head or head == SOFT):
                found[name] = head
            elif how in (INNER, HELD) or (
                    how == DOC and self._is_method(unit, name)):
                found[name] = how
        return found if found and is_plain(self.here, unit) else {}

    def _own(self, unit, changed):
        """Whether nobody but who has their names looks at members of a class.

        Code of others that is handed an object does not ask for what begins
        with an underscore.
        """
        return bool(changed) and all(
            each[:1] == "_" and not is_special(each)
            and each not in _CONVENTIONS for each in changed) and is_plain(
                self.here, unit)

    @staticmethod
    def _is_method(unit, name):
        """Whether a member is bound once, by a function that is called."""
        variants = _variants(unit[MORE][MEMBERS])
        found = [each for at, each in enumerate(unit[MORE][MEMBERS])
                 if {name, ANY} & set(each[BINDS]) and at not in variants]
        return (len(found) == 1 and found[0][KIND] == "def"
                and not is_usual(name)
                and _HANDING_ON.issuperset(found[0][MORE][MARKS]))

    def _weight(self, unit, changed):
        """Whether more than the users of the members can notice."""
        here = self.here
        name = unit[NAME]
        decisive = _DECISIVE.intersection(changed)
        if decisive:
            raise Whole("%s.%s changed" % (name, sorted(decisive)[0]))
        risk = class_risk(here, unit, True)
        if risk:
            raise Whole("%s changed, and %s" % (name, risk))
        level = SOFT
        _, foreign, _ = here.project.ancestry(here.at, unit)
        if not foreign <= known.QUIET_BASES:
            level = HARD
        for member, how in changed.items():
            if how == HARD and (member[:2] == member[-2:] == "__" or (
                    member[:1] == member[-1:] == "_")) and (
                        member not in _QUIET_DUNDERS):
                level = HARD
        # Its decorators, or a metaclass, may look at all that is in it.
        if unit[MORE][DECORATORS] or unit[MORE][KEYWORDS] or (
                _SHAPING.intersection(changed)):
            level = HARD
        return level


def _is_library(project, at, unit):
    return (project.is_foreign(at, *unit[MORE][WHERE])
            and doubts.is_quiet(unit[MORE][SOURCE]))
