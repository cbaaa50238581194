/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64_SAVE_H
#define NAT64_SAVE_H

#include "cli.h"

/* Dynamic mappings of a device, or of all if @device is empty, to a file, or standard output. */
enum status save_dynamic(const char *device, const char *path);

#endif /* NAT64_SAVE_H */
