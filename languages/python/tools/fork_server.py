# SPDX-License-Identifier: MIT
"""Tests that ask the fork server of multiprocessing for a process.

It forks for later tests what it was started for by the first: what its
children read cannot be told apart, so who asks it confesses.
"""

from .. import marks

MODULES = ("multiprocessing.forkserver",)


def watch(module):
    ask = getattr(module, "connect_to_new_process", None)
    if ask is not None:
        module.connect_to_new_process = marks.around(
            ask, lambda *_: marks.lost(), lambda *_: None)
