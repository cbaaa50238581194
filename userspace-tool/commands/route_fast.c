// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 route: whether such packets go fast, or what is known about why they do not.
 */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/color.h"
#include "cli/print.h"
#include "commands/route.h"
#include "commands/stats.h"
#include "netlink/answers.h"
#include "netlink/config_table.h"
#include "netlink/flow_list.h"
#include "netlink/genl.h"

/* Why no flow was made, by counter. */
static const enum nat64_stat refusals[] = {
	NAT64_STAT_FAST_FULL, NAT64_STAT_FAST_CONNTRACK, NAT64_STAT_FAST_CHANGED, NAT64_STAT_FAST_WAY,
};

static bool is_end(const struct route_end *end, const struct flow_end *flow_end)
{
	return !end->given || !memcmp(&end->addr6, &flow_end->addr6, sizeof(end->addr6));
}

/* NAT behind the device changes the IPv4 addresses of a flow, and leaves alone those of IPv6. */
static bool is_between(const struct flow *flow, const struct route *route)
{
	return flow->from6 == route->ipv6 && is_end(&route->src, &flow->src) &&
	       is_end(&route->dst, &flow->dst);
}

static void add_flow(const struct flow *flow, struct route_fast *fast)
{
	char oif[IFNAMSIZ];

	if (!if_indextoname(flow->oif, oif))
		snprintf(oif, sizeof(oif), "if%u", flow->oif);
	if (!fast->flows)
		strcpy(fast->oif, oif);
	fast->others |= strcmp(fast->oif, oif) != 0;
	if (flow_seconds(flow) > fast->seconds)
		fast->seconds = flow_seconds(flow);
	fast->flows++;
}

static enum status find_flows(struct route *route)
{
	const struct route_end *end = route->dst.given ? &route->dst : &route->src;
	struct prefix host = { .family = AF_INET6, .addr6 = end->addr6, .len = 128 };
	struct flow_list list = { };
	enum status status = flow_list_fetch(route->device, &host, &list);

	for (size_t i = 0; !status && i < list.count; i++) {
		if (is_between(&list.flows[i], route))
			add_flow(&list.flows[i], &route->fast);
	}
	free(list.flows);
	return status;
}

static enum status find_refusals(struct route *route)
{
	struct stats_list list = { };
	enum status status = stats_fetch(route->device, &list);

	for (size_t i = 0; list.count && i < sizeof(refusals) / sizeof(*refusals); i++) {
		if (list.devices[0].values[refusals[i]])
			route->fast.refused |= 1 << i;
	}
	free(list.devices);
	return status;
}

enum status route_find_fast(struct route *route)
{
	const struct nlattr *attrs[NAT64_A_MAX + 1];
	struct answers answers = { };
	enum status status;

	if (!route_is_translated(route))
		return DONE;
	status = answers_fetch(NAT64_CMD_DEV_GET, route->device, &answers);
	if (status || !answers.count) {
		answers_clear(&answers);
		return status;
	}
	genl_parse(answers.messages[0], attrs, NAT64_A_MAX);
	route->fast.known = attrs[NAT64_A_FAST];
	route->fast.mode = attr_u32(attrs[NAT64_A_FAST]);
	answers_clear(&answers);
	if (!route->fast.mode)
		return DONE;
	status = find_flows(route);
	if (!status && !route->fast.flows)
		status = find_refusals(route);
	return status;
}

static void print_refusals(const struct route_fast *fast)
{
	const char *separator = "; of this device's, some were refused: ";

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		if (!(fast->refused & 1 << i))
			continue;
		printf("%s%s", separator, stat_words[refusals[i]].name);
		separator = ", ";
	}
}

void route_print_fast(const struct route *route)
{
	const struct route_fast *fast = &route->fast;

	if (!fast->mode)
		return;
	if (!fast->flows) {
		printf("    no flow cached: no second packet of TCP or UDP was let through yet");
		print_refusals(fast);
		putchar('\n');
		return;
	}
	if (fast->flows == 1)
		printf("    flow cached, via ");
	else
		printf("    %zu flows cached, via ", fast->flows);
	print_masked(COLOR_DEVICE, fast->oif);
	printf("%s, %s%u s left\n", fast->others ? " and others" : "",
	       fast->flows == 1 ? "" : "up to ", fast->seconds);
}

static const char *mode_name(uint32_t mode)
{
	const struct config_option *option;

	for_each_option(option) {
		if (option->attr == NAT64_A_FAST && mode < CHOICES)
			return option->choices[mode];
	}
	return "?";
}

json_object *route_fast_to_json(const struct route_fast *fast)
{
	json_object *object = json_object_new_object(), *refused = json_object_new_array();

	json_add_string(object, "mode", mode_name(fast->mode));
	json_add_number(object, "flows", fast->flows);
	if (fast->flows) {
		json_add_string(object, "oif", fast->oif);
		json_add_number(object, "expires", fast->seconds);
	}
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		if (fast->refused & 1 << i)
			json_object_array_add(refused,
					      json_object_new_string(stat_words[refusals[i]].name));
	}
	json_object_object_add(object, "refused", refused);
	return object;
}
