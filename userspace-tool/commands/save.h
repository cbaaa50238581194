/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64_SAVE_H
#define NAT64_SAVE_H

#include <limits.h>

#include "cli/say.h"

/*
 * Saves the dynamic mappings of a device, or of all devices if @device is empty: to a file, to a
 * file per device in a directory, or to standard output.
 */
enum status save_dynamic(const char *device, const char *path);

/* The file of a device in such a directory. */
enum status save_path(const char *directory, const char *device, char path[PATH_MAX]);

#endif /* NAT64_SAVE_H */
