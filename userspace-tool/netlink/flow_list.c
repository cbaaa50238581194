// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "netlink/flow_list.h"
#include "netlink/genl.h"

/* The types of the attributes that tell of a source or a destination. */
struct end_types {
	uint16_t addr;
	uint16_t port;
	uint16_t new_addr;
	uint16_t new_port;
};

/* false if the address is not of one family before, and of the other one behind. */
static bool read_end(const struct nlattr *const *attrs, const struct end_types *types, bool from6,
		     struct flow_end *end)
{
	const void *addr6, *addr4;

	addr6 = attr_bytes(attrs[from6 ? types->addr : types->new_addr], sizeof(end->addr6));
	addr4 = attr_bytes(attrs[from6 ? types->new_addr : types->addr], sizeof(end->addr4));
	if (!addr6 || !addr4)
		return false;
	memcpy(&end->addr6, addr6, sizeof(end->addr6));
	memcpy(&end->addr4, addr4, sizeof(end->addr4));
	end->port6 = attr_u32(attrs[from6 ? types->port : types->new_port]);
	end->port4 = attr_u32(attrs[from6 ? types->new_port : types->port]);
	return true;
}

static bool read_flow(const struct nlattr *nest, struct flow *flow)
{
	static const struct end_types src = {
		NAT64_FLOW_A_SRC, NAT64_FLOW_A_SPORT, NAT64_FLOW_A_NEW_SRC, NAT64_FLOW_A_NEW_SPORT,
	}, dst = {
		NAT64_FLOW_A_DST, NAT64_FLOW_A_DPORT, NAT64_FLOW_A_NEW_DST, NAT64_FLOW_A_NEW_DPORT,
	};
	const struct nlattr *attrs[NAT64_FLOW_A_MAX + 1];

	genl_parse_nest(nest, attrs, NAT64_FLOW_A_MAX);
	flow->from6 = attr_bytes(attrs[NAT64_FLOW_A_SRC], sizeof(struct in6_addr));
	if (!read_end(attrs, &src, flow->from6, &flow->src) ||
	    !read_end(attrs, &dst, flow->from6, &flow->dst))
		return false;
	flow->protocol = attr_u32(attrs[NAT64_FLOW_A_PROTOCOL]);
	flow->iif = attr_u32(attrs[NAT64_FLOW_A_IN]);
	flow->oif = attr_u32(attrs[NAT64_FLOW_A_OUT]);
	flow->mtu = attr_u32(attrs[NAT64_FLOW_A_MTU]);
	flow->mark = attr_u32(attrs[NAT64_FLOW_A_MARK]);
	flow->packets = attr_u32(attrs[NAT64_FLOW_A_PACKETS]);
	flow->expires = attr_u32(attrs[NAT64_FLOW_A_EXPIRES]);
	return true;
}

static bool is_host(const struct flow_end *end, const struct prefix *host)
{
	if (host->family == AF_INET6)
		return !memcmp(&host->addr6, &end->addr6, sizeof(end->addr6));
	return host->addr4.s_addr == end->addr4.s_addr;
}

static enum status flow_list_add(struct flow_list *list, const struct flow *flow)
{
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 256;
		struct flow *flows = reallocarray(list->flows, room, sizeof(*flows));

		if (!flows)
			return fail(REFUSED, "out of memory after %zu flows", list->count);
		list->flows = flows;
		list->room = room;
	}
	list->flows[list->count++] = *flow;
	return DONE;
}

struct fetch {
	struct flow_list *list;
	const struct prefix *host;	/* all flows if NULL */
};

static enum status read_flows(const struct nlmsghdr *nlh, void *data)
{
	const struct fetch *fetch = data;
	enum status status = DONE;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		const struct prefix *host = fetch->host;
		struct flow flow;

		if (mnl_attr_get_type(attr) != NAT64_A_FLOW || !read_flow(attr, &flow))
			continue;
		if (host && !is_host(&flow.src, host) && !is_host(&flow.dst, host))
			continue;
		status = flow_list_add(fetch->list, &flow);
		if (status)
			break;
	}
	return status;
}

static void restart(void *data)
{
	const struct fetch *fetch = data;

	fetch->list->count = 0;
}

/*
 * What flows are sorted by, most important first, and what tells one from another. The IPv6 host
 * comes first: NAT behind the device leaves that side alone, so both directions of a connection
 * have it. Big endian and without holes, for memcmp().
 */
struct order {
	struct in6_addr host;
	struct in6_addr peer;
	uint16_t protocol;
	uint16_t host_port;
	uint16_t peer_port;
	uint16_t to6;
	struct in_addr src4;
	struct in_addr dst4;
	uint16_t sport4;
	uint16_t dport4;
	uint32_t iif;
};

static struct order order_of(const struct flow *flow)
{
	const struct flow_end *host = flow->from6 ? &flow->src : &flow->dst;
	const struct flow_end *peer = flow->from6 ? &flow->dst : &flow->src;

	return (struct order){
		.host = host->addr6,
		.peer = peer->addr6,
		.protocol = htons(flow->protocol),
		.host_port = htons(host->port6),
		.peer_port = htons(peer->port6),
		.to6 = htons(!flow->from6),
		.src4 = flow->src.addr4,
		.dst4 = flow->dst.addr4,
		.sport4 = htons(flow->src.port4),
		.dport4 = htons(flow->dst.port4),
		.iif = htonl(flow->iif),
	};
}

static int by_host(const void *a, const void *b)
{
	struct order left = order_of(a), right = order_of(b);

	return memcmp(&left, &right, sizeof(left));
}

enum status flow_list_fetch(const char *device, const struct prefix *host, struct flow_list *list)
{
	struct nlmsghdr *nlh = genl_begin(NAT64_CMD_FLOW_GET, device);
	struct fetch fetch = { .list = list, .host = host };

	if (!nlh)
		return REFUSED;
	if (genl_dump(nlh, read_flows, restart, &fetch))
		return genl_refused("dev %s", device);
	list->count = genl_dump_sort(list->flows, list->count, sizeof(*list->flows), by_host);
	return DONE;
}
