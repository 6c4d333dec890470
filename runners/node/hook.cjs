// SPDX-License-Identifier: MIT
'use strict';
/*
 * node --test: a process looks for the files of tests and starts one more for
 * each. That one is the unit, from its first moment and with all that it
 * starts: its scope is in force where it is started.
 */

const { ChildProcess } = require('child_process');
const fs = require('fs');
const path = require('path');
const marks = require('../javascript/marks.cjs');
const run = require('../javascript/run.cjs');

// Options by which only some tests of a file run, or all in one process.
const PARTIAL = new RegExp('^--(watch$|test-only$|test-name-pattern'
    + '|test-skip-pattern|test-shard|(experimental-)?test-isolation=none)');

// As node's documentation has them, of all versions.
const ENDING = '{js,cjs,mjs,ts,cts,mts}';
const DEFAULTS = ['*[._-]test', 'test-*', 'test', 'test/**/*'].map(
    (name) => `**/${name}.${ENDING}`);

let isLooking = false;

function stopLooking() {
    if (!isLooking) return;
    isLooking = false;
    marks.end();
}

/* Lists the directories that node looks through, or more. */
function walk(folder) {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        const name = entry.name;

        if (entry.isDirectory() && name !== 'node_modules' && name !== '.git') {
            walk(path.join(folder, name));
        }
    }
}

function isWithin(file, given) {
    const place = path.resolve(given);

    return file === place || file.startsWith(`${place}/`)
        || /[*?[{]/.test(given);
}

/* What node would take for a glob, or not find. */
function isNoName(file) {
    return /[*?[\]{}()!+@\\]/.test(file) || !fs.existsSync(file);
}

/* What is to run takes the place of what node was given. */
function narrow(given) {
    const files = run.selected().map(marks.absolute);
    const chosen = files.filter((file) => !given.length
        || given.some((each) => isWithin(file, each)));

    if (!chosen.length || marks.muted(() => chosen.some(isNoName))) return;
    run.discover(() => walk(process.cwd()));
    process.argv.splice(1, Infinity,
        ...chosen.map((file) => path.relative(process.cwd(), file)));
}

function begin(child, file) {
    const since = process.hrtime.bigint();
    const unit = run.unit(file);

    marks.begin(unit);
    child.once('exit', (code) => {
        const time = (process.hrtime.bigint() - since) / 1000n;

        marks.begin(unit);
        marks.say(`outcome/${code === 0 ? 'passed' : 'failed'}/${time}`);
        marks.end();
    });
}

function wrapSpawn() {
    const { spawn } = ChildProcess.prototype;

    ChildProcess.prototype.spawn = function (options) {
        const { args = [], envPairs = [] } = options || {};
        const file = envPairs.some((each) => each.startsWith(
            'NODE_TEST_CONTEXT=')) && args[args.length - 1];

        stopLooking();
        if (!file) return spawn.call(this, options);
        const name = path.resolve(file);

        run.take(name);
        begin(this, name);
        try {
            return spawn.call(this, options);
        } finally {
            marks.say('outcome/collected');
            marks.end();
        }
    };
}

/* Whether in a process of these options files are told apart. */
function recognise(options) {
    return options.includes('--test')
        && !options.some((option) => PARTIAL.test(option));
}

function start(session) {
    const given = process.argv.slice(1);

    run.load('node', session);
    run.ready();
    run.match(given.length
        ? given.flatMap((name) => [name, `${name}/**/*.${ENDING}`])
        : DEFAULTS);
    if (run.selected()) narrow(given);
    wrapSpawn();
    marks.begin('discover/.');
    isLooking = true;
    process.on('exit', () => {
        stopLooking();
        run.finish();
    });
}

module.exports = { recognise, start };
