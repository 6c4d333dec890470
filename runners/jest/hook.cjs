// SPDX-License-Identifier: MIT
'use strict';
/*
 * jest: each file of tests has modules of its own, which are read for it
 * alone, in the first process or in one of several. What is shared counts for
 * all tests: jest itself, its settings, how files are transformed. What jest
 * looks for to find a module it looks for once: that is in scopes of its own.
 */

const fs = require('fs');
const path = require('path');
const marks = require('../javascript/marks.cjs');
const modules = require('../javascript/modules.cjs');
const readers = require('../javascript/readers.cjs');
const run = require('../javascript/run.cjs');

// Settings by which only some tests of a file run, which not all files are
// looked for with, or which put tests where no hook is.
const PARTIAL = [
    'testNamePattern', 'onlyChanged', 'onlyFailures', 'findRelatedTests',
    'watch', 'watchAll', 'shard', 'workerThreads', 'listTests', 'changedSince',
    'changedFilesWithAncestor', 'runTestsByPath',
];

// The scopes of looking for a module that has been found.
const found = new Set();

// The files of tests that there are.
const known = new Set();

// The file whose tests run, when it began, and how they ended.
let here = null;
let since = 0n;
let outcome = null;

let isOn = false;
let transforming = null;
let building = 0;
const patched = new Set();

function leave() {
    if (!here) return;
    const time = (process.hrtime.bigint() - since) / 1000n;

    marks.say(`outcome/${outcome || 'error'}/${time}`);
    marks.end();
    here = null;
}

function enter(file) {
    leave();
    here = file;
    outcome = null;
    since = process.hrtime.bigint();
    marks.begin(run.unit(file));
    marks.use(run.collected(file));
}

function outcomeOf(result) {
    if (result.numFailingTests > 0 || result.testExecError) return 'failed';
    return result.numPassingTests > 0 || !result.numPendingTests
        ? 'passed' : 'skipped';
}

/* Has something run before, in place of, or after a method, once a class. */
function wrap(prototype, name, around) {
    const original = prototype && prototype[name];

    if (typeof original !== 'function') return;
    prototype[name] = function (...args) {
        return around(() => original.apply(this, args), args, this);
    };
}

function once(prototype, act) {
    if (!prototype || patched.has(prototype)) return;
    patched.add(prototype);
    act(prototype);
}

/* Of several modules of jest's that cannot be written to, a copy. */
function replace(module, name, make) {
    const { exports } = module;
    const value = make(exports[name]);

    try {
        exports[name] = value;
    } catch {
        module.exports = Object.create(exports,
            { [name]: { value, enumerable: true } });
    }
    if (module.exports[name] !== value) {
        module.exports = Object.create(exports,
            { [name]: { value, enumerable: true } });
    }
}

/* How a file is transformed can depend on anything: it is everybody's. */
function hookTransformer(transformer) {
    once(Object.getPrototypeOf(transformer), (prototype) => {
        for (const name of ['transform', 'transformAsync', 'transformJson']) {
            wrap(prototype, name, (original, [file]) => {
                if (!here) return original();
                const outer = transforming;

                marks.read(file);
                transforming = file;
                try {
                    return modules.shared(original);
                } finally {
                    transforming = outer;
                }
            });
        }
    });
}

/* A module that stands for another one lies in a folder beside it. */
function mockScope(folder) {
    const scope = `module/${marks.stored(folder)}/__mocks__/?`;

    if (modules.isNew(scope)) {
        marks.begin(scope);
        if (marks.isThere(path.join(folder, '__mocks__'))) {
            fs.readdirSync(path.join(folder, '__mocks__'));
        }
        marks.end();
    }
    return scope;
}

/* Folders in which a package may be, up to where one is. */
function lookForPackage(request, folder) {
    const [first, second] = request.split('/');
    const name = first.startsWith('@') ? `${first}/${second}` : first;

    for (let at = folder; ; at = path.dirname(at)) {
        if (path.basename(at) !== 'node_modules') {
            const place = path.join(at, 'node_modules', name);

            if (marks.isThere(place)) {
                marks.isThere(path.join(place, 'package.json'));
                return;
            }
        }
        if (at === path.dirname(at)) return;
    }
}

/* What is taken for a module of that path: the first of these that is there. */
function lookForFile(place, extensions) {
    const endings = ['', ...extensions];

    for (const end of [...endings, '/package.json',
        ...extensions.map((each) => `/index${each}`)]) {
        if (marks.isThere(place + end) && end) return;
    }
}

/*
 * A resolver of another language may look without being seen: what node looks
 * for is looked for here as well, once for all who ask alike.
 */
function look(request, folder, { extensions = [] }) {
    if (/^[./]/.test(request)) {
        lookForFile(path.resolve(folder, request), extensions);
    } else {
        lookForPackage(request, folder);
    }
}

function resolveIn(folder, request, original, resolver) {
    if (!here || typeof request !== 'string' || !path.isAbsolute(folder)) {
        return original();
    }
    const scope = modules.searchScope(request, folder);

    marks.use(scope);
    // jest remembers what it has found.
    if (found.has(scope)) return original();
    marks.begin(scope);
    try {
        if (modules.isNew(scope)) {
            look(request, folder, resolver._options || {});
        }
        const file = original();

        if (typeof file === 'string' && path.isAbsolute(file)) {
            found.add(scope);
            modules.describe(file);
            if (!file.includes('/node_modules/')) {
                marks.use(mockScope(path.dirname(file)));
            }
        }
        return file;
    } finally {
        marks.end();
    }
}

