// Package apitest meets the interface for programs of a real daemon with programs that nobody here wrote: a client that
// ogen generates from the served OpenAPI document, and requests that are drawn from that document, valid and not. It also
// runs each example of docs/api.md. The daemon stands between the simulated Jira and GitHub.
package apitest
