/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of options, for all that is done with them.
 */
#ifndef NAT64_CONFIG_TABLE_H
#define NAT64_CONFIG_TABLE_H

#include <linux/nat64.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_OPTIONS 16

enum kind {
	LIST6,
	LIST4,
	SWITCH,
	CHOICE,
	CHOICE32,	/* the same, in a u32 */
	NUMBER,
	ADDRESS4,
	KEY,
	DEVICES,	/* names, or one of the choices in their place */
};

#define CHOICES 3

struct config_option {
	const char *name;
	const char *preset;		/* its value in a new device; NULL: a list, or random */
	uint16_t attr;
	enum kind kind;
	bool none;			/* takes the word "none", which is 0 for the kernel */
	bool quiet;			/* shown only where it is not its preset */
	uint32_t min;			/* of a number */
	uint32_t max;
	const char *choices[CHOICES];	/* by value */
};

extern const struct config_option config_table[CONFIG_OPTIONS];

#define for_each_option(option) \
	for ((option) = config_table; (option) < config_table + CONFIG_OPTIONS; (option)++)

static inline bool is_list(const struct config_option *option)
{
	return option->kind == LIST6 || option->kind == LIST4;
}

static inline size_t value_size(enum kind kind)
{
	switch (kind) {
	case CHOICE32:
	case NUMBER:
		return sizeof(uint32_t);
	case ADDRESS4:
		return sizeof(struct in_addr);
	case KEY:
		return NAT64_HASH_KEY_LEN;
	default:
		return sizeof(uint8_t);
	}
}

#endif /* NAT64_CONFIG_TABLE_H */
