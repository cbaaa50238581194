// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 route: what a packet between two addresses would become, by which entry, or why not.
 */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "commands/route.h"
#include "netlink/genl.h"
#include "netlink/route_get.h"

static const char usage[] =
	"Usage: nat64 route [from] ADDRESS [to] ADDRESS [dev NAME]\n"
	"       nat64 route { from | to } ADDRESS [dev NAME]\n"
	"\n"
	"Explains how a packet would be translated and by which entry, or why it would be dropped, and\n"
	"changes nothing. A single address is a destination. If one address is IPv6 and the other\n"
	"IPv4, the destination is first converted to the family of the source.\n"
	"Exit status: 0 if the packet would be translated, 1 if not.\n";

static void read_end(const struct nlattr *nest, struct route_end *end)
{
	const struct nlattr *attrs[NAT64_END_A_MAX + 1];
	const void *addr6, *addr4;

	if (!nest)
		return;
	genl_parse_nest(nest, attrs, NAT64_END_A_MAX);
	addr6 = attr_bytes(attrs[NAT64_END_A_ADDR6], sizeof(end->addr6));
	addr4 = attr_bytes(attrs[NAT64_END_A_ADDR4], sizeof(end->addr4));
	end->given = true;
	end->has6 = addr6;
	end->has4 = addr4;
	if (addr6)
		memcpy(&end->addr6, addr6, sizeof(end->addr6));
	if (addr4)
		memcpy(&end->addr4, addr4, sizeof(end->addr4));
	end->via = attr_u8(attrs[NAT64_END_A_VIA]);
	if (attrs[NAT64_END_A_MAP])
		mapping_get(attrs[NAT64_END_A_MAP], &end->map);
	if (attrs[NAT64_END_A_PREFIX])
		attr_prefix(attrs[NAT64_END_A_PREFIX], &end->prefix);
	if (attrs[NAT64_END_A_BLOCK])
		attr_prefix(attrs[NAT64_END_A_BLOCK], &end->block);
}

static enum status read_route(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[NAT64_A_MAX + 1];
	struct route *route = data;

	genl_parse(nlh, attrs, NAT64_A_MAX);
	read_end(attrs[NAT64_A_SRC], &route->src);
	read_end(attrs[NAT64_A_DST], &route->dst);
	route->covered = !attrs[NAT64_A_NOT_COVERED];
	route->reason = attr_u32(attrs[NAT64_A_REASON]);
	route->icmp_type = attr_u8(attrs[NAT64_A_ICMP_TYPE]);
	route->icmp_code = attr_u8(attrs[NAT64_A_ICMP_CODE]);
	return DONE;
}

static void put_end(struct nlmsghdr *nlh, uint16_t type, const struct prefix *host)
{
	struct nlattr *nest;

	if (!host)
		return;
	nest = mnl_attr_nest_start(nlh, type);
	if (host->family == AF_INET6)
		mnl_attr_put(nlh, NAT64_END_A_ADDR6, sizeof(host->addr6), &host->addr6);
	else
		mnl_attr_put(nlh, NAT64_END_A_ADDR4, sizeof(host->addr4), &host->addr4);
	mnl_attr_nest_end(nlh, nest);
}

static enum status ask(const char *device, const struct prefix *src, const struct prefix *dst,
		       bool hairpin, struct route *route)
{
	struct nlmsghdr *nlh = genl_begin(NAT64_CMD_ROUTE_GET, device);

	if (!nlh)
		return REFUSED;
	memset(route, 0, sizeof(*route));
	snprintf(route->device, sizeof(route->device), "%s", device);
	route->ipv6 = (dst ?: src)->family == AF_INET6;
	put_end(nlh, NAT64_A_SRC, src);
	put_end(nlh, NAT64_A_DST, dst);
	if (hairpin)
		mnl_attr_put(nlh, NAT64_A_HAIRPIN, 0, NULL);
	return genl_talk(nlh, read_route, route) ? genl_refused("route dev %s", device) : DONE;
}

