# SPDX-License-Identifier: GPL-2.0
"""Build exact IPv4 and IPv6 packets with nothing but the standard library.

Every layer is a node that renders itself into bytes; checksums and lengths are computed from
scratch, so that a packet which is built here for one family is an expectation that owes nothing
to a translator's incremental arithmetic. A field that a translator may choose freely (the IPv4
identification of an unfragmented packet) is given as ANY: such a node takes it from the packet it
is compared with, and everything else, the checksums included, is still exact.

scapy would do the building as well, but importing it takes longer in an emulated machine than
most of the tests do.
"""

import ipaddress
import struct

ANY = object()

HOPOPTS, ICMP, IGMP, TCP, UDP, DCCP, ROUTING, FRAGMENT = 0, 1, 2, 6, 17, 33, 43, 44
GRE, ESP, AH, ICMPV6, NONXT, DSTOPTS, SCTP, UDPLITE = 47, 50, 51, 58, 59, 60, 132, 136

ETH_P_IP, ETH_P_IPV6 = 0x0800, 0x86DD


def ip(text):
    """The packed form of an address of either family."""
    return text if isinstance(text, bytes) else ipaddress.ip_address(text).packed


def embed(prefix, addr4):
    """RFC 6052, section 2.2: the IPv4 address within the prefix, bits 64 to 71 and suffix zero."""
    net = ipaddress.ip_network(prefix)
    out = bytearray(net.network_address.packed)
    pos = net.prefixlen // 8
    for byte in ip(addr4):
        if pos == 8:
            pos += 1
        out[pos] = byte
        pos += 1
    return bytes(out)


def add16(data, start=0):
    """The ones' complement sum of the 16-bit words of data."""
    if len(data) & 1:
        data += b"\0"
    total = start + sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def checksum(data, start=0):
    return ~add16(data, start) & 0xFFFF


def pseudo(src, dst, proto, length):
    """The sum of the pseudo header (RFC 768, RFC 793, RFC 8200 section 8.1)."""
    if len(src) == 4:
        return add16(src + dst + struct.pack(">BBH", 0, proto, length))
    return add16(src + dst + struct.pack(">IHBB", length, 0, 0, proto))


def render(part, got=b"", at=0):
    """The bytes of a node, or of bytes."""
    return part if isinstance(part, (bytes, bytearray)) else part.bytes(got, at)


class L4:
    """A payload of an IP packet; its bytes may depend on the addresses and the family."""

    def __init__(self, proto, build):
        self._proto = proto
        self._build = build

    def proto(self, version):
        return self._proto[version] if isinstance(self._proto, dict) else self._proto

    def bytes(self, src, dst, got=b"", at=0):
        return self._build(src, dst, got, at)


def raw(proto, data):
    """A protocol that the translator does not look into."""
    return L4(proto, lambda src, dst, got, at: render(data, got, at))


def udp(sport, dport, data=b"", csum=None, length=None, error=0):
    """csum None: computed. error: added to the right checksum, to make it wrong by that much."""
    def build(src, dst, got, at):
        size = 8 + len(data) if length is None else length
        head = struct.pack(">HHHH", sport, dport, size, 0)
        value = csum
        if value is None:
            value = checksum((head + data)[:max(8, size)], pseudo(src, dst, UDP, size)) or 0xFFFF
            value = add16(struct.pack(">HH", value, error)) if error else value
        return head[:6] + struct.pack(">H", value) + data
    return L4(UDP, build)


def udplite(sport, dport, data=b"", coverage=0):
    """RFC 3828: the length field is a coverage, the pseudo header has the whole length."""
    def build(src, dst, got, at):
        head = struct.pack(">HHHH", sport, dport, coverage, 0)
        whole = head + data
        covered = whole[:coverage] if coverage else whole
        value = checksum(covered, pseudo(src, dst, UDPLITE, len(whole))) or 0xFFFF
        return head[:6] + struct.pack(">H", value) + data
    return L4(UDPLITE, build)


