"""A TCP proxy that loses connections at the worst moment: at a request that carries a mark, either before the server hears of it, or
after the server has done it and before its answer arrives.
"""
import socket
import threading

ONE_IN = 3  # marked requests that are let through between two losses, on average


class Proxy:
    """with Proxy(host, port, mark, dice) as p: connect to 127.0.0.1:p.port. A request is one write of the client."""

    def __init__(self, host, port, mark, dice):
        self.server, self.mark, self.dice = (host, int(port)), mark, dice
        self.unheard = self.unanswered = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.server)
            silent = threading.Event()
            threading.Thread(target=self._requests, args=(client, server, silent), daemon=True).start()
            threading.Thread(target=self._answers, args=(client, server, silent), daemon=True).start()

    def _requests(self, client, server, silent):
        try:
            while data := client.recv(1 << 16):
                marked = self.mark in data and self.dice.randrange(ONE_IN) == 0
                if marked and self.dice.randrange(2):
                    self.unheard += 1
                    break
                if marked:
                    silent.set()
                server.sendall(data)
        except OSError:
            pass  # the other side has gone
        finally:
            self._cut(client, server)

    def _answers(self, client, server, silent):
        try:
            while data := server.recv(1 << 16):
                if silent.is_set():
                    self.unanswered += 1
                    break
                client.sendall(data)
        except OSError:
            pass
        finally:
            self._cut(client, server)

    @staticmethod
    def _cut(*sides):
        for side in sides:
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # already
            side.close()


class Wire:
    """with Wire(host, port) as w: connect to 127.0.0.1:w.port. cut() ends what goes through and refuses what comes, mend() undoes that."""

    def __init__(self, host, port):
        self.server, self.sides, self.port = (host, int(port)), [], 0
        self.lock = threading.Lock()
        self.mend()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cut()

    def mend(self):
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def cut(self):
        with self.lock:
            Proxy._cut(self.listener, *self.sides)
            self.sides = []

    def _accept(self, listener):
        while True:
            try:
                pair = (listener.accept()[0], socket.create_connection(self.server))
            except OSError:
                return
            with self.lock:
                self.sides += pair
            for one, other in (pair, pair[::-1]):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one, other):
        try:
            while data := one.recv(1 << 16):
                other.sendall(data)
        except OSError:
            pass  # the other side has gone
        Proxy._cut(one, other)
