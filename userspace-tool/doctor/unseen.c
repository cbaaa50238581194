// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "doctor/unseen.h"

/* "nat+" means all names that begin with nat. */
static bool interface_matches(const struct rule *rule, const char *flag, const char *device,
			      bool any)
{
	char name[64];
	bool negated, same;
	size_t len;

	if (!rule_value(rule, flag, name, &negated))
		return any;
	len = strlen(name);
	if (name[len - 1] == '+')
		same = !strncmp(name, device, len - 1);
	else
		same = !strcmp(name, device);
	return same != negated;
}

/* A rule that names the device for both in and out is for hairpins only. */
static bool concerns(const struct rule *rule, const char *flag, const char *device)
{
	const char *other = strcmp(flag, "-i") ? "-i" : "-o";

	return interface_matches(rule, flag, device, true) &&
	       !interface_matches(rule, other, device, false);
}

/* The chain that a rule is in. */
static bool rule_has_chain(const struct rule *rule, char chain[64])
{
	return sscanf(rule->text, "-A %63s", chain) == 1;
}

/* Whether FORWARD comes to a chain, by rules with -j or -g. Such rules do not form loops. */
static bool is_forwarding(const struct firewall *firewall, const struct rule *of, const char *chain)
{
	char jump[80], go[80], from[64];

	if (!strcmp(chain, "FORWARD"))
		return true;
	snprintf(jump, sizeof(jump), "-j %s", chain);
	snprintf(go, sizeof(go), "-g %s", chain);
	for (size_t i = 0; i < firewall->count; i++) {
		const struct rule *rule = &firewall->rules[i];

		if (rule->source == of->source && !strcmp(rule->table, of->table) &&
		    (rule_has(rule, jump) || rule_has(rule, go)) &&
		    rule_has_chain(rule, from) && is_forwarding(firewall, rule, from))
			return true;
	}
	return false;
}

/* Connections begin on the ordinary path, and ICMP never leaves it. */
static bool is_about_slow_packets(const struct rule *rule)
{
	return rule_has(rule, "--ctstate NEW") || rule_has(rule, "--state NEW") ||
	       rule_has(rule, "--tcp-flags FIN,SYN,RST,ACK SYN") || rule_has(rule, "-p icmp") ||
	       rule_has(rule, "-p ipv6-icmp");
}

static bool is_to_see_all(const struct rule *rule)
{
	static const char *const words[] = {
		"-m limit", "-m hashlimit", "-m quota", "-m quota2", "-m rateest", "-m connbytes",
		"-m statistic", "-m recent", "-m string", "-m bpf", "-m u32", "-j LOG", "-j NFLOG",
		"-j NFQUEUE", "-j ULOG", "-j TEE", "-j TRACE", "-j RATEEST",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (rule_has(rule, words[i]))
			return !is_about_slow_packets(rule);
	}
	return false;
}

unsigned int firewall_count_unseen(const struct firewall *firewall,
				   const struct firewall_source *source, const char *device,
				   const char **first)
{
	unsigned int count = 0;
	char chain[64];

	for (size_t i = 0; i < firewall->count; i++) {
		const struct rule *rule = &firewall->rules[i];

		if (rule->source != source || !is_to_see_all(rule) ||
		    !(concerns(rule, "-i", device) || concerns(rule, "-o", device)) ||
		    !rule_has_chain(rule, chain) || !is_forwarding(firewall, rule, chain))
			continue;
		if (!count++)
			*first = rule->text;
	}
	return count;
}
