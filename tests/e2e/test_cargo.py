# SPDX-License-Identifier: MIT
"""cargo's programs of tests as units: listed by cargo, each a process."""

import os
import re
import shutil

import pytest

pytestmark = pytest.mark.skipif(
    not shutil.which("cargo"), reason="there is no cargo on this machine")

RAN = re.compile(r"^test (.*?) \.\.\.", re.M)


@pytest.fixture
def sample(project):
    """A library with tests inside, outside and in its documents; a program
    that uses it, and has a script that cargo builds it with."""
    project.env.update(CARGO_NET_OFFLINE="true", CARGO_INCREMENTAL="0",
                       CARGO_TERM_COLOR="never")
    project.write("Cargo.toml", """\
        [workspace]
        members = ["lib", "app"]
        resolver = "2"
        """)
    project.write("lib/Cargo.toml", """\
        [package]
        name = "my-lib"
        version = "0.1.0"
        edition = "2021"

        [features]
        more = []
        """)
    project.write("lib/src/lib.rs", """\
        mod inner;
        /// ```
        /// assert_eq!(my_lib::one(), 1);
        /// ```
        pub fn one() -> i32 { inner::two() - 1 }
        pub const TEXT: &str = include_str!("text.txt");
        #[cfg(test)]
        mod tests {
            #[test]
            fn inside() {
                assert_eq!(super::one(), 1);
                std::fs::read_to_string("data/in.txt").unwrap();
            }
        }
        """)
    project.write("lib/src/inner.rs", "pub fn two() -> i32 { 2 }\n")
    project.write("lib/src/text.txt", "text")
    project.write("lib/data/in.txt", "in")
    project.write("lib/tests/outside.rs", """\
        mod common;
        #[test]
        fn outside() { assert_eq!(my_lib::one(), common::expected()); }
        """)
    project.write("lib/tests/common/mod.rs", "pub fn expected() -> i32 { 1 }\n")
    project.write("app/Cargo.toml", """\
        [package]
        name = "app"
        version = "0.1.0"
        edition = "2021"

        [dependencies]
        my-lib = { path = "../lib" }
        """)
    project.write("app/build.rs", """\
        fn main() {
            println!("cargo:rerun-if-changed=config.txt");
            let text = std::fs::read_to_string("config.txt").unwrap();
            println!("cargo:rustc-env=CONFIG={}", text.trim());
        }
        """)
    project.write("app/config.txt", "config\n")
    project.write("app/src/main.rs", """\
        fn main() { println!("{}", my_lib::one()); }
        #[test]
        fn program() { assert_ne!(env!("CONFIG"), ""); }
        """)
    project.write("app/tests/runs.rs", """\
        #[test]
        fn runs() {
            let program = env!("CARGO_BIN_EXE_app");
            assert!(std::process::Command::new(program).status().unwrap()
                .success());
        }
        """)
    return project


MAIN, RUNS = "app/src/main.rs", "app/tests/runs.rs"
INSIDE, DOCUMENTS = "lib/src/lib.rs::unittests", "lib/src/lib.rs::doctests"
OUTSIDE = "lib/tests/outside.rs"
ALL = [MAIN, RUNS, DOCUMENTS, INSIDE, OUTSIDE]


def record(project, *more, code=0, **kwargs):
    result = project.run("cargo", "test", *more, **kwargs)
    assert result.code == code, result
    return result


def chosen(project, *more, code=0, **kwargs):
    """The tests that `ftrace test` lets run."""
    result = project.ftrace("test", "--", "cargo", "test", *more, **kwargs)
    assert result.code == code, result
    return sorted(re.sub(r"lib/src/lib.rs - .*|^tests::",
                         lambda match: "document" if "-" in match[0] else "",
                         name) for name in RAN.findall(result.out))


def edit(project, name, text="// edited\n"):
    """An edit that rustc takes; of another time than what was built."""
    path = project.root / name
    path.write_text(path.read_text() + text)
    stamp = os.stat(path).st_mtime + 2
    os.utime(path, (stamp, stamp))


def test_units(sample):
    project = sample
    untraced = project.sh("cargo", "test").ok()
    result = record(project)
    timeless = re.compile(r"\d+\.\d+s")
    assert timeless.sub("", untraced.out) == timeless.sub("", result.out)
    assert project.units() == dict.fromkeys(ALL, "passed")
    assert ("lib/data/in.txt", "read") in project.inputs(INSIDE)
    assert project.affected() == []


@pytest.fixture
def recorded(sample):
    """What was built before, so that nothing is compiled in the run."""
    sample.sh("cargo", "test").ok()
    record(sample)
    return sample


def test_who_is_affected(recorded):
    project = recorded
    for name, units in [
            ("lib/src/inner.rs", ALL),
            ("lib/src/text.txt", ALL),
            ("lib/data/in.txt", [INSIDE]),
            ("lib/tests/outside.rs", [OUTSIDE]),
            ("lib/tests/common/mod.rs", [OUTSIDE]),
            ("app/src/main.rs", [MAIN, RUNS]),
            ("app/tests/runs.rs", [RUNS]),
            ("app/build.rs", [MAIN, RUNS]),
            ("app/config.txt", [MAIN, RUNS])]:
        with project.edited(name):
            assert project.affected() == units, name
    assert project.affected() == []
    # What one package asks for another may be built with.
    for name in ("Cargo.toml", "Cargo.lock", "app/Cargo.toml"):
        with project.edited(name):
            assert project.affected() == [
                MAIN, RUNS, "lib/src/lib.rs", OUTSIDE]
    for name in ("README", "lib/notes.txt", "lib/src/unused.rs",
                 "lib/tests/notes.txt"):
        project.write(name)
        assert project.affected() == [], name


