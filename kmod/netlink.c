// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family "nat64"; include/uapi/linux/nat64.h says what its messages mean.
 */

#include "netlink.h"
#include "compat.h"
#include "device.h"

#include <net/genetlink.h>
#include <net/sock.h>

static struct netlink_range_validation nat64_mtu_range = {
	.min = IPV6_MIN_MTU,
	.max = IP_MAX_MTU,
};

static struct netlink_range_validation nat64_timeout_range = {
	.min = 1,
	.max = 365 * 24 * 60 * 60,
};

static const struct nla_policy nat64_prefix_policy[NAT64_PREFIX_A_MAX + 1] = {
	[NAT64_PREFIX_A_ADDR6]	= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_PREFIX_A_ADDR4]	= NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),
	[NAT64_PREFIX_A_LEN]	= NLA_POLICY_MAX(NLA_U8, 128),
};

static const struct nla_policy nat64_map_policy[NAT64_MAP_A_MAX + 1] = {
	[NAT64_MAP_A_ADDR6]	= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_MAP_A_LEN6]	= NLA_POLICY_MAX(NLA_U8, 128),
	[NAT64_MAP_A_ADDR4]	= NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),
	[NAT64_MAP_A_LEN4]	= NLA_POLICY_MAX(NLA_U8, 32),
};

#define NAT64_DEVICE_POLICY							\
	[NAT64_A_IFINDEX]	= { .type = NLA_U32 },				\
	[NAT64_A_IFNAME]	= { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 }

#define NAT64_MAP_TYPE_POLICY \
	[NAT64_A_MAP_TYPE] = NLA_POLICY_RANGE(NLA_U8, NAT64_MAP_STATIC, NAT64_MAP_DYNAMIC)

static const struct nla_policy nat64_device_policy[NAT64_A_MAX + 1] = {
	NAT64_DEVICE_POLICY,
};

static const struct nla_policy nat64_dev_set_policy[NAT64_A_MAX + 1] = {
	NAT64_DEVICE_POLICY,
	[NAT64_A_PREFIXES]	= NLA_POLICY_NESTED_ARRAY(nat64_prefix_policy),
	[NAT64_A_POOLS]		= NLA_POLICY_NESTED_ARRAY(nat64_prefix_policy),
	[NAT64_A_TRANSLATABLE]	= NLA_POLICY_NESTED_ARRAY(nat64_prefix_policy),
	[NAT64_A_WKP_STRICT]	= NLA_POLICY_MAX(NLA_U8, 1),
	[NAT64_A_UDP_ZERO_CSUM]	= NLA_POLICY_MAX(NLA_U8, NAT64_UDP_ZERO_CSUM_FORWARD),
	[NAT64_A_TOS]		= NLA_POLICY_MAX(NLA_U8, NAT64_TOS_ZERO),
	[NAT64_A_LOWEST_IPV6_MTU] = NLA_POLICY_FULL_RANGE(NLA_U32, &nat64_mtu_range),
	[NAT64_A_ICMP_SOURCE]	= NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),
	[NAT64_A_IDLE_TIMEOUT]	= NLA_POLICY_FULL_RANGE(NLA_U32, &nat64_timeout_range),
	[NAT64_A_QUOTA]		= { .type = NLA_U32 },
	[NAT64_A_HASH_KEY]	= NLA_POLICY_EXACT_LEN(NAT64_HASH_KEY_LEN),
};

static const struct nla_policy nat64_map_get_policy[NAT64_A_MAX + 1] = {
	NAT64_DEVICE_POLICY,
	NAT64_MAP_TYPE_POLICY,
	[NAT64_A_ADDR6]		= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_A_ADDR4]		= NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),
};

static const struct nla_policy nat64_map_change_policy[NAT64_A_MAX + 1] = {
	NAT64_DEVICE_POLICY,
	[NAT64_A_MAPS]		= NLA_POLICY_NESTED_ARRAY(nat64_map_policy),
};

