/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NAT64_DEV_H
#define NAT64_DEV_H

#include "config.h"

/* The words of "dev add" and "dev set": [NAME] [OPTION]... No NAME leaves @device as it is. */
enum status dev_parse(struct words *words, char device[IFNAMSIZ], struct config *config);

/* [NAME] or [dev NAME] alone, the beginning of those words. */
enum status dev_take_name(struct words *words, char device[IFNAMSIZ]);

#endif /* NAT64_DEV_H */
