// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 doctor: whether the configured resolver, or a name server on this router, makes IPv6
 * addresses of IPv4 ones. The way to find out is to ask for a name that has IPv4 addresses only
 * (RFC 7050).
 */
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#undef REFUSED	/* nameser.h has one of its own */

#include "cli/program.h"
#include "doctor/doctor.h"

#define NAME "ipv4only.arpa"
#define CLIENTS_MAX 8

enum dns64 {
	NO_ANSWER,	/* the resolver does not answer at all */
	ABSENT,		/* no IPv6 address */
	FOREIGN,	/* an address in none of our prefixes */
	PRESENT,
};

static bool is_ours(const struct doctor *doctor, const unsigned char *addr6)
{
	struct prefix host = { .family = AF_INET6, .len = 128 };

	memcpy(&host.addr6, addr6, sizeof(host.addr6));
	for (size_t d = 0; d < doctor->count; d++) {
		const struct prefix_list *list = &doctor->instances[d].prefixes;

		for (size_t i = 0; i < list->count; i++) {
			if (prefixes_overlap(&list->prefixes[i], &host))
				return true;
		}
	}
	return false;
}

static enum dns64 read_answer(const struct doctor *doctor, const unsigned char *answer, int len)
{
	enum dns64 result = ABSENT;
	ns_msg message;
	ns_rr record;

	if (ns_initparse(answer, len, &message))
		return NO_ANSWER;
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		if (ns_parserr(&message, ns_s_an, i, &record) ||
		    ns_rr_type(record) != ns_t_aaaa || ns_rr_rdlen(record) != NS_IN6ADDRSZ)
			continue;
		if (is_ours(doctor, ns_rr_rdata(record)))
			return PRESENT;
		result = FOREIGN;
	}
	return result;
}

static enum dns64 ask(const struct doctor *doctor)
{
	unsigned char answer[4096];
	int len = res_query(NAME, ns_c_in, ns_t_aaaa, answer, sizeof(answer));

	if (len < 0)
		return h_errno == NO_DATA || h_errno == HOST_NOT_FOUND ? ABSENT : NO_ANSWER;
	/* Of a longer answer, res_query() returns the whole length. */
	return read_answer(doctor, answer, len < (int)sizeof(answer) ? len : (int)sizeof(answer));
}

static enum dns64 ask_resolver(const struct doctor *doctor)
{
	if (res_init())
		return NO_ANSWER;
	/* Do not wait long for a diagnosis, unless resolv.conf(5)'s variable says so. */
	if (!getenv("RES_OPTIONS")) {
		_res.retrans = doctor->silent ? 1 : 3;	/* seconds */
		_res.retry = doctor->silent ? 1 : 2;
	}
	return ask(doctor);
}

/* Clients may ask this router's server, while the router itself asks its provider's. */
static enum dns64 ask_own_server(const struct doctor *doctor)
{
	_res.nscount = 1;
	_res.nsaddr_list[0] = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(NAMESERVER_PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	return ask(doctor);
}

static const struct prefix *first_prefix(const struct doctor *doctor)
{
	for (size_t d = 0; d < doctor->count; d++) {
		if (doctor->instances[d].prefixes.count)
			return &doctor->instances[d].prefixes.prefixes[0];
	}
	return NULL;
}

/* For the networks on the links, but not for that of the provider. */
static struct command_line dns64_advice(const struct prefix *prefix)
{
	struct prefix networks[CLIENTS_MAX];
	unsigned int count = onlink_networks(ipv6_uplink(), networks, CLIENTS_MAX);
	struct command_line command;
	char text[PREFIX_STRLEN];

	command = shell(program_exists("unbound") ? "nat64 dns64 unbound prefix %s" :
			"apt install unbound && nat64 dns64 unbound prefix %s",
			prefix_text(prefix, text));
	for (unsigned int i = 0; i < count; i++)
		shell_append(&command, i ? " %s" : " clients %s", prefix_text(&networks[i], text));
	shell_append(&command, " >/etc/unbound/unbound.conf.d/dns64.conf && systemctl restart unbound");
	return command;
}

void check_dns64(struct doctor *doctor)
{
	static const char *const texts[] = {
		[NO_ANSWER] = "the resolver in /etc/resolv.conf does not answer for " NAME,
		[ABSENT] = "the resolver in /etc/resolv.conf is no DNS64: " NAME
			   " has no IPv6 address",
		[FOREIGN] = "the resolver in /etc/resolv.conf is a DNS64 for another prefix",
	};
	const struct prefix *prefix = first_prefix(doctor);
	enum dns64 result;

	if (!prefix)
		return;
	result = ask_resolver(doctor);
	if (result == PRESENT || ask_own_server(doctor) == PRESENT)
		return;
	report(doctor, SEVERITY_WARNING, "no_dns64", NULL, words("%s", texts[result]),
	       dns64_advice(prefix));
}
