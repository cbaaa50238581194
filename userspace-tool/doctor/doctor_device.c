// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 doctor: checks of a device, and of the routes, rules and links around it.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/chains.h"
#include "doctor/doctor.h"
#include "netlink/route_get.h"

#define POOL_NEARLY_FULL 90	/* percent */

bool check_up(struct doctor *doctor, const struct instance *instance)
{
	if (instance->link.up)
		return true;
	report(doctor, SEVERITY_ERROR, "device_down", instance, words("the device is down"),
	       shell("ip link set %s up", instance->name));
	return false;
}

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

static bool is_own(const struct prefix *pool)
{
	return count_own(pool) >= pool_size(pool);
}

/* The device that a prefix is routed to, by an address in it that is not the router's own. */
static uint32_t route_into(const struct prefix *prefix)
{
	struct in6_addr addr6 = prefix->addr6;
	uint32_t middle = prefix->len < 32 ? 1U << (31 - prefix->len) : 0;
	struct prefix host = { .family = AF_INET, .len = 32 };

	if (prefix->family == AF_INET6) {
		for (int i = prefix->len / 8; i < 16; i++)
			addr6.s6_addr[i] = 8;
		return route_get(AF_INET6, &addr6);
	}
	for (uint32_t i = 0; !i || i < middle; i++) {
		host.addr4.s_addr = prefix->addr4.s_addr | htonl(middle ^ i);
		if (!is_own(&host))
			break;
	}
	return route_get(AF_INET, &host.addr4);
}

static bool routed_here(const struct instance *instance, const struct prefix *prefix)
{
	return route_into(prefix) == instance->link.index;
}

/* The prefix of a CLAT or an edge relay is that of another translator; leave it alone. */
static bool is_all_translatable(const struct instance *instance)
{
	return instance->translatable.count && !instance->translatable.prefixes[0].len;
}

bool taken_in_prerouting(const struct doctor *doctor, const struct instance *instance, int family)
{
	const struct nlattr *hook = instance->attrs[NAT64_A_HOOK];

	return (hook && mnl_attr_get_payload_len(hook)) ||
	       firewall_translates(&doctor->firewall, family, instance->name);
}

void check_way_in(struct doctor *doctor, const struct instance *instance)
{
	char text[PREFIX_STRLEN];

	if (is_all_translatable(instance) ||
	    taken_in_prerouting(doctor, instance, AF_INET6))
		return;
	for (size_t i = 0; i < instance->prefixes.count; i++) {
		const struct prefix *prefix = &instance->prefixes.prefixes[i];

		if (routed_here(instance, prefix))
			continue;
		prefix_text(prefix, text);
		report(doctor, SEVERITY_ERROR, "no_way_in", instance,
		       words("no route, no hook and no rule with -j NAT64 leads packets for %s "
			     "here", text),
		       shell("ip -6 route replace %s dev %s", text, instance->name));
	}
}

static bool is_missing(const struct nlattr *device)
{
	return mnl_attr_get_type(device) == NAT64_HOOK_A_DEVICE &&
	       !if_nametoindex(mnl_attr_get_str(device));
}

void check_device_list(struct doctor *doctor, const struct instance *instance, uint16_t attr)
{
	const struct nlattr *list = instance->attrs[attr], *device;
	const char *option = attr == NAT64_A_HOOK ? "hook" : "fast-dev";
	const char *missing = NULL, *separator = "";
	struct command_line advice;

	if (!list)
		return;
	mnl_attr_for_each_nested(device, list) {
		if (is_missing(device))
			missing = mnl_attr_get_str(device);
	}
	if (!missing)
		return;

	advice = shell("nat64 dev set %s %s ", instance->name, option);
	mnl_attr_for_each_nested(device, list) {
		if (is_missing(device))
			continue;
		shell_append(&advice, *separator ? ",%s" : "%s", mnl_attr_get_str(device));
		separator = ",";
	}
	if (!*separator)
		shell_append(&advice, "none");
	report(doctor, SEVERITY_WARNING, attr == NAT64_A_HOOK ? "hook_device" : "fast_device", instance,
	       words("%s names %s, and there is no such device",
		     attr == NAT64_A_HOOK ? "the hook" : option, missing), advice);
}

