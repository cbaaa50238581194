/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Follows a packet through the chains of iptables, as far as one can without the packet.
 */
#ifndef NAT64_CHAINS_H
#define NAT64_CHAINS_H

#include "cli/parse.h"
#include "doctor/firewall.h"

enum verdict {
	VERDICT_PASSES,
	/* It depends on a rule that cannot be evaluated here. */
	VERDICT_MAY_DROP,
	VERDICT_MAY_PASS,
	VERDICT_LOST,
};

/* What conntrack may say of a packet, for --ctstate. */
enum packet_state {
	STATE_NEW = 1,
	STATE_ESTABLISHED = 2,
	STATE_INVALID = 4,
	STATE_UNTRACKED = 8,
};

/* A packet of a TCP connection. */
struct packet {
	const char *in;			/* devices, NULL if not known */
	const char *out;
	const struct prefix *source;	/* NULL if not known */
	const struct prefix *dest;	/* the same */
	enum packet_state state;
};

/*
 * What becomes of the packet in a built-in chain. A rule that drops a part of all traffic, such as
 * one port, does not count as a loss. @culprit: the rule that the verdict depends on, or NULL.
 */
enum verdict chains_verdict(const struct firewall *firewall, const struct firewall_source *source,
			    const char *table, const char *chain, const struct packet *packet,
			    const struct rule **culprit);

/*
 * Whether the packet gets another source in POSTROUTING of nat. @culprit: if not for sure, the rule
 * that this depends on, or NULL.
 */
bool chains_masquerade(const struct firewall *firewall, const struct firewall_source *source,
		       const struct packet *packet, const struct rule **culprit);

/* Whether a rule in PREROUTING of raw exempts what comes from the device from conntrack. */
bool chains_untracked(const struct firewall *firewall, const struct firewall_source *source,
		      const struct packet *packet);

#endif /* NAT64_CHAINS_H */
