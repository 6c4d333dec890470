/* SPDX-License-Identifier: MIT */
/*
 * What libc reads by itself: databases of names, locales, message catalogues,
 * conversions, time zones. None of it takes a path from the program.
 */
#include "tests/programs/libc.h"

#include <aliases.h>
#include <execinfo.h>
#include <fmtmsg.h>
#include <fstab.h>
#include <grp.h>
#include <gshadow.h>
#include <iconv.h>
#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <mntent.h>
#include <mqueue.h>
#include <netdb.h>
#include <netinet/ether.h>
#include <netinet/in.h>
#include <nl_types.h>
#include <pthread.h>
#include <pty.h>
#include <pwd.h>
#include <resolv.h>
#include <semaphore.h>
#include <shadow.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <time.h>
#include <ttyent.h>
#include <utmp.h>
#include <utmpx.h>

#include "tests/programs/ways.h"

/* A way that makes calls, whatever they return. */
#define CALLS(name, calls) \
	static int name(void) \
	{ \
		calls; \
		return 0; \
	}

static char text[PATH_MAX], other[PATH_MAX];
static struct passwd pw, *found_pw;
static struct group gr, *found_gr;
static struct spwd sp, *found_sp;
static struct sgrp sg, *found_sg;
static struct servent serv, *found_serv;
static struct protoent proto, *found_proto;
static struct netent net, *found_net;
static struct rpcent rpc, *found_rpc;
static struct aliasent alias, *found_alias;
static struct hostent host, *found_host;
static struct addrinfo *found_addresses;
static gid_t groups[99];
static int count = 99, problem;
static char *one, *two, *three;
static const struct in_addr here = {0x100007f};
static struct sockaddr_in address = {
	.sin_family = AF_INET, .sin_addr = {0x100007f}};
static const struct sockaddr *const socket_address =
	(const struct sockaddr *)&address;

#define ROOM text, sizeof(text)

CALLS(user_by_name, getpwnam("root"))
CALLS(user_by_name_r, getpwnam_r("root", &pw, ROOM, &found_pw))
CALLS(user_by_number, getpwuid(0))
CALLS(user_by_number_r, getpwuid_r(0, &pw, ROOM, &found_pw))
CALLS(user_of_old, getpw(0, text))
CALLS(users, setpwent(); getpwent(); endpwent())
CALLS(users_r, getpwent_r(&pw, ROOM, &found_pw))
CALLS(group_by_name, getgrnam("root"))
CALLS(group_by_name_r, getgrnam_r("root", &gr, ROOM, &found_gr))
CALLS(group_by_number, getgrgid(0))
CALLS(group_by_number_r, getgrgid_r(0, &gr, ROOM, &found_gr))
CALLS(all_groups, setgrent(); getgrent(); endgrent())
CALLS(all_groups_r, getgrent_r(&gr, ROOM, &found_gr))
CALLS(groups_of_user, getgrouplist("root", 0, groups, &count))
CALLS(groups_of_process, initgroups("root", 0))
CALLS(shadow_by_name, getspnam("root"))
CALLS(shadow_by_name_r, getspnam_r("root", &sp, ROOM, &found_sp))
CALLS(shadows, setspent(); getspent(); endspent())
CALLS(shadows_r, getspent_r(&sp, ROOM, &found_sp))
CALLS(group_shadow, getsgnam("root"))
CALLS(group_shadow_r, getsgnam_r("root", &sg, ROOM, &found_sg))
CALLS(group_shadows, setsgent(); getsgent(); endsgent())
CALLS(group_shadows_r, getsgent_r(&sg, ROOM, &found_sg))
CALLS(user_shells, setusershell(); getusershell(); endusershell())

CALLS(service_by_name, getservbyname("http", "tcp"))
CALLS(service_by_name_r,
	getservbyname_r("http", "tcp", &serv, ROOM, &found_serv))
