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
		account, err = transport.Renewing(a.Token, func(s transport.Secret) (http.RoundTripper, error) {
			return transport.BearerAuth(s, base), nil
		}, a.Renew)
		return account, nil, err
	}
	if base == nil {
		base = transport.Pooled()
	}
	app, err = transport.Renewing(a.App.PrivateKey, func(s transport.Secret) (http.RoundTripper, error) {
		return a.App.signer(s, base, api)
	}, a.Renew)
	if err != nil {
		return nil, nil, err
	}
	// Tokens last an hour and are renewed a minute before they end; renewal is a
	// request of its own, inside each attempt.
	account, err = transport.Renewing(a.App.PrivateKey, func(s transport.Secret) (http.RoundTripper, error) {
		signer, err := a.App.signer(s, base, api)
		if err != nil {
			return nil, err
		}
		return newInstallation(signer, a.App.InstallationID, base), nil
	}, a.Renew)
	return account, app, err
}

// signer signs as the app itself.
func (a *App) signer(key transport.Secret, base http.RoundTripper, api *url.URL) (*ghinstallation.AppsTransport, error) {
	signer, err := ghinstallation.NewAppsTransport(base, a.ID, []byte(key.Reveal()))
	if err != nil {
		// The parser's error may quote the key.
		return nil, errors.New("the private key of the app is no RSA key in PEM form")
	}
	signer.BaseURL = strings.TrimSuffix(api.String(), "/")
	return signer, nil
}
