// Package transport is the one HTTP stack under every connector. It repeats
// reads that failed on the way, never repeats a write, never waits for a rate
// limit, never hands a credential to another host and never reads more than a
// given number of bytes. The connectors interpret the answers.
//
// The layers, outermost first:
//
//	http.Client                 follows no redirect
//	retryablehttp.RoundTripper  repeats GET and HEAD
//	http.Client                 follows redirects to the same host with the same method
//	attempt                     Options.Pause, User-Agent, size cap, log line, Options.Observe
//	Options.Auth                sets the credential, anew on each attempt
//	redact                      removes the credential from refusals that repeat it
//	Options.Base                the network
package transport
