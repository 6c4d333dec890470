# SPDX-License-Identifier: MIT
"""Bodies are cut out before a file is parsed, and nothing else is."""

import ast

import pytest

from languages.python.blocks import analyse, reduce

BODY = "    a = 1\n    b = 2\n    c = 3\n    return a\n"


def reduced(source):
    """(the tree, of which the bodies are gone; how many functions are cut).

    All but the bodies is what it is in the whole tree.
    """
    content = source if type(source) is bytes else source.encode()
    blocks, code = analyse.compiled(content)
    tree = reduce.tree_of(content, code, blocks)
    whole = ast.parse(content)
    cut = 0
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    pairs = [(tree, whole)]
    while pairs:
        left, right = pairs.pop()
        if isinstance(left, functions):
            assert ast.get_docstring(left) == ast.get_docstring(right)
            cut += ast.dump(left) != ast.dump(right)
            left.body, right.body = [], []
        else:
            pairs += zip(ast.iter_child_nodes(left),
                         ast.iter_child_nodes(right))
    for each in [*ast.walk(tree), *ast.walk(whole)]:
        # What has a function at its end ends with that.
        each.end_lineno = each.end_col_offset = None
    assert ast.dump(tree, include_attributes=True) == ast.dump(
        whole, include_attributes=True)
    return cut


@pytest.mark.parametrize("source, cut", [
    ("def f():\n" + BODY, 1),
    ("def f():\n" + BODY + "\n\n# end\nX = 1\n", 1),
    ("def f(a,\n      b=1\n):\n    '''Doc'''\n" + BODY + "def g():\n" + BODY,
     2),
    ("import a\n@a.b\nasync def f():\n" + BODY + "class A:\n    x = 1\n", 1),
    ("class A:\n    def f(self):\n        x = 1\n        y = 2\n"
     "        return 2\n    x = 1\n    def g(self):\n        y = 3\n"
     "        z = 3\n        return 4\nX = 2\n", 2),
    ("if A:\n    def f():\n        a = 1\n        b = 2\n        return b\n"
     "elif B:\n    x = 1\n", 1),
    ("def f():\r\n" + BODY.replace("\n", "\r\n") + "X = 1\r\n", 1),
    # What begins behind the function is not known to code.
    ("def f():\n" + BODY + "'''text'''\nX = 1\n", None),
    ("try:\n    def f():\n        a = 1\n        b = 2\n        return b\n"
     "finally:\n    x = 1\n", 0),
    # Lines of the function that are indented less.
    ("def f():\n" + BODY + "    return '''\nX\n'''\nX = 2\n", 0),
    ("def f():\n" + BODY + "    return '''\n''\n'''\ndef g():\n    '''\n"
     "''\n'''\n    return 1\n", 0),
    ("def f():\n" + BODY + "    return (\n1\n)\nX = 2\n", 0),
    ("def f():\n    a = '''\nX\n'''\n" + BODY + "X = 2\n", 1),
    # The body does not begin where its code does.
    ("def f():\n    while 1:\n        a = 2\n        b = 1\n        c = 3\n",
     None),
    ("def f():\n    return (\n        a +\n        b +\n        c)\n", None),
    # A line that does not tell how far a function is indented.
    ("class A:\n    @(\nX)\n    def f(self):\n        x = 1\n        y = 2\n"
     "        return 2\n    y = 1\nX = 2\n", 0),
    pytest.param(
        "class A:\n    \\\ndef f(self):\n        x = 1\n        y = 2\n"
        "        return 2\n    y = 1\nX = 2\n", 0, marks=pytest.mark.skipif(
            analyse.VERSION < (3, 10), reason="not the same indent")),
    ("class A:\n    x = 1\n\f    def f(self):\n        x = 1\n        y = 2\n"
     "        return 2\n    y = 1\nX = 2\n", 0),
    # Lines that are not what the bytes are.
    (b"# coding: utf-7\nX = 1+AAo-Y = 2\ndef f():\n" + BODY.encode()
     + b"X = 1\n", 0),
    ("def f():\r" + BODY.replace("\n", "\r") + "X = 1\r", 0),
])
def test_all_but_bodies(source, cut):
    found = reduced(source)
    assert cut is None or found == cut


def test_a_cut_that_is_not_found(monkeypatch):
    """Where lines tell something else than the tree all of it is parsed."""
    monkeypatch.setattr(reduce, "cut", lambda *all_: None)
    assert reduced("def f():\n" + BODY) == 0


@pytest.mark.parametrize("source, cuts, count", [
    ("def f():\n    pass\n", {2: False}, 1),
    ("def f():\n    'Doc'\n    pass\n", {3: True}, 1),
    ("def f():\n    'Doc'\n    pass\n", {3: False}, 0),
    ("def f():\n    pass\n", {2: None}, 0),
    ("class A:\n    pass\n", {2: None}, 1),
    ("class A:\n    pass\n", {2: False}, 0),
    ("def f():\n    while 1:\n        pass\n", {3: False}, 0),
    ("try:\n    class A:\n        def f():\n            pass\nexcept A:\n"
     "    def g():\n        pass\n", {4: False, 7: False}, 2),
])
def test_what_is_found_in_the_tree(source, cuts, count):
    assert reduce._count_cuts(ast.parse(source).body, cuts) == count
