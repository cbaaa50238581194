// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP and ICMPv6: what a message becomes in the other family (RFC 7915, sections 4.2, 4.3, 5.2
 * and 5.3; RFC 4884), and the errors that the translator itself has sent.
 */

#include "xlat.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>

#define NAT64_ICMPV4_MAX	576	/* of an ICMP error (RFC 1812, section 4.3.2.3) */
#define NAT64_QUOTE_MIN		128	/* of the packet in front of an extension, RFC 4884 */
#define NAT64_HEADER_DIFF	(sizeof(struct ipv6hdr) - sizeof(struct iphdr))

/* A type and code. No error has type 0, in either family; here it means that there is none. */
struct nat64_icmp_kind {
	u8 type;
	u8 code;
};

/* RFC 7915, section 4.2: codes of ICMPv4 destination unreachable. */
static const struct nat64_icmp_kind nat64_unreach_4to6[] = {
	[ICMP_NET_UNREACH]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_HOST_UNREACH]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_PROT_UNREACH]	= { ICMPV6_PARAMPROB, ICMPV6_UNK_NEXTHDR },
	[ICMP_PORT_UNREACH]	= { ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH },
	[ICMP_FRAG_NEEDED]	= { ICMPV6_PKT_TOOBIG, 0 },
	[ICMP_SR_FAILED]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_NET_UNKNOWN]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_HOST_UNKNOWN]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_HOST_ISOLATED]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_NET_ANO]		= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
	[ICMP_HOST_ANO]		= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
	[ICMP_NET_UNR_TOS]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_HOST_UNR_TOS]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_PKT_FILTERED]	= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
	[ICMP_PREC_CUTOFF]	= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
};

/* RFC 7915, section 5.2: codes of ICMPv6 destination unreachable. */
static const struct nat64_icmp_kind nat64_unreach_6to4[] = {
	[ICMPV6_NOROUTE]	= { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH },
	[ICMPV6_ADM_PROHIBITED]	= { ICMP_DEST_UNREACH, ICMP_HOST_ANO },
	[ICMPV6_NOT_NEIGHBOUR]	= { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH },
	[ICMPV6_ADDR_UNREACH]	= { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH },
	[ICMPV6_PORT_UNREACH]	= { ICMP_DEST_UNREACH, ICMP_PORT_UNREACH },
};

#define NO_POINTER 0xff

/* RFC 7915, figure 3: octets of the IPv4 header, and where the same is in the IPv6 header. */
static const u8 nat64_pointer_4to6[sizeof(struct iphdr)] = {
	[0] = 0,			/* version, IHL: version, traffic class */
	[1] = 1,			/* type of service: traffic class, flow label */
	[2 ... 3] = 4,			/* total length: payload length */
	[4 ... 7] = NO_POINTER,		/* identification, flags, fragment offset */
	[8] = 7,			/* time to live: hop limit */
	[9] = 6,			/* protocol: next header */
	[10 ... 11] = NO_POINTER,	/* checksum */
	[12 ... 15] = 8,		/* source address */
	[16 ... 19] = 24,		/* destination address */
};

/* RFC 7915, figure 6: octets of the IPv6 header, and where the same is in the IPv4 header. */
static const u8 nat64_pointer_6to4[sizeof(struct ipv6hdr)] = {
	[0] = 0,			/* version, traffic class: version, IHL */
	[1] = 1,			/* traffic class, flow label: type of service */
	[2 ... 3] = NO_POINTER,		/* flow label */
	[4 ... 5] = 2,			/* payload length: total length */
	[6] = 9,			/* next header: protocol */
	[7] = 8,			/* hop limit: time to live */
	[8 ... 23] = 12,		/* source address */
	[24 ... 39] = 16,		/* destination address */
};

/* RFC 1191, section 7: what a path MTU probably is, where a router does not tell. */
static const u16 nat64_plateaus[] = {
	65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68
};

/**
 * struct nat64_quote - the packet within an ICMP error
 * @hdr: its IP header
 * @addrs: its addresses
 * @offset: where it begins in the error
 * @len: bytes of it that are there; more than its IP header has
 * @ext_len: bytes of RFC 4884 extensions behind it
 * @pad: bytes of zero to be put between it and the extensions
 */
struct nat64_quote {
	struct nat64_iphdr hdr;
	struct nat64_addrs addrs;
	unsigned int offset;
	unsigned int len;
	unsigned int ext_len;
	unsigned int pad;
};

/* The router's own errors come from no link: they name the MTU of the one that is too small. */
static unsigned int nat64_in_mtu(const struct nat64_xlat *xlat, const struct sk_buff *skb)
{
	struct net_device *dev = dev_get_by_index_rcu(dev_net(xlat->nat->dev), skb->skb_iif);

	return dev ? dev->mtu : IP_MAX_MTU;
}

