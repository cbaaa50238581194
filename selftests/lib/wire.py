# SPDX-License-Identifier: GPL-2.0
"""Send exact packets into a router and compare what comes out with what should.

The hosts are not hosts but raw sockets at the far ends of the router's two veth pairs (topology:
setup_wire in lib.sh), so nothing answers that the test did not send. After the packets of a case
a marker is sent the same way; since this process stays on one CPU and veth hands packets over in
order, the arrival of the marker means that whatever the case made the router send is there, and
what is not there will not come. Silence thus costs no waiting.
"""

import os
import select
import socket
import struct
import subprocess
import sys
import time

from genl import Counters, Namespace
from packet import (ETH_P_IP, ETH_P_IPV6, ICMP, ICMPV6, TCP, UDP, IPv4, IPv6, L4, add16, checksum,
                    describe, difference, embed, hexdump, ip, pseudo, render, udp)

CLIENT_MAC, SERVER_MAC = bytes.fromhex("020000000006"), bytes.fromhex("020000000004")
ROUTER6_MAC, ROUTER4_MAC = bytes.fromhex("020000000106"), bytes.fromhex("020000000104")

SOL_PACKET, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 15, 23
SO_RCVBUFFORCE, ETH_P_ALL = 33, 3
NEEDS_CSUM, GSO_TCPV4, GSO_TCPV6, GSO_ECN = 1, 1, 4, 0x80


class Port:
    """A raw socket at one interface, with a virtio header in front of every frame: it says
    whether the checksum is still to be completed, and makes and shows super-packets."""

    def __init__(self, netns, name, mine=None, router=None):
        with Namespace(netns):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
            self.sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
            self.sock.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
            self.sock.bind((name, ETH_P_ALL))
        self.name, self.mine, self.router = name, mine, router
        self.poll = select.poll()
        self.poll.register(self.sock, select.POLLIN)

    def send(self, data, flags=0, gso=0, hdr_len=0, size=0, start=0, offset=0, version=None):
        """version: for the link layer's type field, if it differs from that of the packet."""
        vnet = struct.pack("=BBHHHH", flags, gso, hdr_len, size, start, offset)
        proto = ETH_P_IPV6 if (version or data[0] >> 4) == 6 else ETH_P_IP
        if self.mine is None:	# a NAT64 device: no link-layer header
            self.sock.sendto(vnet + data, (self.name, proto))
            return
        self.sock.send(vnet + self.router + self.mine + struct.pack(">H", proto) + data)

    def receive(self, seconds=0):
        """One (virtio header, packet), or None."""
        if not self.poll.poll(seconds * 1000):
            return None
        frame = self.sock.recv(1 << 17)
        vnet = struct.unpack("=BBHHHH", frame[:10])
        if self.mine is None:
            return vnet, frame[10:]
        if frame[22:24] not in (b"\x08\x00", b"\x86\xdd"):
            return self.receive(0)
        data = frame[24:]
        if vnet[0] & NEEDS_CSUM:
            data = complete(data, vnet[4] - 14, vnet[5])
        return vnet, data


def complete(data, start, offset):
    """What a network card does with CHECKSUM_PARTIAL. The length of a super-packet is in the
    pseudo header already, so this also completes the checksum of a super-packet as a whole."""
    value = checksum(data[start:])
    if value == 0 and offset == 6:
        value = 0xFFFF
    return data[:start + offset] + struct.pack(">H", value) + data[start + offset + 2:]


def is_noise(data):
    """What a router says without being asked: neighbour discovery, MLD, IGMP."""
    if data[0] >> 4 == 6:
        if data[6] == ICMPV6 and data[40:41] < b"\x80":	# an error, which a link-local address may send
            return False
        return data[8:10] == b"\xfe\x80" or data[8:24] == bytes(16)
    return data[16] >> 4 == 14 and data[12:16] == ip("203.0.113.1")


