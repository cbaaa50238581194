// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family "nat64": its commands and their policies,
 * counters, and events; include/uapi/linux/nat64.h says what the messages mean.
 */

#include "netlink.h"
#include "device.h"
#include "event.h"
#include "netlink_change.h"
#include "netlink_common.h"
#include "netlink_dev.h"
#include "netlink_flow.h"
#include "netlink_map.h"
#include "netlink_restore.h"
#include "netlink_route.h"

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

static struct netlink_range_validation nat64_flows_range = {
	.min = 1,
	.max = 1 << 22,
};

#define NAT64_DEVICE_POLICY							\
	[NAT64_A_IFINDEX]	= { .type = NLA_U32 },				\
	[NAT64_A_IFNAME]	= { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 }

#define NAT64_MAP_TYPE_POLICY \
	[NAT64_A_MAP_TYPE] = NLA_POLICY_RANGE(NLA_U8, NAT64_MAP_STATIC, NAT64_MAP_DYNAMIC)

static const struct nla_policy nat64_device_policy[NAT64_A_MAX + 1] = {
	NAT64_DEVICE_POLICY,
};

#define NAT64_CONFIG_POLICY								\
	[NAT64_A_PREFIXES]	= NLA_POLICY_NESTED_ARRAY(nat64_prefix_policy),		\
	[NAT64_A_POOLS]		= NLA_POLICY_NESTED_ARRAY(nat64_prefix_policy),		\
	[NAT64_A_TRANSLATABLE]	= NLA_POLICY_NESTED_ARRAY(nat64_prefix_policy),		\
	[NAT64_A_WKP_STRICT]	= NLA_POLICY_MAX(NLA_U8, 1),				\
	[NAT64_A_UDP_ZERO_CSUM]	= NLA_POLICY_MAX(NLA_U8, NAT64_UDP_ZERO_CSUM_FORWARD),	\
	[NAT64_A_TOS]		= NLA_POLICY_MAX(NLA_U8, NAT64_TOS_ZERO),		\
	[NAT64_A_LOWEST_IPV6_MTU] = NLA_POLICY_FULL_RANGE(NLA_U32, &nat64_mtu_range),	\
	[NAT64_A_ICMP_SOURCE]	= NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),		\
	[NAT64_A_IDLE_TIMEOUT]	= NLA_POLICY_FULL_RANGE(NLA_U32, &nat64_timeout_range),	\
	[NAT64_A_QUOTA]		= { .type = NLA_U32 },					\
	[NAT64_A_HASH_KEY]	= NLA_POLICY_EXACT_LEN(NAT64_HASH_KEY_LEN),		\
	[NAT64_A_HOOK]		= NLA_POLICY_NESTED(nat64_hook_policy),			\
	[NAT64_A_FAST]		= NLA_POLICY_MAX(NLA_U32, NAT64_FAST_INGRESS),	\
	[NAT64_A_FAST_REFRESH]	= NLA_POLICY_RANGE(NLA_U32, 1, 3600),			\
	[NAT64_A_FAST_FLOWS]	= NLA_POLICY_FULL_RANGE(NLA_U32, &nat64_flows_range),	\
	[NAT64_A_FAST_DEVICES]	= NLA_POLICY_NESTED(nat64_hook_policy)

static const struct nla_policy nat64_dev_set_policy[NAT64_A_MAX + 1] = {
	NAT64_DEVICE_POLICY,
	NAT64_CONFIG_POLICY,
};

