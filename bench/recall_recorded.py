# SPDX-License-Identifier: MIT
"""What ftrace has of a run."""

import collections
import fnmatch
import os


class Recorded(collections.defaultdict):
    """What ftrace has: path to kinds.

    listed: of directories, the names that a listing was recorded for; an empty
    one stands for all.
    """

    def __init__(self):
        super().__init__(set)
        self.listed = collections.defaultdict(set)

    def would_tell_of(self, path):
        """Whether a listing that is kept changes when `path` comes."""
        above, name = os.path.split(path)
        return any(not block or name == block or name.startswith(block + ".")
                   or fnmatch.fnmatchcase(name, block)
                   for block in self.listed.get(above, ()))
