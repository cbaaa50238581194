/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64_COMPLETE_H
#define NAT64_COMPLETE_H

#include "cli/cli.h"

/* Prints what may replace the last of @words, which may be empty or incomplete. */
enum status complete(char **words);

#endif /* NAT64_COMPLETE_H */
