# SPDX-License-Identifier: MIT
"""Whether getattr() and its like are called with constants alone.

Read from compiled code.  The answer is "computed" wherever the pattern is
not plainly that of a call with a constant in the decisive place.
"""

from _opcode import stack_effect

from . import opcodes, words

# Whoever names one of these can reach names that it does not mention.
REFLECTION = frozenset((
    "eval", "exec", "__subclasses__", "iter_modules", "walk_packages",
    "get_type_hints", "get_annotations", "get_overloads", "__annotations__",
    "__annotate__", "__annotate_func__", "__annotations_cache__",
    "get_annotate_from_class_namespace", "call_annotate_function",
    "__builtins__", "dill", "cloudpickle", "runpy", "run_module", "run_path",
    "get_objects", "get_referrers", "get_referents",
    "__static_attributes__", "InteractiveInterpreter",
    "InteractiveConsole", "doctest"))
# These store names of what they are given, and look these up again: nothing
# but whether they are there, and what a class says of how it is stored.
STORING = frozenset(("pickle", "_pickle", "cPickle", "shelve"))
# What the body of a class has of these it declares.
_DECLARED = frozenset((
    "__annotations__", "__annotate__", "__annotate_func__",
    "__static_attributes__"))
# And these what objects and classes have: modules are found by who holds one,
# unless they are looked up as well.
OF_OBJECTS = frozenset((
    "dir", "getmembers", "getmembers_static", "getattr_static"))
_LOOKING_UP = frozenset((
    "modules", "module", "import_module", "__import__", "getmodule",
    "resolve_name"))
# These give a namespace: what is done with it decides.
NAMESPACES = frozenset((
    "globals", "vars", "__dict__", "__globals__", "f_globals", "f_locals",
    "f_builtins"))
# These reach what their argument at the given place says.
BY_ARGUMENT = {
    "getattr": 2, "hasattr": 2, "setattr": 2, "delattr": 2,
    "attrgetter": 0, "methodcaller": 1, "import_module": 1,
    "__import__": 1, "getfixturevalue": 1, "reload": 0,
    "__delattr__": 2, "__getattribute__": 2, "getfuncargvalue": 1,
    "locate": 1, "resolve_name": 1}
# These reach no more than attributes, of what they are given.
_OF_GIVEN = frozenset(("delattr", "__delattr__", "__getattribute__"))
TRIGGERS = frozenset(BY_ARGUMENT) | NAMESPACES
# What these are asked for is told while the code runs.
HEARD = frozenset(("getattr", "hasattr"))

# The flag of the code of a function.
_OPTIMIZED = 1
_opmap = opcodes.opmap
_ops = opcodes.ops
_IGNORED = _ops("CACHE", "NOP", "NOT_TAKEN")
_PUSH_NULL = _opmap.get("PUSH_NULL", opcodes.NOWHERE)
_STORE_NAME = _opmap["STORE_NAME"]
_STORE_SUBSCR = _opmap["STORE_SUBSCR"]
_CONSTANT = _ops("LOAD_CONST", "LOAD_CONST_IMMORTAL", "LOAD_CONST_MORTAL")
# 3.11 makes a call in two steps, and the first one has the arguments.
_CALL = _ops("PRECALL") if "PRECALL" in _opmap else _ops(
    "CALL", "CALL_FUNCTION", "CALL_METHOD")
_CALL_KW = opcodes.CALL_KW
# What is left of a call once it has been recognised.
_CALLED = _ops("CALL") if "PRECALL" in _opmap else frozenset()
_INDEX = _ops("BINARY_SUBSCR", "STORE_SUBSCR")
_BINARY_OP = _opmap.get("BINARY_OP", opcodes.NOWHERE)
_FAST = _ops("LOAD_FAST", "LOAD_FAST_BORROW", "LOAD_FAST_CHECK")
_STORES = _ops("STORE_FAST", "DELETE_FAST")
# Two instructions in one, whose arguments share a byte.
_LOAD_OP = _opmap["LOAD_FAST"]
_STORE_OP = _opmap["STORE_FAST"]
_PAIRS = {_opmap[name]: parts for name, parts in (
    ("LOAD_FAST_LOAD_FAST", (_LOAD_OP, _LOAD_OP)),
    ("LOAD_FAST_BORROW_LOAD_FAST_BORROW", (_LOAD_OP, _LOAD_OP)),
    ("STORE_FAST_LOAD_FAST", (_STORE_OP, _LOAD_OP)),
    ("STORE_FAST_STORE_FAST", (_STORE_OP, _STORE_OP))) if name in _opmap}
