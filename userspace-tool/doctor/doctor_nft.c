// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 doctor: rulesets of nft(8) that are not those of iptables. It does not work out what their
 * rules let through. It looks for chains whose rules do not name a device, and for rules that do
 * what another check misses.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/program.h"
#include "doctor/chains.h"
#include "doctor/doctor.h"

void nftables_read(struct doctor *doctor)
{
	static const char *const words[] = { "nft", "-j", "list", "ruleset", NULL };
	struct program program;

	if (!program_exists(words[0]))
		return;
	if (!program_run(words, NULL, &program) && program.output)
		doctor->nftables = json_tokener_parse(program.output);
	if (program.code || !doctor->nftables)
		doctor->nft_error = strdup(program_complaint(&program));
	program_clear(&program);
}

void nftables_clear(struct doctor *doctor)
{
	json_object_put(doctor->nftables);
	free(doctor->nft_error);
}

void check_nftables_read(struct doctor *doctor)
{
	if (!doctor->nft_error)
		return;
	report(doctor, SEVERITY_WARNING, "nft_unread", NULL,
	       words("doctor knows no rules of nftables, for \"nft -j list ruleset\" fails%s%s",
		     *doctor->nft_error ? ": " : "", doctor->nft_error),
	       shell("nft -j list ruleset"));
}

static const char *member(json_object *object, const char *name)
{
	json_object *value;

	return json_object_object_get_ex(object, name, &value) ? json_object_get_string(value) : "";
}

/* The objects of a kind ("chain", "rule"), one after the other; NULL behind the last. */
static json_object *next_object(const struct doctor *doctor, const char *kind, size_t *i)
{
	json_object *list, *object;

	if (!json_object_object_get_ex(doctor->nftables, "nftables", &list) ||
	    !json_object_is_type(list, json_type_array))
		return NULL;
	while (*i < json_object_array_length(list)) {
		if (json_object_object_get_ex(json_object_array_get_idx(list, (*i)++), kind, &object))
			return object;
	}
	return NULL;
}

/*
 * The base chains of iptables are there, too, in capitals and in tables of these names; other checks
 * look at them and at where they lead.
 */
static bool is_of_iptables(json_object *base)
{
	static const char *const tables[] = { "filter", "nat", "mangle", "raw", "security" };
	const char *family = member(base, "family"), *table = member(base, "table");

	if (!isupper((unsigned char)*member(base, "name")) ||
	    (strcmp(family, "ip") && strcmp(family, "ip6")))
		return false;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		if (!strcmp(table, tables[i]))
			return true;
	}
	return false;
}

/* Whether a base chain is at a hook and sees routed packets of a family, AF_UNSPEC for any. */
static bool is_at(json_object *chain, const char *hook, int af)
{
	const char *family = member(chain, "family");

	return !strcmp(member(chain, "hook"), hook) && !is_of_iptables(chain) &&
	       (!strcmp(family, "inet") || (af != AF_INET6 && !strcmp(family, "ip")) ||
		(af != AF_INET && !strcmp(family, "ip6")));
}

static bool is_in(json_object *rule, json_object *chain)
{
	return !strcmp(member(rule, "family"), member(chain, "family")) &&
	       !strcmp(member(rule, "table"), member(chain, "table"));
}

/* A statement of a rule that has no matches; NULL if it has, or does something else. */
static json_object *only_statement(json_object *rule, const char *name)
{
	json_object *list, *statement, *found = NULL;

	if (!json_object_object_get_ex(rule, "expr", &list))
		return NULL;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		statement = json_object_array_get_idx(list, i);
		if (json_object_object_get_ex(statement, "match", NULL))
			return NULL;
		if (!found && json_object_object_get_ex(statement, name, NULL))
			found = statement;
	}
	return found;
}

/* Whether a rule without a condition drops whatever gets as far as that, here or behind a jump. */
static bool drops_rest(const struct doctor *doctor, json_object *chain, const char *name, int depth)
{
	json_object *rule, *statement, *jump;
	size_t i = 0;

	while (depth < 16 && (rule = next_object(doctor, "rule", &i))) {
		if (!is_in(rule, chain) || strcmp(member(rule, "chain"), name))
			continue;
		if (only_statement(rule, "drop") || only_statement(rule, "reject"))
			return true;
		if (only_statement(rule, "accept"))
			return false;
		statement = only_statement(rule, "jump") ?: only_statement(rule, "goto");
		if (statement && (json_object_object_get_ex(statement, "jump", &jump) ||
				  json_object_object_get_ex(statement, "goto", &jump)) &&
		    drops_rest(doctor, chain, member(jump, "target"), depth + 1))
			return true;
	}
	return false;
}

