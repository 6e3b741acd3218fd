// Package jirasim is a Jira that fits into a test, a rehearsal or a demo: an
// [http.Handler] that speaks the REST API version 2 of Jira Cloud or of Jira
// Data Center for one or more projects with issues, comments, workflow, search
// and signed webhooks. The reading half of version 3 is served too.
//
// It keeps state, checks screens, validators and permissions, and has the habits
// that surprise clients: a status in an edit is ignored, transitions depend on
// who asks and where the issue stands, the search index lags behind the truth,
// the old search is gone from Cloud and the new one absent from Data Center,
// a moved issue answers to its old key, deleted and invisible issues look alike.
//
// People are played over the same HTTP API with their own credentials, or by the
// methods of [Person]. Every change is written to a ground-truth log with its
// author. What the simulator does not know it refuses as Jira would; it never
// guesses.
package jirasim
