// SPDX-License-Identifier: GPL-2.0
/*
 * The packet that an ICMP error quotes, and the extensions behind it (RFC 7915,
 * sections 4.3 and 5.3; RFC 4884).
 */

#include "icmp_quote.h"
#include "csum.h"
#include "icmp_echo.h"
#include "icmp_type.h"

#define NAT64_QUOTE_MIN		128	/* bytes of a quote before extensions, RFC 4884 */

/*
 * The payload of the quoted packet, and how many bytes of it are there.
 */
static u8 *nat64_quote_payload(const struct sk_buff *skb,
			       const struct nat64_quote *quote,
			       unsigned int *len)
{
	*len = min(quote->len - quote->hdr.len, quote->hdr.payload_len);
	return skb->data + quote->offset + quote->hdr.len;
}

/**
 * nat64_quote_adjust() - adjust the transport checksum of the quoted packet
 * @skb: the error, linear and writable
 * @quote: the quoted packet
 * @diff: by how much the pseudo-header's sum changes
 *
 * Does nothing if it has none, or if the quote ends before it.
 */
void nat64_quote_adjust(struct sk_buff *skb, const struct nat64_quote *quote,
			__wsum diff)
{
	unsigned int len, min_len;
	u8 *payload = nat64_quote_payload(skb, quote, &len);
	__sum16 *check;
	int offset;

	offset = nat64_csum_offset(quote->hdr.protocol, &min_len);
	if (offset < 0 || !nat64_has_l4(&quote->hdr) || len < offset + sizeof(*check))
		return;
	check = (__sum16 *)(payload + offset);
	if (quote->hdr.protocol == IPPROTO_UDP && !*check)
		return;
	csum_replace_by_diff(check, diff);
	if (!*check && nat64_csum_is_never_zero(quote->hdr.protocol))
		*check = CSUM_MANGLED_0;
}

/**
 * nat64_quote_echo_4to6() - translate a quoted echo, which may be cut short
 * @skb: the error, linear and writable
 * @quote: the quoted ICMP message
 *
 * Return: false if it is another ICMP message: errors about those are not
 * translated
 */
bool nat64_quote_echo_4to6(struct sk_buff *skb, const struct nat64_quote *quote)
{
	unsigned int len;
	struct icmphdr *icmph = (struct icmphdr *)nat64_quote_payload(skb, quote, &len);
	u8 type6;

	if (!nat64_has_l4(&quote->hdr) || !len)
		return true;
	type6 = nat64_echo_4to6(icmph->type);
	if (!type6)
		return false;
	if (len >= offsetofend(struct icmphdr, checksum))
		csum_replace_by_diff(&icmph->checksum,
				     nat64_echo_diff_4to6(&quote->tuple, icmph->type, type6,
							  quote->hdr.payload_len));
	icmph->type = type6;
	return true;
}

/**
 * nat64_quote_echo_6to4() - the same for an ICMPv6 error
 * @skb: as for nat64_quote_echo_4to6()
 * @quote: as for nat64_quote_echo_4to6()
 *
 * Return: as nat64_quote_echo_4to6()
 */
bool nat64_quote_echo_6to4(struct sk_buff *skb, const struct nat64_quote *quote)
{
	unsigned int len;
	struct icmp6hdr *icmp6h = (struct icmp6hdr *)nat64_quote_payload(skb, quote, &len);
	u8 type4;

	if (!nat64_has_l4(&quote->hdr) || !len)
		return true;
	if (!nat64_is_echo6(icmp6h->icmp6_type))
		return false;
	type4 = nat64_echo_6to4(icmp6h->icmp6_type);
	if (len >= offsetofend(struct icmp6hdr, icmp6_cksum))
		csum_replace_by_diff(&icmp6h->icmp6_cksum,
				     ~nat64_echo_diff_4to6(&quote->tuple, type4,
							   icmp6h->icmp6_type,
							   quote->hdr.payload_len));
	icmp6h->icmp6_type = type4;
	return true;
}

/**
 * nat64_quote_split() - separate the quoted packet from extensions behind it
 * @quote: the quoted packet, so far including all that follows it
 * @quoted_len: its length, in bytes, as the error says
 *
 * RFC 4884: where extensions follow, the error says how long the quoted packet
 * is. That should be 128 bytes at least, but some routers say less. An
 * impossible length counts as none.
 */
void nat64_quote_split(struct nat64_quote *quote, unsigned int quoted_len)
{
	if (quoted_len < quote->hdr.len || quoted_len > quote->len)
		return;
	quote->ext_len = quote->len - quoted_len;
	quote->len = quoted_len;
}

/**
 * nat64_quote_fit() - fit the quote and its extensions into an error
 * @quote: the quoted packet; gets cut or padded
 * @hdr_len: bytes of its new IP header
 * @room: bytes available for everything
 * @unit: bytes per unit of the message's field for the length of the quote, or
 *	  0 if it has no such field
 *
 * Return: the length of the padded quote in units of @unit, or 0 if no
 * extensions stay
 */
unsigned int nat64_quote_fit(struct nat64_quote *quote, unsigned int hdr_len,
			     unsigned int room, unsigned int unit)
{
	unsigned int payload = min(quote->len - quote->hdr.len, quote->hdr.payload_len);
	unsigned int total;

	if (!unit || !quote->ext_len || quote->ext_len > room - NAT64_QUOTE_MIN) {
		quote->len = quote->hdr.len + min(payload, room - hdr_len);
		quote->ext_len = 0;
		return 0;
	}

	total = round_up(max_t(unsigned int, hdr_len + payload, NAT64_QUOTE_MIN), unit);
	total = min3(total, round_down(room - quote->ext_len, unit), U8_MAX * unit);
	payload = min(payload, total - hdr_len);
	quote->len = quote->hdr.len + payload;
	quote->pad = total - hdr_len - payload;
	return total / unit;
}

/**
 * nat64_quote_move() - move the extensions to their new place
 * @skb: the error, linear and writable
 * @quote: the quoted packet, as nat64_quote_fit() left it
 *
 * Return: NAT64_OK or NAT64_DROP_NOMEM
 */
enum nat64_verdict nat64_quote_move(struct sk_buff *skb,
				    const struct nat64_quote *quote)
{
	unsigned int from = skb->len - quote->ext_len;
	unsigned int pad = quote->offset + quote->len, to = pad + quote->pad;
	unsigned int end = to + quote->ext_len;

	if (end > skb->len) {
		unsigned int grow = end - skb->len;

		if (skb_tailroom(skb) < grow && pskb_expand_head(skb, 0, grow, GFP_ATOMIC))
			return NAT64_DROP_NOMEM;
		__skb_put(skb, grow);
	}
	memmove(skb->data + to, skb->data + from, quote->ext_len);
	memset(skb->data + pad, 0, quote->pad);
	__skb_trim(skb, end);
	return NAT64_OK;
}
