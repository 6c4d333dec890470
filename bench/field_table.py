# SPDX-License-Identifier: MIT
"""The tables of bench/field: a project a line, the list, the reasons.

They are made of what --output has written, so that parts of a long run, or
those of several, can be put together again.
"""

import field_record
import field_reasons
from common import say

SHARE, BESIDE, WALL, ALL_WALL = 30, 2, 0.50, 1.05
# As good as all: what cannot run on this platform is never selected.
ALL = 0.995
US, PEER = "ftrace", "testmon"


class Done:
    """What is known of a project: as JSON has it, and nothing else."""

    def __init__(self, name, commits=(), recording=None):
        self.name = name
        self.commits = list(commits)
        self.costs = recording or {}

    def take(self, steps):
        self.commits = [dict(step.as_json(), why=step.why
                             and step.why.as_json()) for step in steps]

    def has_peer(self):
        return all(PEER in each["warm"] for each in self.commits)

    def whys(self):
        return [each["why"] for each in self.commits if each["why"]]

    def as_json(self):
        return {"name": self.name, "recording": self.costs,
                "commits": self.commits}


def missed(done):
    return any(each["warm"][US]["escapes"] or each["warm"][US]["not_run"]
               for each in done.commits)


def _whole(commits):
    """Those at which everything is selected."""
    return [each for each in commits if each["warm"][US]["share"] >= ALL]


def _ratio(commits, tool, key):
    """A tool's time for these commits, by that of the whole suite."""
    full = sum(each["full"][key] for each in commits)
    return (sum(each["warm"][tool][key] for each in commits) / full
            if full else None)


def _totals(commits, tool):
    tests = sum(each["tests"] for each in commits)
    warm = [each["warm"][tool] for each in commits]
    ran = sum(each["warm"][tool]["share"] * each["tests"]
              for each in commits)
    return {
        "share": ran / max(1, tests),
        "wall": _ratio(commits, tool, "wall_ms"),
        "cpu": _ratio(commits, tool, "cpu_ms"),
        "escapes": sum(len(each["escapes"]) for each in warm),
        "not_run": sum(len(each["not_run"]) for each in warm)}


def _mean(values):
    return sum(values) / len(values)


def _beside(ours, other, form):
    return form % ours + " /" + (form % other if other is not None
                                 else "-".rjust(len(form % ours)))


def _line(name, commits, ours, peer):
    """ours and peer have the members of _totals()."""
    def both(key, form, scale=1):
        return _beside(scale * ours[key],
                       scale * peer[key] if peer else None, form)
    whole = _whole(commits)
    say("%-16s %4d %6d  %s  %s  %s  %s  %s  %s" % (
        name, len(commits),
        sum(each["tests"] for each in commits) / len(commits),
        both("share", "%5.1f", 100), both("wall", "%5.2f"),
        both("cpu", "%5.2f"), both("escapes", "%3d"),
        both("not_run", "%3d"), "%4d %5.2f" % (
            len(whole), _ratio(whole, US, "wall_ms")) if whole
        else "   0     -"))


def _mean_of(replayed, tool):
    """One figure of the projects': each counts as much as the others."""
    totals = [_totals(done.commits, tool) for done in replayed]
    found = {name: sum(each[name] for each in totals)
             for name in ("escapes", "not_run")}
    found.update((name, _mean([each[name] for each in totals]))
                 for name in ("share", "wall", "cpu"))
    return found


def _sums(replayed):
    commits = [each for done in replayed for each in done.commits]
    peer = all(done.has_peer() for done in replayed)
    _line("mean of projects", commits, _mean_of(replayed, US),
          _mean_of(replayed, PEER) if peer else None)
    _line("all as one", commits, _totals(commits, US),
          _totals(commits, PEER) if peer else None)


def _costs(all_done):
    measured = [done for done in all_done if done.costs]
    if not measured:
        return
    say()
    say("%-16s %14s %14s" % ("user+sys", "first", "again"))
    for done in measured:
        cells = ["%6.3f (%.2f)%s" % (
            done.costs[key], limit, "!" if done.costs[key] > limit else " ")
            for key, limit in field_record.limits(done.name).items()]
        say("%-16s %14s %14s" % (done.name, *cells))


def show(all_done):
    replayed = [done for done in all_done if done.commits]
    if replayed:
        say()
        say("of the whole suite's, ftrace / pytest-testmon; the last column: "
            "commits at which ftrace selects all, and their wall time")
        say("%-16s %4s %6s  %12s  %12s  %12s  %8s  %8s  %10s" % (
            "project", "no.", "tests", "share, %", "wall", "user+sys",
            "escapes", "not run", "all"))
        for done in replayed:
            _line(done.name, done.commits, _totals(done.commits, US),
                  _totals(done.commits, PEER) if done.has_peer() else None)
        _sums(replayed)
        say()
        for line in field_reasons.table(
                [(done.name, done.whys()) for done in replayed]):
            say(line)
    _costs(all_done)


def _add_project(rows, done):
    what = "field, " + done.name
    if done.commits:
        limit = None
        if done.has_peer():
            limit = 100 * _totals(done.commits, PEER)["share"] + BESIDE
        rows.add(what + ", selected", "%.1f %%",
                 100 * _totals(done.commits, US)["share"], limit)
    for key, limit in field_record.limits(done.name).items():
        if done.costs:
            rows.add("%s, recording %s, user+sys" % (what, key), "%.3f",
                     done.costs[key], limit)


def add_rows(rows, all_done):
    for done in all_done:
        _add_project(rows, done)
    replayed = [done for done in all_done if done.commits]
    if not replayed:
        return
    mean = _mean_of(replayed, US)
    rows.add("field, selected", "%.1f %%", 100 * mean["share"], SHARE)
    rows.add("field, wall of the full runs'", "%.3f", mean["wall"], WALL)
    whole = _whole([each for done in replayed for each in done.commits])
    if whole:
        rows.add("field, wall where all is selected", "%.3f",
                 _ratio(whole, US, "wall_ms"), ALL_WALL)
    for name, key in (("escapes", "escapes"),
                      ("new tests not run", "not_run")):
        rows.add("field, " + name, "%d", mean[key], 0)
