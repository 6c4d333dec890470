# SPDX-License-Identifier: MIT
"""Functions of tools that read what no test depends on."""

import functools

from .. import marks


def mute(place, name):
    """Mutes what a function reads, if there is one of that name, once."""
    function = getattr(place, name, None)
    if not callable(function) or hasattr(function, "_ftrace"):
        return

    @functools.wraps(function)
    def muted(*args, **named):
        token = marks.mute_always()
        try:
            return function(*args, **named)
        finally:
            marks.unmute(token)

    muted._ftrace = True
    setattr(place, name, muted)
