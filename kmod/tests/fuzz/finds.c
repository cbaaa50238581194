// SPDX-License-Identifier: GPL-2.0
/*
 * What the fuzzer has found so far, each as the packet that showed it. They go from 8.8.8.8, or
 * 64:ff9b::808:808, to or from the one host that there is, 198.18.0.1 or 2001:db8:ee::1.
 */

#include "fuzz.h"

#include <linux/kernel.h>

/**
 * struct fuzz_find - a packet that went wrong once
 * @what: what was wrong
 * @hex: its first bytes
 * @len: how many there are; the rest is zero
 * @l4: offset of the transport header
 * @shape: how it lies in memory
 * @stat: how it must be counted
 */
struct fuzz_find {
	const char *what;
	const char *hex;
	unsigned int len;
	unsigned int l4;
	struct fuzz_shape shape;
	enum nat64_stat stat;
};

#define TCP4 "4500002c006400004006a44508080808c612000103e80050000000010000000250100064fc4b000064617461"
#define HOST6_TO_SERVER "20010db800ee000000000000000000010064ff9b000000000000000008080808"
#define TUNNEL4 "4500003c006400004011a42a08080808c612000112b512b5"
#define TUNNELED "74756e6e656c2e2e03e800500000000100000002501000641234000064617461"
#define BIG_TCP "03e8005000000001000000025010006400000000"
#define BIG_TCP4 "45000000006440004006647108080808c6120001" BIG_TCP

static const struct fuzz_find finds[] = {
	{
		.what = "the checksum of a packet within is to come, the outer one is complete",
		.hex = TUNNEL4 "00289fc6" TUNNELED,
		.len = 60, .l4 = 20,
		.shape = { .ip_summed = CHECKSUM_PARTIAL, .csum_start = 36, .csum_offset = 16 },
		.stat = NAT64_STAT_XLAT_4TO6,
	}, {
		.what = "... and the outer one is none, and computed",
		.hex = TUNNEL4 "00280000" TUNNELED,
		.len = 60, .l4 = 20,
		.shape = { .ip_summed = CHECKSUM_PARTIAL, .csum_start = 36, .csum_offset = 16 },
		.stat = NAT64_STAT_XLAT_4TO6,
	}, {
		.what = "the checksum that is to come is in the IP header, which goes away",
		.hex = TCP4,
		.len = 44, .l4 = 20,
		.shape = { .ip_summed = CHECKSUM_PARTIAL, .csum_start = 5, .csum_offset = 8 },
		.stat = NAT64_STAT_XLAT_4TO6,
	}, {
		.what = "ICMPv6 that claims to be a super-packet: warning from skb_checksum_help()",
		.hex = "6000000000583a40" HOST6_TO_SERVER "800040b300010001",
		.len = 128, .l4 = 40,
		.shape = {
			.ip_summed = CHECKSUM_PARTIAL, .csum_start = 40, .csum_offset = 16,
			.gso_type = SKB_GSO_TCPV6 | SKB_GSO_DODGY, .gso_size = 30,
		},
		.stat = NAT64_STAT_DROP_GSO,
	}, {
		.what = "ICMP that claims to be a super-packet",
		.hex = "4500006c006400004001a40a08080808c61200010800f7fd00010001",
		.len = 108, .l4 = 20,
		.shape = {
			.ip_summed = CHECKSUM_PARTIAL, .csum_start = 20, .csum_offset = 16,
			.gso_type = SKB_GSO_TCPV4 | SKB_GSO_DODGY, .gso_size = 30,
		},
		.stat = NAT64_STAT_DROP_GSO,
	}, {
		.what = "a defragmented packet without payload vanished",
		.hex = "6000000000008440" HOST6_TO_SERVER,
		.len = 40, .l4 = 40,
		.shape = { .frag_max_size = 64 },
		.stat = NAT64_STAT_XLAT_6TO4,
	}, {
		.what = "a fragment beyond 65535 bytes began anew when cut",
		.hex = "4500310600641dfa408454f308080808c6120001",
		.len = 12550, .l4 = 20,
		.shape = { .ip_summed = CHECKSUM_NONE },
		.stat = NAT64_STAT_DROP_HEADER4,
	}, {
		.what = "an IPv6 fragment that ends beyond 65535 bytes was translated",
		.hex = "6000000005802c40" HOST6_TO_SERVER "1100fff800000001",
		.len = 1448, .l4 = 48,
		.shape = { .ip_summed = CHECKSUM_NONE },
		.stat = NAT64_STAT_DROP_JUMBOGRAM,
	}, {
		.what = "... and an IPv4 one, where it was small enough not to be cut",
		.hex = "4500006400641fff4084839008080808c6120001",
		.len = 100, .l4 = 20,
		.shape = { .ip_summed = CHECKSUM_NONE },
		.stat = NAT64_STAT_DROP_HEADER4,
	}, {
		.what = "a super-packet of IPv4 longer than that can be (BIG TCP, Linux 6.3)",
		.hex = BIG_TCP4,
		.len = 70040, .l4 = 20,
		.shape = {
			.ip_summed = CHECKSUM_PARTIAL, .csum_start = 20, .csum_offset = 16,
			.gso_type = SKB_GSO_TCPV4, .gso_size = 1400, .gso_segs = 50,
		},
		.stat = NAT64_STAT_GSO_SPLIT,
	}, {
		.what = "... and put into the device",
		.hex = BIG_TCP4,
		.len = 70040, .l4 = 20,
		.shape = {
			.ip_summed = CHECKSUM_PARTIAL, .csum_start = 20, .csum_offset = 16,
			.gso_type = SKB_GSO_TCPV4, .gso_size = 1400, .gso_segs = 50,
			.transmit = true,
		},
		.stat = NAT64_STAT_GSO_SPLIT,
	}, {
		.what = "... of IPv6",
		.hex = "6000000000000640" HOST6_TO_SERVER BIG_TCP,
		.len = 70060, .l4 = 40,
		.shape = {
			.ip_summed = CHECKSUM_PARTIAL, .csum_start = 40, .csum_offset = 16,
			.gso_type = SKB_GSO_TCPV6, .gso_size = 1400, .gso_segs = 50,
		},
		.stat = NAT64_STAT_GSO_SPLIT,
	}, {
		.what = "... of IPv6 with a header that says how long",
		.hex = "6000000000000040" HOST6_TO_SERVER "0600c2040001118c" BIG_TCP,
		.len = 70068, .l4 = 48,
		.shape = {
			.ip_summed = CHECKSUM_PARTIAL, .csum_start = 48, .csum_offset = 16,
			.gso_type = SKB_GSO_TCPV6, .gso_size = 1400, .gso_segs = 50,
		},
		.stat = NAT64_STAT_GSO_SPLIT,
	},
};

