// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: mappings, shown and changed.
 */

#include "netlink.h"
#include "compat.h"
#include "device.h"

#include <net/genetlink.h>

const struct nla_policy nat64_map_policy[NAT64_MAP_A_MAX + 1] = {
	[NAT64_MAP_A_ADDR6]	= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_MAP_A_LEN6]	= NLA_POLICY_MAX(NLA_U8, 128),
	[NAT64_MAP_A_ADDR4]	= NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),
	[NAT64_MAP_A_LEN4]	= NLA_POLICY_MAX(NLA_U8, 32),
};

static int nat64_fill_map(struct sk_buff *skb, const struct nat64_map *map)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_MAP_A_UNSPEC + 1);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_in6_addr(skb, NAT64_MAP_A_ADDR6, &map->addr6) ||
	    nla_put_u8(skb, NAT64_MAP_A_LEN6, map->len6) ||
	    nla_put_in_addr(skb, NAT64_MAP_A_ADDR4, map->addr4) ||
	    nla_put_u8(skb, NAT64_MAP_A_LEN4, map->len4) ||
	    nla_put_u8(skb, NAT64_MAP_A_TYPE, map->type) ||
	    (map->type == NAT64_MAP_DYNAMIC &&
	     nla_put_u32(skb, NAT64_MAP_A_IDLE, nat64_now() - READ_ONCE(map->used)))) {
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
	if (!nest || nat64_fill_map(skb, map))
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
	if (attrs[NAT64_A_ADDR6]) {
		addr6 = nla_get_in6_addr(attrs[NAT64_A_ADDR6]);
		map = nat64_table_find6(nat->table, &addr6);
	} else {
		map = nat64_table_find4(nat->table, nla_get_in_addr(attrs[NAT64_A_ADDR4]));
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
 * A dump that is under way. It holds the table, not the device: a reader that takes its time
 * does not keep the device from going away.
 */
struct nat64_map_dump {
	struct nat64_table *table;
	struct rhashtable_iter iter;
	int ifindex;
	u8 type;
};

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

	if (attrs[NAT64_A_MAP_TYPE])
		dump->type = nla_get_u8(attrs[NAT64_A_MAP_TYPE]);
	dump->ifindex = nat->dev->ifindex;
	dump->table = nat64_table_get(nat->table);
	rhashtable_walk_enter(&dump->table->by6, &dump->iter);
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
	rhashtable_walk_exit(&dump->iter);
	nat64_table_put(dump->table);
	kfree(dump);
	return 0;
}

/* Fill @skb with mappings; 0 if these were all, -EMSGSIZE if there are more. */
static int nat64_map_dump_fill(struct sk_buff *skb, struct netlink_callback *cb,
			       struct nat64_map_dump *dump, unsigned int *n)
{
	struct nat64_map *map;
	int err = 0;

	rhashtable_walk_start(&dump->iter);
	for (map = rhashtable_walk_peek(&dump->iter); map;
	     map = rhashtable_walk_next(&dump->iter)) {
		if (IS_ERR(map)) {
			/* The table has been resized, and the walk begins anew. */
			cb->seq++;
			continue;
		}
		if (dump->type && map->type != dump->type)
			continue;
		err = nat64_fill_map(skb, map);
		if (err)
			break;
		(*n)++;
	}
	rhashtable_walk_stop(&dump->iter);
	return err;
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

/* What to do with one mapping of a request. */
typedef int (*nat64_map_change_t)(struct nat64 *nat, const struct nat64_prefix6 *prefix6,
				  const struct nat64_prefix4 *prefix4,
				  struct netlink_ext_ack *extack);

static int nat64_parse_map(const struct nlattr *attr, struct nat64_prefix6 *prefix6,
			   struct nat64_prefix4 *prefix4, bool *has6, bool *has4,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_MAP_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAT64_MAP_A_MAX, attr, nat64_map_policy, extack);
	if (err)
		return err;
	*has6 = tb[NAT64_MAP_A_ADDR6];
	*has4 = tb[NAT64_MAP_A_ADDR4];
	if (*has6)
		prefix6->addr = nla_get_in6_addr(tb[NAT64_MAP_A_ADDR6]);
	if (*has4)
		prefix4->addr = nla_get_in_addr(tb[NAT64_MAP_A_ADDR4]);
	prefix6->len = tb[NAT64_MAP_A_LEN6] ? nla_get_u8(tb[NAT64_MAP_A_LEN6]) : 128;
	prefix4->len = tb[NAT64_MAP_A_LEN4] ? nla_get_u8(tb[NAT64_MAP_A_LEN4]) : 32;
	return 0;
}

static int nat64_change_map(struct nat64 *nat, const struct nlattr *attr,
			    nat64_map_change_t change, struct netlink_ext_ack *extack)
{
	struct nat64_prefix6 prefix6;
	struct nat64_prefix4 prefix4;
	bool has6, has4;
	const char *why;
	int err;

	err = nat64_parse_map(attr, &prefix6, &prefix4, &has6, &has4, extack);
	if (err)
		return err;

	if (change == nat64_mapping_del) {
		if (!has6 && !has4)
			return nat64_netlink_refuse(extack, attr, "mapping without an address");
		err = change(nat, has6 ? &prefix6 : NULL, has4 ? &prefix4 : NULL, extack);
	} else {
		if (!has6 || !has4)
			return nat64_netlink_refuse(extack, attr,
						    "mapping needs an IPv6 and an IPv4 prefix");
		why = nat64_bad_map(&prefix6, &prefix4);
		if (why)
			return nat64_netlink_refuse(extack, attr, why);
		err = change(nat, &prefix6, &prefix4, extack);
	}
	if (err)
		NL_SET_BAD_ATTR(extack, attr);
	return err;
}

/* Take back the mappings that a request has added before the one that was refused. */
static void nat64_unadd_maps(struct nat64 *nat, const struct nlattr *list,
			     const struct nlattr *refused)
{
	struct nat64_prefix6 prefix6;
	struct nat64_prefix4 prefix4;
	const struct nlattr *attr;
	bool has6, has4;
	int rem;

	nla_for_each_nested(attr, list, rem) {
		if (attr == refused)
			return;
		nat64_parse_map(attr, &prefix6, &prefix4, &has6, &has4, NULL);
		nat64_mapping_del(nat, &prefix6, &prefix4, NULL);
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
		err = nat64_change_map(nat, attr, change, info->extack);
		if (err)
			break;
	}
	if (err && change == nat64_mapping_add)
		nat64_unadd_maps(nat, list, attr);
	mutex_unlock(&nat->lock);

	nat64_netlink_put_device(nat);
	return err;
}

/**
 * nat64_netlink_map_add() - NAT64_CMD_MAP_ADD
 * @skb: the request
 * @info: what is in it
 *
 * Return: 0 or an error; then nothing has changed
 */
int nat64_netlink_map_add(struct sk_buff *skb, struct genl_info *info)
{
	return nat64_change_maps(info, nat64_mapping_add);
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
	return nat64_change_maps(info, nat64_mapping_replace);
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
	return nat64_change_maps(info, nat64_mapping_del);
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
	struct nlattr *type = info->attrs[NAT64_A_MAP_TYPE];
	struct nat64 *nat;

	nat = nat64_netlink_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);

	mutex_lock(&nat->lock);
	nat64_mapping_flush(nat, type ? nla_get_u8(type) : 0);
	mutex_unlock(&nat->lock);
	nat64_netlink_put_device(nat);
	return 0;
}
