"""Pairs of measurements, what they come to, and the table."""
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field

from private_system import System


@dataclass
class Row:
    """A line of the table: a figure of ours, the reference's, and what their relation should be."""

    number: str
    what: str
    unit: str
    target: float
    aim: float
    ours: list
    reference: list = field(default_factory=list)
    # Rates should be high; times and sizes low.
    lower_is_better: bool = False
    note: str = ""

    @property
    def ratios(self):
        """One per round, both sides of which ran one after the other; without a reference the figure itself."""
        return [a / b for a, b in zip(self.ours, self.reference)] if self.reference else self.ours

    @property
    def ratio(self):
        return statistics.median(self.ratios)

    @property
    def holds(self):
        return self.ratio <= self.target if self.lower_is_better else self.ratio >= self.target

    def record(self):
        return asdict(self) | {"ratio": self.ratio, "holds": self.holds}


def table(rows):
    """The rows as text, one column each for what, ours, reference, ratio, spread, target."""
    head = ["#", "what", "ours", "reference", "ratio", "spread", "target", "aim", ""]
    lines = [head]
    for row in rows:
        sign = "<=" if row.lower_is_better else ">="
        ratio = number(row.ratio) if row.reference else ""
        spread = f"{number(min(row.ratios))}..{number(max(row.ratios))}"
        lines.append([
            row.number, row.what, f"{number(statistics.median(row.ours))} {row.unit}",
            f"{number(statistics.median(row.reference))} {row.unit}" if row.reference else "", ratio, spread,
            f"{sign} {number(row.target)}", number(row.aim), "ok" if row.holds else "MISSED"])
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    text.insert(1, "  ".join("-" * width for width in widths))
    text += [f"   {row.number}: {row.note}" for row in rows if row.note]
    return "\n".join(text)


def number(value):
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


class Bench:
    """What a line needs: the rounds, scratch space, our drivers and references, and systems to load."""

    def __init__(self, root, rounds, seconds, profiler=None):
        self.root, self.rounds, self.seconds, self.profiler = root, rounds, seconds, profiler
        self.here = os.path.join(root, "deploy/bench")
        # Servers run as users of their own and read files from here.
        self.scratch = tempfile.TemporaryDirectory(prefix="palestra-bench-", dir="/tmp")
        os.chmod(self.scratch.name, 0o755)
        self.systems = {}
        self.closing = []

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    def system(self, name="main", **settings):
        """A whole private system in release, begun empty at the first call. `settings` are variables of its environment."""
        if name not in self.systems:
            # What another run has left has work of its own: mails for people nobody knows are tried again for hours.
            System(self, name, settings).clear()
        return self.kept(name, **settings)

    def kept(self, name, **settings):
        """The same with the data that is there."""
        if name not in self.systems:
            self.systems[name] = System(self, name, settings)
            self.systems[name].start()
        return self.systems[name]

    def retire(self, system):
        """Stops a system that only one line needs, so that it takes no part in the next."""
        del self.systems[system.name]
        system.stop()

    def on_close(self, action):
        self.closing.append(action)

    def close(self):
        for action in reversed(self.closing):
            action()
        for system in self.systems.values():
            system.stop()
        self.scratch.cleanup()

    def path(self, *parts):
        return os.path.join(self.scratch.name, *parts)

    def pairs(self, ours, reference):
        """Runs both in turn, `rounds` times, and returns two lists of what they returned."""
        if self.profiler:
            return [self.profile(ours)], []
        results = ([], [])
        for turn in range(self.rounds):
            # Who goes first changes, so that neither always finds the warmer machine.
            for side in ([0, 1] if turn % 2 == 0 else [1, 0]):
                results[side].append((ours, reference)[side]())
            self.say(f"    {turn + 1}/{self.rounds}  ours {results[0][-1]}  reference {results[1][-1]}")
        return results

    @contextlib.contextmanager
    def watch(self, pid):
        """Profiles a process with perf while it is loaded, when that was asked for."""
        if self.profiler != "perf":
            yield
            return
        recorder = subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "997", "-g", "-o", self.path("perf.data"),
                                     "-p", str(pid)])
        try:
            yield
        finally:
            recorder.send_signal(signal.SIGINT)
            recorder.wait()

    def driver(self, *arguments, environment=None):
        """Runs one of our drivers (deploy/bench/Drivers) and returns the JSON object it prints."""
        command = [os.path.join(self.root, ".build/release/PalestraBench"), *map(str, arguments)]
        if self.profiler == "callgrind":
            command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + self.path("callgrind.out"), *command]
        elif self.profiler == "perf":
            command = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "997", "-g", "-o", self.path("perf.data"), "--", *command]
        return json.loads(self.run(*command, environment=environment).splitlines()[-1])

    def profile(self, ours):
        """Runs our side once and prints where the time went: of a driver, or of a line's own choice of processes."""
        result = ours()
        if os.path.exists(self.path("perf.data")):
            subprocess.run(["perf", "report", "--stdio", "--no-children", "-g", "none", "--percent-limit", "0.5",
                            "-i", self.path("perf.data")], stderr=subprocess.DEVNULL)
        if os.path.exists(self.path("callgrind.out")):
            subprocess.run(["callgrind_annotate", "--threshold=90", self.path("callgrind.out")])
        return result

    def run(self, *command, environment=None, input=None, **options):
        """Runs a command to its end and returns its standard output; says what it printed when it fails."""
        done = subprocess.run(
            list(map(str, command)), env=os.environ | (environment or {}), input=input, text=True, capture_output=True, **options)
        if done.returncode != 0:
            raise SystemExit(f"bench: {' '.join(map(str, command))} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
        return done.stdout

    def compile(self, source, *libraries):
        """Compiles a C reference once and returns the program's path."""
        program = self.path(os.path.basename(source).removesuffix(".c"))
        if not os.path.exists(program):
            self.run("gcc", "-O2", "-o", program, os.path.join(self.here, "references", source), *libraries)
        return program

    def wait_until(self, condition, seconds, what):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise SystemExit(f"bench: waited {seconds} s for {what}")
            time.sleep(0.005)
