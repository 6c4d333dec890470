# SPDX-License-Identifier: MIT
"""The programs in C and Go that bench/recall compiles in a fixture."""

LIBC = r"""
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <fts.h>
#include <glob.h>
#include <grp.h>
#include <iconv.h>
#include <libintl.h>
#include <locale.h>
#include <mntent.h>
#include <netdb.h>
#include <nl_types.h>
#include <pwd.h>
#include <pty.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>
#include <wordexp.h>

extern char **environ;

static int seen(const char *path, const struct stat *st, int flag)
{
	return 0;
}

static int seen_too(const char *path, const struct stat *st, int flag,
	struct FTW *ftw)
{
	return 0;
}

static void trees(void)
{
	char *const roots[] = {"data", "dirlink", NULL};
	glob_t g;
	wordexp_t w;
	FTS *fts;

	glob("data/*/*.txt", 0, NULL, &g);
	glob("*link/[a-o]*", GLOB_MARK, NULL, &g);
	glob("none/*", GLOB_NOCHECK, NULL, &g);
	glob("~root/*", GLOB_TILDE, NULL, &g);
	wordexp("$HOME/x* data/* $(cat a.txt)", &w, 0);
	ftw("data", seen, 4);
	nftw("data", seen_too, 4, FTW_PHYS | FTW_DEPTH);
	nftw("dirlink", seen_too, 4, FTW_CHDIR);
	fts = fts_open(roots, FTS_LOGICAL, NULL);
	while (fts && fts_read(fts))
		;
	if (fts)
		fts_close(fts);
	fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	while (fts && fts_read(fts))
		;
	struct dirent **list;
	scandir("data", &list, NULL, alphasort);
	free(realpath("chain/../one.txt", NULL));
	free(realpath("no/such", NULL));
	free(get_current_dir_name());
}

static void temporaries(void)
{
	char name[] = "tmp-XXXXXX", dir[] = "dir-XXXXXX";
	FILE *f = tmpfile();

	if (f)
		fclose(f);
	close(mkstemp(name));
	unlink(name);
	rmdir(mkdtemp(dir));
	tempnam(".", "x");
	close(open(".", O_TMPFILE | O_RDWR, 0600));
	int fd = shm_open("/recall-shm", O_CREAT | O_RDWR, 0600);
	close(fd);
	shm_unlink("/recall-shm");
}

static void databases(void)
{
	struct addrinfo *a;
	struct tm tm;
	time_t now = 0;

	setlocale(LC_ALL, "");
	setlocale(LC_ALL, "de_DE.UTF-8");
	bindtextdomain("recall", "locale");
	textdomain("recall");
	gettext("hello");
	catopen("recall", NL_CAT_LOCALE);
	iconv_open("UTF-16", "ISO-8859-15");
	iconv_open("nonsense", "UTF-8");
	getpwnam("root");
	getpwuid(12345);
	getgrnam("nogroup");
	getaddrinfo("localhost", "http", NULL, &a);
	getaddrinfo("127.0.0.1", "80", NULL, &a);
	getservbyname("ssh", "tcp");
	getprotobyname("tcp");
	gethostbyname("no-such-host.invalid");
	tzset();
	localtime_r(&now, &tm);
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	setenv("TZ", ":/no/zone", 1);
	tzset();
	getdate("12:00");
	setmntent("/etc/mtab", "r");
	getusershell();
	getlogin();
	cuserid(NULL);
	ttyname(0);
	ctermid(NULL);
	openlog("recall", LOG_NDELAY, LOG_USER);
	sysconf(_SC_NPROCESSORS_ONLN);
	pathconf(".", _PC_NAME_MAX);
}

static void spawns(void)
{
	posix_spawn_file_actions_t act;
	char *const argv[] = {"cat", NULL};
	char *const missing[] = {"no-such-program", NULL};
	pid_t pid;

	posix_spawn_file_actions_init(&act);
	posix_spawn_file_actions_addopen(&act, 0, "b.txt", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&act, 1, "spawned", O_WRONLY | O_CREAT,
		0644);
	if (!posix_spawnp(&pid, "cat", &act, NULL, argv, environ))
		waitpid(pid, NULL, 0);
	posix_spawn_file_actions_init(&act);
	posix_spawn_file_actions_addchdir_np(&act, "data");
	posix_spawn_file_actions_addopen(&act, 0, "one.txt", O_RDONLY, 0);
	if (!posix_spawn(&pid, "/bin/cat", &act, NULL, argv, environ))
		waitpid(pid, NULL, 0);
	posix_spawn_file_actions_init(&act);
	posix_spawn_file_actions_addopen(&act, 0, "ghost", O_RDONLY, 0);
	posix_spawn(&pid, "/bin/cat", &act, NULL, argv, environ);
	posix_spawnp(&pid, "no-such-program", NULL, NULL, missing, environ);
	system("test -f a.txt");
	pclose(popen("cat data/one.txt", "r"));
	if (!(pid = vfork())) {
		execlp("true", "true", NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	if (!(pid = fork())) {
		int fd = open("/bin/true", O_RDONLY | O_CLOEXEC);
		fexecve(fd, argv, environ);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

static void changes(void)
{
	struct utimbuf times = {0};
	struct timeval tv[2] = {{0}};
	struct statvfs fs;
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "sock"};
	char buf[100];
	int fd, s;

	close(open("new", O_CREAT | O_WRONLY, 0644));
	close(open("both", O_CREAT | O_RDWR, 0644));
	close(open("both", O_RDONLY | O_CREAT, 0644));
	chmod("new", 0600);
	chown("new", -1, -1);
	lchown("dangling", -1, -1);
	utime("new", &times);
	utimes("both", tv);
	lutimes("dangling", tv);
	truncate("both", 9);
	setxattr("new", "user.x", "1", 1, 0);
	getxattr("a.txt", "user.x", buf, 9);
	lgetxattr("dangling", "user.x", buf, 9);
	listxattr("b.txt", buf, 9);
	removexattr("new", "user.x");
	statvfs("data", &fs);
	fchmodat(AT_FDCWD, "new", 0640, 0);
	fchmodat(AT_FDCWD, "both", 0640, AT_SYMLINK_NOFOLLOW);
	fd = open("new", O_RDONLY);
	fchmod(fd, 0644);
	fchown(fd, -1, -1);
	futimes(fd, tv);
	fsetxattr(fd, "user.y", "1", 1, 0);
	close(fd);
	mkfifo("pipe", 0600);
	mknod("node", S_IFREG | 0600, 0);
	rename("new", "renamed");
	renameat2(AT_FDCWD, "renamed", AT_FDCWD, "both", RENAME_EXCHANGE);
	renameat2(AT_FDCWD, "a.txt", AT_FDCWD, "both", RENAME_NOREPLACE);
	link("a.txt", "hard");
	linkat(AT_FDCWD, "chain", AT_FDCWD, "hard-link", 0);
	symlink("a.txt", "soft");
	fopen("soft", "r");
	fopen("appended", "a+");
	freopen("b.txt", "r", stdin);
	remove("hard");
	remove("ghost");
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	connect(s, (struct sockaddr *)&un, sizeof(un));
	bind(s, (struct sockaddr *)&un, sizeof(un));
	listen(s, 1);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	connect(s, (struct sockaddr *)&un, sizeof(un));
	s = inotify_init();
	inotify_add_watch(s, "data", IN_CREATE);
	inotify_add_watch(s, "no-folder", IN_CREATE);
	chdir("dirlink");
	close(open("deep/two.txt", O_RDONLY));
	chdir("..");
	fd = open("data", O_RDONLY | O_DIRECTORY);
	fchdir(fd);
	close(open("one.txt", O_RDONLY));
	close(openat(fd, "../b.txt", O_RDONLY));
	close(open("a\tb\\\"\n\377.txt", O_RDONLY));
}

int main(void)
{
	trees();
	temporaries();
	databases();
	spawns();
	changes();
	return 0;
}
"""

