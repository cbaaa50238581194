/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel refuses in a configuration, told without asking it. The words are those of the
 * kernel; a test compares the two.
 */
#ifndef NAT64_RULES_H
#define NAT64_RULES_H

#include "netlink/config.h"
#include "netlink/mapping.h"

/* Says everything that is wrong with the options of a device. */
enum status rules_check_config(const char *device, const struct config *config);

/* Says what is wrong with a static mapping, which is remembered for those that follow. */
enum status rules_check_mapping(const char *device, const struct mapping *mapping);

/* Forgets the mappings. */
void rules_clear(void);

#endif /* NAT64_RULES_H */
