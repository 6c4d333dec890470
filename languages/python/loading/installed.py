# SPDX-License-Identifier: MIT
"""Where files lie that others wrote: Python's library, and packages."""

import os

from .. import marks

STDLIB = os.path.dirname(os.__file__) + "/"

# Folders of packages that somebody installed.  Python's library has one.
FOLDERS = ("/site-packages/", "/dist-packages/")
_IN_STDLIB = tuple(STDLIB[:-1] + folder for folder in FOLDERS)


def is_pythons(path):
    """Whether a file is of Python's library, and of no package."""
    return path.startswith(STDLIB) and not path.startswith(_IN_STDLIB)


def is_project_path(path):
    if path.startswith(marks.root_slash):
        path = path[len(marks.root_slash) - 1:]
    elif path.startswith(STDLIB):
        return False
    return FOLDERS[0] not in path and FOLDERS[1] not in path
