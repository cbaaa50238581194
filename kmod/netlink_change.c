// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: mappings, added, replaced and removed.
 */

#include "netlink_change.h"
#include "config.h"
#include "dynamic.h"
#include "dynamic_end.h"
#include "event.h"
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

/*
 * Two prefixes make a mapping if IPv6 has room for the IPv4 suffix (RFC 7757,
 * section 3.2).
 */
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

static int nat64_parse_map(const struct nlattr *attr,
			   struct nat64_map_request *request,
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
 * nat64_netlink_parse_map() - read a mapping that is to be made
 * @attr: the mapping
 * @request: gets what is in it
 * @extack: says what is wrong
 *
 * Return: 0 or an error
 */
int nat64_netlink_parse_map(const struct nlattr *attr,
			    struct nat64_map_request *request,
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

/* Count the mappings of a request that are not just hosts. */
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
 * End the dynamic mappings that the static ones of a request replace. One
 * prefix may require a walk over all dynamic mappings; for several prefixes, a
 * single walk is enough.
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
 * Return: 0 or the error of the first mapping that was refused; then static
 * mappings are as they were, no dynamic one has ended, and dynamic ones before
 * the refused one have been added
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
