/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64_RESTORE_H
#define NAT64_RESTORE_H

#include "cli/say.h"

/* Adds the dynamic mappings in a file. Reports those that cannot be added. */
enum status restore_dynamic(const char *path);

#endif /* NAT64_RESTORE_H */
