# SPDX-License-Identifier: GPL-2.0
"""RFC 7915, section 4: IPv4 headers become IPv6 headers."""

import struct

from packet import (AH, DSTOPTS, ESP, FRAGMENT, GRE, HOPOPTS, ICMPV6, IGMP, ROUTING, TCP, UDP, IPv6,
                    dccp, fragment, icmp4, ping, raw, render, sctp, tcp, udp, udplite)
from wire import Error, Tester

t = Tester()
device = t.door == "device"
DATA = bytes(range(256)) * 8

# --- C1: the plain header

for name, l4 in (("UDP", udp(2000, 1000, b"hello")), ("TCP", tcp(2000, 1000, b"hello", flags=0x18)),
                 ("a TCP SYN with options",
                  tcp(2000, 1000, flags=0x12, options=bytes([2, 4, 5, 180, 1, 3, 3, 7]))),
                 ("UDP of an odd length", udp(2, 1, b"x" * 333)), ("empty UDP", udp(2, 1))):
    for df in (False, True):
        t.case("C1,C3,E1 %s, DF %d, without a fragment header" % (name, df),
               t.p4(l4, df=df, ident=0x5555), client=t.x6(l4))

t.case("C1,D1 echo request, protocol 1 becomes 58", t.p4(ping(7, 8, b"data"), df=True),
       client=t.x6(ping(7, 8, b"data")))
t.case("C1,D1 echo reply", t.p4(ping(7, 8, b"data", reply=True)),
       client=t.x6(ping(7, 8, b"data", reply=True)))
t.case("C1,D1 an echo without data", t.p4(ping(7, 8, b"")), client=t.x6(ping(7, 8, b"")))
for tos in (0x01, 0xB8, 0xFF):
    t.case("C1 TOS %#04x becomes the traffic class" % tos, t.p4(udp(2, 1), tos=tos),
           client=t.x6(udp(2, 1), tc=tos))
t.case("C1 TTL 255", t.p4(udp(2, 1), ttl=255), client=t.x6(udp(2, 1), hl=255 - t.hops))
t.case("C1 the last TTL that lives", t.p4(udp(2, 1), ttl=1 + t.hops), client=t.x6(udp(2, 1), hl=1))
t.case("C1 bytes behind the end of the packet are cut off",
       render(t.p4(udp(2, 1, b"x"))) + bytes(17), client=t.x6(udp(2, 1, b"x")))
t.case("the reserved flag means nothing", t.p4(udp(2, 1), evil=True), client=t.x6(udp(2, 1)))

t.nat64("dev set nat64 tos zero")
t.case("C1 with 'tos zero' the traffic class is zero", t.p4(udp(2, 1), tos=0xFF),
       client=t.x6(udp(2, 1)))
t.nat64("dev set nat64 tos copy")
t.case("C1 ... and copied again with 'tos copy'", t.p4(udp(2, 1), tos=0xFF),
       client=t.x6(udp(2, 1), tc=0xFF))

# --- E1: the other protocols

for name, l4 in (("UDP-Lite covering all", udplite(1, 2, b"sensitive", 0)),
                 ("UDP-Lite covering its header", udplite(1, 2, b"sensitive", 8)),
                 ("DCCP covering all", dccp(1, 2, b"datagram")),
                 ("DCCP covering its header", dccp(1, 2, b"datagram", 1)),
                 ("SCTP", sctp(1, 2, b"chunk")), ("ESP", raw(ESP, b"\0\0\1\0" + DATA[:40])),
                 ("GRE", raw(GRE, b"\0\0\x08\0" + DATA[:40])), ("AH", raw(AH, DATA[:40])),
                 ("protocol 253, for experiments", raw(253, DATA[:33])),
                 ("IPv6 in IPv4", raw(41, IPv6("2001:db8::1", "2001:db8::2", udp(5, 6)).bytes()))):
    t.case("E1 %s" % name, t.p4(l4), client=t.x6(l4))

for name, l4 in (("UDP", udp(1, 2, b"x" * 9, error=0x11)), ("TCP", tcp(1, 2, b"x" * 9, error=0x11)),
                 ("ping", ping(error=0x11))):
    t.case("E1 a wrong %s checksum stays wrong by as much" % name, t.p4(l4), client=t.x6(l4))

for name, word in (("comes out as zero", udp(1, 2, b"\0\0").bytes(t.S6, t.C6)[6:8]),
                   ("came as zero", udp(1, 2, b"\0\0").bytes(t.S4, t.C4)[6:8])):
    t.case("E1 a UDP checksum that %s and is written ffff" % name, t.p4(udp(1, 2, word)),
           client=t.x6(udp(1, 2, word)))
