# SPDX-License-Identifier: GPL-2.0
"""RFC 7915, sections 4.2, 4.3, 5.2 and 5.3: ICMP and ICMPv6, and the packets that errors quote."""

import struct

from packet import (ANY, ICMP, ICMPV6, UDP, Cut, IPv4, IPv6, dstopts, embed, fragment,
                    icmp4, icmp6, ip, ping, pseudo, raw, render, routing, tcp, udp, udplite, add16, checksum)
from wire import Check, Tester

t = Tester()
DATA = bytes(range(256)) * 8
X4 = ip("203.0.113.3")		# a router on the IPv4 path
X6 = embed(t.PREFIX, X4)


def word(number):
    return struct.pack(">I", number)


# The packet that an error is about, as it was seen where the error was made: 6 -> 4 for errors
# from the IPv4 side, 4 -> 6 for those from the IPv6 side. Its hop limit is the one it had there,
# and is not touched when it is quoted.
def about4(l4=udp(1000, 2000, b"quoted"), **fields):
    fields.setdefault("ttl", 50)
    return IPv4(t.C4, t.S4, l4, **fields)


def about4_as6(l4=udp(1000, 2000, b"quoted"), **fields):
    return IPv6(t.C6, t.S6, l4, hl=50, **fields)


def about6(l4=udp(2000, 1000, b"quoted"), **fields):
    return IPv6(t.S6, t.C6, l4, hl=50, **fields)


def about6_as4(l4=udp(2000, 1000, b"quoted"), **fields):
    fields.setdefault("ident", ANY)
    return IPv4(t.S4, t.C4, l4, ttl=50, **fields)


def from4(kind, code, rest=bytes(4), about=about4(), src=None, **fields):
    return t.p4(icmp4(kind, code, rest, about), src=src or X4, **fields)


def at6(kind, code, rest=bytes(4), about=about4_as6(), src=None, **fields):
    return t.x6(icmp6(kind, code, rest, about), src=src or X6, **fields)


def from6(kind, code, rest=bytes(4), about=about6(), **fields):
    return t.p6(icmp6(kind, code, rest, about), **fields)


def at4(kind, code, rest=bytes(4), about=about6_as4(), **fields):
    fields.setdefault("ident", ANY)
    return t.x4(icmp4(kind, code, rest, about), **fields)


# --- D2: what has no counterpart

for kind, name in ((4, "source quench"), (5, "redirect"), (6, "alternate host"), (9, "router advertisement"),
                   (10, "router solicitation"), (13, "timestamp"), (14, "timestamp reply"),
                   (15, "information request"), (16, "information reply"), (17, "address mask"),
                   (18, "address mask reply"), (30, "traceroute"), (40, "Photuris"),
                   (42, "extended echo"), (1, "unassigned"), (255, "reserved")):
    t.case("D2 ICMP %d (%s) is dropped" % (kind, name), t.p4(icmp4(kind, 0, data=about4())),
           count="drop_icmp_type")
for kind, reply in ((8, False), (0, True)):
    t.case("D1 an echo with code 7 keeps it", t.p4(icmp4(kind, 7, b"\0\1\0\2", b"x")),
           client=t.x6(icmp6(129 if reply else 128, 7, b"\0\1\0\2", b"x")))

# --- D3: destination unreachable

D3 = {0: 0, 1: 0, 5: 0, 6: 0, 7: 0, 8: 0, 11: 0, 12: 0, 3: 4, 9: 1, 10: 1, 13: 1, 15: 1}
for code in list(range(17)) + [255]:
    if code == 2:
        t.case("D3,D7 unreachable 3/2 becomes 4/1, pointer 6", from4(3, 2), client=at6(4, 1, word(6)))
    elif code == 4:
        pass	# D4
    elif code in D3:
        t.case("D3,D7 unreachable 3/%d becomes 1/%d" % (code, D3[code]), from4(3, code),
               client=at6(1, D3[code]))
    else:
        t.case("D3 unreachable 3/%d is dropped" % code, from4(3, code), count="drop_icmp_type")
t.case("D3,D7 an error from the host itself", from4(3, 3, src=t.S4), client=at6(1, 4, src=t.S6))
t.case("D3 the unused bytes of an unreachable mean nothing", from4(3, 1, b"\x11\0\x22\x33"),
       client=at6(1, 0))

