# SPDX-License-Identifier: MIT
"""Runners of JavaScript, each installed once into build/cache by npm."""

import fcntl
import os
import shutil
import subprocess

import pytest

from helpers import SOURCE

CACHE = SOURCE / "build" / "cache" / "node"


def _version():
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return 0
    text = subprocess.run([node, "--version"], stdout=subprocess.PIPE,
                          check=True).stdout.decode()
    return int(text.lstrip("v").split(".")[0])


def need_node():
    """Skips where there is no node that the hooks are for."""
    if _version() < 20:
        pytest.skip("no node of version 20 or later with npm")


def installed(package):
    """The node_modules with a package, as "mocha@10"; skips without one."""
    need_node()
    folder = CACHE / package
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            (folder / "package.json").write_text("{}")
            done = subprocess.run(
                ["npm", "install", "--no-audit", "--no-fund",
                 "--loglevel=error", package],
                cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=300)
            if done.returncode:
                pytest.skip("npm cannot install %s: %s" % (
                    package, done.stdout.decode("utf-8", "replace")[-200:]))
            (folder / "ready").touch()
    return folder / "node_modules"


def path(*folders):
    """Where programs are looked for: node's, and these before it."""
    node = os.path.dirname(shutil.which("node"))
    return os.pathsep.join([*map(str, folders), node, "/usr/bin", "/bin"])


def use(project, package):
    """Gives a project the package, as its own node_modules has it."""
    os.symlink(installed(package), project.root / "node_modules")
    project.env["PATH"] = path(project.root / "node_modules" / ".bin")
    # npm's own files are no matter of the project's.
    project.env["HOME"] = project.root.parent / "home"
    project.env["CI"] = "1"
    return project
