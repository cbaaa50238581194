// SPDX-License-Identifier: GPL-2.0

#include "../map.c"
#include "tests.h"

static const struct entry {
	const char *addr6;
	u8 len6;
	const char *addr4;
	u8 len4;
} entries[] = {
	{ "2001:db8:a::", 64, "192.0.2.0", 24 },	/* 64 suffix bits against 8 */
	{ "2001:db8:a::ff00", 120, "198.51.100.0", 24 },	/* within the first, by IPv6 */
	{ "2001:db8:b::", 127, "192.0.2.16", 31 },	/* within the first, by IPv4 */
	{ "2001:db8:c::1", 128, "203.0.113.7", 32 },
};

static int map_suite_init(struct kunit_suite *suite)
{
	return nat64_tables_init();
}

static void map_suite_exit(struct kunit_suite *suite)
{
	nat64_tables_uninit();
}

static struct nat64_map *maps[ARRAY_SIZE(entries)];	/* of the table, which frees them */

static int map_init(struct kunit *test)
{
	struct nat64_table *table = nat64_table_alloc();
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, table);
	test->priv = table;
	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		maps[i] = kmalloc(sizeof(*maps[i]), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, maps[i]);
		*maps[i] = (struct nat64_map){
			.addr6 = test_addr6(test, entries[i].addr6), .len6 = entries[i].len6,
			.addr4 = test_addr4(test, entries[i].addr4), .len4 = entries[i].len4,
			.type = NAT64_MAP_STATIC,
		};
		KUNIT_EXPECT_EQ(test, 0, nat64_table_insert(table, maps[i]));
	}
	return 0;
}

static void map_exit(struct kunit *test)
{
	if (test->priv)
		nat64_table_put(test->priv);
}

static struct nat64_map *find6(struct kunit *test, const char *text)
{
	struct in6_addr addr = test_addr6(test, text);
	struct nat64_map *map;

	rcu_read_lock();
	map = nat64_table_find6(test->priv, &addr);
	rcu_read_unlock();
	return map;
}

static struct nat64_map *find4(struct kunit *test, const char *text)
{
	struct nat64_map *map;

	rcu_read_lock();
	map = nat64_table_find4(test->priv, test_addr4(test, text));
	rcu_read_unlock();
	return map;
}

static const struct lookup {
	const char *addr;
	int entry;		/* -1 for none */
	const char *other;	/* what it becomes */
} lookups[] = {
	{ "2001:db8:a::", 0, "192.0.2.0" },
	{ "2001:db8:a:0:1234::", 0, "192.0.2.18" },
	{ "2001:db8:a:0:1200:ffff:ffff:ffff", 0, "192.0.2.18" },
	{ "2001:db8:a::ff07", 1, "198.51.100.7" },
	{ "2001:db8:a::ff", 0, "192.0.2.0" },
	{ "2001:db8:b::1", 2, "192.0.2.17" },
	{ "2001:db8:b::2", -1 },
	{ "2001:db8:c::1", 3, "203.0.113.7" },
	{ "2001:db8:c::2", -1 },
	{ "::", -1 },
	{ "192.0.2.18", 0, "2001:db8:a:0:1200::" },
	{ "192.0.2.15", 0, "2001:db8:a:0:f00::" },
	{ "192.0.2.16", 2, "2001:db8:b::" },
	{ "192.0.2.17", 2, "2001:db8:b::1" },
	{ "198.51.100.255", 1, "2001:db8:a::ffff" },
	{ "203.0.113.7", 3, "2001:db8:c::1" },
	{ "203.0.113.6", -1 },
	{ "0.0.0.0", -1 },
};

static void lookup_desc(const struct lookup *l, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s %s becomes %s",
		 l->entry == 0 ? "A5" : "A4", l->addr, l->other ?: "nothing");
}

KUNIT_ARRAY_PARAM(lookup, lookups, lookup_desc);

static void longest_prefix(struct kunit *test)
{
	const struct lookup *l = test->param_value;
	struct nat64_map *want = l->entry < 0 ? NULL : maps[l->entry];
	struct in6_addr addr6, other6;

	if (!strchr(l->addr, ':')) {
		KUNIT_ASSERT_PTR_EQ(test, find4(test, l->addr), want);
		if (!want)
			return;
		nat64_map_to6(want, test_addr4(test, l->addr), &addr6);
		other6 = test_addr6(test, l->other);
		EXPECT_ADDR6_EQ(test, &addr6, &other6);
		return;
	}
	KUNIT_ASSERT_PTR_EQ(test, find6(test, l->addr), want);
	if (!want)
		return;
	addr6 = test_addr6(test, l->addr);
	KUNIT_EXPECT_EQ(test, nat64_map_to4(want, &addr6), test_addr4(test, l->other));
}

