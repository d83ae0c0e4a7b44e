-- Deploy workouts:exercises to pg

BEGIN;

SET LOCAL search_path = workouts;

CREATE TABLE exercises (
    organization_id   uuid        NOT NULL,
    exercise_id       uuid        NOT NULL,
    -- The row's id in the file it was imported from; null for an exercise made by hand.
    source_key        text,
    name              text        NOT NULL CONSTRAINT exercises_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    synonyms          text[]      NOT NULL DEFAULT '{}',
    level             text        NOT NULL CONSTRAINT exercises_level CHECK (level IN ('beginner', 'intermediate', 'advanced')),
    type              text        NOT NULL
        CONSTRAINT exercises_type CHECK (type IN ('strength', 'cardio', 'flexibility', 'balance', 'functional')),
    equipment         text,
    primary_muscles   text[]      NOT NULL DEFAULT '{}',
    secondary_muscles text[]      NOT NULL DEFAULT '{}',
    instructions      text[]      NOT NULL CONSTRAINT exercises_say_how CHECK (cardinality(instructions) > 0),
    images            text[]      NOT NULL DEFAULT '{}',
    -- Name and synonyms, folded: what a search compares with. Similarity is computed over one organization's rows: its
    -- operators are not leakproof, so no trigram index is used behind row-level security, and none is needed at this size.
    search_text       text        NOT NULL,
    version           bigint      NOT NULL DEFAULT 1,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT exercises_pkey PRIMARY KEY (organization_id, exercise_id),
    CONSTRAINT exercises_one_name UNIQUE (organization_id, name),
    CONSTRAINT exercises_one_source UNIQUE (organization_id, source_key)
);

-- The list without a search, page by page.
CREATE INDEX exercises_by_name ON exercises (organization_id, name, exercise_id);

ALTER TABLE exercises ENABLE ROW LEVEL SECURITY;
ALTER TABLE exercises FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON exercises TO workouts
    USING (organization_id = (SELECT app.organization_id()))
    WITH CHECK (organization_id = (SELECT app.organization_id()));

COMMIT;
