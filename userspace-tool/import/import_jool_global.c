// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 import jool: the global options.
 */
#include <string.h>

#include "import/import_jool.h"

static enum status pool6(struct jool *jool, json_object *value)
{
	const char *word;

	if (jool_string(value, "pool6", &word) || import_prefix6(jool->import, word))
		return WRONG;
	/* Jool treats all IPv4 addresses alike. */
	if (!strcmp(jool->import->prefix, WELL_KNOWN_PREFIX))
		import_option(jool->import, "wkp-strict off");
	return DONE;
}

static enum status lowest_ipv6_mtu(struct jool *jool, json_object *value)
{
	return import_mtu(jool->import, json_object_get_string(value));
}

static enum status amend_udp_checksum_zero(struct jool *jool, json_object *value)
{
	import_option(jool->import, "udp-zero-csum %s",
		      json_object_get_boolean(value) ? "compute" : "drop");
	return DONE;
}

static enum status zeroize_traffic_class(struct jool *jool, json_object *value)
{
	if (!json_object_get_boolean(value))
		return DONE;
	import_option(jool->import, "tos zero");
	import_note(jool->import, "zeroize-traffic-class: tos zero clears it in both directions");
	return DONE;
}

static enum status override_tos(struct jool *jool, json_object *value)
{
	if (json_object_get_boolean(value)) {
		import_note(jool->import, "override-tos: a rule sets what comes from the device:");
		import_advice(jool->import, shell("iptables -t mangle -A FORWARD -i %s -j TOS "
						  "--set-tos TOS", jool->import->device));
	}
	return DONE;
}

static enum status rfc6791v4_prefix(struct jool *jool, json_object *value)
{
	char text[PREFIX_STRLEN];
	struct prefix prefix;
	const char *word;

	if (jool_string(value, "rfc6791v4-prefix", &word) || parse_prefix(word, AF_INET, &prefix))
		return WRONG;
	if (prefix.len < 31)
		prefix.addr4.s_addr |= htonl(1);
	format_prefix(AF_INET, &prefix.addr4, 32, text);
	import_option(jool->import, "icmp-source %s", text);
	if (prefix.len < 32)
		import_note(jool->import, "rfc6791v4-prefix: one address of %s is used", word);
	return DONE;
}

static enum status rfc6791v6_prefix(struct jool *jool, json_object *value)
{
	struct prefix prefix;
	const char *word;

	if (jool_string(value, "rfc6791v6-prefix", &word) || parse_prefix(word, AF_INET6, &prefix))
		return WRONG;
	if (prefix.len == 128)
		import_line(jool->import, "address %s%s", word, strchr(word, '/') ? "" : "/128");
	else
		import_note(jool->import, "rfc6791v6-prefix: give the device an address of %s by a line "
			    "\"address\", from which errors come", word);
	return DONE;
}

static enum status eam_hairpin_mode(struct jool *jool, json_object *value)
{
	const char *word = json_object_get_string(value);

	if (strcmp(word, "intrinsic"))
		import_note(jool->import, "eam-hairpin-mode: always intrinsic (RFC 7757, section 4)");
	return DONE;
}

static enum status manually_enabled(struct jool *jool, json_object *value)
{
	if (!json_object_get_boolean(value)) {
		import_note(jool->import, "manually-enabled: the instance was paused; nat64 down removes "
			    "the device, and this stops it:");
		import_advice(jool->import, shell("ip link set %s down", jool->import->device));
	}
	return DONE;
}

/* The options that mean something here. */
static const struct {
	const char *name;
	enum status (*read)(struct jool *jool, json_object *value);
} options_known[] = {
	{ "pool6",			pool6 },
	{ "lowest-ipv6-mtu",		lowest_ipv6_mtu },
	{ "amend-udp-checksum-zero",	amend_udp_checksum_zero },
	{ "zeroize-traffic-class",	zeroize_traffic_class },
	{ "override-tos",		override_tos },
	{ "rfc6791v4-prefix",		rfc6791v4_prefix },
	{ "rfc6791v6-prefix",		rfc6791v6_prefix },
	{ "eam-hairpin-mode",		eam_hairpin_mode },
	{ "manually-enabled",		manually_enabled },
};

