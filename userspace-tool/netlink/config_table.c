// SPDX-License-Identifier: GPL-2.0
#include "netlink/config_table.h"

const struct config_option config_table[CONFIG_OPTIONS] = {
	{
		.name = "prefix",
		.attr = NAT64_A_PREFIXES,
		.kind = LIST6,
		.none = true,
	}, {
		.name = "pool",
		.attr = NAT64_A_POOLS,
		.kind = LIST4,
		.none = true,
	}, {
		.name = "translatable",
		.attr = NAT64_A_TRANSLATABLE,
		.kind = LIST4,
		.none = true,
	}, {
		.name = "hook",
		.preset = "off",
		.attr = NAT64_A_HOOK,
		.kind = DEVICES,
		.choices = { "any", "off" },
		.none = true,
	}, {
		.name = "fast-dev",
		.preset = "none",
		.attr = NAT64_A_FAST_DEVICES,
		.kind = DEVICES,
		.none = true,
	}, {
		.name = "wkp-strict",
		.preset = "on",
		.attr = NAT64_A_WKP_STRICT,
		.kind = SWITCH,
		.choices = { "off", "on" },
	}, {
		.name = "udp-zero-csum",
		.preset = "compute",
		.attr = NAT64_A_UDP_ZERO_CSUM,
		.kind = CHOICE,
		.choices = {
			[NAT64_UDP_ZERO_CSUM_COMPUTE] = "compute",
			[NAT64_UDP_ZERO_CSUM_DROP] = "drop",
			[NAT64_UDP_ZERO_CSUM_FORWARD] = "forward",
		},
	}, {
		.name = "tos",
		.preset = "copy",
		.attr = NAT64_A_TOS,
		.kind = CHOICE,
		.choices = { [NAT64_TOS_COPY] = "copy", [NAT64_TOS_ZERO] = "zero" },
	}, {
		.name = "lowest-ipv6-mtu",
		.preset = "1280",
		.attr = NAT64_A_LOWEST_IPV6_MTU,
		.kind = NUMBER,
		.min = 1280,
		.max = 65535,
	}, {
		.name = "icmp-source",
		.preset = "none",
		.attr = NAT64_A_ICMP_SOURCE,
		.kind = ADDRESS4,
		.none = true,
	}, {
		.name = "idle-timeout",
		.preset = "7440",
		.attr = NAT64_A_IDLE_TIMEOUT,
		.kind = NUMBER,
		.min = 1,
		.max = 365 * 24 * 60 * 60,
	}, {
		.name = "quota",
		.preset = "4096",
		.attr = NAT64_A_QUOTA,
		.kind = NUMBER,
		.none = true,
		.min = 1,
		.max = UINT32_MAX,
	}, {
		.name = "fast",
		.preset = "off",
		.attr = NAT64_A_FAST,
		.kind = CHOICE32,
		.quiet = true,
		.choices = {
			[NAT64_FAST_OFF] = "off",
			[NAT64_FAST_RULE] = "rule",
			[NAT64_FAST_INGRESS] = "ingress",
		},
	}, {
		.name = "fast-refresh",
		.preset = "5",
		.attr = NAT64_A_FAST_REFRESH,
		.kind = NUMBER,
		.quiet = true,
		.min = 1,
		.max = 3600,
	}, {
		.name = "fast-flows",
		.preset = "65536",
		.attr = NAT64_A_FAST_FLOWS,
		.kind = NUMBER,
		.quiet = true,
		.min = 1,
		.max = 1 << 22,
	}, {
		.name = "hash-key",
		.attr = NAT64_A_HASH_KEY,
		.kind = KEY,
	},
};
