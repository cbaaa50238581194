/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Colours, where somebody looks at them: those of ip(8).
 */
#ifndef NAT64_COLOR_H
#define NAT64_COLOR_H

#include <netinet/in.h>

#include "cli/say.h"

enum color {
	COLOR_PLAIN,
	COLOR_DEVICE,
	COLOR_INET6,
	COLOR_INET,
	COLOR_GOOD,
	COLOR_BAD,
	COLOR_DOUBT,
};

/* --color: @when is "always", "never", "auto", or NULL for "always". */
enum status color_option(const char *when);

bool color_is_wanted(void);

/* By enum color, the numbers that terminals use; -1 for their default. */
extern const short color_numbers[];

/* printf(), in a colour if colours are wanted. */
void print_color(enum color color, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For text that may contain control characters, as the name of a device may. */
void print_masked(enum color color, const char *text);

static inline enum color color_of_family(int family)
{
	return family == AF_INET6 ? COLOR_INET6 : COLOR_INET;
}

#endif /* NAT64_COLOR_H */
