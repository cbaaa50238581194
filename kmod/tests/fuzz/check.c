// SPDX-License-Identifier: GPL-2.0
/*
 * What must be true of every result: it is counted, it parses, and it says what the packet said
 * that went in. Its checksums are right where they were right, and wrong by the same amount where
 * they were not. And it comes back.
 */

#include "../../map.h"
#include "fuzz.h"

#include <net/route.h>

/* Whether @sum is the sum of an skb's bytes; there are two ways to write zero. */
static bool is_sum(__wsum sum, const struct sk_buff *skb)
{
	__sum16 diff = csum_fold(csum_sub(sum, skb_checksum(skb, 0, skb->len, 0)));

	return !diff || diff == CSUM_MANGLED_0;
}

/* The skb itself, whatever the packet. */
static const char *check_skb(const struct nat64 *nat, struct sk_buff *skb)
{
	unsigned int sum = skb_headlen(skb), i;
	struct sk_buff *piece;
	int start;

	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++)
		sum += skb_frag_size(&skb_shinfo(skb)->frags[i]);
	skb_walk_frags(skb, piece)
		sum += piece->len;
	if (sum != skb->len)
		return "skb->len is not the sum of its parts";
	if (skb->dev != nat->dev)
		return "not from the device";
	if (skb_network_offset(skb) || skb_mac_offset(skb))
		return "headers begin elsewhere";
	if (skb_dst(skb) || skb_nfct(skb) || skb->destructor || skb->tstamp)
		return "something of the old path is left";
	if (skb->mark != 0x64 || skb->priority != 3)
		return "mark or priority lost";
	if (skb->pkt_type != PACKET_HOST)
		return "not for this host";
	if (skb->ip_summed == CHECKSUM_COMPLETE && !is_sum(skb->csum, skb))
		return "CHECKSUM_COMPLETE with a wrong sum";
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		start = skb_checksum_start_offset(skb);
		if (start < 0 || start + skb->csum_offset + 2U > skb_headlen(skb))
			return "CHECKSUM_PARTIAL outside of the packet";
	}
	return NULL;
}

static const char *check_counts(const struct fuzz_packet *packet, const struct fuzz_result *result)
{
	u64 xlat = result->counts[NAT64_STAT_XLAT_6TO4] + result->counts[NAT64_STAT_XLAT_4TO6];
	unsigned int n = skb_queue_len(&result->out), i;
	u64 entered = xlat;

	for (i = NAT64_STAT_DROP_HEADER4; i < __NAT64_STAT_MAX; i++)
		if (!fuzz_is_fast_stat(i))
			entered += result->counts[i];
	if (!result->taken)
		return entered || n ? "counted, although not covered" : NULL;
	if (!entered)
		return "not counted";
	if (entered > 1 && !result->counts[NAT64_STAT_GSO_SPLIT])
		return "counted twice";
	if (!xlat && n)
		return "dropped, and came out";
	if (xlat > n && !result->counts[NAT64_STAT_DROP_NOMEM])
		return "translated, and nothing came out";
	if (xlat && result->counts[packet->ipv6 ? NAT64_STAT_XLAT_4TO6 : NAT64_STAT_XLAT_6TO4])
		return "counted in the wrong direction";
	return NULL;
}

/*
 * Whether a packet has a source that nobody outside has: that of a host behind us, or, unless it is
 * the router that sends it, the router's own.
 */
static bool is_forged4(const struct nat64 *nat, const struct fuzz_shape *shape, __be32 addr4)
{
	if (shape->hairpin)
		return false;
	return fuzz_is_behind(nat, addr4) ||
	       (!(shape->transmit && shape->local) &&
		inet_addr_type(dev_net(nat->dev), addr4) == RTN_LOCAL);
}

/* Whether a packet is for a host behind us, whose dynamic mapping is for its own packets only. */
static bool is_for_host(const struct nat64 *nat, const struct in6_addr *addr6)
{
	return nat64_table_find6(nat->dynamic.table, addr6);
}

