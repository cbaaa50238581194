/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
#ifndef _UAPI_LINUX_NETFILTER_XT_NAT64_H
#define _UAPI_LINUX_NETFILTER_XT_NAT64_H

#include <linux/types.h>
#include <linux/if.h>

#define XT_NAT64_DEFAULT_DEVICE "nat64"

/**
 * struct xt_nat64_tginfo - parameters of the NAT64 target, revision 0
 * @device: name of the NAT64 device, NUL-terminated and not empty
 * @ref: used internally by the kernel
 */
struct xt_nat64_tginfo {
	char device[IFNAMSIZ];
	struct xt_nat64_ref *ref __attribute__((aligned(8)));
};

/**
 * struct xt_nat64_tginfo_v1 - parameters of the NAT64 target, revision 1
 * @device: name of the NAT64 device, NUL-terminated and not empty
 * @flags: none is defined yet; must be 0
 * @spare: for options to come; must be 0
 * @ref: used internally by the kernel
 *
 * The device comes first in every revision.
 */
struct xt_nat64_tginfo_v1 {
	char device[IFNAMSIZ];
	__u32 flags;
	__u32 spare[3];
	struct xt_nat64_ref *ref __attribute__((aligned(8)));
};

#endif /* _UAPI_LINUX_NETFILTER_XT_NAT64_H */
