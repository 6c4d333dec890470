# SPDX-License-Identifier: MIT
"""Why a commit selects more than half of the tests, by class of reason.

ftrace's own answers are asked, before it runs, and sorted by what they say: a
class is one line here, and what no line knows is "other".
"""

import collections
import json
import os
import re
import shutil
import subprocess

import common
import replay_history
from common import Broken
from oracle_select import Ftrace

# What is looked at is a line made by _line(); the first that matches counts.
SETTINGS = r"(pyproject\.toml|setup\.cfg|tox\.ini|\.?pytest\.(ini|toml))"
WHOLE = "module-level change, whole"
EVERYTHING = "everybody mentions everything"
CLASSES = [(name, re.compile(pattern)) for name, pattern in (
    ("failed, incomplete or new", r"^(failed|incomplete|new)\b"),
    ("settings", r"^\S+ (\S*/)?%s( |$)|^\S+ \$" % SETTINGS),
    ("conftest", r"^\S+ (\S*/)?conftest\.py( |$)"),
    (EVERYTHING, r": changed: .* < everything$"),
    ("names changed, another file whole",
     r": changed: .* as a whole, since "),
    ("names changed", r": changed: "),
    ("kept values", r" < (memo|kept) "),
    ("function entered", r"^\S+ \S+\.pyi? .*< block "),
    (WHOLE, r"^\S+ \S+\.pyi?( < \S+ \S*)* < module "),
    ("file accessed", r"^(modified|removed|created|listing) "),
    ("other", ""))]
NAMES = [name for name, _pattern in CLASSES]
# Groups of reasons that are looked at, and tests asked of each.
GROUPS, SAMPLES = 24, 5
PROBE = "ftrace_field_probe"
ADAPTERS = os.path.join(common.ROOT, "adapters", "python")
VERDICT = os.path.join(common.HERE, "field_verdict.py")


class Group:
    """Tests that have one reason: what happened to a file, and the text."""

    def __init__(self, reason):
        self.what = reason["what"]
        self.path = reason.get("path", "")
        self.text = reason.get("text", "")
        self.units = []
        self.name = self.line = None
        self.verdict = ""


def _groups(answer):
    found = {}
    for unit in answer["units"]:
        for reason in unit["reasons"]:
            key = tuple(reason.get(each, "")
                        for each in ("what", "path", "text"))
            group = found.setdefault(key, Group(reason))
            if not group.units or group.units[-1] != unit["id"]:
                group.units.append(unit["id"])
    return sorted(found.values(), key=lambda each: -len(each.units))


def _line(group, chain=None, everything=False):
    line = "%s %s" % (group.what, group.path)
    if group.text:
        line += " : " + group.text
    if everything:
        return line + " < everything"
    if chain:
        for link in chain["chain"][1:]:
            line += " < %s %s" % (link["kind"], link["name"])
        if chain.get("block"):
            line += " < block " + chain["block"]
    return line


def classify(line):
    return next(name for name, pattern in CLASSES if pattern.search(line))


class Why:
    """What one commit's selection is due to."""

    def __init__(self, recorded, selected, groups):
        self.recorded, self.selected = recorded, selected
        self.lines = [(len(each.units), each.name, each.line, each.verdict)
                      for each in groups[:8]]
        half = recorded / 2
        of_class = collections.defaultdict(set)
        for group in groups:
            of_class[group.name].update(group.units)
        # By itself it selects more than half; without it no more than half.
        self.present = [name for name in NAMES
                        if len(of_class[name]) > half]
        self.sole = [name for name in self.present if len(set().union(
            *(units for other, units in of_class.items()
              if other != name))) <= half]

    def as_json(self):
        return {"recorded": self.recorded, "selected": self.selected,
                "present": self.present, "sole": self.sole,
                "largest": self.lines}


