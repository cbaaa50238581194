// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 pref64: configuration of the daemons that send router advertisements, so that these tell
 * hosts the prefix of a device (RFC 8781).
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "snippets/snippet.h"

/* RFC 8781, section 4: 3 times MaxRtrAdvInterval, whose default is 600 seconds. */
#define DEFAULT_LIFETIME 1800

static const char usage[] =
	"Usage: nat64 pref64 DAEMON [dev NAME] [prefix PREFIX6] [interface NAME]\n"
	"                           [lifetime SECONDS]\n"
	"\n"
	"DAEMON := { radvd | networkd | bird | odhcpd | frr }\n"
	"\n"
	"Prints the configuration that the daemon needs to announce PREFIX6, or the first prefix of\n"
	"NAME (nat64), in router advertisements on an interface (eth0). For odhcpd, the commands of\n"
	"OpenWrt for one of its interfaces (lan).\n";

static enum status parse(struct words *words, struct snippet *snippet)
{
	enum status status = snippet_parse(words, SNIPPET_ROUTER, snippet);

	if (!snippet->lifetime)
		snippet->lifetime = DEFAULT_LIFETIME;
	if (!*snippet->interface)
		snprintf(snippet->interface, sizeof(snippet->interface), "eth0");
	return status;
}

static enum status pref64_radvd(struct words *words)
{
	struct snippet snippet;
	enum status status = parse(words, &snippet);

	if (status)
		return status;
	printf("# radvd 2.20 or newer (Debian 12 has 2.19), /etc/radvd.conf\n"
	       "# If there is a block for %s already, only nat64prefix goes inside it.\n"
	       "interface %s {\n"
	       "\tAdvSendAdvert on;\n"
	       "\tnat64prefix %s {\n"
	       "\t\tAdvValidLifetime %u;\n"
	       "\t};\n"
	       "};\n",
	       snippet.interface, snippet.interface, snippet.prefix_text, snippet.lifetime);
	return DONE;
}

static enum status pref64_networkd(struct words *words)
{
	struct snippet snippet;
	enum status status = parse(words, &snippet);

	if (status)
		return status;
	printf("# systemd-networkd 255 or newer (Debian 12 has 252)\n"
	       "# /etc/systemd/network/%s.network, or IPv6SendRA and the last section go into the file\n"
	       "# that is for this interface already\n"
	       "[Match]\n"
	       "Name=%s\n"
	       "\n"
	       "[Network]\n"
	       "IPv6SendRA=yes\n"
	       "\n"
	       "[IPv6PREF64Prefix]\n"
	       "Prefix=%s\n"
	       "LifetimeSec=%u\n",
	       snippet.interface, snippet.interface, snippet.prefix_text, snippet.lifetime);
	return DONE;
}

/* The prefix length code of RFC 8781, section 4. */
static unsigned int length_code(unsigned int len)
{
	return len == 96 ? 0 : (72 - len) / 8;
}

/* BIRD does not know the option, so it gets the bytes that follow type and length. */
static enum status pref64_bird(struct words *words)
{
	struct snippet snippet;
	enum status status = parse(words, &snippet);
	unsigned int head;

	if (status)
		return status;
	head = snippet.lifetime | length_code(snippet.prefix.len);
	printf("# BIRD 2.14 or newer (Debian 12 has 2.0), in bird.conf\n"
	       "# If there is a protocol radv already, only the custom option goes inside it.\n"
	       "# It has lifetime %u and prefix %s.\n"
	       "protocol radv {\n"
	       "\tinterface \"%s\";\n"
	       "\tcustom option type 38 value hex:%02x:%02x",
	       snippet.lifetime, snippet.prefix_text, snippet.interface, head >> 8, head & 255);
	for (int i = 0; i < 12; i++)
		printf(":%02x", snippet.prefix.addr6.s6_addr[i]);
	printf(";\n"
	       "}\n");
	return DONE;
}

/* Names of sections in uci. */
static bool is_uci_name(const char *text)
{
	while (isalnum((unsigned char)*text) || *text == '_')
		text++;
	return !*text;
}

static enum status pref64_odhcpd(struct words *words)
{
	struct snippet snippet;

	if (snippet_parse(words, SNIPPET_ROUTER, &snippet))
		return WRONG;
	if (snippet.lifetime)
		return fail(WRONG, "odhcpd computes the lifetime by itself, from ra_maxinterval");
	if (!*snippet.interface)
		strcpy(snippet.interface, "lan");
	if (!is_uci_name(snippet.interface))
		return fail(WRONG, "interface \"%s\": OpenWrt's own name is wanted, such as lan",
			    snippet.interface);
	printf("# OpenWrt 24.10 or newer, commands\n"
	       "uci set dhcp.%s.ra='server'\n"
	       "uci set dhcp.%s.ra_pref64='%s'\n"
	       "uci commit dhcp\n"
	       "service odhcpd restart\n",
	       snippet.interface, snippet.interface, snippet.prefix_text);
	return DONE;
}

static enum status pref64_frr(struct words *words)
{
	struct snippet snippet;
	enum status status = parse(words, &snippet);

	if (status)
		return status;
	printf("# FRR newer than 10.3 (Debian 12 has 8.4, Debian 13 has 10.3), /etc/frr/frr.conf\n"
	       "# If there is a block for %s already, these lines go inside it.\n"
	       "interface %s\n"
	       " no ipv6 nd suppress-ra\n"
	       " ipv6 nd nat64",
	       snippet.interface, snippet.interface);
	printf(" %s lifetime %u\n"
	       "exit\n", snippet.prefix_text, snippet.lifetime);
	return DONE;
}

static enum status pref64_dnsmasq(struct words *words)
{
	(void)words;
	return fail(REFUSED, "dnsmasq cannot put PREF64 in its router advertisements: let radvd "
		    "send them, see \"nat64 pref64 help\"");
}

static enum status pref64_no_daemon(struct words *words)
{
	(void)words;
	return missing("the daemon");
}

static const struct command commands[] = {
	{ .name = "",			.run = pref64_no_daemon },
	{ .name = "radvd",		.run = pref64_radvd },
	{ .name = "networkd",		.run = pref64_networkd },
	{ .name = "systemd-networkd",	.run = pref64_networkd },
	{ .name = "bird",		.run = pref64_bird },
	{ .name = "odhcpd",		.run = pref64_odhcpd },
	{ .name = "openwrt",		.run = pref64_odhcpd },
	{ .name = "frr",		.run = pref64_frr },
	{ .name = "dnsmasq",		.run = pref64_dnsmasq },
	{ }
};

const struct object pref64_object = {
	.name = "pref64",
	.about = "configuration for router advertisements",
	.usage = usage,
	.commands = commands,
};
