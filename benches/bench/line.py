"""A line between a client and a server: hands bytes on, late if asked to, and notes when calls begin and end."""

import queue
import re
import socket
import threading
import time
from dataclasses import dataclass, field

HEAD = re.compile(rb"(GET|POST|PUT|DELETE) (\S+) HTTP/1\.")
PIECE = 256 << 10


@dataclass
class Call:
    """A call as it was seen from the line: its first byte, and the last byte of its answer so far."""

    method: str
    path: str
    began: float
    ended: float = 0.0


@dataclass
class Wire:
    """One connection. A turn is what the client sent without a break for an answer, and the answer to it."""

    opened: float
    up: int = 0
    turns: list = field(default_factory=list)
    calls: list = field(default_factory=list)

    def answered(self, size):
        """When the last byte of the answer to so many bytes was handed to the client; None before."""
        turn = next((turn for turn in self.turns if turn.up > size), None)
        return turn and turn.answered


@dataclass
class Turn:
    """Bytes up to its end from the connection's beginning on, and when the last byte of its answer was handed over."""

    up: int = 0
    answered: float | None = None


class Line:
    """Listens on a port of its own until it is closed. `delay` seconds pass on each way; the line itself has no width:
    it takes whatever comes at once, so that only what waits for an answer is slowed down."""

    def __init__(self, target, delay=0.0):
        self.target, self.delay = target, delay
        self.wires = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        """Takes no further connection."""
        # Closing alone does not wake whoever waits for the next one, and keeps the port.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def calls(self):
        """All calls, in the order of their first byte. Only what is not encrypted can be told apart."""
        return sorted((call for wire in list(self.wires) for call in list(wire.calls)), key=lambda call: call.began)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            wire = Wire(time.monotonic())
            self.wires.append(wire)
            threading.Thread(target=self._join, args=(client, wire), daemon=True).start()

    def _join(self, client, wire):
        try:
            server = socket.create_connection(self.target)
        except OSError:
            client.close()
            return
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pump(client, server, self.delay, lambda piece: seen_up(wire, piece))
        pump(server, client, self.delay, lambda piece: None, lambda: seen_down(wire))


def seen_up(wire, piece):
    """Notes bytes towards the server."""
    wire.up += len(piece)
    if not wire.turns or wire.turns[-1].answered:
        wire.turns.append(Turn())
    wire.turns[-1].up = wire.up
    head = HEAD.match(piece)
    if head:
        call = Call(head[1].decode(), head[2].decode("utf-8", "replace"), time.monotonic())
        wire.calls.append(call)


def seen_down(wire):
    """Notes that the client has got a piece."""
    now = time.monotonic()
    if wire.turns:
        wire.turns[-1].answered = now
    if wire.calls:
        wire.calls[-1].ended = now


def pump(source, sink, delay, seen, handed=lambda: None):
    """Moves bytes one way in threads of its own, each piece `delay` after it came."""

    def close():
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def pieces():
        while True:
            try:
                piece = source.recv(PIECE)
            except OSError:
                piece = b""
            if piece:
                seen(piece)
            yield time.monotonic() + delay, piece
            if not piece:
                return

    def deliver(due, piece):
        if delay:
            time.sleep(max(0.0, due - time.monotonic()))
        if not piece:
            close()
            return
        try:
            sink.sendall(piece)
        except OSError:
            return
        handed()

    def straight():
        for due, piece in pieces():
            deliver(due, piece)

    if not delay:
        threading.Thread(target=straight, daemon=True).start()
        return
    waiting = queue.SimpleQueue()

    def read():
        for due, piece in pieces():
            waiting.put((due, piece))

    def write():
        while True:
            due, piece = waiting.get()
            deliver(due, piece)
            if not piece:
                return

    threading.Thread(target=read, daemon=True).start()
    threading.Thread(target=write, daemon=True).start()
