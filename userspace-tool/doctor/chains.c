// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "doctor/chains.h"

#define WORDS_MAX 128
#define DEPTH_MAX 32

/* How much of the packets in question a match takes: of several matches, the lowest counts. */
enum match {
	MATCH_NONE,	/* not this packet */
	MATCH_PART,	/* a part of such packets, which the rule names: a port, an address, a rate */
	MATCH_UNKNOWN,	/* nobody can tell */
	MATCH_ALL,
};

/* What is left to do after a chain. */
enum end {
	END_CONTINUES,	/* with the rule behind the jump */
	END_PASSES,
	END_LOST,	/* by one of walk.losing; for chains_masquerade(), this is what is wanted */
};

static const char *const dropping[] = { "DROP", "REJECT", NULL };
static const char *const masquerading[] = { "MASQUERADE", "SNAT", "NETMAP", NULL };

struct walk {
	const struct firewall *firewall;
	const struct firewall_source *source;
	const char *table;
	const struct packet *packet;
	const char *const *losing;	/* the targets that end in END_LOST */
	const struct rule *may_pass;	/* the first rule that lets some packets through */
	const struct rule *may_drop;	/* the first rule of which nobody can tell what it drops */
	const struct rule *may_return;	/* the same of one that leaves a chain */
	const struct rule *unclear;	/* a program decides, or the chains are too deep */
	int depth;
};

/* Splits a rule into words, in place. Quotes hold a word together. */
static unsigned int split(char *text, char *words[WORDS_MAX])
{
	unsigned int count = 0;

	while (count < WORDS_MAX - 1) {
		char *to;

		text += strspn(text, " ");
		if (!*text)
			break;
		if (*text != '"') {
			words[count++] = text;
			text += strcspn(text, " ");
			if (*text)
				*text++ = '\0';
			continue;
		}
		words[count++] = to = ++text;
		for (; *text && *text != '"'; text++) {
			if (*text == '\\' && text[1])
				text++;
			*to++ = *text;
		}
		if (*text)
			text++;
		*to = '\0';
	}
	words[count] = NULL;
	return count;
}

/* "nat+" means all names that begin with nat. */
static enum match match_device(const char *pattern, const char *device, const char *other)
{
	size_t len = strlen(pattern);
	bool wild = len && pattern[len - 1] == '+';

	if (device)
		return (wild ? !strncmp(pattern, device, len - 1) : !strcmp(pattern, device)) ?
		       MATCH_ALL : MATCH_NONE;
	/* Packets from the device do not go back to it, but for hairpins. */
	if (!wild && other && !strcmp(pattern, other))
		return MATCH_NONE;
	return MATCH_PART;
}

static enum match match_address(const char *word, const struct prefix *wanted)
{
	struct prefix prefix = { };

	if (!wanted || !firewall_prefix(wanted->family, word, &prefix))
		return MATCH_PART;
	if (!prefixes_overlap(&prefix, wanted))
		return MATCH_NONE;
	return prefix.len <= wanted->len ? MATCH_ALL : MATCH_PART;
}

static enum match match_state(const char *word, enum packet_state state)
{
	static const char *const names[] = { "NEW", "ESTABLISHED", "INVALID", "UNTRACKED" };

	for (int i = 0; i < 4; i++) {
		const char *at = strstr(word, names[i]);

		if (at && state == 1U << i)
			return MATCH_ALL;
	}
	return MATCH_NONE;
}

static enum match match_protocol(const char *word)
{
	return !strcmp(word, "tcp") || !strcmp(word, "6") || !strcmp(word, "all") ? MATCH_ALL :
									       MATCH_NONE;
}

static bool is_among(const char *word, const char *const *list)
{
	while (*list && strcmp(word, *list))
		list++;
	return *list;
}

