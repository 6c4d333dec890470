# SPDX-License-Identifier: MIT
"""The runners: how each is recognised, run, and asked how its units ended.

A unit is named as ftrace names it.  Each runner's outcomes come from its own
machine output; `rival` is what the runner's own tool would run.
"""

import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import xml.etree.ElementTree

import common
import oracle_suite
import runners_edits
from common import Broken


class Outcomes(oracle_suite.Outcomes):
    """How the units of one run ended.

    unbuilt: nothing could be built, so that nobody could have tested it.
    """

    def __init__(self, outcomes=None, timed_out=False):
        super().__init__(timed_out=timed_out)
        self.outcomes = dict(outcomes or {})
        self.collected = list(self.outcomes)
        # As for pytest: 3 is a runner that failed itself.
        self.status = None if timed_out else 0 if outcomes else 3
        self.unbuilt = False

    def take(self, unit, passed):
        """A unit may end several times, and has failed if it did once."""
        if not passed or unit not in self.outcomes:
            self.outcomes[unit] = "passed" if passed else "failed"
        self.collected = list(self.outcomes)
        self.status = 0


class Tool(oracle_suite.Suite):
    """One runner in one tree.

    dated: its builds go by the times of files, so an edit that is undone needs
    a new one.  kept: what it has in the tree besides what git knows.
    """

    rival_name = None
    dated = False
    kept = ()
    copied = ()

    def __init__(self, tree, command):
        super().__init__(tree, command)
        self.report = os.path.join(self.work, "report")

    def environment(self, *_plugin, **_options):
        return dict(common.environment(), CARGO_TERM_COLOR="never",
                    FORCE_COLOR="0", CI="1", NO_UPDATE_NOTIFIER="1")

    def ask(self, *argv, stdout_only=True):
        done = subprocess.run(
            argv, cwd=self.tree, env=self.environment(), check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if stdout_only else subprocess.STDOUT)
        return done.stdout.decode(errors="replace")

    def build(self):
        """What has to be done before ftrace is asked; whether it worked."""
        return True

    def settled(self):
        """The tree is as it was, and so is what is built of it."""

    def full(self, **_options):
        return self.run()

    def alone(self, unit):
        return self.run([unit])

    def listed(self):
        return set(self.full().outcomes)

    def run(self, units=None):
        """Runs these units, or all, untraced."""
        if os.path.exists(self.report):
            os.unlink(self.report)
        if not self.build():
            found = Outcomes()
            found.unbuilt = True
            return found
        argv = self.expand(self.telling(units))
        status, spent = self.spend(argv, self.environment())
        found = Outcomes(timed_out=status is None)
        found.text = self.output()
        self.read(found, status)
        found.wall, found.cpu = spent.wall, spent.cpu
        found.text = found.text[-3000:]
        return found

    def recorded(self):
        return self.expand(self.command)

    def untraced(self):
        """The same work as when it is recorded."""
        return self.recorded()

    def expand(self, words):
        """Globs as a shell has them."""
        found = []
        for word in words:
            names = glob.glob(word, root_dir=self.tree) if (
                "*" in word and not word.startswith("-")) else []
            found += sorted(names) or [word]
        return found

    def unit(self, name):
        """Of ftrace's id."""
        return name

    def rival(self, mutant):
        """Units that the rival would run, or None."""
        return None

    def relative(self, path):
        return os.path.relpath(os.path.realpath(path),
                               os.path.realpath(self.tree))


class Go(Tool):
    name = "go"
    language = runners_edits.GO
    rival_name = "go's cache"

    @staticmethod
    def recognises(folder):
        return os.path.exists(os.path.join(folder, "go.mod"))

    @staticmethod
    def usual(_tree):
        return ["go", "test", "./..."]

    def untraced(self):
        return ["go", "test", "-count=1"] + self.command[2:]

    def telling(self, units):
        return ["go", "test", "-json", "-count=1"] + (
            units or self.command[2:])

    def _module(self):
        text = common.read(os.path.join(self.tree, "go.mod"))
        found = re.search(r"^module\s+(\S+)", text, re.M)
        return found.group(1).strip('"') if found else "?"

    def _events(self, text):
        module = self._module()
        for line in text.splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                continue
            package = event.get("Package")
            if package and "Test" not in event and (
                    package + "/").startswith(module + "/"):
                rest = package[len(module):]
                yield "." + rest, event

    def read(self, found, _status):
        for unit, event in self._events(found.text):
            # Go's cache knows no packages without tests: they are judged
            # when they fail, and have no part in a share.
            if event["Action"] in ("pass", "fail"):
                found.take(unit, event["Action"] == "pass")

    def unit(self, name):
        return name.split("::", 1)[0]

    def rival(self, _mutant):
        text = self.ask("go", "test", "-json", *self.command[2:])
        ran, cached = set(), set()
        for unit, event in self._events(text):
            if event["Action"] == "output" and re.search(
                    r"\(cached\)|no test files", event["Output"]):
                cached.add(unit)
            elif event["Action"] in ("pass", "fail", "skip"):
                ran.add(unit)
        return ran - cached if ran else None


