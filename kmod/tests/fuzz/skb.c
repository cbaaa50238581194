// SPDX-License-Identifier: GPL-2.0
/*
 * A packet's bytes as an skb: linear or not, with and without room, cloned or not, with checksums
 * in all states, super-packets.
 */

#include "fuzz.h"

#include <linux/dccp.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/ip.h>

static unsigned int some_room(struct fuzz_rand *rand)
{
	static const u8 rooms[] = { 0, 0, 4, 8, 16, 20, 28, 32, 48, 64, 128 };

	return FUZZ_PICK(rand, rooms);
}

/* ip_rcv() and ipv6_rcv() have pulled the IP header into the linear part. */
static unsigned int linear_min(const struct fuzz_packet *packet, const struct fuzz_shape *shape)
{
	if (shape->transmit)
		return 0;
	return packet->ipv6 ? sizeof(struct ipv6hdr) : (packet->data[0] & 0xf) * 4;
}

/**
 * fuzz_shape_again() - choose another place in memory for the same packet
 * @rand: where from
 * @packet: the packet
 * @shape: the shape; everything else in it stays
 */
void fuzz_shape_again(struct fuzz_rand *rand, const struct fuzz_packet *packet,
		      struct fuzz_shape *shape)
{
	unsigned int least = min(linear_min(packet, shape), packet->len);

	shape->headroom = some_room(rand);
	shape->tailroom = some_room(rand);
	shape->cloned = fuzz_one_in(rand, 4);
	shape->linear = packet->len;
	shape->frags = 0;
	shape->list = 0;
	if (shape->ip_summed == CHECKSUM_PARTIAL)
		least = max(least, shape->csum_start + shape->csum_offset + 2U);
	/* skb_segment() wants all headers there, and super-packets are made that way. */
	if (shape->gso_type)
		least = max(least, max(packet->l4, shape->csum_start + 0U) + 60);
	if (least >= packet->len || !fuzz_one_in(rand, 3))
		return;
	shape->linear = least + fuzz_below(rand, min(packet->len - least, 120U));
	shape->frags = fuzz_below(rand, 4);
	if (!shape->gso_type)
		shape->list = fuzz_below(rand, 3);
}

/* Whether ip_rcv() or ipv6_rcv() would let a packet pass. */
static bool may_be_received(const struct fuzz_packet *packet)
{
	const struct ipv6hdr *ip6h = (struct ipv6hdr *)packet->data;
	const struct iphdr *iph = (struct iphdr *)packet->data;

	if (packet->ipv6)
		return packet->len >= sizeof(*ip6h) && ip6h->version == 6 &&
		       sizeof(*ip6h) + ntohs(ip6h->payload_len) == packet->len &&
		       ip6h->nexthdr != NEXTHDR_HOP;
	return packet->len >= sizeof(*iph) && iph->version == 4 && iph->ihl >= 5 &&
	       iph->ihl * 4 <= packet->len && ntohs(iph->tot_len) == packet->len &&
	       !ip_fast_csum(iph, iph->ihl);
}

static int csum_offset_of(u8 protocol)
{
	unsigned int min_len;

	return nat64_csum_offset(protocol, &min_len);
}

/*
 * Put the checksum where the stack has it, or anywhere, since tun and packet sockets allow that: in
 * the IP header, or in what may be an inner packet.
 */
static void shape_partial(struct fuzz_rand *rand, const struct fuzz_packet *packet,
			  const struct fuzz_view *view, struct fuzz_shape *shape)
{
	int offset = csum_offset_of(view->hdr.protocol);

	if (offset >= 0 && !view->hdr.fragment && view->hdr.len == packet->l4 &&
	    !fuzz_one_in(rand, 20)) {
		shape->csum_start = view->hdr.len;
		shape->csum_offset = offset;
	} else if (shape->transmit && fuzz_one_in(rand, 3)) {
		shape->csum_start = fuzz_one_in(rand, 2) ? fuzz_below(rand, packet->l4) :
				    packet->l4 + sizeof(struct tcphdr) + fuzz_below(rand, 60);
		shape->csum_offset = fuzz_below(rand, 60);
	} else {
		return;
	}
	if (shape->csum_start + shape->csum_offset + 2U <= packet->len)
		shape->ip_summed = CHECKSUM_PARTIAL;
}

