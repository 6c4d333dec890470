#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints docs/catalogue.md, made from preload/catalogue.def.

    python3 tests/docs/catalogue.py >docs/catalogue.md

A line of the catalogue that this does not understand is an error, so that
the page never leaves out a call.
"""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SOURCE = os.path.join(ROOT, "preload", "catalogue.def")

HEAD = """\
# The intercepted calls

*Made by `tests/docs/catalogue.py` from `preload/catalogue.def`. Do not edit.*

The interposer stands in front of {count} functions of libc. Each calls the
real function first and records afterwards, so the caller gets the result and
the errno of the real call. What "recorded as" says holds for a call that
succeeded. A call that failed because the path is not there (`ENOENT`,
`ENOTDIR`) is recorded as `absent`, one that failed for another reason as
`stat`, and one whose path could not be read (`EFAULT`) not at all.

The kinds are explained in the [glossary](GLOSSARY.md), what is left out
afterwards in [limitations.md](limitations.md). Paths are made absolute with
the directory of the call. What the dynamic loader maps by itself is read off
its list and recorded as `read`, when a program starts and after `dlopen`.

Any of these `open` calls is recorded by its flags:

| flags | recorded as |
|---|---|
| read-only | `read` |
| write-only, the file was there and is not truncated | `write` |
| read and write, the file was there and is not truncated | `read`, `write` |
| the file was created or truncated | `write`; a `read` of it is of the caller's own making |
| `O_PATH`, `O_TMPFILE`, or `O_DIRECTORY` to read | `stat` |
"""

OPENED = "by its flags, see above"
OPENED_BY_MODE = "by its mode, as the flags it stands for"
KIND = re.compile(r"\bACCESS_([A-Z]+)\b")


def strip_head(text):
    """Leaves out the comment that the file begins with."""
    return text[text.index("*/", text.index("catalogue of")) + 2:]


def split_arguments(text):
    """Takes the arguments of a macro apart at its outermost commas."""
    parts, depth, start, quoted = [], 0, 0, False
    for i, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif char in "({":
            depth += 1
        elif char in ")}":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return [" ".join(part.split()) for part in parts]


def entries(text):
    """Yields (section, None, None) and (None, macro, arguments)."""
    at = 0
    token = re.compile(r"\s*(?:/\*\s*(.*?)\s*\*/|([A-Z_]+)\()", re.S)
    while text[at:].strip():
        found = token.match(text, at)
        if not found:
            sys.exit("catalogue.def: cannot read %r" % text[at:at + 60])
        at = found.end()
        if found.group(1) is not None:
            yield found.group(1), None, None
            continue
        depth, start = 1, at
        while depth:
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
        yield None, found.group(2), split_arguments(text[start:at - 1])


def kinds(text):
    return ", ".join("`%s`" % word.lower() for word in KIND.findall(text))


def effect_of(name, effect):
    """What a CALL's effect records, in words."""
    if "saw_open(" in effect:
        return "`write`" if "O_TRUNC" in effect else OPENED
    if "saw_rename(" in effect:
        return "`rename` of the old name, `write` of the new"
    if "saw_temporary(" in effect:
        return "`write` of the name that was made"
    if "saw_stat(" in effect:
        if "S_ISLNK" in effect:
            return "`stat`; `link` where a link itself was asked for"
        return "`stat`"
    if effect.count("saw(") == 2:
        first, second = (KIND.search(part).group(1).lower()
                         for part in effect.split("saw(")[1:])
        return "`%s` of the old name, `%s` of the new" % (first, second)
    words = kinds(effect)
    if not words:
        sys.exit("catalogue.def: what does %s record? %s" % (name, effect))
    return words


def by_hand(text):
    """A description written out, the kind it begins with set as code."""
    word = re.match(r"(read|exec|stat)\b", text)
    if word:
        return "`%s`%s" % (word.group(1), text[word.end():])
    return OPENED_BY_MODE if text == "stdio open" else text


def describe(macro, arguments):
    name = arguments[0]
    if macro == "OPEN":
        return name, OPENED
    if macro == "CALL":
        return arguments[1], effect_of(arguments[1], arguments[5])
    if macro == "BY_HAND":
        return name, by_hand(arguments[1].strip('"'))
    sys.exit("catalogue.def: unknown macro %s(%s)" % (macro, name))


def page():
    with open(SOURCE, encoding="utf-8") as file:
        text = strip_head(file.read())
    lines, count = [], 0
    for section, macro, arguments in entries(text):
        if section is not None:
            if not section[0].isupper() or "\n" in section:
                continue
            lines += ["", "## " + section.rstrip("."), "",
                      "| call | recorded as |", "|---|---|"]
            continue
        count += 1
        lines.append("| `%s` | %s |" % describe(macro, arguments))
    return HEAD.format(count=count) + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
