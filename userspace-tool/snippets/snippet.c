// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <string.h>

#include "cli/cli.h"
#include "netlink/genl.h"
#include "snippets/snippet.h"

/* The first prefix of the device is the one in which it embeds IPv4 addresses. */
static enum status read_first_prefix(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attrs[NAT64_A_MAX + 1], *parts[NAT64_PREFIX_A_MAX + 1], *entry;
	struct prefix *prefix = data;
	const struct in6_addr *addr;

	genl_parse(nlh, attrs, NAT64_A_MAX);
	if (!attrs[NAT64_A_PREFIXES])
		return DONE;
	mnl_attr_for_each_nested(entry, attrs[NAT64_A_PREFIXES]) {
		genl_parse_nest(entry, parts, NAT64_PREFIX_A_MAX);
		addr = attr_bytes(parts[NAT64_PREFIX_A_ADDR6], sizeof(*addr));
		if (!addr)
			continue;
		prefix->family = AF_INET6;
		prefix->addr6 = *addr;
		prefix->len = attr_u8(parts[NAT64_PREFIX_A_LEN]);
		break;
	}
	return DONE;
}

static enum status ask_device(const char *device, struct prefix *prefix)
{
	struct nlmsghdr *nlh = genl_begin(NAT64_CMD_DEV_GET, device);

	if (!nlh)
		return REFUSED;
	if (genl_talk(nlh, read_first_prefix, prefix))
		return genl_refused("dev %s", device);
	return prefix->family ? DONE : fail(REFUSED, "dev %s: has no prefix", device);
}

static enum status take_prefix(struct words *words, struct prefix *prefix)
{
	const char *word = next_word(words);

	if (!word)
		return missing("the prefix after \"prefix\"");
	if (parse_prefix(word, AF_INET6, prefix))
		return WRONG;
	if (!is_rfc6052_len(prefix->len))
		return fail(WRONG, "prefix \"%s\": its length is not 32, 40, 48, 56, 64 or 96",
			    word);
	return DONE;
}

static enum status take_clients(struct words *words, struct snippet *snippet)
{
	if (!peek_word(words) || !is_address(peek_word(words)))
		return missing("a prefix after \"clients\"");
	while (peek_word(words) && is_address(peek_word(words))) {
		if (snippet->client_count == SNIPPET_CLIENTS_MAX)
			return fail(WRONG, "more than %u clients", SNIPPET_CLIENTS_MAX);
		if (parse_prefix(next_word(words), AF_UNSPEC,
				 &snippet->clients[snippet->client_count++]))
			return WRONG;
	}
	return DONE;
}

static enum status take_interface(struct words *words, struct snippet *snippet)
{
	const char *word = next_word(words);

	return word ? parse_device(word, snippet->interface) :
		      missing("the name after \"interface\"");
}

/* RFC 8781: 13 bits, in units of 8 seconds. */
static enum status take_lifetime(struct words *words, struct snippet *snippet)
{
	const char *word = next_word(words);

	if (!word)
		return missing("the number after \"lifetime\"");
	if (parse_number("lifetime", word, 8, 65528, &snippet->lifetime))
		return WRONG;
	if (snippet->lifetime % 8)
		return fail(WRONG, "lifetime \"%s\": not a multiple of 8", word);
	return DONE;
}

static enum status take_word(const char *word, struct words *words, unsigned int allowed,
			     char device[IFNAMSIZ], struct snippet *snippet)
{
	if (!strcmp(word, "dev"))
		return take_device(words, device);
	if (!strcmp(word, "prefix"))
		return take_prefix(words, &snippet->prefix);
	if (!strcmp(word, "clients") && allowed & SNIPPET_CLIENTS)
		return take_clients(words, snippet);
	if (!strcmp(word, "interface") && allowed & SNIPPET_ROUTER)
		return take_interface(words, snippet);
	if (!strcmp(word, "lifetime") && allowed & SNIPPET_ROUTER)
		return take_lifetime(words, snippet);
	return unknown_word(word);
}

enum status snippet_parse(struct words *words, unsigned int allowed, struct snippet *snippet)
{
	char device[IFNAMSIZ] = DEFAULT_DEVICE;
	struct prefix *prefix = &snippet->prefix;
	const char *word;

	memset(snippet, 0, sizeof(*snippet));
	while ((word = next_word(words))) {
		if (take_word(word, words, allowed, device, snippet))
			return WRONG;
	}
	if (!prefix->family && ask_device(device, prefix))
		return REFUSED;
	format_prefix(AF_INET6, &prefix->addr6, prefix->len, snippet->prefix_text);
	inet_ntop(AF_INET6, &prefix->addr6, snippet->prefix_addr, sizeof(snippet->prefix_addr));
	return DONE;
}
