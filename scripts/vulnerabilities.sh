#!/usr/bin/env bash
# govulncheck on the two programs, with the database of the module golang.org/x/vulndb that
# go.security.mod pins: nothing is asked of the network beyond the module proxy. A known
# vulnerability in a module that the programs reach ends with 1. One in the standard
# library is told and ends with 1 only with STRICT=1: the toolchain of the machine decides
# it, and releases are built with the newest patch of Go.
set -euo pipefail
cd "$(dirname "$0")/.."

tool="go tool -modfile=go.security.mod"
oldest=${OLDEST_DAYS:-180} # beyond it the database says too little

go mod download -modfile=go.security.mod golang.org/x/vulndb
read -r version dir < <(go list -modfile=go.security.mod -m -f '{{.Version}} {{.Dir}}' golang.org/x/vulndb)
# A pseudo-version ends in the time of its commit, UTC, and the commit.
stamp=$(grep -oE '[0-9]{14}' <<<"$version")
made="${stamp:0:4}-${stamp:4:2}-${stamp:6:2}"
age=$((($(date -u +%s) - $(date -u -d "$made" +%s)) / 86400))
echo "vulnerabilities: database of $made, $age days old, $(find "$dir/data/osv" -name '*.json' | wc -l) advisories"
if [ "$age" -gt "$oldest" ]; then
	echo "vulnerabilities: the database is older than $oldest days; go get -modfile=go.security.mod golang.org/x/vulndb@latest" >&2
	exit 1
fi

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
$tool indexdb -vulns "$dir/data/osv" -out "$work/db"

scan() { # scan FOLDER PACKAGES... writes the report, and fails only if it could not look
	local code=0
	(cd "$1" && shift && "$govulncheck" -db "file://$work/db" "$@") >"$work/report" || code=$?
	[ "$code" -eq 0 ] || [ "$code" -eq 3 ] || { cat "$work/report" >&2; return "$code"; }
}
# Built here, because a tool of this module cannot be started from the one of the check below.
govulncheck=$work/govulncheck
go build -modfile=go.security.mod -o "$govulncheck" golang.org/x/vuln/cmd/govulncheck

# The check of the check: a program that reaches a vulnerability that is known for years.
mkdir "$work/known"
cat >"$work/known/go.mod" <<-END
	module known
	go 1.26
	require golang.org/x/text v0.3.5
END
cat >"$work/known/main.go" <<-'END'
	package main

	import "golang.org/x/text/language"

	func main() { _, _, _ = language.ParseAcceptLanguage("en") }
END
(cd "$work/known" && GOFLAGS=-mod=mod go mod tidy >/dev/null 2>&1)
scan "$work/known" .
if ! grep -q 'GO-2021-0113' "$work/report"; then
	echo "vulnerabilities: the scan does not find what is known (GO-2021-0113)" >&2
	exit 1
fi

scan . ./cmd/...
std=$(grep -c '^  Standard library' "$work/report" || true)
mod=$(grep -c '^  Module: ' "$work/report" || true)
echo "vulnerabilities: $mod reached in modules, $std in the standard library of $(go env GOVERSION)"
if [ "$mod" -gt 0 ] || { [ "$std" -gt 0 ] && [ -n "${STRICT:-}" ]; }; then
	cat "$work/report" >&2
	exit 1
fi
if [ "$std" -gt 0 ]; then
	grep -oE 'Found in: .*|Fixed in: .*' "$work/report" | grep 'Fixed' | sort | uniq -c | sed 's/^/vulnerabilities:/'
fi
