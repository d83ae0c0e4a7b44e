"""Breaks every promise by hand, behind the services' backs, and looks whether each check notices: a check that cannot fail checks nothing."""
import glob
import os

import invariants

# Invariant, kind, and what is done to the database past all its rules.
SABOTAGE = [
    ("I1", "overbooked", "update scheduling.sessions set capacity = 1 where id = (select session_id from scheduling.bookings "
     "where status = 'confirmed' group by session_id having count(*) > 1 limit 1)"),
    ("I1", "miscounted", "update scheduling.sessions set booked = booked + 7 where id = (select id from scheduling.sessions where status = 'scheduled' limit 1)"),
    ("I2", "doubled", "update scheduling.sessions s set starts_at = o.starts_at, ends_at = o.ends_at from scheduling.sessions o "
     "where o.trainer_id = s.trainer_id and o.id < s.id and s.id = (select max(id::text)::uuid from scheduling.sessions)"),
    ("I3", "lost", "delete from billing.payments where payment_id = (select payment_id from billing.payments limit 1)"),
    ("I3", "doubled", "insert into workouts.sets select organization_id, gen_random_uuid(), workout_id, exercise_id, set_number + 100, reps, "
     "weight_grams, rpe, now() from workouts.sets limit 1"),
    ("I5", "lost", "delete from billing.invoice_lines where line_id = (select line_id from billing.invoice_lines where session_id is not null limit 1)"),
    ("I5", "doubled", "update workouts.workouts set member_id = gen_random_uuid() where workout_id = (select workout_id from workouts.workouts "
     "where session_id is not null limit 1)"),
    ("I6", "sum", "update billing.invoices set total = total + 1 where invoice_id = (select invoice_id from billing.invoices where status = 'sent' limit 1)"),
    ("I8", "doubled", "update billing.invoices set total = 1, paid = 0 where invoice_id = (select invoice_id from billing.invoices where status = 'paid' limit 1)"),
    ("I9", "numbers", "update billing.invoices set number = number + 1000 where invoice_id = (select invoice_id from billing.invoices where number = 1 limit 1)"),
    ("I10", "lost", "delete from notifications.notifications where notification_id = (select notification_id from notifications.notifications "
     "where kind = 'session.completed' limit 1)"),
    ("I12", "stuck", "insert into billing.inbox (reaction, event_id, state) values ('sabotage', gen_random_uuid(), 'dead')"),
]


def unnoticed(system, history, poisoned):
    """Which of the broken promises no check has noticed. Nothing can be said of this system afterwards."""
    wanted = {(invariant, kind) for invariant, kind, _ in SABOTAGE}
    drop = system.rows(
        "select format('alter table %s drop constraint %I', conrelid::regclass, conname) from pg_constraint "
        # A partition's go with those of its table.
        "where contype in ('x', 'c') and coninhcount = 0 and connamespace::regnamespace::text in ('scheduling', 'billing', 'workouts')")
    for (statement,) in drop:
        system.psql(statement)
    for _, _, statement in SABOTAGE:
        system.psql("set session_replication_role = replica; " + statement)
    # What clients were told, and what they were shown.
    twins = [call for call in history.calls.values() if call.twin and call.outcome == "ok"]
    if twins:
        twins[0].answer = {"another": "answer"}
        wanted.add(("I4", "doubled"))
    history.leaks.append({"call": 0, "tenant": 0, "mark": "a mark of another"})
    call = next(iter(history.calls.values()))
    history.refusals.append((0, "book", 404, "not-found", call.number))
    call.infos.append((0, "500 internal-error"))
    wanted |= {("I11", "leak"), ("answers", "refused"), ("answers", "500")}
    mails = glob.glob(os.path.join(system.folder, "mail/new/*"))
    if mails and system.rows("select mail_id from notifications.mails where status = 'sent'"):
        for path in mails:
            os.unlink(path)
        wanted.add(("I10", "lost mail"))
    noticed = {(violation.invariant, violation.kind) for violation in invariants.check(system, history, poisoned)}
    return sorted(wanted - noticed)
