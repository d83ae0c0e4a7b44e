"""Processes of ours that die, freeze, or are asked to go."""
import os
import signal
import time

from installation import REPLICAS
from kinds.base import Fault


def replicas(service):
    return [service if number == 1 else f"{service}.{number}" for number in range(1, REPLICAS[service] + 1)]


class KillService(Fault):
    """Every replica of one service at once: the service is away until they are back."""

    family = "services"
    service = ""

    def break_it(self):
        self.hold(0, 0.5)
        self.system.kill(*replicas(self.service))
        self.hold(0, 1.5)

    def heal(self):
        self.system.launch(*replicas(self.service))


class KillOne(Fault):
    """One replica of several: whoever is not being answered by it should not notice."""

    name, family, what = "kill-replica", "services", "kill -9 of one replica of three of scheduling, started again after up to 3 s"
    short = "always"

    def break_it(self):
        self.hold(0, 0.5)
        self.victim = self.random.choice(replicas("scheduling"))
        self.system.kill(self.victim)
        self.hold(0, 3)

    def heal(self):
        self.system.launch(self.victim)


class KillEdge(Fault):
    name, family, what = "kill-edge", "services", "kill -9 of one of two edges"

    def break_it(self):
        self.victim = self.random.choice(self.system.edges)
        self.system.kill(self.victim)
        self.hold(0, 1.5)

    def heal(self):
        self.system.launch(self.victim)


class KillAll(Fault):
    name, family, what = "kill-all", "services", "kill -9 of every process of ours at once"
    short = "always"

    def break_it(self):
        self.victims = [*self.system.services, *self.system.edges]
        self.system.kill(*self.victims)
        self.hold(0, 1)

    def heal(self):
        self.system.launch(*self.victims)


class Freeze(Fault):
    share = 1 / 3
    name, family, what = "freeze", "services", "SIGSTOP of one replica for 1 to 5 s"

    def break_it(self):
        self.system.pause(self.random.choice(self.system.services), self.random.uniform(1, 5))


class Rolling(Fault):
    """A release: one process after the other is asked to end and comes back; the next goes when this one is ready."""

    name, family, what = "rolling", "services", "SIGTERM of one process after the other, of every service and edge"
    short, zero = "always", True

    def __init__(self, campaign):
        super().__init__(campaign)
        self.order = []

    @classmethod
    def times(cls, times):
        # Whole rounds over every process; once is one replica of each service and one edge.
        return (sum(REPLICAS.values()) + 2) * max(1, times // 10) if times > 1 else len(REPLICAS) + 1

    def break_it(self):
        if not self.order:
            self.order = [*REPLICAS, "edge"] if self.campaign.times == 1 else [*self.system.services, *self.system.edges]
        self.victim = self.order.pop(0)
        self.system.end(self.victim)

    def heal(self):
        self.system.launch(self.victim)
        self.system.await_ready(20)


def kill_service(name):
    return type(f"Kill{name.title()}", (KillService,), {
        "name": f"kill-{name}", "service": name, "what": f"kill -9 of every replica of {name}, started again after up to 1.5 s"})


KINDS = [*map(kill_service, ["billing", "scheduling", "auth", "workouts", "notifications"]), KillOne, KillEdge, KillAll, Freeze, Rolling]
