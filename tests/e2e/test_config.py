# SPDX-License-Identifier: MIT
"""`ftrace.json`: what the program takes, the schema takes, and what not."""

import json
import re

import jsonschema
import pytest

from helpers import SOURCE

SCHEMA = json.loads(
    (SOURCE / "docs/reference/ftrace.schema.json").read_text(encoding="utf-8"))


def one(**more):
    return {"checks": {"one": dict({"command": "true"}, **more)}}


GOOD = [
    {},
    {"$schema": "x", "smoke": [], "flaky": "a/b.json", "checks": {}},
    {"smoke": ["tests/*", "marker:slow", "label:x"]},
    {"flaky": "..x/y..", "smoke": ["*"]},
    one(), one(command=["true"]), one(command=["true", ""]),
    one(phase="fast"), one(phase="mutating"), one(phase="slow"),
    one(profiles=["ci", "a.b:c/d+e-f"]), one(runner="none"),
    one(runner="pytest"), one(after=[]), one(timeout=0.5),
    one(timeout=31536000), one(directory="."), one(directory="a/./b"),
    {"checks": {"a.b:c/d+e-f_9": {"command": "true"}, "x" * 100: {
        "command": "\ntrue", "after": ["a.b:c/d+e-f_9"]}}},
]

# Each with what the program says after the place.
BAD = [
    ([], "an object is expected here"),
    ("x", "an object is expected here"),
    ({"check": {}}, "unknown key 'check' here"),
    ({"$schema": 1}, "'$schema' has to be a text"),
    ({"smoke": "x"}, "'smoke' has to be an array of texts"),
    ({"smoke": [""]}, "'smoke' is empty"),
    ({"smoke": [1]}, "'smoke' has to be a text"),
    ({"smoke": ["label:"]}, "'label:' lacks the name"),
    ({"flaky": ""}, "'flaky' is empty"),
    ({"flaky": "/a"}, "'flaky' has to be a path below"),
    ({"flaky": "a/.."}, "'flaky' has to be a path below"),
    ({"checks": []}, "'checks' has to be an object of checks"),
    ({"checks": {"": {"command": "x"}}}, "'' is no name of a check"),
    ({"checks": {"-k": {"command": "x"}}}, "'-k' is no name of a check"),
    ({"checks": {"a b": {"command": "x"}}}, "'a b' is no name of a check"),
    ({"checks": {"x" * 101: {"command": "x"}}}, "at most 100 characters"),
    ({"checks": {"one": "true"}}, "an object is expected in a check"),
    ({"checks": {"one": {}}}, "'one' has no command"),
    (one(comand="x"), "unknown key 'comand' in a check"),
    (one(command=""), "the command is empty"),
    (one(command=" \t"), "the command is empty"),
    (one(command=[]), "the command is empty"),
    (one(command=["", "x"]), "the command is empty"),
    (one(command=["x", 1]), "'command' has to be made of texts"),
    (one(command={}), "'command' has to be a text"),
    (one(phase="quick"), "a phase is"),
    (one(phase=1), "a phase is"),
    (one(profiles="ci"), "'profiles' has to be an array of texts"),
    (one(profiles=[]), "'profiles' is empty"),
    (one(profiles=["a b"]), "'a b' is no name of a profile"),
    (one(runner="karma"), "unknown runner 'karma'"),
    (one(runner=None), "'runner' has to be a text"),
    (one(after="two"), "'after' has to be an array of texts"),
    (one(timeout=0), "'timeout' is a number of seconds"),
    (one(timeout=-1), "'timeout' is a number of seconds"),
    (one(timeout="1"), "'timeout' is a number of seconds"),
    (one(timeout=31536001), "'timeout' is a number of seconds"),
    (one(directory="/"), "'directory' has to be a path below"),
    (one(directory="../x"), "'directory' has to be a path below"),
    (one(directory=""), "'directory' is empty"),
]

