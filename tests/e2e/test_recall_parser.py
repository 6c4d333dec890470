# SPDX-License-Identifier: MIT
"""The oracle of bench/recall, with lines as strace writes them."""

import sys

import pytest
from helpers import SOURCE

sys.path.insert(0, str(SOURCE / "bench"))

import recall_pairs  # noqa: E402
import recall_strace  # noqa: E402
import recall_tables  # noqa: E402
from recall_paths import DIRECTORY, FILE, GONE, Link, Tree  # noqa: E402
from recall_recorded import Recorded  # noqa: E402

START = {"/p": DIRECTORY, "/p/a": FILE, "/p/b": FILE, "/p/d": DIRECTORY,
         "/p/d/f": FILE, "/p/l": Link("d"), "/p/m": Link("l/f"),
         "/p/loop": Link("loop"), "/p/dead": Link("d/none")}
EXEC = '1 execve("/p/tool", ["tool"], 0x7ff /* 9 vars */) = 0\n'


def parse(text):
    strange = []
    events = recall_strace.parse(text.splitlines(), strange)
    assert not strange
    return events


def observe(text, supervised=False, cwd="/p", start=START):
    paths = recall_tables.Paths(["/build/libftrace.so"])
    seen = recall_pairs.Observed("/p", cwd, start, paths, supervised)
    seen.take(parse(text if supervised else EXEC + text))
    assert not seen.disagreed and not seen.unknown
    return seen


def pairs(text, **how):
    found = set(observe(text, **how).pairs)
    return found - {("/p/tool", "exec")}


