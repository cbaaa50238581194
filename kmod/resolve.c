// SPDX-License-Identifier: GPL-2.0
/*
 * What are the new addresses of this packet? The translator asks here and
 * nowhere else; it does not know how the answer is found.
 */

#include "resolve.h"
#include "dynamic.h"
#include "elsewhere.h"
#include "lookup.h"
#include "own.h"

#include <linux/inetdevice.h>

static bool nat64_barred_by_wkp(const struct nat64_config *config,
				const struct nat64_prefix6 *prefix,
				__be32 addr4)
{
	return config->wkp_strict && nat64_rfc6052_is_wkp(prefix) &&
	       !nat64_addr4_is_global(addr4);
}

/*
 * The entry that gives an IPv6 address its IPv4 address: a mapping, else an RFC
 * 6052 prefix.
 */
struct nat64_entry6 {
	struct nat64_map *map;
	const struct nat64_prefix6 *prefix;
};

static enum nat64_verdict nat64_entry_6to4(const struct nat64_context *ctx,
					   const struct in6_addr *addr6,
					   __be32 *addr4,
					   struct nat64_entry6 *entry)
{
	const struct nat64_config *config = ctx->config;
	const struct nat64_prefix6 *prefix;
	struct nat64_map *map = NULL;

	prefix = nat64_config_find_prefix(config, addr6);
	if (!prefix || unlikely(READ_ONCE(config->prefix_mapped)))
		map = nat64_lookup6(ctx->nat, config, addr6);
	entry->map = map;
	entry->prefix = prefix;
	if (map) {
		*addr4 = nat64_map_to4(map, addr6);
		return NAT64_OK;
	}
	if (!prefix)
		return NAT64_NOT_COVERED;

	*addr4 = nat64_rfc6052_extract(prefix, addr6);
	if (nat64_barred_by_wkp(config, prefix, *addr4))
		return NAT64_DROP_WKP_STRICT;
	return NAT64_OK;
}

/*
 * Whether the user has mapped exactly this IPv4 address to a host. A dynamic
 * mapping is nobody's wish, and may be older than an address of the router.
 */
static bool nat64_is_explicit4(const struct nat64_map *map)
{
	return map->len4 == 32 && map->type != NAT64_MAP_DYNAMIC;
}

/*
 * Whether an IPv6 host cannot have the IPv4 address that it speaks from. A
 * prefix contains the addresses of IPv4 hosts, and these do not come from the
 * IPv6 side unless they are translatable (RFC 6146, section 5). Only the router
 * has its own address, unless a mapping of exactly that address says otherwise.
 */
static bool nat64_is_forged(const struct nat64_context *ctx,
			    const struct nat64_entry6 *entry, __be32 addr4)
{
	if (entry->map)
		return !nat64_is_explicit4(entry->map) && nat64_is_own4(ctx->nat, addr4);
	return entry->prefix &&
	       (!nat64_config_find_translatable(ctx->config, addr4) ||
		nat64_is_own4(ctx->nat, addr4));
}

/*
 * Embed an address in the prefix of that number. If that is barred for the
 * address, use the first prefix that is not.
 */
static enum nat64_verdict nat64_embed(const struct nat64_config *config,
				      u8 number, __be32 addr4,
				      struct in6_addr *addr6)
{
	const struct nat64_prefix6 *prefix = &config->prefixes[number];
	unsigned int i;

	if (!config->n_prefixes)
		return NAT64_DROP_NO_PREFIX;
	for (i = 0; unlikely(nat64_barred_by_wkp(config, prefix, addr4)); i++) {
		if (i == config->n_prefixes)
			return NAT64_DROP_WKP_STRICT;
		prefix = &config->prefixes[i];
	}
	nat64_rfc6052_embed(prefix, addr4, addr6);
	return NAT64_OK;
}

/*
 * The prefix by which a host has to be answered. It is the first one if the
 * host has not spoken yet, or has used one that is no longer there.
 */
static u8 nat64_spoken(const struct nat64_config *config,
		       const struct nat64_map *map)
{
	u8 spoken = READ_ONCE(map->spoken);

	return likely(spoken < config->n_prefixes) ? spoken : 0;
}

/*
 * Translate a host: by its mapping, which may be NULL, else as translatable.
 * @prefix gets the prefix for its peer.
 */
