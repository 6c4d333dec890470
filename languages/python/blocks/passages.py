# SPDX-License-Identifier: MIT
"""Functions taken apart into passages, of which it can be seen which ran.

A passage is a run of statements of one suite (the body of a function, of an
`if`, of an `except`): from the first statement, or one behind a statement
that may leave the suite, up to the next such.  The suites inside are passages
of their own.  So whoever ran a passage ran all that leads there, and its print
is that of its own statements, with a mark where another passage begins.

That a passage runs is seen by the lines of its first statement.  A passage that
could run without these being seen is none: it belongs to the one around it.
"""

import ast
import marshal
import sys

from . import analyse

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SUITES = ("body", "orelse", "finalbody")
_COMPOUND = tuple(getattr(ast, name) for name in (
    "If", "For", "While", "Try", "With", "Match", "TryStar")
    if hasattr(ast, name))
_LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_SILENT = (ast.Pass, ast.Global, ast.Nonlocal, ast.Break, ast.Continue)

# Between the name of a function and that of a passage, and in the text of
# another passage.
SIGN = "#"
# Of a function; PASSAGES_MOST in entered/passages.h.
MOST = 256


def _suites(statement):
    for field in _SUITES:
        suite = getattr(statement, field, None)
        if suite:
            yield suite
    for field in "handlers", "cases":
        for each in getattr(statement, field, ()):
            yield each.body


def _leaves(statement):
    """Whether what follows it may not run though it began."""
    for suite in _suites(statement):
        for each in suite:
            if isinstance(each, _LEAVING) or (
                    isinstance(each, _COMPOUND) and _leaves(each)):
                return True
    return False


def _all_lines(statement):
    first = statement.lineno
    for each in getattr(statement, "decorator_list", ()):
        first = min(first, each.lineno)
    return range(first, statement.end_lineno + 1)


def _own_lines(statement):
    """Its lines without those of the suites in it."""
    lines = set(_all_lines(statement))
    if isinstance(statement, _COMPOUND):
        for suite in _suites(statement):
            for each in suite:
                lines.difference_update(_all_lines(each))
        lines.add(statement.lineno)
    return lines


def _is_silent(statement):
    """Whether it may have no instruction of its own."""
    return isinstance(statement, _SILENT) or (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant))


class Passage:
    def __init__(self, outer, suite, at):
        self.outer = outer
        self.suite = suite
        self.at = at
        self.lines = set()      # of its own statements
        self.below = set()      # and of all passages that it leads to
        self.shown = set()      # of these, those by which it is seen
        self.starts = ()        # the same as offsets of instructions
        self.is_seen = outer is None
        self.name = ""
        self.inner = 0


class Function:
    """One function of a source, taken apart."""

    def __init__(self, name, node, code, table):
        self.name = name
        self.node = node
        self.code = code
        self.table = table
        self.passages = []
        self.begins = {}        # passages by the ids of their first statements
        body = node.body
        at = int(analyse.has_docstring(code) and len(body) > 1)
        self._split(body, at, None)
        self._see()
        for passage in self.passages[1:]:
            if passage.is_seen and self.passages[0].is_seen:
                outer = passage.outer
                while not outer.is_seen:
                    outer = outer.outer
                passage.name = "%s.%d" % (outer.name, outer.inner)
                outer.inner += 1

    def seen(self):
        return [passage for passage in self.passages if passage.is_seen]

    # Parts

    def _split(self, suite, at, outer):
        passage = None
        while at < len(suite):
            statement = suite[at]
            if passage is None:
                passage = Passage(outer, suite, at)
                self.passages.append(passage)
                self.begins[id(statement)] = passage
                outer = passage
            passage.lines |= _own_lines(statement)
            if not passage.shown and not _is_silent(statement):
                passage.shown = _own_lines(statement)
            at += 1
            if isinstance(statement, _COMPOUND):
                inner = passage
                for each in _suites(statement):
                    self._split(each, 0, inner)
                if _leaves(statement):
                    passage = None

    def _see(self):
        """Decides which passages can be seen to run."""
        shared = set()
        taken = set()
        for passage in self.passages:
            shared |= passage.lines & taken
            taken |= passage.lines
        for passage in reversed(self.passages):
            passage.below |= passage.lines
            if passage.outer is not None:
                passage.outer.below |= passage.below
        flow = Flow(self.code)
        for passage in self.passages:
            if not passage.shown or passage.shown & shared:
                passage.is_seen = False
                continue
            passage.starts = [offset for offset in flow.starts
                           if flow.lines[offset] in passage.shown]
            passage.is_seen = bool(passage.starts) and not flow.leads(
                passage.starts, passage.below)

    # Prints

    def print(self, passage):
        names = set()
        key = [self._suite(passage.suite, passage.at, names, True)]
        if passage.outer is None:
            code = self.code
            key += (code.co_argcount, code.co_posonlyargcount,
                    code.co_kwonlyargcount,
                    code.co_flags & (analyse.HEAD_FLAGS
                                     | analyse.FUTURE_FLAGS),
                    analyse.head_of(code)[5], sorted(code.co_freevars))
        key.append(self._kinds(names))
        return analyse.digest(key)

    def _kinds(self, names):
        """What the names are to the whole function: local, global, ..."""
        symbols = self.table.symbols
        private = [name for name in names
                   if name[:2] == "__" and name[-2:] != "__"]
        found = [(name, _kind(symbols[name]))
                 for name in names if name in symbols]
        for name in symbols if private else ():
            for end in private:
                if name.endswith(end):
                    found.append((name, _kind(symbols[name])))
        return sorted(set(found))

    def _suite(self, suite, at, names, is_first=False):
        found = []
        for statement in suite[at:]:
            passage = self.begins.get(id(statement))
            if passage is not None and passage.is_seen and not is_first:
                found.append(SIGN)
                break
            is_first = False
            found.append(self._node(statement, names))
        return found

    def _node(self, node, names):
        kind = type(node)
        if kind in _FUNCTIONS:
            return self._function(node, names)
        if kind is ast.Constant:
            return ("Constant", type(node.value).__name__,
                    analyse.constant_key(node.value))
        found = [kind.__name__]
        for field, value in ast.iter_fields(node):
            if isinstance(node, _COMPOUND + (ast.ExceptHandler,
                                             ast.match_case)) and (
                    field in _SUITES and isinstance(value, list)):
                found.append(self._suite(value, 0, names))
            elif field not in ("type_comment", "ctx"):
                found.append(self._value(value, names,
                                         field not in ("attr", "module")))
        return found

    def _value(self, value, names, is_name):
        if isinstance(value, ast.AST):
            return self._node(value, names)
        if isinstance(value, list):
            return [self._value(each, names, is_name) for each in value]
        if isinstance(value, str) and is_name:
            names.add(value)
            names.add(value.partition(".")[0])
        return value

    def _function(self, node, names):
        """Of a function in it, the head: its body is a block of its own."""
        found = [type(node).__name__, node.name]
        names.add(node.name)
        for field, value in ast.iter_fields(node):
            if field not in ("body", "type_comment"):
                found.append(self._value(value, names, True))
        for code in self.code.co_consts:
            if type(code) is analyse.CODE and code.co_name == node.name:
                found.append((analyse.head_of(code), code.co_cellvars and 1))
        return found


