# SPDX-License-Identifier: MIT
"""Reads what `strace -f -y -o FILE` wrote, one call at a time.

What is difficult about it: lines of several processes interleave, so that a
call is told in two halves; a thread that executes takes the number of its
group's leader; strings and names of descriptors are escaped and may contain
whatever else separates things.
"""

import os
import re

# What is traced. `%file` is every call that takes a path.
TRACED = ("%file,fchdir,getdents,getdents64,clone,clone3,fork,vfork,unshare,"
          "execveat,fchmod,fchown,ftruncate,fsetxattr,fremovexattr,connect,"
          "bind,inotify_add_watch,openat2,name_to_handle_at,"
          "open_by_handle_at")

_LINE = re.compile(r"(?:(\d+)\s+)?(?:\d+\.\d+\s+)?(.*)$", re.S)
_UNFINISHED = re.compile(r"\s*<unfinished \.\.\.>$")
_KILLED = re.compile(r"\s*<unfinished \.\.\.>\)")
_CHANGED = re.compile(r"\s*<pid changed to (\d+) \.\.\.>$")
_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>\s?")
_NAME = re.compile(r"(\w+)\(")
# What may contain a comma or a bracket that separates nothing comes first.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|(?<=[0-9D])<[^<>]*>|/\*.*?\*/'
                    r"|[\[\](){},]")
_RESULT = re.compile(r"\s*= (.*)$", re.S)
_STRING = re.compile(r'@?"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\([0-7]{1,3}|x[0-9a-fA-F]{2}|.)", re.S)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "v": "\v", "f": "\f",
          "a": "\a", "b": "\b", "e": "\x1b"}
_NAMED = re.compile(r"(-?\d+|AT_FDCWD)<([^<>]*)>(\(deleted\))?$")
_TURNED_AWAY = re.compile(r"--- SIGSYS \{.*SYS_(SECCOMP|USER_DISPATCH)")
_SUN_PATH = re.compile(r'sun_path="((?:[^"\\]|\\.)*)"')


def unescape(text):
    """strace's C-like escapes of bytes to a path as Python has it."""
    if "\\" not in text and text.isascii():
        return text

    def one(match):
        what = match.group(1)
        if what[0] in "01234567":
            return chr(int(what, 8) & 255)
        if what[0] == "x" and len(what) == 3:
            return chr(int(what[1:], 16))
        return _PLAIN.get(what, what)

    # Names that strace did not escape came through the same codec.
    raw = os.fsencode(text).decode("latin-1")
    return os.fsdecode(_ESCAPE.sub(one, raw).encode("latin-1"))


def string(argument):
    """The string that an argument is; None for NULL and for an address."""
    found = _STRING.match(argument)
    if not found or argument[0] == "@":
        return None
    return unescape(found.group(1))


def named(text):
    """A descriptor with its name: (number or AT_FDCWD, path or None).

    The path is None where the descriptor has none: a pipe, a socket, a file
    that was deleted, or no annotation at all.
    """
    found = _NAMED.match(text)
    if not found:
        return text, None
    number, path, deleted = found.groups()
    path = unescape(path)
    if deleted or not path.startswith("/") or path.endswith(" (deleted)"):
        return number, None
    return number, path


def socket_path(argument):
    """The path in a socket's address; None for other addresses."""
    found = _SUN_PATH.search(argument)
    return unescape(found.group(1)) if found else None


class Call:
    """A system call that has returned."""

    __slots__ = ("pid", "name", "args", "result", "error", "before", "after")

    def __init__(self, pid, name, args, result, error):
        self.pid = pid
        self.name = name
        self.args = args
        self.result = result  # as printed: "0", "3</path>", "-1", "?"
        self.error = error  # "ENOENT", or None
        self.before = self.after = None  # in the same thread

    def __repr__(self):
        return "%s %s(%s) = %s %s" % (
            self.pid, self.name, ", ".join(self.args), self.result,
            self.error or "")

    @property
    def failed(self):
        return self.error is not None or self.result.startswith(("-1", "?"))


class End:
    """A process that is no more; its number may come again."""

    __slots__ = ("pid",)

    def __init__(self, pid):
        self.pid = pid


class Become:
    """A thread executed and goes on under the number of its leader."""

    __slots__ = ("old", "pid")

    def __init__(self, old, pid):
        self.old = old
        self.pid = pid


class NotACall(Exception):
    """A line that is understood by nobody."""


def split_call(text):
    """name, arguments, and what follows the closing bracket."""
    name = _NAME.match(text)
    if not name:
        raise NotACall(text)
    args, depth, start = [], 0, name.end()
    for token in _TOKEN.finditer(text, start):
        what = token.group()
        if what in "([{":
            depth += 1
        elif what in ")]}":
            depth -= 1
            if depth < 0:
                last = text[start:token.start()].strip()
                if last or args:
                    args.append(last)
                return name.group(1), args, text[token.end():]
        elif what == "," and depth == 0:
            args.append(text[start:token.start()].strip())
            start = token.end()
    raise NotACall(text)


def parse_call(pid, text):
    name, args, rest = split_call(text)
    result = _RESULT.match(rest)
    if not result:
        raise NotACall(text)
    result = result.group(1)
    error = None
    if result.startswith(("-1 ", "? ")):
        result, error = result.split(" ", 1)
        error = error.split(" ", 1)[0]
    elif not _NAMED.match(result):
        result = result.split(" ", 1)[0]
    return Call(pid, name, args, result, error)


def _whole(lines, strange):
    """(pid, text) with the two halves of a call put together."""
    pending = {}
    for line in lines:
        pid, text = _LINE.match(line.rstrip("\n")).groups()
        pid = int(pid or 0)
        changed = _CHANGED.search(text)
        if changed:
            # A thread executed: it goes on under its leader's number.
            pending[int(changed.group(1))] = text[:changed.start()]
            yield int(changed.group(1)), Become(pid, int(changed.group(1)))
            continue
        resumed = _RESUMED.match(text)
        if resumed:
            begun = pending.pop(pid, None)
            if begun is None:
                strange.append(line)
                continue
            text = begun + text[resumed.end():]
            # Killed inside the call: told twice as unfinished.
            text = _KILLED.sub(")", text)
        unfinished = _UNFINISHED.search(text)
        if unfinished:
            pending[pid] = text[:unfinished.start()]
            continue
        yield pid, text


def parse(lines, strange=None):
    """A list of Call, End and Become, in the order in which they happened.

    Lines that nobody understands are added to strange: there must be none.
    """
    strange = [] if strange is None else strange
    events, last = [], {}
    for pid, text in _whole(lines, strange):
        if isinstance(text, Become):
            events.append(text)
            continue
        if text.startswith("+++"):
            if "superseded" not in text:
                events.append(End(pid))
                last.pop(pid, None)
            continue
        if text.startswith("---"):
            # The kernel did not do that call; a handler will.
            if _TURNED_AWAY.match(text) and pid in last:
                events[last.pop(pid)] = None
            continue
        if text.startswith("strace: "):
            continue
        try:
            call = parse_call(pid, text)
        except NotACall:
            strange.append(text)
            continue
        last[pid] = len(events)
        events.append(call)
    return _linked([each for each in events if each is not None])


def _linked(events):
    """Tells each call its neighbours in the thread."""
    last = {}
    for event in events:
        if isinstance(event, Call):
            event.before = last.get(event.pid)
            if event.before:
                event.before.after = event
            last[event.pid] = event
        elif isinstance(event, Become):
            last[event.pid] = last.pop(event.old, None)
        else:
            last.pop(event.pid, None)
    return events