/* Whether the model says that the addresses of a packet can be translated. */
static bool is_resolved(struct nat64 *nat, const struct fuzz_table *table,
			const struct fuzz_shape *shape, const struct fuzz_view *in)
{
	struct in6_addr addr6;
	__be32 src, dst;

	if (in->ipv6)
		return nat64_addr6_is_translatable(&in->saddr6) && !is_for_host(nat, &in->daddr6) &&
		       !fuzz_model_6to4(nat, table, &in->daddr6, &dst) &&
		       !fuzz_model_src_6to4(nat, table, &in->saddr6, &src) &&
		       nat64_addr4_is_translatable(dst) && nat64_addr4_is_translatable(src);
	return nat64_addr4_is_translatable(in->daddr4) && nat64_addr4_is_translatable(in->saddr4) &&
	       !is_forged4(nat, shape, in->saddr4) &&
	       !fuzz_model_4to6(nat, table, in->daddr4, 0, &addr6) &&
	       !fuzz_model_4to6(nat, table, in->saddr4, fuzz_spoken(nat, in->daddr4), &addr6);
}

static const char *check_sound(struct nat64 *nat, const struct fuzz_table *table,
			       const struct fuzz_packet *packet, const struct fuzz_shape *shape,
			       const struct fuzz_result *result)
{
	struct fuzz_view in;

	if (!packet->sound || shape->gso_type || shape->hairpin || !result->taken ||
	    result->counts[NAT64_STAT_DROP_NO_MAPPING4] || result->counts[NAT64_STAT_DROP_NOMEM] ||
	    result->counts[NAT64_STAT_XLAT_6TO4] || result->counts[NAT64_STAT_XLAT_4TO6])
		return NULL;
	if (!fuzz_parse(packet->data, packet->len, &in))
		return "a sound packet that is not";
	if (fuzz_reaches_too_far(&in))
		return NULL;
	return is_resolved(nat, table, shape, &in) ? "a sound packet was dropped" : NULL;
}

static const char *check_source(struct nat64 *nat, const struct fuzz_packet *packet,
				const struct fuzz_shape *shape)
{
	struct fuzz_view in;

	if (!fuzz_parse(packet->data, packet->len, &in))
		return NULL;
	if (in.ipv6)
		return is_for_host(nat, &in.daddr6) ? "though it was for a host behind us" : NULL;
	return is_forged4(nat, shape, in.saddr4) ? "from outside, with a forged source" : NULL;
}

/* Put a packet into fuzz_in as it would be on the wire. Returns the number of bytes. */
static unsigned int put_on_wire(const struct fuzz_packet *packet, const struct fuzz_shape *shape)
{
	unsigned int len = packet->len, l4 = packet->l4;
	struct fuzz_view view;

	/* Bytes behind the end that the header names are padding. */
	if (fuzz_parse(packet->data, packet->len, &view)) {
		len = view.hdr.len + view.hdr.payload_len;
		l4 = view.hdr.len;
	}
	memcpy(fuzz_in, packet->data, len);
	/* A checksum that begins within the header goes away with it. */
	if (shape->ip_summed == CHECKSUM_PARTIAL && shape->csum_start >= l4)
		fuzz_fill_csum(fuzz_in, len, shape->csum_start, shape->csum_offset);
	return len;
}

/*
 * Whether the range of CHECKSUM_PARTIAL includes part of the outer packet's checksum, but is not
 * that checksum's own. Then nobody can say what was meant.
 */
static bool is_nonsense(const struct fuzz_packet *packet, const struct fuzz_shape *shape)
{
	struct fuzz_view view;
	int start, offset;

	if (shape->ip_summed != CHECKSUM_PARTIAL || !fuzz_parse(packet->data, packet->len, &view))
		return false;
	start = (int)shape->csum_start - (int)view.hdr.len;
	if (start < 0)
		return start + shape->csum_offset + 2 > 0;
	offset = fuzz_csum_offset(&view);
	return start < offset + 2 && offset >= 0 && (start || shape->csum_offset != offset);
}

