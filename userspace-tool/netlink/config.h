/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration of a device: its options, from words to the kernel and back.
 */
#ifndef NAT64_CONFIG_H
#define NAT64_CONFIG_H

#include <json-c/json.h>
#include <linux/nat64.h>
#include <net/if.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/parse.h"
#include "netlink/config_table.h"
#include "netlink/nl.h"

/* Private addresses that stand for IPv6 hosts, before MASQUERADE: docs/choices.md says why these. */
#define RECOMMENDED_POOL "198.19.0.0/18"

/* The value of an option, as words give it. */
struct setting {
	bool given;
	unsigned int count;	/* of prefixes, for those options that are lists */
	union {
		struct prefix prefixes[NAT64_PREFIXES_MAX];
		uint8_t bytes[NAT64_HASH_KEY_LEN];	/* as in the attribute */
		/* "any", or names; an empty one is behind the last */
		char devices[NAT64_HOOK_DEVICES_MAX + 1][IFNAMSIZ];
	};
};

struct config {
	struct setting settings[CONFIG_OPTIONS];
};

/* Room for an option and its prefix at fault. */
#define CULPRIT_STRLEN (PREFIX_STRLEN + 32)

/* Whether @word begins an option. */
bool config_has(const char *word);

/* Takes all remaining words, which have to be options. */
enum status config_parse(struct words *words, struct config *config);

/* The words of "dev add" and "dev set": [NAME] [OPTION]... Without NAME, @device stays. */
enum status config_parse_named(struct words *words, char device[IFNAMSIZ], struct config *config);

/* Takes only the beginning of those words, [NAME] or [dev NAME]. */
enum status config_take_name(struct words *words, char device[IFNAMSIZ]);

bool config_is_empty(const struct config *config);

/* The value of the option with this attribute. */
const struct setting *config_setting(const struct config *config, uint16_t attr);

void config_put(const struct config *config, struct nlmsghdr *nlh);

/* The part that the kernel refused of a request by config_put(): " pool 10.0.0.0/4:", or "". */
const char *config_culprit(const struct config *config, const struct nlmsghdr *nlh,
			   char text[CULPRIT_STRLEN]);

/* The options in an answer. */
void config_print(const struct nlattr *const *attrs);
/* Those that differ from a new device's, as words: " pool 192.0.2.0/24 tos zero". */
void config_print_words(const struct nlattr *const *attrs, FILE *file);
void config_to_json(const struct nlattr *const *attrs, json_object *object);

#endif /* NAT64_CONFIG_H */
