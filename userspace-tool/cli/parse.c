// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/parse.h"

static const char *family_name(int family)
{
	return family == AF_INET6 ? "IPv6" : "IPv4";
}

/* Clears the bits behind the prefix. Returns whether any were set. */
static bool mask_host_bits(struct prefix *prefix)
{
	uint8_t *bytes = prefix->addr6.s6_addr;
	bool found = false;

	for (unsigned int bit = prefix->len; bit < host_len(prefix->family); bit++) {
		uint8_t mask = 0x80 >> (bit % 8);

		found |= bytes[bit / 8] & mask;
		bytes[bit / 8] &= ~mask;
	}
	return found;
}

/* Decimal digits and nothing else: no sign, no space, no zero in front. */
static bool read_number(const char *text, unsigned long max, unsigned long *number)
{
	char *end;

	if (!isdigit((unsigned char)*text) || (*text == '0' && text[1]))
		return false;
	errno = 0;
	*number = strtoul(text, &end, 10);
	return !*end && !errno && *number <= max;
}

static bool read_prefix(const char *word, struct prefix *prefix)
{
	const char *slash = strchr(word, '/');
	unsigned long len = host_len(prefix->family);
	size_t n = slash ? (size_t)(slash - word) : strlen(word);
	char address[INET6_ADDRSTRLEN];

	if (n >= sizeof(address))
		return false;
	memcpy(address, word, n);
	address[n] = '\0';
	if (slash && !read_number(slash + 1, len, &len))
		return false;
	prefix->len = len;
	return inet_pton(prefix->family, address, &prefix->addr6) == 1;
}

static int family_of(const char *word)
{
	return strchr(word, ':') ? AF_INET6 : AF_INET;
}

enum status parse_prefix(const char *word, int family, struct prefix *prefix)
{
	char text[PREFIX_STRLEN];

	memset(prefix, 0, sizeof(*prefix));
	prefix->family = family_of(word);
	if (family && family != prefix->family)
		return fail(WRONG, "\"%s\" is not an %s prefix", word, family_name(family));
	if (!read_prefix(word, prefix))
		return fail(WRONG, "\"%s\" is not an %s prefix", word, family_name(prefix->family));
	if (mask_host_bits(prefix))
		return fail(WRONG, "\"%s\" has bits set behind its length: %s is meant?", word,
			    format_prefix(prefix->family, &prefix->addr6, prefix->len, text));
	return DONE;
}

enum status parse_address_length(const char *word, struct prefix *prefix)
{
	memset(prefix, 0, sizeof(*prefix));
	prefix->family = family_of(word);
	if (!read_prefix(word, prefix))
		return fail(WRONG, "\"%s\" is not an %s address with its length", word,
			    family_name(prefix->family));
	return DONE;
}

enum status parse_address(const char *word, int family, struct prefix *host)
{
	memset(host, 0, sizeof(*host));
	host->family = family_of(word);
	if ((family && family != host->family) || strchr(word, '/') || !read_prefix(word, host))
		return fail(WRONG, "\"%s\" is not an %s address", word,
			    family_name(family ? family : host->family));
	return DONE;
}

/* The kernel's own rule, dev_valid_name(). */
enum status parse_device(const char *word, char device[IFNAMSIZ])
{
	size_t len = strlen(word);

	if (!len || len >= IFNAMSIZ || strpbrk(word, "/: \t\n\v\f\r") || !strcmp(word, ".") ||
	    !strcmp(word, ".."))
		return fail(WRONG, "\"%s\" is not a device name", word);
	memcpy(device, word, len + 1);
	return DONE;
}

enum status parse_number(const char *option, const char *word, uint32_t min, uint32_t max,
			 uint32_t *number)
{
	unsigned long value;

	if (!read_number(word, max, &value) || value < min)
		return fail(WRONG, "%s \"%s\": not a number from %u to %u", option, word, min, max);
	*number = value;
	return DONE;
}

enum status parse_hex(const char *option, const char *word, uint8_t *bytes, size_t len)
{
	if (strlen(word) != 2 * len || strspn(word, "0123456789abcdefABCDEF") != 2 * len)
		return fail(WRONG, "%s \"%s\": not %zu hexadecimal digits", option, word, 2 * len);
	for (size_t i = 0; i < len; i++)
		sscanf(word + 2 * i, "%2hhx", &bytes[i]);
	return DONE;
}

bool is_address(const char *word)
{
	return strpbrk(word, ".:/");
}

const char *format_prefix(int family, const void *addr, uint8_t len, char text[PREFIX_STRLEN])
{
	inet_ntop(family, addr, text, INET6_ADDRSTRLEN);
	if (len != host_len(family))
		sprintf(text + strlen(text), "/%u", len);
	return text;
}

const char *prefix_text(const struct prefix *prefix, char text[PREFIX_STRLEN])
{
	return format_prefix(prefix->family, &prefix->addr6, prefix->len, text);
}

bool is_well_known(const struct prefix *prefix)
{
	char text[PREFIX_STRLEN];

	return !strcmp(prefix_text(prefix, text), WELL_KNOWN_PREFIX);
}

bool is_rfc6052_len(uint8_t len)
{
	return len == 96 || (len >= 32 && len <= 64 && len % 8 == 0);
}

bool prefixes_overlap(const struct prefix *a, const struct prefix *b)
{
	const uint8_t *one = (const uint8_t *)&a->addr6, *other = (const uint8_t *)&b->addr6;
	uint8_t len = a->len < b->len ? a->len : b->len;
	uint8_t mask = 0xff00 >> len % 8;

	return a->family == b->family && !memcmp(one, other, len / 8) &&
	       (!(len % 8) || !((one[len / 8] ^ other[len / 8]) & mask));
}
