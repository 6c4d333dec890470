# SPDX-License-Identifier: MIT
"""Functions and classes that an edit left alone are not compiled again.

Compiling is half of what the analysis of a file takes, and an edit changes a
function or two.  So with what is known of a file goes a record of its
functions, and of the classes outside of all else: where each is, and a print
of its text.  Those whose text is in the next version, too, where it was or as
many lines further as the file grew, have their bodies cut out of it.  A
statement in their place makes each function the same kind of function, and
what a class does is in the record.  What is left is compiled.

Why what that tells is what the whole file would tell: what is before the
first of them is there as it was, so the compiler comes to it in the same
state in both texts if what is left has a function, or class, of that name
that begins in that line.  Its text is all of it, as it was when the record
was made; what follows is indented no more than its first line, so it ends
there.  So the compiler goes on in the same state behind it.  Its name tells
the classes that it is in, and nothing within functions or within type
parameters is cut: names in a body mean what they did.  What declares a name
global is not cut, for that tells the module, too.  Else its code depends on future imports, from 3.11 on on which
names of the module are imported (`name.f()` takes another instruction) and on
a `super` of its own; and what it mentions on a `setattr` of the module's own
and on functions that pass names on.  Where these differ, or are there at all,
the file is compiled as a whole; and so it is where __debug__ takes two
compilations, which shows in what is left.
"""

from marshal import dumps, loads

from . import analyse, opcodes, reduce
from .reduce import CODE, indent

# To compile so many bytes takes a millisecond or two: that is not much.
SMALL = 10000
_YIELDS = 0x0020 | 0x0200
_STUBS = (b"pass", b"yield", b"__class__", b"yield __class__")
_IMPORTS = opcodes.ops("IMPORT_NAME", "IMPORT_FROM")
_STORES = opcodes.ops("STORE_NAME", "STORE_GLOBAL")
# What comes between the two in `import a.b as c`.
_BETWEEN = opcodes.ops("ROT_TWO", "POP_TOP", "SWAP", "CACHE")
# Fields of what is known of a function or class: where it is, the statement
# in the place of its body, what its text is, what a class does.
NAME, FIRST, BODY, END, STUB, PRINT, DOES = range(7)


def _print(lines):
    return analyse.blake2b(b"\n".join(lines), digest_size=16).digest()


def _made(code, prefix, found, imported, blocks):
    """The functions and outer classes that the import makes, by their names.

    `imported` gets the lines of the code that runs on import.
    """
    imported |= blocks.lines[id(code)]
    for constant in code.co_consts:
        if type(constant) is not CODE or constant.co_name[0] == "<":
            continue
        name = prefix + constant.co_name
        found.setdefault(name, []).append(constant)
        if not _is_function(constant):
            _made(constant, name + ".", found, imported, blocks)


def _is_function(code):
    return code.co_flags & analyse.OPTIMIZED


def _known(name, code, lines, blocks, imported):
    """What the record says of a function or class, or None."""
    block = blocks.by_name.get(name)
    is_function = _is_function(code)
    if (block is None or len(block.codes) != 1
            or is_function and block.kind == "c"
            or not {"__class__"}.issuperset(code.co_freevars)):
        return None
    first = code.co_firstlineno
    text = lines[first - 1:blocks.lasts[id(code)]]
    if any([b"global" in line for line in text]):
        return None
    if not is_function and (name not in blocks.classes
                            or indent(lines[first - 1])):
        return None
    found = reduce.span(lines, code, blocks, imported)
    if found is None:
        return None
    body, end = found
    while not lines[end - 1].strip():
        end -= 1
    stub = (bool(code.co_flags & _YIELDS)
            + 2 * ("__class__" in code.co_freevars))
    return (name, first, body, end, stub, _print(lines[first - 1:end]),
            b"" if is_function else blocks.classes[name])


