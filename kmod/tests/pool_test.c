// SPDX-License-Identifier: GPL-2.0

#include "../pool.c"
#include "tests.h"

#include <linux/siphash.h>

static struct nat64_pool_set *pools(struct kunit *test, const char *addr, u8 len)
{
	struct nat64_prefix4 prefix = { .addr = test_addr4(test, addr), .len = len };
	struct nat64_pool_set *set = nat64_pool_set_alloc(&prefix, 1);

	KUNIT_ASSERT_NOT_NULL(test, set);
	return set;
}

static void take(struct nat64_pool_set *set, u32 addr, u8 len)
{
	struct nat64_prefix4 prefix = { .addr = htonl(addr), .len = len };

	nat64_pool_set_take(set, &prefix);
}

static void release(struct nat64_pool_set *set, u32 addr, u8 len)
{
	struct nat64_prefix4 prefix = { .addr = htonl(addr), .len = len };

	nat64_pool_set_release(set, &prefix);
}

static u32 alloc(struct nat64_pool_set *set, u64 hash)
{
	struct nat64_pool_search search;
	u32 addr;

	nat64_pool_search_begin(&search, set, hash);
	addr = ntohl(nat64_pool_search_next(&search));
	if (addr)
		take(set, addr, 32);
	return addr;
}

static const struct size {
	u8 len;
	u32 usable;
} sizes[] = { { 32, 1 }, { 31, 2 }, { 30, 2 }, { 29, 6 }, { 24, 254 }, { 16, 65534 } };

static void size_desc(const struct size *s, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "B2 /%u has %u addresses to give", s->len, s->usable);
}

KUNIT_ARRAY_PARAM(size, sizes, size_desc);

/*
 * A search finds every address once, except network and broadcast address, wherever it begins.
 */
static void exhaust(struct kunit *test)
{
	const struct size *s = test->param_value;
	struct nat64_pool_set *set = pools(test, "198.18.0.0", s->len);
	u32 first = 0xc6120000, last = first + set->size - 1, n = 0, addr;
	unsigned long *seen = bitmap_zalloc(set->size, GFP_KERNEL);

	KUNIT_EXPECT_EQ(test, set->usable, s->usable);
	while (seen && n <= set->size && (addr = alloc(set, n * 0x9e3779b97f4a7c15ULL))) {
		n++;
		if (addr < first || addr > last || test_bit(addr - first, seen) ||
		    (s->len < 31 && (addr == first || addr == last))) {
			KUNIT_FAIL(test, "%08x handed out", addr);
			break;
		}
		__set_bit(addr - first, seen);
	}
	KUNIT_EXPECT_EQ(test, n, s->usable);

	release(set, last - (s->len < 31), 32);
	KUNIT_EXPECT_EQ(test, alloc(set, 0), last - (s->len < 31));
	release(set, last, 32);
	KUNIT_EXPECT_EQ(test, alloc(set, 0), s->len < 31 ? 0 : last);
	bitmap_free(seen);
	nat64_pool_set_free(set);
}

/* Hosts whose hashes lead to different addresses get these in whatever order they come. */
static void any_order(struct kunit *test)
{
	u32 there[100], back[100];
	struct nat64_pool_set *set;
	int i;

	set = pools(test, "198.18.0.0", 16);
	for (i = 0; i < 100; i++)
		there[i] = alloc(set, (u64)(i + 1) << 48);
	nat64_pool_set_free(set);

	set = pools(test, "198.18.0.0", 16);
	for (i = 99; i >= 0; i--)
		back[i] = alloc(set, (u64)(i + 1) << 48);
	nat64_pool_set_free(set);

	for (i = 0; i < 100; i++) {
		KUNIT_EXPECT_EQ_MSG(test, there[i], 0xc6120000 + i + 1, "B3");
		KUNIT_EXPECT_EQ_MSG(test, there[i], back[i], "B3");
	}
}

