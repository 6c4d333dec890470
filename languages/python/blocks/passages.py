# SPDX-License-Identifier: MIT
"""Functions taken apart into passages, of which it can be seen which ran.

A passage is a run of statements of one suite (the body of a function, of an
`if`, of an `except`): up to the next statement that has suites itself, which
are passages of their own, as is what follows it.  Where it is cut hangs on
nothing that is in other passages.  So whoever ran a passage ran all that leads there, and its print
is that of its own statements, with a mark where another passage begins.

That a passage runs is seen by the lines of its first statement.  A passage that
could run without these being seen is none: it belongs to the one around it.
"""

import _symtable
import ast
import dis
import marshal
import opcode
import sys

from . import analyse

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SUITES = ("body", "orelse", "finalbody")
_COMPOUND = tuple(getattr(ast, name) for name in (
    "If", "For", "While", "Try", "With", "Match", "TryStar")
    if hasattr(ast, name))

# Between the name of a function and that of a passage, and in the text of
# another passage.
SIGN = "#"
_IMPLICIT = _symtable.GLOBAL_IMPLICIT
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

    def is_below(self, other):
        """Whether it is that passage, or `other` leads to it."""
        while self is not None and self is not other:
            self = self.outer
        return self is other


class Function:
    """One function of a source, taken apart."""

    def __init__(self, name, node, code, table):
        self.name = name
        self.node = node
        self.code = code
        self.table = table
        self.passages = []
        self.flow = Flow(code)
        self.begins = {}        # passages by the ids of their first statements
        body = node.body
        at = int(analyse.has_docstring(code) and len(body) > 1)
        self._split(body, at, None, "")
        self._see()

    def seen(self):
        return [passage for passage in self.passages if passage.is_seen]

    # Parts

    def _split(self, suite, at, outer, name):
        passage, count = None, 0
        while at < len(suite):
            statement = suite[at]
            if passage is None:
                passage = Passage(outer, suite, at)
                passage.name = "%s-%d" % (name, count) if count else name
                count += 1
                self.passages.append(passage)
                self.begins[id(statement)] = passage
                outer = passage
            passage.lines |= _own_lines(statement)
            if self.flow.starts_of(passage.shown) == []:
                passage.shown |= _own_lines(statement)
            at += 1
            if isinstance(statement, _COMPOUND):
                for i, each in enumerate(_suites(statement)):
                    self._split(each, 0, passage,
                                "%s.%d" % (passage.name, i))
                passage = None

    def _see(self):
        """Decides which passages can be seen to run."""
        others = {}
        for passage in self.passages:
            for line in passage.lines:
                others.setdefault(line, []).append(passage)
        for passage in reversed(self.passages):
            passage.below |= passage.lines
            if passage.outer is not None:
                passage.outer.below |= passage.below
        for passage in self.passages:
            passage.starts = self.flow.starts_of(passage.shown)
            passage.is_seen = bool(passage.starts) and all(
                other.is_below(passage)
                for line in passage.shown for other in others[line]
            ) and not self.flow.leads(passage.starts, passage.below)

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
        """What the names are to the whole function: local, free, ...

        A global that is not declared is what a name is anyway.
        """
        symbols = self.table.symbols
        private = [name for name in names
                   if name[:2] == "__" and name[-2:] != "__"]
        found = [(name, _kind(symbols[name]))
                 for name in names if name in symbols]
        for name in symbols if private else ():
            for end in private:
                if name.endswith(end):
                    found.append((name, _kind(symbols[name])))
        return sorted({(name, kind) for name, kind in found
                       if kind != _IMPLICIT})

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

    def starts_of(self, lines):
        return [offset for offset in self.starts
                if self.lines[offset] in lines]

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
    return flags >> _symtable.SCOPE_OFF & _symtable.SCOPE_MASK


def line_instruction():
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


def _only(codes, nodes):
    """The code of a name and its definition, if one has that name.

    Variants of an overloaded function do nothing.
    """
    if len(codes) > 1:
        codes = [code for code in codes if not analyse.does_nothing(code)]
    if len(codes) != 1:
        return None, None
    first = codes[0].co_firstlineno
    nodes = [node for node in nodes if _all_lines(node)[0] == first]
    return (codes[0], nodes[0]) if len(nodes) == 1 else (None, None)


def functions(content, names):
    """Those of these names that can be taken apart."""
    if sys.version_info < (3, 12) or not names:
        return []
    code = compile(content, "<file>", "exec", 0, True, 0)
    tree = ast.parse(content)
    codes, tables, nodes = {}, {}, {}
    _codes(code, codes)
    _tables(_symtable.symtable(content, "<file>", "exec"), tables)
    _nodes(tree, "", nodes)
    found = []
    for name in sorted(names):
        code, node = _only(codes.get(name, ()), nodes.get(name, ()))
        if code is None:
            continue
        table = tables.get((node.name, node.lineno))
        if (table is None or code.co_flags & analyse.GENERATORS
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
