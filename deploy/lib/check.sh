# shellcheck shell=bash
# What can be said about the sources without running them.

check() {
    local failed=no file script name
    step "Checking the format of Swift files (deploy/local format writes it)"
    (cd "$root" && swift format lint --strict --recursive --parallel Package.swift Services Shared Tests deploy) || failed=yes

    step "Checking scripts, YAML files and migrations"
    while IFS= read -r script; do
        if head -c 64 "$script" | head -1 | grep -qE '^#!.*(bash|/sh)' || [[ $script == *.sh ]]; then
            bash -n "$script" || failed=yes
            if command -v shellcheck >/dev/null; then shellcheck -x -P "$root/deploy/lib" -S warning "$script" || failed=yes; fi
        fi
    done < <(find "$root/deploy" "$root/.ci" -type f)
    (cd "$root" && /usr/bin/python3 - <<'PYTHON') || failed=yes
import pathlib, sys, yaml
failed = False
files = [pathlib.Path("docker-compose.yml")] + sorted(p for s in ("*.yml", "*.yaml") for p in pathlib.Path("deploy").rglob(s))
for file in files:
    try:
        list(yaml.safe_load_all(file.read_text()))
    except (OSError, yaml.YAMLError) as error:
        print(f"{file}: {error}", file=sys.stderr)
        failed = True
sys.exit(failed)
PYTHON
    # No test proves a promise that nobody made.
    /usr/bin/python3 "$root/deploy/coverage/coverage" --check || failed=yes
    # Each change can be taken back, and proves that it is there.
    for file in "$root"/deploy/postgres/service/sqitch.plan "$root"/Services/*/Migrations/sqitch.plan; do
        [[ -f $file ]] || continue
        while read -r name _; do
            for script in deploy revert verify; do
                [[ -s $(dirname "$file")/$script/$name.sql ]] || { say "${file#"$root/"}: $name has no $script/$name.sql"; failed=yes; }
            done
        done < <(grep -vE '^(%|@|#|[[:space:]]*$)' "$file")
    done
    [[ $failed == no ]] || fail "not as it should be: see above"
}
