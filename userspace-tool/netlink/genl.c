// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "netlink/genl.h"

/* What the controller of generic netlink says about the family, once it has been asked. */
static struct {
	uint16_t id;
	uint32_t mappings_group;
} family;

static _Alignas(struct nlmsghdr) char request[NL_BUFFER_SIZE];

static struct nlmsghdr *put_header(uint16_t type, uint8_t command, uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = command;
	genl->version = version;
	return nlh;
}

static void read_group(const struct nlattr *group)
{
	const struct nlattr *attrs[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const struct nlattr *name, *id;

	genl_parse_nest(group, attrs, CTRL_ATTR_MCAST_GRP_MAX);
	name = attrs[CTRL_ATTR_MCAST_GRP_NAME];
	id = attrs[CTRL_ATTR_MCAST_GRP_ID];
	if (attr_bytes(name, sizeof(NAT64_GENL_MCGRP_MAPPINGS)) &&
	    !strcmp(mnl_attr_get_str(name), NAT64_GENL_MCGRP_MAPPINGS))
		family.mappings_group = attr_u32(id);
}

static enum status read_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[CTRL_ATTR_MAX + 1];
	const struct nlattr *group;
	const uint16_t *id;

	(void)data;
	genl_parse(nlh, attrs, CTRL_ATTR_MAX);
	id = attr_bytes(attrs[CTRL_ATTR_FAMILY_ID], sizeof(*id));
	if (id)
		family.id = *id;
	if (attrs[CTRL_ATTR_MCAST_GROUPS]) {
		mnl_attr_for_each_nested(group, attrs[CTRL_ATTR_MCAST_GROUPS])
			read_group(group);
	}
	return DONE;
}

/* Asking for the family also makes the kernel load the module. */
static bool ask_for_family(struct nl *nl)
{
	struct nlmsghdr *nlh;

	if (family.id)
		return true;
	nlh = put_header(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NAT64_GENL_NAME);
	return !nl_talk(nl, nlh, read_family, NULL) && family.id;
}

bool genl_family_exists(void)
{
	return nl_generic() && ask_for_family(nl_generic());
}

static enum status find_family(struct nl *nl)
{
	if (ask_for_family(nl))
		return DONE;
	if (nl->error && nl->error != ENOENT)
		return nl_refused(nl, "generic netlink");
	return fail(REFUSED, "the kernel module is not loaded (modprobe nat64)");
}

struct nlmsghdr *genl_begin(enum nat64_cmd command, const char *device)
{
	struct nl *nl = nl_generic();
	struct nlmsghdr *nlh;

	if (!nl || find_family(nl))
		return NULL;
	nlh = put_header(family.id, command, NAT64_GENL_VERSION);
	if (*device)
		mnl_attr_put_strz(nlh, NAT64_A_IFNAME, device);
	return nlh;
}

uint32_t genl_mappings_group(void)
{
	return family.mappings_group;
}

enum status genl_talk(struct nlmsghdr *nlh, nl_answer answer, void *data)
{
	return nl_talk(nl_generic(), nlh, answer, data);
}

enum status genl_dump(struct nlmsghdr *nlh, nl_answer answer, void (*restart)(void *data),
		      void *data)
{
	return nl_dump(nl_generic(), nlh, answer, restart, data);
}

static bool holds_culprit(const struct nlmsghdr *nlh, const struct nlattr *attr)
{
	uint32_t begin = (const char *)attr - (const char *)nlh;
	uint32_t offset = nl_generic()->offset;

	return offset >= begin && offset < begin + mnl_attr_get_len(attr);
}

size_t genl_dump_sort(void *entries, size_t count, size_t size,
		      int (*compare)(const void *a, const void *b))
{
	char *kept = entries, *entry = entries;

	if (!count)
		return 0;
	qsort(entries, count, size, compare);
	for (size_t i = 1; i < count; i++) {
		entry += size;
		if (compare(kept, entry))
			kept = memmove(kept + size, entry, size);
	}
	return (kept - (char *)entries) / size + 1;
}

const struct nlattr *genl_culprit(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (holds_culprit(nlh, attr))
			return attr;
	}
	return NULL;
}

const struct nlattr *genl_culprit_within(const struct nlmsghdr *nlh, const struct nlattr *nest)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		if (holds_culprit(nlh, attr))
			return attr;
	}
	return NULL;
}

void genl_parse(const struct nlmsghdr *nlh, const struct nlattr **attrs, uint16_t max)
{
	const struct nlattr *attr;

	memset(attrs, 0, (max + 1) * sizeof(*attrs));
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) <= max)
			attrs[mnl_attr_get_type(attr)] = attr;
	}
}

void genl_parse_nest(const struct nlattr *nest, const struct nlattr **attrs, uint16_t max)
{
	const struct nlattr *attr;

	memset(attrs, 0, (max + 1) * sizeof(*attrs));
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) <= max)
			attrs[mnl_attr_get_type(attr)] = attr;
	}
}

const void *attr_bytes(const struct nlattr *attr, size_t size)
{
	return attr && mnl_attr_get_payload_len(attr) == size ? mnl_attr_get_payload(attr) : NULL;
}

uint8_t attr_u8(const struct nlattr *attr)
{
	return attr_bytes(attr, sizeof(uint8_t)) ? mnl_attr_get_u8(attr) : 0;
}

uint32_t attr_u32(const struct nlattr *attr)
{
	return attr_bytes(attr, sizeof(uint32_t)) ? mnl_attr_get_u32(attr) : 0;
}

uint64_t attr_u64(const struct nlattr *attr)
{
	return attr_bytes(attr, sizeof(uint64_t)) ? mnl_attr_get_u64(attr) : 0;
}

bool attr_prefix(const struct nlattr *nest, struct prefix *prefix)
{
	const struct nlattr *attrs[NAT64_PREFIX_A_MAX + 1], *len;
	const void *addr6, *addr4;

	memset(prefix, 0, sizeof(*prefix));
	genl_parse_nest(nest, attrs, NAT64_PREFIX_A_MAX);
	addr6 = attr_bytes(attrs[NAT64_PREFIX_A_ADDR6], sizeof(prefix->addr6));
	addr4 = attr_bytes(attrs[NAT64_PREFIX_A_ADDR4], sizeof(prefix->addr4));
	len = attrs[NAT64_PREFIX_A_LEN];
	if (addr6)
		memcpy(&prefix->addr6, addr6, sizeof(prefix->addr6));
	else if (addr4)
		memcpy(&prefix->addr4, addr4, sizeof(prefix->addr4));
	prefix->family = addr6 ? AF_INET6 : AF_INET;
	prefix->len = len ? attr_u8(len) : host_len(prefix->family);
	return addr6 || addr4;
}