/**
 * fuzz_find_table() - the configuration that finds are run with
 * @table: gets it
 */
void fuzz_find_table(struct fuzz_table *table)
{
	static const struct nat64_prefix6 wkp = {
		.addr.s6_addr32 = { htonl(0x0064ff9b) }, .len = 96,
	};

	memset(table, 0, sizeof(*table));
	table->config.n_prefixes = 1;
	table->config.prefixes[0] = wkp;
	table->config.lowest_ipv6_mtu = IPV6_MIN_MTU;
	table->config.idle_timeout = 1000;
	table->n_maps = 1;
	table->maps[0].prefix4 = (struct nat64_prefix4){ .addr = htonl(0xc6120001), .len = 32 };
	table->maps[0].prefix6.len = 128;
	table->maps[0].prefix6.addr.s6_addr32[0] = htonl(0x20010db8);
	table->maps[0].prefix6.addr.s6_addr32[1] = htonl(0x00ee0000);
	table->maps[0].prefix6.addr.s6_addr32[3] = htonl(1);
}

/**
 * fuzz_find() - one of the finds
 * @number: which, from 0 on
 * @packet: gets its bytes
 * @shape: gets how it lies in memory
 * @stat: gets how it must be counted
 *
 * Return: what was wrong with it, or NULL behind the last one
 */
const char *fuzz_find(unsigned int number, struct fuzz_packet *packet, struct fuzz_shape *shape,
		      enum nat64_stat *stat)
{
	const struct fuzz_find *find = &finds[number];

	if (number >= ARRAY_SIZE(finds))
		return NULL;
	memset(packet->data, 0, find->len);
	if (hex2bin(packet->data, find->hex, strlen(find->hex) / 2))
		return NULL;
	packet->len = find->len;
	packet->ipv6 = packet->data[0] >> 4 == 6;
	packet->l4 = find->l4;
	packet->sound = false;
	*shape = find->shape;
	shape->headroom = 64;
	shape->linear = packet->len;
	*stat = find->stat;
	return find->what;
}
