"""A TCP relay between a client and servers: a balancer, and a wire that can be cut.

    with Relay(port_a, port_b) as relay:        # the first connection goes to a, the next to b, …
        … relay.port …; relay.cut(0)
"""
import selectors
import socket
import threading

LOOPBACK = "127.0.0.1"


class Relay:
    """Listens on a port of the loopback address until the block ends."""

    def __init__(self, *targets):
        self.targets, self.pairs, self.closing = targets, [], False
        self.listener = socket.create_server((LOOPBACK, 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.wake_read, self.wake_write = socket.socketpair()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.closing = True
        self.wake_write.send(b"x")
        self.thread.join(10)
        for pair in self.pairs:
            for end in pair:
                end.close()
        for end in (self.listener, self.wake_read, self.wake_write):
            end.close()

    def cut(self, number=-1):
        """The connection with this number (of all there were) ends, on both sides."""
        with self.lock:
            for end in self.pairs[number]:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:  # it had ended before
                    pass

    def _accept(self, selector):
        client, _ = self.listener.accept()
        with self.lock:
            target = self.targets[len(self.pairs) % len(self.targets)]
            try:
                server = socket.create_connection((LOOPBACK, target), 5)
            except OSError:
                client.close()
                return
            self.pairs.append((client, server))
        for here, there in ((client, server), (server, client)):
            selector.register(here, selectors.EVENT_READ, there)

    @staticmethod
    def _pass_on(selector, here, there):
        try:
            data = here.recv(65536)
            there.sendall(data)
        except OSError:
            data = b""
        if not data:
            selector.unregister(here)
            try:
                there.shutdown(socket.SHUT_WR)
            except OSError:  # it has ended too
                pass

    def _run(self):
        selector = selectors.DefaultSelector()
        selector.register(self.listener, selectors.EVENT_READ)
        selector.register(self.wake_read, selectors.EVENT_READ)
        while not self.closing:
            for key, _ in selector.select():
                if key.fileobj is self.listener:
                    self._accept(selector)
                elif key.fileobj is not self.wake_read:
                    self._pass_on(selector, key.fileobj, key.data)
        selector.close()
