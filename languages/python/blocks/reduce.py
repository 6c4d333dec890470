# SPDX-License-Identifier: MIT
"""The tree of a file without the bodies of its functions.

Parsing into a tree costs as much as compiling, and the outline looks at no
body.  So the lines of bodies are cut out before, by what the compiled code
says of its lines.  Of classes of which the members are known the bodies are
cut out likewise.

Why what is left is the tree of the file, bodies apart: a body is cut from
the first line B that its code has an instruction of, and up to a line M.  M
is the first one behind its last instruction that is indented no more than
the function, and code that runs on import has an instruction of it, which
can only be the begin of the statement or clause behind the function: another
line of it would not be the first.  So all up to M belongs to the function, M
begins a logical line in the file, and it does so behind a statement `pass`
in line B.  That `pass` is a statement, and one of this function, is seen in
the tree.  What is before B is there as it was, docstring included.
"""

from . import analyse, nodes

CODE = analyse.CODE
SHORT = 2
_BEGINS = (b"def", b"async", b"@", b"class")


def _functions(code, known, found, lines, blocks):
    """The functions that the file's import makes, lambdas left out.

    Classes that are `known` stand for the functions in them.  Adds to
    `lines` those of the code that makes them.
    """
    lines |= blocks.lines[id(code)]
    for constant in code.co_consts:
        if type(constant) is not CODE:
            continue
        if not constant.co_flags & analyse.OPTIMIZED:
            if constant.co_name in known:
                found.append(constant)
            else:
                _functions(constant, (), found, lines, blocks)
        elif constant.co_name[0] != "<" and not analyse.is_part(constant):
            found.append(constant)


def indent(line):
    return line[:len(line) - len(line.lstrip())]


def _begins(lines, number):
    """Whether a function or class begins in a line, at its indent."""
    return (lines[number - 1].lstrip().startswith(_BEGINS) and (
        number < 2 or not lines[number - 2].rstrip().endswith(b"\\")))


def span(lines, code, blocks, imported):
    """Where the body of `code` is: the numbers of its first line, and of the
    last one that belongs to it; None if that is not sure.

    `lines` are those of the file; `imported` are the numbers of those that
    code has which runs on import.
    """
    last = blocks.lasts[id(code)]
    outer = code.co_firstlineno
    first = min([line for line in blocks.lines[id(code)] if line > outer],
                default=0)
    if (not first or last - first < SHORT or last > len(lines)
            or not _begins(lines, outer)):
        return None
    depth = len(indent(lines[outer - 1]))
    for end in range(last, len(lines)):
        text = lines[end].lstrip()
        if (text and len(lines[end]) - len(text) <= depth
                and text[:1] != b"#"):
            return (first, end) if end + 1 in imported else None
    return first, len(lines)


def cut(left, first, end, stub):
    """Puts the statement `stub` in the place of lines."""
    left[first - 1] = indent(left[first - 1]) + stub
    left[first:end] = [b""] * (end - first)


def is_readable(content):
    """Whether its bytes are the lines and indents that the compiler saw."""
    head = b"\n".join(content.split(b"\n", 2)[:2]).lower()
    return not (b"\f" in content
                or b"\r" in content.replace(b"\r\n", b"\n")
                or b"coding" in head and b"utf-8" not in head)


def _count_cuts(body, cuts):
    """How many of the cut bodies are there.

    `cuts`: of each line where one was whether that function has a docstring,
    None for a class.
    """
    found = 0
    for node in body:
        fields = node._fields
        is_function = "args" in fields
        if is_function or "bases" in fields:
            last = node.body[-1]
            if type(last).__name__ == "Pass" and last.lineno in cuts:
                found += cuts[last.lineno] is (
                    nodes.docstring(node.body) is not None
                    if is_function else None)
            elif not is_function:
                found += _count_cuts(node.body, cuts)
        elif "body" in fields or "cases" in fields:
            for field in ("body", "orelse", "finalbody", "handlers",
                          "cases"):
                found += _count_cuts(getattr(node, field, ()), cuts)
    return found


def tree_of(content, code, blocks, known=()):
    """The tree of `content`, which compiles to `code`.

    The bodies of the `known` classes of the module may be in it or not.
    """
    if is_readable(content):
        lines = content.split(b"\n")
        left = list(lines)
        functions = []
        imported = set()
        _functions(code, known, functions, imported, blocks)
        cuts = {}
        for each in functions:
            found = span(lines, each, blocks, imported)
            if found:
                cut(left, *found, b"pass")
                cuts[found[0]] = (
                    analyse.has_docstring(each)
                    if each.co_flags & analyse.OPTIMIZED else None)
        try:
            tree = compile(b"\n".join(left), "<file>", "exec",
                           analyse.ONLY_AST, True)
            if _count_cuts(tree.body, cuts) == len(cuts):
                return tree
        except (SyntaxError, ValueError):
            pass
    return compile(content, "<file>", "exec", analyse.ONLY_AST, True)
