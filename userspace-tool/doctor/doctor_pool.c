// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 doctor: which addresses a device has to give.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/doctor.h"
#include "files/masquerade.h"

#define POOL_NEARLY_FULL 90	/* percent */
#define CONFIGURATION_FILE "/etc/nat64/nat64.conf"

static bool holds(const struct prefix *prefix, struct in_addr addr)
{
	struct prefix host = { .family = AF_INET, .addr4 = addr, .len = 32 };

	return prefixes_overlap(prefix, &host);
}

/* Whether the kernel counts an address of a pool among those that hosts can have. */
static bool is_handed_out(const struct prefix *pool, struct in_addr addr)
{
	uint32_t host = ntohl(addr.s_addr) & ~ntohl(pool->addr4.s_addr);

	return holds(pool, addr) &&
	       (pool->len > 30 || (host && host != UINT32_MAX >> pool->len));
}

static bool has_address(const struct ifaddrs *entry, const struct in_addr *addr)
{
	const struct sockaddr_in *own = (const struct sockaddr_in *)entry->ifa_addr;

	return own && own->sin_family == AF_INET && own->sin_addr.s_addr == addr->s_addr;
}

/* How many addresses of a pool are the router's own; no host gets these. */
static uint32_t count_own(const struct prefix *pool)
{
	struct ifaddrs *list, *entry, *other;
	uint32_t count = 0;

	if (getifaddrs(&list))
		return 0;
	for (entry = list; entry; entry = entry->ifa_next) {
		const struct sockaddr_in *own = (const struct sockaddr_in *)entry->ifa_addr;

		if (!own || own->sin_family != AF_INET || !is_handed_out(pool, own->sin_addr))
			continue;
		for (other = list; !has_address(other, &own->sin_addr); other = other->ifa_next)
			;
		count += other == entry;	/* several links may have it */
	}
	freeifaddrs(list);
	return count;
}

static uint32_t pool_size(const struct prefix *pool)
{
	return pool->len > 30 ? 1U << (32 - pool->len) : (UINT32_MAX >> pool->len) - 1;
}

bool is_own(const struct prefix *pool)
{
	return count_own(pool) >= pool_size(pool);
}

/*
 * The link of an IPv4 address that is @wanted, but no NAT64 device. @wanted may leave what it found
 * in @data.
 */
static bool find_link4(bool (*wanted)(const struct ifaddrs *entry, void *data), void *data,
		       char name[IFNAMSIZ])
{
	struct ifaddrs *list, *entry;
	struct link link;

	if (getifaddrs(&list))
		return false;
	for (entry = list; entry; entry = entry->ifa_next) {
		if (entry->ifa_addr && entry->ifa_addr->sa_family == AF_INET && wanted(entry, data) &&
		    !link_find(entry->ifa_name, &link) && !link.is_nat64)
			break;
	}
	if (entry)
		snprintf(name, IFNAMSIZ, "%s", entry->ifa_name);
	freeifaddrs(list);
	return entry;
}

struct pool_network {
	const struct prefix *pool;
	struct prefix network;
};

/* Whether a pool and the network of an address, if it has one, overlap. */
static bool overlaps_network(const struct ifaddrs *entry, void *data)
{
	const struct sockaddr_in *addr = (const struct sockaddr_in *)entry->ifa_addr;
	const struct sockaddr_in *mask = (const struct sockaddr_in *)entry->ifa_netmask;
	struct pool_network *found = data;

	if (!mask)
		return false;
	found->network = (struct prefix){ .family = AF_INET,
		.addr4.s_addr = addr->sin_addr.s_addr & mask->sin_addr.s_addr,
		.len = __builtin_popcount(mask->sin_addr.s_addr) };
	return found->network.len < 32 && prefixes_overlap(&found->network, found->pool);
}

/*
 * Doubles the first pool; false unless the result is private, and overlaps neither another pool nor a
 * network of the router.
 */
static bool double_pool(const struct instance *instance, struct prefix *larger)
{
	struct pool_network found = { .pool = larger };
	char name[IFNAMSIZ];

	*larger = instance->pools.prefixes[0];
	larger->len--;
	larger->addr4.s_addr &= ~htonl(1U << (31 - larger->len));
	if (!is_private(larger->addr4) || larger->len < 16)
		return false;
	for (size_t i = 1; i < instance->pools.count; i++) {
		if (prefixes_overlap(&instance->pools.prefixes[i], larger))
			return false;
	}
	return !find_link4(overlaps_network, &found, name);
}

/* Whether "nat64 up" has made rules for the pools that the file names: then the file has to change. */
static bool is_masqueraded_by_file(const struct instance *instance)
{
	struct masquerade found;

	return !masquerade_find(instance->name, &found) && found.count;
}

static struct command_line pool_advice(const struct instance *instance)
{
	const char *name = instance->name;
	struct command_line command;
	char text[PREFIX_STRLEN];
	char before[PREFIX_STRLEN];
	struct prefix larger;

	if (!double_pool(instance, &larger))
		return shell("nat64 dev set %s idle-timeout %u", name,
			     attr_u32(instance->attrs[NAT64_A_IDLE_TIMEOUT]) / 2 + 1);
	if (is_masqueraded_by_file(instance))
		return shell("sed -i s,%s,%s, " CONFIGURATION_FILE " && nat64 up",
			     prefix_text(&instance->pools.prefixes[0], before),
			     prefix_text(&larger, text));
	command = shell("nat64 dev set %s pool %s", name, prefix_text(&larger, text));
	for (size_t i = 1; i < instance->pools.count; i++)
		shell_append(&command, " %s", prefix_text(&instance->pools.prefixes[i], text));
	shell_append(&command, " && ip route replace %s dev %s", prefix_text(&larger, text), name);
	return command;
}

