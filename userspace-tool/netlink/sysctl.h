/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Settings of the kernel, by their names below /proc/sys.
 */
#ifndef NAT64_SYSCTL_H
#define NAT64_SYSCTL_H

#include "cli/say.h"

/* Whether the router forwards at all; each device has a setting of its own, too. */
#define FORWARDING4 "net/ipv4/ip_forward"
#define FORWARDING6 "net/ipv6/conf/all/forwarding"

/* A setting that is a number, -1 if there is none. */
int sysctl_number(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Sets one. Says what went wrong. */
enum status sysctl_set(int number, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif /* NAT64_SYSCTL_H */
