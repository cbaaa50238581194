/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_CONNTRACK_H
#define _NAT64_CONNTRACK_H

#include "resolve.h"

#include <linux/skbuff.h>

void nat64_ct_undo_nat(const struct sk_buff *skb, bool ipv6,
		       struct nat64_tuple *tuple);
bool nat64_ct_is_untracked(const struct sk_buff *skb);
bool nat64_ct_agrees(const struct sk_buff *skb);
bool nat64_ct_misses_nat(const struct sk_buff *skb, u32 *natted, u32 memory);
void nat64_ct_set_liberal(const struct sk_buff *skb);
u32 nat64_ct_life(const struct sk_buff *skb);

#endif /* _NAT64_CONNTRACK_H */
