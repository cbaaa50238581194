// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "genl.h"

enum kind {
	LIST6,
	LIST4,
	SWITCH,
	CHOICE,
	NUMBER,
	ADDRESS4,
	KEY,
};

#define CHOICES 3

static const struct option {
	const char *name;
	uint16_t attr;
	enum kind kind;
	bool none;			/* "none" is a word for nothing, or 0 */
	const char *choices[CHOICES];	/* by value */
} table[CONFIG_OPTIONS] = {
	{ .name = "prefix",		.attr = NAT64_A_PREFIXES,	.kind = LIST6, .none = true },
	{ .name = "pool",		.attr = NAT64_A_POOLS,		.kind = LIST4, .none = true },
	{ .name = "translatable",	.attr = NAT64_A_TRANSLATABLE,	.kind = LIST4, .none = true },
	{ .name = "wkp-strict",		.attr = NAT64_A_WKP_STRICT,	.kind = SWITCH,
	  .choices = { "off", "on" } },
	{ .name = "udp-zero-csum",	.attr = NAT64_A_UDP_ZERO_CSUM,	.kind = CHOICE,
	  .choices = { [NAT64_UDP_ZERO_CSUM_COMPUTE] = "compute",
		       [NAT64_UDP_ZERO_CSUM_DROP] = "drop",
		       [NAT64_UDP_ZERO_CSUM_FORWARD] = "forward" } },
	{ .name = "tos",		.attr = NAT64_A_TOS,		.kind = CHOICE,
	  .choices = { [NAT64_TOS_COPY] = "copy", [NAT64_TOS_ZERO] = "zero" } },
	{ .name = "lowest-ipv6-mtu",	.attr = NAT64_A_LOWEST_IPV6_MTU, .kind = NUMBER },
	{ .name = "icmp-source",	.attr = NAT64_A_ICMP_SOURCE,	.kind = ADDRESS4, .none = true },
	{ .name = "idle-timeout",	.attr = NAT64_A_IDLE_TIMEOUT,	.kind = NUMBER },
	{ .name = "quota",		.attr = NAT64_A_QUOTA,		.kind = NUMBER, .none = true },
	{ .name = "hash-key",		.attr = NAT64_A_HASH_KEY,	.kind = KEY },
};

static bool is_list(const struct option *option)
{
	return option->kind == LIST6 || option->kind == LIST4;
}

static int list_family(const struct option *option)
{
	return option->kind == LIST6 ? AF_INET6 : AF_INET;
}

static const struct option *find_option(const char *word)
{
	for (const struct option *option = table; option < table + CONFIG_OPTIONS; option++) {
		if (!strcmp(word, option->name))
			return option;
	}
	return NULL;
}

bool config_has(const char *word)
{
	return find_option(word);
}

/* --- from words */

static enum status add_prefix(const struct option *option, const char *word,
			      struct setting *setting)
{
	if (setting->count == NAT64_PREFIXES_MAX)
		return fail(WRONG, "%s \"%s\": more than %d", option->name, word,
			    NAT64_PREFIXES_MAX);
	return parse_prefix(word, list_family(option), &setting->prefixes[setting->count++]);
}

/* "pool A B pool C" and "pool A pool B pool C" are the same. */
static enum status parse_list(const struct option *option, struct words *words, const char *word,
			      struct setting *setting)
{
	enum status status = add_prefix(option, word, setting);

	while (!status && peek_word(words) && is_address(peek_word(words)))
		status = add_prefix(option, next_word(words), setting);
	return status;
}

static enum status parse_choice(const struct option *option, const char *word, uint8_t *value)
{
	char known[64] = "";

	for (*value = 0; *value < CHOICES && option->choices[*value]; ++*value) {
		if (!strcmp(word, option->choices[*value]))
			return DONE;
		strcat(strcat(known, *known ? " | " : ""), option->choices[*value]);
	}
	return fail(WRONG, "%s \"%s\": must be %s", option->name, word, known);
}

static enum status parse_value(const struct option *option, const char *word, uint8_t *bytes)
{
	enum status status;
	struct prefix host;
	uint32_t number;

	switch (option->kind) {
	case NUMBER:
		status = parse_number(option->name, word, &number);
		memcpy(bytes, &number, sizeof(number));
		return status;
	case ADDRESS4:
		status = parse_address(word, AF_INET, &host);
		memcpy(bytes, &host.addr4, sizeof(host.addr4));
		return status;
	case KEY:
		return parse_hex(option->name, word, bytes, NAT64_HASH_KEY_LEN);
	default:
		return parse_choice(option, word, bytes);
	}
}

