/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64_RESTORE_H
#define NAT64_RESTORE_H

#include "cli/say.h"

/* Adds the dynamic mappings in a file, but for those that cannot be, which are told. */
enum status restore_dynamic(const char *path);

#endif /* NAT64_RESTORE_H */
