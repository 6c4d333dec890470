# SPDX-License-Identifier: MIT
"""What happens to each set-up, step by step, and what is selected then."""

import time

from common import Broken
from settles_project import Project

# The clock that stamps files ticks this slowly, at worst.
GRAIN = 0.05

# After each of these nothing is to be selected.
STEPS = ("nothing", "touched", "removed", "comment", "edited", "again",
         "clone")


class Walk:
    """The answers of one set-up, by step."""

    def __init__(self, setup):
        self.setup = setup
        self.answers = {}
        self.whys = {}
        self.edit = None

    def unsettled(self):
        for step in STEPS:
            if step in self.answers and self.answers[step].count:
                yield step, self.answers[step]

    def go(self):
        with Project(self.setup) as project:
            self._walk(project)

    def _ask(self, project, step):
        time.sleep(GRAIN)
        answer = project.selected()
        if not answer.total:
            raise Broken("%s: the map holds nothing" % self.setup.name)
        self.answers[step] = answer
        self.whys[step] = project.why(answer)
        return answer

    def _walk(self, project):
        project.make()
        project.whole()
        self._ask(project, "nothing")
        project.touch()
        self._ask(project, "touched")
        project.remove()
        self._ask(project, "removed")
        # What stays to be done is told already, and is done before the next.
        project.tested()
        if self.setup.comment:
            project.remark()
            self._ask(project, "comment")
            project.tested()
        project.edit()
        time.sleep(GRAIN)
        self.edit = project.tested()
        if not self.edit.count:
            raise Broken("%s: an edit of %s selects nothing" % (
                self.setup.name, self.setup.edit[0]))
        after = self._ask(project, "edited")
        if not after.count:
            again = project.tested()
            if again.count:
                raise Broken("%s: nothing is affected, and 'ftrace test' "
                             "runs %d" % (self.setup.name, again.count))
        project.whole()
        self._ask(project, "again")
        project.clone()
        self._ask(project, "clone")