static enum nat64_verdict nat64_host_4to6(const struct nat64_config *config,
					  const struct nat64_map *map,
					  __be32 addr4, struct in6_addr *addr6,
					  u8 *prefix)
{
	*prefix = 0;
	if (!map)
		return nat64_embed(config, 0, addr4, addr6);

	*prefix = nat64_spoken(config, map);
	nat64_map_to6(map, addr4, addr6);
	return NAT64_OK;
}

/*
 * Translate a peer: by its mapping, else embedded. The peer of a hairpin is
 * embedded even if it has a mapping, so that the host that gets the packet
 * answers through the translator (RFC 7757, section 4).
 */
static enum nat64_verdict nat64_peer_4to6(const struct nat64_context *ctx,
					  __be32 addr4, struct in6_addr *addr6,
					  u8 prefix)
{
	struct nat64_map *map = NULL;

	if (!ctx->hairpin || !ctx->config->n_prefixes)
		map = nat64_lookup4(ctx->nat, ctx->config, addr4);
	if (!map)
		return nat64_embed(ctx->config, prefix, addr4, addr6);
	/* Only hosts behind us have dynamic mappings. Their packets to each other are hairpins. */
	if (unlikely(map->type == NAT64_MAP_DYNAMIC && !ctx->hairpin))
		return NAT64_DROP_FORGED4;

	nat64_map_to6(map, addr4, addr6);
	return NAT64_OK;
}

/*
 * Whether an IPv6 destination is the router itself. We leave that alone, unless
 * a mapping of exactly that address says otherwise.
 */
static bool nat64_is_router6(const struct nat64 *nat,
			     const struct nat64_entry6 *entry,
			     const struct in6_addr *addr6)
{
	if (entry->map)
		return entry->map->len6 < 128 && nat64_is_own6(nat, addr6);
	return entry->prefix && nat64_is_own6_in_prefix(nat, addr6);
}

/* The roles are not inline, so that none of them pays for another's stack. */
static noinline enum nat64_verdict
nat64_dst_addr_6to4(const struct nat64_context *ctx, struct nat64_tuple *tuple)
{
	enum nat64_verdict verdict;
	struct nat64_entry6 entry;

	verdict = nat64_entry_6to4(ctx, &tuple->daddr6, &tuple->daddr4, &entry);
	/* IPv6 packets to a host behind us, or to the router itself, need no translation. */
	if (entry.map && entry.map->type == NAT64_MAP_DYNAMIC)
		return NAT64_NOT_COVERED;
	if (nat64_is_router6(ctx->nat, &entry, &tuple->daddr6))
		return NAT64_NOT_COVERED;
	tuple->prefix = entry.prefix && !entry.map ?
			entry.prefix - ctx->config->prefixes : NAT64_NO_PREFIX;
	if (!verdict && !nat64_addr4_is_translatable(tuple->daddr4))
		return NAT64_DROP_DST4;
	return verdict;
}

/*
 * Make a dynamic mapping for a host that has none. For a probe, only find out
 * which one it would be.
 */
static enum nat64_verdict nat64_new_6to4(const struct nat64_context *ctx,
					 const struct in6_addr *addr6,
					 __be32 *addr4)
{
	if (ctx->probe)
		return nat64_dynamic_preview(ctx->nat, ctx->config, addr6, addr4);
	return nat64_dynamic_create(ctx->nat, addr6, addr4);
}

/*
 * The mapping remembers the prefix, so that the host is answered by the one
 * that it has used.
 */
static noinline enum nat64_verdict
nat64_src_addr_6to4(const struct nat64_context *ctx, struct nat64_tuple *tuple)
{
	enum nat64_verdict verdict;
	struct nat64_entry6 entry;

	if (unlikely(!nat64_addr6_is_translatable(&tuple->saddr6)))
		return NAT64_DROP_SRC6;

	verdict = nat64_entry_6to4(ctx, &tuple->saddr6, &tuple->saddr4, &entry);
	if (nat64_is_forged(ctx, &entry, tuple->saddr4))
		return NAT64_DROP_FORGED6;
	/*
	 * Nothing else keeps a dynamic mapping alive: whoever scans a pool from
	 * the IPv4 side must not fill it for ever (RFC 4787, REQ-6; RFC 5508,
	 * section 4).
	 */
	if (entry.map && !ctx->probe)
		nat64_map_touch(entry.map);
	if (unlikely(verdict == NAT64_NOT_COVERED)) {
		verdict = nat64_new_6to4(ctx, &tuple->saddr6, &tuple->saddr4);
		if (!verdict)
			entry.map = nat64_lookup6(ctx->nat, ctx->config, &tuple->saddr6);
	}
	if (entry.map && tuple->prefix != NAT64_NO_PREFIX && !ctx->probe)
		nat64_map_speak(entry.map, tuple->prefix);
	if (!verdict && !nat64_addr4_is_translatable(tuple->saddr4))
		return NAT64_DROP_SRC4;
	return verdict;
}

