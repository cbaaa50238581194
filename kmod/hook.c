// SPDX-License-Identifier: GPL-2.0
/*
 * The hook: a door in PREROUTING that needs no rule. It takes what
 * "-j NAT64" in the table raw would take, and comes right behind that table.
 */

#include "hook.h"
#include "config.h"
#include "path.h"

#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>

/* Behind the rules of raw, which may mark or drop; in front of conntrack. */
#define NAT64_HOOK_PRIORITY (NF_IP_PRI_RAW + 1)

static bool nat64_hook_is_wanted(const struct nat64_config *config)
{
	return config->hook_any || config->n_hook_devices;
}

/* Whether the hook takes packets from a device, which goes by name, as in rules. */
static bool nat64_hook_selects(const struct nat64_config *config,
			       const struct net_device *dev)
{
	unsigned int i;

	if (config->hook_any)
		return true;
	for (i = 0; i < config->n_hook_devices; i++)
		if (!strcmp(dev->name, config->hook_devices[i]))
			return true;
	return false;
}

static unsigned int nat64_hook(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct nat64 *nat = priv;

	if (!nat64_hook_selects(nat64_config(nat), state->in))
		return NF_ACCEPT;
	return nat64_receive(nat, skb) ? NF_STOLEN : NF_ACCEPT;
}

/**
 * nat64_hook_init() - begin without a namespace
 * @nat: a new instance
 */
void nat64_hook_init(struct nat64 *nat)
{
	static const struct nf_hook_ops ops[] = {
		{
			.hook		= nat64_hook,
			.pf		= NFPROTO_IPV4,
			.hooknum	= NF_INET_PRE_ROUTING,
			.priority	= NAT64_HOOK_PRIORITY,
		}, {
			.hook		= nat64_hook,
			.pf		= NFPROTO_IPV6,
			.hooknum	= NF_INET_PRE_ROUTING,
			.priority	= NAT64_HOOK_PRIORITY,
		},
	};
	unsigned int i;

	BUILD_BUG_ON(ARRAY_SIZE(ops) != ARRAY_SIZE(nat->hook.ops));
	mutex_init(&nat->hook.lock);
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		nat->hook.ops[i] = ops[i];
		nat->hook.ops[i].priv = nat;
	}
}

static int nat64_hook_on(struct nat64 *nat)
{
	struct nat64_hook *hook = &nat->hook;
	int err = 0;

	mutex_lock(&hook->lock);
	if (!hook->net)
		err = -ENODEV;
	else if (!hook->on)
		err = nf_register_net_hooks(hook->net, hook->ops, ARRAY_SIZE(hook->ops));
	if (!err)
		hook->on = true;
	mutex_unlock(&hook->lock);
	return err;
}

/* Needs hook->lock. */
static void nat64_hook_unregister(struct nat64_hook *hook)
{
	if (hook->on)
		nf_unregister_net_hooks(hook->net, hook->ops, ARRAY_SIZE(hook->ops));
	hook->on = false;
}

static void nat64_hook_off(struct nat64 *nat)
{
	mutex_lock(&nat->hook.lock);
	nat64_hook_unregister(&nat->hook);
	mutex_unlock(&nat->hook.lock);
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

	if (nat64_hook_is_wanted(nat64_config(nat)) && nat64_hook_on(nat))
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
	mutex_lock(&nat->hook.lock);
	nat64_hook_unregister(&nat->hook);
	nat->hook.net = NULL;
	mutex_unlock(&nat->hook.lock);
}

/**
 * nat64_hook_set_config() - replace the configuration; turn the hook on or off
 * @nat: the instance
 * @config: the new one, as for nat64_set_config()
 *
 * A hook that is registered costs every packet of the namespace a call, so it
 * is there only while it is wanted.
 *
 * Context: process context, @nat->lock held.
 * Return: 0, -ENOMEM, or -ENODEV if the device is about to go; then nothing has
 * changed
 */
int nat64_hook_set_config(struct nat64 *nat, struct nat64_config *config)
{
	int err = 0;

	if (nat64_hook_is_wanted(config))
		err = nat64_hook_on(nat);
	if (!err)
		err = nat64_set_config(nat, config);
	if (!nat64_hook_is_wanted(nat64_config(nat)))
		nat64_hook_off(nat);
	return err;
}
