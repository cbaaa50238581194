/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_VERDICT_H
#define _NAT64_VERDICT_H

/*
 * What is to become of a packet.
 *
 * NAT64_OK: it goes on; from a translator: it is translated.
 * NAT64_NOT_COVERED: the instance has nothing to do with it, and has not
 * changed it.
 * NAT64_TAKEN: it waits for the rest of its fragments, or was done in pieces.
 * NAT64_DROP and all others: it is dropped. The counter of the same name says
 * why (include/uapi/linux/nat64.h); drop.c has the consequences.
 */
enum nat64_verdict {
	NAT64_OK,
	NAT64_NOT_COVERED,
	NAT64_TAKEN,
	NAT64_DROP,
	NAT64_DROP_HEADER4 = NAT64_DROP,
	NAT64_DROP_HEADER6,
	NAT64_DROP_TRUNCATED,
	NAT64_DROP_OPTIONS4,
	NAT64_DROP_SOURCE_ROUTE,
	NAT64_DROP_ROUTING6,
	NAT64_DROP_EXTHDR,
	NAT64_DROP_JUMBOGRAM,
	NAT64_DROP_PROTOCOL,
	NAT64_DROP_SRC6,
	NAT64_DROP_SRC4,
	NAT64_DROP_DST4,
	NAT64_DROP_WKP_STRICT,
	NAT64_DROP_NO_PREFIX,
	NAT64_DROP_NO_MAPPING4,
	NAT64_DROP_NO_MAPPING6,
	NAT64_DROP_NOT_COVERED6,
	NAT64_DROP_POOL_FULL,
	NAT64_DROP_QUOTA,
	NAT64_DROP_ICMP_TYPE,
	NAT64_DROP_ICMP_CSUM,
	NAT64_DROP_ICMP_FRAGMENT,
	NAT64_DROP_ICMP_INNER,
	NAT64_DROP_UDP_ZERO_CSUM,
	NAT64_DROP_LOOP,
	NAT64_DROP_GSO,
	NAT64_DROP_NOMEM,
	NAT64_DROP_FORGED6,
	__NAT64_VERDICT_MAX
};

#endif /* _NAT64_VERDICT_H */
