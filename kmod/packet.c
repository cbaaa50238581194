// SPDX-License-Identifier: GPL-2.0
/*
 * What both directions of the translation do to a packet.
 */

#include "packet.h"
#include "icmp_type.h"

#include <linux/if_vlan.h>
#include <linux/in.h>

/* The types of super-packets that differ between the families. */
#define NAT64_GSO_TCP (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)

static bool nat64_is_echo(u8 protocol, u8 type)
{
	return protocol == IPPROTO_ICMP ? nat64_echo_4to6(type) :
					  nat64_is_echo6(type);
}

/*
 * The identifier of an echo stands for both ports. Not inline, so that other
 * packets do not pay for its stack.
 */
static noinline void nat64_read_id(const struct sk_buff *skb,
				   unsigned int offset,
				   struct nat64_tuple *tuple)
{
	const struct icmphdr *icmph;
	struct icmphdr buf;

	icmph = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!icmph || !nat64_is_echo(tuple->protocol, icmph->type))
		return;
	tuple->sport = icmph->un.echo.id;
	tuple->dport = icmph->un.echo.id;
}

/**
 * nat64_read_l4() - read protocol and ports of a packet
 * @skb: the packet, or one that quotes it
 * @offset: where in @skb its IP header begins
 * @hdr: that header
 * @tuple: gets the protocol, and what tells its flows apart: ports, the
 *	   identifier of an echo, or the SPI of IPsec; zero if there is no such
 *	   thing, and for all fragments, since only the first one has it
 */
void nat64_read_l4(const struct sk_buff *skb, unsigned int offset,
		   const struct nat64_iphdr *hdr, struct nat64_tuple *tuple)
{
	int at = proto_ports_offset(hdr->protocol);
	const __be32 *ports;

	offset += hdr->len;
	tuple->protocol = hdr->protocol;
	tuple->ports = 0;
	if (unlikely(hdr->offset || hdr->more))
		return;

	if (at >= 0 && hdr->payload_len >= at + sizeof(tuple->ports)) {
		ports = skb_header_pointer(skb, offset + at,
					   sizeof(tuple->ports), &tuple->ports);
		if (ports)
			tuple->ports = *ports;
	} else if ((hdr->protocol == IPPROTO_ICMP ||
		    hdr->protocol == IPPROTO_ICMPV6) &&
		   hdr->payload_len >= sizeof(struct icmphdr)) {
		nat64_read_id(skb, offset, tuple);
	}
}

/**
 * nat64_replace_header() - make room for another IP header in place of the present one
 * @skb: the packet, IP header at its beginning
 * @old_len: bytes to take away
 * @new_len: bytes to make room for, left for the caller to fill in
 *
 * The super-packet's type changes to that of the other family.
 *
 * Return: 0 or -ENOMEM; then the packet is as it was
 */
int nat64_replace_header(struct sk_buff *skb, unsigned int old_len,
			 unsigned int new_len)
{
	unsigned int grow = new_len > old_len ? new_len - old_len : 0;
	unsigned int *gso_type;

	if (!pskb_may_pull(skb, old_len) || skb_cow_head(skb, grow))
		return -ENOMEM;
	if (skb_is_gso(skb)) {
		if (skb_unclone(skb, GFP_ATOMIC))
			return -ENOMEM;
		gso_type = &skb_shinfo(skb)->gso_type;
		if (*gso_type & NAT64_GSO_TCP)
			*gso_type ^= NAT64_GSO_TCP;
		*gso_type &= ~SKB_GSO_TCP_FIXEDID;
	}

	nat64_swap_header(skb, old_len, new_len);
	return 0;
}

/**
 * nat64_scrub() - drop all state of the old family and path
 * @skb: the packet
 * @dev: the device that it is to be received from, or sent to
 */
void nat64_scrub(struct sk_buff *skb, struct net_device *dev)
{
	skb_scrub_packet(skb, false);
	skb_clear_tstamp(skb);
	skb_orphan(skb);
	__vlan_hwaccel_clear_tag(skb);
	memset(skb->cb, 0, sizeof(skb->cb));
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	skb->dev = dev;
}
