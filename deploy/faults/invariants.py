"""What must be true after every fault: from what clients were told first, then from the database as a second opinion.

I7 (a ledger), I14 (ended sessions) and I15 (credits) are not checked: README.md says why.
"""
import glob
import os
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass

# Refusals that the mix provokes by itself: two steps about one thing at once.
EXPECTED = {
    ("book", "session-closed"), ("cancel", "session-closed"), ("cancel", "booking-not-active"), ("send", "invoice-not-draft"),
    # The first attempt did it, and its answer was lost.
    ("sign-out", "unauthenticated"),
    ("pay", "overpayment"), ("pay", "invoice-not-payable"), ("set", "workout-completed"), ("train-done", "workout-completed"),
}


@dataclass
class Violation:
    """A promise that was broken. `kind`: lost, doubled, or whatever else it is."""

    invariant: str
    kind: str
    text: str

    def __str__(self):
        return f"{self.invariant} {self.kind}: {self.text}"


def check(system, history, poisoned, judged=0):
    """Every invariant that the product has something for; a list of what is broken."""
    facts = Facts(system, history)
    found = []
    for rule in RULES:
        found += [Violation(rule.__name__.upper().split("_")[0], kind, text) for kind, text in rule(facts)]
    found += [Violation(*broken) for broken in answers(history, judged)]
    found += [Violation("I12", "stuck", text) for text in stuck(system, poisoned)]
    return found


class Facts:
    """The history's calls by what they were about, and the rows of the organizations that the load made."""

    def __init__(self, system, history):
        self.system, self.history = system, history
        self.booked = {call.answer["id"]: call for call in history.done("book")}
        self.cancelled = {call.answer["id"]: call for call in history.done("cancel")}
        self.cancel_asked = {call.path.rsplit("/", 1)[1] for call in history.calls.values() if call.step == "cancel"}
        self.completed = {call.answer["id"]: call for call in history.done("complete")}
        self.sessions_made = {call.answer["id"]: call for call in history.done("session")}
        self.paid = {call.answer["id"]: call for call in history.done("pay")}
        self.sent = {call.answer["id"]: call for call in history.done("send")}
        self.sets_logged = {call.answer["id"]: call for call in history.done("set")}
        self.trained = {call.answer["id"]: call for call in history.done("train-done")}
        self.joined = {call.answer["id"]: call for call in history.done("member", "trainer")}
        self.signed_up = {call.answer["organization"]["id"]: call for call in history.done("sign-up")}
        # Whose outcome nobody knows may have happened or not.
        self.open = {call.step for call in history.calls.values() if call.outcome == "unresolved"}
        mine = "organization_id in (%s)" % ",".join(f"'{id}'" for id in self.signed_up)
        rows = lambda columns, table: system.rows(f"select {columns} from {table} where {mine}")  # noqa: E731
        self.sessions = {row[0]: row[1:] for row in rows(
            "id, status, capacity, booked, waitlisted, trainer_id, extract(epoch from starts_at), extract(epoch from ends_at)", "scheduling.sessions")}
        self.bookings = {row[0]: row[1:] for row in rows("id, session_id, member_id, status, arrival", "scheduling.bookings")}
        self.invoices = {row[0]: row[1:] for row in rows(
            "invoice_id, organization_id, status, coalesce(number, 0), coalesce(total, -1), paid", "billing.invoices")}
        self.lines = rows("line_id, invoice_id, session_id, member_id, amount", "billing.invoice_lines")
        self.taxes = rows("invoice_id, millionths, amount", "billing.invoice_taxes")
        self.payments = {row[0]: row[1:] for row in rows("payment_id, invoice_id, amount", "billing.payments")}
        self.workouts = {row[0]: row[1:] for row in rows("workout_id, coalesce(session_id::text, ''), member_id, status", "workouts.workouts")}
        self.sets = {row[0]: row[1:] for row in rows("set_id, workout_id, reps, coalesce(weight_grams, 0)", "workouts.sets")}
        self.people = {row[0] for row in rows("person_id", "auth.people")}
        self.told = rows("person_id, kind, event_id", "notifications.notifications")
        self.mails = rows("mail_id, status", "notifications.mails")
        self.attended = defaultdict(set)
        for session, member, status, _ in self.bookings.values():
            if status == "confirmed" and self.sessions.get(session, [""])[0] == "completed":
                self.attended[session].add(member)


