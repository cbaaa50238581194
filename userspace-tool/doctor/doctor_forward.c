// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 doctor: whether the firewall lets translated packets through, and masquerades them.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "cli/program.h"
#include "doctor/chains.h"
#include "doctor/doctor.h"
#include "netlink/route_get.h"

/* An address of the IPv4 Internet: that of a root server. */
static void far_address4(struct prefix *addr)
{
	*addr = (struct prefix){ .family = AF_INET, .len = 32 };
	inet_pton(AF_INET, "198.41.0.4", &addr->addr4);
}

const char *find_uplink4(char name[IFNAMSIZ])
{
	struct prefix addr;

	far_address4(&addr);
	return if_indextoname(route_get(AF_INET, &addr.addr4), name);
}

/* What leaves by a link. @culprit: see chains_masquerade(). */
static bool is_masqueraded_on(const struct doctor *doctor, const struct prefix *pool,
			      const char *link, const struct rule **culprit)
{
	const struct firewall_source *source;
	struct prefix dest;
	struct packet packet = { .out = link, .source = pool, .dest = &dest, .state = STATE_NEW };
	const struct rule *unclear;

	far_address4(&dest);
	for (source = firewall_sources; source->command; source++) {
		if (source->family != AF_INET)
			continue;
		if (chains_masquerade(&doctor->firewall, source, &packet, &unclear))
			return true;
		*culprit = *culprit ?: unclear;
	}
	return nftables_masquerade(doctor, &packet);
}

/* Where no route leads to the Internet, any link may be the one. */
static bool is_masqueraded(const struct doctor *doctor, const struct prefix *pool,
			   const struct rule **culprit)
{
	struct if_nameindex *names, *name;
	char uplink[IFNAMSIZ];
	bool found = false;

	*culprit = NULL;
	if (find_uplink4(uplink))
		return is_masqueraded_on(doctor, pool, uplink, culprit);
	names = if_nameindex();
	for (name = names; !found && name && name->if_name; name++)
		found = is_masqueraded_on(doctor, pool, name->if_name, culprit);
	if (names)
		if_freenameindex(names);
	return found;
}

/* In front of all rules, for one of them may be why the pool gets past the others. */
static struct command_line masquerade_advice(const char *pool, const struct instance *instance)
{
	if (program_exists("iptables") || !nftables_can_name(instance->name))
		return shell("iptables -t nat -I POSTROUTING -s %s ! -o %s -j MASQUERADE", pool,
			     instance->name);
	return nftables_masquerade_advice(pool, instance);
}

static void report_masquerade(struct doctor *doctor, const struct instance *instance,
			      const struct prefix *pool, const struct rule *culprit)
{
	char text[PREFIX_STRLEN];

	prefix_text(pool, text);
	if (culprit)
		report(doctor, SEVERITY_WARNING, "no_masquerade", instance,
		       words("the pool %s is private, and doctor cannot tell whether a rule gives it a "
			     "public address; that depends on this rule: %.*s", text,
			     (int)strlen(culprit->text) - 1, culprit->text),
		       masquerade_advice(text, instance));
	else
		report(doctor, SEVERITY_ERROR, "no_masquerade", instance,
		       words("the pool %s is private, and no rule gives it a public address; nor does a "
			     "line \"masquerade\" in nat64.conf(5)", text),
		       masquerade_advice(text, instance));
}

void check_masquerade(struct doctor *doctor, const struct instance *instance)
{
	const struct rule *culprit;

	for (size_t i = 0; i < instance->pools.count; i++) {
		const struct prefix *pool = &instance->pools.prefixes[i];

		if (!is_own(pool) && is_private(pool->addr4) &&
		    !is_masqueraded(doctor, pool, &culprit))
			report_masquerade(doctor, instance, pool, culprit);
	}
}

/* A chain that a packet passes, and what to say if it does not get through. */
struct passage {
	const struct firewall_source *source;
	const char *table;
	const char *chain;
	struct packet packet;
};

