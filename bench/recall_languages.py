# SPDX-License-Identifier: MIT
"""More programs for bench/recall: interpreters, compilers, their tools."""

import subprocess
import sys

from recall_fixture import Missing, Programs

program = Programs()

PYTHON = r"""
import concurrent.futures, glob, importlib, json, multiprocessing, os
import pathlib, shutil, socket, sqlite3, subprocess, sys, tempfile, zipfile
import locale, gettext, pwd, time, asyncio, threading
import helper

def work(name):
    import json.tool
    return len(open(name).read())

def main():
    for way in "fork", "spawn":
        with multiprocessing.get_context(way).Pool(2) as pool:
            pool.map(work, ["a.txt", "b.txt", "data/one.txt"])
    subprocess.run(["cat", "a.txt"], cwd="data", stderr=subprocess.DEVNULL)
    subprocess.run("cat b.txt | wc", shell=True)
    subprocess.run([sys.executable, "-c", "import helper"], cwd="data")
    try:
        subprocess.run(["no-such-program"])
    except FileNotFoundError:
        pass
    list(os.walk(".", followlinks=True)), os.listdir("data")
    list(os.scandir("data")), glob.glob("**/*.txt", recursive=True)
    list(pathlib.Path("data").rglob("*")), os.path.realpath("chain")
    os.path.exists("ghost"), os.path.islink("dangling"), os.stat(".")
    with tempfile.TemporaryDirectory(dir=".") as folder:
        shutil.copytree("data", folder + "/copy", symlinks=True)
        shutil.move(folder + "/copy", folder + "/moved")
    with tempfile.TemporaryFile() as file:
        file.write(b"x")
    shutil.copy2("a.txt", "copied"), os.replace("copied", "moved")
    os.symlink("moved", "soft"), os.readlink("soft"), os.unlink("soft")
    os.chmod("moved", 0o600), os.utime("moved"), os.truncate("moved", 2)
    fd = os.open("data", os.O_RDONLY)
    os.stat("one.txt", dir_fd=fd), os.open("ghost2", 66, dir_fd=fd)
    os.listdir(fd), os.fchdir(fd), open("deep/two.txt").read()
    os.chdir("..")
    with zipfile.ZipFile("z.zip", "w") as archive:
        archive.write("a.txt"), archive.writestr("zipped.py", "X = 1")
    sys.path.insert(0, "z.zip")
    import zipped
    database = sqlite3.connect("t.db")
    database.execute("create table if not exists t(a)"), database.commit()
    locale.setlocale(locale.LC_ALL, "C.UTF-8"), pwd.getpwnam("root")
    time.localtime(), gettext.translation("x", fallback=True)
    for name in "no_such_module", "package.missing":
        try:
            importlib.import_module(name)
        except ImportError:
            pass
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        list(threads.map(work, ["a.txt", "b.txt"] * 8))
    async def child():
        p = await asyncio.create_subprocess_exec("cat", "b.txt")
        await p.wait()
    asyncio.run(child())
    try:
        socket.getaddrinfo("localhost", 80)
        socket.socket(socket.AF_UNIX).connect("no-socket")
    except OSError:
        pass

if __name__ == "__main__":
    main()
"""


@program(quick=True)
def python(fix):
    """files, subprocess, multiprocessing, threads, imports"""
    fix.some_files()
    fix.write("main.py", PYTHON)
    fix.write("helper.py", "import package.inner\n")
    fix.write("package/__init__.py", "")
    fix.write("package/inner.py", "X = 1\n")
    fix.write("tests/test_it.py", "import unittest\n"
              "class T(unittest.TestCase):\n"
              "    def test(self):\n        open('a.txt').close()\n")
    return fix.commands("'%s' main.py" % sys.executable,
                        "'%s' -m unittest discover -s tests" % sys.executable)


@program()
def python_again(fix):
    """the same when everything is compiled already"""
    command = python(fix)
    fix.run(sys.executable, "-m", "compileall", "-q", ".")
    return command