/* A search finds the next free address, around the end if need be, and never a taken one. */
static void collisions(struct kunit *test)
{
	struct nat64_pool_set *set = pools(test, "198.18.0.0", 28);
	u64 sixteenth = 1ULL << 60;

	take(set, 0xc6120004, 30);
	KUNIT_EXPECT_EQ(test, alloc(set, 3 * sixteenth), 0xc6120003);
	KUNIT_EXPECT_EQ(test, alloc(set, 3 * sixteenth), 0xc6120008);
	KUNIT_EXPECT_EQ(test, alloc(set, U64_MAX), 0xc6120001);
	KUNIT_EXPECT_EQ(test, alloc(set, 14 * sixteenth), 0xc612000e);
	KUNIT_EXPECT_EQ(test, alloc(set, 14 * sixteenth), 0xc6120002);
	nat64_pool_set_free(set);
}

/*
 * The chi-square of 25600 hosts, each alone in a /24, under one key, or of one host under as many
 * keys. About a hundred should get each address. The first gets more: hosts that the hash leads to
 * the network or the broadcast address come there, too.
 */
static u32 chi_square(struct kunit *test, bool keys)
{
	struct in6_addr host = { .s6_addr = { 0x20, 0x01, 0x0d, 0xb8 } };
	struct nat64_pool_set *set = pools(test, "198.18.0.0", 24);
	u32 *count = kunit_kcalloc(test, 256, sizeof(*count), GFP_KERNEL);
	siphash_key_t key = {};
	u32 i, addr, sum = 0;

	KUNIT_ASSERT_NOT_NULL(test, count);
	for (i = 0; i < 25600; i++) {
		if (keys)
			key.key[0] = i;
		else
			host.s6_addr32[3] = htonl(i);
		addr = alloc(set, siphash(&host, sizeof(host), &key));
		release(set, addr, 32);
		count[addr & 255]++;
	}
	for (i = 1; i < 255; i++) {
		s32 want = i == 1 ? 300 : 100, off = count[i] - want;

		sum += off * off * 100 / want;
	}
	nat64_pool_set_free(set);
	kunit_info(test, "chi-square %u.%02u\n", sum / 100, sum % 100);
	return sum / 100;
}

/* With 253 degrees of freedom: one in a million is below 160 or above 375. */
static void even(struct kunit *test)
{
	u32 hosts = chi_square(test, false), keys = chi_square(test, true);

	KUNIT_EXPECT_GT_MSG(test, hosts, 159, "B3");
	KUNIT_EXPECT_LT_MSG(test, hosts, 376, "B3");
	KUNIT_EXPECT_GT_MSG(test, keys, 159, "B3");
	KUNIT_EXPECT_LT_MSG(test, keys, 376, "B3");
}

/* Three pools, the middle one within a block that is somebody else's. */
static struct nat64_pool_set *three_pools(struct kunit *test)
{
	struct nat64_prefix4 prefixes[] = {
		{ .addr = htonl(0xc6120000), .len = 30 }, { .addr = htonl(0xc6130010), .len = 28 },
		{ .addr = htonl(0xc6140000), .len = 30 },
	};
	struct nat64_pool_set *set = nat64_pool_set_alloc(prefixes, ARRAY_SIZE(prefixes));

	KUNIT_ASSERT_NOT_NULL(test, set);
	return set;
}

