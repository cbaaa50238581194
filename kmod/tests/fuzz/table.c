// SPDX-License-Identifier: GPL-2.0
/*
 * Random configurations, addresses related to them, and a reference model of which address becomes
 * which: a list that is searched from end to end.
 */

#include "../../elsewhere.h"
#include "../../lookup.h"
#include "fuzz.h"

static const u8 rfc6052_lens[] = { 32, 40, 48, 56, 64, 96, 96, 96 };

/* 2001:db8:@net::/@len; bits 64 to 71 are zero. */
static struct nat64_prefix6 doc_prefix6(u32 net, u8 len)
{
	struct nat64_prefix6 prefix = { .len = len };
	struct in6_addr addr = { .s6_addr32 = { htonl(0x20010db8), htonl(net) } };

	ipv6_addr_prefix(&prefix.addr, &addr, len);
	return prefix;
}

static void make_prefixes(struct fuzz_rand *rand, struct nat64_config *config)
{
	static const struct nat64_prefix6 wkp = {
		.addr.s6_addr32 = { htonl(0x0064ff9b) }, .len = 96,
	};
	u8 len = FUZZ_PICK(rand, rfc6052_lens);

	config->n_prefixes = fuzz_one_in(rand, 16) ? 0 : 1 + fuzz_one_in(rand, 4);
	/* Hosts are in 2001:db8::/32, so the prefixes are elsewhere. */
	config->prefixes[0] = doc_prefix6(fuzz_u32(rand), len);
	config->prefixes[0].addr.s6_addr32[0] = htonl(0x20010dba);
	config->prefixes[1] = wkp;
	if (fuzz_one_in(rand, 3))
		swap(config->prefixes[0], config->prefixes[1]);
}

static struct nat64_prefix4 make_prefix4(u32 net, u8 len)
{
	return (struct nat64_prefix4){ .addr = htonl(net) & inet_make_mask(len), .len = len };
}

static void make_options(struct fuzz_rand *rand, struct nat64_config *config)
{
	unsigned int i;

	config->wkp_strict = fuzz_one_in(rand, 2);
	config->udp_zero_csum = fuzz_below(rand, NAT64_UDP_ZERO_CSUM_FORWARD + 1);
	config->tos = fuzz_one_in(rand, 4) ? NAT64_TOS_ZERO : NAT64_TOS_COPY;
	config->lowest_ipv6_mtu = fuzz_one_in(rand, 2) ? IPV6_MIN_MTU :
				  IPV6_MIN_MTU + fuzz_below(rand, 9000);
	config->idle_timeout = 1000;
	config->fast_refresh = 1000;
	config->quota = fuzz_one_in(rand, 3) ? 1 + fuzz_below(rand, 8) : 0;
	config->icmp_source = fuzz_one_in(rand, 2) ? htonl(0xcb007105) : 0;
	config->hash_key.key[0] = fuzz_u32(rand);
	config->n_pools = fuzz_below(rand, 3);
	for (i = 0; i < config->n_pools; i++)
		config->pools[i] = make_prefix4(0x0a400000 + (i << 16), 20 + fuzz_below(rand, 13));
	config->n_translatable = fuzz_below(rand, 2);
	config->translatable[0] = make_prefix4(0xcb007180, 25 + fuzz_below(rand, 8));
}

/* A mapping of its own /64 and /24, or somewhere within the first one's. */
static void make_map(struct fuzz_rand *rand, struct fuzz_table *table)
{
	struct fuzz_map *map = &table->maps[table->n_maps];
	unsigned int suffix = fuzz_one_in(rand, 2) ? 0 : fuzz_below(rand, 9);
	unsigned int extra = fuzz_one_in(rand, 3) ? fuzz_below(rand, 48) : 0;
	u32 place = table->overlaps && fuzz_one_in(rand, 2) ? 0 : table->n_maps;
	struct in6_addr addr6 = doc_prefix6(0x00ee0000 + place, 64).addr;
	u32 addr4 = 0xc6120000 + (place << 8);

	if (fuzz_one_in(rand, 2)) {
		addr6.s6_addr32[2] = htonl(fuzz_u32(rand) & 0xf);
		addr6.s6_addr32[3] = htonl(fuzz_u32(rand));
		addr4 |= fuzz_u32(rand) & 0xff;
	}
	map->prefix6.len = 128 - suffix - extra;
	ipv6_addr_prefix(&map->prefix6.addr, &addr6, map->prefix6.len);
	map->prefix4 = make_prefix4(addr4, 32 - suffix);
	table->n_maps++;
}

