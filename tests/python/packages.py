# SPDX-License-Identifier: MIT
"""Little random packages, and tests of them, for the property test.

Every way of reaching a name that docs/explanation/python.md has rules for has a
line here: the point is what the modules do with each other, not what they
compute.
"""

import random


NAMES = ("alpha", "beta", "gamma", "delta", "omega", "size", "run", "name")
CLASSES = ("Base", "Left", "Right", "Leaf")
METHODS = ("run", "size", "name", "step", "__len__", "__eq__", "__repr__",
           "__call__", "__bool__", "__getattr__", "__contains__")
MODULES = ("first", "second", "third", "fourth")


class Writer:
    """Writes one module; knows what is bound so far, and as what."""

    def __init__(self, rng, name, before):
        self.rng = rng
        self.name = name
        self.before = before
        self.lines = []
        self.values = []
        self.functions = []
        self.classes = []
        self.modules = []
        self.members = []

    def pick(self, *names):
        return self.rng.choice(names)

    def add(self, *lines):
        self.lines += lines

    def free(self, pool):
        """A name of the pool; every now and then one that is taken."""
        taken = self.values + self.functions + self.classes
        names = [each for each in pool if each not in taken]
        if not names or self.rng.random() < 0.05:
            return self.rng.choice(pool)
        return self.rng.choice(names)

    def atom(self):
        """An expression of what is bound."""
        rng = self.rng
        choices = ["%d" % rng.randrange(9), '"t%d"' % rng.randrange(5)]
        choices += self.values[-4:] * 2
        for module, writer in self.modules[-3:]:
            choices += ["%s.%s" % (module, name)
                        for name in writer.values[-3:]]
        return rng.choice(choices)

    def callee(self):
        choices = list(self.functions)
        for module, writer in self.modules:
            choices += ["%s.%s" % (module, name)
                        for name in writer.functions]
        return self.rng.choice(choices) if choices else None

    def klass(self):
        choices = list(self.classes)
        for module, writer in self.modules:
            choices += ["%s.%s" % (module, name) for name in writer.classes]
        return self.rng.choice(choices) if choices else None

    # Statements

    def imports(self):
        for other in self.before:
            self.one_import(other)
        if self.rng.random() < 0.3:
            self.add("import functools")
        self.add("from pkg.support import plain, register, show, REGISTRY")

    def one_import(self, other):
        rng = self.rng
        way = rng.randrange(8)
        path = "pkg." + other.name
        if way == 0:
            self.add("import %s" % path)
            self.modules.append((path, other))
        elif way == 1:
            self.add("import %s as %s_" % (path, other.name))
            self.modules.append((other.name + "_", other))
        elif way == 2:
            self.add("from pkg import %s" % other.name)
            self.modules.append((other.name, other))
        elif way == 3:
            self.add("from .%s import *" % other.name)
            self.values += other.values
            self.functions += other.functions
            self.classes += other.classes
        elif way == 4:
            self.add("try:", "    from . import %s as %s_" % (
                other.name, other.name), "except ImportError:",
                "    %s_ = None" % other.name)
            self.modules.append((other.name + "_", other))
        elif way < 7:
            for mine in ("values", "functions", "classes"):
                for name in getattr(other, mine):
                    if rng.random() < 0.5:
                        alias = self.pick("", " as my_" + name)
                        self.add("from .%s import %s%s" % (
                            other.name, name, alias))
                        getattr(self, mine).append(
                            "my_" + name if alias else name)

    def constant(self):
        rng = self.rng
        name = self.free([each.upper() for each in NAMES])
        way = rng.randrange(12)
        value = self.atom()
        if way > 8:
            value = self.looked_up()
        elif way == 0:
            value = "(%s, %s)" % (self.atom(), self.atom())
        elif way == 1:
            value = '{"k": %s}' % self.atom()
        elif way == 2 and self.callee():
            value = "plain(%s)" % self.callee()
        elif way == 3:
            value = "[%s for i in range(2)]" % self.atom()
        elif way == 4:
            self.add("if %s:" % self.atom(), "    %s = %s" % (
                name, self.atom()), "else:", "    %s = %s" % (
                    name, self.atom()))
            self.values.append(name)
            return
        elif way == 5 and self.klass():
            value = "plain(%s)" % self.klass()
        elif way == 6 and self.functions:
            value = "{%r: %s}" % ("f", rng.choice(self.functions))
        annotation = self.pick("", "", ": int")
        self.add("%s%s = %s" % (name, annotation, value))
        self.values.append(name)

    def looked_up(self):
        """A member of a class, looked up while the module is imported."""
        rng = self.rng
        found = ["%s.%s" % each for each in self.members]
        for module, writer in self.modules:
            found += ["%s.%s.%s" % ((module,) + each)
                      for each in writer.members]
        if not found:
            return self.atom()
        text = rng.choice(found)
        if rng.random() < 0.3:
            return "getattr(%s, %r)" % tuple(text.rsplit(".", 1))
        return text

    def body(self, indent, own):
        """The body of a function: it returns what it can reach."""
        rng = self.rng
        pad = " " * indent
        lines = []
        way = rng.randrange(15)
        if way == 0 and self.callee():
            lines.append("return plain(%s)" % self.callee())
        elif way == 1 and self.klass():
            lines.append("return show(%s)" % self.klass())
        elif way == 2 and self.modules:
            module, other = rng.choice(self.modules)
            name = rng.choice(other.values + other.functions
                              + other.classes + ["SIZE"])
            lines.append("return show(getattr(%s, %r, None))"
                         % (module, name))
        elif way == 3 and self.modules:
            module, _ = rng.choice(self.modules)
            lines.append("key = %r.upper()" % rng.choice(NAMES))
            lines.append("return show(getattr(%s, key, None))" % module)
        elif way == 4:
            lines.append("return sorted(k for k in globals() if k[0] != '_')")
        elif way == 5 and self.before:
            other = rng.choice(self.before)
            name = rng.choice(other.values + other.functions + ["OMEGA"])
            lines.append("from pkg.%s import %s" % (other.name, name))
            lines.append("return show(%s)" % name)
        elif way == 6:
            lines += ["def inner(x=%s):" % self.atom(),
                      "    return (x, %s)" % self.atom(),
                      "return inner()"]
        elif way == 7:
            lines += ["class Local:", "    value = %s" % self.atom(),
                      "    def get(self): return (self.value, %s)"
                      % self.atom(), "return Local().get()"]
        elif way == 8:
            lines.append("return [%s for _ in range(2)]" % self.atom())
        elif way == 9 and self.klass():
            lines += ["thing = %s()" % self.klass(),
                      "return (thing.%s, bool(thing))"
                      % rng.choice(["size", "run", "name", "step"])]
        elif way == 10 and self.klass():
            lines += ["thing = %s()" % self.klass(),
                      "return show(getattr(thing, %r)())"
                      % rng.choice(["run", "size", "step"])]
        elif way == 11:
            lines.append("return sorted(REGISTRY)")
        elif way == 12:
            lines.append("return [show(v) for v in REGISTRY.values()]")
        else:
            lines.append("return (%s, %s)" % (self.atom(), self.atom()))
        return [pad + line for line in lines]

    def function(self):
        rng = self.rng
        name = self.free(NAMES)
        decorator = self.pick("", "", "", "@register", "@functools.lru_cache",
                              "@register(%r)" % rng.choice(NAMES))
        if "functools" in decorator:
            self.add("import functools")
        default = "x=%s" % self.atom() if rng.random() < 0.4 else ""
        if decorator:
            self.add(decorator)
        self.add("def %s(%s):" % (name, default))
        if rng.random() < 0.3:
            self.add('    "doc %d"' % rng.randrange(3))
        self.add(*self.body(4, name))
        self.functions.append(name)

    def lambda_(self):
        name = self.free(NAMES)
        self.add("%s = lambda x=%s: (x, %s)" % (name, self.atom(),
                                                self.atom()))
        self.functions.append(name)

    def class_(self):
        rng = self.rng
        name = self.free(CLASSES)
        base = self.klass() if rng.random() < 0.6 else None
        if base is None:
            base = self.pick("", "", "", "dict", "Exception", "Hooked")
            if base == "Hooked":
                self.add("from pkg.support import Hooked")
        if rng.random() < 0.1:
            self.add("@register")
        self.add("class %s%s:" % (name, "(%s)" % base if base else ""))
        own = []
        if rng.random() < 0.3:
            self.add('    "doc %d"' % rng.randrange(3))
        for _ in range(rng.randrange(4)):
            own += self.member(own)
        self.add("    pass")
        if name not in self.classes:
            self.members += [(name, each) for each in own
                             if each in ("size", "name", "extra", "step")]
        self.classes.append(name)

    def member(self, own):
        rng = self.rng
        if rng.random() < 0.4:
            name = rng.choice(("size", "name", "extra"))
            self.add("    %s = %s" % (name, rng.choice(own or [self.atom()])))
            return [name]
        name = rng.choice(METHODS)
        decorator = self.pick("", "", "", "@property", "@staticmethod",
                              "@classmethod")
        if name.startswith("__"):
            self.add(*special(rng, name, self.atom()))
            return []
        if decorator:
            self.add("    " + decorator)
        argument = "" if decorator == "@staticmethod" else "self"
        default = "x=%s" % self.atom() if rng.random() < 0.3 else ""
        if decorator == "@property":
            default = ""
        self.add("    def %s(%s):" % (name, ", ".join(
            each for each in (argument, default) if each)))
        if argument and rng.random() < 0.4:
            self.add("        return %s" % rng.choice((
                "self.size", "self.name", "len(self.__class__.__name__)",
                "getattr(super(), 'run', None)", "self.__class__.__doc__",
                "getattr(self, 'ex' + 'tra', 0)", "type(self).__mro__")))
        else:
            self.add(*self.body(8, name))
        return [name]

    def effect(self):
        rng = self.rng
        way = rng.randrange(6)
        target = rng.choice(self.functions or ["plain"])
        if way == 0:
            self.add("REGISTRY[%r] = %s" % (rng.choice(NAMES), target))
        elif way == 1:
            self.add("register(%s)" % target)
        elif way == 2 and self.classes:
            self.add("%s.extra = %s" % (rng.choice(self.classes),
                                        self.atom()))
        elif way == 3 and self.classes:
            self.add("thing = %s()" % rng.choice(self.classes))
            self.values.append("thing")
        elif way == 4:
            self.add("__all__ = %r" % sorted(set(
                each for each in self.values + self.functions + self.classes
                if rng.random() < 0.7)))
        elif self.modules and way == 5:
            self.add("%s.EXTRA = %s" % (rng.choice(self.modules)[0],
                                        self.atom()))

    def write(self):
        rng = self.rng
        if rng.random() < 0.3:
            self.add('"""doc %d"""' % rng.randrange(3))
        self.imports()
        makers = [self.constant] * 3 + [self.function] * 4 + [
            self.class_] * 3 + [self.lambda_, self.effect]
        for _ in range(rng.randrange(3, 9)):
            rng.choice(makers)()
        return "\n".join(self.lines) + "\n"