/*
 * The packet's destination must be a host that could have answered it. Anything
 * else would be an error about the traffic of others.
 */
static noinline enum nat64_verdict
nat64_inner_6to4(const struct nat64_context *ctx, struct nat64_tuple *tuple)
{
	enum nat64_verdict verdict;
	struct nat64_entry6 entry;

	verdict = nat64_entry_6to4(ctx, &tuple->daddr6, &tuple->daddr4, &entry);
	if (nat64_is_forged(ctx, &entry, tuple->daddr4))
		return NAT64_DROP_FORGED6;
	if (verdict ||
	    nat64_entry_6to4(ctx, &tuple->saddr6, &tuple->saddr4, &entry) ||
	    !nat64_addr4_is_translatable(tuple->saddr4) ||
	    !nat64_addr4_is_translatable(tuple->daddr4))
		return NAT64_DROP_ICMP_INNER;
	return NAT64_OK;
}

/* The source for errors whose sender has no IPv4 address (RFC 6791). */
static __be32 nat64_icmp_source(const struct nat64_context *ctx)
{
	return ctx->config->icmp_source ?:
	       inet_select_addr(ctx->nat->dev, 0, RT_SCOPE_UNIVERSE) ?:
	       htonl(INADDR_DUMMY);
}

/*
 * Routers on the IPv6 path seldom have an IPv4 address, and an error is no
 * reason to give them one from the pool: the error comes from the configured
 * address, or the device's own. So do the errors of this router, whatever its
 * address.
 */
static noinline enum nat64_verdict
nat64_error_src_6to4(const struct nat64_context *ctx, struct nat64_tuple *tuple)
{
	enum nat64_verdict verdict;
	struct nat64_entry6 entry;
	bool forged;

	if (unlikely(!nat64_addr6_is_translatable(&tuple->saddr6)))
		return NAT64_DROP_SRC6;

	verdict = nat64_entry_6to4(ctx, &tuple->saddr6, &tuple->saddr4, &entry);
	forged = nat64_is_forged(ctx, &entry, tuple->saddr4);
	if (!verdict && !forged && nat64_addr4_is_translatable(tuple->saddr4))
		return NAT64_OK;
	if (forged && !nat64_is_own6(ctx->nat, &tuple->saddr6))
		return NAT64_DROP_FORGED6;
	tuple->saddr4 = nat64_icmp_source(ctx);
	return NAT64_OK;
}

static noinline enum nat64_verdict
nat64_dst_addr_4to6(const struct nat64_context *ctx, struct nat64_tuple *tuple)
{
	const struct nat64_config *config = ctx->config;
	__be32 addr4 = tuple->daddr4;
	struct nat64_map *map;
	bool translatable;
	u8 len;

	if (unlikely(!nat64_addr4_is_translatable(addr4)))
		return NAT64_NOT_COVERED;

	map = nat64_lookup4(ctx->nat, config, addr4);
	translatable = !map && nat64_config_find_translatable(config, addr4);
	if (!map && !translatable && !nat64_config_find_pool(config, addr4))
		return NAT64_NOT_COVERED;
	/*
	 * Leave the router itself alone, unless a mapping of exactly that
	 * address says otherwise.
	 */
	if ((!map || !nat64_is_explicit4(map)) && nat64_is_own4(ctx->nat, addr4))
		return NAT64_NOT_COVERED;

	tuple->prefix = 0;
	if (map) {
		tuple->prefix = nat64_spoken(config, map);
		nat64_map_to6(map, addr4, &tuple->daddr6);
		return NAT64_OK;
	}
	if (translatable)
		return nat64_embed(config, 0, addr4, &tuple->daddr6);
	/*
	 * Leave addresses of a pool alone that are routed elsewhere.
	 */
	return nat64_addr4_is_elsewhere(ctx->nat->dev, addr4, &len) ?
	       NAT64_NOT_COVERED : NAT64_DROP_NO_MAPPING4;
}

