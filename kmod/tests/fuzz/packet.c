// SPDX-License-Identifier: GPL-2.0
/*
 * Random packets: sound ones of every kind that is translated, ones that are not, and damage.
 */

#include "fuzz.h"

#include <linux/dccp.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>

static const u8 protocols[] = {
	IPPROTO_TCP, IPPROTO_TCP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDP, IPPROTO_UDP,
	IPPROTO_ICMP, IPPROTO_ICMP, IPPROTO_ICMP, IPPROTO_ICMP, IPPROTO_UDPLITE, IPPROTO_DCCP,
	IPPROTO_SCTP, IPPROTO_ESP, IPPROTO_GRE,
};

static const u8 odd_protocols[] = {
	NEXTHDR_HOP, IPPROTO_IGMP, IPPROTO_IPIP, NEXTHDR_ROUTING, NEXTHDR_FRAGMENT, NEXTHDR_ICMP,
	NEXTHDR_AUTH, NEXTHDR_NONE, NEXTHDR_DEST, NEXTHDR_MOBILITY, IPPROTO_IPV6, IPPROTO_ICMP,
};

static const u8 exthdrs[] = { NEXTHDR_HOP, NEXTHDR_DEST, NEXTHDR_ROUTING };

/* What follows the IP header of a packet, and where it is on the wire. */
struct body {
	u8 *data;
	unsigned int len;
	unsigned int room;
	u8 protocol;
	bool whole;
	bool sound;
};

static void random_bytes(struct fuzz_rand *rand, u8 *data, unsigned int len)
{
	u32 word = 0;
	unsigned int i;

	for (i = 0; i < len; i++, word >>= 8) {
		if (i % 4 == 0)
			word = fuzz_u32(rand);
		data[i] = word;
	}
}

static unsigned int random_len(struct fuzz_rand *rand, unsigned int room)
{
	unsigned int most = 64;

	if (fuzz_one_in(rand, 3))
		most = 600;
	if (fuzz_one_in(rand, 20))
		most = 3000;
	if (fuzz_one_in(rand, 500))
		most = 65535;
	return min(fuzz_below(rand, most), room);
}

static unsigned int transport_len(struct fuzz_rand *rand, u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return sizeof(struct tcphdr);
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_ICMP:
		return sizeof(struct udphdr);
	case IPPROTO_DCCP:
		return sizeof(struct dccp_hdr);
	default:
		return 0;
	}
}

static __sum16 *csum_field(const struct body *body)
{
	switch (body->protocol) {
	case IPPROTO_TCP:
		return &((struct tcphdr *)body->data)->check;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		return &((struct udphdr *)body->data)->check;
	case IPPROTO_DCCP:
		return &((struct dccp_hdr *)body->data)->dccph_checksum;
	case IPPROTO_ICMP:
		return &((struct icmphdr *)body->data)->checksum;
	default:
		return NULL;
	}
}

/* Transport header and payload, with a checksum that is right with these addresses, or wrong. */
static void make_transport(struct fuzz_rand *rand, struct body *body, const struct fuzz_view *view)
{
	unsigned int header = transport_len(rand, body->protocol);
	__sum16 *check = csum_field(body);
	u8 protocol = body->protocol;
	__wsum sum;

	body->len = min(header + random_len(rand, body->room - header), body->room);
	random_bytes(rand, body->data, body->len);
	if (protocol == IPPROTO_TCP)
		((struct tcphdr *)body->data)->doff = 5;
	if (protocol == IPPROTO_UDP)
		((struct udphdr *)body->data)->len = htons(body->len);
	if (protocol == IPPROTO_ICMP) {
		struct icmphdr *icmph = (struct icmphdr *)body->data;

		icmph->type = view->ipv6 ? ICMPV6_ECHO_REQUEST + fuzz_below(rand, 2) :
			      fuzz_one_in(rand, 2) ? ICMP_ECHO : ICMP_ECHOREPLY;
		icmph->code = 0;
	}
	if (!check)
		return;
	if (fuzz_one_in(rand, 10)) {
		/* It must be wrong, but not zero by chance, which would mean none. */
		if (protocol == IPPROTO_UDP && !*check)
			*check = CSUM_MANGLED_0;
		return;
	}

	*check = 0;
	sum = csum_partial(body->data, body->len, 0);
	if (view->ipv6)
		*check = csum_ipv6_magic(&view->saddr6, &view->daddr6, body->len,
					 protocol == IPPROTO_ICMP ? NEXTHDR_ICMP : protocol, sum);
	else if (protocol == IPPROTO_ICMP)
		*check = csum_fold(sum);
	else
		*check = csum_tcpudp_magic(view->saddr4, view->daddr4, body->len, protocol, sum);
	if (protocol == IPPROTO_UDP && !*check)
		*check = CSUM_MANGLED_0;
	if (protocol == IPPROTO_UDP && fuzz_one_in(rand, 12)) {
		*check = 0;
		body->sound = view->ipv6;
	}
}

