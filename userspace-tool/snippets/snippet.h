/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the commands that print configuration for other programs share (dns64.c, pref64.c).
 */
#ifndef NAT64_SNIPPET_H
#define NAT64_SNIPPET_H

#include "cli/cli.h"
#include "cli/parse.h"

#define SNIPPET_CLIENTS_MAX 32

struct snippet {
	struct prefix prefix;		/* RFC 6052: the one given, else the first of the device */
	char prefix_text[PREFIX_STRLEN];
	char prefix_addr[INET6_ADDRSTRLEN];
	struct prefix clients[SNIPPET_CLIENTS_MAX];
	unsigned int client_count;
	char interface[IFNAMSIZ];	/* "" if not given */
	uint32_t lifetime;		/* seconds, 0 if not given */
};

enum snippet_word {
	SNIPPET_CLIENTS = 1,		/* clients PREFIX... */
	SNIPPET_ROUTER = 2,		/* interface NAME, lifetime SECONDS */
};

/* Takes all remaining words: [dev NAME] [prefix PREFIX6], and those of @allowed. */
enum status snippet_parse(struct words *words, unsigned int allowed, struct snippet *snippet);

#endif /* NAT64_SNIPPET_H */