/* Whether it is UDP without a checksum; that of IPv4 may get one. */
static bool has_no_csum(const struct fuzz_view *view, const u8 *data)
{
	const u8 *payload = data + view->hdr.len;

	return view->hdr.protocol == IPPROTO_UDP && fuzz_csum_offset(view) >= 0 && !payload[6] &&
	       !payload[7];
}

/**
 * fuzz_check() - whether a result is right
 * @nat: the instance
 * @table: its configuration
 * @packet: what went in
 * @shape: how
 * @result: what came out
 *
 * Return: what is wrong, or NULL
 */
const char *fuzz_check(struct nat64 *nat, const struct fuzz_table *table,
		       const struct fuzz_packet *packet, const struct fuzz_shape *shape,
		       struct fuzz_result *result)
{
	const char *wrong = check_counts(packet, result);
	unsigned int len, out_len, n = skb_queue_len(&result->out);
	struct sk_buff *skb;

	if (!wrong)
		wrong = check_sound(nat, table, packet, shape, result);
	skb_queue_walk(&result->out, skb)
		wrong = wrong ?: check_skb(nat, skb);
	if (wrong || !n)
		return wrong;
	wrong = check_source(nat, packet, shape);
	if (wrong)
		return wrong;
	if (shape->gso_type)
		return fuzz_check_super(nat, table, packet, shape, result);

	if (is_nonsense(packet, shape))
		return NULL;
	len = put_on_wire(packet, shape);
	if (n > 1)
		return fuzz_check_pieces(nat, table, len, &result->out, shape->hairpin);
	out_len = fuzz_flatten(skb_peek(&result->out), fuzz_out);
	return fuzz_check_pair(nat, table, fuzz_in, len, fuzz_out, out_len, shape->hairpin);
}

/* Ignore the identification that IPv4 packets get, and the checksum that covers it. */
static void blank_id(u8 *data)
{
	struct iphdr *iph = (struct iphdr *)data;

	if (iph->version != 4)
		return;
	iph->id = 0;
	iph->check = 0;
}

/**
 * fuzz_check_same() - whether the same packet in another place in memory came out the same
 * @one: one result
 * @other: the other
 *
 * Pieces may be cut at other places: ip_do_fragment() keeps those of a frag_list where they fit.
 * fuzz_check() of either result sees to it that they make the same whole.
 *
 * Return: what is wrong, or NULL
 */
const char *fuzz_check_same(struct fuzz_result *one, struct fuzz_result *other)
{
	struct sk_buff *a, *b = skb_peek(&other->out);
	unsigned int i, len;

	if (one->taken != other->taken)
		return "in another place in memory it is covered, or not";
	for (i = 0; i < __NAT64_STAT_MAX; i++)
		if (one->counts[i] != other->counts[i] && i != NAT64_STAT_MAP_CREATED &&
		    !fuzz_is_fast_stat(i))
			return "in another place in memory it is counted as something else";
	if (skb_queue_len(&one->out) > 1 && skb_queue_len(&other->out) > 1)
		return NULL;
	if (skb_queue_len(&one->out) != skb_queue_len(&other->out))
		return "in another place in memory it becomes more, or less";
	skb_queue_walk(&one->out, a) {
		len = fuzz_flatten(a, fuzz_in);
		if (len != fuzz_flatten(b, fuzz_out))
			return "in another place in memory it is longer, or shorter";
		blank_id(fuzz_in);
		blank_id(fuzz_out);
		if (memcmp(fuzz_in, fuzz_out, len))
			return "in another place in memory it becomes something else";
		b = skb_peek_next(b, &other->out);
	}
	return NULL;
}

/**
 * fuzz_reply_make() - make the packet that would come back: the same, addresses exchanged
 * @there: what came out
 * @reply: gets it
 *
 * Return: whether there is one
 */
