# SPDX-License-Identifier: MIT
"""go's packages as units: listed by go, each its own test program."""

import json
import re
import shutil

import pytest

pytestmark = pytest.mark.skipif(
    not shutil.which("go"), reason="there is no go on this machine")

RAN = re.compile(r"^(?:ok|FAIL|\?)[ \t]+(\S+\.com/\S+)", re.M)


@pytest.fixture
def sample(project):
    """Four packages: b uses a, ext is tested from outside, tool has no test."""
    project.env.update(GOPROXY="off", GOTOOLCHAIN="local", GOFLAGS="",
                       GO111MODULE=None)
    project.write("go.mod", "module ex.com/m\n\ngo 1.20\n")
    project.write("a/a.go", """\
        package a
        func One() int { return 1 }
        """)
    project.write("a/a_test.go", """\
        package a
        import "testing"
        func TestOne(t *testing.T) { if One() != 1 { t.Fatal(One()) } }
        """)
    project.write("b/b.go", """\
        package b
        import "ex.com/m/a"
        func Two() int { return a.One() + 1 }
        """)
    project.write("b/b_test.go", """\
        package b
        import "testing"
        func TestTwo(t *testing.T) { if Two() != 2 { t.Fatal(Two()) } }
        """)
    project.write("ext/ext.go", """\
        package ext
        import "embed"
        //go:embed texts
        var Texts embed.FS
        """)
    project.write("ext/texts/one.txt", "one")
    project.write("ext/ext_test.go", """\
        package ext_test
        import (
            "os"
            "testing"
            "ex.com/m/ext"
        )
        func TestText(t *testing.T) {
            if _, err := ext.Texts.ReadFile("texts/one.txt"); err != nil {
                t.Fatal(err)
            }
            if _, err := os.ReadFile("testdata/in.txt"); err != nil {
                t.Fatal(err)
            }
        }
        """)
    project.write("ext/testdata/in.txt", "in")
    project.write("cmd/tool/main.go", """\
        package main
        import "ex.com/m/b"
        func main() { println(b.Two()) }
        """)
    return project


def record(project, *more, code=0, **kwargs):
    result = project.run("go", "test", *(more or ["./..."]), **kwargs)
    assert result.code == code, result
    return result


def chosen(project, *more, code=0, **kwargs):
    """The packages that `ftrace test` lets run."""
    result = project.ftrace("test", "--", "go", "test", *(more or ["./..."]),
                            **kwargs)
    assert result.code == code, result
    return sorted({name.replace("ex.com/m", ".")
                   for name in RAN.findall(result.out)})


def comment(project, name):
    """An edit that go takes."""
    path = project.root / name
    path.write_text(path.read_text() + "// edited\n")


ALL = ["./a", "./b", "./cmd/tool", "./ext"]


def test_units(sample):
    project = sample
    untraced = project.sh("go", "test", "./...").ok()
    result = record(project)
    # Whichever is built first is told of first, and how long it took differs.
    plain = [re.sub(r"\t[(\d].*", "", line)
             for line in sorted(untraced.out.splitlines())]
    assert plain == [re.sub(r"\t[(\d].*", "", line)
                     for line in sorted(result.out.splitlines())]
    assert project.units() == dict.fromkeys(ALL, "passed")
    assert ("ext/testdata/in.txt", "read") in project.inputs("./ext")
    assert project.affected() == []


@pytest.mark.parametrize("edited, units", [
    ("a/a.go", ["./a", "./b", "./cmd/tool"]),
    ("a/a_test.go", ["./a"]),
    ("b/b.go", ["./b", "./cmd/tool"]),
    ("ext/ext.go", ["./ext"]),
    ("ext/texts/one.txt", ["./ext"]),
    ("ext/testdata/in.txt", ["./ext"]),
    ("cmd/tool/main.go", ["./cmd/tool"]),
    ("go.mod", ALL)])
def test_who_is_affected(sample, edited, units):
    project = sample
    record(project)
    comment(project, edited)
    assert project.affected() == units


def test_sources_of_what_was_built_before(sample):
    """Nothing is compiled in the run, and nothing reads the sources."""
    project = sample
    project.sh("go", "test", "./...").ok()
    record(project)
    project.edit("a/a.go", "return 1", "return 3")
    assert project.affected() == ["./a", "./b", "./cmd/tool"]
    assert chosen(project, code=1) == ["./a", "./b", "./cmd/tool"]
    assert project.units() == {"./a": "failed", "./b": "failed",
                               "./cmd/tool": "passed", "./ext": "passed"}


@pytest.mark.parametrize("new, units", [
    ("a/more.go", ["./a", "./b", "./cmd/tool"]),
    ("a/more_test.go", ["./a"]),
    ("cmd/tool/main_test.go", ["./cmd/tool"]),
    ("ext/texts/two.txt", ["./ext"]),
    ("ext/texts/more/two.txt", ["./ext"]),
    ("a/a_windows.go", ["./a", "./b", "./cmd/tool"]),
    ("a/README.md", []), ("README.md", []), ("docs/page.md", [])])
