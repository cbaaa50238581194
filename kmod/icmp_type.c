// SPDX-License-Identifier: GPL-2.0
/*
 * Types and codes: what an ICMP message is in the other family (RFC 7915,
 * sections 4.2 and 5.2).
 */

#include "icmp_type.h"

#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

/*
 * A type and code. Type 0 means none here: no error has that type in either
 * family.
 */
struct nat64_icmp_kind {
	u8 type;
	u8 code;
};

/* RFC 7915, section 4.2: codes of ICMPv4 destination unreachable. */
static const struct nat64_icmp_kind nat64_unreach_4to6[] = {
	[ICMP_NET_UNREACH]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_HOST_UNREACH]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_PROT_UNREACH]	= { ICMPV6_PARAMPROB, ICMPV6_UNK_NEXTHDR },
	[ICMP_PORT_UNREACH]	= { ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH },
	[ICMP_FRAG_NEEDED]	= { ICMPV6_PKT_TOOBIG, 0 },
	[ICMP_SR_FAILED]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_NET_UNKNOWN]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_HOST_UNKNOWN]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_HOST_ISOLATED]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_NET_ANO]		= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
	[ICMP_HOST_ANO]		= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
	[ICMP_NET_UNR_TOS]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_HOST_UNR_TOS]	= { ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE },
	[ICMP_PKT_FILTERED]	= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
	[ICMP_PREC_CUTOFF]	= { ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED },
};

/* RFC 7915, section 5.2: codes of ICMPv6 destination unreachable. */
static const struct nat64_icmp_kind nat64_unreach_6to4[] = {
	[ICMPV6_NOROUTE]	= { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH },
	[ICMPV6_ADM_PROHIBITED]	= { ICMP_DEST_UNREACH, ICMP_HOST_ANO },
	[ICMPV6_NOT_NEIGHBOUR]	= { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH },
	[ICMPV6_ADDR_UNREACH]	= { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH },
	[ICMPV6_PORT_UNREACH]	= { ICMP_DEST_UNREACH, ICMP_PORT_UNREACH },
};

#define NO_POINTER 0xff

/*
 * RFC 7915, figure 3: octets of the IPv4 header, and where the IPv6 header has
 * the same field.
 */
static const u8 nat64_pointer_4to6[sizeof(struct iphdr)] = {
	[0] = 0,			/* version, IHL: version, traffic class */
	[1] = 1,			/* type of service: traffic class, flow label */
	[2 ... 3] = 4,			/* total length: payload length */
	[4 ... 7] = NO_POINTER,		/* identification, flags, fragment offset */
	[8] = 7,			/* time to live: hop limit */
	[9] = 6,			/* protocol: next header */
	[10 ... 11] = NO_POINTER,	/* checksum */
	[12 ... 15] = 8,		/* source address */
	[16 ... 19] = 24,		/* destination address */
};

/*
 * RFC 7915, figure 6: octets of the IPv6 header, and where the IPv4 header has
 * the same field.
 */
static const u8 nat64_pointer_6to4[sizeof(struct ipv6hdr)] = {
	[0] = 0,			/* version, traffic class: version, IHL */
	[1] = 1,			/* traffic class, flow label: type of service */
	[2 ... 3] = NO_POINTER,		/* flow label */
	[4 ... 5] = 2,			/* payload length: total length */
	[6] = 9,			/* next header: protocol */
	[7] = 8,			/* hop limit: time to live */
	[8 ... 23] = 12,		/* source address */
	[24 ... 39] = 16,		/* destination address */
};

/**
 * nat64_icmp_type_4to6() - the ICMPv6 error that an ICMP error becomes
 * @icmph: the ICMP header
 * @icmp6h: gets the ICMPv6 header, except MTU, length and checksum
 *
 * RFC 7915, section 4.2.
 *
 * Return: whether there is one
 */
