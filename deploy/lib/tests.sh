# shellcheck shell=bash
# The tests, on servers of their own that are gone afterwards.

tests_stop() {
    local status=$? folder
    trap - EXIT INT TERM HUP
    if [[ -n ${test_files:-} && -d $test_files ]]; then
        # Servers that tests started for themselves and were not let to stop.
        for folder in "$test_files"/palestra-*; do
            if [[ -d $folder/data ]]; then
                "$root/deploy/servers/postgres" kill "$folder" || true
                "$root/deploy/servers/rabbitmq" kill "$folder" || true
            fi
        done
        rm -rf "$test_files"
    fi
    tests_remove_servers
    exit "$status"
}

# Nothing in them is worth an orderly end.
tests_remove_servers() {
    local server
    for server in postgres rabbitmq; do
        if [[ -e $local/test/$server ]]; then
            "$root/deploy/servers/$server" kill "$local/test/$server" || true
            rm -rf "$(readlink -f "$local/test/$server")" "$local/test/$server"
        fi
    done
}

run_tests() {
    local broker status=0 sanitizer=
    local arguments=()
    for broker in "$@"; do
        case $broker in
            --sanitize=*) sanitizer=${broker#*=} ;;
            -*) arguments+=("$broker") ;;
            *) arguments+=(--filter "$broker") ;;
        esac
    done
    if [[ -n $sanitizer ]]; then
        # Beside the other build, which would otherwise be done again each time.
        build_flags+=(--sanitize "$sanitizer" --scratch-path "$root/.build-$sanitizer")
        if [[ $sanitizer == thread ]]; then
            export TSAN_OPTIONS="suppressions=$root/deploy/lib/thread-sanitizer.supp halt_on_error=0 ${TSAN_OPTIONS:-}"
        fi
    fi
    mkdir -p "$local/test"
    exec 8>"$local/test/lock"
    flock -n 8 || fail "tests are already running in this copy"

    trap tests_stop EXIT
    # Not only children get Ctrl-C: this script does as well, and ends by way of EXIT.
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    tests_remove_servers
    # Within reach of the servers' own users, which a checkout in a closed home folder is not.
    test_files=$(mktemp -d /tmp/palestra-tests-XXXXXXXX)
    chmod 711 "$test_files"

    step "Starting PostgreSQL and RabbitMQ for the tests"
    PALESTRA_TEST_PASSWORD=$(new_password)
    # Nothing in it outlives the run, and every test drops a database, which waits for all that was written to reach the disk. Tests
    # that kill a server have one of their own, with the settings of production.
    PALESTRA_TEST_POSTGRES=$(
        POSTGRES_SETTINGS=$'max_connections = 500\nfsync = off\nfull_page_writes = off' \
            "$root/deploy/servers/postgres" start "$local/test/postgres"
    )
    broker=$("$root/deploy/servers/rabbitmq" start "$local/test/rabbitmq")
    PALESTRA_TEST_AMQP=$(sed -n 's/^amqp=//p' <<<"$broker")
    PALESTRA_TEST_RABBITMQ_MANAGEMENT=$(sed -n 's/^management=//p' <<<"$broker")
    export PALESTRA_TEST_PASSWORD PALESTRA_TEST_POSTGRES PALESTRA_TEST_AMQP PALESTRA_TEST_RABBITMQ_MANAGEMENT
    export TMPDIR=$test_files

    step "Building the tests"
    (cd "$root" && swift build --build-tests "${build_flags[@]}")
    if ((${#arguments[@]})); then
        step "Running the tests"
        run_swift_test "${arguments[@]}" || status=$?
    else
        # One target after the other, each with its tests in parallel: all at once they would wait for two cores and one server,
        # and suites that check deadlines would measure the crowd.
        local folder failed=() printed begun times=()
        printed=$test_files/printed
        for folder in "$root"/Tests/*Tests; do
            step "Running ${folder##*/}"
            begun=$SECONDS
            if ! run_swift_test --filter "^${folder##*/}\\." 2>&1 | tee "$printed"; then
                status=1
                failed+=("${folder##*/}")
                cat "$printed" >>"$test_files/printed.failed"
            fi
            times+=("${folder##*/} $((SECONDS - begun))")
        done
        # A sanitizer slows everything many times over, and the load would not keep its rate.
        if [[ -z $sanitizer ]]; then
            step "Breaking the system under load"
            begun=$SECONDS
            if ! "$root/deploy/local" faults --short --seed 1 2>&1 | tee "$printed"; then
                status=1
                failed+=(faults)
                grep -A 100 '^fault  ' "$printed" >>"$test_files/faults.failed" || tail -n 30 "$printed" >>"$test_files/faults.failed"
            fi
            times+=("faults $((SECONDS - begun))")
        fi
        step "Seconds that each took"
        printf '%s\n' "${times[@]}" | sort -k 2 -n -r >&2
        if ((status == 0)); then
            step "All tests passed"
        else
            # Once more at the end, where whoever reads only that finds it.
            step "Failed: ${failed[*]}"
            if [[ -e $test_files/printed.failed ]]; then
                grep -A 8 -E '^(✘|. Test .*failed)|error: ' "$test_files/printed.failed" | grep -v -E '^(✔|◇|➜)' | head -n 300 || true
            fi
            if [[ -e $test_files/faults.failed ]]; then cat "$test_files/faults.failed"; fi
        fi
    fi
    return "$status"
}

run_swift_test() {
    # The backtracer would hold a crashed process for minutes.
    (cd "$root" && SWIFT_BACKTRACE=enable=no swift test --skip-build "${build_flags[@]}" "$@")
}
