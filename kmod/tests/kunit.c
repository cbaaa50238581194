// SPDX-License-Identifier: GPL-2.0
/*
 * nat64_kunit.ko: unit tests of what can be tested without a packet on the wire. Each file includes
 * the source that it tests, and so sees its static functions.
 */

#include "tests.h"

#include <linux/module.h>

kunit_test_suites(&nat64_addr_suite, &nat64_map_suite, &nat64_pool_suite,
		  &nat64_dynamic_suite, &nat64_icmp_suite,
		  &nat64_csum_suite, &nat64_flow_suite, &nat64_learn_suite,
		  &nat64_path_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Unit tests of nat64");
