// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 dns64: configuration of name servers that give IPv4-only names an address in the prefix of
 * a device (RFC 6147), and names to such addresses.
 */
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>

#include "cli/cli.h"
#include "snippets/snippet.h"

static const char usage[] =
	"Usage: nat64 dns64 SERVER [dev NAME] [prefix PREFIX6] [clients PREFIX...]\n"
	"\n"
	"SERVER := { bind | unbound | knot | powerdns | powerdns4 }\n"
	"\n"
	"Prints the configuration that the server needs for DNS64 with PREFIX6, or with the first\n"
	"prefix of NAME (nat64). With clients, it is a file that serves them with the server of a\n"
	"distribution as installed: the first lines say where it belongs. The router itself and\n"
	"fe80::/10 may always query the server. All but bind listen on the router's own addresses in\n"
	"the networks of the clients, bind on all addresses.\n";

/* RFC 6052, section 3.1: the well-known prefix is not for these (as kmod/addr.c has them). */
static const char *const not_global[] = {
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
	"172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", NULL
};

static const char *const always_clients[] = { "127.0.0.0/8", "::1/128", "fe80::/10", NULL };

/* Prints each prefix of the ACL, with what the server's language has before and behind it. */
static void print_clients(const struct snippet *snippet, const char *before, const char *behind)
{
	char text[PREFIX_STRLEN];

	for (const char *const *client = always_clients; *client; client++)
		printf("%s%s%s", before, *client, behind);
	for (unsigned int i = 0; i < snippet->client_count; i++) {
		const struct prefix *client = &snippet->clients[i];

		printf("%s%s%s", before, format_prefix(client->family, &client->addr6, client->len,
						       text), behind);
	}
}

/* The reverse zone of the prefix, whose length is a multiple of 4. */
static void print_reverse_zone(const struct prefix *prefix)
{
	for (int nibble = prefix->len / 4 - 1; nibble >= 0; nibble--)
		printf("%x.", prefix->addr6.s6_addr[nibble / 2] >> (nibble % 2 ? 0 : 4) & 15);
	printf("ip6.arpa.");
}

/* The lines of a block for @clients, such as "allow-query { 127.0.0.0/8; };". */
static void print_bind_list(const char *indent, const char *name, const struct snippet *snippet)
{
	printf("%s%s {", indent, name);
	print_clients(snippet, " ", ";");
	printf(" };\n");
}

static void print_bind_dns64(const struct snippet *snippet, const char *indent)
{
	printf("%sdns64 %s {\n", indent, snippet->prefix_text);
	printf("%s\tclients {", indent);
	print_clients(snippet, " ", ";");
	printf(" };\n");
	if (is_well_known(&snippet->prefix)) {
		printf("%s\t// Not global: they are no part of the well-known prefix (RFC 6052), but\n"
		       "%s\t// the addresses of ipv4only.arpa have to be (RFC 7050).\n"
		       "%s\tmapped { 192.0.0.9; 192.0.0.10; 192.0.0.170/31;", indent, indent, indent);
		for (const char *const *block = not_global; *block; block++)
			printf(" !%s;", *block);
		printf(" any; };\n");
	}
	printf("%s\t// AAAA records that are as good as none (RFC 6147, section 5.1.4).\n"
	       "%s\texclude { ::ffff:0:0/96; %s; };\n"
	       "%s\t// Names of signed zones get an address, too, where the client asks with DO: one that\n"
	       "%s\t// validates has to make it itself (RFC 6147, section 5.5), others would have none.\n"
	       "%s\tbreak-dnssec yes;\n"
	       "%s};\n", indent, indent, snippet->prefix_text, indent, indent, indent, indent);
}

/* BIND allows one block of options only, so a whole file takes the place of that which has it. */
static enum status dns64_bind(struct words *words)
{
	struct snippet snippet;
	enum status status = snippet_parse(words, SNIPPET_CLIENTS, &snippet);
	const char *indent;

	if (status)
		return status;
	indent = snippet.client_count ? "\t" : "";
	if (snippet.client_count)
		printf("// /etc/bind/named.conf.options of BIND 9 in Debian, in place of the one that is there;\n"
		       "// named makes the reverse zone and the one for ipv4only.arpa by itself.\n"
		       "options {\n"
		       "\tdirectory \"/var/cache/bind\";\n"
		       "\tdnssec-validation auto;\n"
		       "\tlisten-on { any; };\n"
		       "\tlisten-on-v6 { any; };\n");
	else
		printf("// BIND 9, within options { } or a view { } of named.conf; named makes the reverse\n"
		       "// zone and the one for ipv4only.arpa by itself.\n");
	print_bind_list(indent, "allow-query", &snippet);
	print_bind_list(indent, "allow-recursion", &snippet);
	print_bind_dns64(&snippet, indent);
	if (snippet.client_count)
		printf("};\n");
	return DONE;
}