@program()
def pytest(fix):
    """a small suite, with conftest.py, fixtures and a plugin"""
    if subprocess.call([sys.executable, "-c", "import pytest"],
                       stderr=subprocess.DEVNULL):
        raise Missing("no pytest for this python3")
    fix.some_files()
    fix.write("conftest.py", "import pytest\n@pytest.fixture\n"
              "def text():\n    return open('a.txt').read()\n")
    fix.write("tests/test_a.py", "def test_a(text, tmp_path):\n"
              "    (tmp_path / 'x').write_text(text)\n"
              "def test_b(monkeypatch, tmp_path):\n"
              "    monkeypatch.chdir(tmp_path)\n    open('y', 'w')\n")
    fix.write("pkg/test_c.py", "import os\ndef test_c():\n"
              "    assert os.path.exists('data/one.txt')\n")
    return [sys.executable, "-m", "pytest", "-q"]


@program()
def venv(fix):
    """python -m venv, and a look from inside it"""
    return fix.commands("'%s' -m venv env" % sys.executable,
                        "env/bin/python -c 'import sys; print(sys.path)'",
                        "env/bin/pip --version")


NODE = r"""
const fs = require('fs'), path = require('path');
const {Worker, isMainThread} = require('worker_threads');
const child = require('child_process');
require('./lib/part'); require('pkg');
try { require('missing'); } catch (e) {}
fs.readFileSync('a.txt'); fs.readdirSync('data', {recursive: true});
fs.existsSync('ghost'); fs.realpathSync('chain'); fs.lstatSync('dangling');
fs.realpathSync.native('dirlink'); fs.readlinkSync('chain');
fs.writeFileSync('made', 'x'); fs.appendFileSync('made', 'y');
fs.renameSync('made', 'moved'); fs.copyFileSync('moved', 'copy');
fs.mkdirSync('x/y/z', {recursive: true}); fs.symlinkSync('a.txt', 'soft');
fs.unlinkSync('soft'); fs.rmSync('x', {recursive: true});
fs.cpSync('data', 'data2', {recursive: true}); fs.chmodSync('copy', 0o600);
fs.utimesSync('copy', 1, 1); fs.mkdtempSync('tmp-'); fs.statfsSync('.');
fs.readFile('b.txt', () => {}); fs.stat('none', () => {});
fs.createReadStream('data/one.txt').on('data', () => {});
fs.opendir('data', (e, d) => d.close());
(async () => {
  await fs.promises.readFile('data/deep/two.txt');
  await fs.promises.readdir('dirlink');
  await fs.promises.access('nothing').catch(() => {});
  await fs.promises.writeFile('promised', '1');
  await import('./module.mjs');
})();
new Worker('./thread.js');
child.execSync('cat a.txt'); child.spawnSync('ls', ['data']);
child.fork('./forked.js');
child.spawn('cat', ['one.txt'], {cwd: 'data'});
child.execFile('no-such-program', () => {});
require('dns').lookup('localhost', () => {});
require('os').userInfo();
"""


@program("node")
def node(fix):
    """fs in all its ways, workers, child processes, modules"""
    fix.some_files()
    fix.write("main.js", NODE)
    fix.write("lib/part.js", "exports.x = require('../data.json');\n")
    fix.write("data.json", "{}\n")
    fix.write("module.mjs", "import fs from 'fs'; fs.readFileSync('a.txt');")
    fix.write("thread.js", "require('fs').readFileSync('data/one.txt');"
              "process.chdir === undefined;")
    fix.write("forked.js", "require('fs').readFileSync('b.txt');")
    fix.write("node_modules/pkg/package.json", '{"main": "lib"}')
    fix.write("node_modules/pkg/lib/index.js", "")
    return ["node", "main.js"]


@program("node", "npm")
def npm(fix):
    """npm install from a local folder, npm test"""
    fix.env.update(npm_config_cache=fix.path("cache"),
                   npm_config_offline="true", npm_config_audit="false",
                   npm_config_fund="false", npm_config_update_notifier="false")
    fix.write("dep/package.json",
              '{"name": "dep", "version": "1.0.0", "bin": "cli.js"}')
    fix.script("dep/cli.js", "#!/usr/bin/env node\nconsole.log(1)\n")
    fix.write("dep/index.js", "module.exports = 1\n")
    fix.write("app/package.json", '{"name": "app", "version": "1.0.0",'
              '"scripts": {"test": "dep && node -e \\"require(\'dep\')\\""},'
              '"dependencies": {"dep": "file:../dep"}}')
    return fix.commands("cd app", "npm install", "npm test", "npm ls",
                        "npm pack ../dep")


