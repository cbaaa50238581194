# SPDX-License-Identifier: GPL-2.0
"""Lets every allocation of every request fail once: first the first one, then the second one ...
(fail-nth of the kernel's fault injection). A refused request must have changed nothing."""

import errno
import os
import struct
import socket
import sys

from genl import NLM_F_ACK, NLM_F_DUMP, NUMBER, Genl, Namespace, Refused, attr, nest
from packet import ip

ROUTER = os.environ["ROUTER"]
DEBUGFS = "/sys/kernel/debug/"
SITES_MAX = 3000
RTM_NEWLINK, RTM_DELLINK = 16, 17
NLM_F_CREATE_EXCL = 0x600
IFLA_IFNAME, IFLA_LINKINFO, IFLA_INFO_KIND = 3, 18, 1
DEV = attr("NAT64_A_IFNAME", "nat64")
failed = 0


def report(name, wrong):
    global failed
    print("%s - %s" % ("not ok" if wrong else "ok", name), flush=True)
    if wrong:
        print("# " + wrong)
    failed += bool(wrong)


class FailNth:
    """Makes one allocation fail in this thread's next actions."""

    def __init__(self):
        self.fd = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def arm(self, number):
        os.pwrite(self.fd, b"%d" % number, 0)

    def disarm(self):
        """Whether it did fail."""
        left = int(os.pread(self.fd, 20, 0))
        os.pwrite(self.fd, b"0", 0)
        return not left


def prepare():
    """Lets allocations that may wait fail as well, but no single pages, which processes would miss. Keeps
    the log quiet about it."""
    for kind, options in (("failslab", {}), ("fail_page_alloc", {"min-order": 1})):
        options |= {"probability": 0, "verbose": 0, "ignore-gfp-wait": "N"}
        for name, value in options.items():
            with open(DEBUGFS + kind + "/" + name, "w") as file:
                file.write(str(value))


class Link:
    """rtnetlink: a device is made and deleted."""

    def __init__(self):
        with Namespace(ROUTER):
            self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)

    def ask(self, kind, flags, *attrs):
        body = bytes(16) + b"".join(attrs)
        self.sock.send(struct.pack("=IHHII", 16 + len(body), kind, 1 | NLM_F_ACK | flags, 0, 0) + body)
        return -struct.unpack("=i", self.sock.recv(65536)[16:20])[0]

    def add(self, name):
        return self.ask(RTM_NEWLINK, NLM_F_CREATE_EXCL, attr(IFLA_IFNAME, name),
                        nest(IFLA_LINKINFO, attr(IFLA_INFO_KIND, "nat64")))

    def delete(self, name):
        return self.ask(RTM_DELLINK, 0, attr(IFLA_IFNAME, name))


genl, link, fail = Genl(ROUTER), Link(), FailNth()


def prefix6(addr, length):
    return nest(1, attr("NAT64_PREFIX_A_ADDR6", ip(addr)) + attr("NAT64_PREFIX_A_LEN", bytes([length])))


def prefix4(addr, length):
    return nest(1, attr("NAT64_PREFIX_A_ADDR4", ip(addr)) + attr("NAT64_PREFIX_A_LEN", bytes([length])))


def mapping(number, extra=0):
    return nest(1, attr("NAT64_MAP_A_ADDR6", ip("2001:db8:9::%x" % number)) +
                attr("NAT64_MAP_A_ADDR4", ip("10.9.%d.%d" % (number + extra >> 8, number + extra & 255))))


def maps(first, count, extra=0):
    return nest("NAT64_A_MAPS", *(mapping(first + number, extra) for number in range(count)))


def entries(data):
    """Yields the entries of an array of attributes."""
    while len(data) >= 4:
        size = struct.unpack("=H", data[:2])[0]
        yield data[4:size]
        data = data[size + 3 & ~3:]


def state():
    """The configuration, and the static mappings, which come in the order of the table."""
    config = genl.ask("NAT64_CMD_DEV_GET", DEV)[0]
    config.pop(NUMBER["NAT64_A_DYNAMIC_COUNT"])
    config.pop(NUMBER["NAT64_A_FLOW_COUNT"])
    messages = genl.ask("NAT64_CMD_MAP_GET", DEV, attr("NAT64_A_MAP_TYPE", b"\1"), flags=NLM_F_DUMP)
    maps_of = (message.get(NUMBER["NAT64_A_MAPS"], b"") for message in messages)
    return config, sorted(entry for data in maps_of for entry in entries(data))


def request(command, *attrs, flags=NLM_F_ACK):
    """0, ENOMEM, ... as the kernel answers; ENOBUFS where there was no memory for the answer."""
    try:
        genl.ask("NAT64_CMD_" + command, DEV, *attrs, flags=flags)
        return 0
    except Refused as error:
        return error.errno
    except OSError as error:
        return error.errno


def quiet(function, *arguments):
    try:
        return function(*arguments)
    except OSError as error:
        return error.errno


def difference(before, now):
    config = {name: (before[0].get(name), now[0].get(name)) for name in before[0].keys() | now[0].keys()
              if before[0].get(name) != now[0].get(name)}
    return "%s; %d mappings, now %d" % (config, len(before[1]), len(now[1]))