def test_what_is_affected_runs(recorded):
    project = recorded
    assert chosen(project) == []
    edit(project, "lib/tests/outside.rs")
    assert chosen(project) == ["outside"]
    assert chosen(project) == []
    edit(project, "lib/src/inner.rs")
    assert chosen(project) == ["document", "inside", "outside", "program",
                               "runs"]
    edit(project, "app/src/main.rs")
    assert chosen(project, "--", "--nocapture") == ["program", "runs"]
    assert project.affected() == []


def test_what_cargo_keeps_of_its_own(sample):
    project = sample
    home = project.root.parent / "home"
    home.mkdir()
    project.env["CARGO_HOME"] = home
    project.sh("cargo", "test").ok()
    record(project)
    for name in (".global-cache", ".package-cache"):
        with open(home / name, "ab") as file:
            file.write(b" ")
    assert project.affected() == []


def test_documents(recorded):
    project = recorded
    edit(project, "app/config.txt", "x")
    edit(project, "lib/tests/outside.rs")
    assert chosen(project) == ["outside", "program", "runs"]
    # Of the library's programs it is one alone that has failed.
    project.edit("lib/src/lib.rs", "assert_eq!(my_lib::one(), 1)",
                 "assert_eq!(my_lib::one(), 7)")
    edit(project, "lib/src/lib.rs")
    assert "document" in chosen(project, code=101)
    assert project.units()[DOCUMENTS] == "failed"
    assert project.affected() == [DOCUMENTS]
    assert chosen(project, code=101) == ["document"]


def test_a_failure_and_what_came_after(recorded):
    """cargo gives up at the first program that fails."""
    project = recorded
    project.edit("lib/src/inner.rs", "{ 2 }", "{ 3 }")
    edit(project, "lib/src/inner.rs")
    chosen(project, code=101)
    units = project.units()
    assert [units[INSIDE], units[OUTSIDE]] == ["failed", "passed"]
    assert {INSIDE, OUTSIDE, DOCUMENTS} <= set(project.affected())
    chosen(project, "--no-fail-fast", code=101)
    units = project.units()
    assert [units[each] for each in (INSIDE, OUTSIDE, DOCUMENTS)] == [
        "failed"] * 3
    project.edit("lib/src/inner.rs", "{ 3 }", "{ 2 }")
    edit(project, "lib/src/inner.rs")
    chosen(project)
    assert project.affected() == []


def test_what_cannot_be_built(recorded):
    project = recorded
    edit(project, "app/src/main.rs", "fn broken() { undefined() }\n")
    assert chosen(project, code=101) == []
    assert {MAIN, RUNS} <= set(project.affected())
    project.edit("app/src/main.rs", "fn broken() { undefined() }\n", "")
    edit(project, "app/src/main.rs")
    assert {"program", "runs"} <= set(chosen(project))
    assert project.affected() == []


def test_a_new_target_and_one_that_is_gone(recorded):
    project = recorded
    project.write("lib/tests/fresh.rs", "#[test]\nfn fresh() {}\n")
    assert chosen(project) == ["fresh"]
    assert project.units()["lib/tests/fresh.rs"] == "passed"
    assert chosen(project) == []
    (project.root / "lib/tests/fresh.rs").unlink()
    chosen(project)
    assert "lib/tests/fresh.rs" not in project.units()
    assert project.affected() == []


def test_flags_that_decide_are_told_apart(recorded):
    project = recorded
    record(project, "-p", "my-lib", "--features", "more", "inside")
    assert INSIDE + "::--features more -- inside" in project.units()
    edit(project, "lib/data/in.txt")
    assert INSIDE in project.affected()
    assert chosen(project, "-p", "my-lib", "--features=more",
                  "inside") == ["inside"]


def test_one_package_and_one_target(recorded):
    project = recorded
    record(project, "-p", "my-lib", "--test", "outside")
    edit(project, "lib/tests/outside.rs")
    edit(project, "app/tests/runs.rs")
    assert chosen(project, "-p", "my-lib", "--test", "outside") == ["outside"]
    assert project.affected() == [RUNS]
    # In its folder cargo tests that package alone.
    record(project, cwd=project.root / "app")
    assert project.affected() == []


def test_a_runner_of_the_project_is_left_alone(recorded):
    project = recorded
    project.write(".cargo/config.toml", """\
        [target.'cfg(all())']
        runner = "env"
        """)
    record(project)
    edit(project, "lib/tests/outside.rs")
    # All of it runs.
    assert len(chosen(project)) == 5


@pytest.mark.parametrize("arguments", [
    ["--no-run"], ["--target", "x86_64-unknown-linux-gnu"], ["--config", "a=1"],
    ["--help"], ["--message-format=json"]])
def test_what_is_asked_otherwise_is_a_command(sample, arguments):
    project = sample
    project.run("cargo", "test", *arguments)
    assert set(project.units()) == {"cargo test " + " ".join(arguments)}


def test_no_package(project):
    result = project.run("cargo", "test")
    assert result.code
    assert set(project.units()) == {"cargo test"}
    assert "cargo listed no tests" in result.err
