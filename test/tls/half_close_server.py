"""An OpenSSL server for half-closed connections, which s_server does not support.

Usage: half_close_server.py CERTIFICATES KEY. Prints its port, then for each connection, as JSON, length and hash of the
data received after the first line. The first line says who closes first: `server N` (sends "bye" and close_notify, then
reads until the client's) or `client N` (reads until the client's close_notify, then sends N bytes and close_notify).
"""
import hashlib
import json
import socket
import ssl
import sys


class Connection:
    """TLS over a socket with memory BIOs: SSLSocket.unwrap() would wait for the peer's close_notify."""

    def __init__(self, context, wire):
        self.wire = wire
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        self.until_done(self.tls.do_handshake)

    def until_done(self, step):
        while True:
            try:
                result = step()
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                received = self.wire.recv(65536)
                if received:
                    self.incoming.write(received)
                else:
                    self.incoming.write_eof()

    def flush(self):
        self.wire.sendall(self.outgoing.read())

    def read(self):
        """The next bytes; empty at the client's close_notify. Raises if the transport ends without one."""
        try:
            return self.until_done(lambda: self.tls.read(65536))
        except ssl.SSLZeroReturnError:
            return b''

    def read_all(self, begin=b''):
        chunks = [begin]
        while True:
            chunk = self.read()
            if not chunk:
                return b''.join(chunks)
            chunks.append(chunk)

    def write(self, data):
        self.until_done(lambda: self.tls.write(data))

    def close_notify(self):
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass  # the client's close_notify has not arrived
        self.flush()


def serve(connection):
    first = b''
    while b'\n' not in first:
        first += connection.read()
    line, rest = first.split(b'\n', 1)
    who, count = line.split()
    if who == b'server':
        connection.write(b'bye')
        connection.close_notify()
        received = connection.read_all(rest)
    else:
        received = connection.read_all(rest)
        connection.write(bytes(range(256)) * (int(count) // 256))
        connection.close_notify()
    return {'bytes': len(received), 'sha256': hashlib.sha256(received).hexdigest()}


def main():
    certificates, key = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates, key)
    with socket.create_server(('127.0.0.1', 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            wire, _ = server.accept()
            with wire:
                try:
                    result = serve(Connection(context, wire))
                except (OSError, ssl.SSLError) as error:
                    result = {'error': str(error)}
                print(json.dumps(result), flush=True)


main()
