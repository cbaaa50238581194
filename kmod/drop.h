/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_DROP_H
#define _NAT64_DROP_H

#include "packet.h"

enum nat64_stat nat64_drop_stat(enum nat64_verdict verdict);
enum skb_drop_reason nat64_drop_reason(enum nat64_verdict verdict);
bool nat64_drop_answer_kind(bool ipv6, enum nat64_verdict verdict, u8 *type,
			    u8 *code);
void nat64_drop_answer(const struct nat64_xlat *xlat, struct sk_buff *skb,
		       enum nat64_verdict verdict);

#endif /* _NAT64_DROP_H */