class Flow:
    """How the instructions of a code object lead to each other."""

    def __init__(self, code):
        import dis
        self.next = {}
        self.lines = {}
        for first, end, line in code.co_lines():
            for offset in range(first, end, 2):
                self.lines[offset] = line
        before = None
        for each in dis.get_instructions(code):
            if before is not None:
                self.next[before].append(each.offset)
            self.next[each.offset] = []
            if each.opcode in dis.hasjrel or each.opcode in dis.hasjabs:
                self.next[each.offset].append(each.argval)
            before = each.offset
            if each.opname in _NEVER_ON:
                before = None
        for entry in dis._parse_exception_table(code):
            for offset in range(entry.start, entry.end, 2):
                if offset in self.next:
                    self.next[offset].append(entry.target)
        self.starts = _line_starts(code)

    def leads(self, stops, lines):
        """Whether an instruction of these lines can run, and none of the
        stops before it."""
        seen = set(stops)
        queue = [] if 0 in seen else [0]
        while queue:
            offset = queue.pop()
            if self.lines.get(offset) in lines:
                return True
            for each in self.next[offset]:
                if each not in seen:
                    seen.add(each)
                    queue.append(each)
        return False


_NEVER_ON = frozenset((
    "RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE",
    "JUMP_FORWARD", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"))


def _kind(flags):
    import _symtable
    return flags >> _symtable.SCOPE_OFF & _symtable.SCOPE_MASK


def line_instruction():
    import opcode
    return opcode.opmap["INSTRUMENTED_LINE"]


def _line_starts(code):
    """The offsets at which Python tells of lines, as it puts them there."""
    monitoring = sys.monitoring
    tool = monitoring.DEBUGGER_ID
    if monitoring.get_tool(tool) is None:
        monitoring.use_tool_id(tool, "ftrace")
    monitoring.set_local_events(tool, code, monitoring.events.LINE)
    wanted = line_instruction()
    raw = code._co_code_adaptive
    found = [at for at in range(0, len(raw), 2) if raw[at] == wanted]
    monitoring.set_local_events(tool, code, 0)
    return found


def _codes(code, found):
    for constant in code.co_consts:
        if type(constant) is analyse.CODE:
            found.setdefault(constant.co_qualname, []).append(constant)
            _codes(constant, found)


def _tables(table, found):
    for child in table.children:
        found.setdefault((child.name, child.lineno), child)
        _tables(child, found)


def _nodes(node, path, found):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _FUNCTIONS):
            name = path + child.name
            found.setdefault(name, []).append(child)
            _nodes(child, name + ".<locals>.", found)
        elif isinstance(child, ast.ClassDef):
            _nodes(child, path + child.name + ".", found)
        else:
            _nodes(child, path, found)


def functions(content, names):
    """Those of these names that can be taken apart."""
    if sys.version_info < (3, 12) or not names:
        return []
    import _symtable
    code = compile(content, "<file>", "exec", 0, True, 0)
    tree = ast.parse(content)
    codes, tables, nodes = {}, {}, {}
    _codes(code, codes)
    _tables(_symtable.symtable(content, "<file>", "exec"), tables)
    _nodes(tree, "", nodes)
    found = []
    for name in sorted(names):
        its, there = codes.get(name, ()), nodes.get(name, ())
        if len(its) != 1 or len(there) != 1:
            continue
        code, node = its[0], there[0]
        table = tables.get((node.name, node.lineno))
        if (table is None or code.co_flags & analyse.GENERATORS
                or "__debug__" in code.co_names
                or not isinstance(node, ast.FunctionDef)):
            continue
        function = Function(name, node, code, table)
        if function.passages[0].is_seen:
            found.append(function)
    return found


def loaded(found):
    """What the process has to know that runs these functions."""
    return [(function.name, function.code.co_firstlineno,
             function.code.co_code, function.code.co_linetable,
             [(sorted(passage.shown), passage.starts)
              for passage in function.seen()])
            for function in found]


def pack(found):
    return marshal.dumps((line_instruction(), loaded(found)), 2)
