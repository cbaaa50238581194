// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/cli.h"
#include "cli/program.h"
#include "doctor/firewall.h"

const struct firewall_source firewall_sources[] = {
	{ AF_INET,  "iptables-nft" },
	{ AF_INET,  "iptables-legacy" },
	{ AF_INET6, "ip6tables-nft" },
	{ AF_INET6, "ip6tables-legacy" },
	{ }
};

static enum status add(struct firewall *firewall, const struct firewall_source *source,
		       const char *table, const char *line)
{
	struct rule *rules, *rule;

	rules = reallocarray(firewall->rules, firewall->count + 1, sizeof(*rules));
	if (!rules)
		return fail(WRONG, "out of memory");
	firewall->rules = rules;
	rule = &rules[firewall->count];
	rule->source = source;
	snprintf(rule->table, sizeof(rule->table), "%s", table);
	if (asprintf(&rule->text, "%.*s ", (int)strcspn(line, "\n"), line) < 0)
		return fail(WRONG, "out of memory");
	firewall->count++;
	return DONE;
}

static const char *next_line(const char *line)
{
	line = strchr(line, '\n');
	return line ? line + 1 : NULL;
}

static enum status read_source(struct firewall *firewall, const struct firewall_source *source)
{
	char table[16] = "", command[32], *output;
	enum status status = DONE;
	const char *line;

	snprintf(command, sizeof(command), "%s-save", source->command);
	output = program_output((const char *const []){ command, NULL });
	for (line = output; !status && line; line = next_line(line)) {
		if (*line == '*')
			sscanf(line, "*%15s", table);
		else if (*line == ':' || *line == '-')
			status = add(firewall, source, table, line);
	}
	free(output);
	return status;
}

enum status firewall_read(struct firewall *firewall)
{
	enum status status = DONE;

	for (const struct firewall_source *source = firewall_sources; source->command; source++)
		status = worse(status, read_source(firewall, source));
	return status;
}

void firewall_clear(struct firewall *firewall)
{
	while (firewall->count)
		free(firewall->rules[--firewall->count].text);
	free(firewall->rules);
	firewall->rules = NULL;
}

bool rule_has(const struct rule *rule, const char *words)
{
	size_t len = strlen(words);

	for (const char *at = rule->text; (at = strstr(at, words)); at++) {
		if ((at == rule->text || at[-1] == ' ') && at[len] == ' ')
			return true;
	}
	return false;
}

/* iptables puts anything but a plain word into quotes, and a backslash before quotes in it. */
static void unquote(char *value)
{
	char *to = value;

	if (*value != '"')
		return;
	for (const char *from = value + 1; *from && *from != '"'; from++) {
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*to = '\0';
}

bool rule_value(const struct rule *rule, const char *option, char value[64], bool *negated)
{
	char words[64];
	const char *at;

	snprintf(words, sizeof(words), " %s ", option);
	at = strstr(rule->text, words);
	*negated = at && at - rule->text >= 2 && at[-1] == '!';
	if (!at || sscanf(at + strlen(words), "%63s", value) != 1)
		return false;
	unquote(value);
	return true;
}

bool rule_translates(const struct rule *rule, const char *device)
{
	char name[64];
	bool negated;

	if (!rule_has(rule, "-j NAT64"))
		return false;
	return !strcmp(rule_value(rule, "--device", name, &negated) ? name : DEFAULT_DEVICE, device);
}

bool firewall_prefix(int family, const char *word, struct prefix *prefix)
{
	char text[PREFIX_STRLEN], *slash;

	if (strlen(word) >= sizeof(text))
		return false;
	strcpy(text, word);
	slash = strchr(text, '/');
	if (slash)
		*slash++ = '\0';
	prefix->family = family;
	prefix->len = slash ? atoi(slash) : host_len(family);
	return inet_pton(family, text, &prefix->addr6) == 1 && prefix->len <= host_len(family) &&
	       !(slash && strchr(slash, '.'));
}

bool rule_prefix(const struct rule *rule, const char *option, struct prefix *prefix, bool *negated)
{
	char value[64];

	return rule_value(rule, option, value, negated) &&
	       firewall_prefix(rule->source->family, value, prefix);
}

/* Whether some packets to a prefix match the rule, if the rest of it does. */
static bool rule_is_for(const struct rule *rule, const struct prefix *to)
{
	struct prefix prefix = { };
	bool negated;

	return !to || !rule_prefix(rule, "-d", &prefix, &negated) || negated ||
	       prefixes_overlap(&prefix, to);
}

bool firewall_translates(const struct firewall *firewall, int family, const char *device,
			 const struct prefix *to)
{
	for (size_t i = 0; i < firewall->count; i++) {
		const struct rule *rule = &firewall->rules[i];

		if (rule->source->family == family && rule_translates(rule, device) &&
		    rule_is_for(rule, to))
			return true;
	}
	return false;
}
