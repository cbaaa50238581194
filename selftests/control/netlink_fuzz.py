# SPDX-License-Identifier: GPL-2.0
"""Sends NETLINK_FUZZ_REQUESTS (30000) random requests to the netlink family. The same NETLINK_FUZZ_SEED (64)
makes the same requests.

First it checks, for every command and every attribute, that nothing outside the policy is accepted.
Then it sends random requests as root, as an unprivileged user, and as root of a user namespace, in
a network namespace of another owner and in one of its own.
"""

import ctypes
import errno
import os
import random
import socket
import struct
import subprocess
import sys

from genl import NLM_F_ACK, NLM_F_DUMP, NUMBER, Genl, Namespace, Refused, attr, libc, nest
from packet import ip

ROUTER = os.environ["ROUTER"]
REQUESTS = int(os.environ.get("NETLINK_FUZZ_REQUESTS") or 30000)
SEED = int(os.environ.get("NETLINK_FUZZ_SEED") or 64)
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
NOBODY = 65534

DEVICE = {"IFINDEX", "IFNAME"}
CONFIG = {"PREFIXES", "POOLS", "TRANSLATABLE", "WKP_STRICT", "UDP_ZERO_CSUM", "TOS",
          "LOWEST_IPV6_MTU", "ICMP_SOURCE", "IDLE_TIMEOUT", "QUOTA", "HASH_KEY", "HOOK",
          "FAST", "FAST_REFRESH", "FAST_FLOWS", "FAST_DEVICES"}
POLICY = {
    "DEV_GET": DEVICE,
    "DEV_SET": DEVICE | CONFIG,
    "DEV_RESTORE": DEVICE | CONFIG | {"CHECK"},
    "MAP_GET": DEVICE | {"MAP_TYPE", "ADDR6", "ADDR4"},
    "MAP_ADD": DEVICE | {"MAPS"},
    "MAP_REPLACE": DEVICE | {"MAPS"},
    "MAP_DEL": DEVICE | {"MAPS"},
    "MAP_STAGE": DEVICE | {"MAPS"},
    "MAP_FLUSH": DEVICE | {"MAP_TYPE"},
    "ROUTE_GET": DEVICE | {"SRC", "DST", "HAIRPIN"},
    "STATS_GET": DEVICE,
    "STATS_RESET": DEVICE,
    "FLOW_GET": DEVICE,
    "FLOW_FLUSH": DEVICE | {"ADDR6", "ADDR4"},
}
DUMPS = {"DEV_GET", "MAP_GET", "STATS_GET", "FLOW_GET"}
DUMPS_ONLY = {"FLOW_GET"}
FOR_ALL = {"DEV_GET", "STATS_GET"}
SIZE = {"IFINDEX": 4, "WKP_STRICT": 1, "UDP_ZERO_CSUM": 1, "TOS": 1, "LOWEST_IPV6_MTU": 4,
        "ICMP_SOURCE": 4, "IDLE_TIMEOUT": 4, "QUOTA": 4, "HASH_KEY": 16, "MAP_TYPE": 1, "ADDR6": 16,
        "ADDR4": 4, "CHECK": 0, "HAIRPIN": 0, "FAST": 4, "FAST_REFRESH": 4, "FAST_FLOWS": 4}
NESTED = {
    "PREFIXES": {"PREFIX_A_ADDR6": 16, "PREFIX_A_ADDR4": 4, "PREFIX_A_LEN": 1},
    "MAPS": {"MAP_A_ADDR6": 16, "MAP_A_LEN6": 1, "MAP_A_ADDR4": 4, "MAP_A_LEN4": 1,
             "MAP_A_TYPE": 1, "MAP_A_IDLE": 4},
}
NESTED["POOLS"] = NESTED["TRANSLATABLE"] = NESTED["PREFIXES"]
NESTED["SRC"] = NESTED["DST"] = {"END_A_ADDR6": 16, "END_A_ADDR4": 4}
NESTED["HOOK"] = NESTED["FAST_DEVICES"] = {"HOOK_A_ANY": 0, "HOOK_A_DEVICE": 4}
ATTRS = {name[len("NAT64_A_"):]: number for name, number in NUMBER.items()
         if name.startswith("NAT64_A_")}
