# SPDX-License-Identifier: MIT
"""The projects of bench/runners: any clone, and what a guess does not find."""

import os
import shlex

import common
import runners_tools
import runners_work
from common import Broken

WORK = os.path.join(common.WORK, "runners")

MAVEN = ("env 'MAVEN_OPTS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' mvn -o -q "
         "-Drat.skip -Denforcer.skip -Djacoco.skip -Dmaven.buildNumber.skip "
         "-Danimal.sniffer.skip -Dcyclonedx.skip "
         "-DargLine=-XX:TieredStopAtLevel=1 test")
# Name to the command that its tests are run with.
COMMANDS = {
    # Their hundreds of documents are programs of their own, and take minutes.
    "bytes": "cargo test --no-fail-fast --offline --tests",
    "log": "cargo test --no-fail-fast --offline --tests",
    "thiserror": "cargo test --no-fail-fast --offline --tests --workspace",
    # Its script makes a certificate first.
    "session": "npx mocha --require test/support/env --check-leaks --no-exit "
               "test/",
    # Under valgrind they take ten times as long.
    "json-c": "env USE_VALGRIND=0 ctest --test-dir build --timeout 20",
    # Licences and reports are nothing that tests are about, and what git has
    # is another tree's here.
    "commons-cli": MAVEN,
    "commons-codec": MAVEN,
    "jsoup": MAVEN,
    # borp is a program of its own around node's.
    "find-my-way": "node --test",
}
RUNNERS = {"find-my-way": "node"}


def sources(options):
    if not options.folder:
        return
    for name in (options.projects.split(",") if options.projects
                 else sorted(os.listdir(options.folder))):
        folder = os.path.abspath(os.path.join(options.folder, name))
        if not os.path.isdir(os.path.join(folder, ".git")):
            if options.projects:
                raise Broken("there is no clone of %s in %s" % (
                    name, options.folder))
            continue
        try:
            kind = runners_tools.of(folder, RUNNERS.get(name))
        except Broken:
            if options.projects:
                raise
            continue
        command = COMMANDS.get(name)
        yield runners_work.Source(
            name, folder, kind, command and shlex.split(command), WORK)
