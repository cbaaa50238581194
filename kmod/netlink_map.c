// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: mappings, shown and changed.
 */

#include "netlink_map.h"
#include "compat.h"
#include "config.h"
#include "dynamic.h"
#include "dynamic_end.h"
#include "elsewhere.h"
#include "event.h"
#include "lookup.h"
#include "mapping.h"
#include "netlink_common.h"

#include <net/genetlink.h>

const struct nla_policy nat64_map_policy[NAT64_MAP_A_MAX + 1] = {
	[NAT64_MAP_A_ADDR6]	= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_MAP_A_LEN6]	= NLA_POLICY_MAX(NLA_U8, 128),
	[NAT64_MAP_A_ADDR4]	= NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),
	[NAT64_MAP_A_LEN4]	= NLA_POLICY_MAX(NLA_U8, 32),
	[NAT64_MAP_A_TYPE]	= NLA_POLICY_RANGE(NLA_U8, NAT64_MAP_STATIC, NAT64_MAP_DYNAMIC),
	[NAT64_MAP_A_IDLE]	= { .type = NLA_U32 },
};

static int nat64_fill_dynamic(struct sk_buff *skb, const struct net_device *dev,
			      const struct nat64_map *map)
{
	u8 len;

	if (nla_put_u32(skb, NAT64_MAP_A_IDLE, nat64_now() - READ_ONCE(map->used)))
		return -EMSGSIZE;
	/* It was handed out before such an address or route came. */
	if (dev && nat64_addr4_is_elsewhere(dev, map->addr4, &len))
		return nla_put_flag(skb, NAT64_MAP_A_ELSEWHERE);
	return 0;
}

/**
 * nat64_netlink_fill_map() - put a mapping into a message
 * @skb: the message
 * @type: type of the attribute
 * @dev: the device that it is of, or NULL if that is gone
 * @map: the mapping, under RCU
 *
 * Return: 0 or -EMSGSIZE; then the message is as it was
 */
