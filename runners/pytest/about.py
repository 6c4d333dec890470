# SPDX-License-Identifier: MIT
"""What languages/python has to know of pytest."""

import os
import sys

from ...languages.python import runner

# What these versions are made of, and what they try to import and ask of
# distributions before the plugin is there, is known.
_VERSIONS = range(6, 10)
_PARTS = frozenset((
    "pytest", "_pytest", "pluggy", "iniconfig", "py", "pygments", "attr",
    "packaging",
))
_TRIED = (
    "annotationlib", "apipkg", "argcomplete", "atomicwrites", "attr",
    "colorama", "exceptiongroup", "faulthandler", "importlib_metadata",
    "iniconfig", "nose", "numpy", "packaging", "pexpect", "py", "pygments",
    "readline", "toml", "tomli", "tomllib", "twisted", "typing_extensions",
    "wcwidth", "zope",
)
_REPORTS = (
    "_argcomplete.py", "_code/", "_io/", "assertion/", "cacheprovider.py",
    "config/", "debugging.py", "faulthandler.py", "junitxml.py", "logging.py",
    "pathlib.py", "runner.py", "terminal.py", "tmpdir.py",
)


def install():
    runner.packages = ("_pytest", "pytest", "pluggy")
    # What its configuration imports are plugins.
    runner.plugin_loaders = ("_pytest.config",)
    if _is_known():
        runner.parts = _PARTS
    runner.tried = _TRIED
    if not os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        runner.groups = (b"[pytest11]",)
    # Its own, and those by which a plugin finds a project's settings.
    runner.variables = (
        "PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTEST_PLUGINS",
        "DJANGO_CONFIGURATION", "DJANGO_SETTINGS_MODULE",
    )
    # The tracer counts them for nobody.
    runner.passing_variables = ("PYTEST_CURRENT_TEST", "PYTEST_VERSION")
    runner.code = {"_pytest": _REPORTS, "pluggy": ()}
    rewrite = sys.modules.get("_pytest.assertion.rewrite")
    runner.bytecode_tail = getattr(rewrite, "PYC_TAIL", None)
    runner.keeps_value = _is_patching


def _is_known():
    major = getattr(sys.modules.get("pytest"), "__version__", "")
    major = major.partition(".")[0]
    return major.isdigit() and int(major) in _VERSIONS


def _is_patching(frame):
    """monkeypatch keeps the value that it replaces."""
    return (frame.f_globals.get("__name__") == "_pytest.monkeypatch"
            and frame.f_code.co_name == "setitem")
