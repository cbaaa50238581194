// SPDX-License-Identifier: GPL-2.0

#include "../config.h"
#include "../event.h"
#include "tests.h"

#include <linux/sched/mm.h>
#include <linux/slab.h>

/* Counts what the functions under test ask for. */
static unsigned int allocations, locks, late;
static ktime_t locked, longest;

static void *counted_kzalloc(size_t size, gfp_t flags)
{
	allocations++;
	return kzalloc(size, flags);
}

static void counted_lock(spinlock_t *lock)
{
	spin_lock_bh(lock);
	locks++;
	locked = ktime_get();
}

static void counted_unlock(spinlock_t *lock)
{
	ktime_t held = ktime_sub(ktime_get(), locked);

	longest = max(longest, held);
	late += ktime_to_us(held) >= 1000;
	spin_unlock_bh(lock);
}

#define kzalloc counted_kzalloc
#define spin_lock_bh counted_lock
#define spin_unlock_bh counted_unlock
#include "../dynmap.c"
#include "../dynamic_end.c"
#include "../dynamic.c"

/* A million mappings if that takes only seconds, otherwise fewer. */
#define POOL_LEN (IS_ENABLED(CONFIG_UML) ? 12 : 18)
#define POOL 0xc6100000		/* 198.16.0.0 */

static void reset(void)
{
	allocations = 0;
	locks = 0;
	longest = 0;
	late = 0;
}

static int dynamic_suite_init(struct kunit_suite *suite)
{
	return nat64_tables_init();
}

static void dynamic_suite_exit(struct kunit_suite *suite)
{
	nat64_tables_uninit();
}

/* An instance without a device of its own. */
static int dynamic_init(struct kunit *test)
{
	struct nat64 *nat = kunit_kzalloc(test, sizeof(*nat), GFP_KERNEL);
	struct nat64_table *table = nat64_table_alloc();
	struct nat64_config *config;

	KUNIT_ASSERT_NOT_NULL(test, nat);
	KUNIT_ASSERT_NOT_NULL(test, table);
	config = nat64_default_config(table);
	KUNIT_ASSERT_NOT_NULL(test, config);
	config->quota = 0;
	nat->dev = init_net.loopback_dev;
	mutex_init(&nat->lock);
	rcu_assign_pointer(nat->config, config);
	nat->stats = alloc_percpu(struct nat64_stats);
	KUNIT_ASSERT_NOT_NULL(test, nat->stats);
	KUNIT_ASSERT_EQ(test, nat64_dynamic_init(nat), 0);
	test->priv = nat;
	mutex_lock(&nat->lock);
	return 0;
}

static void dynamic_exit(struct kunit *test)
{
	struct nat64 *nat = test->priv;

	if (!nat)
		return;
	nat64_dynamic_flush(nat);
	mutex_unlock(&nat->lock);
	nat64_dynamic_destroy(nat);
	nat64_table_put(nat64_config(nat)->table);
	kfree(rcu_access_pointer(nat->config));
	free_percpu(nat->stats);
}

/* Put a pool in force. Returns the old pools. */
static struct nat64_pool_set *set_pool(struct kunit *test, u32 addr, u8 len)
{
	struct nat64_prefix4 prefix = { .addr = htonl(addr), .len = len };
	struct nat64 *nat = test->priv;
	struct nat64_pool_set *pools = nat64_pool_set_alloc(&prefix, 1);

	KUNIT_ASSERT_NOT_NULL(test, pools);
	nat64_config(nat)->n_pools = 1;
	nat64_config(nat)->pools[0] = prefix;
	swap(nat->dynamic.pools, pools);
	return pools;
}

/* A packet of host @number of its /64. */
static int host(struct kunit *test, u32 network, u32 number)
{
	struct in6_addr addr6 = { .s6_addr32 = { htonl(0x20010db8), htonl(network), 0,
						 htonl(number) } };
	__be32 addr4;
	int reason;

	local_bh_disable();
	rcu_read_lock();
	reason = nat64_dynamic_create(test->priv, &addr6, &addr4);
	rcu_read_unlock();
	local_bh_enable();
	return reason;
}

static void fill(struct kunit *test, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		if (host(test, 1, i)) {
			KUNIT_FAIL(test, "host %u of %u refused", i, n);
			return;
		}
		cond_resched();
	}
}

