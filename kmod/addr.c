// SPDX-License-Identifier: GPL-2.0
/*
 * Address arithmetic: RFC 6052 prefixes, and which addresses are translated at
 * all.
 */

#include "addr.h"

#include <linux/kernel.h>

/**
 * nat64_prefix4_overlaps() - whether two IPv4 prefixes have an address in common
 * @a: one prefix
 * @b: the other
 */
bool nat64_prefix4_overlaps(const struct nat64_prefix4 *a,
			    const struct nat64_prefix4 *b)
{
	return !((a->addr ^ b->addr) & inet_make_mask(min(a->len, b->len)));
}

/**
 * nat64_prefix6_overlaps() - whether two IPv6 prefixes have an address in common
 * @a: one prefix
 * @b: the other
 */
bool nat64_prefix6_overlaps(const struct nat64_prefix6 *a,
			    const struct nat64_prefix6 *b)
{
	return ipv6_prefix_equal(&a->addr, &b->addr, min(a->len, b->len));
}

/**
 * nat64_prefix4_has_host_bits() - whether bits behind the prefix length are set
 * @prefix: the prefix
 */
bool nat64_prefix4_has_host_bits(const struct nat64_prefix4 *prefix)
{
	return prefix->addr & ~inet_make_mask(prefix->len);
}

/**
 * nat64_prefix6_has_host_bits() - whether bits behind the prefix length are set
 * @prefix: the prefix
 */
bool nat64_prefix6_has_host_bits(const struct nat64_prefix6 *prefix)
{
	struct in6_addr masked;

	ipv6_addr_prefix(&masked, &prefix->addr, prefix->len);
	return !ipv6_addr_equal(&masked, &prefix->addr);
}

/**
 * nat64_rfc6052_len_valid() - whether RFC 6052, section 2.2 defines a prefix length
 * @len: prefix length in bits
 */
bool nat64_rfc6052_len_valid(u8 len)
{
	switch (len) {
	case 32:
	case 40:
	case 48:
	case 56:
	case 64:
	case 96:
		return true;
	default:
		return false;
	}
}

/* The octet that holds bits 64 to 71, which RFC 6052 keeps zero. */
#define U_OCTET 8

/**
 * nat64_rfc6052_embed() - make an IPv4-embedded IPv6 address (RFC 6052, section 2.3)
 * @prefix: a prefix of valid length
 * @addr4: the IPv4 address, network byte order
 * @addr6: the result; suffix and bits 64 to 71 are zero
 */
void nat64_rfc6052_embed(const struct nat64_prefix6 *prefix, __be32 addr4,
			 struct in6_addr *addr6)
{
	const u8 *octets = (const u8 *)&addr4;
	unsigned int to = prefix->len / 8;
	unsigned int i;

	*addr6 = prefix->addr;
	if (likely(prefix->len == 96)) {
		addr6->s6_addr32[3] = addr4;
		return;
	}

	for (i = 0; i < sizeof(addr4); i++) {
		if (to == U_OCTET)
			to++;
		addr6->s6_addr[to++] = octets[i];
	}
}

/**
 * nat64_rfc6052_extract() - take the IPv4 address out of an IPv4-embedded IPv6 address
 * @prefix: the prefix, of valid length, that @addr6 lies in
 * @addr6: the IPv6 address; its suffix and bits 64 to 71 are ignored
 *
 * Return: the IPv4 address, network byte order (RFC 6052, section 2.3)
 */
__be32 nat64_rfc6052_extract(const struct nat64_prefix6 *prefix,
			     const struct in6_addr *addr6)
{
	unsigned int from = prefix->len / 8;
	unsigned int i;
	__be32 addr4;
	u8 *octets = (u8 *)&addr4;

	if (likely(prefix->len == 96))
		return addr6->s6_addr32[3];

	for (i = 0; i < sizeof(addr4); i++) {
		if (from == U_OCTET)
			from++;
		octets[i] = addr6->s6_addr[from++];
	}
	return addr4;
}

/**
 * nat64_rfc6052_is_wkp() - whether a prefix is the well-known 64:ff9b::/96
 * @prefix: the prefix
 */
bool nat64_rfc6052_is_wkp(const struct nat64_prefix6 *prefix)
{
	return prefix->len == 96 && prefix->addr.s6_addr32[0] == htonl(0x0064ff9b) &&
	       !prefix->addr.s6_addr32[1] && !prefix->addr.s6_addr32[2];
}

/*
 * The blocks that IANA's IPv4 special-purpose address registry lists as not
 * globally reachable.
 */
static const struct {
	u32 addr;
	u8 len;
} nat64_non_global[] = {
	{ 0x00000000,  8 },	/* 0.0.0.0/8        "this network", RFC 791 */
	{ 0x0a000000,  8 },	/* 10.0.0.0/8       private use, RFC 1918 */
	{ 0x64400000, 10 },	/* 100.64.0.0/10    shared address space, RFC 6598 */
	{ 0x7f000000,  8 },	/* 127.0.0.0/8      loopback, RFC 1122 */
	{ 0xa9fe0000, 16 },	/* 169.254.0.0/16   link local, RFC 3927 */
	{ 0xac100000, 12 },	/* 172.16.0.0/12    private use, RFC 1918 */
	{ 0xc0000200, 24 },	/* 192.0.2.0/24     documentation, RFC 5737 */
	{ 0xc0a80000, 16 },	/* 192.168.0.0/16   private use, RFC 1918 */
	{ 0xc6120000, 15 },	/* 198.18.0.0/15    benchmarking, RFC 2544 */
	{ 0xc6336400, 24 },	/* 198.51.100.0/24  documentation, RFC 5737 */
	{ 0xcb007100, 24 },	/* 203.0.113.0/24   documentation, RFC 5737 */
	{ 0xe0000000,  4 },	/* 224.0.0.0/4      multicast, RFC 5771 */
	{ 0xf0000000,  4 },	/* 240.0.0.0/4      reserved, limited broadcast, RFC 1112 */
};

/**
 * nat64_addr4_is_global() - whether an IPv4 address may stand behind the well-known prefix
 * @addr: the address, network byte order
 *
 * RFC 6052, section 3.1.
 */
bool nat64_addr4_is_global(__be32 addr)
{
	unsigned int i;

	/*
	 * 192.0.0.0/24 is for IETF protocols. Only its PCP and TURN anycast
	 * addresses are global.
	 */
	if ((addr & htonl(0xffffff00)) == htonl(0xc0000000))
		return addr == htonl(0xc0000009) || addr == htonl(0xc000000a);

	for (i = 0; i < ARRAY_SIZE(nat64_non_global); i++)
		if (!((addr ^ htonl(nat64_non_global[i].addr)) &
		      inet_make_mask(nat64_non_global[i].len)))
			return false;
	return true;
}
