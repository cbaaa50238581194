# SPDX-License-Identifier: GPL-2.0
"""Fragments with conntrack's defragmentation in front of the translator, and malformed fragments.
Reassembled packets leave in fragments no larger than those that arrived."""

from packet import ANY, TCP, UDP, embed, fragment, ping, tcp, udp
from wire import Error, Tester

t = Tester()
DATA = bytes(range(256)) * 12
IDENT = [0x1000 if t.door == "target" else 0x2000]


def another():
    """Fragments that wait for others in vain must not meet those of a later case."""
    IDENT[0] += 1


def cut(data, *sizes):
    """(offset, bytes, whether more follow), the last size for all the rest."""
    sizes, out, start = list(sizes), [], 0
    while start < len(data):
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        out.append((start, data[start:start + size], start + size < len(data)))
        start += size
    return out


def p4(l4, *sizes):
    return [t.p4(data, proto=l4.proto(4), offset=start, mf=more, ident=IDENT[0])
            for start, data, more in cut(l4.bytes(t.S4, t.C4), *sizes)]


def x6(l4, *sizes):
    return [t.x6(data, nh=l4.proto(6), ext=[fragment(start, more, IDENT[0])])
            for start, data, more in cut(l4.bytes(t.S6, t.C6), *sizes)]


def p6(l4, *sizes):
    return [t.p6(data, nh=l4.proto(6), ext=[fragment(start, more, IDENT[0])])
            for start, data, more in cut(l4.bytes(t.C6, t.S6), *sizes)]


def x4(l4, *sizes):
    """The kernel chooses the identification, also for IPv6 fragments that it makes."""
    return [t.x4(data, proto=l4.proto(4), offset=start, mf=more, ident=ANY)
            for start, data, more in cut(l4.bytes(t.C4, t.S4), *sizes)]


def overlapping(packets):
    """The second fragment again, a unit earlier, between the first and the second."""
    first, second, *rest = packets
    other = type(second)(second.src, second.dst, second.payload, **(
        {"proto": second.proto, "offset": 992, "mf": True, "ident": IDENT[0]}
        if len(second.src) == 4 else
        {"nh": second.nh, "ext": [fragment(992, True, IDENT[0])]}))
    return [first, other, second] + rest


def defragment(*tools):
    """conntrack puts fragments together in front of raw once a rule needs it. One family at a
    time, or the next conntrack would reassemble what the translator has made."""
    for tool in ("iptables", "ip6tables"):
        t.run(tool, "-F", "FORWARD")
    for tool in tools:
        t.run(tool, "-A", "FORWARD", "-m", "conntrack", "--ctstate", "NEW")


LONG, SHORT, PING = udp(2000, 1000, DATA[:2000]), tcp(2000, 1000, DATA[:100]), ping(7, 8, DATA[:2000])

# --- one by one

another()
t.case("C3,E5 a datagram in fragments of 1000 bytes", p4(LONG, 1000), client=x6(LONG, 1000))
another()
t.case("F2,E5 a datagram in fragments of 1000 bytes", p6(LONG, 1000), server=x4(LONG, 1000))
another()
t.case("C3,E5 ... the last one first", p4(LONG, 1000)[::-1], client=x6(LONG, 1000)[::-1])
another()
t.case("F2,E5 ... the last one first", p6(LONG, 1000)[::-1], server=x4(LONG, 1000)[::-1])

# It is up to the receiver to refuse fragments that overlap.
another()
good, middle = x6(LONG, 1000), LONG.bytes(t.S6, t.C6)[1000:2000]
t.case("C3 fragments that overlap: as they are", overlapping(p4(LONG, 1000)), client=[
    good[0], t.x6(middle, nh=UDP, ext=[fragment(992, True, IDENT[0])])] + good[1:])
