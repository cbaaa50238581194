// SPDX-License-Identifier: GPL-2.0
/*
 * The hash of flows: addresses cannot make up for other ports.
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

static struct kunit_case flow_cases[] = {
	KUNIT_CASE(compensated),
	{}
};

struct kunit_suite nat64_flow_suite = { .name = "nat64-flow", .test_cases = flow_cases };
