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
    (WHOLE, r" : as a whole: "),
    ("file accessed", r"^(modified|removed|created|listing) "),
    ("other", ""))]
NAMES = [name for name, _pattern in CLASSES]
# Groups of reasons that are looked at, and tests asked of each.
GROUPS, SAMPLES = 24, 5
# Of code that notices whatever it mentions.
UNWRITTEN = re.compile(" (looks for|goes through) ")


class Group:
    """Tests that have one reason: what happened to a file, and the text."""

    def __init__(self, reason):
        self.what = reason["what"]
        self.path = reason.get("path", "")
        self.text = reason.get("text", "")
        self.units = []
        self.noticing = collections.Counter()
        self.name = self.line = None

    def verdict(self):
        """What notices, the most frequent first."""
        return ", ".join("%s (%d)" % (text, count) for text, count in
                         self.noticing.most_common(4))

    def is_of_everything(self):
        return sum(count for text, count in self.noticing.items()
                   if UNWRITTEN.search(text)) > len(self.units) / 2


def _groups(answer):
    found = {}
    for unit in answer["units"]:
        for reason in unit["reasons"]:
            key = tuple(reason.get(each, "")
                        for each in ("what", "path", "text"))
            group = found.setdefault(key, Group(reason))
            if not group.units or group.units[-1] != unit["id"]:
                group.units.append(unit["id"])
            if "by" in reason:
                group.noticing[reason["by"]] += 1
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
        self.lines = [(len(each.units), each.name, each.line, each.verdict())
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

    def why(self):
        """None where no more than half is selected."""
        shutil.rmtree(self.aside, ignore_errors=True)
        shutil.copytree(self.map, self.aside)
        try:
            return self._why()
        finally:
            # What was asked has taken sources apart already: the run that
            # is measured is not to find that done.
            shutil.rmtree(self.map)
            os.rename(self.aside, self.map)

    def _affected(self):
        return json.loads(self.ftrace.ask("affected", "--json", "-q"))

    def _why(self):
        answer = self._affected()
        selected = sum(not unit["file"] for unit in answer["units"])
        if selected <= answer["recorded"] / 2:
            return None
        groups = _groups(answer)[:GROUPS]
        for group in groups:
            self._name(group)
        return Why(answer["recorded"], selected, groups)

    def _name(self, group):
        if group.text.startswith("changed: "):
            lines = [_line(group, everything=" as a whole," not in group.text
                           and group.is_of_everything())]
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
