// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 map: which IPv6 address is which IPv4 address.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/color.h"
#include "cli/print.h"
#include "commands/map_connections.h"
#include "netlink/bulk.h"
#include "netlink/genl.h"
#include "netlink/mapping_list.h"

static const char usage[] =
	"Usage: nat64 map [show] [static | dynamic] [PREFIX] [idle SECONDS] [connections]\n"
	"                        [dev NAME]\n"
	"       nat64 map { add | replace } PREFIX6 PREFIX4 [dev NAME]\n"
	"       nat64 map add ADDRESS6 ADDRESS4 dynamic [idle SECONDS | used TIME] [dev NAME]\n"
	"       nat64 map del { PREFIX6 | PREFIX4 | PREFIX6 PREFIX4 } [dev NAME]\n"
	"       nat64 map get { ADDRESS6 | ADDRESS4 } [dev NAME]\n"
	"       nat64 map flush [static | dynamic] [dev NAME]\n"
	"\n"
	"PREFIX6 and PREFIX4 are addresses, or prefixes as ADDRESS/LENGTH, in either order.\n"
	"show prints the mappings of addresses in PREFIX, which is of either family, and those dynamic\n"
	"ones that have been idle for at least SECONDS; with connections, also the IPv4 connections of\n"
	"their hosts that the kernel tracks.\n"
	"TIME is that of the last packet, in seconds since 1970.\n"
	"NAME is nat64 if left out.\n";

/* With their connections, unless these are NULL. */
static void print_json(const struct mapping_list *list, const struct connection_list *connections)
{
	json_list_begin();
	for (size_t i = 0; i < list->count; i++) {
		json_object *object = json_object_new_object();

		mapping_to_json(&list->mappings[i], object);
		if (connections)
			map_connections_add(object, connections, &list->mappings[i]);
		json_list_add(object);
	}
	json_list_end();
}

/* Pads to the widths, which are 0 if a program reads the output. */
static void print_row(const struct mapping *mapping, int width6, int width4)
{
	char text6[PREFIX_STRLEN], text4[PREFIX_STRLEN];

	print_color(COLOR_INET6, "%-*s", width6, mapping_text6(mapping, text6));
	print_color(COLOR_INET, " %-*s", width4, mapping_text4(mapping, text4));
	printf(" %s", mapping_type(mapping));
	if (mapping->type == NAT64_MAP_DYNAMIC)
		printf(" idle %us", mapping->idle);
	if (mapping->elsewhere)
		printf(" elsewhere");
	putchar('\n');
}

static void print_text(const struct mapping_list *list, const struct connection_list *connections)
{
	bool aligned = isatty(STDOUT_FILENO);
	size_t width6 = 0, width4 = 0;

	for (size_t i = 0; i < list->count && aligned; i++) {
		char text[PREFIX_STRLEN];
		size_t len;

		len = strlen(mapping_text6(&list->mappings[i], text));
		width6 = len > width6 ? len : width6;
		len = strlen(mapping_text4(&list->mappings[i], text));
		width4 = len > width4 ? len : width4;
	}
	for (size_t i = 0; i < list->count; i++) {
		print_row(&list->mappings[i], width6, width4);
		if (connections)
			map_connections_print(connections, &list->mappings[i]);
	}
}

static void print(const struct mapping_list *list, const struct connection_list *connections)
{
	(options.json ? print_json : print_text)(list, connections);
}

/* The mappings that are meant, and what is to be shown of them. */
struct selection {
	uint8_t type;		/* enum nat64_map_type, 0 for both */
	bool has_prefix : 1;
	bool has_idle : 1;
	bool connections : 1;
	struct prefix prefix;
	uint32_t idle;		/* seconds, at least */
};

static bool is_selected(const struct mapping *mapping, const void *data)
{
	const struct selection *selection = data;
	struct prefix side = { .family = selection->prefix.family };

	if (selection->type && mapping->type != selection->type)
		return false;
	if (selection->has_idle &&
	    (mapping->type != NAT64_MAP_DYNAMIC || mapping->idle < selection->idle))
		return false;
	if (!selection->has_prefix)
		return true;
	if (side.family == AF_INET6) {
		side.addr6 = mapping->addr6;
		side.len = mapping->len6;
	} else {
		side.addr4 = mapping->addr4;
		side.len = mapping->len4;
	}
	return prefixes_overlap(&side, &selection->prefix);
}

static void select_mappings(const struct selection *selection, struct mapping_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (is_selected(&list->mappings[i], selection))
			list->mappings[count++] = list->mappings[i];
	}
	list->count = count;
}

static enum status show_mappings(const char *device, const struct selection *selection)
{
	struct mapping_list list = { };
	enum status status = mapping_list_fetch(device, selection->type, &list);

	if (!status) {
		select_mappings(selection, &list);
		print(&list, NULL);
	}
	free(list.mappings);
	return status;
}

/* Needs all mappings, whichever are selected, to find out whose a connection is. */
static enum status show_connections(const char *device, const struct selection *selection)
{
	struct mapping_list list = { };
	struct connection_list connections = { };
	enum status status = mapping_list_fetch(device, 0, &list);

	if (!status)
		status = connection_list_fetch(&list, is_selected, selection, &connections);
	if (!status) {
		select_mappings(selection, &list);
		print(&list, &connections);
	}
	connection_list_free(&connections);
	free(list.mappings);
	return status;
}

