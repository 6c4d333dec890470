# SPDX-License-Identifier: MIT
"""Has pytest run what `ftrace test` has selected, of what it was asked for.

The command stays as it is, so that its options, the first conftests and the
header are those of a whole run, and a selection may be of any length.
"""

import fnmatch
import os

import ftrace_pytest_marks as marks

VARIABLE = "FTRACE_SELECT"

# The file with what was selected; None: all is run.
asked = None


def _split(argument):
    """(path, names below it with what separates them)."""
    path, separator, names = argument.partition("::")
    return path, separator + names


def _is_below(path, top):
    return path == top or path.startswith(top.rstrip(os.sep) + os.sep)


def _is_within(names, below):
    return not below or names == below or names.startswith(
        (below + "::", below + "["))


def _common(one, given):
    """What was both selected and asked for, or None."""
    (path, names), (top, below) = one, given
    if _is_below(path, top) if not below else (
            path == top and _is_within(names, below)):
        return one
    return given if path == top and _is_within(below, names) else None


def _is_ignored(config, path):
    start = str(config.invocation_params.dir)
    tops = [os.path.join(start, each)
            for each in config.getoption("ignore", None) or ()]
    globs = [os.path.join(start, each)
             for each in config.getoption("ignore_glob", None) or ()]
    return (any(_is_below(path, os.path.normpath(top)) for top in tops)
            or any(fnmatch.fnmatch(path, each) for each in globs))


def _absolute(argument, start):
    path, names = _split(argument)
    return os.path.realpath(os.path.join(start, path)), names


def narrow(config):
    """What was selected takes the place of what was asked for."""
    if asked is None or config.getoption("pyargs", False):
        return
    token = marks.mute_always()
    try:
        config.args[:] = _selected(config)
    except Exception:
        # All that was asked for is run then: nothing is missed.
        pass
    finally:
        marks.unmute(token)


def in_order(items):
    """Tests of one file run in the order that they have in it."""
    if asked is None:
        return
    files = {}
    for item in items:
        files.setdefault(item.location[0], len(files))
    items.sort(key=lambda item: (files[item.location[0]],
                                 item.location[1] or 0))


def _selected(config):
    with open(asked, "rb") as file:
        selected = [os.fsdecode(each) for each in file.read().split(b"\0")
                    if each]
    start = str(config.invocation_params.dir)
    given = [_absolute(each, start) for each in config.args]
    found = {}
    for each in selected:
        one = _absolute(each, marks.root)
        if not _is_ignored(config, one[0]):
            common = [_common(one, other) for other in given]
            found.update(("".join(each), None) for each in common if each)
    return list(found)