/* A flood of new hosts takes no lock and no memory, except for one host per jiffy. */
static void flood(struct kunit *test)
{
	struct nat64 *nat = test->priv;
	unsigned long begin;
	u32 i;

	nat64_pool_set_free(set_pool(test, POOL, 28));
	fill(test, 14);
	reset();
	begin = jiffies;
	for (i = 0; i < 10000; i++)
		KUNIT_ASSERT_EQ_MSG(test, host(test, 2 + i, i), NAT64_DROP_POOL_FULL, "B12");
	KUNIT_EXPECT_LE_MSG(test, locks, jiffies - begin + 1, "B12");
	KUNIT_EXPECT_LE_MSG(test, allocations, jiffies - begin + 1, "B12");

	/* The same goes for a /64 that has used up its quota. */
	nat64_config(nat)->quota = 14;
	reset();
	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_EQ_MSG(test, host(test, 1, 100 + i), NAT64_DROP_QUOTA, "B12");
	KUNIT_EXPECT_EQ_MSG(test, locks, 0, "B12");
	KUNIT_EXPECT_EQ_MSG(test, allocations, 0, "B12");
}

/* An address that is given back is available at once. */
static void given_back(struct kunit *test)
{
	struct nat64 *nat = test->priv;
	struct nat64_prefix4 prefix4 = { .addr = htonl(POOL + 5), .len = 32 };

	nat64_pool_set_free(set_pool(test, POOL, 28));
	fill(test, 14);
	KUNIT_EXPECT_EQ(test, host(test, 2, 1), NAT64_DROP_POOL_FULL);
	nat->dynamic.full = jiffies;
	spin_lock_bh(&nat->dynamic.lock);
	nat64_dynmap_remove(nat, nat64_table_exact4(nat->dynamic.table, &prefix4));
	spin_unlock_bh(&nat->dynamic.lock);
	KUNIT_EXPECT_EQ(test, host(test, 2, 1), 0);
	KUNIT_EXPECT_NOT_NULL(test, nat64_table_exact4(nat->dynamic.table, &prefix4));
}

/* A mapping that has been idle for so long. */
static const struct nat64_dynmap *oldest_idle_for(struct nat64 *nat, u32 idle)
{
	const struct nat64_dynmap *oldest;
	struct nat64_dynmap *dynmap;
	u32 now;

	dynmap = list_first_entry(&nat->dynamic.maps, struct nat64_dynmap, list);

	do {
		now = nat64_now();
		dynmap->map.used = now - idle;
		oldest = nat64_dynamic_oldest(nat, nat64_config(nat));
	} while (now != nat64_now());
	return oldest;
}

/* In whole seconds, what has been idle for less than a quarter may seem a quarter. */
static void young(struct kunit *test)
{
	struct nat64 *nat = test->priv;

	nat64_pool_set_free(set_pool(test, POOL, 28));
	fill(test, 1);
	nat64_config(nat)->idle_timeout = 400;
	KUNIT_EXPECT_NULL(test, oldest_idle_for(nat, 100));
	KUNIT_EXPECT_NOT_NULL(test, oldest_idle_for(nat, 101));
	nat64_config(nat)->idle_timeout = 2;
	KUNIT_EXPECT_NULL(test, oldest_idle_for(nat, 1));
	KUNIT_EXPECT_NOT_NULL(test, oldest_idle_for(nat, 2));
}

static void report(struct kunit *test, const char *what, u32 n)
{
	/* By the clock, which includes what else the machine does meanwhile. */
	kunit_info(test, "%s, %u mappings: softirqs off %u times, %u of them for 1 ms, %lld us at most",
		   what, n, locks, late, ktime_to_us(longest));
	/* The times are short because each covers one batch. */
	KUNIT_EXPECT_GE(test, locks, n / NAT64_LOCK_BATCH);
}

