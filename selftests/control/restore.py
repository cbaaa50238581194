# SPDX-License-Identifier: GPL-2.0
"""Staged changes through netlink, and dumps of a table that changes meanwhile."""

import errno
import os
import socket
import struct
import sys
import threading

from genl import (NETLINK_EXT_ACK, NETLINK_GENERIC, NLM_F_DUMP, NUMBER, SOL_NETLINK, Genl, Namespace,
                  Refused, attr, attributes, nest)
from packet import ip

ROUTER = os.environ["ROUTER"]
DEV = attr("NAT64_A_IFNAME", "nat64")
STAGE, RESTORE = "NAT64_CMD_MAP_STAGE", "NAT64_CMD_DEV_RESTORE"
failed = 0
genl = Genl(ROUTER)


def report(name, wrong):
    global failed
    print("%s - %s" % ("not ok" if wrong else "ok", name))
    if wrong:
        print("# " + wrong)
    failed += bool(wrong)


def mapping(addr6, addr4, *more):
    return nest(1, attr("NAT64_MAP_A_ADDR6", ip(addr6)) + attr("NAT64_MAP_A_ADDR4", ip(addr4)) +
                b"".join(more))


def maps(*numbers, net=0):
    return nest("NAT64_A_MAPS", *(mapping("2001:db8:%x::%x" % (net, n),
                                          "10.%d.%d.%d" % (net, n >> 8, n & 255)) for n in numbers))


def dump():
    """The IPv6 addresses that are shown."""
    found = set()
    for message in genl.ask("NAT64_CMD_MAP_GET", DEV, flags=NLM_F_DUMP):
        data = message[NUMBER["NAT64_A_MAPS"]]
        while data:
            size = struct.unpack("=H", data[:2])[0]
            found.add(attributes(data[4:size])[NUMBER["NAT64_MAP_A_ADDR6"]])
            data = data[size + 3 & ~3:]
    return found


def shown(*numbers, net=0):
    want = {ip("2001:db8:%x::%x" % (net, n)) for n in numbers}
    have = dump()
    return None if have == want else "%d mappings instead of %d" % (len(have), len(want))


def refused(name, number, words, *request):
    try:
        genl.ask(*request)
        wrong = "accepted"
    except Refused as error:
        wrong = None if error.errno == number and words in error.words else str(error)
    report(name, wrong)


genl.ask(RESTORE, DEV)
genl.ask(STAGE, DEV, maps(1, 2))
report("what is staged is not in force", shown())
genl.ask(RESTORE, DEV, attr("NAT64_A_CHECK", b""))
report("... nor after a check", shown())
genl.ask(RESTORE, DEV)
report("... but after the restore", shown(1, 2))
genl.ask(RESTORE, DEV)
report("a restore with nothing staged leaves nothing", shown())

other = Genl(ROUTER)
other.ask(STAGE, DEV, maps(1, 2, 3))
genl.ask(STAGE, DEV, maps(7))
genl.ask(RESTORE, DEV)
report("each socket has its own stage", shown(7))
port = other.sock.getsockname()
other.sock.close()
with Namespace(ROUTER):
    other.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
other.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
other.sock.bind(port)
other.ask(RESTORE, DEV)
report("a stage goes with its socket: the next one of that port has none", shown())

refused("a mapping staged twice", errno.EEXIST, "mapping exists already", STAGE, DEV, maps(1, 1))
refused("a dynamic mapping is not staged", errno.EINVAL, "only static mappings can be staged", STAGE, DEV,
        nest("NAT64_A_MAPS", mapping("2001:db8::9", "10.0.0.9", attr("NAT64_MAP_A_TYPE", b"\2"))))
refused("nothing to stage", errno.EINVAL, "no mappings named", STAGE, DEV)
refused("staged for a device that is not there", errno.ENODEV, "no such device", STAGE,
        attr("NAT64_A_IFNAME", "nowhere"), maps(1))
genl.ask(RESTORE, DEV)
refused("a restore with a bad prefix", errno.EINVAL, "prefix length is not", RESTORE, DEV,
        nest("NAT64_A_PREFIXES", nest(1, attr("NAT64_PREFIX_A_ADDR6", ip("2001:db8::")) +
                                      attr("NAT64_PREFIX_A_LEN", b"\x21"))))
genl.ask(RESTORE, DEV)

# Mappings that stay are in every dump, whatever comes and goes.
STAYING = range(1, 2001)
for first in range(1, 2001, 500):
    genl.ask("NAT64_CMD_MAP_ADD", DEV, maps(*range(first, first + 500)))
staying = {ip("2001:db8:0::%x" % n) for n in STAYING}
stop = threading.Event()


def churn():
    mine = Genl(ROUTER)
    while not stop.is_set():
        mine.ask("NAT64_CMD_MAP_ADD", DEV, maps(*range(1, 801), net=1))
        mine.ask("NAT64_CMD_MAP_DEL", DEV, maps(*range(1, 801), net=1))


thread = threading.Thread(target=churn)
thread.start()
lost = [len(staying - dump()) for _ in range(60)]
stop.set()
thread.join()
report("a mapping that stays is in each of 60 dumps while others come and go",
       "%d of the dumps lack some: %s" % (sum(map(bool, lost)), lost) if any(lost) else None)
genl.ask("NAT64_CMD_MAP_FLUSH", DEV)
print("# done: restore")
sys.exit(bool(failed))
