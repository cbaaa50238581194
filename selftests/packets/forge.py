# SPDX-License-Identifier: GPL-2.0
"""Row A11: sources that no host on the IPv6 side can have. The router does not validate sources
(rp_filter is off), so any packet that the translator lets through would leave under somebody else's
address."""

from packet import ANY, embed, fragment, icmp4, icmp6, ip, ping, tcp, udp, IPv4, IPv6
from wire import Error, Tester

t = Tester()
L4 = udp(1000, 2000, b"who am i")
REPLY = udp(2000, 1000, b"reply")
FORGED = "drop_forged6"
PREFIX = t.PREFIX
OWN = t.R4			# the router's own IPv4 address


def of(addr4, prefix=PREFIX):
    return embed(prefix, ip(addr4))


def forged(name, packet):
    """Nothing comes out on either side, and the sender is not told either."""
    t.case("A11 " + name, packet, count=FORGED)


def passes(name, packet, src):
    t.case("A11 " + name, packet, server=t.x4(L4, src=ip(src), ident=ANY))


# --- an address of the IPv4 Internet, and of the router

for name, l4 in (("UDP", L4), ("TCP", tcp(1, 2, b"x")), ("ping", ping()), ("a ping's answer", ping(reply=True))):
    forged("%s from 8.8.8.8 embedded: dropped" % name, t.p6(l4, src=of("8.8.8.8")))
    forged("%s from the router's own address embedded: dropped" % name, t.p6(l4, src=embed(PREFIX, OWN)))
forged("from the server's own address embedded: dropped", t.p6(L4, src=t.S6))
forged("from an address of the pool embedded: dropped", t.p6(L4, src=of("198.51.100.77")))
forged("the first fragment from 8.8.8.8 embedded: dropped",
       t.p6(tcp(1, 2, b"x" * 44), src=of("8.8.8.8"), ext=[fragment(0, True, 7)]))
forged("a later fragment from 8.8.8.8 embedded: dropped",
       t.p6(tcp(1, 2, b"x" * 44), src=of("8.8.8.8"), ext=[fragment(64, False, 7)]))

# --- other prefixes

for prefix in ("2001:db8:122::/48", "2001:db8:122:344::/64", "64:ff9b::/96"):
    t.nat64("dev set nat64 prefix %s %s" % (PREFIX, prefix))
    forged("%s, the second prefix: from 8.8.8.8 embedded: dropped" % prefix, t.p6(L4, src=of("8.8.8.8", prefix)))
    forged("%s: from 10.0.0.1 embedded: dropped" % prefix, t.p6(L4, src=of("10.0.0.1", prefix)))
t.nat64("dev set nat64 prefix " + PREFIX)

# --- a translatable block: its hosts are sources, all others are not, and the router is none of them

t.nat64("dev set nat64 translatable 203.0.113.0/24")
passes("a translatable host is a source", t.p6(L4, src=of("203.0.113.77")), "203.0.113.77")
forged("... a host beside the block is not", t.p6(L4, src=of("203.0.112.255")))
forged("... the router's own address within the block is not", t.p6(L4, src=embed(PREFIX, OWN)))
forged("... nor for a ping", t.p6(ping(), src=embed(PREFIX, OWN)))
t.nat64("dev set nat64 translatable none")
forged("no block any more: the host is not a source", t.p6(L4, src=of("203.0.113.77")))

# --- mappings

t.nat64("map add 2001:db8:aa::/120 203.0.113.0/24")
passes("a host of a mapped prefix is a source", t.p6(L4, src="2001:db8:aa::4d"), "203.0.113.77")
forged("... the router's own address within it is not", t.p6(L4, src="2001:db8:aa::1"))
t.nat64("map add 2001:db8:aa::1 203.0.113.1")
passes("a mapping of just that host is explicit", t.p6(L4, src="2001:db8:aa::1"), "203.0.113.1")
t.nat64("map del 2001:db8:aa::1")
t.nat64("map del 2001:db8:aa::/120")
t.nat64("map add 2001:db8:64::808:808 198.51.100.8")
passes("a mapped address within the prefix is a source", t.p6(L4, src=of("8.8.8.8")), "198.51.100.8")
t.nat64("map del 2001:db8:64::808:808")


# --- errors: their own source, and the packet that they quote, whose destination sends the error

def error6(src, to, about_dst, about_src=None):
    about = IPv6(about_src or to, about_dst, REPLY, hl=50)
    return IPv6(src, to, icmp6(1, 4, bytes(4), about))


def error4(src, about_dst):
    about = IPv4(t.S4, about_dst, REPLY, ttl=50, ident=ANY)
    return IPv4(src, t.S4, icmp4(3, 3, bytes(4), about), ttl=64 - t.hops, ident=ANY)


t.nat64("dev set nat64 icmp-source 198.51.100.1")
t.case("A11 an error of a mapped host about a packet to it", error6(t.C6, t.S6, t.C6),
       server=error4(t.C4, t.C4))
forged("an error about a packet to 8.8.8.8: dropped", error6(t.C6, t.S6, of("8.8.8.8")))
forged("an error about a packet to the router's own address: dropped", error6(t.C6, t.S6, embed(PREFIX, OWN)))
forged("an error about a packet of two others: dropped",
       error6(t.C6, t.S6, of("8.8.8.8"), of("9.9.9.9")))
