# SPDX-License-Identifier: MIT
"""The outline of a file: what its import does, a unit a statement.

Only narrowing reads it.  A unit is a tuple of the fields below.  PRINT is the
same for two units exactly when they are the same code, bodies of functions
left out; NEEDS are the names it loads on import; CHAINS the dotted names it
looks up; WORDS all else that it mentions, marked as words.py has it, ANY for
reflection; RISK why it may be felt elsewhere, and RISKY the names that this
depends on, ANY if that is not known; SETS what it changes: "a.b", an
attribute, "a[]", what is in it, "a.b()", what a method changes; and "a[?]",
what it asks for an item; CALLED those of NEEDS and CHAINS that it does nothing
with but call them.  That it may fail does not matter: see narrow/doubts.py.
"""

from marshal import dumps, loads

from _ast import AnnAssign, Assign

from . import analyse, expressions, known, nodes, words
from .decorators import decorator

FORMAT = 12
# Fields of a unit.
(PRINT, KIND, NAME, BINDS, NEEDS, CHAINS, WORDS, RISK, RISKY, SETS, MORE,
 CALLED) = range(12)
# Fields of MORE of a function: its decorators, the print of what its callers
# can tell, annotations and docstring left out, and that without the values
# of its defaults; what nothing but its annotations name; the print of its
# decorators.
MARKS, CORE, SIGNATURE, NOTED, DECORATION = range(5)
# Fields of MORE of an assignment: of another name; of something new of Python's
# own kinds; of constants alone.
ALIAS, BUILT, PLAIN = range(3)
# Fields of MORE of a class; the last one is what nothing but annotations in
# it name, or what a base is subscripted by.
(HEAD, BASES, KEYWORDS, DECORATORS, MEMBERS, HEAD_RISK, ANNOTATED) = range(7)
# Fields of MORE of an import: the module, the level of a relative one, the
# name that is taken from it or None, and whether it gets another name.  WHERE
# and WHAT are those that say which module, and what of it.
SOURCE, LEVEL, TAKEN, RENAMED = range(4)
WHERE, WHAT = slice(LEVEL + 1), slice(TAKEN + 1)
# Fields of MORE of a compound statement: what the imports in it have, the
# names that it binds whichever way it takes, and whether it may catch an
# exception.
IMPORTS, SURE, CATCHES = range(3)
# Fields of an outline.
(VERSION, FUTURE, UNITS, NAMES, BOUND, IMPORTED) = range(6)


# The marks of words that are names.
_OF_NAMES = (words.MAY_LOAD + words.LOADS_LATER + words.NEEDS_LATER
             + words.LOOKS_LATER)

_BUILDERS = frozenset(["builtins." + name for name in (
    "list", "dict", "set", "bytearray")] + ["collections." + name for name in (
        "OrderedDict", "defaultdict", "deque", "Counter")])


class Scope:
    """What a statement's meaning depends on: the file's imports."""

    def __init__(self, tree, flags):
        self.flags = flags
        self.known_classes = {}
        self.imported = {}
        # Names that import statements bind, relative ones included.
        self.by_import = set()
        self.bound = {}
        # What a class or a function of the file, and nothing else, is called.
        self.defined = set()
        self.future = []
        self.class_name = ""
        self.properties = set()
        self._resolved = {}
        for node in tree.body:
            self._note(node)
        self.defined = {name for name in self.defined
                        if self.bound[name] == 1 and "*" not in self.bound}
        # Annotations are text; or they are evaluated by whoever asks.
        self.texts = "annotations" in self.future
        self.late = not self.texts and analyse.VERSION >= (3, 14)

    def _note(self, node):
        kind = type(node).__name__
        if kind == "ImportFrom":
            if node.module == "__future__" and not node.level:
                self.future += [alias.name for alias in node.names]
            for alias in node.names:
                name = alias.asname or alias.name
                self._bind(name)
                self.by_import.add(name)
                if not node.level:
                    self.imported[name] = node.module + "." + alias.name
        elif kind == "Import":
            for alias in node.names:
                name = alias.asname or alias.name.split(".")[0]
                self._bind(name, alias.name)
                self.by_import.add(name)
                self.imported[name] = (alias.name if alias.asname else name)
        else:
            for name in nodes.bound_by(node):
                self._bind(name)
            if kind in ("ClassDef", "FunctionDef", "AsyncFunctionDef"):
                self.defined.add(node.name)

    def _bind(self, name, module=None):
        # `import a.b` and `import a.c` bind the same `a`.
        if module is None or self.imported.get(name) != module.split(".")[0]:
            self.bound[name] = self.bound.get(name, 0) + 1

    def resolve(self, dotted):
        """The full name of a dotted one, "" when it is not certain."""
        found = self._resolved.get(dotted)
        if found is None:
            found = self._resolved[dotted] = self._resolve(dotted)
        return found

    def _resolve(self, dotted):
        root, dot, rest = dotted.partition(".")
        if "*" in self.bound:
            return ""
        if root in self.imported:
            if self.bound.get(root) != 1:
                return ""
            return self.imported[root] + dot + rest
        if root in self.bound:
            return ""
        return "builtins." + dotted if root in known.BUILTINS else ""