class Cargo(Tool):
    name = "cargo"
    language = runners_edits.RUST
    rival_name = "cargo by package"
    dated = True
    kept = ("target",)
    copied = ("Cargo.lock",)

    @staticmethod
    def recognises(folder):
        return os.path.exists(os.path.join(folder, "Cargo.toml"))

    @staticmethod
    def usual(_tree):
        return ["cargo", "test", "--no-fail-fast", "--offline"]

    def telling(self, _units):
        return self.command

    def _packages(self):
        text = self.ask("cargo", "metadata", "--offline",
                        "--format-version=1", "--no-deps")
        try:
            return json.loads(text)["packages"]
        except ValueError:
            return []

    def _targets(self):
        """What a line with `Running` stands for."""
        found = {}
        for package in self._packages():
            folder = os.path.dirname(package["manifest_path"])
            for target in package["targets"]:
                path = self.relative(target["src_path"])
                inside = os.path.relpath(target["src_path"], folder)
                stem = target["name"].replace("-", "_")
                library = {"lib", "rlib", "proc-macro"} & set(target["kind"])
                found[stem, inside] = path + (
                    "::unittests" if library else "")
                if library:
                    found[stem, None] = path + "::doctests"
        return found

    def read(self, found, status):
        targets, unit, ended = self._targets(), None, True
        for line in found.text.splitlines():
            running = re.match(
                r"\s+Running (?:unittests )?(\S+) \(.*/(.*)-\w+\)", line)
            documents = re.match(r"\s+Doc-tests (\S+)", line)
            if running or documents:
                if not ended:
                    found.take(unit, not status)
                key = ((running.group(2), running.group(1)) if running
                       else (documents.group(1), None))
                unit, ended = targets.get(key), False
            elif line.startswith("test result: ") and unit:
                found.take(unit, line.startswith("test result: ok"))
                ended = True
        if not ended and unit:
            found.take(unit, not status)
        found.unbuilt = not found.outcomes or (
            "could not compile" in found.text)

    def unit(self, name):
        path, *rest = name.split("::")
        kind = [each for each in rest[:1]
                if each in ("unittests", "doctests")]
        return "::".join([path, *kind])

    def rival(self, mutant):
        """What is in the packages whose files changed, and in those that
        depend on them."""
        packages, units = self._packages(), {}
        folders = {each["name"]: self.relative(
            os.path.dirname(each["manifest_path"])) for each in packages}

        def owner(path):
            inside = [(len(folder), name)
                      for name, folder in folders.items()
                      if folder == "." or path.startswith(folder + "/")]
            return max(inside)[1] if inside else None

        for unit in self._targets().values():
            units.setdefault(owner(unit), set()).add(unit)
        hit = {owner(path) for path in mutant.edits}
        if not packages or any(
                os.path.basename(path) in ("Cargo.toml", "Cargo.lock")
                for path in mutant.edits):
            return set().union(*units.values()) if units else None
        size = 0
        while size != len(hit):
            size = len(hit)
            hit |= {each["name"] for each in packages if any(
                needed["name"] in hit for needed in each["dependencies"])}
        return set().union(*(units.get(name, set()) for name in hit))


def _words(script):
    try:
        return shlex.split(script)
    except ValueError:  # the rest is behind a quoted `&&`
        return []