/**
 * fuzz_table_make() - make a random configuration
 * @rand: where from
 * @table: gets it
 */
void fuzz_table_make(struct fuzz_rand *rand, struct fuzz_table *table)
{
	unsigned int n = fuzz_below(rand, FUZZ_MAPS_MAX + 1);

	memset(table, 0, sizeof(*table));
	table->overlaps = fuzz_one_in(rand, 4);
	make_prefixes(rand, &table->config);
	make_options(rand, &table->config);
	while (table->n_maps < n)
		make_map(rand, table);
}

static const struct fuzz_map *find6(const struct fuzz_table *table, const struct in6_addr *addr6)
{
	const struct fuzz_map *best = NULL, *map;

	for (map = table->maps; map < table->maps + table->n_maps; map++)
		if (nat64_prefix6_contains(&map->prefix6, addr6) &&
		    (!best || map->prefix6.len > best->prefix6.len))
			best = map;
	return best;
}

static const struct fuzz_map *find4(const struct fuzz_table *table, __be32 addr4)
{
	const struct fuzz_map *best = NULL, *map;

	for (map = table->maps; map < table->maps + table->n_maps; map++)
		if (nat64_prefix4_contains(&map->prefix4, addr4) &&
		    (!best || map->prefix4.len > best->prefix4.len))
			best = map;
	return best;
}

static bool is_barred(const struct fuzz_table *table, const struct nat64_prefix6 *prefix,
		      __be32 addr4)
{
	return table->config.wkp_strict && nat64_rfc6052_is_wkp(prefix) &&
	       !nat64_addr4_is_global(addr4);
}

/* One bit at a time (RFC 7757, section 3.3). */
static __be32 map_to4(const struct fuzz_map *map, const struct in6_addr *addr6)
{
	u32 addr4 = ntohl(map->prefix4.addr);
	unsigned int i;

	for (i = 0; map->prefix4.len + i < 32; i++) {
		unsigned int bit = map->prefix6.len + i;

		if (addr6->s6_addr[bit / 8] & (0x80 >> bit % 8))
			addr4 |= 0x80000000 >> (map->prefix4.len + i);
	}
	return htonl(addr4);
}

static void map_to6(const struct fuzz_map *map, __be32 addr4, struct in6_addr *addr6)
{
	unsigned int i;

	*addr6 = map->prefix6.addr;
	for (i = 0; map->prefix4.len + i < 32; i++) {
		unsigned int bit = map->prefix6.len + i;

		if (ntohl(addr4) & (0x80000000 >> (map->prefix4.len + i)))
			addr6->s6_addr[bit / 8] |= 0x80 >> bit % 8;
	}
}

/**
 * fuzz_model_6to4() - what becomes of an IPv6 address
 * @nat: the instance, which knows the dynamic mappings
 * @table: its configuration
 * @addr6: the IPv6 address
 * @addr4: gets the IPv4 address
 *
 * Return: 0, NAT64_NOT_COVERED or a NAT64_DROP_*
 */
int fuzz_model_6to4(struct nat64 *nat, const struct fuzz_table *table,
		    const struct in6_addr *addr6, __be32 *addr4)
{
	const struct fuzz_map *map = find6(table, addr6);
	const struct nat64_map *dynamic;
	unsigned int i;

	if (map) {
		*addr4 = map_to4(map, addr6);
		return 0;
	}
	dynamic = nat64_table_find6(nat->dynamic.table, addr6);
	if (dynamic) {
		*addr4 = dynamic->addr4;
		return 0;
	}
	for (i = 0; i < table->config.n_prefixes; i++) {
		const struct nat64_prefix6 *prefix = &table->config.prefixes[i];

		if (!nat64_prefix6_contains(prefix, addr6))
			continue;
		*addr4 = nat64_rfc6052_extract(prefix, addr6);
		return is_barred(table, prefix, *addr4) ? NAT64_DROP_WKP_STRICT : 0;
	}
	return NAT64_NOT_COVERED;
}

/**
 * fuzz_model_src_6to4() - the same for the address of an IPv6 host, which may be a forgery
 * @nat: the instance
 * @table: its configuration
 * @addr6: the IPv6 address
 * @addr4: gets the IPv4 address
 *
 * Return: as fuzz_model_6to4(), or NAT64_DROP_FORGED6
 */