static const struct nla_policy nat64_map_flush_policy[NAT64_A_MAX + 1] = {
	NAT64_DEVICE_POLICY,
	NAT64_MAP_TYPE_POLICY,
};

static struct genl_family nat64_family;

/* The device that a request names, with a reference, or an error. */
static struct nat64 *nat64_get_device(struct net *net, struct nlattr **attrs,
				      struct netlink_ext_ack *extack)
{
	struct nlattr *attr = attrs[NAT64_A_IFINDEX] ?: attrs[NAT64_A_IFNAME];
	struct net_device *dev;

	if (!attr) {
		NL_SET_ERR_MSG(extack, "no device named");
		return ERR_PTR(-EINVAL);
	}
	if (attrs[NAT64_A_IFINDEX])
		dev = dev_get_by_index(net, nla_get_u32(attr));
	else
		dev = dev_get_by_name(net, nla_data(attr));
	if (!dev || READ_ONCE(dev->reg_state) != NETREG_REGISTERED) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "no such device");
		dev_put(dev);
		return ERR_PTR(-ENODEV);
	}
	if (!nat64_from_netdev(dev)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "not a NAT64 device");
		dev_put(dev);
		return ERR_PTR(-EOPNOTSUPP);
	}
	return nat64_from_netdev(dev);
}

static void nat64_put_device(struct nat64 *nat)
{
	dev_put(nat->dev);
}

static int nat64_fill_prefix(struct sk_buff *skb, const struct in6_addr *addr6, __be32 addr4,
			     u8 len)
{
	struct nlattr *nest = nla_nest_start(skb, NAT64_PREFIX_A_UNSPEC + 1);

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

static int nat64_fill_prefixes6(struct sk_buff *skb, int type,
				const struct nat64_prefix6 *prefixes, unsigned int n)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < n; i++)
		if (nat64_fill_prefix(skb, &prefixes[i].addr, 0, prefixes[i].len))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nat64_fill_prefixes4(struct sk_buff *skb, int type,
				const struct nat64_prefix4 *prefixes, unsigned int n)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < n; i++)
		if (nat64_fill_prefix(skb, NULL, prefixes[i].addr, prefixes[i].len))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nat64_fill_name(struct sk_buff *skb, const struct nat64 *nat)
{
	if (nla_put_u32(skb, NAT64_A_IFINDEX, nat->dev->ifindex) ||
	    nla_put_string(skb, NAT64_A_IFNAME, nat->dev->name))
		return -EMSGSIZE;
	return 0;
}

static int nat64_fill_counts(struct sk_buff *skb, struct nat64 *nat)
{
	u32 all = atomic_read(&nat->table->by6.nelems), dynamic = READ_ONCE(nat->dynamic.count);

	if (nla_put_u32(skb, NAT64_A_POOL_SIZE, nat->dynamic.pools->usable) ||
	    nla_put_u32(skb, NAT64_A_STATIC_COUNT, all > dynamic ? all - dynamic : 0) ||
	    nla_put_u32(skb, NAT64_A_DYNAMIC_COUNT, dynamic))
		return -EMSGSIZE;
	return 0;
}

/* The hash key tells which address a host will get; that is not for everybody. */
static int nat64_fill_device(struct sk_buff *skb, struct nat64 *nat, bool with_key)
{
	const struct nat64_config *config;

	config = rcu_dereference_protected(nat->config, lockdep_is_held(&nat->lock));
	if (nat64_fill_name(skb, nat) ||
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
	    (with_key &&
	     nla_put(skb, NAT64_A_HASH_KEY, sizeof(config->hash_key), &config->hash_key)))
		return -EMSGSIZE;
	return nat64_fill_counts(skb, nat);
}

