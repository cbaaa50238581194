// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: what the commands have in common.
 */

#include "netlink_common.h"
#include "device.h"

#include <net/genetlink.h>

/* The family of all answers. netlink.c, a layer above, adds the commands. */
struct genl_family nat64_netlink_family __ro_after_init = {
	.name		= NAT64_GENL_NAME,
	.version	= NAT64_GENL_VERSION,
	.maxattr	= NAT64_A_MAX,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
};

/*
 * The kernel validates a list up to its last whole entry. Refuse a list with
 * something left behind that, rather than take it for a shorter one.
 */
static int nat64_check_lists(struct nlattr **attrs,
			     struct netlink_ext_ack *extack)
{
	static const enum nat64_attr lists[] = {
		NAT64_A_PREFIXES, NAT64_A_POOLS, NAT64_A_TRANSLATABLE, NAT64_A_MAPS,
		NAT64_A_HOOK, NAT64_A_FAST_DEVICES
	};
	struct nlattr *attr;
	unsigned int i;
	int rem;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		if (!attrs[lists[i]])
			continue;
		nla_for_each_nested(attr, attrs[lists[i]], rem)
			;
		if (rem)
			return nat64_netlink_refuse(extack, attrs[lists[i]],
						    "list ends within an entry");
	}
	return 0;
}

/**
 * nat64_netlink_get_device() - the device that a request names
 * @net: namespace of the request
 * @attrs: its attributes; checks the lists among them, too
 * @extack: says what is wrong
 *
 * Context: process context.
 * Return: the instance, its device held until nat64_netlink_put_device(), or an
 * error pointer
 */
struct nat64 *nat64_netlink_get_device(struct net *net, struct nlattr **attrs,
				       struct netlink_ext_ack *extack)
{
	struct nlattr *attr = attrs[NAT64_A_IFINDEX] ?: attrs[NAT64_A_IFNAME];
	struct net_device *dev;
	int err;

	if (!attr) {
		NL_SET_ERR_MSG(extack, "no device named");
		return ERR_PTR(-EINVAL);
	}
	err = nat64_check_lists(attrs, extack);
	if (err)
		return ERR_PTR(err);
	if (attrs[NAT64_A_IFINDEX])
		dev = dev_get_by_index(net, nla_get_u32(attr));
	else
		dev = dev_get_by_name(net, nla_data(attr));
	/* Not READ_ONCE(): a bit-field before 6.7 (and in 6.1.176). */
	if (!dev || data_race(dev->reg_state != NETREG_REGISTERED)) {
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

/**
 * nat64_netlink_put_device() - let go of the device of an instance
 * @nat: the instance
 */
void nat64_netlink_put_device(struct nat64 *nat)
{
	dev_put(nat->dev);
}

/**
 * nat64_netlink_fill_name() - put into an answer which device it is about
 * @skb: the answer
 * @nat: the instance
 *
 * Return: 0 or -EMSGSIZE
 */
int nat64_netlink_fill_name(struct sk_buff *skb, const struct nat64 *nat)
{
	char name[IFNAMSIZ];

	/* The device may be renamed at this moment. */
	strscpy(name, nat->dev->name, sizeof(name));
	if (nla_put_u32(skb, NAT64_A_IFINDEX, nat->dev->ifindex) ||
	    nla_put_string(skb, NAT64_A_IFNAME, name))
		return -EMSGSIZE;
	return 0;
}

/**
 * nat64_netlink_refuse() - say why an attribute is refused
 * @extack: gets the reason, or NULL
 * @attr: the attribute
 * @why: the reason, a literal
 *
 * Return: -EINVAL
 */
int nat64_netlink_refuse(struct netlink_ext_ack *extack,
			 const struct nlattr *attr, const char *why)
{
	NL_SET_BAD_ATTR(extack, attr);
	if (extack)
		extack->_msg = why;
	return -EINVAL;
}
