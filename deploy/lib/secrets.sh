# shellcheck shell=bash
# Keys and passwords of this copy: made once, readable by their owner only.

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
new_key() { openssl rand -base64 32; }

# An Ed25519 key as JWK: private for auth, which signs, and public for everyone, who checks. make_signing_key [KEY,...]: the public
# keys that are published after it.
make_signing_key() {
    local pem secret public kid older=${1:-}
    pem=$(openssl genpkey -algorithm ed25519)
    # Both DER forms end with the 32 bytes themselves.
    secret=$(openssl pkey -outform DER <<<"$pem" | tail -c 32 | base64url)
    public=$(openssl pkey -pubout -outform DER <<<"$pem" | tail -c 32 | base64url)
    # RFC 7638: a key's name follows from the key.
    kid=$(printf '{"crv":"Ed25519","kty":"OKP","x":"%s"}' "$public" | openssl dgst -sha256 -binary | base64url)
    # Published first: a token is never signed with what nobody can check.
    printf '{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"%s","x":"%s"}%s]}\n' "$kid" "$public" "${older:+,$older}" |
        write_private "$secrets/token-keys.json" "$(id -un)"
    printf '{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"%s","x":"%s","d":"%s"}\n' "$kid" "$public" "$secret" |
        write_private "$secrets/token-signing-key.json" "$(id -un)"
}

# The last one's tokens are good for five minutes more: it stays published until the next rotation.
rotate_signing_key() { make_signing_key "$(sed -E 's/^\{"keys":\[(\{[^}]*\}).*$/\1/' "$secrets/token-keys.json")"; }

rotate_master_key() {
    { echo "m$(date -u +%Y%m%d%H%M%S) $(new_key)" && cat "$secrets/master-keys"; } | write_private "$secrets/master-keys" "$(id -un)"
}

# NAME=password lines, one for each name given.
make_passwords() {
    local name
    for name in "$@"; do echo "$name=$(new_password)"; done
}

make_secrets() {
    local me service names=()
    me=$(id -un)
    mkdir -p -m 700 "$secrets"
    if [[ ! -s $secrets/token-keys.json ]]; then make_signing_key; fi
    # Lines `name key`. The first is used for what is written; older ones stay below it for what was written before.
    if [[ ! -s $secrets/master-keys ]]; then echo "m1 $(new_key)" | write_private "$secrets/master-keys" "$me"; fi
    if [[ ! -s $secrets/password-pepper ]]; then echo "p1 $(new_key)" | write_private "$secrets/password-pepper" "$me"; fi
    for service in "${services[@]}"; do names+=("${service^^}_PASSWORD" "${service^^}_OWNER_PASSWORD"); done
    if [[ ! -s $secrets/database ]]; then make_passwords "${names[@]}" | write_private "$secrets/database" "$me"; fi
    if [[ ! -s $secrets/broker ]]; then make_passwords "${services[@]^^}" EDGE TOPOLOGY | write_private "$secrets/broker" "$me"; fi
}

# The value of NAME in a file of NAME=value lines.
value_of() { sed -n "s/^$1=//p" "$2"; }
database_password() { value_of "$1_PASSWORD" "$secrets/database"; }
broker_password() { value_of "$1" "$secrets/broker"; }
