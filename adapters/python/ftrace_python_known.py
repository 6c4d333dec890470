# SPDX-License-Identifier: MIT
"""What is known of Python's own library: calls without effects, bases."""

import builtins

BUILTINS = frozenset(dir(builtins)) | {
    "__name__", "__file__", "__doc__", "__package__", "__spec__",
    "__loader__", "__path__", "__builtins__"}

# Decorators that call nothing of the function and keep nothing elsewhere.
DECORATORS = frozenset((
    "builtins.property", "builtins.staticmethod", "builtins.classmethod",
    "functools.wraps", "functools.lru_cache", "functools.cache",
    "functools.cached_property", "abc.abstractmethod",
    "contextlib.contextmanager", "contextlib.asynccontextmanager",
    "typing.final", "typing.no_type_check", "typing.override",
    "typing_extensions.final", "typing_extensions.override",
    "typing.type_check_only"))
CLASS_DECORATORS = frozenset((
    "typing.final", "typing.runtime_checkable", "dataclasses.dataclass",
    "functools.total_ordering", "typing_extensions.final",
    "typing_extensions.runtime_checkable"))
# Marks that pytest itself knows: any other may be refused when it is met.
MARKS = frozenset((
    "pytest.mark.parametrize", "pytest.mark.skip", "pytest.mark.skipif",
    "pytest.mark.xfail", "pytest.mark.usefixtures",
    "pytest.mark.filterwarnings"))

# Calls that cannot fail: with no arguments, ...
EMPTY_CALLS = frozenset((
    "builtins.object", "builtins.frozenset", "builtins.set",
    "builtins.dict", "builtins.list", "builtins.tuple", "threading.Lock",
    "threading.RLock", "threading.local", "threading.Event",
    "collections.OrderedDict", "collections.deque", "collections.Counter",
    "collections.ChainMap", "weakref.WeakKeyDictionary",
    "weakref.WeakValueDictionary", "weakref.WeakSet"))
# ... with one string, ...
STRING_CALLS = frozenset((
    "logging.getLogger", "contextvars.ContextVar", "typing.TypeVar",
    "typing.ParamSpec", "pathlib.Path", "pathlib.PurePath"))
# ... and with a string and one harmless value.
CAST_CALLS = frozenset(("typing.cast",))

# What the platform and the environment are, without effects.
STRING_MAKERS = frozenset((
    "platform.system", "platform.machine", "platform.python_version",
    "platform.python_implementation"))
ENVIRONMENT = frozenset((
    "os.environ.get", "os.getenv", "sys.platform.startswith"))

EXCEPTIONS = frozenset(
    name for name in dir(builtins)
    if isinstance(getattr(builtins, name), type)
    and issubclass(getattr(builtins, name), BaseException))

# Bases that look for no further names in a class, and call none of its
# functions but by protocol (`__str__` and the like).
QUIET_BASES = frozenset(
    ["builtins." + name for name in EXCEPTIONS] + [
        "builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol",
        "typing_extensions.Protocol"])
# Bases that look at no method of a class whatever.
INERT_BASES = frozenset(
    ["builtins." + name for name in EXCEPTIONS] + [
        "builtins.object", "typing.Generic"])
# Bases that register nothing and check nothing when they are inherited
# from, but whose own code calls what a class defines.
CALLING_BASES = frozenset((
    "builtins.str", "builtins.int", "builtins.float", "builtins.dict",
    "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset",
    "builtins.bytes", "builtins.bytearray", "builtins.complex",
    "threading.Thread", "threading.local", "argparse.Action",
    "argparse.ArgumentParser", "argparse.HelpFormatter",
    "collections.OrderedDict", "collections.defaultdict",
    "collections.UserDict", "collections.UserList",
    "collections.UserString", "collections.Counter", "collections.deque",
    "io.TextIOWrapper", "io.StringIO", "io.BytesIO", "io.RawIOBase",
    "io.BufferedIOBase", "io.TextIOBase", "io.BufferedReader",
    "io.BufferedWriter", "io.IOBase", "ast.NodeVisitor",
    "ast.NodeTransformer", "json.JSONEncoder", "json.JSONDecoder",
    "logging.Handler", "logging.StreamHandler", "logging.Formatter",
    "logging.Filter", "logging.Logger", "logging.LoggerAdapter",
    "html.parser.HTMLParser", "cmd.Cmd", "queue.Queue", "random.Random",
    "contextlib.ContextDecorator", "contextlib.AbstractContextManager",
    "contextlib.ExitStack", "collections.abc.Mapping",
    "collections.abc.MutableMapping", "collections.abc.Sequence",
    "collections.abc.MutableSequence", "collections.abc.Set",
    "collections.abc.MutableSet", "collections.abc.Iterator",
    "collections.abc.Iterable", "collections.abc.Callable",
    "collections.abc.Hashable", "collections.abc.Sized",
    "collections.abc.Container", "collections.abc.Collection",
    "typing.Mapping", "typing.MutableMapping", "typing.Sequence",
    "typing.Iterator", "typing.Iterable", "typing.Dict", "typing.List"))

# typing's own, and how many arguments each takes; 0 for any number.
GENERICS = {
    "Optional": 1, "Union": 0, "List": 1, "Dict": 2, "Set": 1,
    "FrozenSet": 1, "Tuple": 0, "Type": 1, "Sequence": 1,
    "MutableSequence": 1, "Iterable": 1, "Iterator": 1, "Mapping": 2,
    "MutableMapping": 2, "Collection": 1, "Container": 1, "Deque": 1,
    "DefaultDict": 2, "OrderedDict": 2, "Counter": 1, "AbstractSet": 1,
    "MutableSet": 1, "Awaitable": 1, "AsyncIterator": 1,
    "AsyncIterable": 1, "ContextManager": 1, "Reversible": 1, "IO": 1,
    "ClassVar": 1, "Final": 1}
BUILTIN_GENERICS = frozenset((
    "builtins.list", "builtins.dict", "builtins.tuple", "builtins.set",
    "builtins.frozenset", "builtins.type"))
BUILTIN_TYPES = frozenset((
    "int", "str", "bytes", "float", "bool", "complex", "object", "list",
    "dict", "set", "frozenset", "tuple", "type", "bytearray",
    "BaseException", "Exception"))
# Names of modules above that a file of the project must not carry.
ASSUMED = frozenset((
    "builtins", "typing", "functools", "abc", "contextlib", "dataclasses",
    "threading", "collections", "weakref", "logging", "contextvars",
    "pathlib", "argparse", "io", "ast", "json", "html", "cmd", "queue",
    "random", "typing_extensions", "pytest", "re", "enum", "sys", "os",
    "operator", "inspect", "unittest", "platform", "types"))
# Modules whose import is an effect, or prints.
EFFECTFUL_MODULES = frozenset((
    "antigravity", "this", "readline", "rlcompleter", "site", "sitecustomize",
    "usercustomize", "faulthandler", "idlelib", "turtle", "turtledemo",
    "tkinter", "test", "lib2to3", "distutils", "ensurepip", "venv",
    "__main__", "pydoc_data", "tracemalloc", "encodings"))
