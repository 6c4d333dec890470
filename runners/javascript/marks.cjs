// SPDX-License-Identifier: MIT
'use strict';
/*
 * Marks: the paths that tell the tracer where a scope begins and ends
 * (docs/reference/marks.md). Asking whether one of them exists is swallowed by the
 * tracer, and untraced is a harmless "no".
 */

const { existsSync } = require('fs');
const path = require('path');

const BASE = 'run/';

let root = '/';
let below = '/';
let mutes = 0;

// The scopes that are open, innermost last.
const open = [];

// What each scope was said to use.
const uses = new Map();

function setRoot(folder) {
    root = folder;
    below = folder.endsWith('/') ? folder : `${folder}/`;
}

function say(text) {
    existsSync(`/@ftrace/${text}`);
}

/* A path as the map names it: relative inside the root. */
function stored(file) {
    if (file === root) return '.';
    return file.startsWith(below) ? file.slice(below.length) : file;
}

function absolute(name) {
    return path.resolve(root, name);
}

function current() {
    return open.length ? open[open.length - 1] : BASE;
}

function begin(scope) {
    open.push(scope);
    say(`begin/${scope}`);
}

function end() {
    open.pop();
    say('end/');
}

/*
 * Says something in a scope, whichever is in force. A unit says each time how
 * it ended, if only that it exists.
 */
function within(scope, text) {
    if (scope === current()) {
        say(text);
        return;
    }
    say(`begin/${scope}`);
    say(text);
    if (scope.startsWith('unit/')) say('outcome/collected');
    say('end/');
}

/* What is looked at for our own ends is nobody's input. */
function muted(look) {
    say('mute/');
    mutes++;
    try {
        return look();
    } finally {
        mutes--;
        say('unmute/');
    }
}

function isMuted() {
    return mutes > 0;
}

/* That a scope, by default the one in force, depends on another one. */
function use(scope, by = current()) {
    let known = uses.get(by);

    if (scope === by) return;
    if (!known) uses.set(by, known = new Set());
    if (known.has(scope)) return;
    known.add(scope);
    within(by, `use/${scope}`);
}

/* Asks the way that is seen: the scope in force has looked for the file. */
function isThere(file) {
    return existsSync(file);
}

/* That the scope in force has read a file, whoever opened it before. */
function read(file) {
    say(`block/read//${file}`);
}

module.exports = {
    BASE, absolute, begin, current, end, isMuted, isThere, muted, read, say, setRoot, stored, use,
    within,
};
