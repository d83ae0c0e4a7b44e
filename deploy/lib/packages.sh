# shellcheck shell=bash
# What the machine must have, and how it gets it.

# Name and reason of every Debian package. Swift itself is not packaged: see require_swift.
packages=(
    "g++|links what Swift builds"
    "git|fetches the Swift packages we build on"
    "ca-certificates|fetches them over TLS"
    "pkg-config|finds the C libraries"
    "libpq-dev|PostgreSQL's client library"
    "librabbitmq-dev|the AMQP client library"
    "libcrypt-dev|password hashes"
    "libcurl4-openssl-dev|sends mail"
    "tzdata|time zones of locations"
    "postgresql|the database"
    "rabbitmq-server|the message broker"
    "sqitch|migrations"
    "libdbd-pg-perl|sqitch's way to PostgreSQL"
    "openssl|makes the local signing key"
    "curl|asks services whether they are ready"
    "python3-aiosmtpd|catches mail instead of sending it"
    "python3-yaml|checks docker-compose.yml"
    "python3-botocore|checks the signatures of S3 requests in the tests"
)
# Only for deploy/local bench.
bench_packages=(
    "gcc|compiles the references in C"
    "libc6-dev|compiles the references in C"
    "nginx-light|the edge's reference"
    "wrk|loads the edge"
)
# Only for deploy/local faults, and not for its short form.
faults_packages=(
    "faketime|lets the clock of one process step"
    "iproute2|gives one process a network of its own"
    "iptables|loses packets in that network"
    "e2fsprogs|makes the disk that loses power"
)
# Older ones lack fixes of security holes that a broker, or who pretends to be one, could use.
librabbitmq_minimum=0.11.0-1+deb12u3

installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

require_packages() {
    local entry missing=()
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        fail "this script installs what it needs with apt (Debian, Ubuntu). Elsewhere use docker-compose.yml"
    fi
    for entry in "${packages[@]}"; do installed "${entry%%|*}" || missing+=("$entry"); done
    local version
    version=$(dpkg-query -W -f='${Version}' librabbitmq4 2>/dev/null || true)
    if [[ -n $version ]] && dpkg --compare-versions "$version" lt "$librabbitmq_minimum"; then
        missing+=("librabbitmq4|a version with the security fixes of $librabbitmq_minimum")
    fi
    if [[ ${#missing[@]} -eq 0 ]]; then return; fi

    say "These packages are missing and will now be installed with apt:"
    for entry in "${missing[@]}"; do printf '    %-22s %s\n' "${entry%%|*}" "${entry#*|}" >&2; done
    local become=()
    if [[ $EUID -ne 0 ]]; then
        command -v sudo >/dev/null || fail "installing needs root, and there is no sudo. As root: apt-get install ${missing[*]%%|*}"
        become=(sudo)
        # Nobody is there to type a password.
        if [[ -n ${CI:-} || ! -t 0 ]]; then become+=(-n); fi
    fi
    install_packages "${missing[@]%%|*}"
    for entry in "${missing[@]}"; do
        installed "${entry%%|*}" || fail "${entry%%|*} could not be installed"
    done
}

# Uses the caller's `become`.
install_packages() {
    local policy=/usr/sbin/policy-rc.d ours=no unit status=0
    local had_units=()
    for unit in postgresql.service rabbitmq-server.service epmd.socket; do
        if command -v systemctl >/dev/null && systemctl cat "$unit" >/dev/null 2>&1; then had_units+=("$unit"); fi
    done
    # Debian starts a server when it installs one. We bring our own, private ones: the packages shall not start theirs.
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' | "${become[@]}" tee "$policy" >/dev/null
        "${become[@]}" chmod 755 "$policy"
        ours=yes
    fi
    local apt=("${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600)
    { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@"; } </dev/null >&2 || status=$?
    if [[ $ours == yes ]]; then "${become[@]}" rm -f "$policy"; fi
    [[ $status -eq 0 ]] || fail "apt could not install: $*"
    # Nor at the next start of the machine, unless they were here before us.
    if [[ -d /run/systemd/system ]]; then
        for unit in postgresql.service rabbitmq-server.service epmd.socket; do
            if [[ " ${had_units[*]} " != *" $unit "* ]]; then "${become[@]}" systemctl disable --quiet "$unit" 2>/dev/null || true; fi
        done
    fi
}

require_swift() {
    local folder version
    for folder in "$HOME/.local/share/swiftly/bin" /opt/swift/usr/bin /usr/local/swift/usr/bin; do
        if ! command -v swift >/dev/null && [[ -x $folder/swift ]]; then PATH=$PATH:$folder; fi
    done
    local how="Install it as https://www.swift.org/install/linux says (swiftly), and start again."
    command -v swift >/dev/null || fail "Palestra is built with Swift 6.2 or newer, and there is none in PATH. $how"
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -1)
    [[ $(printf '%s\n' 6.2 "${version:-0}" | sort -V | head -1) == 6.2 ]] || fail "Palestra needs Swift 6.2 or newer; this is ${version:-unknown}. $how"
}