/* Takes "static" or "dynamic". */
static bool take_type(const char *word, struct selection *selection)
{
	if (selection->type || (strcmp(word, "static") && strcmp(word, "dynamic")))
		return false;
	selection->type = *word == 's' ? NAT64_MAP_STATIC : NAT64_MAP_DYNAMIC;
	return true;
}

static enum status take_idle(struct words *words, struct selection *selection)
{
	const char *word = next_word(words);

	selection->has_idle = true;
	return word ? parse_number("idle", word, 0, UINT32_MAX, &selection->idle) :
		      missing_value("idle");
}

static enum status take_prefix(const char *word, struct selection *selection)
{
	selection->has_prefix = true;
	return parse_prefix(word, AF_UNSPEC, &selection->prefix);
}

/* [static | dynamic] [PREFIX] [idle SECONDS] [connections] [dev NAME] */
static enum status map_show(struct words *words)
{
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	struct selection selection = { };
	enum status status = DONE;
	const char *word;

	while (!status && (word = next_word(words))) {
		if (!strcmp(word, "dev"))
			status = take_device(words, device);
		else if (take_type(word, &selection))
			continue;
		else if (!strcmp(word, "connections") && !selection.connections)
			selection.connections = true;
		else if (!strcmp(word, "idle") && !selection.has_idle)
			status = take_idle(words, &selection);
		else if (is_address(word) && !selection.has_prefix)
			status = take_prefix(word, &selection);
		else
			status = unknown_word(word);
	}
	if (status)
		return status;
	if (selection.has_idle && selection.type == NAT64_MAP_STATIC)
		return fail(WRONG, "idle: only dynamic mappings have an idle time");
	return (selection.connections ? show_connections : show_mappings)(device, &selection);
}

static enum status map_flush(struct words *words)
{
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	struct selection selection = { };
	enum status status = DONE;
	struct nlmsghdr *nlh;
	const char *word;

	while (!status && (word = next_word(words))) {
		if (!strcmp(word, "dev"))
			status = take_device(words, device);
		else if (!take_type(word, &selection))
			status = unknown_word(word);
	}
	if (status)
		return status;
	nlh = genl_begin(NAT64_CMD_MAP_FLUSH, device);
	if (!nlh)
		return REFUSED;
	if (selection.type)
		mnl_attr_put_u8(nlh, NAT64_A_MAP_TYPE, selection.type);
	return genl_talk(nlh, NULL, NULL) ? genl_refused("dev %s", device) : DONE;
}

static enum status ask_mapping(const char *device, const char *word, const struct prefix *host)
{
	struct nlmsghdr *nlh = genl_begin(NAT64_CMD_MAP_GET, device);
	struct mapping_list list = { };
	enum status status;

	if (!nlh)
		return REFUSED;
	if (host->family == AF_INET6)
		mnl_attr_put(nlh, NAT64_A_ADDR6, sizeof(host->addr6), &host->addr6);
	else
		mnl_attr_put(nlh, NAT64_A_ADDR4, sizeof(host->addr4), &host->addr4);
	status = genl_talk(nlh, mapping_list_read, &list);
	if (!status)
		print(&list, NULL);
	else
		genl_refused("map %s", word);
	free(list.mappings);
	return status;
}

static enum status map_get(struct words *words)
{
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	const char *word, *address = NULL;
	enum status status = DONE;
	struct prefix host;

	while (!status && (word = next_word(words))) {
		if (!strcmp(word, "dev")) {
			status = take_device(words, device);
		} else if (address) {
			status = unknown_word(word);
		} else {
			address = word;
			status = parse_address(word, AF_UNSPEC, &host);
		}
	}
	if (status)
		return status;
	return address ? ask_mapping(device, address, &host) : missing("the address");
}

static enum status put_mapping(enum nat64_cmd command, struct words *words)
{
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	struct mapping mapping;

	if (mapping_parse_whole(words, device, &mapping))
		return WRONG;
	return bulk_add(command, device, &mapping);
}

static enum status map_add(struct words *words)
{
	return put_mapping(NAT64_CMD_MAP_ADD, words);
}

static enum status map_replace(struct words *words)
{
	return put_mapping(NAT64_CMD_MAP_REPLACE, words);
}

static enum status map_del(struct words *words)
{
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	struct mapping mapping;

	if (mapping_parse(words, device, &mapping))
		return WRONG;
	if (mapping.type)
		return unknown_word("dynamic");
	if (!mapping.has6 && !mapping.has4)
		return missing("the address or prefix");
	return bulk_add(NAT64_CMD_MAP_DEL, device, &mapping);
}

static const struct command commands[] = {
	{ .name = "show",	.run = map_show },
	{ .name = "list",	.run = map_show },
	{ .name = "add",	.run = map_add,		.gathers = true },
	{ .name = "replace",	.run = map_replace,	.gathers = true,	.whole = true },
	{ .name = "del",	.run = map_del,		.gathers = true,	.whole = true },
	{ .name = "delete",	.run = map_del,		.gathers = true,	.whole = true },
	{ .name = "get",	.run = map_get },
	{ .name = "flush",	.run = map_flush,	.whole = true },
	{ }
};

const struct object map_object = {
	.name = "map",
	.about = "mappings of addresses",
	.usage = usage,
	.commands = commands,
};
