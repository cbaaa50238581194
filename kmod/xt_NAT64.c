// SPDX-License-Identifier: GPL-2.0
/*
 * The target NAT64 of iptables and ip6tables: the door in PREROUTING.
 */

#include "device.h"
#include "path.h"

#include <linux/module.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_NAT64.h>
#include <net/netns/generic.h>

/**
 * struct xt_nat64_ref - what a rule knows of its device
 * @list: link in xt_nat64_net.refs
 * @name: the device's name; there may be no such device
 * @nat: the instance, or NULL
 * @rcu: for the deferred free
 */
struct xt_nat64_ref {
	struct list_head list;
	char name[IFNAMSIZ];
	struct nat64 __rcu *nat;
	struct rcu_head rcu;
};

/**
 * struct xt_nat64_net - the rules of a namespace
 * @refs: what they know of their devices
 * @lock: protects @refs
 */
struct xt_nat64_net {
	struct list_head refs;
	struct mutex lock;
};

static unsigned int xt_nat64_net_id __read_mostly;

static unsigned int nat64_tg(struct sk_buff *skb, const struct xt_action_param *par,
			     const struct xt_nat64_ref *ref)
{
	struct nat64 *nat = rcu_dereference(ref->nat);

	/* nft_compat cannot check the hook of a rule in a chain that others jump to. */
	if (!nat || unlikely(xt_hooknum(par) != NF_INET_PRE_ROUTING))
		return XT_CONTINUE;
	return nat64_receive(nat, skb) ? NF_STOLEN : XT_CONTINUE;
}

static unsigned int nat64_tg_v0(struct sk_buff *skb, const struct xt_action_param *par)
{
	const struct xt_nat64_tginfo *info = par->targinfo;

	return nat64_tg(skb, par, info->ref);
}

static unsigned int nat64_tg_v1(struct sk_buff *skb, const struct xt_action_param *par)
{
	const struct xt_nat64_tginfo_v1 *info = par->targinfo;

	return nat64_tg(skb, par, info->ref);
}

/* @device: of IFNAMSIZ bytes; @info_ref: gets what the rule knows of it */
static int nat64_tg_check(const struct xt_tgchk_param *par, const char *device,
			  struct xt_nat64_ref **info_ref)
{
	struct xt_nat64_net *xn = net_generic(par->net, xt_nat64_net_id);
	struct xt_nat64_ref *ref;
	struct net_device *dev;

	if (strcmp(par->table, "raw") && strcmp(par->table, "mangle")) {
		pr_info_ratelimited("only valid in tables raw and mangle, not %s\n", par->table);
		return -EINVAL;
	}
	if (strnlen(device, IFNAMSIZ) == IFNAMSIZ || !dev_valid_name(device)) {
		pr_info_ratelimited("invalid device name\n");
		return -EINVAL;
	}

	ref = kzalloc(sizeof(*ref), GFP_KERNEL_ACCOUNT);
	if (!ref)
		return -ENOMEM;
	strscpy(ref->name, device, sizeof(ref->name));

	/* Let the notifier know the rule first, so that no device slips through in between. */
	mutex_lock(&xn->lock);
	list_add(&ref->list, &xn->refs);
	dev = dev_get_by_name(par->net, ref->name);
	if (dev && dev->reg_state == NETREG_REGISTERED)
		rcu_assign_pointer(ref->nat, nat64_from_netdev(dev));
	dev_put(dev);
	mutex_unlock(&xn->lock);

	*info_ref = ref;
	return 0;
}

static int nat64_tg_check_v0(const struct xt_tgchk_param *par)
{
	struct xt_nat64_tginfo *info = par->targinfo;

	return nat64_tg_check(par, info->device, &info->ref);
}

static int nat64_tg_check_v1(const struct xt_tgchk_param *par)
{
	struct xt_nat64_tginfo_v1 *info = par->targinfo;

	if (info->flags) {
		pr_info_ratelimited("unknown flags 0x%x\n", info->flags);
		return -EINVAL;
	}
	if (memchr_inv(info->spare, 0, sizeof(info->spare))) {
		pr_info_ratelimited("spare bytes are not zero\n");
		return -EINVAL;
	}
	return nat64_tg_check(par, info->device, &info->ref);
}

static void nat64_tg_destroy(const struct xt_tgdtor_param *par, struct xt_nat64_ref *ref)
{
	struct xt_nat64_net *xn = net_generic(par->net, xt_nat64_net_id);

	mutex_lock(&xn->lock);
	list_del(&ref->list);
	mutex_unlock(&xn->lock);
	kfree_rcu(ref, rcu);
}

static void nat64_tg_destroy_v0(const struct xt_tgdtor_param *par)
{
	const struct xt_nat64_tginfo *info = par->targinfo;

	nat64_tg_destroy(par, info->ref);
}

static void nat64_tg_destroy_v1(const struct xt_tgdtor_param *par)
{
	const struct xt_nat64_tginfo_v1 *info = par->targinfo;

	nat64_tg_destroy(par, info->ref);
}

