// SPDX-License-Identifier: MIT
/*
 * The graph of modules that `import` loads, told from the thread in which node
 * asks where modules are and reads them: the same scopes as modules.cjs has.
 */

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const marks = require('./marks.cjs');
const modules = require('./modules.cjs');

function fileOf(url) {
    return url && url.startsWith('file:') ? fileURLToPath(url) : null;
}

export function initialize({ root, owned }) {
    marks.setRoot(root);
    modules.owned.push(...owned);
}

/* What it looks for it looks for at once; the rest is waiting. */
export async function resolve(specifier, context, next) {
    const parent = fileOf(context.parentURL);
    const scope = parent && !specifier.startsWith('node:')
        ? modules.searchScope(specifier.startsWith('file:')
            ? fileOf(specifier) : specifier, dirname(parent)) : null;
    let resolving;

    if (!scope) return next(specifier, context);
    marks.begin(scope);
    try {
        resolving = next(specifier, context);
    } finally {
        marks.end();
    }
    if (!modules.isOwned(parent)) marks.use(scope, modules.scopeOf(parent));
    const result = await resolving;
    const file = fileOf(result.url);

    if (file && !modules.isOwned(parent)) {
        marks.use(modules.scopeOf(file), modules.scopeOf(parent));
    }
    return result;
}

/* Node would read it in some other thread. */
export async function load(url, context, next) {
    const file = fileOf(url.replace(/[?#].*/, ''));

    if (!file) return next(url, context);
    marks.begin(modules.scopeOf(file));
    try {
        modules.describe(file);
        if (context.format === 'module') {
            return {
                format: 'module', source: readFileSync(file),
                shortCircuit: true,
            };
        }
    } catch {
        // Node says so itself.
    } finally {
        marks.end();
    }
    return next(url, context);
}