function hookResolver(Resolver) {
    const { prototype } = Resolver.default;

    for (const name of ['resolveModule', 'resolveModuleAsync',
        'resolveStubModuleName', 'resolveStubModuleNameAsync']) {
        wrap(prototype, name, (original, [from, request], self) => resolveIn(
            path.dirname(String(from)), request, original, self));
    }
    for (const name of ['resolveModuleFromDirIfExists',
        'resolveModuleFromDirIfExistsAsync']) {
        wrap(prototype, name, (original, [folder, request], self) => resolveIn(
            String(folder), request, original, self));
    }
}

/* A runtime is made for each file of tests, and taken down behind it. */
function hookRuntime(_exports, module) {
    replace(module, 'default', (Runtime) => {
        wrap(Runtime.prototype, 'teardown', (original) => {
            original();
            leave();
        });
        return class extends Runtime {
            constructor(...args) {
                const file = args.find((arg, i) => i > 5
                    && typeof arg === 'string');

                if (isOn && file) {
                    enter(file);
                    hookTransformer(args[3]);
                }
                super(...args);
            }
        };
    });
}

/* The promise is handed on as it is: no trace of an error leads through us. */
function watchTests(framework) {
    return (...args) => {
        const running = framework(...args);

        running.then((result) => {
            if (here) outcome = outcomeOf(result);
        }, () => {});
        return running;
    };
}

/* That of older versions is the module itself. */
function hookFramework(_exports, module) {
    if (typeof module.exports === 'function') {
        module.exports = watchTests(module.exports);
    } else {
        replace(module, 'default', watchTests);
    }
}

/*
 * jest looks at all files there are, and reads those that it does not know.
 * Which tests there are is in the directories that it looks through.
 */
async function build(original) {
    if (!isOn) return original();
    if (!building++) marks.begin('finish/');
    try {
        return await original();
    } finally {
        if (!--building) marks.end();
    }
}

function hookHasteMap({ default: HasteMap }) {
    const { create } = HasteMap;

    HasteMap.create = async function (...args) {
        const made = await create.apply(this, args);

        once(Object.getPrototypeOf(made), (prototype) => {
            wrap(prototype, 'build', build);
        });
        return made;
    };
}

function patternsOf({ rootDir, roots, testMatch, testRegex,
    moduleFileExtensions }) {
    const globs = (testMatch || []).filter((glob) => !glob.startsWith('!'));

    // What an expression matches nobody can tell here: any source.
    if (testRegex && testRegex.length) {
        globs.push(`**/*.{${(moduleFileExtensions || ['js']).join(',')},}`);
    }
    return globs.flatMap((glob) => {
        const place = glob.replace('<rootDir>', rootDir);

        return path.isAbsolute(place) ? [place]
            : roots.map((root) => path.join(root, place));
    });
}

function walk(folder) {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory() && entry.name !== 'node_modules'
            && !entry.name.startsWith('.')) {
            walk(path.join(folder, entry.name));
        }
    }
}

function hookSearch({ SearchSource }) {
    const { getTestPaths } = SearchSource.prototype;

    SearchSource.prototype.getTestPaths = async function (...args) {
        const result = await getTestPaths.apply(this, args);

        if (!isOn) return result;
        const config = this._context ? this._context.config
            : result.tests.length && result.tests[0].context.config;

        if (config) {
            run.match(patternsOf(config));
            run.discover(() => config.roots.forEach(walk));
        }
        const files = result.tests.map((test) => test.path);
        const chosen = new Set(run.collect(files));

        files.forEach((file) => known.add(file));
        return {
            ...result,
            tests: result.tests.filter((test) => chosen.has(test.path)),
        };
    };
}

/*
 * jest looks at a file of tests before it runs it, and at one that it
 * transforms: that concerns those tests alone.
 */
function route(_opener, file) {
    if (here) return file === transforming ? run.collected(here) : null;
    return isOn && known.has(file) ? run.collected(file) : null;
}

function begin(session) {
    isOn = true;
    run.load('jest', session);
    run.ready();
}

function hookConfig(session, module) {
    replace(module, 'readConfigs', (readConfigs) => async (...args) => {
        const read = await readConfigs(...args);
        const { globalConfig } = read;

        if (!PARTIAL.some((name) => globalConfig[name] || args[0][name])) {
            begin(session);
        }
        return read;
    });
}

/* A worker is told what it is to run with each file. */
function hookWorker(session, module) {
    replace(module, 'worker', (worker) => async (data) => {
        const partial = PARTIAL.some((name) => data.globalConfig[name]);

        if (!isOn && !partial) begin(session);
        known.add(data.path);
        try {
            return await worker(data);
        } finally {
            leave();
        }
    });
}

function start(session) {
    modules.startShared();
    readers.start(route);
    modules.watch('/jest-config/build/index.js',
        (_exports, module) => hookConfig(session, module));
    modules.watch('/jest-runner/build/testWorker.js',
        (_exports, module) => hookWorker(session, module));
    modules.watch('/@jest/core/build/index.js', hookSearch);
    modules.watch('/jest-haste-map/build/index.js', hookHasteMap);
    modules.watch('/jest-resolve/build/index.js', hookResolver);
    modules.watch('/jest-runtime/build/index.js', hookRuntime);
    modules.watch('/jest-circus/build/runner.js', hookFramework);
    modules.watch('/jest-circus/runner.js', hookFramework);
    modules.watch('/jest-jasmine2/build/index.js', hookFramework);
    process.on('exit', leave);
}

module.exports = { start };
