// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 doctor: checks of the machine as a whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor/doctor.h"

/* The version of a loaded module, "" if it is not loaded. */
static void read_version(const char *module, char version[64])
{
	char path[128];
	FILE *file;

	*version = '\0';
	snprintf(path, sizeof(path), "/sys/module/%s/version", module);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fscanf(file, "%63s", version) != 1)
		*version = '\0';
	fclose(file);
}

void check_module_version(struct doctor *doctor)
{
	static const char *const modules[] = { "nat64", "xt_NAT64" };
	char version[64];

	for (size_t i = 0; i < sizeof(modules) / sizeof(*modules); i++) {
		read_version(modules[i], version);
		if (!*version || !strcmp(version, NAT64_VERSION))
			continue;
		report(doctor, SEVERITY_WARNING, "module_version", NULL,
		       words("module %s is of version %s, this command of " NAT64_VERSION
			     "; to load another removes all devices, see nat64 save",
			     modules[i], version),
		       shell("modprobe -r xt_NAT64 nat64 && modprobe -a nat64 xt_NAT64"));
	}
}

void check_devices(struct doctor *doctor)
{
	if (doctor->count)
		return;
	report(doctor, SEVERITY_ERROR, "no_device", NULL, words("there is no NAT64 device"),
	       shell("nat64 dev add nat64 prefix " WELL_KNOWN_PREFIX " pool " RECOMMENDED_POOL));
}

/* Forwarding takes away what router advertisements have given, unless accept_ra is 2 before. */
static struct command_line forwarding_advice(const struct doctor *doctor, const char *sysctl)
{
	struct command_line command = shell("sysctl -w");

	for (size_t i = 0; !strcmp(sysctl, FORWARDING6) && i < doctor->adverts.count; i++) {
		const struct adverts *adverts = &doctor->adverts.links[i];

		if ((adverts->has_route || adverts->has_address) &&
		    adverts_ignored(adverts->link, true))
			shell_append(&command, " net/ipv6/conf/%s/accept_ra=2", adverts->link);
	}
	shell_append(&command, " %s=1", sysctl);
	return command;
}

static bool is_device(const struct doctor *doctor, const char *name)
{
	for (size_t i = 0; i < doctor->count; i++) {
		if (!strcmp(doctor->instances[i].name, name))
			return true;
	}
	return false;
}

static void check_forwarding_of(struct doctor *doctor, const char *family, const char *id,
				const char *sysctl)
{
	if (sysctl_number("%s", sysctl) == 0) {
		report(doctor, SEVERITY_ERROR, id, NULL,
		       words("%s forwarding is off; the line \"forwarding\" in nat64.conf(5) turns "
			     "it on at every start", family),
		       forwarding_advice(doctor, sysctl));
		return;
	}
	for (size_t i = 0; i < doctor->count; i++) {
		const struct instance *instance = &doctor->instances[i];
		const char *net = family[3] == '4' ? "net/ipv4/conf" : "net/ipv6/conf";

		if (sysctl_number("%s/%s/forwarding", net, instance->name) == 0)
			report(doctor, SEVERITY_ERROR, id, instance,
			       words("%s forwarding is off for what comes from the device", family),
			       shell("sysctl -w %s/%s/forwarding=1", net, instance->name));
	}
}

/* Replies come in by the link to the Internet. IPv6 has no such setting for a link. */
static void check_uplink_forwarding(struct doctor *doctor)
{
	char name[IFNAMSIZ];

	if (sysctl_number(FORWARDING4) && find_uplink4(name) &&
	    !is_device(doctor, name) && sysctl_number("net/ipv4/conf/%s/forwarding", name) == 0)
		report(doctor, SEVERITY_ERROR, "forwarding4", NULL,
		       words("IPv4 forwarding is off for what comes from %s", name),
		       shell("sysctl -w net/ipv4/conf/%s/forwarding=1", name));
}

void check_forwarding(struct doctor *doctor)
{
	check_forwarding_of(doctor, "IPv4", "forwarding4", FORWARDING4);
	check_uplink_forwarding(doctor);
	check_forwarding_of(doctor, "IPv6", "forwarding6", FORWARDING6);
}

static bool has_pools(const struct doctor *doctor)
{
	for (size_t i = 0; i < doctor->count; i++) {
		if (doctor->instances[i].pools.count)
			return true;
	}
	return false;
}

/*
 * Hosts that get an address of a pool want to reach the IPv4 Internet. It is a warning, since a
 * network may be closed.
 */
void check_way_out(struct doctor *doctor)
{
	char name[IFNAMSIZ];

	if (!has_pools(doctor) || find_uplink4(name))
		return;
	report(doctor, SEVERITY_WARNING, "no_way_out", NULL,
	       words("no route leads to the IPv4 Internet"),
	       shell("ip route add default via GATEWAY"));
}

static void report_adverts(struct doctor *doctor, enum severity severity,
			   const struct adverts *adverts, char *text)
{
	report(doctor, severity, "accept_ra", NULL, text,
	       shell("sysctl -w net/ipv6/conf/%s/accept_ra=2", adverts->link));
}

/*
 * A router that learned its own routes and addresses from advertisements loses them when forwarding
 * is turned on: the default route at once, the rest when it expires.
 */
