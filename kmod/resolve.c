// SPDX-License-Identifier: GPL-2.0
/*
 * What are the new addresses of this packet? The translator asks here and nowhere else; it does
 * not know how the answer is found.
 *
 * All functions need the RCU read side, and softirqs off where they may make a mapping.
 */

#include "resolve.h"
#include "dynamic.h"
#include "elsewhere.h"
#include "lookup.h"
#include "own.h"

#include <linux/inetdevice.h>

static bool nat64_barred_by_wkp(const struct nat64_config *config,
				const struct nat64_prefix6 *prefix, __be32 addr4)
{
	return config->wkp_strict && nat64_rfc6052_is_wkp(prefix) &&
	       !nat64_addr4_is_global(addr4);
}

/* The entry that tells the IPv4 address of an IPv6 one: a mapping, else an RFC 6052 prefix. */
struct nat64_entry6 {
	struct nat64_map *map;
	const struct nat64_prefix6 *prefix;
};

static int nat64_resolve_6to4(struct nat64 *nat, const struct nat64_config *config,
			      const struct in6_addr *addr6, __be32 *addr4,
			      struct nat64_entry6 *entry)
{
	const struct nat64_prefix6 *prefix = nat64_config_find_prefix(config, addr6);
	struct nat64_map *map = NULL;

	if (!prefix || unlikely(READ_ONCE(config->prefix_mapped)))
		map = nat64_lookup6(nat, config, addr6);
	entry->map = map;
	entry->prefix = prefix;
	if (map) {
		*addr4 = nat64_map_to4(map, addr6);
		return 0;
	}
	if (!prefix)
		return NAT64_NOT_COVERED;

	*addr4 = nat64_rfc6052_extract(prefix, addr6);
	if (nat64_barred_by_wkp(config, prefix, *addr4))
		return NAT64_STAT_DROP_WKP_STRICT;
	return 0;
}

/*
 * Whether nobody can have the IPv4 address that an IPv6 host speaks from: within the prefix are
 * the addresses of IPv4 hosts, which do not come from the IPv6 side unless they are translatable
 * (RFC 6146, section 5); and nobody but the router has the router's own, unless a mapping of just
 * that host says so.
 */
static bool nat64_is_forged(const struct nat64 *nat, const struct nat64_config *config,
			    const struct nat64_entry6 *entry, __be32 addr4)
{
	if (entry->map)
		return entry->map->len4 < 32 && nat64_is_own4(nat, addr4);
	return entry->prefix &&
	       (!nat64_config_find_translatable(config, addr4) || nat64_is_own4(nat, addr4));
}

/* In the prefix of that number, or where that is barred for the address, in one that is not. */
static int nat64_embed(const struct nat64_config *config, u8 number, __be32 addr4,
		       struct in6_addr *addr6)
{
	const struct nat64_prefix6 *prefix = &config->prefixes[number];
	unsigned int i;

	if (!config->n_prefixes)
		return NAT64_STAT_DROP_NO_PREFIX;
	for (i = 0; unlikely(nat64_barred_by_wkp(config, prefix, addr4)); i++) {
		if (i == config->n_prefixes)
			return NAT64_STAT_DROP_WKP_STRICT;
		prefix = &config->prefixes[i];
	}
	nat64_rfc6052_embed(prefix, addr4, addr6);
	return 0;
}

/*
 * The prefix by which a host has to be answered, or the first one: the host may not have spoken
 * yet, or by one that is no longer there.
 */
static u8 nat64_spoken(const struct nat64_config *config, const struct nat64_map *map)
{
	u8 spoken = READ_ONCE(map->spoken);

	return likely(spoken < config->n_prefixes) ? spoken : 0;
}

/* A host: by a mapping, else it is translatable. Tells the prefix for its peer. */
static int nat64_resolve_host_4to6(struct nat64 *nat, const struct nat64_config *config,
				   __be32 addr4, struct in6_addr *addr6, u8 *prefix)
{
	struct nat64_map *map = nat64_lookup4(nat, config, addr4);

	*prefix = 0;
	if (!map)
		return nat64_embed(config, 0, addr4, addr6);

	*prefix = nat64_spoken(config, map);
	nat64_map_to6(map, addr4, addr6);
	return 0;
}

