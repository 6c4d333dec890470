# SPDX-License-Identifier: MIT
"""mvn test: a unit is a source of tests, by what its classes mention.

A stand-in for maven compiles and runs in a moment; the last test has the real
one, where it is installed and has what it needs.
"""

import os
import re
import shutil
import subprocess

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
RAN = re.compile(r"^ran (\S+)", re.M)
MAIN, TEST = "src/main/java/a/%s.java", "src/test/java/a/%s.java"


def source(project, path, *says):
    name = os.path.basename(path)[:-5]
    project.write(path, "package a;\nclass %s {\n%s}\n" % (
        name, "".join("    // %s\n" % each for each in says)))


@pytest.fixture
def maven(project, tmp_path):
    """The project, with the stand-in before whatever maven there is."""
    programs = tmp_path / "programs"
    programs.mkdir()
    shutil.copy(os.path.join(HERE, "fake_maven.py"), programs / "mvn")
    os.chmod(programs / "mvn", 0o755)
    os.symlink("/bin/sh", programs / "java")
    project.env["PATH"] = "%s:%s" % (
        programs, project.env.get("PATH", os.environ["PATH"]))
    project.write("pom.xml", "<project/>\n")
    return project


@pytest.fixture
def sample(maven):
    """One and Two, each with a test; Two has copied a constant of One's."""
    source(maven, MAIN % "One", "constant LIMIT", "pool java/lang/Record")
    source(maven, MAIN % "Two", "pool java/lang/Object", "as LIMIT is")
    source(maven, TEST % "OneTest", "pool a/One", "reads data.txt")
    source(maven, TEST % "TwoTest", "pool a/Two")
    maven.write("data.txt", "data\n")
    return maven


def unit(name):
    return TEST % name


def record(project, *more, code=0):
    result = project.run("mvn", "-q", "test", *more)
    assert result.code == code, result
    return result


def chosen(project, code=0):
    result = project.ftrace("test", "--", "mvn", "-q", "test")
    assert result.code == code, result
    return sorted(RAN.findall(result.out))


def test_units(sample):
    project = sample
    plain = project.sh("mvn", "-q", "test")
    assert record(project).out == plain.out
    assert project.units() == {
        unit("OneTest"): "passed", unit("TwoTest"): "passed"}
    assert project.affected() == []
    both = [unit("OneTest"), unit("TwoTest")]
    for path, units in [
            (MAIN % "Two", [unit("TwoTest")]),
            (TEST % "OneTest", [unit("OneTest")]),
            # By its constant; and what processes read they share.
            (MAIN % "One", both), ("data.txt", both), ("pom.xml", both)]:
        with project.edited(path):
            assert project.affected() == units
    project.edit(MAIN % "Two")
    assert chosen(project) == ["a/TwoTest"]
    assert chosen(project) == []
    # And with nothing to compile.
    record(project)
    with project.edited(MAIN % "Two"):
        assert project.affected() == [unit("TwoTest")]


def test_what_is_no_class(sample):
    project = sample
    project.write("src/main/java/a/package-info.java", "package a;\n")
    project.write("src/main/resources/a.properties", "class=a.Three\n")
    source(project, MAIN % "Three", "pool java/lang/Object")
    record(project)
    both = [unit("OneTest"), unit("TwoTest")]
    for path in ("src/main/java/a/package-info.java",
                 "src/main/resources/a.properties", MAIN % "Three"):
        with project.edited(path):
            assert project.affected() == both
    # One that would be taken for that of java.lang, and one for nobody.
    source(project, MAIN % "Record")
    assert project.affected() == both
    os.unlink(project.root / (MAIN % "Record"))
    source(project, MAIN % "Other")
    assert project.affected() == []
    project.write("src/test/resources/new.txt", "new\n")
    assert project.affected() == both


@pytest.mark.parametrize("says, units", [
    # Loaded by a literal, by one of its parts, by a name that was made, and
    # by what looks through the folder.
    (["pool a.Far", "loads a/Far"], ["TwoTest"]),
    (["pool Far", "loads a/Far"], ["TwoTest"]),
    (["loads by name"], ["TwoTest"]),
    (["loads a/Far"], ["OneTest", "TwoTest"]),
    (["lists target/classes/a"], ["OneTest", "TwoTest"])])
def test_loaded_by_name(sample, says, units):
    project = sample
    source(project, MAIN % "Far", "pool java/lang/Object")
    source(project, TEST % "TwoTest", "pool a/Two", *says)
    record(project)
    with project.edited(MAIN % "Far"):
        assert project.affected() == [unit(name) for name in units]


def test_companions(sample):
    """A framework finds TwoImpl, which another test names."""
    project = sample
    source(project, MAIN % "TwoImpl", "pool a/Two")
    source(project, TEST % "ThirdTest", "pool a/TwoImpl")
    record(project)
    with project.edited(MAIN % "TwoImpl"):
        assert project.affected() == [unit("ThirdTest"), unit("TwoTest")]


