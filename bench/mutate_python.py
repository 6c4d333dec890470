# SPDX-License-Identifier: MIT
"""Mutants of Python sources: places where one edit can be made.

Each operator takes a Source and yields pairs of a title and the new text.
Sources are edited as bytes, because ast counts columns in bytes.
"""

import ast
import builtins

RAISE = 'raise RuntimeError("mutant")'
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = FUNCTIONS + (ast.ClassDef,)


class Source:
    def __init__(self, path, content):
        self.path = path
        self.content = content
        self.lines = content.splitlines(keepends=True)
        self.tree = ast.parse(content)
        self._name(self.tree, "")

    def _name(self, node, prefix):
        """Gives each function and class its qualified name."""
        for child in ast.iter_child_nodes(node):
            inner = prefix
            if isinstance(child, DEFINITIONS):
                child.qualname = prefix + child.name
                inner = child.qualname + "."
            self._name(child, inner)

    def nodes(self, kinds):
        return [node for node in ast.walk(self.tree)
                if isinstance(node, kinds)]

    def offset(self, line, column=0):
        return sum(map(len, self.lines[:line - 1])) + column

    def replace(self, node, text):
        """The content with a node's own text replaced."""
        start = self.offset(node.lineno, node.col_offset)
        end = self.offset(node.end_lineno, node.end_col_offset)
        return self.content[:start] + text.encode() + self.content[end:]

    def indent(self, node):
        """The white space before a node, or None if it begins no line."""
        before = self.lines[first_line(node) - 1][:node.col_offset]
        return None if before.strip() else before

    def with_lines(self, changed):
        """The content with ranges of lines replaced: {(first, last): []}."""
        lines = list(self.lines)
        for (first, last), new in sorted(changed.items(), reverse=True):
            lines[first - 1:last] = new
        return b"".join(lines)


def first_line(node):
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno] + [each.lineno for each in decorators])


def is_docstring(statement):
    return (isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Constant)
            and isinstance(statement.value.value, str))


def different(value):
    """The source of a constant that is not this one."""
    if isinstance(value, bool):
        return repr(not value)
    if isinstance(value, int):
        return repr(value + 1)
    if isinstance(value, (float, complex)):
        return repr(value + 1.5)
    if isinstance(value, str):
        return repr("mutant" + value)
    if isinstance(value, bytes):
        return repr(b"mutant" + value)
    return '"mutant"' if value is None else "None"


def place(source, node):
    return "%s:%d" % (source.path, node.lineno)


def body(source):
    """A function's body raises, at its first statement."""
    for node in source.nodes(FUNCTIONS):
        first = node.body[0]
        if is_docstring(first) and len(node.body) > 1:
            first = node.body[1]
        at = source.offset(first_line(first))
        indent = source.indent(first)
        if is_docstring(first):
            # The docstring is all there is.
            at = source.offset(first.end_lineno, first.end_col_offset)
            text = "; " + RAISE
        elif indent is None:
            at = source.offset(first.lineno, first.col_offset)
            text = RAISE + "; "
        else:
            text = indent.decode() + RAISE + "\n"
        yield "%s raises (%s)" % (node.qualname, place(source, node)), (
            source.content[:at] + text.encode() + source.content[at:])


def _default_nodes(node):
    return [each for each in node.args.defaults + node.args.kw_defaults
            if isinstance(each, ast.Constant)]


def _no_plain_constants(source):
    """Constants that other operators change, or that are no values."""
    taken = set()
    for node in ast.walk(source.tree):
        inside = []
        if isinstance(node, FUNCTIONS + (ast.Lambda,)):
            inside += _default_nodes(node)
        if isinstance(node, FUNCTIONS):
            inside.append(node.returns)
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            inside.append(node.annotation)
        elif isinstance(node, ast.Compare):
            # To compare a literal with "is" is a warning already.
            inside += [each for each in [node.left] + node.comparators
                       if isinstance(each, ast.Constant)
                       and any(isinstance(op, (ast.Is, ast.IsNot))
                               for op in node.ops)]
        elif isinstance(node, ast.JoinedStr):
            inside.append(node)
        elif isinstance(node, ast.Expr) and isinstance(
                node.value, ast.Constant):
            inside.append(node.value)
        elif isinstance(node, ast.ClassDef):
            inside += [each.value for each in node.body if isinstance(
                each, (ast.Assign, ast.AnnAssign))]
        elif isinstance(node, getattr(ast, "match_case", ())):
            inside.append(node.pattern)
        for each in filter(None, inside):
            taken.update(map(id, ast.walk(each)))
    return taken


def constant(source):
    taken = _no_plain_constants(source)
    for node in source.nodes(ast.Constant):
        if id(node) not in taken and node.value is not Ellipsis:
            new = different(node.value)
            yield "%r becomes %s (%s)" % (
                _short(node.value), _short(new), place(source, node)), (
                    source.replace(node, " " + new))


def _short(value):
    return value[:30] if isinstance(value, (str, bytes)) else value


