# SPDX-License-Identifier: MIT
"""Mutants of sources in any language but Python, by rules on their lines.

Nothing is parsed.  A line that begins as comments do is taken for one.  A rule
may hit a string, or make what does not compile, which is drawn again.
"""

import collections
import os
import random
import re
import shutil

import common
import mutate_files
from mutate_files import Mutant

KINDS = ("body", "constant", "operator", "deleted", "comment", "test", "data",
         "renamed", "new", "config")
SWAPS = (("==", "!="), ("<=", ">"), ("&&", "||"), (" + ", " - "),
         ("++", "--"), (" < ", " > "), (" || ", " && "), ("!==", "==="),
         ("true", "false"), ("false", "true"), ("if (", "if (!"))
# What no test is about, or what is no text.
ELSEWHERE = {"docs", "doc", "examples", "example", "benches", "bench",
             "benchmark", "benchmarks", "fuzz", "node_modules", "dist",
             "website", "scripts", "ci", ".github"}
CONFIG = re.compile(
    r"(^|/)(go\.mod|go\.sum|Cargo\.(toml|lock)|build\.rs|package\.json|"
    r"tsconfig[^/]*\.json|[^/]*\.?config\.[cm]?[jt]s|\.mocharc[^/]*|"
    r"\.babelrc|babel\.config\.json|CMakeLists\.txt|[^/]*\.cmake|pom\.xml)$")
DATA = re.compile(r"(^|/)(tests?|testdata|__\w+__|fixtures?|specs?|data)/")
PROSE = re.compile(r"\.(md|rst|txt)$")


class Language:
    """suffixes: of its sources; body: the line that begins a function's
    body, behind which `fails` makes it fail; test: files of tests."""

    def __init__(self, suffixes, body, fails, test):
        self.suffixes = suffixes
        self.body = re.compile(body)
        self.fails = fails
        self.test = re.compile(test)


C = Language((".c", ".h", ".cc", ".cpp", ".hpp"),
             r"^(\{|[A-Za-z_].*\)\s*\{)\s*$", "__builtin_trap();",
             r"(^|/)tests?/|test[^/]*\.c")
GO = Language((".go",), r"^func .*\{\s*$", 'panic("mutant")', r"_test\.go$")
RUST = Language((".rs",),
                r"^\s*(pub(\([^)]*\))? )?((unsafe|async|const) )*fn .*\{\s*$",
                'panic!("mutant");', r"(^|/)tests/")