int nat64_netlink_fill_map(struct sk_buff *skb, int type, const struct net_device *dev,
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
 * @portid: whom to
 * @seq: of the request
 * @cmd: enum nat64_cmd
 *
 * Return: 0 or -EMSGSIZE
 */
int nat64_netlink_fill_one_map(struct sk_buff *skb, struct nat64 *nat,
			       const struct nat64_map *map, u32 portid, u32 seq, u8 cmd)
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
 * A dump that is under way. It holds the tables, not the device: a reader that takes its time
 * does not keep the device from going away.
 */
struct nat64_map_dump {
	struct nat64_table *tables[2];	/* dumped from the last to the first */
	unsigned int n_tables;
	struct rhashtable_iter iter;
	int ifindex;
};

static void nat64_map_dump_hold(struct nat64_map_dump *dump, struct nat64 *nat, u8 type)
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
	/* Zero would mean that nothing is known of the state at the beginning. */
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

/* Fill @skb from a table; 0 if that was all of it, -EMSGSIZE if there is more. */
static int nat64_map_dump_table(struct sk_buff *skb, struct netlink_callback *cb,
				struct nat64_map_dump *dump, unsigned int *n)
{
	struct net *net = sock_net(cb->skb->sk);
	struct net_device *dev;
	struct nat64_map *map;
	int err = 0;

	/*
	 * The walk would go on behind as many mappings of its bucket as it has seen, and step over
	 * one for each that is gone meanwhile. So the bucket is shown again from its beginning.
	 */
	dump->iter.p = NULL;
	dump->iter.skip = 0;

	rhashtable_walk_start(&dump->iter);
	dev = dev_get_by_index_rcu(net, dump->ifindex);
	while (!err && (map = rhashtable_walk_next(&dump->iter))) {
		if (IS_ERR(map)) {
			/* The table has been resized, and the walk begins anew. */
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

	/* Not from .start, where 6.1 has no extack to say what is wrong. */
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

/* Two prefixes make a mapping if IPv6 has room for the IPv4 suffix (RFC 7757, section 3.2). */
static const char *nat64_bad_map(const struct nat64_prefix6 *prefix6,
				 const struct nat64_prefix4 *prefix4)
{
	if (32 - prefix4->len > 128 - prefix6->len)
		return "IPv4 suffix is longer than the IPv6 suffix";
	if (nat64_prefix6_has_host_bits(prefix6))
		return "IPv6 prefix has host bits set";
	if (nat64_prefix4_has_host_bits(prefix4))
		return "IPv4 prefix has host bits set";
	if (prefix6->len == 128 && !nat64_addr6_is_translatable(&prefix6->addr))
		return "IPv6 address is never translated";
	if (prefix4->len == 32 && !nat64_addr4_is_translatable(prefix4->addr))
		return "IPv4 address is never translated";
	return NULL;
}

static int nat64_parse_map(const struct nlattr *attr, struct nat64_map_request *request,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_MAP_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAT64_MAP_A_MAX, attr, nat64_map_policy, extack);
	if (err)
		return err;
	request->has6 = tb[NAT64_MAP_A_ADDR6];
	request->has4 = tb[NAT64_MAP_A_ADDR4];
	if (request->has6)
		request->prefix6.addr = nla_get_in6_addr(tb[NAT64_MAP_A_ADDR6]);
	if (request->has4)
		request->prefix4.addr = nla_get_in_addr(tb[NAT64_MAP_A_ADDR4]);
	request->prefix6.len = tb[NAT64_MAP_A_LEN6] ? nla_get_u8(tb[NAT64_MAP_A_LEN6]) : 128;
	request->prefix4.len = tb[NAT64_MAP_A_LEN4] ? nla_get_u8(tb[NAT64_MAP_A_LEN4]) : 32;
	request->type = tb[NAT64_MAP_A_TYPE] ? nla_get_u8(tb[NAT64_MAP_A_TYPE]) :
					       NAT64_MAP_STATIC;
	request->idle = tb[NAT64_MAP_A_IDLE] ? nla_get_u32(tb[NAT64_MAP_A_IDLE]) : 0;
	return 0;
}

/**
 * nat64_netlink_parse_map() - read a mapping that is to be
 * @attr: the mapping
 * @request: gets what is in it
 * @extack: says what is wrong
 *
 * Return: 0 or an error
 */
int nat64_netlink_parse_map(const struct nlattr *attr, struct nat64_map_request *request,
			    struct netlink_ext_ack *extack)
{
	const char *why;
	int err;

	err = nat64_parse_map(attr, request, extack);
	if (err)
		return err;
	if (!request->has6 || !request->has4)
		return nat64_netlink_refuse(extack, attr,
					    "mapping needs an IPv6 and an IPv4 prefix");
	why = nat64_bad_map(&request->prefix6, &request->prefix4);
	if (!why && request->type == NAT64_MAP_DYNAMIC &&
	    (request->prefix6.len != 128 || request->prefix4.len != 32))
		why = "a dynamic mapping is one of hosts";
	return why ? nat64_netlink_refuse(extack, attr, why) : 0;
}

/* What to do with one mapping of a request. */
typedef int (*nat64_map_change_t)(struct nat64 *nat, const struct nlattr *attr,
				  struct netlink_ext_ack *extack);

static int nat64_add_map(struct nat64 *nat, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	struct nat64_map_request request;
	int err;

	err = nat64_netlink_parse_map(attr, &request, extack);
	if (err)
		return err;
	if (request.type == NAT64_MAP_DYNAMIC)
		return nat64_dynamic_add(nat, &request.prefix6.addr, request.prefix4.addr,
					 request.idle, extack);
	return nat64_mapping_insert(nat, &request.prefix6, &request.prefix4, extack);
}

static int nat64_replace_map(struct nat64 *nat, const struct nlattr *attr,
			     struct netlink_ext_ack *extack)
{
	struct nat64_map_request request;
	int err;

	err = nat64_netlink_parse_map(attr, &request, extack);
	if (err)
		return err;
	if (request.type == NAT64_MAP_DYNAMIC)
		return nat64_netlink_refuse(extack, attr, "a dynamic mapping replaces no other");
	return nat64_mapping_replace(nat, &request.prefix6, &request.prefix4);
}

static int nat64_del_map(struct nat64 *nat, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	struct nat64_map_request request;
	int err;

	err = nat64_parse_map(attr, &request, extack);
	if (err)
		return err;
	if (!request.has6 && !request.has4)
		return nat64_netlink_refuse(extack, attr, "mapping without an address");
	return nat64_mapping_del(nat, request.has6 ? &request.prefix6 : NULL,
				 request.has4 ? &request.prefix4 : NULL, extack);
}

/* Take back the static mappings that a request has added before @refused. */
static void nat64_withdraw_maps(struct nat64 *nat, const struct nlattr *list,
				const struct nlattr *refused)
{
	struct nat64_map_request request;
	const struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, list, rem) {
		if (attr == refused)
			return;
		nat64_parse_map(attr, &request, NULL);
		if (request.type == NAT64_MAP_STATIC)
			nat64_mapping_withdraw(nat, &request.prefix6);
	}
}

/* How many of the mappings of a request are prefixes. */
static unsigned int nat64_count_prefixes(const struct nlattr *list)
{
	struct nat64_map_request request;
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem;

	nla_for_each_nested(attr, list, rem) {
		nat64_parse_map(attr, &request, NULL);
		n += request.prefix6.len < 128 || request.prefix4.len < 32;
	}
	return n;
}

/*
 * The static mappings that a request has added take the place of dynamic ones. For each prefix one
 * may have to go over all of these; once is enough for a request, however many it has.
 */
static void nat64_settle_maps(struct nat64 *nat, const struct nlattr *list)
{
	bool at_once = nat64_count_prefixes(list) > 1;
	struct nat64_map_request request;
	const struct nlattr *attr;
	int rem;

	if (at_once)
		nat64_dynamic_settle(nat, nat->dynamic.pools);
	nla_for_each_nested(attr, list, rem) {
		nat64_parse_map(attr, &request, NULL);
		if (request.type != NAT64_MAP_STATIC)
			continue;
		if (at_once)
			nat64_mapping_mark(nat, &request.prefix4);
		else
			nat64_mapping_settle(nat, &request.prefix6, &request.prefix4);
		cond_resched();
	}
}

static int nat64_change_maps(struct genl_info *info, nat64_map_change_t change)
{
	struct nlattr *list = info->attrs[NAT64_A_MAPS];
	const struct nlattr *attr;
	struct nat64 *nat;
	int rem, err = 0;

	if (!list) {
		NL_SET_ERR_MSG(info->extack, "no mappings named");
		return -EINVAL;
	}
	nat = nat64_netlink_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);

	mutex_lock(&nat->lock);
	nla_for_each_nested(attr, list, rem) {
		err = change(nat, attr, info->extack);
		if (err)
			break;
		cond_resched();
	}
	if (err)
		NL_SET_BAD_ATTR(info->extack, attr);
	if (err && change == nat64_add_map)
		nat64_withdraw_maps(nat, list, attr);
	else if (change == nat64_add_map)
		nat64_settle_maps(nat, list);
	mutex_unlock(&nat->lock);

	nat64_event_flush(nat);
	nat64_netlink_put_device(nat);
	return err;
}

/**
 * nat64_netlink_map_add() - NAT64_CMD_MAP_ADD
 * @skb: the request
 * @info: what is in it
 *
 * Return: 0 or the error of the first mapping that was refused; then static mappings are as they
 * were, no dynamic one has ended, and the dynamic ones before it are there
 */
int nat64_netlink_map_add(struct sk_buff *skb, struct genl_info *info)
{
	return nat64_change_maps(info, nat64_add_map);
}

/**
 * nat64_netlink_map_replace() - NAT64_CMD_MAP_REPLACE
 * @skb: the request
 * @info: what is in it
 *
 * Return: 0 or the error of the first mapping that was refused
 */
int nat64_netlink_map_replace(struct sk_buff *skb, struct genl_info *info)
{
	return nat64_change_maps(info, nat64_replace_map);
}

/**
 * nat64_netlink_map_del() - NAT64_CMD_MAP_DEL
 * @skb: the request
 * @info: what is in it
 *
 * Return: 0 or the error of the first mapping that was not found
 */
int nat64_netlink_map_del(struct sk_buff *skb, struct genl_info *info)
{
	return nat64_change_maps(info, nat64_del_map);
}

/**
 * nat64_netlink_map_flush() - NAT64_CMD_MAP_FLUSH
 * @skb: the request
 * @info: what is in it
 *
 * Return: 0 or an error
 */
int nat64_netlink_map_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[NAT64_A_MAP_TYPE];
	unsigned int type = attr ? nla_get_u8(attr) : 0;
	struct nat64 *nat;
	int err = 0;

	nat = nat64_netlink_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);

	mutex_lock(&nat->lock);
	if (type != NAT64_MAP_DYNAMIC)
		err = nat64_flush_static(nat);
	if (!err && type != NAT64_MAP_STATIC)
		nat64_dynamic_flush(nat);
	mutex_unlock(&nat->lock);
	nat64_event_flush(nat);
	nat64_netlink_put_device(nat);
	return err;
}
