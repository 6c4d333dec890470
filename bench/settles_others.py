# SPDX-License-Identifier: MIT
"""The set-ups without Python: shells, builds, runners of other languages."""

import settles_tools
from settles_project import Setup
from settles_tools import needs

QUICK = [
    Setup("counter", {"test.sh": """
            cat counter 2>/dev/null
            echo x >>counter
            [ -e out ] || cat counter >out
            cat out source
        """, "source": "1\n", ".gitignore": "counter\nout\n"},
          ("sh", "test.sh"), ("source", "1", "2"), tool=needs("sh")),
    Setup("hard-link", {"test.sh": "cat a\nln -f a b\n", "a": "1\n",
                        ".gitignore": "b\n"},
          ("sh", "test.sh"), ("a", "1", "2"), tool=needs("sh")),
    Setup("xattr", {"test.sh": """
            cat a
            python3 -c 'import os; os.setxattr("a", "user.seen", b"1")'
        """, "a": "1\n"},
          ("sh", "test.sh"), ("a", "1", "2"), tool=needs("sh", "python3")),
]

C = {
    ".gitignore": "build/\n",
    "CMakeLists.txt": """
        cmake_minimum_required(VERSION 3.13)
        project(sums C)
        add_library(sums STATIC sums.c other.c)
        enable_testing()
        foreach(name one two)
            add_executable(${name} ${name}.c)
            target_link_libraries(${name} sums)
            add_test(NAME ${name} COMMAND ${name})
        endforeach()
    """,
    "sums.h": "int sum(int a, int b);\nint other(int a);\n",
    "sums.c": '#include "sums.h"\nint sum(int a, int b) { return a + b; }\n',
    "other.c": '#include "sums.h"\nint other(int a) { return a; }\n',
    "one.c": '#include "sums.h"\nint main(void) { return sum(1, 2) != 3; }\n',
    "two.c": '#include "sums.h"\nint main(void) { return other(1) != 1; }\n',
    "Makefile": """\
        check: one two
        \t./one && ./two
        one two: %: %.o sums.o other.o
        \t$(CC) -o $@ $^
        %.o: %.c sums.h
        \t$(CC) -c -o $@ $<
    """,
    "test.sh": """\
        #!/bin/sh
        set -e
        [ -e build/build.ninja ] || cmake -G Ninja -S . -B build
        ninja -C build
        ctest --test-dir build
    """,
}
SUM = ("sums.c", "a + b", "b + a")

BUILDS = [
    Setup("make", {**C, ".gitignore": "*.o\none\ntwo\n"},
          ("make", "check"), SUM, tool=needs("make", "cc")),
    Setup("ninja", C, ("./test.sh",), SUM,
          tool=needs("cmake", "ninja", "ctest", "cc")),
]

CARGO = {
    ".gitignore": "target/\n",
    "Cargo.toml": """
        [package]
        name = "sums"
        version = "0.1.0"
        edition = "2021"
    """,
    "Cargo.lock": """
        version = 3

        [[package]]
        name = "sums"
        version = "0.1.0"
    """,
    "src/lib.rs": """
        /// ```
        /// assert_eq!(sums::sum(1, 2), 3);
        /// ```
        pub fn sum(a: u64, b: u64) -> u64 {
            a + b
        }

        #[cfg(test)]
        mod tests {
            #[test]
            fn works() {
                assert_eq!(super::sum(2, 2), 4);
            }
        }
    """,
    "tests/whole.rs": """
        #[test]
        fn works() {
            assert_eq!(sums::sum(2, 3), 5);
        }
    """,
}

GO = {
    "go.mod": "module example.org/sums\n\ngo 1.21\n",
    "sums.go": """
        package sums

        func Sum(a, b int) int { return a + b }
    """,
    "sums_test.go": """
        package sums

        import "testing"

        func TestSum(t *testing.T) {
        \tif Sum(1, 2) != 3 {
        \t\tt.Fail()
        \t}
        }
    """,
}

POM = """
    <project xmlns="http://maven.apache.org/POM/4.0.0">
      <modelVersion>4.0.0</modelVersion>
      <groupId>org.example</groupId>
      <artifactId>sums</artifactId>
      <version>1</version>
      <properties>
        <maven.compiler.source>17</maven.compiler.source>
        <maven.compiler.target>17</maven.compiler.target>
        <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
      </properties>
      <dependencies>
        <dependency>
          <groupId>org.junit.jupiter</groupId>
          <artifactId>junit-jupiter</artifactId>
          <version>5.10.2</version>
          <scope>test</scope>
        </dependency>
      </dependencies>
      <build><plugins><plugin>
        <artifactId>maven-surefire-plugin</artifactId>
        <version>3.2.5</version>
      </plugin></plugins></build>
    </project>
"""

