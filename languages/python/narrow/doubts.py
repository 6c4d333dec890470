# SPDX-License-Identifier: MIT
"""Statements that may fail now, and imports that run something else now.

That a file cannot be imported any more is seen by whoever imports it: one
test is enough to tell.  So nothing is proved of changed statements but that
they are felt nowhere else; files that may fail are doubted, and of the tests
that import one the first is selected.  That is no answer where something may
catch the failure and go on.
"""

from ..blocks import known
from ..blocks.known import STDLIB
from ..blocks.outline import (
    CATCHES, CHAINS, IMPORTS, KIND, LEVEL, MORE, NEEDS, RISK, SETS, SOURCE,
    WHAT, WHERE, WORDS,
)
from ..blocks.words import ANY, GLOBALS, MEMBERS
from . import classes
from .project import imports_in, imports_of
from .units import Whole, describe


def is_quiet(module):
    """Whether importing a module of Python's library has no effect.

    Or that of typing's newest names, which has none either.
    """
    root = module.partition(".")[0]
    return (root in STDLIB and root not in known.EFFECTFUL_MODULES
            or module == "typing_extensions")


def _above(here):
    """The paths that are surely imported before what comes now."""
    project = here.project
    found = {project.modules[".".join(parts)].path
             for full in here.at.modules
             for parts in _packages(full)
             if ".".join(parts) in project.modules}
    todo = [project.files[path] for path in found]
    for each in here.imported:
        todo += project.imported_files(here.at, *each[MORE][WHAT])
    found = {here.at.path}
    while todo:
        file = todo.pop()
        # What this file itself imports was imported no further than here.
        if file.path not in found:
            found.add(file.path)
            for what in imports_of(file.units, False):
                todo += project.imported_files(file, *what)
    return found


def _packages(full):
    parts = full.split(".")
    return [parts[:i] for i in range(1, len(parts))]


def _imports(file):
    return [unit[MORE] for unit in file.units if unit[KIND] == "import"]


def check_foreign(here, unit, module, name):
    """Raises Whole unless a module of others is loaded, or quiet, anyway."""
    if is_quiet(module):
        return
    project = here.project
    above = [project.files[path] for path in _above(here)
             if path != here.at.path]
    loaded = [each[MORE] for each in here.imported] + [
        what for file in above for what in _imports(file)]
    known_names = [what for file in project.files.values()
                   for what in _imports(file)]
    if not any(what[SOURCE] == module and not what[LEVEL]
               for what in loaded) or (
            not any(what[WHAT] == (module, 0, name) for what in known_names)):
        raise Whole("%s is new, and not of Python's library" % describe(unit))


def check_own(here, unit, module, level, name):
    """Raises Whole unless a file of the project is loaded, or quiet, anyway."""
    project, at = here.project, here.at
    files = project.imported_files(at, module, level, name)
    what = describe(unit)
    above = _above(here)
    for each in files:
        if (each is not at and each.path not in above
                and each.path not in here.upcoming
                and not _is_inert(here, each, above, set())):
            raise Whole("%s imports %s, which was not imported above"
                        % (what, each.path))
        leads_back = each is at or at.path in project.closure(each)
        if leads_back and (unit[KIND] == "compound"
                           or not is_entered_one_way(project, at)):
            raise Whole("%s closes a circle of imports" % what)
    if not files:
        raise Whole("%s cannot be followed" % what)


def _is_inert(here, file, above, seen):
    """Whether nobody can tell that a file was imported."""
    seen.add(file.path)
    there = type(here)(file, here.project, here.changes)
    for unit in file.units:
        if unit[RISK] or unit[SETS] or (
                unit[KIND] != "class" and not {
                    ANY, GLOBALS, MEMBERS}.isdisjoint(unit[WORDS])):
            return False
        if unit[KIND] == "class" and classes.class_risk(there, unit):
            return False
        for each in imports_in(unit):
            if here.project.is_foreign(file, *each[WHERE]):
                if not is_quiet(each[SOURCE]):
                    return False
                continue
            for other in here.project.imported_files(file, *each[WHAT]):
                if not (other.path in above or other.path in seen
                        or _is_inert(here, other, above, seen)):
                    return False
    return True


