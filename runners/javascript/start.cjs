// SPDX-License-Identifier: MIT
'use strict';
/*
 * What each node of a session runs first. It takes what brought it there out
 * of the program's sight. A process that is a test runner, or works for one,
 * gets that one's hook; any other runs on as it is.
 */

const { realpathSync } = require('fs');

// What the base of a session is called, and what stands behind its number
// below a runner that is ready (preload/recorder.h).
const BASE = '1';
const SPOKEN = 'r';
const LIBRARY = /(^|[: ])[^: ]*\/libftrace\.so$/;

/*
 * The runners: what their programs are called, below a package's folder, and
 * those of the processes that work for them. Node's own is an option of it.
 */
const RUNNERS = [
    { name: 'node', option: '--test' },
    {
        name: 'jest',
        program: /\/(jest|jest-cli|react-scripts)\/(bin\/(jest|react-scripts)|scripts\/test)\.js$/,
        worker: /\/jest-worker\/build\/workers\/processChild\.js$|\/react-scripts\/scripts\/test\.js$/,
    },
    {
        name: 'mocha',
        program: /\/mocha\/(bin\/_?mocha(\.c?js)?|lib\/cli\/cli\.c?js)$/,
        worker: /\/mocha\/lib\/(cli\/cli|nodejs\/worker)\.c?js$/,
    },
    {
        name: 'vitest',
        program: /\/vitest\/(vitest\.mjs|dist\/cli\.js)$/,
        worker: /\/(vitest\/dist\/workers\/forks|tinypool\/dist\/entry\/process)\.js$/,
    },
];

function hide(own) {
    const env = process.env;
    const scope = env.FTRACE_SCOPE;
    const option = `--require "${own}"`;
    const options = env.NODE_OPTIONS || '';

    delete env.FTRACE_SCOPE;
    delete env.FTRACE_SESSION;
    if (options.startsWith(option)) {
        const theirs = options.slice(option.length + 1);

        if (theirs) env.NODE_OPTIONS = theirs;
        else delete env.NODE_OPTIONS;
    }
    if (LIBRARY.test(env.LD_PRELOAD)) {
        const theirs = env.LD_PRELOAD.replace(LIBRARY, '');

        if (theirs) env.LD_PRELOAD = theirs;
        else delete env.LD_PRELOAD;
    }
    return scope;
}

function real(path) {
    try {
        return realpathSync(path);
    } catch {
        return path;
    }
}

function isOf(runner, isBelow, script) {
    if (runner.option) {
        return !isBelow && process.execArgv.includes(runner.option);
    }
    return (isBelow ? runner.worker : runner.program).test(script);
}

/* The runner whose process this is, if its tests are to be told of. */
function find(scope, tells) {
    const [number, , spoken] = scope.split('.');

    // What a test starts is the test's.
    if (number !== BASE) return undefined;
    const script = process.argv[1] ? real(process.argv[1]) : '';

    return RUNNERS.find((runner) => (!tells || tells === runner.name)
        && isOf(runner, spoken === SPOKEN, script));
}

/* session: what runners/javascript/javascript.c says; own: its file. */
module.exports = function start(session, own) {
    const scope = hide(own);
    const runner = scope && find(scope, session.tells);

    if (!runner) return;
    const hook = require(`../${runner.name}/hook.cjs`);

    require('./marks.cjs').setRoot(session.root);
    if (!hook.recognise || hook.recognise(process.execArgv)) {
        hook.start(session);
    }
};