static int nat64_fill_stats(struct sk_buff *skb, struct nat64 *nat, bool unused)
{
	struct nlattr *nest;
	unsigned int i;

	if (nat64_fill_name(skb, nat))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, NAT64_A_STATS);
	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i < __NAT64_STAT_MAX; i++)
		if (nla_put_u64_64bit(skb, i, nat64_stats_sum(nat->stats, i) - nat->stats_base[i],
				      NAT64_STAT_UNSPEC))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

typedef int (*nat64_fill_t)(struct sk_buff *skb, struct nat64 *nat, bool privileged);

static int nat64_fill_message(struct sk_buff *skb, struct nat64 *nat, u8 cmd, u32 portid, u32 seq,
			      int flags, bool privileged, nat64_fill_t fill)
{
	void *hdr = genlmsg_put(skb, portid, seq, &nat64_family, flags, cmd);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	mutex_lock(&nat->lock);
	err = fill(skb, nat, privileged);
	mutex_unlock(&nat->lock);
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

static bool nat64_is_privileged(struct sk_buff *skb)
{
	return netlink_ns_capable(skb, sock_net(skb->sk)->user_ns, CAP_NET_ADMIN);
}

/* Room for a whole answer: three full lists are about 5 KiB. */
#define NAT64_ANSWER_SIZE 8192

static int nat64_answer(struct sk_buff *skb, struct genl_info *info, u8 cmd, nat64_fill_t fill)
{
	struct sk_buff *msg;
	struct nat64 *nat;
	int err;

	nat = nat64_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);

	err = -ENOMEM;
	msg = genlmsg_new(NAT64_ANSWER_SIZE, GFP_KERNEL);
	if (!msg)
		goto out;
	err = nat64_fill_message(msg, nat, cmd, info->snd_portid, info->snd_seq, 0,
				 nat64_is_privileged(skb), fill);
	if (err)
		nlmsg_free(msg);
	else
		err = genlmsg_reply(msg, info);
out:
	nat64_put_device(nat);
	return err;
}

/* One message a device; cb->args[0] is the interface index to go on with. */
static int nat64_dump_devices(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
			      nat64_fill_t fill)
{
	struct net *net = sock_net(skb->sk);
	bool privileged = netlink_ns_capable(cb->skb, net->user_ns, CAP_NET_ADMIN);
	struct net_device *dev;
	int err = 0;

	rtnl_lock();
	for_each_netdev(net, dev) {
		if (dev->ifindex < cb->args[0] || !nat64_from_netdev(dev))
			continue;
		err = nat64_fill_message(skb, nat64_from_netdev(dev), cmd,
					 NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
					 NLM_F_MULTI, privileged, fill);
		if (err)
			break;
		cb->args[0] = dev->ifindex + 1;
	}
	rtnl_unlock();
	return skb->len ?: err;
}

static int nat64_dev_get(struct sk_buff *skb, struct genl_info *info)
{
	return nat64_answer(skb, info, NAT64_CMD_DEV_GET, nat64_fill_device);
}

static int nat64_dev_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nat64_dump_devices(skb, cb, NAT64_CMD_DEV_GET, nat64_fill_device);
}

static int nat64_stats_get(struct sk_buff *skb, struct genl_info *info)
{
	return nat64_answer(skb, info, NAT64_CMD_STATS_GET, nat64_fill_stats);
}

static int nat64_stats_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nat64_dump_devices(skb, cb, NAT64_CMD_STATS_GET, nat64_fill_stats);
}

static int nat64_stats_reset(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64 *nat;
	unsigned int i;

	nat = nat64_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);

	/* The counters themselves belong to the packets' CPUs. */
	mutex_lock(&nat->lock);
	for (i = 1; i < __NAT64_STAT_MAX; i++)
		nat->stats_base[i] = nat64_stats_sum(nat->stats, i);
	mutex_unlock(&nat->lock);
	nat64_put_device(nat);
	return 0;
}

static int nat64_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, const char *why)
{
	NL_SET_BAD_ATTR(extack, attr);
	if (extack)
		extack->_msg = why;
	return -EINVAL;
}