/* Advises to use the other pools only, or the recommended one if there are no others. */
static struct command_line own_pool_advice(const struct instance *instance)
{
	struct command_line command = shell("nat64 dev set %s pool", instance->name);
	char text[PREFIX_STRLEN];
	bool others = false;

	for (size_t i = 0; i < instance->pools.count; i++) {
		if (is_own(&instance->pools.prefixes[i]))
			continue;
		shell_append(&command, " %s", prefix_text(&instance->pools.prefixes[i], text));
		others = true;
	}
	if (!others)
		shell_append(&command, " %s && ip route replace %s dev %s", RECOMMENDED_POOL,
			     RECOMMENDED_POOL, instance->name);
	return command;
}

void check_own_pool(struct doctor *doctor, const struct instance *instance)
{
	char text[PREFIX_STRLEN];

	for (size_t i = 0; i < instance->pools.count; i++) {
		if (!is_own(&instance->pools.prefixes[i]))
			continue;
		prefix_text(&instance->pools.prefixes[i], text);
		report(doctor, SEVERITY_ERROR, "own_pool", instance,
		       words("no host is given an address of the pool %s, which is the router's own",
			     text), own_pool_advice(instance));
		return;
	}
}

/* Without any of these, no host has an address on the other side, and every packet is dropped. */
void check_mappings(struct doctor *doctor, const struct instance *instance)
{
	if (instance->pools.count || instance->translatable.count ||
	    attr_u32(instance->attrs[NAT64_A_STATIC_COUNT]))
		return;
	report(doctor, SEVERITY_ERROR, "no_mapping", instance,
	       words("the device has neither a pool nor mappings nor translatable addresses, so "
		     "no host gets an address of the other family"),
	       shell("nat64 dev set %s pool %s && ip route replace %s dev %s", instance->name,
		     RECOMMENDED_POOL, RECOMMENDED_POOL, instance->name));
}

/* Whether a pool is on the network of an address, so that neighbours ask there for its addresses. */
static bool has_pool(const struct ifaddrs *entry, void *data)
{
	struct pool_network *found = data;

	return !(entry->ifa_flags & (IFF_LOOPBACK | IFF_NOARP | IFF_POINTOPOINT)) &&
	       overlaps_network(entry, found) && found->network.len <= 30;
}

void check_pool_onlink(struct doctor *doctor, const struct instance *instance)
{
	char text[PREFIX_STRLEN], network_text[PREFIX_STRLEN], name[IFNAMSIZ];

	for (size_t i = 0; i < instance->pools.count; i++) {
		const struct prefix *pool = &instance->pools.prefixes[i];
		struct pool_network found = { .pool = pool };

		if (is_own(pool) || !find_link4(has_pool, &found, name) ||
		    sysctl_number("net/ipv4/conf/all/proxy_arp") == 1 ||
		    sysctl_number("net/ipv4/conf/%s/proxy_arp", name) == 1)
			continue;
		report(doctor, SEVERITY_ERROR, "pool_onlink", instance,
		       words("the pool %s is in the network %s on %s, whose hosts look for it on the "
			     "link, and the router does not answer for it there",
			     prefix_text(pool, text), prefix_text(&found.network, network_text), name),
		       shell("sysctl -w net/ipv4/conf/%s/proxy_arp=1", name));
	}
}

void check_pool(struct doctor *doctor, const struct instance *instance)
{
	uint32_t used = attr_u32(instance->attrs[NAT64_A_DYNAMIC_COUNT]);
	uint32_t size = attr_u32(instance->attrs[NAT64_A_POOL_SIZE]);

	for (size_t i = 0; i < instance->pools.count; i++)
		size -= count_own(&instance->pools.prefixes[i]);
	if (!used || used * 100ULL < size * (uint64_t)POOL_NEARLY_FULL)
		return;
	report(doctor, SEVERITY_WARNING, "pool_full", instance,
	       words("%u of the %u addresses of the pools are taken", used, size),
	       pool_advice(instance));
}

static bool has_wkp(const struct instance *instance)
{
	for (size_t i = 0; i < instance->prefixes.count; i++) {
		if (is_well_known(&instance->prefixes.prefixes[i]))
			return true;
	}
	return false;
}

static bool has_private(const struct ifaddrs *entry, void *text)
{
	const struct sockaddr_in *addr = (const struct sockaddr_in *)entry->ifa_addr;

	inet_ntop(AF_INET, &addr->sin_addr, text, INET_ADDRSTRLEN);
	return is_private(addr->sin_addr);
}

void check_wkp_strict(struct doctor *doctor, const struct instance *instance)
{
	char text[INET_ADDRSTRLEN], name[IFNAMSIZ];

	if (!has_wkp(instance) || !attr_u8(instance->attrs[NAT64_A_WKP_STRICT]) ||
	    !find_link4(has_private, text, name))
		return;
	report(doctor, SEVERITY_WARNING, "wkp_strict", instance,
	       words("hosts of private IPv4 networks, such as that of %s on %s, cannot be reached "
		     "within " WELL_KNOWN_PREFIX, text, name),
	       shell("nat64 dev set %s wkp-strict off", instance->name));
}
