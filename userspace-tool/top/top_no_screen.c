// SPDX-License-Identifier: GPL-2.0
/*
 * nat64 top: in the place of top_screen.c in a command without ncurses (make TOP=0).
 */
#include "top/top.h"

enum status top_on_screen(const char *device, unsigned int interval)
{
	(void)device;
	(void)interval;
	return fail(REFUSED, "top: this command was built without ncurses (TOP=0), which the screen "
		    "needs; \"nat64 top batch\" does not");
}
