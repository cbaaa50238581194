// SPDX-License-Identifier: GPL-2.0
/*
 * Fragments. Packets are cut and put together on the IPv4 side of the
 * translation, by ip_do_fragment() and ip_defrag(): there the header has room
 * for it, and fragments of fragments come out right.
 */

#include "frag.h"
#include "compat.h"

#include <net/ip.h>
#include <net/route.h>

/* Keeps the fragments apart from those of other users of ip_defrag(); "N64". */
#define NAT64_DEFRAG_USER 0x4e3634

/**
 * struct nat64_fragments - the input of ip_do_fragment(), and its result
 * @rt: a route that leads nowhere; its device only says how large a fragment
 *	may be at most
 * @head: the fragments so far
 * @tail: where the next one goes
 */
struct nat64_fragments {
	struct rtable rt;
	struct sk_buff *head;
	struct sk_buff **tail;
};

static unsigned int nat64_dst_mtu(const struct dst_entry *dst)
{
	return dst->dev->mtu;
}

static struct dst_ops nat64_dst_ops = {
	.family = AF_INET,
	.mtu = nat64_dst_mtu,
};

/* The route is on the stack of nat64_fragment(), and no longer needed. */
static int nat64_fragment_output(struct net *net, struct sock *sk,
				 struct sk_buff *skb)
{
	struct nat64_fragments *fragments =
		container_of(skb_rtable(skb), struct nat64_fragments, rt);

	skb_dst_drop(skb);
	*fragments->tail = skb;
	fragments->tail = &skb->next;
	return 0;
}

/**
 * nat64_fragment() - cut an IPv4 packet
 * @dev: the device, whose MTU is the limit for a fragment in any case
 * @pskb: the packet; gets the list of its fragments, or NULL
 * @size: the largest size of a fragment, in bytes, header included
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_OK or NAT64_DROP_NOMEM: nothing else can go wrong with valid
 * headers
 */
enum nat64_verdict nat64_fragment(struct net_device *dev, struct sk_buff **pskb,
				  unsigned int size)
{
	struct nat64_fragments fragments = { .tail = &fragments.head };
	struct sk_buff *skb = *pskb;

	nat64_dst_init(&fragments.rt.dst, &nat64_dst_ops);
	fragments.rt.dst.dev = dev;

	skb_dst_drop(skb);
	skb_dst_set_noref(skb, &fragments.rt.dst);
	skb_orphan(skb);
	/* The sum of the whole is that of no fragment. */
	skb_forward_csum(skb);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->frag_max_size = size;
	/* Makes every fragment of a packet with DF have it too. */
	if (ip_hdr(skb)->frag_off & htons(IP_DF))
		IPCB(skb)->flags |= IPSKB_FRAG_PMTU;

	if (ip_do_fragment(dev_net(dev), NULL, skb, nat64_fragment_output)) {
		kfree_skb_list(fragments.head);
		*pskb = NULL;
		return NAT64_DROP_NOMEM;
	}
	*pskb = fragments.head;
	return NAT64_OK;
}

/**
 * nat64_is_cut_icmp() - whether a packet is a fragment of ICMP that was whole a moment ago
 * @skb: an IPv4 packet on its way into the device
 *
 * On output, the kernel fragments again what conntrack has put together. IPCB()
 * is as ip_do_fragment() left it, unless the packet came another way. At worst
 * such a packet waits in vain for the rest of its fragments.
 */
bool nat64_is_cut_icmp(const struct sk_buff *skb)
{
	return ip_hdr(skb)->protocol == IPPROTO_ICMP && ip_is_fragment(ip_hdr(skb)) &&
	       IPCB(skb)->flags & IPSKB_FRAG_COMPLETE;
}

/**
 * nat64_reassemble() - put together again what the kernel has just cut
 * @net: the namespace
 * @pskb: a fragment; gets the whole, or NULL
 * @frag_max_size: gets the size of the largest fragment
 *
 * Fragments of ICMP cannot be translated one by one: the checksum of ICMPv6
 * covers the length of the whole message (RFC 7915, section 1.2).
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_OK if it was the last one, NAT64_TAKEN if others are still to
 * come, or NAT64_DROP_ICMP_FRAGMENT
 */
enum nat64_verdict nat64_reassemble(struct net *net, struct sk_buff **pskb,
				    u16 *frag_max_size)
{
	int err = ip_defrag(net, *pskb, NAT64_DEFRAG_USER);

	if (err) {
		*pskb = NULL;
		return err == -EINPROGRESS ? NAT64_TAKEN :
					     NAT64_DROP_ICMP_FRAGMENT;
	}
	*frag_max_size = IPCB(*pskb)->frag_max_size;
	return NAT64_OK;
}