static unsigned int nat64_out_mtu4(const struct nat64_xlat *xlat, const struct sk_buff *skb)
{
	struct flowi4 fl4 = {
		.daddr = xlat->addrs.daddr4,
		.flowi4_mark = skb->mark,
		.flowi4_oif = l3mdev_master_ifindex_rcu(xlat->nat->dev),
	};
	struct rtable *rt = ip_route_output_key(dev_net(xlat->nat->dev), &fl4);
	unsigned int mtu;

	if (IS_ERR(rt))
		return IP_MAX_MTU;
	mtu = dst_mtu(&rt->dst);
	ip_rt_put(rt);
	return mtu;
}

/**
 * nat64_out_mtu6() - the MTU of the way to a packet's IPv6 destination
 * @xlat: the translation, its IPv6 destination known
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: bytes; IP_MAX_MTU if there is no way
 */
unsigned int nat64_out_mtu6(const struct nat64_xlat *xlat, const struct sk_buff *skb)
{
	struct flowi6 fl6 = {
		.daddr = xlat->addrs.daddr6,
		.flowi6_mark = skb->mark,
		.flowi6_oif = l3mdev_master_ifindex_rcu(xlat->nat->dev),
	};
	struct dst_entry *dst = ip6_route_output(dev_net(xlat->nat->dev), NULL, &fl6);
	unsigned int mtu = dst->error ? IP_MAX_MTU : dst_mtu(dst);

	dst_release(dst);
	return mtu;
}

/* RFC 7915, section 4.2, the last item of destination unreachable. */
static u32 nat64_mtu_4to6(const struct nat64_xlat *xlat, const struct sk_buff *skb,
			  unsigned int mtu, unsigned int quoted_total)
{
	unsigned int i;

	for (i = 0; !mtu && i < ARRAY_SIZE(nat64_plateaus); i++)
		if (nat64_plateaus[i] < quoted_total)
			mtu = nat64_plateaus[i];

	mtu = min(mtu, nat64_in_mtu(xlat, skb)) + NAT64_HEADER_DIFF;
	return max_t(u32, min(mtu, nat64_out_mtu6(xlat, skb)), IPV6_MIN_MTU);
}

/* RFC 7915, section 5.2, packet too big. */
static u32 nat64_mtu_6to4(const struct nat64_xlat *xlat, const struct sk_buff *skb, u32 mtu)
{
	mtu = min(mtu, nat64_in_mtu(xlat, skb));
	mtu = max_t(u32, mtu, IPV4_MIN_MTU + NAT64_HEADER_DIFF) - NAT64_HEADER_DIFF;
	return min(mtu, nat64_out_mtu4(xlat, skb));
}

/* Whether a message has a counterpart, which is filled in but for MTU, length and checksum. */
static bool nat64_icmp_error_4to6(const struct icmphdr *icmph, struct icmp6hdr *icmp6h)
{
	struct nat64_icmp_kind kind = {};
	u32 pointer = 0;

	switch (icmph->type) {
	case ICMP_DEST_UNREACH:
		if (icmph->code < ARRAY_SIZE(nat64_unreach_4to6))
			kind = nat64_unreach_4to6[icmph->code];
		if (kind.type == ICMPV6_PARAMPROB)
			pointer = offsetof(struct ipv6hdr, nexthdr);
		break;
	case ICMP_TIME_EXCEEDED:
		kind = (struct nat64_icmp_kind){ ICMPV6_TIME_EXCEED, icmph->code };
		break;
	case ICMP_PARAMETERPROB:
		pointer = ntohl(icmph->un.gateway) >> 24;
		/* 0: pointer indicates the error; 2: bad length; 1: an option is missing */
		if ((icmph->code == 0 || icmph->code == 2) && pointer < sizeof(struct iphdr) &&
		    nat64_pointer_4to6[pointer] != NO_POINTER)
			kind = (struct nat64_icmp_kind){ ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD };
		if (kind.type)
			pointer = nat64_pointer_4to6[pointer];
		break;
	}

	*icmp6h = (struct icmp6hdr){ .icmp6_type = kind.type, .icmp6_code = kind.code };
	icmp6h->icmp6_pointer = htonl(pointer);
	return kind.type;
}

