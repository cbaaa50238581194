/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family of the kernel module.
 */
#ifndef NAT64_GENL_H
#define NAT64_GENL_H

#include <linux/nat64.h>

#include "cli/parse.h"
#include "netlink/nl.h"

/*
 * Begins a request; there is one at a time. An empty @device names none. If the module is not
 * there, says so and returns NULL.
 */
struct nlmsghdr *genl_begin(enum nat64_cmd command, const char *device);

/* Whether the module is there; asking makes the kernel load it. Says nothing. */
bool genl_family_exists(void);

/* The multicast group that carries what happens to mappings, 0 if there is none. */
uint32_t genl_mappings_group(void);

enum status genl_talk(struct nlmsghdr *nlh, nl_answer answer, void *data);
enum status genl_dump(struct nlmsghdr *nlh, nl_answer answer, void (*restart)(void *data),
		      void *data);

/*
 * Sorts the @count entries of a dump, and returns how many are left: a table that grows meanwhile
 * can show an entry twice.
 */
size_t genl_dump_sort(void *entries, size_t count, size_t size,
		      int (*compare)(const void *a, const void *b));

/* The attribute of the request @nlh that the kernel complained about, NULL if it did not tell. */
const struct nlattr *genl_culprit(const struct nlmsghdr *nlh);

/* The same among the attributes within @nest, NULL if it is none of them. */
const struct nlattr *genl_culprit_within(const struct nlmsghdr *nlh, const struct nlattr *nest);

/* nl_refused() for the socket of generic netlink. */
#define genl_refused(...) nl_refused(nl_generic(), __VA_ARGS__)

/* The attributes of a message, or within one, by type; types beyond @max are left out. */
void genl_parse(const struct nlmsghdr *nlh, const struct nlattr **attrs, uint16_t max);
void genl_parse_nest(const struct nlattr *nest, const struct nlattr **attrs, uint16_t max);

/* The payload of @attr if it is there and has @size bytes, else NULL. */
const void *attr_bytes(const struct nlattr *attr, size_t size);

/* The number in @attr, 0 if it is not there. */
uint8_t attr_u8(const struct nlattr *attr);
uint32_t attr_u32(const struct nlattr *attr);
uint64_t attr_u64(const struct nlattr *attr);

/* The prefix within @nest, of enum nat64_prefix_attr. */
bool attr_prefix(const struct nlattr *nest, struct prefix *prefix);

#endif /* NAT64_GENL_H */
