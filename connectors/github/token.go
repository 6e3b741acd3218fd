package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
)

// mostRenewal bounds the request for a new token of an app. It is shorter than the timeout of a
// request, so that a worker hears that GitHub gives no token.
const mostRenewal = 15 * time.Second

// errNoToken is the error of a request that waited for the token of an app until its context
// ended. It was never sent, so it cannot have had an effect.
var errNoToken = errors.New("the request was not sent: GitHub had not answered the request for a new token of the app")

// An installation signs requests with the token of an app's installation. The library holds a
// mutex while it renews the token, and nobody can leave a mutex at a deadline: one request at a
// time asks the library, and the others wait at the gate.
type installation struct {
	tokens *ghinstallation.Transport
	gate   chan struct{}
	next   http.RoundTripper
}

func newInstallation(app *ghinstallation.AppsTransport, id int64, next http.RoundTripper) *installation {
	return &installation{tokens: ghinstallation.NewFromAppsTransport(app, id), gate: make(chan struct{}, 1), next: next}
}

// RoundTrip signs r and sends it.
func (i *installation) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := i.token(r.Context())
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	signed := r.Clone(r.Context())
	signed.Header.Set("Authorization", "token "+token)
	return i.next.RoundTrip(signed)
}

// token returns a token that is valid for another minute at least.
func (i *installation) token(ctx context.Context) (string, error) {
	select {
	case i.gate <- struct{}{}:
		defer func() { <-i.gate }()
	case <-ctx.Done():
		return "", fmt.Errorf("%w: %w", errNoToken, ctx.Err())
	}
	ctx, cancel := context.WithTimeout(ctx, mostRenewal)
	defer cancel()
	return i.tokens.Token(ctx)
}
