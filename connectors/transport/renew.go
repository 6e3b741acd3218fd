package transport

import (
	"net/http"
	"sync"
)

// Renewing returns a RoundTripper that signs in with a credential that may be replaced
// while the program runs. Sign makes the layer that signs with a secret. After a request
// that failed, or was answered 401, the next request first calls renew for the present
// secret. If the secret is new, and sign accepts it, it is used from then on. The failed
// request is not sent again: the caller decides when to try next. A nil renew keeps the
// secret. The error is that of sign.
func Renewing(secret Secret, sign func(Secret) (http.RoundTripper, error), renew func() (Secret, bool)) (http.RoundTripper, error) {
	signed, err := sign(secret)
	if err != nil || renew == nil {
		return signed, err
	}
	return &renewing{secret: secret, signed: signed, sign: sign, renew: renew}, nil
}

type renewing struct {
	sign  func(Secret) (http.RoundTripper, error)
	renew func() (Secret, bool)

	mu      sync.Mutex
	secret  Secret
	signed  http.RoundTripper
	refused bool
}

// RoundTrip sends r with the credential in force.
func (n *renewing) RoundTrip(r *http.Request) (*http.Response, error) {
	signed := n.current()
	resp, err := signed.RoundTrip(r)
	if err != nil || resp.StatusCode == http.StatusUnauthorized {
		n.mu.Lock()
		n.refused = true
		n.mu.Unlock()
	}
	return resp, err
}

// current returns the layer that signs, with a new secret if there is one.
func (n *renewing) current() http.RoundTripper {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.refused {
		return n.signed
	}
	n.refused = false
	secret, ok := n.renew()
	if !ok || secret == n.secret {
		return n.signed
	}
	signed, err := n.sign(secret)
	if err != nil {
		return n.signed // perhaps a half-written key: the next refusal asks for it again
	}
	n.secret, n.signed = secret, signed
	return signed
}
