#!/usr/bin/env bash
# Installs the browser of the browser tests, if there is none: Debian's chromium. Without root and
# without sudo, or on another system, it says so; the tests then fail or are left out, see
# CONFORMD_LANES_LEFT_OUT in .ci/run.
set -euo pipefail

for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome; do
	if command -v "$name" >/dev/null; then
		exit 0
	fi
done
case " ${CONFORMD_LANES_LEFT_OUT-} " in
*" browser "*) exit 0 ;;
esac

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

if ! command -v apt-get >/dev/null; then
	echo "chromium: this system has no apt-get: install Chromium yourself, or name the program in CHROMIUM" >&2
	exit 0
fi
export DEBIAN_FRONTEND=noninteractive
# In a container the account _apt may not write to /tmp, where apt checks signatures; apt then does it as root.
get() { as_root apt-get -o APT::Sandbox::User=root -q "$@"; }
if ! { get update && get install -y --no-install-recommends chromium; } >&2; then
	echo "chromium: apt-get could not install it; the browser tests say what that means" >&2
fi
