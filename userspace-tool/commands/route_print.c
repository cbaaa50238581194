// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 route: the answer, as text and as JSON.
 */
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>

#include "cli/color.h"
#include "cli/print.h"
#include "commands/route.h"
#include "commands/stats.h"

static const struct {
	bool ipv6;
	uint8_t type;
	uint8_t code;
	const char *text;
} icmp_kinds[] = {
	{ true, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE, "no route" },
	{ true, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN, "administratively prohibited" },
	{ true, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_BEYONDSCOPE,
	  "beyond scope of source address" },
	{ true, ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR, "address unreachable" },
	{ true, ICMP6_DST_UNREACH, 5, "source address failed ingress/egress policy" },
	{ false, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, "host unreachable" },
	{ false, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, "administratively prohibited" },
};

static const char *icmp_text(const struct route *route)
{
	for (size_t i = 0; i < sizeof(icmp_kinds) / sizeof(*icmp_kinds); i++) {
		if (icmp_kinds[i].ipv6 == route->ipv6 && icmp_kinds[i].type == route->icmp_type &&
		    icmp_kinds[i].code == route->icmp_code)
			return icmp_kinds[i].text;
	}
	return "another error";
}

/* Whether an end is known in a family. */
static bool has_side(const struct route_end *end, bool ipv6)
{
	return ipv6 ? end->has6 : end->has4;
}

static const char *side_text(const struct route_end *end, bool ipv6, char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(ipv6 ? AF_INET6 : AF_INET, ipv6 ? (const void *)&end->addr6 :
							   (const void *)&end->addr4,
			 text, INET6_ADDRSTRLEN);
}

static void print_side(const struct route_end *end, bool ipv6)
{
	char text[INET6_ADDRSTRLEN];

	print_color(ipv6 ? COLOR_INET6 : COLOR_INET, "%s", side_text(end, ipv6, text));
}

static void print_ends(const struct route *route, bool ipv6)
{
	if (route->src.given) {
		printf("from ");
		print_side(&route->src, ipv6);
		printf(route->dst.given ? " " : "");
	}
	if (route->dst.given) {
		printf("to ");
		print_side(&route->dst, ipv6);
	}
}

static void print_mapping(const struct mapping *map)
{
	char text6[PREFIX_STRLEN], text4[PREFIX_STRLEN];

	printf("%s mapping %s %s", mapping_type(map), mapping_text6(map, text6),
	       mapping_text4(map, text4));
	if (map->type == NAT64_MAP_DYNAMIC)
		printf(" idle %us", map->idle);
}

static void print_via(const struct route_end *end)
{
	char prefix[PREFIX_STRLEN], block[PREFIX_STRLEN];

	prefix_text(&end->prefix, prefix);
	prefix_text(&end->block, block);
	switch (end->via) {
	case NAT64_VIA_MAP:
		print_mapping(&end->map);
		break;
	case NAT64_VIA_PREFIX:
		printf("prefix %s", prefix);
		break;
	case NAT64_VIA_TRANSLATABLE:
		printf("translatable %s, prefix %s", block, prefix);
		break;
	case NAT64_VIA_POOL:
		printf("new mapping from pool %s", block);
		if (end->map.has4) {
			printf(" in place of ");
			print_mapping(&end->map);
		}
		break;
	default:
		printf("no entry");
	}
}

static void print_end(const char *name, const struct route *route, const struct route_end *end)
{
	if (!end->given)
		return;
	printf("    %-4s ", name);
	print_side(end, route->ipv6);
	if (has_side(end, !route->ipv6)) {
		printf(" is ");
		print_side(end, !route->ipv6);
	}
	printf(": ");
	print_via(end);
	putchar('\n');
}

static void print_translated(const struct route *route)
{
	print_color(COLOR_GOOD, "becomes ");
	print_ends(route, !route->ipv6);
	if (*route->oif) {
		printf(" dev ");
		print_masked(COLOR_DEVICE, route->oif);
	} else if (route->dst.given) {
		printf(", to which there is no route");
	}
}

