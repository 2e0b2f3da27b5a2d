# Sends back what it receives. The messages are those of multiprocessing.connection,
# whatever carries them.
import socket
import sys
from multiprocessing.connection import Connection

kind = sys.argv[1]
if kind == "pipes":
    receiving, sending = Connection(0, writable=False), Connection(1, readable=False)
elif kind == "tcp":
    peer = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    receiving = sending = Connection(peer.detach())
else:
    receiving = sending = Connection(3)
try:
    while True:
        sending.send_bytes(receiving.recv_bytes())
except EOFError:
    pass
