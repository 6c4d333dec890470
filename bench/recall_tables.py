# SPDX-License-Identifier: MIT
"""What bench/recall leaves out or takes for something else, and why.

`bench/recall --list` prints all of it. A pair is (path, kind); the kinds are
those of docs/GLOSSARY.md.
"""

import os
import re

from recall_strace import string

KINDS = ("read", "write", "exec", "list", "stat", "link", "absent", "rename",
         "unlink")

# Below which paths nothing is compared, and why.
EXCLUDED = (
    ("/proc", "the kernel's own (docs/reference/limitations.md)"),
    ("/sys", "the kernel's own"),
    ("/dev/fd", "links into /proc"),
    ("/dev/stdin", "a link into /proc"),
    ("/dev/stdout", "a link into /proc"),
    ("/dev/stderr", "a link into /proc"),
    (".ftrace", "anywhere: a map and its sessions"),
    ("libftrace.so", "ftrace's own library, where it was built"),
    ("_ftrace", "what ftrace loads into Python, where it was built"),
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
     " is there when the run is over; and where ENOTDIR told of a file"),
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
    # Of a rename both paths are read, the new one first.
    if after and after.name == "readlinkat":
        after = _next(after)
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
                or "absent" in got and (
                    how == "no directory"
                    or how == "refused" and not os.path.lexists(path)))
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
