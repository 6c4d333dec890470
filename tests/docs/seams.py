# SPDX-License-Identifier: MIT
"""Whether what knows a runner or a language is in its folder alone.

    python3 tests/docs/seams.py

Words of runners and languages occur below runners/ and languages/, and no
include points upwards.  No module of a language imports one of a runner.
Comments are not looked at: they may give examples.
"""

import ast
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# From the ground up; folders of one floor know nothing of each other.
FLOORS = (("base", "wire"), ("preload", "map", "objects"),
          ("git", "languages"), ("runners",), ("config", "fold"),
          ("selector", "tracer"), ("outcomes",), ("cli",))
WORDS = re.compile(
    r'py\.?test|conftest|ctest|prove\b|bats\b|meson(?!\.build)|jest|mocha|vitest|python|__\w*py\w*__|__init__|unittest'
    r'|doctest|site-packages|dist-info', re.I)
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
# Where they stand all the same, and why.
ALLOWED = {
    "base/id.c": "what joins the parts of every runner's ids",
}
# What the program says to people may give examples of either.
SAID = ("cli",)


def code_of(path):
    """The lines of a source, without its comments."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", lambda match: "\n" * match[0].count("\n"),
                  text, flags=re.S).split("\n")


def floor_of(folder):
    return next((number for number, floor in enumerate(FLOORS)
                 if folder in floor), None)


def names_one(line):
    return WORDS.search(line) or any("::" in text
                                     for text in TEXT.findall(line))


def included(line):
    match = re.match(r'#include "([^"]+)"', line)
    return match and match[1]


def problems_of(path):
    name = path.relative_to(ROOT).as_posix()
    folder = name.split("/")[0]
    knows = folder in ("runners", "languages")
    for number, line in enumerate(code_of(path), 1):
        other = included(line)
        if other and "/" in other:
            there = other.split("/")[0]
            if there != folder and not (
                    (floor_of(there) or 0) < floor_of(folder)):
                yield "%s:%d: includes %s, which is not below it" % (
                    name, number, other)
            if not knows and other.count("/") > 1 and there in (
                    "runners", "languages") and "outcomes" not in other:
                yield "%s:%d: includes %s, of one alone" % (
                    name, number, other)
        if not knows and name not in ALLOWED and folder not in SAID and (
                not other and names_one(line)):
            yield "%s:%d: names a runner or a language: %s" % (
                name, number, line.strip())


def imported(path):
    """(line, module) of each import, as a path below the root."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for each in node.names:
                yield node.lineno, each.name.replace(".", "/")
        elif isinstance(node, ast.ImportFrom):
            place = path.relative_to(ROOT)
            for _ in range(node.level):
                place = place.parent
            above = place.as_posix() + "/" if node.level else ""
            for each in node.names:
                yield node.lineno, (above + "%s/%s" % (
                    (node.module or "").replace(".", "/"), each.name)
                ).replace("//", "/").removeprefix("./")


def problems_of_module(path):
    for line, other in imported(path):
        if "runners" in other.split("/"):
            yield "%s:%d: imports %s, of a runner" % (
                path.relative_to(ROOT).as_posix(), line, other)


def main():
    problems = []
    for path in sorted((ROOT / "languages").rglob("*.py")):
        problems += problems_of_module(path)
    for floor in FLOORS:
        for folder in floor:
            for path in sorted((ROOT / folder).rglob("*.[ch]")):
                problems += problems_of(path)
    for problem in problems:
        print(problem)
    print("seams: %d problems" % len(problems))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