# --- D4: fragmentation needed

for mtu, becomes in ((1400, 1420), (1280, 1300), (1260, 1280), (1259, 1280), (576, 1280), (68, 1280),
                     (1480, 1500), (1500, 1500), (9000, 1500), (65535, 1500)):
    t.case("D4,D7 fragmentation needed, MTU %d becomes packet too big, %d" % (mtu, becomes),
           from4(3, 4, word(mtu)), client=at6(2, 0, word(becomes)))
t.case("D4 the upper half of the word is not the MTU", from4(3, 4, b"\xff\0\x05\x78"),
       client=at6(2, 0, word(1420)))
# Without an MTU: the greatest plateau (RFC 1191, section 7) below the length of the packet, if it
# is at least 1280. The way out bounds it as it does any other.
for length, becomes in ((65535, 1500), (4000, 1500), (1500, 1500), (1492, 1280), (1300, 1280), (600, 1280)):
    quoted = Cut(about4(udp(1, 2, DATA[:64]), length=length), 64)
    t.case("D4 fragmentation needed without MTU, a packet of %d: %d" % (length, becomes),
           from4(3, 4, bytes(4), quoted),
           client=at6(2, 0, word(becomes),
                      Cut(about4_as6(udp(1, 2, DATA[:64]), length=length - 20), 84)))
t.run("ip", "link", "set", "r6", "mtu", "1400")
t.case("D4 the MTU of the way out", from4(3, 4, word(1500)), client=at6(2, 0, word(1400)))
t.run("ip", "link", "set", "r6", "mtu", "1500")
if t.door == "target":
    t.run("ip", "link", "set", "r4", "mtu", "1300")
    t.case("D4 the MTU of the way in", from4(3, 4, word(1500)), client=at6(2, 0, word(1320)))
    t.run("ip", "link", "set", "r4", "mtu", "1500")

# --- D5: time exceeded

for code in (0, 1):
    t.case("D5,D7 time exceeded 11/%d becomes 3/%d" % (code, code), from4(11, code),
           client=at6(3, code))

# --- D6: parameter problem

D6 = {0: 0, 1: 1, 2: 4, 3: 4, 8: 7, 9: 6, 12: 8, 13: 8, 14: 8, 15: 8, 16: 24, 17: 24, 18: 24, 19: 24}
for pointer in list(range(22)) + [255]:
    for code in (0, 2):
        packet = from4(12, code, bytes([pointer, 0, 0, 0]))
        if pointer in D6:
            t.case("D6 parameter problem 12/%d at %d becomes 4/0 at %d" % (code, pointer, D6[pointer]),
                   packet, client=at6(4, 0, word(D6[pointer])))
        else:
            t.case("D6 parameter problem 12/%d at %d is dropped" % (code, pointer), packet,
                   count="drop_icmp_type")
for code in (1, 3, 255):
    t.case("D6 parameter problem 12/%d is dropped" % code, from4(12, code), count="drop_icmp_type")

# --- D7: what 4 -> 6 errors quote

for name, l4 in (("TCP", tcp(1000, 2000, b"data", flags=0x18)), ("UDP", udp(1000, 2000, b"data")),
                 ("an echo", ping(3, 4, b"data")), ("an echo reply", ping(3, 4, b"data", reply=True)),
                 ("ESP", raw(50, DATA[:40])), ("protocol 253", raw(253, DATA[:40]))):
    t.case("D7 about %s" % name, from4(3, 1, about=about4(l4)), client=at6(1, 0, about=about4_as6(l4)))
t.case("D7 the quoted TOS and identification", from4(3, 1, about=about4(tos=0x55, ident=99, df=True)),
       client=at6(1, 0, about=about4_as6(tc=0x55)))
t.case("D7 quoted with TTL 0", from4(11, 0, about=about4(ttl=0)),
       client=at6(3, 0, about=IPv6(t.C6, t.S6, udp(1000, 2000, b"quoted"), hl=0)))
t.case("D7 quoted with options", from4(3, 1, about=about4(options=bytes([1] * 8))),
       client=at6(1, 0, about=about4_as6()))
