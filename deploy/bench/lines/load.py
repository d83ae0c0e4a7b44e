"""What the lines that load the edge share: wrk, and gyms with a timetable to book from."""
import datetime
import json

CONNECTIONS = 32


def wrk(bench, url, *options, seconds=None, script="latency.lua", arguments=(), connections=CONNECTIONS):
    """Loads `url` and returns wrk's figures: per_second, p50 and p99 in microseconds. Whatever is not answered with success ends the bench."""
    text = bench.run("wrk", "-t2", f"-c{connections}", f"-d{max(1, round(seconds or bench.seconds))}s",
                     "-s", f"{bench.here}/references/{script}", *options, url, "--", *arguments)
    seen = json.loads(text.splitlines()[-1])
    if seen["refused"] or seen["broken"]:
        raise SystemExit(f"bench: not every request of {url} succeeded: {seen}")
    return seen


class Timetable:
    """A gym with sessions that everybody fits into, and members to book them.

    Members have no address: the program that catches mail here, instead of a mail server elsewhere, would take much of the machine.
    """

    def __init__(self, bench, system, sessions, members, trainers=1):
        self.bench, self.system = bench, system
        self.gym = system.gym(trainers=trainers, members=members, mail=False)
        self.class_type = system.class_type(self.gym, 1000)
        self.monday = system.next_monday()
        self.sessions = [
            system.session(self.gym, self.class_type, self.monday + datetime.timedelta(minutes=30 * (n // trainers)), n % trainers)
            for n in range(sessions)]

    @property
    def token(self):
        return self.gym["token"]

    def book(self, pause=0, **options):
        """Books one pair of session and member after the other; each connection waits `pause` milliseconds before each."""
        names = [self.token, len(self.sessions), *self.sessions, len(self.gym["members"]), *self.gym["members"]]
        path = self.bench.path("timetable-" + self.gym["organization"])
        with open(path, "w") as file:
            file.writelines(f"{name}\n" for name in names)
        return wrk(self.bench, self.system.edge_url, script="booking.lua", arguments=[path, pause], **options)
