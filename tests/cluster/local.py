"""A Dask cluster of processes on this machine, for tests: started with the commands that the docs name."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""[s] that a process may take to start."""


class Local:
    """A scheduler and its workers; what is still running is killed at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        self._wait(lambda: file.exists() and file.read_text().strip().endswith("}"), "no scheduler started")
        self.address: str = json.loads(file.read_text())["address"]

    def _start(self, kind: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{kind}-{len(self.processes)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", kind, "--no-dashboard", *arguments], cwd=self.folder, stdout=log, stderr=log,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        )  # fmt: skip
        log.close()
        self.processes.append(process)
        return process

    def _wait(self, ready, what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not ready():
            logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in self.folder.glob("*.log"))
            assert time.monotonic() < end, f"{what}:\n{logs}"
            time.sleep(0.05)

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """A worker of one process and one thread, known to the scheduler."""
        number = len(self.processes)
        process = self._start(
            "worker", self.address, "--no-nanny", "--nthreads", "1", "--host", "127.0.0.1", "--name", f"w{number}",
            "--local-directory", str(self.folder), **environment,
        )  # fmt: skip
        log = self.folder / f"worker-{number}.log"
        self._wait(lambda: b"Registered to" in log.read_bytes(), "no worker started")
        return process

    def end(self) -> None:
        """Kills what still runs."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
        for process in self.processes:
            process.wait(10)


@contextlib.contextmanager
def local(folder: Path) -> Iterator[Local]:
    """A scheduler without workers."""
    cluster = Local(folder)
    try:
        yield cluster
    finally:
        cluster.end()
