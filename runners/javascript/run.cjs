// SPDX-License-Identifier: MIT
'use strict';
/*
 * What hooks of all runners say of a run: that they are there, which files of
 * tests there are and are to run, and how those ended.
 */

const fs = require('fs');
const path = require('path');
const marks = require('./marks.cjs');
const patterns = require('./patterns.cjs');

let runner = '';
let chosen = null;

function unit(file) {
    return `unit/${runner}/${marks.stored(file)}`;
}

/* What was read to load a file of tests, if nobody else tells of it. */
function collected(file) {
    return `collect/${marks.stored(file)}`;
}

/* What the session says to this runner. */
function load(name, session) {
    runner = name;
    if (session.selection) {
        chosen = new Set(fs.readFileSync(session.selection, 'utf8')
            .split('\0').filter(Boolean));
    }
}

/* The runner is there, and so is this. */
function ready() {
    marks.within(marks.BASE, `outcome/ready/${runner}`);
}

/* Looks for tests: what that lists says which there are. */
function discover(look) {
    marks.begin('discover/.');
    try {
        return look();
    } finally {
        marks.end();
    }
}

/* Globs, absolute or from a folder, that files of tests match. */
function match(globs, folder = process.cwd()) {
    for (const glob of globs) {
        for (const pattern of patterns(path.resolve(folder, glob))) {
            marks.use(`pattern/${runner}:${marks.stored(pattern)}`);
        }
    }
}

function say(scope, outcome) {
    marks.begin(scope);
    marks.say(`outcome/${outcome}`);
    marks.end();
}

function isSelected(file) {
    return !chosen || chosen.has(marks.stored(file));
}

/* What is to run, as the map names it; or null: all of it. */
function selected() {
    return chosen && [...chosen];
}

/* A file with tests. */
function take(file) {
    say(collected(file), 'passed');
    marks.within(unit(file), `use/${collected(file)}`);
}

/* All of them have been told of. */
function finish() {
    say('discover/.', 'passed');
    marks.within(marks.BASE, 'outcome/collected');
}

/*
 * All files with tests that there are. Returns those to run; isKept(file): it
 * runs with whatever does.
 */
function collect(files, isKept = () => false) {
    for (const file of files) {
        take(file);
        if (!isSelected(file)) say(unit(file), 'deselected');
    }
    finish();
    return files.filter((file) => isSelected(file) || isKept(file));
}

module.exports = {
    collect, collected, discover, finish, load, match, ready, selected, take, unit,
};