/* Functions that go over all mappings let softirqs run in between, and miss no mapping. */
static void batches(struct kunit *test)
{
	struct nat64 *nat = test->priv;
	u32 size = 1U << (32 - POOL_LEN), n = size - 2;
	struct nat64_prefix6 network = { .addr.s6_addr32 = { htonl(0x20010db8) }, .len = 32 };
	struct nat64_prefix4 block = { .addr = htonl(POOL + size / 2), .len = POOL_LEN + 2 };
	struct nat64_pool_set *old;

	nat64_pool_set_free(set_pool(test, POOL, POOL_LEN));
	fill(test, n);
	KUNIT_ASSERT_EQ(test, nat->dynamic.count, n);

	old = set_pool(test, POOL, POOL_LEN);
	reset();
	nat64_dynamic_settle(nat, old);
	report(test, "the same pool", n);
	nat64_pool_set_free(old);
	KUNIT_EXPECT_EQ(test, nat->dynamic.count, n);
	KUNIT_EXPECT_EQ_MSG(test, host(test, 9, 9), NAT64_DROP_POOL_FULL, "all are marked");

	/* A static mapping of a quarter of the addresses, and of hosts without mappings. */
	network.addr.s6_addr32[1] = htonl(77);
	network.len = 64;
	reset();
	nat64_dynamic_remove_covered(nat, &network, &block);
	report(test, "a static prefix of IPv4", size / 4);
	KUNIT_EXPECT_EQ(test, nat->dynamic.count, n - size / 4);

	reset();
	nat64_dynamic_remove_covered(nat, &network, &block);
	KUNIT_EXPECT_EQ_MSG(test, locks, 1, "nothing to do");

	/* Keep half of the pool. A quarter of the pool is free by now. */
	old = set_pool(test, POOL + size / 2, POOL_LEN + 1);
	reset();
	nat64_dynamic_settle(nat, old);
	report(test, "half the pool", n - size / 4);
	nat64_pool_set_free(old);
	KUNIT_EXPECT_EQ(test, nat->dynamic.count, size / 4 - 1);

	network.len = 32;
	network.addr.s6_addr32[1] = 0;
	block = (struct nat64_prefix4){ .addr = htonl(0x0a000000), .len = 8 };
	reset();
	nat64_dynamic_remove_covered(nat, &network, &block);
	report(test, "a static prefix of IPv6", size / 4 - 1);
	KUNIT_EXPECT_EQ(test, nat->dynamic.count, 0);
}

/* What a listener hears. */
static struct {
	__be32 addr4;
	enum nat64_cmd cmd;
} told[8];

static unsigned int n_told;

static bool listens(const struct nat64 *nat)
{
	return true;
}

static void listen(struct nat64 *nat, const struct nat64_map *map, enum nat64_cmd cmd)
{
	if (n_told < ARRAY_SIZE(told)) {
		told[n_told].addr4 = map->addr4;
		told[n_told].cmd = cmd;
	}
	n_told++;
}

static const struct nat64_event_ops listener = { .wanted = listens, .tell = listen };

/* End the only mapping. Returns its address. */
static __be32 end_one(struct nat64 *nat)
{
	struct nat64_dynmap *dynmap;
	__be32 addr4;

	spin_lock_bh(&nat->dynamic.lock);
	dynmap = list_first_entry(&nat->dynamic.maps, struct nat64_dynmap, list);
	addr4 = dynmap->map.addr4;
	nat64_dynmap_remove(nat, &dynmap->map);
	spin_unlock_bh(&nat->dynamic.lock);
	return addr4;
}

/* Births and deaths are told in order, whether they are waited for or not. */
static void events(struct kunit *test)
{
	static const enum nat64_cmd want[] = {
		NAT64_CMD_MAP_ADD, NAT64_CMD_MAP_DEL, NAT64_CMD_MAP_ADD,
		NAT64_CMD_MAP_DEL, NAT64_CMD_MAP_ADD, NAT64_CMD_MAP_DEL,
	};
	struct nat64 *nat = test->priv;
	__be32 addr4[3];
	unsigned int i;

	nat64_pool_set_free(set_pool(test, POOL, 28));
	n_told = 0;
	nat64_event_set_ops(&listener);
	for (i = 0; i < ARRAY_SIZE(addr4); i++) {
		KUNIT_EXPECT_EQ(test, host(test, 1, i), 0);
		if (i == 1)
			nat64_event_flush(nat);
		addr4[i] = end_one(nat);
	}
	nat64_event_flush(nat);
	nat64_event_set_ops(NULL);

	KUNIT_ASSERT_EQ(test, n_told, ARRAY_SIZE(want));
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		KUNIT_EXPECT_EQ_MSG(test, told[i].cmd, want[i], "event %u", i);
		KUNIT_EXPECT_EQ_MSG(test, told[i].addr4, addr4[i / 2], "event %u", i);
	}
	KUNIT_EXPECT_TRUE(test, list_empty(&nat->dynamic.events));
}

static struct kunit_case dynamic_cases[] = {
	{ .run_case = flood, .name = "B12 a flood of new hosts at a full pool" },
	KUNIT_CASE(given_back),
	KUNIT_CASE(young),
	KUNIT_CASE(batches),
	KUNIT_CASE(events),
	{}
};

struct kunit_suite nat64_dynamic_suite = {
	.name = "nat64-dynamic", .suite_init = dynamic_suite_init, .suite_exit = dynamic_suite_exit,
	.init = dynamic_init, .exit = dynamic_exit, .test_cases = dynamic_cases,
};
