# SPDX-License-Identifier: GPL-2.0
"""Compares what the kernel says about a packet with what happens to it. Every case first asks, then
sends the packet, and compares. The rules and routes of this test lead everything into the device,
even packets that it has just translated."""

import socket
import struct
import subprocess

from genl import NUMBER, STATS, Genl, attr, attributes, nest
from packet import IPv4, IPv6, embed, ip, udp
from wire import Tester

t = Tester()
genl = Genl(t.router)
DEV = attr("NAT64_A_IFNAME", "nat64")
VIA = {NUMBER[name]: name[len("NAT64_VIA_"):].lower() for name in NUMBER if name.startswith("NAT64_VIA_")}
WKP = "64:ff9b::/96"


def text(addr):
    return socket.inet_ntop(socket.AF_INET6 if len(addr) == 16 else socket.AF_INET, addr)


def end(name, addr):
    return nest(name, attr("NAT64_END_A_ADDR6" if len(addr) == 16 else "NAT64_END_A_ADDR4", addr))


def ask(src, dst, *extra):
    """The answer, and those about source and destination."""
    answer = genl.ask("NAT64_CMD_ROUTE_GET", DEV, end("NAT64_A_SRC", src), end("NAT64_A_DST", dst), *extra)[0]
    return [answer] + [attributes(answer[NUMBER[name]]) for name in ("NAT64_A_SRC", "NAT64_A_DST")]


def via(one):
    data = one.get(NUMBER["NAT64_END_A_VIA"])
    return VIA[data[0]] if data else None


class Answer:
    """What becomes of a packet: the addresses that come out, or the reason and the ICMP error. vias:
    by which entries, all the way."""

    def __init__(self, src, dst, *extra):
        answer, source, destination = ask(src, dst, *extra)
        other = NUMBER["NAT64_END_A_ADDR4" if len(src) == 16 else "NAT64_END_A_ADDR6"]
        reason = answer.get(NUMBER["NAT64_A_REASON"])
        self.covered = NUMBER["NAT64_A_NOT_COVERED"] not in answer
        self.reason = STATS[struct.unpack("=I", reason)[0]] if reason else None
        self.back = False
        self.icmp = None
        if NUMBER["NAT64_A_ICMP_TYPE"] in answer:
            self.icmp = answer[NUMBER["NAT64_A_ICMP_TYPE"]][0], answer[NUMBER["NAT64_A_ICMP_CODE"]][0]
        self.vias = [via(source), via(destination)]
        self.map = source.get(NUMBER["NAT64_END_A_MAP"])
        self.out = None
        if self.covered and not self.reason:
            self.out = source[other], destination[other]
            if len(src) == 16:
                self.turn()

    def turn(self):
        """A hairpin: the IPv4 packet that comes out is for the device again."""
        back = Answer(*self.out, attr("NAT64_A_HAIRPIN", b""))
        if back.covered:
            back.back, back.vias = True, self.vias + back.vias
            self.__dict__ = back.__dict__


def really(src, dst):
    """Sends that packet. Returns the drop counters that moved, and what came out, as (side, packet)."""
    before = t.counters.read()
    data = udp(1000, 2000, b"explained")
    six = len(src) == 16
    packet = IPv6(src=src, dst=dst, payload=data) if six else IPv4(src=src, dst=dst, payload=data)
    side = "client" if six else "server"
    t.ports[side].send(packet.bytes())
    came, arrived = t.finish(side, 6 if six else 4)
    after = t.counters.read()
    drops = {name: after[name] - before[name] for name in after
             if name.startswith("drop_") and after[name] != before[name]}
    return drops, [(side, got) for side in came for _, got in came[side]], arrived


def ends(got):
    return (got[8:24], got[24:40]) if got[0] >> 4 == 6 else (got[12:16], got[16:20])


def icmp(got):
    """Type and code of an ICMP error."""
    at = 40 if got[0] >> 4 == 6 else (got[0] & 15) * 4
    return got[at], got[at + 1]


def wrong(answer, src, drops, came):
    """Says how the answer differs from what has come."""
    if answer.out:
        if drops or [ends(got) for _, got in came] != [answer.out]:
            return "said to become %s" % " > ".join(map(text, answer.out))
    elif not answer.covered:
        if drops != (NOT_COVERED[len(src)] if t.door == "route" else {}):
            return "said to be not covered"
    elif t.door == "route" and src[:12] == embed(WKP, "0.0.0.0")[:12]:
        # The ICMP error is routed into the device, too, where its destination is barred.
        if drops != {answer.reason: 2} or came:
            return "said to be dropped as " + answer.reason
    elif drops != {answer.reason: 1}:
        return "said to be dropped as " + answer.reason
    elif answer.back:
        pass	# the error goes to the device's own host, and is translated on its way
    elif [icmp(got) for _, got in came] != ([answer.icmp] if answer.icmp else []):
        return "said to be answered with ICMP %s" % (answer.icmp,)
    elif answer.icmp and ends(came[0][1])[1] != src:
        return "the error is for another"
    return None


