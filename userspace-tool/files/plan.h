/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file of commands as a whole: what is to be there, made ready aside and put in force at once.
 */
#ifndef NAT64_PLAN_H
#define NAT64_PLAN_H

#include "files/masquerade.h"
#include "netlink/config.h"
#include "netlink/ip.h"

struct planned_device {
	char name[IFNAMSIZ];
	struct config config;
	unsigned int line;
	bool created;
	struct ip_list addresses;
	struct ip_list routes;
	struct masquerade masquerade;
};

enum plan_scope {
	PLAN_TABLE,	/* devices and mappings */
	PLAN_NETWORK,	/* and all that makes a router */
	PLAN_CHECK,	/* the same, but the kernel is neither asked nor told anything */
};

struct plan {
	const char *path;
	enum plan_scope scope;
	struct planned_device *devices;
	size_t count;
	unsigned int forwarding;	/* the line that asks for it, 0 if none does */
};

/* Prepares what the file says. Packets notice neither that nor any mistake in it. */
enum status plan_read(struct plan *plan, const char *path, enum plan_scope scope);

/*
 * Puts it in force, device by device, unless the kernel would refuse one of them. Calls @bring_up
 * with each device to do the rest.
 */
enum status plan_commit(struct plan *plan,
			enum status (*bring_up)(const struct planned_device *device));

/* Says all mistakes in the file, rather than only the first one. */
enum status plan_check(const char *path);

/* Removes the devices that were not there before, if @status is not DONE. Returns @status. */
enum status plan_end(struct plan *plan, enum status status);

#endif /* NAT64_PLAN_H */
