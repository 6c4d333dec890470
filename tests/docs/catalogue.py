#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints docs/reference/catalogue.md, made from wire/syscalls.def.

    python3 tests/docs/catalogue.py >docs/reference/catalogue.md

A line of the catalogue that this does not understand is an error, so that
the page never leaves out a call.
"""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SOURCE = os.path.join(ROOT, "wire", "syscalls.def")

HEAD = """\
# The observed calls

*Made by `tests/docs/catalogue.py` from `wire/syscalls.def`. Do not edit.*

ftrace observes {count} system calls, by whatever function of libc they are
made. Each is made first and recorded afterwards, with its arguments as they
were, so the caller gets the kernel's own result. What "recorded as" says
holds for a call that succeeded. A call that failed because the path is not
there (`ENOENT`) is recorded as `absent`, one that failed for another reason
as `stat`, or as `absent` where nothing turns out to be there, and one whose
path could not be read (`EFAULT`) or is too long for any file system
(`ENAMETOOLONG`) not at all.

The kinds are explained in the [glossary](../GLOSSARY.md), what is left out
afterwards in [limitations.md](limitations.md). Paths are made absolute with
the directory of the call. What the dynamic loader maps before the interposer
is in place is read off its list, and recorded as `read`.

A call that opens is recorded by its flags:

| flags | recorded as |
|---|---|
| read-only | `read` |
| write-only, the file was there and is not truncated | `write` |
| read and write, the file was there and is not truncated | `read`, `write` |
| the file was created or truncated | `write`; a `read` of it is of the \
caller's own making |
| `O_PATH`, `O_TMPFILE`, or `O_DIRECTORY` to read | `stat` |

The number is that of a 32-bit program on x86_64.
"""

# enum call_effect (wire/call.h) in words; wire/call.c is what they describe.
EFFECTS = {
    "OPEN": "by its flags, see above",
    "CREAT": "`write`",
    "OPEN_HOW": "by its flags, see above",
    "LOOK": "`stat`",
    "READ_LINK": "`link`; `stat` of what is no link",
    "LIST": "`list`",
    "MAKE": "`write`",
    "MAKE_DIRECTORY": "`write`",
    "SYMLINK": "`write`",
    "HARD_LINK": "`read` of the old name, `write` of the new",
    "RENAME": "`rename` of the old name, `write` of the new",
    "REMOVE": "`unlink`",
    "RESIZE": "`write`",
    "ATTRIBUTES": "`stat`, `write`",
    "ENTER": "`stat`",
    "CONNECT": "`stat` of a socket with a path",
    "BIND": "`write` of a socket with a path",
    "EXEC": "`exec`",
    "FORK": "a child, which is heard of or missed",
    "EXIT": "the exit status, and the end of the records",
    "ROOT": "`stat`; the scope is incomplete",
    "MOUNT": "the scope is incomplete",
    "FILTER": "nothing; a filter of system calls makes the scope incomplete, "
              "and from then on nothing is recorded",
    "MAP": "nothing; code of a file that calls the kernel itself is patched, "
           "or makes the scope incomplete",
    "RING": "the scope is incomplete",
    "PTRACE": "nothing; where it fails because the program is followed "
              "itself, the scope is incomplete",
}
# These tell what they found; of the others nobody knows.
TELLS_KIND = {"lstat", "newfstatat", "statx"}
NAMED = re.compile(r"EFFECT_([A-Z_]+)")
TOKEN = re.compile(r"\s*(?:/\*\s*(?P<section>.*?)\s*\*/|#[^\n]*"
                   r"|CALL\((?P<call>[^()]*)\))", re.S)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def entries(text):
    """Yields (section, None) and (None, arguments of CALL)."""
    at = text.index("*/", text.index("The catalogue")) + 2
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if not found:
            sys.exit("syscalls.def: cannot read %r" % text[at:at + 60])
        at = found.end()
        if found["section"]:
            yield found["section"], None
        elif found["call"]:
            yield None, [part.strip() for part in found["call"].split(",")]


def check_effects():
    """Every effect is described here, and no other."""
    header = read(os.path.join(ROOT, "wire", "call.h"))
    known = set(NAMED.findall(header)) - {"NONE"}
    if known != set(EFFECTS):
        sys.exit("catalogue.py: no words for, or no effect of, %s"
                 % sorted(known ^ set(EFFECTS)))


def recorded_as(call):
    words = EFFECTS[NAMED.fullmatch(call[3])[1]]
    if call[0] in TELLS_KIND:
        words += "; `link` where a link itself was asked for"
    return words


def page():
    check_effects()
    lines, count = [], 0
    for section, call in entries(read(SOURCE)):
        if section:
            lines += ["", "## " + section, "",
                      "| call | recorded as | 32-bit |", "|---|---|---|"]
            continue
        count += 1
        number = call[2] if int(call[2]) >= 0 else "none"
        lines.append("| `%s` | %s | %s |" % (
            call[0], recorded_as(call), number))
    return HEAD.format(count=count) + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
