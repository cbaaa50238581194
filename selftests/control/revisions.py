#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Revisions of the target: what the kernel offers, what the plugin chooses, and rules just as a
plugin of any age would write them.

	revisions.py offers FAMILY REVISION	whether the kernel has it (a legacy iptables asks like this)
	revisions.py rules REVISION [AT HEX]	a rule for everything in raw PREROUTING of both families,
						its parameters changed at this offset
	revisions.py chooses REVISION...	what the plugin makes of a kernel with these: the revision,
						the size of its parameters, and how much of that is compared
"""

import ctypes
import errno
import os
import socket
import struct
import sys

# By family: the level of the socket option, and IPT_SO_GET_REVISION_TARGET or its like.
FAMILIES = {"ipv4": (socket.AF_INET, 0, 67), "ipv6": (socket.AF_INET6, 41, 69)}
DEVICE = b"nat64".ljust(16, b"\0")
# struct xt_nat64_tginfo and its successors; the last eight bytes are the kernel's.
INFO = [DEVICE + bytes(8), DEVICE + bytes(16) + bytes(8), DEVICE + bytes(16) + bytes(8)]

NETLINK_NETFILTER, NFNL_SUBSYS_NFTABLES = 12, 10
NFNL_MSG_BATCH_BEGIN, NFNL_MSG_BATCH_END = 16, 17
NFT_MSG_NEWTABLE, NFT_MSG_NEWCHAIN, NFT_MSG_NEWRULE = 0, 3, 6
NLM_F_REQUEST, NLM_F_ACK, NLM_F_CREATE, NLM_F_APPEND = 1, 4, 0x400, 0x800


def offers(name, revision):
    family, level, option = FAMILIES[name]
    with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as sock:
        # struct xt_get_revision
        request = ctypes.create_string_buffer(b"NAT64".ljust(29, b"\0") + bytes([revision]), 30)
        size = ctypes.c_uint32(30)
        libc = ctypes.CDLL(None, use_errno=True)
        if not libc.getsockopt(sock.fileno(), level, option, request, ctypes.byref(size)):
            return True
    if ctypes.get_errno() != errno.EPROTONOSUPPORT:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return False


def attr(kind, value):
    if isinstance(value, int):
        value = struct.pack(">I", value)
    elif isinstance(value, str):
        value = value.encode() + b"\0"
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def nest(kind, *parts):
    return attr(kind | 0x8000, b"".join(parts))


def message(kind, family, number, *attrs, flags=0, resource=0):
    body = struct.pack(">BBH", family, 0, resource) + b"".join(attrs)
    return struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST | flags, number, 0) + body


def rule(family, revision, info):
    """The table, the chain and the rule of iptables-nft, as one transaction."""
    new = [
        (NFT_MSG_NEWTABLE, NLM_F_CREATE, attr(1, "raw")),
        (NFT_MSG_NEWCHAIN, NLM_F_CREATE, attr(1, "raw"), attr(3, "PREROUTING"),
         nest(4, attr(1, 0), attr(2, struct.pack(">i", -300))), attr(7, "filter")),
        (NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, attr(1, "raw"), attr(2, "PREROUTING"),
         nest(4, nest(1, attr(1, "target"),
                      nest(2, attr(1, "NAT64"), attr(2, revision), attr(3, info))))),
    ]
    batch = message(NFNL_MSG_BATCH_BEGIN, 0, 0, resource=NFNL_SUBSYS_NFTABLES)
    for number, (kind, flags, *attrs) in enumerate(new, 1):
        batch += message(NFNL_SUBSYS_NFTABLES << 8 | kind, family, number, *attrs, flags=flags | NLM_F_ACK)
    batch += message(NFNL_MSG_BATCH_END, 0, 9, resource=NFNL_SUBSYS_NFTABLES)

    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as sock:
        sock.bind((0, 0))
        sock.settimeout(30)
        sock.send(batch)
        left = set(range(1, len(new) + 1))
        while left:
            data = sock.recv(1 << 16)
            while data:
                size, _, _, number = struct.unpack("=IHHI", data[:12])
                error = -struct.unpack("=i", data[16:20])[0]
                if error:
                    raise OSError(error, os.strerror(error))
                left.discard(number)
                data = data[size + 3 & ~3:]


def chooses(known):
    class Globals(ctypes.Structure):
        """struct xtables_globals"""
        _fields_ = [("option_offset", ctypes.c_uint), ("program_name", ctypes.c_char_p),
                    ("program_version", ctypes.c_char_p), ("orig_opts", ctypes.c_void_p),
                    ("opts", ctypes.c_void_p), ("exit_err", ctypes.c_void_p),
                    ("compat_rev", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, ctypes.c_uint8,
                                                    ctypes.c_int))]

    class Target(ctypes.Structure):
        """The beginning of struct xtables_target"""
        _fields_ = [("version", ctypes.c_char_p), ("next", ctypes.c_void_p), ("name", ctypes.c_char_p),
                    ("real_name", ctypes.c_char_p), ("revision", ctypes.c_uint8),
                    ("ext_flags", ctypes.c_uint8), ("family", ctypes.c_uint16),
                    ("size", ctypes.c_size_t), ("userspacesize", ctypes.c_size_t)]

    # The library asks this function instead of the kernel.
    compat_rev = Globals._fields_[-1][1](lambda name, revision, option: revision in known)
    library = ctypes.CDLL("libxtables.so.12")
    program = Globals(program_name=b"revisions", program_version=b"1", compat_rev=compat_rev)
    library.xtables_init_all(ctypes.byref(program), socket.AF_INET6)
    library.xtables_find_target.restype = ctypes.POINTER(Target)
    target = library.xtables_find_target(b"NAT64", 2, None)[0]	# XTF_TRY_LOAD
    return target.revision, target.size, target.userspacesize


command, *words = sys.argv[1:]
if command == "offers":
    sys.exit(not offers(words[0], int(words[1])))
elif command == "rules":
    parameters = bytearray(INFO[int(words[0])])
    if words[1:]:
        change = bytes.fromhex(words[2])
        parameters[int(words[1]):int(words[1]) + len(change)] = change
    for nf_family in (2, 10):
        rule(nf_family, int(words[0]), bytes(parameters))
elif command == "chooses":
    print(*chooses([int(word) for word in words]))
