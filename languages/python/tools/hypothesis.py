# SPDX-License-Identifier: MIT
"""What Hypothesis looks at for itself.

It looks for constants in all sources of the project, to try them as examples.
Which examples it makes up is a matter of chance: no test depends on what it
reads for that.
"""

from .muting import mute

MODULES = ("hypothesis.internal.conjecture.providers",)


def watch(module):
    mute(module, "_get_local_constants")