def special(rng, name, atom):
    bodies = {
        "__len__": ("self", "len(str(%s))" % atom),
        "__eq__": ("self, other", "%s == 3" % atom),
        "__repr__": ("self", "str(%s)" % atom),
        "__call__": ("self", atom), "__bool__": ("self", "bool(%s)" % atom),
        "__getattr__": ("self, name", "(name, %s)" % atom),
        "__contains__": ("self, x", "x == %s" % atom)}
    arguments, value = bodies[name]
    if name == "__getattr__":
        return ["    def __getattr__(self, name):",
                "        if name[:2] == '__': raise AttributeError(name)",
                "        return %s" % value]
    return ["    def %s(%s):" % (name, arguments), "        return " + value]


SUPPORT = '''
REGISTRY = {}
def register(x):
    if isinstance(x, str):
        return lambda f: REGISTRY.setdefault(x, f)
    REGISTRY[x.__name__] = x
    return x
def show(value, depth=0):
    if isinstance(value, (int, str, type(None))): return value
    if depth > 2: return "deep"
    if isinstance(value, (list, tuple)):
        return tuple(show(each, depth + 1) for each in value)
    if isinstance(value, dict):
        return tuple((k, show(v, depth + 1)) for k, v in value.items())
    if isinstance(value, type): return "class " + value.__name__
    if hasattr(value, "__code__"):
        return ("function", value.__name__, value.__doc__,
                show(value.__defaults__, depth + 1))
    return "a " + type(value).__name__
def plain(function):
    try:
        return show(function())
    except Exception as error:
        return type(error).__name__
class Hooked:
    def __init_subclass__(cls):
        REGISTRY[cls.__name__] = sorted(k for k in vars(cls) if k[0] != "_")
'''


