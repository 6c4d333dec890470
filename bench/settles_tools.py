# SPDX-License-Identifier: MIT
"""The tools that the set-ups need, each installed once and kept."""

import hashlib
import os
import shutil

import common
import oracle_fixture
import settles_project
from common import Broken

TOOLS = os.path.join(settles_project.WORK, "tools")

# All that a known set-up installs is of a version that is known.
PYTEST = {"7.4": "pytest==7.4.4", "8": "pytest==8.4.2", "9": "pytest==9.2.0"}


def needs(*programs):
    def tool():
        for program in programs:
            if not shutil.which(program):
                raise Broken("there is no %s" % program)
        return {}
    return tool


def at_hand():
    """A pytest that need not be fetched."""
    python = oracle_fixture.python()
    return {"PATH": os.path.dirname(python), "VIRTUAL_ENV":
            os.path.dirname(os.path.dirname(python))}


def pip(*packages, pytest="8"):
    """A virtual environment with these packages."""
    wanted = [PYTEST[pytest], *packages] if pytest else list(packages)
    key = hashlib.sha256("\n".join(wanted).encode()).hexdigest()[:12]

    def tool():
        version, python = next(iter(common.pythons().items()))
        folder = os.path.join(TOOLS, "venv-%s-%s" % (version, key))
        once(folder, lambda: _environment(folder, python, wanted))
        return {"PATH": os.path.join(folder, "bin"), "VIRTUAL_ENV": folder}
    return tool


def once(folder, make):
    """Makes what is not there yet as a whole."""
    ready = os.path.join(folder, ".ready")
    if not os.path.exists(ready):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        make()
        open(ready, "w").close()


def _environment(folder, python, packages):
    """With the programs of the packages, and without pip where that goes."""
    made = os.path.join(folder, "bin", "python")
    install = ["install", "-q", "--disable-pip-version-check", *packages]
    try:
        common.run([python, "-m", "venv", "--without-pip", folder],
                   env=common.environment())
        common.run([python, "-m", "pip", "--python", made, *install],
                   env=common.environment())
    except Broken:
        # Its pip is too old for --python.
        common.run([python, "-m", "venv", "--clear", folder],
                   env=common.environment())
        common.run([made, "-m", "pip", *install], env=common.environment())


def cargo():
    """A home of its own has no toolchain; that of the user does."""
    needs("cargo", "cc")()
    home = os.path.expanduser("~")
    return {"CARGO_HOME": os.environ.get(
                "CARGO_HOME", os.path.join(home, ".cargo")),
            "RUSTUP_HOME": os.environ.get(
                "RUSTUP_HOME", os.path.join(home, ".rustup"))}


def go():
    needs("go")()
    return {"GOPROXY": "off", "GOTOOLCHAIN": "local"}


def npm(*packages):
    """A node_modules with these packages, to be copied into a project."""
    key = hashlib.sha256("\n".join(packages).encode()).hexdigest()[:12]

    def tool():
        needs("node", "npm")()
        folder = os.path.join(TOOLS, "npm-" + key)

        def make():
            with open(os.path.join(folder, "package.json"), "w") as out:
                out.write("{}\n")
            common.run(["npm", "install", "--no-save", "--silent",
                        "--no-audit", "--no-fund", *packages], cwd=folder)
        if packages:
            once(folder, make)
        return {"@NPM@": folder}
    return tool


def maven(files):
    """A local repository with all that the project's tests take."""
    needs("mvn", "java")()
    folder = os.path.join(TOOLS, "maven")
    repository = os.path.join(folder, "repository")

    def make():
        oracle_fixture.write(os.path.join(folder, "project"), files)
        common.run(["mvn", "-q", "-B", "-Dmaven.repo.local=" + repository,
                    "test"], cwd=os.path.join(folder, "project"))
    once(folder, make)
    return {"@MAVEN@": repository}
