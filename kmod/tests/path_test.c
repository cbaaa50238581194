// SPDX-License-Identifier: GPL-2.0
/*
 * Headers that end too early, state that must not stay on a packet, and a counter for every drop.
 */

#include "../path.c"
#include "tests.h"

static void truncated(struct kunit *test)
{
	struct nat64_iphdr hdr;
	struct sk_buff *skb = alloc_skb(128, GFP_KERNEL);
	unsigned int len;
	u32 pointer;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	for (len = 0; len <= 72; len++) {
		struct ipv6hdr *ip6h;

		skb_trim(skb, 0);
		memset(skb->data, 0, 72);
		ip6h = (struct ipv6hdr *)skb->data;
		ip6h->version = 6;
		ip6h->nexthdr = NEXTHDR_DEST;
		ip6h->payload_len = htons(32);
		skb->data[40] = NEXTHDR_FRAGMENT;
		skb->data[48] = IPPROTO_UDP;
		skb_put(skb, len);
		KUNIT_EXPECT_EQ_MSG(test, nat64_parse_ipv6(skb, 0, &hdr, &pointer),
				    len < 56 ? NAT64_DROP_TRUNCATED : NAT64_OK, "F7 %u bytes", len);
	}
	for (len = 0; len <= 20; len++) {
		skb_trim(skb, 0);
		memset(skb->data, 0, 20);
		skb->data[0] = 0x45;
		skb->data[3] = 20;
		skb_put(skb, len);
		KUNIT_EXPECT_EQ_MSG(test, nat64_parse_ipv4(skb, 0, &hdr),
				    len < 20 ? NAT64_DROP_TRUNCATED : NAT64_OK, "C6 %u bytes", len);
	}
	kfree_skb(skb);
}

/* Nothing that the old family kept in the control block reaches the new one. */
static void scrub(struct kunit *test)
{
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	memset(skb->cb, 0xff, sizeof(skb->cb));
	nat64_scrub(skb, NULL);
	KUNIT_EXPECT_NULL(test, memchr_inv(skb->cb, 0, sizeof(skb->cb)));
	kfree_skb(skb);
}

static void counted(struct kunit *test)
{
	enum nat64_verdict verdict;
	unsigned long seen[BITS_TO_LONGS(__NAT64_STAT_MAX)] = { };

	for (verdict = NAT64_DROP; verdict < __NAT64_VERDICT_MAX; verdict++) {
		enum nat64_stat stat = nat64_drop_stat(verdict);

		KUNIT_EXPECT_GE_MSG(test, stat, NAT64_STAT_DROP_HEADER4, "verdict %d", verdict);
		KUNIT_EXPECT_FALSE_MSG(test, __test_and_set_bit(stat, seen), "verdict %d", verdict);
	}
}

static struct kunit_case path_cases[] = {
	KUNIT_CASE(truncated),
	KUNIT_CASE(scrub),
	KUNIT_CASE(counted),
	{}
};

struct kunit_suite nat64_path_suite = { .name = "nat64-path", .test_cases = path_cases };