bool fuzz_reply_make(const struct sk_buff *there, struct fuzz_packet *reply)
{
	struct ipv6hdr *ip6h;
	struct iphdr *iph;
	struct fuzz_view view;

	if (skb_is_gso(there) || there->len > FUZZ_DATA_MAX)
		return false;
	reply->len = fuzz_flatten(there, reply->data);
	if (!fuzz_parse(reply->data, reply->len, &view) || fuzz_is_icmp_error(&view, reply->data))
		return false;
	reply->ipv6 = view.ipv6;
	reply->l4 = view.hdr.len;
	reply->sound = false;
	ip6h = (struct ipv6hdr *)reply->data;
	iph = (struct iphdr *)reply->data;
	if (view.ipv6)
		swap(ip6h->saddr, ip6h->daddr);
	else
		swap(iph->saddr, iph->daddr);
	return true;
}

/* Whether an IPv6 address is the one that its IPv4 address becomes. */
static bool is_canonical(struct nat64 *nat, const struct fuzz_table *table,
			 const struct in6_addr *addr6, unsigned int number)
{
	struct in6_addr back;
	__be32 addr4;

	return !fuzz_model_6to4(nat, table, addr6, &addr4) &&
	       !fuzz_model_4to6(nat, table, addr4, number, &back) && ipv6_addr_equal(addr6, &back);
}

/**
 * fuzz_check_back() - whether a reply is to the one who sent the packet, and of the same content
 * @nat: the instance
 * @table: its configuration
 * @packet: what went in
 * @shape: how
 * @back: what the reply became, or NULL
 *
 * Return: what is wrong, or NULL
 */
const char *fuzz_check_back(struct nat64 *nat, const struct fuzz_table *table,
			    const struct fuzz_packet *packet, const struct fuzz_shape *shape,
			    struct sk_buff *back)
{
	unsigned int len = put_on_wire(packet, shape);
	struct fuzz_view first, last;
	__be32 host4;

	if (!fuzz_parse(fuzz_in, len, &first) || is_nonsense(packet, shape) ||
	    has_no_csum(&first, fuzz_in))
		return NULL;
	if (first.ipv6 && (!is_canonical(nat, table, &first.saddr6, 0) ||
			   fuzz_model_6to4(nat, table, &first.saddr6, &host4) ||
			   !is_canonical(nat, table, &first.daddr6, fuzz_spoken(nat, host4))))
		return NULL;
	/* In IPv6, that is an extension header behind a fragment header (RFC 7915, 5.1.1). */
	if (!back && first.hdr.fragment &&
	    (first.hdr.protocol == NEXTHDR_AUTH || first.hdr.protocol == NEXTHDR_MOBILITY))
		return NULL;
	if (!back)
		return "it goes there, but not back";
	len = fuzz_flatten(back, fuzz_out);
	if (!fuzz_parse(fuzz_out, len, &last) || last.ipv6 != first.ipv6)
		return "it comes back as something else";
	if (!ipv6_addr_equal(&first.saddr6, &last.daddr6) ||
	    !ipv6_addr_equal(&first.daddr6, &last.saddr6) ||
	    first.saddr4 != last.daddr4 || first.daddr4 != last.saddr4)
		return "it comes back to somebody else";
	if (first.hdr.ttl != last.hdr.ttl || first.hdr.protocol != last.hdr.protocol ||
	    (table->config.tos == NAT64_TOS_COPY && first.hdr.tos != last.hdr.tos))
		return "it comes back with another header";
	if (first.hdr.offset != last.hdr.offset || first.hdr.more != last.hdr.more ||
	    (last.hdr.fragment && last.hdr.id != (first.hdr.id & 0xffff)))
		return "it comes back as another fragment";
	return fuzz_check_payload(table, &first, fuzz_in, &last, fuzz_out + last.hdr.len);
}
