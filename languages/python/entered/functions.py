# SPDX-License-Identifier: MIT
"""Has the functions that are entered recorded, in the best way there is.

The C part does it: up to 3.10 by a frame evaluator (PEP 523), from 3.11 on by
tripwires or, where these cannot be had, by the evaluator in 3.11 and as the
listener of sys.monitoring later. Without any, a scope depends on files as a
whole.
"""

import gc
import marshal
import os
import sys
import types

from .. import marks
from ..loading import imports
from ..loading.installed import STDLIB
from ..start import parts

VARIABLE = "FTRACE_FUNCTIONS"

_monitoring = getattr(sys, "monitoring", None)
_tool = None
_EVENTS = ("PY_START", "PY_RESUME", "PY_THROW")

# The file of the session that has the functions whose passages are told, and
# the versions of Python of which it is known how.
PASSAGES = "passages"
_TAKES_PASSAGES = (3, 12), (3, 13)

_NO_SLOT = (b"Python has no free slot for ftrace "
            b"(other tools use sys.monitoring)")

# What may be asked for in place of tripwires.
_OTHERS = ("monitoring",) if _monitoring else ("monitoring", "evaluator")

# How functions are recorded: "evaluator", "tripwires", "monitoring" or None;
# and when it is None, why.
mode = None
reason = None

# What the variable asked for: one of these, or "off".
asked = None


def start():
    """Begins recording functions, once; returns the mode."""
    global mode, reason
    try:
        mode, reason = _start(asked)
    except Exception as error:
        mode, reason = None, type(error).__name__
    if mode is None:
        marks.say(b"/@ftrace/coarse/" + marks.encode(reason))
    return mode


def stop():
    """Says what was entered up to now, and no more."""
    if mode is not None:
        marks.extension.stop()


def _start(wanted):
    if wanted == "off":
        return None, "FTRACE_FUNCTIONS=off"
    if marks.extension is None:
        return None, "this Python takes no extension of ours"
    settings = (sys.version_info[1], marks.encode(marks.root_slash),
                marks.encode(STDLIB), marks.encode(marks.HERE))
    if wanted not in _OTHERS and sys.version_info >= (3, 11):
        why = _set_tripwires(settings)
        if why is None:
            return "tripwires", None
        if wanted == "tripwires":
            return None, os.fsdecode(why)
    if _monitoring is None:
        why = b"this Python has no sys.monitoring"
        if wanted != "monitoring":
            why = marks.extension.evaluate(settings, _outer, _inner)
            if why is None:
                return "evaluator", None
        return None, os.fsdecode(why)
    why = marks.extension.monitor(
        settings, _monitoring.restart_events, _inner)
    if why is None:
        if _listen(_EVENTS):
            return "monitoring", None
        why = _NO_SLOT
    return None, os.fsdecode(why)


def _set_tripwires(settings):
    """None, or why not."""
    if _monitoring and not _listen(("PY_THROW",)):
        return _NO_SLOT
    why = marks.extension.trip(settings, _inner, _outer, _yielding)
    if why is not None:
        if _monitoring:
            _unlisten()
        return why
    if _monitoring:
        os.register_at_fork(after_in_child=_after_fork)
        _hear_passages()
    return None


def _hear_passages():
    """Tells of the passages of the functions that the session names."""
    try:
        with open(os.path.join(parts.session, PASSAGES), "rb") as file:
            plan = passages_of(file.read())
    except (OSError, TypeError):
        return
    if not plan or sys.version_info[:2] not in _TAKES_PASSAGES:
        return
    events = _monitoring.events

    def watch(code):
        _monitoring.set_local_events(_tool, code, events.LINE)

    _monitoring.register_callback(
        _tool, events.LINE,
        marks.extension.passages_listener(_monitoring.DISABLE))
    marks.extension.passages(
        plan[1], watch, type(watch.__code__).__basicsize__, plan[0], _passing)


def passages_of(packed):
    """(the instruction that tells of a line, functions by path and name)."""
    instruction, found, at = None, {}, 0
    while at < len(packed):
        path, at = _frame(packed, at)
        each, at = _frame(packed, at)
        instruction, functions = marshal.loads(each)
        found[os.fsdecode(path)] = {
            function[0]: function for function in functions}
    return instruction and (instruction, found)


def _frame(packed, at):
    colon = packed.index(b":", at)
    end = colon + 1 + int(packed[at:colon])
    return packed[colon + 1:end], end


def adopt_past():
    """Finds functions of the project that were made before.

    kept has begun: it is told then what they mention.
    """
    if mode != "tripwires" or not any(
            imports.is_project(module)
            for name, module in list(sys.modules.items())
            if not name.startswith(marks.OWN_MODULES)):
        return
    for function in gc.get_objects():
        if type(function) is types.FunctionType:
            marks.extension.adopt(function.__code__)
    for frame in sys._current_frames().values():
        while frame is not None:
            marks.extension.adopt(frame.f_code)
            frame = frame.f_back


def _after_fork():
    """A child may end at any moment, so it has to say at once what it enters.

    It is no new thread's business: the one that forked goes on.
    """
    try:
        _unlisten()
        if not _listen(_EVENTS):
            marks.extension.coarse(_NO_SLOT)
        marks.extension.forked(_monitoring.restart_events)
    except Exception:
        marks.lost()


def _outer(function):
    function()


def _inner():
    """What it does can be quickened, which tripwires of 3.11 try out."""
    return len(marks.HERE)


def _passing():
    """Its lines are listened to, to try it out."""
    return None


def _yielding():
    yield


def _free_tool():
    """A number for sys.monitoring, or None."""
    # Coverage, debuggers, profilers and optimisers have theirs reserved.
    for tool in (3, 4, 2, 5, 0, 1):
        if _monitoring.get_tool(tool) is None:
            return tool
    return None


def _listen(names):
    """Switches events on; false when there is no number left."""
    global _tool
    tool = _free_tool()
    if tool is None:
        return False
    entered, thrown = marks.extension.callbacks(_monitoring.DISABLE)
    _monitoring.use_tool_id(tool, "ftrace")
    wanted = 0
    for name in names:
        event = getattr(_monitoring.events, name)
        _monitoring.register_callback(
            tool, event, thrown if name == "PY_THROW" else entered)
        wanted |= event
    _monitoring.set_events(tool, wanted)
    _tool = tool
    return True


def _unlisten():
    """Switches them off again."""
    _monitoring.set_events(_tool, 0)
    for name in _EVENTS:
        _monitoring.register_callback(
            _tool, getattr(_monitoring.events, name), None)
    _monitoring.free_tool_id(_tool)
