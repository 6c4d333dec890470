# SPDX-License-Identifier: MIT
"""A copy of a project that is mutated and put back, again and again."""

import os
import shutil
import stat

# What the tools keep in the tree is theirs to change.
KEPT = (".ftrace", ".git", ".testmondata")


class Tree:
    """The copy, and a second one of how it was.

    kept: what is not put back, besides.  undated: each edit, and each undoing
    of one, is the latest change, as builds that go by time want it.
    """

    def __init__(self, root, kept=(), undated=False):
        self.root = root
        self.kept = (*KEPT, *kept)
        self.undated = undated
        self.pristine = root + ".pristine"
        self.known = {}
        self.count = 0

    def make(self, source):
        """Copies the project; what it holds of other tools stays behind."""
        for path in (self.root, self.pristine):
            shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(source, self.root, symlinks=True,
                        ignore=shutil.ignore_patterns(
                            *KEPT, ".testmondata*", "__pycache__",
                            ".pytest_cache", "build-*", "venv", ".venv",
                            ".tox", ".nox", ".hypothesis"))

    def freeze(self):
        """What is there now is what restore() leaves."""
        shutil.rmtree(self.pristine, ignore_errors=True)
        shutil.copytree(self.root, self.pristine, symlinks=True,
                        ignore=shutil.ignore_patterns(
                            *self.kept, ".testmondata*"))
        self.known = self._look()

    def _look(self):
        found = {}
        for folder, folders, files in os.walk(self.root):
            folders[:] = [each for each in folders if each not in self.kept]
            for name in folders + files:
                if name in self.kept or name.startswith(KEPT):
                    continue
                path = os.path.join(folder, name)
                info = os.lstat(path)
                kind = stat.S_IFMT(info.st_mode)
                found[os.path.relpath(path, self.root)] = (
                    (kind, info.st_mode) if stat.S_ISDIR(info.st_mode)
                    else (kind, info.st_mode, info.st_size,
                          info.st_mtime_ns))
        return found

    def apply(self, mutant):
        """Makes the edit, each with another second for its time."""
        self.count += 1
        when = 1_500_000_000 + self.count
        for path, content in mutant.edits.items():
            full = os.path.join(self.root, path)
            if content is None:
                os.unlink(full)
                continue
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as file:
                file.write(content)
            if not self.undated:
                os.utime(full, (when, when))

    def restore(self):
        """Undoes the edit, and whatever a test did to the tree."""
        now = self._look()
        for path in sorted(set(now) - set(self.known), reverse=True):
            self._remove(path)
        for path, was in sorted(self.known.items()):
            if now.get(path) != was:
                if now.get(path, was)[0] != was[0]:
                    self._remove(path)
                self._copy(path, was)

    def _remove(self, path):
        full = os.path.join(self.root, path)
        if os.path.isdir(full) and not os.path.islink(full):
            shutil.rmtree(full)
        elif os.path.lexists(full):
            os.unlink(full)

    def _copy(self, path, was):
        source = os.path.join(self.pristine, path)
        target = os.path.join(self.root, path)
        if stat.S_ISDIR(was[0]):
            os.makedirs(target, exist_ok=True)
            shutil.copystat(source, target)
        elif stat.S_ISLNK(was[0]):
            if os.path.lexists(target):
                os.unlink(target)
            os.symlink(os.readlink(source), target)
            shutil.copystat(source, target, follow_symlinks=False)
        elif stat.S_ISREG(was[0]):
            # In place, so that the file stays the same one.
            shutil.copyfile(source, target)
            shutil.copystat(source, target)
            if self.undated:
                os.utime(target)
                self.known[path] = (*was[:3], os.lstat(target).st_mtime_ns)
