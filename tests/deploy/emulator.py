"""An emulated AWS on 127.0.0.1: ministack, which runs `provided.al2023` bootstraps as processes and needs no Docker.

It enforces IAM (`AUTH=true`): each function has the rights of its own role and no others, except that leading keys are not
looked at (deviations.py).
"""

import re
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from command import Failed

PROGRAM = Path("target/deploy-venv/emulator/bin/ministack")
# It ends by itself when whoever started it was killed.
LIFETIME_SECONDS = 60 * 60
START_SECONDS = 60
STOP_SECONDS = 20


class Emulator:
    """A running emulator; leaving the context ends it."""

    def __init__(self, folder):
        self.folder = folder.absolute()
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "tmp").mkdir(parents=True)
        self.log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            ["timeout", "--kill-after=10", str(LIFETIME_SECONDS), PROGRAM.absolute()],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def environment(self):
        """All of it: what the emulator is started with, its functions get too."""
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.folder),
            "TMPDIR": str(self.folder / "tmp"),
            "GATEWAY_PORT": str(self.port),
            # Without both it listens on every interface.
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "AUTH": "true",
            # Handed to every function, so that the template need not know of it.
            "AWS_ENDPOINT_URL": self.endpoint,
        }

    def wait(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Failed(f"ministack ended: {self.said()}")
            try:
                urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=5).close()
                return
            except OSError:
                time.sleep(0.2)
        raise Failed(f"ministack does not answer: {self.said()}")

    def listening(self):
        """The addresses on which the emulator and its functions listen."""
        processes = {str(self.process.pid)}
        for line in subprocess.check_output(["ps", "-eo", "pid=,ppid="], text=True).splitlines():
            pid, parent = line.split()
            if parent in processes:
                processes.add(pid)
        lines = subprocess.check_output(["ss", "-ltnpH"], text=True).splitlines()
        return [line.split()[3] for line in lines if processes & set(re.findall(r"pid=(\d+)", line))]

    def said(self):
        """The end of its log."""
        self.log.flush()
        return (self.folder / "log").read_text(errors="replace")[-4000:]

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()


def free_port():
    """A port that nobody has. Another may take it before the emulator does, which then says so and ends."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