static bool drops_forwarded(const struct doctor *doctor, json_object *chain)
{
	return is_at(chain, "forward", AF_UNSPEC) &&
	       (!strcmp(member(chain, "policy"), "drop") ||
		drops_rest(doctor, chain, member(chain, "name"), 0));
}

/* Whether any rule of the chain's table contains the name of the device. */
static bool table_knows(const struct doctor *doctor, json_object *chain,
			const struct instance *instance)
{
	char name[IFNAMSIZ + 2];
	json_object *rule;
	size_t i = 0;

	snprintf(name, sizeof(name), "\"%s\"", instance->name);
	while ((rule = next_object(doctor, "rule", &i))) {
		if (is_in(rule, chain) && strstr(json_object_to_json_string(rule), name))
			return true;
	}
	return false;
}

/* Whether nft accepts a name without quotes, since its language cannot quote one. */
static bool is_identifier(const char *name)
{
	return isalpha((unsigned char)*name) &&
	       !name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.")];
}

bool nftables_can_name(const char *device)
{
	return !strpbrk(device, "\"*\\");
}

/* A string for nft; the shell quotes it once more. */
static void quote_device(const struct instance *instance, char device[IFNAMSIZ + 2])
{
	snprintf(device, IFNAMSIZ + 2, "\"%s\"", instance->name);
}

static struct command_line forward_advice(json_object *chain, const struct instance *instance)
{
	const char *family = member(chain, "family"), *table = member(chain, "table");
	const char *name = member(chain, "name");
	char device[IFNAMSIZ + 2];

	if (!is_identifier(table) || !is_identifier(name) || !nftables_can_name(instance->name))
		return shell("nft -a list ruleset");
	quote_device(instance, device);
	return shell("nft insert rule %s %s %s iifname %s accept && "
		     "nft insert rule %s %s %s oifname %s accept",
		     family, table, name, device, family, table, name, device);
}

void check_nftables_forward(struct doctor *doctor, const struct instance *instance)
{
	json_object *chain;
	size_t i = 0;

	while ((chain = next_object(doctor, "chain", &i))) {
		if (!drops_forwarded(doctor, chain) || table_knows(doctor, chain, instance))
			continue;
		report(doctor, SEVERITY_WARNING, "forward_drop_nft", instance,
		       words("the chain %s %s %s of nftables drops %s, and no rule names the device%s",
			     member(chain, "family"), member(chain, "table"),
			     member(chain, "name"), strcmp(member(chain, "policy"), "drop") ?
			     "what no rule accepts" : "by policy",
			     strcmp(member(chain, "table"), "firewalld") ? "" :
			     "; firewalld loses rules that it has not made itself when it reloads, so "
			     "put the device into a zone such as trusted"),
		       forward_advice(chain, instance));
	}
}

/* "fib saddr . iif oif missing drop", perhaps behind "meta nfproto". */
bool nftables_want_way_back(const struct doctor *doctor, int family)
{
	const char *own = family == AF_INET ? "ip" : "ip6", *other = family == AF_INET ? "ipv6" : "ipv4";
	json_object *rule;
	size_t i = 0;

	while ((rule = next_object(doctor, "rule", &i))) {
		const char *text = json_object_to_json_string(rule), *of = member(rule, "family");

		if ((!strcmp(of, own) || !strcmp(of, "inet")) && strstr(text, "\"fib\"") &&
		    strstr(text, "\"saddr\"") && strstr(text, "\"oif\"") && strstr(text, "\"drop\"") &&
		    !strstr(text, other))
			return true;
	}
	return false;
}

/* Whether a rule is in this chain of the table of @base. */
static bool is_in_chain(json_object *rule, json_object *base, const char *chain)
{
	return is_in(rule, base) && !strcmp(member(rule, "chain"), chain);
}

static void reach(const struct doctor *doctor, json_object *base, const char *chain,
		  json_object *reached);

/* Reaches the chains that an expression leads to, which may be within a map. */
static void reach_targets(const struct doctor *doctor, json_object *base, json_object *expression,
			  json_object *reached)
{
	if (json_object_is_type(expression, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(expression); i++)
			reach_targets(doctor, base, json_object_array_get_idx(expression, i), reached);
	} else if (json_object_is_type(expression, json_type_object)) {
		json_object_object_foreach(expression, key, value) {
			if (!strcmp(key, "jump") || !strcmp(key, "goto"))
				reach(doctor, base, member(value, "target"), reached);
			else
				reach_targets(doctor, base, value, reached);
		}
	}
}

/* Adds a chain, and all that its rules lead to, as keys to @reached. */
static void reach(const struct doctor *doctor, json_object *base, const char *chain,
		  json_object *reached)
{
	json_object *rule, *expression;
	size_t i = 0;

	if (json_object_object_get_ex(reached, chain, NULL))
		return;
	json_object_object_add(reached, chain, NULL);
	while ((rule = next_object(doctor, "rule", &i))) {
		if (is_in_chain(rule, base, chain) && json_object_object_get_ex(rule, "expr", &expression))
			reach_targets(doctor, base, expression, reached);
	}
}