/* When a mapping is gone, the shorter prefix takes over, on either side. */
static void remove(struct kunit *test)
{
	struct nat64_table *table = test->priv;

	nat64_table_remove(table, maps[1]);
	kfree_rcu(maps[1], rcu);
	nat64_table_remove(table, maps[2]);
	kfree_rcu(maps[2], rcu);
	KUNIT_EXPECT_PTR_EQ(test, find6(test, "2001:db8:a::ff07"), maps[0]);
	KUNIT_EXPECT_NULL(test, find4(test, "198.51.100.7"));
	KUNIT_EXPECT_PTR_EQ(test, find4(test, "192.0.2.17"), maps[0]);
	KUNIT_EXPECT_NULL(test, find6(test, "2001:db8:b::1"));
	KUNIT_EXPECT_FALSE(test, test_bit(120, table->lens6));
	KUNIT_EXPECT_TRUE(test, table->lens4 & BIT_ULL(24));
}

/* A refused mapping leaves nothing behind on either side. */
static void conflict(struct kunit *test)
{
	struct nat64_map map = { .addr6 = maps[3]->addr6, .len6 = 128,
				 .addr4 = test_addr4(test, "203.0.113.9"), .len4 = 32 };
	struct nat64_table *table = test->priv;

	KUNIT_EXPECT_EQ(test, nat64_table_insert(table, &map), -EEXIST);
	KUNIT_EXPECT_NULL(test, find4(test, "203.0.113.9"));

	map.addr6 = test_addr6(test, "2001:db8:d::1");
	map.addr4 = maps[3]->addr4;
	KUNIT_EXPECT_EQ(test, nat64_table_insert(table, &map), -EEXIST);
	KUNIT_EXPECT_NULL(test, find6(test, "2001:db8:d::1"));
}

static struct nat64_map *make_host(struct kunit *test, const char *addr6, const char *addr4)
{
	struct nat64_map *map = kzalloc(sizeof(*map), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, map);
	map->addr6 = test_addr6(test, addr6);
	map->len6 = 128;
	map->addr4 = test_addr4(test, addr4);
	map->len4 = 32;
	return map;
}

static void replace_host(struct kunit *test, struct nat64_map *map, struct nat64_map *old6,
			 struct nat64_map *old4)
{
	KUNIT_ASSERT_EQ(test, 0, nat64_table_replace(test->priv, map, old6, old4));
	if (old6)
		kfree_rcu(old6, rcu);
	if (old4 && old4 != old6)
		kfree_rcu(old4, rcu);
}

/* A replacement is found on both sides, and the replaced mapping on neither. */
static void replace(struct kunit *test)
{
	struct nat64_map *one = make_host(test, "2001:db8:e::1", "203.0.113.1");
	struct nat64_map *two = make_host(test, "2001:db8:e::2", "203.0.113.2");
	struct nat64_map *both = make_host(test, "2001:db8:e::1", "203.0.113.2");
	struct nat64_map *same = make_host(test, "2001:db8:e::1", "203.0.113.2");
	struct nat64_map *away = make_host(test, "2001:db8:e::1", "203.0.113.3");
	struct nat64_table *table = test->priv;
	u32 hosts = table->count6[128];

	replace_host(test, one, NULL, NULL);
	replace_host(test, two, NULL, NULL);
	KUNIT_EXPECT_EQ(test, table->count6[128], hosts + 2);

	replace_host(test, both, one, two);
	KUNIT_EXPECT_PTR_EQ(test, find6(test, "2001:db8:e::1"), both);
	KUNIT_EXPECT_PTR_EQ(test, find4(test, "203.0.113.2"), both);
	KUNIT_EXPECT_NULL(test, find6(test, "2001:db8:e::2"));
	KUNIT_EXPECT_NULL(test, find4(test, "203.0.113.1"));
	KUNIT_EXPECT_EQ(test, table->count6[128], hosts + 1);

	replace_host(test, same, both, both);
	KUNIT_EXPECT_PTR_EQ(test, find6(test, "2001:db8:e::1"), same);
	KUNIT_EXPECT_PTR_EQ(test, find4(test, "203.0.113.2"), same);

	replace_host(test, away, same, NULL);
	KUNIT_EXPECT_PTR_EQ(test, find6(test, "2001:db8:e::1"), away);
	KUNIT_EXPECT_PTR_EQ(test, find4(test, "203.0.113.3"), away);
	KUNIT_EXPECT_NULL(test, find4(test, "203.0.113.2"));
	KUNIT_EXPECT_EQ(test, table->count6[128], hosts + 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&table->by4.nelems), atomic_read(&table->by6.nelems));
}

static struct kunit_case map_cases[] = {
	KUNIT_CASE_PARAM(longest_prefix, lookup_gen_params),
	KUNIT_CASE(remove),
	KUNIT_CASE(conflict),
	KUNIT_CASE(replace),
	{}
};

struct kunit_suite nat64_map_suite = {
	.name = "nat64-map", .suite_init = map_suite_init, .suite_exit = map_suite_exit,
	.init = map_init, .exit = map_exit, .test_cases = map_cases,
};
