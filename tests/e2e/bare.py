# SPDX-License-Identifier: MIT
"""A Python that has pytest and nothing else, for the projects of the tests.

pytest loads every plugin that is installed.  Those that these tests are run
with would take half of the time of each of the thousands of runs of pytest
here, and would hide what a plain pytest does.
"""

import compileall
import re
import shutil
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

SCRIPT = """\
#!%s
import sys
from pytest import console_main
sys.exit(console_main())
"""


def _is_installed(name):
    try:
        return bool(metadata.distribution(name))
    except metadata.PackageNotFoundError:
        return False


def _closure(name, found):
    """The distributions that one needs, itself included."""
    if name not in found:
        found[name] = metadata.distribution(name)
        for need in found[name].requires or ():
            # All that this Python needs is there; the rest is for others.
            wanted = re.match(r"[\w.-]+", need).group()
            if "extra ==" not in need and _is_installed(wanted):
                _closure(wanted, found)
    return found.values()


def _is_code(path):
    return ".." not in path.parts and "__pycache__" not in path.parts


def _copy(distributions, place):
    for each in distributions:
        for path in filter(_is_code, each.files):
            target = place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(each.locate_file(path), target)


def python(folder):
    """Where the python of such an environment is."""
    return str(Path(folder) / "bin" / "python")


def _make(folder):
    # With links this is the same program as that which makes it.
    venv.create(folder, symlinks=True)
    place, = folder.glob("lib/python3*/site-packages")
    _copy(_closure("pytest", {}), place)
    # As an installer does, so that no recorded run is the first to write it.
    compileall.compile_dir(place, quiet=1)
    script = folder / "bin" / "pytest"
    script.write_text(SCRIPT % python(folder))
    script.chmod(0o755)


def environment(folder):
    """Makes it, unless it is there and has what this Python has."""
    folder = Path(folder)
    wanted = "%s pytest %s\n" % (sys.version, metadata.version("pytest"))
    ready = folder / "ready"
    if ready.exists() and ready.read_text() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    _make(folder)
    subprocess.run([python(folder), "-c", "import pytest"], check=True)
    ready.write_text(wanted)