class Asked:
    """Asks ftrace in its copy, whose map is afterwards as it was."""

    def __init__(self, way):
        self.ftrace = Ftrace(way.suite)
        self.root = way.suite.tree
        self.map = os.path.join(self.root, ".ftrace")
        self.aside = os.path.join(way.suite.work, "map")

    def why(self, before):
        """None where no more than half is selected.  before: the commit
        that the map is of."""
        shutil.rmtree(self.aside, ignore_errors=True)
        shutil.copytree(self.map, self.aside)
        try:
            return self._why(before)
        finally:
            # What was asked has taken sources apart already: the run that
            # is measured is not to find that done.
            shutil.rmtree(self.map)
            os.rename(self.aside, self.map)

    def _affected(self):
        return json.loads(self.ftrace.ask("affected", "--json", "-q"))

    def _why(self, before):
        answer = self._affected()
        selected = sum(not unit["file"] for unit in answer["units"])
        if selected <= answer["recorded"] / 2:
            return None
        groups = _groups(answer)[:GROUPS]
        for group in groups:
            self._name(group, answer["recorded"], before)
        self._explain(groups, before)
        return Why(answer["recorded"], selected, groups)

    def _name(self, group, recorded, before):
        if group.text.startswith("changed: "):
            lines = [_line(group, everything=" as a whole," not in group.text
                           and len(group.units) > recorded / 2
                           and self._everything(group, recorded, before))]
        else:
            step = max(1, len(group.units) // SAMPLES)
            lines = [_line(group, self._chain(unit, group)) for unit in
                     group.units[::step][:SAMPLES]]
        names = collections.Counter(map(classify, lines))
        group.name = names.most_common(1)[0][0]
        group.line = next(line for line in lines
                          if classify(line) == group.name)

    def _chain(self, unit, group):
        try:
            answer = json.loads(self.ftrace.ask("why", "--json", unit))
        except Broken:
            return None  # as a test whose file is gone
        for reason in answer.get("reasons", ()):
            if (reason.get("path", "") == group.path and reason["what"]
                    == group.what and reason.get("text", "") == group.text):
                return next(iter(reason.get("chains", ())), None)
        return None

    def _before(self, before, path):
        return replay_history.git("show", "%s:%s" % (before, path),
                                  cwd=self.root)

    def _explain(self, groups, before):
        """What ftrace does not say itself of the largest groups."""
        whole = [group for group in groups if group.name == WHOLE]
        every = [group for group in groups if group.name == EVERYTHING]
        if not (whole or every):
            return
        answer = self._narrowing(whole, before)
        for group in whole:
            verdict = answer["verdicts"].get(group.path)
            group.verdict = "%s: %s" % tuple(verdict) if verdict else ""
        for group in every:
            group.verdict = self._mentioning(
                group.units[len(group.units) // 2], answer["everything"])

    def _mentioning(self, unit, everything):
        """Functions that mention everything and that a test depends on."""
        found = {}
        for each in json.loads(self.ftrace.ask("deps", "--json", unit))[
                "accesses"]:
            if each.get("block") in everything.get(each["path"], ()):
                name = "%s:%s" % (each["path"], each["block"])
                way = each["scope"]
                if way in ("kept", "memo"):
                    way += " " + each["scope_name"]
                # That it entered the function itself says the most.
                if way == "entered" or name not in found:
                    found[name] = way
        return ", ".join("%s (%s)" % each for each in sorted(
            found.items(), key=lambda each: each[1] != "entered")[:6])

    def _narrowing(self, groups, before):
        """What narrowing says of the edits, and of everybody's functions."""
        sources = replay_history.git("ls-files", "*.py", cwd=self.root)
        request = {"now": {path: common.read(os.path.join(self.root, path))
                           for path in sources.splitlines()},
                   "collected": [path for path in sources.splitlines()
                                 if re.search(r"(^|/)(test_.*|.*_test)\.py$",
                                              path)],
                   "before": {}}
        for group in groups:
            try:
                request["before"][group.path] = self._before(
                    before, group.path)
            except Broken:
                pass  # There was none.
        done = subprocess.run(
            [self.ftrace.suite.command[0], "-I", VERDICT, ADAPTERS],
            input=json.dumps(request).encode(), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=common.environment())
        return json.loads(done.stdout) if done.returncode == 0 else {
            "verdicts": {}, "everything": {}}

    def _everything(self, group, recorded, before):
        """Whether a name that nobody can know selects as many.

        The file is for a moment as the map knows it, and has one name more.
        """
        path = os.path.join(self.root, group.path)
        try:
            old = self._before(before, group.path)
            with open(path, "rb") as file:
                now = file.read()
        except (Broken, OSError):
            return False
        times = os.stat(path)
        try:
            with open(path, "w") as out:
                out.write("%s\n%s = 1\n" % (old, PROBE))
            units = self._affected()["units"]
        finally:
            with open(path, "wb") as out:
                out.write(now)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        return sum(any(reason.get("path") == group.path
                       and PROBE in reason.get("text", "")
                       for reason in unit["reasons"])
                   for unit in units) > recorded / 2


def _counts(whys):
    """Of each class: how often it was present, and the sole cause."""
    return {name: (sum(name in why["present"] for why in whys),
                   sum(name in why["sole"] for why in whys))
            for name in NAMES}


def table(projects):
    """Lines for pairs of a name and what Why.as_json() gave: the reasons by
    class, and where they are the sole cause by project."""
    whys = [why for _name, found in projects for why in found]
    lines = ["%-34s %7s %5s  sole by project" % (
        "%d commits select over half" % len(whys), "present", "sole")]
    counts = {name: _counts(found) for name, found in projects}
    for reason, (present, sole) in _counts(whys).items():
        if present:
            lines.append("%-34s %7d %5d  %s" % (
                reason, present, sole, ", ".join(
                    "%s %d" % (name, of[reason][1])
                    for name, of in counts.items() if of[reason][1])))
    several = {name: sum(not why["sole"] for why in found)
               for name, found in projects}
    lines.append("%-34s %7s %5d  %s" % (
        "several, each enough", "", sum(several.values()), ", ".join(
            "%s %d" % each for each in several.items() if each[1])))
    return lines
