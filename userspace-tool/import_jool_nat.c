// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 import jool: the ports of a stateful translator. Here, IPv6 hosts get private addresses,
 * and what shares public ones among them are rules of iptables, which the notes tell.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import_jool.h"

/* What iptables calls a protocol of Jool, NULL if it is none. */
static const char *protocol_of(const char *word)
{
	static const char *const protocols[] = { "tcp", "udp", "icmp" };

	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		if (!strcasecmp(word, protocols[i]))
			return protocols[i];
	}
	return NULL;
}

static enum status take_protocol(json_object *entry, const char **protocol)
{
	const char *word;

	if (jool_member(entry, "protocol", &word))
		return WRONG;
	*protocol = protocol_of(word);
	if (*protocol)
		return DONE;
	fail(WRONG, "protocol \"%s\": must be TCP | UDP | ICMP", word);
	return WRONG;
}

/* Decimal digits, and no more than a port needs. NULL if there are none. */
static const char *read_port(const char *word, unsigned int *port)
{
	size_t digits = strspn(word, "0123456789");

	*port = strtoul(word, NULL, 10);
	return digits && digits <= 5 && *port <= 65535 ? word + digits : NULL;
}

/* FIRST or FIRST-LAST */
static bool read_ports(const char *word, unsigned int *first, unsigned int *last)
{
	word = read_port(word, first);
	*last = *first;
	if (word && *word == '-')
		word = read_port(word + 1, last);
	return word && !*word && *first <= *last;
}

/* The addresses of a prefix, as SNAT takes them. */
static void format_range(const struct prefix *prefix, char text[2 * INET_ADDRSTRLEN + 1])
{
	struct in_addr last = prefix->addr4;

	inet_ntop(AF_INET, &prefix->addr4, text, INET_ADDRSTRLEN);
	if (prefix->len == 32)
		return;
	last.s_addr |= htonl(UINT32_MAX >> prefix->len);
	strcat(text, "-");
	inet_ntop(AF_INET, &last, text + strlen(text), INET_ADDRSTRLEN);
}

enum status jool_read_pool4(struct jool *jool, json_object *entry)
{
	const char *protocol, *word, *ports = NULL;
	char range[2 * INET_ADDRSTRLEN + 1];
	struct command_line command;
	unsigned int first, last;
	struct prefix prefix;
	json_object *value;

	if (take_protocol(entry, &protocol) || jool_member(entry, "prefix", &word) ||
	    parse_prefix(word, AF_INET, &prefix))
		return WRONG;
	if (json_object_object_get_ex(entry, "port range", &value)) {
		ports = json_object_get_string(value);
		if (!ports || !read_ports(ports, &first, &last))
			return fail(WRONG, "port range \"%s\": must be FIRST-LAST", ports ?: "null");
	}
	format_range(&prefix, range);
	import_note(jool->import, "pool4: hosts share public addresses by NAT behind the device, this "
		    "rule or MASQUERADE:");
	command = shell("iptables -t nat -A POSTROUTING -s %s -p %s", IMPORT_POOL, protocol);
	if (json_object_object_get_ex(entry, "mark", &value) && json_object_get_int64(value))
		shell_append(&command, " -m mark --mark %u", (uint32_t)json_object_get_int64(value));
	shell_append(&command, " -j SNAT --to-source %s", range);
	if (ports)
		shell_append(&command, ":%u", first);
	if (ports && last != first)
		shell_append(&command, "-%u", last);
	import_advice(jool->import, command);
	return DONE;
}

/* ADDRESS#PORT */
static enum status take_endpoint(json_object *entry, const char *name, int family,
				 char address[INET6_ADDRSTRLEN], unsigned int *port)
{
	struct prefix host;
	const char *word, *hash;

	if (jool_member(entry, name, &word))
		return WRONG;
	hash = strchr(word, '#');
	if (!hash || hash - word >= INET6_ADDRSTRLEN || !read_port(hash + 1, port) ||
	    *read_port(hash + 1, port))
		return fail(WRONG, "%s \"%s\": must be ADDRESS#PORT", name, word);
	snprintf(address, INET6_ADDRSTRLEN, "%.*s", (int)(hash - word), word);
	return parse_address(address, family, &host);
}

/* The private address of a host, from the end of the pool; a mapping the first time. */
static enum status map_host(struct jool *jool, const char *address6, char address4[INET_ADDRSTRLEN])
{
	struct in6_addr host, *hosts;
	struct in_addr private;
	size_t i = 0;

	inet_pton(AF_INET6, address6, &host);
	while (i < jool->host_count && memcmp(&jool->hosts[i], &host, sizeof(host)))
		i++;
	inet_pton(AF_INET, IMPORT_POOL_LAST, &private);
	private.s_addr = htonl(ntohl(private.s_addr) - i);
	inet_ntop(AF_INET, &private, address4, INET_ADDRSTRLEN);
	if (i < jool->host_count)
		return DONE;
	hosts = reallocarray(jool->hosts, i + 1, sizeof(*hosts));
	if (!hosts)
		return fail(REFUSED, "out of memory");
	jool->hosts = hosts;
	jool->hosts[jool->host_count++] = host;
	import_line(jool->import, "map add %s %s", address6, address4);
	return DONE;
}

enum status jool_read_bib(struct jool *jool, json_object *entry)
{
	char address6[INET6_ADDRSTRLEN], address4[INET6_ADDRSTRLEN], private[INET_ADDRSTRLEN];
	unsigned int port6, port4;
	const char *protocol;

	if (take_protocol(entry, &protocol) ||
	    take_endpoint(entry, "ipv6 address", AF_INET6, address6, &port6) ||
	    take_endpoint(entry, "ipv4 address", AF_INET, address4, &port4))
		return WRONG;
	if (!strcmp(protocol, "icmp")) {
		import_note(jool->import, "bib: ICMP has no static binding");
		return DONE;
	}
	if (map_host(jool, address6, private))
		return REFUSED;
	import_note(jool->import, "bib: the host has a private address by \"map add\", and the port is "
		    "led there:");
	import_advice(jool->import, shell("iptables -t nat -A PREROUTING -d %s -p %s --dport %u -j DNAT "
					  "--to-destination %s:%u", address4, protocol, port4, private,
					  port6));
	return DONE;
}
