#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the documentation says what the program does.

    python3 tests/docs/check.py BUILD_DIR

Prints a line for each thing that is wrong and exits with 1, or with 0 when
nothing is.  BUILD_DIR holds the built ftrace.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import catalogue

ROOT = Path(catalogue.ROOT)
SKIPPED = re.compile(r"^(\..*|build.*|__pycache__|work|venv|node_modules)$")

# Options in the texts that belong to other programs.
FOREIGN = {"--changed", "--show-only", "--output-junit",
           "--build", "--preset", "--test-dir", "--lf", "--ff",
           "--quick", "--asan", "--collect-only", "--doctest-modules",
           "--install", "--output-on-failure", "--version", "--help",
           "--onlyChanged", "--findRelatedTests", "--doctest-glob",
           "--dry-run", "--prefix", "--misses", "--calls", "--keep",
           "--jobs", "--output", "--full", "--touching", "--testmon",
           "--commits", "--work", "--floor", "--first-parent", "--junitxml",
           "--maxfail", "--tb", "--durations", "--capture", "--dist", "--cov",
           "--cov-fail-under", "--html", "--report-log", "--deselect",
           "--user", "--path", "--run", "--projects", "--no-peer", "--record",
           "--pairs", "--list", "--release", "--no-fail-fast", "--nocapture",
           "--target", "--config", "--message-format",
           "--parallel", "--permission", "--test-name-pattern",
           "--shard", "--watch", "--bail", "--pool", "--test-isolation",
           "--require", "--locals", "--exec", "--merge", "--ignore-exit", "--tapversion",
           "--timer", "--state", "--source", "--harness",
           "--filter-tags", "--filter-status", "--no-rebuild", "--wrapper",
           "--setup", "--gdb", "--test-args", "--benchmark", "--logbase",
           "--suite", "--keepdb", "--buffer", "--failfast",
           "--no-faulthandler", "--no-input", "--reverse", "--shuffle",
           "--timing", "--traceback", "--verbosity", "--tag", "--exclude-tag",
           "--testrunner"}

problems = []


def wrong(text, *values):
    problems.append(text % values)


def read(path):
    return path.read_text(encoding="utf-8")


def markdown():
    """Every Markdown page of the project."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(
            each for each in folders if not SKIPPED.match(each))
        for name in sorted(files):
            if name.endswith(".md"):
                yield Path(folder) / name


def shown(path):
    return path.relative_to(ROOT)


# What the program says of itself.

def run(program, *arguments, cwd=None):
    return subprocess.run([program, *arguments], cwd=cwd, text=True,
                          capture_output=True, check=False)


def verbs_of(program):
    found = re.findall(r"^  ([a-z]+) {2,}\S", run(program, "-h").stdout, re.M)
    if not found:
        wrong("'ftrace -h' lists no verb")
    return found


def options_in_help(program, verb):
    """Rows as (letter, name, argument); empty strings for what is not."""
    text = run(program, verb, "-h").stdout.partition("\noptions:\n")[2]
    return set(re.findall(
        r"^ {2,}(?:-(\w), )?--([\w-]+)(?: ([A-Z]+))?(?: |$)", text, re.M))


def options_in_manual(page):
    return set(re.findall(
        r"^\.It Fl (?:(\w) , Fl )?-([\w-]+)(?: Ar ([A-Z]+))?$", page, re.M))


def runners_in_help(program, verb):
    """The names that stand below --runner, on lines of their own."""
    text = run(program, verb, "-h").stdout
    found = re.search(r"^ +--runner .*:\n((?: {25}[\w, ]+\n)+)", text, re.M)
    return re.findall(r"\w+", found.group(1)) if found else []


# Manual pages.

def check_manual(program, verbs):
    options = {}
    for verb in verbs:
        options[verb] = options_in_help(program, verb)
        path = ROOT / "docs" / "man" / ("ftrace-%s.1" % verb)
        if not path.exists():
            wrong("%s is missing: a page for the verb '%s'", shown(path), verb)
            continue
        told = options_in_manual(read(path))
        for row in sorted(options[verb] - told):
            wrong("%s lacks what 'ftrace %s -h' has: --%s %s",
                  shown(path), verb, row[1], row[2])
        for row in sorted(told - options[verb]):
            wrong("%s has what 'ftrace %s -h' lacks: --%s %s",
                  shown(path), verb, row[1], row[2])
        if "Xr ftrace-%s 1" % verb not in read(path.with_name("ftrace.1")):
            wrong("docs/man/ftrace.1 does not name ftrace-%s(1)", verb)
    for path in sorted((ROOT / "docs" / "man").glob("*.1")):
        verb = path.stem.partition("-")[2]
        if verb and verb not in verbs:
            wrong("%s is about no verb", shown(path))
        if "not the kernel's function tracer" not in read(path):
            wrong("%s: NAME has to say that it is not the kernel's function "
                  "tracer", shown(path))
    return options


def check_runners(program, verbs):
    """What takes a runner has the same names in its help and in its page."""
    named = 0
    for verb in verbs:
        runners = runners_in_help(program, verb)
        named += bool(runners)
        page = read(ROOT / "docs" / "man" / ("ftrace-%s.1" % verb))
        told = re.search(r"^\.It Fl -runner Ar RUNNER$(.*?)^\.(?:It|El)", page,
                         re.M | re.S)
        for name in runners:
            if not re.search(r"^\.Cm %s\b" % name, told.group(1), re.M):
                wrong("docs/man/ftrace-%s.1 does not name the runner %s",
                      verb, name)
    if not named:
        wrong("no verb's help names the runners")
    glossary = read(ROOT / "docs" / "GLOSSARY.md")
    line = re.search(r"^\| runner \|.*$", glossary, re.M).group()
    for name in runners_in_help(program, "run"):
        if "`%s`" % name not in line:
            wrong("docs/GLOSSARY.md does not name the runner %s", name)


# Links.

def anchors(text):
    """The names GitHub gives the headings of a page."""
    found = set()
    for heading in re.findall(r"^#+ +(.*)$", text, re.M):
        slug = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        found.add(slug.replace(" ", "-"))
    return found


def without_code(text):
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def check_links(path, text):
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(text)):
        if re.match(r"[a-z][a-z+.-]*:", target):
            continue
        name, _, anchor = target.partition("#")
        place = (path.parent / name).resolve() if name else path
        if not place.exists():
            wrong("%s: dead link to %s", shown(path), target)
        elif anchor and place.suffix == ".md" and (
                anchor not in anchors(read(place))):
            wrong("%s: no heading for %s", shown(path), target)


# Options that pages mention.

def spans(text):
    """The pieces of code in a page: lines of blocks, and inline."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S):
        yield from block.splitlines()
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    for span in re.findall(r"`([^`]+)`", text):
        yield " ".join(span.split())