def i1_capacity(facts):
    confirmed, waiting, free = Counter(), Counter(), {}
    for session, _, status, _ in facts.bookings.values():
        confirmed[session] += status == "confirmed"
        waiting[session] += status == "waitlisted"
    for id, (status, capacity, booked, waitlisted, *_) in facts.sessions.items():
        if confirmed[id] > int(capacity):
            yield "overbooked", f"session {id}: {confirmed[id]} of {capacity} places"
        if status == "scheduled" and (confirmed[id], waiting[id]) != (int(booked), int(waitlisted)):
            yield "miscounted", f"session {id} says {booked} and {waitlisted} waiting, bookings say {confirmed[id]} and {waiting[id]}"
        # Nobody waits for a place that is free (part of I13).
        if status == "scheduled" and waiting[id] and confirmed[id] < int(capacity):
            yield "not promoted", f"session {id}: {waiting[id]} wait, {confirmed[id]} of {capacity} are confirmed"
    # What clients were told, moment by moment: confirmed from its answer to the asking for its cancellation.
    moments = defaultdict(list)
    asked = {call.path.rsplit("/", 1)[1]: call.start for call in facts.history.calls.values() if call.step == "cancel"}
    for id, call in facts.booked.items():
        if call.answer["status"] == "confirmed":
            moments[call.answer["session_id"]].append((call.end, 1))
            if id in asked:
                moments[call.answer["session_id"]].append((asked[id], -1))
    for session, changes in moments.items():
        count = 0
        for _, change in sorted(changes):
            count += change
            if session in facts.sessions and count > int(facts.sessions[session][1]):
                yield "overbooked", f"session {session}: clients held {count} confirmed places at once"
                break


def i2_one_place(facts):
    by_trainer = defaultdict(list)
    for id, (status, _, _, _, trainer, start, end) in facts.sessions.items():
        if status != "cancelled":
            by_trainer[trainer].append((float(start), float(end), id))
    for trainer, held in by_trainer.items():
        held.sort()
        for one, other in zip(held, held[1:]):
            if other[0] < one[1]:
                yield "doubled", f"trainer {trainer} is in sessions {one[2]} and {other[2]} at once"


def i3_kept(facts):
    """What was acknowledged is there, as it was answered; and nothing is there that nobody was told of."""
    for id, call in facts.booked.items():
        if id not in facts.bookings:
            yield "lost", f"booking {id} (call {call.number})"
            continue
        session, member, status, _ = facts.bookings[id]
        if (session, member) != (call.answer["session_id"], call.answer["member_id"]):
            yield "lost", f"booking {id} is another one now"
        if id in facts.cancelled:
            if status not in ("cancelled", "late_cancelled"):
                yield "lost", f"cancellation of booking {id} (call {facts.cancelled[id].number}): it is {status}"
        elif id not in facts.cancel_asked and call.answer["status"] == "confirmed" and status != "confirmed":
            yield "lost", f"booking {id} was confirmed and is {status}, and nobody cancelled it"
    for id, call in facts.completed.items():
        if facts.sessions.get(id, [""])[0] != "completed":
            yield "lost", f"completion of session {id} (call {call.number})"
    for id, call in facts.trained.items():
        if facts.workouts.get(id, ["", "", ""])[2] != "completed":
            yield "lost", f"completion of workout {id} (call {call.number})"
    for id, call in facts.sent.items():
        found = facts.invoices.get(id)
        if not found or found[1] not in ("sent", "paid") or int(call.answer["number"].rsplit("-", 1)[1]) != int(found[2]):
            yield "lost", f"invoice {id} was sent as number {call.answer['number']} (call {call.number}) and is {found}"
    for id, call in facts.paid.items():
        if id in facts.payments and facts.payments[id] != [call.answer["invoice_id"], str(call.answer["amount"]["amount"])]:
            yield "lost", f"payment {id} is {facts.payments[id]}, not as answered"
    for id, call in facts.sets_logged.items():
        weight = round(float(call.answer.get("weight_kg") or 0) * 1000)
        if id in facts.sets and facts.sets[id][1:] != [str(call.answer["reps"]), str(weight)]:
            yield "lost", f"set {id} is {facts.sets[id]}, not as answered"
    owners = {call.answer["owner"]["id"] for call in facts.signed_up.values()}
    for what, step, told, there in (
            ("booking", "book", set(facts.booked), set(facts.bookings)), ("session", "session", set(facts.sessions_made), set(facts.sessions)),
            ("payment", "pay", set(facts.paid), set(facts.payments)), ("set", "set", set(facts.sets_logged), set(facts.sets)),
            ("person", "member", set(facts.joined) | owners, facts.people)):
        for id in told - there:
            if what != "booking":
                yield "lost", f"{what} {id}"
        # An effect that no client was told of: of a second run under one key, or of a call that was refused in the end.
        if step not in facts.open:
            for id in there - told:
                yield "doubled", f"{what} {id} is there and nobody was told of it"


