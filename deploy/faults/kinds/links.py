"""A bad line: one replica moves into a network namespace of its own, and everything it says and hears goes over that line."""
import os
import re
import shutil
import subprocess

from installation import PROXIED_UPSTREAM
from kinds.base import Fault


class BadLine(Fault):
    """Its edges, its database and its broker are at the other end of a pair of virtual devices; only these are made to lose or to be slow."""

    family, short = "network", "never"
    share = 1 / 3
    victim = PROXIED_UPSTREAM
    HERE, THERE = "169.254.213.1", "169.254.213.2"

    @classmethod
    def obstacle(cls):
        if os.geteuid() != 0:
            return "network namespaces take root"
        missing = [tool for tool in ("ip", "tc", "iptables-legacy") if not shutil.which(tool)]
        if missing:
            return f"there is no {' '.join(missing)} (Debian: iproute2, iptables)"
        tried = subprocess.run(["unshare", "--net", "true"], capture_output=True)
        return None if tried.returncode == 0 else "network namespaces cannot be made here"

    def __init__(self, campaign):
        super().__init__(campaign)
        self.space, self.device = f"palestra-{os.getpid()}", f"pl{os.getpid()}"
        self.run("ip", "netns", "add", self.space)
        self.run("ip", "link", "add", self.device, "type", "veth", "peer", "name", "line", "netns", self.space)
        self.run("ip", "addr", "add", self.HERE + "/30", "dev", self.device)
        self.run("ip", "link", "set", self.device, "up")
        self.inside("ip", "addr", "add", self.THERE + "/30", "dev", "line")
        for device in ("lo", "line"):
            self.inside("ip", "link", "set", device, "up")
        self.move()

    def run(self, *command):
        return self.campaign.run(*command)

    def inside(self, *command):
        return self.run("ip", "netns", "exec", self.space, *command)

    def move(self):
        system = self.system
        arguments, environment = system.recipes[self.victim]
        environment = environment | {"HTTP_HOST": "0.0.0.0"}
        for setting, port, name in (("DATABASE_URL", system.postgres_port, "line database"), ("AMQP_URL", system.broker_port, "line broker")):
            through = system.proxies.add(name, port, on=self.HERE)
            environment[setting] = re.sub(rf"@[^/]*:{port}/", f"@{self.HERE}:{through}/", environment[setting])
        upstream = f"edge {self.victim}"
        system.moved[self.victim] = system.proxies[upstream].server.sockets[0].getsockname()[1]
        system.proxies.set(upstream, host=self.THERE)
        self.former = system.run_as(self.victim, (["ip", "netns", "exec", self.space, *arguments], environment))

    def finish(self):
        self.heal()
        system = self.system
        system.proxies.set(f"edge {self.victim}", host="127.0.0.1")
        del system.moved[self.victim]
        system.run_as(self.victim, self.former)
        for name in ("line database", "line broker"):
            system.proxies.remove(name)
        # The pair of devices goes at once, a namespace when nobody looks any more.
        self.run("ip", "link", "delete", self.device)
        self.run("ip", "netns", "delete", self.space)


class Loss(BadLine):
    """Of packets both ways, in the namespace's own filter."""

    chance = 0.0

    def break_it(self):
        for chain in ("INPUT", "OUTPUT"):
            self.inside("iptables-legacy", "-A", chain, "-m", "statistic", "--mode", "random", "--probability", self.chance, "-j", "DROP")
        self.hold(4, 6)
        for chain in ("INPUT", "OUTPUT"):
            counted = self.inside("iptables-legacy", "-L", chain, "-v", "-x", "-n").splitlines()[2].split()
            if int(counted[0]) == 0:
                raise SystemExit(f"no packet was lost in {chain}")

    def heal(self):
        self.inside("iptables-legacy", "-F")


class Narrow(BadLine):
    name, what = "narrow", "the line of one replica of scheduling carries 256 kbit/s each way for 4 to 6 s"
    BUCKET = ("root", "tbf", "rate", "256kbit", "burst", "8kb", "latency", "300ms")

    def break_it(self):
        self.run("tc", "qdisc", "add", "dev", self.device, *self.BUCKET)
        self.inside("tc", "qdisc", "add", "dev", "line", *self.BUCKET)
        self.hold(4, 6)
        counted = self.run("tc", "-s", "qdisc", "show", "dev", self.device) + self.inside("tc", "-s", "qdisc", "show", "dev", "line")
        if not any(int(number) for number in re.findall(r"overlimits (\d+)", counted)):
            raise SystemExit("the line was never full")

    def heal(self):
        if "tbf" in self.run("tc", "qdisc", "show", "dev", self.device):
            self.run("tc", "qdisc", "delete", "dev", self.device, "root")
            self.inside("tc", "qdisc", "delete", "dev", "line", "root")


def loss(name, chance):
    return type(name.title().replace("-", ""), (Loss,), {
        "name": name, "chance": chance, "what": f"one replica of scheduling loses {chance:.0%} of its packets each way for 4 to 6 s"})


KINDS = [loss("loss", 0.05), loss("heavy-loss", 0.3), Narrow]
