// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: the known flows of the fast path, shown and flushed.
 */

#include "netlink_flow.h"
#include "compat.h"
#include "device.h"
#include "flow.h"
#include "netlink_common.h"

/* Flows that a dump looks at before others may run. */
#define NAT64_DUMP_BATCH 1024

static int nat64_fill_ends(struct sk_buff *skb, const struct nat64_tuple *tuple,
			   bool ipv6, int src, int dst)
{
	int err;

	if (ipv6)
		err = nla_put_in6_addr(skb, src, &tuple->saddr6) ?:
		      nla_put_in6_addr(skb, dst, &tuple->daddr6);
	else
		err = nla_put_in_addr(skb, src, tuple->saddr4) ?:
		      nla_put_in_addr(skb, dst, tuple->daddr4);
	return err;
}

static int nat64_fill_ports(struct sk_buff *skb, const __be32 *ports, int sport,
			    int dport)
{
	const __be16 *port = (const __be16 *)ports;

	if (nla_put_u32(skb, sport, ntohs(port[0])) || nla_put_u32(skb, dport, ntohs(port[1])))
		return -EMSGSIZE;
	return 0;
}

static int nat64_fill_flow_attrs(struct sk_buff *skb,
				 const struct nat64_flow *flow)
{
	const struct nat64_tuple *tuple = &flow->tuple;
	s32 left = READ_ONCE(flow->expires) - (u32)jiffies;

	if (nla_put_u32(skb, NAT64_FLOW_A_PROTOCOL, tuple->protocol) ||
	    nat64_fill_ends(skb, tuple, flow->ipv6, NAT64_FLOW_A_SRC, NAT64_FLOW_A_DST) ||
	    nat64_fill_ports(skb, &tuple->ports, NAT64_FLOW_A_SPORT, NAT64_FLOW_A_DPORT) ||
	    nla_put_u32(skb, NAT64_FLOW_A_IN, flow->iif) ||
	    nat64_fill_ends(skb, tuple, !flow->ipv6, NAT64_FLOW_A_NEW_SRC, NAT64_FLOW_A_NEW_DST) ||
	    nat64_fill_ports(skb, &flow->ports, NAT64_FLOW_A_NEW_SPORT, NAT64_FLOW_A_NEW_DPORT) ||
	    nla_put_u32(skb, NAT64_FLOW_A_OUT, flow->dst->dev->ifindex) ||
	    nla_put_u32(skb, NAT64_FLOW_A_MTU, flow->mtu) ||
	    (flow->mark && nla_put_u32(skb, NAT64_FLOW_A_MARK, flow->mark)) ||
	    nla_put_u32(skb, NAT64_FLOW_A_PACKETS, READ_ONCE(flow->packets)) ||
	    nla_put_u32(skb, NAT64_FLOW_A_EXPIRES, jiffies_to_msecs(max(left, 0))))
		return -EMSGSIZE;
	return 0;
}

static int nat64_fill_flow(struct sk_buff *skb, const struct nat64_flow *flow)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_A_FLOW);

	if (!nest)
		return -EMSGSIZE;
	if (nat64_fill_flow_attrs(skb, flow)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/*
 * A dump in progress. It holds the table but not the device, so that a slow
 * reader does not keep the device from going away.
 */
struct nat64_flow_dump {
	struct nat64_flows *flows;
	struct rhashtable_iter iter;
	int ifindex;
};

static int nat64_flow_dump_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = nat64_dump_attrs(cb);
	struct nat64_flow_dump *dump;
	struct nat64 *nat;

	dump = kzalloc(sizeof(*dump), GFP_KERNEL);
	if (!dump)
		return -ENOMEM;
	nat = nat64_netlink_get_device(sock_net(cb->skb->sk), attrs, cb->extack);
	if (IS_ERR(nat)) {
		kfree(dump);
		return PTR_ERR(nat);
	}
	dump->ifindex = nat->dev->ifindex;
	mutex_lock(&nat->lock);
	dump->flows = nat64_flows_get(nat);
	mutex_unlock(&nat->lock);
	nat64_netlink_put_device(nat);
	if (dump->flows)
		rhashtable_walk_enter(&dump->flows->table, &dump->iter);
	cb->args[0] = (long)dump;
	return 0;
}

/**
 * nat64_netlink_flow_dump_done() - the end of a dump, complete or not
 * @cb: the dump
 *
 * Return: 0
 */
