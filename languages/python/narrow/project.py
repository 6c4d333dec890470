# SPDX-License-Identifier: MIT
"""The files of a project as narrowing sees them: modules, imports, classes."""

from ..blocks import known, outline
from ..blocks.outline import (
    BASES, BINDS, IMPORTS, KIND, MEMBERS, MORE, NAME, WHAT, WHERE,
)
from ..blocks.words import ANY, OF_LIBRARY

# What a name may stand for: see Found.
CLASS, MODULE, FOREIGN, OTHER = range(4)


class Found:
    """What a dotted name in a file stands for.

    kind: a CLASS of the project, with file and qualified name; a MODULE, with
    its file or None and its full name; something FOREIGN, with its full name;
    or any OTHER thing that a file of the project has, with file and name.
    """

    __slots__ = ("kind", "file", "name")

    def __init__(self, kind, file, name):
        self.kind = kind
        self.file = file
        self.name = name


class File:
    def __init__(self, path, modules, content, has_tests=False):
        self.path = path
        # A runner collects tests from it, and tells where that fails.
        self.has_tests = has_tests
        self.modules = modules
        self.is_package = path.rpartition("/")[2] == "__init__.py"
        self.outline = outline.Outline(content) if content else None
        self._table = None

    @property
    def units(self):
        return self.outline.units if self.outline else []

    @property
    def table(self):
        """Name to the unit that binds it last, conditional ones included."""
        if self._table is None:
            self._table = {}
            for unit in self.units:
                for name in unit[BINDS]:
                    self._table[name] = unit
        return self._table


def imports_in(unit):
    """What a statement imports, or may: as MORE of an import has it."""
    if unit[KIND] == "import":
        return [unit[MORE]]
    return unit[MORE][IMPORTS] if unit[KIND] == "compound" else ()


def imports_of(units, maybe):
    """(module, level, name) of the imports that run: maybe, or surely."""
    for unit in units:
        if maybe or unit[KIND] == "import":
            for each in imports_in(unit):
                yield each[WHAT]


