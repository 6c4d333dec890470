# SPDX-License-Identifier: MIT
"""From the calls of a trace to what the traced command did to which path.

A pair is (path, kind); the kinds are those of docs/GLOSSARY.md. Everything
that is left out or taken for something else stands in the tables at the top,
with its reason, and `bench/recall --list` prints them.
"""

import os
import re

from recall_paths import DIRECTORY, FILE, GONE, Link, Tree, state_of
from recall_strace import Become, Call, End, named, socket_path, string

KINDS = ("read", "write", "exec", "list", "stat", "link", "absent", "rename",
         "unlink")

# Below which paths nothing is compared, and why.
EXCLUDED = (
    ("/proc", "the kernel's own (docs/limitations.md)"),
    ("/sys", "the kernel's own"),
    ("/dev/fd", "links into /proc"),
    ("/dev/stdin", "a link into /proc"),
    ("/dev/stdout", "a link into /proc"),
    ("/dev/stderr", "a link into /proc"),
    (".ftrace", "anywhere: a map and its sessions"),
    ("libftrace.so", "ftrace's own library, where it was built"),
    ("adapters", "ftrace's own plugins, where it was built"),
    ("__pycache__", "anywhere: making it and looking into it is nobody's;"
     " reading in it is reading the source"),
)

# What ftrace may have recorded instead: as strong, or stronger.
COVERED_BY = (
    ("stat", ("read", "exec", "list", "write"),
     "whoever depends on the content or the entries depends on more"),
    ("stat", ("link",),
     "a link that was looked at: where it points is recorded"),
    ("exec", ("read",),
     "only of interpreters and loaders that the kernel opens by itself: they"
     " are read off the heads of what was executed"),
    ("stat", ("absent",),
     "only where the call failed with another error than ENOENT and nothing"
     " is there when the run is over"),
)

EQUAL = (
    "reading x/__pycache__/y.*.pyc is reading x/y.py, where that is",
    "opening a directory is `stat`, getdents on it is `list`",
    "a call that failed with ENOENT or ENOTDIR: `absent`; with another error:"
    " `stat`, or `absent` where nothing is there when the run is over; with"
    " EFAULT, ENAMETOOLONG, ENOSYS, EINTR or without a path: nothing",
    "calls on a descriptor: what changes the file is `write` of the name it"
    " has then; fstat is nothing, for opening it was more",
    "an absent path with `..` behind the missing part: the missing part",
    "a path below /proc/self/fd: the file that the kernel found there",
)

# ------------------------------------------------------------------------
# What the interposer itself asks of the kernel, inside the traced program.

_HEAD = {"O_RDONLY", "O_CLOEXEC", "O_NONBLOCK"}
_OPENS = ("open", "openat", "openat2", "creat")
_EXECS = ("execve", "execveat", "clone", "clone3", "vfork", "fork")
_REMOVES = ("unlink", "unlinkat", "rmdir", "rename", "renameat",
            "renameat2")


def _strings(call):
    return [text for text in map(string, call.args) if text]


def _next(call):
    """The thread's next call; asking for the own names does not count."""
    call = call.after
    while call and (call.name == "getcwd" or (
            call.name in ("readlink", "readlinkat")
            and any(text.startswith("/proc/self/")
                    for text in _strings(call)))):
        call = call.after
    return call


def _same_path(call, after):
    mine = _strings(call)[:1]
    return bool(mine and after and mine[0] in _strings(after))


def _asks_before(call):
    return (call.name == "faccessat2" and call.args[2:4] ==
            ["F_OK", "AT_EACCESS"] and _same_path(call, _next(call)))


def _asked_before(call):
    after = _next(call)
    return (call.name == "faccessat" and call.args[2:] == ["F_OK"]
            and _same_path(call, after) and after.name in _OPENS
            and any("O_CREAT" in arg for arg in after.args))


def _reads_before(call):
    after = _next(call)
    return (call.name == "readlinkat" and _same_path(call, after)
            and after.name in _REMOVES)


