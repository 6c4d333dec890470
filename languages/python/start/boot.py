# SPDX-License-Identifier: MIT
# What every Python of a session runs first, behind lines that say where what
# lies: as little as gets at start.py and what the runner adds to it, whose
# code is kept in the session's folder.


def _boot():
    import marshal
    import posix
    import sys

    def read(path):
        file = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
        try:
            return posix.read(file, 1 << 20)
        finally:
            posix.close(file)

    # The same name as the import system's own code: tracebacks and warnings
    # pass it by.
    name = "<frozen importlib._bootstrap>"
    kept = b"%b/start-%b-%x-%d" % (
        SESSION, sys.implementation.cache_tag.encode(), sys.hexversion,
        sys.flags.optimize)
    try:
        code = marshal.loads(read(kept))
    except OSError:
        text = b"".join([read(FOLDER + b"/" + each) for each in STARTS])
        code = compile(text, name, "exec", dont_inherit=True)
        new = b"%b.%d" % (kept, posix.getpid())
        try:
            file = posix.open(
                new, posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL
                | posix.O_CLOEXEC, 0o666)
            try:
                posix.write(file, marshal.dumps(code))
            finally:
                posix.close(file)
            posix.rename(new, kept)
        except OSError:
            pass

    def decode(path):
        return path.decode(sys.getfilesystemencoding(), "surrogateescape")

    names = {"__name__": "importlib._bootstrap", "__builtins__": __builtins__}
    exec(code, names)
    names["start"](decode(FOLDER), decode(ROOT), decode(SELECTION),
                   None if TELLS is None else decode(TELLS), decode(SESSION))


try:
    _boot()
except Exception:
    # What is not said is recorded coarser.
    pass
