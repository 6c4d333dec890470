# SPDX-License-Identifier: MIT
"""The tree of a file without the bodies of its functions.

Parsing into a tree costs as much as compiling, and the outline looks at no
body.  So the lines of bodies are cut out before, by what the compiled code
says of its lines.  Where that guess is wrong the result differs from the
original in its module-level code, and the whole file is parsed.
"""

import ftrace_python_analyse as analyse

CODE = analyse.CODE
SHORT = 3


def _functions(code, found):
    """The functions that the file's import makes, lambdas left out."""
    for constant in code.co_consts:
        if type(constant) is not CODE:
            continue
        if not constant.co_flags & analyse.OPTIMIZED:
            _functions(constant, found)
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


def _last_line(code):
    return max([analyse.last_line(code)]
               + [_last_line(each) for each in code.co_consts
                  if type(each) is CODE])


def _indent(line):
    return line[:len(line) - len(line.lstrip())]


def _placeholder(code):
    """A body that leaves the head of the function as it is."""
    value = b"__class__" if "__class__" in code.co_freevars else b""
    generates = code.co_flags & 0x0220
    return (b"yield " if generates else b"") + value or b"pass"


def _cut(lines, code):
    first = _first_line(code)
    last = _last_line(code)
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


def _shape(code):
    """The part of `code` that runs on import, to be compared."""
    keys = []
    for constant in code.co_consts:
        if type(constant) is not CODE:
            keys.append(analyse.constant_key(constant))
        elif (constant.co_flags & analyse.OPTIMIZED
              and not analyse.is_part(constant)):
            keys.append(analyse.head_of(constant))
        else:
            keys.append(_shape(constant))
    if analyse.FIRST_LINE_KEPT and "__firstlineno__" in code.co_names:
        keys = [key for key, constant in zip(keys, code.co_consts)
                if type(constant) is CODE]
        return analyse.class_stream(code), code.co_names, keys
    return code.co_code, code.co_names, code.co_firstlineno, keys


def tree_of(content, code):
    """The tree of `content`, which compiles to `code`."""
    try:
        functions = _functions(code, [])
        lines = content.split(b"\n")
        for function in functions:
            _cut(lines, function)
        tree = compile(b"\n".join(lines), "<file>", "exec",
                       analyse.ONLY_AST, True)
        again = compile(tree, "<file>", "exec", 0, True, 0)
        if analyse.dumps(_shape(again), 2) == analyse.dumps(_shape(code), 2):
            return tree
    except (SyntaxError, ValueError):
        pass
    return compile(content, "<file>", "exec", analyse.ONLY_AST, True)
