-- Deploy workouts:workouts to pg

BEGIN;

SET LOCAL search_path = workouts;

-- Read copy, fed by auth.person.saved: who may have workouts.
CREATE TABLE people (
    organization_id uuid    NOT NULL,
    person_id       uuid    NOT NULL,
    roles           text[]  NOT NULL,
    is_active       boolean NOT NULL,
    version         bigint  NOT NULL,
    CONSTRAINT people_pkey PRIMARY KEY (organization_id, person_id)
);

CREATE TABLE workouts (
    organization_id uuid        NOT NULL,
    workout_id      uuid        NOT NULL,
    member_id       uuid        NOT NULL,
    trainer_id      uuid,
    session_id      uuid,
    status          text        NOT NULL DEFAULT 'open' CONSTRAINT workouts_status CHECK (status IN ('open', 'completed')),
    started_at      timestamptz NOT NULL,
    completed_at    timestamptz,
    version         bigint      NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT workouts_pkey PRIMARY KEY (organization_id, workout_id),
    CONSTRAINT workouts_completed_have_a_moment CHECK ((status = 'completed') = (completed_at IS NOT NULL))
);

-- One workout for each attendee of a session, however often the event arrives.
CREATE UNIQUE INDEX workouts_one_per_attendee ON workouts (organization_id, session_id, member_id);
CREATE INDEX workouts_newest_first ON workouts (organization_id, started_at DESC, workout_id DESC);
CREATE INDEX workouts_of_a_member ON workouts (organization_id, member_id, started_at DESC, workout_id DESC);
CREATE INDEX workouts_of_a_trainer ON workouts (organization_id, trainer_id, started_at DESC, workout_id DESC);

CREATE TABLE sets (
    organization_id uuid        NOT NULL,
    set_id          uuid        NOT NULL,
    workout_id      uuid        NOT NULL,
    exercise_id     uuid        NOT NULL,
    set_number      int         NOT NULL CONSTRAINT sets_number CHECK (set_number BETWEEN 1 AND 200),
    reps            int         NOT NULL CONSTRAINT sets_reps CHECK (reps BETWEEN 1 AND 1000),
    -- Whole grams: what was entered reads back exactly.
    weight_grams    int         CONSTRAINT sets_weight CHECK (weight_grams BETWEEN 0 AND 2000000),
    rpe             int         CONSTRAINT sets_rpe CHECK (rpe BETWEEN 1 AND 10),
    logged_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sets_pkey PRIMARY KEY (organization_id, set_id),
    CONSTRAINT sets_one_number UNIQUE (organization_id, workout_id, exercise_id, set_number),
    CONSTRAINT sets_workout FOREIGN KEY (organization_id, workout_id) REFERENCES workouts,
    CONSTRAINT sets_exercise FOREIGN KEY (organization_id, exercise_id) REFERENCES exercises
);

CREATE INDEX sets_of_an_exercise ON sets (organization_id, exercise_id);

-- Every record ever set; the best of a member in an exercise is the greatest of its kind.
CREATE TABLE personal_records (
    organization_id uuid        NOT NULL,
    workout_id      uuid        NOT NULL,
    exercise_id     uuid        NOT NULL,
    kind            text        NOT NULL
        CONSTRAINT personal_records_kind CHECK (kind IN ('heaviest_weight', 'estimated_one_rep_max', 'most_reps')),
    member_id       uuid        NOT NULL,
    -- Grams, or repetitions for 'most_reps'.
    value           bigint      NOT NULL CONSTRAINT personal_records_are_positive CHECK (value > 0),
    achieved_at     timestamptz NOT NULL,
    CONSTRAINT personal_records_pkey PRIMARY KEY (organization_id, workout_id, exercise_id, kind),
    CONSTRAINT personal_records_workout FOREIGN KEY (organization_id, workout_id) REFERENCES workouts,
    CONSTRAINT personal_records_exercise FOREIGN KEY (organization_id, exercise_id) REFERENCES exercises
);

CREATE INDEX personal_records_best ON personal_records (organization_id, member_id, exercise_id, kind, value DESC);
CREATE INDEX personal_records_of_an_exercise ON personal_records (organization_id, exercise_id);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['people', 'workouts', 'sets', 'personal_records']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format(
            'CREATE POLICY tenant ON %I TO workouts USING (organization_id = (SELECT app.organization_id()))
             WITH CHECK (organization_id = (SELECT app.organization_id()))', tenant_table);
    END LOOP;
END
$$;

COMMIT;
