# SPDX-License-Identifier: MIT
"""Whether each function of C has a name of its own.

    python3 tests/docs/names.py

A name that two functions share defeats grep, tags and profilers: what a file
keeps to itself carries the file's noun.  Of files of which a build takes one,
one for each architecture, the names are the same on purpose.
"""

import collections
import re
import sys

import seams

# As clang-format lays it out: a head that begins in the first column, and a
# brace alone in it.
HEAD = re.compile(r"^[A-Za-z_][^\n;={}]*\n?(?:\t[^\n;{}]*\n)*\{$", re.M)
NAME = re.compile(r"(\w+)\(")
ARCHITECTURE = re.compile(r"_(x86_64|aarch64)\.c$")


def heads_of(text):
    """(head, name) of each function that a source defines."""
    for head in HEAD.finditer(text):
        for name in NAME.finditer(head[0]):
            if name[1] != "__attribute__":
                yield head[0], name[1]
                break


def sources():
    for floor in seams.FLOORS:
        for folder in floor:
            yield from sorted((seams.ROOT / folder).rglob("*.[ch]"))


def main():
    files = collections.defaultdict(set)
    count = 0
    for path in sources():
        name = path.relative_to(seams.ROOT).as_posix()
        for _, function in heads_of("\n".join(seams.code_of(path))):
            files[function].add(ARCHITECTURE.sub(".c", name))
            count += 1
    shared = sorted((name, sorted(found)) for name, found in files.items()
                    if len(found) > 1)
    for name, found in shared:
        print("%s: a function of %s" % (name, " and ".join(found)))
    # If clang-format laid sources out in another way, none would be seen.
    if count < 2000:
        print("only %d functions found" % count)
    print("names: %d functions, %d shared names" % (count, len(shared)))
    return bool(shared) or count < 2000


if __name__ == "__main__":
    sys.exit(main())
