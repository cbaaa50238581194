/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_TESTS_H
#define _NAT64_TESTS_H

#include <kunit/test.h>
#include <linux/inet.h>
#include <linux/in6.h>

extern struct kunit_suite nat64_addr_suite;
extern struct kunit_suite nat64_map_suite;
extern struct kunit_suite nat64_pool_suite;
extern struct kunit_suite nat64_dynamic_suite;
extern struct kunit_suite nat64_icmp_suite;
extern struct kunit_suite nat64_csum_suite;
extern struct kunit_suite nat64_flow_suite;
extern struct kunit_suite nat64_learn_suite;
extern struct kunit_suite nat64_path_suite;

static inline struct in6_addr test_addr6(struct kunit *test, const char *text)
{
	struct in6_addr addr = {};

	KUNIT_ASSERT_EQ(test, 1, in6_pton(text, -1, addr.s6_addr, -1, NULL));
	return addr;
}

static inline __be32 test_addr4(struct kunit *test, const char *text)
{
	__be32 addr = 0;

	KUNIT_ASSERT_EQ(test, 1, in4_pton(text, -1, (u8 *)&addr, -1, NULL));
	return addr;
}

#define EXPECT_ADDR6_EQ(test, a, b) \
	KUNIT_EXPECT_TRUE_MSG(test, ipv6_addr_equal(a, b), "%pI6c instead of %pI6c", a, b)

#endif /* _NAT64_TESTS_H */
