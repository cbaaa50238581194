# SPDX-License-Identifier: GPL-2.0
"""Address translation: RFC 6052, RFC 7757, RFC 8215, and hairpinning.

The rules of this test take all packets from the two hosts, and packets from the device only if they
go to the pool (hairpins). The tests of the route add a route for each prefix.
"""

import ipaddress
import os
import time

from packet import ANY, IPv4, IPv6, embed, icmp4, icmp6, ip, ping, tcp, udp
from wire import Error, Tester

t = Tester()
target = t.door == "target"
PREFIXES = ("2001:db8::/32", "2001:db8:ab00::/40", "2001:db8:122::/48", "2001:db8:122:300::/56",
            "2001:db8:122:344::/64", "2001:db8:122:344::/96", "64:ff9b:1::/48",
            "64:ff9b:1:fffe::/96")
routes = []


def route(prefix, *via):
    """For the route door, routes the prefix into the device, until forget()."""
    family = "-6" if ":" in prefix else "-4"
    via = via or ("dev", "nat64")
    if target and via == ("dev", "nat64"):
        return
    t.run("ip", family, "route", "replace", prefix, *via)
    routes.append((family, prefix))


def forget():
    while routes:
        family, prefix = routes.pop()
        t.run("ip", family, "route", "del", prefix)


def use(prefix):
    forget()
    t.nat64("dev set nat64 prefix " + prefix)
    t.S6 = embed(prefix, t.S4)
    route(prefix)


def is6(src, dst, **fields):
    return t.x6(L4, src=src, dst=dst, **fields)


def is4(src, dst, **fields):
    return t.x4(L4, src=src, dst=dst, ident=ANY, **fields)


L4 = udp(1000, 2000, b"address")
if not target:
    t.run("ip", "route", "add", "192.0.2.0/24", "dev", "nat64")

# --- A1: every prefix length

for prefix in PREFIXES:
    use(prefix)
    for name, l4 in (("UDP", L4), ("TCP", tcp(1, 2, b"x")), ("ping", ping())):
        t.case("A1,E1 %s: %s to IPv4" % (prefix, name), t.p6(l4), server=t.x4(l4, ident=ANY))
        t.case("A1,E1 %s: %s to IPv6" % (prefix, name), t.p4(l4), client=t.x6(l4))
    for addr in ("1.2.3.4", "223.255.255.254", "192.168.255.1", "100.0.0.1"):
        t.case("A1 %s: %s extracted" % (prefix, addr), t.p6(L4, dst=embed(prefix, addr)),
               server=is4(t.C4, addr))
        t.case("A1 %s: %s embedded" % (prefix, addr), t.p4(L4, src=addr),
               client=is6(embed(prefix, addr), t.C6))
    dirty = bytearray(t.S6)
    length = ipaddress.ip_network(prefix).prefixlen
    if length < 96:
        dirty[8] = 0xA5
        first = length // 8 + 4 + (length + 32 > 64)
        dirty[first:] = b"\x5a" * (16 - first)
        t.case("A1 %s: bits 64 to 71 and the suffix are ignored" % prefix,
               t.p6(L4, dst=bytes(dirty)), server=is4(t.C4, t.S4))

# --- several prefixes: addresses are extracted from all, and embedded in the first

forget()
t.nat64("dev set nat64 prefix 2001:db8:64::/96 prefix 2001:db8:65::/96 prefix 2001:db8:122::/48")
t.S6 = embed("2001:db8:64::/96", t.S4)
for prefix in ("2001:db8:64::/96", "2001:db8:65::/96", "2001:db8:122::/48"):
    route(prefix)
    t.case("A1 one of several prefixes: " + prefix, t.p6(L4, dst=embed(prefix, t.S4)),
           server=is4(t.C4, t.S4))
t.case("A1 the first of several prefixes is the one to embed in", t.p4(L4), client=is6(t.S6, t.C6))

# --- A3: the well-known prefix

use("64:ff9b::/96")
t.S4 = ip("8.8.8.8")	# markers must pass, too
t.S6 = embed("64:ff9b::/96", t.S4)
t.nat64("dev set nat64 wkp-strict on")
NOT_GLOBAL = ("10.0.0.1", "100.64.0.1", "100.127.255.255", "172.16.0.1", "172.31.255.255", "192.0.0.1",
              "192.0.0.255", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.19.255.255",
              "198.51.100.77", "203.0.113.2", "240.0.0.1")