# One call on one line, and what it means. The process is number 1, in /p.
CALLS = {
    'openat(AT_FDCWD</p>, "a", O_RDONLY|O_CLOEXEC) = 3</p/a>':
        {("/p/a", "read")},
    'open("a", O_RDONLY) = 3</p/a>': {("/p/a", "read")},
    'openat(AT_FDCWD</p>, "a", O_RDWR) = 3</p/a>':
        {("/p/a", "read"), ("/p/a", "write")},
    'openat(AT_FDCWD</p>, "a", O_WRONLY|O_TRUNC) = 3</p/a>':
        {("/p/a", "write")},
    'openat(AT_FDCWD</p>, "n", O_RDONLY|O_CREAT, 0644) = 3</p/n>':
        {("/p/n", "read"), ("/p/n", "write")},
    'openat(AT_FDCWD</p>, "a", O_RDONLY|O_CREAT, 0644) = 3</p/a>':
        {("/p/a", "read")},
    'creat("n", 0644) = 3</p/n>': {("/p/n", "write")},
    'openat(AT_FDCWD</p>, "d", O_RDONLY|O_DIRECTORY) = 3</p/d>':
        {("/p/d", "stat")},
    'openat(AT_FDCWD</p>, "d", O_RDONLY) = 3</p/d>': {("/p/d", "stat")},
    'openat(AT_FDCWD</p>, "a", O_RDONLY|O_PATH) = 3</p/a>':
        {("/p/a", "stat")},
    'openat(AT_FDCWD</p>, ".", O_RDWR|O_EXCL|O_TMPFILE, 0600) = '
    '3</p/#123>(deleted)': {("/p", "stat")},
    'openat2(AT_FDCWD</p>, "a", {flags=O_RDONLY|O_CLOEXEC, '
    'resolve=RESOLVE_BENEATH}, 24) = 3</p/a>': {("/p/a", "read")},
    'openat2(AT_FDCWD</p>, "l/f", {flags=O_RDONLY, '
    'resolve=RESOLVE_NO_SYMLINKS}, 24) = -1 ELOOP (Too many levels)':
        {("/p/l", "link")},
    'openat2(4</p/d>, "../b", {flags=O_RDONLY, resolve=RESOLVE_BENEATH}, 24) '
    '= -1 EXDEV (Invalid cross-device link)': set(),
    'openat(4</p/d>, "f", O_RDONLY) = 5</p/d/f>': {("/p/d/f", "read")},
    'openat(4</p/d>, "../b", O_RDONLY) = 5</p/b>': {("/p/b", "read")},
    'openat(AT_FDCWD</p>, "none", O_RDONLY) = -1 ENOENT (No such file or '
    'directory)': {("/p/none", "absent")},
    'openat(AT_FDCWD</p>, "a/x", O_RDONLY) = -1 ENOTDIR (Not a directory)':
        {("/p/a/x", "absent")},
    'openat(AT_FDCWD</p>, "no/../a", O_RDONLY) = -1 ENOENT (No such file)':
        {("/p/no", "absent")},
    'openat(AT_FDCWD</p>, "a", O_RDONLY) = -1 EACCES (Permission denied)':
        {("/p/a", "stat")},
    'openat(AT_FDCWD</p>, 0x7ff, O_RDONLY) = -1 EFAULT (Bad address)': set(),
    'openat(AT_FDCWD</p>, "", O_RDONLY) = -1 ENOENT (No such file)': set(),
    # Links.
    'openat(AT_FDCWD</p>, "l/f", O_RDONLY) = 3</p/d/f>':
        {("/p/d/f", "read"), ("/p/l", "link")},
    'openat(AT_FDCWD</p>, "m", O_RDONLY) = 3</p/d/f>':
        {("/p/d/f", "read"), ("/p/l", "link"), ("/p/m", "link")},
    'openat(AT_FDCWD</p>, "dead", O_RDONLY) = -1 ENOENT (No such file)':
        {("/p/d/none", "absent"), ("/p/dead", "link")},
    'newfstatat(AT_FDCWD</p>, "m", {st_mode=S_IFLNK|0777, st_size=3, ...}, '
    'AT_SYMLINK_NOFOLLOW) = 0': {("/p/m", "link")},
    'lstat("a", {st_mode=S_IFREG|0644, ...}) = 0': {("/p/a", "stat")},
    'lstat("l/", {st_mode=S_IFDIR|0755, ...}) = 0':
        {("/p/d", "stat"), ("/p/l", "link")},
    'statx(AT_FDCWD</p>, "l", AT_STATX_SYNC_AS_STAT|AT_SYMLINK_NOFOLLOW, '
    'STATX_ALL, {stx_mask=STATX_ALL, stx_mode=S_IFLNK|0777, ...}) = 0':
        {("/p/l", "link")},
    'readlink("m", "l/f", 4096) = 3': {("/p/m", "link")},
    'readlink("a", 0x7ff, 1023) = -1 EINVAL (Invalid argument)':
        {("/p/a", "stat")},
    'openat(AT_FDCWD</p>, "loop", O_RDONLY) = -1 ELOOP (Too many levels)':
        {("/p/loop", "link"), ("/p/loop", "stat")},
    # Looking.
    'stat("a", {st_mode=S_IFREG|0644, st_size=1, ...}) = 0':
        {("/p/a", "stat")},
    'newfstatat(3</p/a>, "", {st_mode=S_IFREG|0644}, AT_EMPTY_PATH) = 0':
        set(),
    'faccessat2(AT_FDCWD</p>, "a", R_OK, AT_EACCESS) = 0':
        {("/p/a", "stat")},
    'statfs("/p/d", {f_type=EXT2_SUPER_MAGIC}) = 0': {("/p/d", "stat")},
    'getxattr("a", "user.x", 0x7ff, 9) = -1 ENODATA (No data available)':
        {("/p/a", "stat")},
    'inotify_add_watch(3<anon_inode:inotify>, "d", IN_CREATE) = 1':
        {("/p/d", "stat")},
    'connect(3<socket:[12]>, {sa_family=AF_UNIX, sun_path="none"}, 110) = -1 '
    'ENOENT (No such file or directory)': {("/p/none", "absent")},
    'connect(3<socket:[12]>, {sa_family=AF_UNIX, sun_path=@"x"}, 5) = 0':
        set(),
    'getdents64(3</p/d>, 0x55 /* 3 entries */, 32768) = 72':
        {("/p/d", "list")},
    # Changing.
    'mkdir("n", 0777) = 0': {("/p/n", "write")},
    'mkdir("d", 0777) = -1 EEXIST (File exists)': {("/p/d", "stat")},
    'symlink("d", "n") = 0': {("/p/n", "write")},
    'link("a", "n") = 0': {("/p/a", "stat"), ("/p/n", "write")},
    'rename("a", "n") = 0': {("/p/a", "rename"), ("/p/n", "write")},
    'rename("none", "n") = -1 ENOENT (No such file or directory)':
        {("/p/none", "absent")},
    'rename("a", "none/n") = -1 ENOENT (No such file or directory)':
        {("/p/none/n", "absent")},
    'renameat2(AT_FDCWD</p>, "a", AT_FDCWD</p>, "b", RENAME_NOREPLACE) = -1 '
    'EEXIST (File exists)': {("/p/a", "stat"), ("/p/b", "stat")},
    'unlinkat(4</p/d>, "f", 0) = 0': {("/p/d/f", "unlink")},
    'rmdir("d") = -1 ENOTEMPTY (Directory not empty)': {("/p/d", "stat")},
    'chmod("l", 0755) = 0': {("/p/d", "write"), ("/p/l", "link")},
    'lchown("l", 0, 0) = 0': {("/p/l", "write")},
    'fchmod(3</p/a>, 0644) = 0': {("/p/a", "write")},
    'utimensat(AT_FDCWD</p>, "a", NULL, 0) = 0': {("/p/a", "write")},
    'utimensat(3</p/a>, NULL, [UTIME_OMIT, UTIME_NOW], 0) = 0':
        {("/p/a", "write")},
    'fchmod(3</p/a>(deleted), 0644) = 0': set(),
    # Strings and names that look like something else.
    r'openat(AT_FDCWD</p>, "a, \"b\") = 3</x>\\", O_RDONLY) = -1 ENOENT (N)':
        {('/p/a, "b") = 3</x>\\', "absent")},
    r'stat("\303\251\n\377\0061", 0x7ff) = -1 ENOENT (No such file)':
        {("/p/\u00e9\n\udcff\x061", "absent")},
    r'openat(4</p/x, (y\76>, "f", O_RDONLY) = -1 ENOENT (No such file)':
        {("/p/x, (y>/f", "absent")},
    # Left out.
    'openat(AT_FDCWD</p>, "/proc/self/maps", O_RDONLY) = 3</proc/1/maps>':
        set(),
    'readlink("/proc/self/exe", "/p/tool", 4096) = 7': set(),
    'openat(AT_FDCWD</p>, "/dev/fd/63", O_RDONLY) = 3<pipe:[77]>': set(),
    'openat(AT_FDCWD</p>, "/proc/self/fd/9", O_RDONLY) = 3</p/a>':
        {("/p/a", "read")},
    'openat(AT_FDCWD</p>, "/p/.ftrace/s/arena", O_RDWR) = 3</p/.ftrace/x>':
        set(),
    'openat(AT_FDCWD</p>, "/build/libftrace.so", O_RDONLY) = '
    '3</build/libftrace.so>': set(),
    'mkdir("/p/d/__pycache__", 0777) = 0': set(),
}