HOLDERS = (
    "kept = {%(f)r: %(f)s}", "alias = %(f)s", "alias = plain(%(f)s)",
    "register(%(f)s)", "late = lambda g=%(f)s: g.__doc__",
    "pair = [%(f)s, 3]", "def wrap(g=%(f)s):\n    return show(g)",
    "def doc():\n    return %(f)s.__doc__",
    "class Holder:\n    held = %(f)s", "@%(f)s\ndef odd(): return 3",
    "def hold():\n    REGISTRY['held'] = %(f)s\n    return 1",
    "def call():\n    return plain(lambda: %(f)s())",
    "def two():\n    return plain(lambda: %(f)s(1, 2))")
PEEKS = (
    "def peek_a():\n    return show(_peek(%(m)s, %(n)r))",
    "def peek_b(key=%(n)r):\n    return show(_peek(%(m)s, key))",
    "PEEK = _peek", "def peek_c():\n    return show(_peek(None, %(n)r))",
    "PEEKED = show(_peek(%(m)s, %(n)r))", "def peek_d():\n    _peek")


def heads_of(writer, rng):
    """Lines that hold on to functions and look at what they keep."""
    found = ["def _peek(thing, key):",
             "    return getattr(thing, key, None)"]
    for _ in range(rng.randrange(1, 5)):
        name = rng.choice(writer.functions or ["plain"])
        found += (rng.choice(HOLDERS) % {"f": name}).split("\n")
        new = found[-2 if found[-1][0] == " " else -1]
        if new.startswith("def "):
            writer.functions.append(new[4:new.index("(")])
        elif " = " in new and new[0] != " ":
            writer.values.append(new.split()[0])
    for _ in range(rng.randrange(3)):
        module = rng.choice([each[0] for each in writer.modules] or ["None"])
        found += (rng.choice(PEEKS) % {
            "m": module, "n": rng.choice(NAMES)}).split("\n")
        if found[-2].startswith("def peek"):
            writer.functions.append(found[-2][4:found[-2].index("(")])
    return found


