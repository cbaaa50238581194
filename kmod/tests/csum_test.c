// SPDX-License-Identifier: GPL-2.0
/*
 * The transport checksum after an adjustment, against one computed over all of the packet.
 */

#include "../csum.c"
#include "../packet.h"
#include "tests.h"

#include <linux/random.h>
#include <net/ip6_checksum.h>

#define ROUNDS 500

static const struct transport {
	const char *desc;
	u8 protocol;
	u8 ip_summed;
} transports[] = {
	{ "E1 TCP", IPPROTO_TCP, CHECKSUM_NONE },
	{ "E1 UDP", IPPROTO_UDP, CHECKSUM_NONE },
	{ "E1 UDP-Lite", IPPROTO_UDPLITE, CHECKSUM_NONE },
	{ "E1 DCCP", IPPROTO_DCCP, CHECKSUM_NONE },
	{ "E3 TCP, CHECKSUM_UNNECESSARY", IPPROTO_TCP, CHECKSUM_UNNECESSARY },
	{ "E3 TCP, CHECKSUM_PARTIAL", IPPROTO_TCP, CHECKSUM_PARTIAL },
	{ "E3 UDP, CHECKSUM_PARTIAL", IPPROTO_UDP, CHECKSUM_PARTIAL },
	{ "E3 TCP, CHECKSUM_COMPLETE", IPPROTO_TCP, CHECKSUM_COMPLETE },
	{ "E3 UDP, CHECKSUM_COMPLETE", IPPROTO_UDP, CHECKSUM_COMPLETE },
};

static void transport_desc(const struct transport *t, char *desc)
{
	strscpy(desc, t->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(transport, transports, transport_desc);

/* The checksum field's right content; for CHECKSUM_PARTIAL that is the pseudo-header's sum. */
static __sum16 right_csum4(const struct nat64_tuple *a, const void *l4, unsigned int len,
			   const struct transport *t)
{
	__wsum sum = t->ip_summed == CHECKSUM_PARTIAL ? 0 : csum_partial(l4, len, 0);
	__sum16 check = csum_tcpudp_magic(a->saddr4, a->daddr4, len, t->protocol, sum);

	return t->ip_summed == CHECKSUM_PARTIAL ? ~check : check;
}

static __sum16 right_csum6(const struct nat64_tuple *a, const void *l4, unsigned int len,
			   const struct transport *t)
{
	__wsum sum = t->ip_summed == CHECKSUM_PARTIAL ? 0 : csum_partial(l4, len, 0);
	__sum16 check = csum_ipv6_magic(&a->saddr6, &a->daddr6, len, t->protocol, sum);

	return t->ip_summed == CHECKSUM_PARTIAL ? ~check : check;
}

static __sum16 *make_l4(struct sk_buff *skb, const struct transport *t,
			const struct nat64_tuple *addrs, struct nat64_iphdr *hdr, bool from4)
{
	unsigned int min_len, offset = nat64_csum_offset(t->protocol, &min_len);
	__sum16 *check;
	u8 *l4;

	*hdr = (struct nat64_iphdr){ .protocol = t->protocol, .len = from4 ? 20 : 40 };
	hdr->payload_len = min_len + get_random_u32() % 200;
	memset(skb_put(skb, hdr->len), 0, hdr->len);
	l4 = skb_put(skb, hdr->payload_len);
	get_random_bytes(l4, hdr->payload_len);
	check = (__sum16 *)(l4 + offset);
	*check = 0;
	*check = from4 ? right_csum4(addrs, l4, hdr->payload_len, t) :
			 right_csum6(addrs, l4, hdr->payload_len, t);
	if (t->protocol == IPPROTO_UDP && !*check && t->ip_summed != CHECKSUM_PARTIAL)
		*check = CSUM_MANGLED_0;
	skb->ip_summed = t->ip_summed;
	if (t->ip_summed == CHECKSUM_COMPLETE)
		skb->csum = csum_partial(skb->data, skb->len, 0);
	if (t->ip_summed == CHECKSUM_PARTIAL)
		skb->csum_start = skb_headroom(skb) + hdr->len;
	return check;
}

static bool same_sum(__sum16 a, __sum16 b)
{
	/* Two ways to write zero; UDP's own choice is tested below. */
	return a == b || (!a && b == CSUM_MANGLED_0) || (!b && a == CSUM_MANGLED_0);
}

static void adjust(struct kunit *test, bool from4)
{
	const struct transport *t = test->param_value;
	struct nat64_iphdr hdr;
	struct nat64_tuple a;
	struct sk_buff *skb;
	__sum16 *check, got, want;
	__wsum diff;
	unsigned int i;
	u8 *l4;

	for (i = 0; i < ROUNDS; i++) {
		get_random_bytes(&a, sizeof(a));
		skb = alloc_skb(512, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		check = make_l4(skb, t, &a, &hdr, from4);
		diff = from4 ? nat64_csum_diff_4to6(&a) : nat64_csum_diff_6to4(&a);
		KUNIT_EXPECT_EQ(test, NAT64_OK,
				nat64_csum_adjust(skb, hdr.len, hdr.payload_len, hdr.protocol,
						  diff));
		got = *check;
		*check = 0;
		l4 = skb->data + hdr.len;
		want = from4 ? right_csum6(&a, l4, hdr.payload_len, t) :
			       right_csum4(&a, l4, hdr.payload_len, t);
		*check = got;
		KUNIT_EXPECT_TRUE_MSG(test, same_sum(got, want), "%04x instead of %04x", got, want);
		want = csum_fold(skb_checksum(skb, 0, skb->len, 0));
		if (t->ip_summed == CHECKSUM_COMPLETE)
			KUNIT_EXPECT_TRUE(test, same_sum(csum_fold(skb->csum), want));
		kfree_skb(skb);
	}
}

static void adjust_4to6(struct kunit *test)
{
	adjust(test, true);
}

static void adjust_6to4(struct kunit *test)
{
	adjust(test, false);
}

/* UDP: a checksum that comes out as zero is written as ffff, no checksum stays none. */
static void udp_zero(struct kunit *test)
{
	__wsum diff = (__force __wsum)htons(0x1234);
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);
	struct udphdr *uh;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, 28);
	uh = (struct udphdr *)(skb->data + 20);
	KUNIT_EXPECT_EQ(test, NAT64_OK, nat64_csum_adjust(skb, 20, 8, IPPROTO_UDP, diff));
	KUNIT_EXPECT_EQ_MSG(test, ntohs(uh->check), 0, "E1");
	uh->check = htons(0x1234);
	KUNIT_EXPECT_EQ(test, NAT64_OK, nat64_csum_adjust(skb, 20, 8, IPPROTO_UDP, diff));
	KUNIT_EXPECT_EQ_MSG(test, ntohs(uh->check), 0xffff, "E1");
	kfree_skb(skb);
}

static struct kunit_case csum_cases[] = {
	KUNIT_CASE_PARAM(adjust_4to6, transport_gen_params),
	KUNIT_CASE_PARAM(adjust_6to4, transport_gen_params),
	KUNIT_CASE(udp_zero),
	{}
};

struct kunit_suite nat64_csum_suite = { .name = "nat64-csum", .test_cases = csum_cases };
