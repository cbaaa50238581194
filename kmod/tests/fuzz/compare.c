// SPDX-License-Identifier: GPL-2.0
/*
 * A packet that went in, and what came out: the same but for what the RFCs say.
 */

#include "fuzz.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/mm.h>
#include <linux/udp.h>

#include "../../compat.h"

/* One packet that went in, and what came out, put together again. */
u8 *fuzz_in, *fuzz_out;
static u8 *scratch;

/**
 * fuzz_check_init() - have room to compare packets in
 *
 * Return: 0 or -ENOMEM
 */
int fuzz_check_init(void)
{
	fuzz_in = kvzalloc(FUZZ_BUFFER, GFP_KERNEL);
	fuzz_out = kvzalloc(FUZZ_BUFFER, GFP_KERNEL);
	scratch = kvzalloc(FUZZ_BUFFER, GFP_KERNEL);
	if (fuzz_in && fuzz_out && scratch)
		return 0;
	fuzz_check_exit();
	return -ENOMEM;
}

/**
 * fuzz_check_exit() - give that back
 */
void fuzz_check_exit(void)
{
	kvfree(fuzz_in);
	kvfree(fuzz_out);
	kvfree(scratch);
}

static const char *check_header(const u8 *data, unsigned int len, const struct fuzz_view *out)
{
	if (out->hdr.len + out->hdr.payload_len != len)
		return "length in the header is not that of the packet";
	if (out->hdr.len != (out->ipv6 ? 40 + 8 * out->hdr.fragment : 20))
		return "header with options";
	if (!out->ipv6 && out->hdr.df && out->hdr.fragment && !out->hdr.offset && !out->hdr.more)
		return "DF in a fragment";
	return NULL;
}

static const char *check_addresses(struct nat64 *nat, const struct fuzz_table *table,
				   const struct fuzz_view *in, const struct fuzz_view *out,
				   bool error, bool hairpin)
{
	struct in6_addr addr6;
	__be32 addr4;

	if (!in->ipv6) {
		if (fuzz_model_4to6(nat, table, in->daddr4, 0, &addr6) ||
		    !ipv6_addr_equal(&addr6, &out->daddr6))
			return "wrong IPv6 destination";
		if (!error && !hairpin &&
		    (fuzz_model_4to6(nat, table, in->saddr4, fuzz_spoken(nat, in->daddr4),
				     &addr6) ||
		     !ipv6_addr_equal(&addr6, &out->saddr6)))
			return "wrong IPv6 source";
		return NULL;
	}
	if (fuzz_model_6to4(nat, table, &in->daddr6, &addr4) || addr4 != out->daddr4)
		return "wrong IPv4 destination";
	if (!error &&
	    (fuzz_model_src_6to4(nat, table, &in->saddr6, &addr4) || addr4 != out->saddr4))
		return "wrong IPv4 source";
	if (!nat64_addr4_is_translatable(out->saddr4) || !nat64_addr4_is_translatable(out->daddr4))
		return "an IPv4 address that no host can have";
	return NULL;
}

/* Whether a quoted ICMP message is an echo of that family, as far as it is there. */
static bool is_quoted_echo(const u8 *inner, const u8 *end)
{
	bool ipv6 = inner[0] >> 4 == 6;
	const u8 *icmp = inner + (ipv6 ? 40 : 20);
	u8 protocol = inner[ipv6 ? 6 : 9];

	/* The only extension header that comes out is the fragment header. */
	if (ipv6 && protocol == NEXTHDR_FRAGMENT) {
		if (icmp + 8 > end || icmp[2] || icmp[3] & 0xf8)
			return true;
		protocol = icmp[0];
		icmp += 8;
	} else if (!ipv6 && (inner[6] & 0x1f || inner[7])) {
		return true;
	}
	if (protocol != (ipv6 ? NEXTHDR_ICMP : IPPROTO_ICMP) || icmp >= end)
		return true;
	return ipv6 ? icmp[0] == ICMPV6_ECHO_REQUEST || icmp[0] == ICMPV6_ECHO_REPLY :
		      icmp[0] == ICMP_ECHO || icmp[0] == ICMP_ECHOREPLY;
}

