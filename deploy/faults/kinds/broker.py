"""The broker dies, rests, refuses, and loses what it was told to keep."""
import time
import urllib.parse

from kinds.base import Fault


class BrokerFault(Fault):
    family = "broker"

    def start_broker(self):
        """Started as an operator's supervisor would; the cause is gone when its port answers."""
        self.system.server("rabbitmq", "start", str(self.system.broker_port))
        self.healed_at = time.monotonic()


class KillBroker(BrokerFault):
    share = 1 / 3
    name, what, short = "kill-broker", "kill -9 of RabbitMQ, started again", "always"

    def break_it(self):
        self.hold(0, 0.5)
        self.system.server("rabbitmq", "kill")
        self.hold(0, 1)

    def heal(self):
        self.start_broker()


class RestartBroker(BrokerFault):
    share = 1 / 3
    name, what = "restart-broker", "a clean stop of RabbitMQ, and a start"

    def break_it(self):
        self.system.server("rabbitmq", "stop")

    def heal(self):
        self.start_broker()


class MemoryAlarm(BrokerFault):
    share = 1 / 3
    name, what = "memory-alarm", "RabbitMQ's memory alarm for 3 to 6 s: publishers are blocked"

    def break_it(self):
        self.system.server("rabbitmq", "ctl", "set_vm_memory_high_watermark", "absolute", "1")
        self.hold(3, 6)

    def heal(self):
        self.system.server("rabbitmq", "ctl", "set_vm_memory_high_watermark", "absolute", "1GB")

    finish = heal


class CloseConnections(BrokerFault):
    name, what = "close-connections", "RabbitMQ closes every connection"

    def break_it(self):
        self.system.server("rabbitmq", "ctl", "close_all_connections", "broken on purpose")


class KillChannels(BrokerFault):
    name, what = "kill-channels", "RabbitMQ loses every channel"

    def break_it(self):
        self.system.server("rabbitmq", "ctl", "eval", "[exit(Channel, kill) || Channel <- rabbit_channel:list()].")


class DeleteQueue(BrokerFault):
    """Nobody of ours may declare a queue, so the deploy step does, as an operator is told by readiness to run it."""

    share = 1 / 3
    name, what = "delete-queue", "billing's queue is deleted under its consumers; the deploy step for the topology is run again after 1 s"

    def break_it(self):
        self.system.manage("DELETE", f"queues/palestra/{urllib.parse.quote('billing.main')}")
        self.hold(1)

    def heal(self):
        self.system.local("topology")


KINDS = [KillBroker, RestartBroker, MemoryAlarm, CloseConnections, KillChannels, DeleteQueue]
