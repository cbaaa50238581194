/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Answers about devices, kept as they came, so that the caller can ask the kernel more in between.
 */
#ifndef NAT64_ANSWERS_H
#define NAT64_ANSWERS_H

#include <linux/nat64.h>

#include "netlink/nl.h"

struct answers {
	struct nlmsghdr **messages;
	size_t count;
};

/* About one device, or about all if @device is empty. Says what went wrong. */
enum status answers_fetch(enum nat64_cmd command, const char *device, struct answers *answers);
void answers_clear(struct answers *answers);

#endif /* NAT64_ANSWERS_H */