/* Error messages are made anew. They must still quote a packet between the right hosts. */
static const char *check_error(struct nat64 *nat, const struct fuzz_table *table,
			       const struct fuzz_view *in, const u8 *in_data,
			       const struct fuzz_view *out, const u8 *out_data, bool hairpin)
{
	const u8 *in_inner = in_data + in->hdr.len + 8, *inner = out_data + out->hdr.len + 8;
	struct in6_addr addr6;
	__be32 addr4, host4;

	if (fuzz_csum_error(in, in_data + in->hdr.len))
		return "an ICMP error with a wrong checksum was translated";
	if (fuzz_csum_error(out, out_data + out->hdr.len))
		return "wrong ICMP checksum";
	if (!fuzz_is_icmp_error(out, out_data))
		return "an ICMP error has become something else";
	if (out->ipv6 && out->hdr.len + out->hdr.payload_len > IPV6_MIN_MTU)
		return "an ICMPv6 error of more than 1280 bytes";
	if (!out->ipv6 && out->hdr.len + out->hdr.payload_len > 576)
		return "an ICMP error of more than 576 bytes";
	if (out->hdr.payload_len < 8 + (out->ipv6 ? 40 : 20))
		return "an ICMP error without the quoted header";
	if (inner[0] >> 4 != (out->ipv6 ? 6 : 4))
		return "the quoted packet is of the wrong family";
	/* With extensions, padding may stand where the quoted message would begin. */
	if (!out_data[out->hdr.len + (out->ipv6 ? 4 : 5)] &&
	    !is_quoted_echo(inner, out_data + out->hdr.len + out->hdr.payload_len))
		return "the quoted ICMP message is no echo";
	if (!out->ipv6) {
		if (ip_fast_csum(inner, 5))
			return "wrong checksum in the quoted header";
		if (fuzz_model_6to4(nat, table, (const struct in6_addr *)(in_inner + 8), &addr4) ||
		    memcmp(&addr4, inner + 12, 4) ||
		    fuzz_model_src_6to4(nat, table, (const struct in6_addr *)(in_inner + 24),
					&addr4) ||
		    memcmp(&addr4, inner + 16, 4))
			return "wrong address in the quoted header";
		return NULL;
	}
	memcpy(&host4, in_inner + 12, 4);
	if (fuzz_model_4to6(nat, table, host4, 0, &addr6) || memcmp(&addr6, inner + 8, 16))
		return "wrong source in the quoted header";
	memcpy(&addr4, in_inner + 16, 4);
	if (fuzz_model_quoted_4to6(nat, table, host4, addr4, hairpin, &addr6) ||
	    memcmp(&addr6, inner + 24, 16))
		return "wrong destination in the quoted header";
	return NULL;
}

static const char *check_fields(const struct fuzz_table *table, const struct fuzz_view *in,
				const struct fuzz_view *out)
{
	u8 protocol = in->hdr.protocol;

	if (fuzz_is_icmp(in))
		protocol = out->ipv6 ? NEXTHDR_ICMP : IPPROTO_ICMP;
	if (out->hdr.protocol != protocol)
		return "wrong protocol";
	if (out->hdr.tos != (table->config.tos == NAT64_TOS_ZERO ? 0 : in->hdr.tos))
		return "wrong traffic class";
	if (out->hdr.ttl != in->hdr.ttl)
		return "hop limit changed";
	return NULL;
}

/* A UDP checksum that was computed is that of the datagram; there may be more behind it. */
static const char *check_computed(const struct fuzz_view *out, const u8 *payload)
{
	struct fuzz_view datagram = *out;

	datagram.hdr.payload_len = ntohs(((const struct udphdr *)payload)->len);
	if (datagram.hdr.payload_len < sizeof(struct udphdr) ||
	    datagram.hdr.payload_len > out->hdr.payload_len)
		return "a checksum of what is not a datagram";
	return fuzz_csum_error(&datagram, payload) ? "a computed checksum is wrong" : NULL;
}

/**
 * fuzz_check_payload() - whether a payload is the same but for the checksum and the type of ICMP
 * @table: the configuration
 * @in: the packet
 * @in_data: its bytes
 * @out: what came out
 * @out_payload: what is behind its IP header
 *
 * Return: what is wrong, or NULL
 */