@program("perl", "prove")
def perl(fix):
    """prove with tests that read, write, glob, load and run"""
    fix.some_files()
    fix.write("lib/Part.pm", "package Part; sub x { 1 } 1;\n")
    fix.write("t/one.t", """\
        use strict; use Test::More; use Part; use File::Temp qw(tempfile);
        use File::Find; use Cwd qw(abs_path getcwd); use File::Copy;
        use File::Path qw(make_path remove_tree); use POSIX qw(strftime);
        ok(open(my $f, '<', 'a.txt')); ok(!open(my $g, '<', 'ghost'));
        my @all = glob('data/*.txt'); find(sub {}, 'data');
        ok(-e 'b.txt' && -l 'chain' && !-e 'none'); abs_path('chain');
        my ($fh, $name) = tempfile(DIR => '.'); unlink $name;
        copy('a.txt', 'copied'); rename 'copied', 'moved'; `cat b.txt`;
        system('cat', 'data/one.txt'); make_path('x/y'); remove_tree('x');
        opendir(my $d, 'data'); readdir $d; chdir 'dirlink'; -r 'one.txt';
        eval { require No::Such }; getpwnam('root'); strftime('%c', localtime);
        utime 1, 1, '../moved'; chmod 0600, '../moved'; done_testing;
        """)
    fix.write("t/two.t", "print \"1..1\\nok 1\\n\";\n")
    return ["prove", "-l", "-j2", "t"]


@program("ruby")
def ruby(fix):
    """files, folders, requires, child processes"""
    fix.some_files()
    fix.write("part.rb", "X = 1\n")
    fix.write("main.rb", """\
        require_relative 'part'; require 'json'; require 'fileutils'
        require 'tmpdir'; require 'tempfile'; require 'find'; require 'etc'
        begin; require 'no/such'; rescue LoadError; end
        File.read('a.txt'); Dir['data/**/*']; Dir.children('dirlink')
        File.exist?('ghost'); File.symlink?('dangling'); File.stat('.')
        File.realpath('chain'); Find.find('data') {}; Etc.getpwnam('root')
        File.write('made', 'x'); FileUtils.mv('made', 'moved')
        FileUtils.cp_r('data', 'copy'); FileUtils.rm_r('copy')
        FileUtils.mkdir_p('x/y'); File.chmod(0600, 'moved')
        Tempfile.create('x') {}; Dir.mktmpdir {}; `cat b.txt`
        system('cat', 'data/one.txt'); pid = fork { File.read('b.txt') }
        Process.wait(pid); Dir.chdir('chain') { File.read('two.txt') }
        Thread.new { File.read('data/link') }.join; Time.now.to_s
        load 'part.rb'; IO.popen(['cat', 'a.txt']).read
        """)
    return ["ruby", "main.rb"]


@program("php")
def php(fix):
    """files, folders, includes, child processes"""
    fix.some_files()
    fix.write("part.php", "<?php return 1;\n")
    fix.write("main.php", """\
        <?php
        include 'part.php'; @include 'missing.php'; require_once './part.php';
        file_get_contents('a.txt'); glob('data/*'); scandir('dirlink');
        file_exists('ghost'); is_link('dangling'); realpath('chain/two.txt');
        file_put_contents('made', 'x'); rename('made', 'moved');
        copy('a.txt', 'copy'); unlink('copy'); mkdir('x/y', 0755, true);
        rmdir('x/y'); chmod('moved', 0600); touch('moved'); tempnam('.', 'x');
        symlink('a.txt', 'soft'); readlink('soft'); tmpfile(); stat('.');
        exec('cat b.txt'); shell_exec('ls data'); chdir('chain');
        foreach (new RecursiveIteratorIterator(
            new RecursiveDirectoryIterator('..')) as $f) {}
        fopen('two.txt', 'r'); date('c'); disk_free_space('.');
        """)
    return ["php", "main.php"]