t.case("D7 quoted with a wrong header checksum", from4(3, 1, about=about4(csum=0x1234)),
       client=at6(1, 0, about=about4_as6()))
for size, l4 in ((28, udp(1000, 2000, DATA[:1000])), (28, tcp(1000, 2000, DATA[:1000])),
                 (36, tcp(1000, 2000, DATA[:1000])), (39, tcp(1000, 2000, DATA[:1000])),
                 (41, tcp(1000, 2000, DATA[:1000])), (28, ping(3, 4, DATA[:500])),
                 (548, udp(1000, 2000, DATA[:1000]))):
    t.case("D7 quoted up to %d bytes of protocol %d" % (size, l4.proto(4)),
           from4(3, 1, about=Cut(about4(l4), size)),
           client=at6(1, 0, about=Cut(about4_as6(l4), size + 20)))
# An echo cut short: the part that is there becomes one of the other family. There is no case with half a
# checksum, which nobody could adjust.
for size in (0, 1, 2, 4, 5, 6, 7):
    t.case("D7 an echo quoted up to %d bytes of its ICMP header" % size,
           from4(3, 1, about=Cut(about4(ping(3, 4, DATA[:50])), 20 + size)),
           client=at6(1, 0, about=Cut(about4_as6(ping(3, 4, DATA[:50])), 40 + size)))
    t.case("G7 an echo quoted up to %d bytes of its ICMPv6 header" % size,
           from6(1, 0, about=Cut(about6(ping(3, 4, DATA[:50])), 40 + size)),
           server=at4(3, 1, about=Cut(about6_as4(ping(3, 4, DATA[:50])), 20 + size)))
t.case("D7 about an error of which nothing but the type is quoted: dropped",
       from4(3, 1, about=Cut(about4(icmp4(3, 1)), 21)), count="drop_icmp_inner")
t.case("G7 about an error of which nothing but the type is quoted: dropped",
       from6(1, 0, about=Cut(about6(icmp6(1, 4)), 41)), count="drop_icmp_inner")
l4 = udp(1000, 2000, DATA[:1000])
t.case("D7 about a first fragment", from4(3, 1, about=about4(l4.bytes(t.C4, t.S4)[:200], proto=UDP, mf=True, ident=7)),
       client=at6(1, 0, about=about4_as6(l4.bytes(t.C6, t.S6)[:200], nh=UDP, ext=[fragment(0, True, 7)])))
t.case("D7 about a later fragment", from4(11, 1, about=about4(DATA[:100], proto=UDP, offset=800, ident=7)),
       client=at6(3, 1, about=about4_as6(DATA[:100], nh=UDP, ext=[fragment(800, False, 7)])))
t.case("D7 a quoted UDP without checksum stays so", from4(3, 3, about=about4(udp(1, 2, b"x", csum=0))),
       client=at6(1, 4, about=about4_as6(udp(1, 2, b"x", csum=0))))
for name, about in (("an error", about4(icmp4(3, 1, data=IPv4(t.S4, t.C4, udp(1, 2))))),
                    ("a redirect", about4(icmp4(5, 1, data=IPv4(t.S4, t.C4, udp(1, 2))))),
                    ("a timestamp", about4(icmp4(13, 0, data=bytes(12)))),
                    ("IGMP", about4(raw(2, bytes(8)))),
                    ("half a header", Cut(about4(), 12)), ("nothing", b""),
                    ("a header with a bad version", about4(version=5)),
                    ("a header with a bad length", about4(ihl=4)),
                    ("a multicast packet", IPv4(t.C4, "224.0.0.9", udp(1, 2)))):
    t.case("D7 about %s: dropped" % name, from4(3, 1, about=about), count="drop_icmp_inner")
t.case("an error with a wrong checksum is dropped", t.p4(icmp4(3, 1, data=about4(), error=1)),
       count="drop_icmp_csum")

# --- D9: fragments

whole = ping(7, 8, DATA[:1000]).bytes(t.S4, t.C4)
for name, packet in (("first", t.p4(whole[:800], proto=ICMP, mf=True, ident=4)),
                     ("later", t.p4(whole[800:], proto=ICMP, offset=800, ident=4))):
    t.case("D9 a %s fragment of ICMP is dropped" % name, packet, count="drop_icmp_fragment")
