# SPDX-License-Identifier: MIT
"""The analysis helper: blocks of Python files, and what an edit can change.

`ftrace` starts it as `INTERPRETER -I -S -E helper.py [CACHE]`
and speaks frames with it over standard input and output; helper.md in docs/reference
has the protocol, python.md the rules.  CACHE is a folder for the bytecode of the other
modules: this file is compiled at each start, so it is short.
"""

import sys

# The package that the others are in, which no search has to find.
PACKAGE = "python"
FOLDER = __file__.rpartition("/")[0] or "."


class Stream:
    """Frames in and out: a decimal length, a colon, that many bytes."""

    def __init__(self, source, sink):
        self.source = source
        self.sink = sink
        self.parts = []

    def get(self):
        digits = b""
        while True:
            byte = self.source.read(1)
            if not byte and not digits:
                return None
            if not byte:
                raise EOFError("the request ends within a frame")
            if byte == b":":
                break
            digits += byte
        length = int(digits)
        content = self.source.read(length)
        if len(content) != length:
            raise EOFError("the request ends within a frame")
        return content

    def text(self):
        return self.get().decode("utf-8", "surrogateescape")

    def count(self):
        return int(self.get())

    def put(self, content):
        if type(content) is int:
            content = b"%d" % content
        elif type(content) is str:
            content = content.encode("utf-8", "surrogateescape")
        self.parts.append(b"%d:%b" % (len(content), content))

    def flush(self):
        self.sink.write(b"".join(self.parts))
        self.sink.flush()
        self.parts = []


def serve(stream):
    while True:
        verb = stream.get()
        if verb is None:
            return
        if verb in (b"analyse", b"analyse-known"):
            from python.blocks import answer
            answer.answer(stream, verb == b"analyse-known")
        elif verb == b"passages":
            from python.blocks import answer
            answer.answer_passages(stream)
        elif verb == b"narrow":
            from python.narrow import answer
            answer.answer(stream)
        elif verb == b"statements":
            from python.narrow import variants
            variants.answer(stream)
        else:
            raise ValueError("unknown request %r" % verb)
        stream.flush()


def main():
    import gc
    # Nothing here is worth a collection, and they double a parse's time.
    gc.disable()
    package = sys.modules[PACKAGE] = type(sys)(PACKAGE)
    package.__path__ = [FOLDER]
    sys.dont_write_bytecode = len(sys.argv) < 2
    if len(sys.argv) > 1:
        sys.pycache_prefix = sys.argv[1]
    stream = Stream(sys.stdin.buffer, sys.stdout.buffer)
    # What a file under analysis or a module of Python prints is no answer.
    sys.stdout = sys.stderr
    serve(stream)


if __name__ == "__main__":
    main()
