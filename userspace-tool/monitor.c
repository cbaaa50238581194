// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 monitor: dynamic mappings as they come and go.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "genl.h"
#include "mapping.h"
#include "print.h"

static const char usage[] =
	"Usage: nat64 monitor [dev NAME]\n"
	"\n"
	"Prints a line, or with -j a JSON object, for every dynamic mapping that is made or goes\n"
	"away. Without NAME, of all devices.\n";

/* A burst of new hosts must not overrun the socket; the kernel takes as much as it allows. */
#define RECEIVE_BUFFER (4 << 20)

struct event {
	const char *what;
	const char *device;
	char time[64];
};

/* ISO 8601 with microseconds, as logs have it. */
static void read_clock(char text[64])
{
	struct timespec now;
	char zone[8];
	struct tm tm;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	len = strftime(text, 64, "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(text + len, 64 - len, ".%06ld%s", now.tv_nsec / 1000, zone);
}

static enum status print_event(const struct mapping *mapping, void *data)
{
	char text6[PREFIX_STRLEN], text4[PREFIX_STRLEN];
	const struct event *event = data;
	json_object *object;

	if (!options.json) {
		printf("%s %s %s %s %s\n", event->time, event->device, event->what,
		       mapping_text6(mapping, text6), mapping_text4(mapping, text4));
		return DONE;
	}
	object = json_object_new_object();
	json_object_object_add(object, "time", json_object_new_string(event->time));
	json_object_object_add(object, "ifname", json_object_new_string(event->device));
	json_object_object_add(object, "event", json_object_new_string(event->what));
	mapping_to_json(mapping, object);
	json_line(object);
	return DONE;
}

static void read_event(const struct nlmsghdr *nlh, const char *device)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attrs[NAT64_A_MAX + 1];
	struct event event;

	if (genl->cmd != NAT64_CMD_MAP_ADD && genl->cmd != NAT64_CMD_MAP_DEL)
		return;
	genl_parse(nlh, attrs, NAT64_A_MAX);
	if (!attrs[NAT64_A_IFNAME])
		return;
	event.device = mnl_attr_get_str(attrs[NAT64_A_IFNAME]);
	if (*device && strcmp(device, event.device))
		return;
	event.what = genl->cmd == NAT64_CMD_MAP_ADD ? "add" : "del";
	read_clock(event.time);
	mapping_for_each(attrs[NAT64_A_MAPS], print_event, &event);
}

/* Ends when nobody reads what is printed, or never. */
static enum status read_events(const struct nl *nl, const char *device)
{
	static _Alignas(struct nlmsghdr) char buffer[NL_BUFFER_SIZE];

	do {
		const struct nlmsghdr *nlh = (const struct nlmsghdr *)buffer;
		int len = nl_receive(nl, buffer, sizeof(buffer));

		if (len < 0 && errno == ENOBUFS)
			fail(DONE, "monitor: events came too fast, and some are lost");
		else if (len < 0)
			return fail(REFUSED, "monitor: %s", strerror(errno));
		for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
			read_event(nlh, device);
	} while (!fflush(stdout));
	return DONE;
}

static enum status listen_to_events(const char *device)
{
	int group, size = RECEIVE_BUFFER;
	enum status status;
	struct nl nl = { };
	int fd;

	if (!genl_begin(NAT64_CMD_DEV_GET, device))
		return REFUSED;
	group = genl_mappings_group();
	status = nl_open(&nl, NETLINK_GENERIC);
	if (status)
		return status;
	fd = mnl_socket_get_fd(nl.socket);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (mnl_socket_setsockopt(nl.socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		status = fail(REFUSED, "monitor: %s", strerror(errno));
	else
		status = read_events(&nl, device);
	mnl_socket_close(nl.socket);
	return status;
}

static enum status monitor(struct words *words)
{
	char device[IFNAMSIZ] = "";

	return take_last_device(words, device) ? WRONG : listen_to_events(device);
}

static const struct command commands[] = {
	{ .name = "show",	.run = monitor },
	{ }
};

const struct object monitor_object = { .name = "monitor", .usage = usage, .commands = commands };
