# SPDX-License-Identifier: MIT
"""Blocks of a file and their prints, from its compiled code.

A print is a hash of what a code object does: positions, file names and the
bodies of functions in it are left out, and whatever differs from one start
of the interpreter to the next: the order of a frozenset, the identity of
equal constants.
"""

import sys
from _operator import itemgetter
from marshal import dumps

from . import mentions, opcodes, reflection, words

try:
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

ONLY_AST = 0x400
# Generator, coroutine, *args, **kwargs, iterable coroutine, async generator,
# and the flags of __future__, which are all above.
HEAD_FLAGS = 0x0004 | 0x0008 | 0x0020 | 0x0080 | 0x0100 | 0x0200
GENERATORS = 0x0020 | 0x0080 | 0x0200
FUTURE_FLAGS = 0x3ffe0000 & ~0x4000000
OPTIMIZED = 0x0001
HAS_DOCSTRING = 0x4000000
PLAIN = frozenset((str, int, type(None), bool, float, bytes, complex,
                   type(...)))
CODE = type((lambda: 0).__code__)
_LINE = itemgetter(2)
VERSION = sys.version_info[:2]
FIRST_LINE_KEPT = VERSION >= (3, 13)


def digest(value):
    return blake2b(dumps(value, 2), digest_size=16).digest()


def constant_key(constant):
    """What marshal can write, the same for equal meanings, and no other."""
    kind = type(constant)
    if kind in PLAIN:
        return constant
    if kind is tuple:
        return ("(", *[constant_key(each) for each in constant])
    if kind is frozenset:
        return ("{", *sorted(dumps(constant_key(each), 2)
                             for each in constant))
    if kind is slice:
        return (":", constant_key(constant.start),
                constant_key(constant.stop), constant_key(constant.step))
    raise ValueError("a constant of the unknown type %s" % kind.__name__)


def has_docstring(code):
    if not code.co_flags & OPTIMIZED or code.co_name == "<lambda>":
        return False
    if VERSION >= (3, 14):
        return bool(code.co_flags & HAS_DOCSTRING)
    return bool(code.co_consts) and type(code.co_consts[0]) is str


def _has(raw, pairs):
    """Whether one of the instructions, two bytes each, is in the code."""
    for pair in pairs:
        at = raw.find(pair)
        while at >= 0:
            if not at % 2:
                return True
            at = raw.find(pair, at + 1)
    return False


_FIRST_CONSTANT = [
    bytes((op, 0)) for name, op in opcodes.opmap.items()
    if op < 256 and name.startswith(("LOAD_CONST", "RETURN_CONST",
                                     "INSTRUMENTED_RETURN_CONST"))]
# What makes a type alias of a function, at the end of its arguments; and what
# gives a type parameter its bound, its constraints or its default.
_ALIAS = opcodes.opmap.get("CALL_INTRINSIC_1"), 11
_PARAMETER = opcodes.opmap.get("CALL_INTRINSIC_2"), (2, 3, 5)
_LAZY = () if VERSION < (3, 12) or VERSION > (3, 13) else [
    bytes(_ALIAS)] + [bytes((_PARAMETER[0], n)) for n in _PARAMETER[1]]
_MAKE_FUNCTION = opcodes.opmap["MAKE_FUNCTION"]
_MAKING = opcodes.ops("SET_FUNCTION_ATTRIBUTE", "BUILD_TUPLE")
# How an annotation that is evaluated late refuses a format it does not know,
# which no code that is written can.
_REFUSED = () if VERSION < (3, 14) else [
    bytes((opcodes.opmap["LOAD_COMMON_CONSTANT"], 1))]


def unseen_docstring(code):
    """A docstring that the code itself does not load.

    It is part of the head, which belongs to whoever makes the function.
    """
    if not has_docstring(code) or _has(code.co_code, _FIRST_CONSTANT):
        return None
    return code.co_consts[0]


def head_of(code):
    """What the code that makes a function says of it, its body left out."""
    arguments = (code.co_argcount + code.co_kwonlyargcount
                 + bool(code.co_flags & 4) + bool(code.co_flags & 8))
    return (code.co_name, code.co_argcount, code.co_posonlyargcount,
            code.co_kwonlyargcount, code.co_flags & HEAD_FLAGS,
            code.co_varnames[:arguments], code.co_freevars,
            code.co_consts[0] if has_docstring(code) else None)


_CONSTANTS = opcodes.ops("LOAD_CONST", "RETURN_CONST",
                         "LOAD_CONST_IMMORTAL", "LOAD_CONST_MORTAL")
