/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes to static mappings, gathered: many of them fit one message, and a batch of a million
 * loads in seconds.
 */
#ifndef NAT64_BULK_H
#define NAT64_BULK_H

#include "netlink/mapping.h"

/*
 * Adds a change to those that wait. Sends these first if they are of another kind or device, or too
 * many.
 */
enum status bulk_add(enum nat64_cmd command, const char *device, const struct mapping *mapping);

/* What became of dynamic mappings that were added. */
struct bulk_tally {
	unsigned int added;
	unsigned int present;	/* were there already */
	unsigned int expired;	/* have been idle for too long by now */
	unsigned int refused;
};

/* From now on, counts, and goes on after a refused mapping; with NULL, no longer does so. */
void bulk_count(struct bulk_tally *tally);

/* Sends the changes that wait. Says which are refused, each with the place it was read at. */
enum status bulk_send(void);

#endif /* NAT64_BULK_H */
