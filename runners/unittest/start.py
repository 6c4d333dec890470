# SPDX-License-Identifier: MIT
# How `python -m unittest` gets its hooks.  The code of this file follows that
# of languages/python/start/start.py, whose names it uses.


class _Program:
    """Stands for TestProgram.parseArgs until the first program asks for it.

    It asks before it looks for tests.  A script that runs its own tests has
    loaded them by then, and is one unit.
    """

    def __init__(self, kind):
        self.kind = kind
        self.plain = kind.parseArgs

    def __get__(self, program, owner=None):
        if program is not None and getattr(program, "module", self) is None:
            self.kind.parseArgs = self.plain
            try:
                begin("runners.unittest.plugin", _root, _selection or None)
            except Exception:
                # It runs as it is, and is recorded as one unit.
                pass
        return self.plain.__get__(program, owner)


def _watch_unittest(module):
    module.TestProgram.parseArgs = _Program(module.TestProgram)


runners["unittest"] = {"unittest.main": _watch_unittest}