/* One end, in the family that the packet does not have yet. */
static struct prefix other_side(const struct route *route, const struct route_end *end)
{
	struct prefix host = { .family = route->ipv6 ? AF_INET : AF_INET6 };

	host.len = host_len(host.family);
	if (route->ipv6)
		host.addr4 = end->addr4;
	else
		host.addr6 = end->addr6;
	return host;
}

static void find_way_out(struct route *route)
{
	struct prefix host = other_side(route, &route->dst);
	uint32_t index;

	if (!route->dst.given || !route_is_translated(route))
		return;
	index = route_get(host.family, &host.addr6);
	if (!index || !if_indextoname(index, route->oif))
		*route->oif = '\0';
}

/* Replaces a host of the other family by the address that the source's family knows it by. */
static enum status call_by_family(const char *device, int family, struct prefix *dst)
{
	char text[PREFIX_STRLEN];
	struct route route;

	if (dst->family == family)
		return DONE;
	if (ask(device, dst, NULL, false, &route))
		return REFUSED;
	if (!route_is_translated(&route) || route.src.via == NAT64_VIA_POOL)
		return fail(REFUSED, "route to %s: no %s host has an address for it as yet",
			    prefix_text(dst, text), family == AF_INET6 ? "IPv6" : "IPv4");
	*dst = other_side(&route, &route.src);
	return DONE;
}

/* A packet that the device has made IPv4 may be for one of its own hosts (RFC 7757). */
static enum status ask_back(const struct route *route, struct route *back)
{
	struct prefix src, dst;

	back->covered = false;
	if (!route->ipv6 || !route->dst.given || !route_is_translated(route))
		return DONE;
	src = other_side(route, &route->src);
	dst = other_side(route, &route->dst);
	if (ask(route->device, route->src.given ? &src : NULL, &dst, true, back))
		return REFUSED;
	find_way_out(back);
	return DONE;
}

static enum status explain(const char *device, const struct prefix *src, struct prefix *dst)
{
	struct route route, back;

	if (src && dst && call_by_family(device, src->family, dst))
		return REFUSED;
	if (ask(device, src, dst, false, &route))
		return REFUSED;
	find_way_out(&route);
	if (route_find_fast(&route) || ask_back(&route, &back))
		return REFUSED;
	route_print(&route, back.covered ? &back : NULL);
	return route_is_translated(&route) ? DONE : REFUSED;
}

/* Addresses without a named role are source, then destination; a single one is the destination. */
static enum status give_roles(struct prefix *named[2], struct prefix bare[2], unsigned int count)
{
	if (count == 1 && !named[0] && !named[1]) {
		named[1] = &bare[0];
		return DONE;
	}
	for (unsigned int role = 0, next = 0; role < 2 && next < count; role++)
		if (!named[role])
			named[role] = &bare[next++];
	return named[0] || named[1] ? DONE : missing("the address");
}

static enum status take_named(struct words *words, const char *role, struct prefix *host)
{
	const char *word = next_word(words);

	if (!word)
		return missing(strcmp(role, "to") ? "the address after \"from\"" : "the address after \"to\"");
	return parse_address(word, AF_UNSPEC, host);
}

static enum status run(struct words *words)
{
	struct prefix hosts[2], bare[2], *named[2] = { };	/* source, destination */
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	enum status status = DONE;
	unsigned int count = 0;
	const char *word;

	while (!status && (word = next_word(words))) {
		int role = !strcmp(word, "from") ? 0 : !strcmp(word, "to") ? 1 : -1;

		if (!strcmp(word, "dev")) {
			status = take_device(words, device);
		} else if (count + !!named[0] + !!named[1] == 2 || (role >= 0 && named[role])) {
			status = unknown_word(word);
		} else if (role >= 0) {
			named[role] = &hosts[role];
			status = take_named(words, word, named[role]);
		} else {
			status = parse_address(word, AF_UNSPEC, &bare[count++]);
		}
	}
	if (status || give_roles(named, bare, count))
		return WRONG;
	return explain(device, named[0], named[1]);
}

const struct object route_object = {
	.name = "route",
	.about = "how a packet would be translated, or why not",
	.usage = usage,
	.run = run,
};
