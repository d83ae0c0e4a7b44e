# shellcheck shell=bash
# Our own processes: services, the edge and the mail catcher. An instance is a service's name, for replicas with a number behind it:
# scheduling, scheduling.2.

# A port of this copy by name: chosen once, then remembered in .local/ports.
port_of() {
    local port
    port=$(value_of "$1" "$local/ports" 2>/dev/null || true)
    if [[ -z $port ]]; then port=$(new_port_of "$1"); fi
    echo "$port"
}
new_port_of() {
    local port
    port=$(free_port)
    # Free, but promised to an instance that is not running yet.
    while grep -q "=$port\$" "$local/ports" 2>/dev/null; do port=$(free_port); done
    remember "$1" "$port" "$local/ports"
    echo "$port"
}
remember() {
    local rest
    rest=$(grep -v "^$1=" "$3" 2>/dev/null || true)
    printf '%s' "${rest:+$rest$'\n'}" | cat - <(echo "$1=$2") >"$3.new"
    mv -f "$3.new" "$3"
}

edge_url() { if [[ -n ${EDGE_TLS_CERT_FILE:-} ]]; then echo "https://127.0.0.1:$edge_port"; else echo "http://127.0.0.1:$edge_port"; fi; }

replicas_of() { value_of "$1" "$local/replicas" 2>/dev/null | grep . || echo 1; }
instances_of() {
    local number
    echo "$1"
    for ((number = 2; number <= $(replicas_of "$1"); number++)); do echo "$1.$number"; done
}
all_instances() {
    local service
    for service in "${services[@]}"; do instances_of "$service"; done
}

# A process id alone says nothing after a crash: the number may belong to somebody else by now. Its start time tells.
started_at() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    stat=${stat##*) }
    # shellcheck disable=SC2086
    set -- $stat
    # Dead, and nobody has collected it.
    [[ $1 != Z ]] || return 1
    echo "${20}"
}
pid_of() {
    local pid start
    read -r pid start 2>/dev/null <"$local/run/$1.pid" || return 1
    [[ $(started_at "$pid") == "$start" ]] || return 1
    echo "$pid"
}

amqp_url() { echo "amqp://$1:$(broker_password "${1^^}")@127.0.0.1:$(broker_port amqp)/palestra"; }
upstreams() {
    local instance list=()
    for instance in $(instances_of "$1"); do list+=("127.0.0.1:$(port_of "$instance")"); done
    (IFS=, && echo "${list[*]}")
}

# The environment of an instance, NAME=value lines.
environment_of() {
    local instance=$1 service=${1%%.*} name
    local replica=${instance#"$service"}
    echo "AMQP_URL=$(amqp_url "$service")"
    echo "TOKEN_KEYS_FILE=$secrets/token-keys.json"
    if [[ $service == edge ]]; then
        echo "EDGE_PORT=$edge_port"
        for name in "${services[@]}"; do echo "${name^^}_UPSTREAMS=$(upstreams "$name")"; done
    else
        replica=${replica#.}
        echo "REPLICA=${replica:-1}"
        echo "DATABASE_URL=postgresql://$service:$(database_password "${service^^}")@127.0.0.1:$(database_port)/palestra"
        echo "HTTP_PORT=$(port_of "$instance")"
        if [[ -z ${VAULT_ADDR:-} ]]; then echo "MASTER_KEYS_FILE=$secrets/master-keys"; fi
        echo "PUBLIC_URL=${PUBLIC_URL:-$(edge_url)}"
    fi
    case $service in
        auth)
            echo "TOKEN_SIGNING_KEY_FILE=$secrets/token-signing-key.json"
            echo "PASSWORD_PEPPER_FILE=$secrets/password-pepper"
            if [[ -z ${S3_ENDPOINT:-} ]]; then echo "FILES_DIRECTORY=${FILES_DIRECTORY:-$local/files}"; fi
            ;;
        notifications)
            echo "SMTP_URL=smtp://127.0.0.1:$(port_of smtp)"
            echo "MAIL_FROM=no-reply@palestra.invalid"
            ;;
    esac
    # What may be tried out by hand: PASSWORD_COST=4 deploy/local up
    for name in LOG_LEVEL DATABASE_POOL PASSWORD_COST BREACHED_PASSWORDS_FILE WEBAUTHN_RP_ID WEBAUTHN_ORIGINS RATE_LIMIT RATE_LIMIT_ANONYMOUS REQUEST_TIMEOUT_SECONDS LEAVE_SECONDS \
        VAULT_ADDR VAULT_TOKEN_FILE VAULT_TRANSIT_MOUNT VAULT_TRANSIT_KEY VAULT_NAMESPACE VAULT_CACERT VAULT_LEASE_SECONDS \
        FILES_LIMIT S3_ENDPOINT S3_BUCKET S3_REGION S3_ACCESS_KEY_ID S3_SECRET_ACCESS_KEY_FILE CORS_ORIGINS EDGE_HOST EDGE_TLS_CERT_FILE EDGE_TLS_KEY_FILE; do
        if [[ -n ${!name:-} ]]; then echo "$name=${!name}"; fi
    done
}

binary_of() { echo "$root/.build/$configuration/$1"; }
binary_version() { stat -L -c '%n %s %i %Y' "$(binary_of "$1")"; }

# Becomes a program that sees nothing of our environment but what it needs. To be called in a subshell.
become() {
    local name environment=$1
    shift
    for name in $(compgen -e); do
        case $name in
            PATH | HOME | USER | LANG | LC_ALL | TMPDIR | LD_LIBRARY_PATH) ;;
            *) unset "$name" ;;
        esac
    done
    # Passwords are not put into arguments, which every process of the machine can read.
    while IFS= read -r name; do if [[ -n $name ]]; then export "${name?}"; fi; done <<<"$environment"
    # By this a copy's processes are found, whatever became of their pid files. The inode: a container may have the same path.
    PALESTRA_COPY=$local:$(stat -c %i "$local")
    export PALESTRA_COPY
    exec "$@"
}

