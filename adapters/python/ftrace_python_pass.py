# SPDX-License-Identifier: MIT
"""One pass over a sequence of statements, old and new side by side.

Each name is known, at each point, by the units that may have bound it.  A
unit that is in both versions is affected when one of the names it mentions
comes from elsewhere now.  Whoever cannot be followed raises Whole.
"""

import ftrace_python_classes as classes
import ftrace_python_made as made
import ftrace_python_known as known
import ftrace_python_stdlib as stdlib
from ftrace_python_outline import (ALIAS, BINDS, CALLED, CHAINS, HEAD_RISK,
                                   KIND, MORE, NEEDS, NOTED, ODD, RISK,
                                   VARIABLE, WORDS)
from ftrace_python_project import STDLIB
from ftrace_python_units import (DOC, HARD, HELD, INNER, NONE, SOFT, VALUE,
                                 Whole, describe, is_hook, loads_of)

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
        self.chains = {}
        # Functions of which nothing but the head changed, or that are gone.
        self.heads = {}
        self.odd = set()
        self.types = set()
        self.imported = []
        # What the next import will import first of all.
        self.upcoming = ()

    def note(self, names, level):
        for name in names if level else ():
            if self.outer is None and is_hook(name):
                raise Whole("%s changed" % name)
            if self.changed.get(name, NONE) < level:
                self.changed[name] = level

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
        sure = unit[MORE][1] if unit[KIND] == "compound" else ()
        for name in unit[BINDS]:
            if conditional and name not in sure:
                table[name] = table.get(name, ()) + (token,)
            elif conditional:
                table[name] = (("!",) + token[1:],)
                self.levels[table[name][0]] = self.levels.get(token, NONE)
            else:
                table[name] = (token,)

    @staticmethod
    def _conditional(unit):
        return unit[KIND] == "compound" or "*" in unit[BINDS]

    def _evaluates_all(self, unit):
        """Whether no part of a unit is left out, as by `and`."""
        return not self._conditional(unit) and not any(
            [word[:1] == "?" for word in unit[WORDS]])

    def _look(self, name, new):
        table = self.new if new else self.old
        found = table.get(name, ())
        if self.outer and not (found and found[0][0] != "?"):
            found = self.outer._look(name, new) + found
        if "*" in table:
            found = table["*"] + found
        return found

    def _level(self, name):
        """How a name differs between the versions at this point."""
        old, new = self._look(name, False), self._look(name, True)
        if old != new:
            return HARD
        return max([self._token_level(each) for each in new], default=NONE)

    def _level_of(self, name, unit):
        """The same of a name that a unit loads here, or later.

        Then it may be bound by something else than it is here.
        """
        level = self._level(name)
        if "%" + name not in unit[WORDS]:
            return level
        return max(level, self.changes.names.get(
            self.at.path, {}).get(name, NONE))

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
                level = max(level, self._level_of(name, unit))
        # What a default holds, a call of the function can tell.
        if level in (DOC, VALUE):
            return SOFT
        for name, _ in loads_of(unit):
            if name in noted:
                level = max(level, min(DOC, self._level_of(name, unit)))
        return max(level, min(DOC, self._affected(unit)))

    def noted(self, unit):
        """What only the annotations of a function name."""
        if unit[KIND] != "def" or unit[RISK] or (
                not self.changes.splits_heads):
            return ()
        return unit[MORE][NOTED]

    def _kept(self, unit, level):
        """How what a unit binds changed, when its inputs did so much.

        Of a class that an annotation names, a function keeps that alone.
        """
        noted = self.noted(unit)
        if level <= DOC or not noted:
            return level
        return max(self.felt(unit, noted), DOC)

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
        if level in (NONE, SOFT, HARD):
            return level
        if name in unit[CALLED]:
            if level == DOC:
                return NONE
            return HARD if level == VALUE else level
        if unit[KIND] == "import":
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

    def lost(self):
        """The names that changed and may not be there any more."""
        return {name for name, level in self.changed.items()
                if level == HARD and not (self.is_bound(name)
                                          and name in self.new)}

    def is_bound(self, name):
        """Whether the new version surely has bound a name by now."""
        found = self._look(name, True)
        if any(each[0] != "?" for each in found):
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

    def _is_bound_later(self, name, unit):
        """The same when all of the module has run."""
        there = self.at.table.get(name)
        return (there is not None and there[KIND] != "compound"
                or self.is_bound(name)
                or unit[KIND] == "class" and any(
                    name in member[BINDS] for member in unit[MORE][4]))

    def _miss_later(self, unit):
        for name in self.changes.removed.get(self.at.path, ()):
            if "^" + name in unit[WORDS] and not self._is_bound_later(
                    name, unit):
                raise Whole("%s is not bound any more, and %s needs it"
                            % (name, describe(unit)))

    # Units that are in both versions

    def matched(self, unit, index):
        level = self._affected(unit)
        why = ""
        for name, needed in loads_of(unit):
            old = self._look(name, False)
            new = self._look(name, True)
            if old != new and needed and not self.is_bound(name):
                raise Whole("%s may not be bound any more where %s needs it"
                            % (name, describe(unit)))
            here = self.weigh(self._level_of(name, unit), name, unit)
            if here > level:
                level = here
                why = name
        self._miss_later(unit)
        if level and not made.is_made(self, unit):
            self._follow(unit, level, why)
        level = max(self._kept(unit, level), made.level_of(self, unit))
        if unit[KIND] == "class" and level >= SOFT:
            classes.note_made(self, unit)
        if unit[KIND] == "import":
            self.imported.append(unit)
        conditional = self._conditional(unit)
        token = ("?" if conditional else "m", id(self), "m", index)
        self.levels[token] = level
        self.remember(unit)
        self._bind(unit, token, self.old)
        self._bind(unit, token, self.new)
        if level:
            self.note(unit[BINDS], level)
        self._star(unit, token)

    def remember(self, unit):
        """What the old version evaluated without failing."""
        if self._conditional(unit):
            return
        self.needed.update(unit[NEEDS])
        for chain in unit[CHAINS]:
            self.chains[chain] = self._look(chain.partition(".")[0], False)
        for print_, _, fresh, types in (
                unit[ODD] if self._evaluates_all(unit) else ()):
            self.odd.add(print_)
            if fresh:
                self.types.update(types)

    def _star(self, unit, token):
        """Names that a star import brings along from a changed file."""
        if unit[KIND] != "import" or "*" not in unit[BINDS]:
            return
        for name, level, there in self.changes.through_star(self.at, unit):
            own = ("s" if there else "?", id(self), token, name)
            self.levels[own] = level
            self.old[name] = self.old.get(name, ()) + (own,)
            if there is not None:
                self.new[name] = self.new.get(name, ()) + (own,)
            self.note((name,), level)

    def _affected(self, unit):
        """What changes elsewhere mean for a unit."""
        return self.changes.level_of(
            self.at, unit, self, texts=not classes.keeps_texts(self, unit))

    def _follow(self, unit, level, why):
        """A unit of both versions whose inputs differ."""
        if level < SOFT:
            return
        if level == SOFT and (unit[BINDS] or unit[RISK] == (
                "a call of " + why)):
            return
        what = why or "what it uses"
        if unit[KIND] == "import":
            return
        risk = unit[RISK]
        if not risk and unit[KIND] == "class":
            risk = classes.class_risk(self, unit)
        if risk:
            raise Whole("%s uses %s, which changed, with %s" % (
                describe(unit), what, risk))
        for chain in unit[CHAINS]:
            root = chain.partition(".")[0]
            if root == "?" or self._level(root) == HARD:
                if not self._chain_holds(chain):
                    raise Whole("%s looks up %s, of which the beginning "
                                "changed" % (describe(unit), chain))
        for _, names, fresh, types in unit[ODD]:
            if any(self._level(name) == HARD for name in names):
                if not (self._are_types(self._unlike(unit, types)) if fresh
                        else self._stays(unit, names)):
                    raise Whole("%s evaluates a type of which a part "
                                "changed" % describe(unit))

    def _unlike(self, unit, names):
        """Those that may not be what stood in the brackets before."""
        if not self._evaluates_all(unit):
            return names
        return [name for name in names if "." in name or self._level(name)]

    def _stays(self, unit, names):
        """Whether a type expression of both versions surely evaluates."""
        return all(map(self._is_type, names)) or (
            self._evaluates_all(unit) and all(map(self._is_of_typing, names)))

    def _is_of_typing(self, name):
        """Whether a name is typing's, a type variable or a generic, as ever.

        A variable may be of another class, in the same statement.
        """
        if self._look(name, False) != self._look(name, True):
            return False
        if _is_variable(self.at, name):
            return True
        if self._level(name):
            return False
        found = self.project.find(self.at, name)
        return _is_generic(self.at, name) or bool(
            found and found[0] == "foreign"
            and found[1].partition(".")[0] in ("builtins", "typing"))

    def _is_type(self, name):
        unit = self.at.table.get(name)
        if unit is None or unit[KIND] == "class":
            return True
        if unit[KIND] != "import":
            return False
        # Another file may have made something else of it.
        found = self.project.find(self.at, name)
        return not self._level(name) or bool(found) and (
            found[0] != "other" or _is_variable(*found[1:]))

    def _are_types(self, names):
        """Whether names in brackets are surely types."""
        for name in names:
            if self._was_type(name):
                continue
            found = self.project.find(self.at, name)
            if not found or found[0] == "module":
                return False
            if found[0] == "other" and not _is_variable(*found[1:]):
                return False
            if found[0] == "foreign" and not stdlib.is_type(found[1]):
                return False
        return True

    def _was_type(self, name):
        """Whether a name, the same as before, was one in brackets before."""
        here = self
        while here:
            if name in here.types:
                return self._level(name.partition(".")[0]) < HARD
            here = here.outer
        return False

    def _chain_holds(self, chain):
        found = self.project.find(self.at, chain)
        if found is None or found[0] == "other":
            found = self.project.find(self.at, chain.rpartition(".")[0])
            if not found or found[0] != "class":
                return False
            unit = self.project.class_unit(found[1], found[2])
            return bool(unit) and any(
                chain.rpartition(".")[2] in member[BINDS]
                for member in unit[MORE][4])
        return found[0] in ("class", "module", "foreign")

    # Units of one version alone

    def removed(self, unit, index, token):
        risk = unit[RISK]
        if not risk and unit[KIND] == "class":
            risk = classes.class_risk(self, unit)
        if risk and not token:
            raise Whole("%s is gone or changed, with %s" % (
                describe(unit), risk))
        if "*" in unit[BINDS]:
            raise Whole("a star import changed")
        conditional = self._conditional(unit)
        self._bind(unit, token or (
            "?" if conditional else "o", id(self), "o", index), self.old)
        if not token:
            self.note(unit[BINDS], HARD)

    def added(self, unit, index, token):
        if not token or token[0] != "k":
            self.harmless(unit)
        conditional = self._conditional(unit)
        self._bind(unit, token or (
            "?" if conditional else "n", id(self), "n", index), self.new)
        if unit[KIND] == "import":
            self.imported.append(unit)
        if not token:
            self.note(unit[BINDS], HARD)

    def harmless(self, unit):
        """Raises Whole unless a unit surely runs without any effect."""
        what = describe(unit)
        if unit[RISK]:
            raise Whole("%s is new or changed, with %s" % (
                what, unit[RISK]))
        if "*" in unit[BINDS]:
            raise Whole("a star import changed")
        if "*" in unit[WORDS] and unit[KIND] != "class":
            raise Whole("%s uses reflection" % what)
        if unit[KIND] == "import":
            self._importable(unit)
            return
        for name in unit[NEEDS]:
            if not (self.is_bound(name)
                    or unit[KIND] == "compound" and name in unit[BINDS]):
                raise Whole("%s needs %s, which may not be bound there"
                            % (what, name))
        for word in unit[WORDS]:
            if word[:1] == "^" and not self._is_bound_later(word[1:], unit):
                raise Whole("%s needs %s, which may never be bound"
                            % (what, word[1:]))
        self._evaluates(unit, what)
        if unit[KIND] == "class":
            risk = classes.class_risk(self, unit)
            if risk:
                raise Whole(risk)
            if len(unit[MORE][1]) > 1:
                raise Whole("%s has several bases" % what)
            if self.outer is None and unit[MORE][HEAD_RISK]:
                raise Whole(unit[MORE][HEAD_RISK])

    def _evaluates(self, unit, what):
        for chain in unit[CHAINS]:
            if not self._chain_evaluates(chain):
                raise Whole("%s looks up %s, which nothing did before"
                            % (what, chain))
        for print_, names, fresh, types in unit[ODD]:
            if print_.startswith(b"re:"):
                if not stdlib.compiles(print_[3:].decode(
                        "utf-8", "surrogatepass")):
                    raise Whole("%s compiles a wrong pattern" % what)
            elif not (fresh and self._are_types(types)) and not (
                    self._has_odd(print_) and not any(
                        self._level(name) == HARD for name in names)):
                raise Whole("%s evaluates what nothing did before" % what)

    def _has_odd(self, print_):
        return print_ in self.odd or (
            self.outer is not None and self.outer._has_odd(print_))

    def _chain_evaluates(self, chain):
        root = chain.partition(".")[0]
        here = self
        while here:
            before = here.chains.get(chain)
            if before and before == self._look(root, True):
                level = self._level(root)
                if level == NONE or (level < HARD
                                     and self._chain_holds(chain)):
                    return True
            here = here.outer
        unit = self.at.table.get(root)
        if unit and unit[KIND] == "import" and len(
                self._look(root, True)) == 1:
            found = self.project.find(self.at, chain)
            return bool(found and found[0] == "foreign"
                        and stdlib.evaluates(found[1]))
        if unit and unit[KIND] == "class" and chain.count(".") == 1:
            return not unit[MORE][3] and self._chain_holds(chain)
        return False

    def _importable(self, unit):
        module, level, name = unit[MORE][:3]
        what = describe(unit)
        if module == "__future__":
            raise Whole("a future import changed")
        if self.outer:
            raise Whole("an import in a class changed")
        if self.project.is_foreign(self.at, module, level):
            if not (module.partition(".")[0] in STDLIB
                    and stdlib.is_quiet(module)
                    and stdlib.has(module, name)):
                raise Whole("%s is new, and not of Python's library" % what)
            return
        self._of_project(unit, what)

    def _of_project(self, unit, what):
        module, level, name = unit[MORE][:3]
        files = self.project.imported_files(self.at, module, level, name)
        above = set()
        for each in self.imported:
            for found in self.project.imported_files(
                    self.at, *each[MORE][:3]):
                above.add(found.path)
                above |= self.project.closure(found, maybe=False)
        for each in files:
            if each.path not in above and each.path not in self.upcoming:
                raise Whole("%s imports %s, which was not imported above"
                            % (what, each.path))
            if self.at.path in self.project.closure(each) or (
                    each is self.at):
                if not self._bound_by_then(unit):
                    raise Whole("%s closes a circle of imports" % what)
        source = self.project.module_of(self.at, module, level)
        if not files or source is None and name is None:
            raise Whole("%s cannot be followed" % what)
        if name is None or source is None:
            if name and not any(each.modules and each.path.endswith(
                    "/%s.py" % name) or each.path.endswith(
                    "/%s/__init__.py" % name) for each in files):
                raise Whole("%s may not find %s" % (what, name))
            return
        bound = [each for each in source.units if name in each[BINDS]
                 and each[KIND] != "compound"]
        if not bound and not any(
                "%s.%s" % (full, name) in self.project.modules
                for full in self.project.absolute(self.at, module, level)):
            raise Whole("%s may not find %s" % (what, name))

    def _bound_by_then(self, unit):
        """Whether a module half imported surely has the name already.

        It has when an import above asks it for another one, bound later.
        """
        module, level, name = unit[MORE][:3]
        source = self.project.module_of(self.at, module, level)
        if source is None or name is None:
            return False
        first = last = None
        names = {each[MORE][2] for each in self.imported
                 if self.project.module_of(self.at, *each[MORE][:2])
                 is source}
        for at, each in enumerate(source.units):
            if name in each[BINDS] and each[KIND] != "compound":
                first = at if first is None else first
            if names.intersection(each[BINDS]):
                if each[KIND] != "compound":
                    last = at
        return first is not None and last is not None and first <= last


def _is_variable(file, name):
    """Whether a name of a file is a type variable, and nothing else."""
    found = [unit for unit in file.units if name in unit[BINDS]]
    return (len(found) == 1 and found[0][KIND] == "assign"
            and found[0][MORE][VARIABLE])


def _is_generic(file, name):
    """Whether a name is nothing but a type expression of typing's."""
    found = [unit for unit in file.units if name in unit[BINDS]]
    if len(found) != 1 or found[0][KIND] != "assign" or found[0][RISK] or (
            len(found[0][ODD]) != 1):
        return False
    _, names, fresh, _ = found[0][ODD][0]
    return fresh and all(each in names for each, needed in loads_of(found[0])
                         if needed)
