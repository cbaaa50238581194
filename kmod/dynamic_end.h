/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_DYNAMIC_END_H
#define _NAT64_DYNAMIC_END_H

#include "nat64.h"

void nat64_dynamic_expire(struct work_struct *work);
void nat64_dynamic_recheck(struct nat64 *nat);
void nat64_dynamic_remove_covered(struct nat64 *nat,
				  const struct nat64_prefix6 *prefix6,
				  const struct nat64_prefix4 *prefix4);
void nat64_dynamic_settle(struct nat64 *nat, const struct nat64_pool_set *old);
void nat64_dynamic_flush(struct nat64 *nat);
void nat64_dynamic_remove4(struct nat64 *nat, __be32 addr4);

#endif /* _NAT64_DYNAMIC_END_H */
