/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
#ifndef _UAPI_LINUX_NETFILTER_XT_NAT64_H
#define _UAPI_LINUX_NETFILTER_XT_NAT64_H

#include <linux/types.h>
#include <linux/if.h>

#define XT_NAT64_DEFAULT_DEVICE "nat64"

/**
 * struct xt_nat64_tginfo - parameters of the NAT64 target
 * @device: name of the NAT64 device, NUL-terminated and not empty
 * @ref: used internally by the kernel
 */
struct xt_nat64_tginfo {
	char device[IFNAMSIZ];
	struct xt_nat64_ref *ref __attribute__((aligned(8)));
};

#endif /* _UAPI_LINUX_NETFILTER_XT_NAT64_H */