# Methods that are asked for an attribute by its name.
_ASKED = frozenset(("__getattr__", "__getattribute__"))
_ASKING = frozenset(("get", "setdefault", "pop"))
# How many arguments these methods have where the first one is "module.name".
_SHORT = {"setattr": 2, "delattr": 1}
_KEYWORDS = _opmap.get("KW_NAMES", opcodes.NOWHERE)
# What is reached by way of a namespace: of all but these, whatever there is.
_REACHED = {"globals": words.GLOBALS, "vars": words.MEMBERS,
            "__dict__": words.MEMBERS}
# What gives all that a dictionary holds.
_GOING_THROUGH = frozenset(("items", "values", "keys", "copy", "__iter__"))
_COPYING = frozenset((
    "list", "tuple", "set", "frozenset", "dict", "sorted", "iter", "map",
    "filter", "enumerate", "reversed", "min", "max"))
_KEEPING = _ops(
    "GET_ITER", "LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE", "DICT_MERGE",
    "STORE_FAST", "STORE_DEREF", "STORE_GLOBAL", "STORE_ATTR",
    "RETURN_VALUE", "YIELD_VALUE")
_JUMPS = frozenset(op for name, op in _opmap.items()
                   if "JUMP" in name or name.startswith((
                       "FOR_", "SETUP_", "SEND", "YIELD", "RETURN",
                       "RAISE", "POP_EXCEPT", "END_", "CLEANUP",
                       "GET_AWAITABLE", "INSTRUMENTED", "WITH_",
                       "BEFORE_")))


def _stream(code):
    """The instructions that matter here, each a single one."""
    for op, arg in opcodes.instructions(code):
        if op in _PAIRS:
            first, second = _PAIRS[op]
            yield first, arg >> 4
            yield second, arg & 15
        elif op not in _IGNORED:
            yield op, arg


def _effect(op, arg):
    try:
        return stack_effect(op, arg)
    except ValueError:
        return stack_effect(op)


def _called_with_constant(stream, at, place, consts):
    """Whether the call of what was just loaded has a constant at `place`.

    The depth counts what lies above the loaded function.  An instruction
    that consumes the constant before the call lets the depth fall back to
    the constant's own, or below.
    """
    return _called_with(stream, at, place, consts, lambda op, arg: (
        op in _CONSTANT and type(consts[arg]) is str))


def _named(stream, at, consts):
    """How many arguments of the call at `at` have a name."""
    op, arg = stream[at - 1]
    if op == _KEYWORDS or stream[at][0] in _CALL_KW:
        return len(consts[arg])
    return 0


def _called_with(stream, at, place, consts, accepts):
    """How many arguments have their place in the call, 0 for not like that.

    The one at `place` has to be made by an instruction that is accepted.
    """
    depth = 0
    found = False
    for i in range(at + 1, len(stream)):
        op, arg = stream[i]
        if op == _PUSH_NULL and i == at + 1 or op == _KEYWORDS:
            continue
        if op in _JUMPS:
            return 0
        if op in _CALL and arg == depth or op in _CALL_KW and (
                arg + 1 == depth):
            count = arg - _named(stream, i, consts)
            return count if found and place <= count else 0
        depth += _effect(op, arg)
        if depth <= 0:
            return 0
        if depth <= place:
            found = depth == place and accepts(op, arg)
    return 0


def _called_with_constants(stream, at):
    """Whether nothing but constants are the arguments of the call."""
    count = 0
    for op, arg in stream[at + 1:]:
        if op == _PUSH_NULL:
            continue
        if op in _CALL:
            return arg == count
        if op not in _CONSTANT:
            return False
        count += 1
    return False


def _indexed(stream, at):
    """Whether a namespace is asked for a constant: ["a"], .get("a", x)."""
    if at + 2 >= len(stream):
        return False
    op, arg = stream[at + 1]
    if op in _CONSTANT:
        op, arg = stream[at + 2]
        # From 3.14 on an operator: those below are of numbers.
        return op in _INDEX or op == _BINARY_OP and arg >= 26
    return False