forged("an error from 8.8.8.8 embedded, about a packet to a mapped host: dropped",
       error6(of("8.8.8.8"), t.S6, t.C6))
forged("an error from the router's own address embedded: dropped", error6(embed(PREFIX, OWN), t.S6, t.C6))
t.case("A11 an error of a router with an address outside of the prefix has the icmp-source",
       error6("2001:db8:7::1", t.S6, t.C6), server=error4("198.51.100.1", t.C4))
t.nat64("dev set nat64 translatable 203.0.113.0/24")
t.case("A11 an error of a translatable host", error6(of("203.0.113.77"), t.S6, of("203.0.113.77")),
       server=error4("203.0.113.77", "203.0.113.77"))
forged("an error about a packet to the router within the block: dropped",
       error6(of("203.0.113.77"), t.S6, embed(PREFIX, OWN)))
forged("an error from the router within the block: dropped",
       error6(embed(PREFIX, OWN), t.S6, of("203.0.113.77")))

# --- A10: all of IPv4 may be there, but for the router itself

t.nat64("dev set nat64 translatable 0.0.0.0/0")
host = of("198.51.100.99")
t.run("ip", "route", "add", "2001:db8:64::c633:6463/128", "via", "2001:db8:1::fe")
t.case("A10 translatable 0.0.0.0/0: from any host", t.p6(L4, src=of("8.8.8.8")),
       server=t.x4(L4, src=ip("8.8.8.8"), ident=ANY))
t.case("A10 translatable 0.0.0.0/0: to any host", t.p4(L4, dst=ip("198.51.100.99")), client=t.x6(L4, dst=host))
forged("translatable 0.0.0.0/0: from the router's own address: dropped", t.p6(L4, src=embed(PREFIX, OWN)))
t.run("ip", "route", "del", "2001:db8:64::c633:6463/128")
t.nat64("dev set nat64 translatable none icmp-source none")

# --- the IPv4 Internet has no host with a dynamic mapping, though it may have one with a static mapping (A6)

t.nat64("dev set nat64 pool 198.51.100.128/25")
t.nat64("map add 2001:db8:1::a 198.51.100.130 dynamic")
t.case("A11 from IPv4, with the address of a host that has a dynamic mapping: dropped",
       t.p4(L4, src=ip("198.51.100.130")), count="drop_forged4")
t.case("A11 an error with that address: dropped", t.p4(icmp4(3, 3, bytes(4), t.x4(L4)), src=ip("198.51.100.130")),
       count="drop_forged4")
t.nat64("map del 198.51.100.130")
t.nat64("dev set nat64 pool none")

# --- nor does a packet from outside come from the router itself; by a route, the kernel refuses it first

if t.door != "device":
    by_us = {"count": "drop_forged4"} if t.door == "target" else {}
    for name, l4 in (("UDP", L4), ("an error", icmp4(3, 3, bytes(4), t.x4(L4)))):
        t.case("A11 %s from IPv4 with the router's own address: dropped" % name, t.p4(l4, src=OWN), **by_us)
    t.run("sysctl", "-q", "net.ipv4.conf.r4.accept_local=1")
    t.case("A11 ... but with accept_local it is let through", t.p4(L4, src=OWN),
           client=t.x6(L4, src=embed(PREFIX, OWN)))
    t.run("sysctl", "-q", "net.ipv4.conf.r4.accept_local=0")

# --- static mappings may be of hosts on either side; only the administrator knows what comes from where

rpfilter = "PREROUTING -i r4 -m rpfilter --invert -j DROP".split()
inside = t.p4(L4, src=ip("198.51.100.99"))
t.nat64("map add 2001:db8:1::3 198.51.100.99")
if t.door == "target" and not t.warm_up:	# the fast path does not see a new rule at once
    t.case("A11 from IPv4 with the address of a static mapping", inside, client=t.x6(L4, src="2001:db8:1::3"))
    t.run("iptables", "-w", "-t", "raw", "-I", *rpfilter)
    t.run("ip", "route", "add", "198.51.100.99/32", "dev", "nat64")
    t.case("A11 ... but with rpfilter in raw it is dropped, since its route is another one", inside)
    t.run("ip", "route", "del", "198.51.100.99/32", "dev", "nat64")
    t.run("iptables", "-w", "-t", "raw", "-D", *rpfilter)
t.nat64("map del 198.51.100.99")

# --- A13: nor is the router itself a destination, not even for what is put into the device

if t.door == "device":
    own = of("192.0.2.5")
    t.run("ip", "addr", "add", "2001:db8:64::c000:205/128", "dev", "r6")
    t.case("A13 to an address of the router within the prefix", t.p6(L4, dst=own), count="drop_not_covered6",
           client=Error([t.R6, own], t.C6, 1, 0, bytes(4), t.p6(L4, dst=own)))
    t.run("ip", "addr", "del", "2001:db8:64::c000:205/128", "dev", "r6")
    t.nat64("dev set nat64 translatable 203.0.113.0/24")
    t.case("A13 to the router's own address within a translatable block", t.p4(L4, dst=OWN),
           count="drop_no_mapping4", server=t.error4(3, 1, bytes(4), t.p4(L4, dst=OWN)))
    t.nat64("dev set nat64 translatable none")
t.done()
