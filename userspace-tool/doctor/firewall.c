// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/cli.h"
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

static enum status read_source(struct firewall *firewall, const struct firewall_source *source)
{
	enum status status = DONE;
	char table[16] = "", command[64];
	char *line = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(command, sizeof(command), "%s-save 2>/dev/null", source->command);
	file = popen(command, "re");
	if (!file)
		return fail(WRONG, "%s: cannot be run", command);
	while (!status && getline(&line, &size, file) > 0) {
		if (*line == '*')
			sscanf(line, "*%15s", table);
		else if (*line == ':' || *line == '-')
			status = add(firewall, source, table, line);
	}
	free(line);
	pclose(file);
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

bool rule_prefix(const struct rule *rule, const char *option, struct prefix *prefix, bool *negated)
{
	char value[64], *slash;

	if (!rule_value(rule, option, value, negated))
		return false;
	slash = strchr(value, '/');
	if (slash)
		*slash++ = '\0';
	prefix->family = rule->source->family;
	prefix->len = slash ? atoi(slash) : host_len(prefix->family);
	return inet_pton(prefix->family, value, &prefix->addr6) == 1 &&
	       prefix->len <= host_len(prefix->family) && !(slash && strchr(slash, '.'));
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
