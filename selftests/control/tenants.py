# SPDX-License-Identifier: GPL-2.0
"""Asks, until SIGTERM, for things that must be answered without waiting for another tenant.

A bystander measures how long an answer takes. It counts its own rounds, and needs about as much
processor time as the process that asks. A busy machine delays both, since they share a processor; a
lock that somebody else holds delays only the process that asks. Both are real-time processes: the time
that a host takes away from its guest is charged to whoever runs just then, and any other process would
make up for it by waiting longer than the bystander.
"""

import mmap
import os
import signal
import socket
import struct
import sys
import time

from genl import (CTRL_ATTR_FAMILY_NAME, CTRL_CMD_GETFAMILY, GENL_ID_CTRL, NETLINK_GENERIC, NLM_F_DUMP,
                  NLM_F_REQUEST, Genl, attr)

ROUND, LIMIT = 0.003, 20	# a round takes at least 4 ms, so 50 ms are fewer rounds than the limit
RTM_GETLINK = 18

# One number, which is read and written at once: struct would do it byte by byte.
rounds = memoryview(mmap.mmap(-1, 8)).cast("Q")
stop = []


def bystander():
    """Sleeps, works and counts, as long as the process that asks is there."""
    near, far = socket.socketpair()
    asker = os.getppid()
    count = 0
    while os.getppid() == asker:
        time.sleep(ROUND)
        for _ in range(10):
            near.send(bytes(100))
            far.recv(100)
        count += 1
        rounds[0] = count


os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
if not os.fork():
    bystander()
    os._exit(0)

ours, nlctrl = Genl(), Genl()
nlctrl.family = GENL_ID_CTRL
route = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)


def link_show():
    route.send(struct.pack("=IHHIIBBHiII", 32, RTM_GETLINK, NLM_F_REQUEST, 0, 0, 0, 0, 0, 1, 0, 0))
    route.recv(1 << 16)


def open_and_close():
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
    sock.bind((0, 0))
    sock.close()


QUESTIONS = {
    "dev show": lambda: ours.ask("NAT64_CMD_DEV_GET", flags=NLM_F_DUMP),
    "stats show": lambda: ours.ask("NAT64_CMD_STATS_GET", flags=NLM_F_DUMP),
    "another family": lambda: nlctrl.ask(CTRL_CMD_GETFAMILY, attr(CTRL_ATTR_FAMILY_NAME, "nlctrl")),
    "a socket closed": open_and_close,
    "link show": link_show,
}

signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
worst = {name: (0, 0) for name in QUESTIONS}
count = 0
with open(sys.argv[1], "w") as file:
    print("asking", file=file)
while not stop or count < 10:
    for name, ask in QUESTIONS.items():
        before, since = rounds[0], time.monotonic()
        ask()
        worst[name] = max(worst[name], (rounds[0] - before, time.monotonic() - since))
    count += 1
    time.sleep(0.002)

for name, (waited, took) in worst.items():
    print("%s: %d answers, the slowest took %d rounds (%d ms)" % (name, count, waited, took * 1000))
sys.exit(any(waited >= LIMIT for waited, _ in worst.values()) or not rounds[0])
