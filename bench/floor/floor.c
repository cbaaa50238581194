// SPDX-License-Identifier: GPL-2.0
/*
 * The least that a router has to do with a packet: write other link-layer
 * addresses and send it. No fast path in a hook at ingress can be faster.
 *
 *	insmod floor.ko links=FROM,TO,ADDRESS,...
 *
 * A packet that FROM receives leaves by TO for the link-layer address ADDRESS.
 * The devices are in the network namespace in which insmod runs.
 */

#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/skbuff.h>

#define LINKS 2
#define WORDS 3	/* of a link */

static char *links[LINKS * WORDS];
static unsigned int words;
module_param_array(links, charp, &words, 0);

struct floor_link {
	struct nf_hook_ops ops;		/* .dev is NULL if not registered */
	struct net_device *to;
	u8 source[ETH_ALEN];
	u8 destination[ETH_ALEN];
};

static struct floor_link floor_links[LINKS];
static struct net *floor_net;

static unsigned int floor_send(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct floor_link *link = priv;
	struct ethhdr *eth;

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return NF_STOLEN;
	if (skb_cow_head(skb, ETH_HLEN)) {
		kfree_skb(skb);
		return NF_STOLEN;
	}
	eth = skb_push(skb, ETH_HLEN);
	ether_addr_copy(eth->h_source, link->source);
	ether_addr_copy(eth->h_dest, link->destination);
	skb->dev = link->to;
	dev_queue_xmit(skb);
	return NF_STOLEN;
}

/* Context: RTNL held, so the devices stay. */
static int floor_add(struct floor_link *link, char **word)
{
	struct net_device *from = __dev_get_by_name(floor_net, word[0]);
	int err;

	link->to = __dev_get_by_name(floor_net, word[1]);
	if (!from || !link->to)
		return -ENODEV;
	if (!mac_pton(word[2], link->destination))
		return -EINVAL;
	ether_addr_copy(link->source, link->to->dev_addr);
	link->ops = (struct nf_hook_ops){
		.hook		= floor_send,
		.priv		= link,
		.dev		= from,
		.pf		= NFPROTO_NETDEV,
		.hooknum	= NF_NETDEV_INGRESS,
	};
	err = nf_register_net_hook(floor_net, &link->ops);
	if (err)
		link->ops.dev = NULL;
	return err;
}

static void floor_del(struct floor_link *link)
{
	if (link->ops.dev)
		nf_unregister_net_hook(floor_net, &link->ops);
	link->ops.dev = NULL;
}

/* A link goes with either of its devices. */
static int floor_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	unsigned int i;

	for (i = 0; event == NETDEV_UNREGISTER && i < LINKS; i++)
		if (floor_links[i].ops.dev == dev || floor_links[i].to == dev)
			floor_del(&floor_links[i]);
	return NOTIFY_DONE;
}

static struct notifier_block floor_notifier = { .notifier_call = floor_event };

static void floor_exit(void)
{
	unsigned int i;

	unregister_netdevice_notifier(&floor_notifier);
	rtnl_lock();
	for (i = 0; i < LINKS; i++)
		floor_del(&floor_links[i]);
	rtnl_unlock();
}

static int __init floor_init(void)
{
	unsigned int i;
	int err;

	err = register_netdevice_notifier(&floor_notifier);
	if (err)
		return err;
	rtnl_lock();
	floor_net = current->nsproxy->net_ns;
	for (i = 0; !err && i < words / WORDS; i++)
		err = floor_add(&floor_links[i], &links[i * WORDS]);
	rtnl_unlock();
	if (err)
		floor_exit();
	return err;
}

module_init(floor_init);
module_exit(floor_exit);
MODULE_DESCRIPTION("New link-layer addresses and nothing else, for nat64's bench");
MODULE_LICENSE("GPL");
