// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 flow: the flows that the fast path knows.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/color.h"
#include "cli/print.h"
#include "netlink/flow_list.h"
#include "netlink/genl.h"

static const char usage[] =
	"Usage: nat64 flow [show] [ADDRESS] [dev NAME]\n"
	"       nat64 flow count [ADDRESS] [dev NAME]\n"
	"       nat64 flow flush [ADDRESS] [dev NAME]\n"
	"\n"
	"Shows, counts or ends the flows whose packets go fast: see \"fast\" of nat64 dev. Each is of\n"
	"one direction. ADDRESS is IPv6 or IPv4, and on either side of the translation. A flow that is\n"
	"ended is no connection that is ended: its next packets take the ordinary way.\n"
	"NAME is nat64 if left out.\n";

/* What is padded on a terminal. */
enum column { IIF, SRC, DST, NEW_SRC, NEW_DST, OIF, COLUMNS };

#define COLUMN_SIZE (INET6_ADDRSTRLEN + sizeof("[]:65535") - 1)

struct row {
	char columns[COLUMNS][COLUMN_SIZE];
};

static const char *protocol_name(const struct flow *flow, char text[4])
{
	if (flow->protocol == IPPROTO_TCP)
		return "tcp";
	if (flow->protocol == IPPROTO_UDP)
		return "udp";
	snprintf(text, 4, "%u", flow->protocol);
	return text;
}

/* Names of devices as they were told last: the kernel is not asked twice for every flow. */
static struct {
	uint32_t index;
	char name[IFNAMSIZ];
} names[16];

static void forget_names(void)
{
	memset(names, 0, sizeof(names));
}

static void write_device(uint32_t index, char text[COLUMN_SIZE])
{
	size_t i = index % (sizeof(names) / sizeof(*names));

	if (names[i].index != index && !if_indextoname(index, names[i].name))
		snprintf(names[i].name, sizeof(names[i].name), "if%u", index);
	names[i].index = index;
	strcpy(text, names[i].name);
}

static void write_end(const struct flow_end *end, bool ipv6, char text[COLUMN_SIZE])
{
	char addr[INET6_ADDRSTRLEN];

	if (ipv6)
		sprintf(text, "[%s]:%u", inet_ntop(AF_INET6, &end->addr6, addr, sizeof(addr)),
			end->port6);
	else
		sprintf(text, "%s:%u", inet_ntop(AF_INET, &end->addr4, addr, sizeof(addr)),
			end->port4);
}

static void write_row(const struct flow *flow, struct row *row)
{
	write_device(flow->iif, row->columns[IIF]);
	write_end(&flow->src, flow->from6, row->columns[SRC]);
	write_end(&flow->dst, flow->from6, row->columns[DST]);
	write_end(&flow->src, !flow->from6, row->columns[NEW_SRC]);
	write_end(&flow->dst, !flow->from6, row->columns[NEW_DST]);
	write_device(flow->oif, row->columns[OIF]);
}

static void print_column(struct row *row, enum column column, enum color color, const int *widths)
{
	print_color(color, "%-*s", widths[column], mask(row->columns[column]));
}

static void print_row(const struct flow *flow, const int *widths)
{
	enum color before = flow->from6 ? COLOR_INET6 : COLOR_INET;
	enum color behind = flow->from6 ? COLOR_INET : COLOR_INET6;
	struct row row = { };
	char text[4];

	write_row(flow, &row);
	printf("%s iif ", protocol_name(flow, text));
	print_column(&row, IIF, COLOR_DEVICE, widths);
	putchar(' ');
	print_column(&row, SRC, before, widths);
	fputs(" > ", stdout);
	print_column(&row, DST, before, widths);
	fputs(" becomes ", stdout);
	print_column(&row, NEW_SRC, behind, widths);
	fputs(" > ", stdout);
	print_column(&row, NEW_DST, behind, widths);
	fputs(" oif ", stdout);
	print_column(&row, OIF, COLOR_DEVICE, widths);
	printf(" packets %u expires %us mtu %u", flow->packets, flow_seconds(flow), flow->mtu);
	if (flow->mark)
		printf(" mark 0x%x", flow->mark);
	putchar('\n');
}

/* Widths are 0 if a program reads the output. */
static void print_text(const struct flow_list *list)
{
	int widths[COLUMNS] = { };

	for (size_t i = 0; i < list->count && isatty(STDOUT_FILENO); i++) {
		struct row row = { };

		write_row(&list->flows[i], &row);
		for (int column = 0; column < COLUMNS; column++) {
			int len = strlen(row.columns[column]);

			widths[column] = len > widths[column] ? len : widths[column];
		}
	}
	for (size_t i = 0; i < list->count; i++)
		print_row(&list->flows[i], widths);
}