_NOTHING = opcodes.ops("RESUME", "NOP", "LOAD_CONST", "RETURN_CONST",
                       "LOAD_COMMON_CONSTANT", "RETURN_VALUE", "CACHE")
# How None is loaded: from 3.15 on, as one of the constants of all code.
_NONE = (lambda: None).__code__.co_code
_COMMON = opcodes.opmap.get("LOAD_COMMON_CONSTANT", opcodes.NOWHERE)


def does_nothing(code):
    """Whether it is a function that returns None, whatever it is given."""
    raw = code.co_code
    return (len(raw) < 12 and code.co_flags & OPTIMIZED
            and not code.co_flags & GENERATORS
            and _NOTHING.issuperset(raw[::2])
            and all(code.co_consts[arg] is None if op in _CONSTANTS
                    else op != _COMMON or bytes((op, arg)) in _NONE
                    for op, arg in zip(raw[::2], raw[1::2])))


def is_part(code):
    """Whether nested code belongs to its surroundings all the same.

    Comprehensions, the scopes of type parameters, and what is evaluated
    late: who runs them first keeps the value for all others.  Up to 3.13 of
    the latter those who make them know: see late_parts().
    """
    name = code.co_name
    if name[0] == "<":
        return name != "<lambda>"
    if VERSION < (3, 14):
        return False
    # Others may have this name, but not what the compiler puts there.
    return code.co_varnames[:1] == (".format",) or (
        name == "__annotate__" and _has(code.co_code, _REFUSED))


def late_parts(code):
    """The ids of the type aliases and bounds that `code` makes.

    They are evaluated when somebody reads them.
    """
    found = set()
    if not _has(code.co_code, _LAZY):
        return found
    loaded = made = None
    for op, arg in opcodes.instructions(code):
        if op == _MAKE_FUNCTION:
            made = loaded
        elif made is not None and ((op, arg) == _ALIAS or (
                op == _PARAMETER[0] and arg in _PARAMETER[1])):
            found.add(id(code.co_consts[made]))
        elif op not in _MAKING:
            made = None
        loaded = arg if op == _LOAD_CONST else None
    return found


_LOAD_CONST = opcodes.opmap["LOAD_CONST"]
_STORE_NAME = opcodes.opmap["STORE_NAME"]


def class_stream(code):
    """The instructions of a class body, without its line and attributes.

    From 3.13 on a class keeps its first line, and the names that its
    methods assign to through self.  Neither is written in the body.
    """
    raw = code.co_code
    if opcodes.EXTENDED in raw[::2]:
        stream = list(opcodes.instructions(code))
    else:
        stream = list(zip(raw[::2], raw[1::2]))
    gone = []
    for at, (op, arg) in enumerate(stream):
        if op == _LOAD_CONST:
            constant = code.co_consts[arg]
            kind = type(constant)
            if kind is CODE:
                constant = ("code", head_of(constant))
            elif kind not in PLAIN:
                constant = constant_key(constant)
            stream[at] = (op, constant)
        elif op == _STORE_NAME and code.co_names[arg] in (
                "__firstlineno__", "__static_attributes__"):
            stream[at - 1] = (op, code.co_names[arg])
            gone.append(at)
    for at in reversed(gone):
        del stream[at]
    return tuple(stream)


class Block:
    __slots__ = ("name", "kind", "keys", "first", "last", "codes",
                 "mentions", "_print")

    def __init__(self, name, kind, code):
        self.name = name
        self.kind = kind
        self.keys = []
        self.first = code.co_firstlineno
        self.last = self.first
        self.codes = []
        self.mentions = set()
        self._print = None

    def print(self):
        """Once all compilations are added."""
        if self._print is None:
            self._print = digest(self.keys)
        return self._print


