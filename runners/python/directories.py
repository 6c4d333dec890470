# SPDX-License-Identifier: MIT
"""Scopes of what a runner looks for in the directories above its tests."""

import os

from ...languages.python import marks
from ...languages.python.marks import BEGIN, END, USE, encode, say

# What is looked for in each, which the runner's hooks set.
sought = ()

_scopes = {}


def real(path):
    """A directory without symlinks, where only so it is inside the root."""
    if path == marks.root or path.startswith(marks.root_slash):
        return path
    say(marks.MUTE)
    try:
        return os.path.realpath(path)
    finally:
        say(marks.UNMUTE)


def scope_of(path):
    """The scope of what is looked for in a directory and above it."""
    scope = _scopes.get(path)
    if scope is not None:
        return scope
    given, path = path, real(path)
    scope = b"discover/" + encode(marks.relative(path))
    _scopes[given] = _scopes[path] = scope
    parent = None
    if path.startswith(marks.root_slash):
        parent = scope_of(os.path.dirname(path))
    say(BEGIN + scope)
    if parent is not None:
        say(USE + parent)
    for name in sought:
        os.access(path + "/" + name, os.F_OK)
    say(END)
    return scope
