# SPDX-License-Identifier: MIT
"""Statements that change what is bound elsewhere: attributes, tables, lists.

What is changed counts as a name that changed; and so does what has it as well.
"""

from ..blocks.outline import (
    ALIAS, BINDS, BUILT, KIND, MORE, NAME, NEEDS, RISK, RISKY, SETS,
)
from ..blocks.words import ANY, IS_CALLED
from . import classes
from .project import CLASS, FOREIGN, MODULE, OTHER
from .units import DOC, HARD, Whole, describe, is_special


def follow(here, unit, causes=None):
    """Notes what a unit changes; raises Whole where nobody knows what.

    causes: it is in both versions, and these of its names changed.  What is
    done to one of them alone is done as before.
    """
    for text in unit[SETS]:
        root = text.partition(".")[0].rstrip("[?]()")
        if causes and (_roots(causes) == {root} or ANY not in causes and (
                text.endswith("()") and root not in causes
                and not _roots(causes).intersection(unit[RISKY]))):
            continue
        if text.endswith("()"):
            _by_method(here, unit, text[:-2])
        elif text.endswith("[?]"):
            _item(here, unit, text[:-3])
        elif text.endswith("[]"):
            owner = _owner(here, unit, text[:-2], text)
            _change(here, owner.file, owner.name)
        else:
            _attribute(here, unit, text)


def _roots(names):
    return {name.partition(".")[0] for name in names}


def decorate(here, unit):
    """A function that is decorated as before, by something that keeps it."""
    here.changes.entered(here.at, here.qualified(unit[NAME]))
    for text in unit[SETS]:
        owner = text.partition(".")[0].rstrip("[?]()")
        found = here.project.find(here.at, owner)
        if found and found.kind == OTHER:
            _change(here, found.file, found.name)


def is_risky(here, unit, causes):
    """Whether what a unit of both versions does may have another effect.

    A function or class that is called, and is the one it was, does what those
    do that it enters: who entered these is known.
    """
    if ANY in causes or ANY in unit[RISKY]:
        return bool(unit[RISK])
    called = [each[1:] for each in unit[RISKY] if each[:1] == IS_CALLED]
    for name in causes:
        if name.partition(".")[0] in unit[RISKY]:
            return True
        for each in called:
            if (each + ".").startswith(name + ".") and not _stays(here, each):
                return True
    return False


def _stays(here, name):
    """Whether what is called is the function or class that it was."""
    found = here.project.find(here.at, name)
    if not found or found.kind not in (CLASS, OTHER):
        return False
    path, qualified = found.file.path, found.name
    root = qualified.partition(".")[0]
    unit = found.file.table.get(root)
    return (unit is not None and unit[KIND] in ("def", "class")
            and (path, root) not in here.changes.replaced
            and (path, qualified) not in here.changes.reshaped)


def _owner(here, unit, dotted, text):
    """What a dotted name of the project stands for."""
    found = here.project.find(here.at, dotted)
    if not found or found.kind != OTHER:
        raise Whole("%s changes %s" % (describe(unit), text))
    return found


def _by_method(here, unit, text):
    what = "%s is new or changed, with a call of %s" % (describe(unit), text)
    found = here.project.find(here.at, text.rpartition(".")[0])
    if not found or found.kind != OTHER:
        raise Whole(what)
    made = found.file.table[found.name]
    if made[KIND] != "assign" or not made[MORE][BUILT]:
        raise Whole(what)
    _change(here, found.file, found.name)


def _item(here, unit, name):
    """What is in brackets may run code of the project."""
    found = here.project.find(here.at, name)
    if found and found.kind == FOREIGN:
        return
    if found and found.kind == CLASS:
        made = here.project.class_unit(found.file, found.name)
        quiet = made and not classes.class_risk(here, made)
    else:
        made = (found and found.kind == OTHER
                and found.file.table[found.name])
        quiet = made and made[KIND] == "assign" and not (
            made[RISK] or made[MORE][ALIAS])
    if not quiet:
        raise Whole("%s is new or changed, with an item of %s" % (
            describe(unit), name))


def _attribute(here, unit, text):
    owner, _, name = text.rpartition(".")
    found = here.project.find(here.at, owner)
    if name == "__doc__" and found and found.kind == OTHER:
        here.changes.attribute(name)
        here.changes.add(found.file, {found.name: DOC})
        return
    if not found or found.kind == FOREIGN or is_special(name):
        raise Whole("%s changes %s" % (describe(unit), text))
    if found.kind != MODULE:
        here.changes.attribute(name)
    elif found.file:
        _change(here, found.file, name)
    else:
        raise Whole("%s changes %s" % (describe(unit), text))


def _change(here, file, name):
    """Of a name of a file, and of all that is made of it there."""
    changed = {name}
    grown = True
    while grown:
        grown = False
        for unit in file.units:
            if changed.isdisjoint(unit[NEEDS]) or unit[KIND] == "def":
                continue
            if unit[RISK] and not changed.union((ANY,)).isdisjoint(
                    unit[RISKY]):
                raise Whole("%s uses %s, which changed, with %s" % (
                    describe(unit), name, unit[RISK]))
            grown |= not changed.issuperset(unit[BINDS])
            changed.update(unit[BINDS])
    here.changes.add(file, dict.fromkeys(changed, HARD))