def check_options(path, text, options):
    every = {"--" + row[1] for rows in options.values() for row in rows}
    letters = {verb: {"-" + letter for row in rows for letter in row[0]}
               | {"-h"} for verb, rows in options.items()}
    for span in spans(text):
        if re.match(r"--[a-z]", span):
            name = re.split(r"[ =]", span)[0]
            if name not in every | FOREIGN:
                wrong("%s: no verb has %s", shown(path), name)
        for verb, rest in re.findall(r"\bftrace ([a-z]+)((?: [^|;&\s]+)*)",
                                     span):
            if verb not in options:
                continue
            own = {"--" + row[1] for row in options[verb]}
            for word in rest.split(" -- ")[0].split():
                name = word.partition("=")[0]
                if word == "--":
                    break
                if name.startswith("--") and name not in own:
                    wrong("%s: 'ftrace %s' has no %s", shown(path), verb, name)
                elif re.fullmatch(r"-\w+", word) and any(
                        "-" + letter not in letters[verb]
                        for letter in word[1:]):
                    wrong("%s: 'ftrace %s' has no %s", shown(path), verb, word)


# JSON.

def members(value):
    """Every member's name, at any depth."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield name
            yield from members(below)
    elif isinstance(value, list):
        for below in value:
            yield from members(below)


def answers(program, verbs):
    """The real answers of a project that has something to tell."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("read.txt", "kept.txt"):
            (place / name).write_text("one\n")
        base = ("--root", folder)
        run(program, "run", *base, "-n", "reads", "--", "cat", "read.txt",
            cwd=folder)
        run(program, "run", *base, "-n", "fails", "--", "false", cwd=folder)
        (place / "read.txt").write_text("other\n")
        (place / "ftrace.json").write_text(json.dumps({"checks": {
            "writes": {"command": "sed -i s/t/T/ read.txt", "phase": "fast"},
            "fails": {"command": "false"},
            "waits": {"command": "true", "after": ["fails"]}}}))
        for verb, words in (
                ("affected", ()), ("changed", ()), ("status", ()),
                ("why", ("reads",)), ("why", ("read.txt",)),
                ("deps", ("reads",)), ("doctor", ()),
                ("check", ("-k",))):
            if verb not in verbs:
                continue
            answer = run(program, verb, *base, "--json", *words, cwd=folder)
            try:
                yield verb, json.loads(answer.stdout)
            except ValueError:
                wrong("'ftrace %s --json' printed no JSON: %s", verb,
                      answer.stderr.strip())