/* Whether a message has a counterpart, which is filled in but for MTU, length and checksum. */
static bool nat64_icmp_error_6to4(const struct icmp6hdr *icmp6h, struct icmphdr *icmph)
{
	struct nat64_icmp_kind kind = {};
	u32 pointer = ntohl(icmp6h->icmp6_pointer);

	*icmph = (struct icmphdr){};
	switch (icmp6h->icmp6_type) {
	case ICMPV6_DEST_UNREACH:
		if (icmp6h->icmp6_code < ARRAY_SIZE(nat64_unreach_6to4))
			kind = nat64_unreach_6to4[icmp6h->icmp6_code];
		break;
	case ICMPV6_PKT_TOOBIG:
		kind = (struct nat64_icmp_kind){ ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED };
		break;
	case ICMPV6_TIME_EXCEED:
		kind = (struct nat64_icmp_kind){ ICMP_TIME_EXCEEDED, icmp6h->icmp6_code };
		break;
	case ICMPV6_PARAMPROB:
		if (icmp6h->icmp6_code == ICMPV6_UNK_NEXTHDR) {
			kind = (struct nat64_icmp_kind){ ICMP_DEST_UNREACH, ICMP_PROT_UNREACH };
		} else if (icmp6h->icmp6_code == ICMPV6_HDR_FIELD &&
			   pointer < sizeof(struct ipv6hdr) &&
			   nat64_pointer_6to4[pointer] != NO_POINTER) {
			kind = (struct nat64_icmp_kind){ ICMP_PARAMETERPROB, 0 };
			icmph->un.gateway = htonl(nat64_pointer_6to4[pointer] << 24);
		}
		break;
	}

	icmph->type = kind.type;
	icmph->code = kind.code;
	return kind.type;
}

/* What an ICMP checksum changes by when type and pseudo-header come or change. */
static __wsum nat64_echo_diff_4to6(const struct nat64_addrs *addrs, u8 type4, u8 type6,
				   unsigned int len)
{
	__wsum diff = csum_partial(&addrs->saddr6, 2 * sizeof(addrs->saddr6), 0);

	diff = csum_add(diff, (__force __wsum)htonl(len));
	diff = csum_add(diff, (__force __wsum)htonl(NEXTHDR_ICMP));
	diff = csum_add(diff, (__force __wsum)htons(type6 << 8));
	return csum_sub(diff, (__force __wsum)htons(type4 << 8));
}

static u8 nat64_echo_4to6(u8 type)
{
	switch (type) {
	case ICMP_ECHO:
		return ICMPV6_ECHO_REQUEST;
	case ICMP_ECHOREPLY:
		return ICMPV6_ECHO_REPLY;
	default:
		return 0;
	}
}

static bool nat64_is_echo6(u8 type)
{
	return type == ICMPV6_ECHO_REQUEST || type == ICMPV6_ECHO_REPLY;
}

static u8 nat64_echo_6to4(u8 type)
{
	return type == ICMPV6_ECHO_REQUEST ? ICMP_ECHO : ICMP_ECHOREPLY;
}

/* Make the ICMP header of an echo writable; NULL if out of memory. */
static void *nat64_writable_echo(struct sk_buff *skb, unsigned int offset)
{
	if (skb_ensure_writable(skb, offset + sizeof(struct icmphdr)))
		return NULL;
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	return skb->data + offset;
}

static int nat64_xlat_echo_4to6(struct nat64_xlat *xlat, struct sk_buff *skb, u8 type6)
{
	struct icmphdr *icmph;
	int reason;

	reason = nat64_resolve_src_4to6(xlat->nat, xlat->config, &xlat->addrs, xlat->hairpin);
	if (reason)
		return reason;
	icmph = nat64_writable_echo(skb, xlat->hdr.len);
	if (!icmph)
		return NAT64_STAT_DROP_NOMEM;

	csum_replace_by_diff(&icmph->checksum,
			     nat64_echo_diff_4to6(&xlat->addrs, icmph->type, type6,
						  xlat->hdr.payload_len));
	icmph->type = type6;
	return nat64_header_4to6(xlat, skb);
}

static int nat64_xlat_echo_6to4(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	struct icmp6hdr *icmp6h;
	int reason;
	u8 type4;

	reason = nat64_resolve_src_6to4(xlat->nat, xlat->config, &xlat->addrs);
	if (reason)
		return reason;
	icmp6h = nat64_writable_echo(skb, xlat->hdr.len);
	if (!icmp6h)
		return NAT64_STAT_DROP_NOMEM;

	type4 = nat64_echo_6to4(icmp6h->icmp6_type);
	csum_replace_by_diff(&icmp6h->icmp6_cksum,
			     ~nat64_echo_diff_4to6(&xlat->addrs, type4, icmp6h->icmp6_type,
						   xlat->hdr.payload_len));
	icmp6h->icmp6_type = type4;
	return nat64_header_6to4(xlat, skb);
}

