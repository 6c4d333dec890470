# SPDX-License-Identifier: MIT
"""What a Python process of the session does before `site` has run.

Nobody imports this: its code runs while `os` is being imported, under the
name of the import system, so that no more may be asked here than that one
has.  A process that is the runner gets the runner's adapter, unless it was
started by a test: what does that is in another file, whose code follows.  In
all others a directory that the import system lists counts for the names that
were looked for there.
"""

import _frozen_importlib_external as external
import _thread
import posix
import sys

# What the base of a session is called (SCOPE_BASE, SCOPE_SPOKEN).
_BASE = b"1"
_SPOKEN = b"r"
_SESSION = b"FTRACE_SESSION"
_SCOPE = b"FTRACE_SCOPE"
_PRELOAD = b"LD_PRELOAD"
_LIBRARY = b"/libftrace.so"

# Set where the runner starts processes that run its tests.
_WORKER = b"FTRACE_WORKER"

# The package that ftrace's own modules are in.
_OWN = "_ftrace"

# What importlib.metadata lists a directory of sys.path for.
_METADATA = ("*.dist-info", "*.egg-info", "*.egg", "*.egg-link", "*.pth")

_mark = posix.access
_find_spec = external.FileFinder.find_spec

_folder = _root = _selection = _session = ""

# Whether directories with installed packages are narrowed, too: in a process
# that may be the runner its adapter says what was looked for there.
_inside = True

# Python's own folder: whatever is there is everybody's anyway.
_stdlib = "\0"

# The threads that look for the metadata of one distribution.
_searching = set()

# What to do when a module has been loaded, by its name; and in a process that
# may be a runner, by the runner's name, which the parts behind this one say.
_watched = {}
runners = {}

# Whether this process is known to be one: no other may begin in it.
_began = False


def start(folder, root, selection, tells, session):
    global _folder, _root, _selection, _session, _inside, _stdlib
    _folder, _root, _selection = folder, root, selection
    _session = session
    for place in sys.path:
        if place.endswith("/lib-dynload"):
            _stdlib = place[:-len("lib-dynload")]
    worker = posix.environ.pop(_WORKER, None) is not None
    if worker:
        posix.unsetenv(_WORKER)
    scope = posix.environ.get(_SCOPE, b"").split(b".")
    _inside = tells == "" or not worker and (
        scope[0] != _BASE or _SPOKEN in scope[2:])
    if _inside:
        _hide()
        if "site" in sys.modules:
            sys.meta_path.insert(0, _Site)
    else:
        for runner, watches in runners.items():
            if tells is None or tells == runner:
                _watched.update(watches)
    for name in ("importlib.metadata", "importlib_metadata"):
        _watched[name] = _watch_metadata
    find_spec.__qualname__ = _find_spec.__qualname__
    find_spec.__doc__ = _find_spec.__doc__
    find_spec.__module__ = _find_spec.__module__
    find_spec.plain = _find_spec
    external.FileFinder.find_spec = find_spec


def _hide():
    """Takes out of Python's sight what an exec puts back."""
    names = posix.environ
    names.pop(_SESSION, None)
    names.pop(_SCOPE, None)
    libraries = names.pop(_PRELOAD, b"")
    head, separator, tail = libraries.rpartition(b":")
    if not tail.endswith(_LIBRARY):
        head, separator = libraries, libraries
    if separator:
        names[_PRELOAD] = head


def _is_narrowed(place):
    below = place + "/"
    is_ours = below.startswith(_root + "/")
    if is_ours:
        below = below[len(_root):]
    if "/site-packages/" in below or "/dist-packages/" in below:
        return _inside
    return is_ours or not below.startswith(_stdlib)


def find_spec(self, fullname, target=None):
    # What the finder stats and lists would tie the process to all that
    # happens in the directory; what it really asked is whether there is
    # something by that name.
    if _is_narrowed(self.path):
        _mark("/@ftrace/mute/", 0)
        try:
            spec = _find_spec(self, fullname, target)
        finally:
            _mark("/@ftrace/unmute/", 0)
        _note(self.path, fullname.rpartition(".")[2], spec)
    else:
        spec = _find_spec(self, fullname, target)
    if spec is not None and fullname in _watched:
        _watch(spec, fullname)
    return spec