/* Matches by which people name a part of all traffic. Of others, such as marks, nobody can tell. */
static bool names_a_part(const char *option)
{
	static const char *const options[] = {
		"-f", "--dport", "--sport", "--dports", "--sports", "--ports", "--syn", "--tcp-flags",
		"--tcp-option", "--icmp-type", "--icmpv6-type", "--match-set", "--limit", "--limit-burst",
		"--hashlimit-above", "--hashlimit-upto", "--hashlimit-name", "--hashlimit-mode",
		"--hashlimit-burst", "--connlimit-above", "--connlimit-upto", "--connlimit-mask",
		"--connlimit-saddr", "--connlimit-daddr", "--string", "--algo", "--to", "--from",
		"--timestart", "--timestop", "--weekdays", "--datestart", "--datestop", "--length",
		"--src-range", "--dst-range", "--mac-source", "--name", "--rcheck", "--update", "--set",
		"--seconds", "--hitcount", "--rsource", "--rdest", "--mask", "--rt-type", "--rt-segsleft",
		"--hl-eq", "--hl-lt", "--hl-gt", "--ttl-eq", "--ttl-lt", "--ttl-gt", "--src-type",
		"--dst-type", NULL
	};

	return is_among(option, options);
}

static enum match match_option(const char *option, const char *value, const struct packet *packet,
			       bool negated)
{
	enum match match;

	if (!strcmp(option, "-i"))
		match = match_device(value, packet->in, packet->out);
	else if (!strcmp(option, "-o"))
		match = match_device(value, packet->out, packet->in);
	else if (!strcmp(option, "-s"))
		match = match_address(value, packet->source);
	else if (!strcmp(option, "-d"))
		match = match_address(value, packet->dest);
	else if (!strcmp(option, "-p"))
		match = match_protocol(value);
	else if (!strcmp(option, "--ctstate") || !strcmp(option, "--state"))
		match = match_state(value, packet->state);
	else
		match = names_a_part(option) ? MATCH_PART : MATCH_UNKNOWN;
	if (!negated)
		return match;
	/* All but a part is most of it, and that is nothing to rely on either way. */
	return match == MATCH_ALL ? MATCH_NONE : match == MATCH_NONE ? MATCH_ALL : MATCH_UNKNOWN;
}

/* Looks at the words up to the target, at which @words points afterwards. */
static enum match match_rule(char ***words, const struct packet *packet)
{
	enum match all = MATCH_ALL;
	bool negated = false;
	char **word;

	for (word = *words; *word && strcmp(*word, "-j") && strcmp(*word, "-g"); word++) {
		enum match match;

		if (!strcmp(*word, "!")) {
			negated = true;
			continue;
		}
		if (**word != '-' || !strcmp(*word, "-m") || !strcmp(*word, "--comment")) {
			if (**word == '-' && word[1])
				word++;
			continue;
		}
		match = match_option(*word, word[1] ?: "", packet, negated);
		negated = false;
		if (match < all)
			all = match;
	}
	*words = word;
	return all;
}

static bool is_policy(const struct rule *rule, const char *chain, const char *policy)
{
	size_t len = strlen(chain);

	return *rule->text == ':' && !strncmp(rule->text + 1, chain, len) && rule->text[len + 1] == ' ' &&
	       !strncmp(rule->text + len + 2, policy, strlen(policy));
}

static bool is_of(const struct walk *walk, const struct rule *rule)
{
	return rule->source == walk->source && !strcmp(rule->table, walk->table);
}

static bool has_chain(const struct walk *walk, const char *chain)
{
	for (size_t i = 0; i < walk->firewall->count; i++) {
		const struct rule *rule = &walk->firewall->rules[i];

		if (is_of(walk, rule) && is_policy(rule, chain, "- "))
			return true;
	}
	return false;
}

static void note(const struct rule **what, const struct rule *rule)
{
	if (!*what)
		*what = rule;
}

static enum end walk_chain(struct walk *walk, const char *chain);

/* A rule that a part of the packets match, or nobody knows which. */
static enum end take_some(struct walk *walk, const struct rule *rule, enum match match, enum end end)
{
	if (end == END_PASSES)
		note(&walk->may_pass, rule);
	else if (end == END_LOST && match == MATCH_UNKNOWN)
		note(&walk->may_drop, rule);
	return END_CONTINUES;
}

