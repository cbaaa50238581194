// SPDX-License-Identifier: GPL-2.0
/*
 * Transport checksums: what the kernel's helpers leave undone.
 */

#include "csum.h"

#include <linux/dccp.h>
#include <linux/tcp.h>
#include <linux/udp.h>

/**
 * nat64_csum_offset() - where a transport protocol has its checksum
 * @protocol: the protocol
 * @min_len: gets the least length of the transport header, in bytes
 *
 * Knows only protocols whose checksum covers the pseudo-header in both
 * families. That of ICMP does so in IPv6 only.
 *
 * Return: offset in the transport header, or -1 if there is no such checksum
 */
int nat64_csum_offset(u8 protocol, unsigned int *min_len)
{
	switch (protocol) {
	case IPPROTO_TCP:
		*min_len = sizeof(struct tcphdr);
		return offsetof(struct tcphdr, check);
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		*min_len = sizeof(struct udphdr);
		return offsetof(struct udphdr, check);
	case IPPROTO_DCCP:
		*min_len = sizeof(struct dccp_hdr);
		return offsetof(struct dccp_hdr, dccph_checksum);
	default:
		return -1;
	}
}

/*
 * Like inet_proto_csum_replace_by_diff(), whose arguments differ between stable
 * kernels. With CHECKSUM_COMPLETE, skb->csum covers the payload, in which only
 * the checksum changes.
 */
static void nat64_csum_update(struct sk_buff *skb, __sum16 *check, __wsum diff,
			      bool partial)
{
	if (partial) {
		*check = ~csum_fold(csum_add(diff, csum_unfold(*check)));
		return;
	}
	csum_replace_by_diff(check, diff);
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->csum = csum_sub(skb->csum, diff);
}

/**
 * nat64_csum_complete() - fill in a checksum that CHECKSUM_PARTIAL leaves open
 * @skb: the packet
 * @offset: where its transport header begins
 *
 * If the checksum begins within a header that will be removed, drop it, as
 * skb_pull_rcsum() does.
 *
 * Return: NAT64_OK, NAT64_DROP_GSO or NAT64_DROP_NOMEM
 */
enum nat64_verdict nat64_csum_complete(struct sk_buff *skb, unsigned int offset)
{
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return NAT64_OK;
	if (skb_is_gso(skb))
		return NAT64_DROP_GSO;
	if (skb_checksum_start_offset(skb) < (int)offset) {
		skb->ip_summed = CHECKSUM_NONE;
		return NAT64_OK;
	}
	/* That of SCTP is of another kind. */
	return skb_csum_hwoffload_help(skb, 0) ? NAT64_DROP_NOMEM : NAT64_OK;
}

/**
 * nat64_csum_replace() - adjust a transport checksum that can be written
 * @skb: the packet
 * @offset: where its transport header begins
 * @field: where the checksum is in it
 * @protocol: the transport protocol
 * @diff: by how much the sum changes
 *
 * A UDP checksum of zero means that there is none, and stays.
 */
void nat64_csum_replace(struct sk_buff *skb, unsigned int offset,
			unsigned int field, u8 protocol, __wsum diff)
{
	__sum16 *check = (__sum16 *)(skb->data + offset + field);
	bool partial = nat64_csum_is_partial(skb, offset);

	if (protocol == IPPROTO_UDP && !*check && !partial)
		return;
	nat64_csum_update(skb, check, diff, partial);
	if (!*check && nat64_csum_is_never_zero(protocol) && !partial)
		*check = CSUM_MANGLED_0;
}

/**
 * nat64_csum_adjust() - adjust the transport checksum to other addresses
 * @skb: the packet
 * @offset: where its transport header begins
 * @len: bytes from there on, as the IP header says
 * @protocol: the transport protocol
 * @diff: by how much the pseudo-header's sum changes
 *
 * RFC 7915, sections 4.5 and 5.5.
 *
 * Return: NAT64_OK, NAT64_DROP_TRUNCATED or NAT64_DROP_NOMEM
 */
enum nat64_verdict nat64_csum_adjust(struct sk_buff *skb, unsigned int offset,
				     unsigned int len, u8 protocol, __wsum diff)
{
	unsigned int min_len;
	int field;

	field = nat64_csum_offset(protocol, &min_len);
	if (field < 0)
		return NAT64_OK;
	if (len < min_len || skb->len < offset + min_len)
		return NAT64_DROP_TRUNCATED;
	if (skb_ensure_writable(skb, offset + min_len))
		return NAT64_DROP_NOMEM;
	nat64_csum_replace(skb, offset, field, protocol, diff);
	return NAT64_OK;
}
