// SPDX-License-Identifier: GPL-2.0
/*
 * The hash of flows: addresses cannot make up for other ports. Flows that are
 * being made: each belongs to its packet.
 */

#include "../flow.c"
#include "tests.h"

#define SENDERS 256

/* How many flows of this kind have the hash of another one. */
static unsigned int collisions(void (*sender)(struct nat64_tuple *tuple, u32 by), bool ipv6)
{
	static u32 hashes[SENDERS];
	unsigned int i, j, n = 0;

	for (i = 0; i < SENDERS; i++) {
		struct nat64_tuple tuple = { };

		/* The last byte of each word, where a network's hosts may choose it. */
		sender(&tuple, (__force u32)htonl(i));
		hashes[i] = nat64_flow_hash(&tuple, ipv6, 7, 0x12345678);
		for (j = 0; j < i && hashes[j] != hashes[i]; j++)
			;
		n += j < i;
	}
	return n;
}

/* Hosts of a /56. Each word of the source gains what the ports lose. */
static void sender6(struct nat64_tuple *tuple, u32 by)
{
	u32 *word = (__force u32 *)tuple->saddr6.s6_addr32;

	word[0] = (__force u32)htonl(0x20010db8);
	word[1] = ((word[0] ^ (__force u32)htonl(0x00011200)) + by) ^ word[0];
	word[2] = by;
	word[3] = (__force u32)htonl(0x55) + by;
	tuple->daddr6.s6_addr32[0] = htonl(0x0064ff9b);
	tuple->daddr6.s6_addr32[3] = htonl(0xcb007102);
	tuple->ports = (__force __be32)((__force u32)htonl(0x27100009) - by);
}

static void sender4(struct nat64_tuple *tuple, u32 by)
{
	tuple->saddr4 = (__force __be32)((__force u32)htonl(0xc6336400) + by);
	tuple->daddr4 = (__force __be32)((__force u32)htonl(0xcb007100) + by);
	tuple->ports = (__force __be32)((__force u32)htonl(0x27100009) - by);
}

static void compensated(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, collisions(sender6, true));
	KUNIT_EXPECT_EQ(test, 0, collisions(sender4, false));
}

static struct nat64_flows *test_flows(struct kunit *test)
{
	struct nat64_flows *flows = kunit_kzalloc(test, sizeof(*flows), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, flows);
	flows->nat = kunit_kzalloc(test, sizeof(*flows->nat), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, flows->nat);
	return flows;
}

/* A packet whose flow has the same place as that of another one. */
static const struct sk_buff *neighbour(struct nat64_flows *flows, const struct sk_buff *skb)
{
	const struct sk_buff *other = skb;

	do
		other++;
	while (nat64_flow_place(flows, other) != nat64_flow_place(flows, skb));
	return other;
}

/* Begin a flow in the place of a packet. */
static struct nat64_flow *begin(struct nat64_flows *flows, const struct sk_buff *skb)
{
	struct nat64_flow __rcu **place = nat64_flow_place(flows, skb);
	struct nat64_flow *flow = nat64_flow_alloc(flows, place);

	nat64_flow_start(place, flow, skb);
	return flow;
}

static void taken_by_its_packet(struct kunit *test)
{
	struct nat64_flows *flows = test_flows(test);
	const struct sk_buff *skb = (const struct sk_buff *)flows;
	struct nat64_flow __rcu **place = nat64_flow_place(flows, skb);
	struct nat64_flow *flow;

	rcu_read_lock();
	flow = begin(flows, skb);
	KUNIT_EXPECT_PTR_EQ(test, NULL, nat64_flow_take(place, neighbour(flows, skb)));
	KUNIT_EXPECT_PTR_EQ(test, flow, nat64_flow_take(place, skb));
	KUNIT_EXPECT_PTR_EQ(test, NULL, nat64_flow_take(place, skb));
	rcu_read_unlock();
	kfree(flow);
}

static void left_to_the_next(struct kunit *test)
{
	struct nat64_flows *flows = test_flows(test);
	const struct sk_buff *skb = (const struct sk_buff *)flows;
	const struct sk_buff *other = neighbour(flows, skb);
	struct nat64_flow __rcu **place = nat64_flow_place(flows, skb);
	struct nat64_flow *flow;

	rcu_read_lock();
	flow = begin(flows, skb);
	nat64_flow_give_up(place, nat64_flow_take(place, skb));
	KUNIT_EXPECT_PTR_EQ(test, NULL, nat64_flow_take(place, skb));
	/* Its memory is used again, also before the packet is at its end. */
	KUNIT_EXPECT_PTR_EQ(test, flow, begin(flows, skb));
	KUNIT_EXPECT_PTR_EQ(test, flow, begin(flows, other));
	KUNIT_EXPECT_PTR_EQ(test, NULL, nat64_flow_take(place, skb));
	KUNIT_EXPECT_PTR_EQ(test, flow, nat64_flow_take(place, other));
	rcu_read_unlock();
	kfree(flow);
}

#define MANY 20000

/*
 * A flush leaves none of many flows, nor one that a packet under way could finish. If it is of half
 * of them, the table does not shrink meanwhile, so that the walk would begin anew.
 */
static void flushed(struct kunit *test)
{
	static const struct nat64_config config = { .fast_flows = MANY };
	static const __be32 half = htonl(0xc6336401);
	struct nat64 *nat = kunit_kzalloc(test, sizeof(*nat), GFP_KERNEL);
	const struct sk_buff *skb = (const struct sk_buff *)nat;
	struct nat64_flow __rcu **place;
	struct nat64_flows *flows;
	struct nat64_flow *flow;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, nat);
	flows = nat64_flows_alloc(nat, &config);
	KUNIT_ASSERT_NOT_NULL(test, flows);
	place = nat64_flow_place(flows, skb);

	local_bh_disable();
	rcu_read_lock();
	for (i = 0; i < MANY; i++) {
		flow = kzalloc(sizeof(*flow), GFP_ATOMIC);
		if (!flow)
			break;
		flow->tuple.saddr4 = i % 2 ? half : 0;
		flow->tuple.ports = (__force __be32)i;
		flow->expires = jiffies + 3600 * HZ;
		if (nat64_flow_add(flows, flow))
			nat64_flow_free(flow);
	}
	flow = nat64_flow_alloc(flows, place);
	if (flow)
		nat64_flow_start(place, flow, skb);
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_EXPECT_NOT_NULL(test, flow);
	KUNIT_EXPECT_EQ(test, MANY, atomic_read(&flows->table.nelems));

	nat64_flows_flush(flows, NULL, &half);
	KUNIT_EXPECT_EQ(test, MANY / 2, atomic_read(&flows->table.nelems));
	nat64_flows_flush(flows, NULL, NULL);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&flows->table.nelems));
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, NULL, nat64_flow_take(place, skb));
	rcu_read_unlock();
	nat64_flows_end(flows);
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE(compensated),
	KUNIT_CASE(taken_by_its_packet),
	KUNIT_CASE(left_to_the_next),
	KUNIT_CASE(flushed),
	{}
};

struct kunit_suite nat64_flow_suite = { .name = "nat64-flow", .test_cases = flow_cases };
