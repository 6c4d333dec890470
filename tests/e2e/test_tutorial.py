# SPDX-License-Identifier: MIT
"""docs/tutorial.md, line by line as a reader would type it."""

import os
import re

from helpers import FTRACE, PYTHON, SOURCE, Terminal, environment

BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.M | re.S)
STEP = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.M)


def same(text):
    """Without what is another time the next time, and without the folder."""
    text = re.sub(r"\b\d+(\.\d+)? ?(ms|s)\b", "TIME", text)
    return re.sub(r"'/\S*/(?=\.git)", "'", text)


def typed(command, root, env):
    """What a terminal shows of a command."""
    terminal = Terminal(["sh", "-c", command], root, env)
    terminal.wait()
    return terminal.text.replace("\r\n", "\n")


def test_tutorial(tmp_path):
    env = environment(
        GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@example.org",
        GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@example.org",
        GIT_CONFIG_GLOBAL=os.devnull, HOME=tmp_path, TERM="dumb",
        COLUMNS=80)
    env["PATH"] = os.pathsep.join((
        os.path.dirname(FTRACE), os.path.dirname(PYTHON), env["PATH"]))
    root = tmp_path / "shop"
    root.mkdir()
    steps = 0
    for kind, name, text in BLOCK.findall(
            (SOURCE / "docs/tutorial.md").read_text(encoding="utf-8")):
        if name:
            (root / name).write_text(text, encoding="utf-8")
        for command, wanted in STEP.findall(
                text if kind == "console" else ""):
            assert same(typed(command, root, env)) == same(wanted), command
            steps += 1
    assert steps > 15
