/* SPDX-License-Identifier: MIT */
/*
 * Sockets with a name in the file system.
 */
#include "tests/programs/libc.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/programs/ways.h"

static struct sockaddr_un address;

static const struct sockaddr *named(const char *path)
{
	memset(&address, 0, sizeof(address));
	address.sun_family = AF_UNIX;
	strncpy(address.sun_path, path, sizeof(address.sun_path));
	return (const struct sockaddr *)&address;
}

static int stream(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int message(void)
{
	return socket(AF_UNIX, SOCK_DGRAM, 0);
}

#define SOCKET(name, condition) \
	static int name(void) \
	{ \
		MUST(condition); \
		return 0; \
	}

SOCKET(connect_missing,
	connect(stream(), named("missing"), sizeof(address)) < 0 &&
		errno == ENOENT)
SOCKET(connect_file, connect(stream(), named("a.txt"), sizeof(address)) < 0 &&
			     errno == ECONNREFUSED)
SOCKET(bind_new, bind(stream(), named("socket"), sizeof(address)) == 0)
SOCKET(bind_there, bind(stream(), named("a.txt"), sizeof(address)) < 0 &&
			   errno == EADDRINUSE)
SOCKET(bind_below_missing,
	bind(stream(), named("missing/x"), sizeof(address)) < 0 &&
		errno == ENOENT)
/* Without a name, and with one that is in no file system. */
SOCKET(bind_unnamed, bind(stream(), named(""), sizeof(sa_family_t)) == 0)
SOCKET(bind_abstract, bind(stream(), named(""), sizeof(sa_family_t) + 5) == 0)
SOCKET(connect_other, connect(socket(AF_INET, SOCK_DGRAM, 0), named("a.txt"),
			      sizeof(address)) < 0)
/* A name may fill the address, without a zero behind it. */
SOCKET(bind_full, bind(stream(),
			  named("socket567890123456789012345678901234567890"
				"12345678901234567890123456789012345678901234"
				"5678901234567890123456"),
			  sizeof(address)) == 0)

static int connect_served(void)
{
	int server = stream();

	MUST(bind(server, named("socket"), sizeof(address)) == 0);
	MUST(listen(server, 1) == 0);
	MUST(connect(stream(), named("socket"), sizeof(address)) == 0);
	return 0;
}

static int send_file(void)
{
	MUST(sendto(message(), "x", 1, 0, named("a.txt"), sizeof(address)) < 0);
	return 0;
}

static int send_missing(void)
{
	MUST(sendto(message(), "x", 1, 0, named("missing"), sizeof(address)) <
		0);
	return 0;
}

static int send_message_missing(void)
{
	struct mmsghdr many = {.msg_hdr = {.msg_name = &address,
				       .msg_namelen = sizeof(address)}};

	named("missing");
	MUST(sendmsg(message(), &many.msg_hdr, 0) < 0 && errno == ENOENT);
	MUST(sendmmsg(message(), &many, 1, 0) < 0 && errno == ENOENT);
	return 0;
}

const struct way socket_ways[] = {
	WAY(connect_missing, "absent missing"),
	WAY(connect_file, "stat a.txt"),
	/* It is asked what the address says, not what the socket is. */
	WAY(connect_other, "stat a.txt"),
	WAY(connect_served, "write socket, stat socket"),
	WAY(bind_new, "write socket"),
	WAY(bind_there, "stat a.txt"),
	WAY(bind_below_missing, "absent missing/x"),
	WAY(bind_unnamed, ""),
	WAY(bind_abstract, ""),
	WAY(bind_full, "*"),
	WAY(send_file, "!stat a.txt"),
	WAY(send_missing, "!absent missing"),
	WAY(send_message_missing, "!absent missing"),
	{0},
};
