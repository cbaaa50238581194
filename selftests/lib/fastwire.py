# SPDX-License-Identifier: GPL-2.0
"""Packets of known flows: what the tests of the fast path share.

The hosts are raw sockets, as in wire.py, but there may be more of them, one for each link of the
router. Instead of a marker that takes the way of the packets, which is what the cases break, frames
go through a link of their own: it shares the queue of received packets with all others, so that
after a few of them whatever was sent has arrived or never will."""

import contextlib
import os
import select
import socket
import struct
import subprocess
import sys
import time
import traceback

from genl import Namespace
from packet import ANY, IPv4, IPv6, embed, ip, render, tcp, udp
from wire import (CLIENT_MAC, NEEDS_CSUM, ROUTER4_MAC, ROUTER6_MAC, SERVER_MAC, Check, Port, Tester,
                  complete, is_noise)

SOL_PACKET, PACKET_AUXDATA, ETH_P_MARK = 263, 8, 0x88B5

# How often a packet is queued on its way: at the router, at the device and at the far end.
QUEUES = 4

FIN, SYN, RST, ACK = 1, 2, 4, 16


class Frame(bytes):
    """A packet as it came: to is the MAC address, vlan the tag, or None."""


class Link(Port):
    """The far end of a link. noise: what the router says without being asked."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.noise = []

    def receive(self, seconds=0):
        while self.poll.poll(seconds * 1000):
            frame, control, _, _ = self.sock.recvmsg(1 << 17, 1 << 10)
            vnet = struct.unpack("=BBHHHH", frame[:10])
            if frame[22:24] not in (b"\x08\x00", b"\x86\xdd"):
                self.noise.append(frame[10:])
                continue
            data = frame[24:]
            if vnet[0] & NEEDS_CSUM:
                data = complete(data, vnet[4] - 14, vnet[5])
            if is_noise(data):
                self.noise.append(frame[10:])
                continue
            data = Frame(data)
            data.to = frame[10:16]
            data.vlan = None
            for level, kind, value in control:
                if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                    status, _, _, _, _, tci, _ = struct.unpack("=IIIHHHH", value)
                    data.vlan = tci if status & 0x10 else None
            return vnet, data
        return None

    def frame(self, data, pad=0, to=None, kind=None):
        """Sends a frame as it is: padded with so many bytes, to another address, of another type."""
        kind = kind or (b"\x86\xdd" if data[0] >> 4 == 6 else b"\x08\x00")
        self.sock.send(bytes(10) + (to or self.router) + self.mine + kind + data + b"\xa5" * pad)

    def asks(self, kind):
        """Whether the router has looked for a neighbour: by "arp" or by "ndisc"."""
        if kind == "arp":
            return any(one[12:14] == b"\x08\x06" for one in self.noise)
        return any(one[12:14] == b"\x86\xdd" and one[20] == 58 and one[54] == 135 for one in self.noise)


class Broken(Exception):
    """What is wrong, in lines."""


def unreachable4(_):
    """An error to the IPv4 end, about an unreachable destination."""
    return Check(lambda got: None if got[9] == 1 and got[20] == 3 else "not an ICMP error")


class Flow:
    """A conversation between two hosts. src and dst: those of the packets at the IPv6 end; srv, cli: the
    addresses that they have at the IPv4 end."""

    def __init__(self, t, port=None, l4=udp, host6=None, host4=None, peer=None, prefix=None, peer_port=2000,
                 near="client", far="server", size=100):
        self.t, self.l4 = t, l4
        self.port = self.port4 = port or t.next_port()
        self.peer_port = peer_port
        self.host6, self.host4, self.peer = ip(host6 or t.C6), ip(host4 or t.C4), ip(peer or t.S4)
        self.prefix = prefix or t.PREFIX
        self.near, self.far = near, far
        self.hops6 = self.hops4 = t.hops
        self.size = size
        self.count = 0
        self.fields6, self.fields4 = {}, {}	# of the packets that are sent
        self.more6, self.more4 = {}, {}		# of those that come

    def data(self, size):
        self.count += 1
        size = self.size if size is None else size
        return (b"%d/%d " % (self.port, self.count) + bytes(range(65, 91)) * (size // 26 + 1))[:size]

    def payload(self, sport, dport, data):
        return self.l4(sport, dport, data)

    def six(self, size=None, **fields):
        """A packet from IPv6, and what becomes of it."""
        data = self.data(size)
        fields = {**self.fields6, **fields}
        sent = IPv6(self.host6, embed(self.prefix, self.peer), self.payload(self.port, self.peer_port, data), **fields)
        comes = IPv4(self.host4, self.peer, self.payload(self.port4, self.peer_port, data), ident=ANY,
                     ttl=sent.hl - self.hops6, tos=self.more4.get("tos", sent.tc))
        # A packet that fits into an IPv6 minimum MTU may be fragmented on its way, others may not.
        comes.flags = 0 if len(render(sent)) <= 1280 else 1 << 14
        return sent, comes

    def four(self, size=None, **fields):
        data = self.data(size)
        fields = {"df": True, **self.fields4, **fields}
        sent = IPv4(self.peer, self.host4, self.payload(self.peer_port, self.port4, data), **fields)
        comes = IPv6(embed(self.prefix, self.peer), self.host6, self.payload(self.peer_port, self.port, data),
                     hl=sent.ttl - self.hops4, tc=self.more6.get("tc", sent.tos))
        return sent, comes

    # --- it goes, and what becomes of it; fast: whether it must have gone fast, None for either

    def goes6(self, fast=None, size=None, far=None, to=None, **fields):
        sent, comes = self.six(size, **fields)
        return self.t.sends(self.near, sent, {far or self.far: comes}, fast, to)

    def goes4(self, fast=None, size=None, near=None, to=None, **fields):
        sent, comes = self.four(size, **fields)
        return self.t.sends(self.far, sent, {near or self.near: comes}, fast, to)

    def lost6(self, size=None, answer=None, **fields):
        """Nothing comes, but perhaps an answer: of the packet that was sent."""
        sent, _ = self.six(size, **fields)
        self.t.sends(self.near, sent, {self.near: answer(sent)} if answer else {}, False)

    def lost4(self, size=None, answer=None, **fields):
        sent, _ = self.four(size, **fields)
        self.t.sends(self.far, sent, {self.far: answer(sent)} if answer else {}, False)

    def warm6(self, **how):
        """The first packet makes no flow, the second one does, and the third one goes fast."""
        self.goes6(**how)
        self.goes6(**how)
        self.goes6(fast=True, **how)
        return self

    def warm4(self, **how):
        self.goes4(**how)
        self.goes4(**how)
        self.goes4(fast=True, **how)
        return self

    def warm(self):
        return self.warm6().warm4()

    def never6(self, **how):
        for _ in range(4):
            self.goes6(fast=False, **how)

    def never4(self, **how):
        for _ in range(4):
            self.goes4(fast=False, **how)


class Connection(Flow):
    """A TCP connection, opened by the IPv6 end unless it is said otherwise."""

    def __init__(self, t, **how):
        super().__init__(t, l4=None, **how)
        self.seq = {True: 1000, False: 500000}		# by whether it is the IPv6 end's
        self.flags = ACK

    def payload(self, sport, dport, data):
        six = (sport, dport) != (self.peer_port, self.port4) and dport == self.peer_port
        return tcp(sport, dport, data, seq=self.seq[six], ack=self.seq[not six] if self.flags & ACK else 0,
                   flags=self.flags, window=65000)

    def went(self, six, size):
        self.seq[six] += size + bool(self.flags & (SYN | FIN))

    def goes6(self, fast=None, size=None, flags=ACK, **how):
        self.flags = flags
        size = (0 if flags & (SYN | FIN | RST) else self.size) if size is None else size
        got = super().goes6(fast, size, **how)
        self.went(True, size)
        return got

    def goes4(self, fast=None, size=None, flags=ACK, **how):
        self.flags = flags
        size = (0 if flags & (SYN | FIN | RST) else self.size) if size is None else size
        got = super().goes4(fast, size, **how)
        self.went(False, size)
        return got

    def opens(self):
        self.goes6(False, flags=SYN)
        self.goes4(False, flags=SYN | ACK)
        self.goes6(False, size=0)
        return self

    def opens4(self):
        self.goes4(False, flags=SYN)
        self.goes6(False, flags=SYN | ACK)
        self.goes4(False, size=0)
        return self

    def heat(self):
        """Data until it goes fast both ways, whatever the handshake has done for it."""
        for goes in (self.goes6, self.goes4):
            for _ in range(3):
                goes()
            goes(fast=True)
        return self


class FastTester(Tester):
    def __init__(self):
        self.mode = os.environ["FAST"]
        super().__init__()
        for port in self.ports.values():
            port.sock.close()
        client, server = os.environ["CLIENT"], os.environ["SERVER"]
        self.ports = {
            "client": Link(client, "c0", CLIENT_MAC, ROUTER6_MAC),
            "server": Link(server, "s0", SERVER_MAC, ROUTER4_MAC),
            "client2": Link(client, "c7", bytes.fromhex("020000000007"), bytes.fromhex("020000000107")),
            "server2": Link(server, "s5", bytes.fromhex("020000000005"), bytes.fromhex("020000000105")),
        }
        with Namespace(self.router):
            self.marks = [socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) for _ in range(2)]
            for sock, name in zip(self.marks, ("m0", "m1")):
                sock.bind((name, ETH_P_MARK))
        self.last_port = 10000
        self.marked = 0
        self.undone = []
        self.fast = ()

    def next_port(self):
        self.last_port += 1
        return self.last_port

    # --- the router

    def run(self, *words, ok=True):
        """As in Tester, but sooner."""
        with Namespace(self.router):
            done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if ok and done.returncode:
            raise Broken("%s: exit %d" % (" ".join(words), done.returncode), *done.stdout.split("\n"))
        return done

    def ip(self, words, ok=True):
        return self.run("ip", *words.split(), ok=ok)

    def sh(self, words, ok=True):
        return self.run(*words.split(), ok=ok)

    def iptables(self, words, ok=True):
        """A rule, which goes with the case."""
        tool, rest = words.split(None, 1)
        self.sh(tool + " -w " + rest)
        for add in (" -I ", " -A "):
            if add in " " + rest:
                self.undo(tool + " -w " + (" " + rest).replace(add, " -D ", 1).strip())

    def sysctl(self, name, value, back=None):
        """Sets it, and puts it back with the end of the case. Some names have dots in them."""
        with Namespace(self.router):
            path = "/proc/sys/" + name.replace(".", "/")
            with open(path, encoding="ascii") as file:
                was = file.read().strip()
            with open(path, "w", encoding="ascii") as file:
                file.write(str(value))
        if back is not False:
            self.undone.append(lambda: self.sysctl(name, was, False))
        return was

    def undo(self, words):
        """A command for the end of the case, which may fail."""
        self.undone.append(lambda: self.run(*words.split(), ok=False))

    def count(self):
        return self.counters.read()

    @contextlib.contextmanager
    def moves(self, name, least=1):
        """The counter grows, by this much or more."""
        before = self.count()[name]
        yield
        after = self.count()[name]
        if after - before < least:
            raise Broken("%s moved by %d, not %d" % (name, after - before, least))

    # --- packets

    def settle(self):
        """All that was sent has come or will not come."""
        for _ in range(QUEUES):
            self.marked += 1
            text = b"\xff" * 6 + bytes(6) + struct.pack(">HQ", ETH_P_MARK, self.marked) + bytes(40)
            self.marks[0].send(text)
            while True:
                if not select.select(self.marks[1:], [], [], 60)[0]:
                    raise Broken("no frame passes the link of the marks")
                if self.marks[1].recv(100)[14:22] == text[14:22]:
                    break

    def arrived(self):
        self.settle()
        came = {}
        for name, port in self.ports.items():
            came[name] = []
            while one := port.receive():
                came[name].append(one)
        return came

    def forget(self):
        """Whatever has come is of no interest."""
        self.arrived()
        for port in self.ports.values():
            port.noise.clear()

    def sends(self, side, packet, want, fast=None, to=None, **how):
        """Sends one packet, or several; exactly these come, each where it should. Returns them."""
        packets = packet if isinstance(packet, list) else [packet]
        before = self.count()
        for one in packets:
            self.ports[side].send(render(one), **how)
        came = self.arrived()
        wrong = []
        for name, got in came.items():
            expected = want.get(name, [])
            expected = expected if isinstance(expected, list) else [expected]
            wrong += self.compare(name, expected, got)
            if expected and to:
                wrong += ["%s: sent to %s" % (name, one.to.hex()) for _, one in got if one.to != bytes.fromhex(to)]
        after = self.count()
        hits = after["fast_hit"] - before["fast_hit"]
        if fast is not None and hits != len(packets) * bool(fast):
            wrong.append("%d of %d packets went fast" % (hits, len(packets)))
            wrong.append(" ".join("%s+%d" % (key, after[key] - before[key]) for key in after
                                  if after[key] != before[key]))
        if wrong:
            raise Broken(*wrong)
        return came

    def until(self, what, seconds=120):
        """what() comes true at last: it raises Broken until then."""
        limit = time.monotonic() + seconds
        while True:
            try:
                return what()
            except Broken:
                if time.monotonic() > limit:
                    raise
            self.forget()
            time.sleep(0.05)

    def flow(self, **how):
        return Flow(self, **how)

    def connection(self, **how):
        return Connection(self, **how)

    # --- cases

    def report(self, name, wrong):
        self.cases += 1
        self.failed += bool(wrong)
        print("%s - %s (fast: %s)" % ("not ok" if wrong else "ok", name, self.mode))
        for line in wrong:
            print("# " + line)
        sys.stdout.flush()

    def case(self, name, modes=None, skip=None):
        """A function is a case, which runs at once, in these modes. FAST_CASE: only those with this in their name."""
        def run(function):
            if self.mode not in (modes or "hook ingress").split() or os.environ.get("FAST_CASE", "") not in name:
                return function
            if skip:
                print("ok - %s (fast: %s) # SKIP %s" % (name, self.mode, skip))
                return function
            wrong = []
            try:
                self.forget()
                function()
            except Broken as err:
                wrong += [line for line in err.args if line]
                where = traceback.extract_tb(err.__traceback__)
                lines = [str(one.lineno) for one in where if one.filename.endswith(sys.argv[0])]
                wrong.append("at line " + ", ".join(lines))
            except (OSError, KeyError, IndexError):
                wrong += traceback.format_exc().split("\n")
            self.back()
            self.report(name, wrong)
            return function
        return run

    def back(self):
        while self.undone:
            self.undone.pop()()