def every_site(name, action, undo=lambda: None, atomic=True, also=None):
    """Repeats a request until no allocation fails any more. If a request promises so (atomic), it must
    not have changed anything when refused. also: another errno that the kernel may answer with."""
    undo()
    before = state()
    refused = 0
    for number in range(1, SITES_MAX):
        fail.arm(number)
        result = action()
        if not fail.disarm():
            break
        if result:
            refused += 1
            if result not in (errno.ENOMEM, errno.ENOBUFS, also):
                report(name, "site %d: %s" % (number, os.strerror(result)))
                return
            if atomic and result == errno.ENOMEM and (now := state()) != before:
                report(name, "site %d: refused, but not as before: %s" % (number, difference(before, now)))
                return
        undo()
    else:
        report(name, "more than %d sites" % SITES_MAX)
        return
    wrong = None
    if result:
        wrong = "without a failure: " + os.strerror(result)
    undo()
    report("%s: %d sites failed, %d of them for the request" % (name, number - 1, refused), wrong)


PLAIN = (nest("NAT64_A_PREFIXES", prefix6("2001:db8:64::", 96)),
         nest("NAT64_A_POOLS", prefix4("198.51.100.0", 24)), attr("NAT64_A_QUOTA", 0))
CONFIG = (nest("NAT64_A_PREFIXES", prefix6("2001:db8:64::", 96), prefix6("64:ff9b::", 96)),
          nest("NAT64_A_POOLS", prefix4("198.51.100.0", 24), prefix4("10.128.0.0", 12)),
          attr("NAT64_A_QUOTA", 77))
FAST = (attr("NAT64_A_FAST", 2), attr("NAT64_A_FAST_FLOWS", 256),
        nest("NAT64_A_FAST_DEVICES", attr("NAT64_HOOK_A_DEVICE", b"r6\0"),
             attr("NAT64_HOOK_A_DEVICE", b"r4\0")))
SLOW = (attr("NAT64_A_FAST", 0), attr("NAT64_A_FAST_FLOWS", 65536), nest("NAT64_A_FAST_DEVICES"))


def main():
    prepare()
    every_site("a device is made", lambda: quiet(link.add, "faulty"),
               lambda: quiet(link.delete, "faulty"),
               also=errno.EINVAL)  # device_add() finds no name where there was no memory for one
    link.add("faulty")
    every_site("a device is deleted", lambda: quiet(link.delete, "faulty"),
               lambda: quiet(link.add, "faulty"))
    link.delete("faulty")
    every_site("DEV_SET", lambda: request("DEV_SET", *CONFIG), lambda: request("DEV_SET", *PLAIN))
    every_site("DEV_SET that turns the fast path on", lambda: request("DEV_SET", *FAST),
               lambda: request("DEV_SET", *SLOW))
    request("DEV_SET", *FAST)
    every_site("FLOW_GET, dump", lambda: request("FLOW_GET", flags=NLM_F_DUMP), renew)
    every_site("FLOW_FLUSH", lambda: request("FLOW_FLUSH"))
    request("DEV_SET", *SLOW)
    every_site("MAP_ADD of 30", lambda: request("MAP_ADD", maps(1, 30)),
               lambda: request("MAP_FLUSH", attr("NAT64_A_MAP_TYPE", b"\1")))
    request("MAP_ADD", maps(1, 20))
    every_site("MAP_ADD of a dynamic one",
               lambda: request("MAP_ADD", nest("NAT64_A_MAPS", nest(
                   1, attr("NAT64_MAP_A_ADDR6", ip("2001:db8:7::1")) +
                   attr("NAT64_MAP_A_ADDR4", ip("198.51.100.9")) +
                   attr("NAT64_MAP_A_TYPE", b"\2")))),
               lambda: request("MAP_FLUSH", attr("NAT64_A_MAP_TYPE", b"\2")))
    every_site("MAP_REPLACE of 20", lambda: request("MAP_REPLACE", maps(1, 20, 100)),
               lambda: request("MAP_REPLACE", maps(1, 20)), atomic=False)
    every_site("MAP_REPLACE of one", lambda: request("MAP_REPLACE", maps(1, 1, 200)),
               lambda: request("MAP_REPLACE", maps(1, 1)))
    every_site("MAP_DEL", lambda: request("MAP_DEL", maps(1, 1)), lambda: request("MAP_ADD", maps(1, 1)))
    every_site("MAP_FLUSH", lambda: request("MAP_FLUSH"), lambda: request("MAP_ADD", maps(1, 20)))
    request("MAP_ADD", maps(1, 20))
    every_site("MAP_STAGE of 30 and DEV_RESTORE",
               lambda: request("MAP_STAGE", maps(1000, 30)) or request("DEV_RESTORE", *CONFIG),
               restart)
    for command in ("DEV_GET", "STATS_GET", "STATS_RESET"):
        every_site(command, lambda command=command: request(command))
    for command in ("DEV_GET", "STATS_GET", "MAP_GET"):
        every_site(command + ", dump", lambda command=command: request(command, flags=NLM_F_DUMP),
                   renew)
    every_site("ROUTE_GET", lambda: request("ROUTE_GET", end("SRC", "2001:db8:7::1"),
                                            end("DST", "2001:db8:64::c000:201")))
    print("# done: faults")
    sys.exit(bool(failed))


def end(name, addr):
    return nest("NAT64_A_" + name, attr("NAT64_END_A_ADDR6", ip(addr)))


def renew():
    """Takes a new socket. The rest of a dump and staged mappings go with the old one."""
    global genl
    genl.sock.close()
    genl = Genl(ROUTER)


def restart():
    """As before the restoring."""
    renew()
    request("DEV_RESTORE", *PLAIN)
    request("MAP_ADD", maps(1, 20))


main()
