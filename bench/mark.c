// SPDX-License-Identifier: GPL-2.0
/*
 * A library for interleave.py, to tell instructions.c where packets begin, and where they end.
 */
#include "mark.h"

#define STRING(...) #__VA_ARGS__
#define BYTES(...) ".byte " STRING(__VA_ARGS__)

void mark(void);

void mark(void)
{
	asm volatile(BYTES(MARK));
}