/* The part of the quoted packet that is behind its IP header, and how much there is of it. */
static u8 *nat64_quote_payload(const struct sk_buff *skb, const struct nat64_quote *quote,
			       unsigned int *len)
{
	*len = min(quote->len - quote->hdr.len, quote->hdr.payload_len);
	return skb->data + quote->offset + quote->hdr.len;
}

/* Adjust the transport checksum of the quoted packet, where it is there. */
static void nat64_quote_adjust(struct sk_buff *skb, const struct nat64_quote *quote, __wsum diff)
{
	unsigned int len, min_len;
	u8 *payload = nat64_quote_payload(skb, quote, &len);
	__sum16 *check;
	int offset;

	offset = nat64_l4_csum_offset(quote->hdr.protocol, &min_len);
	if (offset < 0 || !nat64_has_l4(&quote->hdr) || len < offset + sizeof(*check))
		return;
	check = (__sum16 *)(payload + offset);
	if (quote->hdr.protocol == IPPROTO_UDP && !*check)
		return;
	csum_replace_by_diff(check, diff);
	if (quote->hdr.protocol == IPPROTO_UDP && !*check)
		*check = CSUM_MANGLED_0;
}

/*
 * Translate a quoted echo, of which there may be little; an error about any other ICMP is not
 * translated.
 */
static bool nat64_quote_echo_4to6(struct sk_buff *skb, const struct nat64_quote *quote)
{
	unsigned int len;
	struct icmphdr *icmph = (struct icmphdr *)nat64_quote_payload(skb, quote, &len);
	u8 type6;

	if (!nat64_has_l4(&quote->hdr) || !len)
		return true;
	type6 = nat64_echo_4to6(icmph->type);
	if (!type6)
		return false;
	if (len >= offsetofend(struct icmphdr, checksum))
		csum_replace_by_diff(&icmph->checksum,
				     nat64_echo_diff_4to6(&quote->addrs, icmph->type, type6,
							  quote->hdr.payload_len));
	icmph->type = type6;
	return true;
}

static bool nat64_quote_echo_6to4(struct sk_buff *skb, const struct nat64_quote *quote)
{
	unsigned int len;
	struct icmp6hdr *icmp6h = (struct icmp6hdr *)nat64_quote_payload(skb, quote, &len);
	u8 type4;

	if (!nat64_has_l4(&quote->hdr) || !len)
		return true;
	if (!nat64_is_echo6(icmp6h->icmp6_type))
		return false;
	type4 = nat64_echo_6to4(icmp6h->icmp6_type);
	if (len >= offsetofend(struct icmp6hdr, icmp6_cksum))
		csum_replace_by_diff(&icmp6h->icmp6_cksum,
				     ~nat64_echo_diff_4to6(&quote->addrs, type4,
							   icmp6h->icmp6_type,
							   quote->hdr.payload_len));
	icmp6h->icmp6_type = type4;
	return true;
}

/*
 * RFC 4884: where extensions follow, the error says how long the quoted packet is. That should be
 * 128 bytes at least, but some routers say less. A length that is impossible is taken for none.
 */
static void nat64_quote_split(struct nat64_quote *quote, unsigned int quoted_len)
{
	if (quoted_len < quote->hdr.len || quoted_len > quote->len)
		return;
	quote->ext_len = quote->len - quoted_len;
	quote->len = quoted_len;
}

/*
 * Fit the quote and its extensions into @room bytes, behind an IP header of @hdr_len bytes.
 * Returns the length of the padded quote in units of @unit bytes, or 0 if no extensions stay;
 * they do not if @unit is 0, which is where the message has no field for that length.
 */
static unsigned int nat64_quote_fit(struct nat64_quote *quote, unsigned int hdr_len,
				    unsigned int room, unsigned int unit)
{
	unsigned int payload = min(quote->len - quote->hdr.len, quote->hdr.payload_len);
	unsigned int total;

	if (!unit || !quote->ext_len || quote->ext_len > room - NAT64_QUOTE_MIN) {
		quote->len = quote->hdr.len + min(payload, room - hdr_len);
		quote->ext_len = 0;
		return 0;
	}

	total = round_up(max_t(unsigned int, hdr_len + payload, NAT64_QUOTE_MIN), unit);
	total = min3(total, round_down(room - quote->ext_len, unit), U8_MAX * unit);
	payload = min(payload, total - hdr_len);
	quote->len = quote->hdr.len + payload;
	quote->pad = total - hdr_len - payload;
	return total / unit;
}