RAW = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	struct open_how how = {.flags = O_RDONLY};
	char buffer[4096];
	int dir, fd;

	syscall(SYS_openat2, AT_FDCWD, "a.txt", &how, sizeof(how));
	how.resolve = RESOLVE_NO_SYMLINKS;
	syscall(SYS_openat2, AT_FDCWD, "dirlink/one.txt", &how, sizeof(how));
	how.resolve = RESOLVE_BENEATH;
	dir = syscall(SYS_openat2, AT_FDCWD, "data", &how, sizeof(how));
	syscall(SYS_openat2, dir, "deep/two.txt", &how, sizeof(how));
	syscall(SYS_openat2, dir, "../b.txt", &how, sizeof(how));
	syscall(SYS_openat2, dir, "ghost", &how, sizeof(how));
	syscall(SYS_getdents64, dir, buffer, sizeof(buffer));
	syscall(SYS_statx, dir, "link", AT_SYMLINK_NOFOLLOW, STATX_MODE, buffer);
	syscall(SYS_statx, dir, "none", 0, STATX_ALL, buffer);
	syscall(SYS_faccessat2, dir, "one.txt", R_OK, 0);
	syscall(SYS_readlinkat, AT_FDCWD, "chain", buffer, sizeof(buffer));
	fd = syscall(SYS_openat, AT_FDCWD, "made", O_CREAT | O_RDWR, 0644);
	sprintf(buffer, "/proc/self/fd/%d", fd);
	syscall(SYS_openat, AT_FDCWD, buffer, O_RDONLY);
	syscall(SYS_mkdirat, dir, "folder", 0755);
	syscall(SYS_renameat2, AT_FDCWD, "made", dir, "folder/moved", 0);
	syscall(SYS_symlinkat, "folder/moved", dir, "to-moved");
	syscall(SYS_openat, dir, "to-moved", O_RDONLY);
	syscall(SYS_unlinkat, dir, "to-moved", 0);
	syscall(SYS_linkat, dir, "one.txt", AT_FDCWD, "linked", 0);
	syscall(SYS_utimensat, AT_FDCWD, "linked", NULL, 0);
	fd = syscall(SYS_openat, AT_FDCWD, "b.txt", O_PATH);
	syscall(SYS_fstat, fd, buffer);
	syscall(SYS_execveat, AT_FDCWD, "./missing", NULL, NULL, 0);