static bool is_among_clients(const struct snippet *snippet, const struct sockaddr *address)
{
	struct prefix host = { .family = address->sa_family, .len = host_len(address->sa_family) };

	if (host.family == AF_INET6)
		host.addr6 = ((const struct sockaddr_in6 *)address)->sin6_addr;
	else
		host.addr4 = ((const struct sockaddr_in *)address)->sin_addr;
	for (unsigned int i = 0; i < snippet->client_count; i++)
		if (prefixes_overlap(&snippet->clients[i], &host))
			return true;
	return false;
}

static bool is_listened_on(const struct snippet *snippet, const struct ifaddrs *entry, char text[NI_MAXHOST])
{
	socklen_t size;

	if (!entry->ifa_addr || entry->ifa_flags & IFF_LOOPBACK ||
	    (entry->ifa_addr->sa_family != AF_INET && entry->ifa_addr->sa_family != AF_INET6) ||
	    !is_among_clients(snippet, entry->ifa_addr))
		return false;
	size = entry->ifa_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
							sizeof(struct sockaddr_in);
	return !getnameinfo(entry->ifa_addr, size, text, NI_MAXHOST, NULL, 0, NI_NUMERICHOST);
}

/*
 * A server listens for its own host unless told otherwise. Besides the loopback, it gets this host's
 * addresses in the clients' networks. If there are none, the clients are further away, and it gets
 * all addresses. Returns whether it gets all.
 */
static bool print_listen(const struct snippet *snippet, const char *before, const char *between,
			 const char *behind)
{
	struct ifaddrs *list = NULL;
	bool on_link = false;
	char text[NI_MAXHOST];

	if (getifaddrs(&list))
		list = NULL;
	for (const struct ifaddrs *entry = list; entry; entry = entry->ifa_next) {
		if (!is_listened_on(snippet, entry, text))
			continue;
		printf("%s%s%s", before, text, between);
		on_link = true;
	}
	freeifaddrs(list);
	printf("%s%s%s%s%s%s", before, on_link ? "127.0.0.1" : "0.0.0.0", between, before,
	       on_link ? "::1" : "::", behind);
	return !on_link;
}

static enum status dns64_unbound(struct words *words)
{
	struct snippet snippet;
	enum status status = snippet_parse(words, SNIPPET_CLIENTS, &snippet);

	if (status)
		return status;
	printf("# Unbound, a file in /etc/unbound/unbound.conf.d; the module dns64 answers reverse\n"
	       "# lookups, too. Neither IPv4 addresses that are not global nor AAAA records that are\n"
	       "# as good as none, such as ::ffff:192.0.2.1, can be excluded (but dns64-ignore-aaaa\n"
	       "# names names).\n"
	       "server:\n"
	       "\tmodule-config: \"dns64 validator iterator\"\n"
	       "\tdns64-prefix: %s\n"
	       "\t# No zone that Unbound has built in may answer for the prefix.\n"
	       "\tlocal-zone: \"", snippet.prefix_text);
	print_reverse_zone(&snippet.prefix);
	printf("\" transparent\n");
	if (snippet.client_count) {
		/* An address may come later than the server does when the machine starts. */
		printf("\tip-freebind: yes\n");
		if (print_listen(&snippet, "\tinterface: ", "\n", "\n"))
			printf("\tinterface-automatic: yes\n");
	}
	print_clients(&snippet, "\taccess-control: ", " allow\n");
	return DONE;
}

/* Knot Resolver and PowerDNS put the IPv4 address behind 96 bits, and nowhere else. */
static enum status parse_96(struct words *words, const char *server, struct snippet *snippet)
{
	enum status status = snippet_parse(words, SNIPPET_CLIENTS, snippet);

	if (!status && snippet->prefix.len != 96)
		return fail(REFUSED, "%s: its DNS64 takes prefixes of 96 bits only, not %s; "
			    "bind and unbound take it", server, snippet->prefix_text);
	return status;
}

static enum status dns64_knot(struct words *words)
{
	struct snippet snippet;
	enum status status = parse_96(words, "knot", &snippet);

	if (status)
		return status;
	if (snippet.client_count) {
		printf("-- /etc/knot-resolver/kresd.conf of Knot Resolver 5, in place of the one that is\n"
		       "-- there; the module dns64 answers reverse lookups, too.\n");
		print_listen(&snippet, "net.listen('", "', 53, { kind = 'dns', freebind = true })\n",
			     "', 53, { kind = 'dns', freebind = true })\n");
		printf("cache.size = 100 * MB\n"
		       "modules = { 'hints > iterate', 'stats', 'predict', 'view', 'dns64' }\n");
	} else {
		printf("-- Knot Resolver 5, in /etc/knot-resolver/kresd.conf; the module answers reverse\n"
		       "-- lookups, too.\n"
		       "modules = { 'view', 'dns64' }\n");
	}
	printf("dns64.config({ prefix = '%s', exclude_subnets = { '::ffff:0:0/96' } })\n",
	       snippet.prefix_addr);
	print_clients(&snippet, "view:addr('", "', policy.all(policy.PASS))\n");
	printf("view:addr('0.0.0.0/0', policy.all(policy.REFUSE))\n"
	       "view:addr('::/0', policy.all(policy.REFUSE))\n");
	return DONE;
}

