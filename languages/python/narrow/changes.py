# SPDX-License-Identifier: MIT
"""What is known so far of the names that changed, over all files."""

from ..blocks.known import CALLING_BASES, QUIET_BASES, STDLIB
from ..blocks.outline import (
    BINDS, CHAINS, DECORATORS, HEAD_RISK, IMPORTS, KIND, MEMBERS as HAS, MORE,
    WHAT, WHERE, WORDS,
)
from ..blocks.words import ANY, GLOBALS, MEMBERS, NO_NAME
from . import handed
from .collected import is_usual
from .project import FOREIGN, MODULE
from .units import DOC, HARD, HELD, INSIDE, NONE, SOFT, Whole, describe, joined


class Changes:
    def __init__(self, project, splits_heads=True):
        self.project = project
        self.splits_heads = splits_heads
        self.names = {}
        self.attributes = {}
        # Those of the attributes that something else than a module has.
        self.members_of = set()
        self.removed = {}
        self.lost_members = set()
        self.whole = {}
        self.families = set()
        # Classes that changed for those who hold them, as path and name, and
        # with no path.
        self.held = set()
        # By path, the names that it has for modules of which a name changed;
        # and how functions mention that they import one.
        self.modules = {}
        self.imports = set()
        # (path, qualified name) of what is felt by whoever entered it.
        self.functions = set()
        self.grown = False
        # The files that may fail when they are imported.
        self.doubts = set()
        # (path, name) of what something else is bound to now, or nothing; and
        # (path, class) of those that have other special methods.
        self.replaced = set()
        # Whether objects or classes have something else now.
        self.touches_objects = False
        # Whether objects may have other attributes by what imports do.
        self.sets_attributes = False
        self.reshaped = set()
        self.doubted = None
        # By path, what a star import got of a file and what it gets now, where
        # __all__ is written out.
        self.exports = {}
        self.has_set_name = any(
            each.outline and "__set_name__" in each.outline.names
            for each in project.files.values())

    def _raise(self, table, name, level):
        before = table.get(name, NONE)
        table[name] = joined((before, level))
        if table[name] != before:
            self.grown = True

    def add(self, at, changed):
        """The names of a file that a pass over it has found changed."""
        if changed and not self.names.get(at.path):
            for path, name in handed.names_in(self.project, at):
                self.modules.setdefault(path, set()).add(name)
            self.imports |= handed.mentions_of(at)
        mine = self.names.setdefault(at.path, {})
        for name, level in changed.items():
            self._raise(mine, name, level)
            self._raise(self.attributes, name, level)
            if level == HELD:
                self.held.update(((at.path, name), ("", name)))

    def member(self, name, level):
        """An attribute that something else than a module has."""
        if level and name not in self.members_of:
            self.members_of.add(name)
            self.grown = True
        self._raise(self.attributes, name, level)

    def attribute(self, name):
        """An attribute of some object, that code sets."""
        self.touches_objects = self.sets_attributes = True
        self.member(name, HARD)

    def remove(self, at, names):
        """Names that a file does not bind any more."""
        mine = self.removed.setdefault(at.path, set())
        if not names <= mine:
            mine |= names
            self.grown = True

    def entered(self, at, qualified):
        if (at.path, qualified) not in self.functions:
            self.functions.add((at.path, qualified))
            self.grown = True

    def head(self, at, qualified, level):
        """A method of which nothing but the head changed, or that is gone.

        Whoever called it entered it, and who did anything else with it
        mentions it.
        """
        self.touches_objects = True
        if level > DOC:
            self.entered(at, qualified)
        self.member(qualified.rpartition(".")[2], level)

    def give_up(self, path, reason):
        if path not in self.whole:
            self.whole[path] = reason
            self.grown = True

    def members(self, at, qualified, changed, lost, related=True):
        """Members of a class: known by their names, and by its family.

        related: whether anybody else than who has their names can notice.
        """
        if not lost <= self.lost_members:
            self.lost_members |= lost
            self.grown = True
        for name in changed:
            # Dunders are called without being written, by the family.
            if name[:2] != "__" or name[-2:] != "__":
                self.member(name, SOFT)
        if not changed:
            return
        if not related:
            self.touches_objects = True
            return
        below = self.project.below(at.path, qualified)
        unit = self.project.class_unit(at, qualified)
        family = {(at.path, qualified)} | below
        if any(name[:2] == name[-2:] == "__" and how == HARD
               for name, how in changed.items()):
            self.reshaped |= family
        if unit and self._is_made_unnamed(at, unit, family):
            own, _, unknown = self.project.ancestry(at, unit)
            family |= own
            for base in unknown:
                family |= self._by_bare_name(base.rpartition(".")[2])
        self._relate(family)
        if any(is_usual(name) for name in changed):
            for path, _ in below:
                if path != at.path:
                    self.give_up(path, "tests that %s inherits changed"
                                 % path)

    def class_made(self, at, qualified):
        """A class whose statement is as it was, and makes another class.

        A runner makes instances of it that nobody mentions.
        """
        self._relate({(at.path, qualified)}
                     | self.project.below(at.path, qualified))

    def _relate(self, family):
        self.touches_objects |= any(
            self._is_handed_on(*each) for each in family)
        if not family <= self.families:
            self.families |= family
            self.grown = True

    def _is_handed_on(self, path, qualified):
        """Whether somebody may have a class that never named it.

        As its statement gave it to a decorator, or to a base.  Anybody else
        has it of code that has its name, or that was entered.
        """
        at = self.project.files[path]
        unit = self.project.class_unit(at, qualified)
        if unit is None or unit[MORE][DECORATORS]:
            return True
        own, foreign, unknown = self.project.ancestry(at, unit)
        return (bool(unknown) or not all(
            each in QUIET_BASES or each.startswith(CALLING_BASES)
            for each in foreign) or any(
                each is None or each[MORE][HEAD_RISK] or any(
                    "__init_subclass__" in member[BINDS]
                    for member in each[MORE][HAS])
                for each in [unit] + [self.project.class_unit(
                    self.project.files[base], name) for base, name in own]))

    def _is_made_unnamed(self, at, unit, family):
        """Whether an object may be made by nobody who names its class.

        What others enter of the classes above is nothing to such an object.
        """
        _, foreign, _ = self.project.ancestry(at, unit)
        return not foreign <= QUIET_BASES or any(
            self.project.files[path].has_tests
            or self._is_handed_on(path, qualified)
            for path, qualified in family)

    def _by_bare_name(self, bare):
        return {(each.path, bare) for each in self.project.files.values()
                if each.outline and bare in each.table
                and each.table[bare][KIND] == "class"}

    # What that means for a unit of some file

    def level_of(self, at, unit, here, skipped=(), texts=True):
        """How what a unit uses differs, but for what `here` has bound.

        skipped: dotted names that do not count; texts: whether words do.
        """
        if unit[KIND] == "import":
            return self._of_import(at, unit)
        level = NONE
        if at.path in self.modules:
            level = handed.level_of(self.modules[at.path], unit)
        if unit[KIND] == "compound":
            for each in unit[MORE][IMPORTS]:
                level = max(level, here.weigh(
                    self._of_one(at, each, unit), "", unit))
        if self.is_reached(at, unit[WORDS]):
            level = HARD
        for chain in unit[CHAINS]:
            if chain in skipped:
                continue
            level = max(level, here.weigh(
                self.of_chain(at, chain, unit), chain, unit))
        if level < SOFT and texts:
            for word in self.words_of(unit):
                level = max(level, self._of_word(word))
        return level

    def is_reached(self, at, words):
        """Whether names that are not written, but in reach, have changed."""
        return (ANY in words and bool(self.attributes)
                or MEMBERS in words and self.touches_objects
                or GLOBALS in words and bool(
                    self.names.get(at.path) or at.path in self.modules))

    def causes(self, at, unit, here):
        """The dotted names of a unit that changed elsewhere, or ANY."""
        if unit[KIND] == "compound" or self.is_reached(at, unit[WORDS]) or (
                self.words_of(unit)):
            return {ANY}
        return handed.held_of(self.modules.get(at.path, ()), unit).union(
            chain for chain in unit[CHAINS] if here.weigh(
                self.of_chain(at, chain, unit), chain, unit) >= SOFT)

    def words_of(self, unit):
        """The words of a unit that are names of what changed."""
        return self.attributes.keys() & unit[WORDS]

    def kept_in(self, name, words):
        """A variable of a class that has names of what changed as texts."""
        self.touches_objects = True
        self.member(name, max(self._of_word(word) for word in words))

    def _of_word(self, word):
        level = self.attributes[word]
        return SOFT if level >= INSIDE else level

    def _of_import(self, at, unit):
        if ANY in unit[BINDS]:
            source = self.project.module_of(at, *unit[MORE][WHERE])
            if source and self._star_fails(source):
                raise Whole("the names that %s exports changed"
                            % source.path)
            return NONE
        return self._of_one(at, unit[MORE], unit)

    def _of_one(self, at, what, unit):
        module, level, name = what[WHAT]
        if name is None:
            return NONE
        if name == ANY:
            return HARD if self.names else NONE
        source = self.project.module_of(at, module, level)
        if source is None:
            return NONE
        if name in self.removed.get(source.path, ()):
            if not any("%s.%s" % (full, name) in self.project.modules
                       for full in self.project.absolute(at, module, level)):
                raise Whole("%s imports %s, which %s has no more" % (
                    describe(unit), name, source.path))
            return HARD
        return self.names.get(source.path, {}).get(name, NONE)

    def _star_fails(self, source):
        if "__all__" in self.names.get(source.path, ()):
            if source.path not in self.exports:
                return True
            _, now = self.exports[source.path]
            if not now <= source.table.keys():
                return True
        gone = self.removed.get(source.path, ())
        for unit in source.units:
            if "__all__" in unit[BINDS] and not set(gone).isdisjoint(
                    unit[WORDS]):
                return True
        return False

    def through_star(self, at, unit):
        """(name, level, whether it is surely there) of what a star brings.

        None for a name that may be there no more.
        """
        source = self.project.module_of(at, *unit[MORE][WHERE])
        if source is None:
            return
        gone = self.removed.get(source.path, ())
        before, now = self.exports.get(source.path, (set(), set()))
        for name in sorted(before ^ now):
            yield name, HARD, name in now or None
        for name, level in sorted(
                self.names.get(source.path, {}).items()):
            if now:
                if name in before & now:
                    yield name, level, True
            elif name in gone:
                yield name, level, None
            else:
                yield name, level, (name[0] != "_" and
                                    "__all__" not in source.table)

    def of_chain(self, at, chain, unit):
        """How what a dotted name stands for differs."""
        parts = chain.split(".")
        if self.attributes.keys().isdisjoint(parts[1:]):
            return NONE
        imported = at.table.get(parts[0])
        if parts[0] == NO_NAME or imported is None or (
                imported[KIND] != "import"):
            return self._of_attributes(parts[1:], chain, unit)
        module, level, name = imported[MORE][WHAT]
        if self.project.is_foreign(at, module, level):
            if module.partition(".")[0] in STDLIB:
                return NONE
            return self._of_attributes(parts[1:], chain, unit)
        found = NONE
        for i in range(1, len(parts)):
            found = joined((found, self._of_link(at, parts, i, chain, unit)))
        return found

    def _of_link(self, at, parts, i, chain, unit):
        """One attribute of a chain that begins with an import."""
        if parts[i] not in self.attributes:
            return NONE
        owner = self.project.find(at, ".".join(parts[:i]))
        if owner and owner.kind == MODULE:
            if owner.file is None:
                return NONE
            path = owner.file.path
            if parts[i] in self.removed.get(path, ()):
                raise Whole("%s uses %s, which is gone" % (
                    describe(unit), chain))
            return self.names.get(path, {}).get(parts[i], NONE)
        if owner and owner.kind == FOREIGN:
            return NONE
        return self._of_attributes(parts[i:i + 1], chain, unit)

    def _of_attributes(self, parts, chain, unit):
        level = NONE
        for part in parts:
            here = self.attributes.get(part, NONE)
            if part in self.lost_members or here and any(
                    part in gone for gone in self.removed.values()):
                raise Whole("%s uses %s, and a %s is gone" % (
                    describe(unit), chain, part))
            level = joined((level, here))
        return level
