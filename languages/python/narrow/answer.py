# SPDX-License-Identifier: MIT
"""The answer to "narrow": who can notice what changed in files' imports."""

from ..blocks import outline, words
from ..blocks.outline import (
    ALIAS, BINDS, BUILT, KIND, MEMBERS, MORE, PLAIN, RISK, SETS, WORDS,
)
from .changes import Changes
from .collected import is_for_tests, is_odd, is_usual
from .compare import Comparison
from .doubts import Doubts
from .passes import Pass
from .project import CLASS, OTHER, File, Project
from .units import EDITED_AT, INNER, INSIDE, Whole, is_hook

# Flags of a changed file in the request: tests are collected from it; it is a
# conftest.
HAS_TESTS, IS_CONFTEST = "t", "c"
# What became of a name of a file with tests, in the answer: it is gone; it is
# what pytest takes as FILE::NAME; anything else.
GONE, BY_ITSELF, OTHERWISE = "g", "n", "w"


class Changed:
    """A changed file of the request."""

    def __init__(self, path, flags, modules, olds, new):
        self.path = path
        self.flags = flags
        self.olds = olds
        self.file = _file(path, flags, modules, new)


class Verdict:
    def __init__(self, word, reason):
        self.word = word
        self.reason = reason
        self.pairs = self.attributes = self.families = ()
        self.others = self.own = ()
        self.values = self.value_attributes = self.functions = ()
        self.heads = self.head_attributes = ()
        self.doubts = self.leading = self.imports = self.sure = ()
        self.late = ()
        # "+": what objects and classes have is not what it was; "&": nor is
        # what is stored of an object, or what it is made of again.
        self.touched = ()
        # Attributes that changed of something that is no module.
        self.members = ()


def _same(old, new):
    return old.future == new.future and old.units == new.units


def _narrow(changed, old, project):
    """The verdict on one old version of one changed file."""
    if not changed.file.outline:
        return Verdict("whole", "it is gone or cannot be analysed")
    new = changed.file.outline
    if _same(old, new):
        return Verdict("none", "nothing that its import does changed")
    if IS_CONFTEST in changed.flags:
        return Verdict("whole", "it is a conftest")
    if set(old.future).symmetric_difference(new.future) - {"annotations"}:
        return Verdict("whole", "its future imports changed")
    shadow = project.shadows()
    if shadow:
        return Verdict("whole", "the project has a module %s" % shadow)
    changes = Changes(project, HAS_TESTS not in changed.flags)
    others = [each for each in project.files.values()
              if each.outline and each.path != changed.path]
    _to_the_end(changed, old, project, changes, others)
    return _verdict(changed, old, changes)


def _exports(units):
    """The names that a star import gets, None where that is not written."""
    found = [unit for unit in units if "__all__" in unit[BINDS]]
    if len(found) != 1 or found[0][KIND] != "assign":
        return None
    unit, = found
    # One text alone may be no list: then it is its letters that count.
    if not unit[MORE][PLAIN] or not (unit[MORE][BUILT]
                                     or len(unit[WORDS]) > 1):
        return None
    if any(text.startswith("__all__") for each in units
           for text in each[SETS]):
        return None
    return set(unit[WORDS])


def _to_the_end(changed, old, project, changes, others):
    """Passes over all files until no further name is found changed."""
    exports = _exports(old.units), _exports(changed.file.units)
    if None not in exports:
        changes.exports[changed.path] = exports
    gone = ({name for unit in old.units for name in unit[BINDS]}
            - {name for unit in changed.file.units for name in unit[BINDS]})
    changes.remove(changed.file, gone)
    for each in project.files.values():
        if not each.outline:
            changes.give_up(each.path, "it cannot be analysed")
    while True:
        changes.grown = False
        here = Pass(changed.file, project, changes)
        changes.add(changed.file, Comparison(
            here, old.units, changed.file.units).walk())
        changes.remove(changed.file, here.lost())
        for each in others:
            if each.path not in changes.whole and (
                    each.path in changes.modules
                    or _concerned(each, changes)):
                _propagate(each, project, changes)
        if not changes.grown:
            changes.doubted = Doubts(project, changes.doubts)
            return


