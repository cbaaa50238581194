/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What programs are told of a device.
 */
#ifndef NAT64_DEV_H
#define NAT64_DEV_H

#include <json-c/json.h>

#include "netlink/link.h"
#include "netlink/nl.h"

/* The members of an object of "dev show". @attrs: the kernel's answer. */
json_object *dev_to_json(const char *name, const struct link *link,
			 const struct nlattr *const *attrs);

#endif /* NAT64_DEV_H */
