# SPDX-License-Identifier: MIT
"""What bench/replay and bench/field print of commits and of their sum."""

import replay_walk
from common import say


def report(step, tools):
    line = "  %.8s %5d tests %6.2f s" % (
        step.commit, len(step.full.outcomes), step.full.wall / 1000)
    for tool in tools:
        warm = step.warm[tool]
        line += "  %5d %5.1f %% %6.2f s %5.2f%s" % (
            len(warm.ran), 100 * step.share(tool), warm.wall / 1000,
            step.ratio(tool), " MISS" if warm.escapes else "")
    if step.full.crashed:
        line += "  pytest broke down: not counted"
    say(line + "  " + step.subject[:40])


def details(steps, tools):
    words = (("escapes", "missed"), ("unconfirmed", "fails only after others"),
             ("not_run", "new, and not run"),
             ("differs", "ends otherwise than in the full run"))
    for step in steps:
        for tool in tools:
            for name, word in words:
                tests = getattr(step.warm[tool], name)
                for test in tests[:10]:
                    say("%s, %s at %.8s: %s" % (
                        tool, word, step.commit, test))
                if len(tests) > 10:
                    say("  and %d more" % (len(tests) - 10))
            if step.warm[tool].broken:
                say("%s: the run did not work at %s" % (tool, step.commit))


def summary(steps, tools):
    for tool in tools:
        found = replay_walk.totals(steps, tool)
        say("%s: %d commits, %d of %d tests selected: %.1f %% "
            "(mean of the commits %.1f %%)" % (
                tool, found["commits"], found["selected"], found["tests"],
                100 * found["share"], 100 * found["share_mean"]))
        say("  wall %.1f s of %.1f s: %.3f (median of the commits %.3f), "
            "user+sys %.3f; %d escapes, %d new tests not run" % (
                found["wall_s"], found["full_s"], found["wall"],
                found["wall_median"], found["cpu"], found["escapes"],
                found["not_run"]))
        if found["floor"]:
            say("  the same tests untraced, and nobody asked which: %.3f"
                % found["floor"])