whole = ping(7, 8, DATA[:1000]).bytes(t.C6, t.S6)
for name, packet in (("first", t.p6(whole[:800], nh=ICMPV6, ext=[fragment(0, True, 4)])),
                     ("later", t.p6(whole[800:], nh=ICMPV6, ext=[fragment(800, False, 4)]))):
    t.case("D9 a %s fragment of ICMPv6 is dropped" % name, packet, count="drop_icmp_fragment")
t.case("an ICMPv6 message in an atomic fragment is whole",
       t.p6(ping(7, 8), ext=[fragment(0, False, 0x1234)]), server=t.x4(ping(7, 8), ident=0x1234))
t.case("D9,C4 an echo too big for IPv6 with DF=0 goes in pieces",
       t.p4(ping(7, 8, DATA[:1400]), ident=0x99),
       client=[t.x6(ping(7, 8, DATA[:1400]).bytes(t.S6, t.C6)[:1232], nh=ICMPV6,
                    ext=[fragment(0, True, 0x99)]),
               t.x6(ping(7, 8, DATA[:1400]).bytes(t.S6, t.C6)[1232:], nh=ICMPV6,
                    ext=[fragment(1232, False, 0x99)])])

# --- G2: what has no counterpart

for kind, name in ((130, "MLD query"), (131, "MLD report"), (132, "MLD done"), (133, "router solicitation"),
                   (134, "router advertisement"), (135, "neighbour solicitation"),
                   (136, "neighbour advertisement"), (137, "redirect"), (138, "router renumbering"),
                   (139, "node information query"), (140, "node information response"),
                   (143, "MLDv2 report"), (200, "experimental"), (0, "reserved"), (5, "unassigned"),
                   (100, "experimental error"), (255, "reserved")):
    t.case("G2 ICMPv6 %d (%s) is dropped" % (kind, name), t.p6(icmp6(kind, 0, data=about6())),
           count="drop_icmp_type")
for kind, reply in ((128, False), (129, True)):
    t.case("G1 an echo with code 7 keeps it", t.p6(icmp6(kind, 7, b"\0\1\0\2", b"x")),
           server=t.x4(icmp4(0 if reply else 8, 7, b"\0\1\0\2", b"x"), ident=ANY))

# --- G3: destination unreachable

G3 = {0: (3, 1), 1: (3, 10), 2: (3, 1), 3: (3, 1), 4: (3, 3)}
for code in list(range(9)) + [255]:
    if code in G3:
        t.case("G3,G7 unreachable 1/%d becomes %d/%d" % ((code,) + G3[code]), from6(1, code),
               server=at4(*G3[code]))
    else:
        t.case("G3 unreachable 1/%d is dropped" % code, from6(1, code), count="drop_icmp_type")

# --- G4: packet too big

for mtu in (1280, 1400, 1500, 1520, 9000, 65535, 100000):
    # A packet put into the device by hand came from no link, so only the path out counts.
    becomes = min(mtu - 20, 1500 if t.door == "device" else 1480)
    t.case("G4,G7 packet too big, MTU %d becomes fragmentation needed, %d" % (mtu, becomes),
           from6(2, 0, word(mtu)), server=at4(3, 4, word(becomes)))
first = udp(2000, 1000, DATA[:1000])
t.case("G4 packet too big about a fragment, MTU 1400 becomes fragmentation needed, 1372",
       from6(2, 0, word(1400), about=about6(first.bytes(t.S6, t.C6)[:200], nh=UDP,
                                            ext=[fragment(0, True, 7)])),
       server=at4(3, 4, word(1372), about=about6_as4(first.bytes(t.S4, t.C4)[:200], proto=UDP,
                                                     mf=True, ident=7)))
t.run("ip", "link", "set", "r4", "mtu", "1300")
t.case("G4 the MTU of the way out", from6(2, 0, word(1400)), server=at4(3, 4, word(1300)))
t.run("ip", "link", "set", "r4", "mtu", "1500")
if t.door == "target":
    t.run("ip", "link", "set", "r6", "mtu", "1300")
    t.case("G4 the MTU of the way in", from6(2, 0, word(1400)), server=at4(3, 4, word(1280)))
    t.run("ip", "link", "set", "r6", "mtu", "1500")