word = udplite(1, 2, b"\0\0").bytes(t.S6, t.C6)[6:8]
t.case("E1 a UDP-Lite checksum that comes out as zero and is written ffff", t.p4(udplite(1, 2, word)),
       client=t.x6(udplite(1, 2, word)))

# --- C2: options

for name, options in (("no-operation", bytes([1, 1, 1, 1])), ("end of options", bytes(4)),
                      ("router alert", bytes([148, 4, 0, 0])),
                      ("record route", bytes([7, 7, 8, 1, 2, 3, 4, 0])),
                      ("timestamp", bytes([68, 12, 13, 0]) + bytes(8)),
                      ("forty bytes of them", bytes([1] * 40)),
                      ("an unknown one", bytes([0x9E, 8, 1, 2, 3, 4, 5, 6]))):
    t.case("C2 skipped: " + name, t.p4(udp(2, 1, b"opt"), options=options),
           client=t.x6(udp(2, 1, b"opt")))
t.case("C2,C3 options in front of a fragment",
       t.p4(DATA[:800], proto=UDP, offset=800, ident=9, options=bytes([1] * 8)),
       client=t.x6(DATA[:800], nh=UDP, ext=[fragment(800, False, 9)]))

hop = bytes([192, 0, 2, 1])
for name, kind in (("loose", 131), ("strict", 137)):
    live = bytes([kind, 7, 4]) + hop + b"\0"
    used = bytes([kind, 7, 8]) + hop + b"\0"
    packet = t.p4(udp(2, 1, b"sr"), options=live)
    if t.door == "route":
        # Linux drops source-routed packets (accept_source_route) before it forwards, hence before
        # the device, and says nothing.
        t.case("C2 %s source route: the kernel itself drops it" % name, packet)
    else:
        t.case("C2 %s source route, not used up: ICMP 3/5" % name, packet,
               server=t.error4(3, 5, bytes(4), packet), count="drop_source_route")
        t.case("C2 %s source route behind another option: ICMP 3/5" % name,
               t.p4(udp(2, 1, b"sr"), options=bytes([1, 1, 1, 1]) + live),
               server=t.error4(3, 5, bytes(4), t.p4(udp(2, 1, b"sr"),
                                                    options=bytes([1, 1, 1, 1]) + live)),
               count="drop_source_route")
        t.case("C2 %s source route used up: skipped" % name, t.p4(udp(2, 1, b"sr"), options=used),
               client=t.x6(udp(2, 1, b"sr")))
for name, options in (("of length 0", bytes([7, 0, 0, 0])), ("of length 1", bytes([7, 1, 0, 0])),
                      ("longer than the header", bytes([7, 9, 4, 0])),
                      ("without a length", bytes([1, 1, 1, 7]))):
    if t.door != "route":	# there it meets the kernel first, which answers as it sees fit
        t.case("C2 malformed option, %s" % name, t.p4(udp(2, 1), options=options),
               count="drop_options4")

# --- C3, E5: fragments

datagram = udp(2000, 1000, DATA[:2000])


def pieces(l4, *cuts):
    before, after = l4.bytes(t.S4, t.C4), l4.bytes(t.S6, t.C6)
    cuts = (0,) + cuts + (len(before),)
    return [(start, before[start:end], after[start:end], end < len(before))
            for start, end in zip(cuts, cuts[1:])]


def frag4(piece, ident=0xBEEF, proto=UDP, **fields):
    start, before, _, more = piece
    return t.p4(before, proto=proto, offset=start, mf=more, ident=ident, **fields)


def frag6(piece, ident=0xBEEF, proto=UDP, **fields):
    start, _, after, more = piece
    return t.x6(after, nh=proto, ext=[fragment(start, more, ident)], **fields)


first, middle, last = pieces(datagram, 1000, 1600)
t.case("C3,E5 a first fragment: header with M, low 16 bits of the identification, its checksum "
       "adjusted", frag4(first), client=frag6(first))
t.case("C3,E5 a middle fragment is not looked into", frag4(middle), client=frag6(middle))
t.case("C3,E5 a last fragment", frag4(last), client=frag6(last))
t.case("C3,E5 all three, last first", [frag4(last), frag4(middle), frag4(first)],
       client=[frag6(last), frag6(middle), frag6(first)])
t.case("C3 a fragment with DF keeps its fragment header", frag4(middle, df=True),
       client=frag6(middle))
