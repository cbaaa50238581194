// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: the configuration of a device, shown and set.
 */

#include "netlink_dev.h"
#include "config.h"
#include "event.h"
#include "flow.h"
#include "hook.h"
#include "map.h"
#include "netlink_common.h"
#include "pool.h"

#include <net/genetlink.h>

const struct nla_policy nat64_prefix_policy[NAT64_PREFIX_A_MAX + 1] = {
	[NAT64_PREFIX_A_ADDR6]	= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_PREFIX_A_ADDR4]	= NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),
	[NAT64_PREFIX_A_LEN]	= NLA_POLICY_MAX(NLA_U8, 128),
};

const struct nla_policy nat64_hook_policy[NAT64_HOOK_A_MAX + 1] = {
	[NAT64_HOOK_A_ANY]	= { .type = NLA_FLAG },
	[NAT64_HOOK_A_DEVICE]	= { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 },
};

static int nat64_fill_prefix(struct sk_buff *skb, int type,
			     const struct in6_addr *addr6, __be32 addr4, u8 len)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if (addr6 ? nla_put_in6_addr(skb, NAT64_PREFIX_A_ADDR6, addr6) :
		    nla_put_in_addr(skb, NAT64_PREFIX_A_ADDR4, addr4))
		return -EMSGSIZE;
	if (nla_put_u8(skb, NAT64_PREFIX_A_LEN, len))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nat64_netlink_fill_prefix6() - put an IPv6 prefix into an answer
 * @skb: the answer
 * @type: type of the attribute
 * @prefix: the prefix
 *
 * Return: 0 or -EMSGSIZE
 */
int nat64_netlink_fill_prefix6(struct sk_buff *skb, int type,
			       const struct nat64_prefix6 *prefix)
{
	return nat64_fill_prefix(skb, type, &prefix->addr, 0, prefix->len);
}

/**
 * nat64_netlink_fill_prefix4() - put an IPv4 prefix into an answer
 * @skb: the answer
 * @type: type of the attribute
 * @prefix: the prefix
 *
 * Return: 0 or -EMSGSIZE
 */
int nat64_netlink_fill_prefix4(struct sk_buff *skb, int type,
			       const struct nat64_prefix4 *prefix)
{
	return nat64_fill_prefix(skb, type, NULL, prefix->addr, prefix->len);
}

