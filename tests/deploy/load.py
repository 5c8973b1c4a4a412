"""People who sign in, refresh and call all the time, and whoever refuses one of them without cause."""

import base64
import json
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

PEOPLE = 4
# Of a request; an instance may have to start.
PATIENCE_SECONDS = 60
# Clocks count whole seconds.
MARGIN_SECONDS = 1
# Tokens of one person that are used all the time, the oldest among them.
HELD = 6


class Refused(Exception):
    """An answer that is no success."""


class Load:
    """Runs until the context is left."""

    def __init__(self, stack, pool):
        self.base, self.pool = stack.url(), pool
        self.person = stack.demo
        self.requests, self.refused, self.kids = 0, [], set()
        self.live = [[] for _ in range(PEOPLE)]
        self.last = None
        self.over = threading.Event()
        self.gate, self.closed, self.under_way = threading.Condition(), False, 0
        self.lock = threading.Lock()

    def __enter__(self):
        self.running = [self.pool.submit(self.live_on, number) for number in range(PEOPLE)]
        return self

    def __exit__(self, *_):
        self.over.set()
        for running in self.running:
            running.result()

    def live_on(self, number):
        """One person: signs in, then refreshes and calls with tokens old and new."""
        try:
            tokens = self.ask("/login", {"username": self.person.name, "password": self.person.password})
            while not self.over.is_set():
                self.keep(number, tokens)
                published = self.published()
                for kid, ends, access in self.live[number]:
                    self.call(access, ends)
                    self.expect(kid in published, f"the key {kid} of a token is not published")
                tokens = self.ask("/refresh", {"refresh_token": tokens["refresh_token"]})
        except Exception as fault:
            self.expect(False, repr(fault))

    def call(self, access, ends):
        """Uses a token. It may end on the way, and be refused for that; before that it may not."""
        try:
            self.ask("/whoami", bearer=access)
        except Refused:
            if time.time() < ends - MARGIN_SECONDS:
                raise

    def keep(self, number, tokens):
        """Holds the new token beside the oldest ones that still live."""
        access = tokens["access_token"]
        kid, ends = part(access, 0)["kid"], part(access, 1)["exp"]
        live = [held for held in self.live[number] if held[1] > time.time() + MARGIN_SECONDS]
        with self.lock:
            self.last = kid
            self.kids.add(kid)
            self.live[number] = [*live[: HELD - 1], (kid, ends, access)]

    def ask(self, path, body=None, bearer=None):
        """Sends a request that must succeed."""
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {bearer}"} if bearer else {})
        request = urllib.request.Request(self.base + path, json.dumps(body).encode() if body else None, headers)
        try:
            with self.passing(), urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                said = json.load(answer)
        except urllib.error.HTTPError as refused:
            raise Refused(f"{path}: {refused.code} {refused.read().decode()}") from None
        with self.lock:
            self.requests += 1
        return said

    @contextmanager
    def held(self):
        """No request is under way."""
        with self.gate:
            self.closed = True
            self.gate.wait_for(lambda: self.under_way == 0)
        try:
            yield
        finally:
            with self.gate:
                self.closed = False
                self.gate.notify_all()

    @contextmanager
    def passing(self):
        """A request is under way, unless they are held."""
        with self.gate:
            self.gate.wait_for(lambda: not self.closed)
            self.under_way += 1
        try:
            yield
        finally:
            with self.gate:
                self.under_way -= 1
                self.gate.notify_all()

    def expect(self, holds, sentence):
        if not holds:
            with self.lock:
                self.refused.append(sentence)

    def published(self):
        """The names of the keys in the JWKS document."""
        return {key["kid"] for key in self.ask("/.well-known/jwks.json")["keys"]}

    def signed_last(self):
        """The key of the newest token."""
        return self.last

    def kids_of_live_tokens(self):
        return {kid for live in self.live for kid, ends, _ in live if ends > time.time()}

    def wait_for_requests(self, number):
        """Until so many more have been answered."""
        goal = self.requests + number
        self.wait_for(lambda: self.requests >= goal, PATIENCE_SECONDS)

    def wait_for(self, holds, seconds):
        """Until it holds, somebody was refused, or time is up."""
        ends = time.monotonic() + seconds
        while not (holds() or self.refused) and time.monotonic() < ends:
            time.sleep(0.1)


def part(token, number):
    """The header or the claims of a token."""
    text = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