# --- G5: time exceeded

for code in (0, 1):
    t.case("G5,G7 time exceeded 3/%d becomes 11/%d" % (code, code), from6(3, code),
           server=at4(11, code))

# --- G6: parameter problem

G6 = {0: 0, 1: 1, 4: 2, 5: 2, 6: 9, 7: 8}
G6.update({pointer: 12 for pointer in range(8, 24)})
G6.update({pointer: 16 for pointer in range(24, 40)})
for pointer in list(range(42)) + [255, 256, 0x01000000]:
    packet = from6(4, 0, word(pointer))
    if pointer in G6:
        t.case("G6 parameter problem 4/0 at %d becomes 12/0 at %d" % (pointer, G6[pointer]), packet,
               server=at4(12, 0, bytes([G6[pointer], 0, 0, 0])))
    else:
        t.case("G6 parameter problem 4/0 at %d is dropped" % pointer, packet, count="drop_icmp_type")
t.case("G6,G7 parameter problem 4/1 becomes 3/2", from6(4, 1, word(6)), server=at4(3, 2))
for code in (2, 3, 255):
    t.case("G6 parameter problem 4/%d is dropped" % code, from6(4, code), count="drop_icmp_type")

# --- G7: what 6 -> 4 errors quote

for name, l4 in (("TCP", tcp(2000, 1000, b"data", flags=0x18)), ("UDP", udp(2000, 1000, b"data")),
                 ("an echo", ping(3, 4, b"data")), ("an echo reply", ping(3, 4, b"data", reply=True)),
                 ("ESP", raw(50, DATA[:40])), ("protocol 253", raw(253, DATA[:40]))):
    t.case("G7 about %s" % name, from6(1, 0, about=about6(l4)), server=at4(3, 1, about=about6_as4(l4)))
l4 = udplite(2000, 1000, udplite(2000, 1000, b"\0\0").bytes(t.S4, t.C4)[6:8])
t.case("G7 about UDP-Lite whose checksum comes out as zero and is written ffff", from6(1, 0, about=about6(l4)),
       server=at4(3, 1, about=about6_as4(l4)))
t.case("G7 the quoted traffic class and flow label", from6(1, 0, about=about6(tc=0x55, flow=0x12345)),
       server=at4(3, 1, about=about6_as4(tos=0x55)))
t.case("G7 quoted with options", from6(1, 0, about=about6(ext=[dstopts()])),
       server=at4(3, 1, about=about6_as4()))
for size, l4 in ((48, udp(2000, 1000, DATA[:1000])), (48, tcp(2000, 1000, DATA[:1000])),
                 (59, tcp(2000, 1000, DATA[:1000])), (61, tcp(2000, 1000, DATA[:1000])),
                 (48, ping(3, 4, DATA[:500])), (1232, udp(2000, 1000, DATA[:1230]))):
    length = 20 + len(l4.bytes(t.S4, t.C4))
    t.case("G7 quoted up to %d bytes of protocol %d" % (size, l4.proto(6)),
           from6(1, 0, about=Cut(about6(l4), size)),
           server=at4(3, 1, about=Cut(about6_as4(l4, df=length > 1260), min(size - 20, 548))))
t.case("G7 about a packet of more than 1260 bytes: DF as it was sent",
       from6(2, 0, word(1400), about=Cut(about6(udp(2000, 1000, DATA[:1440])), 1000)),
       server=at4(3, 4, word(1380), about=Cut(about6_as4(udp(2000, 1000, DATA[:1440]), df=True), 548)))
l4 = udp(2000, 1000, DATA[:1000])
t.case("G7 about a first fragment",
       from6(1, 0, about=about6(l4.bytes(t.S6, t.C6)[:200], nh=UDP, ext=[fragment(0, True, 0x10007)])),
       server=at4(3, 1, about=about6_as4(l4.bytes(t.S4, t.C4)[:200], proto=UDP, mf=True, ident=7)))
later = from6(3, 1, about=about6(DATA[:100], nh=UDP, ext=[fragment(800, False, 7)]))
if t.door == "device":
    # It comes from the router itself, which must send no errors about later fragments.
    t.case("G7 about a later fragment: dropped", later, count="drop_icmp_inner")