class Unit:
    """One statement under construction."""

    def __init__(self, scope):
        self.scope = scope
        self.binds = []
        self.needs = set()
        self.chains = set()
        self.words = set()
        self.called = set()
        self.valued = set()
        self.held = set()
        self.risk = ""
        self.risky = set()
        self.sets = set()

    def danger(self, why, names=(words.ANY,)):
        if why:
            self.risky.update(names)
            self.risk = self.risk or why

    def take(self, aside):
        """What a part of this statement may do."""
        self.danger(aside.risk, aside.risky)
        self.sets |= aside.sets

    def gather(self, unit):
        """How a part of this statement uses what it names."""
        called = set(unit[CALLED])
        self.called |= called
        used = set(unit[NEEDS] + unit[CHAINS])
        used.update(_names_in(unit[WORDS]))
        self.valued |= used - called
        self.held |= held_by(unit)

    def finish(self, key, kind, name="", more=()):
        mangle = self.scope.class_name
        binds = [nodes.mangled(each, mangle) for each in self.binds]
        self.words.update([
            words.HOLDS + name for name in self.held.intersection(
                _roots(self.chains, self.words))])
        return (analyse.digest(key)[:8], kind, name, tuple(binds),
                tuple(sorted(self.needs)), tuple(sorted(self.chains)),
                tuple(sorted(self.words - self.needs)), self.risk,
                tuple(sorted(self.risky)), tuple(sorted(self.sets)), more,
                tuple(sorted(self.called - self.valued)))


def _names_in(marked):
    return {word.lstrip(_OF_NAMES) for word in marked
            if word[:1] not in (words.DOTTED, words.HOLDS)}


def dotted_by(chains, marked):
    """The dotted names that are looked up, or may be."""
    return set(chains).union(
        [word[1:] for word in marked if word[:1] == words.DOTTED])


def _roots(chains, marked):
    return {chain.partition(".")[0] for chain in dotted_by(chains, marked)}


def held_by(unit):
    """The names that a unit does more with than ask them for attributes."""
    marked = unit[WORDS]
    loaded = set(unit[NEEDS]).union(
        [word[1:] for word in marked
         if word[:1] in (words.MAY_LOAD, words.LOADS_LATER)])
    return (loaded - _roots(unit[CHAINS], marked)).union(
        [word[1:] for word in marked if word[:1] == words.HOLDS])


def _named_by(unit):
    return unit.needs | unit.chains | _names_in(unit.words)


def _named_in(unit):
    return set(unit[NEEDS] + unit[CHAINS]) | _names_in(unit[WORDS])


def annotated_in(unit):
    """What nothing but annotations name, or what a base is subscripted by."""
    if unit[KIND] == "def":
        return set(unit[MORE][NOTED])
    if unit[KIND] == "class":
        return set(unit[MORE][ANNOTATED])
    return _named_in(unit) if unit[BINDS] == ("__annotations__",) else set()


def _function(node, scope):
    unit = Unit(scope)
    name = node.name
    unit.binds.append(name)
    line = (node.decorator_list or [node])[0].lineno
    flags = scope.flags.get((line, name))
    if flags is None and node.decorator_list:
        unit.danger("the head of %s cannot be found in its code" % name)
    decorators = [decorator(each, unit)
                  for each in node.decorator_list]
    core = (type(node).__name__, name, flags, decorators,
            expressions.arguments(node.args, unit),
            expressions.type_parameters(node, unit))
    signature = (core[:4], [part if i < 5 else [each and 1 for each in part]
                            for i, part in enumerate(core[4])], core[5])
    before = _named_by(unit)
    key = (core, expressions.annotations(node, unit),
           nodes.docstring(node.body))
    marks = tuple(each for each, _ in decorators)
    if scope.class_name and marks[-1:] == ("builtins.property",):
        scope.properties.add(name)
    elif not marks or not marks[0].startswith("property."):
        scope.properties.discard(name)
    return unit.finish(key, "def", name,
                       (marks, analyse.digest(core)[:8],
                        analyse.digest(signature)[:8],
                        tuple(sorted(_named_by(unit) - before)),
                        analyse.digest(decorators)[:8]))


