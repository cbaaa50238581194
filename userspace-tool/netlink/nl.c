// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "netlink/nl.h"

#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK 12
#endif

#define DUMP_TRIES 5

static struct nl generic, route, netfilter;

/* The message being read. Requests do not overlap, so one buffer serves all sockets. */
static _Alignas(struct nlmsghdr) char received[NL_BUFFER_SIZE];

/* An old kernel has fewer of these options; then its error messages say less. */
static void ask_for_words(struct mnl_socket *socket)
{
	int one = 1;

	mnl_socket_setsockopt(socket, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(socket, NETLINK_CAP_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(socket, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
}

/* All of netlink but netfilter's part is in every kernel that has nat64. */
static enum status no_socket(int bus)
{
	if (bus == NETLINK_NETFILTER && errno == EPROTONOSUPPORT)
		return fail(REFUSED, "the kernel module nfnetlink is not loaded "
				     "(modprobe nfnetlink)");
	return fail(REFUSED, "netlink socket: %s", strerror(errno));
}

enum status nl_open(struct nl *nl, int bus)
{
	nl->socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->socket)
		return no_socket(bus);
	if (mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID))
		return fail(REFUSED, "netlink socket: %s", strerror(errno));
	ask_for_words(nl->socket);
	return DONE;
}

static struct nl *opened(struct nl *nl, int bus)
{
	return nl->socket || !nl_open(nl, bus) ? nl : NULL;
}

struct nl *nl_generic(void)
{
	return opened(&generic, NETLINK_GENERIC);
}

struct nl *nl_route(void)
{
	return opened(&route, NETLINK_ROUTE);
}

struct nl *nl_netfilter(void)
{
	return opened(&netfilter, NETLINK_NETFILTER);
}

void nl_close_all(void)
{
	if (generic.socket)
		mnl_socket_close(generic.socket);
	if (route.socket)
		mnl_socket_close(route.socket);
	if (netfilter.socket)
		mnl_socket_close(netfilter.socket);
}

enum status nl_refused(const struct nl *nl, const char *format, ...)
{
	char culprit[512];
	va_list args;

	if (!nl->error)
		return REFUSED;
	va_start(args, format);
	vsnprintf(culprit, sizeof(culprit), format, args);
	va_end(args);
	return fail(REFUSED, "%s: %s", culprit, nl->text);
}

static enum status set_error(struct nl *nl, int error)
{
	nl->error = error;
	nl->offset = 0;
	snprintf(nl->text, sizeof(nl->text), "%s", strerror(error));
	return REFUSED;
}

/* The extended acknowledgement: the kernel's own words, and which part of the request is wrong. */
static void read_words(struct nl *nl, const struct nlmsghdr *nlh, size_t offset)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, offset) {
		uint16_t len = mnl_attr_get_payload_len(attr);

		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG && len)
			snprintf(nl->text, sizeof(nl->text), "%.*s", (int)len,
				 mnl_attr_get_str(attr));
		else if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS && len == sizeof(nl->offset))
			nl->offset = mnl_attr_get_u32(attr);
	}
}

/* NLMSG_ERROR and NLMSG_DONE both begin with a negative errno, 0 if all is well. */
static enum status read_end(struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *end = mnl_nlmsg_get_payload(nlh);
	size_t payload = mnl_nlmsg_get_payload_len(nlh);
	size_t words = sizeof(end->error);

	if (payload < sizeof(end->error))
		return nlh->nlmsg_type == NLMSG_DONE ? DONE : set_error(nl, EBADMSG);
	if (!end->error)
		return DONE;
	set_error(nl, -end->error);
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return REFUSED;

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		words = sizeof(*end);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			words += MNL_ALIGN(end->msg.nlmsg_len) - sizeof(end->msg);
	}
	if (words <= payload)
		read_words(nl, nlh, words);
	return REFUSED;
}

ssize_t nl_receive(const struct nl *nl, void *buffer, size_t size)
{
	ssize_t len;

	do {
		len = mnl_socket_recvfrom(nl->socket, buffer, size);
	} while (len < 0 && errno == EINTR);
	return len;
}

struct reader {
	struct nl *nl;
	nl_answer answer;
	void *data;
	bool interrupted;
	bool ended;
	enum status status;
};

static void read_message(struct reader *reader, const struct nlmsghdr *nlh)
{
	if (!mnl_nlmsg_portid_ok(nlh, mnl_socket_get_portid(reader->nl->socket)) ||
	    !mnl_nlmsg_seq_ok(nlh, reader->nl->seq))
		return;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		reader->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		reader->ended = true;
		reader->status = worse(reader->status, read_end(reader->nl, nlh));
	} else if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && reader->answer && !reader->status) {
		reader->status = reader->answer(nlh, reader->data);
	}
}

/* Reads on after @answer has failed: the rest in the socket would be taken for the next answer. */
static enum status read_answer(struct reader *reader)
{
	while (!reader->ended) {
		const struct nlmsghdr *nlh = (const struct nlmsghdr *)received;
		int len = nl_receive(reader->nl, received, sizeof(received));

		if (len < 0)
			return set_error(reader->nl, errno);
		for (; !reader->ended && mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
			read_message(reader, nlh);
	}
	return reader->status;
}

static enum status ask(struct reader *reader, struct nlmsghdr *nlh)
{
	struct nl *nl = reader->nl;
	ssize_t len;

	nl->error = 0;
	nlh->nlmsg_seq = ++nl->seq;
	do {
		len = mnl_socket_sendto(nl->socket, nlh, nlh->nlmsg_len);
	} while (len < 0 && errno == EINTR);
	return len < 0 ? set_error(nl, errno) : read_answer(reader);
}

enum status nl_talk(struct nl *nl, struct nlmsghdr *nlh, nl_answer answer, void *data)
{
	struct reader reader = { .nl = nl, .answer = answer, .data = data };

	nlh->nlmsg_flags |= NLM_F_ACK;
	return ask(&reader, nlh);
}

enum status nl_dump(struct nl *nl, struct nlmsghdr *nlh, nl_answer answer,
		    void (*restart)(void *data), void *data)
{
	nlh->nlmsg_flags |= NLM_F_DUMP;
	for (int try = 0; try < DUMP_TRIES; try++) {
		struct reader reader = { .nl = nl, .answer = answer, .data = data };
		enum status status;

		if (try)
			restart(data);
		status = ask(&reader, nlh);
		if (status || !reader.interrupted)
			return status;
	}
	fail(DONE, "the list kept changing while it was read and may be incomplete");
	return DONE;
}