static enum status dns64_powerdns(struct words *words)
{
	struct snippet snippet;
	enum status status = parse_96(words, "powerdns", &snippet);

	if (status)
		return status;
	printf("# PowerDNS Recursor 5, a file *.yml in /etc/powerdns/recursor.d (powerdns4 prints\n"
	       "# settings of the old kind); reverse lookups are answered, too.\n"
	       "recursor:\n"
	       "  dns64_prefix: %s\n"
	       "incoming:\n", snippet.prefix_text);
	if (snippet.client_count) {
		printf("  non_local_bind: true\n"
		       "  listen: !override\n");
		print_listen(&snippet, "    - '", "'\n", "'\n");
	}
	printf("  allow_from: !override\n");
	print_clients(&snippet, "    - '", "'\n");
	return DONE;
}

static enum status dns64_powerdns4(struct words *words)
{
	struct snippet snippet;
	enum status status = parse_96(words, "powerdns4", &snippet);

	if (status)
		return status;
	printf("# PowerDNS Recursor 4.4 or newer with settings of the old kind, a file *.conf in\n"
	       "# /etc/powerdns/recursor.d; reverse lookups are answered, too.\n"
	       "dns64-prefix=%s\n", snippet.prefix_text);
	if (snippet.client_count) {
		printf("non-local-bind=yes\n"
		       "local-address=");
		print_listen(&snippet, "", ",", "\n");
	}
	printf("allow-from=");
	print_clients(&snippet, "", ",");
	printf("\n");
	return DONE;
}

static enum status dns64_dnsmasq(struct words *words)
{
	(void)words;
	return fail(REFUSED, "dnsmasq has no DNS64: let it forward to a server that has "
		    "(server=::1#5353), see \"nat64 dns64 help\"");
}

static enum status dns64_resolved(struct words *words)
{
	(void)words;
	return fail(REFUSED, "systemd-resolved has no DNS64: set DNS= in resolved.conf to a server "
		    "that has, see \"nat64 dns64 help\"");
}

static enum status dns64_nsd(struct words *words)
{
	(void)words;
	return fail(REFUSED, "nsd answers for its own zones only, DNS64 needs a resolver: "
		    "see \"nat64 dns64 help\"");
}

static enum status dns64_coredns(struct words *words)
{
	(void)words;
	return fail(REFUSED, "coredns has a plugin dns64, but does not resolve names itself, and knows "
		    "neither reverse lookups nor exclusions: let it forward to a server that does "
		    "(forward . [::1]:5353), see \"nat64 dns64 help\"");
}

static enum status dns64_adguardhome(struct words *words)
{
	(void)words;
	return fail(REFUSED, "adguardhome writes its only file itself: stop it, set use_dns64 and "
		    "dns64_prefixes below \"dns:\" in AdGuardHome.yaml, start it; or name it a "
		    "server from \"nat64 dns64 help\" as its upstream");
}

static enum status dns64_dnsdist(struct words *words)
{
	(void)words;
	return fail(REFUSED, "dnsdist has no DNS64: let it ask a server that has "
		    "(newServer(\"[::1]:5353\")), see \"nat64 dns64 help\"");
}

static enum status dns64_no_server(struct words *words)
{
	(void)words;
	return missing("the name server");
}

static const struct command commands[] = {
	{ .name = "",			.run = dns64_no_server },
	{ .name = "bind",		.run = dns64_bind },
	{ .name = "named",		.run = dns64_bind },
	{ .name = "unbound",		.run = dns64_unbound },
	{ .name = "knot",		.run = dns64_knot },
	{ .name = "kresd",		.run = dns64_knot },
	{ .name = "powerdns",		.run = dns64_powerdns },
	{ .name = "pdns-recursor",	.run = dns64_powerdns },
	{ .name = "powerdns4",		.run = dns64_powerdns4 },
	{ .name = "dnsmasq",		.run = dns64_dnsmasq },
	{ .name = "systemd-resolved",	.run = dns64_resolved },
	{ .name = "resolved",		.run = dns64_resolved },
	{ .name = "nsd",		.run = dns64_nsd },
	{ .name = "coredns",		.run = dns64_coredns },
	{ .name = "adguardhome",	.run = dns64_adguardhome },
	{ .name = "dnsdist",		.run = dns64_dnsdist },
	{ }
};

const struct object dns64_object = {
	.name = "dns64",
	.about = "configuration for a name server",
	.usage = usage,
	.commands = commands,
};