class Blocks:
    """All blocks of a file, in the order of their first lines."""

    def __init__(self, classes=()):
        """`classes`: what is known, whatever the code says, by their names.

        Of these, the code may have nothing but the names.
        """
        self.known_classes = frozenset(classes)
        self.by_name = {}
        self.skeleton = []
        # Whether the file has a setattr() of its own.
        self.shadowed = False
        # Whether objects of its classes may be modules.
        self.makes_modules = False
        self.loaded_names = set()
        # Of each code by its id: its lines, and the last one, of what is
        # nested in it as well.
        self.lines = {}
        self.lasts = {}
        self.unchanged = set()
        # Of classes outside of all else by their names: what they do.
        self.classes = dict(classes)
        self._parts = {}
        self._names = {}

    def add(self, module):
        """One compilation of the file; a second one adds to the first."""
        self.shadowed = self.shadowed or "setattr" in module.co_names
        self.makes_modules |= "ModuleType" in module.co_names
        self.skeleton.append(module.co_flags & FUTURE_FLAGS)
        self.skeleton.append(self._walk(module, "", "c")[0])

    def _walk(self, code, name, kind):
        """(key, last line) of `code`."""
        block = self._block(name, kind, code) if name else None
        keys = []
        parts = []
        unseen = unseen_docstring(code)
        lines = self.lines[id(code)] = lines_of(code)
        last = max(lines, default=code.co_firstlineno)
        late = None
        for constant in code.co_consts:
            each = type(constant)
            if each is CODE:
                if late is None:
                    late = late_parts(code)
                key, part, below = self._nested(constant, code, name, kind,
                                                late)
                keys.append(key)
                if below > last:
                    last = below
                if part:
                    parts.append(part)
            elif constant is unseen and not keys:
                keys.append(None)
            elif each in PLAIN:
                keys.append(constant)
            else:
                keys.append(constant_key(constant))
        if parts:
            self._parts[id(code)] = parts
        self.lasts[id(code)] = last
        if kind == "c":
            self.loaded_names.update(code.co_names)
        if FIRST_LINE_KEPT and "__firstlineno__" in code.co_names:
            keys = [key for key, constant in zip(keys, code.co_consts)
                    if type(constant) is CODE]
            body = class_stream(code)
        else:
            body = code.co_code
        key = (body, code.co_names, code.co_varnames, code.co_freevars,
               code.co_cellvars, code.co_argcount, code.co_posonlyargcount,
               code.co_kwonlyargcount, code.co_flags & HEAD_FLAGS,
               getattr(code, "co_exceptiontable", b""), keys)
        if block:
            block.keys.append("..." if does_nothing(code) else key)
            block.codes.append(code)
            if code.co_firstlineno < block.first:
                block.first = code.co_firstlineno
            if last > block.last:
                block.last = last
        return key, last

    def _nested(self, code, outer, outer_name, kind, late):
        """(key, the code and its name if it is a part, last line)."""
        optimized = code.co_flags & OPTIMIZED
        part = (is_part(code) or id(code) in late
                or (kind == "c" and not optimized))
        if VERSION >= (3, 11):
            name = code.co_qualname
        elif not outer_name:
            name = code.co_name
        elif outer.co_flags & OPTIMIZED:
            name = outer_name + ".<locals>." + code.co_name
        else:
            name = outer_name + "." + code.co_name
        key, last = self._walk(code, name, kind if part else "f")
        if not part:
            return head_of(code), None, last
        if not optimized and not outer_name:
            if name not in self.known_classes:
                self.classes[name] = digest(key)
            key = self.classes[name]
        return (head_of(code), key), (code, name), last

    def _block(self, name, kind, code):
        block = self.by_name.get(name)
        if block is None:
            block = self.by_name[name] = Block(name, kind, code)
        elif kind == "f":
            block.kind = "f"
        return block

    # Mentions

    def mention(self, known):
        """Finds what blocks mention, once all compilations are added.

        A block that has the print it is `known` by mentions what it did:
        None stands for that.
        """
        for block in self.by_name.values():
            if known and known.get(block.name) == block.print():
                self.unchanged.add(block.name)
                if all(map(self._is_told, block.codes)):
                    block.mentions = None
                    continue
            for code in block.codes:
                self._note(block, code)

    def _is_told(self, code):
        """Whether the print of `code` tells all that it mentions.

        It does not tell a docstring, nor the arguments of what does
        nothing; of a class from 3.13 on it leaves constants out.
        And whether setattr() is Python's own, or an instance may be a module,
        the rest of the file tells.
        """
        if (self.makes_modules or "setattr" in code.co_names
                or FIRST_LINE_KEPT and "__firstlineno__" in code.co_names
                or does_nothing(code)):
            return False
        if has_docstring(code):
            texts = set()
            mentions.names_in_constant(unseen_docstring(code), texts)
            if texts:
                return False
        return all([self._is_told(part) for part, _ in
                    self._parts.get(id(code), ())])

    def _names_of(self, code, name):
        """How `code` reflects, and what mentions.names_of() tells of it.

        Code that is part of its surroundings adds its names to theirs.
        """
        found = self._names.get(id(code))
        if found:
            return found
        found = mentions.names_of(code)
        reflects = reflection.reflects(code, code.co_names, self.shadowed)
        texts = set()
        for constant in code.co_consts:
            if type(constant) is not str or len(constant) < 2000:
                mentions.names_in_constant(constant, texts)
        for part in self._parts.get(id(code), ()):
            part_reflects, names = self._names_of(*part)
            reflects = reflects | part_reflects
            for mine, theirs in zip(found, names):
                mine |= theirs
        if texts:
            _, looked_up, _, held, others = found
            looked_up |= texts
            others |= texts
            held.update([words.NAME_HELD + text for text in texts])
        self._names[id(code)] = reflects, found
        return reflects, found

    def _note(self, block, code):
        """Mentions: what it loads, looks up, and is itself known by."""
        reflects, (loaded, looked_up, valued, held, others) = (
            self._names_of(code, block.name))
        found = block.mentions
        for kept, asked, plain, used in (
                (words.GLOBAL_HELD, words.GLOBAL_ASKED, words.GLOBAL, loaded),
                (words.NAME_HELD, words.NAME_ASKED, words.NAME, looked_up)):
            for name in used:
                if used is looked_up and name not in others and (
                        not self.makes_modules):
                    found.add(words.NAME_OF_SELF + name)
                elif kept + name not in held:
                    found.add((asked if kept + name in valued else plain)
                              + name)
                elif "." in name:
                    found.update([kept + part for part in name.split(".")])
                else:
                    found.add(kept + name)
        count = (code.co_argcount + code.co_kwonlyargcount
                 + bool(code.co_flags & 4) + bool(code.co_flags & 8))
        # The fixture of that name is called.
        found.update([words.NAME + name
                      for name in code.co_varnames[:count]])
        if "." not in block.name:
            found.add(words.GLOBAL + code.co_name)
        found.update([each for each in held if " " in each
                      or each[0] == words.GLOBAL_HELD and "." in each])
        if "modules" in code.co_names:
            if reflection.walks(code):
                found.update((words.MODULES, words.ANY))
        found |= reflects


