# SPDX-License-Identifier: MIT
"""From the calls of a trace to what the traced command did to which path."""

from recall_paths import FILE, Tree
from recall_rules import NOTHING, RULES
from recall_strace import Become, Call, End, named, string
from recall_tables import of_interposer


class _Place:
    """The current directory; threads and CLONE_FS share it."""

    __slots__ = ("cwd",)

    def __init__(self, cwd):
        self.cwd = cwd


class _Process:
    __slots__ = ("place", "files", "traced", "own")

    def __init__(self, place, files, traced, own):
        self.place = place
        self.files = files  # descriptor to path, as far as opens tell
        self.traced = traced  # the command has been executed
        self.own = own  # ftrace's process, or a thread of it


class Observed:
    """Goes through the events of a trace and collects the pairs."""

    def __init__(self, root, cwd, start, paths, supervised):
        self.tree = Tree(root, start)
        self.paths = paths
        self.start_cwd = cwd
        self.supervised = supervised  # strace started ftrace
        self.pairs = {}  # (path, kind) -> (refused, call)
        self.disagreed = []  # where the kernel names another path than we
        self.unknown = []  # calls of which nobody knows the path
        self.processes = {}
        self.births = {}
        self.executed = set()
        self.started = False  # the command
        self.ignored = 0

    # Processes

    def take(self, events):
        for i, event in enumerate(events):
            if isinstance(event, Call) and event.name in (
                    "clone", "clone3", "fork", "vfork"):
                child = event.result.split("<")[0]
                if child.isdigit() and int(child):
                    self.births.setdefault(int(child), []).append(event)
        first = True
        for event in events:
            if isinstance(event, End):
                self.processes.pop(event.pid, None)
                continue
            if isinstance(event, Become):
                self.processes[event.pid] = self._process(event.old)
                self.processes.pop(event.old, None)
                continue
            if first:
                self.processes[event.pid] = _Process(
                    _Place(self.start_cwd), {}, False, self.supervised)
                first = False
            process = self._process(event.pid)
            self._one(process, event)

    def _process(self, pid):
        process = self.processes.get(pid)
        if process is None:
            births = self.births.get(pid)
            if births:
                process = self._born(pid, births.pop(0))
            else:
                self.unknown.append("process %d of no parent" % pid)
                process = _Process(_Place(self.start_cwd), {}, True, False)
            self.processes[pid] = process
        return process

    def _born(self, pid, call):
        parent = self._process(call.pid)
        flags = " ".join(call.args)
        place, files = parent.place, parent.files
        if "CLONE_FS" not in flags:
            place = _Place(place.cwd)
        if "CLONE_FILES" not in flags:
            files = dict(files)
        own = parent.own and "CLONE_THREAD" in flags
        return _Process(place, files, parent.traced, own)

    def _clone(self, process, call):
        child = call.result.split("<")[0]
        if child.isdigit() and int(child) not in self.processes:
            births = self.births.get(int(child), [])
            if call in births:
                births.remove(call)
                self.processes[int(child)] = self._born(int(child), call)

    def _one(self, process, call):
        name = call.name
        if name in ("clone", "clone3", "fork", "vfork"):
            self._clone(process, call)
            return
        if name == "unshare" and "CLONE_FS" in call.args[0]:
            process.place = _Place(process.place.cwd)
            return
        self._here(process, call)
        if name in ("execve", "execveat") and not (
                process.own or process.traced or call.failed):
            # What ftrace starts later it asks on its own account.
            process.own = self.started
            process.traced = self.started = True
        if process.traced and not process.own:
            self._observe(process, call)
        if name in ("chdir", "fchdir") and not call.failed:
            self._chdir(process, call)

    def _observe(self, process, call):
        rule = RULES.get(call.name)
        if rule and of_interposer(call):
            self.ignored += 1
        elif rule:
            rule(self, process, call)

    def _here(self, process, call):
        """The kernel told the current directory: it knows best."""
        for arg in call.args:
            if not arg.startswith("AT_FDCWD<"):
                continue
            cwd = named(arg)[1]
            if cwd and cwd != process.place.cwd:
                self.disagreed.append(
                    ("cwd", process.place.cwd, cwd, call))
                process.place.cwd = cwd

    def _chdir(self, process, call):
        if call.name == "fchdir":
            path = named(call.args[0])[1]
        else:
            path = self.walk(
                process, None, string(call.args[0]), True).path
        if path:
            process.place.cwd = path

    # Paths

    def walk(self, process, dirfd, path, follow):
        base = process.place.cwd
        if dirfd is not None and not dirfd.startswith("AT_FDCWD"):
            base = named(dirfd)[1]
            if base is None and not path.startswith("/"):
                return None
        return self.tree.walk(base or "/", path, follow)

    def need(self, path, kind, call, refused=False):
        pair = self.paths.canonical(path, kind)
        if pair is None:
            return
        before = self.pairs.get(pair)
        if before is None or (before[0] and not refused):
            self.pairs[pair] = (refused, call)

    def crossed(self, walk, call):
        for link in walk.links:
            self.need(link, "link", call)

    def look(self, process, call, dirfd, path, follow):
        """Where the call's path led; None if that is all to be told."""
        if path is None:
            return None
        if (not path or call.error in NOTHING
                or call.result.startswith("?")):
            return None
        walk = self.walk(process, dirfd, path, follow)
        if walk is None:
            self.unknown.append(repr(call))
            return None
        if call.failed:
            self.failed(walk, call)
            return None
        self.crossed(walk, call)
        return walk

    def failed(self, walk, call):
        self.crossed(walk, call)
        if call.error not in ("ENOENT", "ENOTDIR"):
            self.need(walk.path, "stat", call, "refused")
        elif (call.error == "ENOTDIR" and not walk.missing
              and self.tree.state(walk.path) is FILE):
            self.need(walk.path, "stat", call, "no directory")
        elif walk.backed and self.tree.state(walk.missing) is FILE:
            self.need(walk.missing, "stat", call)
        else:
            self.need(walk.absent, "absent", call)