/*
 * By a mapping, else embedded. A hairpinned peer is embedded even if it has a mapping, for the
 * host that gets the packet has to answer through the translator (RFC 7757, section 4).
 */
static int nat64_resolve_peer_4to6(struct nat64 *nat, const struct nat64_config *config,
				   __be32 addr4, struct in6_addr *addr6, u8 prefix,
				   bool hairpin)
{
	struct nat64_map *map = NULL;

	if (!hairpin || !config->n_prefixes)
		map = nat64_lookup4(nat, config, addr4);
	if (!map)
		return nat64_embed(config, prefix, addr4, addr6);

	nat64_map_to6(map, addr4, addr6);
	return 0;
}

/*
 * Whether an IPv6 destination is the router itself, which is left alone unless a mapping of just
 * that address says otherwise.
 */
static bool nat64_is_router6(const struct nat64 *nat, const struct nat64_entry6 *entry,
			     const struct in6_addr *addr6)
{
	if (entry->map)
		return entry->map->len6 < 128 && nat64_is_own6(nat, addr6);
	return entry->prefix && nat64_is_own6_in_prefix(nat, addr6);
}

/**
 * nat64_resolve_dst_6to4() - the IPv4 destination of an IPv6 packet
 * @nat: the instance
 * @config: its configuration
 * @addrs: holds daddr6, gets daddr4 and prefix
 *
 * Return: 0, NAT64_NOT_COVERED or a NAT64_STAT_DROP_*
 */
int nat64_resolve_dst_6to4(struct nat64 *nat, const struct nat64_config *config,
			   struct nat64_addrs *addrs)
{
	struct nat64_entry6 entry;
	int reason;

	reason = nat64_resolve_6to4(nat, config, &addrs->daddr6, &addrs->daddr4, &entry);
	if (nat64_is_router6(nat, &entry, &addrs->daddr6))
		return NAT64_NOT_COVERED;
	addrs->prefix = entry.prefix && !entry.map ? entry.prefix - config->prefixes :
						     NAT64_NO_PREFIX;
	if (!reason && !nat64_addr4_is_translatable(addrs->daddr4))
		return NAT64_STAT_DROP_DST4;
	return reason;
}

/**
 * nat64_resolve_src_6to4() - the IPv4 source of an IPv6 packet
 * @nat: the instance
 * @config: its configuration
 * @addrs: holds saddr6 and prefix, gets saddr4
 *
 * Makes a dynamic mapping where there is none; for a question, says which one it would be. The
 * mapping remembers the prefix, so that the host is answered by the one that it has used.
 *
 * Return: 0 or a NAT64_STAT_DROP_*
 */
int nat64_resolve_src_6to4(struct nat64 *nat, const struct nat64_config *config,
			   struct nat64_addrs *addrs)
{
	struct nat64_entry6 entry;
	int reason;

	if (unlikely(!nat64_addr6_is_translatable(&addrs->saddr6)))
		return NAT64_STAT_DROP_SRC6;

	reason = nat64_resolve_6to4(nat, config, &addrs->saddr6, &addrs->saddr4, &entry);
	if (nat64_is_forged(nat, config, &entry, addrs->saddr4))
		return NAT64_STAT_DROP_FORGED6;
	/*
	 * Nothing else keeps a dynamic mapping alive: whoever scans a pool from the IPv4 side must
	 * not fill it for ever (RFC 4787, REQ-6; RFC 5508, section 4).
	 */
	if (entry.map && !config->probe)
		nat64_map_touch(entry.map);
	if (unlikely(reason == NAT64_NOT_COVERED)) {
		reason = config->probe ?
			 nat64_dynamic_preview(nat, config, &addrs->saddr6, &addrs->saddr4) :
			 nat64_dynamic_create(nat, &addrs->saddr6, &addrs->saddr4);
		if (!reason)
			entry.map = nat64_lookup6(nat, config, &addrs->saddr6);
	}
	if (entry.map && addrs->prefix != NAT64_NO_PREFIX)
		nat64_map_speak(entry.map, addrs->prefix, config->probe);
	if (!reason && !nat64_addr4_is_translatable(addrs->saddr4))
		return NAT64_STAT_DROP_SRC4;
	return reason;
}

