// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <time.h>

#include "netlink/genl.h"
#include "netlink/mapping.h"

static enum status parse_side(const char *word, struct mapping *mapping)
{
	struct prefix prefix;

	if (!is_address(word))
		return unknown_word(word);
	if (parse_prefix(word, AF_UNSPEC, &prefix))
		return WRONG;

	if (prefix.family == AF_INET6) {
		if (mapping->has6)
			return fail(WRONG, "\"%s\" is a second IPv6 prefix", word);
		mapping->has6 = true;
		mapping->addr6 = prefix.addr6;
		mapping->len6 = prefix.len;
	} else {
		if (mapping->has4)
			return fail(WRONG, "\"%s\" is a second IPv4 prefix", word);
		mapping->has4 = true;
		mapping->addr4 = prefix.addr4;
		mapping->len4 = prefix.len;
	}
	return DONE;
}

static enum status parse_age(const char *what, const char *word, struct mapping *mapping)
{
	enum status status;
	uint32_t seconds;
	int64_t now;

	if (!word)
		return missing_value(what);
	status = parse_number(what, word, 0, UINT32_MAX, &seconds);
	if (status)
		return status;
	if (!strcmp(what, "idle")) {
		mapping->idle = seconds;
	} else {
		now = time(NULL);
		/* If the clock was set back, the mapping is not older for that. */
		mapping->idle = now > seconds ? now - seconds : 0;
	}
	return DONE;
}

enum status mapping_parse(struct words *words, char device[IFNAMSIZ], struct mapping *mapping)
{
	enum status status = DONE;
	bool aged = false;
	const char *word;

	memset(mapping, 0, sizeof(*mapping));
	while (!status && (word = next_word(words))) {
		if (!strcmp(word, "dev")) {
			status = take_device(words, device);
		} else if (!strcmp(word, "dynamic") && !mapping->type) {
			mapping->type = NAT64_MAP_DYNAMIC;
		} else if (mapping->type && !aged &&
			   (!strcmp(word, "idle") || !strcmp(word, "used"))) {
			status = parse_age(word, next_word(words), mapping);
			aged = true;
		} else {
			status = parse_side(word, mapping);
		}
	}
	return status;
}

enum status mapping_parse_whole(struct words *words, char device[IFNAMSIZ],
				struct mapping *mapping)
{
	if (mapping_parse(words, device, mapping))
		return WRONG;
	if (!mapping->has6)
		return missing("the IPv6 address or prefix");
	if (!mapping->has4)
		return missing("the IPv4 address or prefix");
	return DONE;
}

/* Leaves out the length of a host, since most mappings are of hosts. */
void mapping_put(struct nlmsghdr *nlh, const struct mapping *mapping)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, 1);

	if (mapping->has6)
		mnl_attr_put(nlh, NAT64_MAP_A_ADDR6, sizeof(mapping->addr6), &mapping->addr6);
	if (mapping->has6 && mapping->len6 != 128)
		mnl_attr_put_u8(nlh, NAT64_MAP_A_LEN6, mapping->len6);
	if (mapping->has4)
		mnl_attr_put(nlh, NAT64_MAP_A_ADDR4, sizeof(mapping->addr4), &mapping->addr4);
	if (mapping->has4 && mapping->len4 != 32)
		mnl_attr_put_u8(nlh, NAT64_MAP_A_LEN4, mapping->len4);
	if (mapping->type)
		mnl_attr_put_u8(nlh, NAT64_MAP_A_TYPE, mapping->type);
	if (mapping->idle)
		mnl_attr_put_u32(nlh, NAT64_MAP_A_IDLE, mapping->idle);
	mnl_attr_nest_end(nlh, nest);
}

void mapping_get(const struct nlattr *nest, struct mapping *mapping)
{
	const struct nlattr *attrs[NAT64_MAP_A_MAX + 1];
	const void *addr6, *addr4;

	genl_parse_nest(nest, attrs, NAT64_MAP_A_MAX);
	memset(mapping, 0, sizeof(*mapping));
	addr6 = attr_bytes(attrs[NAT64_MAP_A_ADDR6], sizeof(mapping->addr6));
	if (addr6) {
		memcpy(&mapping->addr6, addr6, sizeof(mapping->addr6));
		mapping->len6 = attrs[NAT64_MAP_A_LEN6] ? attr_u8(attrs[NAT64_MAP_A_LEN6]) : 128;
		mapping->has6 = true;
	}
	addr4 = attr_bytes(attrs[NAT64_MAP_A_ADDR4], sizeof(mapping->addr4));
	if (addr4) {
		memcpy(&mapping->addr4, addr4, sizeof(mapping->addr4));
		mapping->len4 = attrs[NAT64_MAP_A_LEN4] ? attr_u8(attrs[NAT64_MAP_A_LEN4]) : 32;
		mapping->has4 = true;
	}
	mapping->type = attr_u8(attrs[NAT64_MAP_A_TYPE]);
	mapping->idle = attr_u32(attrs[NAT64_MAP_A_IDLE]);
	mapping->elsewhere = attrs[NAT64_MAP_A_ELSEWHERE];
}

enum status mapping_for_each(const struct nlattr *maps,
			     enum status (*each)(const struct mapping *mapping, void *data),
			     void *data)
{
	enum status status = DONE;
	const struct nlattr *nest;

	if (!maps)
		return DONE;
	mnl_attr_for_each_nested(nest, maps) {
		struct mapping mapping;

		mapping_get(nest, &mapping);
		status = each(&mapping, data);
		if (status)
			break;
	}
	return status;
}

const char *mapping_text6(const struct mapping *mapping, char text[PREFIX_STRLEN])
{
	if (!mapping->has6)
		return "";
	return format_prefix(AF_INET6, &mapping->addr6, mapping->len6, text);
}

const char *mapping_text4(const struct mapping *mapping, char text[PREFIX_STRLEN])
{
	if (!mapping->has4)
		return "";
	return format_prefix(AF_INET, &mapping->addr4, mapping->len4, text);
}

const char *mapping_type(const struct mapping *mapping)
{
	return mapping->type == NAT64_MAP_DYNAMIC ? "dynamic" : "static";
}

void mapping_to_json(const struct mapping *mapping, json_object *object)
{
	char text[PREFIX_STRLEN];

	json_object_object_add(object, "ipv6",
			       json_object_new_string(mapping_text6(mapping, text)));
	json_object_object_add(object, "ipv4",
			       json_object_new_string(mapping_text4(mapping, text)));
	json_object_object_add(object, "type", json_object_new_string(mapping_type(mapping)));
	if (mapping->type == NAT64_MAP_DYNAMIC)
		json_object_object_add(object, "idle", json_object_new_int64(mapping->idle));
	if (mapping->elsewhere)
		json_object_object_add(object, "elsewhere", json_object_new_boolean(true));
}
