# SPDX-License-Identifier: GPL-2.0
"""RFC 7915, section 5: IPv6 headers become IPv4 headers. The test spells out every expected packet and
computes its transport checksum from scratch for the IPv4 addresses."""

import struct

from packet import (AH, ANY, DSTOPTS, ESP, FRAGMENT, GRE, HOPOPTS, ICMP, ICMPV6, IGMP, NONXT, ROUTING,
                    SCTP, TCP, UDP, IPv4, dccp, dstopts, embed, fragment, hopopts, icmp6, ping, raw,
                    render, routing, sctp, tcp, udp, udplite)
from wire import Check, Error, Tester

t = Tester()
device = t.door == "device"
DATA = bytes(range(256)) * 8


def small(payload, **fields):
    """An unfragmented result of at most 1260 bytes: DF clear, any identification."""
    return t.x4(payload, ident=ANY, df=False, **fields)


def large(payload, **fields):
    return t.x4(payload, ident=ANY, df=True, **fields)


def pieces(l4, *cuts):
    """The bytes of a datagram between the hosts as parts, before and after; its checksum is
    that of the whole."""
    before, after = l4.bytes(t.C6, t.S6), l4.bytes(t.C4, t.S4)
    cuts = (0,) + cuts + (len(before),)
    return [(start, before[start:end], after[start:end], end < len(before))
            for start, end in zip(cuts, cuts[1:])]


# --- F1: the plain header

for name, l4 in (("UDP", udp(1000, 2000, b"hello")), ("TCP", tcp(1000, 2000, b"hello", flags=0x18)),
                 ("a TCP SYN with options",
                  tcp(1000, 2000, flags=2, options=bytes([2, 4, 5, 160, 1, 3, 3, 7]))),
                 ("UDP of an odd length", udp(1, 2, b"x" * 333)), ("empty UDP", udp(1, 2)),
                 ("UDP of 1400 bytes", udp(1, 2, DATA[:1400])), ):
    size = len(l4.bytes(t.C4, t.S4)) + 20
    t.case("F1,E1 " + name, t.p6(l4), server=(large if size > 1260 else small)(l4))

t.case("F1,G1 echo request, protocol 58 becomes 1", t.p6(ping(7, 8, b"data")),
       server=small(ping(7, 8, b"data")))
t.case("F1,G1 echo reply", t.p6(ping(7, 8, b"data", reply=True)),
       server=small(ping(7, 8, b"data", reply=True)))
t.case("F1,G1 an echo without data", t.p6(ping(7, 8, b"")), server=small(ping(7, 8, b"")))
for tc in (0x01, 0xB8, 0xFF):
    t.case("F1 traffic class %#04x becomes TOS" % tc, t.p6(udp(1, 2), tc=tc),
           server=small(udp(1, 2), tos=tc))
t.case("F1 the flow label leaves no trace", t.p6(udp(1, 2), flow=0xFFFFF), server=small(udp(1, 2)))
t.case("F1 hop limit 255", t.p6(udp(1, 2), hl=255), server=small(udp(1, 2), ttl=255 - t.hops))
t.case("F1 the last hop limit that lives", t.p6(udp(1, 2), hl=1 + t.hops),
       server=small(udp(1, 2), ttl=1))
t.case("F1 1260 bytes of IPv4: DF clear", t.p6(udp(1, 2, DATA[:1232])),
       server=small(udp(1, 2, DATA[:1232])))
t.case("F1 1261 bytes of IPv4: DF set", t.p6(udp(1, 2, DATA[:1233])),
       server=large(udp(1, 2, DATA[:1233])))
t.case("F1 the header's own checksum in all its carries",
       [t.p6(udp(1, 2), tc=tc, hl=hl) for tc in (0, 127, 255) for hl in (3, 100, 255)],
       server=[small(udp(1, 2), tos=tc, ttl=hl - t.hops) for tc in (0, 127, 255)
               for hl in (3, 100, 255)])

seen = []


def remember(got):
    seen.append(int.from_bytes(got[4:6], "big"))
    if got[6] & 0x40:
        return "DF is set"
    return None


