# SPDX-License-Identifier: MIT
"""The tree of a file without the bodies of its functions.

Parsing into a tree costs as much as compiling, and the outline looks at no
body.  So the lines of bodies are cut out before, by what the compiled code
says of its lines.  Where that guess is wrong the result differs from the
original in its module-level code, and the whole file is parsed.  Of classes
of which the members are known the bodies are cut out likewise.
"""

import ftrace_python_analyse as analyse

CODE = analyse.CODE
SHORT = 3


def _functions(code, known, found):
    """The functions that the file's import makes, lambdas left out.

    Classes that are `known` stand for the functions in them.
    """
    for constant in code.co_consts:
        if type(constant) is not CODE:
            continue
        if not constant.co_flags & analyse.OPTIMIZED:
            if constant.co_name in known:
                found.append(constant)
            else:
                _functions(constant, (), found)
        elif constant.co_name[0] != "<":
            found.append(constant)
    return found


def _first_line(code):
    """The first line of the body."""
    if analyse.VERSION >= (3, 10):
        lines = [line for _, _, line in code.co_lines() if line]
    else:
        lines = []
        line = code.co_firstlineno
        for change in code.co_lnotab[1::2]:
            line += change - 256 if change > 127 else change
            lines.append(line)
    return min([line for line in lines if line > code.co_firstlineno],
               default=0)


def _indent(line):
    return line[:len(line) - len(line.lstrip())]


def _placeholder(code):
    """A body that leaves the head of the function as it is."""
    value = b"__class__" if "__class__" in code.co_freevars else b""
    generates = code.co_flags & 0x0220
    return (b"yield " if generates else b"") + value or b"pass"


def _cut(lines, code, last):
    """Cuts out the body of `code`, whose last line is known."""
    first = _first_line(code)
    if not first or last - first < SHORT or last > len(lines):
        return
    outer = _indent(lines[code.co_firstlineno - 1])
    while last < len(lines):
        line = lines[last]
        if line.strip() and len(_indent(line)) <= len(outer):
            break
        last += 1
    lines[first - 1] = _indent(lines[first - 1]) + _placeholder(code)
    lines[first:last] = [b""] * (last - first)


def _shape(code, known):
    """The part of `code` that runs on import, to be compared."""
    keys = []
    for constant in code.co_consts:
        if type(constant) is not CODE:
            keys.append(analyse.constant_key(constant))
        elif (constant.co_flags & analyse.OPTIMIZED
              and not analyse.is_part(constant)):
            keys.append(analyse.head_of(constant))
        elif constant.co_name in known:
            keys.append(("class", constant.co_name, constant.co_firstlineno))
        else:
            keys.append(_shape(constant, ()))
    if analyse.FIRST_LINE_KEPT and "__firstlineno__" in code.co_names:
        keys = [key for key, constant in zip(keys, code.co_consts)
                if type(constant) is CODE]
        return analyse.class_stream(code), code.co_names, keys
    return code.co_code, code.co_names, code.co_firstlineno, keys


def tree_of(content, code, lasts, known=()):
    """The tree of `content`, which compiles to `code`.

    `lasts`: the last line of each code by its id.  The bodies of the
    `known` classes of the module may be in it or not.
    """
    try:
        lines = content.split(b"\n")
        for each in _functions(code, known, []):
            _cut(lines, each, lasts[id(each)])
        tree = compile(b"\n".join(lines), "<file>", "exec",
                       analyse.ONLY_AST, True)
        again = compile(tree, "<file>", "exec", 0, True, 0)
        if analyse.dumps(_shape(again, known), 2) == analyse.dumps(
                _shape(code, known), 2):
            return tree
    except (SyntaxError, ValueError):
        pass
    return compile(content, "<file>", "exec", analyse.ONLY_AST, True)