static int nat64_fill_prefixes6(struct sk_buff *skb, int type,
				const struct nat64_prefix6 *prefixes,
				unsigned int n)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < n; i++)
		if (nat64_netlink_fill_prefix6(skb, NAT64_PREFIX_A_UNSPEC + 1, &prefixes[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nat64_fill_prefixes4(struct sk_buff *skb, int type,
				const struct nat64_prefix4 *prefixes,
				unsigned int n)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < n; i++)
		if (nat64_netlink_fill_prefix4(skb, NAT64_PREFIX_A_UNSPEC + 1, &prefixes[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nat64_fill_devices(struct sk_buff *skb, int type, bool any,
			      const char devices[][IFNAMSIZ], unsigned int n)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	unsigned int i;

	if (!nest || (any && nla_put_flag(skb, NAT64_HOOK_A_ANY)))
		return -EMSGSIZE;
	for (i = 0; i < n; i++)
		if (nla_put_string(skb, NAT64_HOOK_A_DEVICE, devices[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nat64_fill_fast(struct sk_buff *skb,
			   const struct nat64_config *config)
{
	if (nla_put_u32(skb, NAT64_A_FAST, config->fast) ||
	    nla_put_u32(skb, NAT64_A_FAST_REFRESH, config->fast_refresh) ||
	    nla_put_u32(skb, NAT64_A_FAST_FLOWS, config->fast_flows))
		return -EMSGSIZE;
	return nat64_fill_devices(skb, NAT64_A_FAST_DEVICES, false, config->fast_devices,
				  config->n_fast_devices);
}

static int nat64_fill_counts(struct sk_buff *skb, struct nat64 *nat)
{
	const struct nat64_config *config = nat64_config(nat);

	if (nla_put_u32(skb, NAT64_A_POOL_SIZE, nat->dynamic.pools->usable) ||
	    nla_put_u32(skb, NAT64_A_STATIC_COUNT, atomic_read(&config->table->by6.nelems)) ||
	    nla_put_u32(skb, NAT64_A_DYNAMIC_COUNT, READ_ONCE(nat->dynamic.count)) ||
	    nla_put_u32(skb, NAT64_A_FLOW_COUNT, nat64_flows_count(nat)))
		return -EMSGSIZE;
	return 0;
}

/**
 * nat64_netlink_fill_device() - put a device's configuration into an answer
 * @skb: the answer
 * @nat: the instance
 * @with_key: whether to include the hash key, which reveals the address that a
 *	      host will get
 *
 * Context: process context, @nat->lock held.
 * Return: 0 or -EMSGSIZE
 */
int nat64_netlink_fill_device(struct sk_buff *skb, struct nat64 *nat,
			      bool with_key)
{
	const struct nat64_config *config = nat64_config(nat);

	if (nat64_netlink_fill_name(skb, nat) ||
	    nat64_fill_prefixes6(skb, NAT64_A_PREFIXES, config->prefixes, config->n_prefixes) ||
	    nat64_fill_prefixes4(skb, NAT64_A_POOLS, config->pools, config->n_pools) ||
	    nat64_fill_prefixes4(skb, NAT64_A_TRANSLATABLE, config->translatable,
				 config->n_translatable) ||
	    nla_put_u8(skb, NAT64_A_WKP_STRICT, config->wkp_strict) ||
	    nla_put_u8(skb, NAT64_A_UDP_ZERO_CSUM, config->udp_zero_csum) ||
	    nla_put_u8(skb, NAT64_A_TOS, config->tos) ||
	    nla_put_u32(skb, NAT64_A_LOWEST_IPV6_MTU, config->lowest_ipv6_mtu) ||
	    nla_put_in_addr(skb, NAT64_A_ICMP_SOURCE, config->icmp_source) ||
	    nla_put_u32(skb, NAT64_A_IDLE_TIMEOUT, config->idle_timeout) ||
	    nla_put_u32(skb, NAT64_A_QUOTA, config->quota) ||
	    nat64_fill_devices(skb, NAT64_A_HOOK, config->hook_any, config->hook_devices,
			       config->n_hook_devices) ||
	    nat64_fill_fast(skb, config) ||
	    (with_key &&
	     nla_put(skb, NAT64_A_HASH_KEY, sizeof(config->hash_key), &config->hash_key)))
		return -EMSGSIZE;
	return nat64_fill_counts(skb, nat);
}

static int nat64_parse_prefix6(const struct nlattr *attr,
			       struct nat64_prefix6 *prefix,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_PREFIX_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAT64_PREFIX_A_MAX, attr, nat64_prefix_policy, extack);
	if (err)
		return err;
	if (!tb[NAT64_PREFIX_A_ADDR6] || tb[NAT64_PREFIX_A_ADDR4])
		return nat64_netlink_refuse(extack, attr, "not an IPv6 prefix");
	prefix->addr = nla_get_in6_addr(tb[NAT64_PREFIX_A_ADDR6]);
	prefix->len = tb[NAT64_PREFIX_A_LEN] ? nla_get_u8(tb[NAT64_PREFIX_A_LEN]) : 128;
	if (nat64_prefix6_has_host_bits(prefix))
		return nat64_netlink_refuse(extack, attr, "IPv6 prefix has host bits set");
	return 0;
}

static int nat64_parse_prefix4(const struct nlattr *attr,
			       struct nat64_prefix4 *prefix,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_PREFIX_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAT64_PREFIX_A_MAX, attr, nat64_prefix_policy, extack);
	if (err)
		return err;
	if (!tb[NAT64_PREFIX_A_ADDR4] || tb[NAT64_PREFIX_A_ADDR6])
		return nat64_netlink_refuse(extack, attr, "not an IPv4 prefix");
	prefix->addr = nla_get_in_addr(tb[NAT64_PREFIX_A_ADDR4]);
	prefix->len = tb[NAT64_PREFIX_A_LEN] ? nla_get_u8(tb[NAT64_PREFIX_A_LEN]) : 32;
	if (prefix->len > 32)
		return nat64_netlink_refuse(extack, attr, "IPv4 prefix length is above 32");
	if (nat64_prefix4_has_host_bits(prefix))
		return nat64_netlink_refuse(extack, attr, "IPv4 prefix has host bits set");
	return 0;
}

/* RFC 6052, section 2.2. */
static const char *nat64_bad_rfc6052(const struct nat64_prefix6 *prefix)
{
	if (!nat64_rfc6052_len_valid(prefix->len))
		return "prefix length is not 32, 40, 48, 56, 64 or 96";
	if (prefix->addr.s6_addr[8])
		return "bits 64 to 71 of the prefix are not zero";
	if (ipv6_addr_type(&prefix->addr) & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL))
		return "prefix is not unicast";
	return NULL;
}

/*
 * A pool or translatable block has to consist of addresses that hosts can have.
 * But a translatable block may be as large as all of IPv4 (a CLAT, an edge
 * relay): packets do not use the addresses in it that hosts cannot have.
 */
static const char *nat64_bad_hosts4(const struct nat64_prefix4 *prefix,
				    bool pool)
{
	static const struct nat64_prefix4 barred[] = {
		{ cpu_to_be32(0x00000000), 8 }, { cpu_to_be32(0x7f000000), 8 },
		{ cpu_to_be32(0xa9fe0000), 16 }, { cpu_to_be32(0xe0000000), 4 },
		{ cpu_to_be32(0xffffffff), 32 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(barred); i++)
		if (nat64_prefix4_overlaps(prefix, &barred[i]) &&
		    (pool || prefix->len >= barred[i].len))
			return "prefix holds addresses that hosts cannot have";
	return NULL;
}

static int nat64_parse_prefixes(struct nlattr *list,
				struct nat64_config *config,
				struct netlink_ext_ack *extack)
{
	struct nat64_prefix6 prefix;
	const char *why;
	struct nlattr *attr;
	unsigned int i;
	int rem, err;

	config->n_prefixes = 0;
	nla_for_each_nested(attr, list, rem) {
		err = nat64_parse_prefix6(attr, &prefix, extack);
		if (err)
			return err;
		why = nat64_bad_rfc6052(&prefix);
		for (i = 0; !why && i < config->n_prefixes; i++)
			if (nat64_prefix6_overlaps(&prefix, &config->prefixes[i]))
				why = "prefix overlaps another one of the device";
		if (!why && config->n_prefixes == NAT64_PREFIXES_MAX)
			why = "too many prefixes";
		if (why)
			return nat64_netlink_refuse(extack, attr, why);
		config->prefixes[config->n_prefixes++] = prefix;
	}
	return 0;
}

static int nat64_parse_hosts4(struct nlattr *list,
			      struct nat64_prefix4 *prefixes, u8 *n, bool pool,
			      struct netlink_ext_ack *extack)
{
	struct nat64_prefix4 prefix;
	const char *why;
	struct nlattr *attr;
	unsigned int i;
	int rem, err;

	*n = 0;
	nla_for_each_nested(attr, list, rem) {
		err = nat64_parse_prefix4(attr, &prefix, extack);
		if (err)
			return err;
		why = pool && prefix.len < NAT64_MIN_POOL_LEN ? "pool is larger than a /8" :
		      nat64_bad_hosts4(&prefix, pool);
		for (i = 0; !why && i < *n; i++)
			if (nat64_prefix4_overlaps(&prefix, &prefixes[i]))
				why = "prefix overlaps another one of the list";
		if (!why && *n == NAT64_PREFIXES_MAX)
			why = "too many prefixes";
		if (why)
			return nat64_netlink_refuse(extack, attr, why);
		prefixes[(*n)++] = prefix;
	}
	return 0;
}

static int nat64_parse_lists(struct nlattr **attrs, struct nat64_config *config,
			     struct netlink_ext_ack *extack)
{
	unsigned int i, j;
	int err = 0;

	if (attrs[NAT64_A_PREFIXES])
		err = nat64_parse_prefixes(attrs[NAT64_A_PREFIXES], config, extack);
	if (!err && attrs[NAT64_A_POOLS])
		err = nat64_parse_hosts4(attrs[NAT64_A_POOLS], config->pools, &config->n_pools,
					 true, extack);
	if (!err && attrs[NAT64_A_TRANSLATABLE])
		err = nat64_parse_hosts4(attrs[NAT64_A_TRANSLATABLE], config->translatable,
					 &config->n_translatable, false, extack);
	if (err)
		return err;

	for (i = 0; i < config->n_pools; i++)
		for (j = 0; j < config->n_translatable; j++)
			if (nat64_prefix4_overlaps(&config->pools[i], &config->translatable[j]))
				return nat64_netlink_refuse(extack, attrs[NAT64_A_TRANSLATABLE] ?:
						    attrs[NAT64_A_POOLS],
						    "a pool and a translatable prefix overlap");
	return 0;
}

static const char *nat64_add_device(char devices[][IFNAMSIZ], u8 *n,
				    const char *name)
{
	if (!dev_valid_name(name))
		return "not a name that a device can have";
	if (nat64_has_name(devices, *n, name))
		return "device is named twice";
	if (*n == NAT64_HOOK_DEVICES_MAX)
		return "too many devices";
	strscpy(devices[(*n)++], name, IFNAMSIZ);
	return NULL;
}

/* @any is NULL if a list cannot be of all devices. */
static int nat64_parse_devices(struct nlattr *list, char devices[][IFNAMSIZ],
			       u8 *n, bool *any, struct netlink_ext_ack *extack)
{
	const char *why = NULL;
	struct nlattr *attr;
	bool all = false;
	int rem;

	*n = 0;
	nla_for_each_nested(attr, list, rem) {
		if (nla_type(attr) == NAT64_HOOK_A_ANY)
			all = true;
		else
			why = nat64_add_device(devices, n, nla_data(attr));
		if (!why && all && !any)
			why = "devices are needed by name here";
		if (!why && all && *n)
			why = "either all devices, or some by name";
		if (why)
			return nat64_netlink_refuse(extack, attr, why);
	}
	if (any)
		*any = all;
	return 0;
}

static int nat64_parse_options(struct nlattr **attrs,
			       struct nat64_config *config,
			       struct netlink_ext_ack *extack)
{
	if (attrs[NAT64_A_WKP_STRICT])
		config->wkp_strict = nla_get_u8(attrs[NAT64_A_WKP_STRICT]);
	if (attrs[NAT64_A_UDP_ZERO_CSUM])
		config->udp_zero_csum = nla_get_u8(attrs[NAT64_A_UDP_ZERO_CSUM]);
	if (attrs[NAT64_A_TOS])
		config->tos = nla_get_u8(attrs[NAT64_A_TOS]);
	if (attrs[NAT64_A_LOWEST_IPV6_MTU])
		config->lowest_ipv6_mtu = nla_get_u32(attrs[NAT64_A_LOWEST_IPV6_MTU]);
	if (attrs[NAT64_A_IDLE_TIMEOUT])
		config->idle_timeout = nla_get_u32(attrs[NAT64_A_IDLE_TIMEOUT]);
	if (attrs[NAT64_A_QUOTA])
		config->quota = nla_get_u32(attrs[NAT64_A_QUOTA]);
	if (attrs[NAT64_A_FAST])
		config->fast = nla_get_u32(attrs[NAT64_A_FAST]);
	if (attrs[NAT64_A_FAST_REFRESH])
		config->fast_refresh = nla_get_u32(attrs[NAT64_A_FAST_REFRESH]);
	if (attrs[NAT64_A_FAST_FLOWS])
		config->fast_flows = nla_get_u32(attrs[NAT64_A_FAST_FLOWS]);
	if (attrs[NAT64_A_HASH_KEY])
		nla_memcpy(&config->hash_key, attrs[NAT64_A_HASH_KEY], sizeof(config->hash_key));
	if (attrs[NAT64_A_ICMP_SOURCE]) {
		config->icmp_source = nla_get_in_addr(attrs[NAT64_A_ICMP_SOURCE]);
		if (config->icmp_source && !nat64_addr4_is_translatable(config->icmp_source))
			return nat64_netlink_refuse(extack, attrs[NAT64_A_ICMP_SOURCE],
					    "not an address that a host can have");
	}
	return 0;
}

/**
 * nat64_netlink_parse_config() - change a configuration as a request says
 * @attrs: the attributes of the request
 * @config: the configuration
 * @extack: says what is wrong
 *
 * Return: 0 or an error; then @config must not be used
 */
int nat64_netlink_parse_config(struct nlattr **attrs,
			       struct nat64_config *config,
			       struct netlink_ext_ack *extack)
{
	int err = nat64_parse_lists(attrs, config, extack) ?:
		  nat64_parse_options(attrs, config, extack);

	if (!err && attrs[NAT64_A_HOOK])
		err = nat64_parse_devices(attrs[NAT64_A_HOOK], config->hook_devices,
					  &config->n_hook_devices, &config->hook_any, extack);
	if (!err && attrs[NAT64_A_FAST_DEVICES])
		err = nat64_parse_devices(attrs[NAT64_A_FAST_DEVICES], config->fast_devices,
					  &config->n_fast_devices, NULL, extack);
	return err;
}

/**
 * nat64_netlink_dev_set() - NAT64_CMD_DEV_SET
 * @skb: the request
 * @info: what is in it
 *
 * Return: 0 or an error; then nothing has changed
 */
int nat64_netlink_dev_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_config *config;
	struct nat64 *nat;
	int err;

	nat = nat64_netlink_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);

	mutex_lock(&nat->lock);
	config = nat64_copy_config(nat);
	err = config ? nat64_netlink_parse_config(info->attrs, config, info->extack) : -ENOMEM;
	if (!err)
		err = nat64_hook_set_config(nat, config);
	mutex_unlock(&nat->lock);
	nat64_event_flush(nat);

	if (err)
		kfree(config);
	nat64_netlink_put_device(nat);
	return err;
}
