// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 monitor: dynamic mappings as they come and go.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/color.h"
#include "cli/print.h"
#include "netlink/genl.h"
#include "netlink/mapping.h"

static const char usage[] =
	"Usage: nat64 monitor [dev NAME]\n"
	"\n"
	"Prints a line, or with -j a JSON object, for every dynamic mapping that is made or removed,\n"
	"on NAME or on all devices. The event \"lost\" means that events came too fast to be read.\n";

/* A burst of new hosts must not overrun the socket; the kernel grants as much as it allows. */
#define RECEIVE_BUFFER (4 << 20)

struct event {
	const char *what;
	const char *device;	/* NULL: of no device in particular */
	char time[64];
	char epoch[32];
};

/* ISO 8601 (RFC 3339) with microseconds, and seconds since 1970. */
static void read_clock(struct event *event)
{
	const size_t room = sizeof(event->time);
	struct timespec now;
	char zone[8];
	struct tm tm;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	len = strftime(event->time, room, "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(event->time + len, room - len, ".%06ld%.3s:%s", now.tv_nsec / 1000, zone,
		 zone + 3);
	snprintf(event->epoch, sizeof(event->epoch), "%lld.%06ld", (long long)now.tv_sec,
		 now.tv_nsec / 1000);
}

static void print_json(const struct event *event, const struct mapping *mapping)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "time", json_object_new_string(event->time));
	json_object_object_add(object, "epoch",
			       json_object_new_double_s(strtod(event->epoch, NULL), event->epoch));
	if (event->device)
		json_object_object_add(object, "ifname", json_object_new_string(event->device));
	json_object_object_add(object, "event", json_object_new_string(event->what));
	if (mapping)
		mapping_to_json(mapping, object);
	json_line(object);
}

static void print_text(const struct event *event, const struct mapping *mapping)
{
	char text[PREFIX_STRLEN];

	printf("%s ", event->time);
	print_masked(COLOR_DEVICE, event->device ?: "-");
	print_color(*event->what == 'a' ? COLOR_GOOD : COLOR_BAD, " %s", event->what);
	if (mapping) {
		print_color(COLOR_INET6, " %s", mapping_text6(mapping, text));
		print_color(COLOR_INET, " %s", mapping_text4(mapping, text));
	}
	putchar('\n');
}

static enum status print_event(const struct mapping *mapping, void *data)
{
	(options.json ? print_json : print_text)(data, mapping);
	return DONE;
}

/* Printed among the events, so that a log tells that it is not complete. */
static void print_lost(void)
{
	struct event event = { .what = "lost" };

	read_clock(&event);
	print_event(NULL, &event);
	fail(DONE, "monitor: events came too fast, and some are lost");
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
	read_clock(&event);
	mapping_for_each(attrs[NAT64_A_MAPS], print_event, &event);
}

/* Ends only when nobody reads the output any more. */
static enum status read_events(const struct nl *nl, const char *device)
{
	static _Alignas(struct nlmsghdr) char buffer[NL_BUFFER_SIZE];

	do {
		const struct nlmsghdr *nlh = (const struct nlmsghdr *)buffer;
		int len = nl_receive(nl, buffer, sizeof(buffer));

		if (len < 0 && errno == ENOBUFS)
			print_lost();
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

	if (take_last_device(words, device))
		return WRONG;
	if (place.file)
		return fail(WRONG, "monitor: does not end, and is not for the commands of a file");
	return listen_to_events(device);
}

static const struct command commands[] = {
	{ .name = "show",	.run = monitor },
	{ }
};

const struct object monitor_object = {
	.name = "monitor",
	.about = "mappings as they come and go",
	.usage = usage,
	.commands = commands,
};