int nat64_netlink_flow_dump_done(struct netlink_callback *cb)
{
	struct nat64_flow_dump *dump = (struct nat64_flow_dump *)cb->args[0];

	if (dump && dump->flows) {
		rhashtable_walk_exit(&dump->iter);
		nat64_flows_put(dump->flows);
	}
	kfree(dump);
	return 0;
}

/*
 * Add some flows to an answer, and count them. Returns false when there is no
 * room for the next one, or no next one.
 */
static bool nat64_flow_dump_some(struct sk_buff *skb, struct net *net,
				 struct nat64_flow_dump *dump, unsigned int *filled)
{
	struct net_device *dev;
	struct nat64_flow *flow;
	struct nat64 *nat;
	unsigned int n;

	nat64_flows_walk_on(&dump->iter);
	dev = dev_get_by_index_rcu(net, dump->ifindex);
	nat = dev ? nat64_from_netdev(dev) : NULL;
	/* The flow that has not been shown yet comes first. */
	flow = nat ? rhashtable_walk_peek(&dump->iter) : NULL;
	for (n = 0; flow && n < NAT64_DUMP_BATCH; n++) {
		if (!IS_ERR(flow) && nat64_flow_is_current(nat, flow)) {
			if (nat64_fill_flow(skb, flow))
				break;
			++*filled;
		}
		flow = rhashtable_walk_next(&dump->iter);
	}
	rhashtable_walk_stop(&dump->iter);
	return n == NAT64_DUMP_BATCH;
}

/* Returns how many flows there was room for. */
static unsigned int nat64_flow_dump_fill(struct sk_buff *skb, struct net *net,
					 struct nat64_flow_dump *dump)
{
	unsigned int n = 0;

	while (nat64_flow_dump_some(skb, net, dump, &n))
		cond_resched();
	return n;
}

/**
 * nat64_netlink_flow_dump() - NAT64_CMD_FLOW_GET
 * @skb: the next part of the answer
 * @cb: the dump
 *
 * Flows that are made or end meanwhile may be missing, or be shown twice.
 *
 * Return: bytes of @skb, 0 at the end, or an error
 */
int nat64_netlink_flow_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nat64_flow_dump *dump;
	void *hdr;
	int err;

	/* Not in .start: 6.1 has no extack there to say what is wrong. */
	if (!cb->args[0]) {
		err = nat64_flow_dump_start(cb);
		if (err)
			return err;
	}
	dump = (struct nat64_flow_dump *)cb->args[0];
	if (!dump->flows)
		return 0;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &nat64_netlink_family, NLM_F_MULTI, NAT64_CMD_FLOW_GET);
	if (!hdr || nla_put_u32(skb, NAT64_A_IFINDEX, dump->ifindex))
		return -EMSGSIZE;
	if (!nat64_flow_dump_fill(skb, sock_net(cb->skb->sk), dump)) {
		genlmsg_cancel(skb, hdr);
		return 0;
	}
	genlmsg_end(skb, hdr);
	return skb->len;
}

/**
 * nat64_netlink_flow_flush() - NAT64_CMD_FLOW_FLUSH
 * @skb: the request
 * @info: what is in it
 *
 * Return: 0 or an error
 */
int nat64_netlink_flow_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct nat64_flows *flows;
	struct in6_addr addr6;
	__be32 addr4;
	struct nat64 *nat;

	if (attrs[NAT64_A_ADDR6] && attrs[NAT64_A_ADDR4]) {
		NL_SET_ERR_MSG(info->extack, "either an IPv6 or an IPv4 address is needed");
		return -EINVAL;
	}
	if (attrs[NAT64_A_ADDR6])
		addr6 = nla_get_in6_addr(attrs[NAT64_A_ADDR6]);
	if (attrs[NAT64_A_ADDR4])
		addr4 = nla_get_in_addr(attrs[NAT64_A_ADDR4]);

	nat = nat64_netlink_get_device(genl_info_net(info), attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);
	mutex_lock(&nat->lock);
	flows = nat64_flows_get(nat);
	mutex_unlock(&nat->lock);
	if (flows) {
		nat64_flows_flush(flows, attrs[NAT64_A_ADDR6] ? &addr6 : NULL,
				  attrs[NAT64_A_ADDR4] ? &addr4 : NULL);
		nat64_flows_put(flows);
	}
	nat64_netlink_put_device(nat);
	return 0;
}
