"""What lies between the parts is slow, cut, or deaf."""
from kinds.base import Fault

DATABASE = ["billing database", "scheduling.2 database"]
BROKER = ["billing broker", "scheduling.2 broker"]
EDGE = ["edge scheduling.3"]


class NetworkFault(Fault):
    """Between one replica of billing, and one of scheduling, and what they use; the others have the straight way."""

    family = "network"
    ways = []
    state = {}
    time = (1, 3)

    def break_it(self):
        for way in self.ways:
            self.system.proxies.set(way, **self.state)
        self.hold(*self.time)

    def heal(self):
        for way in self.ways:
            self.system.proxies.set(way, **{name: type(value)() for name, value in self.state.items()})

    finish = heal


class Cut(NetworkFault):
    def break_it(self):
        for way in self.ways:
            self.system.proxies.set(way, refuses=True)
            self.system.proxies.cut(way)
        self.hold(*self.time)

    def heal(self):
        for way in self.ways:
            self.system.proxies.set(way, refuses=False)

    finish = heal


class HalfOpen(NetworkFault):
    """Nothing comes through any more, and nobody is told; in the end the way has forgotten its connections."""

    share = 1 / 3
    state = {"frozen": True}
    time = (4, 8)

    def heal(self):
        for way in self.ways:
            self.system.proxies.cut(way)
            self.system.proxies.set(way, frozen=False)

    finish = heal


def kind(base, name, what, **members):
    return type(name.title().replace("-", ""), (base,), {"name": name, "what": what} | members)


KINDS = [
    kind(NetworkFault, "slow-database", "50 ms more each way to the database", ways=DATABASE, state={"delay": 0.05}),
    kind(NetworkFault, "slow-broker", "50 ms more each way to the broker", ways=BROKER, state={"delay": 0.05}),
    kind(NetworkFault, "slow-edge", "50 ms more each way from the edges to a service", ways=EDGE, state={"delay": 0.05}),
    kind(Cut, "cut-database", "the ways to the database are cut", ways=DATABASE, short="always"),
    kind(Cut, "cut-broker", "the ways to the broker are cut", ways=BROKER),
    kind(Cut, "cut-edge", "the way from the edges to a service is cut", ways=EDGE),
    kind(HalfOpen, "half-open-database", "the ways to the database swallow everything for 4 to 8 s", ways=DATABASE),
    kind(HalfOpen, "half-open-broker", "the ways to the broker swallow everything for 4 to 8 s", ways=BROKER),
    kind(HalfOpen, "half-open-edge", "the way from the edges to a service swallows everything for 4 to 8 s", ways=EDGE),
    kind(HalfOpen, "lost-confirm", "what the broker says is lost for 2 to 4 s, then its connections", ways=BROKER, state={"swallows": True},
         time=(2, 4), heal=lambda self: heal_lost_confirm(self), finish=lambda self: heal_lost_confirm(self)),
]


def heal_lost_confirm(fault):
    for way in fault.ways:
        fault.system.proxies.cut(way)
        fault.system.proxies.set(way, swallows=False)