def _note(place, tail, spec):
    try:
        if place[:1] != "/":
            place = posix.getcwd() + "/" + place
        _mark("/@ftrace/block/list/" + tail + "/" + place, 0)
        # A directory was found: whether it is a package, and which of the
        # files that can make it one is taken, hangs on these.
        if spec is not None and spec.submodule_search_locations is not None:
            _mark("/@ftrace/block/list/__init__/%s/%s" % (place, tail), 0)
    except Exception:
        _mark("/@ftrace/outcome/lost", 0)


def _watch(spec, name):
    """Has something done when the module has been loaded."""
    loader = spec.loader

    def exec_module(module):
        vars(loader).pop("exec_module", None)
        loader.exec_module(module)
        try:
            _watched[name](module)
        except Exception:
            pass

    try:
        loader.exec_module = exec_module
    except AttributeError:
        pass


class _Own:
    """Finds ftrace's own modules, of which no search of sys.path knows."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        top, *below = name.split(".")
        if top != _OWN:
            return None
        place = "/".join([_folder, *below])
        if external._path_isfile(place + ".py"):
            return external.spec_from_file_location(name, place + ".py")
        spec = external._bootstrap.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations.append(place)
        return spec


def begin(name, *arguments):
    """Has one of ftrace's own modules begin, with those that it imports."""
    global _began
    if _began:
        raise RuntimeError("a runner inside another one")
    _began = True
    sys.meta_path.insert(0, _Own)
    try:
        module = __import__(_OWN + "." + name, fromlist=("begin",))
        sys.modules[_OWN + ".languages.python.start.parts"].session = _session
        module.begin(*arguments)
    finally:
        sys.meta_path.remove(_Own)
    return module


def _watch_metadata(module):
    """What it lists the places of sys.path for."""
    kind = module.FastPath
    plain, plain_search = kind.children, kind.search

    def is_listed(place):
        # An archive is read as a whole, and what is absent is looked for.
        return _is_narrowed(place) and external._path_isdir(place)

    def children(self):
        place = self.root or "."
        if not is_listed(place):
            return plain(self)
        # A search that has a name goes through a listing of all.
        globs = () if _thread.get_ident() in _searching else _METADATA
        return _list(place, globs, plain, self)

    def search(self, prepared):
        place, name = self.root or ".", getattr(prepared, "name", None)
        if (type(name) is not str or not name.isascii()
                or place.lower().endswith(".egg") or not is_listed(place)):
            return plain_search(self, prepared)
        _searching.add(_thread.get_ident())
        try:
            return _list(place, (_metadata_of(name),), plain_search, self,
                         prepared)
        finally:
            _searching.discard(_thread.get_ident())

    for function in children, search:
        function.plain = getattr(kind, function.__name__)
        setattr(kind, function.__name__, function)


def _metadata_of(name):
    """As in loading/places.py."""
    return "".join(
        "[%s%s]" % (char.lower(), char.upper()) if char.isalpha()
        else char if char.isdigit() else "*" for char in name) + "[-.]*info"


def _list(place, globs, function, *arguments):
    """Calls what lists a directory for the sake of some names."""
    _mark("/@ftrace/mute/", 0)
    try:
        return function(*arguments)
    finally:
        _mark("/@ftrace/unmute/", 0)
        if place[:1] != "/":
            place = posix.getcwd() + "/" + place
        for glob in globs:
            _mark("/@ftrace/block/list/%s/%s" % (glob, place), 0)


class _Os:
    """What `site` sees of os while it looks for `*.pth`."""

    def __init__(self, module):
        self.module = module

    def __getattr__(self, name):
        return getattr(self.module, name)

    def listdir(self, path="."):
        return _list(path, ("*.pth",), self.module.listdir, path)


class _Site:
    """Hears of the first module that `site` imports after os, and of the last
    after which it lists nothing any more."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        site = sys.modules.get("site")
        names = vars(site) if site is not None else {}
        if name == "_sitebuiltins" and "os" in names:
            names["os"] = _Os(names["os"])
        elif name == "sitecustomize":
            if type(names.get("os")) is _Os:
                names["os"] = names["os"].module
            if _Site in sys.meta_path:
                sys.meta_path.remove(_Site)
        return None
