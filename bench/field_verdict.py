# SPDX-License-Identifier: MIT
"""What narrowing says of edits: run by the tests' own python, for bench/field.

    python field_verdict.py ADAPTERS < {"before": {path: text}, "now": {...},
                                        "collected": [path, ...]}

`ftrace affected` does not say why it took a changed file as a whole; what it
asks does.  before: the changed files alone, as they were; now: all sources.
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


def outline_of(text):
    import ftrace_python_answer
    try:
        return ftrace_python_answer.analysis(text.encode(), None)[1]
    except Exception:
        return b""  # as ftrace has it of what cannot be compiled


def flags_of(path, collected):
    if os.path.basename(path) == "conftest.py":
        return "c"
    return "t" if path in collected else ""


def main():
    sys.path.insert(0, sys.argv[1])
    import ftrace_python_narrow as narrow
    given = json.load(sys.stdin)
    now = {path: outline_of(text) for path, text in given["now"].items()}
    changed = [narrow.Changed(
        path, flags_of(path, given["collected"]), modules_of(path),
        [outline_of(text)], now.get(path, b""))
        for path, text in given["before"].items()]
    files = [each.file for each in changed]
    files += [narrow.File(path, modules_of(path), content)
              for path, content in now.items()
              if path not in given["before"]]
    found = narrow.narrow(changed, files)
    json.dump({each.path: [verdicts[0].word, verdicts[0].reason]
               for each, verdicts in zip(changed, found)}, sys.stdout)


if __name__ == "__main__":
    main()
