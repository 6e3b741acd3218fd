#!/usr/bin/env bash
# The licence of every module whose code is in the two programs, and of what the pages bring along: each must have one that
# is known to allow what Apache-2.0 promises, and none may be GPL, AGPL, LGPL, BSL or SSPL.
# With a list of folders as arguments it judges these instead.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

refused='GNU (AFFERO |LESSER |LIBRARY )?GENERAL PUBLIC LICENSE|Business Source License|Server Side Public License|Commons Clause|Elastic License'
known='Apache License|Permission is hereby granted, free of charge|Redistribution and use in source and binary forms|Permission to use, copy, modify,( and/or|,? and) distribute this software|Mozilla Public License|This is free and unencumbered software|public domain'

modules() {
	go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/... | sort -u
}

# The check of the check: a folder under the AGPL, and one without a licence.
if [ $# -eq 0 ]; then
	known_bad=$(mktemp -d)
	trap 'rm -rf "$known_bad"' EXIT
	mkdir "$known_bad/agpl" "$known_bad/none"
	printf 'GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3\n' >"$known_bad/agpl/LICENSE"
	for dir in agpl none; do
		if scripts/licences.sh "$known_bad/$dir" >/dev/null 2>&1; then
			echo "licences: a module with the licence \"$dir\" passes the check" >&2
			exit 1
		fi
	done
fi

if [ $# -gt 0 ]; then
	list=$(for dir in "$@"; do echo "$(basename "$dir") - $dir"; done)
else
	list=$(modules && echo "internal/web/static/vendor - internal/web/static/vendor")
fi
bad=0 n=0
while read -r path version dir; do
	n=$((n + 1))
	files=$(find "$dir" -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' -o -iname 'unlicense*' \))
	if [ -z "$files" ]; then
		echo "licences: $path $version has no licence file" >&2
		bad=1
		continue
	fi
	# Line ends vary; the words do not.
	text=$(tr -s '[:space:]' ' ' <<<"$(while read -r f; do cat "$f"; done <<<"$files")")
	# The Mozilla Public License names the GPL as a licence it may be combined with.
	if ! grep -q 'Mozilla Public License' <<<"$text" && grep -qiE "$refused" <<<"$text"; then
		echo "licences: $path $version: $(grep -oiE "$refused" <<<"$text" | head -1)" >&2
		bad=1
	elif ! grep -qiE "$known" <<<"$text"; then
		echo "licences: $path $version has a licence that is not known here: $(head -c 80 <<<"$text")" >&2
		bad=1
	fi
done <<<"$list"
if [ "$bad" -eq 0 ]; then
	echo "licences: $n modules, none under GPL, AGPL, LGPL, BSL or SSPL"
fi
exit "$bad"
