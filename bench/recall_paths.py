# SPDX-License-Identifier: MIT
"""What was where at each moment of a run, and how the kernel walked there.

Below the fixture everything is known: what it was filled with, and every
change since, for they are all in the trace. Elsewhere the file system tells,
as it is when the run is over, and the trace what the run changed.
"""

import os
import stat

GONE = "gone"
DIRECTORY = "directory"
FILE = "file"

# The kernel gives up after as many links (MAXSYMLINKS).
LINKS_MAX = 40


class Link:
    """The state of a symbolic link."""

    __slots__ = ("target",)

    def __init__(self, target):
        self.target = target


def state_of(path):
    """What is at a path now."""
    try:
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            return Link(os.readlink(path))
    except (OSError, ValueError):
        return GONE
    return DIRECTORY if stat.S_ISDIR(mode) else FILE


def snapshot(root):
    """Every path below root, with its state; the root's own included."""
    found = {root: state_of(root)}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            found[path] = state_of(path)
    return found


def join(base, path):
    if path.startswith("/"):
        return path
    return base.rstrip("/") + "/" + path


class Walk:
    """Where a path led: the end, the links crossed, what was missing."""

    __slots__ = ("path", "links", "missing", "backed")

    def __init__(self):
        self.path = "/"
        self.links = []
        self.missing = None  # the first component that was not there
        self.backed = False  # there was a ".." behind it

    @property
    def absent(self):
        """What has to appear before a failed lookup can end otherwise."""
        return self.missing if self.backed else self.path


class Tree:
    """The file system through the time of a run."""

    def __init__(self, root, start):
        self.root = root
        self.now = dict(start)
        self.later = {}

    def state(self, path):
        known = self.now.get(path)
        if known is None:
            if path.startswith(self.root + "/"):
                return GONE
            known = self.later.get(path)
            if known is None:
                known = self.later[path] = state_of(path)
        return known

    def walk(self, base, path, follow):
        """As the kernel does, from the directory base."""
        walk = Walk()
        parts = join(base, path).split("/")
        # A slash at the end asks for a directory: a link is followed.
        follow = follow or path.endswith("/")
        self._parts(walk, parts, follow)
        return walk

    def _parts(self, walk, parts, follow):
        parts = [part for part in reversed(parts) if part not in ("", ".")]
        while parts:
            part = parts.pop()
            if part == "..":
                walk.backed |= walk.missing is not None
                walk.path = os.path.dirname(walk.path)
                continue
            path = walk.path.rstrip("/") + "/" + part
            walk.path = path
            # The kernel's own: links there lead where no name says.
            if path in ("/proc", "/sys") or walk.missing:
                continue
            if path.startswith(("/proc/", "/sys/")):
                continue
            state = self.state(path)
            if state is GONE or (state is FILE and parts):
                walk.missing = path
            elif isinstance(state, Link) and (parts or follow):
                if len(walk.links) >= LINKS_MAX:
                    return
                walk.links.append(path)
                walk.path = ("/" if state.target.startswith("/")
                             else os.path.dirname(path))
                parts += [each for each in reversed(state.target.split("/"))
                          if each not in ("", ".")]

    # What the run changed.

    def put(self, path, state):
        self.now[path] = state

    def remove(self, path):
        self.now[path] = GONE

    def _take(self, old):
        """Everything at and below a path, as (rest of the path, state)."""
        state = self.state(old)
        found = [("", state)]
        if state is DIRECTORY:
            below = old + "/"
            found += [(path[len(old):], each)
                      for path, each in self.now.items()
                      if path.startswith(below)]
        for rest, _ in found:
            self.now[old + rest] = GONE
        return found

    def move(self, old, new):
        taken = self._take(old)
        self._take(new)
        for rest, state in taken:
            self.now[new + rest] = state

    def swap(self, old, new):
        taken, other = self._take(old), self._take(new)
        for rest, state in taken:
            self.now[new + rest] = state
        for rest, state in other:
            self.now[old + rest] = state