/* Move the extensions to where they will be. The packet is linear and writable. */
static int nat64_quote_move(struct sk_buff *skb, const struct nat64_quote *quote)
{
	unsigned int from = skb->len - quote->ext_len;
	unsigned int pad = quote->offset + quote->len, to = pad + quote->pad;
	unsigned int end = to + quote->ext_len;

	if (end > skb->len) {
		unsigned int grow = end - skb->len;

		if (skb_tailroom(skb) < grow && pskb_expand_head(skb, 0, grow, GFP_ATOMIC))
			return NAT64_STAT_DROP_NOMEM;
		__skb_put(skb, grow);
	}
	memmove(skb->data + to, skb->data + from, quote->ext_len);
	memset(skb->data + pad, 0, quote->pad);
	__skb_trim(skb, end);
	return 0;
}

/* RFC 4884: which ICMPv6 errors say how long the quoted packet is. */
static bool nat64_has_length6(const struct icmp6hdr *icmp6h)
{
	return icmp6h->icmp6_type == ICMPV6_DEST_UNREACH ||
	       icmp6h->icmp6_type == ICMPV6_TIME_EXCEED;
}

static int nat64_make_linear(struct sk_buff *skb)
{
	if (skb_linearize(skb) || skb_ensure_writable(skb, skb->len))
		return NAT64_STAT_DROP_NOMEM;
	return 0;
}

/* What the message and the packet quoted in it are, as far as they can be translated. */
static int nat64_read_error_4to6(struct nat64_xlat *xlat, const struct sk_buff *skb,
				 struct icmp6hdr *icmp6h, struct nat64_quote *quote)
{
	const struct icmphdr *icmph = (struct icmphdr *)(skb->data + xlat->hdr.len);
	const struct iphdr *inner = (struct iphdr *)(icmph + 1);
	int reason;

	if (csum_fold(skb_checksum(skb, xlat->hdr.len, xlat->hdr.payload_len, 0)))
		return NAT64_STAT_DROP_ICMP_CSUM;
	if (!nat64_icmp_error_4to6(icmph, icmp6h))
		return NAT64_STAT_DROP_ICMP_TYPE;

	quote->offset = xlat->hdr.len + sizeof(*icmph);
	quote->len = skb->len - quote->offset;
	if (nat64_parse_ipv4(skb, quote->offset, &quote->hdr) || quote->hdr.len > quote->len ||
	    nat64_is_ipv4_only(quote->hdr.protocol))
		return NAT64_STAT_DROP_ICMP_INNER;
	nat64_quote_split(quote, (ntohl(icmph->un.gateway) >> 16 & 0xff) * 4);

	quote->addrs.saddr4 = inner->saddr;
	quote->addrs.daddr4 = inner->daddr;
	reason = nat64_resolve_inner_4to6(xlat->nat, xlat->config, &quote->addrs, xlat->hairpin);
	if (reason)
		return reason;

	if (icmp6h->icmp6_type == ICMPV6_PKT_TOOBIG)
		icmp6h->icmp6_mtu = htonl(nat64_mtu_4to6(xlat, skb, ntohs(icmph->un.frag.mtu),
							 quote->hdr.len + quote->hdr.payload_len));
	return nat64_resolve_error_src_4to6(xlat->nat, xlat->config, &xlat->addrs, xlat->hairpin);
}

/* In the place of all headers up to the quoted packet's payload. */
static int nat64_write_error_4to6(struct nat64_xlat *xlat, struct sk_buff *skb,
				  const struct icmp6hdr *icmp6h, const struct nat64_quote *quote)
{
	struct ipv6hdr *ip6h;

	if (nat64_replace_header(skb, quote->offset + quote->hdr.len, sizeof(*ip6h) +
				 sizeof(*icmp6h) + nat64_ipv6_len(&quote->hdr)))
		return NAT64_STAT_DROP_NOMEM;

	ip6h = ipv6_hdr(skb);
	nat64_write_ipv6((void *)(ip6h + 1) + sizeof(*icmp6h), &quote->hdr, xlat, &quote->addrs);
	xlat->hdr.fragment = false;
	xlat->hdr.payload_len = skb->len - sizeof(*ip6h);
	nat64_write_ipv6(ip6h, &xlat->hdr, xlat, &xlat->addrs);
	memcpy(ip6h + 1, icmp6h, sizeof(*icmp6h));
	skb_set_transport_header(skb, sizeof(*ip6h));
	icmp6_hdr(skb)->icmp6_cksum =
		csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, xlat->hdr.payload_len, NEXTHDR_ICMP,
				skb_checksum(skb, sizeof(*ip6h), xlat->hdr.payload_len, 0));
	skb->ip_summed = CHECKSUM_NONE;
	skb->protocol = htons(ETH_P_IPV6);
	nat64_stats_inc(xlat->nat->stats, NAT64_STAT_XLAT_4TO6);
	return 0;
}

