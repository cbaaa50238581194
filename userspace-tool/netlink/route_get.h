/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which way a packet would go, asked of the kernel: what "ip route get" does.
 */
#ifndef NAT64_ROUTE_GET_H
#define NAT64_ROUTE_GET_H

#include <stdint.h>

#include "cli/say.h"

/* The index of the device that a packet to @addr leaves by, 0 if there is no route. */
uint32_t route_get(int family, const void *addr);

#endif /* NAT64_ROUTE_GET_H */