/* Whether ufw(8) is on. It keeps its rules, and both families have the same. */
static bool is_of_ufw(const struct doctor *doctor, const struct passage *passage)
{
	const char *jump = passage->source->family == AF_INET ?
			   "-A FORWARD -j ufw-before-forward" : "-A FORWARD -j ufw6-before-forward";

	for (size_t i = 0; i < doctor->firewall.count; i++) {
		const struct rule *rule = &doctor->firewall.rules[i];

		if (rule->source == passage->source && rule_has(rule, jump))
			return true;
	}
	return false;
}

static struct command_line accept_advice(const struct doctor *doctor, const struct passage *passage,
					 const struct instance *instance)
{
	const char *command = passage->source->command, *name = instance->name;

	if (is_of_ufw(doctor, passage))
		return shell("ufw route allow in on %s && ufw route allow out on %s", name, name);
	if (!strcmp(passage->chain, "PREROUTING"))
		return shell("%s -t %s -I PREROUTING -i %s -j ACCEPT", command, passage->table, name);
	return shell("%s -t %s -I %s -i %s -j ACCEPT && %s -t %s -I %s -o %s -j ACCEPT",
		     command, passage->table, passage->chain, name,
		     command, passage->table, passage->chain, name);
}

/* "the FORWARD chain of iptables-nft", with its table if that is not the one that filters. */
static char *passage_words(const struct passage *passage)
{
	bool usual = !strcmp(passage->table, "filter");

	return words("the %s chain of %s%s%s%s", passage->chain, passage->source->command,
		     usual ? "" : " (table ", usual ? "" : passage->table, usual ? "" : ")");
}

static void report_chain(struct doctor *doctor, const struct instance *instance,
			 const struct passage *passage, const struct rule *culprit)
{
	bool ipv4 = passage->source->family == AF_INET;
	const char *id = ipv4 ? "forward_drop4" : "forward_drop6";
	int len = culprit ? (int)strlen(culprit->text) - 1 : 0;
	char *chain = passage_words(passage);

	if (culprit)
		report(doctor, SEVERITY_WARNING, id, instance,
		       words("doctor cannot tell whether %s lets through what comes from or goes to "
			     "the device; that depends on this rule: %.*s", chain, len,
			     culprit->text), accept_advice(doctor, passage, instance));
	else
		report(doctor, SEVERITY_ERROR, id, instance,
		       words("%s drops what comes from or goes to the device", chain),
		       accept_advice(doctor, passage, instance));
	free(chain);
}

/* A rule made for the device and a link: whoever wrote it knows which links lead to the hosts. */
static bool accepts_link(const struct rule *rule, const struct instance *instance)
{
	bool not_in, not_out;
	char in[64], out[64];

	return rule && rule_has(rule, "-j ACCEPT") && rule_value(rule, "-i", in, &not_in) &&
	       rule_value(rule, "-o", out, &not_out) && !not_in && !not_out &&
	       (!strcmp(in, instance->name) || !strcmp(out, instance->name));
}

static enum verdict passage_verdict(const struct doctor *doctor, const struct instance *instance,
				    const struct passage *passage, const struct rule **culprit)
{
	enum verdict verdict = chains_verdict(&doctor->firewall, passage->source, passage->table,
					      passage->chain, &passage->packet, culprit);

	return accepts_link(*culprit, instance) ? VERDICT_PASSES : verdict;
}

/* The rules of a FORWARD chain, for packets that conntrack has seen both ways, or not yet. */
static bool check_passage(struct doctor *doctor, const struct instance *instance,
			  const struct passage *passage)
{
	const struct rule *culprit;

	if (passage_verdict(doctor, instance, passage, &culprit) == VERDICT_PASSES)
		return true;
	report_chain(doctor, instance, passage, culprit);
	return false;
}

/* Other tables than filter: people seldom filter there, so a rule counts only if it is plain. */
static bool check_elsewhere(struct doctor *doctor, const struct instance *instance,
			    struct passage passage, const char *table, const char *chain)
{
	const struct rule *culprit;

