/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_ADDR_H
#define _NAT64_ADDR_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/inetdevice.h>
#include <net/ipv6.h>

/**
 * struct nat64_prefix6 - an IPv6 prefix; the bits behind @len are zero
 * @addr: the address
 * @len: prefix length in bits
 */
struct nat64_prefix6 {
	struct in6_addr addr;
	u8 len;
};

/**
 * struct nat64_prefix4 - an IPv4 prefix; the bits behind @len are zero
 * @addr: the address, network byte order
 * @len: prefix length in bits
 */
struct nat64_prefix4 {
	__be32 addr;
	u8 len;
};

static inline bool nat64_prefix4_contains(const struct nat64_prefix4 *prefix,
					  __be32 addr)
{
	return !((addr ^ prefix->addr) & inet_make_mask(prefix->len));
}

static inline bool nat64_prefix6_contains(const struct nat64_prefix6 *prefix,
					  const struct in6_addr *addr)
{
	return ipv6_addr_diff(&prefix->addr, addr) >= prefix->len;
}

bool nat64_prefix4_overlaps(const struct nat64_prefix4 *a,
			    const struct nat64_prefix4 *b);
bool nat64_prefix6_overlaps(const struct nat64_prefix6 *a,
			    const struct nat64_prefix6 *b);
bool nat64_prefix4_has_host_bits(const struct nat64_prefix4 *prefix);
bool nat64_prefix6_has_host_bits(const struct nat64_prefix6 *prefix);

bool nat64_rfc6052_len_valid(u8 len);
void nat64_rfc6052_embed(const struct nat64_prefix6 *prefix, __be32 addr4,
			 struct in6_addr *addr6);
__be32 nat64_rfc6052_extract(const struct nat64_prefix6 *prefix,
			     const struct in6_addr *addr6);
bool nat64_rfc6052_is_wkp(const struct nat64_prefix6 *prefix);

bool nat64_addr4_is_global(__be32 addr);

/**
 * nat64_addr4_is_translatable() - whether packets of an IPv4 address may be translated at all
 * @addr: the address, network byte order
 */
static inline bool nat64_addr4_is_translatable(__be32 addr)
{
	return (addr & htonl(0xff000000)) && !ipv4_is_loopback(addr) && !ipv4_is_multicast(addr) &&
	       !ipv4_is_lbcast(addr) && !ipv4_is_linklocal_169(addr);
}

/**
 * nat64_addr6_is_translatable() - whether packets of an IPv6 address may be translated at all
 * @addr: the address
 */
static inline bool nat64_addr6_is_translatable(const struct in6_addr *addr)
{
	return !ipv6_addr_is_multicast(addr) && !ipv6_addr_any(addr) &&
	       !ipv6_addr_loopback(addr) && !ipv6_addr_v4mapped(addr) &&
	       (addr->s6_addr32[0] & htonl(0xffc00000)) != htonl(0xfe800000);
}

#endif /* _NAT64_ADDR_H */
