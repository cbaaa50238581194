// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 stats: the counters of a device.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/color.h"
#include "cli/print.h"
#include "commands/stats.h"
#include "netlink/genl.h"

static const char usage[] =
	"Usage: nat64 [-a] stats [show] [dev NAME]\n"
	"       nat64 stats { prometheus | openmetrics } [dev NAME] [to FILE]\n"
	"       nat64 stats explain [COUNTER]...\n"
	"       nat64 stats reset [dev NAME]\n"
	"\n"
	"Without NAME, shows all devices, or resets nat64. Text shows counters that are zero only\n"
	"with -a; JSON always has all counters. Prometheus' node_exporter reads FILE, see\n"
	"nat64-prometheus.timer.\n";

#define STAT(constant, stat_name, stat_text) \
	[NAT64_STAT_##constant] = { .name = stat_name, .text = stat_text },

const struct stat_words stat_words[NAT64_STAT_MAX + 1] = { NAT64_STATS(STAT) };

bool stat_is_drop(int stat)
{
	return !strncmp(stat_words[stat].name, "drop_", strlen("drop_"));
}

static enum status list_read(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[NAT64_A_MAX + 1], *values[NAT64_STAT_MAX + 1];
	struct device_stats *devices, *device;
	struct stats_list *list = data;

	genl_parse(nlh, attrs, NAT64_A_MAX);
	if (!attrs[NAT64_A_IFNAME] || !attrs[NAT64_A_STATS])
		return DONE;
	devices = reallocarray(list->devices, list->count + 1, sizeof(*devices));
	if (!devices)
		return fail(REFUSED, "out of memory");
	list->devices = devices;

	device = &devices[list->count++];
	snprintf(device->name, sizeof(device->name), "%s",
		 mnl_attr_get_str(attrs[NAT64_A_IFNAME]));
	genl_parse_nest(attrs[NAT64_A_STATS], values, NAT64_STAT_MAX);
	for (int i = 1; i <= NAT64_STAT_MAX; i++)
		device->values[i] = attr_u64(values[i]);
	return DONE;
}

static void list_restart(void *data)
{
	struct stats_list *list = data;

	list->count = 0;
}

json_object *stats_to_json(const struct device_stats *device)
{
	json_object *values = json_object_new_object();

	for (int i = 1; i <= NAT64_STAT_MAX; i++)
		json_object_object_add(values, stat_words[i].name,
				       json_object_new_uint64(device->values[i]));
	return values;
}

static void print_json(const struct device_stats *device)
{
	json_object *object = json_object_new_object();

	json_object_object_add(object, "ifname", json_object_new_string(device->name));
	json_object_object_add(object, "stats", stats_to_json(device));
	json_list_add(object);
}

static void print_text(const struct device_stats *device)
{
	print_masked(COLOR_DEVICE, device->name);
	puts(":");
	for (int i = 1; i <= NAT64_STAT_MAX; i++) {
		bool bad = device->values[i] && stat_is_drop(i);

		if (device->values[i] || options.all) {
			printf("    %-18s ", stat_words[i].name);
			print_color(bad ? COLOR_BAD : COLOR_PLAIN, "%12" PRIu64, device->values[i]);
			printf("  %s\n", stat_words[i].text);
		}
	}
}

static void print_stats(const struct stats_list *list)
{
	if (options.json)
		json_list_begin();
	for (size_t i = 0; i < list->count; i++)
		(options.json ? print_json : print_text)(&list->devices[i]);
	if (options.json)
		json_list_end();
}

enum status stats_fetch(const char *device, struct stats_list *list)
{
	struct nlmsghdr *nlh = genl_begin(NAT64_CMD_STATS_GET, device);
	enum status status;

	if (!nlh)
		return REFUSED;
	if (*device)
		status = genl_talk(nlh, list_read, list);
	else
		status = genl_dump(nlh, list_read, list_restart, list);
	return status ? genl_refused("stats%s%s", *device ? " dev " : "", device) : DONE;
}

static enum status stats_show(struct words *words)
{
	char device[IFNAMSIZ] = "";
	struct stats_list list = { };
	enum status status;

	if (take_last_device(words, device))
		return WRONG;
	status = stats_fetch(device, &list);
	if (!status)
		print_stats(&list);
	free(list.devices);
	return status;
}

static enum status stats_reset(struct words *words)
{
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	struct nlmsghdr *nlh;

	if (take_last_device(words, device))
		return WRONG;
	nlh = genl_begin(NAT64_CMD_STATS_RESET, device);
	if (!nlh)
		return REFUSED;
	return genl_talk(nlh, NULL, NULL) ? genl_refused("dev %s", device) : DONE;
}

static const struct command commands[] = {
	{ .name = "show",	.run = stats_show },
	{ .name = "list",	.run = stats_show },
	{ .name = "reset",	.run = stats_reset,	.whole = true },
	{ .name = "openmetrics", .run = stats_openmetrics },
	{ .name = "prometheus",	.run = stats_prometheus },
	{ .name = "explain",	.run = stats_explain },
	{ }
};

const struct object stats_object = {
	.name = "stats",
	.about = "counters",
	.usage = usage,
	.commands = commands,
};
