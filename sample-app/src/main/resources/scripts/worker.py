"""Counts and digests texts for the program at the other end of descriptor 3."""

import hashlib
import json
import os
import platform
import re
import signal
from multiprocessing.connection import Connection

WORD = re.compile(r"[^ \t\n\v\f\r]+")


def facts(text):
    return {
        "words": len(WORD.findall(text)),
        "characters": len(text),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "language": "Python",
        "version": platform.python_version(),
        "pid": os.getpid(),
    }


def main():
    # Ctrl-C in a terminal is meant for the program at the other end
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = Connection(3)
    while True:
        try:
            request = json.loads(connection.recv_bytes())
        except EOFError:
            break
        connection.send_bytes(json.dumps(facts(request["text"])).encode())


if __name__ == "__main__":
    main()
