# SPDX-License-Identifier: MIT
"""Has the functions that are entered recorded, in the best way there is.

The C part does it, by a frame evaluator (PEP 523), else as the listener of
sys.monitoring.  Without either, a scope depends on files as a whole.
"""

import os
import sys

import ftrace_pytest_marks as marks

VARIABLE = "FTRACE_FUNCTIONS"
_HERE = os.path.dirname(os.path.abspath(__file__)) + "/"
_STDLIB = os.path.dirname(os.__file__) + "/"

_monitoring = getattr(sys, "monitoring", None)
_tool = None
_callbacks = None

# How functions are recorded: "evaluator", "monitoring" or None; and when it
# is None, why.
mode = None
reason = None

# What the variable asked for: "evaluator", "monitoring" or "off".
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
                marks.encode(_STDLIB), marks.encode(_HERE))
    why = b"FTRACE_FUNCTIONS=monitoring"
    if wanted != "monitoring":
        why = marks.extension.evaluate(settings, _outer, _inner)
        if why is None:
            if _monitoring is None:
                return "evaluator", None
            if _watch_constructors():
                marks.extension.relief(_listen, _unlisten)
                return "evaluator", None
            marks.extension.stop()
            return None, "sys.monitoring has no number left"
    if wanted != "evaluator" and _monitoring is not None:
        why = marks.extension.monitor(settings, _monitoring.restart_events)
        if why is None:
            if _listen():
                return "monitoring", None
            why = b"sys.monitoring has no number left"
    return None, os.fsdecode(why)


def _outer(function):
    function()


def _inner():
    pass


def _watch_constructors():
    """Sees to 3.13, which runs an __init__ past the evaluator.

    Where a place has called a class often enough, it enters the function by
    itself; sys.monitoring tells of these.
    """
    class Tried:
        def __init__(self):
            pass

    def try_out():
        for _ in range(100):
            Tried()

    if marks.extension.count(Tried.__init__.__code__, try_out) == 100:
        return True
    tool = _free_tool()
    if tool is None:
        return False
    event = _monitoring.events.PY_START
    _, entered = marks.extension.callbacks(_monitoring.DISABLE)
    _monitoring.use_tool_id(tool, "ftrace")
    _monitoring.register_callback(tool, event, entered)

    def watch(code):
        if _monitoring.get_local_events(tool, code) != event:
            _monitoring.set_local_events(tool, code, event)

    marks.extension.watch(watch)
    return True


def _free_tool():
    """A number for sys.monitoring, or None."""
    # Coverage, debuggers, profilers and optimisers have theirs reserved.
    for tool in (3, 4, 2, 5, 0, 1):
        if _monitoring.get_tool(tool) is None:
            return tool
    return None


def _listen():
    """Switches the events on; false when there is no number left."""
    global _tool, _callbacks
    events = _monitoring.events
    tool = _free_tool()
    if tool is None:
        return False
    if _callbacks is None:
        _callbacks = marks.extension.callbacks(_monitoring.DISABLE)
    entered, thrown = _callbacks
    _monitoring.use_tool_id(tool, "ftrace")
    _monitoring.register_callback(tool, events.PY_START, entered)
    _monitoring.register_callback(tool, events.PY_RESUME, entered)
    _monitoring.register_callback(tool, events.PY_THROW, thrown)
    _monitoring.set_events(
        tool, events.PY_START | events.PY_RESUME | events.PY_THROW)
    # What was silenced the last time is heard again.
    _monitoring.restart_events()
    _tool = tool
    return True


def _unlisten():
    """Switches them off again."""
    events = _monitoring.events
    _monitoring.set_events(_tool, 0)
    for event in (events.PY_START, events.PY_RESUME, events.PY_THROW):
        _monitoring.register_callback(_tool, event, None)
    _monitoring.free_tool_id(_tool)
    return True
