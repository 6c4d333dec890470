# SPDX-License-Identifier: MIT
"""Runs the shell steps of docs/how-to/ci/, as their service would.

Of what is not shell only the cache is played: the map is kept from one job to
the next.
"""

import os
import re
import shutil

import yaml

from helpers import SOURCE

CI = SOURCE / "docs" / "how-to" / "ci"
OUTCOME = re.compile(r"\$\{\{ steps\.(\w+)\.outcome \}\}")
MAP = ".ftrace/map.db"


def load(name):
    return yaml.safe_load((CI / name).read_text(encoding="utf-8"))


class Job:
    """How a job ended: the exit status of each step, and what was said."""

    def __init__(self, project, store):
        self.project, self.store = project, store
        self.codes, self.said, self.code = {}, {}, 0

    def shell(self, name, text, options):
        result = self.project.sh("bash", *options, "-c", text)
        self.codes[name] = result.code
        self.said[name] = result.out + result.err
        print(name, result)
        return result.code

    def restore(self):
        target = self.project.root / MAP
        if self.store.exists():
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(self.store, target)

    def save(self):
        shutil.copyfile(self.project.root / MAP, self.store)


class Github(Job):
    """GitHub Actions: bash -e for each step, until one fails."""

    def run(self, which):
        (job,) = load("github-%s.yml" % which)["jobs"].values()
        outcomes = {}
        for step in job["steps"]:
            if self.code and "if" not in step:
                continue
            if "run" in step and step["name"] != "Set up":
                text = OUTCOME.sub(
                    lambda match: outcomes[match[1]], step["run"])
                assert "${{" not in text
                code = self.shell(step["name"], text, ["-e"])
                outcomes[step.get("id")] = "failure" if code else "success"
                if code and not step.get("continue-on-error"):
                    self.code = code
            elif "cache/restore" in step.get("uses", ""):
                self.restore()
            elif "cache/save" in step.get("uses", ""):
                self.save()
        return self


class Gitlab(Job):
    """GitLab: all lines in one shell."""

    NAMES = {"main": "main", "pull-request": "merge-request",
             "nightly": "nightly"}

    def run(self, which):
        jobs = load("gitlab.yml")
        job = jobs[self.NAMES[which]]
        self.restore()
        self.code = self.shell("script", "\n".join(job["script"]),
                               ["-e", "-o", "pipefail"])
        cache = job.get("cache", jobs[".tests"]["cache"])
        assert cache["paths"] == [MAP]
        if "push" in cache["policy"]:
            self.save()
        return self


def path_with(program):
    return os.path.dirname(program) + os.pathsep + os.environ["PATH"]