def _class(node, scope):
    head = Unit(scope)
    name = node.name
    head.binds.append(name)
    decorators = [decorator(each, head)
                  for each in node.decorator_list]
    bases = [expressions.base(each, head) for each in node.bases]
    keywords = [(each.arg or "**", expressions.key_of(each.value, head))
                for each in node.keywords]
    for each in node.keywords:
        meta = nodes.dotted(each.value)
        if each.arg != "metaclass" or not meta or scope.resolve(
                meta) != "abc.ABCMeta":
            head.danger("class %s has keyword arguments" % name)
    head_key = ("class", name, decorators,
                [expressions.key_of(each, Unit(scope))
                 for each in node.bases], keywords,
                expressions.type_parameters(node, head))
    named = _named_by(head)
    # What a base is subscripted by is kept, as annotations are.
    for each in node.bases:
        expressions.key_of(each, head)
    outer = scope.class_name, scope.properties
    scope.class_name, scope.properties = name, set()
    members = (None if outer[0] else scope.known_classes.get(name))
    if members is None:
        members = statements(node.body, scope)
    scope.class_name, scope.properties = outer
    own = set()
    unit = Unit(scope)
    unit.binds = head.binds
    unit.take(head)
    for member in members:
        named |= _named_in(member) - annotated_in(member)
        # `x = x` loads what is outside, and all that follows what is inside.
        unit.needs.update(set(member[NEEDS]) - own)
        if member[KIND] != "compound":
            own.update(member[BINDS])
        unit.words.update(member[WORDS])
        unit.chains.update(member[CHAINS])
        unit.danger(member[RISK], member[RISKY])
        unit.sets.update(member[SETS])
        unit.gather(member)
    for mine, heads in ((unit.needs, head.needs), (unit.words, head.words),
                        (unit.chains, head.chains),
                        (unit.called, head.called),
                        (unit.valued, head.valued), (unit.held, head.held)):
        mine |= heads
    more = (analyse.digest(head_key)[:8], tuple(bases),
            tuple(each for each, _ in keywords),
            tuple(each for each, _ in decorators),
            tuple(members), head.risk,
            tuple(sorted(_named_by(unit) - named)))
    return unit.finish((head_key, [member[PRINT] for member in members]),
                       "class", name, more)


def _imports(node, scope):
    units = []
    level = getattr(node, "level", 0) or 0
    # From 3.15 on: it is for who first uses the name to find what is wrong.
    lazy = ("lazy",) if getattr(node, "is_lazy", 0) else ()
    for alias in node.names:
        unit = Unit(scope)
        if lazy:
            unit.danger("a lazy import")
        if type(node).__name__ == "Import":
            what = (alias.name, 0, None)
            unit.binds.append(alias.asname or alias.name.split(".")[0])
            more = what + (bool(alias.asname),)
            unit.words.update(alias.name.split("."))
        else:
            what = (node.module or "", level, alias.name)
            if node.module == "__future__" and not level:
                unit.words.add("__future__")
            unit.binds.append(alias.asname or alias.name)
            more = what + (False,)
            unit.words.add(alias.name)
            unit.words.update((node.module or "").split("."))
        units.append(unit.finish(("import", what, unit.binds, *lazy),
                                 "import", unit.binds[0], more))
    return units


def _is_typing_only(node, scope):
    if type(node).__name__ != "If":
        return False
    dotted = nodes.dotted(node.test)
    return bool(dotted) and scope.resolve(dotted) in (
        "typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING")