static void random_addrs(struct fuzz_rand *rand, const struct fuzz_table *table,
			 struct fuzz_view *view)
{
	if (view->ipv6) {
		fuzz_addr6(rand, table, true, &view->saddr6);
		fuzz_addr6(rand, table, fuzz_one_in(rand, 8), &view->daddr6);
	} else {
		view->saddr4 = fuzz_addr4(rand, table, fuzz_one_in(rand, 8));
		view->daddr4 = fuzz_addr4(rand, table, true);
	}
}

/* Options that are skipped; or random bytes, which may happen to be a source route. */
static unsigned int make_options4(struct fuzz_rand *rand, u8 *options, bool *sound)
{
	unsigned int len = 4 * (1 + fuzz_below(rand, MAX_IPOPTLEN / 4));

	if (fuzz_one_in(rand, 3)) {
		random_bytes(rand, options, len);
		*sound = false;
	} else {
		memset(options, IPOPT_NOOP, len);
		if (fuzz_one_in(rand, 2)) {
			options[0] = fuzz_one_in(rand, 2) ? IPOPT_RR : IPOPT_LSRR;
			options[1] = 3 + fuzz_below(rand, len - 2);
			options[2] = options[1] + 1;
		}
		if (fuzz_one_in(rand, 2))
			options[len - 1] = IPOPT_END;
	}
	return len;
}

static unsigned int write_ipv4(struct fuzz_rand *rand, struct fuzz_packet *packet,
			       const struct fuzz_view *view, struct body *body)
{
	struct iphdr *iph = (struct iphdr *)packet->data;
	unsigned int options = 0;

	if (fuzz_one_in(rand, 8))
		options = make_options4(rand, packet->data + sizeof(*iph), &body->sound);
	*iph = (struct iphdr){
		.version = 4,
		.ihl = (sizeof(*iph) + options) / 4,
		.tos = fuzz_u32(rand),
		.tot_len = htons(sizeof(*iph) + options + body->len),
		.id = htons(fuzz_u32(rand)),
		.ttl = 1 + fuzz_below(rand, 255),
		.protocol = body->protocol,
		.saddr = view->saddr4,
		.daddr = view->daddr4,
	};
	if (fuzz_one_in(rand, 2))
		iph->frag_off = htons(IP_DF);
	if (!body->whole)
		iph->frag_off = htons(fuzz_one_in(rand, 2) ? IP_MF : fuzz_u32(rand) & 0x3fff);
	ip_send_check(iph);
	return iph->ihl * 4;
}

/* A chain of extension headers. The last may be a fragment header. */
static unsigned int make_exthdrs(struct fuzz_rand *rand, u8 *data, u8 *nexthdr, bool fragment,
				 struct body *body)
{
	unsigned int n = fuzz_one_in(rand, 6) ? 1 + fuzz_below(rand, 9) : 0, len = 0;
	u8 *link = nexthdr;

	for (; n; n--) {
		unsigned int units = fuzz_one_in(rand, 30) ? fuzz_below(rand, 40) : 0;

		*link = FUZZ_PICK(rand, exthdrs);
		if (fuzz_one_in(rand, 40)) {
			*link = FUZZ_PICK(rand, odd_protocols);
			body->sound = false;
		}
		memset(data + len, 0, 8 + 8 * units);
		data[len + 1] = units;
		data[len + 3] = *link == NEXTHDR_ROUTING && fuzz_one_in(rand, 10);
		if (data[len + 3] || n > 8 || fuzz_one_in(rand, 40))
			body->sound = false;
		link = data + len;
		len += 8 + 8 * units;
	}
	if (fragment) {
		struct frag_hdr *fh = (struct frag_hdr *)(data + len);

		*link = NEXTHDR_FRAGMENT;
		fh->reserved = 0;
		fh->identification = htonl(fuzz_u32(rand) & 0xffff);
		fh->frag_off = htons(fuzz_one_in(rand, 2) ? IP6_MF : fuzz_u32(rand) & 0xfff9);
		/* An atomic one, RFC 6946. */
		if (fuzz_one_in(rand, 8))
			fh->frag_off = 0;
		link = &fh->nexthdr;
		len += sizeof(*fh);
	}
	*link = body->protocol == IPPROTO_ICMP ? NEXTHDR_ICMP : body->protocol;
	return len;
}