static const struct nla_policy nat64_dev_restore_policy[NAT64_A_MAX + 1] = {
	NAT64_DEVICE_POLICY,
	NAT64_CONFIG_POLICY,
	[NAT64_A_CHECK]		= { .type = NLA_FLAG },
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

static const struct nla_policy nat64_route_get_policy[NAT64_A_MAX + 1] = {
	NAT64_DEVICE_POLICY,
	[NAT64_A_SRC]		= NLA_POLICY_NESTED(nat64_end_policy),
	[NAT64_A_DST]		= NLA_POLICY_NESTED(nat64_end_policy),
	[NAT64_A_HAIRPIN]	= { .type = NLA_FLAG },
};

static const struct nla_policy nat64_flow_flush_policy[NAT64_A_MAX + 1] = {
	NAT64_DEVICE_POLICY,
	[NAT64_A_ADDR6]		= NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[NAT64_A_ADDR4]		= NLA_POLICY_EXACT_LEN(sizeof(struct in_addr)),
};

static int nat64_fill_stats(struct sk_buff *skb, struct nat64 *nat, bool unused)
{
	struct nlattr *nest;
	unsigned int i;

	if (nat64_netlink_fill_name(skb, nat))
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

static int nat64_fill_message(struct sk_buff *skb, struct nat64 *nat, u8 cmd,
			      u32 portid, u32 seq, int flags, bool privileged,
			      nat64_fill_t fill)
{
	void *hdr = genlmsg_put(skb, portid, seq, &nat64_netlink_family, flags, cmd);
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

static int nat64_answer(struct sk_buff *skb, struct genl_info *info, u8 cmd,
			nat64_fill_t fill)
{
	struct sk_buff *msg;
	struct nat64 *nat;
	int err;

	nat = nat64_netlink_get_device(genl_info_net(info), info->attrs, info->extack);
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
	nat64_netlink_put_device(nat);
	return err;
}

/*
 * The instance with the lowest interface index that is @ifindex or above, its
 * device held; or NULL.
 */
static struct nat64 *nat64_next_device(struct net *net, int ifindex)
{
	struct net_device *dev, *next = NULL;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev)
		if (nat64_from_netdev(dev) && dev->ifindex >= ifindex &&
		    (!next || dev->ifindex < next->ifindex))
			next = dev;
	dev_hold(next);
	rcu_read_unlock();
	return next ? nat64_from_netdev(next) : NULL;
}

/*
 * Put one message per device, in the order of interface indices; cb->args[0] is
 * the index to go on with. Do so without the RTNL, so as not to wait for its
 * holder.
 */
static int nat64_dump_devices(struct sk_buff *skb, struct netlink_callback *cb,
			      u8 cmd, nat64_fill_t fill)
{
	struct net *net = sock_net(skb->sk);
	bool privileged = netlink_ns_capable(cb->skb, net->user_ns, CAP_NET_ADMIN);
	struct nat64 *nat;
	int err = 0;

	while (!err && (nat = nat64_next_device(net, cb->args[0]))) {
		err = nat64_fill_message(skb, nat, cmd, NETLINK_CB(cb->skb).portid,
					 cb->nlh->nlmsg_seq, NLM_F_MULTI, privileged, fill);
		if (!err)
			cb->args[0] = nat->dev->ifindex + 1;
		nat64_netlink_put_device(nat);
	}
	return skb->len ?: err;
}

static int nat64_dev_get(struct sk_buff *skb, struct genl_info *info)
{
	return nat64_answer(skb, info, NAT64_CMD_DEV_GET, nat64_netlink_fill_device);
}

static int nat64_dev_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nat64_dump_devices(skb, cb, NAT64_CMD_DEV_GET, nat64_netlink_fill_device);
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

	nat = nat64_netlink_get_device(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(nat))
		return PTR_ERR(nat);

	/* Only the packets' CPUs may write to the counters themselves. */
	mutex_lock(&nat->lock);
	for (i = 1; i < __NAT64_STAT_MAX; i++)
		nat->stats_base[i] = nat64_stats_sum(nat->stats, i);
	mutex_unlock(&nat->lock);
	nat64_netlink_put_device(nat);
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
		.doit = nat64_netlink_dev_set,
		.policy = nat64_dev_set_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_MAP_GET,
		.doit = nat64_netlink_map_get,
		.dumpit = nat64_netlink_map_dump,
		.done = nat64_netlink_map_dump_done,
		.policy = nat64_map_get_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_MAP_ADD,
		.doit = nat64_netlink_map_add,
		.policy = nat64_map_change_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_MAP_REPLACE,
		.doit = nat64_netlink_map_replace,
		.policy = nat64_map_change_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_MAP_DEL,
		.doit = nat64_netlink_map_del,
		.policy = nat64_map_change_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_MAP_FLUSH,
		.doit = nat64_netlink_map_flush,
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
	}, {
		.cmd = NAT64_CMD_MAP_STAGE,
		.doit = nat64_netlink_map_stage,
		.policy = nat64_map_change_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_DEV_RESTORE,
		.doit = nat64_netlink_dev_restore,
		.policy = nat64_dev_restore_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_ROUTE_GET,
		.doit = nat64_netlink_route_get,
		.policy = nat64_route_get_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_FLOW_GET,
		.dumpit = nat64_netlink_flow_dump,
		.done = nat64_netlink_flow_dump_done,
		.policy = nat64_device_policy,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = NAT64_CMD_FLOW_FLUSH,
		.doit = nat64_netlink_flow_flush,
		.policy = nat64_flow_flush_policy,
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

static bool nat64_netlink_wanted(const struct nat64 *nat)
{
	return genl_has_listeners(&nat64_netlink_family, dev_net(nat->dev),
				  NAT64_MCGRP_MAPPINGS);
}

/* The namespace that the device is in, held; or NULL if it is about to end. */
static struct net *nat64_netlink_hold_net(const struct nat64 *nat)
{
	struct net *net;

	rcu_read_lock();
	net = maybe_get_net(dev_net(nat->dev));
	rcu_read_unlock();
	return net;
}

/* A listener that is too slow, or for whom there is no memory, sees ENOBUFS. */
static void nat64_netlink_multicast(struct net *net, struct nat64 *nat,
				    const struct nat64_map *map,
				    enum nat64_cmd cmd)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	int err = -ENOMEM;

	if (msg) {
		rcu_read_lock();
		err = nat64_netlink_fill_one_map(msg, nat, map, 0, 0, cmd);
		rcu_read_unlock();
	}
	if (err) {
		nlmsg_free(msg);
		genl_set_err(&nat64_netlink_family, net, 0,
			     NAT64_MCGRP_MAPPINGS, -ENOBUFS);
		return;
	}
	genlmsg_multicast_netns(&nat64_netlink_family, net, msg, 0,
				NAT64_MCGRP_MAPPINGS, GFP_KERNEL);
}

static void nat64_netlink_tell(struct nat64 *nat, const struct nat64_map *map,
			       enum nat64_cmd cmd)
{
	struct net *net = nat64_netlink_hold_net(nat);

	if (!net)
		return;
	nat64_netlink_multicast(net, nat, map, cmd);
	put_net(net);
}

static const struct nat64_event_ops nat64_netlink_event_ops = {
	.wanted	= nat64_netlink_wanted,
	.tell	= nat64_netlink_tell,
};

int __init nat64_netlink_init(void)
{
	int err = nat64_netlink_restore_init();

	if (err)
		return err;
	nat64_netlink_family.ops = nat64_ops;
	nat64_netlink_family.n_ops = ARRAY_SIZE(nat64_ops);
	nat64_netlink_family.mcgrps = nat64_mcgrps;
	nat64_netlink_family.n_mcgrps = ARRAY_SIZE(nat64_mcgrps);
	err = genl_register_family(&nat64_netlink_family);
	if (err) {
		nat64_netlink_restore_uninit();
		return err;
	}
	nat64_event_set_ops(&nat64_netlink_event_ops);
	return 0;
}

void nat64_netlink_uninit(void)
{
	nat64_event_set_ops(NULL);
	genl_unregister_family(&nat64_netlink_family);
	nat64_netlink_restore_uninit();
}
