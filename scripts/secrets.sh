#!/usr/bin/env bash
# gitleaks on the files of the repository: no token, key or password may stand in one.
# What looks like a secret and is none is explained in .gitleaks.toml.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -modfile=go.security.mod -o "$work/gitleaks" github.com/zricethezav/gitleaks/v8
scan() { "$work/gitleaks" dir "$1" --config .gitleaks.toml --no-banner --no-color --redact --verbose --log-level warn; }

# The check of the check: a token in the form of GitHub's, made here.
mkdir "$work/planted"
echo "token = ghp_$(sha256sum <<<"$RANDOM$RANDOM" | tr -dc 'a-z0-9' | head -c 36)" >"$work/planted/notes.txt"
if scan "$work/planted" >/dev/null 2>&1; then
	echo "secrets: a planted token is not found" >&2
	exit 1
fi

# What git keeps, and not what lies beside it.
mkdir "$work/files"
git ls-files -z | while IFS= read -r -d '' f; do [ -f "$f" ] && printf '%s\0' "$f"; done | xargs -0 cp --parents -t "$work/files"
scan "$work/files"
echo "secrets: none in $(find "$work/files" -type f | wc -l) files"