int fuzz_model_src_6to4(struct nat64 *nat, const struct fuzz_table *table,
			const struct in6_addr *addr6, __be32 *addr4)
{
	int reason = fuzz_model_6to4(nat, table, addr6, addr4);
	unsigned int i;

	if (reason == NAT64_NOT_COVERED || find6(table, addr6) ||
	    nat64_table_find6(nat->dynamic.table, addr6))
		return reason;
	for (i = 0; i < table->config.n_translatable; i++)
		if (nat64_prefix4_contains(&table->config.translatable[i], *addr4))
			return reason;
	return NAT64_DROP_FORGED6;
}

/**
 * fuzz_spoken() - the number of the prefix by which a host is answered
 * @nat: the instance, which knows what the host has last spoken by
 * @host4: the host's IPv4 address
 */
unsigned int fuzz_spoken(const struct nat64 *nat, __be32 host4)
{
	const struct nat64_config *config = rcu_dereference_protected(nat->config, true);
	const struct nat64_map *map = nat64_lookup4(nat, config, host4);

	return map && map->spoken < config->n_prefixes ? map->spoken : 0;
}

/**
 * fuzz_is_behind() - whether an address is surely that of a host behind the router
 * @nat: the instance
 * @addr4: the IPv4 address
 *
 * No others have a dynamic mapping.
 */
bool fuzz_is_behind(const struct nat64 *nat, __be32 addr4)
{
	const struct nat64_config *config = rcu_dereference_protected(nat->config, true);
	const struct nat64_map *map = nat64_lookup4(nat, config, addr4);

	return map && map->type == NAT64_MAP_DYNAMIC;
}

/* Whether an IPv4 address has a mapping; its IPv6 address then. */
static bool model_mapped4(struct nat64 *nat, const struct fuzz_table *table, __be32 addr4,
			  struct in6_addr *addr6)
{
	const struct fuzz_map *map = find4(table, addr4);
	const struct nat64_map *dynamic = nat64_table_find4(nat->dynamic.table, addr4);

	if (map)
		map_to6(map, addr4, addr6);
	else if (dynamic)
		*addr6 = dynamic->addr6;
	return map || dynamic;
}

static int model_embedded(const struct fuzz_table *table, __be32 addr4, unsigned int number,
			  struct in6_addr *addr6)
{
	const struct nat64_prefix6 *prefix = &table->config.prefixes[number];

	if (!table->config.n_prefixes)
		return NAT64_DROP_NO_PREFIX;
	/* There are two prefixes at most, and one of them may be barred. */
	if (is_barred(table, prefix, addr4) && table->config.n_prefixes > 1)
		prefix = &table->config.prefixes[!number];
	nat64_rfc6052_embed(prefix, addr4, addr6);
	return is_barred(table, prefix, addr4) ? NAT64_DROP_WKP_STRICT : 0;
}

/**
 * fuzz_model_4to6() - what becomes of an IPv4 address
 * @nat: the instance
 * @table: its configuration
 * @addr4: the IPv4 address
 * @number: of the prefix to embed it in
 * @addr6: gets the IPv6 address
 *
 * Return: 0, or a NAT64_DROP_* where it cannot be embedded
 */
int fuzz_model_4to6(struct nat64 *nat, const struct fuzz_table *table, __be32 addr4,
		    unsigned int number, struct in6_addr *addr6)
{
	if (model_mapped4(nat, table, addr4, addr6))
		return 0;
	return model_embedded(table, addr4, number, addr6);
}

/**
 * fuzz_model_quoted_4to6() - what becomes of the destination of a packet that an IPv4 error quotes
 * @nat: the instance
 * @table: its configuration
 * @host4: who sent the packet
 * @addr4: the destination
 * @hairpin: whether the error came from the device
 * @addr6: gets the IPv6 address
 *
 * One host reaches another one by the prefix.
 *
 * Return: 0, or a NAT64_DROP_* where it cannot be embedded
 */
int fuzz_model_quoted_4to6(struct nat64 *nat, const struct fuzz_table *table, __be32 host4,
			   __be32 addr4, bool hairpin, struct in6_addr *addr6)
{
	unsigned int number = fuzz_spoken(nat, host4);
	u8 len;

	hairpin |= model_mapped4(nat, table, host4, addr6) &&
		   !nat64_addr4_is_elsewhere(nat->dev, addr4, &len);
	if (hairpin && table->config.n_prefixes)
		return model_embedded(table, addr4, number, addr6);
	return fuzz_model_4to6(nat, table, addr4, number, addr6);
}

