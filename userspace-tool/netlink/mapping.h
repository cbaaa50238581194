/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mapping: as words, in messages, and printed.
 */
#ifndef NAT64_MAPPING_H
#define NAT64_MAPPING_H

#include <json-c/json.h>
#include <linux/nat64.h>

#include "cli/cli.h"
#include "cli/parse.h"
#include "netlink/nl.h"

struct mapping {
	struct in6_addr addr6;
	struct in_addr addr4;
	uint32_t idle;		/* seconds, of a dynamic one */
	uint8_t len6;
	uint8_t len4;
	uint8_t type;		/* enum nat64_map_type, 0 if not told */
	bool has6 : 1;
	bool has4 : 1;
	bool elsewhere : 1;	/* dynamic, but the IPv4 address is not the device's any more */
};

/*
 * Takes all remaining words: PREFIX6 and PREFIX4 in either order, [dynamic [idle SECONDS | used
 * TIME]], and [dev NAME]. Without dev, @device stays. Only mapping_parse_whole() requires the
 * prefixes.
 */
enum status mapping_parse(struct words *words, char device[IFNAMSIZ], struct mapping *mapping);
enum status mapping_parse_whole(struct words *words, char device[IFNAMSIZ],
				struct mapping *mapping);

/* The bytes that mapping_put() takes at most, with all headers and paddings. */
#define MAPPING_SIZE 64

void mapping_put(struct nlmsghdr *nlh, const struct mapping *mapping);

/* The mapping in an attribute. */
void mapping_get(const struct nlattr *nest, struct mapping *mapping);

/* Calls @each with every mapping in the attribute @maps, until one of them fails. */
enum status mapping_for_each(const struct nlattr *maps,
			     enum status (*each)(const struct mapping *mapping, void *data),
			     void *data);

/* Both sides as typed, "" for one that is not there. */
const char *mapping_text6(const struct mapping *mapping, char text[PREFIX_STRLEN]);
const char *mapping_text4(const struct mapping *mapping, char text[PREFIX_STRLEN]);
const char *mapping_type(const struct mapping *mapping);

void mapping_to_json(const struct mapping *mapping, json_object *object);

#endif /* NAT64_MAPPING_H */