class Project:
    def __init__(self, files):
        self.files = {each.path: each for each in files}
        self.modules = {}
        for each in files:
            for module in each.modules:
                self.modules[module] = each
        self._roots = {module.partition(".")[0] for module in self.modules}
        self._closures = {}
        self._children = None

    def shadows(self):
        """A module of the project in the place of one that is relied on."""
        found = sorted(known.ASSUMED.intersection(self.modules))
        return found[0] if found else None

    def absolute(self, at, module, level):
        """The full names that an import in the file `at` may mean."""
        if not level:
            return [module]
        names = []
        for own in at.modules:
            parts = own.split(".")
            drop = level - 1 if at.is_package else level
            if drop <= len(parts):
                base = parts[:len(parts) - drop]
                names.append(".".join(base + ([module] if module else [])))
        return [name for name in names if name]

    def is_foreign(self, at, module, level):
        """Whether an import leads out of the project."""
        return not level and module.partition(".")[0] not in self._roots

    def imported_files(self, at, module, level, name):
        """The files that an import runs, packages on the way included."""
        found = []
        for full in self.absolute(at, module, level):
            parts = full.split(".")
            for i in range(1, len(parts) + 1):
                each = self.modules.get(".".join(parts[:i]))
                if each:
                    found.append(each)
            if name and name != ANY:
                each = self.modules.get(full + "." + name)
                if each:
                    found.append(each)
        return found

    def closure(self, at, units=None, maybe=True):
        """The paths that importing the file imports, itself left out."""
        key = (at.path, maybe)
        if units is None and key in self._closures:
            return self._closures[key]
        seen = set()
        todo = [(at, at.units if units is None else units)]
        while todo:
            each, its = todo.pop()
            for what in imports_of(its, maybe):
                for found in self.imported_files(each, *what):
                    if found.path not in seen:
                        seen.add(found.path)
                        todo.append((found, found.units))
        if units is None:
            self._closures[key] = seen
        return seen

    def module_of(self, at, module, level):
        for full in self.absolute(at, module, level):
            if full in self.modules:
                return self.modules[full]
        return None

    def find(self, at, dotted, depth=0):
        """What a dotted name in a file stands for, None if nobody knows."""
        if depth > 20:
            return None
        if dotted[:1] == OF_LIBRARY:
            return Found(FOREIGN, None, dotted[1:])
        root, _, rest = dotted.partition(".")
        unit = at.table.get(root)
        if unit is None:
            return self._by_star(at, dotted, depth)
        if unit[KIND] == "import":
            return self._through(at, unit, rest, depth)
        if unit[KIND] == "class":
            return self._in_class(at, unit, root, rest)
        return Found(OTHER, at, root) if not rest else None

    def _by_star(self, at, dotted, depth):
        if ANY not in at.table:
            if dotted.partition(".")[0] in known.BUILTINS:
                return Found(FOREIGN, None, "builtins." + dotted)
            return None
        for unit in at.units:
            if unit[KIND] == "import" and ANY in unit[BINDS]:
                source = self.module_of(at, *unit[MORE][WHERE])
                found = source and self.find(source, dotted, depth + 1)
                if found and found.kind != FOREIGN:
                    return found
        return None

    def _in_class(self, at, unit, name, rest):
        while rest:
            part, _, rest = rest.partition(".")
            for member in unit[MORE][MEMBERS]:
                if member[KIND] == "class" and member[NAME] == part:
                    unit = member
                    name += "." + part
                    break
            else:
                return None
        return Found(CLASS, at, name)

    def _through(self, at, unit, rest, depth):
        module, level, name, renamed = unit[MORE][:4]
        if self.is_foreign(at, module, level):
            full = module
            if name is None and not renamed:
                full = module.partition(".")[0]
            full += "." + name if name else ""
            return Found(FOREIGN, None, full + ("." + rest if rest else ""))
        if name is None:
            full = module if renamed else module.partition(".")[0]
            return self._in_module(full, rest, depth)
        for full in self.absolute(at, module, level):
            source = self.modules.get(full)
            if source and (name in source.table or ANY in source.table):
                return self.find(source, name + ("." + rest if rest else ""),
                                 depth + 1)
            if full + "." + name in self.modules:
                return self._in_module(full + "." + name, rest, depth)
        return None

    def _in_module(self, full, rest, depth):
        while rest:
            part, _, more = rest.partition(".")
            source = self.modules.get(full)
            if source and part in source.table:
                return self.find(source, rest, depth + 1)
            if not any(each == full + "." + part
                       or each.startswith(full + "." + part + ".")
                       for each in self.modules):
                return None
            full += "." + part
            rest = more
        return Found(MODULE, self.modules.get(full), full)

    # Classes

    def class_unit(self, at, qualified):
        unit = None
        parts = qualified.split(".")
        units = at.units
        for part in parts:
            unit = None
            for each in units:
                if each[KIND] == "class" and each[NAME] == part:
                    unit = each
            if unit is None:
                return None
            units = unit[MORE][MEMBERS]
        return unit

    def ancestry(self, at, unit, depth=0):
        """(project classes, foreign bases, unknown bases) of a class."""
        own, foreign, unknown = set(), set(), set()
        for base in unit[MORE][BASES]:
            found = self.find(at, base)
            if found and found.kind == FOREIGN:
                foreign.add(found.name)
            elif found and found.kind == CLASS and depth < 30:
                other = self.class_unit(found.file, found.name)
                own.add((found.file.path, found.name))
                if other:
                    for mine, theirs in zip(
                            (own, foreign, unknown),
                            self.ancestry(found.file, other, depth + 1)):
                        mine |= theirs
            else:
                unknown.add(base)
        return own, foreign, unknown

    @property
    def children(self):
        """(path, class) to the classes right below, and by bare names."""
        if self._children is None:
            self._children = {}
            for each in self.files.values():
                if each.outline:
                    self._note_classes(each, each.units, "")
        return self._children

    def _note_classes(self, at, units, prefix):
        for unit in units:
            if unit[KIND] == "compound":
                # Its classes are not looked into: by their bare names.
                continue
            if unit[KIND] != "class":
                continue
            name = prefix + unit[NAME]
            for base in unit[MORE][BASES]:
                found = self.find(at, base)
                if found and found.kind == CLASS:
                    key = (found.file.path, found.name)
                elif found and found.kind == FOREIGN:
                    continue
                else:
                    key = ("", base.rpartition(".")[2])
                self._children.setdefault(key, set()).add((at.path, name))
            self._note_classes(at, unit[MORE][MEMBERS], name + ".")

    def below(self, path, qualified):
        """The subclasses of a class, however far below."""
        seen = set()
        todo = [(path, qualified)]
        while todo:
            each = todo.pop()
            for key in (each, ("", each[1].rpartition(".")[2])):
                for child in self.children.get(key, ()):
                    if child not in seen:
                        seen.add(child)
                        todo.append(child)
        return seen
