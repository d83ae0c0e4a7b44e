"""Line 9: what all six processes cost while nobody asks anything of them, and how soon one that is started is ready.

Each process is restarted on its own, the others running, and timed from its creation until `/readyz` is answered with 200. Then all of
them are left alone: nothing asks them anything while their processor time is counted, and their memory is read at the end of it.
Memory is what is resident, as the kernel counts it for each process (MB of 10^6 bytes): pages of libraries and programs that several
of them share are counted for each. The note has what is theirs alone, and their part of the whole (PSS).
"""
import http.client
import re
import time

from measure import Row

IDLE_SECONDS = 30
REST_SECONDS = 10


def run(bench):
    system = bench.system()
    instances = [*system.SERVICES, "edge"]
    used = memory(system, instances)
    starts = {instance: [] for instance in instances}
    for turn in range(bench.rounds):
        for instance in instances:
            starts[instance].append(restart(bench, system, instance))
        bench.say(f"    {turn + 1}/{bench.rounds}  ready after " + listed(starts, lambda times: f"{times[-1]:.2f} s"))
    system.settle()
    # What is done once, soon after a start, is no idle cost.
    time.sleep(REST_SECONDS)
    share = processor_share(system, instances)
    held = memory(system, instances)
    total = {kind: sum(sizes[kind] for sizes in held.values()) for kind in ("Rss", "Pss", "Private", "Shared")}
    before = sum(sizes["Rss"] for sizes in used.values())
    worst = [max(times[turn] for times in starts.values()) for turn in range(bench.rounds)]
    return [
        Row("9a", "resident memory of all six, idle", "MB", 200, 120, [total["Rss"]], lower_is_better=True,
            note=f"private {total['Private']:.1f}, shared {total['Shared']:.1f}, PSS {total['Pss']:.1f}; "
            + listed(held, lambda sizes: f"{sizes['Rss']:.1f}") + f"; before the restart {before:.1f}"),
        Row("9b", f"processor time of all six, idle for {IDLE_SECONDS} s", "% of a core", 0.5, 0.5, [sum(share.values())],
            lower_is_better=True, note=listed(share, lambda part: f"{part:.3f}")),
        Row("9c", "from start to ready, the slowest of six", "s", 1, 1, worst, lower_is_better=True,
            note=listed(starts, lambda times: f"{min(times):.2f} to {max(times):.2f}")),
    ]


def listed(values, text):
    return ", ".join(f"{name} {text(value)}" for name, value in values.items())


def restart(bench, system, instance):
    """Seconds from the creation of the process to the end of its first answer that says ready."""
    start = system.restart(instance)
    port = system.port(instance)

    def is_ready():
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False

    bench.wait_until(is_ready, 30, f"{instance} to be ready")
    return time.monotonic() - start


def processor_share(system, instances):
    """Percent of one core that each takes while nobody asks anything."""
    clocks = {instance: processor_clock(system.pid(instance)) for instance in instances}
    start, before = time.monotonic(), {instance: time.clock_gettime(clock) for instance, clock in clocks.items()}
    time.sleep(IDLE_SECONDS)
    after, end = {instance: time.clock_gettime(clock) for instance, clock in clocks.items()}, time.monotonic()
    return {instance: (after[instance] - before[instance]) / (end - start) * 100 for instance in instances}


def processor_clock(pid):
    """The clock of a process's processor time, of all its threads, those that ended too; nanoseconds where `stat` has hundredths."""
    return (~pid << 3) | 2


def memory(system, instances):
    """What the kernel says of each one's pages, in MB by kind."""
    def sizes(pid):
        with open(f"/proc/{pid}/smaps_rollup") as file:
            found = {name: int(size) * 1024 / 1e6 for name, size in re.findall(r"^(\w+): +(\d+) kB", file.read(), re.MULTILINE)}
        return found | {kind: found[kind + "_Clean"] + found[kind + "_Dirty"] for kind in ("Private", "Shared")}

    return {instance: sizes(system.pid(instance)) for instance in instances}
