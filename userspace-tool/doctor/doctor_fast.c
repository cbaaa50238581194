// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 doctor: checks of a device with a fast path.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/doctor.h"
#include "doctor/unseen.h"

static uint32_t fast_mode(const struct instance *instance)
{
	return attr_u32(instance->attrs[NAT64_A_FAST]);
}

/* Whether an address shows that packets are routed by this device, and not just bridged. */
static bool is_routed(const struct ifaddrs *entry)
{
	const struct sockaddr_in6 *addr6 = (const struct sockaddr_in6 *)entry->ifa_addr;
	struct link link;

	if (!addr6 || (addr6->sin6_family != AF_INET && addr6->sin6_family != AF_INET6) ||
	    (addr6->sin6_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&addr6->sin6_addr)))
		return false;
	return strcmp(entry->ifa_name, "lo") && !strchr(entry->ifa_name, ',') &&
	       !link_find(entry->ifa_name, &link) && link.up && !link.is_nat64;
}

static bool is_first(const struct ifaddrs *list, const struct ifaddrs *entry)
{
	for (; list != entry; list = list->ifa_next) {
		if (!strcmp(list->ifa_name, entry->ifa_name) && is_routed(list))
			return false;
	}
	return true;
}

/* All links by which packets may come; without any, to do without. */
static struct command_line devices_advice(const struct instance *instance)
{
	struct command_line advice = shell("nat64 dev set %s fast-dev ", instance->name);
	struct ifaddrs *list = NULL;
	int count = 0;

	getifaddrs(&list);
	for (struct ifaddrs *entry = list; entry && count < NAT64_HOOK_DEVICES_MAX;
	     entry = entry->ifa_next) {
		if (is_routed(entry) && is_first(list, entry))
			shell_append(&advice, count++ ? ",%s" : "%s", entry->ifa_name);
	}
	freeifaddrs(list);
	if (!count) {
		shell_clear(&advice);
		advice = shell("nat64 dev set %s fast rule", instance->name);
	}
	return advice;
}

void check_fast_devices(struct doctor *doctor, const struct instance *instance)
{
	const struct nlattr *devices = instance->attrs[NAT64_A_FAST_DEVICES];

	if (fast_mode(instance) != NAT64_FAST_INGRESS || !devices)
		return;
	if (!mnl_attr_get_payload_len(devices))
		report(doctor, SEVERITY_WARNING, "fast_no_device", instance,
		       words("fast is ingress, but fast-dev names no device"),
		       devices_advice(instance));
	else
		check_device_list(doctor, instance, NAT64_A_FAST_DEVICES);
}

/* Flows are looked up where a rule or the hook takes packets, but not where a route does. */
void check_fast_way_in(struct doctor *doctor, const struct instance *instance)
{
	if (fast_mode(instance) != NAT64_FAST_RULE ||
	    taken_in_prerouting(doctor, instance, AF_INET6, NULL) ||
	    taken_in_prerouting(doctor, instance, AF_INET, NULL))
		return;
	report(doctor, SEVERITY_WARNING, "fast_unused", instance,
	       words("fast is rule, but neither a rule with -j NAT64 nor the hook takes packets, so none "
		     "go fast"), shell("nat64 dev set %s hook any", instance->name));
}

void report_unseen(struct doctor *doctor, const struct instance *instance, unsigned int count,
		   char *where)
{
	report(doctor, SEVERITY_NOTE, "fast_unseen", instance,
	       words("with fast on, rules that limit, log or count see the first packets of a flow, and "
		     "then one every %u s: there are %u in %s",
		     attr_u32(instance->attrs[NAT64_A_FAST_REFRESH]), count, where),
	       shell("nat64 dev set %s fast off", instance->name));
	free(where);
}

void check_fast_unseen(struct doctor *doctor, const struct instance *instance)
{
	const struct firewall_source *source;
	const char *first;
	unsigned int count;

	if (!fast_mode(instance))
		return;
	for (source = firewall_sources; source->command; source++) {
		count = firewall_count_unseen(&doctor->firewall, source, instance->name, &first);
		if (count)
			report_unseen(doctor, instance, count,
				      words("FORWARD of %s, the first one is: %s", source->command,
					    first));
	}
	check_nftables_unseen(doctor, instance);
}