#ifdef SYS_open
	syscall(SYS_open, "dirlink/deep/two.txt", O_RDONLY);
	syscall(SYS_stat, "empty", buffer);
#endif
	return 0;
}
"""

THREADS = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void *shared(void *name)
{
	for (int i = 0; i < 50; i++) {
		close(open(name, O_RDONLY));
		access("data/none", F_OK);
	}
	return NULL;
}

static void *apart(void *folder)
{
	unshare(CLONE_FS);
	chdir(folder);
	for (int i = 0; i < 50; i++) {
		close(open("one.txt", O_RDONLY));
		close(open("two.txt", O_RDONLY));
	}
	return NULL;
}

static void *execute(void *unused)
{
	char *const argv[] = {"cat", "b.txt", NULL};

	execve("/bin/cat", argv, environ);
	return NULL;
}

int main(void)
{
	pthread_t t[5];

	pthread_create(&t[0], NULL, shared, "a.txt");
	pthread_create(&t[1], NULL, shared, "dirlink/one.txt");
	pthread_create(&t[2], NULL, apart, "data");
	pthread_create(&t[3], NULL, apart, "chain");
	pthread_create(&t[4], NULL, shared, "b.txt");
	for (int i = 0; i < 5; i++)
		pthread_join(t[i], NULL);
	if (!fork()) {
		chdir("data");
		pthread_create(&t[0], NULL, shared, "link");
		pthread_join(t[0], NULL);
		_exit(0);
	}
	wait(NULL);
	pthread_create(&t[0], NULL, execute, NULL);
	pthread_join(t[0], NULL);
	return 1;
}
"""

LOADER = r"""
#include <dlfcn.h>
#include <stdio.h>

static void load(const char *name)
{
	void *handle = dlopen(name, RTLD_NOW);

	printf("%s: %s\n", name, handle ? "loaded" : dlerror());
}

int main(void)
{
	load("libplug.so");
	load("libother.so");
	load("libalias.so");
	load("libnone.so");
	load("./lib/libplug.so");
	load("./none.so");
	load("libz.so.1");
	return 0;
}
"""