static const __be32 odd4[] = {
	htonl(0x00000000), htonl(0x7f000001), htonl(0xe0000001), htonl(0xffffffff),
	htonl(0xa9fe0101), htonl(0x0a000001), htonl(0xc0000009), htonl(0xcb007101),
	htonl(0xcb007109), /* the router's own (scripts/uml/fuzz.sh) */
};

static const struct in6_addr odd6[] = {
	IN6ADDR_ANY_INIT, IN6ADDR_LOOPBACK_INIT, IN6ADDR_LINKLOCAL_ALLNODES_INIT,
	{ .s6_addr32 = { htonl(0xfe800000), 0, 0, htonl(1) } },
	{ .s6_addr32 = { 0, 0, htonl(0xffff), htonl(0x08080808) } },
	{ .s6_addr32 = { htonl(0xfd000000), 0, 0, htonl(1) } },
};

/* A random address of a prefix. */
static __be32 random_in4(struct fuzz_rand *rand, const struct nat64_prefix4 *prefix)
{
	return prefix->addr | (htonl(fuzz_u32(rand)) & ~inet_make_mask(prefix->len));
}

static void random_in6(struct fuzz_rand *rand, const struct nat64_prefix6 *prefix,
		       struct in6_addr *addr6)
{
	struct in6_addr mask;
	unsigned int i;

	memset(&mask, 0xff, sizeof(mask));
	ipv6_addr_prefix(&mask, &mask, prefix->len);
	for (i = 0; i < 4; i++)
		addr6->s6_addr32[i] = prefix->addr.s6_addr32[i] |
				      (htonl(fuzz_u32(rand)) & ~mask.s6_addr32[i]);
}

/**
 * fuzz_addr4() - make an IPv4 address
 * @rand: where from
 * @table: the configuration
 * @host: whether of a host on the IPv6 side, rather than of a peer
 *
 * Return: the address, network byte order
 */
__be32 fuzz_addr4(struct fuzz_rand *rand, const struct fuzz_table *table, bool host)
{
	const struct nat64_config *config = &table->config;

	if (fuzz_one_in(rand, 40))
		return FUZZ_PICK(rand, odd4);
	if (fuzz_one_in(rand, host ? 20 : 4))
		return htonl(fuzz_u32(rand));
	if (!host && !fuzz_one_in(rand, 8))
		return htonl(0x08080800 + fuzz_below(rand, 256));
	if (table->n_maps && !fuzz_one_in(rand, 4))
		return random_in4(rand, &table->maps[fuzz_below(rand, table->n_maps)].prefix4);
	if (config->n_pools && !fuzz_one_in(rand, 4))
		return random_in4(rand, &config->pools[fuzz_below(rand, config->n_pools)]);
	return random_in4(rand, &config->translatable[0]);
}

/**
 * fuzz_addr6() - make an IPv6 address
 * @rand: where from
 * @table: the configuration
 * @host: whether of a host on the IPv6 side, rather than of a peer
 * @addr6: gets the address
 */
void fuzz_addr6(struct fuzz_rand *rand, const struct fuzz_table *table, bool host,
		struct in6_addr *addr6)
{
	const struct nat64_config *config = &table->config;
	struct nat64_prefix6 lan = doc_prefix6(fuzz_below(rand, 8), 64);
	const struct nat64_prefix6 *prefix;

	if (fuzz_one_in(rand, 40)) {
		*addr6 = FUZZ_PICK(rand, odd6);
	} else if (config->n_prefixes && (host ? fuzz_one_in(rand, 16) : !fuzz_one_in(rand, 8))) {
		prefix = &config->prefixes[fuzz_below(rand, config->n_prefixes)];
		random_in6(rand, prefix, addr6);
		if (!fuzz_one_in(rand, 8))
			nat64_rfc6052_embed(prefix,
					    fuzz_addr4(rand, table, host || fuzz_one_in(rand, 8)),
					    addr6);
	} else if (table->n_maps && !fuzz_one_in(rand, 3)) {
		random_in6(rand, &table->maps[fuzz_below(rand, table->n_maps)].prefix6, addr6);
	} else {
		*addr6 = lan.addr;
		addr6->s6_addr32[3] = htonl(1 + fuzz_below(rand, 16));
	}
}
