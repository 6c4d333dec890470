# SPDX-License-Identifier: MIT
"""What a plugin gathers of all sources, for tests that ask it later.

Hypothesis looks for constants in the sources of all modules of the project,
once the tests are collected, and offers them to the tests of properties.
Which tests there are does not depend on that: it has a scope of its own,
which the tests that ask for the constants use.
"""

import ftrace_pytest_marks as marks
from ftrace_pytest_marks import USE, say

# What gathers, by its module.
WAYS = {"hypothesis.internal.conjecture.providers": "_get_local_constants"}


def watch(name, module):
    gather = getattr(module, WAYS[name], None)
    if gather is None:
        return
    scope = b"fixture/" + marks.encode("%s.%s" % (name, WAYS[name]))

    def enter(*_, **_kwargs):
        if not _collects():
            say(USE + scope)
        return marks.begin(scope)

    setattr(module, WAYS[name],
            marks.around(gather, enter, lambda depth, _: marks.unwind(depth)))


def _collects():
    """Whether pytest is looking for tests, and none of them asks."""
    return (not marks.thread.modules and bool(marks.process)
            and marks.process[-1].startswith((b"discover/", b"collect/")))