static enum status parse_option(const struct option *option, struct words *words,
				struct setting *setting)
{
	const char *word = next_word(words);

	if (!word)
		return fail(WRONG, "%s: its value is missing", option->name);
	if (setting->given && !setting->count)
		return fail(WRONG, "%s \"%s\": was given before", option->name, word);
	setting->given = true;
	if (option->none && !strcmp(word, "none"))
		return setting->count ? fail(WRONG, "%s none: was given before", option->name) : DONE;
	if (is_list(option))
		return parse_list(option, words, word, setting);
	return parse_value(option, word, setting->bytes);
}

enum status config_parse(struct words *words, struct config *config)
{
	enum status status = DONE;
	const char *word;

	memset(config, 0, sizeof(*config));
	while (!status && (word = next_word(words))) {
		const struct option *option = find_option(word);

		if (!option)
			return unknown_word(word);
		status = parse_option(option, words, &config->settings[option - table]);
	}
	return status;
}

bool config_is_empty(const struct config *config)
{
	for (int i = 0; i < CONFIG_OPTIONS; i++) {
		if (config->settings[i].given)
			return false;
	}
	return true;
}

/* --- to a request */

static void put_list(const struct option *option, const struct setting *setting,
		     struct nlmsghdr *nlh)
{
	struct nlattr *list = mnl_attr_nest_start(nlh, option->attr);

	for (unsigned int i = 0; i < setting->count; i++) {
		const struct prefix *prefix = &setting->prefixes[i];
		struct nlattr *nest = mnl_attr_nest_start(nlh, i + 1);

		if (prefix->family == AF_INET6)
			mnl_attr_put(nlh, NAT64_PREFIX_A_ADDR6, sizeof(prefix->addr6),
				     &prefix->addr6);
		else
			mnl_attr_put(nlh, NAT64_PREFIX_A_ADDR4, sizeof(prefix->addr4),
				     &prefix->addr4);
		mnl_attr_put_u8(nlh, NAT64_PREFIX_A_LEN, prefix->len);
		mnl_attr_nest_end(nlh, nest);
	}
	mnl_attr_nest_end(nlh, list);
}

static size_t value_size(enum kind kind)
{
	switch (kind) {
	case NUMBER:
		return sizeof(uint32_t);
	case ADDRESS4:
		return sizeof(struct in_addr);
	case KEY:
		return NAT64_HASH_KEY_LEN;
	default:
		return sizeof(uint8_t);
	}
}

void config_put(const struct config *config, struct nlmsghdr *nlh)
{
	for (int i = 0; i < CONFIG_OPTIONS; i++) {
		const struct setting *setting = &config->settings[i];

		if (!setting->given)
			continue;
		if (is_list(&table[i]))
			put_list(&table[i], setting, nlh);
		else
			mnl_attr_put(nlh, table[i].attr, value_size(table[i].kind), setting->bytes);
	}
}

const char *config_culprit(const struct config *config, const struct nlmsghdr *nlh,
			   char text[CULPRIT_STRLEN])
{
	const struct nlattr *culprit = genl_culprit(nlh), *element;
	char prefix[PREFIX_STRLEN];
	int i = 0;

	while (culprit && i < CONFIG_OPTIONS && table[i].attr != mnl_attr_get_type(culprit))
		i++;
	if (!culprit || i == CONFIG_OPTIONS)
		return "";

	snprintf(text, CULPRIT_STRLEN, " %s", table[i].name);
	element = is_list(&table[i]) ? genl_culprit_within(nlh, culprit) : NULL;
	if (element) {
		const struct prefix *p;

		p = &config->settings[i].prefixes[mnl_attr_get_type(element) - 1];
		snprintf(text, CULPRIT_STRLEN, " %s %s", table[i].name,
			 format_prefix(p->family, &p->addr6, p->len, prefix));
	}
	return text;
}

/* --- from an answer */

