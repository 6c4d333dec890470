// SPDX-License-Identifier: MIT
'use strict';
/*
 * The graph of modules that `import` loads: the same scopes as those of
 * `require` (modules.cjs). Node tells of it in the thread itself, from 22.15
 * on; before that in a thread of its own (loader.mjs), and only of what is not
 * loaded by `require` in the end.
 */

const Module = require('module');
const path = require('path');
const { fileURLToPath, pathToFileURL } = require('url');
const marks = require('./marks.cjs');
const modules = require('./modules.cjs');

let isTold = false;

function fileOf(url) {
    return url && url.startsWith('file:')
        ? fileURLToPath(url.replace(/[?#].*/, '')) : null;
}

/* The scope of looking for it, or null where that is nobody's concern. */
function searchScope(specifier, parent) {
    if (!parent || specifier.startsWith('node:')) return null;
    return modules.searchScope(fileOf(specifier) || specifier,
        path.dirname(parent));
}

/* look: what node does for it. Whatever it returns at once is returned. */
function searched(specifier, parent, look) {
    const scope = searchScope(specifier, parent);

    if (!scope) return look();
    if (modules.isOwned(parent)) marks.use(scope);
    else marks.use(scope, modules.scopeOf(parent));
    marks.begin(scope);
    try {
        return look();
    } finally {
        marks.end();
    }
}

function found(url, parent) {
    const file = fileOf(url);

    if (!file || !parent) return;
    if (modules.isOwned(parent)) marks.use(modules.scopeOf(file));
    else marks.use(modules.scopeOf(file), modules.scopeOf(parent));
}

/* read: what node does for it, and returns. */
function loaded(url, read) {
    const file = fileOf(url);

    if (!file) return read();
    marks.begin(modules.scopeOf(file));
    try {
        modules.describe(file);
        return read();
    } finally {
        marks.end();
    }
}

function resolve(specifier, context, next) {
    // What `require` asks for is told already.
    if ((context.conditions || []).includes('require')) {
        return next(specifier, context);
    }
    const parent = fileOf(context.parentURL);
    const result = searched(specifier, parent,
        () => next(specifier, context));

    found(result.url, parent);
    return result;
}

function load(url, context, next) {
    return loaded(url, () => next(url, context));
}

/* isNeeded(): whether that is worth a thread, where it takes one. */
function register(root, isNeeded) {
    if (isTold) return;
    if (Module.registerHooks) {
        Module.registerHooks({ resolve, load });
        modules.tellsRequired();
    } else if (!Module.register || !isNeeded()) {
        return;
    } else {
        Module.register('./loader.mjs', {
            parentURL: pathToFileURL(__filename),
            data: { root, owned: modules.owned },
        });
    }
    isTold = true;
}

/* Whether node tells of what is imported. */
function areTold() {
    return isTold;
}

module.exports = { areTold, fileOf, found, loaded, register, searched };
