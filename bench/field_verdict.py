# SPDX-License-Identifier: MIT
"""What narrowing says of edits: run by the tests' own python, for bench/field.

    python field_verdict.py ADAPTERS < {"before": {path: text}, "now": {...},
                                        "collected": [path, ...]}

`ftrace affected` does not say why it took a changed file as a whole, or whose
functions mention everything; what it asks does.  before: the changed files
alone, as they were; now: all sources.
"""

import json
import os
import sys


def modules_of(path):
    """The name that a file is imported by, and that of its last part."""
    path = path[:-len(".py")]
    if path.startswith("src/"):
        path = path[len("src/"):]
    if path.endswith("/__init__"):
        path = os.path.dirname(path)
    return [path.replace("/", ".")]


def analysed(text):
    """The outline, and the functions that can reach any name."""
    import ftrace_python_answer
    try:
        found, outline = ftrace_python_answer.analysis(text.encode(), None)
    except Exception:
        return b"", []  # as ftrace has it of what cannot be compiled
    return outline, [block.name for block in found.blocks.by_name.values()
                     if block.kind == "f" and "*" in block.mentions]


def flags_of(path, collected):
    if os.path.basename(path) == "conftest.py":
        return "c"
    return "t" if path in collected else ""


def main():
    sys.path.insert(0, sys.argv[1])
    import ftrace_python_narrow as narrow
    given = json.load(sys.stdin)
    all_now = {path: analysed(text) for path, text in given["now"].items()}
    now = {path: outline for path, (outline, _names) in all_now.items()}
    changed = [narrow.Changed(
        path, flags_of(path, given["collected"]), modules_of(path),
        [analysed(text)[0]], now.get(path, b""))
        for path, text in given["before"].items()]
    files = [each.file for each in changed]
    files += [narrow.File(path, modules_of(path), content)
              for path, content in now.items()
              if path not in given["before"]]
    found = narrow.narrow(changed, files)
    json.dump({
        "verdicts": {each.path: [verdicts[0].word, verdicts[0].reason]
                     for each, verdicts in zip(changed, found)},
        "everything": {path: names for path, (_outline, names)
                       in all_now.items() if names}}, sys.stdout)


if __name__ == "__main__":
    main()
