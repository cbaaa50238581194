/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_HOOK_H
#define _NAT64_HOOK_H

#include "nat64.h"

void nat64_hook_init(struct nat64 *nat);
void nat64_hook_enter(struct nat64 *nat);
void nat64_hook_leave(struct nat64 *nat);
void nat64_hook_device_changed(struct nat64 *nat);
void nat64_hook_device_gone(struct nat64 *nat, const struct net_device *dev);
int nat64_hook_set_config(struct nat64 *nat, struct nat64_config *config);

#endif /* _NAT64_HOOK_H */