# What one check says of another is not the schema's.
AT_ODDS = [
    (one(after=["two"]), "'one' comes after 'two', and there is no such"),
    (one(after=["one"]), "checks that come after each other: one -> one"),
    ({"checks": {"a": {"command": "x", "after": ["b"]},
                 "b": {"command": "x", "after": ["a"]}}},
     "checks that come after each other: a -> b -> a"),
    ({"checks": {"a": {"command": "x", "phase": "fast", "after": ["b"]},
                 "b": {"command": "x"}}},
     "'a' of phase fast comes after 'b' of phase slow, which runs later"),
]


def load(project, text):
    """What the program makes of it: None, or the message."""
    project.write("ftrace.json", text)
    # Whether the name is one is looked at when the file has been read.
    result = project.ftrace("check", "no-such-check")
    assert result.out == "" and not (project.root / ".ftrace").exists()
    if "has no check 'no-such-check'" in result.err or (
            "names no checks" in result.err):
        return None
    assert result.code == 125, result
    found = re.fullmatch(r"ftrace: ftrace\.json:\d+:\d+: (.*)\n", result.err)
    assert found, result
    return found.group(1)


def valid(value):
    return jsonschema.Draft7Validator(SCHEMA).is_valid(value)


def test_the_schema_is_one():
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.smoke
def test_good_files(project):
    for value in GOOD:
        assert load(project, json.dumps(value)) is None, value
        assert valid(value), value


def test_bad_files(project):
    for value, message in BAD:
        said = load(project, json.dumps(value))
        assert said and message in said, (value, said)
        assert not valid(value), value


def test_checks_at_odds(project):
    for value, message in AT_ODDS:
        said = load(project, json.dumps(value))
        assert said and message in said, (value, said)
        assert valid(value), value


def test_both_know_the_same_keys(project):
    for value, known in (({"?": 1}, SCHEMA["properties"]),
                         (one(**{"?": 1}),
                          SCHEMA["definitions"]["check"]["properties"])):
        listed = load(project, json.dumps(value)).partition("; there are ")[2]
        assert sorted(re.findall(r"'(.*?)'", listed)) == sorted(known)


def test_the_example_of_the_documentation(project):
    page = (SOURCE / "docs/reference/config.md").read_text(encoding="utf-8")
    example, = re.findall(r"```jsonc\n(.*?)```", page, re.S)
    assert load(project, "// like this\n" + example) is None
    assert valid(json.loads(example))


def test_comments_and_places(project):
    assert load(project, '/* a */ { // "b"\n"smoke": ["//", "/*"] } //') is None
    project.write("ftrace.json", '{\n\t"checks": {\n\t\t"a": {\n\t\t\t'
                  '"command": "x", /* ü */ "phse": "fast"\n}}}')
    result = project.ftrace("check")
    assert result.code == 125
    assert result.err.startswith("ftrace: ftrace.json:4:28: unknown key "
                                 "'phse' in a check; there are 'command', ")
    for text in ('{"smoke": [}', "{", "{} x", '{"a": /*', "", "\0"):
        project.write("ftrace.json", text)
        result = project.ftrace("check")
        assert result.code == 125
        assert re.match(r"ftrace: ftrace\.json:1:\d+: ", result.err), result


def test_a_key_that_stands_twice(project):
    text = '{"checks": {"a": {"command": "x"}, "a": {"command": "y"}}}'
    assert load(project, text) == "'a' stands here twice"
    text = '{"checks": {"a": {"command": "x", "command": "y"}}}'
    assert load(project, text) == "'command' stands here twice"


def test_no_file_and_no_checks(project):
    result = project.ftrace("check")
    assert result.code == 125
    assert "there is no '%s/ftrace.json'" % project.root.resolve() in result.err
    project.write("ftrace.json", "{}")
    assert "names no checks" in project.ftrace("check").err
    (project.root / "ftrace.json").unlink()
    (project.root / "ftrace.json").mkdir()
    result = project.ftrace("check")
    assert result.code == 125 and "cannot read" in result.err
