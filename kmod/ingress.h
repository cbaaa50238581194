/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_INGRESS_H
#define _NAT64_INGRESS_H

#include "nat64.h"

int nat64_ingress_on(struct nat64 *nat, const struct nat64_config *config);
void nat64_ingress_off(struct nat64 *nat, const struct nat64_config *config);
void nat64_ingress_leave(struct nat64 *nat, const struct net_device *dev);

#endif /* _NAT64_INGRESS_H */
