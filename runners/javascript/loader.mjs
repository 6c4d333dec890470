// SPDX-License-Identifier: MIT
/*
 * What imports.cjs does where node asks in a thread of its own where modules
 * are, and for their texts.
 */

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const imports = require('./imports.cjs');
const marks = require('./marks.cjs');
const modules = require('./modules.cjs');

export function initialize({ root, owned }) {
    marks.setRoot(root);
    modules.owned.push(...owned);
}

/* What it looks for it looks for at once; the rest is waiting. */
export async function resolve(specifier, context, next) {
    const parent = imports.fileOf(context.parentURL);
    const result = await imports.searched(specifier, parent,
        () => next(specifier, context));

    // What the runner imports for others is theirs, and told elsewhere.
    if (!parent || !modules.isOwned(parent)) {
        imports.found(result.url, parent);
    }
    return result;
}

/* Node would read it in one more thread. */
export async function load(url, context, next) {
    return imports.loaded(url, () => {
        if (context.format !== 'module' || !imports.fileOf(url)) {
            return next(url, context);
        }
        try {
            return {
                format: 'module', source: readFileSync(imports.fileOf(url)),
                shortCircuit: true,
            };
        } catch {
            return next(url, context);
        }
    });
}