/* What to say about the others, by the beginnings of their names. */
static const struct {
	const char *name;
	const char *text;
} notes[] = {
	{ "tos", "see override-tos" },
	{ "mtu-plateaus", "those of RFC 1191" },
	{ "randomize-rfc6791-addresses", "icmp-source is one address" },
	{ "logging-debug", "see nat64 stats, and nat64 route for a single packet" },
	{ "logging-bib", "see nat64 monitor" },
	{ "logging-session", "see conntrack -E, for the IPv4 side" },
	{ "udp-timeout", "sysctl net.netfilter.nf_conntrack_udp_timeout_stream, for MASQUERADE" },
	{ "tcp-est-timeout",
	  "sysctl net.netfilter.nf_conntrack_tcp_timeout_established, for MASQUERADE" },
	{ "tcp-trans-timeout", "sysctl net.netfilter.nf_conntrack_tcp_timeout_*, for MASQUERADE" },
	{ "icmp-timeout", "sysctl net.netfilter.nf_conntrack_icmp_timeout, for MASQUERADE" },
	{ "address-dependent-filtering", "MASQUERADE filters by address and port" },
	{ "drop-icmpv6-info",
	  "ip6tables -t raw -I PREROUTING -p icmpv6 --icmpv6-type echo-request -d PREFIX -j DROP" },
	{ "drop-externally-initiated-tcp",
	  "nothing comes in to hosts behind MASQUERADE, but by DNAT" },
	{ "maximum-simultaneous-opens", "no packet is stored" },
	{ "source-icmpv6-errors-better", "always: traceroute shows every hop" },
	{ "handle-rst-during-fin-rcv", "that is conntrack's affair" },
	{ "f-args", "addresses are chosen by the whole IPv6 source" },
	{ "ss-", "no sessions to synchronize; with one hash-key, two routers hand out the same "
		 "addresses; conntrackd(8) for MASQUERADE" },
	{ "trace", "see nat64 route" },
};

static bool is_among(const char *name, const char *const *names)
{
	for (; *names; names++) {
		if (!strncmp(name, *names, strlen(*names)))
			return true;
	}
	return false;
}

bool jool_is_of_siit(const char *name)
{
	static const char *const names[] = {
		"amend-udp-checksum-zero", "eam-hairpin-mode", "randomize-rfc6791-addresses",
		"rfc6791v", NULL
	};

	return is_among(name, names);
}

bool jool_is_of_nat64(const char *name)
{
	static const char *const names[] = {
		"address-dependent-filtering", "drop-icmpv6-info", "drop-externally-initiated-tcp",
		"maximum-simultaneous-opens", "source-icmpv6-errors-better", "handle-rst-during-fin-rcv",
		"f-args", "ss-", "logging-bib", "logging-session", "udp-timeout", "tcp-", "icmp-timeout",
		NULL
	};

	return is_among(name, names);
}

enum status jool_read_global(struct jool *jool, const char *name, json_object *value)
{
	if (!value)	/* null: as if it were not there */
		return DONE;
	for (size_t i = 0; i < sizeof(options_known) / sizeof(*options_known); i++) {
		if (!strcmp(name, options_known[i].name))
			return options_known[i].read(jool, value);
	}
	for (size_t i = 0; i < sizeof(notes) / sizeof(*notes); i++) {
		if (!strncmp(name, notes[i].name, strlen(notes[i].name))) {
			/* An option that is switched off needs no replacement. */
			if (json_object_get_boolean(value))
				import_note(jool->import, "%s: %s", name, notes[i].text);
			return DONE;
		}
	}
	import_note(jool->import, "%s: not known to this command, and left out", name);
	return DONE;
}