@program("lua")
def lua(fix):
    """files, modules, child processes"""
    fix.some_files()
    fix.write("part.lua", "return 1\n")
    fix.write("main.lua", """\
        require 'part'; pcall(require, 'missing.part'); dofile('part.lua')
        io.open('a.txt'):read('a'); io.open('ghost'); io.open('made', 'w')
        for line in io.lines('data/one.txt') do end
        io.popen('cat b.txt'):read('a'); os.execute('cat chain/two.txt')
        os.rename('made', 'moved'); os.remove('moved'); os.tmpname()
        io.tmpfile(); os.setlocale('C'); os.date(); os.getenv('HOME')
        """)
    return ["lua", "main.lua"]


@program("javac", "java")
def java(fix):
    """javac, java, jar"""
    fix.some_files()
    fix.write("src/demo/Main.java", """\
        package demo;
        import java.nio.file.*;
        public class Main {
            public static void main(String[] a) throws Exception {
                System.out.println(Files.readAllLines(Path.of("a.txt")));
                Files.walk(Path.of("data")).forEach(p -> {});
                Files.exists(Path.of("ghost"));
                Files.isSymbolicLink(Path.of("dangling"));
                Path.of("chain/two.txt").toRealPath();
                new java.io.File("dirlink").list();
                Files.writeString(Path.of("made"), "x");
                Files.move(Path.of("made"), Path.of("moved"));
                Files.createDirectories(Path.of("x/y"));
                Files.createTempFile(Path.of("."), "t", "x").toFile().delete();
                Files.copy(Path.of("b.txt"), Path.of("copied"));
                Files.setLastModifiedTime(Path.of("copied"),
                    Files.getLastModifiedTime(Path.of("a.txt")));
                new java.io.FileInputStream("data/one.txt").close();
                new ProcessBuilder("cat", "b.txt").start().waitFor();
                Main.class.getResource("/none.properties");
                new Helper().help();
                java.util.TimeZone.getDefault().getID();
            }
        }
        """)
    fix.write("src/demo/Helper.java",
              "package demo;\nclass Helper { void help() {} }\n")
    return fix.commands(
        "javac -d out -sourcepath src src/demo/Main.java",
        "java -Xshare:off -cp missing.jar:out demo.Main",
        "jar cf demo.jar -C out demo", "java -cp demo.jar demo.Main")


@program("cargo")
def cargo(fix):
    """cargo build, cargo test, of a crate without dependencies"""
    fix.env.update(CARGO_NET_OFFLINE="true",
                   CARGO_TARGET_DIR=fix.path("target"))
    fix.some_files()
    fix.write("Cargo.toml", '[package]\nname = "demo"\nversion = "0.1.0"\n'
              'edition = "2021"\nbuild = "build.rs"\n')
    fix.write("build.rs", 'fn main() {'
              ' println!("cargo:rerun-if-changed=a.txt"); }\n')
    fix.write("src/lib.rs", """\
        pub mod part;
        pub fn size() -> usize { include_str!("../a.txt").len() }
        #[test] fn reads() {
            assert!(std::fs::read("data/one.txt").is_ok());
            assert!(std::fs::read("ghost").is_err());
            for e in std::fs::read_dir("data").unwrap() { e.unwrap(); }
            std::fs::canonicalize("chain").unwrap();
            std::fs::copy("b.txt", "copied").unwrap();
            std::fs::create_dir_all("x/y").unwrap();
            std::fs::remove_dir_all("x").unwrap();
            std::process::Command::new("cat").arg("b.txt").output().unwrap();
        }
        """)
    fix.write("src/part.rs", "pub fn x() {}\n")
    fix.write("src/main.rs", 'fn main() { println!("{}", demo::size()); }\n')
    return fix.commands("cargo build", "cargo run", "cargo test")


@program("npm", "node")
def node_test(fix):
    """node --test, a process for each file"""
    fix.some_files()
    for name in "one", "two":
        fix.write("test/%s.test.js" % name,
                  "require('node:test')('x', () => {"
                  "require('fs').readFileSync('a.txt')});\n")
    return ["node", "--test", "test/"]