class Error:
    """An ICMP error made by the router itself about a packet that was sent. Its traffic class,
    flow label, hop limit and how much it quotes beyond the minimum are the kernel's affair.
    src: one of several addresses that are the router's own. compare: how many of the quoted
    bytes are known, where not all are."""

    def __init__(self, src, dst, kind, code, rest, about, compare=None):
        self.compare = compare
        self.src = [ip(one) for one in (src if isinstance(src, (list, tuple)) else [src])]
        self.dst = ip(dst)
        self.kind, self.code, self.rest, self.about = kind, code, rest, about

    def check(self, got):
        """What is wrong with a packet that came, or None."""
        four = len(self.dst) == 4
        if four:
            size, proto, limit, src, dst = (got[0] & 15) * 4, got[9], 576, got[12:16], got[16:20]
            least = 28
        else:
            size, proto, limit, src, dst = 40, got[6], 1280, got[8:24], got[24:40]
            # One that comes from the IPv4 side of the router quotes what fits into 576 bytes.
            least = 576 - 28
        icmp = got[size:]
        about = render(self.about)
        if proto != (ICMP if four else ICMPV6):
            return "protocol %d" % proto
        if src not in self.src:
            return "source %s" % describe(got)
        if dst != self.dst:
            return "destination %s" % describe(got)
        if (icmp[0], icmp[1]) != (self.kind, self.code):
            return "type %d code %d instead of %d %d" % (icmp[0], icmp[1], self.kind, self.code)
        if icmp[4:8] != self.rest:
            return "second word %s instead of %s" % (icmp[4:8].hex(), self.rest.hex())
        if add16(icmp, 0 if four else pseudo(src, dst, ICMPV6, len(icmp))) != 0xFFFF:
            return "checksum"
        quoted = icmp[8:]
        if quoted[:self.compare] != about[:len(quoted)][:self.compare]:
            return "quotes another packet: " + difference(about[:len(quoted)], quoted)
        if len(quoted) < min(least, len(about)):
            return "quotes only %d bytes of %d" % (len(quoted), len(about))
        if len(got) > limit:
            return "%d bytes long" % len(got)
        return None


class Check:
    """An expectation in words of Python: function(got) says what is wrong, or None."""

    def __init__(self, function):
        self.check = function


class Super:
    """A super-packet: the packet as one, and the size of its segments in the virtio header."""

    def __init__(self, packet, gso, size):
        self.packet, self.gso, self.size = packet, gso, size


