# SPDX-License-Identifier: MIT
"""What is known of Python's own library: calls without effects, bases."""

import builtins
import sys

BUILTINS = frozenset(dir(builtins)) | {
    "__name__", "__file__", "__doc__", "__package__", "__spec__",
    "__loader__", "__path__", "__builtins__"}

# Calls that cannot fail, with no arguments.
EMPTY_CALLS = frozenset((
    "builtins.object", "builtins.frozenset", "builtins.set",
    "builtins.dict", "builtins.list", "builtins.tuple", "threading.Lock",
    "threading.RLock", "threading.local", "threading.Event",
    "collections.OrderedDict", "collections.deque", "collections.Counter",
    "collections.ChainMap", "weakref.WeakKeyDictionary",
    "weakref.WeakValueDictionary", "weakref.WeakSet"))
# Of these modules, what is called has no effect but on what it returns, and
# calls nothing that it is handed, but for special methods; ...
QUIET_MODULES = tuple(name + "." for name in (
    "abc", "array", "ast", "base64", "binascii", "builtins.bytes",
    "builtins.dict", "builtins.float", "builtins.int", "builtins.str",
    "calendar", "collections", "collections.abc", "contextlib", "contextvars",
    "copy", "dataclasses", "datetime", "decimal", "difflib", "enum",
    "fractions", "functools", "hashlib", "html", "inspect", "io",
    "ipaddress", "itertools", "json", "keyword", "math", "numbers",
    "operator", "os.environ", "os.path", "pathlib", "platform", "pprint",
    "pytest.mark", "queue", "re", "secrets", "shlex", "statistics", "string",
    "struct", "sys.version_info", "sys.platform", "textwrap", "time", "types",
    "typing", "typing_extensions", "unicodedata", "urllib.parse", "uuid",
    "weakref", "xml.sax.saxutils", "zlib", "zoneinfo"))
# ... but for these.
LOUD_CALLS = frozenset(["operator." + name for name in (
    "iadd", "iand", "iconcat", "ifloordiv", "ilshift", "imatmul", "imod",
    "imul", "ior", "ipow", "irshift", "isub", "itruediv", "ixor")] + [
    "ast.copy_location", "ast.fix_missing_locations", "ast.increment_lineno",
    "builtins.dict.clear", "builtins.dict.pop", "builtins.dict.popitem",
    "builtins.dict.setdefault", "builtins.dict.update",
    "calendar.setfirstweekday", "functools.update_wrapper",
    "struct.pack_into", "zoneinfo.reset_tzpath",
    "functools.reduce", "io.open", "io.open_code", "itertools.accumulate",
    "itertools.starmap", "itertools.takewhile", "itertools.dropwhile",
    "itertools.filterfalse", "itertools.groupby", "json.dump", "operator.call",
    "operator.setitem", "operator.delitem", "os.environ.setdefault",
    "os.environ.update", "os.environ.pop", "os.environ.clear",
    "os.environ.popitem", "pprint.pprint", "pprint.pp", "re.purge", "re.sub",
    "re.subn", "time.sleep", "time.tzset", "decimal.setcontext",
    "decimal.getcontext", "weakref.finalize", "types.new_class",
    "types.prepare_class", "typing.clear_overloads", "abc.ABCMeta",
    "decimal.localcontext"])
