// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: what would become of a packet. The answer comes from the function
 * that packets use; a question makes no mapping and keeps none alive.
 */

#include "netlink_route.h"
#include "drop.h"
#include "lookup.h"
#include "netlink_common.h"
#include "netlink_dev.h"
#include "netlink_map.h"
#include "resolve.h"

#include <net/genetlink.h>

const struct nla_policy nat64_end_policy[NAT64_END_A_MAX + 1] = {
	[NAT64_END_A_ADDR6]	= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_END_A_ADDR4]	= NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),
};

/**
 * struct nat64_route - a packet that is asked about
 * @ctx: on whose behalf; says in which family the packet comes
 * @tuple: the packet's addresses
 * @has_src: whether the source is given
 * @has_dst: whether the destination is given
 * @verdict: the answer
 */
struct nat64_route {
	struct nat64_context ctx;
	struct nat64_tuple tuple;
	bool has_src;
	bool has_dst;
	enum nat64_verdict verdict;
};

/* Tell of a new mapping, which may replace an idle one. */
static int nat64_fill_via_pool(struct sk_buff *skb,
			       const struct nat64_route *route, __be32 addr4)
{
	const struct nat64_prefix4 *pool = nat64_config_find_pool(route->ctx.config, addr4);
	const struct nat64_map *old = nat64_lookup4(route->ctx.nat, route->ctx.config, addr4);

	if (!pool)
		return 0;
	if (nla_put_u8(skb, NAT64_END_A_VIA, NAT64_VIA_POOL) ||
	    nat64_netlink_fill_prefix4(skb, NAT64_END_A_BLOCK, pool))
		return -EMSGSIZE;
	return old ? nat64_netlink_fill_map(skb, NAT64_END_A_MAP, route->ctx.nat->dev, old) : 0;
}

static int nat64_fill_via_map(struct sk_buff *skb,
			      const struct nat64_route *route,
			      const struct nat64_map *map)
{
	if (nla_put_u8(skb, NAT64_END_A_VIA, NAT64_VIA_MAP))
		return -EMSGSIZE;
	return nat64_netlink_fill_map(skb, NAT64_END_A_MAP, route->ctx.nat->dev, map);
}

static int nat64_fill_via_prefix(struct sk_buff *skb,
				 const struct nat64_prefix6 *prefix,
				 enum nat64_via via)
{
	if (nla_put_u8(skb, NAT64_END_A_VIA, via))
		return -EMSGSIZE;
	return nat64_netlink_fill_prefix6(skb, NAT64_END_A_PREFIX, prefix);
}

/*
 * Tell of the entry that gives an IPv6 address its IPv4 address, if any. Try
 * them in the same order as for packets.
 */
static int nat64_fill_via6(struct sk_buff *skb, const struct nat64_route *route,
			   const struct in6_addr *addr6, __be32 addr4)
{
	const struct nat64_prefix6 *prefix = nat64_config_find_prefix(route->ctx.config, addr6);
	const struct nat64_map *map = NULL;

	if (!prefix || route->ctx.config->prefix_mapped)
		map = nat64_lookup6(route->ctx.nat, route->ctx.config, addr6);
	if (map)
		return nat64_fill_via_map(skb, route, map);
	if (prefix)
		return nat64_fill_via_prefix(skb, prefix, NAT64_VIA_PREFIX);
	return nat64_fill_via_pool(skb, route, addr4);
}

/*
 * The same for an IPv4 address. @source: it is a peer, which is embedded even
 * outside translatable blocks.
 */
static int nat64_fill_via4(struct sk_buff *skb, const struct nat64_route *route,
			   __be32 addr4, bool source)
{
	const struct nat64_config *config = route->ctx.config;
	const struct nat64_prefix4 *block;
	const struct nat64_prefix6 *prefix;
	const struct nat64_map *map = NULL;

	if (!source || !route->ctx.hairpin || !config->n_prefixes)
		map = nat64_lookup4(route->ctx.nat, config, addr4);
	if (map)
		return nat64_fill_via_map(skb, route, map);

	block = nat64_config_find_translatable(config, addr4);
	if (!config->n_prefixes || (!source && !block))
		return 0;
	/* The prefix that it is embedded in; the first if all are barred. */
	prefix = nat64_config_find_prefix(config, source ? &route->tuple.saddr6 :
							   &route->tuple.daddr6);
	if (!prefix)
		prefix = &config->prefixes[0];
	if (source)
		return nat64_fill_via_prefix(skb, prefix, NAT64_VIA_PREFIX);
	return nat64_netlink_fill_prefix4(skb, NAT64_END_A_BLOCK, block) ?:
	       nat64_fill_via_prefix(skb, prefix, NAT64_VIA_TRANSLATABLE);
}

static int nat64_fill_via(struct sk_buff *skb, const struct nat64_route *route,
			  const struct in6_addr *addr6, __be32 addr4,
			  bool source)
{
	return route->ctx.ipv6 ? nat64_fill_via6(skb, route, addr6, addr4) :
			     nat64_fill_via4(skb, route, addr4, source);
}

/*
 * An address that was not found is zero. A source may not even have been looked
 * up.
 */