def _surroundings(code):
    """What the code of a function depends on of its module's `code`."""
    imported = set()
    after_import = False
    for op, arg in opcodes.instructions(code):
        if op in _IMPORTS:
            after_import = True
        elif op in _STORES and after_import:
            imported.add(code.co_names[arg])
        elif op not in _BETWEEN:
            after_import = False
    return (code.co_flags & analyse.FUTURE_FLAGS, "super" in code.co_names,
            "setattr" in code.co_names, sorted(imported))


def record(content, left, code, blocks, cuts, inside):
    """What is known of the functions and classes of `content`.

    `left` is what `code` was compiled from, `cuts` what was cut out, `inside`
    what is known of what is in that.
    """
    if len(content) < SMALL or not reduce.is_readable(content):
        return b""
    lines = left.split(b"\n")
    made = {}
    imported = set()
    _made(code, "", made, imported, blocks)
    known = cuts + inside
    done = {each[NAME] for each in cuts}
    for name, codes in made.items():
        if name not in done and len(codes) == 1:
            found = _known(name, codes[0], lines, blocks, imported)
            if found:
                known.append(found)
    known.sort(key=lambda each: each[FIRST])
    return dumps((_surroundings(code), len(lines), known), 2)


def _ends(lines, known):
    """Whether what follows a function is not part of it."""
    depth = len(indent(lines[known[FIRST] - 1]))
    for at in range(known[END], len(lines)):
        text = lines[at].lstrip()
        if text and text[:1] != b"#":
            return len(lines[at]) - len(text) <= depth
    return True


def _moved(known, move):
    return (known[NAME], known[FIRST] + move, known[BODY] + move,
            known[END] + move) + tuple(known[STUB:])


def _find(lines, known, moves):
    """How far what is `known` has moved, None where it is not in `lines`."""
    for move in moves:
        now = _moved(known, move)
        if (now[FIRST] > 0 and now[END] <= len(lines)
                and _print(lines[now[FIRST] - 1:now[END]]) == now[PRINT]
                and _ends(lines, now)):
            return move
    return None


def _cut(content, count, known):
    """(what is left of `content`, what was cut out, what is inside of that)

    `known` are in the order of their lines, in a file of `count`.
    """
    lines = content.split(b"\n")
    left = list(lines)
    moves = sorted({0, len(lines) - count})
    cuts, inside = [], []
    end = behind = move = 0
    for each in known:
        if each[FIRST] <= end:
            inside.append(_moved(each, move))
            continue
        found = _find(lines, each, moves)
        if found is None or each[FIRST] + found <= behind:
            continue
        end, move = each[END], found
        now = _moved(each, move)
        behind = now[END]
        reduce.cut(left, now[BODY], now[END], _STUBS[now[STUB]])
        cuts.append(now)
    return b"\n".join(left), cuts, inside


def _are_there(code, blocks, cuts):
    """Whether all that was cut is where it was found, and once."""
    made = {}
    _made(code, "", made, set(), blocks)
    for each in cuts:
        codes = made.get(each[NAME], ())
        if (len(codes) != 1 or codes[0].co_firstlineno != each[FIRST]
                or len(blocks.by_name[each[NAME]].codes) != 1
                or bool(codes[0].co_flags & _YIELDS) != each[STUB] % 2):
            return False
    return True


def analyse_left(content, past, known):
    """(blocks, code, what is left of `content`, what was cut out of it,
    what is known of what is inside of that).

    `past` is the record of another version, `known` its prints.  What was
    cut has no blocks.  None when the whole has to be compiled.
    """
    if not reduce.is_readable(content):
        return None
    try:
        surroundings, count, record_ = loads(past)
        left, cuts, inside = _cut(content, count, record_)
        classes = {each[NAME]: each[DOES] for each in cuts if each[DOES]}
        blocks, code = analyse.compiled(left, classes)
        if _surroundings(code) != surroundings or (
                not _are_there(code, blocks, cuts)):
            return None
    except Exception:
        # Whatever is wrong with the file shows when it is compiled whole.
        return None
    for each in cuts:
        del blocks.by_name[each[NAME]]
    blocks.unchanged.update(classes)
    blocks.mention(known)
    return blocks, code, left, cuts, inside
