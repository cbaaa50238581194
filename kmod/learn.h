/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_LEARN_H
#define _NAT64_LEARN_H

#include "fast.h"

struct nf_hook_state;

bool nat64_learn_start(const struct nat64_xlat *xlat, const struct nat64_fast *fast,
		       const struct sk_buff *skb, bool late);
void nat64_learn_stop(struct nat64_flows *flows, const struct sk_buff *skb);
unsigned int nat64_learn(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state);

#endif /* _NAT64_LEARN_H */
