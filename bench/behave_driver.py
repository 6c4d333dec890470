# SPDX-License-Identifier: MIT
"""Runs the jobs of a file one after the other, or some at a time; this is the
command that bench/behave runs, once as it is and once traced.

    behave_driver.py JOBS RESULTS

JOBS is a list of {name, argv, cwd, env, timeout, terminal}, all in one object
with `parallel`. RESULTS gets for each name its exit status (or "timeout") and
what it printed.
"""

import concurrent.futures
import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
import termios


def own_terminal():
    """In the child: standard input becomes its controlling terminal."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def end_group(leader):
    """Whatever a job left behind must not disturb the next one."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except OSError:
        pass


def perform(job):
    env = dict(os.environ, **job["env"])
    main, sub = pty.openpty() if job["terminal"] else (None, None)
    options = {"preexec_fn": own_terminal} if job["terminal"] else {
        "start_new_session": True}
    with tempfile.TemporaryFile(dir=env.get("TMPDIR")) as out:
        process = subprocess.Popen(
            job["argv"], cwd=job["cwd"], env=env, stdout=out, stderr=out,
            stdin=subprocess.DEVNULL if sub is None else sub, **options)
        try:
            status = process.wait(job["timeout"])
        except subprocess.TimeoutExpired:
            status = "timeout"
        end_group(process.pid)
        process.wait()
        for fd in (main, sub):
            if fd is not None:
                os.close(fd)
        out.seek(0)
        return {"status": status,
                "output": out.read().decode(errors="replace")}


def main():
    with open(sys.argv[1]) as text:
        todo = json.load(text)
    jobs = todo["jobs"]
    with concurrent.futures.ThreadPoolExecutor(todo["parallel"]) as pool:
        done = list(pool.map(perform, jobs))
    with open(sys.argv[2], "w") as out:
        json.dump({job["name"]: result for job, result in zip(jobs, done)},
                  out)


if __name__ == "__main__":
    main()
