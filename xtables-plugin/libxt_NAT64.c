// SPDX-License-Identifier: GPL-2.0
/*
 * The NAT64 target of iptables and ip6tables.
 *
 * The kernel (xt_NAT64) decides which tables and chains may use it, so nothing here checks that.
 * libxtables takes the latest revision that the kernel has. All revisions begin with the name of
 * the device, which is all that matters here.
 */
#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <xtables.h>
#include <linux/netfilter/xt_NAT64.h>

enum {
	O_DEVICE,
};

static const struct xt_option_entry nat64_tg_opts[] = {
	{ .name = "device", .id = O_DEVICE, .type = XTTYPE_STRING },
	XTOPT_TABLEEND,
};

static void nat64_tg_help(void)
{
	printf("NAT64 target options:\n"
	       "  --device NAME    the NAT64 device that translates the packet (default: %s)\n",
	       XT_NAT64_DEFAULT_DEVICE);
}

static void nat64_tg_init(struct xt_entry_target *target)
{
	struct xt_nat64_tginfo *info = (void *)target->data;

	strncpy(info->device, XT_NAT64_DEFAULT_DEVICE, sizeof(info->device) - 1);
}

/* Checks the kernel's own rule (dev_valid_name) here, so that the error can show the name. */
static void nat64_tg_parse(struct xt_option_call *cb)
{
	struct xt_nat64_tginfo *info = cb->data;
	size_t len = strlen(cb->arg);

	xtables_option_parse(cb);
	if (!len || len >= sizeof(info->device))
		xtables_error(PARAMETER_PROBLEM,
			      "NAT64: --device \"%s\": a device name has 1 to %zu characters",
			      cb->arg, sizeof(info->device) - 1);
	if (strpbrk(cb->arg, "/: \t\n\v\f\r") || !strcmp(cb->arg, ".") || !strcmp(cb->arg, ".."))
		xtables_error(PARAMETER_PROBLEM,
			      "NAT64: --device \"%s\": not a device name", cb->arg);

	/* Also clears the rest of the default name, so that equal rules compare equal. */
	strncpy(info->device, cb->arg, sizeof(info->device) - 1);
}

static void nat64_tg_print(const void *ip, const struct xt_entry_target *target,
			   int numeric)
{
	const struct xt_nat64_tginfo *info = (const void *)target->data;

	printf(" device %s", info->device);
}

/* Omits the default name, so that iptables-save prints "-j NAT64" as it was typed. */
static void nat64_tg_save(const void *ip, const struct xt_entry_target *target)
{
	const struct xt_nat64_tginfo *info = (const void *)target->data;

	if (!strcmp(info->device, XT_NAT64_DEFAULT_DEVICE))
		return;
	printf(" --device");
	xtables_save_string(info->device);
}

static_assert(offsetof(struct xt_nat64_tginfo, device) == 0 &&
	      offsetof(struct xt_nat64_tginfo_v1, device) == 0, "the device comes first");

static struct xtables_target nat64_tg_reg[] = {
	{
		.version	= XTABLES_VERSION,
		.name		= "NAT64",
		.revision	= 0,
		.family		= NFPROTO_UNSPEC,
		.size		= XT_ALIGN(sizeof(struct xt_nat64_tginfo)),
		.userspacesize	= offsetof(struct xt_nat64_tginfo, ref),
		.help		= nat64_tg_help,
		.init		= nat64_tg_init,
		.print		= nat64_tg_print,
		.save		= nat64_tg_save,
		.x6_parse	= nat64_tg_parse,
		.x6_options	= nat64_tg_opts,
	}, {
		.version	= XTABLES_VERSION,
		.name		= "NAT64",
		.revision	= 1,
		.family		= NFPROTO_UNSPEC,
		.size		= XT_ALIGN(sizeof(struct xt_nat64_tginfo_v1)),
		.userspacesize	= offsetof(struct xt_nat64_tginfo_v1, ref),
		.help		= nat64_tg_help,
		.init		= nat64_tg_init,
		.print		= nat64_tg_print,
		.save		= nat64_tg_save,
		.x6_parse	= nat64_tg_parse,
		.x6_options	= nat64_tg_opts,
	},
};

static void __attribute__((constructor)) nat64_tg_register(void)
{
	xtables_register_target(&nat64_tg_reg[0]);
	xtables_register_target(&nat64_tg_reg[1]);
}
