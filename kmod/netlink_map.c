// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: answers and dumps that tell of mappings.
 */

#include "netlink_map.h"
#include "compat.h"
#include "elsewhere.h"
#include "lookup.h"
#include "netlink_common.h"

#include <net/genetlink.h>

static int nat64_fill_dynamic(struct sk_buff *skb, const struct net_device *dev,
			      const struct nat64_map *map)
{
	u8 len;

	if (nla_put_u32(skb, NAT64_MAP_A_IDLE, nat64_now() - READ_ONCE(map->used)))
		return -EMSGSIZE;
	/* It was handed out before that address or route came. */
	if (dev && nat64_addr4_is_elsewhere(dev, map->addr4, &len))
		return nla_put_flag(skb, NAT64_MAP_A_ELSEWHERE);
	return 0;
}

/**
 * nat64_netlink_fill_map() - put a mapping into a message
 * @skb: the message
 * @type: type of the attribute
 * @dev: the device of the mapping, or NULL if it is gone
 * @map: the mapping, under RCU
 *
 * Return: 0 or -EMSGSIZE; then the message is as it was
 */
int nat64_netlink_fill_map(struct sk_buff *skb, int type,
			   const struct net_device *dev,
			   const struct nat64_map *map)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_in6_addr(skb, NAT64_MAP_A_ADDR6, &map->addr6) ||
	    nla_put_u8(skb, NAT64_MAP_A_LEN6, map->len6) ||
	    nla_put_in_addr(skb, NAT64_MAP_A_ADDR4, map->addr4) ||
	    nla_put_u8(skb, NAT64_MAP_A_LEN4, map->len4) ||
	    nla_put_u8(skb, NAT64_MAP_A_TYPE, map->type) ||
	    (map->type == NAT64_MAP_DYNAMIC && nat64_fill_dynamic(skb, dev, map))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nat64_netlink_fill_one_map() - make a message about one mapping
 * @skb: the message, empty
 * @nat: the instance
 * @map: the mapping, under RCU
 * @portid: port of the recipient
 * @seq: sequence number of the request
 * @cmd: enum nat64_cmd
 *
 * Return: 0 or -EMSGSIZE
 */
int nat64_netlink_fill_one_map(struct sk_buff *skb, struct nat64 *nat,
			       const struct nat64_map *map, u32 portid, u32 seq,
			       u8 cmd)
{
	void *hdr = genlmsg_put(skb, portid, seq, &nat64_netlink_family, 0, cmd);
	struct nlattr *nest;

	if (!hdr || nat64_netlink_fill_name(skb, nat))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, NAT64_A_MAPS);
	if (!nest || nat64_netlink_fill_map(skb, NAT64_MAP_A_UNSPEC + 1, nat->dev, map))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * nat64_netlink_map_get() - NAT64_CMD_MAP_GET of one address
 * @skb: the request
 * @info: what is in it
 *
 * Return: 0 or an error
 */
int nat64_netlink_map_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	const struct nat64_config *config;
	struct in6_addr addr6;
	struct nat64_map *map;
	struct sk_buff *msg;
	struct nat64 *nat;
	int err;

	if (!attrs[NAT64_A_ADDR6] == !attrs[NAT64_A_ADDR4]) {
		NL_SET_ERR_MSG(info->extack, "either an IPv6 or an IPv4 address is needed");
		return -EINVAL;
	}
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	nat = nat64_netlink_get_device(genl_info_net(info), attrs, info->extack);
	if (IS_ERR(nat)) {
		nlmsg_free(msg);
		return PTR_ERR(nat);
	}

	rcu_read_lock();
	config = nat64_config(nat);
	if (attrs[NAT64_A_ADDR6]) {
		addr6 = nla_get_in6_addr(attrs[NAT64_A_ADDR6]);
		map = nat64_lookup6(nat, config, &addr6);
	} else {
		map = nat64_lookup4(nat, config, nla_get_in_addr(attrs[NAT64_A_ADDR4]));
	}
	err = map ? nat64_netlink_fill_one_map(msg, nat, map, info->snd_portid, info->snd_seq,
				       NAT64_CMD_MAP_GET) : -ENOENT;
	rcu_read_unlock();
	nat64_netlink_put_device(nat);

	if (!err)
		return genlmsg_reply(msg, info);
	NL_SET_ERR_MSG(info->extack, "no mapping for this address");
	nlmsg_free(msg);
	return err;
}

/*
 * A dump in progress. It holds the tables but not the device, so that a slow
 * reader does not keep the device from going away.
 */
struct nat64_map_dump {
	struct nat64_table *tables[2];	/* dumped from the last to the first */
	unsigned int n_tables;
	struct rhashtable_iter iter;
	int ifindex;
};