t.case("F1 DF=0 results are numbered apart",
       [t.p6(udp(1, 2, b"x")) for _ in range(8)], server=[Check(remember)] * 8)
t.report("F1 ... all eight identifications differ",
         [] if len(set(seen)) == 8 else ["identifications %s" % seen])

t.nat64("dev set nat64 tos zero")
t.case("F1 with 'tos zero' the TOS is zero", t.p6(udp(1, 2), tc=0xFF), server=small(udp(1, 2)))
t.nat64("dev set nat64 tos copy")
t.case("F1 ... and copied again with 'tos copy'", t.p6(udp(1, 2), tc=0xFF),
       server=small(udp(1, 2), tos=0xFF))

# --- E1: the other protocols

for name, l4 in (("UDP-Lite covering all", udplite(1, 2, b"sensitive", 0)),
                 ("UDP-Lite covering its header", udplite(1, 2, b"sensitive", 8)),
                 ("DCCP covering all", dccp(1, 2, b"datagram")),
                 ("DCCP covering its header", dccp(1, 2, b"datagram", 1)),
                 ("SCTP", sctp(1, 2, b"chunk")), ("ESP", raw(ESP, b"\0\0\1\0" + DATA[:40])),
                 ("GRE", raw(GRE, b"\0\0\x08\0" + DATA[:40])), ("AH", raw(AH, DATA[:40])),
                 ("protocol 253, for experiments", raw(253, DATA[:33])),
                 ("IPv4 in IPv6", raw(4, IPv4("192.0.2.1", "192.0.2.2", udp(5, 6)).bytes()))):
    t.case("E1 %s" % name, t.p6(l4), server=small(l4))

for name, l4 in (("UDP", udp(1, 2, b"x" * 9, error=0x11)), ("TCP", tcp(1, 2, b"x" * 9, error=0x11)),
                 ("ping", ping(error=0x11))):
    t.case("E1 a wrong %s checksum stays wrong by as much" % name, t.p6(l4), server=small(l4))

# A UDP checksum that comes out as zero must be sent as ffff (RFC 768). The checksum of a datagram
# of zeros is the one word of data that makes it so.
for name, word in (("comes out as zero", udp(1, 2, b"\0\0").bytes(t.C4, t.S4)[6:8]),
                   ("came as zero", udp(1, 2, b"\0\0").bytes(t.C6, t.S6)[6:8])):
    t.case("E1 a UDP checksum that %s and is written ffff" % name, t.p6(udp(1, 2, word)),
           server=small(udp(1, 2, word)))
assert udp(1, 2, word).bytes(t.C6, t.S6)[6:8] == b"\xff\xff"
word = udplite(1, 2, b"\0\0").bytes(t.C4, t.S4)[6:8]
t.case("E1 a UDP-Lite checksum that comes out as zero and is written ffff", t.p6(udplite(1, 2, word)),
       server=small(udplite(1, 2, word)))
t.case("a tunnel's UDP without checksum (RFC 6936) has none in IPv4 either",
       t.p6(udp(1, 2, b"tunnel", csum=0)), server=small(udp(1, 2, b"tunnel", csum=0)))

for name, proto in (("ICMPv4", ICMP), ("IGMP", IGMP)):
    packet = t.p6(raw(proto, b"\x08\0" + DATA[:30]))
    t.case("%s within IPv6 is dropped" % name, packet, client=t.prohibited6(packet),
           count="drop_protocol")

# --- F2, E5: fragments

datagram = udp(1000, 2000, DATA[:2000])
first, middle, last = pieces(datagram, 1000, 1600)


def frag6(piece, ident=0xABCD1234, proto=UDP, **fields):
    start, before, _, more = piece
    return t.p6(before, nh=proto, ext=[fragment(start, more, ident)], **fields)


def frag4(piece, ident=0x1234, proto=UDP, **fields):
    start, _, after, more = piece
    return t.x4(after, proto=proto, offset=start, mf=more, ident=ident, **fields)


t.case("F2,E5 a first fragment: its checksum is adjusted", frag6(first), server=frag4(first))
t.case("F2,E5 a middle fragment is not looked into", frag6(middle), server=frag4(middle))
t.case("F2,E5 a last fragment", frag6(last), server=frag4(last))
t.case("F2,E5 all three, last first", [frag6(last), frag6(middle), frag6(first)],
       server=[frag4(last), frag4(middle), frag4(first)])