def i4_one_effect(facts):
    """One key, one answer."""
    first = {}
    for call in facts.history.calls.values():
        if call.key and call.outcome == "ok":
            other = first.setdefault((call.tenant, call.key), call)
            if other.answer != call.answer:
                yield "doubled", f"{call.step}: one key, two answers (calls {other.number} and {call.number})"
    for call in facts.history.calls.values():
        if call.twin and call.outcome == "fail":
            yield "doubled", f"{call.step}: answered once, refused under the same key with {call.problem} (call {call.number})"


def i5_billed_once(facts):
    """Every attendee of every completed session has one line and one workout."""
    expected = {(session, member) for session, members in facts.attended.items() for member in members}
    # By what clients were told alone: confirmed before the completion was asked for, and never given back.
    told = {
        (call.answer["session_id"], call.answer["member_id"]) for id, call in facts.booked.items()
        if call.answer["status"] == "confirmed" and id not in facts.cancel_asked and call.answer["session_id"] in facts.completed
        and call.end < facts.completed[call.answer["session_id"]].start}
    for what, found in (
            ("invoice line", Counter((session, member) for _, _, session, member, _ in facts.lines if session)),
            ("workout", Counter((session, member) for session, member, _ in facts.workouts.values() if session))):
        for pair in (expected | told) - set(found):
            yield "lost", f"no {what} for member {pair[1]} in session {pair[0]}"
        for pair, count in found.items():
            if count > 1:
                yield "doubled", f"{count} {what}s for member {pair[1]} in session {pair[0]}"
            if pair not in expected:
                yield "doubled", f"{what} for member {pair[1]}, who did not attend session {pair[0]}"


def i6_sums(facts):
    lines, taxes, paid = Counter(), defaultdict(list), Counter()
    for _, invoice, _, _, amount in facts.lines:
        lines[invoice] += int(amount)
    for invoice, millionths, amount in facts.taxes:
        taxes[invoice].append((int(millionths), int(amount)))
    for invoice, amount in facts.payments.values():
        paid[invoice] += int(amount)
    for id, (_, status, number, total, amount_paid) in facts.invoices.items():
        if status in ("sent", "paid"):
            if lines[id] + sum(amount for _, amount in taxes[id]) != int(total):
                yield "sum", f"invoice {id}: lines {lines[id]} and taxes {taxes[id]} are not {total}"
            # Whatever the rule of rounding, none is off by a whole unit.
            for millionths, amount in taxes[id]:
                if abs(lines[id] * millionths / 1e6 - amount) >= 1:
                    yield "sum", f"invoice {id}: {millionths} millionths of {lines[id]} are not {amount}"
            if (status == "paid") != (paid[id] == int(total)):
                yield "sum", f"invoice {id} is {status}, {paid[id]} of {total} were paid"
        if paid[id] != int(amount_paid) or paid[id] > max(int(total), 0):
            yield "sum", f"invoice {id}: payments {paid[id]}, says {amount_paid}, total {total}"


def i8_paid_once(facts):
    told = Counter()
    for call in facts.paid.values():
        told[call.answer["invoice_id"]] += call.answer["amount"]["amount"]
    for id, amount in told.items():
        if id not in facts.invoices or amount > int(facts.invoices[id][3]):
            yield "doubled", f"invoice {id}: clients were told of payments of {amount}, it is {facts.invoices.get(id)}"
    by_key = defaultdict(set)
    for call in facts.history.calls.values():
        if call.step == "pay" and call.outcome == "ok":
            by_key[call.key].add(call.answer["id"])
    for key, ids in by_key.items():
        if len(ids) > 1:
            yield "doubled", f"one key, payments {ids}"


def i9_numbers(facts):
    numbers = defaultdict(list)
    for organization, _, number, _, _ in facts.invoices.values():
        if number != "0":
            numbers[organization].append(int(number))
    for organization, given in numbers.items():
        if sorted(given) != list(range(1, len(given) + 1)):
            yield "numbers", f"organization {organization}: {len(given)} numbers up to {max(given)}"
    for organization, given in _numbers_told(facts).items():
        if len(given) != len(set(given)):
            yield "doubled", f"tenant {organization}: clients were told one number twice"