static void add_end(json_object *object, const char *addr_name, const char *port_name,
		    const struct flow_end *end, bool ipv6)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(ipv6 ? AF_INET6 : AF_INET, ipv6 ? (const void *)&end->addr6 :
						    (const void *)&end->addr4, text, sizeof(text));
	json_add_string(object, addr_name, text);
	json_add_number(object, port_name, ipv6 ? end->port6 : end->port4);
}

static json_object *to_json(const struct flow *flow)
{
	json_object *object = json_object_new_object();
	char name[COLUMN_SIZE], text[4];

	json_add_string(object, "protocol", protocol_name(flow, text));
	write_device(flow->iif, name);
	json_add_string(object, "iif", name);
	add_end(object, "src", "sport", &flow->src, flow->from6);
	add_end(object, "dst", "dport", &flow->dst, flow->from6);
	add_end(object, "new_src", "new_sport", &flow->src, !flow->from6);
	add_end(object, "new_dst", "new_dport", &flow->dst, !flow->from6);
	write_device(flow->oif, name);
	json_add_string(object, "oif", name);
	json_add_number(object, "packets", flow->packets);
	json_add_number(object, "expires", flow_seconds(flow));
	json_add_number(object, "mtu", flow->mtu);
	json_add_number(object, "mark", flow->mark);
	return object;
}

static void print_json(const struct flow_list *list)
{
	json_list_begin();
	for (size_t i = 0; i < list->count; i++)
		json_list_add(to_json(&list->flows[i]));
	json_list_end();
}

/* The words of all three commands: [ADDRESS] [dev NAME]. */
struct selection {
	char device[IFNAMSIZ];
	const char *word;	/* the address, NULL without one */
	struct prefix host;
};

static enum status parse_selection(struct words *words, struct selection *selection)
{
	enum status status = DONE;
	const char *word;

	memset(selection, 0, sizeof(*selection));
	strcpy(selection->device, DEFAULT_DEVICE);
	while (!status && (word = next_word(words))) {
		if (!strcmp(word, "dev")) {
			status = take_device(words, selection->device);
		} else if (selection->word) {
			status = unknown_word(word);
		} else {
			selection->word = word;
			status = parse_address(word, AF_UNSPEC, &selection->host);
		}
	}
	return status;
}

static enum status fetch(const struct selection *selection, struct flow_list *list)
{
	return flow_list_fetch(selection->device, selection->word ? &selection->host : NULL, list);
}

static enum status flow_show(struct words *words)
{
	struct flow_list list = { };
	struct selection selection;
	enum status status;

	if (parse_selection(words, &selection))
		return WRONG;
	forget_names();
	status = fetch(&selection, &list);
	if (!status)
		(options.json ? print_json : print_text)(&list);
	free(list.flows);
	return status;
}

static void print_count(const struct selection *selection, size_t count)
{
	json_object *object;

	if (!options.json) {
		printf("%zu\n", count);
		return;
	}
	object = json_object_new_object();
	json_add_string(object, "ifname", selection->device);
	json_add_number(object, "flows", count);
	json_list_begin();
	json_list_add(object);
	json_list_end();
}

static enum status flow_count(struct words *words)
{
	struct flow_list list = { };
	struct selection selection;
	enum status status;

	if (parse_selection(words, &selection))
		return WRONG;
	status = fetch(&selection, &list);
	if (!status)
		print_count(&selection, list.count);
	free(list.flows);
	return status;
}

static enum status flow_flush(struct words *words)
{
	struct selection selection;
	struct nlmsghdr *nlh;

	if (parse_selection(words, &selection))
		return WRONG;
	nlh = genl_begin(NAT64_CMD_FLOW_FLUSH, selection.device);
	if (!nlh)
		return REFUSED;
	if (selection.word && selection.host.family == AF_INET6)
		mnl_attr_put(nlh, NAT64_A_ADDR6, sizeof(selection.host.addr6),
			     &selection.host.addr6);
	else if (selection.word)
		mnl_attr_put(nlh, NAT64_A_ADDR4, sizeof(selection.host.addr4),
			     &selection.host.addr4);
	return genl_talk(nlh, NULL, NULL) ? genl_refused("dev %s", selection.device) : DONE;
}

static const struct command commands[] = {
	{ .name = "show",	.run = flow_show },
	{ .name = "list",	.run = flow_show },
	{ .name = "count",	.run = flow_count },
	{ .name = "flush",	.run = flow_flush,	.whole = true },
	{ }
};

const struct object flow_object = {
	.name = "flow",
	.about = "flows that go fast",
	.usage = usage,
	.commands = commands,
};