CALLS(service_by_number, getservbyport(80, "tcp"))
CALLS(service_by_number_r, getservbyport_r(80, "tcp", &serv, ROOM, &found_serv))
CALLS(services, setservent(0); getservent(); endservent())
CALLS(services_r, getservent_r(&serv, ROOM, &found_serv))
CALLS(protocol_by_name, getprotobyname("tcp"))
CALLS(protocol_by_name_r, getprotobyname_r("tcp", &proto, ROOM, &found_proto))
CALLS(protocol_by_number, getprotobynumber(6))
CALLS(protocol_by_number_r, getprotobynumber_r(6, &proto, ROOM, &found_proto))
CALLS(protocols, setprotoent(0); getprotoent(); endprotoent())
CALLS(protocols_r, getprotoent_r(&proto, ROOM, &found_proto))
CALLS(rpc_by_name, getrpcbyname("portmapper"))
CALLS(rpc_by_name_r, getrpcbyname_r("portmapper", &rpc, ROOM, &found_rpc))
CALLS(rpc_by_number, getrpcbynumber(100000))
CALLS(rpc_by_number_r, getrpcbynumber_r(100000, &rpc, ROOM, &found_rpc))
CALLS(rpcs, setrpcent(0); getrpcent(); endrpcent())
CALLS(rpcs_r, getrpcent_r(&rpc, ROOM, &found_rpc))
CALLS(networks, setnetent(0); getnetent(); endnetent())
CALLS(networks_r, getnetent_r(&net, ROOM, &found_net, &problem))
CALLS(aliases, setaliasent(); getaliasent(); endaliasent())
CALLS(aliases_r, getaliasent_r(&alias, ROOM, &found_alias))
CALLS(alias_by_name, getaliasbyname("nobody"))
CALLS(alias_by_name_r, getaliasbyname_r("x", &alias, ROOM, &found_alias))
CALLS(netgroup, setnetgrent("x"); getnetgrent(&one, &two, &three);
	endnetgrent())
CALLS(netgroup_r, setnetgrent("x"); getnetgrent_r(&one, &two, &three, ROOM))
CALLS(in_netgroup, innetgr("x", "y", "z", NULL))
CALLS(ether_by_name, ether_hostton("x", (struct ether_addr *)other))
CALLS(ether_by_number, ether_ntohost(text, (struct ether_addr *)other))

CALLS(host_by_name, gethostbyname("localhost"))
CALLS(host_by_name_r,
	gethostbyname_r("localhost", &host, ROOM, &found_host, &problem))
CALLS(host_by_name2, gethostbyname2("localhost", AF_INET))
CALLS(host_by_name2_r, gethostbyname2_r("localhost", AF_INET, &host, ROOM,
			       &found_host, &problem))
CALLS(host_by_address, gethostbyaddr(&here, 4, AF_INET))
CALLS(host_by_address_r,
	gethostbyaddr_r(&here, 4, AF_INET, &host, ROOM, &found_host, &problem))
CALLS(hosts, sethostent(0); gethostent(); endhostent())
CALLS(hosts_r, gethostent_r(&host, ROOM, &found_host, &problem))
CALLS(addresses, getaddrinfo("localhost", NULL, NULL, &found_addresses))
CALLS(addresses_of_service,
	getaddrinfo("localhost", "http", NULL, &found_addresses))
CALLS(addresses_of_number,
	getaddrinfo("127.0.0.1", "80", NULL, &found_addresses))
CALLS(name_of_address,
	getnameinfo(socket_address, sizeof(address), ROOM, NULL, 0, 0))
CALLS(resolver, __res_init())
CALLS(host_number, gethostid())

static int addresses_later(void)
{
	struct gaicb request = {.ar_name = "localhost"}, *list[] = {&request};

	getaddrinfo_a(GAI_WAIT, list, 1, NULL);
	return 0;
}

CALLS(locale_set, setlocale(LC_ALL, "C.UTF-8"))
CALLS(locale_missing, setlocale(LC_ALL, "xx_YY"))
CALLS(locale_new, newlocale(LC_ALL_MASK, "xx_YY", (locale_t)0))
CALLS(locale_by_path, setenv("LOCPATH", "dir", 1); setlocale(LC_ALL, "xx_YY"))

