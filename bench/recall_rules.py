# SPDX-License-Identifier: MIT
"""What each system call says: a rule for every call that takes a path.

A rule gets what was observed so far (recall_pairs.Observed), the process and
the call; it adds pairs and tells the tree of files what has changed.
"""

import os
import re

from recall_paths import DIRECTORY, FILE, GONE, Link
from recall_strace import named, socket_path, string

# Errors that say nothing about a path.
NOTHING = ("EFAULT", "ENAMETOOLONG", "ENOSYS", "EINTR", "EBADF")


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
        return seen.walk(process, base, text, follow)

    first, second = walk(old_dir, old, follow), walk(new_dir, new, False)
    if not first or not second:
        return None
    if call.failed:
        if call.result.startswith("?") or call.error in NOTHING:
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
    elif call.name == "openat2" and call.error in ("ELOOP", "EXDEV"):
        # Refused on the way, by its own rules: the end was never seen.
        walk = seen.walk(process, base, text, follow)
        if walk and walk.links:
            seen.need(walk.links[0], "link", call)
        return
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
        walk = seen.walk(process, base, text, follow)
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
        walk = seen.walk(process, None, os.fsdecode(found.group(1)), True)
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