@pytest.mark.parametrize("line", CALLS)
def test_call(line):
    assert pairs("1 " + line) == CALLS[line]


def test_halves_of_calls():
    assert pairs("""\
1 fork() = 2
1 openat(AT_FDCWD</p>, "a", O_RDONLY <unfinished ...>
2 stat("b",  <unfinished ...>
1 <... openat resumed>) = 3</p/a>
2 <... stat resumed>{st_mode=S_IFREG|0644, st_size=0, ...}) = 0
""") == {("/p/a", "read"), ("/p/b", "stat")}
    events = parse("""\
7 openat(AT_FDCWD</p>, "a", O_RDONLY <unfinished ...>
8 getdents64(3</p/d>,  <unfinished ...>
7 <... openat resumed>) = 3</p/a>
8 <... getdents64 resumed>0x55 /* 2 entries */, 32768) = 48
9 rename("x", "y" <unfinished ...>
9 <... rename resumed> <unfinished ...>) = ?
9 +++ killed by SIGKILL +++
""")
    assert [(each.pid, each.name, each.args, each.result)
            for each in events[:3]] == [
        (7, "openat", ["AT_FDCWD</p>", '"a"', "O_RDONLY"], "3</p/a>"),
        (8, "getdents64", ["3</p/d>", "0x55 /* 2 entries */", "32768"], "48"),
        (9, "rename", ['"x"', '"y"'], "?")]
    assert isinstance(events[3], recall_strace.End)


def test_child_has_its_parents_directory():
    text = """\
1 chdir("d") = 0
1 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>
2 stat("f", {st_mode=S_IFREG|0644, ...}) = 0
2 chdir("..") = 0
1 <... clone resumed>, child_tidptr=0x7f) = 2
1 stat("g", 0x7ff) = -1 ENOENT (No such file or directory)
2 stat("a", {st_mode=S_IFREG|0644, ...}) = 0
2 +++ exited with 0 +++
"""
    assert pairs(text) == {
        ("/p/d", "stat"), ("/p/d/f", "stat"), ("/p", "stat"),
        ("/p/d/g", "absent"), ("/p/a", "stat")}