TYPES = (
    "V%(i)d = t.TypeVar('V%(i)d', bound=t.Union[t.Callable[..., int], %(c)s])",
    "V%(i)d = t.TypeVar('V%(i)d', bound=t.Optional[%(c)s])",
    "G%(i)d = t.Callable[[%(v)s], t.Optional[%(v)s]]",
    "G%(i)d = t.Dict[str, %(v)s]", "X%(i)d = t.Union[%(v)s, %(c)s]",
    "X%(i)d = %(a)s and t.Union[%(b)s, %(c)s]",
    "X%(i)d = t.Union[%(c)s, %(b)s] if %(a)s else %(b)s",
    "X%(i)d = %(g)s[%(v)s]", "X%(i)d = %(g)s[%(c)s]",
    "X%(i)d = OWN[%(v)s]", "G%(i)d = OWN[%(c)s]", "X%(i)d = OWN[%(g)s]",
    "if %(a)s:\n    X%(i)d = %(g)s[%(b)s]",
    "def typed%(i)d(x: %(g)s[%(v)s]) -> t.Optional[%(c)s]:\n"
    "    return %(i)d",
    "def typed%(i)d(x: %(g)s[%(c)s]) -> %(v)s:\n    return show(X%(i)d)")


class Types:
    """Lines of type expressions, most of which can be evaluated."""

    def __init__(self, rng, classes, values):
        self.rng = rng
        self.classes = classes or ["int"]
        self.values = values or ["7"]
        self.variables, self.generics = ["T"], ["FIRST"]
        self.count = 0

    def line(self):
        rng = self.rng
        self.count += 1
        return rng.choice(TYPES) % {
            "i": rng.randrange(4) if rng.random() < 0.2 else self.count,
            "c": rng.choice(self.classes),
            "a": rng.choice(self.values),
            "b": rng.choice(self.values if rng.random() < 0.1
                            else self.classes),
            "v": rng.choice(self.variables), "g": rng.choice(self.generics)}

    def lines(self):
        found = ["import typing as t", "T = t.TypeVar('T')",
                 "FIRST = t.Callable[[T], T]", "class Own:",
                 "    def __getitem__(self, x):",
                 "        return register(getattr(x, '__bound__', x))",
                 "OWN = Own()"]
        for _ in range(self.rng.randrange(2, 9)):
            line = self.line()
            found += line.split("\n")
            for letter, names in (("V", self.variables),
                                  ("G", self.generics)):
                if line[0] == letter and " = t." in line:
                    names.append(line.split()[0])
        return found


