// Package browsertest opens the pages of a real daemon in a real browser. The daemon stands between
// the simulated Jira and GitHub, with seeded records and people of every role; the browser is
// Debian's Chromium, which scripts/chromium.sh installs. The tests look at what a browser alone
// knows: accessibility by axe, the layout at 320 px, the order of the Tab key, the console, the
// print, and the verification of the audit log by the page's own script.
package browsertest
