// SPDX-License-Identifier: GPL-2.0
/*
 * All that the command knows, in the order of its help.
 */
#include <stddef.h>

#include "cli/cli.h"

const struct object *const objects[] = {
	&show_object,
	&dev_object,
	&map_object,
	&flow_object,
	&stats_object,
	&monitor_object,
	&save_object,
	&restore_object,
	&route_object,
	&up_object,
	&down_object,
	&check_object,
	&dns64_object,
	&pref64_object,
	&doctor_object,
	&import_object,
	&top_object,
	NULL
};
