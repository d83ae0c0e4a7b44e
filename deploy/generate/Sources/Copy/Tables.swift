/// Every table that is filled, with its columns in the order in which they are written.
final class Tables {
    let organizations = Table(
        "auth.organizations", "organization_id, name, slug, kind, time_zone, currency, created_at, updated_at")
    let slugs = Table("auth.organization_slugs", "slug, organization_id")
    let taxRates = Table("auth.tax_rates", "organization_id, code, rate_millionths, place")
    let locations = Table(
        "auth.locations", "organization_id, location_id, name, time_zone, address, created_at, updated_at")
    let accounts = Table(
        "auth.accounts",
        """
        account_id, email_index, email, password_hash, pepper_kid, email_verified_at, password_changed_at, last_login_at, created_at, \
        updated_at
        """)
    let people = Table(
        "auth.people",
        "organization_id, person_id, account_id, roles, full_name, email, email_index, phone, last_login_at, created_at, updated_at")
    let personKeys = Table("auth.person_keys", "organization_id, person_id, wrapped, created_at")
    let nameGrams = Table("auth.person_name_grams", "organization_id, gram, person_id")
    let memberProfiles = Table("auth.member_profiles", "organization_id, person_id, joined_at, created_at, updated_at")
    let trainerProfiles = Table("auth.trainer_profiles", "organization_id, person_id, specializations, created_at, updated_at")
    let loginSessions = Table(
        "auth.login_sessions",
        """
        organization_id, login_session_id, person_id, account_id, device, address, refresh_counter, refresh_hash, idle_seconds, ends_at, \
        expires_at, created_at, last_seen_at, updated_at
        """)

    let schedulingOrganizations = Table("scheduling.organizations", "organization_id, kind, currency, version")
    let schedulingLocations = Table("scheduling.locations", "organization_id, location_id, time_zone, is_active, version")
    let schedulingPeople = Table("scheduling.people", "organization_id, person_id, roles, is_active, version")
    let classTypes = Table(
        "scheduling.class_types",
        "organization_id, id, name, category, duration_minutes, capacity, price_amount, currency, color, created_at, updated_at")
    let sessions = Table(
        "scheduling.sessions",
        """
        organization_id, id, class_type_id, trainer_id, location_id, status, starts_at, ends_at, capacity, booked, waitlisted, arrivals, \
        price_amount, currency, cancel_reason, created_at, updated_at, version
        """)
    let bookings = Table(
        "scheduling.bookings",
        """
        organization_id, id, session_id, member_id, arrival, status, payment_status, booked_at, created_at, cancelled_at, updated_at, version
        """)
    let schedulingInbox = Tables.inbox("scheduling")

    let workoutsPeople = Table("workouts.people", "organization_id, person_id, roles, is_active, version")
    let exercises = Table(
        "workouts.exercises",
        """
        organization_id, exercise_id, source_key, name, level, type, equipment, primary_muscles, secondary_muscles, instructions, images, \
        search_text, created_at, updated_at
        """)
    let workouts = Table(
        "workouts.workouts",
        "organization_id, workout_id, member_id, trainer_id, session_id, status, started_at, completed_at, version, created_at, updated_at")
    let sets = Table(
        "workouts.sets",
        "organization_id, set_id, workout_id, exercise_id, set_number, reps, weight_grams, rpe, logged_at, created_at, updated_at")
    let records = Table(
        "workouts.personal_records",
        "organization_id, workout_id, exercise_id, kind, member_id, value, achieved_at, created_at, updated_at")
    let workoutsInbox = Tables.inbox("workouts")

    let billingOrganizations = Table("billing.organizations", "organization_id, currency, time_zone, version")
    let billingTaxRates = Table("billing.tax_rates", "organization_id, position, code, millionths")
    let counters = Table("billing.invoice_counters", "organization_id, last_number")
    let invoices = Table(
        "billing.invoices",
        """
        organization_id, invoice_id, member_id, period, currency, status, number, total, paid, issued_at, due_on, version, created_at, \
        updated_at
        """)
    let lines = Table(
        "billing.invoice_lines",
        """
        organization_id, line_id, invoice_id, session_id, booking_id, member_id, description, quantity, unit_price, amount, created_at, \
        updated_at
        """)
    let invoiceTaxes = Table("billing.invoice_taxes", "organization_id, invoice_id, position, code, millionths, amount")
    let payments = Table(
        "billing.payments",
        "organization_id, payment_id, invoice_id, amount, method, reference, received_at, recorded_by, created_at, updated_at")
    let billingInbox = Tables.inbox("billing")

    let notificationsPeople = Table(
        "notifications.people", "organization_id, person_id, full_name, email, is_active, version")
    let notifications = Table(
        "notifications.notifications",
        "organization_id, notification_id, person_id, event_id, kind, title, body, created_at, read_at, updated_at")
    let mails = Table(
        "notifications.mails",
        "organization_id, mail_id, person_id, event_id, subject, body, status, created_at, settled_at, updated_at")
    let notificationsInbox = Tables.inbox("notifications")

    var all: [Table] {
        [
            organizations, slugs, taxRates, locations, accounts, people, personKeys, nameGrams, memberProfiles, trainerProfiles,
            loginSessions, schedulingOrganizations, schedulingLocations, schedulingPeople, classTypes, sessions, bookings, schedulingInbox,
            workoutsPeople, exercises, workouts, sets, records, workoutsInbox, billingOrganizations, billingTaxRates, counters, invoices,
            lines, invoiceTaxes, payments, billingInbox, notificationsPeople, notifications, mails, notificationsInbox,
        ]
    }

    var rows: Int { all.reduce(0) { $0 + $1.rows } }

    /// Makes everything visible, once every table has taken its rows.
    func finish() throws {
        for table in all { try table.end() }
        for table in all { try table.commit() }
    }

    private static func inbox(_ service: String) -> Table {
        Table("\(service).inbox", "reaction, event_id, state, first_seen, done_at")
    }
}
