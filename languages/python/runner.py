# SPDX-License-Identifier: MIT
"""What has to be known of the runner whose tests this process runs.

Its adapter says it before anything begins; without one there is no runner.
"""

# The first parts of the names of its modules, and how those begin of them that
# load plugins: what they import is the runner's.
packages = ()
plugin_loaders = ()

# What it is made of, where its version is one that is known; the names that it
# has tried to import, perhaps in vain; and the groups of entry points that it
# has looked for in distributions.
parts = frozenset()
tried = ()
groups = ()

# A loader of its own for modules of the project, that reads sources and
# bytecode as Python's does; how the names of that bytecode end.
loader = None
bytecode_tail = None

# Variables that it, or what it loads, asks for itself; and those that it sets
# anew for each test.
variables = ()
passing_variables = ()

# The folders with its own code, each with the beginnings of the paths in it of
# what asks for variables on its own account while a test runs.
code = {}

# The names of which it is told when the first of them is asked for.
awaited = frozenset()
came = None


def keeps_value(frame):
    """Whether that code reads a variable to put it back later."""
    return False


def is_local(name):
    """Whether a module that is about to be loaded is for the tests of one
    directory."""
    return False


def distinct(name):
    """The name of a module's scope, told apart where names collide."""
    return name


def use_local(module, scope):
    """Says who uses such a module's scope.  False: everybody does."""
    return False
