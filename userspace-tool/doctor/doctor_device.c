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

bool check_up(struct doctor *doctor, const struct instance *instance)
{
	if (instance->link.up)
		return true;
	report(doctor, SEVERITY_ERROR, "device_down", instance, words("the device is down"),
	       shell("ip link set %s up", instance->name));
	return false;
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

bool taken_in_prerouting(const struct doctor *doctor, const struct instance *instance, int family,
			 const struct prefix *to)
{
	const struct nlattr *hook = instance->attrs[NAT64_A_HOOK];

	return (hook && mnl_attr_get_payload_len(hook)) ||
	       firewall_translates(&doctor->firewall, family, instance->name, to);
}

void check_way_in(struct doctor *doctor, const struct instance *instance)
{
	char text[PREFIX_STRLEN];

	if (is_all_translatable(instance))
		return;
	for (size_t i = 0; i < instance->prefixes.count; i++) {
		const struct prefix *prefix = &instance->prefixes.prefixes[i];

		if (routed_here(instance, prefix) ||
		    taken_in_prerouting(doctor, instance, AF_INET6, prefix))
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
	       taken_in_prerouting(doctor, instance, AF_INET, pool);
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

/* Whether a rule drops packets to whose source no route leads back. */
static bool firewall_wants_way_back(const struct doctor *doctor, int family)
{
	for (size_t i = 0; i < doctor->firewall.count; i++) {
		const struct rule *rule = &doctor->firewall.rules[i];

		if (rule->source->family == family && rule_has(rule, "-m rpfilter") &&
		    rule_has(rule, "--invert") && rule_has(rule, "-j DROP"))
			return true;
	}
	return nftables_want_way_back(doctor, family);
}

static const char *who_wants_way_back(const struct doctor *doctor, const struct instance *instance,
				      int family)
{
	int all = sysctl_number("net/ipv4/conf/all/rp_filter");
	int own = sysctl_number("net/ipv4/conf/%s/rp_filter", instance->name);

	if (family == AF_INET && (all > own ? all : own) == 1)
		return "rp_filter is strict, and";
	if (firewall_wants_way_back(doctor, family))
		return "a rule of the firewall, as rp_filter does,";
	return NULL;
}

/* If packets find no way in, check_way_in() or check_way_back() reports that instead. */
static void check_rp_filter_of(struct doctor *doctor, const struct instance *instance, int family)
{
	const struct prefix_list *list = family == AF_INET ? &instance->pools : &instance->prefixes;
	const char *who = who_wants_way_back(doctor, instance, family);
	char text[PREFIX_STRLEN];

	for (size_t i = 0; who && i < list->count; i++) {
		const struct prefix *prefix = &list->prefixes[i];

		if (routed_here(instance, prefix))
			continue;
		if (family == AF_INET ? is_own(prefix) || !rule_suffices(doctor, instance, prefix) :
		    !taken_in_prerouting(doctor, instance, family, prefix))
			continue;
		prefix_text(prefix, text);
		report(doctor, SEVERITY_ERROR, family == AF_INET ? "rp_filter" : "rp_filter6", instance,
		       words("%s drops what comes from the %s %s, for no route leads back there", who,
			     family == AF_INET ? "pool" : "prefix", text),
		       shell("ip route replace %s dev %s", text, instance->name));
	}
}

void check_rp_filter(struct doctor *doctor, const struct instance *instance)
{
	check_rp_filter_of(doctor, instance, AF_INET);
	check_rp_filter_of(doctor, instance, AF_INET6);
}

/*
 * The smallest and the largest MTU of the links that packets may come from and go to. That is no
 * VRF, whose MTU is beyond what the device can have.
 */
static void read_mtus(uint32_t *smallest, uint32_t *largest)
{
	struct if_nameindex *names = if_nameindex();
	struct link link;

	*smallest = UINT32_MAX;
	*largest = 0;
	for (struct if_nameindex *name = names; name && name->if_name; name++) {
		if (!strcmp(name->if_name, "lo") || link_find(name->if_name, &link) ||
		    link.is_nat64 || !link.up || link.mtu > UINT16_MAX)
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
		       words("the device's MTU of %u is smaller than that of a link, %u: it "
			     "fragments packets needlessly", instance->link.mtu, largest),
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
