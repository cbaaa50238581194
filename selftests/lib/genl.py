# SPDX-License-Identifier: GPL-2.0
"""Talks to the module's generic netlink family in any namespace, without starting a process for each
request. The numbers come from the header that the module was built with."""

import contextlib
import ctypes
import os
import re
import socket
import struct

CLONE_NEWNET = 0x40000000
NETLINK_GENERIC, SOL_NETLINK, NETLINK_EXT_ACK = 16, 270, 11
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP, NLM_F_CAPPED, NLM_F_ACK_TLVS = 1, 4, 0x300, 0x100, 0x200
GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 16, 3, 1, 2


def in_tree(path):
    """The full path of a file in the tree that this file is in, the project's or the kernel's."""
    above = os.path.dirname(os.path.abspath(__file__))
    while not os.path.exists(os.path.join(above, path)):
        if above == "/":
            raise FileNotFoundError(path)
        above = os.path.dirname(above)
    return os.path.join(above, path)


HEADER = in_tree("include/uapi/linux/nat64.h")

libc = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """with Namespace(name): what is opened inside belongs to that network namespace."""

    def __init__(self, name):
        self.name = name

    @staticmethod
    def _enter(fd):
        if libc.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")

    def __enter__(self):
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        fd = os.open("/run/netns/" + self.name, os.O_RDONLY)
        self._enter(fd)
        os.close(fd)

    def __exit__(self, *exc):
        self._enter(self.home)
        os.close(self.home)


def constants():
    """Every enumerator of the header, and the names of the counters by number."""
    with open(HEADER) as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    found = {}
    for body in re.findall(r"enum nat64_\w+ {(.*?)}", text, re.S):
        value = -1
        for word in body.split(","):
            name, _, number = word.strip().partition(" = ")
            value = int(number) if number else value + 1
            found[name] = value
    return found, dict(enumerate(re.findall(r'FN\(\w+, "(\w+)"', text), 1))


NUMBER, STATS = constants()


def attr(name, value):
    """One attribute; name: of the header, or a number. value: bytes, text, or an int for a u32."""
    if isinstance(value, int):
        value = struct.pack("=I", value)
    elif isinstance(value, str):
        value = value.encode() + b"\0"
    kind = NUMBER[name] if isinstance(name, str) else name
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def nest(name, *parts):
    kind = NUMBER[name] if isinstance(name, str) else name
    return attr(kind | 0x8000, b"".join(parts))


def walk(data):
    """The type and the value of one attribute after the other."""
    while len(data) >= 4:
        size, kind = struct.unpack("=HH", data[:4])
        yield kind & 0x3FFF, data[4:size]
        data = data[size + 3 & ~3:]


def attributes(data):
    return dict(walk(data))


class Refused(Exception):
    """errno, and the kernel's own words (extended acknowledgement)."""

    def __init__(self, errno, words, offset):
        super().__init__("%s: %s" % (os.strerror(errno), words))
        self.errno, self.words, self.offset = errno, words, offset


class Genl:
    def __init__(self, netns=None, family="nat64"):
        """netns: the name of a namespace; else ours. family: None for the controller, which knows all."""
        with Namespace(netns) if netns else contextlib.nullcontext():
            self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.family = GENL_ID_CTRL
        if not family:
            return
        answer = self.ask(CTRL_CMD_GETFAMILY, attr(CTRL_ATTR_FAMILY_NAME, family))
        self.family = struct.unpack("=H", answer[0][CTRL_ATTR_FAMILY_ID])[0]

    def ask(self, command, *attrs, flags=NLM_F_ACK, read=attributes):
        """The attributes of each message of the answer, or Refused. read=walk: also those that repeat."""
        command = NUMBER[command] if isinstance(command, str) else command
        body = b"".join(attrs)
        self.sock.send(struct.pack("=IHHIIBBH", 20 + len(body), self.family, NLM_F_REQUEST | flags,
                                   0, 0, command, 1, 0) + body)
        answer = []
        while True:
            data = self.sock.recv(1 << 17)
            while data:
                size, kind, bits = struct.unpack("=IHH", data[:8])
                message, data = data[16:size], data[size + 3 & ~3:]
                if kind not in (NLMSG_ERROR, NLMSG_DONE):
                    answer.append(read(message[4:]))
                    continue
                errno = -struct.unpack("=i", message[:4])[0]
                if not errno:
                    return answer
                words = {}
                if bits & NLM_F_ACK_TLVS and kind == NLMSG_ERROR:
                    echoed = 16 if bits & NLM_F_CAPPED else struct.unpack("=I", message[4:8])[0]
                    words = attributes(message[4 + (echoed + 3 & ~3):])
                raise Refused(errno, words.get(1, b"").rstrip(b"\0").decode(),
                              struct.unpack("=I", words[2])[0] if 2 in words else None)


class Counters:
    """The counters of a device."""

    def __init__(self, netns, device):
        self.genl = Genl(netns)
        self.device = device

    def read(self):
        """All of them, by name."""
        answer = self.genl.ask("NAT64_CMD_STATS_GET", attr("NAT64_A_IFNAME", self.device))
        stats = attributes(answer[0][NUMBER["NAT64_A_STATS"]])
        return {STATS[kind]: struct.unpack("=Q", value)[0] for kind, value in stats.items()
                if kind in STATS}
