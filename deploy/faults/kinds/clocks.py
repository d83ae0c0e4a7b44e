"""Clocks that step: one replica lives under libfaketime, which reads from a file how far its time of day is off."""
import email.utils
import glob
import os
import time
import urllib.request

from kinds.base import Fault


def library():
    return next(iter(sorted(glob.glob("/usr/lib/*/faketime/libfaketime.so.1"))), None)


class ClockStep(Fault):
    """The time of day jumps forwards, then backwards past the right time, then is right again; the monotonic clock goes on as ever.

    A replica whose clock is off by more than the 30 s that tokens allow for refuses good ones, and an auth of that kind signs tokens
    that nobody else takes. So for as long as this goes on `unauthenticated` settles nothing for the load: it asks again, under the same key.
    """

    family, short = "clocks", "never"
    victim = ""
    # Of ten times four: each offset once.
    share = 0.4
    # Half an hour and more would end the sign-ins of staff, and rightly so.
    offsets = (90, 600, 20, 1200)

    @classmethod
    def obstacle(cls):
        return None if library() else "libfaketime is not installed (Debian: faketime)"

    def __init__(self, campaign):
        super().__init__(campaign)
        self.file = os.path.join(self.system.folder, "clock")
        self.turn = 0
        self.write(0)
        arguments, environment = self.system.recipes[self.victim]
        self.former = self.system.run_as(self.victim, (arguments, environment | {
            "LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": self.file, "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}))
        self.load.tell("tokens doubted")

    def break_it(self):
        offset = self.offsets[self.turn % len(self.offsets)]
        self.turn += 1
        for step in (offset, -offset):
            self.step(step)
            self.hold(3)

    def heal(self):
        self.step(0)

    def step(self, seconds):
        self.write(seconds)
        self.campaign.wait_until(lambda: abs(self.seen() - seconds) < 3, 10, f"{self.victim}'s clock to be off by {seconds} s")

    def write(self, seconds):
        with open(self.file + ".new", "w") as file:
            file.write(f"{seconds:+d}\n")
        os.replace(self.file + ".new", self.file)

    def seen(self):
        """By how much the process is off, by the `Date` of its answers."""
        with urllib.request.urlopen(self.system.url(self.victim) + "/livez", timeout=5) as answer:
            return email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()

    def finish(self):
        self.load.tell("tokens trusted")
        self.system.run_as(self.victim, self.former)


def clock(service):
    return type(f"Clock{service.title()}", (ClockStep,), {
        "name": f"clock-{service}", "victim": service,
        "what": f"the clock of one replica of {service} jumps forwards, back and right again, by 20 s to 20 min"})


KINDS = [clock(service) for service in ("scheduling", "billing", "auth", "notifications")]