static int nat64_xlat_error_4to6(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	unsigned int room = IPV6_MIN_MTU - sizeof(struct ipv6hdr) - sizeof(struct icmp6hdr);
	struct nat64_quote quote = {};
	struct icmp6hdr icmp6h;
	unsigned int words;
	int reason;

	reason = nat64_make_linear(skb);
	if (!reason)
		reason = nat64_read_error_4to6(xlat, skb, &icmp6h, &quote);
	if (reason)
		return reason;

	if (quote.hdr.protocol != IPPROTO_ICMP)
		nat64_quote_adjust(skb, &quote, nat64_csum_diff_4to6(&quote.addrs));
	else if (!nat64_quote_echo_4to6(skb, &quote))
		return NAT64_STAT_DROP_ICMP_INNER;

	words = nat64_quote_fit(&quote, nat64_ipv6_len(&quote.hdr), room,
				nat64_has_length6(&icmp6h) ? 8 : 0);
	if (words)
		icmp6h.icmp6_dataun.un_data8[0] = words;
	reason = nat64_quote_move(skb, &quote);
	if (reason)
		return reason;
	return nat64_write_error_4to6(xlat, skb, &icmp6h, &quote);
}

static bool nat64_csum6_is_right(const struct nat64_xlat *xlat, const struct sk_buff *skb)
{
	return !csum_ipv6_magic(&xlat->addrs.saddr6, &xlat->addrs.daddr6, xlat->hdr.payload_len,
				NEXTHDR_ICMP,
				skb_checksum(skb, xlat->hdr.len, xlat->hdr.payload_len, 0));
}

/* As nat64_read_error_4to6(). */
static int nat64_read_error_6to4(struct nat64_xlat *xlat, const struct sk_buff *skb,
				 struct icmphdr *icmph, struct nat64_quote *quote)
{
	const struct icmp6hdr *icmp6h = (struct icmp6hdr *)(skb->data + xlat->hdr.len);
	const struct ipv6hdr *inner = (struct ipv6hdr *)(icmp6h + 1);
	u32 pointer;
	int reason;

	if (!nat64_csum6_is_right(xlat, skb))
		return NAT64_STAT_DROP_ICMP_CSUM;
	if (!nat64_icmp_error_6to4(icmp6h, icmph))
		return NAT64_STAT_DROP_ICMP_TYPE;

	quote->offset = xlat->hdr.len + sizeof(*icmp6h);
	quote->len = skb->len - quote->offset;
	if (nat64_parse_ipv6(skb, quote->offset, &quote->hdr, &pointer) ||
	    quote->hdr.len > quote->len ||
	    quote->hdr.protocol == IPPROTO_ICMP || quote->hdr.protocol == IPPROTO_IGMP)
		return NAT64_STAT_DROP_ICMP_INNER;
	if (nat64_has_length6(icmp6h))
		nat64_quote_split(quote, icmp6h->icmp6_dataun.un_data8[0] * 8);
	/* In IPv4 the router itself says nothing about later fragments (RFC 1812, 4.3.2.7). */
	if (!skb->skb_iif && quote->hdr.offset)
		return NAT64_STAT_DROP_ICMP_INNER;

	quote->addrs.saddr6 = inner->saddr;
	quote->addrs.daddr6 = inner->daddr;
	reason = nat64_resolve_inner_6to4(xlat->nat, xlat->config, &quote->addrs);
	if (reason)
		return reason;

	if (icmp6h->icmp6_type == ICMPV6_PKT_TOOBIG)
		icmph->un.frag.mtu = htons(nat64_mtu_6to4(xlat, skb, ntohl(icmp6h->icmp6_mtu)));
	return nat64_resolve_error_src_6to4(xlat->nat, xlat->config, &xlat->addrs);
}

/* As nat64_write_error_4to6(). */
static int nat64_write_error_6to4(struct nat64_xlat *xlat, struct sk_buff *skb,
				  const struct icmphdr *icmph, const struct nat64_quote *quote)
{
	struct iphdr *iph, *inner;

	if (nat64_replace_header(skb, quote->offset + quote->hdr.len,
				 sizeof(*iph) + sizeof(*icmph) + sizeof(*inner)))
		return NAT64_STAT_DROP_NOMEM;

	iph = ip_hdr(skb);
	inner = (void *)(iph + 1) + sizeof(*icmph);
	nat64_write_ipv4(inner, &quote->hdr, xlat, &quote->addrs);
	ip_send_check(inner);
	xlat->hdr.fragment = false;
	xlat->hdr.payload_len = skb->len - sizeof(*iph);
	nat64_write_outer_ipv4(xlat, skb);
	memcpy(iph + 1, icmph, sizeof(*icmph));
	skb_set_transport_header(skb, sizeof(*iph));
	icmp_hdr(skb)->checksum = csum_fold(skb_checksum(skb, sizeof(*iph),
							 xlat->hdr.payload_len, 0));
	skb->ip_summed = CHECKSUM_NONE;
	nat64_stats_inc(xlat->nat->stats, NAT64_STAT_XLAT_6TO4);
	return 0;
}