static unsigned int write_ipv6(struct fuzz_rand *rand, struct fuzz_packet *packet,
			       const struct fuzz_view *view, struct body *body)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)packet->data;
	unsigned int len;

	memset(ip6h, 0, sizeof(*ip6h));
	len = make_exthdrs(rand, (u8 *)(ip6h + 1), &ip6h->nexthdr, !body->whole, body);
	ip6_flow_hdr(ip6h, fuzz_u32(rand) & 0xff, htonl(fuzz_u32(rand) & 0xfffff));
	ip6h->payload_len = htons(len + body->len);
	ip6h->hop_limit = 1 + fuzz_below(rand, 255);
	ip6h->saddr = view->saddr6;
	ip6h->daddr = view->daddr6;
	return sizeof(*ip6h) + len;
}

/* Put IP header and body together; the body was made behind the longest header there can be. */
static void join(struct fuzz_rand *rand, struct fuzz_packet *packet, const struct fuzz_view *view,
		 struct body *body)
{
	unsigned int len = view->ipv6 ? write_ipv6(rand, packet, view, body) :
					write_ipv4(rand, packet, view, body);

	if (len + body->len > FUZZ_DATA_MAX || len + body->len - (view->ipv6 ? 40 : 0) > 65535)
		body->sound = false;
	body->len = min(body->len, FUZZ_DATA_MAX - len);
	memmove(packet->data + len, body->data, body->len);
	packet->l4 = len;
	packet->len = len + body->len;
}

#define BODY_OFFSET 3400	/* nine extension headers of 40 units, and a fragment header */

static void begin_body(struct fuzz_rand *rand, const struct fuzz_packet *packet, struct body *body,
		       unsigned int room)
{
	*body = (struct body){
		.data = packet->data + BODY_OFFSET,
		.room = min(room, FUZZ_DATA_MAX - BODY_OFFSET),
		.protocol = FUZZ_PICK(rand, protocols),
		.whole = !fuzz_one_in(rand, 10),
		.sound = true,
	};
	if (fuzz_one_in(rand, 40)) {
		body->protocol = FUZZ_PICK(rand, odd_protocols);
		body->sound = false;
	}
	if (fuzz_one_in(rand, 60)) {
		body->protocol = fuzz_u32(rand);
		body->sound = false;
	}
	if (body->protocol == IPPROTO_ICMP && !body->whole)
		body->sound = false;
}

static const struct {
	u8 type;
	u8 codes;
} errors4[] = {
	{ ICMP_DEST_UNREACH, 16 }, { ICMP_DEST_UNREACH, 16 }, { ICMP_TIME_EXCEEDED, 2 },
	{ ICMP_PARAMETERPROB, 3 }, { ICMP_REDIRECT, 4 }, { ICMP_SOURCE_QUENCH, 1 },
}, errors6[] = {
	{ ICMPV6_DEST_UNREACH, 7 }, { ICMPV6_DEST_UNREACH, 7 }, { ICMPV6_PKT_TOOBIG, 1 },
	{ ICMPV6_TIME_EXCEED, 2 }, { ICMPV6_PARAMPROB, 4 },
};

/* Make type, code and the word after them; the quote's length goes where RFC 4884 has it. */
static void make_error_header(struct fuzz_rand *rand, u8 *icmp, bool ipv6)
{
	unsigned int i = fuzz_below(rand, ipv6 ? ARRAY_SIZE(errors6) : ARRAY_SIZE(errors4));

	icmp[0] = ipv6 ? errors6[i].type : errors4[i].type;
	icmp[1] = fuzz_below(rand, ipv6 ? errors6[i].codes : errors4[i].codes);
	memset(icmp + 2, 0, 6);
	if (fuzz_one_in(rand, 2))
		icmp[ipv6 ? 4 : 5] = fuzz_below(rand, fuzz_one_in(rand, 4) ? 256 : 40);
	if (fuzz_one_in(rand, 2))
		icmp[6 + fuzz_below(rand, 2)] = fuzz_u32(rand);
	if (fuzz_one_in(rand, 3))
		icmp[ipv6 ? 7 : 4] = fuzz_below(rand, 44);
	if (fuzz_one_in(rand, 10))
		random_bytes(rand, icmp, 8);
}