another()
good = x4(LONG, 1000)
t.case("F2 fragments that overlap: as they are", overlapping(p6(LONG, 1000)), server=[
    good[0], t.x4(middle, proto=UDP, offset=992, mf=True, ident=ANY)] + good[1:])

# The checksum of TCP is at offset 16. A first fragment that ends before it is dropped.
another()
t.case("C6 a tiny first fragment: only the rest passes, untouched", p4(SHORT, 8, 112),
       client=t.x6(SHORT.bytes(t.S4, t.C4)[8:], nh=TCP, ext=[fragment(8, False, IDENT[0])]),
       count="drop_truncated", entered=1)
another()
t.case("F7 a tiny first fragment: only the rest passes, untouched", p6(SHORT, 8, 112),
       server=t.x4(SHORT.bytes(t.C6, t.S6)[8:], proto=TCP, offset=8, ident=ANY),
       count="drop_truncated", entered=1)

another()
t.case("D9 a ping in fragments is dropped", p4(PING, 1000), count="drop_icmp_fragment")
another()
t.case("D9 a ping in ICMPv6 fragments is dropped", p6(PING, 1000), count="drop_icmp_fragment")

# --- IPv4 defragmented

defragment("iptables")
another()
t.case("C3,E5 a datagram in fragments of 1000 bytes, defragmented: as it came", p4(LONG, 1000),
       client=x6(LONG, 1000))
another()
t.case("C3,E5 ... the last one first: in order", p4(LONG, 1000)[::-1], client=x6(LONG, 1000))
another()
t.case("C3,E1 a tiny first fragment, defragmented", p4(SHORT, 8, 112), client=x6(SHORT, 112))
another()
t.case("D9,D1 a ping in fragments, defragmented", p4(PING, 1000), client=x6(PING, 1000))
# Linux forgets a datagram whose fragments overlap.
another()
t.case("C3 fragments that overlap, defragmented: nothing", overlapping(p4(LONG, 1000))[:3])

if t.door == "target":
    # The error is about the datagram that conntrack has put together, as it would be for one that this router
    # did not translate.
    another()
    packets = p4(LONG, 1000)
    for packet in packets:
        packet.ttl = 1
    t.case("C7 a datagram in fragments that expires, defragmented: quoted whole", packets,
           server=Error([t.R4, t.ICMP_SOURCE], t.S4, 11, 0, bytes(4), t.p4(LONG, ttl=1, df=True)))

# --- IPv6 defragmented

# On the route, the kernel makes fragments for the device before the translation. Its IPv6 fragments
# have 1280 bytes, and are no smaller than need be.
size = 1232 if t.door == "route" else 1000

defragment("ip6tables")
another()
t.case("F2,E5 a datagram in fragments of 1000 bytes, defragmented: no larger", p6(LONG, 1000),
       server=x4(LONG, size))
another()
t.case("F2,E5 ... the last one first: in order", p6(LONG, 1000)[::-1], server=x4(LONG, size))
another()
t.case("F2 a tiny first fragment is not for Linux to reassemble (RFC 8200, section 4.5)",
       p6(SHORT, 8, 112))
if t.door == "target":
    another()
    packets = p6(LONG, 1000)
    for packet in packets:
        packet.hl = 1
    t.case("F6 a datagram in fragments that expires, defragmented: quoted whole", packets,
           client=Error([t.R6, embed(t.PREFIX, t.R4)], t.C6, 3, 0, bytes(4), t.p6(LONG, hl=1)))
if t.door == "route":
    another()
    t.case("D9 a ping in ICMPv6 fragments, which the kernel cuts again, is dropped", p6(PING, 1000),
           count="drop_icmp_fragment", entered=2)
else:
    another()
    t.case("D9,G1 a ping in ICMPv6 fragments, defragmented", p6(PING, 1000), server=x4(PING, 1000))
another()
t.case("F2 fragments that overlap, defragmented: nothing", overlapping(p6(LONG, 1000))[:3])

defragment()
t.done(goes_fast=False)