def tcp(sport, dport, data=b"", seq=1, ack=0, flags=0x10, window=1024, options=b"", error=0):
    def build(src, dst, got, at):
        offset = (20 + len(options)) // 4
        head = struct.pack(">HHIIBBHHH", sport, dport, seq, ack, offset << 4, flags, window, 0, 0)
        whole = head + options + data
        value = checksum(whole, pseudo(src, dst, TCP, len(whole)))
        value = add16(struct.pack(">HH", value, error)) if error else value
        return whole[:16] + struct.pack(">H", value) + whole[18:]
    return L4(TCP, build)


def dccp(sport, dport, data=b"", coverage=0):
    """RFC 4340: a DCCP-Data packet with a long sequence number; coverage is the CsCov field."""
    def build(src, dst, got, at):
        head = struct.pack(">HHBBHBBHI", sport, dport, 4, coverage, 0, 2 << 1 | 1, 0, 0, 77)
        whole = head + data
        covered = whole if coverage == 0 else whole[:16 + (coverage - 1) * 4]
        value = checksum(covered, pseudo(src, dst, DCCP, len(whole)))
        return whole[:6] + struct.pack(">H", value) + whole[8:]
    return L4(DCCP, build)


def sctp(sport, dport, data=b""):
    """The CRC32c of SCTP has no pseudo header: any value must come through unharmed."""
    return raw(SCTP, struct.pack(">HHII", sport, dport, 0x01020304, 0xDEADBEEF) + data)


def icmp4(kind, code, rest=bytes(4), data=b"", error=0):
    def build(src, dst, got, at):
        head = struct.pack(">BBH", kind, code, 0) + rest
        whole = head + render(data, got, at + 8)
        value = checksum(whole)
        value = add16(struct.pack(">HH", value, error)) if error else value
        return whole[:2] + struct.pack(">H", value) + whole[4:]
    return L4(ICMP, build)


def icmp6(kind, code, rest=bytes(4), data=b"", error=0):
    def build(src, dst, got, at):
        head = struct.pack(">BBH", kind, code, 0) + rest
        whole = head + render(data, got, at + 8)
        value = checksum(whole, pseudo(src, dst, ICMPV6, len(whole)))
        value = add16(struct.pack(">HH", value, error)) if error else value
        return whole[:2] + struct.pack(">H", value) + whole[4:]
    return L4(ICMPV6, build)


def ping(ident=0x1234, seq=1, data=b"abcdefgh", reply=False, error=0):
    """An echo request or reply, of the family it is put into."""
    rest = struct.pack(">HH", ident, seq)

    def build(src, dst, got, at):
        if len(src) == 4:
            part = icmp4(0 if reply else 8, 0, rest, data, error)
        else:
            part = icmp6(129 if reply else 128, 0, rest, data, error)
        return part.bytes(src, dst, got, at)
    return L4({4: ICMP, 6: ICMPV6}, build)


class Cut:
    """The first size bytes of a packet, as an ICMP error quotes it."""

    def __init__(self, packet, size):
        self.packet = packet
        self.size = size

    def bytes(self, got=b"", at=0):
        return self.packet.bytes(got, at)[:self.size]


class IPv4:
    """payload: an L4, or bytes with proto=. Every other field is what a decent sender sets."""

    def __init__(self, src, dst, payload, proto=None, ttl=64, tos=0, ident=0, df=False, mf=False,
                 offset=0, options=b"", version=4, ihl=None, length=None, csum=None, evil=False):
        self.src, self.dst, self.payload = ip(src), ip(dst), payload
        self.proto = payload.proto(4) if proto is None else proto
        self.ttl, self.tos, self.ident = ttl, tos, ident
        self.flags = (evil << 15) | (df << 14) | (mf << 13) | offset // 8
        self.options, self.version, self.ihl = options, version, ihl
        self.length, self.csum = length, csum

    def bytes(self, got=b"", at=0):
        size = 20 + len(self.options)
        if isinstance(self.payload, L4):
            data = self.payload.bytes(self.src, self.dst, got, at + size)
        else:
            data = render(self.payload, got, at + size)
        ident = self.ident
        if ident is ANY:
            ident = int.from_bytes(got[at + 4:at + 6], "big")
        length = size + len(data) if self.length is None else self.length
        ihl = size // 4 if self.ihl is None else self.ihl
        head = struct.pack(">BBHHHBBH", self.version << 4 | ihl, self.tos, length, ident,
                           self.flags, self.ttl, self.proto, 0) + self.src + self.dst
        head += self.options
        csum = checksum(head) if self.csum is None else self.csum
        return head[:10] + struct.pack(">H", csum) + head[12:] + data


