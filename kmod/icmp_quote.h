/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_ICMP_QUOTE_H
#define _NAT64_ICMP_QUOTE_H

#include "packet.h"

/**
 * struct nat64_quote - the packet within an ICMP error
 * @hdr: its IP header
 * @tuple: its addresses and ports
 * @offset: where it begins in the error
 * @len: bytes of it that are there, at least all of its IP header
 * @ext_len: bytes of RFC 4884 extensions behind it
 * @pad: zero bytes to put between it and the extensions
 */
struct nat64_quote {
	struct nat64_iphdr hdr;
	struct nat64_tuple tuple;
	unsigned int offset;
	unsigned int len;
	unsigned int ext_len;
	unsigned int pad;
};

void nat64_quote_adjust(struct sk_buff *skb, const struct nat64_quote *quote,
			__wsum diff);
bool nat64_quote_echo_4to6(struct sk_buff *skb,
			   const struct nat64_quote *quote);
bool nat64_quote_echo_6to4(struct sk_buff *skb,
			   const struct nat64_quote *quote);
void nat64_quote_split(struct nat64_quote *quote, unsigned int quoted_len);
unsigned int nat64_quote_fit(struct nat64_quote *quote, unsigned int hdr_len,
			     unsigned int room, unsigned int unit);
enum nat64_verdict nat64_quote_move(struct sk_buff *skb,
				    const struct nat64_quote *quote);

#endif /* _NAT64_ICMP_QUOTE_H */
