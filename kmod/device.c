// SPDX-License-Identifier: GPL-2.0
/*
 * The device is the instance: its life, the door that routes lead to, its
 * counters.
 */

#include "device.h"
#include "compat.h"
#include "config.h"
#include "dynamic.h"
#include "dynamic_end.h"
#include "flow.h"
#include "generation.h"
#include "hook.h"
#include "map.h"
#include "own.h"
#include "path.h"

#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/rtnetlink.h>

/* IPv6 needs 20 bytes more than IPv4, and 8 for a fragment header. */
#define NAT64_HEADROOM (sizeof(struct ipv6hdr) - sizeof(struct iphdr) + sizeof(struct frag_hdr))

/*
 * We know a hairpin by the device that it came in by, but a VRF puts itself in
 * that place. The control block still says where the packet came from, but
 * dev_queue_xmit() is about to overwrite it.
 */
static int nat64_header(struct sk_buff *skb, struct net_device *dev,
			unsigned short type, const void *daddr,
			const void *saddr, unsigned int len)
{
	int iif = type == ETH_P_IPV6 ? IP6CB(skb)->iif : IPCB(skb)->iif;

	if (iif == dev->ifindex)
		skb->skb_iif = iif;
	return 0;
}

static const struct header_ops nat64_header_ops = {
	.create		= nat64_header,
	.parse_protocol	= ip_tunnel_parse_protocol,
};

static netdev_tx_t nat64_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_sw_netstats_tx_add(dev, 1, skb->len);
	/* packet_direct_xmit() calls us without an RCU read side. */
	rcu_read_lock();
	nat64_transmit(netdev_priv(dev), skb);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

static int nat64_dev_init(struct net_device *dev)
{
	struct nat64 *nat = netdev_priv(dev);
	struct nat64_table *table;
	int err = -ENOMEM;

	nat->dev = dev;
	mutex_init(&nat->lock);
	nat64_hook_init(nat);

	table = nat64_table_alloc();
	if (!table)
		return err;
	rcu_assign_pointer(nat->config, nat64_default_config(table));
	if (!rcu_access_pointer(nat->config))
		goto err_table;

	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		goto err_config;

	nat->stats = nat64_stats_alloc();
	if (!nat->stats)
		goto err_tstats;

	err = nat64_dynamic_init(nat);
	if (err)
		goto err_stats;
	return 0;

err_stats:
	free_percpu(nat->stats);
err_tstats:
	free_percpu(dev->tstats);
err_config:
	kfree(rcu_access_pointer(nat->config));
err_table:
	nat64_table_put(table);
	return err;
}

/*
 * Runs without the RTNL, since it may take long. No packet is in flight here
 * any more.
 */
static void nat64_dev_destroy(struct net_device *dev)
{
	struct nat64 *nat = netdev_priv(dev);
	struct nat64_config *config = rcu_dereference_protected(nat->config, true);

	mutex_lock(&nat->lock);
	nat64_dynamic_flush(nat);
	mutex_unlock(&nat->lock);
	nat64_flows_end(rcu_dereference_protected(nat->flows, true));
	nat64_dynamic_destroy(nat);
	nat64_table_put(config->table);
	free_percpu(nat->stats);
	free_percpu(dev->tstats);
	kfree(config);
}

static const struct net_device_ops nat64_netdev_ops = {
	.ndo_init		= nat64_dev_init,
	.ndo_start_xmit		= nat64_start_xmit,
	.ndo_get_stats64	= dev_get_tstats64,
};

static const struct device_type nat64_device_type = { .name = "nat64" };

static void nat64_setup(struct net_device *dev)
{
	netdev_features_t features = NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA |
				     NETIF_F_HW_CSUM | NETIF_F_RXCSUM | NETIF_F_SCTP_CRC |
				     NETIF_F_GSO_SOFTWARE;

	dev->netdev_ops = &nat64_netdev_ops;
	dev->header_ops = &nat64_header_ops;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->features |= features;
	dev->hw_features |= features;
	dev->needed_headroom = NAT64_HEADROOM;
	dev->mtu = ETH_DATA_LEN;
	dev->min_mtu = IPV6_MIN_MTU;
	dev->max_mtu = IP_MAX_MTU;
	dev->priv_destructor = nat64_dev_destroy;
	dev->needs_free_netdev = true;
	nat64_set_lltx(dev);
	SET_NETDEV_DEVTYPE(dev, &nat64_device_type);

	/* Errors are sent along the packet's route. */
	netif_keep_dst(dev);
}