for start, piece in enumerate(pieces(tcp(1000, 2000, DATA[:1200]), 600)):
    t.case("F2,E5 TCP fragment %d" % (start + 1), frag6(piece, proto=TCP),
           server=frag4(piece, proto=TCP))
t.case("F2 an atomic fragment: DF=0 and the low half of its identification",
       t.p6(udp(1, 2, b"atom"), ext=[fragment(0, False, 0x99998765)]),
       server=t.x4(udp(1, 2, b"atom"), ident=0x8765))
t.case("F2 an atomic fragment of more than 1260 bytes: DF=0 as well",
       t.p6(udp(1, 2, DATA[:1300]), ext=[fragment(0, False, 5)]),
       server=t.x4(udp(1, 2, DATA[:1300]), ident=5))
t.case("F2 an identification whose low half is zero",
       t.p6(udp(1, 2, b"zero"), ext=[fragment(0, False, 0x10000)]),
       server=t.x4(udp(1, 2, b"zero"), ident=0))
t.case("F2 reserved bits of the fragment header mean nothing",
       t.p6(middle[1], nh=UDP, ext=[(FRAGMENT, struct.pack(">BBHI", 0, 0xFF, middle[0] | 7, 9))]),
       server=t.x4(middle[2], proto=UDP, offset=middle[0], mf=True, ident=9))
t.case("F2,E1 fragments of ESP", t.p6(DATA[:64], nh=ESP, ext=[fragment(0, True, 3)]),
       server=t.x4(DATA[:64], proto=ESP, mf=True, ident=3))
t.case("F2 the highest offset an IPv4 packet can have",
       t.p6(DATA[:7], nh=UDP, ext=[fragment(65504, False, 3)]),
       server=t.x4(DATA[:7], proto=UDP, offset=65504, ident=3))
t.case("F2 the last byte that an IPv4 packet can have",
       t.p6(DATA[:11], nh=UDP, ext=[fragment(65504, False, 3)]),
       server=t.x4(DATA[:11], proto=UDP, offset=65504, ident=3))
for size, more in ((12, False), (16, True), (1400, False)):
    packet = t.p6(DATA[:size], nh=UDP, ext=[fragment(65528 if size == 1400 else 65504, more, 3)])
    t.case("F2 a fragment of %d bytes that ends beyond it is dropped" % size, packet,
           client=t.prohibited6(packet), count="drop_jumbogram")
t.case("F2,F3 options in front of the fragment header",
       t.p6(first[1], nh=UDP, ext=[hopopts(), dstopts(), fragment(0, True, 77)]),
       server=t.x4(first[2], proto=UDP, mf=True, ident=77))
tiny = tcp(1000, 2000, b"payload").bytes(t.C6, t.S6)
t.case("a tiny first fragment, without the TCP checksum, is dropped",
       t.p6(tiny[:8], nh=TCP, ext=[fragment(0, True, 3)]), count="drop_truncated")

# --- F3: what is skipped

for name, ext in (("hop-by-hop options", [hopopts()]), ("destination options", [dstopts()]),
                  ("routing header with no segments left", [routing(0)]),
                  ("routing header of an unknown type", [routing(0, kind=77)]),
                  ("all three", [hopopts(), dstopts(), routing(0)]),
                  ("options before and behind the routing header",
                   [hopopts(), dstopts(), routing(0), dstopts()]),
                  ("routing before options", [routing(0), dstopts()]),
                  ("a long option", [dstopts(bytes([1, 252]) + bytes(252))])):
    t.case("F3 skipped: " + name, t.p6(udp(1, 2, b"behind"), ext=ext),
           server=small(udp(1, 2, b"behind")))
    t.case("F3,F1 skipped in front of a ping: " + name, t.p6(ping(), ext=ext), server=small(ping()))
t.case("F3 the length that decides about DF is that of the IPv4 packet",
       t.p6(udp(1, 2, DATA[:1232]), ext=[dstopts()]), server=small(udp(1, 2, DATA[:1232])))