class IPv6:
    """ext: extension headers in order, each a pair of its protocol number and its bytes with the
    first byte (next header) left to be filled in."""

    def __init__(self, src, dst, payload, nh=None, hl=64, tc=0, flow=0, ext=(), length=None,
                 version=6):
        self.src, self.dst, self.payload = ip(src), ip(dst), payload
        self.nh = payload.proto(6) if nh is None else nh
        self.hl, self.tc, self.flow, self.ext = hl, tc, flow, ext
        self.length, self.version = length, version

    def bytes(self, got=b"", at=0):
        chain = b""
        numbers = [number for number, _ in self.ext] + [self.nh]
        for following, (_, data) in zip(numbers[1:], self.ext):
            chain += bytes([following]) + data[1:]
        size = 40 + len(chain)
        if isinstance(self.payload, L4):
            data = self.payload.bytes(self.src, self.dst, got, at + size)
        else:
            data = render(self.payload, got, at + size)
        length = len(chain) + len(data) if self.length is None else self.length
        return struct.pack(">IHBB", self.version << 28 | self.tc << 20 | self.flow, length,
                           numbers[0], self.hl) + self.src + self.dst + chain + data


def hopopts(data=bytes([1, 4, 0, 0, 0, 0])):
    """data: the options, such that two bytes more make a multiple of eight. Default: PadN."""
    return (HOPOPTS, bytes([0, (len(data) + 2) // 8 - 1]) + data)


def dstopts(data=bytes([1, 4, 0, 0, 0, 0])):
    return (DSTOPTS, bytes([0, (len(data) + 2) // 8 - 1]) + data)


def routing(left=0, kind=2, data=bytes(4) + bytes(16)):
    return (ROUTING, bytes([0, (len(data) + 4) // 8 - 1, kind, left]) + data)


def fragment(offset=0, more=False, ident=0, reserved=0):
    return (FRAGMENT, struct.pack(">BBHI", 0, reserved, offset | more, ident))


# The rest is for people: what a packet that differs from the expectation looked like.

def describe(data):
    if not data:
        return "nothing"
    version = data[0] >> 4
    if version == 4 and len(data) >= 20:
        return "IPv4 %s > %s proto %d ttl %d tos %#x len %d id %#x frag %#06x" % (
            ipaddress.IPv4Address(data[12:16]), ipaddress.IPv4Address(data[16:20]),
            data[9], data[8], data[1], int.from_bytes(data[2:4], "big"),
            int.from_bytes(data[4:6], "big"), int.from_bytes(data[6:8], "big"))
    if version == 6 and len(data) >= 40:
        return "IPv6 %s > %s next %d hlim %d tc %#x flow %#x plen %d" % (
            ipaddress.IPv6Address(data[8:24]), ipaddress.IPv6Address(data[24:40]),
            data[6], data[7], int.from_bytes(data[0:2], "big") >> 4 & 0xFF,
            int.from_bytes(data[1:4], "big") & 0xFFFFF, int.from_bytes(data[4:6], "big"))
    return "neither IPv4 nor IPv6, %d bytes" % len(data)


def hexdump(data, limit=160):
    lines = []
    for pos in range(0, min(len(data), limit), 16):
        lines.append("%04x  %s" % (pos, data[pos:pos + 16].hex(" ", 2)))
    if len(data) > limit:
        lines.append("...   %d bytes in all" % len(data))
    return lines


def difference(want, got):
    """The offsets at which two packets differ, for a diagnostic line."""
    places = [str(i) for i in range(min(len(want), len(got))) if want[i] != got[i]]
    text = "bytes " + " ".join(places[:12]) if places else "no byte"
    if len(places) > 12:
        text += " and %d more" % (len(places) - 12)
    if len(want) != len(got):
        text += "; %d bytes instead of %d" % (len(got), len(want))
    return text