def test_threads_share_a_directory_until_one_unshares():
    text = """\
1 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_THREAD, exit_signal=0}\
 => {parent_tid=[2]}, 88) = 2
2 chdir("d") = 0
1 stat("f", {st_mode=S_IFREG|0644, ...}) = 0
2 unshare(CLONE_FS) = 0
2 fchdir(4</p>) = 0
2 stat("a", {st_mode=S_IFREG|0644, ...}) = 0
1 stat("none", 0x7ff) = -1 ENOENT (No such file or directory)
"""
    assert pairs(text) == {
        ("/p/d", "stat"), ("/p/d/f", "stat"), ("/p/a", "stat"),
        ("/p/d/none", "absent")}


def test_number_of_a_process_comes_again():
    text = """\
1 fork() = 2
2 chdir("d") = 0
2 +++ exited with 0 +++
1 fork() = 2
2 stat("a", {st_mode=S_IFREG|0644, ...}) = 0
"""
    assert ("/p/a", "stat") in pairs(text)


def test_thread_that_executes_takes_its_leaders_number():
    text = """\
1 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD} => {}, 88) = 5
5 chdir("d") = 0
5 execve("../a", ["a"], 0x7ff /* 9 vars */ <pid changed to 1 ...>
1 +++ superseded by execve in pid 5 +++
1 <... execve resumed>) = 0
1 stat("f", {st_mode=S_IFREG|0644, ...}) = 0
"""
    assert pairs(text) == {
        ("/p/d", "stat"), ("/p/a", "exec"), ("/p/d/f", "stat")}


def test_ftrace_itself_is_left_out():
    text = """\
1 execve("/build/ftrace", ["ftrace", "run"], 0x7ff /* 9 vars */) = 0
1 openat(AT_FDCWD</p>, "/p/a", O_RDONLY) = 3</p/a>
1 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD} => {}, 88) = 2
2 openat(AT_FDCWD</p>, "/p/b", O_RDONLY) = 3</p/b>
1 clone(child_stack=NULL, flags=SIGCHLD, child_tidptr=0x7f) = 3
3 execve("/no/tool", ["tool"], 0x7ff /* 9 vars */) = -1 ENOENT (No such)
3 execve("/p/tool", ["tool"], 0x7ff /* 9 vars */) = 0
3 openat(AT_FDCWD</p>, "d/f", O_RDONLY) = 3</p/d/f>
1 openat(AT_FDCWD</p>, "/p/m", O_RDONLY) = 3</p/d/f>
"""
    assert pairs(text, supervised=True) == {("/p/d/f", "read")}


def test_paths_through_time():
    text = """\
1 mkdir("x", 0777) = 0
1 symlink("../d", "x/link") = 0
1 openat(AT_FDCWD</p>, "x/link/f", O_RDONLY) = 3</p/d/f>
1 rename("x", "y") = 0
1 openat(AT_FDCWD</p>, "y/link/f", O_RDONLY) = 3</p/d/f>
1 unlink("y/link") = 0
1 stat("y/link/f", 0x7ff) = -1 ENOENT (No such file or directory)
1 symlink("../a", "y/link") = 0
1 openat(AT_FDCWD</p>, "y/link", O_RDONLY) = 3</p/a>
1 renameat2(AT_FDCWD</p>, "l", AT_FDCWD</p>, "a", RENAME_EXCHANGE) = 0
1 openat(AT_FDCWD</p>, "a/f", O_RDONLY) = 3</p/d/f>
"""
    found = pairs(text)
    assert {("/p/x/link", "link"), ("/p/y/link", "link"), ("/p/a", "read"),
            ("/p/a", "link"), ("/p/d/f", "read"), ("/p/y/link", "unlink"),
            ("/p/y/link/f", "absent"), ("/p/x", "rename")} <= found


def test_what_the_kernel_says_is_right():
    paths = recall_tables.Paths([])
    seen = recall_pairs.Observed("/p", "/p", START, paths, False)
    seen.take(parse(
        EXEC + '1 openat(AT_FDCWD</p>, "l", O_RDONLY) = 3</p/elsewhere>\n'
        '1 stat("a", {st_mode=S_IFREG|0644}) = 0\n'
        '1 openat(AT_FDCWD</q>, "b", O_RDONLY) = -1 ENOENT (No such)\n'))
    assert [each[:3] for each in seen.disagreed] == [
        ("path", "/p/d", "/p/elsewhere"), ("cwd", "/p", "/q")]
    assert ("/p/elsewhere", "read") in seen.pairs
    assert ("/q/b", "absent") in seen.pairs