/*
 * With ipv6.disable=1 only half of the kernel's IPv6 is there. Asking it for a
 * route, as an ICMPv6 error does, follows a null pointer.
 */
static int nat64_validate(struct nlattr *tb[], struct nlattr *data[],
			  struct netlink_ext_ack *extack)
{
	if (ipv6_mod_enabled())
		return 0;
	NL_SET_ERR_MSG(extack, "this kernel runs without IPv6 (ipv6.disable=1)");
	return -EAFNOSUPPORT;
}

static struct rtnl_link_ops nat64_link_ops __read_mostly = {
	.kind		= "nat64",
	.priv_size	= sizeof(struct nat64),
	.setup		= nat64_setup,
	.validate	= nat64_validate,
};

/**
 * nat64_from_netdev() - the instance behind a device
 * @dev: any device
 *
 * Return: the instance, which lives as long as the device, or NULL if it is of
 * another kind
 */
struct nat64 *nat64_from_netdev(const struct net_device *dev)
{
	return dev->rtnl_link_ops == &nat64_link_ops ? netdev_priv(dev) : NULL;
}
EXPORT_SYMBOL_GPL(nat64_from_netdev);

/*
 * The settings of a new device, or of one that comes to another namespace.
 * Later changes by the user stay.
 */
static void nat64_default_settings(struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rtnl(dev);
	struct inet6_dev *in6_dev = __in6_dev_get(dev);

	if (in_dev) {
		/*
		 * A hairpin has to come this way, so nobody can be redirected
		 * around it. The setting of "all" still turns redirects on, but
		 * those that the router sends into the device are dropped.
		 */
		IN_DEV_CONF_SET(in_dev, SEND_REDIRECTS, false);
		/*
		 * ICMP errors of IPv6 routers get the device's own address as
		 * their source (RFC 6791).
		 */
		IN_DEV_CONF_SET(in_dev, ACCEPT_LOCAL, true);
	}
	/* There is nobody on this link to talk to with a link-local address. */
	if (in6_dev)
		in6_dev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
}

static void nat64_device_registered(struct nat64 *nat)
{
	nat64_default_settings(nat->dev);
	/* It may have come to another namespace, with other addresses. */
	mutex_lock(&nat->lock);
	nat64_own_begin(nat);
	nat64_own_find(nat);
	nat64_own_find4(nat);
	nat64_hook_enter(nat);
	mutex_unlock(&nat->lock);
}

static void nat64_end_flows(struct nat64 *nat)
{
	spin_lock_bh(&nat->dynamic.lock);
	nat64_forget_flows(nat);
	spin_unlock_bh(&nat->dynamic.lock);
}

/*
 * The device leaves a namespace. Its flows have routes of that namespace, which
 * must not outlive it.
 */
static void nat64_device_unregistered(struct nat64 *nat)
{
	struct nat64_flows *flows;

	nat64_hook_leave(nat);
	nat64_end_flows(nat);
	mutex_lock(&nat->lock);
	flows = nat64_flows_get(nat);
	mutex_unlock(&nat->lock);
	if (!flows)
		return;
	/* Packets that were in the hooks may still have made some. */
	synchronize_net();
	nat64_flows_empty(flows);
	nat64_flows_put(flows);
}

/* Something has happened to a device of the namespace, perhaps to that of @nat. */
static void nat64_device_event(struct nat64 *nat, struct net_device *dev,
			       unsigned long event)
{
	if (event == NETDEV_UNREGISTER)
		nat64_hook_device_gone(nat, dev);
	if (event == NETDEV_REGISTER || event == NETDEV_CHANGENAME) {
		mutex_lock(&nat->lock);
		nat64_hook_device_changed(nat);
		mutex_unlock(&nat->lock);
	}
	if (event != NETDEV_REGISTER)
		nat64_end_flows(nat);
}

