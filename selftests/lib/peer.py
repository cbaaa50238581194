# SPDX-License-Identifier: GPL-2.0
"""A host's services: echo (port 7) and "who calls?" (port 13, which returns the caller's address),
over TCP and UDP, in every family that the namespace has. Prints "ready" once all of them listen."""

import contextlib
import socket
import sys
import threading


def address(peer):
    return peer[0].removeprefix("::ffff:")


def echo(conn, peer):
    with conn, contextlib.suppress(ConnectionError):
        while data := conn.recv(1 << 16):
            conn.sendall(data)


def who(conn, peer):
    with conn:
        conn.sendall(address(peer).encode() + b"\n")


def serve_tcp(sock, service):
    while True:
        threading.Thread(target=service, args=sock.accept(), daemon=True).start()


def serve_udp(sock, who_calls):
    while True:
        data, peer = sock.recvfrom(1 << 16)
        sock.sendto(address(peer).encode() + b"\n" if who_calls else data, peer)


for port, service in ((7, echo), (13, who)):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        sock = socket.socket(socket.AF_INET6, kind)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(("::", port))
        if kind == socket.SOCK_STREAM:
            sock.listen()
            work = (serve_tcp, (sock, service))
        else:
            work = (serve_udp, (sock, service is who))
        threading.Thread(target=work[0], args=work[1], daemon=True).start()
print("ready")
sys.stdout.flush()
threading.Event().wait()
