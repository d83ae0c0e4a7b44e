"""The campaign: one system and one load from beginning to end; faults one after the other; checks at the end of each kind."""
import json
import os
import platform
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field

import invariants
import report
import sabotage
from installation import Installation
from load import Load, quantile

# The load is well again from the first second on in which nothing was left open and nine of ten answers are about as fast as before.
WELL = 1.0
SLOWER = 1.5
# Answers below this are fast whatever they were before.
FAST = 0.25
PATIENCE = 60
RECOVERY = 10


@dataclass
class Result:
    """What became of one kind of fault."""

    kind: str
    family: str
    times: int = 0
    rate: float = 0
    held: float = 0
    recoveries: list = field(default_factory=list)
    before: dict = field(default_factory=dict)
    during: list = field(default_factory=list)
    drained: float = 0
    unresolved: int = 0
    violations: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    limit: float = RECOVERY

    @property
    def lost(self):
        return sum(violation.kind.startswith("lost") for violation in self.violations)

    @property
    def doubled(self):
        return sum(violation.kind == "doubled" for violation in self.violations)

    @property
    def holds(self):
        return not self.violations and not self.unresolved and max(self.recoveries, default=0) <= self.limit


class Campaign:
    def __init__(self, root, seed, rate, times, release, short):
        self.root, self.seed, self.rate, self.times, self.short = root, seed, rate, times, short
        self.random = random.Random(seed)
        self.system = Installation(self, "short" if short else "long", release)
        self.load = None
        self.results = []
        # Dead letters that were made on purpose, by queue.
        self.poisoned = {}
        # Refusals that have been judged.
        self.judged = 0

    # What a System wants of its host.

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    def run(self, *command, environment=None, input=None, **options):
        done = subprocess.run(
            list(map(str, command)), env=os.environ | (environment or {}), input=input, text=True, capture_output=True, **options)
        if done.returncode != 0:
            raise SystemExit(f"faults: {' '.join(map(str, command[:4]))} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
        return done.stdout

    def wait_until(self, condition, seconds, what):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise SystemExit(f"faults: waited {seconds} s for {what}")
            time.sleep(0.01)

    # The run

    def carry_out(self, kinds, file):
        start = time.monotonic()
        try:
            self.say(f"==> starting a private system ({self.system.build}), seed {self.seed}")
            self.system.start()
            self.load = Load(
                os.path.join(self.root, ".build", self.system.build, "PalestraFaults"), self.system.folder,
                [self.system.url(edge) for edge in self.system.edges], self.seed, tenants=3 if self.short else 6)
            self.load.wait(lambda: self.load.history.is_ready, 90, "organizations to sign up")
            self.load.go(self.rate)
            time.sleep(2 if self.short else 5)
            for kind, following in zip(kinds, [*kinds[1:], None]):
                # A short run looks at the end of each family only: what it finds is that kind's or one's before it.
                self.result_of(kind, checks=not self.short or following is None or following.family != kind.family)
                self.write(file, start)
            unnoticed = self.check_the_checks() if self.short else []
        finally:
            if self.load:
                self.load.end()
            self.system.stop()
        print(report.table(self.results, self.seed, self.rate, time.monotonic() - start))
        for invariant, kind in unnoticed:
            print(f"   a broken promise was not noticed: {invariant} {kind}")
        return 0 if any(result.times for result in self.results) and not unnoticed and all(result.holds for result in self.results) else 1

    def check_the_checks(self):
        self.say("==> breaking every promise by hand: each check must notice")
        if self.load.rate:
            self.load.rest("sabotage")
        return sabotage.unnoticed(self.system, self.load.history, self.poisoned)

    def result_of(self, kind, checks):
        times = kind.times(self.times)
        result = Result(kind.name, kind.family, rate=self.rate, limit=kind.limit)
        self.results.append(result)
        if obstacle := kind.obstacle():
            result.notes.append(f"left out: {obstacle}")
            return self.say(f"==> {kind.name} is left out: {obstacle}")
        self.say(f"==> {kind.name}: {kind.what} ({times} times)")
        if self.load.rate == 0:
            self.load.go(self.rate)
            time.sleep(1.5)
        self.load.history.read()
        start = time.monotonic()
        result.before = self.load.history.between(start - 3, start)
        fault, left_out = None, self.load.history.left_out
        try:
            fault = kind.make(self)
            for _ in range(times):
                self.once(fault, result)
        except (Exception, SystemExit) as error:
            # A signal that ends us, and not something that went wrong on the way.
            if isinstance(error, SystemExit) and isinstance(error.code, int):
                raise
            result.violations.append(invariants.Violation("harness", "broken", f"{type(error).__name__}: {str(error)[:500]}"))
        finally:
            if fault:
                fault.finish()
        calls = self.load.history.between(start, time.monotonic())["calls"]
        result.held = calls / (time.monotonic() - start)
        if self.load.history.left_out > left_out:
            result.notes.append(f"{self.load.history.left_out - left_out} steps were left out: too many under way")
        history = self.load.history
        if kind.zero:
            result.violations += [
                invariants.Violation("zero", "failed", f"{call.step} (call {call.number}): {what}")
                for call in history.calls.values() for moment, what in call.infos if moment >= start]
        if checks:
            self.check(kind, result)
        self.say("    " + report.line(result))
        for violation in result.violations[:10]:
            self.say(f"    {violation}")

    def once(self, fault, result):
        history = self.load.history
        start = time.monotonic()
        fault.break_it()
        fault.heal()
        healed = fault.healed_at or time.monotonic()
        fault.healed_at = None
        recovery = self.recover(healed, result)
        result.recoveries.append(recovery)
        result.times += 1
        result.during.append(history.between(start, time.monotonic()))
        history.recent = history.recent[-4000:]

    def recover(self, healed, result):
        """Seconds from `healed` until everything is ready and the load is well again."""
        history, deadline = self.load.history, healed + PATIENCE
        slow = max(FAST, SLOWER * result.before["p99"])
        waiting, ready_at = self.system.unready(), None
        while True:
            now = time.monotonic()
            if waiting:
                waiting = [name for name in waiting if self.system.state(name) != "ready"]
            if not waiting and ready_at is None:
                ready_at = now
            history.read()
            if ready_at is not None and now - max(ready_at, healed) >= 0.2:
                recent = [entry for entry in history.recent if entry[0] >= healed]
                bad = [moment for moment, ok, _ in recent if not ok]
                window = [seconds for moment, ok, seconds in recent if moment > now - WELL]
                is_fast = quantile(sorted(window), 0.9) <= slow and len(window) >= self.rate * WELL / 3
                if is_fast and now - max(bad, default=0) >= WELL and now - healed >= WELL:
                    # The last moment at which something was wrong.
                    return max(ready_at - healed, max(bad, default=healed) - healed, self.slow_until(recent, slow, healed), 0)
            if now > deadline:
                result.notes.append(f"not well after {PATIENCE} s" + (f": {' '.join(waiting)}" if waiting else ""))
                return PATIENCE
            time.sleep(0.1)

    @staticmethod
    def slow_until(recent, slow, healed):
        """Until when one half second after the other held mostly slow answers."""
        until = 0
        for step in range(PATIENCE * 2):
            window = sorted(seconds for moment, ok, seconds in recent if healed + step / 2 <= moment < healed + (step + 1) / 2)
            if window and quantile(window, 0.9) > slow:
                until = (step + 1) / 2
        return until

    def check(self, kind, result):
        history = self.load.history
        mark = f"{kind.name}-{len(self.results)}"
        self.load.rest(mark)
        self.load.rate = 0
        start = time.monotonic()
        backlog = self.drain(30)
        result.drained = time.monotonic() - start
        if backlog:
            result.violations.append(invariants.Violation("I12", "stuck", f"still on its way after 30 s: {backlog}"))
        result.unresolved = len(history.unresolved) - sum(other.unresolved for other in self.results[:-1])
        seen = {str(violation) for other in self.results for violation in other.violations}
        found = invariants.check(self.system, history, self.poisoned, self.judged)
        self.judged = len(history.refusals)
        # What an earlier kind did is that kind's.
        result.violations += [violation for violation in found if str(violation) not in seen]

    def drain(self, seconds):
        """Waits until nothing is on its way; what is, when that takes too long."""
        deadline = time.monotonic() + seconds
        while True:
            left = self.system.backlog() or {
                name: count for name, count in self.system.queues().items()
                if count and not name.endswith(".dead") and name != "palestra.everyone"}
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(0.1)

    def write(self, file, start):
        if file:
            with open(file, "w") as out:
                json.dump({
                    "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": platform.machine(), "cores": os.cpu_count(),
                    "seed": self.seed, "rate": self.rate, "build": self.system.build, "seconds": time.monotonic() - start,
                    "kinds": [report.record(result) for result in self.results]}, out, indent=1)