def _compound(node, scope):
    """A statement with statements in it is one unit that binds all theirs."""
    unit = Unit(scope)
    is_typing_only = _is_typing_only(node, scope)
    if is_typing_only and not node.orelse:
        # Nothing below the condition runs.
        key = ("typing", expressions.key_of(node.test, unit))
        return unit.finish(key, "typing")
    kind = type(node).__name__
    key = [kind]
    parts = (expressions.parts(node, unit) if not is_typing_only else
             [(expressions.key_of(node.test, unit),), node.orelse])
    imports = []
    catches = kind in ("Try", "TryStar", "With", "AsyncWith")
    for part in parts:
        if type(part) is tuple:
            key.append(part[0])
            continue
        inner = statements(part, scope)
        for each in inner:
            key.append(each[PRINT])
            unit.binds += each[BINDS]
            unit.words.update([words.MAY_LOAD + name
                               for name in each[NEEDS]])
            unit.words.update(each[WORDS])
            unit.chains.update(each[CHAINS])
            unit.danger(each[RISK], each[RISKY])
            unit.sets.update(each[SETS])
            unit.gather(each)
            if each[KIND] == "import":
                imports.append(each[MORE] + (each[NAME],))
            elif each[KIND] == "compound":
                imports += each[MORE][IMPORTS]
                catches |= each[MORE][CATCHES]
            elif each[KIND] == "class":
                unit.danger("class %s below a condition" % each[NAME])
    if kind in ("With", "AsyncWith"):
        unit.danger("a statement `%s`" % kind.lower())
    return unit.finish(key, "compound", "",
                       (tuple(imports), tuple(sorted(
                           _bound_below(node.orelse) if is_typing_only
                           else _sure(node))), catches))


def _bound_below(statements):
    return {name for each in statements for name in _sure(each)}


def _sure(node):
    """The names that a statement binds whichever way it takes."""
    kind = type(node).__name__
    if kind == "If":
        ways = [node.body, node.orelse]
    elif kind == "Try" and node.handlers:
        ways = [node.body + node.orelse] + [
            each.body for each in node.handlers]
    elif kind in ("FunctionDef", "AsyncFunctionDef", "ClassDef", "Assign",
                  "Import", "ImportFrom"):
        return set(nodes.bound_by(node))
    else:
        return set()
    found = None
    for way in ways:
        names = _bound_below(way)
        found = names if found is None else found & names
    gone = {name for way in ways for each in way
            if type(each).__name__ == "Delete"
            for name in nodes.bound_by(each)}
    return (found or set()) - gone


def _simple(node, scope, first):
    unit = Unit(scope)
    kind = type(node).__name__
    if kind == "Expr" and type(node.value).__name__ == "Constant":
        if first and type(node.value.value) is str:
            unit.binds.append("__doc__")
            return unit.finish(("doc", nodes.docstring([node])), "doc")
        return None
    if kind in ("Pass", "Global", "Nonlocal"):
        return None
    key = expressions.simple(node, unit)
    value = node.value if kind == "Assign" else None
    is_alias = type(value).__name__ in ("Name", "Attribute")
    is_built = (type(value).__name__ in ("List", "Dict", "Set", "ListComp",
                                         "DictComp", "SetComp")
                or type(value).__name__ == "Call" and scope.resolve(
                    nodes.dotted(value.func) or "") in _BUILDERS)
    return unit.finish(key, "assign" if unit.binds else "effect", "",
                       (is_alias, is_built, _is_plain(value)))


def _is_plain(node):
    """Whether a value is a constant, or a display of constants."""
    kind = type(node).__name__
    if kind in ("Tuple", "List"):
        return all(type(each).__name__ == "Constant" for each in node.elts)
    return kind == "Constant"


def _apart(node):
    """What makes a value, and what an annotation says of it, are two things.

    An edit of either is none of the other.
    """
    if (type(node) is not AnnAssign or node.value is None
            or type(node.target).__name__ != "Name"):
        return (node,)
    place = {"lineno": node.lineno, "col_offset": node.col_offset}
    return (Assign([node.target], node.value, **place),
            AnnAssign(node.target, node.annotation, None, node.simple,
                      **place))


def pieces(body):
    """The statements of a body, those apart that say two things."""
    return [part for each in body for part in _apart(each)]


def units_of(node, scope, first):
    """The units of one statement; first: it is the first of its body."""
    kind = type(node).__name__
    if kind in ("FunctionDef", "AsyncFunctionDef"):
        return [_function(node, scope)]
    if kind == "ClassDef":
        return [_class(node, scope)]
    if kind in ("Import", "ImportFrom"):
        return _imports(node, scope)
    if hasattr(node, "body") or kind == "Match":
        return [_compound(node, scope)]
    unit = _simple(node, scope, first)
    return [unit] if unit else []