else:
    t.case("G7 about a later fragment", later,
           server=at4(11, 1, about=about6_as4(DATA[:100], proto=UDP, offset=800, ident=7)))
# This translator puts no Routing header on packets, so such an error tells it nothing.
t.case("G7 quoted with a used-up Routing header", from6(2, 0, word(1400), about=about6(ext=[routing(0)])),
       server=at4(3, 4, word(1380), about=about6_as4()))
for kind in (2, 4):
    t.case("G7 quoted with segments left, Routing header of type %d: dropped" % kind,
           from6(2, 0, word(1400), about=about6(ext=[routing(1, kind=kind)])), count="drop_icmp_inner")
for name, about in (("an error", about6(icmp6(1, 4, data=IPv6(t.C6, t.S6, udp(1, 2))))),
                    ("a neighbour solicitation", about6(icmp6(135, 0, data=bytes(16)))),
                    ("IGMP", about6(raw(2, bytes(8)))),
                    ("half a header", Cut(about6(), 30)), ("nothing", b""),
                    ("a header with a bad version", about6(version=5)),
                    ("a multicast packet", IPv6(t.S6, "ff0e::9", udp(1, 2)))):
    t.case("G7 about %s: dropped" % name, from6(1, 0, about=about), count="drop_icmp_inner")
t.case("an ICMPv6 error with a wrong checksum is dropped", t.p6(icmp6(1, 0, data=about6(), error=1)),
       count="drop_icmp_csum")

# An IPv4 error may not grow beyond what an ICMPv6 error may be (RFC 4443, section 2.4 c).
quoted = udp(1000, 2000, DATA[:1400])


def at_most_1280(got):
    if len(got) > 1280 or len(got) < 1200:
        return "%d bytes" % len(got)
    if got[6] != ICMPV6 or got[40:42] != b"\x01\x00":
        return "not an ICMPv6 error"
    want = about4_as6(quoted).bytes()[:len(got) - 48]
    if got[48:] != want:
        return "quotes something else"
    if add16(got[40:], pseudo(got[8:24], got[24:40], ICMPV6, len(got) - 40)) != 0xFFFF:
        return "checksum"
    return None


t.case("D7,G10 a long error is cut to 1280 bytes", from4(3, 1, about=Cut(about4(quoted), 1300)),
       client=Check(at_most_1280))

# An ICMP error has at most 576 bytes (RFC 1812, section 4.3.2.3).
for size in (576, 577, 1232):
    t.case("G10 an ICMPv6 error that quotes %d bytes becomes one of %d bytes" %
           (size, min(8 + size, 576)), from6(1, 0, about=Cut(about6(udp(2000, 1000, DATA[:1200])), size)),
           server=at4(3, 1, about=Cut(about6_as4(udp(2000, 1000, DATA[:1200])), min(size - 20, 548))))

# --- D8, G8: RFC 4884 extensions. The extension must come through as it is, at a place where the
# length field says it is, and between the quoted packet and it nothing but zeros.

EXT = bytes.fromhex("20006b4c" "000c0101" "00012345" "deadbeef")
EXT = EXT[:2] + struct.pack(">H", checksum(EXT[:2] + b"\0\0" + EXT[4:])) + EXT[4:]


def extended(version, kind, code, about, unit, where, ext=EXT):
    """where: the offset of the length byte in the ICMP header. If the error would be too long, no more of
    the quoted packet may be missing than necessary."""
    def check(got):
        size, limit = (20, 576) if version == 4 else (40, 1280)
        icmp = got[size:]
        if len(got) > limit:
            return "%d bytes" % len(got)
        if (icmp[0], icmp[1]) != (kind, code):
            return "type %d code %d" % (icmp[0], icmp[1])
        start = 0 if version == 4 else pseudo(got[8:24], got[24:40], ICMPV6, len(icmp))
        if add16(icmp, start) != 0xFFFF:
            return "checksum"
        length = icmp[where] * unit
        want = render(about, got, size + 8)
        if length < 128:
            return "the quoted packet is said to take %d bytes" % length
        if icmp[8:8 + min(len(want), length)] != want[:length]:
            return "the quoted packet is another one"
        if length < len(want) and len(got) <= limit - unit:
            return "of the quoted packet only %d bytes" % length
        if any(icmp[8 + len(want):8 + length]):
            return "padding that is not zero"
        if icmp[8 + length:] != ext:
            return "the extension is not at %d: %s" % (length, icmp[8 + length:].hex())
        return None
    return Check(check)