JAVASCRIPT = Language(
    (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"),
    r"^\s*(?!(?:if|for|while|switch|catch|else|return)\b)"
    r"(.*\bfunction\b.*|.*=> |(static |async |get |set |#)*\w+\s*\(.*\).*)"
    r"\{\s*$", 'throw new Error("mutant");',
    r"(^|/)(tests?|__tests__|specs?)/|\.(test|spec)\.")

JAVA = Language((".java",),
                r"^\s+(?!(?:if|for|while|switch|catch|else|return|try|do|new|"
                r"synchronized|class|interface|enum)\b)[\w<>\[\], ]+\(.*\)"
                r"( throws .*)? \{\s*$",
                'if (true) throw new RuntimeException("mutant");',
                r"(^|/)src/test/java/")


def _read(path):
    with open(path, "rb") as file:
        return file.read().decode("utf-8", "surrogateescape")


def _changed(lines, at, *instead):
    text = "".join(lines[:at] + list(instead) + lines[at + 1:])
    return text.encode("utf-8", "surrogateescape")


def _bodies(language, lines):
    for at, line in enumerate(lines):
        if language.body.match(line):
            yield at, _changed(lines, at, line, language.fails + "\n")


def _is_comment(line):
    return re.match(r"\s*(//|/?\*)", line)


def _constants(_language, lines):
    for at, line in enumerate(lines):
        if _is_comment(line):
            continue
        for found in re.finditer(r"(?<![\w.])\d+(?![\w.])", line):
            yield at, _changed(
                lines, at, line[:found.start()]
                + str(int(found.group()) + 1) + line[found.end():])


def _operators(_language, lines):
    for at, line in enumerate(lines):
        if _is_comment(line):
            continue
        for old, new in SWAPS:
            place = line.find(old)
            if place >= 0:
                yield at, _changed(lines, at, line[:place] + new
                                   + line[place + len(old):])


def _deletions(_language, lines):
    for at, line in enumerate(lines):
        if re.match(r"\s+(?!(?:return|use|import|let|const|var)\b)"
                    r"[\w.*>\[\]-]+(\(.*\)| [-+*|]?= .*);?\s*$", line):
            yield at, _changed(lines, at)


def _comments(_language, lines):
    for at, line in enumerate(lines):
        if re.match(r"\s*// ", line):
            yield at, _changed(lines, at, line.rstrip() + " mutant\n")


def _lines_deleted(_language, lines):
    for at, line in enumerate(lines):
        if line.strip():
            yield at, _changed(lines, at)


RULES = {"body": (_bodies,), "constant": (_constants,),
         "operator": (_operators,), "deleted": (_deletions,), "comment": (_comments,),
         "test": (_bodies, _constants, _operators, _deletions),
         "config": (_lines_deleted, _constants, _operators)}


class Files:
    """The files of a tree that git knows, by what they are."""

    def __init__(self, tree, names, language):
        self.tree = tree
        self.language = language
        self.code, self.tests, self.data, self.config = [], [], [], []
        for name in sorted(names):
            if ELSEWHERE & set(name.split("/")) or name.endswith(
                    ".d.ts"):
                continue
            if CONFIG.search(name):
                self.config.append(name)
            elif name.endswith(language.suffixes):
                (self.tests if language.test.search(name)
                 else self.code).append(name)
            elif DATA.search(name) or not (
                    PROSE.search(name) or name.startswith(".")
                    or "/" not in name):
                self.data.append(name)
        # By these names mutate_files knows them.
        self.sources = self.code

    def exists(self, path):
        return os.path.lexists(os.path.join(self.tree, path))

    def pool(self, kind):
        return {"test": self.tests, "config": self.config}.get(
            kind, self.code)


def _by_lines(files, kind, dice):
    pool = files.pool(kind)
    if not pool:
        return None
    path = dice.choice(pool)
    lines = _read(os.path.join(files.tree, path)).splitlines(keepends=True)
    found = list(dice.choice(RULES[kind])(files.language, lines))
    if not found:
        return None
    at, content = dice.choice(found)
    return Mutant(kind, "%s:%d" % (path, at + 1), {path: content})


def _of_files(files, kind, dice):
    one = Files(files.tree, [], files.language)
    if kind == "data":
        one.data = [dice.choice(files.data)] if files.data else []
    else:
        one.sources = dict.fromkeys([dice.choice(
            files.code + files.data)]) if files.code else {}
    found = list(mutate_files.OPERATORS[kind](one))
    return dice.choice(found) if found else None


# Settings that were not there, with which nothing works.
SETTINGS = {
    GO: {"go.work": "go 1.21\n\nuse ./mutant\n",
         "vendor/modules.txt": "# mutant v1.0.0\n"},
    JAVASCRIPT: dict.fromkeys(
        ("jest.config.js", "vitest.config.js", "vite.config.js",
         ".mocharc.js", ".mocharc.cjs", "babel.config.js"),
        'throw new Error("mutant");\n'),
}


def _new(files, _kind, dice):
    """A file that is found before another one, or beside others."""
    if files.language in SETTINGS and dice.random() < 0.25:
        name, text = dice.choice(sorted(SETTINGS[files.language].items()))
    elif files.language is GO and files.code:
        path = dice.choice(files.code + files.tests)
        package = re.search(r"^package (\w+)", _read(
            os.path.join(files.tree, path)), re.M)
        name = os.path.join(os.path.dirname(path), "mutant" + (
            "_test.go" if path.endswith("_test.go") else ".go"))
        text = "package %s\n\nfunc init() { panic(1) }\n" % (
            package.group(1) if package else "mutant")
    elif files.language is JAVASCRIPT and files.code:
        path = dice.choice(files.code + files.data + files.tests)
        stem, suffix = os.path.splitext(path)
        if path in files.tests:
            name = re.sub(r"^[^.]*", "mutant", os.path.basename(path))
            name = os.path.join(os.path.dirname(path), name)
        elif os.path.basename(stem) == "index":
            name = os.path.dirname(path) + suffix
        else:
            name = stem + dice.choice((".js", ".cjs", ".mjs", ".ts"))
        text = 'throw new Error("mutant");\n'
    else:
        return None
    if files.exists(name):
        return None
    return Mutant("new", "a new file: " + name, {name: text.encode()})


def draw(files, seed, kinds=KINDS):
    """Yields mutants for ever, each once, as many of each kind as there are
    places for; the choice of one kind does not depend on what others there
    are."""
    dice = {kind: random.Random("%s/%s" % (seed, kind)) for kind in kinds}
    seen, failed = set(), collections.Counter()
    while dice:
        for kind in list(dice):
            make = (_new if kind == "new" else _of_files
                    if kind in mutate_files.OPERATORS else _by_lines)
            mutant = make(files, kind, dice[kind])
            key = mutant and tuple(sorted(mutant.edits.items(), key=str))
            if mutant is None or key in seen:
                failed[kind] += 1
                if failed[kind] > 200:
                    del dice[kind]
                continue
            seen.add(key)
            yield mutant


def also(source, target, names):
    """What git does not know: what was fetched, settings of the machine."""
    for each in names:
        path = os.path.join(source, each)
        if os.path.isdir(path):
            shutil.copytree(path, os.path.join(target, each), symlinks=True)
        elif os.path.exists(path):
            shutil.copy2(path, os.path.join(target, each))


def copy(source, target, besides=()):
    """What git knows of a project, and these names besides."""
    shutil.rmtree(target, ignore_errors=True)
    names = common.run(["git", "-C", source, "ls-files", "-z"])
    found = []
    for name in filter(None, names.split("\0")):
        path = os.path.join(source, name)
        if not os.path.lexists(path) or os.path.isdir(path):
            continue
        os.makedirs(os.path.dirname(os.path.join(target, name)),
                    exist_ok=True)
        shutil.copy2(path, os.path.join(target, name),
                     follow_symlinks=False)
        if not os.path.islink(path):
            found.append(name)
    also(source, target, besides)
    return found