def _reads_head(call):
    """The head of a program, then of its interpreters, then the exec."""
    while (call and call.name == "openat" and len(call.args) == 3
            and set(call.args[2].split("|")) == _HEAD):
        call = _next(call)
        if call and call.name in _EXECS:
            return True
    return False


SIGNATURES = (
    (_asks_before, "faccessat2(F_OK, AT_EACCESS) of the path of the next "
     "call: whether it is there already"),
    (_asked_before, "faccessat(F_OK) before an open with O_CREAT of the same "
     "path: the same, by an older kernel or interposer"),
    (_reads_before, "readlinkat before unlink or rename of the same path: "
     "where a link that goes led to"),
    (_reads_head, "openat(O_RDONLY|O_CLOEXEC|O_NONBLOCK) directly before an "
     "exec or the fork of a spawn: whether the library works in the program"),
)


def of_interposer(call):
    return any(is_it(call) for is_it, _ in SIGNATURES)


def covered(path, kind, how, got):
    """Whether ftrace, which got these kinds for the path, knows enough."""
    if kind in got:
        return True
    if kind == "stat":
        return (not got.isdisjoint(("read", "exec", "list", "write", "link"))
                or (how == "refused" and "absent" in got
                    and not os.path.lexists(path)))
    return kind == "exec" and how == "kernel" and "read" in got


# ------------------------------------------------------------------------


def below(path, prefix):
    return path == prefix or path.startswith(prefix.rstrip("/") + "/")


class Paths:
    """What is left out, and which path stands for which."""

    def __init__(self, own):
        self.own = own  # ftrace's own files and folders

    def excluded(self, path):
        parts = path.split("/")
        if ".ftrace" in parts:
            return True
        return any(below(path, each) for each in self.own) or any(
            prefix[0] == "/" and below(path, prefix)
            for prefix, _ in EXCLUDED)

    def canonical(self, path, kind):
        """The pair as it is compared; None when it is not."""
        if self.excluded(path):
            return None
        folder, name = os.path.split(path)
        if os.path.basename(folder) == "__pycache__":
            source = source_of(folder, name)
            if kind == "read" and source:
                return source, kind
            return (path, kind) if kind == "read" else None
        if "__pycache__" in path.split("/"):
            return None
        return path, kind


def source_of(folder, name):
    found = re.match(r"(.+?)\.(cpython-|pypy)", name)
    if not found:
        return None
    source = os.path.join(os.path.dirname(folder), found.group(1) + ".py")
    return source if os.path.exists(source) else None


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
        if name in ("execve", "execveat") and not (process.own or call.failed):
            process.traced = True
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
            path = self._walk(
                process, None, string(call.args[0]), True).path
        if path:
            process.place.cwd = path

    # Paths

    def _walk(self, process, dirfd, path, follow):
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
        if not path or call.error in (
                "EFAULT", "ENAMETOOLONG", "ENOSYS", "EINTR", "EBADF"):
            return None
        if call.result.startswith("?"):
            return None
        walk = self._walk(process, dirfd, path, follow)
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
        elif walk.backed and self.tree.state(walk.missing) is FILE:
            self.need(walk.missing, "stat", call)
        else:
            self.need(walk.absent, "absent", call)


# Rules: what a call that worked says. -----------------------------------


def _flags(call, at):
    return call.args[at] if at < len(call.args) else ""


def _stat(dirfd, path, flags=None, follow=True):
    """A call that looks: where its arguments are."""
    def rule(seen, process, call):
        how = _flags(call, flags) if flags is not None else ""
        follows = follow and "AT_SYMLINK_NOFOLLOW" not in how
        text = string(call.args[path])
        base = call.args[dirfd] if dirfd is not None else None
        if text == "" and "AT_EMPTY_PATH" in how:
            if base.startswith("AT_FDCWD"):
                seen.need(process.place.cwd, "stat", call)
            return
        walk = seen.look(process, call, base, text, follows)
        if walk is None:
            return
        is_link = any("S_IFLNK" in arg for arg in call.args) or (
            not follows and isinstance(seen.tree.state(walk.path), Link))
        seen.need(walk.path, "link" if is_link else "stat", call)
    return rule


