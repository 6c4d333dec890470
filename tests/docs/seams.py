# SPDX-License-Identifier: MIT
"""Whether what knows a runner or a language is in its folder alone.

    python3 tests/docs/seams.py

Words of runners and languages occur below runners/ and languages/, and no
include points upwards.  No module of a language imports one of a runner.
Comments are not looked at: they may give examples.  So may what cli/ says to
people: a text in which words stand.

runners/outcomes/ knows reports, which many runners write, and no runner.
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
    r'py\.?test|conftest|ctest|jest|mocha|vitest|unittest|doctest|cargo|maven|surefire'
    r'|prove\b|bats\b|meson'
    r'|\bnpm\b|python|__\w*py\w*__|__init__|__import__|__annotate__'
    r'|<module>|<lambda>|site-packages|dist-info|\bnode_module|package\.json|\bgo\.mod\b'
    r'|(?-i:\bPy[A-Z])', re.I)
# These are words of ours, too, where they are no text.
IN_TEXTS = re.compile(r'\bnode\b|\bgo/|^go\b|^Go\b|::')
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
# Where they stand all the same, and why.
ALLOWED = {
    "base/id.c": "what joins the parts of every runner's ids",
    "preload/interpreter.c": "it has to be in the library that is preloaded",
    "preload/node.c": "it has to be in the library that is preloaded",
    "wire/elf_head.c": "whose program it is, a note of an ELF file says",
}
# What the program says to people may give examples of either.
SAID = ("cli",)
SENTENCE = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*')


def code_of(path):
    """The lines of a source, without its comments."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", lambda match: "\n" * match[0].count("\n"),
                  text, flags=re.S)
    if path.relative_to(ROOT).parts[0] in SAID:
        text = SENTENCE.sub(without_sentence, text)
    return text.split("\n")


def without_sentence(match):
    """A text without words in it, which no user would be told, stays."""
    said = "".join(TEXT.findall(match[0]))
    return '""' + "\n" * match[0].count("\n") if " " in said else match[0]


def floor_of(folder):
    return next((number for number, floor in enumerate(FLOORS)
                 if folder in floor), None)


def names_one(line):
    return WORDS.search(line) or any(IN_TEXTS.search(text)
                                     for text in TEXT.findall(line))


def included(line):
    match = re.match(r'#include "([^"]+)"', line)
    return match and match[1]


def problems_of(path):
    name = path.relative_to(ROOT).as_posix()
    folder = name.split("/")[0]
    knows = folder in ("runners", "languages")
    named = 0
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
        if not knows and not other and names_one(line):
            named += 1
            if name in ALLOWED:
                continue
            yield "%s:%d: names a runner or a language: %s" % (
                name, number, line.strip())
    if name in ALLOWED and not named:
        yield "%s: names none; seams.py need not allow it" % name


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