static void print_dropped(const struct route *route)
{
	const struct stat_words *words;

	words = &stat_words[route->reason <= NAT64_STAT_MAX ? route->reason : 0];
	print_color(COLOR_BAD, "is dropped");
	printf(": %s: %s", words->name ?: "for an unknown reason", words->text ?: "");
	if (route->icmp_type)
		printf("; %s %u code %u, %s, tells the sender", route->ipv6 ? "ICMPv6" : "ICMP",
		       route->icmp_type, route->icmp_code, icmp_text(route));
}

/* See nat64_require_covered() in the kernel. */
static void print_not_covered(const struct route *route)
{
	print_color(COLOR_DOUBT, "is not covered");
	printf(": the target lets it pass; led here by a route, it is dropped as %s",
	       stat_words[route->ipv6 ? NAT64_STAT_DROP_NOT_COVERED6 :
					NAT64_STAT_DROP_NO_MAPPING4].name);
}

static void print_text(const struct route *route)
{
	print_ends(route, route->ipv6);
	putchar(' ');
	if (!route->covered)
		print_not_covered(route);
	else if (route->reason)
		print_dropped(route);
	else
		print_translated(route);
	putchar('\n');
	print_end("from", route, &route->src);
	print_end("to", route, &route->dst);
	route_print_fast(route);
}

static void add_side(json_object *object, const struct route_end *end, bool ipv6)
{
	char text[INET6_ADDRSTRLEN];

	if (has_side(end, ipv6))
		json_add_string(object, ipv6 ? "ipv6" : "ipv4", side_text(end, ipv6, text));
}

static void add_map(json_object *object, const struct route_end *end)
{
	json_object *map;

	if (!end->map.has4)
		return;
	map = json_object_new_object();
	mapping_to_json(&end->map, map);
	json_object_object_add(object, "map", map);
}

static void add_end(json_object *object, const char *name, const struct route_end *end)
{
	static const char *const vias[] = {
		[NAT64_VIA_MAP] = "map",
		[NAT64_VIA_PREFIX] = "prefix",
		[NAT64_VIA_TRANSLATABLE] = "translatable",
		[NAT64_VIA_POOL] = "pool",
	};
	char text[PREFIX_STRLEN];
	json_object *about;

	if (!end->given)
		return;
	about = json_object_new_object();
	add_side(about, end, true);
	add_side(about, end, false);
	if (end->via && end->via <= NAT64_VIA_POOL)
		json_add_string(about, "via", vias[end->via]);
	add_map(about, end);
	if (end->prefix.family)
		json_add_string(about, "prefix", prefix_text(&end->prefix, text));
	if (end->block.family)
		json_add_string(about, end->via == NAT64_VIA_POOL ? "pool" : "translatable",
				prefix_text(&end->block, text));
	json_object_object_add(object, name, about);
}

static void add_icmp(json_object *object, const struct route *route)
{
	json_object *icmp = json_object_new_object();

	json_object_object_add(icmp, "type", json_object_new_int(route->icmp_type));
	json_object_object_add(icmp, "code", json_object_new_int(route->icmp_code));
	json_add_string(icmp, "text", icmp_text(route));
	json_object_object_add(object, "icmp", icmp);
}

static json_object *to_json(const struct route *route)
{
	json_object *object = json_object_new_object();

	json_add_string(object, "ifname", route->device);
	json_add_string(object, "result", !route->covered ? "not_covered" :
			route->reason ? "dropped" : "translated");
	add_end(object, "src", &route->src);
	add_end(object, "dst", &route->dst);
	if (route->reason && route->reason <= NAT64_STAT_MAX) {
		json_add_string(object, "reason", stat_words[route->reason].name);
		json_add_string(object, "text", stat_words[route->reason].text);
	}
	if (route->icmp_type)
		add_icmp(object, route);
	if (*route->oif)
		json_add_string(object, "oif", route->oif);
	if (route->fast.known)
		json_object_object_add(object, "fast", route_fast_to_json(&route->fast));
	return object;
}

static void print_json(const struct route *route, const struct route *back)
{
	json_object *object = to_json(route);

	if (back)
		json_object_object_add(object, "back", to_json(back));
	json_list_begin();
	json_list_add(object);
	json_list_end();
}

void route_print(const struct route *route, const struct route *back)
{
	if (options.json) {
		print_json(route, back);
		return;
	}
	print_text(route);
	if (back) {
		printf("That one is for a host of the device, and led into it once more:\n");
		print_text(back);
	}
}
