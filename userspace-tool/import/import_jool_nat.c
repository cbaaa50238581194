// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 import jool: the ports of a stateful translator. Here, IPv6 hosts get private addresses,
 * and rules of iptables share public ones among them. The notes contain these rules.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/import_jool.h"

#define PORT_MAX 65535
#define POOL_SLOTS 256		/* hosts are shared out in units of these */

/* The name that iptables has for a protocol of Jool; NULL if it is none. */
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
	return digits && digits <= 5 && *port <= PORT_MAX ? word + digits : NULL;
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

static enum status add_pool4(struct jool *jool, const struct jool_pool4 *entry)
{
	struct jool_pool4 *entries;

	entries = reallocarray(jool->pool4, jool->pool4_count + 1, sizeof(*entries));
	if (!entries)
		return fail(REFUSED, "out of memory");
	jool->pool4 = entries;
	entries[jool->pool4_count++] = *entry;
	return DONE;
}

enum status jool_read_pool4(struct jool *jool, json_object *entry)
{
	struct jool_pool4 pool4 = { .last_port = PORT_MAX };
	const char *word, *ports;
	struct prefix prefix;
	json_object *value;

	if (take_protocol(entry, &pool4.protocol) || jool_member(entry, "prefix", &word) ||
	    parse_prefix(word, AF_INET, &prefix))
		return WRONG;
	if (json_object_object_get_ex(entry, "port range", &value)) {
		ports = json_object_get_string(value);
		if (!ports || !read_ports(ports, &pool4.first_port, &pool4.last_port))
			return fail(WRONG, "port range \"%s\": must be FIRST-LAST", ports ?: "null");
	}
	if (json_object_object_get_ex(entry, "mark", &value))
		pool4.mark = json_object_get_int64(value);
	pool4.first = ntohl(prefix.addr4.s_addr);
	pool4.last = pool4.first | (prefix.len == 32 ? 0 : UINT32_MAX >> prefix.len);
	return add_pool4(jool, &pool4);
}

/*
 * Puts entries with marks first, since one without stands for all the rest; then puts those next to
 * each other that SNAT may take together.
 */
