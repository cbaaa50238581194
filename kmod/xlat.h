/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_XLAT_H
#define _NAT64_XLAT_H

#include "nat64.h"
#include "resolve.h"

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/checksum.h>
#include <net/ip.h>

/* The packet is on its way, in pieces; beside 0, NAT64_NOT_COVERED and NAT64_STAT_DROP_*. */
#define NAT64_TAKEN (-2)

/* IPv4 packets up to this length leave without DF, for an IPv4 path MTU below 1280 (RFC 7915). */
#define NAT64_DF_CLEAR_MAX 1260

/**
 * struct nat64_iphdr - what an IPv4 header says, or an IPv6 header with its extension headers
 * @len: bytes of all that
 * @payload_len: bytes behind it, as it claims
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
 * @nat: the instance
 * @config: its configuration, under RCU
 * @addrs: the packet's addresses
 * @hdr: the packet's IP header
 * @pointer: offset of the offending field, for ICMPv6 parameter problem
 * @frag_max_size: size of the largest fragment before somebody put them together, or 0
 * @nested: whether to receive the result right here, rather than from the backlog queue
 * @hairpin: whether the instance has just made the packet, out of one of the other family
 */
struct nat64_xlat {
	struct nat64 *nat;
	const struct nat64_config *config;
	struct nat64_addrs addrs;
	struct nat64_iphdr hdr;
	u32 pointer;
	u16 frag_max_size;
	bool nested;
	bool hairpin;
};

/* Whether an IPv4 packet that has this payload, at this place, would be longer than one can be. */
static inline bool nat64_ends_too_far(const struct nat64_iphdr *hdr)
{
	return hdr->offset * 8 + hdr->payload_len > IP_MAX_MTU - sizeof(struct iphdr);
}

/* Only the first fragment has a transport header. */
static inline bool nat64_has_l4(const struct nat64_iphdr *hdr)
{
	return !hdr->fragment || !hdr->offset;
}

/* The sums of the addresses in a pseudo-header. */
static inline __wsum nat64_csum_addrs4(const struct nat64_addrs *addrs)
{
	return csum_tcpudp_nofold(addrs->saddr4, addrs->daddr4, 0, 0, 0);
}

static inline __wsum nat64_csum_addrs6(const struct nat64_addrs *addrs)
{
	return csum_partial(&addrs->saddr6, 2 * sizeof(addrs->saddr6), 0);
}

/* What the checksum of a transport protocol changes by. */
static inline __wsum nat64_csum_diff_6to4(const struct nat64_addrs *addrs)
{
	return csum_sub(nat64_csum_addrs4(addrs), nat64_csum_addrs6(addrs));
}

static inline __wsum nat64_csum_diff_4to6(const struct nat64_addrs *addrs)
{
	return csum_sub(nat64_csum_addrs6(addrs), nat64_csum_addrs4(addrs));
}

/* xlat.c */
bool nat64_receive(struct nat64 *nat, struct sk_buff *skb);
void nat64_transmit(struct nat64 *nat, struct sk_buff *skb);
void nat64_deliver(struct nat64_xlat *xlat, struct sk_buff *skb);
int nat64_l4_csum_offset(u8 protocol, unsigned int *min_len);
bool nat64_l4_is_partial(const struct sk_buff *skb, const struct nat64_iphdr *hdr);
int nat64_complete_csum(struct sk_buff *skb, const struct nat64_iphdr *hdr);
int nat64_l4_adjust(struct sk_buff *skb, const struct nat64_iphdr *hdr, __wsum diff);
int nat64_replace_header(struct sk_buff *skb, unsigned int old_len, unsigned int new_len);

/* xlat_6to4.c */
int nat64_check_ipv6(struct sk_buff *skb);
int nat64_parse_ipv6(const struct sk_buff *skb, unsigned int offset, struct nat64_iphdr *hdr,
		     u32 *pointer);
void nat64_write_ipv4(struct iphdr *iph, const struct nat64_iphdr *hdr,
		      const struct nat64_xlat *xlat, const struct nat64_addrs *addrs);
void nat64_write_outer_ipv4(const struct nat64_xlat *xlat, struct sk_buff *skb);
int nat64_header_6to4(struct nat64_xlat *xlat, struct sk_buff *skb);
int nat64_xlat_6to4(struct nat64_xlat *xlat, struct sk_buff *skb);

/* xlat_4to6.c */
int nat64_check_ipv4(struct sk_buff *skb);
int nat64_parse_ipv4(const struct sk_buff *skb, unsigned int offset, struct nat64_iphdr *hdr);
unsigned int nat64_ipv6_len(const struct nat64_iphdr *hdr);
void nat64_write_ipv6(struct ipv6hdr *ip6h, const struct nat64_iphdr *hdr,
		      const struct nat64_xlat *xlat, const struct nat64_addrs *addrs);
bool nat64_is_ipv4_only(u8 protocol);
unsigned int nat64_fragment_mtu(const struct nat64_xlat *xlat, const struct sk_buff *skb);
int nat64_swap_4to6(struct nat64_xlat *xlat, struct sk_buff *skb);
int nat64_header_4to6(struct nat64_xlat *xlat, struct sk_buff *skb);
int nat64_xlat_4to6(struct nat64_xlat *xlat, struct sk_buff *skb);

/* icmp.c */
int nat64_icmp_6to4(struct nat64_xlat *xlat, struct sk_buff *skb);
int nat64_icmp_4to6(struct nat64_xlat *xlat, struct sk_buff *skb);
unsigned int nat64_out_mtu6(const struct nat64_xlat *xlat, const struct sk_buff *skb);
bool nat64_icmp_answer_kind(bool ipv6, int reason, u8 *type, u8 *code);
void nat64_icmp_answer(struct nat64_xlat *xlat, struct sk_buff *skb, int reason);

/* drop.c */
void nat64_drop(struct nat64_xlat *xlat, struct sk_buff *skb, int reason);

/* frag.c */
int nat64_fragment_4to6(struct nat64_xlat *xlat, struct sk_buff *skb, unsigned int size);
bool nat64_is_cut_icmp(const struct sk_buff *skb);
int nat64_reassemble(struct nat64_xlat *xlat, struct sk_buff *skb);
int nat64_fragment_6to4(struct nat64_xlat *xlat, struct sk_buff *skb);

#endif /* _NAT64_XLAT_H */