def _asked(code, stream, at):
    """Whether .get() and its like are called with a constant."""
    if at + 1 >= len(stream):
        return False
    op, arg = stream[at + 1]
    if op not in opcodes.ATTRIBUTE:
        return False
    arg >>= opcodes.ATTRIBUTE[op]
    return (arg < len(code.co_names) and code.co_names[arg] in _ASKING
            and _called_with_constant(stream, at + 1, 1, code.co_consts))


def _is_self(code, instruction):
    """Whether a method loads its own instance, which has no other names."""
    return (instruction[0] in _FAST and instruction[1] == 0
            and code.co_argcount > 0 and code.co_varnames[0] == "self")


def _searches(code, stream, at, name):
    """Whether a namespace is used for more than a name that is written."""
    if name not in ("globals", "vars"):
        if name == "__dict__" and at and _is_self(code, stream[at - 1]):
            return False
    elif name == "vars":
        if (at + 2 >= len(stream) or stream[at + 2][0] not in _CALL
                or stream[at + 2][1] != 1):
            return True
        if _is_self(code, stream[at + 1]):
            return False
        at += 2
    else:
        while at + 1 < len(stream) and stream[at + 1][0] == _PUSH_NULL:
            at += 1
        if (at + 1 >= len(stream) or stream[at + 1][0] not in _CALL
                or stream[at + 1][1] != 0):
            return True
        at += 1
    while at + 1 < len(stream) and stream[at + 1][0] in _CALLED:
        at += 1
    return not (_indexed(stream, at) or _asked(code, stream, at))


def _is_heard(stream, at, names):
    """Whether it is getattr() or hasattr() that is loaded, to be called.

    What that is asked for is told while the code runs.
    """
    op, arg = stream[at]
    if op != opcodes.LOAD_GLOBAL or names[
            arg >> opcodes.GLOBAL[op]] not in HEARD:
        return False
    if opcodes.VERSION >= (3, 11):
        return bool(arg & 1)
    return _called_with(stream, at, 1, (), lambda op, arg: True) > 1


def _is_import(stream, at, name):
    """Whether a module is imported by a name that is put together.

    Who does that is said to have all names of the module read, when it does.
    """
    if name == "import_module":
        least, most = 1, 2
    elif name == "__import__" and stream[at][0] in opcodes.GLOBAL:
        least = most = 1
    else:
        return False
    return least <= _called_with(
        stream, at, 1, (), lambda op, arg: True) <= most


def _is_attribute(code, stream, at, name):
    """Whether `x.globals` is any attribute, and not that of builtins."""
    if name not in ("globals", "vars") or (
            stream[at][0] not in opcodes.ATTRIBUTE) or (
            _name_at(code, stream[at - 1]) == "builtins"):
        return False
    at += 1
    while at < len(stream) and stream[at][0] == _PUSH_NULL:
        at += 1
    if at == len(stream):
        return True
    if name == "vars":
        return stream[at][0] in opcodes.ATTRIBUTE
    return stream[at][0] not in _CALL or stream[at][1] > 0


def _hands_on(code, stream, at, name):
    """Whether it is `object.__getattribute__(self, name)`, or super()'s, with
    the name that a method of that kind was itself asked for.

    That one is written where it was asked, or heard there.
    """
    if name != "__getattribute__" or code.co_name not in _ASKED or (
            code.co_argcount != 2):
        return False
    own = code.co_varnames[1]
    if own in code.co_cellvars or any(
            op in _STORES and _name_at(code, (_LOAD_OP, arg)) == own
            for op, arg in stream):
        return False

    def accepts(op, arg):
        return op in _FAST and code.co_varnames[arg] == own
    return any(_called_with(stream, at, place, code.co_consts, accepts)
               == place for place in (1, 2))


def _names_in_text(code, stream, at, name):
    """Whether it is monkeypatch.setattr("module.name", value) or its like."""
    return name in _SHORT and _called_with_constant(
        stream, at, 1, code.co_consts) == _SHORT[name]


def _name_at(code, instruction):
    """The name that an instruction loads, or what is no name of anything."""
    op, arg = instruction
    if op in _FAST:
        return code.co_varnames[arg] if arg < len(code.co_varnames) else ""
    for table in (opcodes.GLOBAL, opcodes.ATTRIBUTE):
        if op in table:
            arg >>= table[op]
            return code.co_names[arg] if arg < len(code.co_names) else ""
    return ""


