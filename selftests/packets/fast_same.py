# SPDX-License-Identifier: GPL-2.0
"""What comes out by the fast path is what the slow path makes of the same packet, byte for byte: each packet is sent
with the fast path off, and then twice with it on, when there is a flow for its addresses and ports. FAST says how it
is entered, as in fast.py."""

import struct

from fastwire import FastTester
from packet import (TCP, UDP, IPv4, IPv6, L4, add16, describe, difference, dstopts, fragment, hopopts, pseudo, render,
                     tcp, udp)
from wire import GSO_TCPV4, GSO_TCPV6, NEEDS_CSUM

t = FastTester()
TIMES = 2
cases = []		# name, side, packet that makes the flow, bytes, how to send them, whether they go fast
DATA = bytes((i * 151 + 7) & 0xFF for i in range(9000))


def add(name, build, fast=True, six={}, four={}, how=None, sides="64", data=None):
    """The packet from either side; build(sport, dport) makes what is in it, once for each port."""
    for side in sides:
        t.last_port += 1
        port = t.last_port
        ports = (port, 2000) if side == "6" else (2000, port)
        l4 = build(*ports)
        plain_l4 = (tcp if l4.proto(int(side)) == TCP else udp)(*ports, b"plain")
        if side == "6":
            packet = t.p6(l4, **six)
            first = t.p6(plain_l4, hl=six.get("hl", 64), tc=six.get("tc", 0))
        else:
            packet = t.p4(l4, **{"df": True, **four})
            first = t.p4(plain_l4, df=True, ttl=four.get("ttl", 64), tos=four.get("tos", 0))
        sent = render(packet)
        if data:
            sent = data(sent)
        cases.append(("%s, from IPv%s" % (name, side), "client" if side == "6" else "server", render(first), sent,
                      how(sent) if how else {}, fast))


def partial(gso=0, size=0):
    """As a network card gets it, the checksum left to it."""
    def how(sent):
        six = sent[0] >> 4 == 6
        head = 40 if six else 20
        proto = sent[6] if six else sent[9]
        start = dict(flags=NEEDS_CSUM, start=14 + head, offset=16 if proto == 6 else 6)
        if gso:
            start.update(gso=GSO_TCPV6 if six else GSO_TCPV4, size=size, hdr_len=14 + head + 20)
        return start
    return how


def unfinished(sent):
    """The pseudo header's sum in place of the checksum."""
    six = sent[0] >> 4 == 6
    head = 40 if six else 20
    src, dst, proto = (sent[8:24], sent[24:40], sent[6]) if six else (sent[12:16], sent[16:20], sent[9])
    at = head + (16 if proto == 6 else 6)
    return sent[:at] + struct.pack(">H", pseudo(src, dst, proto, len(sent) - head)) + sent[at + 2:]


def all_ones(six):
    """Data such that the UDP checksum becomes zero in the other family, and so has to be sent as 0xFFFF."""
    def build(sport, dport):
        def make(src, dst, got, at):
            l4 = udp(sport, dport, b"\0\0z")
            one = IPv4(t.C4, t.S4, l4) if six else IPv6(t.S6, t.C6, l4)
            at_csum = 26 if six else 46
            return udp(sport, dport, render(one)[at_csum:at_csum + 2] + b"z").bytes(src, dst, got, at)
        return L4(UDP, make)
    return build


for size in (0, 1, 2, 17, 18, 19, 100, 1231, 1232, 1233, 1451, 1452):
    add("UDP, %d bytes" % size, lambda s, d: udp(s, d, DATA[:size]))
for size in (0, 1, 5, 6, 100, 1219, 1220, 1221, 1439, 1440):
    add("TCP, %d bytes" % size, lambda s, d: tcp(s, d, DATA[:size]))
for size in (0, 1, 100, 1233, 1452):
    add("UDP, %d bytes, the checksum left to the card" % size, lambda s, d: udp(s, d, DATA[:size]), how=partial(),
        data=unfinished)
for size in (0, 1, 100, 1221, 1440):
    add("TCP, %d bytes, the checksum left to the card" % size, lambda s, d: tcp(s, d, DATA[:size]), how=partial(),
        data=unfinished)
for size in (1200, 1300, 1440):
    add("a super-packet, segments of %d bytes" % size, lambda s, d: tcp(s, d, DATA[:3 * size]),
        how=partial(True, size), data=unfinished)
add("TCP with options", lambda s, d: tcp(s, d, DATA[:50], options=b"\x01\x01\x08\x0a" + bytes(8)))
for flags in (0x18, 0x30, 0x50, 0x90, 0xD0, 0x00):
    add("TCP, flags %#x" % flags, lambda s, d: tcp(s, d, DATA[:50], flags=flags))
for flags in (0x02, 0x12, 0x11, 0x14, 0x04, 0xC2):
    add("TCP, flags %#x" % flags, lambda s, d: tcp(s, d, DATA[:50], flags=flags), fast=False)
add("UDP, a wrong checksum", lambda s, d: udp(s, d, DATA[:50], error=0x1234))
add("TCP, a wrong checksum", lambda s, d: tcp(s, d, DATA[:50], error=0x4321))
add("UDP, a length that is too short", lambda s, d: udp(s, d, DATA[:50], length=20), fast=None)
add("UDP, a length that is too long", lambda s, d: udp(s, d, DATA[:50], length=200), fast=None)
add("UDP, a length less than its header", lambda s, d: udp(s, d, DATA[:50], length=3), fast=None)
add("UDP, ports zero", lambda s, d: udp(0, d if s == 2000 else 2000, DATA[:50]), fast=None)
add("UDP whose checksum becomes zero", all_ones(True), sides="6")
add("UDP whose checksum becomes zero", all_ones(False), sides="4")
add("UDP without a checksum", lambda s, d: udp(s, d, DATA[:50], csum=0), fast=False)
for offset in (0, 4, 15):
    add("TCP, data offset %d" % offset, lambda s, d: tcp(s, d, b""), fast=None,
        data=lambda sent: sent[:-8] + bytes([offset << 4]) + sent[-7:])
