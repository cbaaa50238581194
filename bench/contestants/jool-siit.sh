# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0
#
# title: Jool SIIT

setup()
{
	jool_module jool_siit
	router jool_siit instance add --netfilter --pool6 $PREFIX || die "no instance"
	router jool_siit eamt add $C6 $MAPPED_C4 || die "no mapping"
	SERVER_ADDR=$EMBEDDED_S4 CLIENT_ADDR=$MAPPED_C4
}

# Jool's command can only load several mappings from a JSON file.
load_mappings()
{
	router jool_siit instance remove
	{
		printf '{"instance": "default", "framework": "netfilter",\n'
		printf '"global": {"pool6": "%s"},\n"eamt": [\n' $PREFIX
		printf '{"ipv6 prefix": "%s/128", "ipv4 prefix": "%s/32"}' $C6 $MAPPED_C4
		mapping_list "$1" |
			awk '{ printf ",\n{\"ipv6 prefix\": \"%s/128\", \"ipv4 prefix\": \"%s/32\"}", $1, $2 }'
		printf ']}\n'
	} >"$WORK/jool.json"
	timed ip netns exec $ROUTER jool_siit file handle "$WORK/jool.json" ||
		die "mappings not loaded"
}

dump_mappings()
{
	timed ip netns exec $ROUTER jool_siit eamt display --csv >/dev/null
}