static int nat64_parse_prefix6(const struct nlattr *attr, struct nat64_prefix6 *prefix,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_PREFIX_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAT64_PREFIX_A_MAX, attr, nat64_prefix_policy, extack);
	if (err)
		return err;
	if (!tb[NAT64_PREFIX_A_ADDR6] || tb[NAT64_PREFIX_A_ADDR4])
		return nat64_refuse(extack, attr, "not an IPv6 prefix");
	prefix->addr = nla_get_in6_addr(tb[NAT64_PREFIX_A_ADDR6]);
	prefix->len = tb[NAT64_PREFIX_A_LEN] ? nla_get_u8(tb[NAT64_PREFIX_A_LEN]) : 128;
	if (nat64_prefix6_has_host_bits(prefix))
		return nat64_refuse(extack, attr, "IPv6 prefix has host bits set");
	return 0;
}

static int nat64_parse_prefix4(const struct nlattr *attr, struct nat64_prefix4 *prefix,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NAT64_PREFIX_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NAT64_PREFIX_A_MAX, attr, nat64_prefix_policy, extack);
	if (err)
		return err;
	if (!tb[NAT64_PREFIX_A_ADDR4] || tb[NAT64_PREFIX_A_ADDR6])
		return nat64_refuse(extack, attr, "not an IPv4 prefix");
	prefix->addr = nla_get_in_addr(tb[NAT64_PREFIX_A_ADDR4]);
	prefix->len = tb[NAT64_PREFIX_A_LEN] ? nla_get_u8(tb[NAT64_PREFIX_A_LEN]) : 32;
	if (prefix->len > 32)
		return nat64_refuse(extack, attr, "IPv4 prefix length is above 32");
	if (nat64_prefix4_has_host_bits(prefix))
		return nat64_refuse(extack, attr, "IPv4 prefix has host bits set");
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

/* What may be a pool, or translatable: addresses that hosts can have. */
static const char *nat64_bad_hosts4(const struct nat64_prefix4 *prefix)
{
	static const struct nat64_prefix4 barred[] = {
		{ cpu_to_be32(0x00000000), 8 }, { cpu_to_be32(0x7f000000), 8 },
		{ cpu_to_be32(0xa9fe0000), 16 }, { cpu_to_be32(0xe0000000), 4 },
		{ cpu_to_be32(0xffffffff), 32 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(barred); i++)
		if (nat64_prefix4_overlaps(prefix, &barred[i]))
			return "prefix holds addresses that hosts cannot have";
	return NULL;
}

static int nat64_parse_prefixes(struct nlattr *list, struct nat64_config *config,
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
			return nat64_refuse(extack, attr, why);
		config->prefixes[config->n_prefixes++] = prefix;
	}
	return 0;
}

static int nat64_parse_hosts4(struct nlattr *list, struct nat64_prefix4 *prefixes, u8 *n,
			      u8 min_len, struct netlink_ext_ack *extack)
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
		why = prefix.len < min_len ? "pool is larger than a /8" :
					     nat64_bad_hosts4(&prefix);
		for (i = 0; !why && i < *n; i++)
			if (nat64_prefix4_overlaps(&prefix, &prefixes[i]))
				why = "prefix overlaps another one of the list";
		if (!why && *n == NAT64_PREFIXES_MAX)
			why = "too many prefixes";
		if (why)
			return nat64_refuse(extack, attr, why);
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
					 NAT64_MIN_POOL_LEN, extack);
	if (!err && attrs[NAT64_A_TRANSLATABLE])
		err = nat64_parse_hosts4(attrs[NAT64_A_TRANSLATABLE], config->translatable,
					 &config->n_translatable, 0, extack);
	if (err)
		return err;

	for (i = 0; i < config->n_pools; i++)
		for (j = 0; j < config->n_translatable; j++)
			if (nat64_prefix4_overlaps(&config->pools[i], &config->translatable[j]))
				return nat64_refuse(extack, attrs[NAT64_A_TRANSLATABLE] ?:
						    attrs[NAT64_A_POOLS],
						    "a pool and a translatable prefix overlap");
	return 0;
}

