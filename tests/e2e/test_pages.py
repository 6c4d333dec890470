# SPDX-License-Identifier: MIT
"""The tutorial and the how-to pages, line by line as a reader types them.

A block with file=NAME is a file to write. Of a console block each line that
begins with a prompt is typed, and what follows is what the terminal shows.
"""

import os
import re

import pytest

from helpers import FTRACE, PYTHON, SOURCE, Terminal, environment

DOCS = SOURCE / "docs"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.M | re.S)
STEP = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.M)
PROJECT = re.compile(r"^## The project$.*?(?=^## )", re.M | re.S)

# Pages with other blocks of this kind have none to type.
PAGES = ["tutorial.md"] + sorted(
    str(path.relative_to(DOCS)) for path in DOCS.glob("how-to/*.md")
    if STEP.search(path.read_text(encoding="utf-8")))


def read(page):
    return (DOCS / page).read_text(encoding="utf-8")


def same(text):
    """Without what is another time the next time, and without the folder."""
    text = re.sub(r" *\b\d+(\.\d+)? ?(ms|s)\b", " TIME", text)
    text = re.sub(r"\b\d{4}-\d\d-\d\d\b", "DAY", text)
    return re.sub(r"'/\S*/(?=\.git)", "'", text)


def typed(command, root, env):
    """What a terminal shows of a command."""
    terminal = Terminal(["sh", "-c", command], root, env)
    terminal.wait()
    return terminal.text.replace("\r\n", "\n")


def play(text, root, env):
    """Does what a page says; how many commands that were."""
    steps = 0
    for kind, name, block in BLOCK.findall(text):
        if name:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(block, encoding="utf-8")
        for command, wanted in STEP.findall(
                block if kind == "console" else ""):
            assert same(typed(command, root, env)) == same(wanted), command
            steps += 1
    return steps


@pytest.mark.parametrize("page", PAGES)
def test_page(page, tmp_path):
    env = environment(
        GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@example.org",
        GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@example.org",
        GIT_CONFIG_GLOBAL=os.devnull, HOME=tmp_path, TERM="dumb",
        COLUMNS=80)
    env["PATH"] = os.pathsep.join((
        os.path.dirname(FTRACE), os.path.dirname(PYTHON), env["PATH"]))
    root = tmp_path / "shop"
    root.mkdir()
    if "(../tutorial.md#the-project)" in read(page):
        assert play(PROJECT.search(read("tutorial.md")).group(), root, env)
    assert play(read(page), root, env) > 3


def test_pages_are_found():
    assert len(PAGES) > 3
