-- Deploy notifications:inbox_and_mail to pg

BEGIN;

SET LOCAL search_path = notifications;

-- Read copy, fed by auth.person.saved. The name and the address stay sealed as they came; only the sender opens them.
CREATE TABLE people (
    organization_id uuid    NOT NULL,
    person_id       uuid    NOT NULL,
    full_name       text    NOT NULL,
    email           text,
    is_active       boolean NOT NULL,
    version         bigint  NOT NULL,
    CONSTRAINT people_pkey PRIMARY KEY (organization_id, person_id)
);

-- What each person was told.
CREATE TABLE notifications (
    organization_id uuid        NOT NULL,
    notification_id uuid        NOT NULL,
    person_id       uuid        NOT NULL,
    event_id        uuid        NOT NULL,
    kind            text        NOT NULL,
    title           text        NOT NULL,
    body            text        NOT NULL,
    created_at      timestamptz NOT NULL,
    read_at         timestamptz,
    CONSTRAINT notifications_pkey PRIMARY KEY (organization_id, notification_id),
    -- The second fence behind the inbox table: an event tells a person one thing once.
    CONSTRAINT notifications_told_once UNIQUE (organization_id, person_id, event_id, kind)
);

CREATE INDEX notifications_newest_first ON notifications (organization_id, person_id, created_at DESC, notification_id DESC);

-- Mail to send. The body is sealed: an invitation holds the secret of its link. Without a recipient of its own, a mail goes
-- to the address that the person has when it is sent.
CREATE TABLE mails (
    organization_id uuid        NOT NULL,
    mail_id         uuid        NOT NULL,
    person_id       uuid        NOT NULL,
    event_id        uuid        NOT NULL,
    recipient       text,
    subject         text        NOT NULL,
    body            text        NOT NULL,
    status          text        NOT NULL DEFAULT 'pending'
        CONSTRAINT mails_status CHECK (status IN ('pending', 'sent', 'no_address', 'failed')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    settled_at      timestamptz,
    CONSTRAINT mails_pkey PRIMARY KEY (organization_id, mail_id),
    -- As in the inbox: an event that is heard again queues nothing again, not even after the mail went out.
    CONSTRAINT mails_queued_once UNIQUE (organization_id, person_id, event_id)
);

-- What is left to send, over all organizations: ids only, so that the sender can find its work without seeing anybody's rows.
CREATE TABLE mail_queue (
    mail_id         uuid        NOT NULL,
    organization_id uuid        NOT NULL,
    attempts        int         NOT NULL DEFAULT 0,
    due_at          timestamptz NOT NULL DEFAULT now(),
    -- Who takes a mail has it to themselves until then; after that it was lost with its sender.
    leased_until    timestamptz,
    CONSTRAINT mail_queue_pkey PRIMARY KEY (mail_id)
);

CREATE INDEX mail_queue_due ON mail_queue (due_at);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['people', 'notifications', 'mails']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format(
            'CREATE POLICY tenant ON %I TO notifications USING (organization_id = (SELECT app.organization_id()))
             WITH CHECK (organization_id = (SELECT app.organization_id()))', tenant_table);
    END LOOP;
END
$$;

COMMIT;
