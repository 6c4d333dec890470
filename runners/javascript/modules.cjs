// SPDX-License-Identifier: MIT
'use strict';
/*
 * The graph of modules that `require` loads: a scope for each, in which it is
 * loaded, and which those use who asked for it, first or later. What was
 * looked for on the way to a module is in scopes of its own, since node looks
 * once for all who ask alike; and so is the package.json above it.
 */

const Module = require('module');
const path = require('path');
const { types } = require('util');
const marks = require('./marks.cjs');

const REQUIRED = 'module/?required';

// Folders of the runner itself: what it loads for others is not its own.
const owned = [];

// The file that was found, by who asked and for what.
const found = new Map();

// The scope of the package.json above a folder, or '' where there is none.
const packages = new Map();

let reading = null;
let loads = 0;
let areRequiredTold = false;

// The file of the module that is asking for one, if any.
let asking;

// Scopes that need not be described again.
const met = new Set();

// What to do when a module has been loaded, by the end of its path.
const watched = [];

function isOwned(file) {
    return owned.some((folder) => file.startsWith(folder));
}

function scopeOf(file) {
    return `module/${marks.stored(file)}`;
}

/*
 * Relative names mean a place, whoever asks for it. Others are looked for from
 * a folder upwards.
 */
function searchScope(request, folder) {
    if (request.startsWith('.') || path.isAbsolute(request)) {
        return `module/${marks.stored(path.resolve(folder, request))}/?`;
    }
    return `module/${marks.stored(folder)}/?${request}`;
}

function packageScope(folder) {
    let scope = packages.get(folder);

    if (scope !== undefined) return scope;
    const file = path.join(folder, 'package.json');
    const parent = path.dirname(folder);

    scope = `module/${marks.stored(file)}`;
    packages.set(folder, scope);
    // Whether there is one is seen by the tracer, and so is the way up.
    marks.begin(scope);
    if (marks.isThere(file)) marks.read(file);
    else if (parent !== folder) marks.use(packageScope(parent));
    marks.end();
    return scope;
}

/* What the module's loading depends on besides its own file. */
function describe(file) {
    marks.use(packageScope(path.dirname(file)));
}

/* That a module was asked for, by one of that file if there is a parent. */
function note(file, parent) {
    const scope = scopeOf(file);

    marks.use(scope);
    // One that asks late, or keeps what it got, has it for whoever uses it.
    if (parent && parent !== file && !isOwned(parent)) {
        marks.use(scope, scopeOf(parent));
    }
}

function keyOf(request, parent) {
    return parent && parent.path !== undefined
        ? `${parent.path}\0${request}` : undefined;
}

function named(wrapper, original) {
    for (const key of ['name', 'length']) {
        Object.defineProperty(wrapper, key,
            { value: original[key], configurable: true });
    }
    return wrapper;
}

function wrapResolve() {
    const resolve = Module._resolveFilename;

    Module._resolveFilename = named(function (request, parent, ...more) {
        const key = keyOf(request, parent);

        if (key === undefined || Module.builtinModules.includes(request)
            || request.startsWith('node:')) {
            return resolve.call(this, request, parent, ...more);
        }
        const scope = searchScope(request, parent.path);
        let file;

        marks.use(scope);
        if (parent.filename && !isOwned(parent.filename)) {
            marks.use(scope, scopeOf(parent.filename));
        }
        marks.begin(scope);
        try {
            file = resolve.call(this, request, parent, ...more);
        } finally {
            marks.end();
        }
        if (path.isAbsolute(file)) {
            found.set(key, file);
            note(file, parent.filename);
        }
        return file;
    }, resolve);
}

function wrapLoad() {
    const load = Module._load;

    Module._load = named(function (request, parent, isMain) {
        const known = found.get(keyOf(request, parent));
        const outer = asking;

        asking = parent && parent.filename;
        if (known !== undefined) {
            note(known, asking);
            marks.use(searchScope(request, parent.path));
        }
        try {
            return load.call(this, request, parent, isMain);
        } finally {
            asking = outer;
        }
    }, load);
}

function loaded(module, file) {
    for (const [end, act] of watched) {
        if (file.endsWith(end)) act(module.exports, module);
    }
}

/*
 * Modules of the new kind that `require` loads: of these node does not tell
 * everywhere who asks for whom (imports.cjs). Then each such graph may have all
 * of their modules.
 */
function noteRequired(file) {
    if (areRequiredTold) return;
    marks.use(scopeOf(file), REQUIRED);
    marks.begin(scopeOf(file));
    describe(file);
    marks.read(file);
    marks.end();
}

function wrapLoadFile() {
    const { load, _compile: compile } = Module.prototype;

    Module.prototype.load = named(function (file) {
        const outer = reading;

        note(file, asking);
        marks.begin(scopeOf(file));
        loads++;
        reading = file;
        try {
            describe(file);
            // What was imported has been read in some other scope.
            marks.read(file);
            load.call(this, file);
            if (!areRequiredTold
                && types.isModuleNamespaceObject(this.exports)) {
                marks.use(REQUIRED);
            }
        } finally {
            reading = outer;
            loads--;
            marks.end();
        }
        loaded(this, file);
    }, load);
    Module.prototype._compile = named(function (...args) {
        const outer = reading;

        reading = null;
        try {
            return compile.apply(this, args);
        } finally {
            reading = outer;
        }
    }, compile);
}

/* The file of the module that node reads now; null: it runs one, or none. */
function beingRead() {
    return reading;
}

function isLoading() {
    return loads > 0;
}

/* Node tells who asks for whom among them, after all. */
function tellsRequired() {
    areRequiredTold = true;
}

/* folder: of the runner, with a slash behind. */
function start(folder) {
    owned.push(folder);
    wrapResolve();
    wrapLoad();
    wrapLoadFile();
}

/* Runs it where what happens is everybody's. */
function shared(act) {
    marks.begin(marks.BASE);
    try {
        return act();
    } finally {
        marks.end();
    }
}

/*
 * Instead of start(): what `require` loads is everybody's, as of a runner that
 * loads modules of tests itself.
 */
function startShared() {
    const { load } = Module.prototype;
    const resolve = Module._resolveFilename;

    Module.prototype.load = named(function (file) {
        shared(() => load.call(this, file));
        loaded(this, file);
    }, load);
    Module._resolveFilename = named(function (...args) {
        return shared(() => resolve.apply(this, args));
    }, resolve);
}

/* Whether the scope has not been asked about yet. */
function isNew(scope) {
    if (met.has(scope)) return false;
    met.add(scope);
    return true;
}

/* act(exports, module) when a file whose path ends so has been loaded. */
function watch(end, act) {
    watched.push([end, act]);
}

module.exports = {
    beingRead, describe, isLoading, isNew, isOwned, noteRequired, owned,
    scopeOf, searchScope, shared, start, startShared, tellsRequired, watch,
};
