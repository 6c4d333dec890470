# SPDX-License-Identifier: MIT
"""How pytest loads modules: with assertions that it has rewritten."""

import builtins
import sys
import types

from ...languages.python import marks, runner
from ...languages.python.loading import imports, loads


def install():
    """Has loads told, which only the extension can do unseen."""
    if marks.extension is None:
        return
    around, method = marks.around, marks.extension.method
    rewrite = sys.modules.get("_pytest.assertion.rewrite")
    rewriter = getattr(rewrite, "AssertionRewritingHook", None)
    code = getattr(getattr(rewriter, "exec_module", None), "__code__", None)
    if code is None:
        return
    # Its last step, by which the module's own code begins to run.
    if "exec" in code.co_names and not hasattr(rewrite, "exec"):
        rewrite.exec = around(builtins.exec, loads.enter_run, marks.lower)
        runner.loader = rewriter
    read = getattr(rewrite, "_read_pyc", None)
    if runner.loader is not None and type(read) is types.FunctionType:
        rewrite._read_pyc = marks.extension.sift(read, loads.is_of_source)
    rewriter.exec_module = method(
        around(rewriter.exec_module, loads.enter_module, loads.leave_module))
    rewriter.find_spec = method(
        around(rewriter.find_spec, marks.mute_always, marks.unmute))
    _wrap_looks(around)


def _wrap_looks(around):
    """Mutes pytest's looks at a file that is imported, or whose line it gives.

    In which package it lies is asked for once more in the name of each
    directory, see directories.scope_of().
    """
    for place, name, enter in (
            ("_pytest.pathlib", "import_path", _enter_path),
            ("_pytest._code.code", "getfslineno", marks.mute_always)):
        function = getattr(sys.modules.get(place), name, None)
        if function is None:
            continue
        wrapped = around(function, enter, marks.unmute)
        for user, module in list(sys.modules.items()):
            if (user.startswith("_pytest.")
                    and vars(module).get(name) is function):
                setattr(module, name, wrapped)


def _enter_path(*_, **options):
    # In this mode pytest asks the finders itself, and the project's own may
    # read what they like.
    if "importlib" in str(options.get("mode")) and any(
            _is_of_project(finder) for finder in sys.meta_path):
        return False
    return marks.mute_always()


def _is_of_project(finder):
    name = getattr(finder, "__module__", None)
    if type(name) is str and name.startswith(
            ("_frozen_importlib", "importlib.")):
        return False
    module = sys.modules.get(name)
    return module is None or imports.is_project(module)
