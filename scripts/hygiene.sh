#!/usr/bin/env bash
# Small things that no compiler sees: white space at line ends, missing newlines
# at the end of a file, conflict markers, large files, CRLF.
# It looks at the files that git tracks, or at all files where there is no git.
set -euo pipefail
cd "$(dirname "$0")/.."

limit=$((500 * 1024))
bad=0
complain() {
	echo "hygiene: $1" >&2
	bad=1
}

files() {
	git ls-files -z 2>/dev/null || find . -type f -not -path './.git/*' -not -path './bin/*' -print0
}

while IFS= read -r -d '' f; do
	[ -f "$f" ] || continue
	size=$(wc -c <"$f")
	if [ "$size" -gt "$limit" ]; then
		complain "$f: larger than 500 KB ($size bytes)"
	fi
	[ "$size" -gt 0 ] || continue
	# Not text, or kept byte for byte as somebody else wrote it.
	grep -qI . "$f" || continue
	case $f in
	*/testdata/* | */static/vendor/* | LICENSE) continue ;;
	esac
	if [ -n "$(tail -c 1 "$f")" ]; then
		complain "$f: no newline at the end"
	fi
	if grep -nE '[[:blank:]]+$' "$f" >&2; then
		complain "$f: white space at the end of these lines"
	fi
	if grep -nE '^(<{7}|>{7}) ' "$f" >&2; then
		complain "$f: conflict markers"
	fi
	if grep -q $'\r' "$f"; then
		complain "$f: carriage returns"
	fi
done < <(files)

exit "$bad"
