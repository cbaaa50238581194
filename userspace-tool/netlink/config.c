// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration of a device: from words, and into a request.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "netlink/config.h"
#include "netlink/genl.h"

static int list_family(const struct config_option *option)
{
	return option->kind == LIST6 ? AF_INET6 : AF_INET;
}

static const struct config_option *find_option(const char *word)
{
	const struct config_option *option;

	for_each_option(option) {
		if (!strcmp(word, option->name))
			return option;
	}
	return NULL;
}

bool config_has(const char *word)
{
	return find_option(word);
}

static enum status add_prefix(const struct config_option *option, const char *word,
			      struct setting *setting)
{
	if (setting->count == NAT64_PREFIXES_MAX)
		return fail(WRONG, "%s \"%s\": more than %d", option->name, word,
			    NAT64_PREFIXES_MAX);
	return parse_prefix(word, list_family(option), &setting->prefixes[setting->count++]);
}

/* "pool A B pool C" and "pool A pool B pool C" are the same. */
static enum status parse_list(const struct config_option *option, struct words *words,
			      const char *word, struct setting *setting)
{
	enum status status = add_prefix(option, word, setting);

	while (!status && peek_word(words) && is_address(peek_word(words)))
		status = add_prefix(option, next_word(words), setting);
	return status;
}

static enum status parse_choice(const struct config_option *option, const char *word,
				uint8_t *value)
{
	char known[64] = "";

	for (*value = 0; *value < CHOICES && option->choices[*value]; ++*value) {
		if (!strcmp(word, option->choices[*value]))
			return DONE;
		strcat(strcat(known, *known ? " | " : ""), option->choices[*value]);
	}
	return fail(WRONG, "%s \"%s\": must be %s", option->name, word, known);
}

/* What stands for all devices, or for none of them. */
static bool is_reserved(const char *name)
{
	return !strcmp(name, "any") || !strcmp(name, "off") || !strcmp(name, "none");
}

/* Names with commas between them; "off", or "any" where that is a choice. */
static enum status parse_devices(const struct config_option *option, const char *word,
				 char devices[][IFNAMSIZ])
{
	char name[IFNAMSIZ + 1];
	size_t len, count = 0;

	if (!strcmp(word, "off"))
		return DONE;
	if (!strcmp(word, "any") && *option->choices) {
		strcpy(devices[0], word);
		return DONE;
	}
	for (;; word += len + 1) {
		len = strcspn(word, ",");
		snprintf(name, sizeof(name), "%.*s", (int)len, word);
		if (is_reserved(name))
			return fail(WRONG, "%s \"%s\": must be names of devices%s", option->name,
				    name, *option->choices ? ", any or off" : " or none");
		if (count == NAT64_HOOK_DEVICES_MAX)
			return fail(WRONG, "%s \"%s\": more than %d", option->name, name,
				    NAT64_HOOK_DEVICES_MAX);
		if (parse_device(name, devices[count++]))
			return WRONG;
		if (!word[len])
			return DONE;
	}
}