class Tester:
    # The hosts. The router has 2001:db8:1::1 and 203.0.113.1.
    C6, S4 = ip("2001:db8:1::2"), ip("203.0.113.2")
    R6, R4 = ip("2001:db8:1::1"), ip("203.0.113.1")
    PREFIX = "2001:db8:64::/96"
    C4 = ip("198.51.100.2")
    ICMP_SOURCE = ip("198.51.100.1")	# where the test sets it
    S6 = embed(PREFIX, S4)

    def __init__(self):
        # The hook takes what the target takes, and so does the fast path; "both" has the routes as well.
        door = os.environ["DOOR"]
        self.door = "target" if door in ("both", "hook", "hook_both", "fast_rule", "fast_ingress") else door
        # The first two packets of a flow make it; so each case comes a third time.
        self.warm_up = 2 if door.startswith("fast") else 0
        self.router = os.environ["ROUTER"]
        # How much a packet's hop limit falls: through the target the box forwards once, through
        # the route twice. A packet put into the device by hand is forwarded only afterwards.
        self.hops = 2 if self.door == "route" else 1
        self.failed = self.cases = 0
        self.marks = 0
        self.fast = 0
        cpu = min(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cpu})
        self.ports = {
            "client": Port(os.environ["CLIENT"], "c0", CLIENT_MAC, ROUTER6_MAC),
            "server": Port(os.environ["SERVER"], "s0", SERVER_MAC, ROUTER4_MAC),
        }
        if self.door == "device":
            self.ports["device"] = Port(self.router, "nat64")
        self.counters = Counters(self.router, "nat64")

    # --- the instance

    def run(self, *words, ok=True):
        """A command in the router's namespace. Its failure ends the test, since what follows
        would mean nothing."""
        done = subprocess.run(("ip", "netns", "exec", self.router) + words, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if ok and done.returncode:
            print("# %s: exit %d" % (" ".join(words), done.returncode))
            print("# " + done.stdout.replace("\n", "\n# "))
            print("not ok - %s (%s)" % (" ".join(words), self.door))
            sys.exit(1)
        return done

    def nat64(self, *words):
        return self.run("nat64", *" ".join(words).split())

    # --- packets between the two hosts, as seen before and after

    def p6(self, payload, **fields):
        """From the client to the server, as the client sends it."""
        fields.setdefault("src", self.C6)
        fields.setdefault("dst", self.S6)
        return IPv6(payload=payload, **fields)

    def p4(self, payload, **fields):
        """From the server to the client, as the server sends it."""
        fields.setdefault("src", self.S4)
        fields.setdefault("dst", self.C4)
        return IPv4(payload=payload, **fields)

    def x4(self, payload, **fields):
        """From the client to the server, as the server must get it."""
        fields.setdefault("src", self.C4)
        fields.setdefault("dst", self.S4)
        fields.setdefault("ttl", 64 - self.hops)
        return IPv4(payload=payload, **fields)

    def x6(self, payload, **fields):
        """From the server to the client, as the client must get it."""
        fields.setdefault("src", self.S6)
        fields.setdefault("dst", self.C6)
        fields.setdefault("hl", 64 - self.hops)
        return IPv6(payload=payload, **fields)

    def seen6(self, packet):
        """The client's packet as an ICMP error quotes it: forwarded once by the route door."""
        data = bytearray(render(packet))
        data[7] -= self.hops - 1
        return bytes(data)

    def seen4(self, packet):
        data = bytearray(render(packet))
        if self.hops == 2:
            data[8] -= 1
            data[10:12] = bytes(2)
            data[10:12] = struct.pack(">H", checksum(data[:(data[0] & 15) * 4]))
        return bytes(data)

    def prohibited6(self, about):
        """To the client: administratively prohibited."""
        return self.error6(1, 1, bytes(4), about)

    def prohibited4(self, about):
        """Likewise to the packet's source, behind the server."""
        data = self.seen4(about)
        return Error([self.R4, self.ICMP_SOURCE], data[12:16], 3, 13, bytes(4), data)

    def error6(self, kind, code, rest, about, compare=None):
        """An error that the router itself sends to the client: its IPv6 address, or its IPv4
        address embedded, if its IPv4 side found the packet wanting."""
        return Error([self.R6, embed(self.PREFIX, self.R4)], self.C6, kind, code, rest, self.seen6(about), compare)

    def error4(self, kind, code, rest, about, compare=None):
        """Likewise to the server; an IPv6 router has the address that icmp-source gives it."""
        return Error([self.R4, self.ICMP_SOURCE], self.S4, kind, code, rest, self.seen4(about), compare)

    # --- a case

    def mark(self, side):
        """Sends a packet that is known to pass, to tell when everything before it has passed."""
        self.marks += 1
        data = b"marker %d" % self.marks
        sport = dport = 7
        if side == "server":
            packet = self.p4(udp(sport, dport, data), df=True)
        else:
            packet = self.p6(udp(sport, dport, data))
        self.ports[side].send(packet.bytes())
        return data

    def collect(self, side, mark):
        """What came out on both sides before the marker: {side: [(virtio header, packet)]}."""
        far = "client" if side == "server" else "server"
        came = {"client": [], "server": []}
        limit = time.monotonic() + 60
        while True:
            one = self.ports[far].receive(max(0, limit - time.monotonic()))
            if one is None:
                return came, False
            if one[1].endswith(mark):
                break
            came[far].append(one)
        near = "server" if far == "client" else "client"
        while True:
            one = self.ports[near].receive(0)
            if one is None:
                break
            came[near].append(one)
        for got in came.values():
            got[:] = [one for one in got if not is_noise(one[1])]
        return came, True

    def compare(self, side, want, came):
        """Diagnostic lines; none if all is as it should be."""
        out = []
        for number, expected in enumerate(want):
            if number >= len(came):
                text = describe(render(expected)) if isinstance(expected, (IPv4, IPv6)) else ""
                out.append("%s: packet %d did not come %s" % (side, number + 1, text))
                continue
            vnet, got = came[number]
            if isinstance(expected, (Error, Check)):
                wrong = expected.check(got)
                if wrong:
                    out.append("%s: packet %d: %s" % (side, number + 1, wrong))
                    out.append(" got " + describe(got))
                    out.extend("     " + line for line in hexdump(got))
                continue
            if isinstance(expected, Super):
                if (vnet[1], vnet[3]) != (expected.gso, expected.size):
                    out.append("%s: packet %d: gso type %d size %d instead of %d %d" %
                               (side, number + 1, vnet[1], vnet[3], expected.gso, expected.size))
                expected = expected.packet
            elif vnet[1]:
                out.append("%s: packet %d is a super-packet, type %d size %d" %
                           (side, number + 1, vnet[1], vnet[3]))
            data = render(expected, got) if isinstance(expected, (IPv4, IPv6)) else expected
            if data != got:
                out.append("%s: packet %d: %s" % (side, number + 1, difference(data, got)))
                out.append(" expected " + describe(data))
                out.extend("     " + line for line in hexdump(data))
                out.append(" got      " + describe(got))
                out.extend("     " + line for line in hexdump(got))
        for number, (_, got) in enumerate(came[len(want):]):
            out.append("%s: packet %d should not be there: %s" %
                       (side, len(want) + number + 1, describe(got)))
            out.extend("     " + line for line in hexdump(got))
        return out

    def case(self, name, send, client=(), server=(), side=None, count=None, entered=None, **how):
        """Send packets, and compare what comes out.

        name	the ids of the CONFORMANCE rows it proves and a sentence
        send	a packet or several, into the side that their family belongs to
        client, server	what must come out there, in this order, and nothing else
        count	the counter that goes up by one for each packet sent, and no other drop_ counter
        how	for Port.send()
        """
        send = send if isinstance(send, (list, tuple)) else [send]
        client = client if isinstance(client, (list, tuple)) else [client]
        server = server if isinstance(server, (list, tuple)) else [server]
        data = [render(part) for part in send]
        if side is None:
            if self.door == "device":
                side = "device"
            else:
                side = "server" if data[0][0] >> 4 == 4 else "client"
        for _ in range(self.warm_up):
            for part in data:
                self.ports[side].send(part, **how)
            self.finish(side, data[0][0] >> 4)
        before = self.counters.read() if count or self.warm_up else None
        for part in data:
            self.ports[side].send(part, **how)
        # In the device, a marker of the same family comes out on the side where the packets do.
        came, arrived = self.finish(side, data[0][0] >> 4)
        wrong = []
        if not arrived:
            wrong.append("the marker behind the packets did not arrive")
        wrong += self.compare("client", client, came["client"])
        wrong += self.compare("server", server, came["server"])
        if count:
            wrong += self.count_wrong(before, count, len(send) if entered is None else entered)
        if self.warm_up:
            # The marker was one of them.
            self.fast += max(0, self.counters.read()["fast_hit"] - before["fast_hit"] - 1)
        self.report(name, wrong)

    def finish(self, side, version):
        if side != "device":
            return self.collect(side, self.mark(side))
        self.marks += 1
        data = b"marker %d" % self.marks
        packet = self.p4(udp(7, 7, data), df=True) if version == 4 else self.p6(udp(7, 7, data))
        self.ports["device"].send(packet.bytes())
        return self.collect("server" if version == 4 else "client", data)

    def count_wrong(self, before, name, number):
        after = self.counters.read()
        moved = {key: after[key] - before[key] for key in after if after[key] != before[key]}
        drops = {key: value for key, value in moved.items() if key.startswith("drop_")}
        if name.startswith("drop_"):
            if drops != {name: number}:
                return ["drop counters moved by %s, not %s by %d" % (drops or "nothing", name, number)]
        elif moved.get(name) != number or drops:
            return ["counters moved by %s, not %s by %d" % (moved or "nothing", name, number)]
        return []

    def report(self, name, wrong):
        self.cases += 1
        print("%s - %s (%s)" % ("not ok" if wrong else "ok", name, self.door))
        for line in wrong:
            print("# " + line)
        self.failed += bool(wrong)
        sys.stdout.flush()

    def done(self, goes_fast=True):
        """Prints the last line. If it is missing, lib.sh knows that the test broke off.
        goes_fast: whether any packet of the test is of a kind that may take the fast path."""
        if self.warm_up and goes_fast:
            print("# %d packets took the fast path" % self.fast)
            self.report("some packets took the fast path", [] if self.fast else ["none did"])
        elif self.warm_up:
            self.report("no packet took the fast path", ["%d did" % self.fast] if self.fast else [])
        print("# done: %d cases" % self.cases)
        sys.exit(1 if self.failed else 0)