/* Super-packets as GRO, local senders and tun make them. */
static void shape_gso(struct fuzz_rand *rand, const struct fuzz_packet *packet,
		      const struct fuzz_view *view, struct fuzz_shape *shape)
{
	unsigned int payload;

	if (view->hdr.fragment || view->hdr.len != packet->l4 || view->hdr.payload_len < 60 ||
	    view->hdr.len + view->hdr.payload_len != packet->len)
		return;
	if (view->hdr.protocol == IPPROTO_TCP) {
		const struct tcphdr *th = (struct tcphdr *)(packet->data + view->hdr.len);

		if (th->doff < 5 || th->doff * 4 >= view->hdr.payload_len)
			return;
		payload = view->hdr.payload_len - th->doff * 4;
		shape->gso_type = packet->ipv6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
		if (fuzz_one_in(rand, 6))
			shape->gso_type |= SKB_GSO_TCP_ECN;
		if (fuzz_one_in(rand, 6) && !packet->ipv6)
			shape->gso_type |= SKB_GSO_TCP_FIXEDID;
	} else if (view->hdr.protocol == IPPROTO_UDP) {
		payload = view->hdr.payload_len - sizeof(struct udphdr);
		shape->gso_type = fuzz_one_in(rand, 5) ? SKB_GSO_UDP : SKB_GSO_UDP_L4;
	} else {
		return;
	}
	if (fuzz_one_in(rand, 4))
		shape->gso_type |= SKB_GSO_DODGY;
	shape->gso_size = 1 + fuzz_below(rand, min(payload + 10, 9000U));
	/* Segments of one byte each would be a flood. */
	if (payload / shape->gso_size > 60)
		shape->gso_size = payload / 60 + 1;
	if (shape->gso_type & SKB_GSO_UDP)
		shape->gso_size = round_up(shape->gso_size, 8);
	if (!fuzz_one_in(rand, 3))
		shape->gso_segs = DIV_ROUND_UP(payload, shape->gso_size);
	shape->ip_summed = CHECKSUM_PARTIAL;
	shape->csum_start = view->hdr.len;
	shape->csum_offset = csum_offset_of(view->hdr.protocol);
	/* So they come from tun without NEEDS_CSUM, and from GRO by fragment list. */
	if (fuzz_one_in(rand, 10))
		shape->ip_summed = fuzz_one_in(rand, 2) ? CHECKSUM_NONE : CHECKSUM_UNNECESSARY;
}

/*
 * Claim things as a header of virtio may, whatever the packet: users of tun and guests of virtual
 * machines choose that header freely. The kernel checks little more than that the transport header
 * is there.
 */
static void shape_dodgy(struct fuzz_rand *rand, const struct fuzz_packet *packet,
			struct fuzz_shape *shape)
{
	static const struct {
		unsigned int type;
		u8 len;
		u8 offset;
	} claims[] = {
		{ SKB_GSO_TCPV4, sizeof(struct tcphdr), offsetof(struct tcphdr, check) },
		{ SKB_GSO_TCPV6, sizeof(struct tcphdr), offsetof(struct tcphdr, check) },
		{ SKB_GSO_UDP, sizeof(struct udphdr), offsetof(struct udphdr, check) },
		{ SKB_GSO_UDP_L4, sizeof(struct udphdr), offsetof(struct udphdr, check) },
	};
	unsigned int i = fuzz_below(rand, ARRAY_SIZE(claims));
	unsigned int start = fuzz_one_in(rand, 2) ? packet->l4 : fuzz_below(rand, 100);

	if (start + claims[i].len > packet->len || start < (packet->ipv6 ? 40 : 20))
		return;
	shape->gso_type = claims[i].type | SKB_GSO_DODGY;
	shape->gso_size = 1 + fuzz_below(rand, packet->len);
	shape->gso_size = max(shape->gso_size, packet->len / 60);
	shape->ip_summed = CHECKSUM_PARTIAL;
	shape->csum_start = start;
	shape->csum_offset = claims[i].offset;
}

/**
 * fuzz_shape_make() - choose how a packet lies in memory, and its door
 * @rand: where from
 * @packet: the packet
 * @shape: gets it
 */
void fuzz_shape_make(struct fuzz_rand *rand, const struct fuzz_packet *packet,
		     struct fuzz_shape *shape)
{
	static const u8 summed[] = { CHECKSUM_NONE, CHECKSUM_NONE, CHECKSUM_UNNECESSARY,
				     CHECKSUM_COMPLETE };
	struct fuzz_view view;
	bool parses = fuzz_parse(packet->data, packet->len, &view);

	memset(shape, 0, sizeof(*shape));
	shape->transmit = fuzz_one_in(rand, 2) || !may_be_received(packet);
	shape->hairpin = fuzz_one_in(rand, 12);
	shape->local = fuzz_one_in(rand, 12);
	shape->ip_summed = FUZZ_PICK(rand, summed);
	if (parses && fuzz_one_in(rand, 4))
		shape_partial(rand, packet, &view, shape);
	if (parses && packet->len > 200 && fuzz_one_in(rand, 4))
		shape_gso(rand, packet, &view, shape);
	else if (packet->len > 60 && fuzz_one_in(rand, 30))
		shape_dodgy(rand, packet, shape);
	/* Pretend that defragmentation has put it together. */
	if (parses && !view.hdr.fragment && !shape->gso_type && !shape->transmit &&
	    fuzz_one_in(rand, 12))
		shape->frag_max_size = view.hdr.len + 8 +
				       8 * DIV_ROUND_UP(view.hdr.payload_len,
							8 * (1 + fuzz_below(rand, 6)));
	fuzz_shape_again(rand, packet, shape);
}

