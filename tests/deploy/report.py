"""What was checked, what came of it, and how long each phase took."""

import sys
import time
from contextlib import contextmanager


class Stopped(Exception):
    """A phase failed, and what comes after it needs it."""


class Report:
    """Counts checks; its last line is what a runner reads."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.durations = []

    def check(self, sentence, holds, detail=""):
        """Notes whether `sentence` is true."""
        self.count(1 if holds else 0, 0 if holds else 1)
        say(f"{'ok    ' if holds else 'FAILED'} {sentence}")
        if not holds and detail:
            say(str(detail))

    def count(self, passed, failed):
        """Adds the results of another runner."""
        self.passed += passed
        self.failed += failed

    @contextmanager
    def phase(self, name):
        """Times what is inside. A fault of it is one failed check, and the end of the run."""
        say(f"\n== {name}")
        started = time.monotonic()
        try:
            yield
        except Stopped:
            raise
        except Exception as fault:
            self.check(name, False, fault)
            raise Stopped from fault
        finally:
            self.durations.append((name, time.monotonic() - started))

    def close(self):
        """Prints durations and the sum; gives the exit code."""
        say("\n== durations")
        for name, seconds in self.durations:
            say(f"{seconds:7.1f} s  {name}")
        say(f"\n{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def say(line):
    """Prints at once: minutes pass between lines, and other programs print too."""
    print(line, flush=True)
    sys.stderr.flush()
