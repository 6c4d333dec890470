// SPDX-License-Identifier: MIT
'use strict';
/*
 * Globs of JavaScript's runners as patterns that fnmatch(3) takes with
 * FNM_EXTMATCH, where a star means whatever there is.
 */

/* "a{b,c}d" as "abd" and "acd". */
function expand(glob) {
    const start = glob.indexOf('{');
    let depth = 0;
    let from = start + 1;
    const parts = [];

    if (start < 0) return [glob];
    for (let i = start; i < glob.length; i++) {
        if (glob[i] === '{') depth++;
        if (glob[i] === '}') depth--;
        if ((glob[i] === ',' && depth === 1) || depth === 0) {
            parts.push(glob.slice(from, i));
            from = i + 1;
        }
        if (depth === 0) {
            return parts.flatMap((part) => expand(
                glob.slice(0, start) + part + glob.slice(i + 1)));
        }
    }
    return [glob];
}

/*
 * One without braces; what stars stand for has no slash, two of them any.
 * Folders are one optional group: of a repeated one, fnmatch(3) tries all ways
 * to cut a path at its slashes, and never ends with one that lies deep.
 */
function translate(glob) {
    return glob.replace(
        /\*\*\/|\*\*|([?+*@!])\(|\*|\?|\[\^/g, (found, group) => {
            if (group) return found;
            return {
                '**/': '?(*/)', '**': '*', '*': '*([!/])', '?': '[!/]',
                '[^': '[!',
            }[found];
        });
}

module.exports = (glob) => expand(glob).map(translate);