static int nat64_parse_options(struct nlattr **attrs, struct nat64_config *config,
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
	if (attrs[NAT64_A_HASH_KEY])
		nla_memcpy(&config->hash_key, attrs[NAT64_A_HASH_KEY], sizeof(config->hash_key));
	if (attrs[NAT64_A_ICMP_SOURCE]) {
		config->icmp_source = nla_get_in_addr(attrs[NAT64_A_ICMP_SOURCE]);
		if (config->icmp_source && !nat64_addr4_is_translatable(config->icmp_source))
			return nat64_refuse(extack, attrs[NAT64_A_ICMP_SOURCE],
					    "not an address that a host can have");
	}
	return 0;
}

static int nat64_dev_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nat64_config *config;
	struct nat64 *nat;
	int err;

	nat = nat64_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);

	mutex_lock(&nat->lock);
	config = kmemdup(rcu_dereference_protected(nat->config, lockdep_is_held(&nat->lock)),
			 sizeof(*config), GFP_KERNEL);
	err = config ? 0 : -ENOMEM;
	if (!err)
		err = nat64_parse_lists(info->attrs, config, info->extack);
	if (!err)
		err = nat64_parse_options(info->attrs, config, info->extack);
	if (!err)
		err = nat64_set_config(nat, config);
	mutex_unlock(&nat->lock);

	kfree(config);
	nat64_put_device(nat);
	return err;
}

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

static int nat64_fill_one_map(struct sk_buff *skb, struct nat64 *nat, const struct nat64_map *map,
			      u32 portid, u32 seq, u8 cmd)
{
	void *hdr = genlmsg_put(skb, portid, seq, &nat64_family, 0, cmd);
	struct nlattr *nest;

	if (!hdr || nat64_fill_name(skb, nat))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, NAT64_A_MAPS);
	if (!nest || nat64_fill_map(skb, map))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	genlmsg_end(skb, hdr);
	return 0;
}

static int nat64_map_get(struct sk_buff *skb, struct genl_info *info)
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
	nat = nat64_get_device(genl_info_net(info), attrs, info->extack);
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
	err = map ? nat64_fill_one_map(msg, nat, map, info->snd_portid, info->snd_seq,
				       NAT64_CMD_MAP_GET) : -ENOENT;
	rcu_read_unlock();
	nat64_put_device(nat);

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
	nat = nat64_get_device(sock_net(cb->skb->sk), attrs, cb->extack);
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
	nat64_put_device(nat);
	return 0;
}

static int nat64_map_dump_done(struct netlink_callback *cb)
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

static int nat64_map_dump(struct sk_buff *skb, struct netlink_callback *cb)
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

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &nat64_family,
			  NLM_F_MULTI, NAT64_CMD_MAP_GET);
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

/* What to do with one mapping of a request; absent prefixes have the length 255. */
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
			return nat64_refuse(extack, attr, "mapping without an address");
		err = change(nat, has6 ? &prefix6 : NULL, has4 ? &prefix4 : NULL, extack);
	} else {
		if (!has6 || !has4)
			return nat64_refuse(extack, attr, "mapping needs an IPv6 and an IPv4 prefix");
		why = nat64_bad_map(&prefix6, &prefix4);
		if (why)
			return nat64_refuse(extack, attr, why);
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
	nat = nat64_get_device(genl_info_net(info), info->attrs, info->extack);
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

	nat64_put_device(nat);
	return err;
}

static int nat64_map_add(struct sk_buff *skb, struct genl_info *info)
{
	return nat64_change_maps(info, nat64_mapping_add);
}

