// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration of a device: out of an answer, as text and as JSON.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "cli/color.h"
#include "cli/shell.h"
#include "netlink/config.h"
#include "netlink/genl.h"

static const char *list_text(const struct nlattr *nest, char text[PREFIX_STRLEN])
{
	struct prefix prefix;

	return attr_prefix(nest, &prefix) ? prefix_text(&prefix, text) : "?";
}

/* The words of a list of devices: "any", or names. */
static const char *device_text(const struct nlattr *attr)
{
	return mnl_attr_get_type(attr) == NAT64_HOOK_A_ANY ? "any" : mnl_attr_get_str(attr);
}

/* NULL for "none" */
static const char *value_text(const struct config_option *option, const struct nlattr *attr,
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
	case CHOICE32:
		return attr_u32(attr) < CHOICES && option->choices[attr_u32(attr)] ?
			       option->choices[attr_u32(attr)] : "?";
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

/* A key is a secret: it tells which host gets which address. */
static bool is_public(const struct config_option *option, const struct nlattr *attr)
{
	return attr && (option->kind != KEY || options.all);
}

static void print_list(const struct config_option *option, const struct nlattr *list)
{
	const struct nlattr *nest;
	char text[PREFIX_STRLEN];

	printf("    %s", option->name);
	if (!mnl_attr_get_payload_len(list))
		printf(" none");
	mnl_attr_for_each_nested(nest, list)
		print_color(option->kind == LIST6 ? COLOR_INET6 : COLOR_INET, " %s",
			    list_text(nest, text));
	putchar('\n');
}

/* Nothing if there are none. */
static void print_devices(const struct config_option *option, const struct nlattr *list)
{
	const char *separator = " ";
	const struct nlattr *attr;

	if (!mnl_attr_get_payload_len(list))
		return;
	printf("    %s", option->name);
	mnl_attr_for_each_nested(attr, list) {
		fputs(separator, stdout);
		print_masked(COLOR_DEVICE, device_text(attr));
		separator = ",";
	}
	putchar('\n');
}

void config_print(const struct nlattr *const *attrs)
{
	char text[2 * NAT64_HASH_KEY_LEN + 1];
	const struct config_option *option;
	unsigned int count = 0;
	bool quiet = false;

	for_each_option(option) {
		const struct nlattr *attr = attrs[option->attr];
		const char *value;

		if (!is_public(option, attr))
			continue;
		if (is_list(option)) {
			print_list(option, attr);
			continue;
		}
		if (option->kind == DEVICES) {
			print_devices(option, attr);
			continue;
		}
		value = value_text(option, attr, text);
		if (option->quiet && value && !strcmp(value, option->preset))
			continue;
		/* Those of the fast path have a line of their own. */
		if (count == 4 || (count && option->quiet != quiet)) {
			putchar('\n');
			count = 0;
		}
		quiet = option->quiet;
		printf("%s%s %s", count++ ? " " : "    ", option->name, value ? value : "none");
	}
	if (count)
		putchar('\n');
}

static void print_list_words(const struct config_option *option, const struct nlattr *list,
			     FILE *file)
{
	const struct nlattr *nest;
	char text[PREFIX_STRLEN];

	if (!mnl_attr_get_payload_len(list))
		return;
	fprintf(file, " %s", option->name);
	mnl_attr_for_each_nested(nest, list)
		fprintf(file, " %s", list_text(nest, text));
}

static void print_devices_words(const struct config_option *option, const struct nlattr *list,
				FILE *file)
{
	const struct nlattr *attr;
	char separator = ' ';

	if (mnl_attr_get_payload_len(list))
		fprintf(file, " %s", option->name);
	mnl_attr_for_each_nested(attr, list) {
		fputc(separator, file);
		shell_quote(file, device_text(attr));
		separator = ',';
	}
}

void config_print_words(const struct nlattr *const *attrs, FILE *file)
{
	char text[2 * NAT64_HASH_KEY_LEN + 1];
	const struct config_option *option;

	for_each_option(option) {
		const struct nlattr *attr = attrs[option->attr];
		const char *value;

		if (attr && is_list(option)) {
			print_list_words(option, attr, file);
		} else if (attr && option->kind == DEVICES) {
			print_devices_words(option, attr, file);
		} else if (attr) {
			value = value_text(option, attr, text) ?: "none";
			if (!option->preset || strcmp(value, option->preset))
				fprintf(file, " %s %s", option->name, value);
		}
	}
}

static json_object *list_to_json(const struct config_option *option, const struct nlattr *list)
{
	json_object *array = json_object_new_array();
	const struct nlattr *attr;
	char text[PREFIX_STRLEN];

	mnl_attr_for_each_nested(attr, list)
		json_object_array_add(array, json_object_new_string(option->kind == DEVICES ?
								    device_text(attr) :
								    list_text(attr, text)));
	return array;
}

static json_object *value_to_json(const struct config_option *option, const struct nlattr *attr)
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

/* In JSON "wkp-strict" is "wkp_strict", so that jq and others can do without quotes. */
static const char *json_name(const struct config_option *option, char text[32])
{
	size_t i = 0;

	do {
		text[i] = option->name[i] == '-' ? '_' : option->name[i];
	} while (option->name[i++]);
	return text;
}

void config_to_json(const struct nlattr *const *attrs, json_object *object)
{
	const struct config_option *option;

	for_each_option(option) {
		const struct nlattr *attr = attrs[option->attr];
		json_object *value;
		char name[32];

		if (!is_public(option, attr))
			continue;
		value = is_list(option) || option->kind == DEVICES ?
			list_to_json(option, attr) : value_to_json(option, attr);
		json_object_object_add(object, json_name(option, name), value);
	}
}