static const char *list_text(const struct nlattr *nest, char text[PREFIX_STRLEN])
{
	const struct nlattr *attrs[NAT64_PREFIX_A_MAX + 1];
	const void *addr6, *addr4;
	int family;
	uint8_t len;

	genl_parse_nest(nest, attrs, NAT64_PREFIX_A_MAX);
	addr6 = attr_bytes(attrs[NAT64_PREFIX_A_ADDR6], sizeof(struct in6_addr));
	addr4 = attr_bytes(attrs[NAT64_PREFIX_A_ADDR4], sizeof(struct in_addr));
	if (!addr6 && !addr4)
		return "?";
	family = addr6 ? AF_INET6 : AF_INET;
	len = attrs[NAT64_PREFIX_A_LEN] ? attr_u8(attrs[NAT64_PREFIX_A_LEN]) : host_len(family);
	return format_prefix(family, addr6 ? addr6 : addr4, len, text);
}

/* NULL for "none" */
static const char *value_text(const struct option *option, const struct nlattr *attr,
			      char text[2 * NAT64_HASH_KEY_LEN + 1])
{
	size_t size = value_size(option->kind);
	const uint8_t *bytes = attr_bytes(attr, size);
	static const uint8_t zero[4];

	if (!bytes || (option->none && !memcmp(bytes, zero, size)))
		return NULL;
	switch (option->kind) {
	case NUMBER:
		sprintf(text, "%u", attr_u32(attr));
		return text;
	case ADDRESS4:
		return inet_ntop(AF_INET, bytes, text, INET_ADDRSTRLEN);
	case KEY:
		for (size_t i = 0; i < size; i++)
			sprintf(text + 2 * i, "%02x", bytes[i]);
		return text;
	default:
		return *bytes < CHOICES && option->choices[*bytes] ? option->choices[*bytes] : "?";
	}
}

/* A key is a secret: who knows it can tell which host gets which address. */
static bool is_shown(const struct option *option, const struct nlattr *attr)
{
	return attr && (option->kind != KEY || options.all);
}

static void print_list(const struct option *option, const struct nlattr *list)
{
	const struct nlattr *nest;
	char text[PREFIX_STRLEN];

	printf("    %s", option->name);
	if (!mnl_attr_get_payload_len(list))
		printf(" none");
	mnl_attr_for_each_nested(nest, list)
		printf(" %s", list_text(nest, text));
	putchar('\n');
}

void config_print(const struct nlattr *const *attrs)
{
	char text[2 * NAT64_HASH_KEY_LEN + 1];
	unsigned int on_line = 0;

	for (const struct option *option = table; option < table + CONFIG_OPTIONS; option++) {
		const struct nlattr *attr = attrs[option->attr];
		const char *value;

		if (!is_shown(option, attr))
			continue;
		if (is_list(option)) {
			print_list(option, attr);
			continue;
		}
		value = value_text(option, attr, text);
		printf("%s%s %s", on_line % 4 ? " " : on_line ? "\n    " : "    ", option->name,
		       value ? value : "none");
		on_line++;
	}
	if (on_line)
		putchar('\n');
}

static json_object *list_to_json(const struct nlattr *list)
{
	json_object *array = json_object_new_array();
	const struct nlattr *nest;
	char text[PREFIX_STRLEN];

	mnl_attr_for_each_nested(nest, list)
		json_object_array_add(array, json_object_new_string(list_text(nest, text)));
	return array;
}

static json_object *value_to_json(const struct option *option, const struct nlattr *attr)
{
	char text[2 * NAT64_HASH_KEY_LEN + 1];
	const char *value = value_text(option, attr, text);

	if (!value)
		return NULL;
	if (option->kind == NUMBER)
		return json_object_new_int64(attr_u32(attr));
	if (option->kind == SWITCH)
		return json_object_new_boolean(attr_u8(attr));
	return json_object_new_string(value);
}

/* "wkp-strict" is "wkp_strict", which jq and others need not have in quotes. */
static const char *json_name(const struct option *option, char text[32])
{
	size_t i = 0;

	do {
		text[i] = option->name[i] == '-' ? '_' : option->name[i];
	} while (option->name[i++]);
	return text;
}

void config_to_json(const struct nlattr *const *attrs, json_object *object)
{
	for (const struct option *option = table; option < table + CONFIG_OPTIONS; option++) {
		const struct nlattr *attr = attrs[option->attr];
		json_object *value;
		char name[32];

		if (!is_shown(option, attr))
			continue;
		value = is_list(option) ? list_to_json(attr) : value_to_json(option, attr);
		json_object_object_add(object, json_name(option, name), value);
	}
}
