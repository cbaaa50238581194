// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 import tayga: one directive a line, see tayga.conf(5).
 */
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "cli/cli.h"
#include "import/import.h"

/* The import in progress. */
static struct import *current;

static bool has_pool;
static bool is_lenient;		/* wkpf-strict no */
static char data_dir[PATH_MAX];

/* The first line with a word unknown to tayga.conf, and whether any word is known to it. */
static struct place culprit;
static char culprit_word[64];
static bool is_tayga;

static enum status take_bool(const char *name, const char *word, bool *value)
{
	static const char *const words[] = { "0", "1", "off", "on", "false", "true", "no", "yes" };

	*value = false;
	for (unsigned int i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!strcasecmp(word, words[i])) {
			*value = i % 2;
			return DONE;
		}
	}
	return fail(WRONG, "%s \"%s\": must be yes | no", name, word);
}

static enum status tun_device(char **words)
{
	if (current->device_given)
		return DONE;
	return parse_device(words[1], current->device);
}

static enum status own_address(char **words)
{
	bool ipv4 = !strcasecmp(words[0], "ipv4-addr");
	struct prefix host;

	if (parse_address(words[1], ipv4 ? AF_INET : AF_INET6, &host))
		return WRONG;
	import_line(current, "address %s/%u", words[1], host.len);
	return DONE;
}

static enum status prefix(char **words)
{
	if (*current->prefix)
		return fail(WRONG, "prefix was given before");
	return import_prefix6(current, words[1]);
}

static enum status dynamic_pool(char **words)
{
	struct prefix pool;

	if (parse_prefix(words[1], AF_INET, &pool))
		return WRONG;
	if (pool.len > 31)
		return fail(WRONG, "dynamic-pool \"%s\": longer than 31 bits", words[1]);
	has_pool = true;
	import_option(current, "pool %s", words[1]);
	return DONE;
}

static enum status map(char **words)
{
	return import_mapping(current, words[1], words[2]);
}

static enum status wkpf_strict(char **words)
{
	bool on;

	if (take_bool(words[0], words[1], &on))
		return WRONG;
	is_lenient = !on;
	import_option(current, "wkp-strict %s", on ? "on" : "off");
	return DONE;
}

static enum status udp_cksum_mode(char **words)
{
	static const char *const modes[][2] = {
		{ "drop", "drop" }, { "calc", "compute" }, { "fwd", "forward" },
	};

	for (unsigned int i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (!strcasecmp(words[1], modes[i][0])) {
			import_option(current, "udp-zero-csum %s", modes[i][1]);
			return DONE;
		}
	}
	return fail(WRONG, "udp-cksum-mode \"%s\": must be drop | calc | fwd", words[1]);
}

static enum status offlink_mtu(char **words)
{
	return import_mtu(current, words[1]);
}

static enum status tun_ip(char **words)
{
	struct prefix address;

	if (parse_address_length(words[1], &address))
		return WRONG;
	import_line(current, "address %s%s", words[1],
		    strchr(words[1], '/') ? "" : address.family == AF_INET6 ? "/128" : "/32");
	return DONE;
}

static enum status tun_route(char **words)
{
	struct prefix prefix;

	if (parse_prefix(words[1], AF_UNSPEC, &prefix))
		return WRONG;
	import_line(current, "route %s", words[1]);
	current->routes++;
	return DONE;
}

static enum status strict_frag_hdr(char **words)
{
	bool on;

	if (take_bool(words[0], words[1], &on))
		return WRONG;
	if (on)
		import_note(current, "strict-frag-hdr: a fragment header is put on fragments only "
			    "(RFC 7915)");
	return DONE;
}

static enum status tun_up(char **words)
{
	bool on;

	if (take_bool(words[0], words[1], &on))
		return WRONG;
	if (!on)
		import_note(current, "tun-up no: nat64 up always brings the device up");
	return DONE;
}

static enum status remember_data_dir(char **words)
{
	snprintf(data_dir, sizeof(data_dir), "%s", words[1]);
	import_note(current, "data-dir: dynamic mappings are kept in /var/lib/nat64; those in %s are "
		    "not taken over", words[1]);
	return DONE;
}

