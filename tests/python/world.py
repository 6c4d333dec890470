# SPDX-License-Identifier: MIT
"""Runs the tests of a package in memory and records what each depends on."""

import builtins
import importlib.abc
import importlib.util
import sys

from languages.python.blocks import analyse

from packages import SUPPORT

_SUPPORT = {}
exec(SUPPORT, _SUPPORT)


def module_name(path):
    name = path[:-3].replace("/", ".")
    return name[:-9] if name.endswith(".__init__") else name


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, world):
        self.world = world

    def find_spec(self, name, path=None, target=None):
        file = self.world.files.get(name)
        if file is None:
            return None
        return importlib.util.spec_from_loader(
            name, self, origin=file, is_package=file.endswith(
                "__init__.py"))

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(self.world.code[module.__name__], module.__dict__)


def names_of(code, prefix, found):
    """Block names of all code objects, as the helper gives them."""
    for constant in code.co_consts:
        if type(constant) is not analyse.CODE:
            continue
        if hasattr(constant, "co_qualname"):
            name = constant.co_qualname
        elif not prefix:
            name = constant.co_name
        elif code.co_flags & analyse.OPTIMIZED:
            name = prefix + ".<locals>." + constant.co_name
        else:
            name = prefix + "." + constant.co_name
        found[constant] = name
        names_of(constant, name, found)


class Record:
    """What one test depends on, its imports included."""

    def __init__(self):
        self.result = None
        self.complete = False
        self.entered = set()
        self.modules = set()
        # The names that code of these asked for, by getattr() or hasattr().
        self.asked = set()


class World:
    def __init__(self, sources):
        self.files = {module_name(path): path for path in sources}
        self.code = {}
        self.names = {}
        for path, source in sources.items():
            module = module_name(path)
            code = compile(source, path, "exec", dont_inherit=True)
            self.code[module] = code
            found = {}
            names_of(code, "", found)
            self.names.update({id(each): (path, name)
                               for each, name in found.items()})
        self.paths = set(sources)

    def _forget(self):
        for name in self.files:
            sys.modules.pop(name, None)

    def run(self, module, test):
        """One test in a fresh import of everything it imports."""
        record = Record()
        stack = [module]
        entered = {}
        asked = {}
        uses = {}
        importer = builtins.__import__

        def profile(frame, event, argument):
            code = frame.f_code
            if code.co_filename not in self.paths:
                return
            if code.co_name == "<module>":
                if event == "call":
                    stack.append(frame.f_globals["__name__"])
                elif event == "return":
                    stack.pop()
            elif event == "call":
                entered.setdefault(stack[-1], set()).add(
                    self.names[id(code)])

        def importing(name, globals=None, locals=None, names=(), level=0):
            before = stack[-1]
            try:
                return importer(name, globals, locals, names, level)
            finally:
                self._note(uses.setdefault(before, set()), name, globals,
                           names, level)

        def asker(function):
            def ask(*args):
                if sys._getframe(1).f_code.co_filename in self.paths:
                    asked.setdefault(stack[-1], set()).add(args[1])
                return function(*args)
            return ask

        askers = {name: getattr(builtins, name)
                  for name in ("getattr", "hasattr")}
        for name, function in askers.items():
            setattr(builtins, name, asker(function))
        loader = Loader(self)
        sys.meta_path.insert(0, loader)
        builtins.__import__ = importing
        self._forget()
        sys.setprofile(profile)
        try:
            try:
                importing(module)
                stack[0] = "a test"
                self._note(uses.setdefault("a test", set()), module, None,
                           (), 0)
                value = getattr(sys.modules[module], test)()
                record.result = repr(_SUPPORT["show"](value))
            except Exception as error:
                record.result = "%s: %s" % (type(error).__name__,
                                            stack[0] == "a test")
            # A profile function that met the recursion limit is gone.
            record.complete = sys.getprofile() is not None
        finally:
            sys.setprofile(None)
            builtins.__import__ = importer
            for name, function in askers.items():
                setattr(builtins, name, function)
            sys.meta_path.remove(loader)
            self._forget()
        self._close(record, module, entered, asked, uses)
        return record

    def _note(self, into, name, globals, names, level):
        full = name
        if level:
            full = importlib.util.resolve_name("." * level + name,
                                               globals["__package__"])
        parts = full.split(".")
        for i in range(1, len(parts) + 1):
            into.add(".".join(parts[:i]))
        for each in names or ():
            into.add(full + "." + each)

    def _close(self, record, module, entered, asked, uses):
        todo = ["a test", module]
        seen = set()
        while todo:
            each = todo.pop()
            if each in seen:
                continue
            seen.add(each)
            record.entered |= entered.get(each, set())
            record.asked |= asked.get(each, set())
            todo += uses.get(each, ())
            if each in self.files:
                record.modules.add(self.files[each])

    def tests(self):
        for module in sorted(self.files):
            if module.startswith("test_"):
                for name in self.code[module].co_names:
                    if name.startswith("test_"):
                        yield module, name