# And these.
QUIET_CALLS = frozenset(["builtins." + name for name in (
    "abs", "all", "any", "ascii", "bin", "bool", "bytearray", "bytes",
    "callable", "chr", "complex", "dict", "divmod", "enumerate", "float",
    "format", "frozenset", "getattr", "hasattr", "hash", "hex", "id", "int",
    "isinstance", "issubclass", "len", "list", "memoryview", "object", "oct",
    "ord", "pow", "property", "range", "repr", "reversed", "round", "set",
    "slice", "staticmethod", "classmethod", "str", "sum", "super", "tuple",
    "zip")] + [
        "logging.Formatter", "logging.LogRecord", "logging.NullHandler",
        "logging.getLogger", "os.fspath", "os.getcwd", "os.getenv",
        "os.getpid", "pytest.approx", "pytest.param", "random.Random",
        "sys.getdefaultencoding", "sys.getrecursionlimit", "sys.intern",
        "threading.Barrier", "threading.Condition", "threading.Event",
        "threading.Lock", "threading.RLock", "threading.Semaphore",
        "threading.current_thread", "threading.local", "unittest.mock.ANY",
        "unittest.mock.AsyncMock", "unittest.mock.MagicMock",
        "unittest.mock.Mock", "unittest.mock.PropertyMock",
        "unittest.mock.call", "unittest.mock.mock_open",
        "unittest.mock.patch", "unittest.mock.patch.dict",
        "unittest.mock.patch.object", "unittest.skip", "unittest.skipIf",
        "unittest.skipUnless", "unittest.expectedFailure"])
# Methods of what such calls return.
QUIET_METHODS = frozenset((
    "absolute", "as_posix", "astimezone", "bit_length", "combine", "copy",
    "count", "cwd", "date", "decode", "fromhex", "fromisoformat", "fromkeys",
    "fromtimestamp", "from_bytes", "home", "maketrans", "now", "strptime",
    "today", "utcnow", "difference", "digest", "encode", "endswith", "exists",
    "expanduser", "findall", "format", "fullmatch", "get", "getvalue", "glob",
    "group", "groups", "hexdigest", "index", "intersection", "is_dir",
    "is_file", "isoformat", "issubset", "items", "iterdir", "join", "joinpath",
    "keys", "lower", "lstrip", "match", "most_common", "quantize",
    "read_bytes", "read_text", "relative_to", "removeprefix", "removesuffix",
    "resolve", "rglob", "rstrip", "search", "split", "splitlines",
    "startswith", "strip", "timestamp", "total_seconds", "union", "upper",
    "values", "with_name", "with_suffix"))

EXCEPTIONS = frozenset(
    "builtins." + name for name in dir(builtins)
    if isinstance(getattr(builtins, name), type)
    and issubclass(getattr(builtins, name), BaseException))

# Bases that look for no further names in a class, and call none of its
# functions but by protocol (`__str__` and the like).
QUIET_BASES = EXCEPTIONS | {
    "builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol",
    "typing_extensions.Protocol"}
# Bases that look at no method of a class whatever.
INERT_BASES = EXCEPTIONS | {"builtins.object", "typing.Generic"}
# Where bases are that register nothing, but whose own code calls what a class
# defines.
CALLING_BASES = QUIET_MODULES + tuple(name + "." for name in (
    "argparse", "asyncio", "builtins", "cmd", "http", "logging", "random",
    "socketserver", "string", "threading", "unittest", "urllib", "xml"))

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

STDLIB = frozenset(getattr(sys, "stdlib_module_names", ())) or frozenset(
    sys.builtin_module_names) | ASSUMED | frozenset((
        "copy", "time", "datetime", "math", "string", "textwrap", "types",
        "itertools", "shutil", "tempfile", "subprocess", "stat", "struct",
        "errno", "warnings", "traceback", "codecs", "glob", "fnmatch",
        "hashlib", "base64", "decimal", "fractions", "numbers", "uuid",
        "socket", "select", "signal", "platform", "locale", "heapq",
        "bisect", "pprint", "keyword", "linecache", "getpass", "importlib",
        "concurrent", "asyncio", "email", "urllib", "http", "xml", "csv",
        "configparser", "zipfile", "tarfile", "gzip", "zlib", "secrets",
        "statistics", "difflib", "unicodedata", "calendar", "array", "gc",
        "ctypes", "multiprocessing", "posixpath", "ntpath", "shlex"))
STDLIB -= {"typing_extensions", "pytest"}
