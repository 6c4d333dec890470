# SPDX-License-Identifier: MIT
"""Whether a name of Python's own library exists in this interpreter.

It is imported to find out, here and not in the tests' process, with what it
may print sent away.
"""

import ftrace_python_known as known
from ftrace_python_project import STDLIB


def _module(name):
    if (name.partition(".")[0] not in STDLIB
            or name.partition(".")[0] in known.EFFECTFUL_MODULES
            or any(part in ("__main__", "test", "tests", "idlelib")
                   for part in name.split("."))):
        return None
    try:
        return __import__(name, None, None, ["*"], 0)
    except BaseException:
        return None


def is_quiet(module):
    """Whether importing the module is known to have no effect."""
    root = module.partition(".")[0]
    return root in STDLIB and root not in known.EFFECTFUL_MODULES


def has(module, name=None):
    found = _module(module)
    if found is None:
        return False
    return name is None or (name != "*" and (
        hasattr(found, name) or _module(module + "." + name) is not None))


def evaluates(dotted):
    """Whether `a.b.c` exists once `a` and what it imports is imported."""
    return value_of(dotted) is not None


def is_type(dotted):
    return isinstance(value_of(dotted), type)


def value_of(dotted):
    """What a dotted name stands for; None where it does not exist."""
    root, _, rest = dotted.partition(".")
    value = _module(root) if root != "builtins" else __import__("builtins")
    if value is None:
        return None
    for part in rest.split(".") if rest else ():
        try:
            value = getattr(value, part)
        except BaseException:
            return None
        # Other modules are attributes only once somebody imports them.
        if type(value) is type(known) and dotted != "os.path":
            if not dotted.startswith("os.path."):
                return None
    return value


def compiles(pattern):
    try:
        import re
        re.compile(pattern)
        return True
    except BaseException:
        return False
