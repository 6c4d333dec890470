# SPDX-License-Identifier: MIT
"""The answers to "analyse" and "analyse-known": blocks and outlines."""

from . import analyse

# No sources, but files with sections.
SETTINGS = (b".cfg", b".ini", b".toml")


def reason_of(error):
    """One sentence on why a file cannot be analysed."""
    if isinstance(error, SyntaxError):
        line = " in line %d" % error.lineno if error.lineno else ""
        message = "%s%s: %s" % (type(error).__name__.lower().replace(
            "error", " error"), line, error.msg)
    elif isinstance(error, RecursionError):
        message = "it is nested too deeply"
    elif isinstance(error, MemoryError):
        message = "it takes too much memory to be parsed"
    else:
        message = "%s: %s" % (type(error).__name__, error)
    return " ".join(message.split())


def _known_blocks(packed):
    """Prints by name; each is packed as the print, the name, a newline."""
    found = {}
    at = 0
    while at < len(packed):
        end = packed.index(b"\n", at + 16)
        found[packed[at + 16:end].decode("utf-8", "surrogateescape")] = (
            packed[at:at + 16])
        at = end + 1
    return found


def _encode_mentions(mentions):
    return "\n".join(sorted(mentions)).encode("utf-8", "surrogateescape")


def _put_module(stream, found):
    """What runs when the file is imported is no block."""
    for part in ("<import>", "c", found.skeleton, 1, 1, b""):
        stream.put(part)


def _put_block(stream, block):
    name = block.name.encode("utf-8", "surrogateescape")
    names = (b"=" if block.mentions is None
             else _encode_mentions(block.mentions))
    first = b"%d" % block.first
    last = b"%d" % block.last
    stream.parts.append(b"%d:%b1:%b16:%b%d:%b%d:%b%d:%b" % (
        len(name), name, block.kind.encode(), block.print(),
        len(first), first, len(last), last, len(names), names))


class Past:
    """What is known of another version of the file."""

    def __init__(self, stream):
        prints = stream.get()
        self.skeletons = [prints[at:at + 16]
                          for at in range(0, len(prints), 16)]
        self.blocks = _known_blocks(stream.get())
        self.outline = stream.get()
        self.bodies = stream.get()


class Analysis:
    """What a file is now, by what is known of its past."""

    def __init__(self, content, past, past_bodies):
        self.content = self.left = content
        self.past = past
        self.cuts, self.inside = [], []
        found = None
        if past_bodies:
            from . import bodies
            found = bodies.analyse_left(content, past_bodies, past.blocks)
        if found:
            self.blocks, code, self.left, self.cuts, self.inside = found
        else:
            self.blocks, code = analyse.analyse(content,
                                                past and past.blocks)
        self.code = code
        self.skeleton = analyse.digest(self.blocks.skeleton)

    def outline(self):
        """None where not enough of the file was looked at."""
        from . import outline
        return outline.outline(
            self.content, self.left, self.code, self.blocks,
            self.past and self.past.outline)

    def bodies(self):
        from . import bodies
        return bodies.record(
            self.content, self.left, self.code, self.blocks, self.cuts,
            self.inside)


def analysis(content, past):
    """(the analysis, the outline if it is not known)."""
    found = Analysis(content, past, past and past.bodies)
    if past and found.skeleton in past.skeletons:
        return found, b""
    outline = found.outline()
    if outline is None:
        found = Analysis(content, past, b"")
        outline = found.outline()
    return found, outline


def _answer_file(stream, content, past):
    found, outline = analysis(content, past)
    stream.put("ok")
    stream.put(found.skeleton)
    stream.put(outline)
    if past:
        stream.put(found.bodies())
    stream.put(1 + len(found.blocks.by_name) + len(found.cuts))
    _put_module(stream, found)
    for block in found.blocks.by_name.values():
        _put_block(stream, block)
    for name, first, *_ in found.cuts:
        for part in (name, "=", b"", first, b"", b""):
            stream.put(part)


def answer(stream, has_past):
    narrowed = False
    for _ in range(stream.count()):
        path = stream.get()
        content = stream.get()
        past = Past(stream) if has_past else None
        narrowed = narrowed or bool(past and past.skeletons)
        kept = len(stream.parts)
        try:
            if path.endswith(SETTINGS):
                from . import settings
                settings.answer_file(stream, path, content, has_past)
            else:
                _answer_file(stream, content, past)
        except Exception as error:
            del stream.parts[kept:]
            stream.put(reason_of(error))
        # Should the next file end this process, this answer is not lost.
        stream.flush()
    if narrowed:
        # It may be asked next: while the answer is read it costs no time.
        from ..narrow import answer  # noqa: F401


def _put_passages(stream, content, names):
    from . import passages
    found = passages.functions(content, names)
    several = [function for function in found
               if 1 < len(function.seen()) <= passages.MOST]
    blocks = [(function.name + passages.SIGN + passage.name,
               function.print(passage), min(passage.lines),
               max(passage.lines))
              for function in found for passage in function.seen()]
    # The rest has nothing that could stay as it is.
    taken = {function.name for function in found}
    blocks += [(name + passages.SIGN, analyse.digest(passages.SIGN), 1, 1)
               for name in names if name not in taken]
    stream.put("ok")
    stream.put(passages.pack(several))
    stream.put(len(blocks))
    for name, print_, first, last in blocks:
        for part in (name, "f", print_, first, last, b""):
            stream.put(part)


def answer_passages(stream):
    for _ in range(stream.count()):
        stream.get()
        content = stream.get()
        names = set(stream.text().split("\n")) - {""}
        kept = len(stream.parts)
        try:
            _put_passages(stream, content, names)
        except Exception as error:
            del stream.parts[kept:]
            stream.put(reason_of(error))
        stream.flush()