def walks(code):
    """Whether code goes through sys.modules, or hands it to who may do so.

    To look a module up there, or to ask whether there is one, is none.
    """
    stream = list(_stream(code))
    for at in range(1, len(stream) - 1):
        if (_name_at(code, stream[at]) != "modules"
                or stream[at][0] not in opcodes.ATTRIBUTE
                or not _name_at(code, stream[at - 1]).endswith("sys")):
            continue
        op = stream[at + 1][0]
        if op in opcodes.ATTRIBUTE:
            if _name_at(code, stream[at + 1]) in _GOING_THROUGH:
                return True
        elif op in _CALL and {"patch", "dict"} <= set(code.co_names):
            # patch.dict(sys.modules) puts back what it finds.
            continue
        elif op in _CALL or op in _KEEPING or any(
                _name_at(code, each) in _COPYING
                for each in stream[max(at - 3, 0):at - 1]):
            return True
    return False


def computes(code, shadowed):
    """Which names code reaches that are not written, and nobody hears of.

    As reflects() has it.

    setattr() of builtins, unless something else has its name (`shadowed`),
    reaches nothing: who sets an attribute notices neither that it was there
    nor what it was, and a descriptor or __setattr__ that does is a member of
    a class, whose change the users of the class notice.  Nor does the
    __setattr__() of a class.
    """
    names = code.co_names
    computed = set()
    stream = list(_stream(code))
    for at, (op, arg) in enumerate(stream):
        if op in opcodes.GLOBAL:
            arg >>= opcodes.GLOBAL[op]
        elif op in opcodes.ATTRIBUTE:
            arg >>= opcodes.ATTRIBUTE[op]
        else:
            continue
        if arg >= len(names):
            return {words.ANY}
        if names[arg] in NAMESPACES:
            if (not _is_attribute(code, stream, at, names[arg])
                    and _searches(code, stream, at, names[arg])):
                computed.add(_REACHED.get(names[arg], words.ANY))
            continue
        place = BY_ARGUMENT.get(names[arg])
        if place is None or names[arg] == "setattr" and (
                op in opcodes.GLOBAL and not shadowed):
            continue
        if _is_heard(stream, at, names):
            if not _called_with_constant(stream, at, place, code.co_consts):
                computed.add(words.COMPUTED)
            continue
        if _is_import(stream, at, names[arg]):
            continue
        if place == 0:
            constant = _called_with_constants(stream, at)
        else:
            constant = _called_with_constant(
                stream, at, place, code.co_consts) or (
                op in opcodes.ATTRIBUTE and (
                    _names_in_text(code, stream, at, names[arg])
                    or _hands_on(code, stream, at, names[arg])))
        if not constant and names[arg] in _OF_GIVEN:
            computed.add(words.MEMBERS)
        elif not constant:
            return {words.ANY}
    return computed


def _declares(code):
    """Whether the body of a class does no more with annotations than have some.

    `x: int` asks for the annotations, and puts one in under a constant.
    """
    stream = list(_stream(code))
    for at, (op, arg) in enumerate(stream):
        if _name_at(code, (op, arg)) not in _DECLARED or op == _STORE_NAME:
            continue
        after = [each for each, _ in stream[at + 1:at + 3]]
        if len(after) < 2 or after[0] not in _CONSTANT or (
                after[1] != _STORE_SUBSCR):
            return False
    return True


def _revealing(code, names):
    """The names of code that say that it can reach any other."""
    found = REFLECTION.intersection(names)
    if found and found <= _DECLARED and not code.co_flags & _OPTIMIZED and (
            _declares(code)):
        return frozenset()
    return found


def reflects(code, names, shadowed):
    """Which names `code`, which uses `names`, can reach unmentioned.

    ANY; MEMBERS; GLOBALS; STORED; or COMPUTED, see words.py.
    shadowed: see computes().
    """
    if _revealing(code, names):
        return {words.ANY}
    found = set() if OF_OBJECTS.isdisjoint(names) else {words.MEMBERS}
    if not STORING.isdisjoint(names):
        found.add(words.STORED)
    if not TRIGGERS.isdisjoint(names):
        found |= computes(code, shadowed)
    if words.MEMBERS in found and not _LOOKING_UP.isdisjoint(names):
        return {words.ANY}
    return found