BY_NUMBER = {number: name for name, number in ATTRS.items()}
DEV = attr("NAT64_A_IFNAME", "nat64")
failed = 0


def report(name, wrong):
    global failed
    print("%s - %s" % ("not ok" if wrong else "ok", name), flush=True)
    for line in wrong or ():
        print("# " + line)
    failed += bool(wrong)


def taken(genl, what, command, flags, *attrs):
    """Says why a request that must be refused was not, as a list."""
    try:
        genl.ask("NAT64_CMD_" + command, *attrs, flags=flags)
        return ["%s %s: accepted" % (command, what)]
    except Refused as error:
        if error.errno in (errno.EINVAL, errno.ERANGE):
            return []
        return ["%s %s: %s" % (command, what, error)]


def wrong_sizes(name):
    if name == "IFNAME":
        return [b"", b"x" * 16]
    size = SIZE[name]
    return [bytes([1] * wrong) for wrong in (size - 1, size + 1, size + 4) if wrong >= 0]


def nested(name, *entries):
    """An end of a packet is a single entry, a hook a list of attributes; the others are lists of entries."""
    if name not in ("SRC", "DST", "HOOK", "FAST_DEVICES"):
        entries = [nest(1, entry) for entry in entries]
    return nest("NAT64_A_" + name, *entries)


def in_lists(genl, command, flags):
    wrong = []
    for name in POLICY[command] & NESTED.keys():
        inner = NESTED[name]
        prefix = "NAT64_" + next(iter(inner)).split("_A_", maxsplit=1)[0] + "_A_"
        numbers = {NUMBER["NAT64_" + key] for key in inner}
        wrong += taken(genl, name + " without the flag for nested", command, flags, DEV,
                       attr("NAT64_A_" + name, nest(1)))
        wrong += taken(genl, name + " with a stump", command, flags, DEV,
                       nest("NAT64_A_" + name, b"\1\0"))
        wrong += taken(genl, name + " longer than it is", command, flags, DEV,
                       nest("NAT64_A_" + name, struct.pack("=HH", 60, 0x8001)))
        for number in range(1, 12):
            if number not in numbers:
                wrong += taken(genl, "%s with %s%d" % (name, prefix, number), command, flags, DEV,
                               nested(name, attr(number, b"\0\0\0\0")))
        for key, size in inner.items():
            for bad in {max(size - 1, 1), size + 1}:
                wrong += taken(genl, "%s with %s of %d bytes" % (name, key, bad), command, flags,
                               DEV, nested(name, attr("NAT64_" + key, bytes(bad))))
    return wrong


def strict(genl, command, flags):
    wrong = []
    for number in list(range(max(ATTRS.values()) + 3)) + [1000, 0x3FFF]:
        name = BY_NUMBER.get(number)
        if name not in POLICY[command]:
            for value in (b"", b"\0", b"\0\0\0\0", bytes(16)):
                wrong += taken(genl, "attribute %d of %d bytes" % (number, len(value)), command,
                               flags, DEV, attr(number, value))
        elif name not in NESTED:
            for value in wrong_sizes(name):
                wrong += taken(genl, "%s of %d bytes" % (name, len(value)), command, flags, DEV,
                               attr(number, value))
    wrong += taken(genl, "bytes behind", command, flags, DEV, b"\1\2\3\4\5\6\7\0")
    return wrong + in_lists(genl, command, flags)


