#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compares packets from packet.py with the same packets from scapy, byte for byte. It tests no kernel,
so it is not one of the TEST_PROGS. Run it ("make -C selftests check-packet") after changing
packet.py."""

import random
import sys

import scapy.all as s

import packet as p

A4, B4, A6, B6 = "198.51.100.2", "203.0.113.2", "2001:db8:1::2", "2001:db8:64::cb00:7102"
failed = 0


def same(what, mine, scapys):
    global failed
    mine, scapys = p.render(mine), bytes(scapys)
    if mine != scapys:
        failed += 1
        print("not ok - %s: %s" % (what, p.difference(scapys, mine)))
        print("\n".join(p.hexdump(scapys) + ["--"] + p.hexdump(mine)))
    else:
        print("ok - " + what)


for size in (0, 1, 2, 7, 100, 1401):
    data = random.randbytes(size)
    same("udp over IPv4, %d" % size,
         p.IPv4(A4, B4, p.udp(1, 2, data), ident=7, df=True, ttl=9, tos=3),
         s.IP(src=A4, dst=B4, id=7, flags="DF", ttl=9, tos=3) / s.UDP(sport=1, dport=2) / data)
    same("udp over IPv6, %d" % size, p.IPv6(A6, B6, p.udp(1, 2, data), hl=3, tc=0xAB, flow=0x12345),
         s.IPv6(src=A6, dst=B6, hlim=3, tc=0xAB, fl=0x12345) / s.UDP(sport=1, dport=2) / data)
    same("tcp over IPv4, %d" % size, p.IPv4(A4, B4, p.tcp(1, 2, data, options=b"\1\1\1\0")),
         s.IP(src=A4, dst=B4, id=0) /
         s.TCP(sport=1, dport=2, seq=1, flags="A", window=1024,
               options=[("NOP", None)] * 3 + [("EOL", None)]) / data)
    same("tcp over IPv6, %d" % size, p.IPv6(A6, B6, p.tcp(1, 2, data)),
         s.IPv6(src=A6, dst=B6) / s.TCP(sport=1, dport=2, seq=1, flags="A", window=1024) / data)
    same("echo over IPv4, %d" % size, p.IPv4(A4, B4, p.ping(5, 6, data)),
         s.IP(src=A4, dst=B4, id=0) / s.ICMP(id=5, seq=6) / data)
    same("echo reply over IPv6, %d" % size, p.IPv6(A6, B6, p.ping(5, 6, data, reply=True)),
         s.IPv6(src=A6, dst=B6) / s.ICMPv6EchoReply(id=5, seq=6, data=data))

inner4 = p.IPv4(B4, A4, p.udp(3, 4, b"hello"), ident=99)
same("error over IPv4", p.IPv4(A4, B4, p.icmp4(3, 4, b"\0\0\5\xdc", inner4)),
     s.IP(src=A4, dst=B4, id=0) / s.ICMP(type=3, code=4, nexthopmtu=1500) /
     s.IP(src=B4, dst=A4, id=99) / s.UDP(sport=3, dport=4) / b"hello")
inner6 = p.IPv6(B6, A6, p.udp(3, 4, b"hello"))
same("error over IPv6", p.IPv6(A6, B6, p.icmp6(2, 0, b"\0\0\5\x14", inner6)),
     s.IPv6(src=A6, dst=B6) / s.ICMPv6PacketTooBig(mtu=1300) /
     s.IPv6(src=B6, dst=A6) / s.UDP(sport=3, dport=4) / b"hello")
same("extension headers",
     p.IPv6(A6, B6, p.raw(p.UDP, b"x" * 16), ext=[p.hopopts(), p.routing(1, 0), p.dstopts(),
                                                  p.fragment(64, True, 0xABCDEF01)]),
     s.IPv6(src=A6, dst=B6) / s.IPv6ExtHdrHopByHop(options=[s.PadN(optdata=bytes(4))]) /
     s.IPv6ExtHdrRouting(type=0, segleft=1, addresses=["::"]) /
     s.IPv6ExtHdrDestOpt(options=[s.PadN(optdata=bytes(4))]) /
     s.IPv6ExtHdrFragment(offset=8, m=1, id=0xABCDEF01, nh=17) / s.Raw(b"x" * 16))
same("IPv4 options and fragment",
     p.IPv4(A4, B4, b"y" * 24, proto=17, options=bytes([7, 7, 4, 0, 0, 0, 0, 0]), offset=1480,
            mf=True, ident=5),
     s.IP(src=A4, dst=B4, id=5, flags="MF", frag=185, proto=17,
          options=s.IPOption(bytes([7, 7, 4, 0, 0, 0, 0, 0]))) / s.Raw(b"y" * 24))

# The examples of RFC 6052, section 2.4.
for prefix, result in (("2001:db8::/32", "2001:db8:c000:221::"),
                       ("2001:db8:100::/40", "2001:db8:1c0:2:21::"),
                       ("2001:db8:122::/48", "2001:db8:122:c000:2:2100::"),
                       ("2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"),
                       ("2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::"),
                       ("2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33")):
    same("embed in " + prefix, p.embed(prefix, "192.0.2.33"), p.ip(result))

sys.exit(bool(failed))
