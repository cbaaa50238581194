// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "files/rules.h"

/* RFC 6052, section 2.2. */
static const char *bad_prefix6(const struct prefix *prefix)
{
	const struct in6_addr *addr = &prefix->addr6;

	if (!is_rfc6052_len(prefix->len))
		return "prefix length is not 32, 40, 48, 56, 64 or 96";
	if (addr->s6_addr[8])
		return "bits 64 to 71 of the prefix are not zero";
	if (IN6_IS_ADDR_MULTICAST(addr) || IN6_IS_ADDR_LINKLOCAL(addr))
		return "prefix is not unicast";
	return NULL;
}

/* A translatable block may be larger than what hosts cannot have; packets leave that out. */
static const char *bad_hosts4(const struct prefix *prefix, bool pool)
{
	static const struct {
		in_addr_t addr;
		uint8_t len;
	} barred[] = {
		{ 0x00000000, 8 }, { 0x7f000000, 8 }, { 0xa9fe0000, 16 }, { 0xe0000000, 4 },
		{ 0xffffffff, 32 },
	};

	if (pool && prefix->len < NAT64_MIN_POOL_LEN)
		return "pool is larger than a /8";
	for (size_t i = 0; i < sizeof(barred) / sizeof(*barred); i++) {
		struct prefix block = { .family = AF_INET, .len = barred[i].len,
					.addr4.s_addr = htonl(barred[i].addr) };

		if (prefixes_overlap(prefix, &block) && (pool || prefix->len >= block.len))
			return "prefix holds addresses that hosts cannot have";
	}
	return NULL;
}

static bool overlaps_before(const struct setting *setting, unsigned int i)
{
	for (unsigned int j = 0; j < i; j++) {
		if (prefixes_overlap(&setting->prefixes[i], &setting->prefixes[j]))
			return true;
	}
	return false;
}

static enum status check_list(const char *device, const struct config_option *option,
			      const struct setting *setting)
{
	bool ipv6 = option->kind == LIST6;
	enum status status = DONE;
	char text[PREFIX_STRLEN];

	for (unsigned int i = 0; i < setting->count; i++) {
		const struct prefix *prefix = &setting->prefixes[i];
		const char *why = ipv6 ? bad_prefix6(prefix) :
				  bad_hosts4(prefix, option->attr == NAT64_A_POOLS);

		if (!why && overlaps_before(setting, i))
			why = ipv6 ? "prefix overlaps another one of the device" :
			      "prefix overlaps another one of the list";
		if (why)
			status = fail(REFUSED, "dev %s %s %s: %s", device, option->name,
				      prefix_text(prefix, text), why);
	}
	return status;
}

static enum status check_hook(const char *device, const struct config_option *option,
			      const struct setting *setting)
{
	enum status status = DONE;
	bool any = false;

	for (int i = 0; *setting->devices[i]; i++) {
		const char *name = setting->devices[i], *why = NULL;

		for (int j = 0; j < i; j++) {
			if (!strcmp(name, setting->devices[j]))
				why = "device is named twice";
		}
		if (!why && (any || (i && !strcmp(name, "any"))))
			why = "either all devices, or some by name";
		any |= !strcmp(name, "any");
		if (why)
			status = fail(REFUSED, "dev %s %s %s: %s", device, option->name, name, why);
	}
	return status;
}

static bool is_host4(struct in_addr addr)
{
	uint32_t host = ntohl(addr.s_addr);

	return host >> 24 && host >> 24 != 127 && host >> 28 != 14 && host != UINT32_MAX &&
	       host >> 16 != (169 << 8 | 254);
}

static bool is_host6(const struct in6_addr *addr)
{
	return !IN6_IS_ADDR_MULTICAST(addr) && !IN6_IS_ADDR_UNSPECIFIED(addr) &&
	       !IN6_IS_ADDR_LOOPBACK(addr) && !IN6_IS_ADDR_V4MAPPED(addr) &&
	       !IN6_IS_ADDR_LINKLOCAL(addr);
}

static enum status check_address(const char *device, const struct config_option *option,
				 const struct setting *setting)
{
	struct in_addr addr;

	memcpy(&addr, setting->bytes, sizeof(addr));
	if (!addr.s_addr || is_host4(addr))
		return DONE;
	return fail(REFUSED, "dev %s %s: not an address that a host can have", device, option->name);
}