def is_entered_one_way(project, at):
    """Whether a circle of imports is entered in the same place by everybody.

    As all its files lie in a package that imports them itself.
    """
    circle = {at.path} | {path for path in project.closure(at) if
                          at.path in project.closure(project.files[path])}
    for parts in [parts for full in at.modules
                  for parts in _packages(full) + [full.split(".")]]:
        top = ".".join(parts)
        first = project.modules.get(top)
        if first and first.is_package and (
                first is at or at.path in project.closure(first, maybe=False)
        ) and all(full == top or full.startswith(top + ".")
                  for path in circle for full in project.files[path].modules):
            return True
    return False


class Doubts:
    """What is to be known of files that may fail when they are imported."""

    def __init__(self, project, paths):
        self.paths = sorted(paths)
        # (path, path): which files surely import which of these.
        self.sure = {(path, file.path) for file in project.files.values()
                     for path in paths if file.path == path
                     or path in project.closure(file, maybe=False)}
        # Which of these a file may import.
        led = {file.path: (project.closure(file) | {file.path}).intersection(
            self.paths) for file in project.files.values()}
        # Those that nothing imports but functions, if anything.
        self.late = {path for path in paths if not (
            project.files[path].has_tests) and all(
                path == other or path not in led[other] for other in led)}
        modules = self._modules(project, led)
        # How functions mention that they import one, as path and text: they,
        # or who calls them, may catch the failure.
        self.mentions = set()
        # Files that may lack names as they import one of these and go on.
        self.leading = set()
        words = {part for full in modules for part in full.split(".")}
        for file in project.files.values():
            shown = self._shown_by(project, file, file.units)
            if not led[file.path] <= shown:
                self.leading.add(file.path)
            self.mentions.update(
                (file.path, text) for full in modules
                if not modules[full] <= shown for text in (
                    "imports " + full,
                    "imports ." + full.rpartition(".")[2]))
            for at, unit in enumerate(file.units):
                self._check(project, file, unit, words, at)

    def _modules(self, project, led):
        """What may fail, of these, where a module is imported by its name.

        Importing what lies in a package imports that first.
        """
        found = {}
        for full in project.modules:
            for parts in _packages(full) + [full.split(".")]:
                file = project.modules.get(".".join(parts))
                if file and led[file.path]:
                    found[full] = found.get(full, set()) | led[file.path]
        return found

    def _shown_by(self, project, file, above):
        """Which files importing a file surely imports, or fails.

        above: the statements before the one that may catch a failure.  Behind
        it a module may be there already that failed to import another one.
        """
        found = project.closure(file, above, False) | {file.path}
        for parts in [parts for full in file.modules
                      for parts in _packages(full)]:
            package = project.modules.get(".".join(parts))
            if package:
                found.add(package.path)
                inside = project.closure(package, maybe=False)
                if file.path not in inside:
                    found |= inside
        return found

    def _check(self, project, file, unit, words, at):
        """Raises Whole where a statement may catch the failure."""
        above = file.units[:at]
        if unit[KIND] == "compound" and unit[MORE][CATCHES]:
            led = {path for what in unit[MORE][IMPORTS]
                   for each in project.imported_files(file, *what[WHAT])
                   for path in project.closure(each) | {each.path}}
            caught = led.intersection(self.paths)
            if caught and not caught <= self._shown_by(project, file, above):
                raise Whole("%s may fail to import, and %s would carry on "
                            "without it" % (sorted(caught)[0], file.path))
        skips = "importorskip" in unit[NEEDS] or any(
            chain.endswith(".importorskip") for chain in unit[CHAINS])
        if skips and not words.isdisjoint(
                part for word in unit[WORDS]
                for part in word.split(".")) and not self._shown_by(
                    project, file, above).issuperset(self.paths):
            raise Whole("%s may fail to import, and %s would then skip "
                        "tests" % (self.paths[0], file.path))
