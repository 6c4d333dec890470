# SPDX-License-Identifier: MIT
"""One pass over a sequence of statements, old and new side by side.

Each name is known, at each point, by the units that may have bound it.  A
unit that is in both versions is affected when one of the names it mentions
comes from elsewhere now.  Whoever cannot be followed raises Whole.
"""

import ftrace_python_known as known
import ftrace_python_stdlib as stdlib
from ftrace_python_outline import (BINDS, CALLED, CHAINS, DECORATORS,
                                   HEAD_RISK, KEYWORDS, KIND, MEMBERS, MORE,
                                   NAME, NEEDS, NOTED, ODD, PRINT, RISK,
                                   WORDS)
from ftrace_python_project import STDLIB

# How much a name changed: nothing; a class, in what some of its methods keep
# besides their code; a class, in the annotations of __init__ and its like; a
# function, in its docstring
# or annotations; in the values of its defaults; a class, in its members, or
# what is made of what changed; anything.
NONE, INNER, HELD, DOC, VALUE, SOFT, HARD = range(7)
ALLOWED_DUNDERS = frozenset((
    "__doc__", "__all__", "__annotations__", "__version__", "__author__",
    "__license__", "__copyright__", "__email__", "__title__", "__date__",
    "__credits__", "__status__", "__maintainer__", "__url__",
    "__description__", "__version_info__", "__build__", "__revision__"))
HOOKS = frozenset((
    "setup_module", "teardown_module", "setup_function", "teardown_function",
    "setUpModule", "tearDownModule", "pytestmark", "load_tests", "setup",
    "teardown", "collect_ignore", "collect_ignore_glob", "pytest_plugins"))


def word_level(level):
    """What the level of a name means for who has it in a string, say."""
    return SOFT if level in (DOC, VALUE) else level


class Whole(Exception):
    """The file is to be taken as a whole; the reason is for people."""


def is_hook(name):
    return (name in HOOKS or name.startswith("pytest_")
            or (name.startswith("__") and name.endswith("__")
                and name not in ALLOWED_DUNDERS))


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

    def note_class(self, unit):
        """A class of both versions that becomes another one by its inputs.

        Its bases apart: of these, its functions are the family.
        """
        more = unit[MORE]
        if more[DECORATORS] or more[KEYWORDS] or any(
                self._felt(each, self._noted(each)) >= SOFT
                for each in more[MEMBERS]):
            self.changes.class_made(self.at, self.qualified(unit[NAME]))

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

    def _token_level(self, token):
        if token in self.levels:
            return self.levels[token]
        return self.outer._token_level(token) if self.outer else NONE

    def inputs(self, unit):
        """How what a unit mentions differs between the versions."""
        noted = self._noted(unit)
        level = self.changes.level_of(self.at, unit, self, noted)
        for name, _ in loads_of(unit):
            if name not in noted:
                level = max(level, self._level(name))
        # What a default holds, a call of the function can tell.
        if level in (DOC, VALUE):
            return SOFT
        for name, _ in loads_of(unit):
            if name in noted:
                level = max(level, min(DOC, self._level(name)))
        return max(level, min(DOC, self._affected(unit)))

    def _noted(self, unit):
        """What only the annotations of a function name."""
        if unit[KIND] != "def" or unit[RISK] or (
                not self.changes.splits_heads):
            return ()
        return unit[MORE][NOTED]

    def _kept(self, unit, level):
        """How what a unit binds changed, when its inputs did so much.

        Of a class that an annotation names, a function keeps that alone.
        """
        noted = self._noted(unit)
        if level <= DOC or not noted:
            return level
        return max(self._felt(unit, noted), DOC)

    def _felt(self, unit, noted):
        """How what a unit uses differs, but for what it has in annotations."""
        level = self.changes.level_of(self.at, unit, self, noted)
        for name, _ in loads_of(unit):
            if name not in noted:
                level = max(level, self.weigh(self._level(name), name, unit))
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
                unit[KIND] == "assign" and unit[MORE][0]):
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
            here = self.weigh(self._level(name), name, unit)
            if here > level:
                level = here
                why = name
        if level:
            self._follow(unit, level, why)
        level = self._kept(unit, level)
        if unit[KIND] == "class" and level >= SOFT:
            self.note_class(unit)
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
        for print_, _, fresh, types in unit[ODD]:
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
        return self.changes.level_of(self.at, unit, self)

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
            risk = self.class_risk(unit)
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
                if not (self._are_types(types) if fresh else all(
                        self._is_type(name) for name in names)):
                    raise Whole("%s evaluates a type of which a part "
                                "changed" % describe(unit))

    def _is_type(self, name):
        unit = self.at.table.get(name)
        return unit is None or unit[KIND] in ("class", "import")

    def _are_types(self, names):
        """Whether names in brackets are surely types."""
        for name in names:
            if self._was_type(name):
                continue
            found = self.project.find(self.at, name)
            if not found or found[0] == "other" or found[0] == "module":
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
            risk = self.class_risk(unit)
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
        self._evaluates(unit, what)
        if unit[KIND] == "class":
            risk = self.class_risk(unit)
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

    def class_risk(self, unit):
        """Why a class statement may be felt elsewhere, "" if it is not."""
        what = describe(unit)
        own, foreign, unknown = self.project.ancestry(self.at, unit)
        if unknown:
            return "%s has the base %s, which is not known" % (
                what, sorted(unknown)[0])
        for each in sorted(foreign):
            if not (each in known.QUIET_BASES
                    or each in known.CALLING_BASES):
                return "%s has the base %s" % (what, each)
        for path, name in sorted(own):
            file = self.project.files[path]
            base = self.project.class_unit(file, name)
            if base is None:
                return "%s has a base that cannot be found" % what
            if base[MORE][HEAD_RISK] or base[MORE][2]:
                return "%s has the base %s: %s" % (
                    what, name, base[MORE][HEAD_RISK] or "a metaclass")
            for member in base[MORE][4]:
                for hook in ("__init_subclass__", "__class_getitem__",
                             "__set_name__", "__mro_entries__"):
                    if hook in member[BINDS]:
                        return "%s has a base with %s" % (what, hook)
        if self.changes.has_set_name and any(
                member[KIND] not in ("def", "doc", "class")
                and member[NEEDS] for member in unit[MORE][4]):
            return "%s may hold values with __set_name__" % what
        return ""


def loads_of(unit):
    """(name, whether it must be there) of all names that a unit loads."""
    for name in unit[NEEDS]:
        yield name, True
    for word in unit[WORDS]:
        if word[:1] in ("?", "~"):
            yield word[1:], word[0] == "?"


def describe(unit):
    kind, name = unit[KIND], unit[NAME]
    if kind == "import":
        return "the import of %s" % name
    if kind in ("def", "class"):
        return "%s %s" % ("class" if kind == "class" else "function", name)
    if unit[BINDS]:
        return "the statement that binds %s" % unit[BINDS][0]
    return "a statement"
