# shellcheck shell=bash
# The database and the broker of this copy, and what Palestra needs in them.

# Prints NAME's port of the running broker: amqp, management, prometheus.
broker_port() { value_of "$1" "$local/rabbitmq/ports"; }
database_port() { cat "$local/postgres/port"; }

start_servers() {
    local database broker
    "$root/deploy/servers/postgres" start "$local/postgres" >/dev/null &
    database=$!
    "$root/deploy/servers/rabbitmq" start "$local/rabbitmq" >/dev/null &
    broker=$!
    wait "$database" || { wait "$broker" || true; fail "PostgreSQL does not run"; }
    wait "$broker" || fail "RabbitMQ does not run"
}

admin_psql() {
    PGHOST=127.0.0.1 PGPORT=$(database_port) PGUSER=postgres PGPASSWORD=$(<"$local/postgres/password") psql -X "$@"
}

migrate_one() {
    OWNER_DATABASE_URL="postgresql://$1_owner:$(database_password "${1^^}_OWNER")@127.0.0.1:$(database_port)/palestra" \
        "$root/deploy/postgres/migrate" "$1"
}

migrate_all() {
    (
        set -a
        # shellcheck disable=SC1091
        source "$secrets/database"
        set +a
        admin_psql -q -d postgres -f "$root/deploy/postgres/bootstrap.sql"
    ) || fail "the database could not be prepared"
    in_parallel migrate_one "${services[@]}" || fail "a migration failed"
}

# A user per service, with no more rights than it needs: it publishes its own events, moves its own messages between its own queues
# by the default exchange, and configures nothing. `topology` configures, and runs only while it does.
broker_rights() {
    local service
    cat <<'PYTHON'
import json, os
users, rights, topics = [], [], []
def user(name, configure, write, read):
    users.append({"name": name, "password": os.environ[name.upper()], "tags": ""})
    rights.append({"user": name, "vhost": "palestra", "configure": configure, "write": write, "read": read})
for service in os.environ["SERVICES"].split():
    user(service, "^$", r"^(palestra\.events|amq\.default)$", rf"^({service}\..*|palestra\.everyone)$")
    topics.append({"user": service, "vhost": "palestra", "exchange": "palestra.events", "write": rf"^{service}\..*", "read": ".*"})
user("edge", "^$", "^$", r"^palestra\.everyone$")
user("topology", ".*", ".*", ".*")
print(json.dumps({"vhosts": [{"name": "palestra"}], "users": users, "permissions": rights, "topic_permissions": topics}))
PYTHON
}

prepare_broker() {
    local definitions answer
    definitions=$(
        set -a
        # shellcheck disable=SC1091
        source "$secrets/broker"
        SERVICES="${services[*]}" python3 <(broker_rights)
    )
    # The password goes through a descriptor: arguments can be read by every process of the machine.
    answer=$(curl -sS --max-time 30 --config <(echo "user = \"palestra-admin:$(<"$local/rabbitmq/password")\"") -H 'Content-Type: application/json' \
        --data-binary @- "http://127.0.0.1:$(broker_port management)/api/definitions" <<<"$definitions") || fail "RabbitMQ took no users"
    [[ -z $answer ]] || fail "RabbitMQ took no users: $answer"
}

topology_one() { run_service "$1" AMQP_URL="$(amqp_url topology)" LOG_LEVEL="${LOG_LEVEL:-warning}" -- topology; }

# Skipped when neither the broker nor a program is another one than last time: proving every queue takes some seconds.
declare_topology() {
    local service mark
    mark=$(
        stat -L -c '%n %i %W' "$local/rabbitmq/data"
        for service in "${services[@]}"; do binary_version "$service"; done
    )
    if [[ ${1:-} != always && $mark == "$(cat "$local/run/topology" 2>/dev/null)" ]]; then return; fi
    if ! in_parallel topology_one "${services[@]}"; then
        # All prove the stream that they share, and each must see its own message in it: one after the other they do not meet there.
        say "    once more, one after the other"
        for service in "${services[@]}"; do topology_one "$service" 2>&1 | sed 's/^/    /' >&2 || fail "the queues could not be declared"; done
    fi
    echo "$mark" >"$local/run/topology"
}