def lines_of(code):
    """The lines that `code` has instructions of, what is nested left out."""
    if VERSION >= (3, 10):
        found = set(map(_LINE, code.co_lines()))
        found.discard(None)
        found.discard(0)
        return found
    line = code.co_firstlineno
    found = set()
    for skip, change in zip(code.co_lnotab[::2], code.co_lnotab[1::2]):
        if skip:
            found.add(line)
        line += change - 256 if change > 127 else change
    found.add(line)
    return found


# Stands for __debug__ in its place, and is as long.
_UNDECIDED = b"__debog__"
_DECISIONS = frozenset((b"if __debug__:", b"if not __debug__:",
                        b"elif __debug__:", b"elif not __debug__:"))


def _undecided(content):
    """`content` with both branches of `if __debug__`, or None.

    The compiler leaves one of them out, so that two compilations would be
    needed to see both.
    """
    at = content.find(b"__debug__")
    while at >= 0:
        begin = content.rfind(b"\n", 0, at) + 1
        end = content.find(b"\n", at)
        line = content[begin:end if end >= 0 else len(content)]
        if line.strip() not in _DECISIONS:
            return None
        at = content.find(b"__debug__", at + 1)
    if _UNDECIDED in content:
        return None
    return content.replace(b"__debug__", _UNDECIDED)


def compiled(content, classes=()):
    """(blocks, code) of a file's bytes, mentions left out.

    `classes`: what they do by their names, where that is known.
    """
    debug = b"__debug__" in content
    undecided = debug and _undecided(content)
    blocks = Blocks(classes)
    code = compile(undecided or content, "<file>", "exec", 0, True, 0)
    blocks.add(code)
    if undecided and _UNDECIDED.decode() in blocks.loaded_names:
        # What loading the file does is compared with the file as it is.
        blocks = Blocks(classes)
        code = compile(content, "<file>", "exec", 0, True, 0)
        blocks.add(code)
        undecided = None
    if debug and not undecided:
        # The tests may run with -O, where other branches are compiled.
        blocks.add(compile(content, "<file>", "exec", 0, True, 1))
    return blocks, code


def analyse(content, known=None):
    """(blocks, code) of a file's bytes.

    `known`: prints by the names of blocks whose mentions need not be found.
    """
    blocks, code = compiled(content)
    blocks.mention(known)
    return blocks, code


def silence():
    """No warnings of the compiler: nobody is there to read them."""
    # The C part warns by these filters while the module `warnings` is not
    # imported, which costs more than it is worth.
    import _warnings
    _warnings.filters.insert(0, ("ignore", None, Warning, None, 0))
    if hasattr(_warnings, "_filters_mutated"):
        _warnings._filters_mutated()
    elif hasattr(_warnings, "_filters_mutated_lock_held"):
        # From 3.14 on, by whoever holds the lock.
        _warnings._acquire_lock()
        try:
            _warnings._filters_mutated_lock_held()
        finally:
            _warnings._release_lock()


silence()