/* Looks for ./xx/LC_MESSAGES/ways.mo. */
static void want_messages(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	setenv("LANGUAGE", "xx", 1);
	MUST(bindtextdomain("ways", getcwd(ROOM)) != NULL);
	MUST(bind_textdomain_codeset("ways", "UTF-8") != NULL);
	MUST(textdomain("ways") != NULL);
}

CALLS(messages, want_messages(); puts(gettext("x")))
CALLS(messages_of_domain, want_messages(); puts(dgettext("ways", "x")))
CALLS(messages_of_category, want_messages();
	puts(dcgettext("ways", "x", LC_MESSAGES)))
CALLS(messages_of_number, want_messages(); puts(ngettext("x", "y", 2)))
CALLS(messages_of_both, want_messages(); puts(dngettext("ways", "x", "y", 2)))
CALLS(messages_of_all, want_messages();
	puts(dcngettext("ways", "x", "y", 2, LC_MESSAGES)))
CALLS(catalogue_by_path, catopen("./a.txt", 0))
CALLS(catalogue_by_name, setenv("NLSPATH", "dir/%N.cat", 1);
	catopen("missing", 0))
CALLS(conversion, iconv_open("UTF-16", "ISO-8859-7"))
CALLS(conversion_by_path, setenv("GCONV_PATH", "dir", 1);
	iconv_open("nonsense", "UTF-8"))
CALLS(severity, addseverity(9, "x"))

static time_t moment;
static struct tm day = {.tm_year = 100};

static void want_zone(void)
{
	MUST(getcwd(ROOM) != NULL);
	snprintf(other, sizeof(other), ":%.4000s/a.txt", text);
	MUST(setenv("TZ", other, 1) == 0);
}

CALLS(zone, want_zone(); tzset())
CALLS(zone_localtime, want_zone(); localtime(&moment))
CALLS(zone_localtime_r, want_zone(); tzset(); localtime_r(&moment, &day))
CALLS(zone_mktime, want_zone(); mktime(&day))
CALLS(zone_ctime, want_zone(); ctime(&moment))
CALLS(zone_ctime_r, want_zone(); tzset(); ctime_r(&moment, other))
CALLS(zone_strftime, want_zone(); strftime(ROOM, "%Z", &day))
CALLS(zone_of_machine, localtime(&moment))
CALLS(date_masks, setenv("DATEMSK", "a.txt", 1); getdate("x"))
CALLS(date_masks_r, setenv("DATEMSK", "a.txt", 1); getdate_r("x", &day))

CALLS(mount_table, endmntent(setmntent("a.txt", "r")))
CALLS(file_systems, setfsent(); getfsent(); endfsent())
CALLS(file_system_of_file, getfsfile("/"))
CALLS(file_system_of_device, getfsspec("none"))
CALLS(terminals, setttyent(); getttyent(); endttyent())
CALLS(terminal_by_name, getttynam("console"))
CALLS(logins, utmpname("a.txt"); setutent(); getutent(); endutent())
CALLS(logins_of_machine, setutent(); getutent(); endutent())
CALLS(logins_x, utmpxname("a.txt"); setutxent(); getutxent(); endutxent())
CALLS(login_added, updwtmp("new", &(struct utmp){0});
	updwtmp("a.txt", &(struct utmp){0}))
CALLS(login_added_x, updwtmpx("a.txt", &(struct utmpx){0}))
CALLS(password, getpass(""))
CALLS(system_log, openlog("ways", LOG_NDELAY, LOG_USER); closelog())
CALLS(system_log_message, syslog(LOG_DEBUG, "ways"))
CALLS(terminal_made, close(posix_openpt(O_RDWR)))
CALLS(terminal_made_bsd, close(getpt()))
CALLS(terminal_pair, openpty(&count, &problem, NULL, NULL, NULL))

static int terminal_forked(void)
{
	int fd;
	pid_t pid = forkpty(&fd, NULL, NULL, NULL);

	if (pid == 0)
		_exit(close(open("child.txt", O_RDONLY)));
	return pid < 0 ? close(open("child.txt", O_RDONLY)) : ways_wait(pid);
}