t.case("C3 identification zero", frag4(middle, ident=0), client=frag6(middle, ident=0))
for number, piece in enumerate(pieces(tcp(2000, 1000, DATA[:1200]), 600)):
    t.case("C3,E5 TCP fragment %d" % (number + 1), frag4(piece, proto=TCP),
           client=frag6(piece, proto=TCP))
t.case("C3,E1 fragments of ESP", t.p4(DATA[:64], proto=ESP, mf=True, ident=3),
       client=t.x6(DATA[:64], nh=ESP, ext=[fragment(0, True, 3)]))
t.case("C3 the highest offset", t.p4(DATA[:7], proto=UDP, offset=65504, ident=3),
       client=t.x6(DATA[:7], nh=UDP, ext=[fragment(65504, False, 3)]))
t.case("C3 the last byte that an IPv4 packet can have",
       t.p4(DATA[:11], proto=UDP, offset=65504, ident=3),
       client=t.x6(DATA[:11], nh=UDP, ext=[fragment(65504, False, 3)]))
for size in (12, 1000, 1400):
    t.case("C6 a fragment of %d bytes that ends beyond it is dropped" % size,
           t.p4(DATA[:size], proto=UDP, offset=65504, ident=3), count="drop_header4")
tiny = tcp(2000, 1000, b"payload").bytes(t.S4, t.C4)
t.case("a tiny first fragment, without the TCP checksum, is dropped",
       t.p4(tiny[:8], proto=TCP, mf=True, ident=3), count="drop_truncated")

# --- C4: too big and DF=0

def broken(l4, *cuts, ident=0x4242):
    return [t.x6(after, nh=l4.proto(4), ext=[fragment(start, more, ident)])
            for start, _, after, more in pieces(l4, *cuts)]


l4 = udp(2, 1, DATA[:1232])
t.case("C4 DF=0, 1280 bytes of IPv6: whole, no fragment header", t.p4(l4, ident=0x4242),
       client=t.x6(l4))
l4 = udp(2, 1, DATA[:1233])
t.case("C4,C3 DF=0, 1281 bytes of IPv6: two pieces, the first of 1280", t.p4(l4, ident=0x4242),
       client=broken(l4, 1232))
l4 = udp(2, 1, DATA[:1472])
t.case("C4,C3 DF=0, 1500 bytes of IPv4", t.p4(l4, ident=0x4242), client=broken(l4, 1232))
l4 = tcp(2, 1, DATA[:1460])
t.case("C4,C3,E1 DF=0, 1500 bytes of TCP", t.p4(l4, ident=0x4242), client=broken(l4, 1232))
t.case("C4,C2 DF=0, options do not count",
       t.p4(udp(2, 1, DATA[:1232]), options=bytes([1] * 40), ident=0x4242),
       client=t.x6(udp(2, 1, DATA[:1232])))
t.case("C4 ... and are in none of the pieces",
       t.p4(udp(2, 1, DATA[:1300]), options=bytes([1] * 40), ident=0x4242),
       client=broken(udp(2, 1, DATA[:1300]), 1232))

# Fragments of fragments: a piece of 1480 bytes at 1480 is 1528 bytes of IPv6.
part = DATA[:1480]
for more in (True, False):
    t.case("C4,C3 a fragment that is too big, M %d: its pieces keep their place" % more,
           t.p4(part, proto=UDP, offset=1480, mf=more, ident=0x77),
           client=[t.x6(part[:1232], nh=UDP, ext=[fragment(1480, True, 0x77)]),
                   t.x6(part[1232:], nh=UDP, ext=[fragment(1480 + 1232, more, 0x77)])])
t.case("C4 a fragment of 1280 bytes of IPv6 is not broken further",
       t.p4(DATA[:1232], proto=UDP, offset=1480, mf=True, ident=0x77),
       client=t.x6(DATA[:1232], nh=UDP, ext=[fragment(1480, True, 0x77)]))
first = pieces(datagram, 1480)[0]
t.case("C4,E5 a first fragment that is too big: only its first piece has a checksum",
       frag4(first), client=[t.x6(first[2][:1232], nh=UDP, ext=[fragment(0, True, 0xBEEF)]),
                             t.x6(first[2][1232:], nh=UDP, ext=[fragment(1232, True, 0xBEEF)])])

t.nat64("dev set nat64 lowest-ipv6-mtu 1400")
l4 = udp(2, 1, DATA[:1352])
t.case("C4 lowest-ipv6-mtu 1400: 1400 bytes are whole", t.p4(l4, ident=0x4242), client=t.x6(l4))
l4 = udp(2, 1, DATA[:1353])
t.case("C4 lowest-ipv6-mtu 1400: 1401 bytes are two pieces", t.p4(l4, ident=0x4242),
       client=broken(l4, 1352))