def _write(dirfd, path, flags=None, follow=True):
    """A call that changes what is there; without a path, a descriptor."""
    def rule(seen, process, call):
        how = _flags(call, flags) if flags is not None else ""
        follows = follow and "AT_SYMLINK_NOFOLLOW" not in how
        text = string(call.args[path]) if path is not None else None
        base = call.args[dirfd] if dirfd is not None else None
        if not text:
            _number, name = named(base or "")
            if name and not call.failed:
                seen.need(name, "write", call)
            return
        name = _by_descriptor(process, text)
        if name and not call.failed:
            seen.need(name, "write", call)
            return
        walk = seen.look(process, call, base, text, follows)
        if walk:
            seen.need(walk.path, "write", call)
    return rule


def _by_descriptor(process, path):
    """The file behind /proc/self/fd/N, as far as an open told."""
    found = re.match(r"(?:/proc/(?:self|thread-self|\d+)|/dev)/fd/(\d+)$",
                     path)
    return process.files.get(found.group(1)) if found else None


def _make(dirfd, path, state):
    """A call that makes something new."""
    def rule(seen, process, call):
        base = call.args[dirfd] if dirfd is not None else None
        walk = seen.look(process, call, base, string(call.args[path]), False)
        if walk:
            what = state
            if what is Link:
                what = Link(string(call.args[0]))
            seen.tree.put(walk.path, what)
            seen.need(walk.path, "write", call)
    return rule


def _remove(dirfd, path):
    def rule(seen, process, call):
        base = call.args[dirfd] if dirfd is not None else None
        walk = seen.look(process, call, base, string(call.args[path]), False)
        if walk:
            seen.tree.remove(walk.path)
            seen.need(walk.path, "unlink", call)
    return rule


def _two(seen, process, call, places):
    """Both walks of a call with two paths; None unless it worked."""
    (old_dir, old), (new_dir, new), follow = places

    def walk(dirfd, path, follow):
        text = string(call.args[path])
        base = call.args[dirfd] if dirfd is not None else None
        if not text:
            return None
        return seen._walk(process, base, text, follow)

    first, second = walk(old_dir, old, follow), walk(new_dir, new, False)
    if not first or not second:
        return None
    if call.failed:
        if call.result.startswith("?") or call.error in (
                "EFAULT", "ENAMETOOLONG", "ENOSYS", "EINTR", "EBADF"):
            return None
        missing = seen.tree.state(first.path) is GONE or first.missing
        if call.error in ("ENOENT", "ENOTDIR"):
            seen.failed(first if missing else second, call)
        else:
            seen.failed(first, call)
            seen.failed(second, call)
        return None
    seen.crossed(first, call)
    seen.crossed(second, call)
    return first.path, second.path


def _rename(old_dir, old, new_dir, new):
    def rule(seen, process, call):
        both = _two(seen, process, call,
                    ((old_dir, old), (new_dir, new), False))
        if not both:
            return
        if "RENAME_EXCHANGE" in call.args[-1]:
            seen.tree.swap(*both)
        else:
            seen.tree.move(*both)
        seen.need(both[0], "rename", call)
        seen.need(both[1], "write", call)
    return rule


def _link(old_dir, old, new_dir, new):
    def rule(seen, process, call):
        follow = "AT_SYMLINK_FOLLOW" in call.args[-1]
        if string(call.args[old]) == "":
            base, text = call.args[new_dir], string(call.args[new])
            walk = seen.look(process, call, base, text, False)
            both = walk and (None, walk.path)
        else:
            both = _two(seen, process, call,
                        ((old_dir, old), (new_dir, new), follow))
        if not both:
            return
        state = seen.tree.state(both[0]) if both[0] else FILE
        seen.tree.put(both[1], FILE if state is GONE else state)
        if both[0]:
            is_link = isinstance(state, Link)
            seen.need(both[0], "link" if is_link else "stat", call)
        seen.need(both[1], "write", call)
    return rule


