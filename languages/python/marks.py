# SPDX-License-Identifier: MIT
"""Marks: the paths that tell the tracer where a scope begins and ends.

Asking whether one of them exists is swallowed by the tracer, and untraced is
a harmless "no".  The names of all scopes are kept as bytes, ready to be said.
"""

import os
import sys
from _thread import _local
from importlib.machinery import ExtensionFileLoader, ModuleSpec

BEGIN = b"/@ftrace/begin/"
END = b"/@ftrace/end/"
USE = b"/@ftrace/use/"
KEPT = b"/@ftrace/kept/"
MUTE = b"/@ftrace/mute/"
UNMUTE = b"/@ftrace/unmute/"
OUTCOME = b"/@ftrace/outcome/"
WHOLE = b"/@ftrace/block/read//"
BLOCK_LIST = b"/@ftrace/block/list/"
INTERPRETER = b"/@ftrace/interpreter/"
ENV = b"/@ftrace/env/"
# A section of a file with settings, and the file.
SECTION = b"/@ftrace/block/read/%b/%b"
BASE = b"run/"
OPAQUE = b"opaque/"

# How the names of our own modules begin, and where their files lie.
OWN_MODULES = "_ftrace"
HERE = os.path.abspath(__file__)[:-len("languages/python/marks.py")]

# A wrapper that has to be Python carries the name of the import system's own
# code, which tracebacks and warnings skip, and asks pytest to hide it.
_AROUND = """
def _call_with_frames_removed(*args, **kwargs):
    __tracebackhide__ = True
    token = result = None
    entered = False
    try:
        token = enter(*args, **kwargs)
        entered = True
    except Exception:
        lost()
    try:
        result = function(*args, **kwargs)
        return result
    finally:
        if entered:
            try:
                leave(token, result)
            except Exception:
                lost()
"""

_IMPORT = """
def __import__(name, globals=None, locals=None, fromlist=(), level=0):
    __tracebackhide__ = True
    result = previous(name, globals, locals, fromlist, level)
    try:
        note(name, globals, fromlist, level)
    except Exception:
        lost()
    return result
"""

# Those of os.fsencode(), which takes longer to find out what it is given.
_ENCODING = sys.getfilesystemencoding()
_ERRORS = sys.getfilesystemencodeerrors()
_encode = str.encode

root = ""
root_slash = "/"

# The scopes that hold for the whole process, innermost last.
process = []

# What to call before another one comes into force, by memory/caches.py.
caches = []

# What was read in them, by memory/memo.py, and what to do at their end.
watches = []
finish = None


class _Thread(_local):
    """What holds for one thread."""

    def __init__(self):
        # The scopes of the modules that it is importing, innermost last.
        self.modules = []
        # How each of them is being loaded.
        self.loads = []
        # How often it is muted, by others than the project's own code.
        self.muted = 0
        # Where reading/variables.py saw all names being asked for.
        self.copying = None


thread = _Thread()


def _python_access(path, access=os.access):
    access(path, 0)


def _python_caller(depth):
    return sys._getframe(depth + 1)


def _python_code_of(frame):
    return frame.f_code


def _python_around(function, enter, leave):
    names = {"function": function, "enter": enter, "leave": leave,
             "lost": lost, "__name__": "importlib._bootstrap"}
    exec(compile(_AROUND, "<frozen importlib._bootstrap>", "exec"), names)
    return names["_call_with_frames_removed"]


def python_import(previous, note):
    """What stands in for builtins.__import__ where there is no extension."""
    names = {"previous": previous, "note": note, "lost": lost,
             "__name__": "importlib._bootstrap"}
    exec(compile(_IMPORT, "<frozen importlib._bootstrap>", "exec"), names)
    return names["__import__"]


def _load_extension():
    """Loads the C part, which only a plain CPython can take."""
    if (sys.implementation.name != "cpython"
            or "t" in getattr(sys, "abiflags", "")
            or hasattr(sys, "getobjects")):
        return None
    name = __package__ + ".extension"
    path = HERE + "languages/python/extension.so"
    try:
        loader = ExtensionFileLoader(name, path)
        return loader.create_module(ModuleSpec(name, loader, origin=path))
    except (ImportError, OSError):
        return None


# What says a mark; and what does so where code of the project may have run
# before, or may run until the next one: it says first what that entered.
extension = _load_extension()
if extension is not None:
    say = extension.say
    shift = extension.shift
    around = extension.around
    # Each id(), sys._getframe() and f_code is an event for all who listen.
    identity = extension.identity
    caller = extension.caller
    code_of = extension.code_of
else:
    say = shift = _python_access
    around = _python_around
    identity = id
    caller = _python_caller
    code_of = _python_code_of


def set_root(path):
    """Fixes the directory that all names are relative to."""
    global root, root_slash
    root = path
    root_slash = path.rstrip("/") + "/"


def encode(text):
    """A name as bytes that a path can hold."""
    try:
        data = _encode(text, _ENCODING, _ERRORS)
    except TypeError:
        data = os.fsencode(text)
    except UnicodeError:
        data = text.encode("utf-8", "backslashreplace")
    if b"\0" in data:
        data = data.replace(b"\0", b"\\x00")
    return data


def relative(path):
    """A path as the names give it: relative inside the root."""
    if path == root:
        return "."
    if path.startswith(root_slash):
        return path[len(root_slash):]
    return path


def begin(scope):
    """Enters a scope of the whole process; returns the depth before."""
    depth = len(process)
    if caches:
        _ask_caches()
    process.append(scope)
    shift(BEGIN + scope)
    return depth


def unwind(depth):
    """Leaves scopes until as few are open as there were."""
    while len(process) > depth:
        while watches and watches[-1].depth >= len(process):
            _finish_watch()
        if caches:
            _ask_caches()
        process.pop()
        shift(END)


def _ask_caches():
    try:
        for ask in caches:
            ask()
    except Exception:
        lost()


def _finish_watch():
    try:
        finish(watches.pop())
    except Exception:
        lost()


def lost():
    """Confesses that the scope in force may lack something."""
    try:
        say(OUTCOME + b"lost")
    except Exception:
        pass


def mute(*_, **_kwargs):
    """Stops the recording of what is read, unless a scope is open."""
    if process:
        return False
    return mute_always()


def mute_always(*_, **_kwargs):
    """Stops the recording of what is read."""
    say(MUTE)
    thread.muted += 1
    return True


def unmute(token, _=None):
    """Takes back what mute did."""
    if token:
        thread.muted -= 1
        say(UNMUTE)


def lift(*_, **_kwargs):
    """Records again for a while, however often it was stopped."""
    depth = thread.muted
    thread.muted = 0
    for _each in range(depth):
        say(UNMUTE)
    return depth


def lower(depth, _=None):
    """Takes back what lift did."""
    for _each in range(depth):
        say(MUTE)
    thread.muted += depth