def case(name, src, dst, vias=None, reason=None):
    """vias, reason: the expected answer, if only one is possible."""
    src, dst = (embed(*one) if isinstance(one, tuple) else ip(one) if isinstance(one, str) else one
                for one in (src, dst))
    quiet = t.counters.read()
    answer = Answer(src, dst)
    asked = t.counters.read()
    drops, came, arrived = really(src, dst)
    out = []
    difference = wrong(answer, src, drops, came)
    if difference:
        out.append(difference + "; counters %s, packets %s" %
                   (drops, [(side, *map(text, ends(got))) for side, got in came]))
    if not arrived:
        out.append("the marker behind the packet did not arrive")
    if quiet != asked:
        out.append("the question moved counters")
    if vias is not None and answer.vias != vias:
        out.append("by %s instead of %s" % (answer.vias, vias))
    if answer.reason != reason:
        out.append("reason %s instead of %s" % (answer.reason, reason))
    t.report("the answer and the packet agree: %s, %s > %s" % (name, text(src), text(dst)), out)
    return answer


def nobody():
    """An address of the pool that no host has at present."""
    mapped = subprocess.run(("nat64", "-n", t.router, "map", "show", "dev", "nat64"), check=True, text=True,
                            stdout=subprocess.PIPE).stdout.split()
    return next(one for one in map("198.51.100.%d".__mod__, range(250, 128, -1)) if one not in mapped)


def mapping(addr6):
    """IPv4 address and idle seconds."""
    answer = genl.ask("NAT64_CMD_MAP_GET", DEV, attr("NAT64_A_ADDR6", ip(addr6)))[0]
    one = attributes(attributes(answer[NUMBER["NAT64_A_MAPS"]])[1])
    return one[NUMBER["NAT64_MAP_A_ADDR4"]], struct.unpack("=I", one[NUMBER["NAT64_MAP_A_IDLE"]])[0]


S6 = t.S6
PREFIX = t.PREFIX
NOT_COVERED = {16: {"drop_not_covered6": 1}, 4: {"drop_no_mapping4": 1}}

# --- from IPv6

for source, by in ((t.C6, "map"), ("2001:db8:5::7", "map"), ((PREFIX, "10.6.0.9"), "prefix"),
                   ("2001:db8:6::a1", "pool"), ("2001:db8:6::a1", "map")):
    case("to an IPv4 host", source, S6, [by, "prefix"])
    case("to one in the well-known prefix", source, (WKP, "8.8.8.8"), [by.replace("pool", "map"), "prefix"])
    case("to nowhere", source, "2001:db8:77::1")
case("to loopback", t.C6, (PREFIX, "127.0.0.1"), reason="drop_dst4")
case("to a private host in the well-known prefix", t.C6, (WKP, "10.0.0.1"), reason="drop_wkp_strict")
case("from a private host in the well-known prefix", (WKP, "10.6.0.1"), S6, reason="drop_wkp_strict")
case("from a forged source", (PREFIX, "8.8.8.8"), S6, reason="drop_forged6")

# --- hairpins

case("from a host to another", t.C6, (PREFIX, "192.0.2.9"), ["map", "prefix", "prefix", "map"])
if t.door == "target":	# routes would take these into the device once more, or past it
    case("to a translatable host", t.C6, (PREFIX, "10.6.0.9"), ["map", "prefix", "prefix", "translatable"])
    case("by their IPv6 addresses", t.C6, "2001:db8:5::9", ["map", "map", "prefix", "map"])
case("to nobody in the pool", t.C6, (PREFIX, nobody()), reason="drop_no_mapping4")
case("from a new host to another", "2001:db8:6::a2", (PREFIX, "192.0.2.9"), ["pool", "prefix", "prefix", "map"])

# --- from IPv4

for source in (t.S4, "100.100.0.77", "192.0.2.77"):
    case("to a host", source, t.C4)
    case("to one of a block", source, "192.0.2.8")
    case("to a translatable host", source, "10.6.0.9")
case("to nobody in the pool", t.S4, nobody(), reason="drop_no_mapping4")
case("to nowhere", t.S4, "198.18.7.7")
case("to a dynamic mapping", t.S4, mapping("2001:db8:6::a1")[0], ["prefix", "map"])

# --- what a new host would get

t.nat64("dev set nat64 quota 2")
for number, reason in ((1, None), (2, None), (3, "drop_quota")):
    case("host %d of two" % number, "2001:db8:7::%d" % number, S6, reason=reason)
t.nat64("map flush dynamic")
t.nat64("dev set nat64 quota none pool 198.51.100.200/31 idle-timeout 600")
t.nat64("map add 2001:db8:8::1 198.51.100.200 dynamic idle 5")
t.nat64("map add 2001:db8:8::2 198.51.100.201 dynamic idle 5")
case("in a full pool", "2001:db8:8::3", S6, reason="drop_pool_full")
ask(ip("2001:db8:8::1"), S6)
ask(t.S4, ip("198.51.100.200"))
idle = mapping("2001:db8:8::1")[1]
t.report("questions keep no mapping alive", [] if idle >= 5 else ["idle for %d s" % idle])
t.nat64("map del 198.51.100.200")
t.nat64("map add 2001:db8:8::1 198.51.100.200 dynamic idle 300")
gave = case("in a full pool, one that is idle gives way", "2001:db8:8::4", S6, ["pool", "prefix"])
t.report("... and is named", [] if gave.map else ["no mapping in the answer"])
t.nat64("dev set nat64 pool none idle-timeout 7440")
case("without a pool", "2001:db8:9::1", S6, reason="drop_no_mapping6")
t.nat64("map add 2001:db8:9::9 " + text(t.S4))	# for the markers
t.nat64("dev set nat64 prefix none")
case("without a prefix", "192.168.7.7", t.C4, reason="drop_no_prefix")
t.done()
