# SPDX-License-Identifier: GPL-2.0
"""Single super-packets and unfinished checksums. A virtio header describes the work that a network
card or a local TCP would leave undone, both for packets sent and for packets received."""

import struct

from packet import ANY, TCP, UDP, IPv4, fragment, pseudo, render, tcp, udp
from wire import GSO_ECN, GSO_TCPV4, GSO_TCPV6, NEEDS_CSUM, Super, Tester

t = Tester()
DATA = bytes(range(256)) * 64


def partial(packet):
    """The packet with the sum of the pseudo header in place of its transport checksum, and how
    Port.send() has to describe that."""
    data = bytearray(render(packet))
    size = 20 if isinstance(packet, IPv4) else 40
    proto = packet.proto if size == 20 else packet.nh
    at = size + (16 if proto == TCP else 6)
    data[at:at + 2] = struct.pack(">H", pseudo(packet.src, packet.dst, proto, len(data) - size))
    return bytes(data), {"flags": NEEDS_CSUM, "start": 14 + size, "offset": at - size}


def case(name, packet, gso=0, size=0, **expected):
    data, how = partial(packet)
    if gso:
        how.update(gso=gso, size=size, hdr_len=how["start"] + 20)
    t.case(name, data, **how, **expected)


# --- E3: CHECKSUM_PARTIAL. The one who receives completes the checksum, and it must be right.

for name, l4 in (("TCP", tcp(1000, 2000, b"partial")), ("UDP", udp(1000, 2000, b"partial")),
                 ("UDP of an odd length", udp(1000, 2000, b"x" * 701)),
                 ("TCP of 1400 bytes", tcp(1000, 2000, DATA[:1400]))):
    big = len(l4.bytes(t.C4, t.S4)) + 20 > 1260
    case("E3,E1 unfinished checksum, %s to IPv4" % name, t.p6(l4), server=t.x4(l4, ident=ANY, df=big))
    case("E3,E1 unfinished checksum, %s to IPv6" % name, t.p4(l4, df=True), client=t.x6(l4))
word = udp(1, 2, b"\0\0").bytes(t.C4, t.S4)[6:8]
case("E3,E1 unfinished checksum that will be ffff, to IPv4", t.p6(udp(1, 2, word)),
     server=t.x4(udp(1, 2, word), ident=ANY))
l4 = udp(1000, 2000, DATA[:1472])
whole = l4.bytes(t.S6, t.C6)
case("E3,C4 unfinished checksum of a datagram that is then fragmented", t.p4(l4, ident=0x77),
     client=[t.x6(whole[:1232], nh=UDP, ext=[fragment(0, True, 0x77)]),
             t.x6(whole[1232:], nh=UDP, ext=[fragment(1232, False, 0x77)])])

# --- E4: TCP super-packets stay whole, and their segments as large as they were

for name, flag in (("", 0), (" with ECN", GSO_ECN)):
    flags = 0x98 if flag else 0x18
    for size in (1400, 1208):
        l4 = tcp(1000, 2000, DATA[:size * 9 + 500], flags=flags)
        case("E4 TCP super-packet%s of segments of %d, to IPv6" % (name, size), t.p4(l4, df=True),
             gso=GSO_TCPV4 | flag, size=size, client=Super(t.x6(l4), GSO_TCPV6 | flag, size))
        case("E4 TCP super-packet%s of segments of %d, to IPv4" % (name, size), t.p6(l4),
             gso=GSO_TCPV6 | flag, size=size,
             # Each segment is a packet (F1): up to 1260 bytes DF is clear.
             server=Super(t.x4(l4, ident=ANY, df=size + 40 > 1260), GSO_TCPV4 | flag, size))
l4 = tcp(1000, 2000, DATA[:1400 * 3], options=bytes([1, 1, 8, 10]) + bytes(8))
case("E4 TCP super-packet with timestamps, to IPv6", t.p4(l4, df=True), gso=GSO_TCPV4, size=1388,
     client=Super(t.x6(l4), GSO_TCPV6, 1388))
case("E4 TCP super-packet with timestamps, to IPv4", t.p6(l4), gso=GSO_TCPV6, size=1388,
     server=Super(t.x4(l4, ident=ANY, df=True), GSO_TCPV4, 1388))

# --- C5: judged by the segments. An error quotes them with the checksum as unfinished as it was.

l4 = tcp(1000, 2000, DATA[:1460 * 3])
data, how = partial(t.p4(l4, df=True))
how.update(gso=GSO_TCPV4, size=1460, hdr_len=54)
t.case("C5,E4 DF=1, segments of 1460 over an IPv6 link of 1500: ICMP 3/4 with MTU 1480", data, **how,
       server=t.error4(3, 4, struct.pack(">I", 1480), data, compare=36))
case("C5,E4 DF=1, segments of 1440 fit", t.p4(l4, df=True), gso=GSO_TCPV4, size=1440,
     client=Super(t.x6(l4), GSO_TCPV6, 1440))

# --- F6: likewise the other way

t.run("ip", "link", "set", "r4", "mtu", "1400")
l4 = tcp(1000, 2000, DATA[:1400 * 3])
data, how = partial(t.p6(l4))
how.update(gso=GSO_TCPV6, size=1361, hdr_len=74)
t.case("F6,E4 segments of 1361 over an IPv4 link of 1400: packet too big, 1420", data, **how,
       client=t.error6(2, 0, struct.pack(">I", 1420), data, compare=56))
case("F6,E4 segments of 1360 fit", t.p6(l4), gso=GSO_TCPV6, size=1360,
     server=Super(t.x4(l4, ident=ANY, df=True), GSO_TCPV4, 1360))
t.run("ip", "link", "set", "r4", "mtu", "1500")

# --- C4: DF=0. Each segment is an IPv4 packet, and each is fragmented.

size, count = 1400, 3
l4 = tcp(1000, 2000, DATA[:size * count], flags=0x18)


def broken(cut):
    """Each segment in two fragments."""
    want = []
    for number in range(count):
        last = number == count - 1
        segment = tcp(1000, 2000, DATA[size * number:size * (number + 1)], seq=1 + size * number,
                      flags=0x18 if last else 0x10).bytes(t.S6, t.C6)
        ident = 0x4000 + number
        want += [t.x6(segment[:cut], nh=TCP, ext=[fragment(0, True, ident)]),
                 t.x6(segment[cut:], nh=TCP, ext=[fragment(cut, False, ident)])]
    return want


case("C4,E4,C3 DF=0, segments of 1400: each in two fragments", t.p4(l4, ident=0x4000),
     gso=GSO_TCPV4, size=size, client=broken(1232))
t.nat64("dev set nat64 lowest-ipv6-mtu 1500")
case("C4,E4 DF=0, segments of 1400, lowest-ipv6-mtu 1500: whole", t.p4(l4, ident=0x4000),
     gso=GSO_TCPV4, size=size, client=Super(t.x6(l4), GSO_TCPV6, size))
t.run("ip", "link", "set", "r6", "mtu", "1400")
case("C4,E4,C3 DF=0, segments of 1400, lowest-ipv6-mtu 1500, a link of 1400: each in two fragments",
     t.p4(l4, ident=0x4000), gso=GSO_TCPV4, size=size, client=broken(1352))
t.run("ip", "link", "set", "r6", "mtu", "1500")
t.nat64("dev set nat64 lowest-ipv6-mtu 1280")

t.done()