for tos in (1, 2, 3, 0x28, 0xB8, 0xFF):
    add("traffic class %#x" % tos, lambda s, d: udp(s, d, DATA[:50]), six={"tc": tos}, four={"tos": tos})
for limit in (2, 3, 128, 255):
    add("hop limit %d" % limit, lambda s, d: udp(s, d, DATA[:50]), six={"hl": limit}, four={"ttl": limit},
        fast=None if limit == 2 else True)
for limit in (0, 1):
    add("hop limit %d" % limit, lambda s, d: udp(s, d, DATA[:50]), six={"hl": limit}, four={"ttl": limit}, fast=False)
add("a flow label", lambda s, d: udp(s, d, DATA[:50]), six={"flow": 0xABCDE}, sides="6")
for name, four in (("an identification", {"ident": 0x1234}), ("the evil bit", {"evil": True})):
    add(name, lambda s, d: udp(s, d, DATA[:50]), four=four, sides="4", fast=None)
for size in (100, 1212, 1232, 1233, 1252, 1452):
    add("UDP that may be fragmented, %d bytes" % size, lambda s, d: udp(s, d, DATA[:size]),
        four={"df": False, "ident": 77}, sides="4", fast=size <= 1232)
add("options", lambda s, d: udp(s, d, DATA[:50]), four={"options": b"\x01\x01\x01\x00"}, sides="4", fast=False)
for name, ext in (("hop-by-hop options", hopopts()), ("destination options", dstopts()),
                  ("an atomic fragment", fragment(0, False, 7)), ("a first fragment", fragment(0, True, 7))):
    add(name, lambda s, d: udp(s, d, DATA[:48]), six={"ext": [ext]}, sides="6", fast=False)
add("a first fragment", lambda s, d: udp(s, d, DATA[:48]), four={"mf": True, "ident": 8}, sides="4", fast=False)
add("IPv4 length beyond the end", lambda s, d: udp(s, d, DATA[:50]), four={"length": 200}, sides="4", fast=False)
add("IPv4 length short of the end", lambda s, d: udp(s, d, DATA[:50]), four={"length": 60}, sides="4", fast=None)
add("IPv6 length beyond the end", lambda s, d: udp(s, d, DATA[:50]), six={"length": 200}, sides="6", fast=False)
add("IPv6 length short of the end", lambda s, d: udp(s, d, DATA[:50]), six={"length": 40}, sides="6", fast=None)
add("IPv6 length zero", lambda s, d: udp(s, d, DATA[:50]), six={"length": 0}, sides="6", fast=False)
add("IPv4 header checksum", lambda s, d: udp(s, d, DATA[:50]), four={"csum": 0x1111}, sides="4", fast=False)
add("UDP too long for IPv4's way to IPv6", lambda s, d: udp(s, d, DATA[:1453]), fast=False, sides="4")
for pad in (1, 18, 200):
    add("padded by %d bytes" % pad, lambda s, d: udp(s, d, DATA[:3]), how=lambda sent: {"pad": pad})
    add("padded by %d bytes, TCP" % pad, lambda s, d: tcp(s, d, b""), how=lambda sent: {"pad": pad})


def plain(data):
    """Without what differs from packet to packet: IPv4's identification, and IPv6's flow label of an error."""
    if data[0] >> 4 == 4:
        sound = add16(data[:(data[0] & 15) * 4]) == 0xFFFF
        return bytes([sound]) + data[:4] + b"\0\0" + data[6:10] + b"\0\0" + data[12:]
    if data[6] == 58:
        return data[:1] + b"\0\0\0" + data[4:]
    return data


def send(case):
    _, side, _, sent, how, _ = case
    port = t.ports[side]
    if "pad" in how:
        port.frame(sent, how["pad"])
    else:
        port.send(sent, **how)
    return {name: [(vnet, plain(got)) for vnet, got in came] for name, came in t.arrived().items()}


def compare(want, got):
    out = []
    for name, had in want.items():
        if len(had) != len(got[name]):
            out.append("%s: %d came instead of %d" % (name, len(got[name]), len(had)))
            continue
        for (vnet, one), (vnet2, two) in zip(had, got[name]):
            if one != two:
                out.append("%s: %s" % (name, difference(one, two)))
                out += [describe(one), one.hex(), two.hex()]
            if vnet != vnet2:
                out.append("%s: virtio headers %s and %s" % (name, vnet, vnet2))
    return out


MODE = "ingress" if t.mode in ("ingress", "route") else "rule"
t.nat64("dev set nat64 fast off")
t.forget()
slow = [send(case) for case in cases]
t.nat64("dev set nat64 fast " + MODE)
wrong, vain = [], []
for case, want in zip(cases, slow):
    for _ in range(2):
        t.ports[case[1]].send(case[2])
    t.forget()
    for number in range(TIMES):
        before = t.count()["fast_hit"]
        found = compare(want, send(case))
        hit = t.count()["fast_hit"] - before
        if found:
            wrong += ["%s, time %d (fast: %d)" % (case[0], number + 1, hit)] + ["  " + line for line in found]
        if case[5] is not None and hit != case[5]:
            vain.append("%s: time %d: went %s" % (case[0], number + 1, "fast" if hit else "slow"))
t.report("%d packets come out as by the slow path, %d times each" % (len(cases), TIMES), wrong)
t.report("those that may go fast do, and no others", vain)
t.done()
