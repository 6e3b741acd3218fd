// Package githubsim is a GitHub that fits into a test, a rehearsal or a demo: an
// [http.Handler] that speaks the REST API (version 2022-11-28) of repositories
// with issues, comments, labels and webhooks, as github.com or as a GitHub
// Enterprise Server. It keeps state, enforces permissions and limits, signs its
// webhooks, and has the habits that surprise clients: pull requests among the
// issues, labels dropped without a word, times in whole seconds, listings that
// lag, 301 for a transferred issue and 307 for a write to a renamed repository.
//
// People are played over the same HTTP API with their own tokens, or by the
// methods of [Person]. What GitHub offers only elsewhere (transferring and
// deleting an issue) is a method of [Server]. Every change is written to a
// ground-truth log with its author.
package githubsim
