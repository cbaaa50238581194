/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_PACKET_H
#define _NAT64_PACKET_H

#include "resolve.h"
#include "verdict.h"

#include <linux/skbuff.h>
#include <net/checksum.h>
#include <net/ip.h>

/**
 * struct nat64_iphdr - what an IPv4 header says, or an IPv6 header with its
 *			extension headers
 * @len: length of the headers, in bytes
 * @payload_len: length of the payload, in bytes, as the header claims
 * @id: identification of the fragment
 * @offset: fragment offset, units of 8 bytes
 * @protocol: transport protocol
 * @tos: type of service, or traffic class
 * @ttl: time to live, or hop limit
 * @fragment: whether it is a fragment, or an IPv6 header with a fragment header
 * @more: whether more fragments follow
 * @df: don't fragment
 */
struct nat64_iphdr {
	unsigned int len;
	unsigned int payload_len;
	u32 id;
	u16 offset;
	u8 protocol;
	u8 tos;
	u8 ttl;
	bool fragment;
	bool more;
	bool df;
};

/**
 * struct nat64_xlat - the translation of one packet; lives on the stack
 * @ctx: the instance, and what kind of packet it is
 * @tuple: the packet's addresses and ports
 * @hdr: the packet's IP header
 * @pointer: offset of the offending field, for ICMPv6 parameter problem
 * @frag_max_size: if the packet was put together from fragments, the size of
 *		   the largest; or 0
 * @ids: identifications that are reserved for its flow (nat64_set_id()), or NULL
 * @done: whether all headers are those of the new family
 */
struct nat64_xlat {
	struct nat64_context ctx;
	struct nat64_tuple tuple;
	struct nat64_iphdr hdr;
	u32 *ids;
	u32 pointer;
	u16 frag_max_size;
	bool done;
};

/*
 * Types of super-packets that stay whole: only their IP version has to change.
 */
#define NAT64_GSO_KEPT (SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_TCP_ECN | SKB_GSO_TCP_FIXEDID | \
			SKB_GSO_UDP_L4 | SKB_GSO_SCTP | SKB_GSO_DODGY)

/*
 * Whether a super-packet is of a kind that stays whole. IPv6 needs a checksum in
 * every UDP segment, and only CHECKSUM_PARTIAL promises one.
 */
static inline bool nat64_gso_is_kept(const struct sk_buff *skb, bool ipv6)
{
	const unsigned int type = skb_shinfo(skb)->gso_type;

	return !(type & ~NAT64_GSO_KEPT) &&
	       (ipv6 || !(type & SKB_GSO_UDP_L4) || skb->ip_summed == CHECKSUM_PARTIAL);
}

/* By how much a packet grows on its way to IPv6, if it has no options. */
#define NAT64_GROWTH (sizeof(struct ipv6hdr) - sizeof(struct iphdr))

/* Whether the payload reaches beyond the end of the longest IPv4 packet. */
static inline bool nat64_ends_too_far(const struct nat64_iphdr *hdr)
{
	return hdr->offset * 8 + hdr->payload_len >
	       IP_MAX_MTU - sizeof(struct iphdr);
}

/* Only the first fragment has a transport header. */
static inline bool nat64_has_l4(const struct nat64_iphdr *hdr)
{
	return !hdr->fragment || !hdr->offset;
}

/* The sums of the addresses in a pseudo-header. */
static inline __wsum nat64_csum_addrs4(const struct nat64_tuple *tuple)
{
	return csum_tcpudp_nofold(tuple->saddr4, tuple->daddr4, 0, 0, 0);
}

static inline __wsum nat64_csum_addrs6(const struct nat64_tuple *tuple)
{
	return csum_partial(&tuple->saddr6, 2 * sizeof(tuple->saddr6), 0);
}

/* By how much the checksum of a transport protocol changes. */
static inline __wsum nat64_csum_diff_6to4(const struct nat64_tuple *tuple)
{
	return csum_sub(nat64_csum_addrs4(tuple), nat64_csum_addrs6(tuple));
}

static inline __wsum nat64_csum_diff_4to6(const struct nat64_tuple *tuple)
{
	return csum_sub(nat64_csum_addrs6(tuple), nat64_csum_addrs4(tuple));
}

/**
 * nat64_swap_header() - the same as nat64_replace_header(), where nothing can fail
 * @skb: the packet, no super-packet, with its IP header at its beginning, and
 *	 both writable
 * @old_len: bytes to take away
 * @new_len: bytes to make room for, left for the caller to fill in
 */
static inline void nat64_swap_header(struct sk_buff *skb, unsigned int old_len,
				     unsigned int new_len)
{
	const void *old = skb->data;

	__skb_pull(skb, old_len);
	skb_postpull_rcsum(skb, old, old_len);
	skb_reset_transport_header(skb);
	__skb_push(skb, new_len);
	skb_reset_network_header(skb);
}

void nat64_read_l4(const struct sk_buff *skb, unsigned int offset,
		   const struct nat64_iphdr *hdr, struct nat64_tuple *tuple);
void nat64_scrub(struct sk_buff *skb, struct net_device *dev);
int nat64_replace_header(struct sk_buff *skb, unsigned int old_len,
			 unsigned int new_len);

#endif /* _NAT64_PACKET_H */
