/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes to static mappings, gathered: many of them fit one message, and a batch of a million
 * loads in seconds.
 */
#ifndef NAT64_BULK_H
#define NAT64_BULK_H

#include "mapping.h"

/*
 * Adds a change to those that wait, which are sent first if they are of another kind or device, or
 * too many.
 */
enum status bulk_add(enum nat64_cmd command, const char *device, const struct mapping *mapping);

/* Sends what waits. Says which mappings are refused, each with the place it was read at. */
enum status bulk_send(void);

#endif /* NAT64_BULK_H */