def test_outcomes(sample):
    project = sample
    source(project, TEST % "OneTest", "pool a/One", "fails")
    source(project, TEST % "TwoTest", "pool a/Two", "skipped")
    source(project, TEST % "AllTest", "abstract")
    record(project, code=1)
    assert project.units() == {
        unit("OneTest"): "failed", unit("TwoTest"): "skipped"}
    assert chosen(project, code=1) == ["a/OneTest"]
    source(project, TEST % "OneTest", "pool a/One")
    assert chosen(project) == ["a/OneTest"]
    assert chosen(project) == []
    # What cannot be compiled has run no test: then all do.
    project.edit(MAIN % "Two", "class", "does not compile: class")
    assert chosen(project, code=1) == []
    assert project.affected() == [unit("TwoTest")]
    project.edit(MAIN % "Two", "does not compile: class", "is one: class")
    assert chosen(project) == ["a/OneTest", "a/TwoTest"]


def test_tests_come_and_go(sample):
    project = sample
    source(project, TEST % "Helper", "pool java/lang/Object")
    record(project)
    source(project, TEST % "NewTest", "pool a/Two")
    assert project.affected() == [unit("NewTest")]
    assert chosen(project) == ["a/NewTest"]
    assert chosen(project) == []
    os.unlink(project.root / (TEST % "OneTest"))
    assert project.affected() == []
    record(project)
    assert sorted(project.units()) == [unit("NewTest"), unit("TwoTest")]
    # One that is called otherwise runs by its name, too.
    source(project, TEST % "Checks", "pool a/Two", "is a test")
    record(project)
    project.edit(TEST % "Checks")
    assert chosen(project) == ["a/Checks"]
    # A part of the tests leaves the others as they are.
    record(project, "-Dtest=a.NewTest")
    assert sorted(project.units()) == [
        unit("Checks"), unit("NewTest"), unit("TwoTest")]
    # Of a test alone nobody knows what the class would do.
    result = project.run("mvn", "-q", "test", "-Dtest=NewTest#t")
    assert "recorded 1 unit" in result.err
    assert "mvn -q test -Dtest=NewTest#t" in project.units()


def test_modules(maven):
    project = maven
    project.write("pom.xml", """\
        <project><modules>
          <module>core</module><module>app</module>
        </modules></project>
        """)
    for module, name in (("core", "One"), ("app", "Two")):
        project.write(module + "/pom.xml", "<project/>\n")
        source(project, module + "/" + MAIN % name, "pool a/One")
        source(project, module + "/" + TEST % (name + "Test"),
               "pool a/" + name, "reads data.txt")
        project.write(module + "/data.txt", module)
    record(project)
    one, two = "core/" + unit("OneTest"), "app/" + unit("TwoTest")
    assert sorted(project.units()) == [two, one]
    for path, units in [
            ("core/" + MAIN % "One", [two, one]),
            ("app/" + MAIN % "Two", [two]),
            ("core/data.txt", [one]), ("app/data.txt", [two])]:
        with project.edited(path):
            assert sorted(project.affected()) == units


POM = """\
    <project xmlns="http://maven.apache.org/POM/4.0.0">
      <modelVersion>4.0.0</modelVersion>
      <groupId>x</groupId><artifactId>x</artifactId><version>1</version>
      <properties>
        <maven.compiler.source>11</maven.compiler.source>
        <maven.compiler.target>11</maven.compiler.target>
        <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
      </properties>
      <dependencies><dependency>
        <groupId>junit</groupId><artifactId>junit</artifactId>
        <version>4.13.2</version><scope>test</scope>
      </dependency></dependencies>
    </project>
    """
BODY = """\
    package a;
    public class %sTest {
        @org.junit.Test public void t() {
            org.junit.Assert.assertEquals(%d, %s.value());
        }
    }
    """


@pytest.mark.skipif(not shutil.which("mvn") or not shutil.which("javac"),
                    reason="there is no mvn with a javac on this machine")
def test_real(project):
    project.write("pom.xml", POM)
    project.write(MAIN % "One", "package a;\npublic class One {\n"
                  "    public static final int LIMIT = 5;\n"
                  "    static int value() { return 1; }\n}\n")
    project.write(MAIN % "Two", "package a;\nclass Two {\n"
                  "    static int value() { return One.LIMIT - 3; }\n}\n")
    project.write(MAIN % "Three", "package a;\nclass Three {\n"
                  "    static int value() { return 3; }\n}\n")
    for number, name in enumerate(("One", "Two", "Three"), 1):
        project.write(TEST % (name + "Test"), BODY % (name, number, name))
    # With what earlier builds of whoever runs this have fetched.
    for home in (project.env.get("HOME"), os.path.expanduser("~")):
        if home and os.path.isdir(os.path.join(home, ".m2")):
            project.env["MAVEN_OPTS"] = "-Dmaven.repo.local=" + os.path.join(
                home, ".m2", "repository")
    command = ["mvn", "-o", "-q", "test"]
    try:
        plain = project.sh(*command, timeout=100)
    except subprocess.TimeoutExpired:
        pytest.skip("maven takes too long on this machine")
    if plain.code:
        pytest.skip("maven has not what it needs: " + plain.out[-300:])
    assert project.run(*command).out == plain.out
    assert project.affected() == []
    both = [unit("OneTest"), unit("TwoTest")]
    with project.edited(MAIN % "One", "= 5", "= 6"):
        assert project.affected() == both
    project.edit(MAIN % "Three", "3", "1 + 2")
    result = project.ftrace("test", "--", *command)
    assert result.ok() and "recorded 1 unit" in result.err