OWN_CLASSES = (
    "class Shut%(b)s:\n    'one'\n    _own = %(v)s\n"
    "    def run(self): return show(self._own)\n"
    "    def _name(self): return %(v)s",
    "class Shut:\n    _size = 1\n    def run(self): return self.step()\n"
    "    def step(self): return show(getattr(self, '_own', %(v)s))",
    "class Shut:\n    'one'\n    def __init__(self): self._own = %(v)s\n"
    "    def run(self): return sorted(vars(self))",
    "@register\nclass Shut:\n    'one'\n    _own = 3",
    "class Shut(Hooked):\n    'one'\n    _own = 3")
OWN = (
    "class Open(Shut):\n    _own = %(v)s\n    def run(self): return 4",
    "class Open(Shut):\n    size = 3\n    doc = Shut.__doc__",
    "class Open(Shut):\n    size = 3", "THING = Shut()", "HELD = [Shut]",
    "KEYS = sorted(k for k in vars(Shut) if k[:2] != '__')",
    "KEYS = sorted(Shut.__dict__)", "TEXT = '{SIZE}'.format(**globals())",
    "ALL = sorted(dir())", "TEXT = sorted(globals())",
    "DOC = Shut.__doc__", "def __getattr__(name): return (name, %(v)s)",
    "def own_a():\n    return show(Shut().run())",
    "def own_b():\n    return plain(lambda: Shut()._own)",
    "def own_c():\n    return Shut.__doc__",
    "def own_d():\n    return sorted(k for k in vars(Shut) if k[0] != '+')",
    "def own_e():\n    import pickle\n"
    "    return plain(lambda: pickle.loads(pickle.dumps(Shut())).run())",
    "def own_f():\n    import pickle\n"
    "    return len(pickle.dumps([Shut, show, SIZE]))",
    "def own_g():\n    class Local:\n        x: int = %(v)s\n"
    "        y: 'SIZE' = 2\n    return show([Local.x, Local.y])",
    "def own_h(key='_ow'):\n    thing = Shut()\n"
    "    return plain(lambda: object.__getattribute__(thing, key + 'n'))",
    "def own_i(key='_ow'):\n    thing = Shut()\n"
    "    return plain(lambda: delattr(thing, key + 'n'))",
    "def own_j():\n    return show(THING)", "def own_k():\n    return show(KEYS)",
    "def own_l():\n    return show([TEXT, DOC, ALL])",
    "def own_m():\n    return show(run.__annotations__)",
    "def own_n(x: SIZE = 1) -> 'int':\n"
    "    return sorted(map(repr, own_n.__annotations__.values()))",
    "def own_o():\n    from pkg import %(m)s\n    return show(%(m)s.nothing)",
    "def own_p():\n    from .%(m)s import SIZE\n    return show(SIZE)",
    "def own_q():\n    return Open.__doc__",
    "def own_r():\n    return plain(lambda: Open()._own)",
    "def own_s():\n    return plain(lambda: Open().run())")


