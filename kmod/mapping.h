/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_MAPPING_H
#define _NAT64_MAPPING_H

#include "map.h"
#include "nat64.h"
#include "pool.h"

#include <linux/netlink.h>

int nat64_mapping_insert(struct nat64 *nat, const struct nat64_prefix6 *prefix6,
			 const struct nat64_prefix4 *prefix4,
			 struct netlink_ext_ack *extack);
void nat64_mapping_mark(struct nat64 *nat, const struct nat64_prefix4 *prefix4);
void nat64_mapping_settle(struct nat64 *nat,
			  const struct nat64_prefix6 *prefix6,
			  const struct nat64_prefix4 *prefix4);
void nat64_mapping_withdraw(struct nat64 *nat,
			    const struct nat64_prefix6 *prefix6);
int nat64_mapping_add(struct nat64 *nat, const struct nat64_prefix6 *prefix6,
		      const struct nat64_prefix4 *prefix4,
		      struct netlink_ext_ack *extack);
int nat64_mapping_stage(struct nat64_table *table,
			const struct nat64_prefix6 *prefix6,
			const struct nat64_prefix4 *prefix4,
			struct netlink_ext_ack *extack);
int nat64_mapping_replace(struct nat64 *nat,
			  const struct nat64_prefix6 *prefix6,
			  const struct nat64_prefix4 *prefix4);
int nat64_mapping_del(struct nat64 *nat, const struct nat64_prefix6 *prefix6,
		      const struct nat64_prefix4 *prefix4,
		      struct netlink_ext_ack *extack);
void nat64_mapping_set_config(struct nat64 *nat, struct nat64_config *config,
			      struct nat64_pool_set *pools);

#endif /* _NAT64_MAPPING_H */