t.case("F3 eight headers are followed", t.p6(udp(1, 2, b"end"), ext=[dstopts()] * 8),
       server=small(udp(1, 2, b"end")))
t.case("F3,F2 eight headers and a fragment header are followed",
       t.p6(udp(1, 2, b"end"), ext=[dstopts()] * 8 + [fragment(0, False, 5)]),
       server=t.x4(udp(1, 2, b"end"), ident=5))
packet = t.p6(udp(1, 2, b"end"), ext=[dstopts()] * 9)
t.case("F3 nine are too many", packet, client=t.prohibited6(packet), count="drop_exthdr")
packet = t.p6(udp(1, 2, b"end"), ext=[dstopts()] * 150)
t.case("F3 an endless chain is given up", packet, client=t.prohibited6(packet), count="drop_exthdr")

# --- F4: source routes

for name, ext, pointer in (("alone", [routing(1)], 43),
                           ("behind hop-by-hop options", [hopopts(), routing(2)], 51),
                           ("behind two headers", [hopopts(), dstopts(), routing(255)], 59),
                           ("of an unknown type", [routing(1, kind=99)], 43)):
    packet = t.p6(udp(1, 2, b"routed"), ext=ext)
    t.case("F4 segments left, %s: parameter problem at byte %d" % (name, pointer), packet,
           client=t.error6(4, 0, struct.pack(">I", pointer), packet), count="drop_routing6")

# --- F5: extension headers behind a fragment header

for name, number, data in (("destination options", DSTOPTS, dstopts()[1]),
                           ("a routing header", ROUTING, routing(0)[1]),
                           ("hop-by-hop options", HOPOPTS, hopopts()[1]),
                           ("another fragment header", FRAGMENT, fragment(0, True, 8)[1]),
                           ("AH", AH, bytes(24))):
    whole = bytes([UDP]) + data[1:] + DATA[:64]
    packet = t.p6(whole, nh=number, ext=[fragment(0, True, 3)])
    t.case("F5 a fragment header in front of %s" % name, packet, client=t.prohibited6(packet),
           count="drop_exthdr")
packet = t.p6(DATA[:64], nh=DSTOPTS, ext=[fragment(800, False, 3)])
t.case("F5 ... also in a later fragment", packet, client=t.prohibited6(packet), count="drop_exthdr")
packet = t.p6(bytes([UDP]) + dstopts()[1][1:] + udp(1, 2).bytes(t.C6, t.S6), nh=DSTOPTS,
              ext=[fragment(0, False, 3)])
t.case("F5 ... also in an atomic one", packet, client=t.prohibited6(packet), count="drop_exthdr")

# --- F6: hop limit and size

for limit in range(1, t.hops + 1):
    packet = t.p6(udp(1, 2, b"dies"), hl=limit)
    # Through the route the box forwards twice. The packet that it cannot forward has 1, either time.
    t.case("F6 hop limit %d expires in the box" % limit, packet,
           client=Error([t.R6, embed(t.PREFIX, t.R4)], t.C6, 3, 0, bytes(4),
                        t.p6(udp(1, 2, b"dies"), hl=1)))
    t.case("F6 ... and nothing is said about an error with hop limit %d" % limit,
           t.p6(icmp6(1, 4, data=t.x6(udp(1, 2))), hl=limit))

# For IPv4, AH is only protocol 51: its contents do not matter, here or further on. But the kernel's IPv6
# looks into it, and sends no error about an error (RFC 4443, section 2.4 e.1).
error = bytes([ICMPV6, 4, 0, 0]) + bytes(20) + icmp6(1, 4, data=t.x6(udp(1, 2))).bytes(t.C6, t.S6)
for limit in range(1, t.hops + 1):
    told = [] if t.door == "route" and limit == 1 else \
        Error([t.R6, embed(t.PREFIX, t.R4)], t.C6, 3, 0, bytes(4), t.p6(raw(AH, error), hl=1))
    t.case("F6 an ICMPv6 error within AH, with hop limit %d: %s" % (limit, "expires in IPv4" if told else "nothing"),
           t.p6(raw(AH, error), hl=limit), client=told)

