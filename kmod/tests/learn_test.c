// SPDX-License-Identifier: GPL-2.0
/*
 * Who may finish a flow: a host could speak from another one's address if its packet finished the
 * flow that was begun with that one's.
 */

#include "../learn.c"
#include "tests.h"

/* An instance with an empty table of flows. */
static struct nat64 *test_nat(struct kunit *test)
{
	struct nat64 *nat = kunit_kzalloc(test, sizeof(*nat), GFP_KERNEL);
	struct nat64_flows *flows = kunit_kzalloc(test, sizeof(*flows), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, nat);
	KUNIT_ASSERT_NOT_NULL(test, flows);
	flows->nat = nat;
	RCU_INIT_POINTER(nat->flows, flows);
	return nat;
}

/* A packet of the host's own, of which no flow is made, gets the memory of a forged one. */
static void memory_used_again(struct kunit *test)
{
	struct nat64 *nat = test_nat(test);
	struct nat64_flows *flows = rcu_access_pointer(nat->flows);
	const struct sk_buff *skb = (const struct sk_buff *)flows;
	struct nat64_xlat xlat = { .ctx = { .nat = nat, .ipv6 = true } };
	struct nat64_fast forged = {
		.flows = flows,
		.key = { .tuple = &forged.xlat.tuple, .ipv6 = true },
		.known = true,
	};
	struct nat64_flow __rcu **place, **place_late;
	int late;

	place_late = nat64_flow_place_late(flows, &xlat.tuple, false);
	while (nat64_flow_place(flows, skb) == place_late)
		skb++;
	place = nat64_flow_place(flows, skb);

	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, nat64_learn_start(&xlat, &forged, skb, false));
	KUNIT_EXPECT_FALSE(test, nat64_learn_start(&xlat, NULL, skb, false));
	KUNIT_EXPECT_PTR_EQ(test, NULL, nat64_flow_take(place, skb));
	for (late = false; late <= true; late++) {
		KUNIT_EXPECT_TRUE(test, nat64_learn_start(&xlat, &forged, skb, true));
		KUNIT_EXPECT_FALSE(test, nat64_learn_start(&xlat, NULL, skb, late));
		KUNIT_EXPECT_PTR_EQ(test, NULL, nat64_flow_take(place_late, skb));
	}
	rcu_read_unlock();
	kfree(rcu_access_pointer(*place));
	kfree(rcu_access_pointer(*place_late));
}

/* A packet of UDP, as it is behind POSTROUTING. */
static struct sk_buff *udp_packet(struct kunit *test, bool ipv6)
{
	struct sk_buff *skb = alloc_skb(128, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reset_network_header(skb);
	skb_put_zero(skb, 128);
	skb->protocol = htons(ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	if (ipv6) {
		ipv6_hdr(skb)->version = 6;
		ipv6_hdr(skb)->nexthdr = IPPROTO_UDP;
	} else {
		ip_hdr(skb)->version = 4;
		ip_hdr(skb)->ihl = 5;
		ip_hdr(skb)->protocol = IPPROTO_UDP;
	}
	return skb;
}

/* Fragments that are put together may be where a forged packet was. */
static void reassembled(struct kunit *test)
{
	struct sk_buff *skb6 = udp_packet(test, true), *skb4 = udp_packet(test, false);
	struct nat64_learned learned;

	KUNIT_EXPECT_TRUE(test, nat64_learn_read(skb6, true, &learned));
	KUNIT_EXPECT_TRUE(test, nat64_learn_read(skb4, false, &learned));
	IP6CB(skb6)->frag_max_size = 1280;
	IPCB(skb4)->frag_max_size = 1280;
	KUNIT_EXPECT_FALSE(test, nat64_learn_read(skb6, true, &learned));
	KUNIT_EXPECT_FALSE(test, nat64_learn_read(skb4, false, &learned));
	kfree_skb(skb6);
	kfree_skb(skb4);
}

/* A copy of a packet (TEE) names the device that it came by, but was not received there. */
static void copied(struct kunit *test)
{
	struct nat64 *nat = test_nat(test);
	struct net_device *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);
	struct nf_hook_state state = { .pf = NFPROTO_IPV4 };
	struct sk_buff *skb = udp_packet(test, false);
	struct nat64_flow __rcu **place;
	struct nat64_flow *flow;

	KUNIT_ASSERT_NOT_NULL(test, dev);
	dev->ifindex = 7;
	skb->skb_iif = dev->ifindex;
	nat->dev = dev;
	place = nat64_flow_place(rcu_access_pointer(nat->flows), skb);

	rcu_read_lock();
	flow = kzalloc(sizeof(*flow), GFP_ATOMIC);
	if (flow)
		nat64_flow_start(place, flow, skb);
	KUNIT_EXPECT_EQ(test, NF_ACCEPT, nat64_learn(nat, skb, &state));
	KUNIT_EXPECT_PTR_EQ(test, flow, nat64_flow_take(place, skb));
	rcu_read_unlock();
	kfree(flow);
	kfree_skb(skb);
}

/*
 * A flow ends before its mapping has been idle for so long that it gives way in a full pool. Only
 * packets on the slow path keep the mapping.
 */
static void outlived_by_mapping(struct kunit *test)
{
	static const struct nat64_config configs[] = {
		{ .fast_refresh = 3600, .idle_timeout = 7440 },
		{ .fast_refresh = 3600, .idle_timeout = 40 },
	};
	struct sk_buff *skb = udp_packet(test, false);
	struct nat64_flow flow = { .expires = INT_MAX };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(configs); i++)
		KUNIT_EXPECT_LT(test, nat64_learn_life(&configs[i], skb, &flow),
				max(configs[i].idle_timeout / 4, 1U) * HZ);
	kfree_skb(skb);
}

static struct kunit_case learn_cases[] = {
	KUNIT_CASE(memory_used_again),
	KUNIT_CASE(reassembled),
	KUNIT_CASE(copied),
	KUNIT_CASE(outlived_by_mapping),
	{}
};

struct kunit_suite nat64_learn_suite = { .name = "nat64-learn", .test_cases = learn_cases };
