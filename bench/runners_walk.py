# SPDX-License-Identifier: MIT
"""bench/replay's walk along a history, for any runner."""


def walk(_source, _commits):
    return None