GLOBAL = ("9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1",
          "192.0.1.1", "192.167.255.255", "192.169.0.1", "198.17.255.255", "198.20.0.1",
          "203.0.114.1", "223.255.255.1")
for addr in NOT_GLOBAL:
    packet = t.p6(L4, dst=embed("64:ff9b::/96", addr))
    t.case("A3 wkp-strict: nothing to %s, and the sender is told" % addr, packet,
           client=t.prohibited6(packet), count="drop_wkp_strict")
    if not addr.startswith(("198.51.100", "192.0.2.")):	# the route door sends those elsewhere
        packet = t.p4(L4, src=addr)
        t.case("A3 wkp-strict: nothing from %s, and the sender is told" % addr, packet,
               server=t.prohibited4(packet), count="drop_wkp_strict")
for what, l4 in (("an error", icmp6(1, 4, data=IPv6(t.S6, t.C6, udp(1, 2)))),
                 ("a ping", ping())):
    packet = t.p6(l4, dst=embed("64:ff9b::/96", "10.0.0.1"))
    t.case("A3 wkp-strict: %s to 10.0.0.1" % what, packet, count="drop_wkp_strict",
           client=[] if what == "an error" else t.prohibited6(packet))
t.case("A3 wkp-strict: an error from 10.0.0.1, about a host behind it, is not answered",
       t.p4(icmp4(3, 1, data=IPv4(t.C4, "10.0.0.1", udp(1, 2))), src="10.0.0.1"),
       count="drop_icmp_inner")


def limited(name, packet, side):
    """A host that has not had any answers yet gets six at once, and then one a second, or four by IPv6."""
    began = time.monotonic()
    t.run("sysctl", "-qw", "net.ipv6.icmp.ratelimit=1000", "net.ipv4.icmp_ratelimit=1000")
    for _ in range(60):
        t.ports[side].send(packet.bytes())
    came, arrived = t.finish(side, 6 if side == "client" else 4)
    t.run("sysctl", "-qw", "net.ipv6.icmp.ratelimit=0", "net.ipv4.icmp_ratelimit=0")
    number = len(came[side])
    right = arrived and 6 <= number <= 7 + 4 * (time.monotonic() - began)
    t.report(name, [] if right else ["%d answers to 60 packets" % number])


new6, new4 = {"target": ("2001:db8:1::a", "10.9.8.1"), "hook": ("2001:db8:1::b", "10.9.8.2"),
              "route": ("2001:db8:1::c", "10.9.8.3")}[os.environ["DOOR"]]
t.run("ip", "neigh", "add", new6, "lladdr", "02:00:00:00:00:06", "dev", "r6", "nud", "permanent")
limited("A3 wkp-strict: answers are limited, to IPv6",
        t.p6(L4, src=new6, dst=embed("64:ff9b::/96", "10.0.0.1")), "client")
limited("A3 wkp-strict: answers are limited, to IPv4", t.p4(L4, src=new4), "server")
for addr in GLOBAL:
    t.case("A3 wkp-strict: to %s" % addr, t.p6(L4, dst=embed("64:ff9b::/96", addr)),
           server=is4(t.C4, addr))
    t.case("A3 wkp-strict: from %s" % addr, t.p4(L4, src=addr),
           client=is6(embed("64:ff9b::/96", addr), t.C6))
t.nat64("dev set nat64 wkp-strict off")
t.case("A3 without wkp-strict: to 203.0.113.2", t.p6(L4, dst=embed("64:ff9b::/96", "203.0.113.2")),
       server=is4(t.C4, "203.0.113.2"))
t.case("A3 without wkp-strict: from 203.0.113.2", t.p4(L4, src="203.0.113.2"),
       client=is6(embed("64:ff9b::/96", "203.0.113.2"), t.C6))
t.nat64("dev set nat64 wkp-strict on")
t.S4 = ip("203.0.113.2")
for prefix in ("64:ff9b:1::/48", "64:ff9b:1:fffe::/96"):
    use(prefix)
    t.case("A3 %s is free of wkp-strict: to 10.0.0.1" % prefix, t.p6(L4, dst=embed(prefix, "10.0.0.1")),
           server=is4(t.C4, "10.0.0.1"))
    t.case("A3 %s is free of wkp-strict: from 10.0.0.1" % prefix, t.p4(L4, src="10.0.0.1"),
           client=is6(embed(prefix, "10.0.0.1"), t.C6))
use("2001:db8:64::/96")
t.case("A3 a prefix of one's own is free of wkp-strict", t.p6(L4), server=is4(t.C4, t.S4))

