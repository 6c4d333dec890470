# SPDX-License-Identifier: MIT
"""The projects of bench/field: where their tests are, and what they need.

Any clone does: what its pyproject.toml, setup.cfg and requirements say is
guessed from.  Of the projects of the list stands here what that leaves open.
"""

import configparser
import glob
import os

from common import Broken

LIST = ("flask", "structlog", "markdown-it-py", "marshmallow", "starlette",
        "packaging", "pygments", "click")
PYTEST = "pytest==8.4.*"
# How projects call what their tests need, the likeliest first.
WANTED = ("tests", "test", "testing")
TESTS = ("tests", "test", "testing")
REQUIREMENTS = (
    "requirements/test*.txt", "requirements/dev*.txt",
    "requirements*test*.txt", "test*requirements*.txt",
    "tests/requirements*.txt", "requirements*dev*.txt",
    "dev*requirements*.txt")


class Needs:
    """What a guess does not find."""

    def __init__(self, extras=(), requires=(), options=()):
        self.extras = extras
        self.requires = requires
        self.options = options


NEEDS = {
    "markdown-it-py": Needs(extras=["linkify", "plugins"]),
    # What the tests of its older commits import.
    "marshmallow": Needs(requires=["pytz"]),
    # Its requirements.txt has the documentation's tools, too.  Newer anyio
    # warns of what this starlette imports.
    "starlette": Needs(
        extras=["full"],
        requires=["trio", "anyio==4.9.0", "typing_extensions"],
        # They fail for root, who may read everything.
        options=["--deselect=tests/test_staticfiles.py::test_staticfiles_"
                 "with_invalid_dir_permissions_returns_401"]),
    # Its tox.ini has pytest-randomly, too: runs that are compared are to have
    # one order.
    "pygments": Needs(requires=["wcag-contrast-ratio"]),
}


def _toml(path):
    try:
        import tomllib
    except ImportError:  # before Python 3.11
        from pip._vendor import tomli as tomllib
    if not os.path.exists(path):
        return {}
    with open(path, "rb") as text:
        return tomllib.load(text)


def _chosen(names):
    """Of the names of extras or groups: those for tests, else for work."""
    lower = {name.lower(): name for name in names}
    for each in WANTED:
        if each in lower:
            return [lower[each]]
    return [lower["dev"]] if "dev" in lower else []


def _requirements(root):
    for pattern in REQUIREMENTS:
        found = sorted(glob.glob(os.path.join(root, pattern)))
        if found:
            return found[:1]
    return []


class Guess:
    """How the project in a folder is installed and tested."""

    def __init__(self, name, root):
        self.name = name
        self.root = root
        self.needs = NEEDS.get(name, Needs())
        self.tests = [each for each in TESTS if os.path.isdir(
            os.path.join(root, each))][:1]
        self.pythonpath = ["src" if os.path.isdir(
            os.path.join(root, "src")) else "."]
        self.touching = self._sources() + self.tests
        if not self.touching:
            raise Broken("%s: no sources and no tests found" % name)

    def _sources(self):
        if self.pythonpath == ["src"]:
            return ["src"]
        packages = [os.path.basename(os.path.dirname(path)) for path in
                    glob.glob(os.path.join(self.root, "*", "__init__.py"))]
        modules = [os.path.basename(path) for path in glob.glob(
            os.path.join(self.root, "*.py"))]
        left_out = TESTS + ("docs", "doc", "examples", "benchmarks",
                            "scripts", "setup.py", "conftest.py", "noxfile.py",
                            "tasks.py")
        found = [each for each in packages if each not in left_out]
        return sorted(found or [each for each in modules
                                if each not in left_out])

    def _extras(self, pyproject):
        extras = dict(pyproject.get("project", {}).get(
            "optional-dependencies", {}))
        old = configparser.ConfigParser(interpolation=None)
        try:
            old.read(os.path.join(self.root, "setup.cfg"))
        except configparser.Error:
            return extras
        if old.has_section("options.extras_require"):
            extras.update(old.items("options.extras_require"))
        return extras

    def words(self):
        """What pip is given, but for pytest."""
        pyproject = _toml(os.path.join(self.root, "pyproject.toml"))
        groups = _chosen(pyproject.get("dependency-groups", {}))
        extras = _chosen(self._extras(pyproject))
        # Groups are for who works on it, and extras for who uses it: where
        # there is one for tests, the other's "dev" is for something else.
        if extras == ["dev"] and groups:
            extras = []
        elif groups == ["dev"] and extras:
            groups = []
        words = []
        if not (groups or extras or self.needs.requires):
            for path in _requirements(self.root):
                words += ["-r", path]
        extras = extras + list(self.needs.extras)
        words += ["-e", self.root + ("[%s]" % ",".join(extras)
                                     if extras else "")]
        for group in groups:
            words += ["--group", os.path.join(
                self.root, "pyproject.toml") + ":" + group]
        return words + list(self.needs.requires)