const char *fuzz_check_payload(const struct fuzz_table *table, const struct fuzz_view *in,
			       const u8 *in_data, struct fuzz_view *out, const u8 *out_payload)
{
	int offset = fuzz_csum_offset(in), zero_csum;
	unsigned int skip = 0, before;
	const u8 *in_payload = in_data + in->hdr.len;

	if (out->hdr.payload_len != in->hdr.payload_len)
		return "payload of another length";
	/* A piece belongs to the same whole, whatever the packet was cut into. */
	out->hdr.more = in->hdr.more;
	if (offset >= 0) {
		before = fuzz_is_icmp(in) ? 0 : offset;
		if (memcmp(in_payload, out_payload, before) ||
		    (fuzz_is_icmp(in) && in_payload[1] != out_payload[1]))
			return "transport header changed";
		skip = offset + 2;
	}
	if (memcmp(in_payload + skip, out_payload + skip, in->hdr.payload_len - skip))
		return "payload changed";
	if (offset < 0)
		return NULL;

	zero_csum = in->hdr.protocol == IPPROTO_UDP && !in_payload[6] && !in_payload[7];
	if (zero_csum && (in->ipv6 || table->config.udp_zero_csum == NAT64_UDP_ZERO_CSUM_FORWARD))
		return out_payload[6] || out_payload[7] ? "a checksum where there was none" : NULL;
	if (zero_csum)
		return check_computed(out, out_payload);
	if (in->hdr.protocol == IPPROTO_UDP && !out_payload[6] && !out_payload[7])
		return "a UDP checksum got lost";
	return fuzz_csum_error(in, in_payload) == fuzz_csum_error(out, out_payload) ? NULL :
	       "the checksum is wrong by something else than before";
}

static const char *check_fragment_fields(const struct fuzz_view *in, const struct fuzz_view *out)
{
	bool atomic = in->hdr.fragment && !in->hdr.offset && !in->hdr.more;

	if (out->hdr.fragment != (in->hdr.fragment && !atomic))
		return "a fragment where there was none, or none where there was";
	if (!out->hdr.fragment)
		return !out->ipv6 && atomic && out->hdr.id != (in->hdr.id & 0xffff) ?
		       "identification lost" : NULL;
	if (out->hdr.id != (in->hdr.id & 0xffff) || out->hdr.offset != in->hdr.offset ||
	    out->hdr.more != in->hdr.more)
		return "wrong fragment";
	return NULL;
}

/**
 * fuzz_check_pair() - one packet in, one packet out
 * @nat: the instance
 * @table: its configuration
 * @in_data: what went in
 * @in_len: bytes of it
 * @out_data: what came out
 * @out_len: bytes of it
 * @hairpin: whether it came from the device
 *
 * Return: what is wrong, or NULL
 */
const char *fuzz_check_pair(struct nat64 *nat, const struct fuzz_table *table, const u8 *in_data,
			    unsigned int in_len, const u8 *out_data, unsigned int out_len,
			    bool hairpin)
{
	struct fuzz_view in, out;
	const char *wrong;
	bool error;

	if (!fuzz_parse(in_data, in_len, &in))
		return "a malformed packet was translated";
	if (!fuzz_parse(out_data, out_len, &out))
		return "what came out is malformed";
	if (in.ipv6 == out.ipv6)
		return "what came out is of the same family";
	if (fuzz_reaches_too_far(&in))
		return "a fragment that no packet can have was translated";
	error = fuzz_is_icmp_error(&in, in_data);
	wrong = check_header(out_data, out_len, &out);
	if (!wrong)
		wrong = check_addresses(nat, table, &in, &out, error, hairpin);
	if (!wrong)
		wrong = check_fields(table, &in, &out);
	if (wrong)
		return wrong;
	if (error)
		return check_error(nat, table, &in, in_data, &out, out_data, hairpin);
	wrong = check_fragment_fields(&in, &out);
	return wrong ?: fuzz_check_payload(table, &in, in_data, &out, out_data + out.hdr.len);
}

/**
 * fuzz_check_pieces() - one packet in, several out, which together must be that one again
 * @nat: the instance
 * @table: its configuration
 * @in_len: bytes of the packet, which is in fuzz_in
 * @pieces: what came out
 * @hairpin: whether it came from the device
 *
 * Return: what is wrong, or NULL
 */
const char *fuzz_check_pieces(struct nat64 *nat, const struct fuzz_table *table,
			      unsigned int in_len, struct sk_buff_head *pieces, bool hairpin)
{
	struct fuzz_view in, out, whole = {};
	unsigned int len, end = 0;
	bool more = true, first = true;
	struct sk_buff *skb;
	const char *wrong;

	if (!fuzz_parse(fuzz_in, in_len, &in))
		return "a malformed packet was translated";
	if (fuzz_reaches_too_far(&in))
		return "a fragment that no packet can have was translated";
	if (fuzz_is_icmp_error(&in, fuzz_in))
		return "an ICMP error was fragmented";
	skb_queue_walk(pieces, skb) {
		len = fuzz_flatten(skb, scratch);
		if (!len || !fuzz_parse(scratch, len, &out))
			return "a piece is malformed";
		wrong = check_header(scratch, len, &out);
		if (!wrong)
			wrong = check_addresses(nat, table, &in, &out, false, hairpin);
		if (!wrong)
			wrong = check_fields(table, &in, &out);
		if (wrong)
			return wrong;
		if (!out.hdr.fragment || !more)
			return "a piece that is no fragment, or behind the last one";
		if (out.ipv6 && len > table->config.lowest_ipv6_mtu && !in.hdr.df)
			return "a piece larger than lowest-ipv6-mtu";
		if (first)
			whole = out;
		if (out.hdr.id != whole.hdr.id || (in.hdr.fragment && out.hdr.id != in.hdr.id))
			return "pieces of different packets";
		if (out.hdr.offset * 8 != in.hdr.offset * 8 + end)
			return "a gap between pieces";
		memcpy(fuzz_out + end, scratch + out.hdr.len, out.hdr.payload_len);
		end += out.hdr.payload_len;
		more = out.hdr.more;
		first = false;
	}
	if (more != in.hdr.more)
		return "the last piece is missing";
	whole.hdr.payload_len = end;
	return fuzz_check_payload(table, &in, fuzz_in, &whole, fuzz_out);
}