static int nat64_xlat_error_6to4(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	unsigned int room = NAT64_ICMPV4_MAX - sizeof(struct iphdr) - sizeof(struct icmphdr);
	struct nat64_quote quote = {};
	struct icmphdr icmph;
	unsigned int words;
	bool has_length;
	int reason;

	reason = nat64_make_linear(skb);
	if (!reason)
		reason = nat64_read_error_6to4(xlat, skb, &icmph, &quote);
	if (reason)
		return reason;

	if (quote.hdr.protocol != NEXTHDR_ICMP)
		nat64_quote_adjust(skb, &quote, nat64_csum_diff_6to4(&quote.addrs));
	else if (!nat64_quote_echo_6to4(skb, &quote))
		return NAT64_STAT_DROP_ICMP_INNER;

	has_length = nat64_has_length6((struct icmp6hdr *)(skb->data + xlat->hdr.len));
	words = nat64_quote_fit(&quote, sizeof(struct iphdr), room, has_length ? 4 : 0);
	if (words)
		icmph.un.gateway |= htonl(words << 16);
	reason = nat64_quote_move(skb, &quote);
	if (reason)
		return reason;
	return nat64_write_error_6to4(xlat, skb, &icmph, &quote);
}

/* Fragmented ICMP is not translated; but a lone fragment, an atomic one, is a whole packet. */
static int nat64_check_icmp(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	if (xlat->hdr.offset || xlat->hdr.more)
		return NAT64_STAT_DROP_ICMP_FRAGMENT;
	if (xlat->hdr.payload_len < sizeof(struct icmphdr) ||
	    !pskb_may_pull(skb, xlat->hdr.len + sizeof(struct icmphdr)))
		return NAT64_STAT_DROP_TRUNCATED;
	/* There is no such thing, but a tun device or a guest may send it. */
	if (skb_is_gso(skb))
		return NAT64_STAT_DROP_GSO;
	return nat64_complete_csum(skb, &xlat->hdr);
}

/**
 * nat64_icmp_4to6() - translate an ICMP message (RFC 7915, section 4.2)
 * @xlat: the translation; header, addresses but the IPv6 source known
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: as nat64_xlat_4to6()
 */
int nat64_icmp_4to6(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	const struct icmphdr *icmph;
	int reason;

	reason = nat64_check_icmp(xlat, skb);
	if (reason)
		return reason;

	icmph = (struct icmphdr *)(skb->data + xlat->hdr.len);
	switch (icmph->type) {
	case ICMP_ECHO:
	case ICMP_ECHOREPLY:
		return nat64_xlat_echo_4to6(xlat, skb, nat64_echo_4to6(icmph->type));
	case ICMP_DEST_UNREACH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return nat64_xlat_error_4to6(xlat, skb);
	default:
		return NAT64_STAT_DROP_ICMP_TYPE;
	}
}

/**
 * nat64_icmp_6to4() - translate an ICMPv6 message (RFC 7915, section 5.2)
 * @xlat: the translation; header, addresses but the IPv4 source known
 * @skb: the packet
 *
 * Context: softirqs off, RCU read side.
 * Return: as nat64_xlat_6to4()
 */
int nat64_icmp_6to4(struct nat64_xlat *xlat, struct sk_buff *skb)
{
	const struct icmp6hdr *icmp6h;
	int reason;

	reason = nat64_check_icmp(xlat, skb);
	if (reason)
		return reason;

	icmp6h = (struct icmp6hdr *)(skb->data + xlat->hdr.len);
	if (nat64_is_echo6(icmp6h->icmp6_type))
		return nat64_xlat_echo_6to4(xlat, skb);
	if (icmp6h->icmp6_type & ICMPV6_INFOMSG_MASK)
		return NAT64_STAT_DROP_ICMP_TYPE;
	return nat64_xlat_error_6to4(xlat, skb);
}

/*
 * What the sender of a dropped packet is told: administratively prohibited, unless there is
 * something better to say (RFC 7915, sections 4.4 and 5.4). Nothing is said about malformed packets
 * and ICMP messages, to sources that cannot be true, for want of memory or time, or about a loop.
 */