t.run("ip", "link", "set", "r4", "mtu", "1400")
fits, over = udp(1, 2, DATA[:1372]), udp(1, 2, DATA[:1373])
t.case("F6 1400 bytes over a link of 1400", t.p6(fits), server=large(fits))
t.case("F6 1401 bytes over a link of 1400: too big, MTU 1420", t.p6(over),
       client=t.error6(2, 0, struct.pack(">I", 1420), t.p6(over)))
t.case("F6 an atomic fragment has DF=0 and is fragmented on",
       t.p6(udp(1, 2, DATA[:1432]), ext=[fragment(0, False, 5)]),
       server=[t.x4(udp(1, 2, DATA[:1432]).bytes(t.C4, t.S4)[:1376], proto=UDP, mf=True, ident=5),
               t.x4(udp(1, 2, DATA[:1432]).bytes(t.C4, t.S4)[1376:], proto=UDP, offset=1376,
                    ident=5)])

t.run("ip", "link", "set", "r4", "mtu", "1000")
over = udp(1, 2, DATA[:1233])
t.case("F6,H13 too big for a path below 1260: MTU 1280, no less", t.p6(over),
       client=t.error6(2, 0, struct.pack(">I", 1280), t.p6(over)))
whole = udp(1, 2, DATA[:1232]).bytes(t.C4, t.S4)
idents = []


def piece(start, end):
    def check(got):
        idents.append(got[4:6])
        want = render(t.x4(whole[start:end], proto=UDP, offset=start, mf=end < len(whole),
                           ident=ANY), got)
        return None if want == got else "not the piece from %d to %d" % (start, end)
    return Check(check)


t.case("H13 a packet of 1280 bytes crosses a link of 1000 in pieces",
       t.p6(udp(1, 2, DATA[:1232])), server=[piece(0, 976), piece(976, len(whole))])
t.report("H13 ... that belong together", [] if len(set(idents)) == 1 else [str(idents)])
t.run("ip", "link", "set", "r4", "mtu", "1500")

# --- F7: what is malformed

for name, packet in (("UDP of 7 bytes", t.p6(raw(UDP, bytes(7)))),
                     ("UDP without a byte", t.p6(raw(UDP, b""))),
                     ("TCP of 19 bytes", t.p6(raw(TCP, bytes(19)))),
                     ("ICMPv6 of 7 bytes", t.p6(raw(ICMPV6, b"\x80" + bytes(6)))),
                     ("an option header that ends beyond the packet",
                      t.p6(bytes([UDP, 200, 1, 4, 0, 0, 0, 0]), nh=DSTOPTS)),
                     ("half a fragment header", t.p6(bytes([UDP, 0, 0, 0]), nh=FRAGMENT)),
                     ("half a routing header", t.p6(bytes([UDP, 0, 2, 0]), nh=ROUTING)),
                     ("a routing header that ends beyond the packet",
                      t.p6(bytes([UDP, 9, 2, 0]) + bytes(20), nh=ROUTING))):
    t.case("F7 truncated: " + name, packet, count="drop_truncated")
t.case("F7 bytes behind the end are cut off",
       render(t.p6(udp(1, 2, b"short"))) + b"trailer", server=small(udp(1, 2, b"short")))

if device:
    # The kernel's own IPv6 input drops these before any hook; the device sees them.
    count = {"count": "drop_header6"}
    truncated = {"count": "drop_truncated"}
    jumbo = {"count": "drop_jumbogram"}
else:
    count = jumbo = truncated = {}
t.case("F7 a payload length beyond the packet", t.p6(udp(1, 2, b"long"), length=50), **count)
t.case("F7 a header of 39 bytes", render(t.p6(b"", nh=NONXT))[:39], **truncated)
t.case("F7 version 5", b"\x50" + render(t.p6(udp(1, 2)))[1:], side="device" if device else "client",
       version=6, **count)
# RFC 2675. If a jumbogram's length is below 65536, the kernel sends an error about the option.
packet = t.p6(udp(1, 2, b"jumbo"), ext=[hopopts(bytes([0xC2, 4, 0, 0, 0, 40]))], length=0)
if device:
    t.case("F7 a jumbogram", packet, client=t.prohibited6(packet), **jumbo)

t.done()
