/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words to values. Each returns DONE, or says what is wrong with the word.
 */
#ifndef NAT64_PARSE_H
#define NAT64_PARSE_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/say.h"

#define PREFIX_STRLEN (INET6_ADDRSTRLEN + sizeof("/128") - 1)

struct prefix {
	int family;
	union {
		struct in6_addr addr6;
		struct in_addr addr4;
	};
	uint8_t len;
};

static inline uint8_t host_len(int family)
{
	return family == AF_INET6 ? 128 : 32;
}

/* Of either family, or of @family only where it is not AF_UNSPEC. */
enum status parse_prefix(const char *word, int family, struct prefix *prefix);
enum status parse_address(const char *word, int family, struct prefix *host);

/* An address, followed by the length of its network. */
enum status parse_address_length(const char *word, struct prefix *prefix);

enum status parse_device(const char *word, char device[IFNAMSIZ]);

/* The value of @option, within [@min, @max]. */
enum status parse_number(const char *option, const char *word, uint32_t min, uint32_t max,
			 uint32_t *number);
enum status parse_hex(const char *option, const char *word, uint8_t *bytes, size_t len);

#define WELL_KNOWN_PREFIX "64:ff9b::/96"

bool is_well_known(const struct prefix *prefix);

/* Whether a prefix of this length can have IPv4 addresses embedded (RFC 6052, section 2.2). */
bool is_rfc6052_len(uint8_t len);

bool prefixes_overlap(const struct prefix *a, const struct prefix *b);

/* Whether a word is meant as an address or a prefix, right or wrong. */
bool is_address(const char *word);

/* A host prints without its length. Returns @text. */
const char *format_prefix(int family, const void *addr, uint8_t len, char text[PREFIX_STRLEN]);

const char *prefix_text(const struct prefix *prefix, char text[PREFIX_STRLEN]);

#endif /* NAT64_PARSE_H */