/* A search skips blocks, up to the end of their pool at most, and goes around only once. */
static void skip(struct kunit *test)
{
	struct nat64_pool_set *set = three_pools(test);
	struct nat64_pool_search search;

	/* From the middle of the second pool: the sixteenth of 24 addresses. */
	nat64_pool_search_begin(&search, set, U64_MAX / 24 * 15 + 100);
	KUNIT_EXPECT_EQ(test, ntohl(nat64_pool_search_next(&search)), 0xc613001b);
	KUNIT_EXPECT_EQ_MSG(test, ntohl(nat64_pool_search_next(&search)), 0xc613001b, "stays");
	nat64_pool_search_skip(&search, 32);
	KUNIT_EXPECT_EQ(test, ntohl(nat64_pool_search_next(&search)), 0xc613001c);
	nat64_pool_search_skip(&search, 31);
	KUNIT_EXPECT_EQ(test, ntohl(nat64_pool_search_next(&search)), 0xc613001e);
	nat64_pool_search_skip(&search, 8);
	KUNIT_EXPECT_EQ_MSG(test, ntohl(nat64_pool_search_next(&search)), 0xc6140001, "next pool");
	nat64_pool_search_skip(&search, 0);
	KUNIT_EXPECT_EQ_MSG(test, ntohl(nat64_pool_search_next(&search)), 0xc6120001, "around");
	nat64_pool_search_skip(&search, 30);
	KUNIT_EXPECT_EQ(test, ntohl(nat64_pool_search_next(&search)), 0xc6130011);
	nat64_pool_search_skip(&search, 16);
	KUNIT_EXPECT_EQ_MSG(test, nat64_pool_search_next(&search), 0, "begun here");
	nat64_pool_set_free(set);
}

/* A walk visits each taken address of a prefix once, whatever is released meanwhile. */
static void walk(struct kunit *test)
{
	struct nat64_pool_set *set = three_pools(test);
	struct nat64_pool_walk all = { .set = set }, some = {
		.set = set, .within = { .addr = htonl(0xc6130014), .len = 30 },
	};
	static const u32 taken[] = { 0xc6120000, 0xc6120003, 0xc6130010, 0xc6130013, 0xc6130014,
				     0xc6130017, 0xc6130018, 0xc613001f, 0xc6140000, 0xc6140003 };
	unsigned int i;

	take(set, 0xc6130013, 32);
	take(set, 0xc6130014, 32);
	take(set, 0xc6130017, 32);
	take(set, 0xc6130018, 32);
	for (i = 0; i < ARRAY_SIZE(taken); i++)
		KUNIT_EXPECT_EQ(test, ntohl(nat64_pool_walk_next(&all)), taken[i]);
	KUNIT_EXPECT_EQ(test, nat64_pool_walk_next(&all), 0);

	KUNIT_EXPECT_EQ(test, ntohl(nat64_pool_walk_next(&some)), 0xc6130014);
	release(set, 0xc6130014, 32);
	KUNIT_EXPECT_EQ(test, ntohl(nat64_pool_walk_next(&some)), 0xc6130017);
	KUNIT_EXPECT_EQ(test, nat64_pool_walk_next(&some), 0);
	nat64_pool_set_free(set);
}

/* Network and broadcast address stay taken, even if all around them is released. */
static void reserved(struct kunit *test)
{
	struct nat64_pool_set *set = three_pools(test);

	take(set, 0xc6000000, 8);
	KUNIT_EXPECT_EQ(test, alloc(set, 0), 0);
	release(set, 0xc6130000, 16);
	KUNIT_EXPECT_EQ(test, alloc(set, 0), 0xc6130011);
	release(set, 0xc6140003, 32);
	release(set, 0xc6140000, 32);
	KUNIT_EXPECT_EQ(test, alloc(set, U64_MAX), 0xc6130012);
	KUNIT_EXPECT_TRUE(test, nat64_pool_set_reserves(set, htonl(0xc613001f)));
	KUNIT_EXPECT_TRUE(test, nat64_pool_set_reserves(set, htonl(0xc6130010)));
	KUNIT_EXPECT_FALSE(test, nat64_pool_set_reserves(set, htonl(0xc6130011)));
	KUNIT_EXPECT_FALSE(test, nat64_pool_set_reserves(set, htonl(0xc6150000)));
	nat64_pool_set_free(set);
}

static struct kunit_case pool_cases[] = {
	KUNIT_CASE_PARAM(exhaust, size_gen_params),
	KUNIT_CASE(any_order),
	KUNIT_CASE(collisions),
	KUNIT_CASE(even),
	KUNIT_CASE(skip),
	KUNIT_CASE(walk),
	KUNIT_CASE(reserved),
	{}
};

struct kunit_suite nat64_pool_suite = { .name = "nat64-pool", .test_cases = pool_cases };