def _numbers_told(facts):
    told = defaultdict(list)
    for call in facts.sent.values():
        told[call.tenant].append(call.answer["number"])
    return told


def i10_told(facts):
    """Each person was told of each thing once in the inbox, and by mail at least once with one Message-ID."""
    by_kind = Counter((person, kind) for person, kind, _ in facts.told)
    expected = Counter()
    for call in facts.booked.values():
        expected[call.answer["member_id"], f"booking.{call.answer['status']}"] += 1
    for members in facts.attended.values():
        for member in members:
            expected[member, "session.completed"] += 1
    for key in set(expected) | {key for key in by_kind if key[1] in ("booking.confirmed", "booking.waitlisted", "session.completed")}:
        if by_kind[key] != expected[key]:
            kind = "lost" if by_kind[key] < expected[key] else "doubled"
            yield kind, f"person {key[0]} has {by_kind[key]} notifications {key[1]}, not {expected[key]}"
    for event, count in Counter((person, kind, event) for person, kind, event in facts.told).items():
        if count > 1:
            yield "doubled", f"notification {event}"
    received = received_mails(facts.system)
    for id, status in facts.mails:
        if status == "sent" and id not in received:
            yield "lost mail", f"mail {id} is said to be sent and did not arrive"
        if status in ("pending", "failed"):
            yield "stuck", f"mail {id} is {status}"


def received_mails(system):
    found = set()
    for path in glob.glob(os.path.join(system.folder, "mail/new/*")):
        with open(path, errors="replace") as file:
            if match := re.search(r"^Message-ID: <([0-9a-f-]+)@", file.read(4096), re.MULTILINE | re.IGNORECASE):
                found.add(match[1])
    return found


def i11_tenants(facts):
    for leak in facts.history.leaks:
        yield "leak", f"call {leak['call']} of tenant {leak['tenant']} was shown {leak['mark']}"
    own = {tenant["canary"] for tenant in facts.history.tenants.values()}
    for path in glob.glob(os.path.join(facts.system.folder, "logs/*.log*")):
        with open(path, errors="replace") as file:
            if marks := own & set(re.findall(r"cnry([0-9a-f]{24})", file.read())):
                yield "leak", f"{os.path.basename(path)} holds names of {len(marks)} organizations"


def answers(history, judged):
    """Every refusal must be one that the mix provokes; no 500 ever."""
    for _, step, status, slug, number in history.refusals[judged:]:
        if (step, slug) not in EXPECTED and not history.calls[number].twin:
            yield "answers", "refused", f"{step} was answered {status} {slug} (call {number})"
    for call in history.calls.values():
        for _, what in call.infos:
            if what.startswith("500"):
                yield "answers", "500", f"{call.step} was answered {what} (call {call.number})"
    for broken in history.broken:
        yield "answers", "broken", broken["error"]


def misfilled(system, poisoned):
    """Queues that hold more or less than what was poisoned. A quorum queue tells its length every five seconds only: a count that is not
    right may be an old one, for two of these."""
    deadline = time.monotonic() + 11
    while True:
        wrong = {name: count for name, count in system.queues().items() if count != poisoned.get(name, 0) and name != "palestra.everyone"}
        if not wrong or time.monotonic() > deadline:
            return wrong
        time.sleep(0.2)


def stuck(system, poisoned):
    for name, count in misfilled(system, poisoned).items():
        yield f"queue {name} holds {count} messages, {poisoned.get(name, 0)} were poisoned"
    for service in system.SERVICES:
        dead = int(system.psql(f"select count(*) from {service}.inbox where state = 'dead'"))
        if dead > poisoned.get(f"{service} inbox", 0):
            yield f"{service} gave up {dead} events, {poisoned.get(f'{service} inbox', 0)} were poisoned"
    held = system.psql(
        "select count(*) from pg_stat_activity where datname = 'palestra' and state like 'idle in transaction%' and state_change < now() - interval '2 s'")
    if held != "0":
        yield f"{held} transactions are left open"


RULES = [i1_capacity, i2_one_place, i3_kept, i4_one_effect, i5_billed_once, i6_sums, i8_paid_once, i9_numbers, i10_told, i11_tenants]
