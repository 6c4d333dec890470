# SPDX-License-Identifier: MIT
"""What the mutants showed, as tables for people and as JSON."""

from common import say

HEAD = ("kind", "mutants", "killed")
COLUMNS = ("escapes", "share", "killed's")


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def percent(value):
    return "" if value is None else "%.1f %%" % (100 * value)


def escaped(results, tool):
    """Mutants of which the tool missed a test."""
    return [each for each in results
            if tool in each.answers and each.answers[tool].escapes]


def figures(results, tool):
    answers = [(each.answers[tool], bool(each.failed)) for each in results
               if tool in each.answers]
    return {
        "mutants": len(answers),
        "killed": sum(killed for _answer, killed in answers),
        "escaped": len(escaped(results, tool)),
        "escapes": sum(len(answer.escapes) for answer, _ in answers),
        "share": mean(answer.share for answer, _ in answers),
        "share_killed": mean(
            answer.share for answer, killed in answers if killed)}


def _row(name, results, tools):
    first = figures(results, tools[0])
    row = [name, str(first["mutants"]), str(first["killed"])]
    for tool in tools:
        found = figures(results, tool)
        row += [str(found["escaped"]) if found["mutants"] else "",
                percent(found["share"]), percent(found["share_killed"])]
    return row


def table(groups, tools):
    """groups: pairs of a name and results; the last line is their sum."""
    everything = [each for _name, results in groups for each in results]
    rows = [_row(name, results, tools) for name, results in groups]
    rows.append(_row("all", everything, tools))
    head = [list(HEAD) + list(COLUMNS) * len(tools)]
    top = [""] * len(HEAD)
    for tool in tools:
        top += [tool, "", ""]
    rows = [top] + head + rows
    wide = [max(len(row[i]) for row in rows) for i in range(len(top))]
    for row in rows:
        say("  " + "  ".join(
            [row[0].ljust(wide[0])]
            + [text.rjust(width) for text, width in zip(
                row[1:], wide[1:])]).rstrip())


def by_kind(results):
    groups = {}
    for each in results:
        groups.setdefault(each.mutant.kind, []).append(each)
    return list(groups.items())


def _listed(tests, count=20):
    for test in tests[:count]:
        say("    " + test)
    if len(tests) > count:
        say("    and %d more" % (len(tests) - count))


def _full(result, tool, word, tests):
    """A mutant with all that is needed to see it again."""
    answer = result.answers[tool]
    say()
    say("%s by %s: %s: %s" % (
        word, tool, result.mutant.kind, result.mutant.title))
    _listed(tests)
    say("  selected %d (%s)%s" % (
        answer.selected, percent(answer.share), ":" if answer.chosen else ""))
    chosen = result.arguments if tool == "ftrace" else answer.chosen
    _listed(chosen, 10)
    for line in result.diff.splitlines():
        say("  | " + line)


def details(results, tools, short=()):
    """Each escape; of the tools in short only a line."""
    for tool in tools:
        for each in results:
            answer = each.answers.get(tool)
            if not answer:
                continue
            if answer.escapes and tool in short:
                say("  missed by %s: %s: %s: %d of %d tests" % (
                    tool, each.mutant.kind, each.mutant.title,
                    len(answer.escapes), len(each.failed)))
            elif answer.escapes:
                _full(each, tool, "missed", answer.escapes)
            if answer.refused:
                _full(each, tool, "pytest finds nothing printed",
                      answer.refused)
    for each in results:
        answer = each.answers["ftrace"]
        for word in ("order", "flaky"):
            tests = getattr(answer, word)
            if tests:
                say("  %s: %s: %s: %d tests, first %s" % (
                    word, each.mutant.kind, each.mutant.title, len(tests),
                    tests[0]))
        if each.unclean:
            say("  recorded again, as the tree was not as before: %s: %s" % (
                each.mutant.kind, each.mutant.title))


def project(work, tools, short):
    baseline = work.baseline
    say("%s: %d tests%s; untraced %.1f s, recorded %.1f s%s" % (
        work.project.name, len(baseline.good),
        ", %d left out" % len(baseline.left_out)
        if baseline.left_out else "",
        work.median_wall() / 1000, work.spent["ftrace"].wall / 1000,
        ", by pytest-testmon %.1f s" % (work.spent["testmon"].wall / 1000)
        if "testmon" in work.spent else ""))
    if work.without:
        say("  " + work.without)
    table(by_kind(work.results), tools)
    details(work.results, tools, short)
    say()


def as_json(works, tools, seed):
    return {
        "seed": seed, "tools": list(tools),
        "projects": [{
            "name": work.project.name,
            "tests": len(work.baseline.good),
            "left_out": sorted(work.baseline.left_out),
            "without_testmon": work.without,
            "wall_ms": work.median_wall(),
            "figures": {tool: figures(work.results, tool)
                        for tool in tools},
            "mutants": [each.as_json() for each in work.results],
        } for work in works]}
