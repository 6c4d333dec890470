# SPDX-License-Identifier: MIT
"""One pass over a sequence of statements, old and new side by side.

Each name is known, at each point, by the units that may have bound it.  A
unit that is in both versions is affected when one of the names it mentions
comes from elsewhere now.  Whoever cannot be followed raises Whole.
"""

from ..blocks import known
from ..blocks.outline import (
    ALIAS, BINDS, CALLED, CHAINS, HEAD_RISK, KIND, MORE, NEEDS, PLAIN,
    RISK, SURE, WORDS, annotated_in,
)
from ..blocks.words import (
    ANY, GLOBALS, LOOKS_LATER, MEMBERS, NEEDS_LATER,
)
from . import classes, doubts, sets
from .project import imports_in
from .units import (
    DOC, HARD, HELD, INNER, INSIDE, NONE, SOFT, VALUE, Whole, describe,
    is_hook, joined, loads_of,
)

# A token stands for the unit that bound a name; this is the first part of it.
# KEPT and MOVED units are in both versions, changed or elsewhere; MATCHED ones
# are the same; OLD and NEW ones are in one version alone; BY_STAR is what a
# star import brings. What is bound under a condition MAYBE binds the name, or
# does whichever way is taken: WHICHEVER.
KEPT, MOVED, MATCHED, OLD, NEW, BY_STAR = "k", "v", "m", "o", "n", "s"
MAYBE, WHICHEVER = "?", "!"


