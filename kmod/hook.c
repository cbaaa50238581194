// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks of an instance, which are there only while its configuration wants
 * them. One is a door in PREROUTING that needs no rule: it takes what "-j NAT64"
 * in the table raw would take, and comes right behind that table. The others
 * belong to the fast path.
 */

#include "hook.h"
#include "config.h"
#include "flow.h"
#include "ingress.h"
#include "learn.h"
#include "path.h"

#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/l3mdev.h>

/* Behind the rules of raw, which may mark or drop; in front of conntrack. */
#define NAT64_HOOK_PRIORITY (NF_IP_PRI_RAW + 1)

/* Behind all that may still change a packet. */
#define NAT64_LEARN_PRIORITY (NF_IP_PRI_LAST - 1)

static bool nat64_hook_is_wanted(const struct nat64_config *config)
{
	return config->hook_any || config->n_hook_devices;
}

/*
 * Whether the hook takes packets from a device. Devices go by name, as in rules.
 * "any" means those in the same VRF as the instance (or in none, like it), since
 * each VRF has its own addresses.
 */
static bool nat64_hook_selects(const struct nat64 *nat, const struct net_device *dev)
{
	const struct nat64_config *config = nat64_config(nat);

	if (config->hook_any)
		return l3mdev_master_ifindex_rcu(dev) == l3mdev_master_ifindex_rcu(nat->dev);
	return nat64_has_name(config->hook_devices, config->n_hook_devices, dev->name);
}

static unsigned int nat64_hook(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct nat64 *nat = priv;

	if (!nat64_hook_selects(nat, state->in))
		return NF_ACCEPT;
	return nat64_receive(nat, skb) ? NF_STOLEN : NF_ACCEPT;
}

static void nat64_hook_init_pair(struct nat64 *nat, struct nat64_hook_pair *pair,
				 nf_hookfn *hook, unsigned int hooknum, int priority)
{
	static const u8 families[2] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		pair->ops[i] = (struct nf_hook_ops){
			.hook		= hook,
			.priv		= nat,
			.pf		= families[i],
			.hooknum	= hooknum,
			.priority	= priority,
		};
}

/**
 * nat64_hook_init() - begin without a namespace
 * @nat: a new instance
 */
void nat64_hook_init(struct nat64 *nat)
{
	mutex_init(&nat->hook.lock);
	nat64_hook_init_pair(nat, &nat->hook.door, nat64_hook, NF_INET_PRE_ROUTING,
			     NAT64_HOOK_PRIORITY);
	nat64_hook_init_pair(nat, &nat->hook.learn, nat64_learn, NF_INET_POST_ROUTING,
			     NAT64_LEARN_PRIORITY);
}

static int nat64_hook_register(struct net *net, struct nat64_hook_pair *pair)
{
	int err = 0;

	if (!net)
		return -ENODEV;
	if (!pair->on)
		err = nf_register_net_hooks(net, pair->ops, ARRAY_SIZE(pair->ops));
	pair->on = !err;
	return err;
}

static void nat64_hook_unregister(struct net *net, struct nat64_hook_pair *pair)
{
	if (pair->on)
		nf_unregister_net_hooks(net, pair->ops, ARRAY_SIZE(pair->ops));
	pair->on = false;
}

/* Turn the hooks on that a configuration wants. */
static int nat64_hook_on(struct nat64 *nat, const struct nat64_config *config)
{
	struct nat64_hook *hook = &nat->hook;
	int err = 0;

	mutex_lock(&hook->lock);
	if (nat64_hook_is_wanted(config))
		err = nat64_hook_register(hook->net, &hook->door);
	if (!err && config->fast)
		err = nat64_hook_register(hook->net, &hook->learn);
	if (!err)
		err = nat64_ingress_on(nat, config);
	mutex_unlock(&hook->lock);
	return err;
}