def own_of(writer, rng):
    """Lines around a class with names that are its own, and what looks in."""
    def filled(line):
        return (line % {"v": writer.atom(), "m": rng.choice(MODULES[:2]),
                        "b": rng.choice(("", "", "(Exception)"))}).split("\n")
    found = ["from pkg.support import Hooked", "SIZE = 5"]
    found += filled(rng.choice(OWN_CLASSES))
    for _ in range(rng.randrange(4, 12)):
        found += filled(rng.choice(OWN))
    writer.functions += [line[4:line.index("(")] for line in found
                         if line.startswith("def own")] * 2
    writer.values.append("SIZE")
    return found


class Tests(Writer):
    """A test module: each test looks at one thing, in one of many ways."""

    def __init__(self, rng, name, before):
        super().__init__(rng, name, before)
        self.functions_written = 0

    def write(self):
        rng = self.rng
        self.imports()
        for _ in range(rng.randrange(2)):
            rng.choice([self.constant, self.function])()
        for index in range(rng.randrange(3, 6)):
            self.add("def test_%d():" % index)
            self.add(*self.look())
        return "\n".join(self.lines).replace("from .", "from pkg.").replace(
            "from pkg. import", "from pkg import") + "\n"

    def look(self):
        rng = self.rng
        klass = self.klass()
        way = rng.randrange(10)
        if way == 0 and klass:
            return ["    thing = %s()" % klass,
                    "    return show([repr(thing)[:3], bool(thing)])"]
        if way == 1 and klass:
            return ["    return plain(%s().%s)" % (
                klass, rng.choice(("run", "size", "step")))]
        if way == 2 and klass:
            return ["    return show(%s().%s)" % (
                klass, rng.choice(("extra", "size", "name")))]
        if way == 3 and klass:
            return ["    thing = %s()" % klass,
                    "    return (thing == 3, isinstance(thing, dict))"]
        if way == 4 and klass:
            return ["    return len(%s())" % klass]
        if way == 5 and klass:
            return ["    return show(%s()())" % klass]
        callee = self.callee()
        if way < 9 and callee:
            return ["    return plain(%s)" % callee]
        return self.body(4, "test")


def package(seed, heads=False):
    """{path: source} of a package and its test files."""
    rng = random.Random(seed)
    files = {"pkg/support.py": SUPPORT}
    writers = []
    for name in MODULES[:rng.randrange(2, 5)]:
        before = [each for each in writers if rng.random() < 0.7]
        writer = Writer(rng, name, before)
        text = writer.write()
        if heads == "types":
            types = Types(rng, writer.classes, writer.values).lines()
            text += "\n".join(types) + "\n"
            writer.functions += [each[4:each.index("(")] for each in types
                                 if each.startswith("def typed")]
            writer.values += [each.split()[0] for each in types
                              if each[0] in "XVG" and " = " in each]
        elif heads == "own":
            text += "\n".join(own_of(writer, rng)) + "\n"
        elif heads:
            text += "\n".join(heads_of(writer, rng)) + "\n"
        files["pkg/%s.py" % name] = text
        writers.append(writer)
    root = Writer(rng, "root", [])
    for each in writers:
        if rng.random() < 0.6:
            root.one_import(each)
    files["pkg/__init__.py"] = "\n".join(root.lines) + "\n"
    for name in ("test_one", "test_two"):
        before = [each for each in writers if rng.random() < 0.7]
        files[name + ".py"] = Tests(rng, name, before or writers).write()
    return files
