#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""nfqueue.py NUMBER: accepts every packet of a netfilter queue, without a library."""

import socket
import struct
import sys

NETLINK_NETFILTER, NFNL_SUBSYS_QUEUE = 12, 3
PACKET, VERDICT, CONFIG = 0, 1, 2			# enum nfqnl_msg_types
REQUEST, ACK = 1, 4
CFG_CMD, CFG_PARAMS, BIND, COPY_META = 1, 2, 1, 1	# nfqnl_attr_config and its commands
PACKET_HDR, VERDICT_HDR, ACCEPT = 1, 2, 1

number = int(sys.argv[1])
sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
sock.bind((0, 0))


def attr(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def send(kind, flags, data):
    body = struct.pack(">BBH", 0, 0, number) + data
    sock.send(struct.pack("=IHHII", 16 + len(body), NFNL_SUBSYS_QUEUE << 8 | kind, flags, 1, 0) + body)


def configure(data):
    send(CONFIG, REQUEST | ACK, data)
    answer = sock.recv(65536)
    error = struct.unpack_from("=i", answer, 16)[0]
    if error:
        sys.exit("queue %d: error %d" % (number, -error))


configure(attr(CFG_CMD, struct.pack(">BBH", BIND, 0, 0)))
configure(attr(CFG_PARAMS, struct.pack(">IB", 0, COPY_META)))
print("ready", flush=True)
while True:
    message = sock.recv(65536)
    if struct.unpack_from("=H", message, 4)[0] != NFNL_SUBSYS_QUEUE << 8 | PACKET:
        continue
    at = 20
    while at < len(message):
        length, kind = struct.unpack_from("=HH", message, at)
        if kind & 0x3FFF == PACKET_HDR:
            packet = message[at + 4:at + 8]
            send(VERDICT, REQUEST, attr(VERDICT_HDR, struct.pack(">I", ACCEPT) + packet))
        at += (length + 3) & ~3
