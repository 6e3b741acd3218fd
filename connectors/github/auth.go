package github

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/bradleyfalzon/ghinstallation/v2"

	"github.com/conformd/conformd/connectors/transport"
)

// transports returns the round trippers that sign requests: as the account, and
// as the app itself if there is one.
func (a Auth) transports(base http.RoundTripper, api *url.URL) (account, app http.RoundTripper, err error) {
	switch {
	case a.App == nil && a.Token == "":
		return nil, nil, errors.New("no token and no app is configured")
	case a.App != nil && a.Token != "":
		return nil, nil, errors.New("a token and an app are configured; one is enough")
	case a.App == nil:
		return transport.BearerAuth(a.Token, base), nil, nil
	}
	if base == nil {
		base = transport.Pooled()
	}
	signer, err := ghinstallation.NewAppsTransport(base, a.App.ID, []byte(a.App.PrivateKey.Reveal()))
	if err != nil {
		// The parser's error may quote the key.
		return nil, nil, errors.New("the private key of the app is no RSA key in PEM form")
	}
	signer.BaseURL = strings.TrimSuffix(api.String(), "/")
	// Tokens last an hour and are renewed a minute before they end; renewal is a
	// request of its own, inside each attempt.
	return ghinstallation.NewFromAppsTransport(signer, a.App.InstallationID), signer, nil
}
