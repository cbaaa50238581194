// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/nat64.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

#define FAMILY 64
#define ROOM 65536
#define GET_CONNECTIONS (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET)
#define NEW_CONNECTION (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW)

struct mnl_socket {
	int bus;
};

static struct mnl_socket sockets[] = {
	{ NETLINK_GENERIC }, { NETLINK_ROUTE }, { NETLINK_NETFILTER },
};

static const uint8_t *says;
static size_t left;

/* The request, and the attributes that came last with a command that sets something. */
static _Alignas(struct nlmsghdr) char asked[ROOM], told[ROOM];
static size_t told_length;

void kernel_says(const uint8_t *verdicts, size_t count)
{
	says = verdicts;
	left = count;
	told_length = 0;
}

static uint8_t next_verdict(void)
{
	if (!left)
		return 0;
	left--;
	return *says++;
}

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	struct mnl_socket *nl = sockets;

	(void)flags;
	while (nl->bus != bus)
		nl++;
	return nl;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl, (void)groups, (void)pid;
	return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf, socklen_t len)
{
	(void)nl, (void)type, (void)buf, (void)len;
	return 0;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return 1;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	(void)nl;
	return 0;
}

/* There must be attributes one after the other, and nothing after the last. */
static void must_parse(const struct nlattr *attr, size_t length, bool nests)
{
	while (length) {
		if (length < sizeof(*attr) || attr->nla_len < sizeof(*attr) ||
		    (size_t)MNL_ALIGN(attr->nla_len) > length)
			abort();
		if (nests && attr->nla_type & NLA_F_NESTED)
			must_parse(mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr),
				   nests);
		length -= MNL_ALIGN(attr->nla_len);
		attr = mnl_attr_next(attr);
	}
}

static bool is_generic(const struct mnl_socket *nl)
{
	return nl->bus == NETLINK_GENERIC;
}

static size_t header_size(const struct mnl_socket *nl, const struct nlmsghdr *nlh)
{
	if (is_generic(nl))
		return sizeof(struct genlmsghdr);
	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
	case RTM_GETLINK:
		return sizeof(struct ifinfomsg);
	case RTM_NEWADDR:
	case RTM_DELADDR:
	case RTM_GETADDR:
		return sizeof(struct ifaddrmsg);
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
	case RTM_GETROUTE:
		return sizeof(struct rtmsg);
	case GET_CONNECTIONS:
		return sizeof(struct nfgenmsg);
	}
	abort();
}

static uint8_t command_of(const struct nlmsghdr *nlh)
{
	return ((const struct genlmsghdr *)mnl_nlmsg_get_payload(nlh))->cmd;
}

/* Keeps the attributes of a request, so that the command gets them back when it asks. */
static void remember(const struct nlmsghdr *nlh, size_t header)
{
	switch (command_of(nlh)) {
	case NAT64_CMD_DEV_SET:
	case NAT64_CMD_DEV_RESTORE:
	case NAT64_CMD_MAP_ADD:
		told_length = mnl_nlmsg_get_payload_len(nlh) - header;
		if (told_length > ROOM - 1024)
			told_length = 0;
		memcpy(told, mnl_nlmsg_get_payload_offset(nlh, header), told_length);
	}
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *req, size_t size)
{
	const struct nlmsghdr *nlh = req;
	size_t header = header_size(nl, nlh);

	if (nlh->nlmsg_len != size || size > sizeof(asked) ||
	    mnl_nlmsg_get_payload_len(nlh) < header)
		abort();
	must_parse(mnl_nlmsg_get_payload_offset(nlh, header),
		   mnl_nlmsg_get_payload_len(nlh) - header, true);
	memcpy(asked, req, size);
	if (is_generic(nl) && nlh->nlmsg_type == FAMILY)
		remember(nlh, header);
	return size;
}

static struct nlmsghdr *put_message(void *buf, uint16_t type)
{
	const struct nlmsghdr *request = (const void *)asked;
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_seq = request->nlmsg_seq;
	return nlh;
}

static struct nlmsghdr *answer_family(void *buf)
{
	struct nlmsghdr *nlh = put_message(buf, GENL_ID_CTRL);

	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	return nlh;
}

static struct nlmsghdr *answer_told(void *buf)
{
	struct nlmsghdr *nlh = put_message(buf, FAMILY);

	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	memcpy(mnl_nlmsg_get_payload_tail(nlh), told, told_length);
	nlh->nlmsg_len += told_length;
	return nlh;
}

