/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules that do not see what takes the fast path.
 */
#ifndef NAT64_UNSEEN_H
#define NAT64_UNSEEN_H

#include "doctor/firewall.h"

/*
 * Counts the rules that FORWARD of @source comes to, that are not about other devices than @device,
 * and that limit or log more than the beginnings of connections. @first: the text of one.
 */
unsigned int firewall_count_unseen(const struct firewall *firewall,
				   const struct firewall_source *source, const char *device,
				   const char **first);

#endif /* NAT64_UNSEEN_H */
