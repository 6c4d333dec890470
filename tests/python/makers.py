# SPDX-License-Identifier: MIT
"""Functions that make something on import, who holds that, and their edits."""

import ast

NAMES = ("make", "build", "alpha", "run")
VALUES = ("MADE", "OTHER", "ALPHA", "made")
BODIES = (
    ("n = %(k)d", "def inner(x=%(k)d):", "    return (n, show(src), x)",
     "return inner"),
    ("def inner(x: int = 1) -> 'int':", "    'doc %(k)d'",
     "    return (%(k)d, show(src))", "return inner"),
    ("cache = dict()", "def inner():", "    return show(cache), %(k)d, src",
     "return inner"),
    ("return [%(k)d, src]",), ("return {'k': src, 'n': (%(k)d,)}",),
    ("return lambda: (%(k)d, show(src))",), ("return %(k)d",), ("pass",),
    ("n = src", "return n, %(k)d"),
    # More than that.
    ("REGISTRY['m'] = %(k)d", "return %(k)d"), ("return show([src, %(k)d])",),
    ("def inner():", "    return %(k)d", "return register(inner)"),
    ("if src:", "    return %(k)d", "return lambda: 3"),
    ("global MADE", "MADE = %(k)d", "return %(k)d"),
    ("return %(k)d + 1",), ("yield %(k)d",), ("return MADE",),
    ("return REGISTRY",), ("raise LookupError('%(k)d')",))
USES = (
    "%(v)s = %(f)s()", "%(v)s = %(f)s()", "%(v)s = %(f)s(%(a)s)",
    "%(v)s = %(w)s = %(f)s(src=%(a)s)", "%(v)s = %(f)s(lambda: %(a)s)",
    "%(v)s = %(f)s(lambda x=%(a)s: x)", "%(v)s = %(f)s(show)",
    "%(v)s = %(f)s(plain(%(f)s))", "%(v)s = show(%(f)s())",
    "%(v)s = %(f)s()\n%(w)s = %(v)s", "%(v)s = %(f)s\n%(w)s = %(v)s()",
    "%(v)s = (%(f)s, 3)", "class Holder:\n    held = %(f)s()",
    "if %(a)s:\n    %(v)s = %(f)s()", "%(v)s = %(f)s()\ndel %(v)s",
    "register(%(f)s)", "REGISTRY['r'] = %(f)s()", "%(v)s = plain(%(w)s)",
    "%(v)s = show(%(w)s)", "def via():\n    return %(f)s()\n%(v)s = via()",
    "@%(f)s\ndef odd(): return 3", "%(v)s = [%(f)s() for i in range(2)]",
    "def user():\n    return plain(%(v)s)", "def by(g=%(v)s):\n"
    "    return show(g)", "def looks():\n    return show(%(v)s)",
    "for each in (%(f)s,):\n    %(v)s = each()", "%(v)s: int = %(f)s()",
    "%(v)s, %(w)s = %(f)s(), %(f)s()", "%(v)s = %(f)s() or 3",
    "REGISTRY['f'] = %(f)s\n%(v)s = plain(REGISTRY['f'])",
    "%(v)s = globals()['%(f)s']()", "%(v)s = %(f)s(*[1])",
    "%(v)s = %(f)s()[0]", "def own():\n    return show(%(f)s())",
    "try:\n    %(v)s = %(f)s()\nexcept Exception:\n    %(v)s = 4",
    "def later():\n    global %(v)s\n    %(v)s = %(f)s()\n"
    "    return show(%(v)s)")


def makers_of(writer, rng):
    """Lines of functions that make something, and of what is done with it."""
    found = []
    names = [each for each in writer.functions if each.startswith(NAMES)
             or each[3:].startswith(NAMES)]
    for _ in range(rng.randrange(1, 3)):
        name = rng.choice(NAMES)
        names.append(name)
        if rng.random() < 0.05:
            found.append("@register")
        found.append("def %s(src=None):" % name)
        found += ["    " + line % {"k": rng.randrange(9)}
                  for line in _body(rng)]
    names += ["%s.%s" % (module, each) for module, other in writer.modules
              for each in other.functions if each in NAMES]
    writer.functions += [each for each in names if "." not in each]
    values = list(writer.values) or ["7"]
    for _ in range(rng.randrange(1, 7)):
        use = rng.choice(USES[:6] if rng.random() < 0.6 else USES)
        made, other = rng.choice(VALUES), rng.choice(VALUES)
        lines = (use % {"f": rng.choice(names), "v": made, "w": other,
                        "a": rng.choice(values)}).split("\n")
        if rng.random() < 0.1:
            found[:0] = lines
            continue
        if "%(w)s)" in use and other not in values:
            continue
        found += lines
        values.append(made)
        for mine in writer.values, writer.functions:
            mine += [each for each in (made, other) if each not in mine
                     and any(line.startswith(each) for line in lines)]
        writer.functions += [line[4:line.index("(")] for line in lines
                             if line.startswith("def ")]
    return found


def _body(rng):
    return rng.choice(BODIES[:9] if rng.random() < 0.8 else BODIES)


def _makers(tree):
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)
            and node.name in NAMES]


def change_maker(tree, rng):
    """Another constant somewhere in what makes something."""
    node = rng.choice(_makers(tree))
    constants = [each for each in ast.walk(ast.Module(node.body, []))
                 if isinstance(each, ast.Constant)]
    each = rng.choice(constants)
    each.value = (each.value + 1 if isinstance(each.value, int)
                  else "new" if isinstance(each.value, str) else 5)


def other_maker(tree, rng):
    """Another body of what makes something."""
    node = rng.choice(_makers(tree))
    lines = ["    " + line % {"k": rng.randrange(9)} for line in _body(rng)]
    node.body = ast.parse("def f(src):\n" + "\n".join(lines)).body[0].body


def rename_inner(tree, rng):
    node = rng.choice([each for maker in _makers(tree)
                       for each in ast.walk(maker)
                       if isinstance(each, ast.FunctionDef)
                       and each is not maker])
    node.args.args.append(ast.arg("more"))
    node.args.defaults.append(ast.Constant(rng.randrange(9)))


EDITS = (change_maker, change_maker, change_maker, other_maker, other_maker,
         rename_inner)
