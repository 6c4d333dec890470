# SPDX-License-Identifier: MIT
"""Modules of the project that are handed on as a whole.

`app.config.from_object(settings)` has code of others look names up that no
code of the project mentions.  So who holds a module is concerned by whatever
name of it changes: not who asks it for an attribute that is written.

Which files have a module under which name, their imports tell; what a
function imports for itself is among its mentions, as "import a.b", or where
that is relative, "import .b".
"""

from ..blocks.outline import (
    BINDS, CHAINS, KIND, RENAMED, RISK, WHAT, WORDS, dotted_by, held_by,
)
from ..blocks.words import ANY
from .project import imports_in
from .units import HARD, NONE, SOFT


def names_in(project, file):
    """(path, name): what other files have that stands for a file's module."""
    found = set()
    tails = {full.rpartition(".")[2] for full in file.modules}
    for each in project.files.values():
        if each is file or not each.outline or tails.isdisjoint(
                each.outline.names):
            continue
        for unit in each.units:
            for one in imports_in(unit):
                found.update([(each.path, name) for name in _names_of(
                    project, each, one, unit[BINDS], file.modules)])
    return found


def _names_of(project, at, what, bound, modules):
    module, level, name = what[WHAT]
    if name == ANY or project.is_foreign(at, module, level):
        return
    if name is None:
        stands = [module if what[RENAMED] else module.partition(".")[0]]
    else:
        stands = [full + "." + name
                  for full in project.absolute(at, module, level)]
    for full in modules:
        for each in stands:
            if full == each or full.startswith(each + "."):
                for own in bound:
                    yield own + full[len(each):]


def mentions_of(file):
    """What functions mention that import the module and hand it on."""
    return {text for full in file.modules for text in (
        "import " + full, "import ." + full.rpartition(".")[2])}


def held_of(names, unit):
    """Those of the names that a unit holds the module by."""
    return (held_by(unit) | dotted_by(unit[CHAINS], unit[WORDS])
            ).intersection(names)


def level_of(names, unit):
    """What it means for a unit that names of modules changed.

    names: those under which its file has these.  Who asks them for nothing
    but attributes that are written does not hold them.
    """
    if unit[KIND] == "import" or not held_of(names, unit):
        return NONE
    return HARD if unit[KIND] == "compound" or unit[RISK] else SOFT