# run_service SERVICE [NAME=value...] -- ARGUMENTS: one of a service's commands, with its environment.
run_service() {
    local service=$1 environment
    environment=$(environment_of "$service")
    shift
    while [[ $1 != -- ]]; do
        environment+=$'\n'$1
        shift
    done
    shift
    (become "$environment" "$(binary_of "$service")" "$@")
}

# start_instance NAME VERSION ENVIRONMENT COMMAND...: leaves it alone when it runs and is what it should be.
start_instance() {
    local name=$1 environment=$3 mark pid
    mark=$(printf '%s\n' "$2" "$environment" "${@:4}" | sha256sum)
    if pid=$(pid_of "$name"); then
        if [[ $mark == "$(cat "$local/run/$name.mark" 2>/dev/null)" ]]; then return; fi
        say "    $name is not what it should be now: starting it anew"
        stop_instances "$name"
    else
        say "    starting $name"
    fi
    if [[ -s $local/logs/$name.log ]]; then mv -f "$local/logs/$name.log" "$local/logs/$name.log.1"; fi
    (close_descriptors && cd "$root" && become "$environment" setsid "${@:4}") </dev/null >"$local/logs/$name.log" 2>&1 &
    pid=$!
    echo "$pid $(started_at "$pid")" >"$local/run/$name.pid"
    echo "$mark" >"$local/run/$name.mark"
}

# Ends instances in good order, all at once; who is not gone after 20 seconds is killed.
stop_instances() {
    local name pid pids=() tries
    for name in "$@"; do
        if pid=$(pid_of "$name"); then pids+=("$pid"); fi
        rm -f "$local/run/$name.pid" "$local/run/$name.mark"
    done
    if [[ ${#pids[@]} -eq 0 ]]; then return; fi
    kill -TERM "${pids[@]}" 2>/dev/null || true
    for pid in "${pids[@]}"; do
        for ((tries = 0; tries < 400; tries++)); do
            if ! started_at "$pid" >/dev/null; then break; fi
            sleep 0.05
        done
        if started_at "$pid" >/dev/null; then
            say "    process $pid does not end: killing it"
            kill_all "$pid"
        fi
    done
}

running_instances() {
    local file name
    for file in "$local"/run/*.pid; do
        name=$(basename "$file" .pid)
        if pid_of "$name" >/dev/null; then echo "$name"; fi
    done
}

# Processes of this copy that no pid file knows.
strays() {
    local file pid
    for file in $(grep -lzxF "PALESTRA_COPY=$local:$(stat -c %i "$local")" /proc/[0-9]*/environ 2>/dev/null); do
        pid=${file#/proc/}
        pid=${pid%/environ}
        if started_at "$pid" >/dev/null; then echo "$pid"; fi
    done
}

start_mail() {
    local port
    port=$(port_of smtp)
    if ! pid_of mail >/dev/null && ! port_is_free "$port"; then
        port=$(new_port_of smtp)
    fi
    # -n: stay who we are; the program would become nobody. The system's Python is the one that has the package from apt.
    start_instance mail "$port" "" /usr/bin/python3 -m aiosmtpd -n -l "127.0.0.1:$port" -c aiosmtpd.handlers.Mailbox "$local/mail"
}

start_services() {
    local instance service port wanted
    # A port of ours that somebody else took meanwhile: all who need to know it learn the new one below.
    for instance in $(all_instances); do
        port=$(port_of "$instance")
        if ! pid_of "$instance" >/dev/null && ! port_is_free "$port"; then
            say "    port $port of $instance is taken by $(port_holder "$port" | grep . || echo "somebody else"): taking another one"
            new_port_of "$instance" >/dev/null
        fi
    done
    # Replicas that are no longer wanted.
    wanted=" $(all_instances | tr '\n' ' ')edge mail "
    for instance in $(running_instances); do
        if [[ $wanted != *" $instance "* ]]; then
            say "    stopping $instance"
            stop_instances "$instance"
        fi
    done
    for instance in $(all_instances) edge; do
        service=${instance%%.*}
        start_instance "$instance" "$(binary_version "$service")" "$(environment_of "$instance")" "$(binary_of "$service")"
    done
}

# Whether somebody who is ready answers. The edge's certificate names its public host, not this address: -k.
answers() {
    local address=${1#telnet://}
    if [[ $address != "$1" ]]; then
        (exec 3<>"/dev/tcp/${address/://}") 2>/dev/null
    else
        curl -fsSk -o /dev/null --max-time 5 "$1" 2>/dev/null
    fi
}

# Waits until every instance says that it is ready, and fails at once when one has ended.
await_ready() {
    local instance url deadline=$((SECONDS + 90))
    for instance in mail $(all_instances) edge; do
        case $instance in
            mail) url=telnet://127.0.0.1:$(port_of smtp) ;;
            edge) url=$(edge_url)/readyz ;;
            *) url=http://127.0.0.1:$(port_of "$instance")/readyz ;;
        esac
        until answers "$url"; do
            if ! pid_of "$instance" >/dev/null; then
                tail -n 15 "$local/logs/$instance.log" | sed 's/^/    /' >&2
                fail "$instance has ended; its log is $local/logs/$instance.log"
            fi
            if ((SECONDS > deadline)); then
                tail -n 15 "$local/logs/$instance.log" | sed 's/^/    /' >&2
                fail "$instance did not get ready; its log is $local/logs/$instance.log"
            fi
            sleep 0.1
        done
    done
}