static int nat64_map_replace(struct sk_buff *skb, struct genl_info *info)
{
	return nat64_change_maps(info, nat64_mapping_replace);
}

static int nat64_map_del(struct sk_buff *skb, struct genl_info *info)
{
	return nat64_change_maps(info, nat64_mapping_del);
}

static int nat64_map_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *type = info->attrs[NAT64_A_MAP_TYPE];
	struct nat64 *nat;

	nat = nat64_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);

	mutex_lock(&nat->lock);
	nat64_mapping_flush(nat, type ? nla_get_u8(type) : 0);
	mutex_unlock(&nat->lock);
	nat64_put_device(nat);
	return 0;
}

static const struct genl_ops nat64_ops[] = {
	{
		.cmd = NAT64_CMD_DEV_GET,
		.doit = nat64_dev_get,
		.dumpit = nat64_dev_dump,
		.policy = nat64_device_policy,
	}, {
		.cmd = NAT64_CMD_DEV_SET,
		.doit = nat64_dev_set,
		.policy = nat64_dev_set_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_MAP_GET,
		.doit = nat64_map_get,
		.dumpit = nat64_map_dump,
		.done = nat64_map_dump_done,
		.policy = nat64_map_get_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_MAP_ADD,
		.doit = nat64_map_add,
		.policy = nat64_map_change_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_MAP_REPLACE,
		.doit = nat64_map_replace,
		.policy = nat64_map_change_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_MAP_DEL,
		.doit = nat64_map_del,
		.policy = nat64_map_change_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_MAP_FLUSH,
		.doit = nat64_map_flush,
		.policy = nat64_map_flush_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_STATS_GET,
		.doit = nat64_stats_get,
		.dumpit = nat64_stats_dump,
		.policy = nat64_device_policy,
	}, {
		.cmd = NAT64_CMD_STATS_RESET,
		.doit = nat64_stats_reset,
		.policy = nat64_device_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	},
};

enum { NAT64_MCGRP_MAPPINGS };

static const struct genl_multicast_group nat64_mcgrps[] = {
	[NAT64_MCGRP_MAPPINGS] = {
		.name = NAT64_GENL_MCGRP_MAPPINGS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

static struct genl_family nat64_family __ro_after_init = {
	.name		= NAT64_GENL_NAME,
	.version	= NAT64_GENL_VERSION,
	.maxattr	= NAT64_A_MAX,
	.netnsok	= true,
	.module		= THIS_MODULE,
	.ops		= nat64_ops,
	.n_ops		= ARRAY_SIZE(nat64_ops),
	.mcgrps		= nat64_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(nat64_mcgrps),
};

/**
 * nat64_netlink_notify() - tell listeners that a dynamic mapping was made or is gone
 * @nat: the instance
 * @map: the mapping
 * @cmd: NAT64_CMD_MAP_ADD or NAT64_CMD_MAP_DEL
 *
 * Context: any; does not sleep. A listener that is too slow sees ENOBUFS.
 */
void nat64_netlink_notify(struct nat64 *nat, const struct nat64_map *map, enum nat64_cmd cmd)
{
	struct net *net = dev_net(nat->dev);
	struct sk_buff *msg;

	if (!genl_has_listeners(&nat64_family, net, NAT64_MCGRP_MAPPINGS))
		return;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	if (!msg || nat64_fill_one_map(msg, nat, map, 0, 0, cmd)) {
		nlmsg_free(msg);
		genl_set_err(&nat64_family, net, 0, NAT64_MCGRP_MAPPINGS, -ENOBUFS);
		return;
	}
	genlmsg_multicast_netns(&nat64_family, net, msg, 0, NAT64_MCGRP_MAPPINGS, GFP_ATOMIC);
}

int __init nat64_netlink_init(void)
{
	return genl_register_family(&nat64_family);
}

void nat64_netlink_uninit(void)
{
	genl_unregister_family(&nat64_family);
}