static bool segment(struct sk_buff *skb, struct sk_buff_head *list)
{
	struct sk_buff *segs, *seg, *next;

	segs = skb_gso_segment(skb, NETIF_F_SG);
	if (IS_ERR_OR_NULL(segs))
		return false;
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		__skb_queue_tail(list, seg);
	}
	return true;
}

/* Whatever comes out, it is well-formed. */
static const char *check_alone(struct sk_buff_head *outs)
{
	struct fuzz_view out;
	struct sk_buff *skb;
	unsigned int len;

	skb_queue_walk(outs, skb) {
		len = fuzz_flatten(skb, fuzz_out);
		if (!fuzz_parse(fuzz_out, len, &out))
			return "a segment is malformed";
		if (check_header(fuzz_out, len, &out))
			return check_header(fuzz_out, len, &out);
	}
	return NULL;
}

static const char *check_segments(struct nat64 *nat, const struct fuzz_table *table,
				  struct sk_buff_head *ins, struct sk_buff_head *outs, bool hairpin)
{
	struct sk_buff *in = skb_peek(ins), *out;
	const char *wrong;

	if (skb_queue_len(ins) != skb_queue_len(outs))
		return "another number of segments";
	skb_queue_walk(outs, out) {
		unsigned int in_len = fuzz_flatten(in, fuzz_in);
		unsigned int out_len = fuzz_flatten(out, fuzz_out);

		wrong = fuzz_check_pair(nat, table, fuzz_in, in_len, fuzz_out, out_len, hairpin);
		if (wrong)
			return wrong;
		in = skb_peek_next(in, ins);
	}
	return NULL;
}

/**
 * fuzz_check_super() - a super-packet: segment by segment, as if it had been cut before
 * @nat: the instance
 * @table: its configuration
 * @packet: what went in
 * @shape: how
 * @result: what came out
 *
 * Return: what is wrong, or NULL
 */
const char *fuzz_check_super(struct nat64 *nat, const struct fuzz_table *table,
			     const struct fuzz_packet *packet, const struct fuzz_shape *shape,
			     struct fuzz_result *result)
{
	struct fuzz_rand rand = {};
	struct sk_buff_head ins, outs;
	const char *wrong = NULL;
	struct sk_buff *skb, *copy;
	struct fuzz_view in;
	bool compare;

	/*
	 * It is clear what each segment would be only if the checksum is yet to be filled in, and
	 * only if no fragments are made on either side.
	 */
	compare = fuzz_parse(packet->data, packet->len, &in) && !in.hdr.fragment &&
		  shape->ip_summed == CHECKSUM_PARTIAL && shape->csum_start == in.hdr.len &&
		  !(shape->gso_type & SKB_GSO_UDP) && !result->counts[NAT64_STAT_FRAGMENTED];
	__skb_queue_head_init(&ins);
	__skb_queue_head_init(&outs);
	skb = fuzz_skb_make(&rand, nat, packet, shape);
	compare = compare && skb && segment(skb, &ins);
	kfree_skb(skb);
	skb_queue_walk(&result->out, skb) {
		copy = skb_copy(skb, GFP_ATOMIC);
		if (!copy) {
			compare = false;
		} else if (!skb_is_gso(copy)) {
			__skb_queue_tail(&outs, copy);
		} else {
			if (!segment(copy, &outs) && compare &&
			    !(shape->gso_type & SKB_GSO_DODGY))
				wrong = "a super-packet that cannot be segmented any more";
			kfree_skb(copy);
		}
	}
	if (!wrong && compare)
		wrong = check_segments(nat, table, &ins, &outs, shape->hairpin);
	else if (!wrong)
		wrong = check_alone(&outs);
	__skb_queue_purge(&ins);
	__skb_queue_purge(&outs);
	return wrong;
}