static struct nlmsghdr *answer_flow(void *buf)
{
	static const uint8_t addr6[16] = { 0x20, 1, 0xd, 0xb8 }, addr4[4] = { 192, 0, 2, 1 };
	struct nlmsghdr *nlh = put_message(buf, FAMILY);
	struct nlattr *nest;

	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	nest = mnl_attr_nest_start(nlh, NAT64_A_FLOW);
	mnl_attr_put_u32(nlh, NAT64_FLOW_A_PROTOCOL, 255);
	mnl_attr_put(nlh, NAT64_FLOW_A_SRC, sizeof(addr6), addr6);
	mnl_attr_put(nlh, NAT64_FLOW_A_DST, sizeof(addr6), addr6);
	mnl_attr_put(nlh, NAT64_FLOW_A_NEW_SRC, sizeof(addr4), addr4);
	mnl_attr_put(nlh, NAT64_FLOW_A_NEW_DST, sizeof(addr4), addr4);
	mnl_attr_put_u32(nlh, NAT64_FLOW_A_IN, UINT32_MAX);
	mnl_attr_put_u32(nlh, NAT64_FLOW_A_EXPIRES, UINT32_MAX);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static struct nlmsghdr *answer_link(void *buf)
{
	struct nlmsghdr *nlh = put_message(buf, RTM_NEWLINK);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	struct nlattr *nest;

	ifi->ifi_index = 1;
	mnl_attr_put_u32(nlh, IFLA_MTU, 1500);
	nest = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "nat64");
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static void put_tuple(struct nlmsghdr *nlh, uint16_t type, const char *src, const char *dst)
{
	struct nlattr *tuple = mnl_attr_nest_start(nlh, type);
	struct nlattr *nest = mnl_attr_nest_start(nlh, CTA_TUPLE_IP);

	mnl_attr_put_u32(nlh, CTA_IP_V4_SRC, inet_addr(src));
	mnl_attr_put_u32(nlh, CTA_IP_V4_DST, inet_addr(dst));
	mnl_attr_nest_end(nlh, nest);
	nest = mnl_attr_nest_start(nlh, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(nlh, CTA_PROTO_NUM, 255);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_nest_end(nlh, tuple);
}

/* Between two hosts that the seeds map, behind NAT. */
static struct nlmsghdr *answer_connection(void *buf)
{
	struct nlmsghdr *nlh = put_message(buf, NEW_CONNECTION);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));

	nfg->nfgen_family = AF_INET;
	put_tuple(nlh, CTA_TUPLE_ORIG, "192.0.2.1", "203.0.113.1");
	put_tuple(nlh, CTA_TUPLE_REPLY, "192.0.2.2", "192.0.2.1");
	mnl_attr_put_u32(nlh, CTA_TIMEOUT, UINT32_MAX);
	return nlh;
}

/* The answer, which comes before the verdict. NULL if the request was no question. */
static struct nlmsghdr *answer(const struct mnl_socket *nl, void *buf)
{
	const struct nlmsghdr *request = (const void *)asked;

	if (request->nlmsg_type == RTM_GETLINK)
		return answer_link(buf);
	if (request->nlmsg_type == GET_CONNECTIONS)
		return answer_connection(buf);
	if (!is_generic(nl))
		return NULL;
	if (request->nlmsg_type == GENL_ID_CTRL)
		return answer_family(buf);
	switch (command_of(request)) {
	case NAT64_CMD_DEV_GET:
	case NAT64_CMD_MAP_GET:
		return answer_told(buf);
	case NAT64_CMD_FLOW_GET:
		return answer_flow(buf);
	}
	return NULL;
}

/* The family is always there: the command asks for it once only. */
static uint8_t verdict(const struct mnl_socket *nl)
{
	const struct nlmsghdr *request = (const void *)asked;

	return is_generic(nl) && request->nlmsg_type == GENL_ID_CTRL ? 0 : next_verdict();
}

static struct nlmsghdr *put_verdict(const struct mnl_socket *nl, void *buf)
{
	struct nlmsghdr *nlh = put_message(buf, NLMSG_ERROR);
	struct nlmsgerr *end = mnl_nlmsg_put_extra_header(nlh, sizeof(*end));

	end->msg = *(const struct nlmsghdr *)asked;
	end->error = -verdict(nl);
	if (end->error) {
		nlh->nlmsg_flags = NLM_F_ACK_TLVS | NLM_F_CAPPED;
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, 4 * next_verdict());
	}
	return nlh;
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t size)
{
	struct nlmsghdr *nlh = answer(nl, buf);
	size_t answered = nlh ? nlh->nlmsg_len : 0;

	(void)size;
	return answered + put_verdict(nl, (char *)buf + answered)->nlmsg_len;
}
