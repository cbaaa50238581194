// SPDX-License-Identifier: GPL-2.0

#include "../addr.c"
#include "tests.h"

static const struct embedding {
	const char *prefix;
	u8 len;
	const char *addr4;
	const char *addr6;
} embeddings[] = {
	/* RFC 6052, section 2.4, tables 2 and 3 */
	{ "2001:db8::", 32, "192.0.2.33", "2001:db8:c000:221::" },
	{ "2001:db8:100::", 40, "192.0.2.33", "2001:db8:1c0:2:21::" },
	{ "2001:db8:122::", 48, "192.0.2.33", "2001:db8:122:c000:2:2100::" },
	{ "2001:db8:122:300::", 56, "192.0.2.33", "2001:db8:122:3c0:0:221::" },
	{ "2001:db8:122:344::", 64, "192.0.2.33", "2001:db8:122:344:c0:2:2100:0" },
	{ "2001:db8:122:344::", 96, "192.0.2.33", "2001:db8:122:344::c000:221" },
	{ "64:ff9b::", 96, "192.0.2.33", "64:ff9b::c000:221" },
	/* all octets of the IPv4 address differ, and none is zero */
	{ "2001:db8::", 32, "241.242.243.244", "2001:db8:f1f2:f3f4::" },
	{ "2001:db8:100::", 40, "241.242.243.244", "2001:db8:1f1:f2f3:f4::" },
	{ "64:ff9b:1::", 48, "241.242.243.244", "64:ff9b:1:f1f2:f3:f400::" },
	{ "2001:db8:122:300::", 56, "241.242.243.244", "2001:db8:122:3f1:f2:f3f4::" },
	{ "2001:db8:122:344::", 64, "241.242.243.244", "2001:db8:122:344:f1:f2f3:f400:0" },
	{ "2001:db8:122:344::", 96, "241.242.243.244", "2001:db8:122:344::f1f2:f3f4" },
};

static void embedding_desc(const struct embedding *e, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "A1 %s/%u %s", e->prefix, e->len, e->addr4);
}

KUNIT_ARRAY_PARAM(embedding, embeddings, embedding_desc);

static void embed(struct kunit *test)
{
	const struct embedding *e = test->param_value;
	struct nat64_prefix6 prefix = { .addr = test_addr6(test, e->prefix), .len = e->len };
	struct in6_addr want = test_addr6(test, e->addr6), got;

	nat64_rfc6052_embed(&prefix, test_addr4(test, e->addr4), &got);
	EXPECT_ADDR6_EQ(test, &got, &want);
	KUNIT_EXPECT_EQ(test, nat64_rfc6052_extract(&prefix, &want), test_addr4(test, e->addr4));
}

/* The suffix and bits 64 to 71 are ignored. */
static void extract_ignores(struct kunit *test)
{
	const struct embedding *e = test->param_value;
	struct nat64_prefix6 prefix = { .addr = test_addr6(test, e->prefix), .len = e->len };
	struct in6_addr addr6 = test_addr6(test, e->addr6);
	unsigned int i, end = e->len == 96 ? 16 : e->len / 8 + 4 + (e->len > 32);

	for (i = end; i < 16; i++)
		addr6.s6_addr[i] = 0xff;
	if (e->len < 96)
		addr6.s6_addr[8] = 0xff;
	KUNIT_EXPECT_EQ(test, nat64_rfc6052_extract(&prefix, &addr6), test_addr4(test, e->addr4));
}

static void prefix_len(struct kunit *test)
{
	unsigned int len;

	for (len = 0; len <= U8_MAX; len++)
		KUNIT_EXPECT_EQ_MSG(test, nat64_rfc6052_len_valid(len),
				    len == 32 || len == 40 || len == 48 || len == 56 || len == 64 ||
				    len == 96, "A2 /%u", len);
}

static void host_bits(struct kunit *test)
{
	struct nat64_prefix6 six = { .addr = test_addr6(test, "2001:db8::8000:0"), .len = 97 };
	struct nat64_prefix4 four = { .addr = test_addr4(test, "192.0.2.64"), .len = 26 };

	KUNIT_EXPECT_FALSE(test, nat64_prefix6_has_host_bits(&six));
	six.len = 96;
	KUNIT_EXPECT_TRUE(test, nat64_prefix6_has_host_bits(&six));
	six.len = 0;
	KUNIT_EXPECT_TRUE(test, nat64_prefix6_has_host_bits(&six));
	KUNIT_EXPECT_FALSE(test, nat64_prefix4_has_host_bits(&four));
	four.len = 25;
	KUNIT_EXPECT_TRUE(test, nat64_prefix4_has_host_bits(&four));
	four.len = 0;
	KUNIT_EXPECT_TRUE(test, nat64_prefix4_has_host_bits(&four));
}

static void overlaps(struct kunit *test)
{
	struct nat64_prefix4 wide = { .addr = test_addr4(test, "192.0.2.0"), .len = 24 };
	struct nat64_prefix4 in = { .addr = test_addr4(test, "192.0.2.128"), .len = 25 };
	struct nat64_prefix4 out = { .addr = test_addr4(test, "192.0.3.0"), .len = 25 };
	struct nat64_prefix4 all = {};

	KUNIT_EXPECT_TRUE(test, nat64_prefix4_overlaps(&wide, &in));
	KUNIT_EXPECT_TRUE(test, nat64_prefix4_overlaps(&in, &wide));
	KUNIT_EXPECT_FALSE(test, nat64_prefix4_overlaps(&wide, &out));
	KUNIT_EXPECT_TRUE(test, nat64_prefix4_overlaps(&all, &out));
	KUNIT_EXPECT_TRUE(test, nat64_prefix4_contains(&in, test_addr4(test, "192.0.2.255")));
	KUNIT_EXPECT_FALSE(test, nat64_prefix4_contains(&in, test_addr4(test, "192.0.2.127")));
}