class JavaScript(Tool):
    language = runners_edits.JAVASCRIPT
    kept = ("node_modules",)
    copied = ("node_modules",)

    @classmethod
    def recognises(cls, folder):
        return bool(cls.script(folder))

    @classmethod
    def script(cls, folder):
        """The words of the first script for tests that runs this runner."""
        path = os.path.join(folder, "package.json")
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as text:
            scripts = json.load(text).get("scripts", {})
        for name in sorted(scripts, key=lambda each: (
                not each.startswith("test"), len(each))):
            for part in re.split(r"&&|\|\||;", scripts[name]):
                words = _words(part)
                start = cls.words
                for at in range(len(words)):
                    if tuple(words[at:at + len(start)]) == start:
                        return words[at:]
        return None

    @classmethod
    def usual(cls, tree):
        words = cls.script(tree) or list(cls.words)
        return (["npx"] if words[0] != "node" else []) + [
            each for each in words if not each.startswith("--coverage")]

    def _results(self, found):
        """Of jest and vitest, which write alike."""
        if not os.path.exists(self.report):
            return
        with open(self.report, encoding="utf-8") as text:
            for each in json.load(text)["testResults"]:
                found.take(self.relative(each["name"]),
                           each["status"] != "failed")


class Jest(JavaScript):
    name = "jest"
    words = ("jest",)
    rival_name = "findRelatedTests"

    def telling(self, units):
        return self.command + ["--json", "--outputFile=" + self.report] + (
            ["--runTestsByPath", *units] if units else [])

    def read(self, found, _status):
        self._results(found)

    def rival(self, mutant):
        text = self.ask(*self.command, "--listTests", "--json",
                        "--findRelatedTests", *mutant.edits)
        for line in text.splitlines():
            if line.startswith("["):
                return {self.relative(each) for each in json.loads(line)}
        return set()


class Vitest(JavaScript):
    name = "vitest"
    words = ("vitest",)
    rival_name = "vitest related"

    @classmethod
    def usual(cls, tree):
        words = super().usual(tree)
        return words if "run" in words else words[:2] + ["run"] + words[2:]

    def telling(self, units):
        return self.command + ["--reporter=json", "--outputFile="
                               + self.report, *(units or ())]

    def read(self, found, _status):
        self._results(found)

    def rival(self, mutant):
        if os.path.exists(self.report):
            os.unlink(self.report)
        self.ask("npx", "vitest", "related", "--run", "--reporter=json",
                 "--outputFile=" + self.report, *mutant.edits)
        found = Outcomes()
        self._results(found)
        return set(found.outcomes)


# A reporter for both of these: a line for each test, with its file.
MOCHA = """
const fs = require("fs");
module.exports = function (runner) {
  const tell = (file, passed) => fs.appendFileSync(
    process.env.BENCH_REPORT, JSON.stringify([file || "", passed]) + "\\n");
  const files = suite => {
    if (suite.file) tell(suite.file, true);
    suite.suites.forEach(files);
  };
  const file = test => {
    for (; test; test = test.parent) if (test.file) return test.file;
  };
  runner.on("start", () => files(runner.suite));
  runner.on("fail", test => tell(file(test), false));
};
"""
NODE = """
export default async function* (source) {
  for await (const {type, data} of source)
    if (type === "test:pass" || type === "test:fail" && !data.todo)
      yield JSON.stringify([data.file || data.name,
                            type === "test:pass"]) + "\\n";
}
"""


class ByLines(JavaScript):
    def _reporter(self, name, text):
        path = os.path.join(self.work, name)
        if not os.path.exists(path):
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
        return path

    def environment(self, *_plugin, **_options):
        return dict(super().environment(), BENCH_REPORT=self.report)

    def read(self, found, status):
        if os.path.exists(self.report):
            for line in common.read(self.report).splitlines():
                file, passed = json.loads(line)
                path = self.relative(os.path.join(self.tree, file))
                if file and os.path.isfile(os.path.join(self.tree, path)):
                    found.take(path, passed)


class Mocha(ByLines):
    name = "mocha"
    words = ("mocha",)

    @classmethod
    def usual(cls, tree):
        words = super().usual(tree)
        return re.sub(r" --(reporter|R) \S+", "",
                      shlex.join(words)).split(" ")

    def __init__(self, tree, command):
        super().__init__(tree, command)
        self.files = []

    def telling(self, units):
        words = self.command
        if units:  # instead of the folders
            words = [each for each in words if not os.path.exists(
                os.path.join(self.tree, each)) or each in self._options()]
        return words + ["--reporter", self._reporter("mocha.cjs", MOCHA),
                        *(units or ())]

    def _options(self):
        """Words that are arguments of options: files to require."""
        return [word for before, word in zip(self.command, self.command[1:])
                if before in ("--require", "-r", "--config", "--file")]

    def full(self, **_options):
        """One file that cannot be loaded ends all: then each by itself."""
        found = self.run()
        if found.outcomes:
            self.files = sorted(set(self.files) | set(found.outcomes))
            return found
        for file in self.files:
            if os.path.exists(os.path.join(self.tree, file)):
                one = self.alone(file)
                found.take(file, one.outcomes.get(file) == "passed")
        return found


