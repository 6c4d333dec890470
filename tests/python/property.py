# SPDX-License-Identifier: MIT
"""Random packages, random edits: no test that changes may be left out.

    PYTHONPATH=. python3 tests/python/property.py FIRST COUNT

A third argument makes it edit the heads of functions alone, or, where it is
"types", has type expressions everywhere, or, where it is "own", classes with
names of their own, docstrings and what looks through them.
"""

import collections
import random
import sys

from edits import EDITS, HEADS, OWN, TYPES, edit
from packages import package
from selection import Analysis, facts, selects, verdict_of, witnesses
from world import World


KINDS = {True: HEADS, "types": TYPES, "own": OWN}


def records_of(sources):
    world = World(sources)
    return {test: world.run(*test) for test in world.tests()}


def fails(record):
    """Whether a test could not be imported."""
    return record.result.endswith(": False")


class Tally:
    def __init__(self):
        self.count = collections.Counter()
        self.escapes = []


def one(seed, tally, heads=False):
    """One package and a few edits of it."""
    sources = package(seed, heads)
    rng = random.Random(seed * 7 + 1)
    analyses = {path: Analysis(text) for path, text in sources.items()}
    before = records_of(sources)
    for number in range(4):
        path = rng.choice(sorted(set(sources) - {"pkg/support.py"}))
        kind, text = edit(sources[path], rng, KINDS.get(heads, EDITS))
        if kind == "nothing":
            continue
        old, new = analyses[path], Analysis(text)
        if facts(Analysis(text, old)) != facts(new):
            tally.escapes.append((seed, number, kind, path, "not the same"))
        verdict = None
        if old.skeleton != new.skeleton:
            verdict = verdict_of(path, old, new, analyses)
            if "the analysis failed" in verdict.reason:
                tally.escapes.append((seed, number, kind, path,
                                      verdict.reason))
        after = records_of({**sources, path: text})
        tally.count["edits"] += 1
        tally.count[verdict.word if verdict else "bodies"] += 1
        # What cannot be imported has failed, and is run again anyway.
        alive = {test: record for test, record in before.items()
                 if record.complete and not fails(record)}
        chosen = {test for test, record in alive.items()
                  if selects(record, test, path, old, new, verdict,
                             analyses)}
        chosen |= witnesses(
            {test: record for test, record in alive.items()
             if test in after}, chosen.intersection(after), verdict)
        tally.count["tests"] += len(alive)
        tally.count["selected"] += len(chosen)
        shown = {after[test].result for test in chosen
                 if test in after and fails(after[test])}
        for test, record in alive.items():
            tally.count["closure"] += path in record.modules
            now = after.get(test)
            if now is None or now.result == record.result:
                continue
            tally.count["changed"] += 1
            # One test that cannot be imported tells of all.
            if test not in chosen and not (
                    fails(now) and now.result in shown):
                tally.escapes.append((seed, number, kind, path, test))


def main():
    first, count = int(sys.argv[1]), int(sys.argv[2])
    heads = len(sys.argv) > 3 and (
        sys.argv[3] if sys.argv[3] in KINDS else True)
    tally = Tally()
    for seed in range(first, first + count):
        one(seed, tally, heads)
    print(dict(tally.count))
    for each in tally.escapes[:20]:
        print("escape:", *each)
    print(len(tally.escapes), "escapes")
    return 1 if tally.escapes else 0


if __name__ == "__main__":
    sys.exit(main())