static int compare_pool4(const void *one, const void *other)
{
	const struct jool_pool4 *a = one, *b = other;

	if (!a->mark != !b->mark)
		return !a->mark - !b->mark;
	if (a->mark != b->mark)
		return a->mark < b->mark ? -1 : 1;
	if (a->protocol != b->protocol)
		return strcmp(a->protocol, b->protocol);
	if (a->first_port != b->first_port)
		return a->first_port < b->first_port ? -1 : 1;
	if (a->last_port != b->last_port)
		return a->last_port < b->last_port ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

static bool is_one_set(const struct jool_pool4 *a, const struct jool_pool4 *b)
{
	return a->mark == b->mark && a->protocol == b->protocol;
}

/* Merges adjacent addresses with the same ports, or adjacent ports of the same addresses. */
static bool merge(struct jool_pool4 *into, const struct jool_pool4 *next)
{
	if (!is_one_set(into, next))
		return false;
	if (into->first_port == next->first_port && into->last_port == next->last_port &&
	    next->first <= into->last + 1ULL) {
		into->last = next->last > into->last ? next->last : into->last;
		return true;
	}
	if (into->first == next->first && into->last == next->last &&
	    next->first_port <= into->last_port + 1) {
		into->last_port = next->last_port > into->last_port ? next->last_port :
								      into->last_port;
		return true;
	}
	return false;
}

static void merge_all(struct jool *jool)
{
	size_t kept = 0;

	qsort(jool->pool4, jool->pool4_count, sizeof(*jool->pool4), compare_pool4);
	for (size_t i = 1; i < jool->pool4_count; i++) {
		if (!merge(&jool->pool4[kept], &jool->pool4[i]))
			jool->pool4[++kept] = jool->pool4[i];
	}
	jool->pool4_count = kept + 1;
}

static const char *host_text(uint32_t host, char text[INET_ADDRSTRLEN])
{
	struct in_addr addr = { .s_addr = htonl(host) };

	return inet_ntop(AF_INET, &addr, text, INET_ADDRSTRLEN);
}

static uint64_t weight(const struct jool_pool4 *entry)
{
	return (entry->last - entry->first + 1ULL) * (entry->last_port - entry->first_port + 1);
}

/*
 * The first address of our own pool after @share of @total of it, host byte order; rounded, so that
 * few prefixes are needed.
 */
static uint32_t pool_at(uint64_t share, uint64_t total)
{
	struct prefix pool;
	uint32_t slots;

	parse_prefix(IMPORT_POOL, AF_INET, &pool);
	slots = (double)POOL_SLOTS * share / total + 0.5;
	return ntohl(pool.addr4.s_addr) + slots * ((1U << (32 - pool.len)) / POOL_SLOTS);
}

/* The addresses from @first to before @end, as prefixes. */
static void append_sources(struct command_line *command, uint32_t first, uint32_t end)
{
	char text[PREFIX_STRLEN];

	for (uint32_t size = 0; first < end; first += size) {
		struct in_addr addr = { .s_addr = htonl(first) };

		shell_append(command, size ? "," : " -s ");
		size = first & -first;
		while (size > end - first)
			size /= 2;
		shell_append(command, "%s", format_prefix(AF_INET, &addr, 32 - __builtin_ctz(size),
							  text));
	}
}

/*
 * Shares out hosts among the entries of a set, so that each host stays with one entry. Entries with
 * more room get more hosts. @before: the weight of the entries before this one; @total: of all.
 */
static void print_rule(struct jool *jool, const struct jool_pool4 *entry, uint64_t before,
		       uint64_t total)
{
	uint32_t first = pool_at(before, total), end = pool_at(before + weight(entry), total);
	bool all_ports = !entry->first_port && entry->last_port == PORT_MAX;
	struct command_line command;
	char text[INET_ADDRSTRLEN];

	if (first == end)
		return;
	command = shell("iptables -t nat -A POSTROUTING");
	append_sources(&command, first, end);
	shell_append(&command, " -p %s", entry->protocol);
	if (entry->mark)
		shell_append(&command, " -m mark --mark %u", entry->mark);
	shell_append(&command, " -j SNAT --to-source %s", host_text(entry->first, text));
	if (entry->last != entry->first)
		shell_append(&command, "-%s", host_text(entry->last, text));
	if (!all_ports)
		shell_append(&command, ":%u", entry->first_port);
	if (!all_ports && entry->first_port != entry->last_port)
		shell_append(&command, "-%u", entry->last_port);
	if (entry->last != entry->first)
		shell_append(&command, " --persistent");
	import_advice(jool->import, command);
}

/* Jool without a pool uses the machine's addresses, and these ports. */
static void print_default(struct jool *jool)
{
	const char *device = jool->import->device;

	import_note(jool->import, "no pool4: hosts share the addresses of the router behind the device:");
	import_advice(jool->import, shell("iptables -t nat -A POSTROUTING -s %s ! -o %s -p tcp "
					  "-j MASQUERADE --to-ports 61001-65535", IMPORT_POOL, device));
	import_advice(jool->import, shell("iptables -t nat -A POSTROUTING -s %s ! -o %s -p udp "
					  "-j MASQUERADE --to-ports 61001-65535", IMPORT_POOL, device));
	import_advice(jool->import, shell("iptables -t nat -A POSTROUTING -s %s ! -o %s -p icmp "
					  "-j MASQUERADE", IMPORT_POOL, device));
}

void jool_print_pool4(struct jool *jool)
{
	const struct jool_pool4 *pool4 = jool->pool4;
	size_t begin = 0, end;

	place.part = "";
	if (!jool->pool4_count) {
		print_default(jool);
		return;
	}
	import_note(jool->import, "pool4: hosts share public addresses by NAT behind the device, these "
		    "rules or MASQUERADE:");
	merge_all(jool);
	for (; begin < jool->pool4_count; begin = end) {
		uint64_t total = 0, before = 0;

		for (end = begin; end < jool->pool4_count && is_one_set(&pool4[begin], &pool4[end]); end++)
			total += weight(&pool4[end]);
		for (size_t i = begin; i < end; i++) {
			print_rule(jool, &pool4[i], before, total);
			before += weight(&pool4[i]);
		}
	}
}

/* ADDRESS#PORT */
static enum status take_endpoint(json_object *entry, const char *name, int family,
				 char address[INET6_ADDRSTRLEN], unsigned int *port)
{
	struct prefix host;
	const char *word, *hash, *end;

	if (jool_member(entry, name, &word))
		return WRONG;
	hash = strchr(word, '#');
	end = hash ? read_port(hash + 1, port) : NULL;
	if (!end || *end || hash - word >= INET6_ADDRSTRLEN)
		return fail(WRONG, "%s \"%s\": must be ADDRESS#PORT", name, word);
	snprintf(address, INET6_ADDRSTRLEN, "%.*s", (int)(hash - word), word);
	return parse_address(address, family, &host);
}

/* Gives a host a private address from the end of the pool, and a mapping the first time. */
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
		import_note(jool->import, "ICMP has no static binding");
		return DONE;
	}
	if (map_host(jool, address6, private))
		return REFUSED;
	import_note(jool->import, "the host has a private address by \"map add\", and the port is "
		    "led there:");
	import_advice(jool->import, shell("iptables -t nat -A PREROUTING -d %s -p %s --dport %u -j DNAT "
					  "--to-destination %s:%u", address4, protocol, port4, private,
					  port6));
	return DONE;
}