/**
 * nat64_resolve_inner_6to4() - both IPv4 addresses of the packet that an ICMPv6 error is about
 * @nat: the instance
 * @config: its configuration
 * @addrs: holds the IPv6 addresses, gets the IPv4 ones
 *
 * The inner packet went the other way: its destination is the host, which must be one that could
 * have answered it. Anything else would be an error about the traffic of others.
 *
 * Return: 0, NAT64_STAT_DROP_ICMP_INNER or NAT64_STAT_DROP_FORGED6
 */
int nat64_resolve_inner_6to4(struct nat64 *nat, const struct nat64_config *config,
			     struct nat64_addrs *addrs)
{
	struct nat64_entry6 entry;
	int reason;

	reason = nat64_resolve_6to4(nat, config, &addrs->daddr6, &addrs->daddr4, &entry);
	if (nat64_is_forged(nat, config, &entry, addrs->daddr4))
		return NAT64_STAT_DROP_FORGED6;
	if (reason ||
	    nat64_resolve_6to4(nat, config, &addrs->saddr6, &addrs->saddr4, &entry) ||
	    !nat64_addr4_is_translatable(addrs->saddr4) ||
	    !nat64_addr4_is_translatable(addrs->daddr4))
		return NAT64_STAT_DROP_ICMP_INNER;
	return 0;
}

/**
 * nat64_resolve_error_src_6to4() - the IPv4 source of an ICMPv6 error
 * @nat: the instance
 * @config: its configuration
 * @addrs: holds saddr6 and daddr4, gets saddr4
 *
 * Routers on the IPv6 path seldom have an IPv4 address, and an error is no reason to give them
 * one of the pool: the error comes from the configured address, or the device's own (RFC 6791).
 * So do the errors of this router, whatever address it has.
 *
 * Return: 0 or a NAT64_STAT_DROP_*
 */
int nat64_resolve_error_src_6to4(struct nat64 *nat, const struct nat64_config *config,
				 struct nat64_addrs *addrs)
{
	struct nat64_entry6 entry;
	bool forged;
	int reason;

	if (unlikely(!nat64_addr6_is_translatable(&addrs->saddr6)))
		return NAT64_STAT_DROP_SRC6;

	reason = nat64_resolve_6to4(nat, config, &addrs->saddr6, &addrs->saddr4, &entry);
	forged = nat64_is_forged(nat, config, &entry, addrs->saddr4);
	if (!reason && !forged && nat64_addr4_is_translatable(addrs->saddr4))
		return 0;
	if (forged && !nat64_is_own6(nat, &addrs->saddr6))
		return NAT64_STAT_DROP_FORGED6;

	addrs->saddr4 = config->icmp_source;
	if (!addrs->saddr4)
		addrs->saddr4 = inet_select_addr(nat->dev, 0, RT_SCOPE_UNIVERSE);
	if (!addrs->saddr4)
		addrs->saddr4 = htonl(INADDR_DUMMY);
	return 0;
}

/**
 * nat64_resolve_dst_4to6() - the IPv6 destination of an IPv4 packet
 * @nat: the instance
 * @config: its configuration
 * @addrs: holds daddr4, gets daddr6 and prefix
 *
 * Return: 0, NAT64_NOT_COVERED or a NAT64_STAT_DROP_*
 */
int nat64_resolve_dst_4to6(struct nat64 *nat, const struct nat64_config *config,
			   struct nat64_addrs *addrs)
{
	struct nat64_map *map;
	bool translatable;
	u8 len;

	if (unlikely(!nat64_addr4_is_translatable(addrs->daddr4)))
		return NAT64_NOT_COVERED;

