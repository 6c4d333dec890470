# SPDX-License-Identifier: MIT
"""Completion, by the shells themselves: a key is pressed in each."""

import os
import re
import shutil
import subprocess

import pytest

from helpers import FTRACE, Project, Terminal

# It prints the words of a line as the shell has them.
SAY = "say() { printf 'SAID'; printf '<%s>' \"$@\"; printf 'END\\n'; }\n"

BASH = SAY + """\
PS1='$ '; bind 'set bell-style none'
"""

ZSH = SAY + """\
PS1='$ '; bindkey -e; unsetopt beep
autoload -U compinit; compinit -u -D
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("completed")
    (folder / "bin").mkdir()
    os.symlink(FTRACE, folder / "bin" / "ftrace")
    project = Project(folder / "project")
    project.env["PATH"] = "%s:%s" % (folder / "bin", os.environ["PATH"])
    project.env["HOME"] = str(folder)
    project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    project.write("ftrace.json", """\
        {"checks": {"lint": {"command": "true", "profiles": ["pre-push"]},
                    "types": {"command": "true"}}}
        """)
    project.write("some dir/some file.json", "")
    project.write("tests/test_cart.py", """\
        import pytest
        @pytest.mark.parametrize("n", ["a b"])
        def test_total(n):
            pass
        def test_name():
            pass
        """)
    project.pytest("-q").ok()
    project.sh("git", "init", "-q")
    project.sh("git", "-c", "user.name=a", "-c", "user.email=a@b", "commit",
               "-q", "--allow-empty", "-m", "it")
    project.sh("git", "tag", "v1.5-first")
    return project


class Shell:
    """A shell on a terminal; its lines are completed and not run."""

    def __init__(self, project, args, setup):
        environment = dict(project.environment(), TERM="dumb")
        self.terminal = Terminal(args, project.root, environment)
        self.terminal.send(setup + "say ready\n")
        self.terminal.expect("SAID<ready>END")

    def complete(self, line):
        """The words after the key; to the beginning of the line, and run."""
        self.terminal.send(line + "\t\x01say \n")
        self.terminal.expect("SAID<ftrace>")
        words = self.terminal.expect("END")
        return re.findall(r"<(.*?)>", words)


@pytest.fixture(scope="module")
def bash(recorded):
    script = recorded.ftrace("completion", "bash").ok().out
    path = recorded.write("../ftrace.bash", script.encode())
    shell = Shell(recorded, ["bash", "--norc", "--noprofile", "-i"],
                  BASH + "source %s\n" % path)
    yield shell
    shell.terminal.close()


@pytest.fixture(scope="module", params=["sourced", "found"])
def zsh(recorded, request):
    if not shutil.which("zsh"):
        pytest.skip("no zsh")
    script = recorded.ftrace("completion", "zsh").ok().out
    folder = recorded.write("../site/_ftrace", script.encode()).parent
    if request.param == "sourced":
        setup = ZSH + "source %s/_ftrace\n" % folder
    else:
        setup = "fpath=(%s $fpath)\n" % folder + ZSH
    shell = Shell(recorded, ["zsh", "-f", "-i"], setup)
    yield shell
    shell.terminal.close()


LINES = [
    # Verbs, options, and values that are known.
    ("ftrace aff", ["affected"]),
    ("ftrace --vers", ["--version"]),
    ("ftrace deps --inp", ["deps", "--inputs"]),
    ("ftrace test --ret", ["test", "--retries"]),
    ("ftrace why --color al", ["why", "--color", "always"]),
    ("ftrace why --color=al", ["why", "--color=always"]),
    ("ftrace test --runner py", ["test", "--runner", "pytest"]),
    ("ftrace flaky rem", ["flaky", "remove"]),
    ("ftrace hook install pre-p", ["hook", "install", "pre-push"]),
    ("ftrace help stat", ["help", "status"]),
    # What the project has.
    ("ftrace affected --since v1", ["affected", "--since", "v1.5-first"]),
    ("ftrace check li", ["check", "lint"]),
    ("ftrace check -p pre", ["check", "-p", "pre-push"]),
    # As far as a file, like a path.
    ("ftrace deps tests/test_c", ["deps", "tests/test_cart.py::"]),
    ("ftrace deps tests/test_cart.py::test_n",
     ["deps", "tests/test_cart.py::test_name"]),
    ("ftrace deps test_t", ["deps", "test_total[a b]"]),
    ("ftrace flaky add -q tests/test_cart.py::test_t",
     ["flaky", "add", "-q", "tests/test_cart.py::test_total[a b]"]),
    # Files.
    ("ftrace why pyp", ["why", "pyproject.toml"]),
    ("ftrace compare some\\ dir/some", ["compare", "some dir/some file.json"]),
    ("ftrace test --report some\\ dir/s",
     ["test", "--report", "some dir/some file.json"]),
    ("ftrace why --root some\\ d", ["why", "--root", "some dir/"]),
    ("ftrace test --report=some\\ dir/s",
     ["test", "--report=some dir/some file.json"]),
    # The command's own.
    ("ftrace run -- ftrace-no-such",
     ["run", "--", "ftrace-no-such"]),
    ("ftrace test --full -- cat pypr",
     ["test", "--full", "--", "cat", "pyproject.toml"]),
    ("ftrace test cat pypr", ["test", "cat", "pyproject.toml"]),
]

# bash itself completes no options of another command.
NESTED = ("ftrace run -q -- ftrace aff",
          ["run", "-q", "--", "ftrace", "affected"])


@pytest.mark.parametrize("line, words", LINES)
def test_bash(bash, line, words):
    assert bash.complete(line) == words


@pytest.mark.parametrize("line, words", LINES + [NESTED])
def test_zsh(zsh, line, words):
    # A "/" at the end is gone with the space behind it.
    assert zsh.complete(line) == [word.rstrip("/") for word in words]


def test_bash_inside_quotes(bash):
    assert bash.complete("ftrace deps 'tests/test_cart.py::test_t") == [
        "deps", "tests/test_cart.py::test_total[a b]"]
    assert bash.complete('ftrace why "some dir/so') == [
        "why", "some dir/some file.json"]


def _fish(project, line):
    """What fish offers, which tells it in a command of its own."""
    if not shutil.which("fish"):
        pytest.skip("no fish")
    script = project.ftrace("completion", "fish").ok().out
    path = project.write("../ftrace.fish", script.encode())
    result = project.sh(
        "fish", "--no-config", "-c", 'source $argv[1]; complete -C $argv[2]',
        path, line).ok()
    assert result.err == ""
    return dict((row + "\t").split("\t")[:2]
                for row in result.out.splitlines())


@pytest.mark.parametrize("line, words", [
    (line, words) for line, words in LINES
    if "ftrace-no-such" not in line] + [NESTED])
def test_fish(recorded, line, words):
    offered = _fish(recorded, line)
    assert list(offered) == words[-1:]


def test_fish_describes(recorded):
    assert _fish(recorded, "ftrace affe")["affected"].startswith("print ")
    assert _fish(recorded, "ftrace deps --al")["--all"].startswith("every")


@pytest.fixture(scope="module")
def verbs(recorded):
    found = re.findall(
        r"^  (\w+) ", recorded.ftrace("help").ok().out, re.M)
    assert "completion" in found
    return found


def _candidates(project, *words, **more):
    result = project.ftrace("completion", "candidates", "--", *words, **more)
    assert (result.code, result.err) == (0, ""), result
    directive, *lines = result.out.splitlines()
    return directive, [line.partition("\t")[0] for line in lines]


def test_every_verb_and_option(recorded, verbs):
    """They are those of the help, whatever that has."""
    assert _candidates(recorded, "") == ("words", verbs)
    for verb in verbs:
        listed = recorded.ftrace("help", verb).ok().out.partition(
            "options:\n")[2]
        options = re.findall(r"(?:^  | )(--?[\w-]+)(?=[ ,\n])",
                             "\n".join(line[:24] + " "
                                       for line in listed.splitlines()))
        assert options, verb
        offered = set(_candidates(recorded, verb, "-")[1]) - {"--"}
        assert offered == set(options), verb


def test_values_of_another_root(recorded, tmp_path):
    line = ("deps", "--root", str(recorded.root), "tests/test_cart.py::test_n")
    assert _candidates(recorded, *line, cwd=tmp_path) == (
        "names", ["tests/test_cart.py::test_name"])


def test_without_a_map_nothing_is_offered_or_made(tmp_path):
    project = Project(tmp_path / "empty")
    for line in (("deps", ""), ("why", "x"), ("check", ""),
                 ("affected", "--since", "x")):
        assert _candidates(project, *line)[1] == []
    assert list(project.root.iterdir()) == []


def test_names_that_are_no_lines_are_left_out(project):
    for name in ("one", "two\nlines", "\033[31mred"):
        project.ftrace("run", "-q", "-n", name, "--", "true").ok()
    assert _candidates(project, "deps", "") == ("names", ["one"])


def test_bad_arguments(project):
    for args, said in (((), "bash, zsh or fish"), (("csh",), "unknown shell 'csh'"),
                       (("bash", "x"), "unexpected argument 'x'")):
        result = project.ftrace("completion", *args)
        assert result.code == 2 and said in result.err


def test_installed_where_shells_look(recorded, tmp_path):
    build = os.path.dirname(FTRACE)
    subprocess.run(["cmake", "--install", build, "--prefix", tmp_path],
                   check=True, stdout=subprocess.DEVNULL)
    for shell, path in (
            ("bash", "bash-completion/completions/ftrace"),
            ("zsh", "zsh/site-functions/_ftrace"),
            ("fish", "fish/vendor_completions.d/ftrace.fish")):
        script = (tmp_path / "share" / path).read_text()
        assert script == recorded.ftrace("completion", shell).ok().out
