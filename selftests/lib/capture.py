# SPDX-License-Identifier: GPL-2.0
"""capture.py INTERFACE FILTER: counts the packets that come in there and pass tcpdump's filter. Says
"ready" when it begins, and how many there were when it is told to end (SIGTERM).

tcpdump itself would leave out what it has not read by then. Whatever a host has received is in the
socket here before, so that nobody has to wait."""

import ctypes
import signal
import socket
import struct
import subprocess
import sys
import threading

ETH_P_ALL, SO_ATTACH_FILTER, SO_RCVBUFFORCE = 3, 26, 33
SOL_PACKET, PACKET_STATISTICS, PACKET_IGNORE_OUTGOING = 263, 6, 23

name, words = sys.argv[1:]
code = subprocess.run(("tcpdump", "-i", name, "-ddd", words), check=True, stdout=subprocess.PIPE).stdout
lines = code.split(b"\n")[1:-1]
program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *map(int, line.split()))
                                               for line in lines))
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                struct.pack("@HP", len(lines), ctypes.addressof(program)))


def read():
    """Keeps the buffer of the socket from filling up."""
    while True:
        sock.recv(1)


# A handler could run just before recv() goes to sleep, which then no signal would end.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
sock.bind((name, ETH_P_ALL))
threading.Thread(target=read, daemon=True).start()
print("ready", flush=True)
signal.sigwait({signal.SIGTERM})
# The kernel has counted all packets, including those that have not been read.
packets, drops = struct.unpack("=II", sock.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
if drops:
    sys.exit("%d of %d packets were lost" % (drops, packets))
print(packets)