void check_hook(struct doctor *doctor, const struct instance *instance)
{
	check_device_list(doctor, instance, NAT64_A_HOOK);
}

/* MASQUERADE gives replies their private address only after the rules, so they need the route. */
static bool rule_suffices(const struct doctor *doctor, const struct instance *instance,
			  const struct prefix *pool)
{
	return !is_private(pool->addr4) &&
	       taken_in_prerouting(doctor, instance, AF_INET);
}

void check_way_back(struct doctor *doctor, const struct instance *instance)
{
	char text[PREFIX_STRLEN];

	for (size_t i = 0; i < instance->pools.count; i++) {
		const struct prefix *pool = &instance->pools.prefixes[i];

		if (is_own(pool) || routed_here(instance, pool) ||
		    rule_suffices(doctor, instance, pool))
			continue;
		prefix_text(pool, text);
		report(doctor, SEVERITY_ERROR, "no_way_back", instance,
		       words("no route leads replies for the pool %s here", text),
		       shell("ip route replace %s dev %s", text, instance->name));
	}
}

/* If the pool has neither route nor rule, check_way_back() reports that instead. */
void check_rp_filter(struct doctor *doctor, const struct instance *instance)
{
	int all = sysctl_number("net/ipv4/conf/all/rp_filter");
	int own = sysctl_number("net/ipv4/conf/%s/rp_filter", instance->name);
	char text[PREFIX_STRLEN];

	if ((all > own ? all : own) != 1)
		return;
	for (size_t i = 0; i < instance->pools.count; i++) {
		const struct prefix *pool = &instance->pools.prefixes[i];

		if (is_own(pool) || routed_here(instance, pool) ||
		    !rule_suffices(doctor, instance, pool))
			continue;
		prefix_text(pool, text);
		report(doctor, SEVERITY_ERROR, "rp_filter", instance,
		       words("rp_filter is strict, and drops what comes from the pool %s, for no "
			     "route leads back there", text),
		       shell("ip route replace %s dev %s", text, instance->name));
	}
}

static bool rule_covers(const struct rule *rule, const struct prefix *pool)
{
	struct prefix source = { .family = AF_INET, .len = 32 };
	unsigned int len;
	char value[64];
	bool negated;
	char *slash;

	if (!rule_value(rule, "-s", value, &negated))
		return true;
	slash = strchr(value, '/');
	if (slash && sscanf(slash + 1, "%u", &len) == 1 && len <= 32)
		source.len = len;
	if (slash)
		*slash = '\0';
	if (inet_pton(AF_INET, value, &source.addr4) != 1)
		return true;
	if (negated)
		return !prefixes_overlap(&source, pool);
	return source.len <= pool->len && prefixes_overlap(&source, pool);
}

static bool is_masqueraded(const struct doctor *doctor, const struct prefix *pool)
{
	for (size_t i = 0; i < doctor->firewall.count; i++) {
		const struct rule *rule = &doctor->firewall.rules[i];

		if (rule->source->family == AF_INET && !strcmp(rule->table, "nat") &&
		    (rule_has(rule, "-j MASQUERADE") || rule_has(rule, "-j SNAT")) &&
		    rule_covers(rule, pool))
			return true;
	}
	return false;
}

void check_masquerade(struct doctor *doctor, const struct instance *instance)
{
	char text[PREFIX_STRLEN];

	for (size_t i = 0; i < instance->pools.count; i++) {
		const struct prefix *pool = &instance->pools.prefixes[i];

		if (is_own(pool) || !is_private(pool->addr4) || is_masqueraded(doctor, pool) ||
		    nftables_masquerades(doctor))
			continue;
		prefix_text(pool, text);
		report(doctor, SEVERITY_ERROR, "no_masquerade", instance,
		       words("the pool %s is private, and no rule gives it a public address", text),
		       shell("iptables -t nat -A POSTROUTING -s %s ! -o %s -j MASQUERADE", text,
			     instance->name));
	}
}

/* A chain that a packet passes, and what to say if it does not get through. */
struct passage {
	const struct firewall_source *source;
	const char *table;
	const char *chain;
	struct packet packet;
};