# --- A4, A5: explicit mappings. The table and the addresses are those of RFC 7757, section 3.

EAMT = (("192.0.2.1", "2001:db8:aaaa::"), ("192.0.2.2/32", "2001:db8:bbbb::b/128"),
        ("192.0.2.16/28", "2001:db8:cccc::/124"), ("192.0.2.128/26", "2001:db8:dddd::/64"),
        ("192.0.2.192/29", "2001:db8:eeee:8::/62"))
for addr4, addr6 in EAMT:
    t.nat64("map add %s %s" % (addr6, addr4))
for rows, addr4, addr6 in (("A4", "192.0.2.1", "2001:db8:aaaa::"), ("A4", "192.0.2.2", "2001:db8:bbbb::b"),
                           ("A4", "192.0.2.16", "2001:db8:cccc::"),
                           ("A4", "192.0.2.24", "2001:db8:cccc::8"),
                           ("A4", "192.0.2.31", "2001:db8:cccc::f"),
                           ("A5", "192.0.2.128", "2001:db8:dddd::"),
                           ("A5", "192.0.2.152", "2001:db8:dddd:0:6000::"),
                           ("A5", "192.0.2.183", "2001:db8:dddd:0:dc00::"),
                           ("A5", "192.0.2.191", "2001:db8:dddd:0:fc00::"),
                           ("A5", "192.0.2.193", "2001:db8:eeee:8:8000::"),
                           ("A5", "192.0.2.199", "2001:db8:eeee:b:8000::")):
    t.case("%s mapped: %s from %s" % (rows, addr4, addr6), t.p6(L4, src=addr6), server=is4(addr4, t.S4))
    t.case("%s mapped: to %s at %s" % (rows, addr6, addr4), t.p4(L4, dst=addr4), client=is6(t.S6, addr6))
for addr4, addr6 in (("192.0.2.128", "2001:db8:dddd::1"), ("192.0.2.152", "2001:db8:dddd:0:63ff:ffff:1:2"),
                     ("192.0.2.199", "2001:db8:eeee:b:ffff::")):
    t.case("A5 extra suffix bits are ignored: %s is %s" % (addr6, addr4), t.p6(L4, src=addr6),
           server=is4(addr4, t.S4))
t.nat64("map add 2001:db8:cccc::8 192.0.2.240")
t.nat64("map add 2001:db8:9999::/126 192.0.2.20/30")
for addr4, addr6 in (("192.0.2.240", "2001:db8:cccc::8"), ("192.0.2.23", "2001:db8:cccc::7"),
                     ("192.0.2.22", "2001:db8:9999::2")):
    t.case("A4 overlapping: from %s the longest match is %s" % (addr6, addr4), t.p6(L4, src=addr6),
           server=is4(addr4, t.S4))
for addr4, addr6 in (("192.0.2.240", "2001:db8:cccc::8"), ("192.0.2.24", "2001:db8:cccc::8"),
                     ("192.0.2.22", "2001:db8:9999::2")):
    t.case("A4 overlapping: to %s the longest match is %s" % (addr4, addr6), t.p4(L4, dst=addr4),
           client=is6(t.S6, addr6))

# --- A6: before the prefix

t.nat64("map add 2001:db8:64::cb00:7103 203.0.113.77")
t.case("A6 a mapped destination within the prefix", t.p6(L4, dst="2001:db8:64::203.0.113.3"),
       server=is4(t.C4, "203.0.113.77"))
t.case("A6 a mapped IPv4 source is not embedded", t.p4(L4, src="203.0.113.77"),
       client=is6("2001:db8:64::203.0.113.3", t.C6))
t.nat64("map add 2001:db8:99::5 203.0.113.78")
route("2001:db8:99::/64")
t.case("A6 a mapped destination outside the prefix", t.p6(L4, dst="2001:db8:99::5"),
       server=is4(t.C4, "203.0.113.78"))
t.case("A6 an error about a packet to a mapped IPv4 host",
       t.p4(icmp4(3, 1, data=IPv4(t.C4, ip("203.0.113.78"), L4, ttl=50)), src="203.0.113.78"),
       client=t.x6(icmp6(1, 0, data=IPv6(t.C6, ip("2001:db8:99::5"), L4, hl=50)), src="2001:db8:99::5"))
t.case("A6 a mapped source within the prefix", t.p6(L4, src="2001:db8:64::203.0.113.3"),
       server=is4("203.0.113.77", t.S4))
t.nat64("map flush static")
t.nat64("map add 2001:db8:1::2 198.51.100.2")

