// SPDX-License-Identifier: MIT
'use strict';
/*
 * Whose code reads a file while tests of several files run in one process: a
 * module may keep what it read, for all who use it. So whatever module is on
 * the stack when a file is opened depends on it, and not only the test that
 * was the first to have it opened.
 */

const path = require('path');
const { fileURLToPath } = require('url');
const imports = require('./imports.cjs');
const marks = require('./marks.cjs');
const modules = require('./modules.cjs');

// Of node's functions those that open a file by its path, and that look at it.
const OPENERS = ['open', 'openFileHandle', 'readFileUtf8'];
const LOOKERS = [
    'stat', 'lstat', 'internalModuleStat', 'access', 'existsSync', 'realpath',
];
const FRAMES = 60;
const OURS = path.dirname(__dirname) + path.sep;

// The file whose own tests run, and what is told to have been read, once.
let own = null;
const told = new Set();

function fileOf(frame) {
    const name = frame.getFileName();

    if (!name) return null;
    if (name.startsWith('file://')) {
        try {
            return fileURLToPath(name);
        } catch {
            return null;
        }
    }
    return path.isAbsolute(name) ? name : null;
}

/* The files of all functions on the stack, the innermost first. */
function stackFiles() {
    const { prepareStackTrace, stackTraceLimit } = Error;
    const holder = {};

    Error.prepareStackTrace = (_error, frames) => frames;
    Error.stackTraceLimit = FRAMES;
    Error.captureStackTrace(holder, stackFiles);
    const { stack } = holder;

    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
    return stack.map(fileOf).filter((each) => each && !each.startsWith(OURS));
}

/* Those that may keep what is read: up to the runner, which called them. */
function callers() {
    const files = stackFiles();
    const end = files.findIndex(modules.isOwned);

    return new Set(end < 0 ? files : files.slice(0, end));
}

/* opener: the function of node's that opens it. */
function note(opener, name) {
    const scope = marks.current();

    if (LOOKERS.includes(opener) || name === modules.beingRead()
        || marks.isMuted()) return null;
    const readers = callers();

    for (const each of readers) {
        const reader = modules.scopeOf(each);
        const key = `${reader}\0${name}`;

        if (each === own || reader === scope || told.has(key)) continue;
        told.add(key);
        marks.begin(reader);
        if (marks.isThere(name)) marks.read(name);
        marks.end();
    }
    if (readers.size) return null;
    if (modules.isLoading()) {
        modules.noteRequired(name);
    } else if (opener === 'openFileHandle' && name !== own
        && !imports.areTold()) {
        // An import that nobody tells of: everybody may have it.
        marks.within(marks.BASE, `block/read//${name}`);
    }
    return null;
}

function binding() {
    const { noDeprecation } = process;

    process.noDeprecation = true;
    try {
        return process.binding('fs');
    } finally {
        process.noDeprecation = noDeprecation;
    }
}

function open(route, name, original, args) {
    const [file] = args;
    const scope = typeof file !== 'string' || file.startsWith('/@ftrace/')
        ? null : route(name, path.isAbsolute(file) ? file : path.resolve(file));

    if (!scope) return original(...args);
    marks.begin(scope);
    try {
        return original(...args);
    } finally {
        marks.end();
    }
}

/*
 * route(opener, file) before a file is opened or looked at: the scope to do so
 * in, or null. False: node has changed inside, and nobody can tell.
 */
function start(route = note) {
    const fs = binding();
    const found = [...OPENERS, ...LOOKERS].filter(
        (name) => typeof fs[name] === 'function');

    for (const name of found) {
        const original = fs[name];

        fs[name] = (...args) => open(route, name, original, args);
    }
    return found.includes('open') && found.includes('openFileHandle');
}

function setOwn(file) {
    own = file;
}

module.exports = { setOwn, start };