class Generator:
    """Random requests, right in parts."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def octets(self, size):
        return self.random.randbytes(size)

    def size(self, size):
        return size if self.random.random() < 0.95 else self.random.randrange(40)

    def addr6(self):
        return self.random.choice((ip("2001:db8:9::%x" % self.random.randrange(40)), self.octets(16),
                                   ip("2001:db8:%x::" % self.random.randrange(40)), bytes(16),
                                   ip("64:ff9b::")))

    def addr4(self):
        return self.random.choice((ip("10.9.0.%d" % self.random.randrange(40)), self.octets(4),
                                   ip("10.9.%d.0" % self.random.randrange(40)), bytes(4)))

    def value(self, key, size):
        if self.random.random() < 0.05:
            return self.octets(self.size(size))
        if key == "HOOK_A_DEVICE":
            return self.random.choice((b"lan\0", b"d%d\0" % self.random.randrange(20), b"", self.octets(15) + b"\0"))
        if "ADDR6" in key:
            return self.addr6()
        if "ADDR4" in key or key == "ICMP_SOURCE":
            return self.addr4()
        if "LEN" in key:
            return bytes([self.random.choice((24, 26, 32, 96, 120, 128, self.random.randrange(256)))])
        if size == 1:
            return bytes([self.random.randrange(4)])
        if size == 4:
            return struct.pack("=I", self.random.choice((0, 1, 77, 1280, 1500, 65535, 0xFFFFFFFF)))
        return self.octets(size)

    def list(self, name):
        inner = NESTED[name]
        entries = []
        for _ in range(self.random.choice((0, 1, 1, 1, 2, 3, 70))):
            keys = [key for key in inner if self.random.random() < 0.8]
            entry = b"".join(attr("NAT64_" + key, self.value(key, inner[key])) for key in keys)
            depth = self.random.choice((0,) * 20 + (1, 2, 30))
            for _ in range(depth):
                entry = nest(self.random.randrange(8), entry)
            entries.append(entry)
        return nested(name, *entries)

    def attribute(self, name):
        if name in NESTED:
            return self.list(name)
        if name == "IFNAME":
            return attr(ATTRS[name], self.random.choice((b"nat64\0", b"lo\0", b"", self.octets(12))))
        if name == "IFINDEX":
            return attr(ATTRS[name], self.random.choice((0, 1, 2, 3, 0xFFFFFFFF)))
        return attr(ATTRS[name], self.value(name, SIZE[name]))

    def request(self, family):
        """A datagram, and whether its request needs privileges."""
        command = self.random.choice(list(POLICY))
        body = DEV if self.random.random() < 0.9 else b""
        for name in sorted(POLICY[command]):
            if self.random.random() < (0.5 if name not in DEVICE else 0.05):
                body += self.attribute(name)
        if self.random.random() < 0.1:
            body += attr(self.random.randrange(48) | self.random.choice((0, 0x8000, 0x4000)),
                         self.octets(self.random.randrange(20)))
        number = NUMBER["NAT64_CMD_" + command]
        if self.random.random() < 0.02:
            number = self.random.randrange(256)
        flags = 1 | NLM_F_ACK
        if self.random.random() < 0.1:
            flags = 1 | NLM_F_DUMP
        if self.random.random() < 0.03:
            flags = self.random.randrange(65536)
        if self.random.random() < 0.1:
            body = self.damaged(body)
        size = 20 + len(body)
        if self.random.random() < 0.02:
            size = self.random.randrange(2 * size)
        return struct.pack("=IHHIIBBH", size, family, flags, 1, 0, number, 1, 0) + body

    def damaged(self, body):
        if not body:
            return body
        kind, place = self.random.randrange(3), self.random.randrange(len(body))
        if kind == 0:
            return body[:place]
        if kind == 1:
            return body[:place] + self.octets(1) + body[place + 1:]
        return body[:place] + self.octets(4) + body[place:]


def hear(sock):
    """How many of the requests answered so far were done."""
    done = 0
    while True:
        try:
            data = sock.recv(1 << 17, socket.MSG_DONTWAIT)
        except OSError as error:
            if error.errno == errno.ENOBUFS:
                continue
            return done
        while len(data) >= 20:
            size, kind = struct.unpack("=IH", data[:6])
            if kind == 2 and struct.unpack("=i", data[16:20])[0] == 0:
                done += 1
            data = data[max(size, 16) + 3 & ~3:]


def fuzz(seed, requests):
    """Sends so many requests. Returns how many were done."""
    generator = Generator(seed)
    count = done = 0
    while count < requests:
        genl = Genl()
        for _ in range(generator.random.randrange(1, 200)):
            datagram = generator.request(genl.family)
            if generator.random.random() < 0.05:
                datagram += generator.request(genl.family)
            try:
                genl.sock.send(datagram, socket.MSG_DONTWAIT)
            except OSError:
                pass
            count += 1
            # Do not always read to the end: a dump may be left behind with its socket.
            if generator.random.random() < 0.9:
                done += hear(genl.sock)
            if count == requests:
                break
        genl.sock.close()
    return done


def unshare(flags):
    """Become root of a new user namespace."""
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER | flags):
        raise OSError(ctypes.get_errno(), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", "0 %d 1" % uid), ("gid_map", "0 %d 1" % gid)):
        with open("/proc/self/" + name, "w") as file:
            file.write(text)


def as_root():
    pass


def as_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def as_guest():
    as_nobody()
    # A process that has changed its user may not write its own maps.
    libc.prctl(4, 1, 0, 0, 0)
    unshare(0)


def as_owner():
    as_nobody()
    libc.prctl(4, 1, 0, 0, 0)
    unshare(CLONE_NEWNET)
    subprocess.run(["nat64", "dev", "add", "nat64", "prefix", "2001:db8:64::/96", "pool", "10.9.0.0/24"],
                   check=True)


def child(become, seed, requests):
    """Runs the fuzzer in a separate process. Returns its output: how many were done, or what went wrong."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.close(reader)
            namespace = Namespace(ROUTER)
            namespace.__enter__()
            become()
            said = str(fuzz(seed, requests))
        except BaseException as error:
            said = "failed: %r" % error
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as file:
        said = file.read()
    os.waitpid(pid, 0)
    return said