static noinline enum nat64_verdict
nat64_src_addr_4to6(const struct nat64_context *ctx, struct nat64_tuple *tuple)
{
	if (unlikely(!nat64_addr4_is_translatable(tuple->saddr4)))
		return NAT64_DROP_SRC4;
	if (ctx->from && !ctx->hairpin &&
	    nat64_is_martian4(ctx->nat, ctx->from, tuple->saddr4))
		return NAT64_DROP_FORGED4;
	return nat64_peer_4to6(ctx, tuple->saddr4, &tuple->saddr6,
			       tuple->prefix);
}

/* Whether an IPv4 address is that of a host of ours: mapped, and not routed elsewhere. */
static bool nat64_is_host4(const struct nat64_context *ctx, __be32 addr4)
{
	u8 len;

	return nat64_lookup4(ctx->nat, ctx->config, addr4) &&
	       !nat64_addr4_is_elsewhere(ctx->nat->dev, addr4, &len);
}

/*
 * An error about a hairpin need not be one itself: this router, or one that it
 * forwards hairpins to, may have made it between both translations.
 */
static noinline enum nat64_verdict
nat64_inner_4to6(const struct nat64_context *ctx, struct nat64_tuple *tuple)
{
	struct nat64_map *map = nat64_lookup4(ctx->nat, ctx->config, tuple->saddr4);
	struct nat64_context inner = *ctx;

	if (!nat64_addr4_is_translatable(tuple->saddr4) ||
	    !nat64_addr4_is_translatable(tuple->daddr4))
		return NAT64_DROP_ICMP_INNER;
	if (map && nat64_is_host4(ctx, tuple->daddr4))
		inner.hairpin = true;
	if (nat64_host_4to6(ctx->config, map, tuple->saddr4, &tuple->saddr6, &tuple->prefix) ||
	    nat64_peer_4to6(&inner, tuple->daddr4, &tuple->daddr6, tuple->prefix))
		return NAT64_DROP_ICMP_INNER;
	return NAT64_OK;
}

/*
 * If the source cannot be embedded, the error comes from the device's own
 * address: path MTU discovery must still work. An example is a router (perhaps
 * this one) with a private address, when the prefix is the well-known one.
 */
static noinline enum nat64_verdict
nat64_error_src_4to6(const struct nat64_context *ctx, struct nat64_tuple *tuple)
{
	enum nat64_verdict verdict = nat64_src_addr_4to6(ctx, tuple);
	struct net_device *dev = ctx->nat->dev;

	if (verdict != NAT64_DROP_WKP_STRICT && verdict != NAT64_DROP_NO_PREFIX)
		return verdict;
	if (ipv6_dev_get_saddr(dev_net(dev), dev, &tuple->daddr6, 0, &tuple->saddr6))
		return verdict;
	return NAT64_OK;
}

static enum nat64_verdict nat64_resolve_6to4(const struct nat64_context *ctx,
					     enum nat64_role role,
					     struct nat64_tuple *tuple)
{
	switch (role) {
	case NAT64_DST:
		return nat64_dst_addr_6to4(ctx, tuple);
	case NAT64_SRC:
		return nat64_src_addr_6to4(ctx, tuple);
	case NAT64_ERROR_SRC:
		return nat64_error_src_6to4(ctx, tuple);
	case NAT64_INNER:
		break;
	}
	return nat64_inner_6to4(ctx, tuple);
}

static enum nat64_verdict nat64_resolve_4to6(const struct nat64_context *ctx,
					     enum nat64_role role,
					     struct nat64_tuple *tuple)
{
	switch (role) {
	case NAT64_DST:
		return nat64_dst_addr_4to6(ctx, tuple);
	case NAT64_SRC:
		return nat64_src_addr_4to6(ctx, tuple);
	case NAT64_ERROR_SRC:
		return nat64_error_src_4to6(ctx, tuple);
	case NAT64_INNER:
		break;
	}
	return nat64_inner_4to6(ctx, tuple);
}

/**
 * nat64_resolve() - find addresses of the other family
 * @ctx: the instance, and what kind of packet it is
 * @role: which addresses
 * @tuple: holds protocol, ports and addresses of the packet; gets the addresses
 *	   of the other family
 *
 * Context: softirqs off, RCU read side.
 * Return: NAT64_OK, NAT64_NOT_COVERED (for a destination only), or a
 * NAT64_DROP_*
 */
enum nat64_verdict nat64_resolve(const struct nat64_context *ctx,
				 enum nat64_role role,
				 struct nat64_tuple *tuple)
{
	return ctx->ipv6 ? nat64_resolve_6to4(ctx, role, tuple) :
			   nat64_resolve_4to6(ctx, role, tuple);
}