# --- A7: hairpinning (RFC 7757, section 4.2). The IPv4 side of the loop crosses the translator
# twice without a host in between; the packet must come to the other host from the prefix.

t.nat64("map add 2001:db8:1::3 198.51.100.3")
D6, D4 = ip("2001:db8:1::3"), ip("198.51.100.3")
C64, D64 = embed("2001:db8:64::/96", t.C4), embed("2001:db8:64::/96", D4)
# Through the route the box forwards the IPv6, the IPv4 and the IPv6 packet.
limit = 64 - (1 if target else 3)
for name, l4 in (("UDP", udp(1, 2, b"pin")), ("TCP", tcp(1, 2, b"pin")), ("ping", ping())):
    t.case("A7 hairpin of two mapped hosts, %s" % name, t.p6(l4, dst=D64),
           client=t.x6(l4, src=C64, dst=D6, hl=limit))
    t.case("A7 ... and the reply, %s" % name, t.p6(l4, src=D6, dst=C64),
           client=t.x6(l4, src=D64, dst=t.C6, hl=limit))
    t.case("A7 ... an error from between both translations names the prefix, too, %s" % name,
           t.p4(icmp4(3, 1, data=IPv4(t.C4, D4, l4, ttl=50))),
           client=t.x6(icmp6(1, 0, data=IPv6(t.C6, D64, l4, hl=50))))
t.case("A7 a host that calls itself through the prefix", t.p6(L4, dst=C64),
       client=t.x6(L4, src=C64, dst=t.C6, hl=limit))

# --- A8: never translated

for addr in ("127.0.0.1", "0.0.0.0", "0.1.2.3", "169.254.1.1", "224.0.0.9", "239.1.2.3", "255.255.255.255"):
    packet = t.p6(L4, dst=embed("2001:db8:64::/96", addr))
    t.case("A8 to %s embedded: dropped, and the sender is told" % addr, packet,
           client=t.prohibited6(packet), count="drop_dst4")
for addr in ("127.0.0.1", "0.0.0.0", "169.254.1.1", "224.0.0.9", "255.255.255.255"):
    t.case("A8 from %s: dropped" % addr, t.p4(L4, src=addr))
    t.case("A8 from %s embedded: dropped" % addr,
           t.p6(L4, src=embed("2001:db8:64::/96", addr)))
for addr in ("::1", "::", "ff0e::1", "::ffff:192.0.2.1"):
    t.case("A8 from %s: dropped" % addr, t.p6(L4, src=addr))
# The kernel says the same where it forwards.
t.run("ip", "neigh", "replace", "fe80::1", "lladdr", "02:00:00:00:00:06", "dev", "r6", "nud", "permanent")
packet = t.p6(L4, src="fe80::1")
t.case("A8 from fe80::1: dropped, and the sender told that this is beyond its scope", packet,
       client=Error("fe80::ff:fe00:106", "fe80::1", 1, 2, bytes(4), packet))

# --- no prefix: an IPv4 host that is not mapped has no address in IPv6

forget()
t.nat64("dev set nat64 prefix none")
packet = t.p4(L4, src="203.0.113.3")
t.nat64("map add 2001:db8:64::cb00:7102 203.0.113.2")	# markers pass
t.case("an IPv4 host without an IPv6 address: dropped, and told", packet,
       server=t.prohibited4(packet), count="drop_no_prefix")
t.nat64("map del 203.0.113.2")
use("2001:db8:64::/96")

# --- A10: hosts with IPv4-translatable addresses

t.nat64("dev set nat64 translatable 192.0.2.0/24")
for prefix in PREFIXES:
    if prefix == "2001:db8::/32":
        continue	# the client itself is within it
    use(prefix)
    length = ipaddress.ip_network(prefix).prefixlen
    network = ipaddress.ip_address(embed(prefix, "192.0.2.0"))
    # The route to these hosts' network is longer than the prefix; bits 64 to 71 are skipped.
    bits = length + 24 + (8 if 40 < length <= 64 else 0)
    route("%s/%d" % (network, bits), "via", "2001:db8:1::fe")
    for addr in ("192.0.2.1", "192.0.2.254"):
        t.case("A10 %s: to %s" % (prefix, addr), t.p4(L4, dst=addr), client=is6(t.S6, embed(prefix, addr)))
        t.case("A10 %s: from %s" % (prefix, addr), t.p6(L4, src=embed(prefix, addr)),
               server=is4(addr, t.S4))
t.nat64("dev set nat64 translatable none")
forget()
t.done()