def _concerned(file, changes):
    names = file.outline.names
    return (changes.is_reached(file, names)
            or not changes.attributes.keys().isdisjoint(names)
            or any(not gone.isdisjoint(names)
                   for gone in changes.removed.values()))


def _check_collected(file, changed):
    """Raises Whole where a test, or what is run around one, is a value.

    The functions that it is made of have other names.
    """
    for name, level in changed.items() if is_for_tests(file.path) else ():
        unit = file.table.get(name)
        if level >= INSIDE and (
                is_hook(name) or is_usual(name.lower())
                or is_odd(name)) and unit and (
                unit[KIND] in ("assign", "compound")):
            raise Whole("%s may be a test, and is no function" % name)


def _propagate(file, project, changes):
    here = Pass(file, project, changes)
    try:
        for index, unit in enumerate(file.units):
            here.matched(unit, index)
        _check_collected(file, here.changed)
    except Whole as why:
        changes.give_up(file.path, str(why))
        return
    changes.add(file, here.changed)
    changes.remove(file, here.lost())


def _verdict(changed, old, changes):
    verdict = Verdict("names", "")
    own = changes.names.get(changed.path, {})
    found = [(path, name, level) for path, names in changes.names.items()
             for name, level in names.items()]
    verdict.pairs = sorted((path, name) for path, name, level in found
                           if level >= INSIDE)
    held_names = {(path, name) for path, name, level in found
                  if INNER < level < INSIDE}
    verdict.values = sorted(held_names & changes.held)
    verdict.heads = sorted(held_names - changes.held | {
        (path, name) for path, names in changes.modules.items()
        for name in names})
    found = changes.attributes.items()
    verdict.attributes = sorted(name for name, level in found
                                if level >= INSIDE)
    held = {name for name, level in found if INNER < level < INSIDE}
    verdict.value_attributes = sorted(
        name for name in held if ("", name) in changes.held)
    verdict.head_attributes = sorted(held.difference(
        verdict.value_attributes) | changes.imports)
    verdict.functions = sorted(changes.functions)
    verdict.touched = _touched(changes)
    verdict.members = sorted(changes.members_of)
    verdict.families = sorted(changes.families)
    verdict.others = sorted(changes.whole)
    if HAS_TESTS in changed.flags:
        verdict.own = _own_names(changes.project, changed, old, own)
    doubts = changes.doubted
    if changes.doubts:
        verdict.doubts = doubts.paths
        verdict.sure = sorted(doubts.sure)
        verdict.late = sorted(doubts.late)
        verdict.leading = sorted(doubts.leading)
        verdict.imports = sorted(doubts.mentions)
    elif not (verdict.pairs or verdict.attributes or held_names
              or held or changes.functions):
        return Verdict("none", "what changed cannot be noticed")
    verdict.reason = "changed: " + ", ".join(
        sorted(own or changes.attributes)[:8])
    for path in verdict.others[:1]:
        verdict.reason += "; %s as a whole, since %s" % (
            path, changes.whole[path])
    return verdict


def _is_found_again(project, file, name):
    """Whether what has a name may be stored by it.

    No constant is; and what others have made is by the name that it has there.
    No test is stored.
    """
    if file.has_tests and is_usual(name):
        return False
    found = project.find(file, name)
    if found and found.kind == OTHER:
        unit = found.file.table[found.name]
        return unit[KIND] != "assign" or not unit[MORE][PLAIN]
    return name != "__doc__" and (found is None or found.kind == CLASS)


def _touched(changes):
    """Words for what code reaches without a name: see Verdict."""
    found = []
    if changes.touches_objects:
        found.append(words.MEMBERS)
    if changes.sets_attributes or any(
            level >= INSIDE and _is_found_again(
                changes.project, changes.project.files[path], name)
            for path, names in changes.names.items()
            for name, level in names.items()):
        found.append(words.STORED)
    return found


_CASES = frozenset((
    "unittest.TestCase", "unittest.IsolatedAsyncioTestCase",
    "unittest.case.TestCase"))