static bool add_frags(struct sk_buff *skb, const u8 *data, unsigned int len, unsigned int n)
{
	unsigned int i, size;

	for (i = 0; len; i++) {
		struct page *page;

		size = i + 1 < n ? DIV_ROUND_UP(len, 2) : len;
		size = min_t(unsigned int, size, PAGE_SIZE);
		if (i == MAX_SKB_FRAGS)
			return false;
		page = alloc_page(GFP_ATOMIC);
		if (!page)
			return false;
		/* Put it at the page's end, so that nothing is behind it. */
		memcpy(page_address(page) + PAGE_SIZE - size, data, size);
		skb_add_rx_frag(skb, i, page, PAGE_SIZE - size, size, PAGE_SIZE);
		data += size;
		len -= size;
	}
	return true;
}

static bool add_list(struct sk_buff *skb, const u8 *data, unsigned int len, unsigned int n)
{
	struct sk_buff **link = &skb_shinfo(skb)->frag_list;

	for (; n; n--) {
		unsigned int size = n > 1 ? len / 2 : len;
		struct sk_buff *piece = alloc_skb(size + 1, GFP_ATOMIC);

		if (!piece)
			return false;
		skb_put_data(piece, data, size);
		*link = piece;
		link = &piece->next;
		skb->len += size;
		skb->data_len += size;
		skb->truesize += piece->truesize;
		data += size;
		len -= size;
	}
	return true;
}

static struct sk_buff *make_linear(struct fuzz_rand *rand, const struct fuzz_packet *packet,
				   const struct fuzz_shape *shape)
{
	unsigned int size = shape->headroom + shape->linear + shape->tailroom;
	struct sk_buff *skb = alloc_skb(size, GFP_ATOMIC);

	if (!skb)
		return NULL;
	/* Reading outside of the packet gets something else each time. */
	memset(skb->head, fuzz_u32(rand), skb_end_pointer(skb) - skb->head);
	skb_reserve(skb, shape->headroom);
	skb_put_data(skb, packet->data, shape->linear);
	return skb;
}

static void set_metadata(const struct nat64 *nat, const struct fuzz_packet *packet,
			 const struct fuzz_shape *shape, struct sk_buff *skb)
{
	struct net_device *other = dev_net(nat->dev)->loopback_dev;

	skb->protocol = packet->ipv6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	skb->dev = shape->hairpin || shape->transmit ? nat->dev : other;
	skb->skb_iif = shape->hairpin ? nat->dev->ifindex : shape->local ? 0 : other->ifindex;
	skb->mark = 0x64;
	skb->priority = 3;
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, packet->l4);
	memset(skb->cb, 0, sizeof(skb->cb));
	if (packet->ipv6)
		*IP6CB(skb) = (struct inet6_skb_parm){
			.iif = skb->skb_iif, .frag_max_size = shape->frag_max_size,
		};
	else
		*IPCB(skb) = (struct inet_skb_parm){
			.iif = skb->skb_iif, .frag_max_size = shape->frag_max_size,
		};

	skb->ip_summed = shape->ip_summed;
	if (shape->ip_summed == CHECKSUM_PARTIAL) {
		skb->csum_start = skb_headroom(skb) + shape->csum_start;
		skb->csum_offset = shape->csum_offset;
	} else if (shape->ip_summed == CHECKSUM_COMPLETE) {
		skb->csum = skb_checksum(skb, 0, skb->len, 0);
	}
	skb_shinfo(skb)->gso_type = shape->gso_type;
	skb_shinfo(skb)->gso_size = shape->gso_size;
	skb_shinfo(skb)->gso_segs = shape->gso_segs;
}

/**
 * fuzz_skb_make() - make an skb of a packet
 * @rand: where from
 * @nat: the instance
 * @packet: the packet
 * @shape: how it is to lie in memory
 *
 * Return: the skb, or NULL if out of memory, or there are too many pieces
 */
struct sk_buff *fuzz_skb_make(struct fuzz_rand *rand, const struct nat64 *nat,
			      const struct fuzz_packet *packet, const struct fuzz_shape *shape)
{
	unsigned int rest = packet->len - shape->linear;
	const u8 *data = packet->data + shape->linear;
	struct sk_buff *skb = make_linear(rand, packet, shape);
	bool good;

	if (!skb)
		return NULL;
	if (rest && shape->list)
		good = add_list(skb, data, rest, shape->list);
	else
		good = add_frags(skb, data, rest, shape->frags);
	if (!good) {
		kfree_skb(skb);
		return NULL;
	}
	set_metadata(nat, packet, shape, skb);
	return skb;
}
