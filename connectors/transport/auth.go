package transport

import "net/http"

// BasicAuth returns a RoundTripper that signs in with a user name and a password
// or API token (RFC 7617), and takes both out of refusals that repeat them. A nil
// base means Pooled().
func BasicAuth(user string, pass Secret, base http.RoundTripper) http.RoundTripper {
	return &auth{base: signedBase(base), set: func(r *http.Request) { r.SetBasicAuth(user, pass.Reveal()) }}
}

// BearerAuth returns a RoundTripper that signs in with a token (RFC 6750), and
// takes it out of refusals that repeat it. A nil base means Pooled().
func BearerAuth(token Secret, base http.RoundTripper) http.RoundTripper {
	return &auth{base: signedBase(base), set: func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token.Reveal()) }}
}

type auth struct {
	base http.RoundTripper
	set  func(*http.Request)
}

// RoundTrip sends a copy of r that carries the credential.
func (a *auth) RoundTrip(r *http.Request) (*http.Response, error) {
	signed := r.Clone(r.Context())
	a.set(signed)
	return a.base.RoundTrip(signed)
}

// signedBase is the layer below a credential.
func signedBase(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		return Pooled()
	}
	return &redact{base}
}

func orPooled(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		return Pooled()
	}
	return base
}