static void check_adverts_of(struct doctor *doctor, const struct adverts *adverts, bool uplink)
{
	char text[PREFIX_STRLEN];

	if (!adverts_ignored(adverts->link, false))
		return;
	if (adverts->has_route)
		report_adverts(doctor, SEVERITY_WARNING, adverts,
			       words("the IPv6 default route on %s is lost in %u s: a router ignores "
				     "router advertisements unless accept_ra is 2",
				     adverts->link, adverts->route_expires));
	else if (!uplink && (adverts->received || adverts->has_address))
		report_adverts(doctor, SEVERITY_ERROR, adverts,
			       words("no route leads to the IPv6 Internet, and router advertisements "
				     "on %s are ignored: a router heeds the next one only if "
				     "accept_ra is 2", adverts->link));
	else if (adverts->has_address && adverts->address_expires != UINT32_MAX)
		report_adverts(doctor, SEVERITY_WARNING, adverts,
			       words("the address %s on %s is lost in %u s: a router ignores router "
				     "advertisements unless accept_ra is 2",
				     prefix_text(&adverts->address, text), adverts->link,
				     adverts->address_expires));
}

void check_adverts(struct doctor *doctor)
{
	bool uplink = ipv6_uplink();

	for (size_t i = 0; i < doctor->adverts.count; i++)
		check_adverts_of(doctor, &doctor->adverts.links[i], uplink);
}

/* @instance keeps its other prefixes. */
static struct command_line prefix_advice(const struct instance *instance, const struct prefix *prefix)
{
	struct command_line command = shell("nat64 dev set %s prefix", instance->name);
	char text[PREFIX_STRLEN];

	for (size_t i = 0; i < instance->prefixes.count; i++) {
		if (&instance->prefixes.prefixes[i] != prefix)
			shell_append(&command, " %s", prefix_text(&instance->prefixes.prefixes[i], text));
	}
	return command;
}

/* Most devices need at least one prefix. The second choice is for networks of one's own (RFC 8215). */
static struct command_line other_prefix_advice(const struct instance *instance,
					       const struct prefix *prefix)
{
	if (instance->prefixes.count != 1)
		return prefix_advice(instance, prefix);
	return shell("nat64 dev set %s prefix %s", instance->name,
		     is_well_known(prefix) ? "64:ff9b:1::/96" : WELL_KNOWN_PREFIX);
}

static void report_overlap(struct doctor *doctor, const struct instance *one,
			   const struct instance *other, const struct prefix *prefix)
{
	char text[PREFIX_STRLEN];

	report(doctor, SEVERITY_WARNING, "overlap", other,
	       words("prefix %s overlaps with one of dev %s", prefix_text(prefix, text), one->name),
	       other_prefix_advice(other, prefix));
}

/* Whether rules with --device say which packets each of two devices gets. */
static bool rules_tell_apart(const struct doctor *doctor, const struct instance *one,
			     const struct instance *other, const struct prefix *prefix)
{
	return firewall_translates(&doctor->firewall, AF_INET6, one->name, prefix) &&
	       firewall_translates(&doctor->firewall, AF_INET6, other->name, prefix);
}

static void check_overlap_of(struct doctor *doctor, const struct instance *one,
			     const struct instance *other)
{
	for (size_t i = 0; i < one->prefixes.count; i++) {
		for (size_t j = 0; j < other->prefixes.count; j++) {
			const struct prefix *prefix = &other->prefixes.prefixes[j];

			if (prefixes_overlap(&one->prefixes.prefixes[i], prefix) &&
			    !rules_tell_apart(doctor, one, other, prefix))
				report_overlap(doctor, one, other, prefix);
		}
	}
}

void check_overlap(struct doctor *doctor)
{
	for (size_t i = 0; i < doctor->count; i++) {
		for (size_t j = i + 1; j < doctor->count; j++)
			check_overlap_of(doctor, &doctor->instances[i], &doctor->instances[j]);
	}
}

/* The router and its neighbours need these addresses for themselves. */
static void report_own(struct doctor *doctor, const struct instance *instance,
		       const struct prefix *prefix, const struct onlink *onlink)
{
	char text[PREFIX_STRLEN], network[PREFIX_STRLEN];

	report(doctor, SEVERITY_ERROR, "prefix_own", instance,
	       words("prefix %s lies over the router's own network %s on %s, whose hosts are lost "
		     "to it", prefix_text(prefix, text),
		     prefix_text(&onlink->network, network), onlink->link),
	       other_prefix_advice(instance, prefix));
}

static void report_onlink(struct doctor *doctor, const struct instance *instance,
			  const struct prefix *prefix, const struct onlink *onlink)
{
	char text[PREFIX_STRLEN], network[PREFIX_STRLEN];

	report(doctor, SEVERITY_WARNING, "prefix_onlink", instance,
	       words("prefix %s is in the network %s on %s, whose hosts look for it on the link, and "
		     "nobody answers: use a prefix outside that network, or see ndppd(1)",
		     prefix_text(prefix, text), prefix_text(&onlink->network, network),
		     onlink->link),
	       other_prefix_advice(instance, prefix));
}

void check_onlink(struct doctor *doctor, const struct instance *instance)
{
	struct onlink onlink;

	for (size_t i = 0; i < instance->prefixes.count; i++) {
		const struct prefix *prefix = &instance->prefixes.prefixes[i];

		if (!onlink_find(prefix, &onlink))
			continue;
		if (onlink.own)
			report_own(doctor, instance, prefix, &onlink);
		else if (!onlink_is_answered(&onlink, prefix))
			report_onlink(doctor, instance, prefix, &onlink);
	}
}
