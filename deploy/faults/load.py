"""The load: starts the generator (Load/), tells it what to do, and reads its history as it grows."""
import json
import os
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Call:
    """What a client asked for under one key, and what became of it."""

    number: int
    step: str
    tenant: int
    path: str
    key: str = None
    body: dict = None
    twin: bool = False
    start: float = 0
    end: float = None
    # ok, fail or unresolved, once it is known.
    outcome: str = None
    status: int = None
    answer: object = None
    attempts: int = 0
    # The moment and nature of each answer that left the outcome open.
    infos: list = field(default_factory=list)
    size: int = 0

    @property
    def problem(self):
        return (self.answer.get("type", "?") if isinstance(self.answer, dict) else "?").removeprefix("/problems/")


class History:
    def __init__(self, path):
        self.path, self.offset = path, 0
        self.calls = {}
        self.tenants = {}
        self.leaks, self.unresolved, self.broken = [], [], []
        self.refusals = []
        self.rested = set()
        self.left_out = 0
        self.is_ready = self.is_over = False
        # Recent ends of attempts, for who waits for recovery: moment, ok, seconds.
        self.recent = []

    def read(self):
        """Takes up what was written since; a line that is not whole yet waits."""
        if not os.path.exists(self.path):
            return
        with open(self.path, "rb") as file:
            file.seek(self.offset)
            data = file.read()
        whole = data.rfind(b"\n") + 1
        self.offset += whole
        for line in data[:whole].splitlines():
            self.take(json.loads(line))

    def take(self, line):
        kind = line["e"]
        if kind == "invoke":
            call = self.calls.get(line["call"])
            if call is None:
                call = self.calls[line["call"]] = Call(
                    line["call"], line["step"], line["tenant"], line["url"].split("/", 3)[3], line.get("key"), line.get("body"),
                    "twin" in line, line["t"])
            call.attempts += 1
            call.size = line["t"]
        elif kind in ("ok", "fail", "info"):
            call = self.calls[line["call"]]
            self.recent.append((line["t"], kind != "info", line["t"] - call.size))
            if kind == "info":
                call.infos.append((line["t"], line.get("error") or f"{line['status']} {self.slug(line)}"))
            else:
                call.outcome, call.status, call.answer, call.end = kind, line["status"], line.get("answer"), line["t"]
                if kind == "fail":
                    self.refusals.append((line["t"], call.step, line["status"], self.slug(line), call.number))
        elif kind == "tenant":
            self.tenants[line["tenant"]] = line
        elif kind == "leak":
            self.leaks.append(line)
        elif kind == "unresolved":
            self.unresolved.append(line)
            self.calls[line["call"]].outcome = "unresolved"
        elif kind == "broken":
            self.broken.append(line)
        elif kind == "rest":
            self.rested.add(line["mark"])
        elif kind == "left-out":
            self.left_out += 1
        elif kind == "ready":
            self.is_ready = True
        elif kind == "end":
            self.is_over = True

    @staticmethod
    def slug(line):
        answer = line.get("answer")
        return answer.get("type", "?").removeprefix("/problems/") if isinstance(answer, dict) else "?"

    def done(self, *steps):
        """Calls that were answered with success, the deliberate repetitions left out."""
        return (call for call in self.calls.values() if call.outcome == "ok" and call.step in steps and not call.twin)

    def between(self, start, end):
        """Figures of the calls that began in that time."""
        calls = [call for call in self.calls.values() if start <= call.start < end]
        infos = Counter(self.short(what) for call in calls for _, what in call.infos)
        times = sorted(call.end - call.start for call in calls if call.end is not None)
        return {
            "calls": len(calls), "ok": sum(call.outcome == "ok" for call in calls), "refused": sum(call.outcome == "fail" for call in calls),
            "infos": dict(infos), "p50": quantile(times, 0.5), "p99": quantile(times, 0.99)}

    @staticmethod
    def short(what):
        return what if what[:3].isdigit() else "cut" if "emote" in what or "reset" in what.lower() else "timeout" if "imeout" in what else "refused"


def quantile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))] if sorted_values else 0


class Load:
    def __init__(self, program, folder, edges, seed, tenants):
        self.path = os.path.join(folder, "history.jsonl")
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.history = History(self.path)
        self.rate = 0
        self.log = open(os.path.join(folder, "load.log"), "w")
        arguments = [program, "load", "--history", self.path, "--seed", str(seed), "--tenants", str(tenants)]
        for edge in edges:
            arguments += ["--edge", edge]
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=self.log, stderr=self.log, text=True, start_new_session=True,
            env=os.environ | {"SWIFT_BACKTRACE": "enable=no"})

    def wait(self, condition, seconds, what):
        deadline = time.monotonic() + seconds
        while True:
            self.history.read()
            if condition():
                return
            if self.process.poll() is not None and not condition():
                raise SystemExit(f"faults: the load ended by itself ({self.process.returncode}): see {self.log.name}")
            if time.monotonic() > deadline:
                raise SystemExit(f"faults: waited {seconds} s for {what}")
            time.sleep(0.05)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def go(self, rate):
        self.rate = rate
        self.tell(f"rate {rate}")

    def rest(self, mark):
        """Lets everything under way come to its end; a call gives up after a minute."""
        self.tell(f"rest {mark}")
        self.wait(lambda: mark in self.history.rested, 90, "the load to rest")

    def end(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