def state():
    """What only root may change."""
    genl = Genl(ROUTER)
    config = genl.ask("NAT64_CMD_DEV_GET", DEV)[0]
    config.pop(NUMBER["NAT64_A_DYNAMIC_COUNT"])
    config.pop(NUMBER["NAT64_A_FLOW_COUNT"])
    return config, genl.ask("NAT64_CMD_MAP_GET", DEV, attr("NAT64_A_MAP_TYPE", b"\1"), flags=NLM_F_DUMP)


def main():
    genl = Genl(ROUTER)
    known = {name[len("NAT64_CMD_"):] for name in NUMBER if name.startswith("NAT64_CMD_")}
    report("every command of the header is here", sorted(known - {"UNSPEC"} ^ set(POLICY)))
    for command in POLICY:
        if command not in DUMPS_ONLY:
            report("%s: nothing but what the policy has" % command, strict(genl, command, NLM_F_ACK))
        if command in DUMPS:
            report("%s, dump: nothing but what the policy has" % command,
                   strict(genl, command, NLM_F_DUMP))

    print("# seed %d" % SEED)
    before = state()
    for name, become, share in (("an unprivileged user", as_nobody, 0.2),
                                ("root of a user namespace, device of another", as_guest, 0.2)):
        said = child(become, SEED, round(REQUESTS * share))
        print("# %s: %s requests done" % (name, said))
        wrong = [] if said.isdigit() else [said]
        if state() != before:
            wrong.append("it has changed something")
        report("random requests by %s change nothing" % name, wrong)
    for name, become, share in (("root of a user namespace, device of its own", as_owner, 0.2),
                                ("root", as_root, 0.4)):
        said = child(become, SEED + 1, round(REQUESTS * share))
        print("# %s: %s requests done" % (name, said))
        good = said.isdigit() and int(said)
        report("random requests by %s, some of them good" % name, None if good else [said])
    print("# done: netlink_fuzz")
    sys.exit(bool(failed))


main()
