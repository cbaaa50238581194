// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks of the fast path at the ingress of devices, which are known by name.
 */

#include "ingress.h"
#include "fast.h"

#include <linux/netfilter.h>
#include <linux/netfilter_netdev.h>

/* Behind what users have at ingress, which may filter or mark. */
#define NAT64_INGRESS_PRIORITY INT_MAX

static bool nat64_ingress_wants(const struct nat64_config *config,
				const struct net_device *dev)
{
	return config && config->fast == NAT64_FAST_INGRESS &&
	       nat64_has_name(config->fast_devices, config->n_fast_devices, dev->name);
}

static struct nf_hook_ops *nat64_ingress_find(struct nat64_hook *hook,
					      const struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hook->ingress); i++)
		if (hook->ingress[i].dev == dev)
			return &hook->ingress[i];
	return NULL;
}

static void nat64_ingress_unregister(struct net *net, struct nf_hook_ops *ops)
{
	nf_unregister_net_hook(net, ops);
	ops->dev = NULL;
}

static int nat64_ingress_register(struct nat64 *nat, struct net_device *dev)
{
	struct nf_hook_ops *ops = nat64_ingress_find(&nat->hook, NULL);
	int err;

	*ops = (struct nf_hook_ops){
		.hook		= nat64_fast_ingress,
		.priv		= nat,
		.dev		= dev,
		.pf		= NFPROTO_NETDEV,
		.hooknum	= NF_NETDEV_INGRESS,
		.priority	= NAT64_INGRESS_PRIORITY,
	};
	err = nf_register_net_hook(nat->hook.net, ops);
	if (err)
		ops->dev = NULL;
	return err;
}

/*
 * A device that is about to go is left alone: nat64_ingress_leave() may have
 * been called for it already. So is one that has the name as an alternative
 * one: rules do not know it by that, either.
 */
static int nat64_ingress_on_device(struct nat64 *nat, const char *name)
{
	struct net_device *dev = dev_get_by_name(nat->hook.net, name);
	int err = 0;

	if (!dev)
		return 0;
	/* Not READ_ONCE(): a bit-field before 6.7 (and in 6.1.176). */
	if (data_race(dev->reg_state) == NETREG_REGISTERED && !strcmp(dev->name, name) &&
	    !nat64_ingress_find(&nat->hook, dev))
		err = nat64_ingress_register(nat, dev);
	dev_put(dev);
	return err;
}

/**
 * nat64_ingress_on() - register the hooks that a configuration wants
 * @nat: the instance
 * @config: the configuration
 *
 * A device that is not there gets its hook when it comes.
 *
 * Context: process context, @nat->hook.lock held.
 * Return: 0 or the error of nf_register_net_hook()
 */
int nat64_ingress_on(struct nat64 *nat, const struct nat64_config *config)
{
	unsigned int i;
	int err = 0;

	if (config->fast != NAT64_FAST_INGRESS || !nat->hook.net)
		return 0;
	for (i = 0; !err && i < config->n_fast_devices; i++)
		err = nat64_ingress_on_device(nat, config->fast_devices[i]);
	return err;
}

/**
 * nat64_ingress_off() - unregister the hooks that a configuration does not want
 * @nat: the instance
 * @config: the configuration, or NULL for none at all
 *
 * Context: process context, @nat->hook.lock held.
 */
void nat64_ingress_off(struct nat64 *nat, const struct nat64_config *config)
{
	struct nf_hook_ops *ops = nat->hook.ingress;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nat->hook.ingress); i++, ops++)
		if (ops->dev && !nat64_ingress_wants(config, ops->dev))
			nat64_ingress_unregister(nat->hook.net, ops);
}

/**
 * nat64_ingress_leave() - unregister the hook of a device that is about to go
 * @nat: the instance
 * @dev: the device
 *
 * Context: process context, @nat->hook.lock held.
 */
void nat64_ingress_leave(struct nat64 *nat, const struct net_device *dev)
{
	struct nf_hook_ops *ops = nat64_ingress_find(&nat->hook, dev);

	if (ops)
		nat64_ingress_unregister(nat->hook.net, ops);
}
