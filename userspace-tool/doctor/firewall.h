/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of iptables and ip6tables, as their save commands print them: the only interface to
 * them that is meant to be read by others.
 */
#ifndef NAT64_FIREWALL_H
#define NAT64_FIREWALL_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/parse.h"
#include "cli/say.h"

struct firewall_source {
	int family;
	const char *command;	/* such as iptables-nft */
};

extern const struct firewall_source firewall_sources[];	/* the last has no command */

struct rule {
	const struct firewall_source *source;
	char table[16];
	char *text;	/* "-A CHAIN ..." or ":CHAIN POLICY ...", with a space behind each word */
};

struct firewall {
	struct rule *rules;
	size_t count;
};

/* Only root sees the rules. A variant of iptables that is not there has none. */
enum status firewall_read(struct firewall *firewall);
void firewall_clear(struct firewall *firewall);

/* Whether a rule holds these words, one after the other. */
bool rule_has(const struct rule *rule, const char *words);

/* Copies the word behind @option; false if it is not there. @negated: "!" stands before. */
bool rule_value(const struct rule *rule, const char *option, char value[64], bool *negated);

/* Reads an address or a prefix as iptables writes it; false if it is none, or has a mask. */
bool firewall_prefix(int family, const char *word, struct prefix *prefix);

/* Reads the prefix behind @option; false if there is none that can be read. */
bool rule_prefix(const struct rule *rule, const char *option, struct prefix *prefix, bool *negated);

/* Whether the rule is a -j NAT64 that leads packets to @device. */
bool rule_translates(const struct rule *rule, const char *device);

/* Whether one leads packets of @family there: some of those to @to, if it is not NULL. */
bool firewall_translates(const struct firewall *firewall, int family, const char *device,
			 const struct prefix *to);

#endif /* NAT64_FIREWALL_H */