static enum status parse_value(const struct config_option *option, const char *word,
			       uint8_t *bytes)
{
	enum status status;
	struct prefix host;
	uint32_t number = 0;
	uint8_t choice;

	switch (option->kind) {
	case NUMBER:
		status = parse_number(option->name, word, option->min, option->max, &number);
		memcpy(bytes, &number, sizeof(number));
		return status;
	case CHOICE32:
		status = parse_choice(option, word, &choice);
		number = choice;
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

static enum status given_before(const struct config_option *option, const char *word)
{
	return fail(WRONG, "%s \"%s\": was given before", option->name, word);
}

/* Whether a word is the value by which the kernel knows "none". */
static bool is_zero(const struct config_option *option, const char *word)
{
	if (!option->none)
		return false;
	return (option->kind == NUMBER && !strcmp(word, "0")) ||
	       (option->kind == ADDRESS4 && !strcmp(word, "0.0.0.0"));
}

static enum status parse_option(const struct config_option *option, struct words *words,
				struct setting *setting)
{
	const char *word = next_word(words);

	if (!word)
		return missing_value(option->name);
	if (setting->given && !setting->count)
		return given_before(option, word);
	setting->given = true;
	if (is_zero(option, word)) {
		fail(DONE, "warning: %s \"%s\" is taken for none", option->name, word);
		return DONE;
	}
	if (option->none && !strcmp(word, "none"))
		return setting->count ? given_before(option, word) : DONE;
	if (option->kind == DEVICES)
		return parse_devices(option, word, setting->devices);
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
		const struct config_option *option = find_option(word);

		if (!option)
			return unknown_word(word);
		status = parse_option(option, words, &config->settings[option - config_table]);
	}
	return status;
}

enum status config_take_name(struct words *words, char device[IFNAMSIZ])
{
	const char *word = peek_word(words);

	if (!word || config_has(word))
		return DONE;
	next_word(words);
	return strcmp(word, "dev") ? parse_device(word, device) : take_device(words, device);
}

enum status config_parse_named(struct words *words, char device[IFNAMSIZ], struct config *config)
{
	return config_take_name(words, device) ? WRONG : config_parse(words, config);
}

const struct setting *config_setting(const struct config *config, uint16_t attr)
{
	int i = 0;

	while (config_table[i].attr != attr)
		i++;
	return &config->settings[i];
}

bool config_is_empty(const struct config *config)
{
	for (int i = 0; i < CONFIG_OPTIONS; i++) {
		if (config->settings[i].given)
			return false;
	}
	return true;
}

static void put_list(const struct config_option *option, const struct setting *setting,
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

static void put_devices(const struct config_option *option, const struct setting *setting,
			struct nlmsghdr *nlh)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, option->attr);

	if (!strcmp(setting->devices[0], "any")) {
		mnl_attr_put(nlh, NAT64_HOOK_A_ANY, 0, NULL);
	} else {
		for (int i = 0; *setting->devices[i]; i++)
			mnl_attr_put_strz(nlh, NAT64_HOOK_A_DEVICE, setting->devices[i]);
	}
	mnl_attr_nest_end(nlh, nest);
}

void config_put(const struct config *config, struct nlmsghdr *nlh)
{
	for (int i = 0; i < CONFIG_OPTIONS; i++) {
		const struct setting *setting = &config->settings[i];

		if (!setting->given)
			continue;
		if (is_list(&config_table[i]))
			put_list(&config_table[i], setting, nlh);
		else if (config_table[i].kind == DEVICES)
			put_devices(&config_table[i], setting, nlh);
		else
			mnl_attr_put(nlh, config_table[i].attr, value_size(config_table[i].kind),
				     setting->bytes);
	}
}

const char *config_culprit(const struct config *config, const struct nlmsghdr *nlh,
			   char text[CULPRIT_STRLEN])
{
	const struct nlattr *culprit = genl_culprit(nlh), *element;
	char prefix[PREFIX_STRLEN];
	int i = 0;

	while (culprit && i < CONFIG_OPTIONS && config_table[i].attr != mnl_attr_get_type(culprit))
		i++;
	if (!culprit || i == CONFIG_OPTIONS)
		return "";

	snprintf(text, CULPRIT_STRLEN, " %s", config_table[i].name);
	if (config_table[i].kind == DEVICES) {
		element = genl_culprit_within(nlh, culprit);
		if (element && mnl_attr_get_type(element) == NAT64_HOOK_A_DEVICE)
			snprintf(text, CULPRIT_STRLEN, " %s %s", config_table[i].name,
				 mnl_attr_get_str(element));
		return text;
	}
	element = is_list(&config_table[i]) ? genl_culprit_within(nlh, culprit) : NULL;
	if (element) {
		const struct prefix *p;

		p = &config->settings[i].prefixes[mnl_attr_get_type(element) - 1];
		snprintf(text, CULPRIT_STRLEN, " %s %s", config_table[i].name,
			 format_prefix(p->family, &p->addr6, p->len, prefix));
	}
	return text;
}
