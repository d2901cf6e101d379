"""What benchmarks ask of the machine they run on."""

from __future__ import annotations

import resource
import socket
import sys


def free_port() -> int:
    """A port of this machine that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def peak_megabytes(whose: int = resource.RUSAGE_SELF) -> int:
    """Resident memory at its peak; ru_maxrss is in KiB on Linux, in bytes on macOS."""
    peak = resource.getrusage(whose).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))