class Node(ByLines):
    name = "node"
    words = ("node", "--test")

    def telling(self, units):
        words = self.command
        if units:
            words = [each for each in words if each.startswith("-")
                     or each == "node"]
        return words[:2] + [
            "--test-reporter=" + self._reporter("node.mjs", NODE),
            "--test-reporter-destination=" + self.report, *words[2:],
            *(units or ())]


class Maven(Tool):
    name = "maven"
    language = runners_edits.JAVA
    dated = True
    kept = ("target",)

    @staticmethod
    def recognises(folder):
        return os.path.exists(os.path.join(folder, "pom.xml"))

    @staticmethod
    def usual(_tree):
        return ["mvn", "-o", "-q", "test"]

    def telling(self, units):
        classes = [os.path.splitext(os.path.basename(each))[0]
                   for each in units or ()]
        return self.command + ["-Dmaven.test.failure.ignore=true"] + (
            ["-Dtest=" + ",".join(classes)] if classes else [])

    def run(self, units=None):
        for path in self._reports():
            os.unlink(path)
        return super().run(units)

    def _reports(self):
        return glob.glob(os.path.join(
            self.tree, "**/target/surefire-reports/TEST-*.xml"),
            recursive=True)

    def read(self, found, _status):
        for path in self._reports():
            module = os.path.dirname(os.path.dirname(os.path.dirname(path)))
            for case in xml.etree.ElementTree.parse(path).iter("testcase"):
                name = case.get("classname").split("$")[0].replace(".", "/")
                unit = os.path.join(module, "src/test/java", name + ".java")
                if os.path.exists(unit):
                    found.take(self.relative(unit), not any(
                        each.tag in ("failure", "error") for each in case))
        found.unbuilt = not found.outcomes


class Ctest(Tool):
    name = "ctest"
    language = runners_edits.C
    rival_name = "built anew"
    dated = True
    kept = ("build",)

    @staticmethod
    def recognises(folder):
        return os.path.exists(os.path.join(folder, "CMakeLists.txt"))

    @staticmethod
    def usual(_tree):
        # A mutant may loop for ever.
        return ["ctest", "--test-dir", "build", "--timeout", "20"]

    def __init__(self, tree, command):
        super().__init__(tree, command)
        self.times = {}

    def _programs(self):
        """Unit to the files below the build that its command names."""
        text = self.ask(*self.command, "--show-only=json-v1")
        try:
            tests = json.loads(text)["tests"]
        except ValueError:
            return {}
        build = os.path.join(self.tree, "build")
        return {"build::" + each["name"]: [
            word for word in each.get("command", ())
            if word.startswith(build) and os.path.isfile(word)]
            for each in tests}

    def _times(self):
        return {path: os.stat(path).st_mtime_ns
                for paths in self._programs().values() for path in paths}

    def build(self):
        made = os.path.isdir(os.path.join(self.tree, "build"))
        for argv in ([] if made else [["cmake", "-S", ".", "-B", "build"]
                     + ["-GNinja"] * bool(shutil.which("ninja"))]) + [
                         ["cmake", "--build", "build", "-j", "2"]]:
            status, _spent = self.spend(argv, self.environment())
            if status:
                return False
        return True

    def settled(self):
        self.build()
        self.times = self._times()

    def telling(self, units):
        names = "|".join(re.escape(each.split("::", 1)[1])
                         for each in units or ())
        return self.command + ["--output-junit", self.report] + (
            ["-R", "^(%s)$" % names] if units else [])

    def read(self, found, _status):
        if os.path.exists(self.report):
            root = xml.etree.ElementTree.parse(self.report).getroot()
            for case in root.iter("testcase"):
                found.take("build::" + case.get("name"),
                           case.get("status") != "fail")

    def rival(self, _mutant):
        now = self._times()
        return {unit for unit, paths in self._programs().items() if any(
            now.get(path) != self.times.get(path) for path in paths)}


TOOLS = (Go, Cargo, Jest, Vitest, Mocha, Node, Ctest, Maven)


def of(folder, name=None):
    """The class of tool that a project's tests run with."""
    for each in TOOLS:
        if each.name == name if name else each.recognises(folder):
            return each
    raise Broken("no runner is known for %s" % folder)
