# SPDX-License-Identifier: MIT
"""Puts something around methods of unittest, without a frame if possible."""

import types

from ...languages.python import marks


def around(owner, name, enter, leave):
    """Around the method that the class itself has by that name, if any."""
    plain = vars(owner).get(name)
    if type(plain) is not types.FunctionType:
        return
    wrapped = marks.around(plain, enter, leave)
    if marks.extension is not None:
        wrapped = marks.extension.method(wrapped)
    setattr(owner, name, wrapped)


class Wrapped:
    """The same for those of any class, wherever it has them from, once."""

    def __init__(self):
        self.known = set()
        self.kinds = set()

    def around(self, kind, hooks):
        """hooks: by name, what to do before and after."""
        if kind in self.kinds:
            return
        self.kinds.add(kind)
        for name, (enter, leave) in hooks.items():
            for owner in kind.__mro__:
                if name in vars(owner):
                    if (owner, name) not in self.known:
                        self.known.add((owner, name))
                        around(owner, name, enter, leave)