t.nat64("dev set nat64 lowest-ipv6-mtu 1500")
l4 = udp(2, 1, DATA[:1452])
t.case("C4 lowest-ipv6-mtu 1500: 1500 bytes are whole", t.p4(l4, ident=0x4242), client=t.x6(l4))
l4 = udp(2, 1, DATA[:1472])
t.case("C4 lowest-ipv6-mtu 1500: the pieces are of 1496, offsets being multiples of 8",
       t.p4(l4, ident=0x4242), client=broken(l4, 1448))
# The path has less than the lowest MTU that is configured, but that is no reason for an error.
t.run("ip", "link", "set", "r6", "mtu", "1400")
l4 = udp(2, 1, DATA[:1352])
t.case("C4 lowest-ipv6-mtu 1500, a link of 1400: 1400 bytes are whole", t.p4(l4, ident=0x4242),
       client=t.x6(l4))
for size in (1353, 1452, 1472):
    l4 = udp(2, 1, DATA[:size])
    t.case("C4 lowest-ipv6-mtu 1500, a link of 1400: %d bytes are two pieces" % (size + 48),
           t.p4(l4, ident=0x4242), client=broken(l4, 1352))
t.case("C4,C3 lowest-ipv6-mtu 1500, a link of 1400: pieces of a fragment",
       t.p4(part, proto=UDP, offset=1480, mf=True, ident=0x77),
       client=[t.x6(part[:1352], nh=UDP, ext=[fragment(1480, True, 0x77)]),
               t.x6(part[1352:], nh=UDP, ext=[fragment(1480 + 1352, True, 0x77)])])
t.run("ip", "link", "set", "r6", "mtu", "1500")
t.nat64("dev set nat64 lowest-ipv6-mtu 1280")

# --- C5: too big and DF=1

l4 = udp(2, 1, DATA[:1452])
t.case("C5 DF=1, 1500 bytes of IPv6 over a link of 1500", t.p4(l4, df=True), client=t.x6(l4))
packet = t.p4(udp(2, 1, DATA[:1453]), df=True)
t.case("C5 DF=1, 1501 bytes over a link of 1500: ICMP 3/4 with MTU 1480", packet,
       server=t.error4(3, 4, struct.pack(">I", 1480), packet))
t.run("ip", "link", "set", "r6", "mtu", "1400")
packet = t.p4(udp(2, 1, DATA[:1353]), df=True, tos=4)
t.case("C5 DF=1, 1401 bytes over a link of 1400: ICMP 3/4 with MTU 1380", packet,
       server=t.error4(3, 4, struct.pack(">I", 1380), packet))
t.case("C5 nothing is said about a later fragment",
       t.p4(DATA[:1400], proto=UDP, offset=1480, ident=9, df=True))
l4 = udp(2, 1, DATA[:1352])
t.case("C5 DF=1, 1400 bytes over a link of 1400", t.p4(l4, df=True), client=t.x6(l4))
t.run("ip", "link", "set", "r6", "mtu", "1500")

# --- C6: malformed headers

if device:
    # The kernel's own IPv4 input drops these before any hook; the device sees them.
    header4 = {"count": "drop_header4"}
    truncated = {"count": "drop_truncated"}
else:
    header4 = truncated = {}
good = t.p4(udp(2, 1, b"bytes"))
t.case("C6 header checksum", t.p4(udp(2, 1, b"bytes"), csum=0x1234), **header4)
t.case("C6 header length below 20", t.p4(udp(2, 1, b"bytes"), ihl=4), **header4)
t.case("C6 header length beyond the packet", t.p4(raw(UDP, b"1234"), ihl=15), **header4)
t.case("C6 total length beyond the packet", t.p4(udp(2, 1, b"bytes"), length=60), **header4)
t.case("C6 total length below the header's", t.p4(udp(2, 1, b"bytes"), length=19), **header4)
t.case("C6 19 bytes", render(good)[:19], **truncated)
for name, packet in (("UDP of 7 bytes", t.p4(raw(UDP, bytes(7)))),
                     ("UDP without a byte", t.p4(raw(UDP, b""))),
                     ("TCP of 19 bytes", t.p4(raw(TCP, bytes(19)))),
                     ("ICMP of 7 bytes", t.p4(raw(1, b"\x08" + bytes(6))))):
    t.case("C6 truncated: " + name, packet, count="drop_truncated")

# --- C7: TTL