static enum status check_disjoint(const char *device, const struct config *config)
{
	const struct setting *pools = config_setting(config, NAT64_A_POOLS);
	const struct setting *others = config_setting(config, NAT64_A_TRANSLATABLE);

	for (unsigned int i = 0; i < pools->count; i++) {
		for (unsigned int j = 0; j < others->count; j++) {
			if (prefixes_overlap(&pools->prefixes[i], &others->prefixes[j]))
				return fail(REFUSED, "dev %s translatable: a pool and a "
					    "translatable prefix overlap", device);
		}
	}
	return DONE;
}

enum status rules_check_config(const char *device, const struct config *config)
{
	enum status status = DONE;

	for (int i = 0; i < CONFIG_OPTIONS; i++) {
		const struct config_option *option = &config_table[i];
		const struct setting *setting = &config->settings[i];

		if (!setting->given)
			continue;
		if (is_list(option))
			status = worse(status, check_list(device, option, setting));
		else if (option->kind == DEVICES)
			status = worse(status, check_hook(device, option, setting));
		else if (option->kind == ADDRESS4)
			status = worse(status, check_address(device, option, setting));
	}
	return worse(status, check_disjoint(device, config));
}

/* One side of a mapping. */
struct side {
	char device[IFNAMSIZ];
	struct prefix prefix;
	unsigned int line;	/* of the mapping */
	struct side *next;
};

static void *sides;		/* a tree, see tsearch(3) */
static struct side *kept;	/* its entries, which analyzers do not find in there */

static int compare(const void *a, const void *b)
{
	const struct side *one = a, *other = b;
	int order = strcmp(one->device, other->device);

	if (!order)
		order = one->prefix.family - other->prefix.family;
	if (!order)
		order = one->prefix.len - other->prefix.len;
	return order ? order : memcmp(&one->prefix.addr6, &other->prefix.addr6,
				      host_len(one->prefix.family) / 8);
}

/* The line of the mapping that has this side already, or 0. */
static unsigned int find_side(const struct side *side)
{
	struct side **found = tfind(side, &sides, compare);

	return found ? (*found)->line : 0;
}

static enum status add_side(const struct side *side)
{
	struct side *copy = malloc(sizeof(*copy));

	if (!copy)
		return fail(REFUSED, "out of memory");
	*copy = *side;
	copy->next = kept;
	kept = copy;
	return tsearch(copy, &sides, compare) ? DONE : fail(REFUSED, "out of memory");
}

static const char *bad_mapping(const struct mapping *mapping)
{
	if (32 - mapping->len4 > 128 - mapping->len6)
		return "IPv4 suffix is longer than the IPv6 suffix";
	if (mapping->len6 == 128 && !is_host6(&mapping->addr6))
		return "IPv6 address is never translated";
	if (mapping->len4 == 32 && !is_host4(mapping->addr4))
		return "IPv4 address is never translated";
	return NULL;
}

static const char *mapped_already(const struct side *side6, const struct side *side4)
{
	unsigned int line6 = find_side(side6), line4 = find_side(side4);

	if (line6 && line6 == line4)
		return "mapping exists already";
	if (line6)
		return "IPv6 prefix is mapped already";
	return line4 ? "IPv4 prefix is mapped already" : NULL;
}

enum status rules_check_mapping(const char *device, const struct mapping *mapping)
{
	struct side side6 = { .line = place.line, .prefix = { .family = AF_INET6 } };
	struct side side4 = { .line = place.line, .prefix = { .family = AF_INET } };
	char text6[PREFIX_STRLEN], text4[PREFIX_STRLEN];
	const char *why = bad_mapping(mapping);

	snprintf(side6.device, sizeof(side6.device), "%s", device);
	snprintf(side4.device, sizeof(side4.device), "%s", device);
	side6.prefix.addr6 = mapping->addr6;
	side6.prefix.len = mapping->len6;
	side4.prefix.addr4 = mapping->addr4;
	side4.prefix.len = mapping->len4;
	if (!why)
		why = mapped_already(&side6, &side4);
	if (why)
		return fail(REFUSED, "map %s %s: %s", mapping_text6(mapping, text6),
			    mapping_text4(mapping, text4), why);
	return add_side(&side6) ? REFUSED : add_side(&side4);
}

void rules_clear(void)
{
	tdestroy(sides, free);
	sides = NULL;
}
