#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whoever has a namespace does not keep the others waiting: while root of a user namespace restores a
# great many mappings and changes pools and mappings of whole prefixes, others ask for their devices,
# and the kernel's other families answer as well.
#
# TENANT_MAPPINGS (100000) is how many.

. "$(dirname "$0")"/lib.sh

mappings=${TENANT_MAPPINGS:-100000}

[ "$(id -u)" -eq 0 ] || skip_all "must be run as root"
need unshare
load_modules
new_ns "$ROUTER"
nat64 -n "$ROUTER" dev add nat64 prefix $PREFIX || die "no device"

awk -v n="$mappings" 'BEGIN {
	print "dev add nat64 prefix 2001:db8:64::/96 pool 10.0.0.0/8"
	for (i = 1; i <= n; i++)
		printf "map add 2001:db8:9::%x:%x 10.%d.%d.%d\n", i / 65536, i % 65536,
		       i / 65536, i / 256 % 256, i % 256
}' >"$work/saved"

at_work()
{
	unshare -Urn bash -e -c '
		nat64 dev add nat64 prefix 2001:db8:64::/96 pool 10.0.0.0/8
		nat64 restore "$0"
		nat64 restore "$0"
		nat64 map add 2001:db8:a::/96 10.0.0.0/8
		nat64 map del 2001:db8:a::/96
		nat64 dev set nat64 pool 10.0.0.0/9
		nat64 map flush
		nat64 dev del nat64' "$work/saved"
}

# Asks in turn until it is told to stop, and no answer may take a tenth of that time.
cat >"$work/ask.py" <<'END'
import signal
import sys
import time
sys.path.insert(0, ".")
from genl import (CTRL_ATTR_FAMILY_NAME, CTRL_CMD_GETFAMILY, GENL_ID_CTRL, NLM_F_DUMP, Genl, attr)

ours, ctrl, stop = Genl(), Genl(), []
ctrl.family = GENL_ID_CTRL
signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
answers, begin = {"dev show": [], "nlctrl": []}, time.monotonic()
print("asking", file=sys.stderr)
while not stop:
    for name in answers:
        since = time.monotonic()
        if name == "nlctrl":
            ctrl.ask(CTRL_CMD_GETFAMILY, attr(CTRL_ATTR_FAMILY_NAME, "nlctrl"))
        else:
            ours.ask("NAT64_CMD_DEV_GET", flags=NLM_F_DUMP)
        answers[name].append(time.monotonic() - since)
        time.sleep(0.005)
whole = time.monotonic() - begin
wrong = 0
for name, times in answers.items():
    slow = sum(took for took in times if took > 0.05)
    print("%s: %d answers in %.1f s, the slowest took %d ms, %d %% of the time went by in those above 50 ms" %
          (name, len(times), whole, max(times) * 1000, slow * 100 / whole))
    # Whatever else the machine has to do.
    wrong += max(times) > whole / 10
sys.exit(bool(wrong))
END

others_are_served()
{
	local status

	ip netns exec "$ROUTER" python3 "$work/ask.py" >"$work/answers" 2>"$work/asking" &
	within 20 grep -q asking "$work/asking" || return
	at_work || { kill $!; return 1; }
	kill $!
	wait $!
	status=$?
	figures "$(<"$work/answers")"
	[ $status -eq 0 ]
}
run_case "one tenant's $mappings mappings and prefixes do not keep another waiting" others_are_served

finish
