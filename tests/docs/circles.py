# SPDX-License-Identifier: MIT
"""Whether files of C use each other in a circle.

    python3 tests/docs/circles.py [-v]

A file uses another one if it names a function which only that one defines.  A
circle cannot be read from its beginning, for it has none; KNOWN has those that
are left, and each may only shrink.  -v shows what closes them.
"""

import collections
import re
import sys

import names
import seams

KNOWN = (
    ("languages/python/memory/kept_open", "languages/python/memory/kept_owner",
     "languages/python/memory/kept_places"),
    ("preload/environment", "preload/exec", "preload/interpreter",
     "preload/node", "preload/objects", "preload/observe",
     "preload/own_calls", "preload/patch", "preload/recorder",
     "preload/scope", "preload/start"),
)
# No member of a struct.
USED = re.compile(r"(?<![.\w>])([a-z_]\w*)\b")


def unit_of(path):
    name = path.relative_to(seams.ROOT).as_posix()
    return names.ARCHITECTURE.sub(".c", name).rsplit(".", 1)[0]


def heads_of(text):
    return [(name, head.startswith("static"))
            for head, name in names.heads_of(text)]


def graph():
    """What each file uses: {file: {other file: names}}."""
    homes, texts = {}, collections.defaultdict(str)
    for path in names.sources():
        text = seams.TEXT.sub('""', "\n".join(seams.code_of(path)))
        if path.suffix == ".c":
            texts[unit_of(path)] += text
            for name, own in heads_of(text):
                if not own:
                    homes[name] = unit_of(path)
    uses = {unit: collections.defaultdict(set) for unit in texts}
    for unit, text in texts.items():
        for name in USED.findall(text):
            if homes.get(name, unit) != unit:
                uses[unit][homes[name]].add(name)
    return uses


def circles_of(uses):
    """The largest sets of files in which each leads to each (Tarjan)."""
    number, low, stack, found = {}, {}, [], []

    def visit(unit):
        number[unit] = low[unit] = len(number)
        stack.append(unit)
        for other in uses[unit]:
            if other not in number:
                visit(other)
            if other in stack:
                low[unit] = min(low[unit], low[other])
        if low[unit] == number[unit]:
            at = stack.index(unit)
            if len(stack) - at > 1:
                found.append(frozenset(stack[at:]))
            del stack[at:]

    for unit in sorted(uses):
        if unit not in number:
            visit(unit)
    return found


def main():
    uses = graph()
    found = circles_of(uses)
    problems = 0
    for circle in found:
        if circle not in map(frozenset, KNOWN):
            print("a circle: %s" % " ".join(sorted(circle)))
            problems += 1
    for circle in KNOWN:
        if frozenset(circle) not in found:
            print("no circle any more, or a smaller one: %s" %
                  " ".join(sorted(circle)))
            problems += 1
    for circle in found if "-v" in sys.argv or problems else ():
        for unit in sorted(circle):
            for other in sorted(circle & uses[unit].keys()):
                print("    %s -> %s: %s" % (
                    unit, other, " ".join(sorted(uses[unit][other]))))
    print("circles: %d files, %d circles" % (len(uses), len(found)))
    # If clang-format laid sources out in another way, none would be seen.
    return bool(problems) or sum(map(len, uses.values())) < 500


if __name__ == "__main__":
    sys.exit(main())