static bool is_source(json_object *left)
{
	json_object *payload;

	return json_object_object_get_ex(left, "payload", &payload) &&
	       !strcmp(member(payload, "protocol"), "ip") && !strcmp(member(payload, "field"), "saddr");
}

static bool is_link_out(json_object *left)
{
	json_object *meta;

	return json_object_object_get_ex(left, "meta", &meta) &&
	       (!strcmp(member(meta, "key"), "oif") || !strcmp(member(meta, "key"), "oifname"));
}

static bool matches_source(json_object *value, const struct prefix *source)
{
	struct prefix prefix = { .family = AF_INET, .len = 32 };
	const char *text = json_object_get_string(value);
	json_object *range;

	if (json_object_object_get_ex(value, "prefix", &range)) {
		text = member(range, "addr");
		prefix.len = atoi(member(range, "len"));
	}
	return inet_pton(AF_INET, text, &prefix.addr4) == 1 && prefix.len <= source->len &&
	       prefixes_overlap(&prefix, source);
}

/* "r*" means all names that begin with r. */
static bool matches_link(json_object *value, const char *link)
{
	const char *name = json_object_get_string(value);
	size_t len = strlen(name);

	return len && name[len - 1] == '*' ? !strncmp(name, link, len - 1) : !strcmp(name, link);
}

/* @right: a value, or a set of them. */
static bool matches(json_object *left, json_object *right, const struct packet *packet)
{
	json_object *set;

	if (!json_object_object_get_ex(right, "set", &set))
		return is_source(left) ? matches_source(right, packet->source) :
					 matches_link(right, packet->out);
	for (size_t i = 0; i < json_object_array_length(set); i++) {
		if (matches(left, json_object_array_get_idx(set, i), packet))
			return true;
	}
	return false;
}

/* What is neither a source nor a link out, or is in a set with a name, may match. */
static bool may_match(json_object *match, const struct packet *packet)
{
	const char *text = json_object_to_json_string(match);
	json_object *left, *right;

	if (!json_object_object_get_ex(match, "left", &left) ||
	    !json_object_object_get_ex(match, "right", &right) ||
	    !(is_source(left) || is_link_out(left)) || strstr(text, "\"@") || strstr(text, "\"range\""))
		return true;
	return matches(left, right, packet) != !strcmp(member(match, "op"), "!=");
}

static bool may_masquerade(json_object *rule, const struct packet *packet)
{
	const char *text = json_object_to_json_string(rule);
	json_object *list, *match;

	if (!(strstr(text, "\"masquerade\"") || strstr(text, "\"snat\"")) ||
	    !json_object_object_get_ex(rule, "expr", &list))
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		if (json_object_object_get_ex(json_object_array_get_idx(list, i), "match", &match) &&
		    !may_match(match, packet))
			return false;
	}
	return true;
}

static bool masquerades_from(const struct doctor *doctor, json_object *base,
			     const struct packet *packet)
{
	json_object *reached = json_object_new_object(), *rule;
	bool found = false;
	size_t i = 0;

	reach(doctor, base, member(base, "name"), reached);
	while (!found && (rule = next_object(doctor, "rule", &i)))
		found = is_in(rule, base) &&
			json_object_object_get_ex(reached, member(rule, "chain"), NULL) &&
			may_masquerade(rule, packet);
	json_object_put(reached);
	return found;
}

bool nftables_masquerade(const struct doctor *doctor, const struct packet *packet)
{
	json_object *chain;
	size_t i = 0;

	while ((chain = next_object(doctor, "chain", &i))) {
		if (is_at(chain, "postrouting", AF_INET) && masquerades_from(doctor, chain, packet))
			return true;
	}
	return false;
}

struct command_line nftables_masquerade_advice(const char *pool, const struct instance *instance)
{
	char device[IFNAMSIZ + 2];

	quote_device(instance, device);
	return shell("nft add table ip doctor && nft add chain ip doctor postrouting "
		     "'{ type nat hook postrouting priority 90; }' && "
		     "nft add rule ip doctor postrouting ip saddr %s oifname != %s masquerade",
		     pool, device);
}

/* Whether the rule has a match of the packet's state in which "invalid" is, and drops. */
static bool drops_invalid(json_object *rule)
{
	const char *text = json_object_to_json_string(rule);

	return strstr(text, "\"key\": \"state\"") && strstr(text, "\"invalid\"") &&
	       (strstr(text, "\"drop\"") || strstr(text, "\"reject\""));
}

