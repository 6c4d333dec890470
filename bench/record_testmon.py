# SPDX-License-Identifier: MIT
"""click's suite, recorded by pytest-testmon, in an environment of its own."""

import glob
import os

import common
import mutate_projects
from common import Broken


class Monitored(common.Click):
    also = (mutate_projects.TESTMON,)

    def __init__(self, version, python):
        super().__init__("testmon-" + version, python)

    def forget(self):
        for path in data(self):
            os.unlink(path)

    def pytest(self, *options):
        return super().pytest("-p", "no:testmon", *options)

    def recorded(self):
        return super().pytest("--testmon", "--testmon-forceselect")


def data(click):
    return glob.glob(os.path.join(click.root, ".testmondata*"))


def check(click, _output):
    if not data(click):
        raise Broken("pytest-testmon has recorded nothing")
