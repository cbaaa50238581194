/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NAT64_FUZZ_H
#define _NAT64_FUZZ_H

#include "../../csum.h"
#include "../../nat64.h"
#include "../../packet.h"

#include <linux/math64.h>

#define FUZZ_EPOCH	4096	/* packets between two configurations */
#define FUZZ_MAPS_MAX	48
#define FUZZ_DATA_MAX	65600	/* bytes of a packet */
#define FUZZ_BUFFER	(2 * FUZZ_DATA_MAX)

/* Everything follows from a seed and a number, so that a case can be repeated (splitmix64). */
struct fuzz_rand {
	u64 state;
};

static inline u32 fuzz_u32(struct fuzz_rand *rand)
{
	u64 mix = rand->state += 0x9e3779b97f4a7c15ULL;

	mix = (mix ^ (mix >> 30)) * 0xbf58476d1ce4e5b9ULL;
	mix = (mix ^ (mix >> 27)) * 0x94d049bb133111ebULL;
	return (mix ^ (mix >> 31)) >> 32;
}

/* 0 to @n - 1. */
static inline u32 fuzz_below(struct fuzz_rand *rand, u32 n)
{
	return mul_u32_u32(fuzz_u32(rand), n) >> 32;
}

static inline bool fuzz_one_in(struct fuzz_rand *rand, u32 n)
{
	return !fuzz_below(rand, n);
}

#define FUZZ_PICK(rand, array) ((array)[fuzz_below(rand, ARRAY_SIZE(array))])

/**
 * struct fuzz_map - a static mapping, as the reference model knows it
 * @prefix6: its IPv6 prefix
 * @prefix4: its IPv4 prefix
 */
struct fuzz_map {
	struct nat64_prefix6 prefix6;
	struct nat64_prefix4 prefix4;
};

/**
 * struct fuzz_table - the configuration of an epoch, and the model that says what it means
 * @config: the options
 * @maps: the static mappings
 * @n_maps: how many
 * @overlaps: whether prefixes of mappings lie within one another
 */
struct fuzz_table {
	struct nat64_config config;
	struct fuzz_map maps[FUZZ_MAPS_MAX];
	unsigned int n_maps;
	bool overlaps;
};

/**
 * struct fuzz_packet - a packet as bytes, and what is known about it
 * @data: the bytes, from the IP header on
 * @len: how many
 * @ipv6: its family
 * @sound: whether nothing but its addresses can keep it from being translated
 * @l4: offset of the transport header
 */
struct fuzz_packet {
	u8 *data;
	unsigned int len;
	bool ipv6;
	bool sound;
	unsigned int l4;
};

/**
 * struct fuzz_shape - how a packet lies in memory, and which door it takes
 * @transmit: the route's door rather than the target's
 * @ingress: the fast path's at the ingress of a device
 * @hairpin: whether it comes from the device
 * @local: whether it comes from this machine
 * @cloned: whether somebody else shares the data
 * @headroom: bytes in front
 * @tailroom: bytes behind
 * @linear: bytes in the linear part
 * @frags: pages over which the rest is spread
 * @list: further packets in frag_list, over which it is spread instead
 * @ip_summed: CHECKSUM_*
 * @csum_start: offset where CHECKSUM_PARTIAL begins
 * @csum_offset: where its checksum is
 * @frag_max_size: as defragmentation leaves it
 * @gso_type: SKB_GSO_*, or 0
 * @gso_size: bytes in a segment
 * @gso_segs: how many segments
 */
struct fuzz_shape {
	bool transmit;
	bool ingress;
	bool hairpin;
	bool local;
	bool cloned;
	unsigned int headroom;
	unsigned int tailroom;
	unsigned int linear;
	unsigned int frags;
	unsigned int list;
	u8 ip_summed;
	u16 csum_start;
	u16 csum_offset;
	u16 frag_max_size;
	unsigned int gso_type;
	u16 gso_size;
	u16 gso_segs;
};

/**
 * struct fuzz_result - what a door has made of a packet
 * @taken: whether it was covered
 * @counts: by how much the counters have risen
 * @out: what came out of the device
 */
struct fuzz_result {
	bool taken;
	u64 counts[__NAT64_STAT_MAX];
	struct sk_buff_head out;
};

/**
 * struct fuzz_view - what a packet on the wire says
 * @ipv6: its family
 * @saddr6: IPv6 source
 * @daddr6: IPv6 destination
 * @saddr4: IPv4 source
 * @daddr4: IPv4 destination
 * @hdr: the rest of its header
 */
struct fuzz_view {
	bool ipv6;
	struct in6_addr saddr6;
	struct in6_addr daddr6;
	__be32 saddr4;
	__be32 daddr4;
	struct nat64_iphdr hdr;
};

/* Whether a counter is about the fast path, and not about what became of a packet. */
static inline bool fuzz_is_fast_stat(unsigned int stat)
{
	return stat >= NAT64_STAT_FAST_HIT && stat <= NAT64_STAT_FAST_WAY;
}