static struct command_line accept_advice(const struct passage *passage, const struct instance *instance)
{
	const char *command = passage->source->command, *name = instance->name;

	return shell("%s -t %s -I %s -i %s -j ACCEPT && %s -t %s -I %s -o %s -j ACCEPT",
		     command, passage->table, passage->chain, name,
		     command, passage->table, passage->chain, name);
}

static void report_chain(struct doctor *doctor, const struct instance *instance,
			 const struct passage *passage, const struct rule *culprit)
{
	bool ipv4 = passage->source->family == AF_INET;
	const char *id = ipv4 ? "forward_drop4" : "forward_drop6";
	int len = culprit ? (int)strlen(culprit->text) - 1 : 0;

	if (culprit)
		report(doctor, SEVERITY_WARNING, id, instance,
		       words("doctor cannot tell whether the FORWARD chain of %s lets through what "
			     "comes from or goes to the device; that depends on this rule: %.*s",
			     passage->source->command, len, culprit->text),
		       accept_advice(passage, instance));
	else
		report(doctor, SEVERITY_ERROR, id, instance,
		       words("the FORWARD chain of %s drops what comes from or goes to the device",
			     passage->source->command), accept_advice(passage, instance));
}

/* The rules of a FORWARD chain, for packets that conntrack has seen both ways, or not yet. */
static bool check_passage(struct doctor *doctor, const struct instance *instance,
			  const struct passage *passage)
{
	const struct rule *culprit;

	if (chains_verdict(&doctor->firewall, passage->source, passage->table, passage->chain,
			   &passage->packet, &culprit) == VERDICT_PASSES)
		return true;
	report_chain(doctor, instance, passage, culprit);
	return false;
}

static void check_forward_of(struct doctor *doctor, const struct instance *instance,
			     const struct firewall_source *source, const char *uplink)
{
	bool ipv4 = source->family == AF_INET;
	struct passage from = {
		.source = source, .table = "filter", .chain = "FORWARD",
		.packet = { .in = instance->name, .out = uplink,
			    .source = ipv4 && instance->pools.count ? &instance->pools.prefixes[0] : NULL,
			    /* Connections begin on the IPv6 side: they come out of the device as IPv4. */
			    .state = ipv4 ? STATE_NEW : STATE_ESTABLISHED },
	};
	struct passage to = {
		.source = source, .table = "filter", .chain = "FORWARD",
		.packet = { .in = uplink, .out = instance->name,
			    .state = ipv4 ? STATE_ESTABLISHED : STATE_NEW },
	};

	if (chains_untracked(&doctor->firewall, source, &from.packet))
		from.packet.state = STATE_UNTRACKED;
	if (!check_passage(doctor, instance, &from))
		return;
	/* Those that the rule or the hook takes do not get as far as FORWARD. */
	if (ipv4 || !taken_in_prerouting(doctor, instance, AF_INET6))
		check_passage(doctor, instance, &to);
}

/* The link to the IPv4 Internet, if there is one: by the address of a root server. */
static const char *find_uplink4(char name[IFNAMSIZ])
{
	struct in_addr server;

	inet_pton(AF_INET, "198.41.0.4", &server);
	return if_indextoname(route_get(AF_INET, &server), name);
}

void check_forward_chain(struct doctor *doctor, const struct instance *instance)
{
	const struct firewall_source *source;
	char name[IFNAMSIZ];

	for (source = firewall_sources; source->command; source++)
		check_forward_of(doctor, instance, source,
				 source->family == AF_INET ? find_uplink4(name) : NULL);
}

bool goes_past_conntrack(const struct doctor *doctor, const struct instance *instance, int family)
{
	if (!taken_in_prerouting(doctor, instance, family))
		return false;
	if (family == AF_INET6)
		return true;
	/* Replies to a private pool get its addresses only behind conntrack, from MASQUERADE. */
	return instance->pools.count && !is_private(instance->pools.prefixes[0].addr4);
}

/*
 * Of a connection whose other half a rule or the hook takes in PREROUTING, conntrack sees one half
 * only, and calls its packets invalid.
 */
