# SPDX-License-Identifier: MIT
"""Small projects for bench/runners --quick, made on the spot."""

import os
import shutil
import textwrap

import common
import replay_history
import runners_tools
import runners_work

WORK = os.path.join(common.WORK, "runners-tiny")

GO = {
    "go.mod": "module example.org/shop\n\ngo 1.21\n",
    "price/price.go": """
        package price

        func Net(amount int) int {
        \treturn amount * 100 / 120
        }
        """,
    "price/price_test.go": """
        package price

        import "testing"

        func TestNet(t *testing.T) {
        \tif Net(240) != 200 {
        \t\tt.Fail()
        \t}
        }
        """,
    "cart/cart.go": """
        package cart

        import "example.org/shop/price"

        func Total(amounts ...int) int {
        \tsum := 0
        \tfor _, each := range amounts {
        \t\tsum += price.Net(each)
        \t}
        \treturn sum
        }
        """,
    "cart/cart_test.go": """
        package cart

        import (
        \t"os"
        \t"testing"
        )

        func TestTotal(t *testing.T) {
        \ttext, _ := os.ReadFile("testdata/name.txt")
        \tif Total(120, 240) != 300 || string(text) != "cart\\n" {
        \t\tt.Fail()
        \t}
        }
        """,
    "cart/testdata/name.txt": "cart\n",
    "word/word.go": """
        package word

        func Double(word string) string {
        \treturn word + word
        }
        """,
    "word/word_test.go": """
        package word

        import "testing"

        func TestDouble(t *testing.T) {
        \tif Double("a") != "aa" {
        \t\tt.Fail()
        \t}
        }
        """,
}

CARGO = {
    "Cargo.toml": """
        [package]
        name = "shop"
        version = "0.1.0"
        edition = "2021"

        [lib]
        doctest = false
        """,
    "Cargo.lock": """
        version = 3

        [[package]]
        name = "shop"
        version = "0.1.0"
        """,
    "src/lib.rs": """
        pub fn net(amount: u64) -> u64 {
            amount * 100 / 120
        }

        #[cfg(test)]
        mod tests {
            #[test]
            fn works() {
                assert_eq!(super::net(240), 200);
            }
        }
        """,
    "tests/net.rs": """
        #[test]
        fn works() {
            assert_eq!(shop::net(120), 100);
        }
        """,
    "tests/data.rs": """
        #[test]
        fn works() {
            let text = std::fs::read_to_string("tests/data/name.txt");
            assert_eq!(text.unwrap(), "cart\\n");
        }
        """,
    "tests/data/name.txt": "cart\n",
}

NODE = {
    "package.json": """
        {"name": "shop", "version": "1.0.0",
         "scripts": {"test": "node --test"}}
        """,
    "price.js": """
        exports.net = function (amount) {
          return amount * 100 / 120;
        };
        """,
    "word.js": """
        exports.double = function (word) {
          return word + word;
        };
        """,
    "test/price.test.js": """
        const test = require("node:test");
        const assert = require("node:assert");
        const { net } = require("../price");
        test("net", () => assert.strictEqual(net(240), 200));
        """,
    "test/word.test.js": """
        const test = require("node:test");
        const assert = require("node:assert");
        const fs = require("node:fs");
        const { double } = require("../word");
        test("double", () => assert.strictEqual(
          double("a"), fs.readFileSync(__dirname + "/data/a.txt", "utf8")));
        """,
    "test/data/a.txt": "aa",
}

CTEST = {
    "CMakeLists.txt": """
        cmake_minimum_required(VERSION 3.14)
        project(shop C)
        enable_testing()
        foreach(name price word)
            add_executable(${name}_test tests/${name}_test.c ${name}.c)
            add_test(NAME ${name} COMMAND ${name}_test)
        endforeach()
        set_tests_properties(word PROPERTIES
            WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/tests)
        """,
    "price.c": """
        int net(int amount)
        {
        \treturn amount * 100 / 120;
        }
        """,
    "word.c": """
        int twice(int letter)
        {
        \treturn letter + letter;
        }
        """,
    "tests/price_test.c": """
        int net(int amount);

        int main(void)
        {
        \treturn net(240) != 200;
        }
        """,
    "tests/word_test.c": """
        #include <stdio.h>

        int twice(int letter);

        int main(void)
        {
        \tFILE *file = fopen("data/a.txt", "r");
        \treturn !file || fgetc(file) != 'a' || twice(2) != 4;
        }
        """,
    "tests/data/a.txt": "a\n",
}

PROJECTS = (("go", GO, ("go",)), ("cargo", CARGO, ("cargo",)),
            ("node", NODE, ("node", "npx")),
            ("ctest", CTEST, ("ctest", "cmake", "cc")))


def _write(root, files):
    shutil.rmtree(root, ignore_errors=True)
    for name, text in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        text = textwrap.dedent(text)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text[1:] if text.startswith("\n") else text)
    replay_history.git("init", "-q", cwd=root)
    replay_history.git("add", "-A", cwd=root)
    replay_history.git("commit", "-q", "-m", "begin", cwd=root)


def sources():
    for name, files, needed in PROJECTS:
        if not all(map(shutil.which, needed)):
            continue
        root = os.path.join(WORK, "source", name)
        _write(root, files)
        yield runners_work.Source(
            "tiny-" + name, root, runners_tools.of(root, name), None, WORK)
