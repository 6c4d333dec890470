# SPDX-License-Identifier: MIT
"""Blocks of settings: sections of *.cfg and *.ini, tables of *.toml.

A runner that wants its own section reads the file as a whole, and refuses it
as a whole: what it could not read is not taken apart here.
"""

from .analyse import digest

PLAIN = frozenset((str, int, bool, float))
COMMENTS = ("#", ";")

# Where some version of iniconfig ends a line and another one does not.
LINE_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def answer_file(stream, path, content, has_past):
    text = content.decode("utf-8")
    blocks = tables(text) if path.endswith(b".toml") else sections(text)
    replies = ["ok", digest("settings"), b""]
    if has_past:
        replies.append(b"")
    replies.append(len(blocks))
    for name, (value, first, last) in blocks.items():
        replies += (name, "f", digest(value), first, last, "")
    for reply in replies:
        stream.put(reply)


def sections(text):
    """{name: (value, first line, last line)}, as iniconfig reads it.

    The order of the keys is part of the value, for pytest hands it on.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("\ufeff") or any(end in text for end in LINE_ENDS):
        raise ValueError("a byte that not everybody reads alike")
    found = {}
    section = keys = lines = None
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip()
        if not line or line.lstrip()[0] in COMMENTS:
            continue
        name, value = entry_of(line, number)
        if value is None:
            refuse(not name or name in found, number)
            keys, lines = {}, None
            section = found[name] = [keys, number, number]
            continue
        if name is None:
            refuse(lines is None, number)
            lines.append(value)
        else:
            refuse(keys is None or name in keys, number)
            lines = keys[name] = [value] if value else []
        section[2] = number
    return {name: ([(key, "\n".join(lines)) for key, lines in keys.items()],
                   first, last)
            for name, (keys, first, last) in found.items()}


def entry_of(line, number):
    """A section (name, None), a key (name, value) or more text (None, value).
    """
    if line[0] == "[":
        head = line
        for comment in COMMENTS:
            head = head.partition(comment)[0].rstrip()
        if head[-1] == "]":
            return head[1:-1], None
        return None, line
    if line[0].isspace():
        return None, line.strip()
    name, separator, value = line.partition("=")
    if not separator or ":" in name:
        name, separator, value = line.partition(":")
    refuse(not separator, number)
    return name.strip(), value.strip()


def refuse(wrong, number):
    if wrong:
        raise ValueError("line %d is not in its place" % number)


def tables(text):
    """The same for TOML: its top-level tables, and those in `tool`."""
    try:
        import tomllib
    except ImportError:
        raise ValueError("this Python does not read TOML") from None
    document = tomllib.loads(text)
    tools = document.pop("tool", {})
    if type(tools) is dict:
        document.update(("tool." + name, tools[name]) for name in tools)
    else:
        document["tool.pytest"] = tools
    return {name: (plain(value), 1, 1) for name, value in document.items()}


def plain(value):
    """What marshal can write, the same for equal values, and no other."""
    if type(value) is dict:
        return ("{", *[(key, plain(value[key])) for key in value])
    if type(value) is list:
        return ("[", *[plain(each) for each in value])
    if type(value) in PLAIN:
        return value
    return (type(value).__name__, repr(value))