static bool check_invalid_in(struct doctor *doctor, const struct instance *instance,
			     const struct firewall_source *source, const char *table,
			     const char *chain)
{
	bool ipv4 = source->family == AF_INET;
	struct packet packet = { .in = instance->name, .state = STATE_INVALID };
	const struct rule *culprit;
	char text[PREFIX_STRLEN];

	if (ipv4)
		packet.source = &instance->pools.prefixes[0];
	if (chains_untracked(&doctor->firewall, source, &packet) ||
	    chains_verdict(&doctor->firewall, source, table, chain, &packet, &culprit) != VERDICT_LOST)
		return false;
	packet.state = STATE_ESTABLISHED;
	if (chains_verdict(&doctor->firewall, source, table, chain, &packet, &culprit) == VERDICT_LOST)
		return false;
	report(doctor, SEVERITY_ERROR, ipv4 ? "invalid_drop4" : "invalid_drop6", instance,
	       words("%s of %s drops packets in state INVALID, and conntrack gives it to those from the "
		     "device: it does not see their other half, which is taken in PREROUTING",
		     chain, source->command),
	       ipv4 ? shell("%s -t raw -I PREROUTING -i %s -s %s -j CT --notrack", source->command,
			    instance->name, prefix_text(&instance->pools.prefixes[0], text)) :
		      shell("%s -t raw -I PREROUTING -i %s -j CT --notrack", source->command,
			    instance->name));
	return true;
}

void check_invalid_drop(struct doctor *doctor, const struct instance *instance)
{
	const struct firewall_source *source;

	for (source = firewall_sources; source->command; source++) {
		if (!goes_past_conntrack(doctor, instance, source->family) ||
		    check_invalid_in(doctor, instance, source, "mangle", "PREROUTING") ||
		    check_invalid_in(doctor, instance, source, "mangle", "FORWARD"))
			continue;
		check_invalid_in(doctor, instance, source, "filter", "FORWARD");
	}
}

/* The smallest and the largest MTU of the links that packets may come from and go to. */
static void read_mtus(uint32_t *smallest, uint32_t *largest)
{
	struct if_nameindex *names = if_nameindex();
	struct link link;

	*smallest = UINT32_MAX;
	*largest = 0;
	for (struct if_nameindex *name = names; name && name->if_name; name++) {
		if (!strcmp(name->if_name, "lo") || link_find(name->if_name, &link) ||
		    link.is_nat64 || !link.up)
			continue;
		if (link.mtu < *smallest)
			*smallest = link.mtu;
		if (link.mtu > *largest)
			*largest = link.mtu;
	}
	if (names)
		if_freenameindex(names);
}

void check_mtu(struct doctor *doctor, const struct instance *instance)
{
	uint32_t smallest, largest;

	read_mtus(&smallest, &largest);
	if (instance->link.mtu < largest)
		report(doctor, SEVERITY_WARNING, "mtu", instance,
		       words("the device's MTU of %u is smaller than that of a link, %u: it cuts "
			     "packets that need not be", instance->link.mtu, largest),
		       shell("ip link set %s mtu %u", instance->name, largest));
}

void check_lowest_ipv6_mtu(struct doctor *doctor, const struct instance *instance)
{
	uint32_t lowest = attr_u32(instance->attrs[NAT64_A_LOWEST_IPV6_MTU]);
	uint32_t smallest, largest;

	read_mtus(&smallest, &largest);
	if (smallest < 1280 || lowest <= smallest)
		return;
	report(doctor, SEVERITY_WARNING, "lowest_ipv6_mtu", instance,
	       words("lowest-ipv6-mtu is %u, but there is a link of %u: large datagrams are lost",
		     lowest, smallest),
	       shell("nat64 dev set %s lowest-ipv6-mtu %u", instance->name, smallest));
}

/* Doubles the first pool; false unless the result is private and does not overlap another pool. */
static bool double_pool(const struct instance *instance, struct prefix *larger)
{
	*larger = instance->pools.prefixes[0];
	larger->len--;
	larger->addr4.s_addr &= ~htonl(1U << (31 - larger->len));
	if (!is_private(larger->addr4) || larger->len < 16)
		return false;
	for (size_t i = 1; i < instance->pools.count; i++) {
		if (prefixes_overlap(&instance->pools.prefixes[i], larger))
			return false;
	}
	return true;
}