for limit in range(1, t.hops + 1):
    t.case("C7 TTL %d expires in the box" % limit, t.p4(udp(2, 1, b"dies"), ttl=limit),
           server=Error([t.R4, t.ICMP_SOURCE], t.S4, 11, 0, bytes(4), t.p4(udp(2, 1, b"dies"), ttl=1)))
    t.case("C7 ... and nothing is said about an error with TTL %d" % limit,
           t.p4(icmp4(3, 3, data=t.x4(udp(2, 1))), ttl=limit))
    t.case("C7 ... nor about a later fragment with TTL %d" % limit,
           t.p4(DATA[:64], proto=UDP, offset=800, ident=9, ttl=limit))
    # A packet that would be cut is quoted whole: the kernel looks at the hop limit before the size.
    l4 = udp(2, 1, DATA[:1472])
    t.case("C7,C4 TTL %d, 1500 bytes: the error quotes the packet, not a piece of it" % limit,
           t.p4(l4, ident=0x4242, ttl=limit),
           server=Error([t.R4, t.ICMP_SOURCE], t.S4, 11, 0, bytes(4),
                        t.p4(l4, ttl=1, **({"ident": 0x4242} if t.door == "route" and limit == 1 else {"df": True}))))

# --- C8: protocols of one family

for name, proto in (("IGMP", IGMP), ("ICMPv6", ICMPV6), ("hop-by-hop options", HOPOPTS),
                    ("routing", ROUTING), ("fragment", FRAGMENT), ("destination options", DSTOPTS)):
    packet = t.p4(raw(proto, bytes([17, 0, 1, 4, 0, 0, 0, 0]) + DATA[:30]))
    t.case("C8 IPv4 protocol %d, %s, is dropped" % (proto, name), packet,
           server=t.prohibited4(packet), count="drop_protocol")

# --- E2: UDP without a checksum

bare = t.p4(udp(2, 1, b"no sum", csum=0))
t.case("E2 UDP without a checksum gets one", bare, client=t.x6(udp(2, 1, b"no sum")),
       count="udp_csum_computed")
t.case("E2 ... also of an odd length", t.p4(udp(2, 1, b"no sum!", csum=0)),
       client=t.x6(udp(2, 1, b"no sum!")), count="udp_csum_computed")
word = udp(2, 1, b"\0\0").bytes(t.S6, t.C6)[6:8]
t.case("E2 ... also where it is ffff", t.p4(udp(2, 1, word, csum=0)), client=t.x6(udp(2, 1, word)),
       count="udp_csum_computed")
l4 = udp(2, 1, DATA[:1472])
t.case("E2,C4 ... also where the datagram is then fragmented",
       t.p4(udp(2, 1, DATA[:1472], csum=0), ident=0x4242), client=broken(l4, 1232),
       count="udp_csum_computed")
bare_fragment = t.p4(udp(2, 1, DATA[:1000], csum=0).bytes(t.S4, t.C4), proto=UDP, mf=True, ident=6)
t.case("E2 ... but a first fragment is dropped, and the sender told", bare_fragment,
       server=t.prohibited4(bare_fragment), count="drop_udp_zero_csum")
t.nat64("dev set nat64 udp-zero-csum drop")
t.case("E2 udp-zero-csum drop", bare, server=t.prohibited4(bare), count="drop_udp_zero_csum")
t.case("E2 udp-zero-csum drop, a first fragment", bare_fragment,
       server=t.prohibited4(bare_fragment), count="drop_udp_zero_csum")
t.nat64("dev set nat64 udp-zero-csum forward")
t.case("E2 udp-zero-csum forward", bare, client=t.x6(udp(2, 1, b"no sum", csum=0)),
       count="xlat_4to6", entered=2)
t.case("E2 udp-zero-csum forward, a first fragment", bare_fragment,
       client=t.x6(udp(2, 1, DATA[:1000], csum=0).bytes(t.S6, t.C6), nh=UDP,
                   ext=[fragment(0, True, 6)]))
t.nat64("dev set nat64 udp-zero-csum compute")
t.case("E2 ... and back to compute", bare, client=t.x6(udp(2, 1, b"no sum")))
for length in (0, 7, 15, 100):
    t.case("E2 a UDP length of %d for 14 bytes: no checksum can be made up" % length,
           t.p4(udp(2, 1, b"no sum", csum=0, length=length)), count="drop_truncated")
t.case("E2 more behind the datagram (RFC 9868): the checksum is that of the datagram",
       t.p4(udp(2, 1, b"no sum, options", csum=0, length=14)), client=t.x6(udp(2, 1, b"no sum, options", length=14)),
       count="udp_csum_computed")

t.done()
