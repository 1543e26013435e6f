"""An OpenSSL server that answers a request before it has read all of it, and closes: its kernel then sends RST.

Usage: early_answer_server.py CERTIFICATES KEY. Prints its port. The first line of a request says `notify N` (N bytes, then
close_notify) or `cut N` (N bytes only).
"""
import socket
import ssl
import sys


def main():
    certificates, key = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates, key)
    with socket.create_server(('127.0.0.1', 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            wire, _ = server.accept()
            # Otherwise the answer waits for the client's acknowledgement of the tickets, and the RST overtakes it.
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with context.wrap_socket(wire, server_side=True) as tls:
                mode, count = tls.recv(100).split(b'\n')[0].split()
                tls.sendall(b'a' * int(count))
                if mode == b'notify':
                    tls.setblocking(False)
                    try:
                        tls.unwrap()
                    except ssl.SSLError:
                        pass  # the client's close_notify has not arrived


main()