MAVEN = {
    ".gitignore": "target/\n",
    "pom.xml": POM,
    "src/main/java/org/example/Sums.java": """
        package org.example;

        public class Sums {
            public static int sum(int a, int b) {
                return a + b;
            }
        }
    """,
    "src/test/java/org/example/SumsTest.java": """
        package org.example;

        import static org.junit.jupiter.api.Assertions.assertEquals;
        import org.junit.jupiter.api.Test;

        class SumsTest {
            @Test
            void sums() {
                assertEquals(3, Sums.sum(1, 2));
            }
        }
    """,
}

COMPILED = [
    Setup("cargo", CARGO, ("cargo", "test", "-q", "--offline"),
          ("src/lib.rs", "a + b", "b + a"), tool=settles_tools.cargo),
    Setup("go", GO, ("go", "test", "./..."),
          ("sums.go", "a + b", "b + a"), tool=settles_tools.go),
    Setup("maven", MAVEN,
          ("mvn", "-q", "-o", "-Dmaven.repo.local=@MAVEN@", "test"),
          ("src/main/java/org/example/Sums.java", "a + b", "b + a"),
          tool=lambda: settles_tools.maven(MAVEN)),
]

SUMS_JS = 'exports.sum = (a, b) => a + b;\n'


def npm(name, runner, test, packages, *, module=False):
    """`npm test` with a runner of its own node_modules."""
    body = ("export const sum = (a, b) => a + b;\n" if module else SUMS_JS)
    files = {
        ".gitignore": "node_modules/\n",
        "package.json": '{"name": "sums", "version": "1.0.0", %s'
        '"scripts": {"test": "%s"}}\n' % (
            '"type": "module", ' if module else "", runner),
        "src/sums.js": body, **test}
    return Setup(name, files, ("npm", "test", "--silent"),
                 ("src/sums.js", "a + b", "b + a"),
                 tool=settles_tools.npm(*packages), keep=["node_modules"],
                 prepare=[("cp", "-r", "@NPM@/node_modules", ".")]
                 if packages else ())


NODE = [
    npm("vitest", "vitest run", {"test/sums.test.js": """
        import { expect, test } from "vitest";
        import { sum } from "../src/sums.js";
        test("sums", () => { expect(sum(1, 2)).toBe(3); });
        """}, ["vitest@3.2.4"], module=True),
    npm("mocha", "mocha", {"test/sums.js": """
        const assert = require("assert");
        const { sum } = require("../src/sums.js");
        it("sums", () => { assert.equal(sum(1, 2), 3); });
        """}, ["mocha@11.1.0"]),
    npm("jest", "jest", {"test/sums.test.js": """
        const { sum } = require("../src/sums.js");
        test("sums", () => { expect(sum(1, 2)).toBe(3); });
        """}, ["jest@29.7.0"]),
    npm("node-test", "node --test", {"test/sums.test.js": """
        const assert = require("assert");
        const test = require("node:test");
        const { sum } = require("../src/sums.js");
        test("sums", () => { assert.equal(sum(1, 2), 3); });
        """}, []),
]

SHELLS = [
    Setup("bats", {
        "sums.sh": "sum() { echo $(($1 + $2)); }\n",
        "test/sums.bats": """
            #!/usr/bin/env bats
            @test "sums" {
                . ./sums.sh
                [ "$(sum 1 2)" = 3 ]
            }
        """, "package.json": "{}\n", ".gitignore": "node_modules/\n"},
          ("node_modules/bats/bin/bats", "test"),
          ("sums.sh", "$1 + $2", "$2 + $1"),
          tool=settles_tools.npm("bats@1.11.0"), keep=["node_modules"],
          prepare=[("cp", "-r", "@NPM@/node_modules", ".")]),
    Setup("prove", {
        "lib/Sums.pm":
            "package Sums;\nsub sum { return $_[0] + $_[1]; }\n1;\n",
        "t/sums.t": """
            use strict;
            use Test::More tests => 1;
            use Sums;
            is(Sums::sum(1, 2), 3);
        """,
        "t/other.t": 'print "1..1\\nok 1\\n";\n'},
          ("prove", "-l", "--state=save", "t"),
          ("lib/Sums.pm", "$_[0] + $_[1]", "$_[1] + $_[0]"), most=0.5,
          tool=needs("prove")),
]

OTHERS = BUILDS + COMPILED + NODE + SHELLS