static struct command_line pool_advice(const struct instance *instance)
{
	const char *name = instance->name;
	struct command_line command;
	char text[PREFIX_STRLEN];
	struct prefix larger;

	if (!double_pool(instance, &larger))
		return shell("nat64 dev set %s idle-timeout %u", name,
			     attr_u32(instance->attrs[NAT64_A_IDLE_TIMEOUT]) / 2 + 1);
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

/* The link on whose network a pool is, so that neighbours ask there for its addresses. */
static bool find_pool_link(const struct prefix *pool, char name[IFNAMSIZ], struct prefix *network)
{
	struct ifaddrs *list, *entry;
	struct link link;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (entry = list; !found && entry; entry = entry->ifa_next) {
		const struct sockaddr_in *addr = (const struct sockaddr_in *)entry->ifa_addr;
		const struct sockaddr_in *mask = (const struct sockaddr_in *)entry->ifa_netmask;

		if (!addr || addr->sin_family != AF_INET || !mask ||
		    entry->ifa_flags & (IFF_LOOPBACK | IFF_NOARP | IFF_POINTOPOINT))
			continue;
		*network = (struct prefix){ .family = AF_INET,
			.addr4.s_addr = addr->sin_addr.s_addr & mask->sin_addr.s_addr,
			.len = __builtin_popcount(mask->sin_addr.s_addr) };
		if (network->len > 30 || !prefixes_overlap(network, pool) ||
		    link_find(entry->ifa_name, &link) || link.is_nat64)
			continue;
		snprintf(name, IFNAMSIZ, "%s", entry->ifa_name);
		found = true;
	}
	freeifaddrs(list);
	return found;
}

void check_pool_onlink(struct doctor *doctor, const struct instance *instance)
{
	char text[PREFIX_STRLEN], network_text[PREFIX_STRLEN], name[IFNAMSIZ];
	struct prefix network;

	for (size_t i = 0; i < instance->pools.count; i++) {
		const struct prefix *pool = &instance->pools.prefixes[i];

		if (is_own(pool) || !find_pool_link(pool, name, &network) ||
		    sysctl_number("net/ipv4/conf/all/proxy_arp") == 1 ||
		    sysctl_number("net/ipv4/conf/%s/proxy_arp", name) == 1)
			continue;
		report(doctor, SEVERITY_ERROR, "pool_onlink", instance,
		       words("the pool %s is in the network %s on %s, whose hosts look for it on the "
			     "link, and the router does not answer for it there",
			     prefix_text(pool, text), prefix_text(&network, network_text), name),
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

/* A private address on a link of the router, but not on a NAT64 device. */
static bool find_private(char name[IFNAMSIZ], char text[PREFIX_STRLEN])
{
	struct ifaddrs *list, *entry;
	struct link link;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (entry = list; !found && entry; entry = entry->ifa_next) {
		const struct sockaddr_in *addr = (const struct sockaddr_in *)entry->ifa_addr;

		if (!addr || addr->sin_family != AF_INET || !is_private(addr->sin_addr) ||
		    link_find(entry->ifa_name, &link) || link.is_nat64)
			continue;
		snprintf(name, IFNAMSIZ, "%s", entry->ifa_name);
		inet_ntop(AF_INET, &addr->sin_addr, text, PREFIX_STRLEN);
		found = true;
	}
	freeifaddrs(list);
	return found;
}

void check_wkp_strict(struct doctor *doctor, const struct instance *instance)
{
	char text[PREFIX_STRLEN], name[IFNAMSIZ];

	if (!has_wkp(instance) || !attr_u8(instance->attrs[NAT64_A_WKP_STRICT]) ||
	    !find_private(name, text))
		return;
	report(doctor, SEVERITY_WARNING, "wkp_strict", instance,
	       words("hosts of private IPv4 networks, such as that of %s on %s, cannot be reached "
		     "within " WELL_KNOWN_PREFIX, text, name),
	       shell("nat64 dev set %s wkp-strict off", instance->name));
}
