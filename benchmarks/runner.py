"""Runs a command and says in JSON how long it took and how much memory it had: `python -S runner.py OUTPUT COMMAND …`.

A process of its own, and a small one: a child's `ru_maxrss` is never below the memory that its parent had at the fork.
"""

from __future__ import annotations

import json
import os
import sys
import time

if __name__ == "__main__":
    start = time.perf_counter()
    pid = os.posix_spawnp(
        sys.argv[2],
        sys.argv[2:],
        dict(os.environ),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    said = {
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
        "code": os.waitstatus_to_exitcode(status),
    }
    sys.stdout.write(json.dumps(said))