def _open(dirfd, path, flags):
    def rule(seen, process, call):
        how = (_flags(call, flags) if flags is not None
               else "O_WRONLY|O_CREAT|O_TRUNC")
        if how.startswith("{"):
            how = re.search(r"flags=([^,}]*)", how).group(1)
        _opened(seen, process, call, set(how.split("|")),
                call.args[dirfd] if dirfd is not None else None,
                string(call.args[path]))
    return rule


def _opened(seen, process, call, how, base, text):
    follow = "O_NOFOLLOW" not in how and not (
        "O_CREAT" in how and "O_EXCL" in how)
    number, real = named(call.result)
    if not call.failed:
        process.files.pop(number, None)
    walk = seen.look(process, call, base, text, follow)
    if walk is None:
        return
    path = walk.path
    if "O_TMPFILE" in how:
        seen.need(path, "stat", call)
        return
    if real is not None:
        process.files[number] = real
        if real != path and not seen.paths.excluded(path):
            seen.disagreed.append(("path", path, real, call))
        path = real
    elif seen.paths.excluded(path):
        return
    state = seen.tree.state(path)
    if state is GONE:
        state = FILE if "O_CREAT" in how else state
        if "O_CREAT" in how:
            seen.tree.put(path, FILE)
            seen.need(path, "write", call)
    if "O_PATH" in how:
        seen.need(path, "link" if isinstance(state, Link) else "stat", call)
        return
    if "O_DIRECTORY" in how or state is DIRECTORY:
        seen.need(path, "stat", call)
        return
    if "O_WRONLY" not in how:
        seen.need(path, "read", call)
    if "O_RDONLY" not in how or "O_TRUNC" in how:
        seen.need(path, "write", call)


def _by_handle(seen, process, call):
    _number, real = named(call.result)
    if real and not call.failed:
        seen.need(real, "stat" if "O_PATH" in call.args[2] else "read", call)


def _readlink(dirfd, path):
    def rule(seen, process, call):
        base = call.args[dirfd] if dirfd is not None else None
        text = string(call.args[path])
        if text == "" and base:
            name = named(base)[1]
            if name and not call.failed:
                seen.need(name, "link", call)
            return
        walk = seen.look(process, call, base, text, False)
        if walk:
            seen.need(walk.path, "link", call)
    return rule


def _list(seen, process, call):
    _number, path = named(call.args[0])
    if path and not call.failed:
        seen.need(path, "list", call)


def _socket(seen, process, call):
    path = socket_path(call.args[1])
    if not path:
        return
    walk = seen.look(process, call, None, path, True)
    if walk:
        if call.name == "bind":
            seen.tree.put(walk.path, FILE)
        seen.need(walk.path, "stat", call)


def _exec(dirfd, path, flags=None):
    def rule(seen, process, call):
        how = _flags(call, flags) if flags is not None else ""
        base = call.args[dirfd] if dirfd is not None else None
        text = string(call.args[path])
        if text == "" and "AT_EMPTY_PATH" in how:
            name = named(base)[1]
        else:
            found = _by_descriptor(process, text or "")
            follow = "AT_SYMLINK_NOFOLLOW" not in how
            walk = found or _executed(seen, process, call, base, text, follow)
            name = found or (walk.path if walk else None)
        if name and not call.failed:
            seen.need(name, "exec", call)
            _by_kernel(seen, process, call, name, 0)
    return rule


def _executed(seen, process, call, base, text, follow):
    """ENOENT of a script that is there means its interpreter."""
    if call.error == "ENOENT" and text:
        walk = seen._walk(process, base, text, follow)
        if walk and not walk.missing:
            seen.crossed(walk, call)
            seen.need(walk.path, "stat", call, "refused")
            return None
    return seen.look(process, call, base, text, follow)