bool nat64_icmp_type_4to6(const struct icmphdr *icmph, struct icmp6hdr *icmp6h)
{
	struct nat64_icmp_kind kind = {};
	u32 pointer = 0;

	switch (icmph->type) {
	case ICMP_DEST_UNREACH:
		if (icmph->code < ARRAY_SIZE(nat64_unreach_4to6))
			kind = nat64_unreach_4to6[icmph->code];
		if (kind.type == ICMPV6_PARAMPROB)
			pointer = offsetof(struct ipv6hdr, nexthdr);
		break;
	case ICMP_TIME_EXCEEDED:
		kind = (struct nat64_icmp_kind){ ICMPV6_TIME_EXCEED, icmph->code };
		break;
	case ICMP_PARAMETERPROB:
		pointer = ntohl(icmph->un.gateway) >> 24;
		/*
		 * 0: pointer indicates the error; 2: bad length; 1: an option
		 * is missing
		 */
		if ((icmph->code == 0 || icmph->code == 2) && pointer < sizeof(struct iphdr) &&
		    nat64_pointer_4to6[pointer] != NO_POINTER)
			kind = (struct nat64_icmp_kind){ ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD };
		if (kind.type)
			pointer = nat64_pointer_4to6[pointer];
		break;
	}

	*icmp6h = (struct icmp6hdr){ .icmp6_type = kind.type, .icmp6_code = kind.code };
	icmp6h->icmp6_pointer = htonl(pointer);
	return kind.type;
}

/**
 * nat64_icmp_type_6to4() - the ICMP error that an ICMPv6 error becomes
 * @icmp6h: the ICMPv6 header
 * @icmph: gets the ICMP header, except MTU, length and checksum
 *
 * RFC 7915, section 5.2.
 *
 * Return: whether there is one
 */
bool nat64_icmp_type_6to4(const struct icmp6hdr *icmp6h, struct icmphdr *icmph)
{
	struct nat64_icmp_kind kind = {};
	u32 pointer = ntohl(icmp6h->icmp6_pointer);

	*icmph = (struct icmphdr){};
	switch (icmp6h->icmp6_type) {
	case ICMPV6_DEST_UNREACH:
		if (icmp6h->icmp6_code < ARRAY_SIZE(nat64_unreach_6to4))
			kind = nat64_unreach_6to4[icmp6h->icmp6_code];
		break;
	case ICMPV6_PKT_TOOBIG:
		kind = (struct nat64_icmp_kind){ ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED };
		break;
	case ICMPV6_TIME_EXCEED:
		kind = (struct nat64_icmp_kind){ ICMP_TIME_EXCEEDED, icmp6h->icmp6_code };
		break;
	case ICMPV6_PARAMPROB:
		if (icmp6h->icmp6_code == ICMPV6_UNK_NEXTHDR) {
			kind = (struct nat64_icmp_kind){ ICMP_DEST_UNREACH, ICMP_PROT_UNREACH };
		} else if (icmp6h->icmp6_code == ICMPV6_HDR_FIELD &&
			   pointer < sizeof(struct ipv6hdr) &&
			   nat64_pointer_6to4[pointer] != NO_POINTER) {
			kind = (struct nat64_icmp_kind){ ICMP_PARAMETERPROB, 0 };
			icmph->un.gateway = htonl(nat64_pointer_6to4[pointer] << 24);
		}
		break;
	}

	icmph->type = kind.type;
	icmph->code = kind.code;
	return kind.type;
}

/**
 * nat64_echo_4to6() - the ICMPv6 type of an echo
 * @type: an ICMP type
 *
 * Return: the type, or 0 if @type is no echo
 */
u8 nat64_echo_4to6(u8 type)
{
	switch (type) {
	case ICMP_ECHO:
		return ICMPV6_ECHO_REQUEST;
	case ICMP_ECHOREPLY:
		return ICMPV6_ECHO_REPLY;
	default:
		return 0;
	}
}

/**
 * nat64_echo_6to4() - the ICMP type of an echo
 * @type: an ICMPv6 type for which nat64_is_echo6() says yes
 */
u8 nat64_echo_6to4(u8 type)
{
	return type == ICMPV6_ECHO_REQUEST ? ICMP_ECHO : ICMP_ECHOREPLY;
}
