// SPDX-License-Identifier: MIT
'use strict';
/*
 * vitest: the first process reads and transforms all modules; those that run
 * the tests ask it for each, by messages. What a process asks for while a file
 * of tests runs in it, the file depends on; that the first one has read it is
 * the file's concern alone.
 */

const { ChildProcess } = require('child_process');
const fs = require('fs');
const path = require('path');
const v8 = require('v8');
const marks = require('../javascript/marks.cjs');
const run = require('../javascript/run.cjs');

const WORKER = /\/(vitest\/dist\/workers\/forks|tinypool\/dist\/entry\/process)\.js$/;

// By these only some tests of a file run, or not all files that are known.
const PARTIAL = /^(-t|--testNamePattern|--changed|--bail|--watch|-w|related|bench|list|--browser|--typecheck(\.only)?)(=|$)/;

// Options with a value in the next word.
const VALUED = new Set(['-c', '--config', '-r', '--root', '--dir', '--pool',
    '--project', '--reporter', '--outputFile', '--environment', '--mode',
    '--maxWorkers', '--minWorkers', '--testTimeout', '--hookTimeout',
    '--retry', '--maxConcurrency', '--logHeapUsage', '--exclude']);

// The first process

/* Whether the command line asks for files by their names. */
function namesFiles(words) {
    return words.some((word, i) => !word.startsWith('-')
        && !(i === 0 && (word === 'run' || word === 'dev'))
        && !VALUED.has(words[i - 1]));
}

function walk(folder) {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory() && entry.name !== 'node_modules'
            && !entry.name.startsWith('.')) {
            walk(path.join(folder, entry.name));
        }
    }
}

function narrow(words) {
    const files = run.selected().map(marks.absolute);

    if (!files.length || namesFiles(words)
        || marks.muted(() => files.some((file) => !fs.existsSync(file)))) {
        return;
    }
    process.argv.push(...files);
}

/* As vitest's documentation has them. */
function describe() {
    run.match([`**/*.{test,spec}.?(c|m)[jt]s?(x)`]);
    run.discover(() => walk(process.cwd()));
}

function startFirst(session) {
    const words = process.argv.slice(2);
    const { spawn } = ChildProcess.prototype;
    let isOn = false;

    if (words.some((word) => PARTIAL.test(word))) return;
    run.load('vitest', session);
    if (run.selected()) narrow(words);
    // Until then what is read is settings, and what these need.
    ChildProcess.prototype.spawn = function (options) {
        if (!isOn && ((options && options.args) || []).some(
            (word) => WORKER.test(word))) {
            isOn = true;
            run.ready();
        }
        return spawn.call(this, options);
    };
    process.on('exit', () => {
        if (!isOn) return;
        describe();
        run.finish();
    });
}

// A process that runs tests

let root = process.cwd();
let isReady = false;

// The files that run now, by their ids as well; of those before, their units.
let files = [];
const names = new Map();
const states = new Map();
const before = [];
let since = 0n;

function isThere(file) {
    return marks.muted(() => fs.existsSync(file));
}

/* A module as it is asked for: a path, or one below the root of the project. */
function fileOf(id) {
    const name = String(id).replace(/^\/@fs\//, '/').replace(/[?#].*/, '');
    const below = path.join(root, name);

    if (!path.isAbsolute(name)) return null;
    if (isThere(below)) return below;
    return isThere(name) ? name : null;
}

function take(id) {
    const file = files.length && fileOf(id);

    if (!file) return;
    marks.read(file);
    marks.within(marks.BASE, `outcome/handed/${file}`);
}

function begin(session, context) {
    const list = (context.files || []).map(
        (file) => (typeof file === 'string' ? file : file.filepath));
    const config = context.config || {};

    root = config.root || root;
    if (!list.length || config.testNamePattern) return;
    if (!isReady) {
        isReady = true;
        run.load('vitest', session);
        run.ready();
    }
    files = list;
    files.forEach((file) => run.take(file));
    since = process.hrtime.bigint();
    marks.begin(run.unit(files[0]));
    // What others have had loaded here is not asked for again.
    before.forEach((unit) => marks.use(unit));
    files.forEach(take);
}

/* How a file ended; what did not end was broken off. */
function say(file, time) {
    const state = states.get(file);
    const word = { pass: 'passed', fail: 'failed', skip: 'skipped',
        todo: 'skipped' }[state];

    if (word) marks.say(`outcome/${word}/${time}`);
}

function end() {
    const time = (process.hrtime.bigint() - since) / 1000n;
    const [first, ...others] = files;

    if (!first) return;
    say(first, time);
    marks.end();
    for (const file of others) {
        marks.begin(run.unit(file));
        marks.use(run.unit(first));
        say(file, 0n);
        marks.end();
    }
    before.push(run.unit(first));
    files = [];
    states.clear();
}

function noteFiles(list) {
    for (const file of [list].flat(3)) {
        if (!file || !file.filepath) continue;
        names.set(file.id, file.filepath);
        states.set(file.filepath, (file.result && file.result.state)
            || (file.mode === 'run' ? 'pass' : file.mode));
    }
}

function noteStates([packs]) {
    for (const [id, result] of packs || []) {
        if (names.has(id) && result) states.set(names.get(id), result.state);
    }
}

function sent(message) {
    const { m: method, a: list = [] } = message;

    if (method === 'fetch' || method === 'fetchModule') take(list[0]);
    else if (method === 'onQueued' || method === 'onCollected') noteFiles(list);
    else if (method === 'onTaskUpdate') noteStates(list);
    else if (message.type === 'testfileFinished'
        || (message.__tinypool_worker_message__ && message.taskId !== undefined)) {
        end();
    }
}

function received(session, message) {
    const { task, context, r: result } = message;

    if (message.type === 'start' && context) root = (context.config || {}).root || root;
    if (message.type === 'run' && context) begin(session, context);
    else if (task && task.files) begin(session, task);
    else if (result && typeof result.file === 'string') take(result.file);
}

function guard(act, message) {
    try {
        const said = unpacked(message);

        if (said && typeof said === 'object') act(said);
    } catch {
        marks.say('outcome/lost');
    }
}

/* What a message says; some versions pack them. */
function unpacked(message) {
    if (!message || typeof message !== 'object') return null;
    if (message instanceof Uint8Array) return v8.deserialize(message);
    if (message.type === 'Buffer' && Array.isArray(message.data)) {
        return v8.deserialize(Buffer.from(message.data));
    }
    return message;
}

function startWorker(session) {
    const { emit, send } = process;

    process.emit = function (event, message, ...more) {
        if (event === 'message') {
            guard((said) => received(session, said), message);
        }
        return emit.call(this, event, message, ...more);
    };
    process.send = function (message, ...more) {
        guard(sent, message);
        return send.call(this, message, ...more);
    };
}

function start(session) {
    if (process.send && WORKER.test(process.argv[1])) startWorker(session);
    else startFirst(session);
}

module.exports = { start };