/* A rule that what comes from the device passes, on its way through the base chain. */
static json_object *find_invalid_drop_from(const struct doctor *doctor, json_object *base)
{
	json_object *reached = json_object_new_object(), *rule, *found = NULL;
	size_t i = 0;

	reach(doctor, base, member(base, "name"), reached);
	while (!found && (rule = next_object(doctor, "rule", &i))) {
		if (is_in(rule, base) && json_object_object_get_ex(reached, member(rule, "chain"), NULL) &&
		    drops_invalid(rule))
			found = rule;
	}
	json_object_put(reached);
	return found;
}

static json_object *find_invalid_drop(const struct doctor *doctor)
{
	json_object *chain, *found = NULL;
	size_t i = 0;

	while (!found && (chain = next_object(doctor, "chain", &i))) {
		if (is_at(chain, "forward", AF_INET6) || is_at(chain, "prerouting", AF_INET6))
			found = find_invalid_drop_from(doctor, chain);
	}
	return found;
}

static struct command_line notrack_advice(const struct instance *instance)
{
	char device[IFNAMSIZ + 2];

	if (program_exists("ip6tables") || !nftables_can_name(instance->name))
		return shell("ip6tables -t raw -I PREROUTING -i %s -j CT --notrack", instance->name);
	quote_device(instance, device);
	return shell("nft add table ip6 doctor && nft add chain ip6 doctor prerouting "
		     "'{ type filter hook prerouting priority -300; }' && "
		     "nft add rule ip6 doctor prerouting iifname %s notrack", device);
}

/* As check_invalid_drop() does it for iptables. A notrack rule anywhere is taken to be the answer. */
void check_nftables_invalid(struct doctor *doctor, const struct instance *instance)
{
	struct packet packet = { .in = instance->name, .state = STATE_INVALID };
	const struct firewall_source *source = firewall_sources;
	json_object *rule, *bad;
	size_t i = 0;
	bool known;

	if (!goes_past_conntrack(doctor, instance, AF_INET6))
		return;
	while (source->family != AF_INET6)
		source++;
	if (chains_untracked(&doctor->firewall, source, &packet))
		return;
	while ((rule = next_object(doctor, "rule", &i))) {
		if (strstr(json_object_to_json_string(rule), "\"notrack\""))
			return;
	}
	bad = find_invalid_drop(doctor);
	if (!bad)
		return;
	known = table_knows(doctor, bad, instance);
	report(doctor, known ? SEVERITY_WARNING : SEVERITY_ERROR, "invalid_drop6", instance,
	       words("the chain %s %s %s of nftables drops packets in state invalid, and conntrack gives "
		     "it to those from the device: it does not see their other half, which is taken in "
		     "PREROUTING%s", member(bad, "family"), member(bad, "table"), member(bad, "chain"),
		     known ? "; doctor cannot tell whether a rule before accepts them" : ""),
	       notrack_advice(instance));
}

/* See is_to_see_all() and is_about_slow_packets() in unseen.c. */
static bool is_to_see_all(json_object *rule)
{
	static const char *const kinds[] = {
		"\"counter\"", "\"limit\"", "\"quota\"", "\"log\"", "\"queue\"", "\"dup\"",
	};
	json_object *expression;
	const char *text;

	if (!json_object_object_get_ex(rule, "expr", &expression))
		return false;
	text = json_object_to_json_string(expression);
	if (strstr(text, "\"icmp\"") || strstr(text, "\"icmpv6\"") || strstr(text, "\"ipv6-icmp\"") ||
	    (strstr(text, "\"new\"") && !strstr(text, "\"established\"")))
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strstr(text, kinds[i]))
			return true;
	}
	return false;
}

static unsigned int count_unseen(const struct doctor *doctor, json_object *base)
{
	json_object *reached = json_object_new_object(), *rule;
	unsigned int count = 0;
	size_t i = 0;

	reach(doctor, base, member(base, "name"), reached);
	while ((rule = next_object(doctor, "rule", &i))) {
		const char *chain = member(rule, "chain");

		count += is_in_chain(rule, base, chain) &&
			 json_object_object_get_ex(reached, chain, NULL) && is_to_see_all(rule);
	}
	json_object_put(reached);
	return count;
}

void check_nftables_unseen(struct doctor *doctor, const struct instance *instance)
{
	unsigned int count;
	json_object *chain;
	size_t i = 0;

	while ((chain = next_object(doctor, "chain", &i))) {
		count = is_at(chain, "forward", AF_UNSPEC) ? count_unseen(doctor, chain) : 0;
		if (count)
			report_unseen(doctor, instance, count,
				      words("the chain %s %s %s of nftables, and where it leads",
					    member(chain, "family"), member(chain, "table"),
					    member(chain, "name")));
	}
}
