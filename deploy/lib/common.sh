# shellcheck shell=bash
# What the scripts in deploy share. Sourced, never run.

say() { printf '%s\n' "$*" >&2; }
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Debian's psql and pg_dump are Perl scripts that look for the version to run, six times as long as what they run takes.
for folder in /usr/lib/postgresql/*/bin; do
    if [[ -x $folder/psql && :$PATH: != *:$folder:* ]]; then PATH=$folder:$PATH; fi
done
unset folder

# Runs a command as a system user, when we are root and the command must not be. setpriv becomes the command: runuser and su stay
# beside it, and end it when the terminal does.
as_user() {
    local user=$1
    shift
    if [[ $EUID -eq 0 && $user != root ]]; then
        setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- "$@"
    else
        "$@"
    fi
}

# Closes what was inherited beyond standard input and outputs; for a subshell that becomes a server. Locks would stay locked, pipes
# open, and some callers see the end of a program by a descriptor that it closes.
close_descriptors() {
    local fd
    for fd in /proc/"$BASHPID"/fd/*; do
        fd=${fd##*/}
        # 255 is where bash reads its script; no other program gets it.
        if ((fd > 2 && fd != 255)); then eval "exec $fd>&-"; fi
    done
}

# 24 random bytes: letters and digits only, so that it needs no quoting in addresses, files and shells.
new_password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# Whether something listens on, or is otherwise keeping, a port of the loopback interface.
port_is_free() {
    perl -MIO::Socket::INET -e \
        'exit(IO::Socket::INET->new(LocalAddr => $ARGV[1], LocalPort => $ARGV[0], Listen => 1, ReuseAddr => 1) ? 0 : 1)' \
        "$1" "${2:-127.0.0.1}"
}

# A free port below those that the kernel hands to outgoing connections: one that is remembered stays free while we are stopped.
free_port() {
    local port tries
    for ((tries = 0; tries < 200; tries++)); do
        port=$((20000 + (RANDOM << 15 | RANDOM) % 12000))
        if port_is_free "$port"; then
            echo "$port"
            return
        fi
    done
    fail "found no free port between 20000 and 31999"
}

# Who holds a port, for messages: "nginx (process 4711)", or nothing when it cannot be told.
port_holder() {
    local line
    if command -v ss >/dev/null; then
        line=$(ss -Hltnp "sport = :$1" 2>/dev/null | head -1)
        if [[ $line =~ \(\(\"([^\"]+)\",pid=([0-9]+) ]]; then echo "${BASH_REMATCH[1]} (process ${BASH_REMATCH[2]})"; fi
    fi
}

# Makes DIR for a server's files, owned by USER and closed to others, and prints where it really is.
#
# A system user cannot reach a checkout below a closed home directory (/root). Then the files go to /var/tmp, and DIR is a link there.
private_directory() {
    local dir=$1 user=$2 real
    mkdir -p "$(dirname "$dir")"
    dir=$(cd "$(dirname "$dir")" && pwd -P)/$(basename "$dir")
    if [[ -L $dir ]]; then dir=$(readlink -m "$dir"); fi
    if [[ ! -d $dir ]]; then mkdir -m 700 "$dir"; fi
    if [[ $EUID -eq 0 ]]; then
        chown "$user" "$dir"
        if ! as_user "$user" test -w "$dir" -a -x "$dir"; then
            real=/var/tmp/palestra-$(printf '%s' "$dir" | sha256sum | head -c 16)
            say "The user $user cannot reach $dir (a folder above it is closed to others): its files are kept in $real."
            # Anyone may write to /var/tmp: what lies there under our name already must be ours.
            mkdir -m 700 "$real" 2>/dev/null || [[ -d $real && ! -L $real && $(stat -c %U "$real") == "$user" ]] ||
                fail "$real exists and does not belong to $user: look what it is, and remove it"
            chown "$user" "$real"
            rmdir "$dir" 2>/dev/null || fail "$dir holds files, but $user cannot reach it: open the folders above it, or remove it"
            ln -s "$real" "$dir"
            dir=$real
        fi
    fi
    echo "$dir"
}

# Writes standard input to FILE, readable by USER only, in one step: no reader sees half of it.
write_private() {
    local file=$1 user=$2
    (umask 077 && cat >"$file.new")
    if [[ $EUID -eq 0 ]]; then chown "$user" "$file.new"; fi
    mv -f "$file.new" "$file"
}

# Sends SIGKILL to all given processes and returns when none is left.
kill_all() {
    local pid tries
    if [[ $# -eq 0 ]]; then return; fi
    kill -KILL "$@" 2>/dev/null || true
    for pid in "$@"; do
        for ((tries = 0; tries < 200; tries++)); do
            # A killed process may wait as a zombie for a parent that does not care: it holds nothing any more.
            if [[ ! -e /proc/$pid/stat ]] || grep -q '^State:[[:space:]]*Z' "/proc/$pid/status" 2>/dev/null; then break; fi
            sleep 0.05
        done
    done
}