def check_json(program, verbs):
    text = read(ROOT / "docs/reference/json.md")
    for block in re.findall(r"^```json\n(.*?)^```", text, re.M | re.S):
        try:
            json.loads(block)
        except ValueError as error:
            wrong("docs/reference/json.md: an example is not JSON: %s", error)
    for verb, answer in answers(program, verbs):
        section = re.search(r"^## `%s`$(.*?)(?=^## |\Z)" % verb, text,
                            re.M | re.S)
        if not section:
            wrong("docs/reference/json.md has no section `%s`", verb)
            continue
        for name in sorted(set(members(answer)) - {"version"}):
            if "`%s`" % name not in section.group(1):
                wrong("docs/reference/json.md: `%s` does not explain the "
                      "member `%s`", verb, name)


# What pages say of the sources.

def check_map():
    text = read(ROOT / "docs/reference/map.md")
    source = "".join(re.findall(r'"([^"\\]*)"',
                                read(ROOT / "map" / "schema.c")))
    for table, columns in re.findall(
            r"CREATE TABLE (\w+) \(((?:[^()]|\([^()]*\))*)\)", source):
        if "`%s`" % table not in text:
            wrong("docs/reference/map.md does not explain the table %s", table)
        for column in re.findall(r"(?:^|,) ?([a-z]+) (?:INTEGER|TEXT|BLOB)",
                                 columns):
            if "`%s`" % column not in text:
                wrong("docs/reference/map.md does not explain %s.%s", table,
                      column)


def check_words():
    """Kinds of access, kinds of scope and folders have their lines."""
    glossary = read(ROOT / "docs" / "GLOSSARY.md")
    for source in ("wire/kind.c", "map/recording.c"):
        for word in re.findall(r'^\t\[[A-Z_]+\] = "(\w+)"',
                               read(ROOT / source), re.M):
            if "`%s`" % word not in glossary:
                wrong("docs/GLOSSARY.md lacks `%s` of %s", word, source)
    text = read(ROOT / "docs" / "ARCHITECTURE.md")
    for folder in sorted(ROOT.iterdir()):
        if folder.is_dir() and not SKIPPED.match(folder.name) and (
                "`%s/`" % folder.name not in text):
            wrong("docs/ARCHITECTURE.md does not say what %s/ is for",
                  folder.name)


def check_examples(path, text):
    """C that a page shows as files of the sources compiles."""
    files = re.findall(r"^```c file=(\S+)\n(.*?)^```", text, re.M | re.S)
    with tempfile.TemporaryDirectory() as folder:
        for name, source in files:
            place = Path(folder) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(source, encoding="utf-8")
        for name in (name for name, _ in files if name.endswith(".c")):
            result = run("cc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra",
                         "-Werror", "-fsyntax-only", "-I", folder, "-I",
                         str(ROOT), str(Path(folder) / name))
            if result.returncode:
                wrong("%s: %s does not compile: %s", shown(path), name,
                      result.stderr)


def check_pages():
    index = read(ROOT / "docs" / "README.md")
    for path in sorted((ROOT / "docs").rglob("*.md")):
        name = path.relative_to(ROOT / "docs").as_posix()
        if name != "README.md" and "(%s)" % name not in index:
            wrong("docs/README.md does not name %s", name)
    if read(ROOT / "docs/reference/catalogue.md") != catalogue.page():
        wrong("docs/reference/catalogue.md is stale: "
              "python3 tests/docs/catalogue.py >docs/reference/catalogue.md")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: check.py BUILD_DIR")
    program = os.path.abspath(os.path.join(sys.argv[1], "ftrace"))
    if not os.access(program, os.X_OK):
        sys.exit("no ftrace in '%s'; build it first" % sys.argv[1])
    verbs = verbs_of(program)
    options = check_manual(program, verbs)
    check_runners(program, verbs)
    for path in markdown():
        text = read(path)
        check_links(path, text)
        check_options(path, text, options)
        check_examples(path, text)
    check_json(program, verbs)
    check_map()
    check_words()
    check_pages()
    for problem in problems:
        print(problem)
    print("docs: %d problem%s" % (len(problems),
                                  "" if len(problems) == 1 else "s"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