def _by_kernel(seen, process, call, path, depth):
    """What the kernel opens for an exec: it makes no call of it."""
    try:
        if seen.tree.now.get(path) is GONE or depth > 4:
            return
        with open(path, "rb") as file:
            head = file.read(8192)
    except OSError:
        return
    found = re.match(rb"#![ \t]*([^ \t\n]+)", head)
    if not found and head[:4] == b"\x7fELF":
        found = _loader(head)
    if found:
        walk = seen._walk(process, None, os.fsdecode(found.group(1)), True)
        if walk.missing:
            return
        seen.crossed(walk, call)
        seen.need(walk.path, "exec", call, "kernel")
        _by_kernel(seen, process, call, walk.path, depth + 1)


def _loader(head):
    """PT_INTERP's text, without a parser: it stands in the first page."""
    return re.search(rb"(/[\x21-\x7e]*/ld-[\x21-\x7e]*)\0", head)


RULES = {
    "open": _open(None, 0, 1),
    "openat": _open(0, 1, 2),
    "openat2": _open(0, 1, 2),
    "creat": _open(None, 0, None),
    "open_by_handle_at": _by_handle,
    "stat": _stat(None, 0),
    "lstat": _stat(None, 0, follow=False),
    "newfstatat": _stat(0, 1, 3),
    "fstatat64": _stat(0, 1, 3),
    "statx": _stat(0, 1, 2),
    "access": _stat(None, 0),
    "faccessat": _stat(0, 1),
    "faccessat2": _stat(0, 1, 3),
    "statfs": _stat(None, 0),
    "getxattr": _stat(None, 0),
    "lgetxattr": _stat(None, 0, follow=False),
    "listxattr": _stat(None, 0),
    "llistxattr": _stat(None, 0, follow=False),
    "name_to_handle_at": _stat(0, 1, 4),
    "inotify_add_watch": _stat(None, 1),
    "chdir": _stat(None, 0),
    "chroot": _stat(None, 0),
    "connect": _socket,
    "bind": _socket,
    "readlink": _readlink(None, 0),
    "readlinkat": _readlink(0, 1),
    "getdents": _list,
    "getdents64": _list,
    "execve": _exec(None, 0),
    "execveat": _exec(0, 1, 4),
    "mkdir": _make(None, 0, DIRECTORY),
    "mkdirat": _make(0, 1, DIRECTORY),
    "mknod": _make(None, 0, FILE),
    "mknodat": _make(0, 1, FILE),
    "symlink": _make(None, 1, Link),
    "symlinkat": _make(1, 2, Link),
    "link": _link(None, 0, None, 1),
    "linkat": _link(0, 1, 2, 3),
    "rename": _rename(None, 0, None, 1),
    "renameat": _rename(0, 1, 2, 3),
    "renameat2": _rename(0, 1, 2, 3),
    "unlink": _remove(None, 0),
    "unlinkat": _remove(0, 1),
    "rmdir": _remove(None, 0),
    "truncate": _write(None, 0),
    "ftruncate": _write(0, None),
    "chmod": _write(None, 0),
    "fchmod": _write(0, None),
    "fchmodat": _write(0, 1, 3),
    "fchmodat2": _write(0, 1, 3),
    "chown": _write(None, 0),
    "lchown": _write(None, 0, follow=False),
    "fchown": _write(0, None),
    "fchownat": _write(0, 1, 4),
    "utime": _write(None, 0),
    "utimes": _write(None, 0),
    "futimesat": _write(0, 1),
    "utimensat": _write(0, 1, 3),
    "setxattr": _write(None, 0),
    "lsetxattr": _write(None, 0, follow=False),
    "fsetxattr": _write(0, None),
    "removexattr": _write(None, 0),
    "lremovexattr": _write(None, 0, follow=False),
    "fremovexattr": _write(0, None),
}