PLAIN = r"""
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct stat st;
	char buffer[4096], name[] = "tmp-XXXXXX";
	FILE *f = fopen("a.txt", "r");
	DIR *d = opendir("data");

	fgets(buffer, sizeof(buffer), f);
	while (readdir(d))
		;
	stat("dirlink/deep", &st);
	lstat("dangling", &st);
	stat("dangling", &st);
	readlink("chain", buffer, sizeof(buffer));
	fopen("ghost", "r");
	fopen("made", "w");
	fopen("appended", "a");
	mkdir("folder", 0755);
	rename("made", "folder/made");
	symlink("folder/made", "soft");
	fopen("soft", "r");
	unlink("soft");
	close(mkstemp(name));
	unlink(name);
	chdir("chain");
	fopen("two.txt", "r");
	chdir("../..");
	if (argc > 1) {
		if (!fork()) {
			execl("/bin/cat", "cat", "b.txt", NULL);
			_exit(127);
		}
		wait(NULL);
	}
	return 0;
}
"""

RING = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	struct io_uring_params p;
	int fd;
	unsigned *tail, *array, *head;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	char *sq, *cq;

	memset(&p, 0, sizeof(p));
	fd = syscall(SYS_io_uring_setup, 4, &p);
	if (fd < 0)
		return 77;
	sq = mmap(NULL, p.sq_off.array + p.sq_entries * 4,
		PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQ_RING);
	cq = mmap(NULL, p.cq_off.cqes + p.cq_entries * sizeof(*cqes),
		PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_CQ_RING);
	sqes = mmap(NULL, p.sq_entries * sizeof(*sqes),
		PROT_READ | PROT_WRITE, MAP_SHARED, fd, IORING_OFF_SQES);
	tail = (unsigned *)(sq + p.sq_off.tail);
	array = (unsigned *)(sq + p.sq_off.array);
	memset(sqes, 0, sizeof(*sqes));
	sqes[0].opcode = IORING_OP_OPENAT;
	sqes[0].fd = AT_FDCWD;
	sqes[0].addr = (unsigned long)"data/one.txt";
	sqes[0].open_flags = O_RDONLY;
	array[*tail & 3] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) < 0)
		return 77;
	head = (unsigned *)(cq + p.cq_off.head);
	cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	printf("opened: %d\n", cqes[*head & 3].res);
	return cqes[*head & 3].res < 0 ? 77 : 0;
}
"""

SOURCES = {
    "libc.c": LIBC,
    "raw.c": RAW,
    "threads.c": THREADS,
    "loader.c": LOADER,
    "plain.c": PLAIN,
    "ring.c": RING,
    "inner.c": "int inner(void) { return 1; }\n",
    "plug.c": "int inner(void);\nint plug(void) { return inner(); }\n",
}

GO = {
    "go.mod": "module example.org/recall\n\ngo 1.16\n",
    "main.go": r"""
package main

import (
	"fmt"
	"io/ioutil"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"time"
)

func main() {
	text, _ := ioutil.ReadFile("a.txt")
	fmt.Println(len(text), Sum(1, 2))
	ioutil.ReadDir("data")
	os.Stat("ghost")
	os.Lstat("dangling")
	filepath.Walk("dirlink/", func(string, os.FileInfo, error) error {
		return nil
	})
	filepath.Glob("data/*.txt")
	filepath.EvalSymlinks("chain/two.txt")
	ioutil.WriteFile("made", text, 0644)
	os.Rename("made", "renamed")
	os.MkdirAll("x/y/z", 0755)
	os.Symlink("a.txt", "soft")
	os.Remove("soft")
	os.Chmod("renamed", 0600)
	os.Chtimes("renamed", time.Now(), time.Now())
	user.Lookup("root")
	time.LoadLocation("Europe/Rome")
	done := make(chan bool)
	for i := 0; i < 4; i++ {
		go func() {
			ioutil.ReadFile("b.txt")
			done <- true
		}()
	}
	for i := 0; i < 4; i++ {
		<-done
	}
	out, _ := exec.Command("cat", "data/one.txt").Output()
	fmt.Print(string(out))
	os.Chdir("chain")
	ioutil.ReadFile("two.txt")
}
""",
    "sum.go": "package main\n\nfunc Sum(a, b int) int { return a + b }\n",
    "sum_test.go": r"""
package main

import (
	"io/ioutil"
	"testing"
)

func TestSum(t *testing.T) {
	if Sum(1, 2) != 3 {
		t.Fatal("wrong")
	}
	if _, err := ioutil.ReadFile("data/one.txt"); err != nil {
		t.Fatal(err)
	}
}
""",
}