def test_calls_of_the_interposer():
    asks = '1 faccessat2(AT_FDCWD</p>, "%s", F_OK, AT_EACCESS) = 0\n'
    makes = ('1 openat(AT_FDCWD</p>, "a", O_WRONLY|O_CREAT, 0644) = '
             '3</p/a>\n')
    head = ('1 openat(AT_FDCWD</p>, "%s", O_RDONLY|O_NONBLOCK|O_CLOEXEC) = '
            '3</p/%s>\n')
    run = '1 execve("/p/a", ["a"], 0x7ff /* 9 vars */) = 0\n'
    assert pairs(asks % "a" + makes) == {("/p/a", "write")}
    assert pairs(asks % "b" + makes) == {
        ("/p/a", "write"), ("/p/b", "stat")}
    assert pairs('1 faccessat(AT_FDCWD</p>, "a", F_OK) = 0\n' + makes) == {
        ("/p/a", "write")}
    assert pairs('1 readlinkat(AT_FDCWD</p>, "m", "l/f", 4096) = 3\n'
                 '1 unlink("m") = 0\n') == {("/p/m", "unlink")}
    assert pairs('1 readlinkat(AT_FDCWD</p>, "m", "l/f", 4096) = 3\n'
                 '1 unlink("l") = 0\n') == {
        ("/p/m", "link"), ("/p/l", "unlink")}
    assert pairs(head % ("a", "a") + head % ("b", "b") + run) == {
        ("/p/a", "exec")}
    assert pairs(head % ("b", "b")) == {("/p/b", "read")}


def test_call_that_a_handler_does_again():
    assert pairs("""\
1 openat(AT_FDCWD</p>, "b", O_RDONLY) = 257
1 --- SIGSYS {si_signo=SIGSYS, si_code=SYS_SECCOMP, si_call_addr=0x7f} ---
1 openat(AT_FDCWD</p>, "a", O_RDONLY) = 3</p/a>
""") == {("/p/a", "read")}


def test_signals_say_nothing():
    assert pairs("1 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---\n"
                 "strace: Process 1 attached\n"
                 "1 +++ exited with 0 +++\n") == set()


def test_walk_through_what_is_missing():
    tree = Tree("/p", START)
    assert tree.walk("/p", "no/x", True).absent == "/p/no/x"
    assert tree.walk("/p", "no/../a", True).absent == "/p/no"
    assert tree.walk("/p", "l/../a", True).path == "/p/a"
    assert tree.walk("/p/d", "../../..", True).path == "/"
    tree.remove("/p/a")
    assert tree.state("/p/a") is GONE
    tree.put("/p/a", FILE)
    assert tree.walk("/p", "a", True).missing is None


def test_what_covers_what():
    covered = recall_tables.covered
    for kind in "read", "exec", "list", "write", "link", "stat":
        assert covered("/p/a", "stat", False, {kind})
    for kind in "absent", "rename", "unlink":
        assert not covered("/p/a", "stat", False, {kind})
    assert covered("/p/not there", "stat", "refused", {"absent"})
    assert not covered("/", "stat", "refused", {"absent"})
    assert covered("/p/a", "exec", "kernel", {"read"})
    assert not covered("/p/a", "exec", False, {"read"})
    assert not covered("/p/a", "read", False, {"stat", "exec", "write"})


def test_compiled_python_is_its_source(tmp_path):
    source = tmp_path / "x.py"
    source.write_text("")
    paths = recall_tables.Paths([])
    compiled = str(tmp_path / "__pycache__" / "x.cpython-313.pyc")
    assert paths.canonical(compiled, "read") == (str(source), "read")
    assert paths.canonical(compiled, "stat") is None
    assert paths.canonical(compiled, "absent") is None
    source.unlink()
    assert paths.canonical(compiled, "read") == (compiled, "read")


@pytest.mark.parametrize("block, told", [
    ("", True), ("cart", True), ("cart.abi3.so", True), ("c*.so", True),
    ("car", False), ("other", False), ("*.pth", False), ("[cart]", False)])
def test_a_listing_tells_of_its_own_names_alone(block, told):
    recorded = Recorded()
    recorded["/p"].add("list")
    recorded.listed["/p"].add(block)
    assert recorded.would_tell_of("/p/cart.abi3.so") == told
    assert not recorded.would_tell_of("/p/d/cart.abi3.so")
