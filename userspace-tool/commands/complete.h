/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64_COMPLETE_H
#define NAT64_COMPLETE_H

#include "cli/cli.h"

/* Prints what may take the place of the last of @words, which may be empty or have begun. */
enum status complete(char **words);

#endif /* NAT64_COMPLETE_H */
