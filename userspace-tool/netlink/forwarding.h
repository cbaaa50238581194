/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes a router of a host.
 */
#ifndef NAT64_FORWARDING_H
#define NAT64_FORWARDING_H

#include "cli/say.h"

/*
 * Lets a link whose router advertisements the kernel heeds go on like that when it forwards. A link
 * that does not heed them now is left alone: somebody else may do that, such as networkd.
 */
enum status forwarding_keep_adverts(const char *link);

/* Turns forwarding on, in both families. Default routes from router advertisements stay. */
enum status forwarding_on(void);

#endif /* NAT64_FORWARDING_H */
