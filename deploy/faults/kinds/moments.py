"""Processes that die at a named point of their code: after something has happened, and before they can have learnt of it."""
from installation import PROXIED_MAIL
from kinds.base import Fault
from points import Asked, Committed, Confirmed, Mailed, Point


class Moment(Fault):
    """kill -9 of one replica in the very moment, as its proxies see it pass; started again at once."""

    family, short = "moments", "never"
    victim = way = ""
    point = ()
    # A point that nobody comes to within this time breaks the campaign.
    patience = 20

    def __init__(self, campaign):
        super().__init__(campaign)
        self.lookout = Point(*self.point)
        self.system.proxies.set(self.way, point=self.lookout)
        # Statements are told by the names that they were prepared under: connections are watched from their beginning.
        self.system.run_as(self.victim, self.system.recipes[self.victim])

    def break_it(self):
        self.hold(0, 0.5)
        pid = self.system.pid(self.victim)
        self.lookout.arm(pid)
        if not self.lookout.hit.wait(self.patience):
            raise SystemExit(f"nobody came to the point within {self.patience} s")
        self.campaign.wait_until(lambda: not self.system.is_alive(pid), 10, f"the end of {self.victim}")

    def heal(self):
        self.system.launch(self.victim)

    def finish(self):
        self.lookout.pid = None
        self.system.proxies.set(self.way, point=None)


class RelayMoment(Moment):
    """Of several replicas one publishes what all commit: the others leave for a moment, so that it is this one."""

    other = "billing.2"
    held = ("select count(*) from pg_locks where locktype = 'advisory' and granted and objsubid = 1 "
            "and ((classid::bigint << 32) | objid::bigint) = hashtextextended('billing.relay', 0)")

    def break_it(self):
        self.system.end(self.other)
        self.campaign.wait_until(lambda: self.system.psql(self.held) == "1", 10, "the relay to be this replica's")
        self.system.launch(self.other)
        super().break_it()


def moment(base, name, what, victim, server, *point, **members):
    return type(name.title().replace("-", ""), (base,), {
        "name": name, "what": f"kill -9 {what}", "victim": victim, "way": f"{victim} {server}", "point": point} | members)


KINDS = [
    moment(Moment, "kill-at-booked", "when a booking is committed and not answered", "scheduling.2", "database",
           Committed, rb"insert into bookings", short="always"),
    moment(Moment, "kill-at-paid", "when a payment is committed and not answered", "billing", "database", Committed, rb"insert into payments"),
    moment(Moment, "kill-at-reacted", "when billing's reaction is committed and its event not acknowledged", "billing", "database",
           Committed, rb"insert into inbox"),
    moment(RelayMoment, "kill-at-confirmed", "when RabbitMQ confirms events and nobody has heard it", "billing", "broker", Confirmed),
    moment(RelayMoment, "kill-at-noting", "when published events are about to be noted as such", "billing", "database",
           Asked, rb"update outbox set published_at = now"),
    moment(Moment, "kill-at-mailed", "when a mail is taken by the mail server and not noted as sent", PROXIED_MAIL, "mail", Mailed),
]