def statements(body, scope):
    units = []
    for at, node in enumerate(pieces(body)):
        units += units_of(node, scope, at == 0)
    return units


def _flags_of(code, found):
    for constant in code.co_consts:
        if type(constant) is analyse.CODE:
            found[constant.co_firstlineno, constant.co_name] = (
                constant.co_flags & analyse.HEAD_FLAGS)
            if not constant.co_flags & analyse.OPTIMIZED:
                _flags_of(constant, found)
            elif constant.co_name.startswith("<generic"):
                _flags_of(constant, found)
    return found


def _known_classes(past, unchanged, code):
    """Members by the name of each class that is what it was in `past`.

    `unchanged` names the classes whose bodies have the code they had.
    """
    found = {}
    for unit in past.units:
        if unit[KIND] == "class":
            # Of two by one name nobody knows which is which.
            found[unit[NAME]] = (unit[MORE][MEMBERS]
                                 if unit[NAME] not in found else None)
    made = [each.co_name for each in code.co_consts
            if type(each) is analyse.CODE]
    return {name: members for name, members in found.items()
            if members is not None and name in unchanged
            and made.count(name) == 1}


def _differing(past, scope):
    """The names that mean something else to statements than in `past`."""
    found = {name for old, new in ((past.bound, scope.bound),
                                   (past.imported, scope.imported))
             for name in old.keys() | new.keys()
             if old.get(name) != new.get(name)}
    return found


def _first_line(node):
    return (getattr(node, "decorator_list", None) or [node])[0].lineno


def _agreeing(known, past, scope, content, tree):
    """Those of the known classes in which names mean what they did.

    What a name is bound by is asked for names that are written in the class:
    its text is searched, as nothing else has all of them.
    """
    names = _differing(past, scope)
    if "*" in names or len(names) > 50 or tuple(scope.future) != past.future:
        return {}
    names = [name.encode() for name in names]
    content = content.replace(b"\r\n", b"\n")
    if b"\r" in content:
        # That is the end of a line, too.
        return {}
    lines = content.split(b"\n")
    firsts = [_first_line(node) for node in tree.body] + [len(lines) + 1]
    found = {}
    for node, first, after in zip(tree.body, firsts, firsts[1:]):
        if type(node).__name__ == "ClassDef" and node.name in known:
            text = b"\n".join(lines[first - 1:after - 1])
            if not names or text.isascii() and not any(
                    each in text for each in names):
                found[node.name] = known[node.name]
    return found


def tree_and_scope(content, left, code, blocks, past):
    from . import reduce
    known = _known_classes(past, blocks.unchanged, code) if past else {}
    if not blocks.known_classes.issubset(known):
        return None, None
    flags = _flags_of(code, {})
    while True:
        tree = reduce.tree_of(left, code, blocks, known)
        scope = Scope(tree, flags)
        agreeing = known and _agreeing(known, past, scope, content, tree)
        if len(agreeing) == len(known):
            scope.known_classes = known
            return tree, scope
        if not blocks.known_classes.issubset(agreeing):
            return None, None
        known = agreeing


def outline(content, left, code, blocks, past=None):
    """The outline of a file as bytes, None where more of it must be known.

    `left`: what `code` was compiled from, which is `content` but for bodies
    of functions and of the classes that `blocks` know.  `past`: the outline
    of the version that they know.
    """
    past = past and _past(past)
    tree, scope = tree_and_scope(content, left, code, blocks, past)
    if tree is None:
        return None
    units = statements(tree.body, scope)
    names = set()
    for unit in units:
        names.update(unit[BINDS], unit[NEEDS])
        names |= _names_in(unit[WORDS])
        for chain in unit[CHAINS]:
            names.update(chain.split("."))
    return dumps((FORMAT, tuple(scope.future), dumps(units, 4),
                  frozenset(names),
                  scope.bound, scope.imported), 4)


def _past(content):
    try:
        return Outline(content)
    except Exception:
        return None


class Outline:
    """An outline as narrowing reads it, its units loaded when asked for."""

    def __init__(self, content):
        fields = loads(content)
        if fields[VERSION] != FORMAT:
            raise ValueError("an outline of another version")
        self.future = fields[FUTURE]
        self.names = fields[NAMES]
        self.bound = fields[BOUND]
        self.imported = fields[IMPORTED]
        self._packed = fields[UNITS]
        self._units = None

    @property
    def units(self):
        if self._units is None:
            self._units = loads(self._packed)
        return self._units
