-- Seals over the audit log: each holds a digest of every row since the last, and the digest of the last. Whoever alters, removes or slips
-- in a row has to alter every seal after it as well, and each seal's digest is also in the service's own log.
begin;

create table :"schema".audit_seals (
    number bigint not null constraint audit_seals_pkey primary key constraint audit_seals_number_check check (number >= 1),
    -- The rows with numbers above the one and up to the other: every row is in one seal.
    after_seq bigint not null,
    up_to_seq bigint not null,
    -- For each row, in their order: its number (8 bytes) and the SHA-256 of what it says.
    leaves bytea not null,
    previous bytea not null constraint audit_seals_previous_check check (octet_length(previous) = 32),
    -- SHA-256 of the previous digest and the leaves.
    digest bytea not null constraint audit_seals_digest_check check (octet_length(digest) = 32),
    created_at timestamptz not null default now(),
    constraint audit_seals_range_check check (after_seq < up_to_seq),
    constraint audit_seals_leaves_check check (octet_length(leaves) > 0 and octet_length(leaves) % 40 = 0)
);
-- The digest is over digests: nothing of any organization can be read here, and nothing is written but by audit_seal().
revoke insert, update, delete on :"schema".audit_seals from :"role";
comment on table :"schema".audit_seals is 'Platform table: digests of the audit log of all organizations';

select format($format$
    -- What a row says, in words that no setting changes.
    create function %1$I.audit_leaf(entry %1$I.audit_log) returns bytea language sql stable
        return int8send(entry.seq) || sha256(convert_to(jsonb_build_array(
            entry.organization_id, (extract(epoch from entry.created_at) * 1000000)::bigint, entry.seq, entry.action, entry.actor_id,
            entry.by, entry.record_type, entry.record_id, entry.old_values, entry.new_values, entry.address::text, entry.user_agent,
            entry.request, entry.access, entry.purpose)::text, 'UTF8'));

    -- The leaves of the rows after one and up to another, of all organizations.
    create function %1$I.audit_leaves(after bigint, up_to bigint, portion int) returns bytea language sql stable security definer
        set search_path = %1$I, pg_temp
    as $function$
        select string_agg(audit_leaf(part.entry), '' order by (part.entry).seq)
        from (select entry from audit_log entry where seq > after and seq <= up_to order by seq limit portion) part
    $function$;

    -- Which row that is, for whoever verifies.
    create function %1$I.audit_row(number bigint) returns text language sql stable security definer set search_path = %1$I, pg_temp
    as $function$
        select format('%%s of %%s %%s in organization %%s, %%s', action, record_type, record_id, organization_id,
            to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        from audit_log where seq = number
    $function$;

    -- Seals the next rows up to a number, at most as many as a portion; null when there are none left. The caller has waited until nobody
    -- can add a row up to that number.
    create function %1$I.audit_seal(up_to bigint, portion int) returns %1$I.audit_seals language plpgsql security definer
        set search_path = %1$I, pg_temp
    as $function$
    declare
        last audit_seals;
        seal audit_seals;
    begin
        lock table audit_seals in share row exclusive mode;
        select * into last from audit_seals order by number desc limit 1;
        seal.after_seq := coalesce(last.up_to_seq, 0);
        seal.leaves := audit_leaves(seal.after_seq, up_to, portion);
        if seal.leaves is null then
            return null;
        end if;
        seal.number := coalesce(last.number, 0) + 1;
        seal.previous := coalesce(last.digest, decode(repeat('00', 32), 'hex'));
        seal.digest := sha256(seal.previous || seal.leaves);
        -- Of a full portion, up to its last row.
        seal.up_to_seq := case when octet_length(seal.leaves) < 40 * portion then up_to
            else ('x' || encode(substr(seal.leaves, octet_length(seal.leaves) - 39, 8), 'hex'))::bit(64)::bigint end;
        seal.created_at := now();
        insert into audit_seals values (seal.*);
        return seal;
    end
    $function$;
$format$, :'schema')
\gexec

commit;
