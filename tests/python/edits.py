# SPDX-License-Identifier: MIT
"""Random edits of a Python file, of the kinds that people make."""

import ast

import packages
from packages import CLASSES, METHODS, NAMES, special


def _bodies(tree):
    """Lists of statements that run on import, each with its owner."""
    found = [(tree, tree.body)]
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found.append((node, node.body))
        elif isinstance(node, (ast.If, ast.Try)):
            found.append((node, node.body))
    return found


def _functions(tree):
    return [node for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)]


def _statements(source):
    return ast.parse(source).body


def raise_in_body(tree, rng):
    node = rng.choice(_functions(tree))
    node.body = _statements("raise LookupError")


def change_body(tree, rng):
    node = rng.choice(_functions(tree))
    node.body = _statements("return %d" % rng.randrange(100, 200))
    node.body = ast.parse("def f():\n return %d"
                          % rng.randrange(99)).body[0].body


def change_constant(tree, rng):
    nodes = [node for node in ast.walk(tree)
             if isinstance(node, ast.Constant)]
    node = rng.choice(nodes)
    if isinstance(node.value, int):
        node.value += 1
    elif isinstance(node.value, str):
        node.value += "x"


def change_default(tree, rng):
    node = rng.choice([each for each in _functions(tree)
                       if each.args.defaults])
    node.args.defaults = [ast.Constant(77)]


def rename_argument(tree, rng):
    node = rng.choice([each for each in _functions(tree) if each.args.args])
    node.args.args[-1].arg += "y"


def delete_statement(tree, rng):
    owner, body = rng.choice(_bodies(tree))
    body.pop(rng.randrange(len(body)))
    if not body:
        body.append(ast.Pass())


def swap_statements(tree, rng):
    owner, body = rng.choice(_bodies(tree))
    i = rng.randrange(len(body) - 1)
    body[i], body[i + 1] = body[i + 1], body[i]


def move_statement(tree, rng):
    owner, body = rng.choice(_bodies(tree))
    node = body.pop(rng.randrange(len(body)))
    body.insert(rng.randrange(len(body) + 1), node)


def remove_decorator(tree, rng):
    node = rng.choice([each for each in ast.walk(tree)
                       if getattr(each, "decorator_list", None)])
    node.decorator_list.pop()


def add_decorator(tree, rng):
    name = rng.choice(("property", "staticmethod", "classmethod"))
    rng.choice(_functions(tree)).decorator_list.insert(
        0, ast.Name(name, ast.Load()))


def add_member(tree, rng):
    node = rng.choice([each for each in tree.body
                       if isinstance(each, ast.ClassDef)])
    name = rng.choice(METHODS + ("extra", "size"))
    if name.startswith("__"):
        lines = special(rng, name, "5")
    elif rng.random() < 0.5:
        lines = ["    %s = 55" % name]
    else:
        lines = ["    def %s(self): return 56" % name]
    new = _statements("class X:\n" + "\n".join(lines))[0].body
    at = rng.randrange(len(node.body) + 1)
    node.body[at:at] = new


def add_statement(tree, rng):
    name = rng.choice(NAMES)
    source = rng.choice((
        "def %s(x=1): return 91" % name, "%s = 92" % name.upper(),
        "%s = 93" % name, "class %s: size = 94" % rng.choice(CLASSES),
        "def my_%s(): return 95" % name, "my_%s = 96" % name.upper(),
        "%s = lambda: 97" % name, "def bool(x): return 98",
        "sorted = len", "%s = (1, %s)" % (name.upper(), rng.choice(NAMES)),
        "def __getattr__(name): return 99" if rng.random() < 0.2
        else "len = 3", "del %s" % name, "import %s" % rng.choice((
            "os", "functools", "pkg.first", "pkg.second")),
        "from pkg.%s import %s" % (rng.choice(("first", "second", "third")),
                                   name)))
    tree.body.insert(rng.randrange(len(tree.body) + 1),
                     _statements(source)[0])


def add_type(tree, rng):
    names = [each.name for each in tree.body
             if isinstance(each, (ast.ClassDef, ast.FunctionDef))]
    types = packages.Types(rng, names, [each.upper() for each in (
        packages.NAMES)] + ["0", "1"])
    types.variables += ["V1", "V2", "V3"]
    types.generics += ["G1", "G2", "G3"]
    line = types.line()
    tree.body.insert(rng.randrange(len(tree.body) + 1),
                     _statements(line)[0])


def change_base(tree, rng):
    classes = [each for each in tree.body if isinstance(each, ast.ClassDef)]
    node = rng.choice(classes)
    names = [each.name for each in classes] + ["dict", "Exception"]
    node.bases = [] if node.bases and rng.random() < 0.5 else [
        ast.Name(rng.choice(names), ast.Load())]


def rename(tree, rng):
    node = rng.choice([each for each in ast.walk(tree) if isinstance(
        each, (ast.FunctionDef, ast.ClassDef))])
    node.name = rng.choice(NAMES + CLASSES + METHODS[:4])