/* Turn those off that it does not want. */
static void nat64_hook_off(struct nat64 *nat, const struct nat64_config *config)
{
	struct nat64_hook *hook = &nat->hook;

	mutex_lock(&hook->lock);
	nat64_ingress_off(nat, config);
	if (!nat64_hook_is_wanted(config))
		nat64_hook_unregister(hook->net, &hook->door);
	if (!config->fast)
		nat64_hook_unregister(hook->net, &hook->learn);
	mutex_unlock(&hook->lock);
}

/**
 * nat64_hook_enter() - the device has come into a namespace
 * @nat: the instance
 *
 * Context: process context, @nat->lock held.
 */
void nat64_hook_enter(struct nat64 *nat)
{
	mutex_lock(&nat->hook.lock);
	nat->hook.net = dev_net(nat->dev);
	mutex_unlock(&nat->hook.lock);

	if (nat64_hook_on(nat, nat64_config(nat)))
		netdev_warn(nat->dev, "out of memory: the hook is off\n");
}

/**
 * nat64_hook_leave() - the device is about to leave its namespace
 * @nat: the instance
 *
 * Packets may be in the hook for one more grace period.
 *
 * Context: process context.
 */
void nat64_hook_leave(struct nat64 *nat)
{
	struct nat64_hook *hook = &nat->hook;

	mutex_lock(&hook->lock);
	nat64_ingress_off(nat, NULL);
	nat64_hook_unregister(hook->net, &hook->door);
	nat64_hook_unregister(hook->net, &hook->learn);
	hook->net = NULL;
	mutex_unlock(&hook->lock);
}

/**
 * nat64_hook_device_changed() - another device has come, or has got another name
 * @nat: the instance
 *
 * Context: process context, @nat->lock held.
 */
void nat64_hook_device_changed(struct nat64 *nat)
{
	nat64_hook_off(nat, nat64_config(nat));
	if (nat64_hook_on(nat, nat64_config(nat)))
		netdev_warn(nat->dev, "out of memory: no fast path at the ingress of a device\n");
}

/**
 * nat64_hook_device_gone() - another device is about to leave the namespace
 * @nat: the instance
 * @dev: the device
 *
 * Context: process context.
 */
void nat64_hook_device_gone(struct nat64 *nat, const struct net_device *dev)
{
	mutex_lock(&nat->hook.lock);
	nat64_ingress_leave(nat, dev);
	mutex_unlock(&nat->hook.lock);
}

/* The flows for a configuration: those that there are, new ones, or none. */
static int nat64_hook_flows(struct nat64 *nat, const struct nat64_config *config,
			    struct nat64_flows **flows)
{
	*flows = rcu_dereference_protected(nat->flows, lockdep_is_held(&nat->lock));
	if (!config->fast)
		*flows = NULL;
	else if (!*flows || (*flows)->max != config->fast_flows)
		*flows = nat64_flows_alloc(nat, config);
	return config->fast && !*flows ? -ENOMEM : 0;
}

/**
 * nat64_hook_set_config() - replace the configuration; turn hooks on or off
 * @nat: the instance
 * @config: the new one, as for nat64_set_config()
 *
 * A hook that is registered costs every packet of the namespace a call, so it
 * is there only while it is wanted.
 *
 * Context: process context, @nat->lock held.
 * Return: 0, -ENOMEM, -EOPNOTSUPP if this kernel has no hooks at ingress, or
 * -ENODEV if the device is about to go; then nothing has changed
 */
int nat64_hook_set_config(struct nat64 *nat, struct nat64_config *config)
{
	struct nat64_flows *flows, *old;
	int err;

	old = rcu_dereference_protected(nat->flows, lockdep_is_held(&nat->lock));
	err = nat64_hook_flows(nat, config, &flows);
	if (!err)
		err = nat64_hook_on(nat, config);
	if (!err)
		err = nat64_set_config(nat, config);
	if (!err)
		rcu_assign_pointer(nat->flows, flows);
	else
		swap(flows, old);
	nat64_hook_off(nat, nat64_config(nat));
	if (flows != old)
		nat64_flows_end(old);
	return err;
}