/* The first and last address of each entry of the registry, and their neighbours. */
static const struct global {
	const char *addr;
	bool global;
} globals[] = {
	{ "0.0.0.0", false }, { "0.255.255.255", false }, { "1.0.0.0", true },
	{ "9.255.255.255", true }, { "10.0.0.0", false }, { "10.255.255.255", false },
	{ "11.0.0.0", true }, { "100.63.255.255", true }, { "100.64.0.0", false },
	{ "100.127.255.255", false }, { "100.128.0.0", true }, { "126.255.255.255", true },
	{ "127.0.0.0", false }, { "127.255.255.255", false }, { "128.0.0.0", true },
	{ "169.253.255.255", true }, { "169.254.0.0", false }, { "169.254.255.255", false },
	{ "169.255.0.0", true }, { "172.15.255.255", true }, { "172.16.0.0", false },
	{ "172.31.255.255", false }, { "172.32.0.0", true }, { "191.255.255.255", true },
	{ "192.0.0.0", false }, { "192.0.0.8", false }, { "192.0.0.9", true },
	{ "192.0.0.10", true }, { "192.0.0.11", false }, { "192.0.0.170", false },
	{ "192.0.0.255", false }, { "192.0.1.0", true }, { "192.0.1.255", true },
	{ "192.0.2.0", false }, { "192.0.2.255", false }, { "192.0.3.0", true },
	{ "192.31.196.1", true }, { "192.52.193.1", true }, { "192.88.99.1", true },
	{ "192.167.255.255", true }, { "192.168.0.0", false }, { "192.168.255.255", false },
	{ "192.169.0.0", true }, { "192.175.48.1", true }, { "198.17.255.255", true },
	{ "198.18.0.0", false }, { "198.19.255.255", false }, { "198.20.0.0", true },
	{ "198.51.99.255", true }, { "198.51.100.0", false }, { "198.51.100.255", false },
	{ "198.51.101.0", true }, { "203.0.112.255", true }, { "203.0.113.0", false },
	{ "203.0.113.255", false }, { "203.0.114.0", true }, { "223.255.255.255", true },
	{ "224.0.0.0", false }, { "239.255.255.255", false }, { "240.0.0.0", false },
	{ "255.255.255.255", false },
};

static void global_desc(const struct global *g, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "A3 %s is %sglobal", g->addr,
		 g->global ? "" : "not ");
}

KUNIT_ARRAY_PARAM(global, globals, global_desc);

static void is_global(struct kunit *test)
{
	const struct global *g = test->param_value;

	KUNIT_EXPECT_EQ(test, nat64_addr4_is_global(test_addr4(test, g->addr)), g->global);
}

static const struct translatable {
	const char *addr;
	bool translatable;
} translatables[] = {
	{ "0.0.0.0", false }, { "0.1.2.3", false }, { "10.0.0.1", true }, { "126.0.0.1", true },
	{ "127.0.0.1", false }, { "127.255.255.255", false }, { "169.254.1.1", false },
	{ "192.168.0.1", true }, { "223.255.255.255", true }, { "224.0.0.1", false },
	{ "239.255.255.255", false }, { "255.255.255.255", false },
	{ "::", false }, { "::1", false }, { "::ffff:8.8.8.8", false }, { "fe80::1", false },
	{ "febf:ffff::1", false }, { "fec0::1", true }, { "fe7f::1", true }, { "fd00::1", true },
	{ "ff02::1", false }, { "ff0e::1", false }, { "2001:db8::1", true }, { "64:ff9b::1", true },
};

static void translatable_desc(const struct translatable *t, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "A8 %s %s translated", t->addr,
		 t->translatable ? "may be" : "is never");
}

KUNIT_ARRAY_PARAM(translatable, translatables, translatable_desc);

static void is_translatable(struct kunit *test)
{
	const struct translatable *t = test->param_value;
	struct in6_addr addr6;
	bool got;

	if (strchr(t->addr, ':')) {
		addr6 = test_addr6(test, t->addr);
		got = nat64_addr6_is_translatable(&addr6);
	} else {
		got = nat64_addr4_is_translatable(test_addr4(test, t->addr));
	}
	KUNIT_EXPECT_EQ(test, got, t->translatable);
}

static struct kunit_case addr_cases[] = {
	KUNIT_CASE_PARAM(embed, embedding_gen_params),
	KUNIT_CASE_PARAM(extract_ignores, embedding_gen_params),
	KUNIT_CASE(prefix_len),
	KUNIT_CASE(host_bits),
	KUNIT_CASE(overlaps),
	KUNIT_CASE_PARAM(is_global, global_gen_params),
	KUNIT_CASE_PARAM(is_translatable, translatable_gen_params),
	{}
};

struct kunit_suite nat64_addr_suite = { .name = "nat64-addr", .test_cases = addr_cases };
