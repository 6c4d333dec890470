# SPDX-License-Identifier: MIT
"""What a function made on import, when its body makes something else now.

Only for functions that do nothing else, in both versions: the helper has
found that out (ftrace_python_makers.py), and prints tell it.
"""

from ftrace_python_outline import (BINDS, KIND, MADE, MARKS, MORE, NEEDS,
                                   RISK)
from ftrace_python_units import HARD, NONE, SOFT, Whole, is_hook

# How tests, and what is run around them, are named, whatever the settings.
_COLLECTED = ("test", "setup", "teardown", "pytest", "check", "it_",
              "should", "spec", "bench", "describe", "example", "when_",
              "given_", "then_", "feature", "scenario", "verify")


def _may_be_collected(name):
    lower = name.lower()
    return (is_hook(name) or lower.startswith(_COLLECTED)
            or lower.endswith("test"))


def _is_for_tests(path):
    name = path.rpartition("/")[2]
    return (name == "conftest.py" or name.startswith("test")
            or name.endswith(("_test.py", "tests.py")))


def check_collected(file, changed):
    """Raises Whole where a test, or what is run around one, is a value.

    The functions that it is made of have other names.
    """
    for name, level in changed.items() if _is_for_tests(file.path) else ():
        unit = file.table.get(name)
        if level >= SOFT and _may_be_collected(name) and unit and (
                unit[KIND] in ("assign", "compound")):
            raise Whole("%s may be a test, and is no function" % name)


def _only_unit(file, name):
    """The one statement of a file that binds a name, or None."""
    found = [unit for unit in file.units
             if name in unit[BINDS] or "*" in unit[BINDS]]
    return found[0] if len(found) == 1 else None


def _found(project, file, name, depth=0):
    """(path, name) of the function that a name of a file is, or None."""
    unit = _only_unit(file, name)
    if unit is None or depth > 20:
        return None
    if unit[KIND] == "def":
        return file.path, name
    if unit[KIND] != "import" or unit[MORE][2] is None or unit[RISK]:
        return None
    source = project.module_of(file, *unit[MORE][:2])
    if source is None or not source.outline:
        return None
    return _found(project, source, unit[MORE][2], depth + 1)


def is_made(here, unit):
    """Whether a unit only binds names to what a changed maker returns."""
    makers = here.changes.makers
    return bool(
        makers and here.outer is None and unit[KIND] == "assign"
        and unit[MORE][MADE] and unit[MORE][MADE] in unit[NEEDS]
        and not _is_for_tests(here.at.path)
        and not any(map(_may_be_collected, unit[BINDS]))
        and _found(here.project, here.at, unit[MORE][MADE]) in makers)


def level_of(here, unit):
    """How a changed maker's own statement counts: as one that changed."""
    makers = here.changes.makers
    if makers and here.outer is None and unit[KIND] == "def" and (
            here.at.path, unit[BINDS][0]) in makers:
        return HARD
    return NONE


def check(file, name):
    """Raises Whole unless a name is that of a plain function of a file."""
    unit = _only_unit(file, name)
    if unit is None or unit[KIND] != "def":
        raise Whole("%s is not bound by one function alone" % name)
    if unit[MORE][MARKS] or unit[RISK]:
        raise Whole("%s is decorated, or its head has an effect" % name)
    if _may_be_collected(name) or _is_for_tests(file.path):
        raise Whole("%s may be collected" % name)