static void nat64_map_dump_hold(struct nat64_map_dump *dump, struct nat64 *nat,
				u8 type)
{
	mutex_lock(&nat->lock);
	if (type != NAT64_MAP_STATIC)
		dump->tables[dump->n_tables++] = nat64_table_get(nat->dynamic.table);
	if (type != NAT64_MAP_DYNAMIC)
		dump->tables[dump->n_tables++] = nat64_table_get(nat64_config(nat)->table);
	mutex_unlock(&nat->lock);
}

static void nat64_map_dump_enter(struct nat64_map_dump *dump)
{
	rhashtable_walk_enter(&dump->tables[dump->n_tables - 1]->by6, &dump->iter);
}

static void nat64_map_dump_leave(struct nat64_map_dump *dump)
{
	rhashtable_walk_exit(&dump->iter);
	nat64_table_put(dump->tables[--dump->n_tables]);
}

static int nat64_map_dump_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = nat64_dump_attrs(cb);
	struct nat64_map_dump *dump;
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
	nat64_map_dump_hold(dump, nat, attrs[NAT64_A_MAP_TYPE] ?
			    nla_get_u8(attrs[NAT64_A_MAP_TYPE]) : 0);
	nat64_map_dump_enter(dump);
	cb->args[0] = (long)dump;
	/*
	 * Zero would mean that the state at the beginning is not known.
	 */
	cb->seq = 1;
	cb->prev_seq = 1;
	nat64_netlink_put_device(nat);
	return 0;
}

/**
 * nat64_netlink_map_dump_done() - the end of a dump, complete or not
 * @cb: the dump
 *
 * Return: 0
 */
int nat64_netlink_map_dump_done(struct netlink_callback *cb)
{
	struct nat64_map_dump *dump = (struct nat64_map_dump *)cb->args[0];

	if (!dump)
		return 0;
	if (dump->n_tables)
		nat64_map_dump_leave(dump);
	while (dump->n_tables)
		nat64_table_put(dump->tables[--dump->n_tables]);
	kfree(dump);
	return 0;
}

/*
 * Fill @skb from a table. Returns 0 at its end, -EMSGSIZE if there is more.
 */
static int nat64_map_dump_table(struct sk_buff *skb,
				struct netlink_callback *cb,
				struct nat64_map_dump *dump, unsigned int *n)
{
	struct net *net = sock_net(cb->skb->sk);
	struct net_device *dev;
	struct nat64_map *map;
	int err = 0;

	/*
	 * The walk would go on in its bucket after as many mappings as it has
	 * seen, and so miss one for each that has gone meanwhile. So show the
	 * bucket again from its beginning.
	 */
	dump->iter.p = NULL;
	dump->iter.skip = 0;

	rhashtable_walk_start(&dump->iter);
	dev = dev_get_by_index_rcu(net, dump->ifindex);
	while (!err && (map = rhashtable_walk_next(&dump->iter))) {
		if (IS_ERR(map)) {
			/*
			 * The table has been resized, and the walk begins anew.
			 */
			cb->seq++;
			continue;
		}
		err = nat64_netlink_fill_map(skb, NAT64_MAP_A_UNSPEC + 1, dev, map);
		if (!err)
			(*n)++;
	}
	rhashtable_walk_stop(&dump->iter);
	return err;
}

static int nat64_map_dump_fill(struct sk_buff *skb, struct netlink_callback *cb,
			       struct nat64_map_dump *dump, unsigned int *n)
{
	int err;

	while (dump->n_tables) {
		err = nat64_map_dump_table(skb, cb, dump, n);
		if (err)
			return err;
		nat64_map_dump_leave(dump);
		if (dump->n_tables)
			nat64_map_dump_enter(dump);
	}
	return 0;
}

/**
 * nat64_netlink_map_dump() - NAT64_CMD_MAP_GET of all mappings
 * @skb: the next part of the answer
 * @cb: the dump
 *
 * Return: bytes of @skb, 0 at the end, or an error
 */
int nat64_netlink_map_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nat64_map_dump *dump;
	struct nlattr *nest;
	unsigned int n = 0;
	void *hdr;
	int err;

	/* Not in .start: 6.1 has no extack there to say what is wrong. */
	if (!cb->args[0]) {
		err = nat64_map_dump_start(cb);
		if (err)
			return err;
	}
	dump = (struct nat64_map_dump *)cb->args[0];

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &nat64_netlink_family, NLM_F_MULTI, NAT64_CMD_MAP_GET);
	if (!hdr || nla_put_u32(skb, NAT64_A_IFINDEX, dump->ifindex))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, NAT64_A_MAPS);
	if (!nest)
		return -EMSGSIZE;

	err = nat64_map_dump_fill(skb, cb, dump, &n);
	if (!n) {
		genlmsg_cancel(skb, hdr);
		return err;
	}
	nla_nest_end(skb, nest);
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return skb->len;
}