def _is_no_test(project, at, name):
    """Whether what a file imports by a name has no tests in it."""
    found = project.find(at, name)
    if found and found.kind == OTHER:
        unit = found.file.table[found.name]
        return unit[KIND] == "assign" and not unit[MORE][ALIAS] and (
            not unit[RISK])
    unit = (found and found.kind == CLASS
            and project.class_unit(found.file, found.name))
    if not unit:
        return False
    own, foreign, unknown = project.ancestry(found.file, unit)
    classes = [unit] + [project.class_unit(project.files[path], qualified)
                        for path, qualified in own]
    return not unknown and all(
        each and not any(bound.startswith("test") for member in each[
            MORE][MEMBERS] for bound in member[BINDS])
        for each in classes) and not any(
            each.startswith("unittest.") for each in foreign)


def _is_case(project, file, unit):
    """Whether a class has tests, whatever it is called: those of unittest are
    known by what they are derived from.  None: it may have some."""
    _own, foreign, unknown = project.ancestry(file, unit)
    names = {bound for member in unit[MORE][MEMBERS]
             for bound in member[BINDS]}
    if not foreign.isdisjoint(_CASES) and "__test__" not in names and any(
            name.startswith("test") for name in names):
        return True
    if unknown or any("test" in each.lower() for each in foreign):
        return None
    return False


def _own_names(project, changed, old, names):
    before = {name for unit in old.units for name in unit[BINDS]}
    found = []
    for name in sorted(names):
        unit = changed.file.table.get(name)
        if unit is None:
            found.append((name, GONE))
            continue
        kind = unit[KIND]
        is_case = kind == "class" and _is_case(project, changed.file, unit)
        if is_case or (kind == "def" and name.startswith("test")) or (
                kind == "class" and name.startswith("Test")):
            found.append((name, BY_ITSELF))
            continue
        if name not in before and is_odd(name):
            raise Whole("%s may be a test" % name)
        if is_case is None and name not in before:
            raise Whole("%s may have tests" % name)
        if name.startswith(("test", "Test")) and not (
                name in before and kind == "import"
                and _is_no_test(project, changed.file, name)):
            raise Whole("%s may be a test, and is no function" % name)
        found.append((name, OTHERWISE))
    return found


def _read(stream):
    changed = []
    for _ in range(stream.count()):
        path, flags = stream.text(), stream.text()
        modules = stream.text().split()
        olds = [stream.get() for _ in range(stream.count())]
        new = stream.get()
        changed.append(Changed(path, flags, modules, olds, new))
    files = [each.file for each in changed]
    for _ in range(stream.count()):
        path, flags = stream.text(), stream.text()
        modules = stream.text().split()
        content = stream.get()
        files.append(_file(path, flags, modules, content))
    return changed, files


def _file(path, flags, modules, content):
    """A file whose outline cannot be read is one without any."""
    has_tests = HAS_TESTS in flags
    try:
        return File(path, modules, content, has_tests)
    except Exception:
        return File(path, modules, b"", has_tests)


def _put(stream, verdict):
    stream.put(verdict.word)
    stream.put(verdict.reason)
    if verdict.word != "names":
        return
    for pairs in (verdict.pairs, verdict.attributes, verdict.families,
                  verdict.others, verdict.own, verdict.values,
                  verdict.value_attributes, verdict.functions,
                  verdict.heads, verdict.head_attributes, verdict.doubts,
                  verdict.leading, verdict.imports, verdict.sure,
                  verdict.late, verdict.touched, verdict.members):
        stream.put(len(pairs))
        for each in pairs:
            for part in each if type(each) is tuple else (each,):
                stream.put(part)


def narrow(changed, files):
    """Verdicts: for each changed file a list, one for each old outline."""
    project = Project(files)
    verdicts = []
    for each in changed:
        verdicts.append([_tried(_narrow_outline, each, content, project)
                         for content in each.olds])
    return verdicts


def _narrow_outline(changed, content, project):
    if content.startswith(EDITED_AT):
        from . import variants
        old = variants.Altered(changed.file.outline, content)
    else:
        old = outline.Outline(content)
    return _narrow(changed, old, project)


def _tried(narrowing, changed, what, project):
    try:
        return narrowing(changed, what, project)
    except Whole as why:
        return Verdict("whole", str(why))
    except Exception as error:
        return Verdict("whole", "the analysis failed: %s: %s"
                       % (type(error).__name__, error))


def answer(stream):
    changed, files = _read(stream)
    for verdicts in narrow(changed, files):
        for verdict in verdicts:
            _put(stream, verdict)
