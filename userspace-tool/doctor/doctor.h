/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nat64 doctor: what the checks share.
 */
#ifndef NAT64_DOCTOR_H
#define NAT64_DOCTOR_H

#include "cli/parse.h"
#include "cli/shell.h"
#include "doctor/chains.h"
#include "doctor/firewall.h"
#include "netlink/adverts.h"
#include "netlink/answers.h"
#include "netlink/config.h"
#include "netlink/genl.h"
#include "netlink/link.h"
#include "netlink/onlink.h"
#include "netlink/sysctl.h"

struct prefix_list {
	struct prefix prefixes[NAT64_PREFIXES_MAX];
	size_t count;
};

/* A device, as the kernel describes it. */
struct instance {
	char name[IFNAMSIZ];
	struct link link;
	struct prefix_list prefixes;
	struct prefix_list pools;
	struct prefix_list translatable;
	const struct nlattr *attrs[NAT64_A_MAX + 1];
};

/* What is wrong, for those who do not want to read it now. */
struct finding {
	const char *id;
	const struct instance *instance;	/* NULL if it is about the router */
};

struct doctor {
	bool silent;			/* collect findings, rather than print them; do not wait long */
	struct finding *list;		/* if silent; notes are not among them */
	struct answers answers;
	struct instance *instances;
	size_t count;
	struct adverts_list adverts;
	struct firewall firewall;
	struct json_object *nftables;	/* the rulesets of nft, NULL if there is no nft */
	char *nft_error;		/* why they could not be read, NULL if they could */
	unsigned int findings;
	unsigned int notes;
};

/*
 * Reads all that the checks look at; those who are not root see no rules. Says what went wrong. Clear
 * it in any case.
 */
enum status doctor_read(struct doctor *doctor);
void doctor_check(struct doctor *doctor);
void doctor_clear(struct doctor *doctor);

enum severity {
	SEVERITY_NOTE,		/* all is well, but may not be known; no finding for the exit status */
	SEVERITY_WARNING,	/* some traffic may not get through, or not well */
	SEVERITY_ERROR,		/* hardly any will */
};

/*
 * Reports a finding. @id is for programs, @instance is the device if it is about one, @text (from
 * words()) says what is wrong, and @advice (from shell()) is the command that mends it. Frees @text
 * and @advice.
 */
void report(struct doctor *doctor, enum severity severity, const char *id,
	    const struct instance *instance, char *text, struct command_line advice);
char *words(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* RFC 1918, 6598 or 2544: nobody outside has a route to it. */
bool is_private(struct in_addr addr);

/* The checks. These need no device. */
void check_module_version(struct doctor *doctor);
void check_devices(struct doctor *doctor);
void check_forwarding(struct doctor *doctor);
void check_way_out(struct doctor *doctor);
void check_adverts(struct doctor *doctor);
void check_overlap(struct doctor *doctor);
void check_dns64(struct doctor *doctor);
void check_nftables_read(struct doctor *doctor);

/* These do. check_up() returns false if the device is down; then skip the others. */
bool check_up(struct doctor *doctor, const struct instance *instance);
void check_way_in(struct doctor *doctor, const struct instance *instance);
void check_hook(struct doctor *doctor, const struct instance *instance);
void check_fast_devices(struct doctor *doctor, const struct instance *instance);
void check_fast_way_in(struct doctor *doctor, const struct instance *instance);
void check_fast_unseen(struct doctor *doctor, const struct instance *instance);
void check_way_back(struct doctor *doctor, const struct instance *instance);
void check_rp_filter(struct doctor *doctor, const struct instance *instance);
void check_masquerade(struct doctor *doctor, const struct instance *instance);
void check_forward_chain(struct doctor *doctor, const struct instance *instance);
void check_invalid_drop(struct doctor *doctor, const struct instance *instance);
void check_mtu(struct doctor *doctor, const struct instance *instance);
void check_lowest_ipv6_mtu(struct doctor *doctor, const struct instance *instance);
void check_own_pool(struct doctor *doctor, const struct instance *instance);
void check_pool(struct doctor *doctor, const struct instance *instance);
void check_mappings(struct doctor *doctor, const struct instance *instance);
void check_pool_onlink(struct doctor *doctor, const struct instance *instance);
void check_wkp_strict(struct doctor *doctor, const struct instance *instance);
void check_onlink(struct doctor *doctor, const struct instance *instance);

/* doctor_device.c, for checks elsewhere */

/* Whether a rule or the hook takes packets of @family: some of those to @to, if it is not NULL. */
bool taken_in_prerouting(const struct doctor *doctor, const struct instance *instance, int family,
			 const struct prefix *to);

/* @attr: NAT64_A_HOOK or NAT64_A_FAST_DEVICES. Reports devices in it that are not there. */
void check_device_list(struct doctor *doctor, const struct instance *instance, uint16_t attr);

/* doctor_forward.c, for checks elsewhere */

/* The link to the IPv4 Internet, NULL if there is none. */
const char *find_uplink4(char name[IFNAMSIZ]);

/*
 * Whether packets of a family that go to the device are taken before conntrack
 * counts them.
 */
bool goes_past_conntrack(const struct doctor *doctor, const struct instance *instance, int family);

/* doctor_pool.c: whether the router itself has all addresses of a pool. */
bool is_own(const struct prefix *pool);

/* doctor_fast.c: reports rules that do not see what goes fast. Frees @where. */
void report_unseen(struct doctor *doctor, const struct instance *instance, unsigned int count,
		   char *where);

/* doctor_nft.c */
void nftables_read(struct doctor *doctor);
void nftables_clear(struct doctor *doctor);
void check_nftables_forward(struct doctor *doctor, const struct instance *instance);
void check_nftables_invalid(struct doctor *doctor, const struct instance *instance);

/*
 * Whether some rule changes the source of the packet, as far as its source and its link out tell: a
 * rule with other conditions counts, too.
 */
bool nftables_masquerade(const struct doctor *doctor, const struct packet *packet);

/* Whether nft can be told of a device by its name, for the advice below. */
bool nftables_can_name(const char *device);
struct command_line nftables_masquerade_advice(const char *pool, const struct instance *instance);

/* Whether a rule drops packets of a family to whose source no route leads back. */
bool nftables_want_way_back(const struct doctor *doctor, int family);

/* See firewall_count_unseen(). Rules that count are among them: those of nft do so only if told to. */
void check_nftables_unseen(struct doctor *doctor, const struct instance *instance);

#endif /* NAT64_DOCTOR_H */