	map = nat64_lookup4(nat, config, addrs->daddr4);
	translatable = !map && nat64_config_find_translatable(config, addrs->daddr4);
	if (!map && !translatable && !nat64_config_find_pool(config, addrs->daddr4))
		return NAT64_NOT_COVERED;
	/* The router itself is left alone, unless a mapping of just that address says otherwise. */
	if ((!map || map->len4 < 32) && nat64_is_own4(nat, addrs->daddr4))
		return NAT64_NOT_COVERED;

	addrs->prefix = 0;
	if (map) {
		addrs->prefix = nat64_spoken(config, map);
		nat64_map_to6(map, addrs->daddr4, &addrs->daddr6);
		return 0;
	}
	if (translatable)
		return nat64_embed(config, 0, addrs->daddr4, &addrs->daddr6);
	/* Some addresses of a pool may be routed elsewhere, and are left alone. */
	return nat64_addr4_is_elsewhere(nat->dev, addrs->daddr4, &len) ?
	       NAT64_NOT_COVERED : NAT64_STAT_DROP_NO_MAPPING4;
}

/**
 * nat64_resolve_src_4to6() - the IPv6 source of an IPv4 packet
 * @nat: the instance
 * @config: its configuration
 * @addrs: holds saddr4 and prefix, gets saddr6
 * @hairpin: whether the instance has just made the packet out of an IPv6 one
 *
 * Return: 0 or a NAT64_STAT_DROP_*
 */
int nat64_resolve_src_4to6(struct nat64 *nat, const struct nat64_config *config,
			   struct nat64_addrs *addrs, bool hairpin)
{
	if (unlikely(!nat64_addr4_is_translatable(addrs->saddr4)))
		return NAT64_STAT_DROP_SRC4;
	return nat64_resolve_peer_4to6(nat, config, addrs->saddr4, &addrs->saddr6, addrs->prefix,
				       hairpin);
}

/**
 * nat64_resolve_inner_4to6() - both IPv6 addresses of the packet that an ICMP error is about
 * @nat: the instance
 * @config: its configuration
 * @addrs: holds the IPv4 addresses, gets the IPv6 ones
 * @hairpin: whether the instance has just made the error out of an ICMPv6 one
 *
 * The inner packet goes the other way: its destination is the peer.
 *
 * Return: 0 or NAT64_STAT_DROP_ICMP_INNER
 */
int nat64_resolve_inner_4to6(struct nat64 *nat, const struct nat64_config *config,
			     struct nat64_addrs *addrs, bool hairpin)
{
	if (!nat64_addr4_is_translatable(addrs->saddr4) ||
	    !nat64_addr4_is_translatable(addrs->daddr4) ||
	    nat64_resolve_host_4to6(nat, config, addrs->saddr4, &addrs->saddr6, &addrs->prefix) ||
	    nat64_resolve_peer_4to6(nat, config, addrs->daddr4, &addrs->daddr6, addrs->prefix,
				    hairpin))
		return NAT64_STAT_DROP_ICMP_INNER;
	return 0;
}

/**
 * nat64_resolve_error_src_4to6() - the IPv6 source of an ICMP error
 * @nat: the instance
 * @config: its configuration
 * @addrs: holds saddr4, daddr6 and prefix, gets saddr6
 * @hairpin: as for nat64_resolve_src_4to6()
 *
 * Where the source cannot be embedded (a router with a private address behind the well-known
 * prefix, this one perhaps) the error comes from the device's own address: path MTU discovery
 * must not depend on it.
 *
 * Return: 0 or a NAT64_STAT_DROP_*
 */
int nat64_resolve_error_src_4to6(struct nat64 *nat, const struct nat64_config *config,
				 struct nat64_addrs *addrs, bool hairpin)
{
	int reason = nat64_resolve_src_4to6(nat, config, addrs, hairpin);

	if (reason != NAT64_STAT_DROP_WKP_STRICT && reason != NAT64_STAT_DROP_NO_PREFIX)
		return reason;
	if (ipv6_dev_get_saddr(dev_net(nat->dev), nat->dev, &addrs->daddr6, 0, &addrs->saddr6))
		return reason;
	return 0;
}