	passage.table = table;
	passage.chain = chain;
	if (passage_verdict(doctor, instance, &passage, &culprit) != VERDICT_LOST)
		return true;
	report_chain(doctor, instance, &passage, NULL);
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
	if (!check_elsewhere(doctor, instance, from, "raw", "PREROUTING") ||
	    !check_elsewhere(doctor, instance, from, "mangle", "PREROUTING") ||
	    !check_elsewhere(doctor, instance, from, "mangle", "FORWARD") ||
	    !check_passage(doctor, instance, &from))
		return;
	/* Those that the rule or the hook takes do not get as far as FORWARD. */
	if ((ipv4 || !taken_in_prerouting(doctor, instance, AF_INET6, NULL)) &&
	    check_elsewhere(doctor, instance, to, "mangle", "FORWARD"))
		check_passage(doctor, instance, &to);
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
	if (!taken_in_prerouting(doctor, instance, family, NULL))
		return false;
	if (family == AF_INET6)
		return true;
	/* Replies to a private pool get its addresses only behind conntrack, from MASQUERADE. */
	return instance->pools.count && !is_private(instance->pools.prefixes[0].addr4);
}

static bool is_accepted_untracked(const struct doctor *doctor, const struct instance *instance,
				  struct passage passage)
{
	const struct rule *culprit;

	passage.packet.state = STATE_UNTRACKED;
	return passage_verdict(doctor, instance, &passage, &culprit) == VERDICT_PASSES;
}

/* What is not tracked is no longer invalid, but may need a rule of its own. */
static struct command_line notrack_advice(const struct doctor *doctor,
					  const struct instance *instance,
					  const struct passage *passage)
{
	const char *command = passage->source->command;
	struct command_line advice;
	char text[PREFIX_STRLEN];

	if (is_accepted_untracked(doctor, instance, *passage)) {
		advice = shell("%s -t raw -I PREROUTING -i %s", command, instance->name);
	} else {
		advice = accept_advice(doctor, passage, instance);
		shell_append(&advice, " && %s -t raw -I PREROUTING -i %s", command, instance->name);
	}
	if (passage->source->family == AF_INET)
		shell_append(&advice, " -s %s", prefix_text(&instance->pools.prefixes[0], text));
	shell_append(&advice, " -j CT --notrack");
	return advice;
}

static void report_invalid(struct doctor *doctor, const struct instance *instance,
			   const struct passage *passage, const struct rule *culprit)
{
	const char *id = passage->source->family == AF_INET ? "invalid_drop4" : "invalid_drop6";

	report(doctor, culprit ? SEVERITY_WARNING : SEVERITY_ERROR, id, instance,
	       words("%s of %s drops packets in state INVALID, and conntrack gives it to those from the "
		     "device: it does not see their other half, which is taken in PREROUTING%s%.*s",
		     passage->chain, passage->source->command,
		     culprit ? "; only what rules such as this accept gets through: " : "",
		     culprit ? (int)strlen(culprit->text) - 1 : 0, culprit ? culprit->text : ""),
	       notrack_advice(doctor, instance, passage));
}

/*
 * Of a connection whose other half a rule or the hook takes in PREROUTING, conntrack sees one half
 * only, and calls its packets invalid.
 */
static bool check_invalid_in(struct doctor *doctor, const struct instance *instance,
			     const struct firewall_source *source, const char *table,
			     const char *chain)
{
	const struct prefix_list *list = source->family == AF_INET ? &instance->pools :
								     &instance->prefixes;
	struct passage passage = {
		.source = source, .table = table, .chain = chain,
		.packet = { .in = instance->name, .state = STATE_INVALID,
			    .source = list->count ? &list->prefixes[0] : NULL },
	};
	const struct rule *culprit, *unused;
	enum verdict verdict;

	verdict = passage_verdict(doctor, instance, &passage, &culprit);
	if (verdict < VERDICT_MAY_PASS ||
	    chains_untracked(&doctor->firewall, source, &passage.packet))
		return false;
	passage.packet.state = STATE_ESTABLISHED;
	if (passage_verdict(doctor, instance, &passage, &unused) >= verdict)
		return false;
	report_invalid(doctor, instance, &passage, culprit);
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