static int nat64_fill_end(struct sk_buff *skb, int type,
			  const struct nat64_route *route,
			  const struct in6_addr *addr6, __be32 addr4)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	bool has6 = !ipv6_addr_any(addr6), source = type == NAT64_A_SRC;

	if (!nest ||
	    (has6 && nla_put_in6_addr(skb, NAT64_END_A_ADDR6, addr6)) ||
	    (addr4 && nla_put_in_addr(skb, NAT64_END_A_ADDR4, addr4)) ||
	    ((!source || (has6 && addr4)) && nat64_fill_via(skb, route, addr6, addr4, source)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nat64_fill_verdict(struct sk_buff *skb,
			      const struct nat64_route *route)
{
	u8 type, code;

	if (route->verdict == NAT64_NOT_COVERED)
		return nla_put_flag(skb, NAT64_A_NOT_COVERED);
	if (route->verdict == NAT64_OK)
		return 0;
	if (nla_put_u32(skb, NAT64_A_REASON, nat64_drop_stat(route->verdict)))
		return -EMSGSIZE;
	if (!nat64_drop_answer_kind(route->ctx.ipv6, route->verdict, &type, &code))
		return 0;
	if (nla_put_u8(skb, NAT64_A_ICMP_TYPE, type) || nla_put_u8(skb, NAT64_A_ICMP_CODE, code))
		return -EMSGSIZE;
	return 0;
}

static int nat64_fill_route(struct sk_buff *skb,
			    const struct nat64_route *route)
{
	const struct nat64_tuple *tuple = &route->tuple;

	if (nat64_netlink_fill_name(skb, route->ctx.nat) ||
	    (route->has_src && nat64_fill_end(skb, NAT64_A_SRC, route, &tuple->saddr6,
					      tuple->saddr4)) ||
	    (route->has_dst && nat64_fill_end(skb, NAT64_A_DST, route, &tuple->daddr6,
					      tuple->daddr4)))
		return -EMSGSIZE;
	return nat64_fill_verdict(skb, route);
}

/* In the same order as for packets. */
static enum nat64_verdict nat64_route_resolve(struct nat64_route *route)
{
	enum nat64_verdict verdict = NAT64_OK;

	if (route->has_dst)
		verdict = nat64_resolve(&route->ctx, NAT64_DST, &route->tuple);
	if (!verdict && route->has_src)
		verdict = nat64_resolve(&route->ctx, NAT64_SRC, &route->tuple);
	return verdict;
}

/* Resolve and report under all locks, so that nothing changes in between. */
static int nat64_route_answer(struct sk_buff *msg, struct nat64_route *route)
{
	struct nat64 *nat = route->ctx.nat;
	int err;

	mutex_lock(&nat->lock);
	rcu_read_lock();
	spin_lock_bh(&nat->dynamic.lock);
	route->ctx.config = nat64_config(nat);
	route->verdict = nat64_route_resolve(route);
	err = nat64_fill_route(msg, route);
	spin_unlock_bh(&nat->dynamic.lock);
	rcu_read_unlock();
	mutex_unlock(&nat->lock);
	return err;
}

static int nat64_parse_end(const struct nlattr *attr, struct nat64_route *route,
			   struct in6_addr *addr6, __be32 *addr4,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_END_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAT64_END_A_MAX, attr, nat64_end_policy, extack);
	if (err)
		return err;
	if (!tb[NAT64_END_A_ADDR6] == !tb[NAT64_END_A_ADDR4])
		return nat64_netlink_refuse(extack, attr,
					    "either an IPv6 or an IPv4 address is needed");
	if ((route->has_src || route->has_dst) && route->ctx.ipv6 != !!tb[NAT64_END_A_ADDR6])
		return nat64_netlink_refuse(extack, attr,
					    "source and destination are of different families");
	route->ctx.ipv6 = tb[NAT64_END_A_ADDR6];
	if (route->ctx.ipv6)
		*addr6 = nla_get_in6_addr(tb[NAT64_END_A_ADDR6]);
	else
		*addr4 = nla_get_in_addr(tb[NAT64_END_A_ADDR4]);
	return 0;
}

static int nat64_parse_route(struct nlattr **attrs, struct nat64_route *route,
			     struct netlink_ext_ack *extack)
{
	struct nat64_tuple *tuple = &route->tuple;
	int err;

	if (!attrs[NAT64_A_SRC] && !attrs[NAT64_A_DST]) {
		NL_SET_ERR_MSG(extack, "neither source nor destination named");
		return -EINVAL;
	}
	if (attrs[NAT64_A_SRC]) {
		err = nat64_parse_end(attrs[NAT64_A_SRC], route, &tuple->saddr6, &tuple->saddr4,
				      extack);
		if (err)
			return err;
		route->has_src = true;
	}
	if (attrs[NAT64_A_DST]) {
		err = nat64_parse_end(attrs[NAT64_A_DST], route, &tuple->daddr6, &tuple->daddr4,
				      extack);
		if (err)
			return err;
		route->has_dst = true;
	}
	route->ctx.hairpin = nla_get_flag(attrs[NAT64_A_HAIRPIN]);
	if (route->ctx.hairpin && route->ctx.ipv6)
		return nat64_netlink_refuse(extack, attrs[NAT64_A_HAIRPIN],
					    "only an IPv4 packet can be on its way back");
	return 0;
}

/**
 * nat64_netlink_route_get() - NAT64_CMD_ROUTE_GET
 * @skb: the request
 * @info: what is in it
 *
 * Return: 0 or an error
 */
int nat64_netlink_route_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_route route = { .ctx.probe = true };
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = nat64_parse_route(info->attrs, &route, info->extack);
	if (err)
		return err;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	route.ctx.nat = nat64_netlink_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(route.ctx.nat)) {
		nlmsg_free(msg);
		return PTR_ERR(route.ctx.nat);
	}

	hdr = genlmsg_put(msg, info->snd_portid, info->snd_seq, &nat64_netlink_family, 0,
			  NAT64_CMD_ROUTE_GET);
	err = hdr ? nat64_route_answer(msg, &route) : -EMSGSIZE;
	nat64_netlink_put_device(route.ctx.nat);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}