static struct xt_target nat64_tg_reg[] __read_mostly = {
	{
		.name       = "NAT64",
		.revision   = 0,
		.family     = NFPROTO_IPV4,
		.hooks      = 1 << NF_INET_PRE_ROUTING,
		.target     = nat64_tg_v0,
		.targetsize = sizeof(struct xt_nat64_tginfo),
		.usersize   = offsetof(struct xt_nat64_tginfo, ref),
		.checkentry = nat64_tg_check_v0,
		.destroy    = nat64_tg_destroy_v0,
		.me         = THIS_MODULE,
	},
	{
		.name       = "NAT64",
		.revision   = 0,
		.family     = NFPROTO_IPV6,
		.hooks      = 1 << NF_INET_PRE_ROUTING,
		.target     = nat64_tg_v0,
		.targetsize = sizeof(struct xt_nat64_tginfo),
		.usersize   = offsetof(struct xt_nat64_tginfo, ref),
		.checkentry = nat64_tg_check_v0,
		.destroy    = nat64_tg_destroy_v0,
		.me         = THIS_MODULE,
	},
	{
		.name       = "NAT64",
		.revision   = 1,
		.family     = NFPROTO_IPV4,
		.hooks      = 1 << NF_INET_PRE_ROUTING,
		.target     = nat64_tg_v1,
		.targetsize = sizeof(struct xt_nat64_tginfo_v1),
		.usersize   = offsetof(struct xt_nat64_tginfo_v1, ref),
		.checkentry = nat64_tg_check_v1,
		.destroy    = nat64_tg_destroy_v1,
		.me         = THIS_MODULE,
	},
	{
		.name       = "NAT64",
		.revision   = 1,
		.family     = NFPROTO_IPV6,
		.hooks      = 1 << NF_INET_PRE_ROUTING,
		.target     = nat64_tg_v1,
		.targetsize = sizeof(struct xt_nat64_tginfo_v1),
		.usersize   = offsetof(struct xt_nat64_tginfo_v1, ref),
		.checkentry = nat64_tg_check_v1,
		.destroy    = nat64_tg_destroy_v1,
		.me         = THIS_MODULE,
	},
};

/*
 * Rules go by name: a device that takes a name takes over its rules, and loses them with it. The
 * kernel reports changes of alternative names only while a device is up, but only then do they
 * matter.
 */
static int nat64_tg_netdev_event(struct notifier_block *this, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct nat64 *nat = nat64_from_netdev(dev);
	struct xt_nat64_net *xn;
	struct xt_nat64_ref *ref;

	if (!nat)
		return NOTIFY_DONE;
	if (event != NETDEV_REGISTER && event != NETDEV_CHANGENAME && event != NETDEV_UP &&
	    event != NETDEV_CHANGE && event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;

	xn = net_generic(dev_net(dev), xt_nat64_net_id);
	mutex_lock(&xn->lock);
	list_for_each_entry(ref, &xn->refs, list) {
		if (event != NETDEV_UNREGISTER &&
		    __dev_get_by_name(dev_net(dev), ref->name) == dev)
			rcu_assign_pointer(ref->nat, nat);
		else if (rcu_access_pointer(ref->nat) == nat)
			RCU_INIT_POINTER(ref->nat, NULL);
	}
	mutex_unlock(&xn->lock);
	return NOTIFY_DONE;
}

static struct notifier_block nat64_tg_netdev_notifier = {
	.notifier_call = nat64_tg_netdev_event,
};

static int __net_init xt_nat64_net_init(struct net *net)
{
	struct xt_nat64_net *xn = net_generic(net, xt_nat64_net_id);

	INIT_LIST_HEAD(&xn->refs);
	mutex_init(&xn->lock);
	return 0;
}

static struct pernet_operations xt_nat64_net_ops = {
	.init = xt_nat64_net_init,
	.id   = &xt_nat64_net_id,
	.size = sizeof(struct xt_nat64_net),
};

static int __init nat64_tg_init(void)
{
	int err;

	err = register_pernet_subsys(&xt_nat64_net_ops);
	if (err)
		return err;

	err = register_netdevice_notifier(&nat64_tg_netdev_notifier);
	if (err)
		goto err_pernet;

	err = xt_register_targets(nat64_tg_reg, ARRAY_SIZE(nat64_tg_reg));
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_netdevice_notifier(&nat64_tg_netdev_notifier);
err_pernet:
	unregister_pernet_subsys(&xt_nat64_net_ops);
	return err;
}

static void __exit nat64_tg_exit(void)
{
	xt_unregister_targets(nat64_tg_reg, ARRAY_SIZE(nat64_tg_reg));
	unregister_netdevice_notifier(&nat64_tg_netdev_notifier);
	unregister_pernet_subsys(&xt_nat64_net_ops);
}

module_init(nat64_tg_init);
module_exit(nat64_tg_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Xtables: translation between IPv6 and IPv4 by a NAT64 device");
MODULE_VERSION("0.1.0");
MODULE_ALIAS("ipt_NAT64");
MODULE_ALIAS("ip6t_NAT64");