def test_new_files(sample, new, units):
    project = sample
    record(project)
    project.write(new, "package a\n")
    assert project.affected() == units


def test_what_is_affected_runs(sample):
    project = sample
    record(project)
    assert chosen(project) == []
    comment(project, "b/b.go")
    assert chosen(project) == ["./b", "./cmd/tool"]
    assert chosen(project) == []
    # go would have it out of its cache; what did not run is known as before.
    comment(project, "a/a_test.go")
    project.sh("go", "test", "./...").ok()
    assert chosen(project, "-v", "-timeout", "1m", "./...") == ["./a"]
    assert chosen(project) == []
    assert project.affected() == []


def test_a_new_package(sample):
    project = sample
    record(project)
    project.write("fresh/fresh_test.go", """\
        package fresh
        import "testing"
        func TestFresh(t *testing.T) {}
        """)
    assert chosen(project) == ["./fresh"]
    assert project.units()["./fresh"] == "passed"
    assert chosen(project) == []
    project.write("docs/page.md", "")
    assert chosen(project) == []


def test_a_package_that_is_gone(sample):
    project = sample
    record(project)
    shutil.rmtree(project.root / "cmd")
    comment(project, "ext/ext.go")
    assert chosen(project) == ["./ext"]
    assert set(project.units()) == {"./a", "./b", "./ext"}
    assert project.affected() == []


def test_a_package_without_files(sample):
    project = sample
    record(project)
    (project.root / "cmd/tool/main.go").rename(
        project.root / "cmd/tool/main.txt")
    assert chosen(project) == []
    assert set(project.units()) == {"./a", "./b", "./ext"}
    assert project.affected() == []


def test_what_cannot_be_built_has_failed(sample):
    project = sample
    record(project)
    project.edit("b/b.go", "a.One() + 1", "undefined")
    assert chosen(project, code=1) == ["./b", "./cmd/tool"]
    assert project.units() == {"./a": "passed", "./b": "failed",
                               "./cmd/tool": "failed", "./ext": "passed"}
    assert chosen(project, code=1) == ["./b", "./cmd/tool"]
    # Undone, all is again as it was when they passed.
    project.edit("b/b.go", "undefined", "a.One() + 1")
    assert chosen(project) == []
    assert set(project.units().values()) == {"passed"}
    project.edit("b/b.go", "a.One() + 1", "1 + a.One()")
    assert chosen(project) == ["./b", "./cmd/tool"]
    assert project.affected() == []


def test_what_vet_finds(sample):
    project = sample
    project.edit("a/a_test.go", "t.Fatal(One())", 't.Fatalf("%s", 1)')
    record(project, code=1)
    assert project.units()["./a"] == "failed"


def test_flags_that_decide_are_told_apart(sample):
    """Each of these is tested otherwise, and knows its own files."""
    project = sample
    project.write("a/net_test.go", """\
        //go:build net
        package a
        import ("os"; "testing")
        func TestNet(t *testing.T) {
            if _, err := os.ReadFile("net.txt"); err != nil { t.Fatal(err) }
        }
        """)
    project.write("a/net.txt", "net")
    record(project)
    record(project, "-tags", "net", "-run=Net", "./...")
    assert "./a::-tags=net -run=Net" in project.units()
    project.edit("a/net.txt")
    assert project.affected() == ["./a::-tags=net -run=Net"]
    assert chosen(project) == []
    assert chosen(project, "-tags=net", "--run", "Net", "./...") == ["./a"]
    assert project.affected() == []


def test_what_only_vet_finds(sample):
    """A run that did not ask vet says nothing of one that does."""
    project = sample
    project.write("a/a_test.go", """\
        package a
        import "testing"
        func TestOne(t *testing.T) { t.Logf("%d", "no number") }
        """)
    project.ftrace("run", "--", "go", "test", "-vet=off", "./...").ok()
    assert "./a::-vet=off" in project.units()
    assert project.ftrace("test", "--", "go", "test", "./...").code == 1


def test_below_and_from_elsewhere(sample):
    project = sample
    below = project.root / "b"
    assert "ok" in record(project, "./...", cwd=below).out
    assert project.units() == {"./b": "passed"}
    comment(project, "b/b_test.go")
    assert project.affected(cwd=below) == ["../b"]
    assert project.affected(cwd=project.root / "a") == ["../b"]
    assert chosen(project, "./...", cwd=below) == ["./b"]
    result = project.ftrace("test", "--", "go", "-C", "b", "test").ok()
    assert "PASS" in result.out
    comment(project, "b/b_test.go")
    assert chosen(project, cwd=below) == ["./b"]


def test_one_command_after_another(sample):
    project = sample
    record(project)
    record(project, "./a", "ex.com/m/b")
    comment(project, "ext/ext.go")
    comment(project, "a/a_test.go")
    assert chosen(project, "./a", "ex.com/m/b") == ["./a"]
    assert project.affected() == ["./ext"]
    assert chosen(project) == ["./ext"]


