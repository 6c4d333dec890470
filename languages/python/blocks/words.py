# SPDX-License-Identifier: MIT
"""How names are marked: what a statement, or a function, does with them.

The mark is in front of the name.
"""

# In the words of a unit: a statement that runs on import.

MAY_LOAD = "?"       # it may load the name
LOADS_LATER = "~"    # the name may be loaded later
LOOKS_LATER = "%"    # that is looked up then, as no text is
NEEDS_LATER = "^"    # that must be there then
DOTTED = "."         # a dotted name that may be looked up, at once or later
HOLDS = "="          # it does more with the name than look names up on it

# In what a function mentions, which languages/python/notice.c reads: a global,
# or an attribute, that it holds; that it asks for attributes; or that it does
# no more with than call, bind or test it.
GLOBAL_HELD, GLOBAL_ASKED, GLOBAL = "g", "h", "G"
NAME_HELD, NAME_ASKED, NAME = "a", "b", "A"
# An attribute that it does anything with, of its own instance alone: that is no
# module.
NAME_OF_SELF = "s"
# In place of a name: what objects and classes have; the globals of the file;
# names that it puts together, which are heard while it runs; all modules; what
# is stored of objects, and made again.
MEMBERS, GLOBALS, COMPUTED, MODULES, STORED = "+", "@", "?", "!", "&"

# In place of a name: any at all.
ANY = "*"
# In the names that a risk depends on, in front of what is called.
IS_CALLED = "@"
# The owner, in a dotted name, where that is no name.
NO_NAME = "?"
# In front of a base class: it is one of Python's library, by its full name.
OF_LIBRARY = ":"