/* Returns true if the packet is done with the chain. */
static bool walk_rule(struct walk *walk, const struct rule *rule, char **words, enum end *end)
{
	enum match match = match_rule(&words, walk->packet);
	const char *target = words[0] ? words[1] : NULL;

	*end = END_CONTINUES;
	if (match == MATCH_NONE || !target)
		return false;
	if (!strcmp(target, "RETURN")) {
		if (match == MATCH_UNKNOWN)
			note(&walk->may_return, rule);
		return match == MATCH_ALL;
	}
	if (!strcmp(target, "ACCEPT"))
		*end = END_PASSES;
	else if (is_among(target, walk->losing))
		*end = END_LOST;
	else if (!strcmp(target, "QUEUE") || !strcmp(target, "NFQUEUE"))
		note(&walk->unclear, rule);
	else if (has_chain(walk, target))
		*end = walk_chain(walk, target);
	if (match != MATCH_ALL)
		*end = take_some(walk, rule, match, *end);
	return *end != END_CONTINUES || (match == MATCH_ALL && !strcmp(words[0], "-g"));
}

static enum end walk_chain(struct walk *walk, const char *chain)
{
	const size_t len = strlen(chain);
	enum end end = END_CONTINUES;
	bool done = false;

	if (++walk->depth > DEPTH_MAX) {
		note(&walk->unclear, &walk->firewall->rules[0]);
		done = true;
	}
	for (size_t i = 0; !done && i < walk->firewall->count; i++) {
		const struct rule *rule = &walk->firewall->rules[i];
		char *words[WORDS_MAX], *copy;

		if (!is_of(walk, rule) || strncmp(rule->text, "-A ", 3) ||
		    strncmp(rule->text + 3, chain, len) || rule->text[3 + len] != ' ')
			continue;
		copy = strdup(rule->text + 3 + len);
		if (!copy)
			break;
		split(copy, words);
		done = walk_rule(walk, rule, words, &end);
		free(copy);
	}
	walk->depth--;
	return end;
}

static bool drops_by_policy(const struct walk *walk, const char *chain)
{
	for (size_t i = 0; i < walk->firewall->count; i++) {
		if (is_of(walk, &walk->firewall->rules[i]) &&
		    is_policy(&walk->firewall->rules[i], chain, "DROP "))
			return true;
	}
	return false;
}

enum verdict chains_verdict(const struct firewall *firewall, const struct firewall_source *source,
			    const char *table, const char *chain, const struct packet *packet,
			    const struct rule **culprit)
{
	struct walk walk = { .firewall = firewall, .source = source, .table = table, .packet = packet,
			     .losing = dropping };
	enum end end = walk_chain(&walk, chain);

	if (end == END_CONTINUES)
		end = drops_by_policy(&walk, chain) ? END_LOST : END_PASSES;
	*culprit = walk.unclear ?: end == END_LOST ? walk.may_pass : walk.may_drop ?: walk.may_return;
	if (end == END_LOST)
		return *culprit ? VERDICT_MAY_PASS : VERDICT_LOST;
	return *culprit ? VERDICT_MAY_DROP : VERDICT_PASSES;
}

bool chains_masquerade(const struct firewall *firewall, const struct firewall_source *source,
		       const struct packet *packet, const struct rule **culprit)
{
	struct walk walk = { .firewall = firewall, .source = source, .table = "nat", .packet = packet,
			     .losing = masquerading };
	enum end end = walk_chain(&walk, "POSTROUTING");

	*culprit = end == END_LOST ? walk.may_return : walk.may_drop;
	return end == END_LOST && !*culprit;
}

bool chains_untracked(const struct firewall *firewall, const struct firewall_source *source,
		      const struct packet *packet)
{
	for (size_t i = 0; i < firewall->count; i++) {
		const struct rule *rule = &firewall->rules[i];
		char *words[WORDS_MAX], **word = words, *copy;
		bool untracked;

		if (rule->source->family != source->family || strcmp(rule->table, "raw") ||
		    strncmp(rule->text, "-A PREROUTING ", 14) ||
		    !(strstr(rule->text, "-j CT --notrack") || strstr(rule->text, "-j NOTRACK")))
			continue;
		copy = strdup(rule->text + 14);
		if (!copy)
			return false;
		split(copy, words);
		untracked = match_rule(&word, packet) == MATCH_ALL;
		free(copy);
		if (untracked)
			return true;
	}
	return false;
}
