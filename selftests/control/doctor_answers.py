#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""doctor_answers.py long|counts|noise ADDRESS: a name server whose answers are not to be trusted.

It tells everybody to ask again by TCP (RFC 1035, section 4.2.1), and answers there with

    long    a record of 60,000 bytes, and one behind it
    counts  more records than there are
    noise   a header, and bytes that mean nothing

It prints a line for each answer by TCP, and one when it is ready.
"""
import socket
import struct
import sys
import threading

RESPONSE, TRUNCATED = 0x8180, 0x0200


def record(length):
    """AAAA of the root."""
    return b"\0" + struct.pack("!HHIH", 28, 1, 60, length) + bytes(length)


def answer(query, flags, count, records):
    return query[:2] + struct.pack("!HHHHH", flags, 1, count, 0, 0) + query[12:] + records


def by_tcp(kind, query):
    if kind == "long":
        return answer(query, RESPONSE, 2, record(60000) + record(16))
    if kind == "counts":
        return answer(query, RESPONSE, 65535, record(16))
    return answer(query, RESPONSE, 2, b"\xc0\x0c\x3f\xff" * 500)


def serve_udp(sock):
    while True:
        data, address = sock.recvfrom(65535)
        query = data[:12] + data[12:data.index(b"\0", 12) + 5]
        sock.sendto(answer(query, RESPONSE | TRUNCATED, 0, b""), address)


def serve_tcp(sock, kind):
    while True:
        connection, _ = sock.accept()
        with connection, connection.makefile("rb") as stream:
            data = stream.read(struct.unpack("!H", stream.read(2))[0])
            query = data[:12] + data[12:data.index(b"\0", 12) + 5]
            message = by_tcp(kind, query)
            connection.sendall(struct.pack("!H", len(message)) + message)
            print("answered", flush=True)


udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
for server in udp, tcp:
    server.bind((sys.argv[2], 53))
tcp.listen()
print("ready", flush=True)
threading.Thread(target=serve_udp, args=(udp,), daemon=True).start()
serve_tcp(tcp, sys.argv[1])