def padded(packet, size):
    data = render(packet)
    return data[:size] + bytes(size - min(size, len(data)))


for size in (128, 132, 140, 508):
    for payload in (20, 600):
        l4 = udp(1000, 2000, DATA[:payload])
        for kind, code, becomes in ((3, 1, (1, 0)), (11, 0, (3, 0))):
            t.case("D8 %d/%d with %d bytes quoted of a packet of %d, and an extension" %
                   (kind, code, size, payload + 28),
                   from4(kind, code, bytes([0, size // 4, 0, 0]), padded(about4(l4), size) + EXT),
                   client=extended(6, *becomes, Cut(about4_as6(l4), size + 20), 8, 4))
for size in (128, 136, 1000):
    for payload in (20, 1200):
        l4 = udp(2000, 1000, DATA[:payload])
        for kind, code, becomes in ((1, 0, (3, 1)), (3, 0, (11, 0))):
            t.case("G8 %d/%d with %d bytes quoted of a packet of %d, and an extension" %
                   (kind, code, size, payload + 48),
                   from6(kind, code, bytes([size // 8, 0, 0, 0]), padded(about6(l4), size) + EXT),
                   server=extended(4, *becomes, Cut(about6_as4(l4), size - 20), 4, 5))
# Lengths below 128 bytes are against the RFC, but some routers send them.
for size in (28, 48, 64, 124):
    t.case("D8 %d bytes quoted are too few, and padded" % size,
           from4(11, 0, bytes([0, size // 4, 0, 0]), padded(about4(), size) + EXT),
           client=extended(6, 3, 0, Cut(about4_as6(), size + 20), 8, 4))
for size in (48, 72, 120):
    t.case("G8 %d bytes quoted are too few, and padded" % size,
           from6(3, 0, bytes([size // 8, 0, 0, 0]), padded(about6(), size) + EXT),
           server=extended(4, 11, 0, Cut(about6_as4(), size - 20), 4, 5))

# An impossible length means that there are no extensions.
for what, length in (("beyond the message", 255), ("just beyond it", 33), ("within the quoted header", 4)):
    t.case("D8 a length %s" % what,
           from4(3, 1, bytes([0, length, 0, 0]), padded(about4(), 128)), client=at6(1, 0))
for what, length in (("beyond the message", 255), ("just beyond it", 17), ("within the quoted header", 4)):
    t.case("G8 a length %s" % what,
           from6(1, 0, bytes([length, 0, 0, 0]), padded(about6(), 128)), server=at4(3, 1))

# Too long: first the quoted packet gives way, down to 128 bytes, then the extensions.
l4 = udp(2000, 1000, DATA[:800])
for size in (16, 400, 420):
    ext = EXT[:4] + DATA[:size - 4]
    t.case("G10,G8 848 bytes quoted and an extension of %d" % size,
           from6(1, 0, bytes([848 // 8, 0, 0, 0]), padded(about6(l4), 848) + ext),
           server=extended(4, 3, 1, about6_as4(l4), 4, 5, ext))
t.case("G10,G8 848 bytes quoted, and an extension of 424, which is left out",
       from6(1, 0, bytes([848 // 8, 0, 0, 0]), padded(about6(l4), 848) + DATA[:424]),
       server=at4(3, 1, about=Cut(about6_as4(l4), 548)))
l4 = udp(1000, 2000, DATA[:1000])
for size in (200, 1104):
    ext = EXT[:4] + (DATA * 2)[:size - 4]
    quoted = 1460 - 28 - size & ~3
    t.case("G10,D8 %d bytes quoted and an extension of %d" % (quoted, size),
           from4(3, 1, bytes([0, min(quoted, 1020) // 4, 0, 0]), padded(about4(l4), min(quoted, 1020)) + ext),
           client=extended(6, 1, 0, Cut(about4_as6(l4), min(quoted, 1020) + 20), 8, 4, ext))

t.done(goes_fast=False)
