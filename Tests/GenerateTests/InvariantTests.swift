import TestSupport
import Testing

/// The rules that hold in what the services write hold in what is generated. Each question lists what breaks one.
@Suite struct InvariantTests {
    struct Rule: CustomTestStringConvertible {
        let testDescription: String
        let breach: String

        init(_ name: String, _ breach: String) { (testDescription, self.breach) = (name, breach) }
    }

    @Test(arguments: [
        Rule(
            "a session counts its bookings",
            """
            select s.id from scheduling.sessions s left join scheduling.bookings b on b.session_id = s.id
            group by s.organization_id, s.id
            having s.booked <> count(*) filter (where b.status = 'confirmed') or s.waitlisted <> count(*) filter (where b.status = 'waitlisted')
                or s.arrivals <> count(b.id) or s.arrivals <> coalesce(max(b.arrival), 0)
                or s.version <> 1 + count(b.id) + (s.status <> 'scheduled')::int
                    + count(*) filter (where b.status = 'cancelled' and (s.status = 'scheduled' or b.cancelled_at < s.updated_at))
            """),
        Rule(
            "nothing was changed before it was made",
            """
            select * from (
                select 'booking', created_at, updated_at from scheduling.bookings
                union all select 'session', created_at, updated_at from scheduling.sessions
                union all select 'member', created_at, updated_at from auth.member_profiles
                union all select 'trainer', created_at, updated_at from auth.trainer_profiles
                union all select 'login session', created_at, updated_at from auth.login_sessions
                union all select 'workout', created_at, updated_at from workouts.workouts
                union all select 'set', created_at, updated_at from workouts.sets
                union all select 'record', created_at, updated_at from workouts.personal_records
                union all select 'invoice', created_at, updated_at from billing.invoices
                union all select 'line', created_at, updated_at from billing.invoice_lines
                union all select 'payment', created_at, updated_at from billing.payments
                union all select 'message', created_at, updated_at from notifications.notifications
                union all select 'mail', created_at, updated_at from notifications.mails
            ) as things (kind, created_at, updated_at)
            where updated_at < created_at
            """),
        Rule(
            "who waits, waits for a place",
            """
            select id from scheduling.sessions s where waitlisted > 0 and booked < capacity
            """),
        Rule(
            "bookings come between the session and its start",
            """
            select b.id from scheduling.bookings b join scheduling.sessions s on s.id = b.session_id
            where booked_at not between s.created_at and starts_at
            """),
        Rule(
            "a total is its lines and taxes",
            """
            select i.invoice_id from billing.invoices i
            where status <> 'draft' and total <> (select sum(amount) from billing.invoice_lines l where l.invoice_id = i.invoice_id)
                + (select coalesce(sum(amount), 0) from billing.invoice_taxes t where t.invoice_id = i.invoice_id)
            """),
        Rule(
            "a tax is taken on the subtotal",
            """
            select t.invoice_id from billing.invoice_taxes t
            where amount <> round((select sum(amount) from billing.invoice_lines l where l.invoice_id = t.invoice_id) * millionths / 1000000.0)
            """),
        Rule(
            "paid is what was received",
            """
            select invoice_id from billing.invoices i
            where paid <> (select coalesce(sum(amount), 0) from billing.payments p where p.invoice_id = i.invoice_id)
            """),
        Rule(
            "no invoice is empty",
            """
            select invoice_id from billing.invoices i where not exists (select from billing.invoice_lines l where l.invoice_id = i.invoice_id)
            """),
        Rule(
            "numbers have no gaps",
            """
            select organization_id from billing.invoices full join billing.invoice_counters c using (organization_id)
            group by organization_id, last_number
            having count(number) <> coalesce(last_number, 0) or coalesce(max(number), 0) <> coalesce(last_number, 0)
            """),
        Rule(
            "who attended was billed once and has a workout",
            """
            select b.id from scheduling.bookings b join scheduling.sessions s on s.id = b.session_id
            left join billing.invoice_lines l on l.booking_id = b.id left join billing.invoices i on i.invoice_id = l.invoice_id
            left join workouts.workouts w on w.session_id = b.session_id and w.member_id = b.member_id
            where (b.status = 'confirmed' and s.status = 'completed')
                is distinct from (l.line_id is not null and l.session_id = s.id and l.member_id = b.member_id and l.amount = s.price_amount
                    and w.workout_id is not null and w.trainer_id = s.trainer_id)
                or (b.payment_status = 'paid') is distinct from (coalesce(i.status, '') = 'paid')
            """),
        Rule(
            "who attended was told",
            """
            select s.id from scheduling.sessions s join notifications.notifications n on n.kind = 'session.completed' and n.created_at = s.updated_at
            where s.status = 'completed' group by s.id, s.booked having count(*) % s.booked <> 0
            """),
        Rule(
            "what is told is mailed",
            """
            select person_id from notifications.notifications n
            full join notifications.mails m using (organization_id, person_id, event_id)
            where n is null or m is null
            """),
        Rule(
            "a workout counts its changes",
            """
            select w.workout_id from workouts.workouts w left join workouts.sets s using (organization_id, workout_id)
            group by w.organization_id, w.workout_id having w.version <> 1 + count(s.set_id) + (w.status = 'completed')::int
                or max(s.logged_at) > w.completed_at or min(s.logged_at) < w.created_at
            """),
        Rule(
            "records beat what was before",
            """
            with bests as (
                select w.organization_id, w.member_id, workout_id, exercise_id, kind, completed_at, max(value) as value
                from workouts.workouts w join workouts.sets s using (organization_id, workout_id), lateral (values
                    ('heaviest_weight', weight_grams), ('most_reps', case when weight_grams is null then reps end),
                    ('estimated_one_rep_max', case when reps <= 12 then (weight_grams::bigint * (30 + reps) + 15) / 30 end)) v (kind, value)
                where value is not null group by 1, 2, 3, 4, 5, 6),
            beaten as (
                select *, max(value) over (partition by organization_id, member_id, exercise_id, kind order by completed_at
                    rows between unbounded preceding and 1 preceding) as before from bests)
            select b.workout_id from (select * from beaten where value > coalesce(before, 0)) b
            full join workouts.personal_records r
                on (r.workout_id, r.exercise_id, r.kind, r.value) = (b.workout_id, b.exercise_id, b.kind, b.value)
            where b is null or r is null
            """),
        Rule(
            "people are the same everywhere",
            """
            select person_id from auth.people p full join scheduling.people s using (organization_id, person_id)
            full join workouts.people w using (organization_id, person_id) full join notifications.people n using (organization_id, person_id)
            where (p.roles, p.is_active, p.version) is distinct from (s.roles, s.is_active, s.version)
                or (p.roles, p.is_active, p.version) is distinct from (w.roles, w.is_active, w.version)
                or (p.is_active, p.version) is distinct from (n.is_active, n.version)
            """),
        Rule(
            "organizations are the same everywhere",
            """
            select organization_id from auth.organizations o full join scheduling.organizations s using (organization_id)
            full join billing.organizations b using (organization_id)
            where (o.kind, o.currency, o.version) is distinct from (s.kind, s.currency, s.version)
                or (o.time_zone, o.currency, o.version) is distinct from (b.time_zone, b.currency, b.version)
            """),
        Rule(
            "taxes are the same everywhere",
            """
            select code from auth.tax_rates a full join billing.tax_rates b using (organization_id, code)
            where (place, rate_millionths) is distinct from (position + 1, millionths)
            """),
        Rule(
            "locations are the same everywhere",
            """
            select location_id from auth.locations a full join scheduling.locations b using (organization_id, location_id)
            where (a.time_zone, a.is_active, a.version) is distinct from (b.time_zone, b.is_active, b.version)
            """),
        Rule(
            "ids tell when things were made",
            """
            select id from (
                select id, created_at from scheduling.sessions union all select id, booked_at from scheduling.bookings
                union all select workout_id, created_at from workouts.workouts union all select set_id, logged_at from workouts.sets
                union all select invoice_id, created_at from billing.invoices
                union all select notification_id, created_at from notifications.notifications
                union all select person_id, created_at from auth.people) made
            where ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint <> floor(extract(epoch from created_at) * 1000)
                or substr(id::text, 15, 1) <> '7'
            """),
    ])
    func holds(_ rule: Rule) async throws {
        let broken = try await GeneratedYears.shared().database.sql("select * from (\(rule.breach)) broken limit 5")
        #expect(broken == "")
    }
}