class Pass:
    """What a pass over one body, of a module or of a class, finds out."""

    def __init__(self, at, project, changes, outer=None):
        self.at = at
        self.project = project
        self.changes = changes
        self.outer = outer
        self.class_name = ""
        self.old = {}
        self.new = {}
        self.levels = {}
        self.changed = {}
        self.needed = set()
        # Functions of which nothing but the head changed, or that are gone.
        self.heads = {}
        self.imported = []
        # What the next import will import first of all.
        self.upcoming = ()

    def note(self, names, level):
        for name in names if level else ():
            if self.outer is None and is_hook(name):
                raise Whole("%s changed" % name)
            self.changed[name] = joined((self.changed.get(name, NONE), level))

    def qualified(self, name):
        """The name of what is bound here as its functions have it."""
        here = self
        while here.outer:
            name = here.class_name + "." + name
            here = here.outer
        return name

    # Bindings

    def _bind(self, unit, token, table):
        conditional = self._conditional(unit)
        sure = unit[MORE][SURE] if unit[KIND] == "compound" else ()
        for name in unit[BINDS]:
            if conditional and name not in sure:
                table[name] = table.get(name, ()) + (token,)
            elif conditional:
                table[name] = ((WHICHEVER,) + token[1:],)
                self.levels[table[name][0]] = self.levels.get(token, NONE)
            else:
                table[name] = (token,)

    @staticmethod
    def _conditional(unit):
        return unit[KIND] == "compound" or ANY in unit[BINDS]

    def _look(self, name, new):
        table = self.new if new else self.old
        found = table.get(name, ())
        if self.outer and not (found and found[0][0] != MAYBE):
            found = self.outer._look(name, new) + found
        if ANY in table:
            found = table[ANY] + found
        return found

    def _level(self, name):
        """How a name differs between the versions at this point."""
        old, new = self._look(name, False), self._look(name, True)
        if old != new:
            return HARD
        return joined(self._token_level(each) for each in new)

    def _level_of(self, name, unit):
        """The same of a name that a unit loads here, or later.

        Then it may be bound by something else than it is here.
        """
        level = self._level(name)
        if LOOKS_LATER + name not in unit[WORDS]:
            return level
        return joined((level, self.changes.names.get(
            self.at.path, {}).get(name, NONE)))

    def _token_level(self, token):
        if token in self.levels:
            return self.levels[token]
        return self.outer._token_level(token) if self.outer else NONE

    def inputs(self, unit):
        """How what a unit mentions differs between the versions."""
        noted = self.noted(unit)
        level = self.changes.level_of(self.at, unit, self, noted)
        for name, _ in loads_of(unit):
            if name not in noted:
                level = joined((level, self._level_of(name, unit)))
        # What a default holds, a call of the function can tell.
        if level in (DOC, VALUE, INSIDE):
            return SOFT
        return joined((level, self._annotated(unit, noted)))

    def noted(self, unit):
        """What only annotations name of which less is felt than of others.

        Of a function that is all that they name.
        """
        noted = annotated_in(unit) if self.changes.splits_heads else set()
        if noted and (unit[KIND] != "def" or unit[RISK]) and (
                self._annotated(unit, noted)):
            return set()
        return noted

    def _annotated(self, unit, noted):
        """How what annotations name differs between the versions.

        Who reads an annotation gets the class that it names, and looks at no
        member of it but those that make it a callable, a type or a table.
        """
        levels = {self._level_of(name, unit) for name, _ in loads_of(unit)
                  if name in noted}
        levels.update(self.changes.of_chain(self.at, chain, unit)
                      for chain in noted.intersection(unit[CHAINS]))
        levels.add(self.changes.level_of(self.at, unit, self, noted))
        return min(DOC, max(levels - {INSIDE}, default=NONE))

    def _kept(self, unit, level):
        """How what a unit binds changed, when its inputs did so much.

        Of a class that an annotation names, a function keeps that alone.
        """
        noted = self.noted(unit)
        if level <= DOC or not noted:
            return level
        return max(self.felt(unit, noted), self._annotated(unit, noted))

    def felt(self, unit, noted):
        """How what a unit uses differs, but for what it has in annotations."""
        level = self.changes.level_of(self.at, unit, self, noted)
        for name, _ in loads_of(unit):
            if name not in noted:
                level = max(level, self.weigh(
                    self._level_of(name, unit), name, unit))
        return level

    def weigh(self, level, name, unit):
        """What the level of a name means for a unit that loads it."""
        if level == INSIDE:
            return level if unit[KIND] == "import" else SOFT
        if level in (NONE, SOFT, HARD):
            return level
        if name in unit[CALLED]:
            if level == DOC:
                return NONE
            return HARD if level == VALUE else level
        if unit[KIND] == "import" or level == DOC and (
                classes.is_base_alone(self, unit, name)):
            return level
        if unit[RISK]:
            # Whoever is given it may look at it now, and keep what it saw.
            if level in (INNER, HELD) and unit[BINDS]:
                return SOFT
            return HARD
        if level in (INNER, HELD) or (
                unit[KIND] == "assign" and unit[MORE][ALIAS]):
            return level
        return SOFT

    def compare_ends(self):
        """Names that are bound by something else in the end."""
        for name in set(self.old) | set(self.new):
            self.note((name,), self._level(name))
            if self.outer is None and (
                    self._look(name, False) != self._look(name, True)):
                self.changes.replaced.add((self.at.path, name))

    def lost(self):
        """The names that changed and may not be there any more."""
        return {name for name, level in self.changed.items()
                if level == HARD and not (self.is_bound(name)
                                          and name in self.new)}

    def is_bound(self, name):
        """Whether the new version surely has bound a name by now."""
        found = self._look(name, True)
        if any(each[0] != MAYBE for each in found):
            return True
        if name in known.BUILTINS and not found:
            return True
        here = self
        while here:
            if name in here.needed and found and (
                    found == self._look(name, False)):
                return True
            here = here.outer
        return False

    def _miss_later(self, unit):
        for name in self.changes.removed.get(self.at.path, ()):
            if NEEDS_LATER + name in unit[WORDS] and not self.is_bound(name):
                raise Whole("%s is not bound any more, and %s needs it"
                            % (name, describe(unit)))

    # Units that are in both versions

    def matched(self, unit, index):
        level = self._affected(unit)
        causes = self.changes.causes(self.at, unit, self) if (
            level >= SOFT) else set()
        why = ""
        for name, _ in loads_of(unit):
            here = self.weigh(self._level_of(name, unit), name, unit)
            if here >= SOFT:
                causes.add(name)
            if here > level:
                level = here
                why = name
        self._miss_later(unit)
        if level:
            self._follow(unit, level, why, causes)
        level = self._kept(unit, level)
        if unit[KIND] == "class" and level:
            classes.note_members(self, unit)
        if unit[KIND] == "class" and level >= SOFT:
            classes.note_made(self, unit)
        if unit[KIND] == "import":
            self.imported.append(unit)
        conditional = self._conditional(unit)
        token = (MAYBE if conditional else MATCHED, id(self), MATCHED, index)
        self.levels[token] = level
        self.remember(unit)
        self._bind(unit, token, self.old)
        self._bind(unit, token, self.new)
        if level:
            self.note(unit[BINDS], level)
        self._star(unit, token)

    def remember(self, unit):
        """What the old version evaluated without failing."""
        if not self._conditional(unit):
            self.needed.update(unit[NEEDS])

    def _star(self, unit, token):
        """Names that a star import brings along from a changed file."""
        if unit[KIND] != "import" or "*" not in unit[BINDS]:
            return
        for name, level, there in self.changes.through_star(self.at, unit):
            own = (BY_STAR if there else MAYBE, id(self), token, name)
            self.levels[own] = level
            self.old[name] = self.old.get(name, ()) + (own,)
            if there is not None:
                self.new[name] = self.new.get(name, ()) + (own,)
            self.note((name,), level)

    def _affected(self, unit):
        """What changes elsewhere mean for a unit."""
        return self.changes.level_of(
            self.at, unit, self, texts=not classes.keeps_texts(self, unit))

    def _follow(self, unit, level, why, causes):
        """A unit of both versions whose inputs differ, for those causes."""
        if level < SOFT:
            return
        if level == SOFT and (unit[BINDS] or unit[RISK] == (
                "a call of " + why)):
            return
        what = why or "what it uses"
        if unit[KIND] == "import":
            return
        risk = unit[RISK] if sets.is_risky(self, unit, causes) else ""
        if not risk and unit[KIND] == "class":
            risk = classes.class_risk(self, unit, True)
        if risk:
            raise Whole("%s uses %s, which changed, with %s" % (
                describe(unit), what, risk))
        sets.follow(self, unit, causes)
        self.doubt(unit)

    # Units of one version alone

    def removed(self, unit, index, token, stays=False):
        risk = unit[RISK]
        if not risk and unit[KIND] == "class":
            risk = classes.class_risk(self, unit)
        if risk and not token:
            raise Whole("%s is gone or changed, with %s" % (
                describe(unit), risk))
        if not token and not stays:
            sets.follow(self, unit)
        if ANY in unit[BINDS]:
            raise Whole("a star import changed")
        conditional = self._conditional(unit)
        self._bind(unit, token or (
            MAYBE if conditional else OLD, id(self), OLD, index), self.old)
        if not token:
            self.note(unit[BINDS], HARD)
            self._replace(unit, stays)

    def _replace(self, unit, stays):
        """What is bound now may be something else than it was."""
        if self.outer is None and not stays:
            self.changes.replaced.update(
                (self.at.path, name) for name in unit[BINDS])

    def added(self, unit, index, token, stays=False):
        if stays:
            sets.decorate(self, unit)
        if not token or token[0] != KEPT:
            self.harmless(unit, stays)
        conditional = self._conditional(unit)
        self._bind(unit, token or (
            MAYBE if conditional else NEW, id(self), NEW, index), self.new)
        if unit[KIND] == "import":
            self.imported.append(unit)
        if not token:
            self.note(unit[BINDS], HARD)
            self._replace(unit, stays)

    def harmless(self, unit, stays=False):
        """Raises Whole unless a unit surely runs without any effect.

        stays: it is a function that was decorated as it is now.
        """
        what = describe(unit)
        if unit[RISK]:
            raise Whole("%s is new or changed, with %s" % (
                what, unit[RISK]))
        if ANY in unit[BINDS]:
            raise Whole("a star import changed")
        if unit[KIND] != "class" and not {ANY, GLOBALS, MEMBERS}.isdisjoint(
                unit[WORDS]):
            raise Whole("%s uses reflection" % what)
        if not stays:
            sets.follow(self, unit)
        self.doubt(unit)
        if unit[KIND] in ("import", "compound"):
            self._importable(unit)
            return
        if unit[KIND] == "class":
            risk = classes.class_risk(self, unit)
            if risk:
                raise Whole(risk)
            if self.outer is None and unit[MORE][HEAD_RISK]:
                raise Whole(unit[MORE][HEAD_RISK])

    def doubt(self, unit):
        """Notes that a unit may fail, unless it loads nothing."""
        if unit[NEEDS] or unit[KIND] not in ("def", "doc", "typing") and not (
                unit[KIND] == "assign" and unit[MORE][PLAIN]):
            self.changes.doubts.add(self.at.path)

    def _importable(self, unit):
        """Raises Whole where importing may be felt."""
        if self.outer:
            raise Whole("an import in a class changed")
        for module, level, name in [each[:3] for each in imports_in(unit)]:
            if module == "__future__":
                # Annotations that are texts are others than they were.
                if name == "annotations":
                    continue
                raise Whole("a future import changed")
            if self.project.is_foreign(self.at, module, level):
                doubts.check_foreign(self, unit, module, name)
            else:
                doubts.check_own(self, unit, module, level, name)
