# SPDX-License-Identifier: GPL-2.0
"""Connections that have to outlive a router.

failover.py server: echoes on port 8000, where a connection begins with "echo" or "listen". It speaks to all
listeners whenever anybody connects to its port 8001 from the same machine.

failover.py client SERVER NUMBER HOST...: so many connections from these addresses, which take turns, and a transfer
from the first. A quarter of the connections listens, a quarter is silent, and the others ask once a second; the last
address has none but listeners. Says "ready", and then answers commands:

  alive	how many connections can still talk
  pause	the longest time without a byte of the transfer since the last such question, in tenths of seconds, once
	there has been another byte
  finish	"complete" once all bytes of the transfer have come back
"""

import asyncio
import socket
import sys

PATIENCE = 300
CHUNK = 2048


async def serve():
    listeners = []

    async def answer(reader, writer):
        if await reader.readline() == b"listen\n":
            listeners.append(writer)
            writer.write(b"hello\n")
            return
        writer.write(b"hello\n")
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def speak(reader, writer):
        for listener in listeners:
            listener.write(b"spoken\n")
        writer.close()

    await asyncio.start_server(answer, "0.0.0.0", 8000, backlog=500)
    await asyncio.start_server(speak, "127.0.0.1", 8001)
    print("ready", flush=True)
    await asyncio.Event().wait()


class Connection:
    """One connection, of a kind: listen, silent or ask."""

    def __init__(self, kind):
        self.kind = kind
        self.answers = 0
        self.answered = asyncio.Event()

    async def open(self, server, host):
        self.reader, self.writer = await asyncio.open_connection(server, 8000, local_addr=(host, 0))
        await self.exchange(b"listen\n" if self.kind == "listen" else b"echo\n", b"hello\n")
        if self.kind == "ask":
            self.task = asyncio.create_task(self.ask())

    async def exchange(self, line, answer):
        self.writer.write(line)
        if await self.reader.readline() != answer:
            raise ConnectionError

    async def ask(self):
        while True:
            self.answers += 1
            line = b"%d\n" % self.answers
            await self.exchange(line, line)
            self.answered.set()
            await asyncio.sleep(1)

    async def talk(self):
        if self.kind == "listen":
            if await self.reader.readline() != b"spoken\n":
                raise ConnectionError
        elif self.kind == "silent":
            await self.exchange(b"still there?\n", b"still there?\n")
        else:
            # The second one was asked for after this moment.
            for _ in range(2):
                self.answered.clear()
                await self.answered.wait()

    async def alive(self):
        try:
            await asyncio.wait_for(self.talk(), PATIENCE)
        except (OSError, asyncio.TimeoutError):
            return False
        return True


def pattern(number):
    return b"%015d\n" % number * (CHUNK // 16)


class Transfer:
    """Sends numbered chunks, and compares what comes back."""

    def __init__(self):
        self.sent = self.received = 0
        self.pause = 0
        self.ended = False

    async def open(self, server, host):
        self.reader, self.writer = await asyncio.open_connection(server, 8000, local_addr=(host, 0))
        self.writer.write(b"echo\n")
        if await self.reader.readline() != b"hello\n":
            raise ConnectionError
        self.sending = asyncio.create_task(self.send())
        self.receiving = asyncio.create_task(self.receive())

    async def send(self):
        while not self.ended:
            self.writer.write(pattern(self.sent))
            self.sent += 1
            await self.writer.drain()
            await asyncio.sleep(0.05)
        self.writer.write_eof()

    async def receive(self):
        clock = asyncio.get_running_loop().time
        last = clock()
        try:
            while True:
                chunk = await self.reader.readexactly(CHUNK)
                if chunk != pattern(self.received):
                    raise ConnectionError(f"chunk {self.received} is {chunk[:16]}...")
                self.received += 1
                self.pause = max(self.pause, clock() - last)
                last = clock()
        except asyncio.IncompleteReadError as end:
            if end.partial:
                raise

    async def take_pause(self):
        before = self.received
        async with asyncio.timeout(PATIENCE):
            while self.received == before:
                await asyncio.sleep(0.1)
        pause, self.pause = round(self.pause * 10), 0
        return pause

    async def finish(self):
        self.ended = True
        await asyncio.wait_for(asyncio.gather(self.sending, self.receiving), PATIENCE)
        if self.sent != self.received:
            raise ConnectionError(f"{self.sent} chunks went, {self.received} came")
        return f"complete {self.received * CHUNK}"


async def client(server, number, *hosts):
    kinds = ("listen", "silent", "ask", "ask")
    connections = []
    for index in range(int(number)):
        host = hosts[index % len(hosts)]
        connection = Connection("listen" if host == hosts[-1] else kinds[index // len(hosts) % 4])
        await connection.open(server, host)
        connections.append(connection)
    transfer = Transfer()
    await transfer.open(server, hosts[0])
    while not transfer.received:
        await asyncio.sleep(0.1)
    print("ready", flush=True)

    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while command := (await commands.readline()).decode().strip():
        try:
            if command == "alive":
                said = sum(await asyncio.gather(*(c.alive() for c in connections)))
            elif command == "pause":
                said = await transfer.take_pause()
            else:
                said = await transfer.finish()
        except (OSError, asyncio.TimeoutError) as error:
            said = repr(error)
        print(said, flush=True)


asyncio.run(serve() if sys.argv[1] == "server" else client(*sys.argv[2:]))