def change_docstring(tree, rng):
    node = rng.choice([tree] + [each for each in tree.body if isinstance(
        each, (ast.FunctionDef, ast.ClassDef))])
    new = ast.Expr(ast.Constant("other"))
    if ast.get_docstring(node) is not None:
        node.body[0] = new
    else:
        node.body.insert(0, new)


def change_import(tree, rng):
    node = rng.choice([each for each in tree.body
                       if isinstance(each, ast.ImportFrom)])
    node.names[0].name = rng.choice(NAMES + CLASSES)


def rename_target(tree, rng):
    node = rng.choice([each for each in ast.walk(tree)
                       if isinstance(each, ast.Assign)
                       and isinstance(each.targets[0], ast.Name)])
    node.targets[0].id = rng.choice(NAMES).upper()


def change_annotation(tree, rng):
    node = rng.choice(_functions(tree))
    if node.args.args and rng.random() < 0.6:
        rng.choice(node.args.args).annotation = ast.Constant("int")
    else:
        node.returns = ast.Name(rng.choice(("int", "str")), ast.Load())


def document(tree, rng):
    node = rng.choice(_functions(tree))
    new = ast.Expr(ast.Constant("words %d" % rng.randrange(9)))
    if ast.get_docstring(node) is not None:
        node.body[0] = new
    else:
        node.body.insert(0, new)


def add_argument(tree, rng):
    node = rng.choice(_functions(tree))
    node.args.args.append(ast.arg("more"))
    if node.args.defaults or rng.random() < 0.5:
        node.args.defaults.append(ast.Constant(5))


def drop_argument(tree, rng):
    node = rng.choice([each for each in _functions(tree)
                       if each.args.args])
    node.args.args.pop()
    node.args.defaults = node.args.defaults[:len(node.args.args)]


def drop_function(tree, rng):
    owner, body = rng.choice(_bodies(tree))
    found = [each for each in body if isinstance(each, ast.FunctionDef)]
    body.remove(rng.choice(found))
    body.append(ast.Pass())


HEADS = (change_annotation, document, document, add_argument, drop_argument,
         drop_function, change_default, change_default)
EDITS = (raise_in_body, change_body, change_constant, change_constant,
         change_default, rename_argument, delete_statement,
         delete_statement, swap_statements, move_statement, remove_decorator,
         add_decorator, add_member, add_member, add_statement, add_statement,
         change_base, rename, change_docstring, change_import, rename_target)


def add_own(tree, rng):
    node = rng.choice([each for each in tree.body
                       if isinstance(each, ast.ClassDef)])
    name = rng.choice(("_own", "_size", "_other", "__mine", "_asdict"))
    new = _statements("class X:\n    " + rng.choice((
        "%s = 61", "def %s(self): return 62", "%s: int = 63")) % name)[0].body
    at = rng.randrange(len(node.body) + 1)
    node.body[at:at] = new


def drop_own(tree, rng):
    node = rng.choice([each for each in tree.body
                       if isinstance(each, ast.ClassDef)])
    node.body.remove(rng.choice([each for each in node.body if getattr(
        each, "name", None) or isinstance(each, ast.Assign)]))
    node.body.append(ast.Pass())


def describe_class(tree, rng):
    node = rng.choice([each for each in tree.body
                       if isinstance(each, ast.ClassDef)])
    if ast.get_docstring(node) is not None:
        node.body.pop(0)
    if rng.random() < 0.7:
        node.body.insert(0, ast.Expr(ast.Constant(
            "words %d" % rng.randrange(9))))


def change_future(tree, rng):
    at = 1 if ast.get_docstring(tree) is not None else 0
    if isinstance(tree.body[at], ast.ImportFrom) and (
            tree.body[at].module == "__future__"):
        tree.body.pop(at)
    else:
        tree.body.insert(at, _statements(
            "from __future__ import annotations")[0])


def drop_getattr(tree, rng):
    tree.body.remove(rng.choice([each for each in tree.body if getattr(
        each, "name", None) == "__getattr__"]))


OWN = EDITS + 3 * (add_own, add_own, drop_own, describe_class,
                   change_future, drop_getattr)
TYPES = EDITS + 6 * (add_type,)


def edit(source, rng, edits=EDITS):
    """(kind, new source); the source as it was where nothing applies."""
    for _ in range(10):
        tree = ast.parse(source)
        kind = rng.choice(edits)
        try:
            kind(tree, rng)
            if rng.random() < 0.2:
                rng.choice(EDITS)(tree, rng)
        except (IndexError, ValueError):
            continue
        new = ast.unparse(ast.fix_missing_locations(tree))
        try:
            compile(new, "new", "exec")
        except SyntaxError:
            continue
        if new != ast.unparse(ast.parse(source)):
            return kind.__name__, new
    return "nothing", source
