/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to the kernel and their answers, over libmnl.
 */
#ifndef NAT64_NL_H
#define NAT64_NL_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/say.h"

/* Room for one message, either way. An attribute, and so a bulk of mappings, ends at 64 KiB. */
#define NL_BUFFER_SIZE 65536

/* A socket, and the kernel's objection to the last request. */
struct nl {
	struct mnl_socket *socket;
	uint32_t seq;
	int error;		/* an errno, 0 if it had none */
	uint32_t offset;	/* of the attribute at fault within the request, 0 if not told */
	char text[256];		/* in the kernel's words, or those of strerror() */
};

/* Called for each message of an answer. */
typedef enum status (*nl_answer)(const struct nlmsghdr *nlh, void *data);

/* The socket of each part of netlink, opened at the first call. NULL: they said why. */
struct nl *nl_generic(void);
struct nl *nl_route(void);
struct nl *nl_netfilter(void);
void nl_close_all(void);

/* Opens a separate socket, for events. */
enum status nl_open(struct nl *nl, int bus);

/*
 * Sends @nlh and reads to the end of the answer. Returns REFUSED with @nl->error set, and says
 * nothing, if the kernel refuses; nl_refused() says it.
 */
enum status nl_talk(struct nl *nl, struct nlmsghdr *nlh, nl_answer answer, void *data);

/*
 * The same for a dump. If a change has overtaken it, @restart throws away what @answer has seen,
 * and the dump is asked for again.
 */
enum status nl_dump(struct nl *nl, struct nlmsghdr *nlh, nl_answer answer,
		    void (*restart)(void *data), void *data);

/*
 * Says what the kernel refused, "nat64: CULPRIT: its words". Says nothing if it was an nl_answer
 * that failed, since that has said so itself. Returns REFUSED.
 */
enum status nl_refused(const struct nl *nl, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Reads once from the socket, whatever signals come. -1 and errno as recv(2). */
ssize_t nl_receive(const struct nl *nl, void *buffer, size_t size);

#endif /* NAT64_NL_H */