/* An error about a packet that went the other way. */
static void make_error(struct fuzz_rand *rand, const struct fuzz_table *table, struct body *body,
		       const struct fuzz_view *view)
{
	struct fuzz_view inner = { .ipv6 = view->ipv6 };
	struct fuzz_packet quote = { .data = body->data + 8, .ipv6 = view->ipv6 };
	struct body quoted;
	__sum16 *check = (__sum16 *)(body->data + 2);
	__wsum sum;

	random_addrs(rand, table, &inner);
	swap(inner.saddr4, inner.daddr4);
	swap(inner.saddr6, inner.daddr6);
	if (!fuzz_one_in(rand, 8)) {
		inner.saddr4 = view->daddr4;
		inner.saddr6 = view->daddr6;
	}
	begin_body(rand, &quote, &quoted, 1600);
	make_transport(rand, &quoted, &inner);
	join(rand, &quote, &inner, &quoted);
	if (fuzz_one_in(rand, 4))
		fuzz_packet_mutate(rand, &quote);
	if (fuzz_one_in(rand, 2))
		quote.len = min(quote.len, fuzz_below(rand, 1300));
	/* What the router adds: extensions, and more. */
	if (fuzz_one_in(rand, 3)) {
		unsigned int more = fuzz_below(rand, 200);

		random_bytes(rand, quote.data + quote.len, more);
		quote.len += more;
	}

	body->len = 8 + quote.len;
	body->sound = false;
	make_error_header(rand, body->data, view->ipv6);
	if (fuzz_one_in(rand, 20))
		return;
	*check = 0;
	sum = csum_partial(body->data, body->len, 0);
	*check = view->ipv6 ? csum_ipv6_magic(&view->saddr6, &view->daddr6, body->len, NEXTHDR_ICMP,
					      sum) : csum_fold(sum);
}

/**
 * fuzz_packet_make() - make a random packet
 * @rand: where from
 * @table: the configuration
 * @packet: gets it; its data are FUZZ_DATA_MAX bytes and some more
 */
void fuzz_packet_make(struct fuzz_rand *rand, const struct fuzz_table *table,
		      struct fuzz_packet *packet)
{
	struct fuzz_view view = { .ipv6 = fuzz_one_in(rand, 2) };
	struct body body;

	random_addrs(rand, table, &view);
	begin_body(rand, packet, &body, 65000);
	if (body.protocol == IPPROTO_ICMP && !fuzz_one_in(rand, 3))
		make_error(rand, table, &body, &view);
	else
		make_transport(rand, &body, &view);
	join(rand, packet, &view, &body);
	packet->ipv6 = view.ipv6;
	packet->sound = body.sound;
	if (fuzz_one_in(rand, 3))
		fuzz_packet_mutate(rand, packet);
}

static const u8 odd_bytes[] = { 0, 1, 0x7f, 0x80, 0xff, 0x45, 0x60, 58, 44, 6, 17 };

/* One damage, mostly to the first bytes, where the headers are. */
static void mutate_once(struct fuzz_rand *rand, struct fuzz_packet *packet)
{
	unsigned int most = fuzz_one_in(rand, 3) ? packet->len : min(packet->len, 100U);
	unsigned int place = fuzz_below(rand, most);
	unsigned int more;

	switch (fuzz_below(rand, 8)) {
	case 0:
	case 1:
		packet->data[place] ^= 1 << fuzz_below(rand, 8);
		break;
	case 2:
		packet->data[place] = fuzz_u32(rand);
		break;
	case 3:
		packet->data[place] = FUZZ_PICK(rand, odd_bytes);
		break;
	case 4:
		packet->len = 1 + place;
		break;
	case 5:
		more = min(fuzz_below(rand, 40), FUZZ_DATA_MAX - packet->len);
		random_bytes(rand, packet->data + packet->len, more);
		packet->len += more;
		break;
	case 6:
		random_bytes(rand, packet->data + place, min(packet->len - place, 8U));
		break;
	case 7:
		/* Repeat a piece of it further on. */
		memmove(packet->data + place, packet->data + fuzz_below(rand, place + 1),
			min(packet->len - place, 40U));
		break;
	}
}

/**
 * fuzz_packet_mutate() - damage a packet
 * @rand: where from
 * @packet: the packet
 *
 * Mostly corrects the IPv4 header's checksum and the length afterwards, because otherwise no other
 * damage would matter.
 */
void fuzz_packet_mutate(struct fuzz_rand *rand, struct fuzz_packet *packet)
{
	unsigned int n = 1 + fuzz_below(rand, 3);

	packet->sound = false;
	while (n-- && packet->len)
		mutate_once(rand, packet);

	if (!packet->ipv6 && packet->len >= sizeof(struct iphdr) && !fuzz_one_in(rand, 8)) {
		struct iphdr *iph = (struct iphdr *)packet->data;

		if (!fuzz_one_in(rand, 4))
			iph->tot_len = htons(min(packet->len, 65535U));
		if (iph->ihl >= 5 && iph->ihl * 4 <= packet->len)
			ip_send_check(iph);
	}
	if (packet->ipv6 && packet->len >= sizeof(struct ipv6hdr) && !fuzz_one_in(rand, 8))
		((struct ipv6hdr *)packet->data)->payload_len =
			htons(min_t(unsigned int, packet->len - sizeof(struct ipv6hdr), 65535));
}