/* table.c */
void fuzz_table_make(struct fuzz_rand *rand, struct fuzz_table *table);
int fuzz_model_6to4(struct nat64 *nat, const struct fuzz_table *table,
		    const struct in6_addr *addr6, __be32 *addr4);
int fuzz_model_src_6to4(struct nat64 *nat, const struct fuzz_table *table,
			const struct in6_addr *addr6, __be32 *addr4);
unsigned int fuzz_spoken(const struct nat64 *nat, __be32 host4);
bool fuzz_is_behind(const struct nat64 *nat, __be32 addr4);
int fuzz_model_4to6(struct nat64 *nat, const struct fuzz_table *table, __be32 addr4,
		    unsigned int number, struct in6_addr *addr6);
int fuzz_model_quoted_4to6(struct nat64 *nat, const struct fuzz_table *table, __be32 host4,
			   __be32 addr4, bool hairpin, struct in6_addr *addr6);
void fuzz_addr6(struct fuzz_rand *rand, const struct fuzz_table *table, bool host,
		struct in6_addr *addr6);
__be32 fuzz_addr4(struct fuzz_rand *rand, const struct fuzz_table *table, bool host);

/* packet.c */
void fuzz_packet_make(struct fuzz_rand *rand, const struct fuzz_table *table,
		      struct fuzz_packet *packet);
void fuzz_packet_mutate(struct fuzz_rand *rand, struct fuzz_packet *packet);

/* skb.c */
void fuzz_shape_make(struct fuzz_rand *rand, const struct fuzz_packet *packet,
		     struct fuzz_shape *shape);
void fuzz_shape_again(struct fuzz_rand *rand, const struct fuzz_packet *packet,
		      struct fuzz_shape *shape);
struct sk_buff *fuzz_skb_make(struct fuzz_rand *rand, const struct nat64 *nat,
			      const struct fuzz_packet *packet, const struct fuzz_shape *shape);

/* wire.c */
bool fuzz_parse(const u8 *data, unsigned int len, struct fuzz_view *view);
bool fuzz_reaches_too_far(const struct fuzz_view *view);
bool fuzz_is_icmp(const struct fuzz_view *view);
bool fuzz_is_icmp_error(const struct fuzz_view *view, const u8 *data);
int fuzz_csum_offset(const struct fuzz_view *view);
u16 fuzz_csum_error(const struct fuzz_view *view, const u8 *payload);
void fuzz_fill_csum(u8 *data, unsigned int len, unsigned int start, unsigned int offset);
unsigned int fuzz_flatten(const struct sk_buff *skb, u8 *data);

/* compare.c */
extern u8 *fuzz_in, *fuzz_out;
int fuzz_check_init(void);
void fuzz_check_exit(void);
const char *fuzz_check_payload(const struct fuzz_table *table, const struct fuzz_view *in,
			       const u8 *in_data, struct fuzz_view *out, const u8 *out_payload);
const char *fuzz_check_pair(struct nat64 *nat, const struct fuzz_table *table, const u8 *in_data,
			    unsigned int in_len, const u8 *out_data, unsigned int out_len,
			    bool hairpin);
const char *fuzz_check_pieces(struct nat64 *nat, const struct fuzz_table *table,
			      unsigned int in_len, struct sk_buff_head *pieces, bool hairpin);
const char *fuzz_check_super(struct nat64 *nat, const struct fuzz_table *table,
			     const struct fuzz_packet *packet, const struct fuzz_shape *shape,
			     struct fuzz_result *result);

/* fast.c */
int fuzz_fast_init(struct nat64 *nat);
void fuzz_fast_exit(void);
void fuzz_fast_learn(struct nat64 *nat, struct sk_buff *skb);
void fuzz_fast_purge(void);
const char *fuzz_fast_check(const struct sk_buff *slow, const struct fuzz_result *fast);
void fuzz_fast_forget(struct nat64 *nat);

/* finds.c */
void fuzz_find_table(struct fuzz_table *table);
const char *fuzz_find(unsigned int number, struct fuzz_packet *packet, struct fuzz_shape *shape,
		      enum nat64_stat *stat);

/* check.c */
const char *fuzz_check(struct nat64 *nat, const struct fuzz_table *table,
		       const struct fuzz_packet *packet, const struct fuzz_shape *shape,
		       struct fuzz_result *result);
const char *fuzz_check_same(struct fuzz_result *one, struct fuzz_result *other);
bool fuzz_reply_make(const struct sk_buff *there, struct fuzz_packet *reply);
const char *fuzz_check_back(struct nat64 *nat, const struct fuzz_table *table,
			    const struct fuzz_packet *packet, const struct fuzz_shape *shape,
			    struct sk_buff *back);

#endif /* _NAT64_FUZZ_H */
