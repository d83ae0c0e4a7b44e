-- Deploy workouts:member_sight to pg

BEGIN;

SET LOCAL search_path = workouts;

-- Read copy, fed by auth.person.saved: who works under whom.
ALTER TABLE people ADD COLUMN parent_trainer_id uuid;
CREATE INDEX people_under_a_trainer ON people (organization_id, parent_trainer_id) WHERE parent_trainer_id IS NOT NULL;

-- Read copy, fed by auth.member_access.saved: which trainers are assigned to a member, or were granted to see them.
CREATE TABLE member_access (
    organization_id uuid    NOT NULL,
    access_id       uuid    NOT NULL,
    trainer_id      uuid    NOT NULL,
    member_id       uuid    NOT NULL,
    is_assigned     boolean NOT NULL,
    is_active       boolean NOT NULL,
    version         bigint  NOT NULL,
    CONSTRAINT member_access_pkey PRIMARY KEY (organization_id, access_id)
);

CREATE INDEX member_access_of_a_trainer ON member_access (organization_id, trainer_id, member_id) WHERE is_active;

ALTER TABLE member_access ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_access FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON member_access TO workouts
    USING (organization_id = (SELECT app.organization_id()))
    WITH CHECK (organization_id = (SELECT app.organization_id()));

-- Whom a trainer sees: their own members, those granted, a lead those of everybody below, everybody those of their own lead.
CREATE FUNCTION members_seen_by(of_organization uuid, trainer uuid) RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE below (person_id) AS (
        SELECT trainer
        UNION
        SELECT p.person_id FROM below AS b
        JOIN workouts.people AS p ON p.organization_id = of_organization AND p.parent_trainer_id = b.person_id)
    SELECT a.member_id FROM workouts.member_access AS a
    WHERE a.organization_id = of_organization AND a.is_active AND a.is_assigned AND a.trainer_id IN (
        SELECT b.person_id FROM below AS b
        UNION ALL
        SELECT p.parent_trainer_id FROM workouts.people AS p WHERE p.organization_id = of_organization AND p.person_id = trainer)
    UNION ALL
    SELECT a.member_id FROM workouts.member_access AS a
    WHERE a.organization_id = of_organization AND a.is_active AND NOT a.is_assigned AND a.trainer_id = trainer
$$;

-- Whoever reads for themselves sees no other workouts, whatever the statement forgets to ask. The function runs once for a statement, and
-- not at all where everything is one's own.
CREATE POLICY sight ON workouts AS RESTRICTIVE FOR SELECT TO workouts USING (
    CASE
        WHEN (SELECT app.narrowed_to()) IS NULL THEN true
        WHEN member_id = (SELECT app.narrowed_to()) OR trainer_id = (SELECT app.narrowed_to()) THEN true
        ELSE member_id IN (SELECT workouts.members_seen_by((SELECT app.organization_id()), (SELECT app.narrowed_to())))
    END);

COMMIT;
