// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 dev: the devices and their configuration.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/color.h"
#include "cli/print.h"
#include "commands/dev.h"
#include "netlink/answers.h"
#include "netlink/config.h"
#include "netlink/genl.h"
#include "netlink/link.h"

static const char usage[] =
	"Usage: nat64 dev [show] [NAME]\n"
	"       nat64 dev { add | set } [NAME] [OPTION]...\n"
	"       nat64 dev del [NAME]\n"
	"\n"
	"OPTION := { prefix { PREFIX6... | none } | pool { PREFIX4... | none } |\n"
	"            translatable { PREFIX4... | none } | hook { DEVICE[,DEVICE]... | any | off } |\n"
	"            wkp-strict { on | off } | udp-zero-csum { compute | drop | forward } |\n"
	"            tos { copy | zero } |\n"
	"            lowest-ipv6-mtu BYTES | icmp-source { ADDRESS4 | none } |\n"
	"            idle-timeout SECONDS | quota { NUMBER | none } | hash-key HEX |\n"
	"            fast { off | rule | ingress } | fast-dev { DEVICE[,DEVICE]... | none } |\n"
	"            fast-refresh SECONDS | fast-flows NUMBER }\n"
	"\n"
	"NAME is nat64 if left out; show then shows all. \"dev NAME\" is allowed for NAME.\n";

static enum status take_last_name(struct words *words, char device[IFNAMSIZ])
{
	if (config_take_name(words, device))
		return WRONG;
	return peek_word(words) ? unknown_word(peek_word(words)) : DONE;
}

static enum status configure(const char *device, const struct config *config)
{
	struct nlmsghdr *nlh = genl_begin(NAT64_CMD_DEV_SET, device);
	char culprit[CULPRIT_STRLEN];

	if (!nlh)
		return REFUSED;
	config_put(config, nlh);
	if (!genl_talk(nlh, NULL, NULL))
		return DONE;
	return genl_refused("dev %s%s", device, config_culprit(config, nlh, culprit));
}

static enum status dev_add(struct words *words)
{
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	struct config config;
	enum status status;

	if (config_parse_named(words, device, &config))
		return WRONG;
	if (!genl_begin(NAT64_CMD_DEV_SET, device) || link_create(device))
		return REFUSED;
	status = config_is_empty(&config) ? DONE : configure(device, &config);
	if (!status)
		status = link_bring_up(device);
	if (status)
		link_delete(device);
	return status;
}

static enum status dev_set(struct words *words)
{
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	struct config config;

	if (config_parse_named(words, device, &config))
		return WRONG;
	return config_is_empty(&config) ? missing("an option to set") : configure(device, &config);
}

static enum status dev_del(struct words *words)
{
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	struct link link;

	if (take_last_name(words, device))
		return WRONG;
	if (link_find(device, &link))
		return REFUSED;
	if (!link.is_nat64)
		return fail(REFUSED, "dev %s: not a NAT64 device", device);
	return link_delete(device);
}

static void print_text(const char *name, const struct link *link, const struct nlattr **attrs)
{
	printf("%u: ", link->index);
	print_masked(COLOR_DEVICE, name);
	printf(": ");
	print_color(link->up ? COLOR_GOOD : COLOR_BAD, "%s", link->up ? "up" : "down");
	printf(" mtu %u\n", link->mtu);
	config_print(attrs);
	printf("    mappings static %u dynamic %u of %u\n", attr_u32(attrs[NAT64_A_STATIC_COUNT]),
	       attr_u32(attrs[NAT64_A_DYNAMIC_COUNT]), attr_u32(attrs[NAT64_A_POOL_SIZE]));
	if (attr_u32(attrs[NAT64_A_FAST]))
		printf("    flows %u of %u\n", attr_u32(attrs[NAT64_A_FLOW_COUNT]),
		       attr_u32(attrs[NAT64_A_FAST_FLOWS]));
}

json_object *dev_to_json(const char *name, const struct link *link,
			 const struct nlattr *const *attrs)
{
	json_object *object = json_object_new_object();

	json_add_number(object, "ifindex", link->index);
	json_add_string(object, "ifname", name);
	json_object_object_add(object, "up", json_object_new_boolean(link->up));
	json_add_number(object, "mtu", link->mtu);
	config_to_json(attrs, object);
	json_add_number(object, "static", attr_u32(attrs[NAT64_A_STATIC_COUNT]));
	json_add_number(object, "dynamic", attr_u32(attrs[NAT64_A_DYNAMIC_COUNT]));
	json_add_number(object, "pool_size", attr_u32(attrs[NAT64_A_POOL_SIZE]));
	json_add_number(object, "flows", attr_u32(attrs[NAT64_A_FLOW_COUNT]));
	return object;
}

static enum status print_device(const struct nlmsghdr *nlh)
{
	const struct nlattr *attrs[NAT64_A_MAX + 1];
	struct link link;
	const char *name;

	genl_parse(nlh, attrs, NAT64_A_MAX);
	if (!attrs[NAT64_A_IFNAME])
		return DONE;
	name = mnl_attr_get_str(attrs[NAT64_A_IFNAME]);
	if (link_find(name, &link))
		return REFUSED;
	if (options.json)
		json_list_add(dev_to_json(name, &link, attrs));
	else
		print_text(name, &link, attrs);
	return DONE;
}

static enum status print_list(const struct answers *list)
{
	enum status status = DONE;

	if (options.json)
		json_list_begin();
	for (size_t i = 0; i < list->count; i++)
		status = worse(status, print_device(list->messages[i]));
	if (options.json)
		json_list_end();
	return status;
}

static enum status dev_show(struct words *words)
{
	char device[IFNAMSIZ] = "";
	struct answers answers = { };
	enum status status;

	if (take_last_name(words, device))
		return WRONG;
	status = answers_fetch(NAT64_CMD_DEV_GET, device, &answers);
	if (!status)
		status = print_list(&answers);
	answers_clear(&answers);
	return status;
}

static const struct command commands[] = {
	{ .name = "show",	.run = dev_show },
	{ .name = "list",	.run = dev_show },
	{ .name = "add",	.run = dev_add },
	{ .name = "set",	.run = dev_set },
	{ .name = "del",	.run = dev_del,	.whole = true },
	{ .name = "delete",	.run = dev_del,	.whole = true },
	{ }
};

const struct object dev_object = {
	.name = "dev",
	.about = "make, set, show and delete devices",
	.usage = usage,
	.commands = commands,
};