static const struct nat64_icmp_kind nat64_answer4[__NAT64_STAT_MAX] = {
	[NAT64_STAT_DROP_SOURCE_ROUTE]	= { ICMP_DEST_UNREACH, ICMP_SR_FAILED },
	[NAT64_STAT_DROP_PROTOCOL]	= { ICMP_DEST_UNREACH, ICMP_PKT_FILTERED },
	[NAT64_STAT_DROP_WKP_STRICT]	= { ICMP_DEST_UNREACH, ICMP_PKT_FILTERED },
	[NAT64_STAT_DROP_NO_PREFIX]	= { ICMP_DEST_UNREACH, ICMP_PKT_FILTERED },
	[NAT64_STAT_DROP_NO_MAPPING4]	= { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH },
	[NAT64_STAT_DROP_UDP_ZERO_CSUM]	= { ICMP_DEST_UNREACH, ICMP_PKT_FILTERED },
};

static const struct nat64_icmp_kind nat64_answer6[__NAT64_STAT_MAX] = {
	[NAT64_STAT_DROP_ROUTING6]	= { ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD },
	[NAT64_STAT_DROP_EXTHDR]	= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
	[NAT64_STAT_DROP_JUMBOGRAM]	= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
	[NAT64_STAT_DROP_PROTOCOL]	= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
	[NAT64_STAT_DROP_SRC6]		= { ICMPV6_DEST_UNREACH, ICMPV6_NOT_NEIGHBOUR },
	[NAT64_STAT_DROP_DST4]		= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
	[NAT64_STAT_DROP_WKP_STRICT]	= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
	[NAT64_STAT_DROP_NOT_COVERED6]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[NAT64_STAT_DROP_NO_MAPPING6]	= { ICMPV6_DEST_UNREACH, ICMPV6_POLICY_FAIL },
	[NAT64_STAT_DROP_POOL_FULL]	= { ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH },
	[NAT64_STAT_DROP_QUOTA]		= { ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH },
};

/**
 * nat64_icmp_answer_kind() - what the sender of a dropped packet is told
 * @ipv6: whether the packet is of IPv6
 * @reason: the NAT64_STAT_DROP_*
 * @type: gets the ICMP or ICMPv6 type
 * @code: gets the code
 *
 * Return: whether the sender is told anything
 */
bool nat64_icmp_answer_kind(bool ipv6, int reason, u8 *type, u8 *code)
{
	const struct nat64_icmp_kind *kind = ipv6 ? &nat64_answer6[reason] :
						    &nat64_answer4[reason];

	*type = kind->type;
	*code = kind->code;
	return kind->type;
}

static void nat64_icmp_answer4(struct nat64_xlat *xlat, struct sk_buff *skb,
			       const struct nat64_icmp_kind *kind)
{
	const struct iphdr *iph = ip_hdr(skb);

	/* In PREROUTING there is no route yet, and without one nothing is sent. */
	if (!skb_dst(skb) && ip_route_input_noref(skb, iph->daddr, iph->saddr, iph->tos, skb->dev))
		return;
	icmp_ndo_send(skb, kind->type, kind->code, 0);
	nat64_stats_inc(xlat->nat->stats, NAT64_STAT_ICMP_SENT);
}

static void nat64_icmp_answer6(struct nat64_xlat *xlat, struct sk_buff *skb,
			       const struct nat64_icmp_kind *kind)
{
	/* To one host; the kernel would send to an IPv4-mapped address, too. */
	if (!(ipv6_addr_type(&ipv6_hdr(skb)->saddr) & IPV6_ADDR_UNICAST))
		return;
	icmpv6_ndo_send(skb, kind->type, kind->code, xlat->pointer);
	nat64_stats_inc(xlat->nat->stats, NAT64_STAT_ICMP_SENT);
}

/**
 * nat64_icmp_answer() - tell the sender why its packet is dropped, where RFCs want that
 * @xlat: the translation
 * @skb: the packet, as it came
 * @reason: the NAT64_STAT_DROP_*
 *
 * The kernel decides whether an error may be sent, and how often.
 *
 * Context: softirqs off, RCU read side.
 */
void nat64_icmp_answer(struct nat64_xlat *xlat, struct sk_buff *skb, int reason)
{
	if (skb->protocol == htons(ETH_P_IP) && nat64_answer4[reason].type)
		nat64_icmp_answer4(xlat, skb, &nat64_answer4[reason]);
	else if (skb->protocol == htons(ETH_P_IPV6) && nat64_answer6[reason].type)
		nat64_icmp_answer6(xlat, skb, &nat64_answer6[reason]);
}
