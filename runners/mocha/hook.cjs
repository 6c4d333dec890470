// SPDX-License-Identifier: MIT
'use strict';
/*
 * mocha: all files of tests run in one process, or each in one of several
 * (--parallel), with one cache of modules. A file's suites are its unit's.
 */

const fs = require('fs');
const path = require('path');
const imports = require('../javascript/imports.cjs');
const marks = require('../javascript/marks.cjs');
const modules = require('../javascript/modules.cjs');
const readers = require('../javascript/readers.cjs');
const run = require('../javascript/run.cjs');

// Options by which only some tests of a file run, or none at all.
const PARTIAL = ['grep', 'fgrep', 'g', 'f', 'dryRun', 'watch'];

// What is known of each file: how many tests it has, how many of them ended,
// whether one failed, whether one ran, and what it took.
const files = new Map();

let isOn = false;
let isWorker = false;
let here = null;
let loading = null;
let hasBegun = false;
let since = 0n;

function fileOf(name) {
    let file = files.get(name);

    if (!file) {
        file = { tests: 0, ended: 0, failed: false, passed: false, time: 0n };
        files.set(name, file);
    }
    return file;
}

function leave() {
    if (!here) return;
    fileOf(here).time += process.hrtime.bigint() - since;
    marks.say('outcome/collected');
    marks.end();
    readers.setOwn(null);
    here = null;
}

function enter(name) {
    if (!name || name === here) return;
    leave();
    here = name;
    marks.begin(run.unit(name));
    readers.setOwn(name);
    since = process.hrtime.bigint();
}

/* What is not said here was broken off. */
function finish(name, file) {
    marks.begin(run.unit(name));
    if (file.ended >= file.tests || file.failed) {
        const word = file.failed ? 'failed'
            : file.passed || !file.tests ? 'passed' : 'skipped';

        marks.say(`outcome/${word}/${file.time / 1000n}`);
    }
    marks.end();
}

/* Where none ran, it was for the one that could not be loaded. */
function finishAll() {
    leave();
    if (hasBegun) {
        for (const [name, file] of files) finish(name, file);
    } else if (loading) {
        marks.end();
        finish(loading, { failed: true, time: 0n });
    }
    files.clear();
}

/* Hooks at the top of a file are for the tests of all files. */
function countHooks(suite) {
    return ['_beforeAll', '_beforeEach', '_afterAll', '_afterEach']
        .reduce((sum, name) => sum + (suite[name] || []).length, 0);
}

/* Whether node may take a file for one that imports. */
function isModule(file) {
    let folder = path.dirname(file);

    if (/\.m[jt]s$/.test(file)) return true;
    if (/\.c[jt]s$/.test(file)) return false;
    while (!fs.existsSync(path.join(folder, 'package.json'))) {
        if (folder === path.dirname(folder)) return false;
        folder = path.dirname(folder);
    }
    try {
        return JSON.parse(fs.readFileSync(path.join(folder, 'package.json')))
            .type === 'module' || /^\s*import\b/m.test(
            fs.readFileSync(file, 'utf8'));
    } catch {
        return false;
    }
}

function watchLoading(mocha) {
    const { suite } = mocha;
    let hooks;

    imports.register(marks.absolute('.'),
        () => marks.muted(() => mocha.files.some(isModule)));
    suite.prependListener('pre-require', (_context, name) => {
        hooks = countHooks(suite);
        fileOf(name);
        loading = name;
        marks.use(modules.scopeOf(name), run.unit(name));
        // In all threads: node reads what is imported in others.
        marks.begin(run.collected(name));
        readers.setOwn(name);
    });
    suite.on('post-require', (_context, name) => {
        marks.end();
        loading = null;
        readers.setOwn(null);
        if (!isWorker && countHooks(suite) !== hooks) {
            marks.use(modules.scopeOf(name), marks.BASE);
        }
    });
}

function failAll() {
    for (const file of files.values()) file.failed = true;
}

function watchRunning(runner) {
    hasBegun = true;
    const ended = (test) => {
        if (test.type === 'test' && test.file) fileOf(test.file).ended++;
    };

    runner.suite.eachTest((test) => {
        if (test.file) fileOf(test.file).tests++;
    });
    runner.prependListener('suite', (suite) => {
        if (!suite.root) enter(suite.file);
    });
    runner.on('suite end', (suite) => {
        if (suite.parent && suite.parent.root) leave();
    });
    // A hook of all files is of nobody, unless it is for one test.
    runner.prependListener('hook', (hook) => {
        if (hook.parent && hook.parent.root && / all"?/.test(hook.title)) {
            leave();
        } else if (hook.parent && !hook.parent.root) {
            enter(hook.parent.file);
        }
    });
    runner.prependListener('test', (test) => enter(test.file));
    runner.prependListener('pending', ended);
    runner.prependListener('pass', (test) => {
        ended(test);
        if (test.file) fileOf(test.file).passed = true;
    });
    runner.prependListener('fail', (failed) => {
        const name = failed.file || (failed.parent && failed.parent.file)
            || here;

        ended(failed);
        if (name) fileOf(name).failed = true;
        else failAll();
    });
    runner.on('end', finishAll);
}

function wrap(prototype, name, before) {
    const original = prototype[name];

    prototype[name] = function (...args) {
        before(this);
        return original.apply(this, args);
    };
}

function hookMocha(Mocha) {
    wrap(Mocha.prototype, 'loadFiles', (mocha) => isOn && watchLoading(mocha));
    wrap(Mocha.prototype, 'loadFilesAsync',
        (mocha) => isOn && watchLoading(mocha));
}

function hookRunner(Runner) {
    wrap(Runner.prototype, 'run', (runner) => isOn && watchRunning(runner));
}

/* Of a folder its files with one of the endings, otherwise a glob. */
function globsOf({ spec, extension, recursive }) {
    const endings = extension.map((each) => each.replace(/^\.?/, '.'));

    return spec.flatMap((name) => [name, ...endings.map((ending) => path.join(
        name, recursive ? '**' : '', `*${ending}`))]);
}

function hookCollecting(_exports, module) {
    const collect = module.exports;

    module.exports = (options) => {
        if (!isOn) return collect(options);
        const found = run.discover(() => collect(options));
        const first = (options.file || []).map((file) => path.resolve(file));
        const list = Array.isArray(found) ? found : found.files;

        run.match(globsOf(options));
        // In the order that they have: what comes first may be for all.
        const chosen = run.collect(list, (file) => first.includes(file));

        return Array.isArray(found) ? chosen : { ...found, files: chosen };
    };
}

function begin(session) {
    isOn = true;
    run.load('mocha', session);
    run.ready();
    if (!readers.start()) marks.say('outcome/lost');
    process.on('exit', finishAll);
}

function start(session) {
    const program = require.resolve(process.argv[1]);

    modules.start(program.slice(0, program.lastIndexOf('/mocha/') + 7));
    modules.watch('/mocha/lib/mocha.js', hookMocha);
    modules.watch('/mocha/lib/runner.js', hookRunner);
    modules.watch('/mocha/lib/cli/collect-files.js', hookCollecting);
    modules.watch('/mocha/lib/nodejs/worker.js', () => {
        isWorker = true;
        begin(session);
    });
    modules.watch('/mocha/lib/cli/run-helpers.js', (helpers) => {
        const { runMocha } = helpers;

        helpers.runMocha = (mocha, options) => {
            if (!PARTIAL.some((name) => options[name])) begin(session);
            return runMocha(mocha, options);
        };
    });
}

module.exports = { start };