def default(source):
    for node in source.nodes(FUNCTIONS):
        for each in _default_nodes(node):
            yield "a default of %s: %r (%s)" % (
                node.qualname, _short(each.value), place(source, each)), (
                    source.replace(each, different(each.value)))


def attribute(source):
    for node in source.nodes(ast.ClassDef):
        for each in node.body:
            if not isinstance(each, (ast.Assign, ast.AnnAssign)):
                continue
            if each.value is None:
                continue
            value = each.value
            new = (different(value.value)
                   if isinstance(value, ast.Constant) else "None")
            yield "an attribute of %s (%s)" % (
                node.qualname, place(source, each)), (
                    source.replace(value, new))


def _last_name(node):
    return getattr(node, "attr", getattr(node, "id", None))


class Classes:
    """The classes of all sources by their last name."""

    def __init__(self, sources):
        self.by_name = {}
        for source in sources:
            for node in source.nodes(ast.ClassDef):
                self.by_name.setdefault(node.name, node)

    def methods(self, node, seen=()):
        """What a class could override: name to its decorators' names."""
        found = {}
        for base in map(_last_name, node.bases):
            parent = self.by_name.get(base)
            if parent is node or base in seen:
                continue
            if parent is None:
                known = getattr(builtins, str(base), None)
                if isinstance(known, type):
                    found.update((name, []) for name in (
                        "__init__", "__str__", "__repr__", "__eq__"))
                continue
            found.update(self.methods(parent, (*seen, base)))
            found.update(
                (each.name, list(map(_last_name, each.decorator_list)))
                for each in parent.body if isinstance(each, FUNCTIONS))
        return found


def override(source, classes):
    """A subclass gets a method, in front of its base's, that raises."""
    for node in source.nodes(ast.ClassDef):
        own = {each.name for each in node.body
               if isinstance(each, DEFINITIONS)}
        last = node.body[-1]
        indent = source.indent(last)
        if indent is None:
            continue
        for name, decorators in sorted(classes.methods(node).items()):
            if name in own:
                continue
            new = ["\n"]
            for each in ("property", "classmethod", "staticmethod"):
                if each in decorators:
                    new.append("%s@%s\n" % (indent.decode(), each))
            new += ["%sdef %s(*args, **kwargs):\n" % (indent.decode(), name),
                    "%s    %s\n" % (indent.decode(), RAISE)]
            at = (last.end_lineno + 1, last.end_lineno)
            if not source.lines[last.end_lineno - 1].endswith(b"\n"):
                new.insert(0, "\n")
            yield "%s overrides %s (%s)" % (
                node.qualname, name, place(source, node)), (
                    source.with_lines({at: [x.encode() for x in new]}))


def decorator(source):
    for node in source.nodes(DEFINITIONS):
        for each in node.decorator_list:
            # A line that it shares with something does not begin with @.
            first = source.lines[each.lineno - 1].lstrip()
            if not first.startswith(b"@"):
                continue
            yield "%s without a decorator (%s)" % (
                node.qualname, place(source, each)), source.with_lines(
                    {(each.lineno, each.end_lineno): []})


def _statements(source):
    """Module-level statements that have their lines for themselves."""
    found = []
    for node in source.tree.body:
        first, last = first_line(node), node.end_lineno
        future = (isinstance(node, ast.ImportFrom)
                  and node.module == "__future__")
        if future or is_docstring(node):
            continue
        if found and found[-1][2] >= first:
            continue
        found.append((node, first, last))
    return found


def reordered(source):
    """Two statements change places; two functions would change nothing."""
    found = _statements(source)
    for (one, first, last), (two, start, end) in zip(found, found[1:]):
        if isinstance(one, FUNCTIONS) and isinstance(two, FUNCTIONS):
            continue
        upper = source.lines[first - 1:last]
        lower = source.lines[start - 1:end]
        if not lower[-1].endswith(b"\n"):
            continue
        yield "statements change places (%s)" % place(source, one), (
            source.with_lines({(first, last): lower, (start, end): upper}))


def deleted(source):
    for node, first, last in _statements(source):
        yield "a statement is gone (%s)" % place(source, node), (
            source.with_lines({(first, last): []}))


def export(source):
    """A package no longer has a name that it took from a module."""
    if not source.path.endswith("__init__.py"):
        return
    for node in source.tree.body:
        if not isinstance(node, ast.ImportFrom) or (
                node.module == "__future__"):
            continue
        for gone in node.names:
            left = [each for each in node.names if each is not gone]
            title = "%s is not exported (%s)" % (
                gone.asname or gone.name, place(source, node))
            kept = ast.ImportFrom(node.module, left, node.level)
            yield title, source.replace(
                node, ast.unparse(kept) if left else "pass")


OPERATORS = {
    "body": body,
    "constant": constant,
    "default": default,
    "attribute": attribute,
    "override": override,
    "decorator": decorator,
    "reordered": reordered,
    "deleted": deleted,
    "export": export,
}
