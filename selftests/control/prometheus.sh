#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "nat64 stats prometheus", as the Python client of Prometheus and node_exporter read it; the dashboard and the rules of
# docs/monitoring.md. units.sh runs the timer.

. "$(dirname "$0")"/../lib/lib.sh

need ping jq prometheus-node-exporter
setup_net
nat64_up both pool $POOL quota 7 fast-flows 1000
nat64 -n "$ROUTER" map add 2001:db8::80 198.51.100.80
for i in 2 3 4; do
	ip -n "$CLIENT" addr add 2001:db8:1::1$i/64 dev c0
	ping_once "$CLIENT" -I 2001:db8:1::1$i $S6 >/dev/null
done
# A name that needs quoting.
ip -n "$ROUTER" link add 'a"b\\c' type nat64
file=$work/nat64.prom

nat()
{
	nat64 -n "$ROUTER" "$@"
}

# parses FORMAT: the parser of this format reads the values that -j shows, for every device.
parses()
{
	nat stats "$1" >"$work/metrics" && nat -j stats >"$work/stats" && nat -j dev show >"$work/devices" || return
	/usr/bin/python3 - "$1" "$work" <<-'END'
		import json, sys
		if sys.argv[1] == "prometheus":
		    from prometheus_client.parser import text_string_to_metric_families
		else:
		    from prometheus_client.openmetrics.parser import text_string_to_metric_families
		load = lambda name: json.load(open(f"{sys.argv[2]}/{name}"))
		gauges = {"pool_addresses": "pool_size", "pool_addresses_used": "dynamic", "static_mappings": "static",
			  "quota": "quota", "flows": "flows", "flows_max": "fast_flows"}
		want = {}
		for device in load("stats"):
		    for name, value in device["stats"].items():
		        want[f"nat64_{name}_total", device["ifname"]] = ("counter", value)
		for device in load("devices"):
		    for name, member in gauges.items():
		        want[f"nat64_{name}", device["ifname"]] = ("gauge", device[member])
		read = {}
		for family in text_string_to_metric_families(open(sys.argv[2] + "/metrics").read()):
		    assert family.documentation, family
		    for sample in family.samples:
		        key = sample.name, sample.labels["device"]
		        assert key not in read and list(sample.labels) == ["device"], sample
		        read[key] = family.type, int(sample.value)
		assert read == want, sorted(set(read.items()) ^ set(want.items()))
		assert read["nat64_pool_addresses_used", "nat64"] == ("gauge", 3), read
		assert read["nat64_static_mappings", "nat64"] == ("gauge", 1), read
		assert read["nat64_quota", "nat64"] == ("gauge", 7), read
		assert read["nat64_xlat_6to4_total", "nat64"][1] >= 3, read
	END
}

for format in prometheus openmetrics; do
	run_case "stats $format is read by a parser, and says what JSON says" parses $format
done
run_case "the format of Prometheus has no end mark, that of OpenMetrics has" eval '
	fails grep "# EOF" <(nat stats prometheus) && same "# EOF" tail -n 1 <(nat stats openmetrics)'
run_case "stats prometheus of one device" eval '
	nat stats prometheus dev nat64 >"$work/one" && grep -x "nat64_quota{device=\"nat64\"} 7" "$work/one" &&
	fails grep "device=\"a" "$work/one" && expect 1 "dev other" nat stats prometheus dev other'
run_case "a user may read them all" eval '
	router setpriv --reuid 65534 --regid 65534 --clear-groups nat64 stats prometheus | grep "^nat64_quota"'

# Whoever has the old file open can read it to the end.
replaced()
{
	local old

	umask 077
	nat stats prometheus dev nat64 to "$file" || return
	exec 7<"$file"
	old=$(<"$file")
	ping_once "$CLIENT" $S6 >/dev/null && nat stats prometheus dev nat64 to "$file" || return
	same "$old" cat <&7 && fails same "$old" cat "$file" && same "nat64.prom" ls "${file%/*}" &&
		same "$file" find "$file" -perm 644
}
mkdir "$work/collected"
file=$work/collected/nat64.prom
run_case "stats prometheus to FILE replaces it in one step, and all may read it" replaced
run_case "... and leaves it alone if anything goes wrong" eval '
	cp "$file" "$work/before" && fails nat stats prometheus dev other to "$file" && cmp "$work/before" "$file" &&
	expect 1 "No such file" nat stats prometheus to "$work/nowhere/nat64.prom"'

# Go does not ask the C library which registers it may use (scripts/uml/run.sh).
collected()
{
	nat stats prometheus to "$file" || return
	GODEBUG=cpu.avx=off,cpu.avx2=off ip netns exec "$ROUTER" prometheus-node-exporter --collector.disable-defaults \
		--collector.textfile --collector.textfile.directory="$work/collected" \
		--web.listen-address=127.0.0.1:9100 >"$work/exporter" 2>&1 &
	disown
	within 120 scraped || { cat "$work/exporter"; return 1; }
	same "node_textfile_scrape_error 0" grep "^node_textfile_scrape_error" "$work/scraped" &&
		grep -x "# TYPE nat64_xlat_6to4_total counter" "$work/scraped" &&
		grep -x "# TYPE nat64_pool_addresses gauge" "$work/scraped" &&
		diff <(grep "^nat64_" "$file" | sort) <(grep "^nat64_" "$work/scraped" | sort)
}
scraped()
{
	router /usr/bin/python3 -c 'import urllib.request
print(urllib.request.urlopen("http://127.0.0.1:9100/metrics", timeout=30).read().decode())' \
		>"$work/scraped" 2>/dev/null
}
run_case "node_exporter collects every counter and gauge from the file" collected

# known: each metric in standard input exists, a pattern like nat64_drop_.* too.
known()
{
	local name names

	mapfile -t names
	[ ${#names[@]} -gt 3 ] || return
	for name in "${names[@]}"; do
		grep -q "^$name{" "$work/collected/nat64.prom" || { echo "no metric $name"; return 1; }
	done
}
dashboard()
{
	jq -e "$@" ../userspace-tool/examples/grafana.json
}
run_case "the dashboard shows metrics that exist" eval '
	dashboard -r ".panels[].targets[].expr" | grep -o "nat64_[a-z0-9_]*\(\.\*\)\?" | known'
run_case "... no two panels in the same place" dashboard "[.panels[].gridPos | [.x, .y]] | length == (unique | length)"
run_case "the rules ask for metrics that exist" eval '
	grep "expr:" ../docs/monitoring.md | grep -o "nat64_[a-z0-9_]*" | known'

finish