/* Whether an event may change what hooks there are, or what becomes of flows. */
static bool nat64_event_matters(unsigned long event)
{
	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_UNREGISTER:
	case NETDEV_CHANGENAME:
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGEMTU:
	case NETDEV_CHANGEUPPER:
		return true;
	default:
		return false;
	}
}

static int nat64_netdev_event(struct notifier_block *this, unsigned long event,
			      void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr), *each;
	struct nat64 *nat = nat64_from_netdev(dev);

	if (nat && event == NETDEV_REGISTER)
		nat64_device_registered(nat);
	if (nat && event == NETDEV_UNREGISTER)
		nat64_device_unregistered(nat);

	if (!nat64_event_matters(event))
		return NOTIFY_DONE;
	for_each_netdev(dev_net(dev), each)
		if (nat64_from_netdev(each))
			nat64_device_event(nat64_from_netdev(each), dev, event);
	return NOTIFY_DONE;
}

/*
 * Runs after IPv4 and IPv6, which create their settings of a device when it is
 * registered.
 */
static struct notifier_block nat64_netdev_notifier = {
	.notifier_call = nat64_netdev_event,
	.priority = -1,
};

/* Note new addresses. Missing a removed one only costs packets a lookup. */
static int nat64_inet6addr_event(struct notifier_block *this,
				 unsigned long event, void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;
	struct net_device *dev;
	struct nat64 *nat;

	if (event != NETDEV_UP)
		return NOTIFY_DONE;

	rcu_read_lock();
	for_each_netdev_rcu(dev_net(ifa->idev->dev), dev) {
		nat = nat64_from_netdev(dev);
		if (!nat)
			continue;
		nat64_own_added(nat, &ifa->addr);
		nat64_end_flows(nat);
	}
	rcu_read_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block nat64_inet6addr_notifier = {
	.notifier_call = nat64_inet6addr_event,
};

/* Packets to the new address, and those from it, are no longer those of a host behind us. */
static int nat64_inetaddr_event(struct notifier_block *this,
				unsigned long event, void *ptr)
{
	const struct in_ifaddr *ifa = ptr;
	struct net_device *dev;
	struct nat64 *nat;

	if (event != NETDEV_UP)
		return NOTIFY_DONE;
	for_each_netdev(dev_net(ifa->ifa_dev->dev), dev) {
		nat = nat64_from_netdev(dev);
		if (!nat)
			continue;
		nat64_own_added4(nat, ifa);
		nat64_dynamic_remove4(nat, ifa->ifa_local);
		nat64_end_flows(nat);
	}
	return NOTIFY_DONE;
}

static struct notifier_block nat64_inetaddr_notifier = {
	.notifier_call = nat64_inetaddr_event,
};

int __init nat64_device_init(void)
{
	int err = register_inet6addr_notifier(&nat64_inet6addr_notifier);

	if (err)
		return err;
	err = register_inetaddr_notifier(&nat64_inetaddr_notifier);
	if (err)
		goto err_inet6addr;
	err = register_netdevice_notifier(&nat64_netdev_notifier);
	if (err)
		goto err_inetaddr;
	err = rtnl_link_register(&nat64_link_ops);
	if (err)
		goto err_netdev;
	return 0;

err_netdev:
	unregister_netdevice_notifier(&nat64_netdev_notifier);
err_inetaddr:
	unregister_inetaddr_notifier(&nat64_inetaddr_notifier);
err_inet6addr:
	unregister_inet6addr_notifier(&nat64_inet6addr_notifier);
	return err;
}

void nat64_device_uninit(void)
{
	rtnl_link_unregister(&nat64_link_ops);
	unregister_netdevice_notifier(&nat64_netdev_notifier);
	unregister_inetaddr_notifier(&nat64_inetaddr_notifier);
	unregister_inet6addr_notifier(&nat64_inet6addr_notifier);
	/*
	 * Mappings are freed by kfree_rcu(), which needs nothing of this
	 * module.
	 */
}
