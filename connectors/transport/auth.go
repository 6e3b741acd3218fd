package transport

import "net/http"

// BasicAuth returns a RoundTripper that signs in with a user name and a password or API token
// (RFC 7617). If a refusal repeats them, it removes them from the text. A nil base means
// Pooled().
func BasicAuth(user string, pass Secret, base http.RoundTripper) http.RoundTripper {
	return &auth{base: signedBase(base), set: func(r *http.Request) { r.SetBasicAuth(user, pass.Reveal()) }}
}

// BearerAuth returns a RoundTripper that signs in with a token (RFC 6750). If a refusal
// repeats the token, it removes it from the text. A nil base means Pooled().
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