static enum status logging(char **words)
{
	(void)words;
	import_note(current, "log: every reason to drop a packet has a counter, see nat64 stats; "
		    "mappings are told by nat64 monitor");
	return DONE;
}

static enum status workers(char **words)
{
	(void)words;
	import_note(current, "workers: packets stay on the CPU that they come to");
	return DONE;
}

static enum status map_file(char **words);

static const struct directive {
	const char *name;
	unsigned int values;	/* words behind it; 0: any number */
	enum status (*read)(char **words);
} directives[] = {
	{ "tun-device",		1, tun_device },
	{ "ipv4-addr",		1, own_address },
	{ "ipv6-addr",		1, own_address },
	{ "prefix",		1, prefix },
	{ "dynamic-pool",	1, dynamic_pool },
	{ "map",		2, map },
	{ "map-file",		1, map_file },
	{ "wkpf-strict",	1, wkpf_strict },
	{ "udp-cksum-mode",	1, udp_cksum_mode },
	{ "offlink-mtu",	1, offlink_mtu },
	{ "tun-ip",		1, tun_ip },
	{ "tun-route",		1, tun_route },
	{ "tun-up",		1, tun_up },
	{ "strict-frag-hdr",	1, strict_frag_hdr },
	{ "data-dir",		1, remember_data_dir },
	{ "log",		0, logging },
	{ "workers",		1, workers },
	{ }
};

static enum status read_directive(char **words)
{
	const struct directive *directive = directives;
	unsigned int values = 0;

	while (directive->name && strcasecmp(directive->name, words[0]))
		directive++;
	is_tayga |= !!directive->name;
	if (!directive->name) {
		if (!culprit.file) {
			culprit = place;
			snprintf(culprit_word, sizeof(culprit_word), "%s", words[0]);
		}
		import_note(current, "%s: not known to this command, and left out", words[0]);
		return DONE;
	}
	while (words[values + 1])
		values++;
	if (directive->values && values != directive->values)
		return fail(WRONG, "%s: takes %u word%s, not %u", words[0], directive->values,
			    directive->values > 1 ? "s" : "", values);
	return directive->read(words);
}

static enum status read_map(char **words)
{
	if (strcasecmp(words[0], "map"))
		return fail(WRONG, "\"%s\": only map in a map-file", words[0]);
	return read_directive(words);
}

/* The path is relative to data-dir, if the file has set that before. */
static enum status map_file(char **words)
{
	const struct place before = place;
	char path[2 * PATH_MAX + 1];
	enum status status;

	snprintf(path, sizeof(path), "%s%s%s", *words[1] == '/' ? "" : data_dir,
		 *words[1] == '/' || !*data_dir ? "" : "/", words[1]);
	status = read_lines(path, read_map);
	place = before;
	return status;
}

static enum status not_tayga(void)
{
	if (!culprit.file)
		return fail(WRONG, "not a tayga.conf: there is nothing in it");
	place = culprit;
	return fail(WRONG, "not a tayga.conf: \"%s\"", culprit_word);
}

/* Notes what Tayga does by default. */
static void note_defaults(void)
{
	place.file = NULL;
	if (!strcmp(current->prefix, WELL_KNOWN_PREFIX) && !is_lenient)
		import_note(current, "within " WELL_KNOWN_PREFIX ", private IPv4 networks are reached with "
			    "wkp-strict off only (RFC 6052)");
	if (*current->prefix && has_pool)
		import_note(current, "IPv4 hosts reach those that are mapped or have an address of the "
			    "pool, and no others within the prefix: see translatable in nat64(8)");
	else
		import_translatable(current);
}

enum status import_tayga(struct import *import, const char *path)
{
	enum status status;

	current = import;
	has_pool = false;
	is_lenient = false;
	is_tayga = false;
	culprit = (struct place){ };
	*data_dir = '\0';
	status = read_lines(path, read_directive);
	if (!status && !is_tayga)
		status = not_tayga();
	if (!status)
		note_defaults();
	return status;
}
