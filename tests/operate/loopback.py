"""Raises the loopback interface of a new network, and becomes the command that it is told."""

import fcntl
import os
import socket
import struct
import sys

_SIOCSIFFLAGS, _IFF_UP, _IFF_RUNNING = 0x8914, 1, 64

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
    fcntl.ioctl(line, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP | _IFF_RUNNING))
os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - it becomes what the test says