CALLS(memory_missing, shm_open("/ftrace-missing", O_RDONLY, 0))
CALLS(memory_removed, shm_unlink("/ftrace-missing"))
CALLS(semaphore_missing, sem_open("/ftrace-missing", 0))
CALLS(semaphore_removed, sem_unlink("/ftrace-missing"))

static void *leave(void *data)
{
	(void)data;
	pthread_exit(NULL);
}

/* These load libgcc_s when they are first called. */
static int thread_exit(void)
{
	pthread_t id;

	MUST(pthread_create(&id, NULL, leave, NULL) == 0);
	return pthread_join(id, NULL);
}

static int back_trace(void)
{
	void *frames[3];

	return backtrace(frames, 3) < 1;
}

#define PASSWD "any /etc/passwd"
#define GROUP "any /etc/group"
/* In a locale like C only glibc before 2.39 looks for translations. */
#define MESSAGES "absent xx/LC_MESSAGES/ways.mo?"
#define LIBGCC "read /*/libgcc_s.so.1"

const struct way name_ways[] = {
	WAY(user_by_name, PASSWD ", any /etc/nsswitch.conf"),
	WAY(user_by_name_r, PASSWD),
	WAY(user_by_number, PASSWD),
	WAY(user_by_number_r, PASSWD),
	WAY(user_of_old, PASSWD),
	WAY(users, PASSWD),
	WAY(users_r, PASSWD),
	WAY(group_by_name, GROUP),
	WAY(group_by_name_r, GROUP),
	WAY(group_by_number, GROUP),
	WAY(group_by_number_r, GROUP),
	WAY(all_groups, GROUP),
	WAY(all_groups_r, GROUP),
	WAY(groups_of_user, GROUP),
	WAY(groups_of_process, GROUP),
	WAY(shadow_by_name, "any /etc/shadow"),
	WAY(shadow_by_name_r, "any /etc/shadow"),
	WAY(shadows, "any /etc/shadow"),
	WAY(shadows_r, "any /etc/shadow"),
	WAY(group_shadow, "any /etc/gshadow"),
	WAY(group_shadow_r, "any /etc/gshadow"),
	WAY(group_shadows, "any /etc/gshadow"),
	WAY(group_shadows_r, "any /etc/gshadow"),
	WAY(user_shells, "any /etc/shells"),
	WAY(service_by_name, "any /etc/services"),
	WAY(service_by_name_r, "any /etc/services"),
	WAY(service_by_number, "any /etc/services"),
	WAY(service_by_number_r, "any /etc/services"),
	WAY(services, "any /etc/services"),
	WAY(services_r, "any /etc/services"),
	WAY(protocol_by_name, "any /etc/protocols"),
	WAY(protocol_by_name_r, "any /etc/protocols"),
	WAY(protocol_by_number, "any /etc/protocols"),
	WAY(protocol_by_number_r, "any /etc/protocols"),
	WAY(protocols, "any /etc/protocols"),
	WAY(protocols_r, "any /etc/protocols"),
	WAY(rpc_by_name, "any /etc/rpc"),
	WAY(rpc_by_name_r, "any /etc/rpc"),
	WAY(rpc_by_number, "any /etc/rpc"),
	WAY(rpc_by_number_r, "any /etc/rpc"),
	WAY(rpcs, "any /etc/rpc"),
	WAY(rpcs_r, "any /etc/rpc"),
	WAY(networks, "any /etc/networks"),
	WAY(networks_r, "any /etc/networks"),
	WAY(aliases, "any /etc/aliases"),
	WAY(aliases_r, "any /etc/aliases"),
	WAY(alias_by_name, "any /etc/aliases"),
	WAY(alias_by_name_r, "any /etc/aliases"),
	WAY(netgroup, "any /etc/nsswitch.conf"),
	WAY(netgroup_r, "any /etc/nsswitch.conf"),
	WAY(in_netgroup, "any /etc/nsswitch.conf"),
	WAY(ether_by_name, "any /etc/ethers"),
	WAY(ether_by_number, "any /etc/ethers"),
	WAY(host_by_name, "any /etc/hosts"),
	WAY(host_by_name_r, "any /etc/hosts"),
	WAY(host_by_name2, "any /etc/hosts"),
	WAY(host_by_name2_r, "any /etc/hosts"),
	WAY(host_by_address, "any /etc/hosts"),
	WAY(host_by_address_r, "any /etc/hosts"),
	WAY(hosts, "any /etc/hosts"),
	WAY(hosts_r, "any /etc/hosts"),
	WAY(addresses, "any /etc/hosts"),
	WAY(addresses_of_service, "any /etc/services"),
	WAY(addresses_of_number, ""),
	WAY(addresses_later, "any /etc/hosts"),
	WAY(name_of_address, "any /etc/hosts"),
	WAY(resolver, "any /etc/resolv.conf"),
	WAY(host_number, "any /etc/hostid"),
	WAY(locale_set, "any /*/locale/C.*/LC_CTYPE"),
	WAY(locale_missing, "any /*/locale/locale-archive,"
			    " any /*/locale/xx_YY/LC_*"),
	WAY(locale_new, "any /*/locale/xx_YY/LC_*"),
	WAY(locale_by_path, "*"),
	WAY(messages, MESSAGES),
	WAY(messages_of_domain, MESSAGES),
	WAY(messages_of_category, MESSAGES),
	WAY(messages_of_number, MESSAGES),
	WAY(messages_of_both, MESSAGES),
	WAY(messages_of_all, MESSAGES),
	WAY(catalogue_by_path, "read a.txt"),
	WAY(catalogue_by_name, "absent dir/missing.cat"),
	WAY(conversion,
		"any /*/gconv/gconv-modules*, any /*/gconv/ISO8859-7.so"),
	WAY(conversion_by_path, "*"),
	WAY(severity, ""),
	WAY(zone, "read a.txt"),
	WAY(zone_localtime, "read a.txt"),
	WAY(zone_localtime_r, "read a.txt"),
	WAY(zone_mktime, "read a.txt"),
	WAY(zone_ctime, "read a.txt"),
	WAY(zone_ctime_r, "read a.txt"),
	WAY(zone_strftime, "read a.txt"),
	WAY(zone_of_machine, "any /etc/localtime"),
	WAY(date_masks, "read a.txt, stat a.txt"),
	WAY(date_masks_r, "read a.txt, stat a.txt"),
	WAY(mount_table, "read a.txt"),
	WAY(file_systems, "any /etc/fstab"),
	WAY(file_system_of_file, "any /etc/fstab"),
	WAY(file_system_of_device, "any /etc/fstab"),
	WAY(terminals, "any /etc/ttys"),
	WAY(terminal_by_name, "any /etc/ttys"),
	WAY(logins, "read a.txt"),
	WAY(logins_of_machine, "any /*run/utmp"),
	WAY(logins_x, "read a.txt"),
	WAY(login_added, "absent new, write a.txt"),
	WAY(login_added_x, "write a.txt"),
	WAY(password, "any /dev/tty"),
	WAY(system_log, "any /dev/log"),
	WAY(system_log_message, "any /dev/log"),
	WAY(terminal_made, "any /dev/*ptmx"),
	WAY(terminal_made_bsd, "any /dev/*ptmx"),
	WAY(terminal_pair, "any /dev/*ptmx"),
	WAY(terminal_forked, "read child.txt, any /dev/*ptmx"),
	WAY(memory_missing, "absent /dev/shm/ftrace-missing"),
	WAY(memory_removed, "absent /dev/shm/ftrace-missing"),
	WAY(semaphore_missing, "absent /dev/shm/sem.ftrace-missing"),
	WAY(semaphore_removed, "absent /dev/shm/sem.ftrace-missing"),
	WAY(thread_exit, LIBGCC),
	WAY(back_trace, LIBGCC),
	{0},
};
