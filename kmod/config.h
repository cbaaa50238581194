/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_CONFIG_H
#define _NAT64_CONFIG_H

#include "nat64.h"

struct nat64_config *nat64_default_config(struct nat64_table *table);
struct nat64_config *nat64_copy_config(const struct nat64 *nat);
int nat64_set_config(struct nat64 *nat, struct nat64_config *config);
int nat64_flush_static(struct nat64 *nat);

#endif /* _NAT64_CONFIG_H */
