# SPDX-License-Identifier: MIT
"""Statements of classes in a pass: what they may do, and who can notice."""

from ..blocks import known
from ..blocks.outline import (
    BASES, BINDS, CHAINS, DECORATORS, HEAD_RISK, KEYWORDS, KIND, MEMBERS,
    MORE, NAME, NEEDS, RISK, WORDS,
)
from .units import SOFT, describe, is_special


def note_made(here, unit):
    """A class of both versions that becomes another one by its inputs.

    Its bases apart: of these, its functions are the family.
    """
    more = unit[MORE]
    if more[DECORATORS] or more[KEYWORDS] or any(
            here.felt(each, here.noted(each)) >= SOFT
            for each in more[MEMBERS]):
        here.changes.class_made(here.at, here.qualified(unit[NAME]))


def note_members(here, unit):
    """Members that are something else, in a class whose statement stays."""
    for each in unit[MORE][MEMBERS]:
        level = here.felt(each, here.noted(each))
        for name in each[BINDS] if level else ():
            here.changes.member(name, level)
        if each[KIND] == "class" and level:
            note_members(here, each)


def keeps_texts(here, unit):
    """Whether variables of a class alone have the names that changed.

    Who looks a variable up gets the text, and nobody else does.
    """
    if unit[KIND] != "class":
        return False
    words = set(here.changes.words_of(unit))
    having = [each for each in unit[MORE][MEMBERS]
              if not words.isdisjoint(each[WORDS])]
    if not words or not words.issubset(
            word for each in having for word in each[WORDS]) or any(
            each[KIND] != "assign" or any(map(is_special, each[BINDS]))
            for each in having) or not is_plain(here, unit):
        return False
    for each in having:
        for name in each[BINDS]:
            here.changes.kept_in(name, words.intersection(each[WORDS]))
    return True


def is_plain(here, unit):
    """Whether nobody but Python code of the project calls a class."""
    if not here.changes.splits_heads or class_risk(here, unit):
        return False
    family = [(here.at, unit)]
    for path, qualified in here.project.below(
            here.at.path, here.qualified(unit[NAME])):
        file = here.project.files[path]
        family.append((file, here.project.class_unit(file, qualified)))
    for file, each in family:
        if (each is None or each[MORE][DECORATORS] or each[RISK]
                or each[MORE][KEYWORDS]):
            return False
        _, foreign, unknown = here.project.ancestry(file, each)
        if unknown or not foreign <= known.INERT_BASES:
            return False
    return True


def is_bare(here, unit):
    """Whether nothing looks at a class when it is made, at its text say."""
    own, foreign, unknown = here.project.ancestry(here.at, unit)
    if unknown or not foreign <= known.QUIET_BASES or unit[MORE][DECORATORS]:
        return False
    classes = [unit] + [here.project.class_unit(
        here.project.files[path], qualified) for path, qualified in own]
    return all(each and not each[MORE][HEAD_RISK] and not any(
        "__init_subclass__" in member[BINDS]
        for member in each[MORE][MEMBERS]) for each in classes)


def is_base_alone(here, unit, name):
    """Whether a class does no more with another than to be derived from it."""
    return (unit[KIND] == "class" and name in unit[MORE][BASES]
            and is_bare(here, unit) and not any(
                name in each[NEEDS] or any(
                    chain.startswith(name + ".") for chain in each[CHAINS])
                for each in unit[MORE][MEMBERS]))


def class_risk(here, unit, stays=False):
    """Why a class statement may be felt elsewhere, "" if it is not.

    stays: it is in both versions, and its head is as it was: what registers it
    does so again.
    """
    what = describe(unit)
    own, foreign, unknown = here.project.ancestry(here.at, unit)
    if unknown and not stays:
        return "%s has the base %s, which is not known" % (
            what, sorted(unknown)[0])
    for each in sorted(foreign) if not stays else ():
        if not each.startswith(known.CALLING_BASES):
            return "%s has the base %s" % (what, each)
    for path, name in sorted(own):
        file = here.project.files[path]
        base = here.project.class_unit(file, name)
        if base is None:
            return "%s has a base that cannot be found" % what
        if not stays and (base[MORE][HEAD_RISK] or base[MORE][KEYWORDS]):
            return "%s has the base %s: %s" % (
                what, name, base[MORE][HEAD_RISK] or "a metaclass")
        for member in base[MORE][MEMBERS] if not stays else ():
            for hook in ("__init_subclass__", "__class_getitem__",
                         "__set_name__", "__mro_entries__"):
                if hook in member[BINDS]:
                    return "%s has a base with %s" % (what, hook)
    if here.changes.has_set_name and any(
            member[KIND] not in ("def", "doc", "class")
            and member[NEEDS] for member in unit[MORE][MEMBERS]):
        return ("%s may contain objects that run code when the class is made"
                % what)
    return ""