def test_what_go_takes_back(sample):
    project = sample
    record(project)
    comment(project, "b/b.go")
    result = project.sh("go", "test", *project.affected()).ok()
    assert RAN.findall(result.out) == ["ex.com/m/b", "ex.com/m/cmd/tool"]


def test_what_a_test_starts_and_reads_elsewhere(sample):
    project = sample
    project.write("a/run_test.go", """\
        package a
        import ("os"; "os/exec"; "testing")
        func TestMain(m *testing.M) {
            if os.Getenv("HELPER") != "" {
                os.ReadFile("../shared/helper.txt")
                os.Exit(0)
            }
            os.Exit(m.Run())
        }
        func TestRun(t *testing.T) {
            c := exec.Command(os.Args[0])
            c.Env = append(os.Environ(), "HELPER=1")
            if err := c.Run(); err != nil { t.Fatal(err) }
            if err := exec.Command("cat", "../shared/cat.txt").Run();
               err != nil { t.Fatal(err) }
        }
        """)
    project.write("shared/helper.txt", "")
    project.write("shared/cat.txt", "")
    record(project)
    with project.edited("shared/helper.txt"):
        assert project.affected() == ["./a"]
    with project.edited("shared/cat.txt"):
        assert project.affected() == ["./a"]


def test_packages_of_one_name(sample):
    """Their programs are called alike."""
    project = sample
    for place in ("x", "y"):
        project.write("%s/same/same_test.go" % place, """\
            package same
            import ("os"; "testing")
            func TestIt(t *testing.T) { os.ReadFile("in.txt") }
            """)
        project.write("%s/same/in.txt" % place)
        project.write("%s/same/README" % place)
    record(project)
    project.edit("x/same/in.txt")
    project.edit("x/same/README")
    assert project.affected() == ["./x/same"]


def test_a_workspace(sample):
    project = sample
    project.write("other/go.mod", "module ex.com/other\n\ngo 1.20\n")
    project.write("other/o.go", """\
        package other
        import "ex.com/m/a"
        func O() int { return a.One() }
        """)
    project.write("other/o_test.go", """\
        package other
        import "testing"
        func TestO(t *testing.T) { O() }
        """)
    record(project)
    assert "./other" not in project.units()
    project.write("go.work", "go 1.20\n\nuse (\n\t.\n\t./other\n)\n")
    # It decides on what all of them are built of.
    assert chosen(project) == ALL
    record(project, "./...", "./other/...")
    assert project.units()["./other"] == "passed"
    comment(project, "a/a.go")
    assert "./other" in project.affected()


def test_a_module_in_place_of_another(sample):
    project = sample
    project.write("dep/go.mod", "module ex.com/dep\n\ngo 1.20\n")
    project.write("dep/dep.go", "package dep\nconst D = 1\n")
    project.write("go.mod", """\
        module ex.com/m

        go 1.20

        require ex.com/dep v0.0.0

        replace ex.com/dep => ./dep
        """)
    project.edit("b/b.go", 'import "ex.com/m/a"',
                 'import ("ex.com/m/a"; "ex.com/dep")')
    project.edit("b/b.go", "a.One() + 1", "a.One() + dep.D")
    record(project)
    comment(project, "dep/dep.go")
    assert project.affected() == ["./b", "./cmd/tool"]


@pytest.mark.parametrize("arguments", [
    ["-list", "."], ["-c", "./a"], ["-n", "./..."], ["./...", "-own"],
    ["-coverpkg=./...", "./..."], ["a/a.go"], ["-h"]])
def test_what_is_asked_otherwise_is_a_command(sample, arguments):
    project = sample
    project.run("go", "test", *arguments)
    assert set(project.units()) == {"go test " + " ".join(arguments)}


def test_no_module(project):
    result = project.run("go", "test", "./...")
    assert result.code
    assert set(project.units()) == {"go test ./..."}
    assert "go listed no packages" in result.err


def test_interrupted(sample):
    """Nobody said how it ended: it runs again."""
    project = sample
    project.write("a/kill_test.go", """\
        package a
        import ("os"; "syscall"; "testing"; "time")
        func TestKill(t *testing.T) {
            syscall.Kill(os.Getppid(), syscall.SIGKILL)
            time.Sleep(time.Second)
        }
        """)
    result = project.run("go", "test", "-p=1", "./...")
    assert result.code
    assert set(ALL) == set(project.affected())


def test_json_of_go(sample):
    project = sample
    result = record(project, "-json", "./...")
    assert all(json.loads(line) for line in result.out.splitlines())
    assert project.units() == dict.fromkeys(ALL, "passed")


def test_as_a_check(sample):
    project = sample
    project.write("ftrace.json", """\
        {"checks": {"tests": {"command": ["go", "test", "./..."]}}}
        """)
    first = project.ftrace("check").ok()
    assert "recorded 4 units" in first.err + first.out
    project.edit("ext/testdata/in.txt")
    second = project.ftrace("check").ok()
    assert RAN.findall(second.out + second.err) == ["ex.com/m/ext"]
    assert "1 hit" in project.ftrace("check").ok().err
