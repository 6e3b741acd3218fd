package githubsim

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// authenticate fills in who is calling. No credential is an anonymous call; a
// wrong one is refused.
func (s *Server) authenticate(c *call) (reply, bool) {
	scheme, cred, found := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !found {
		return reply{}, true
	}
	switch strings.ToLower(scheme) {
	case "basic":
		_, cred, _ = c.r.BasicAuth()
	case "bearer", "token":
	default:
		return badCredentials(), false
	}
	if strings.Count(cred, ".") == 2 {
		app, why := s.verifyJWT(cred)
		if app == nil {
			return fail(http.StatusUnauthorized, why), false
		}
		c.app = app
		return reply{}, true
	}
	t := s.tokens[cred]
	if t == nil || !t.expires.IsZero() && !s.clock.Now().Before(t.expires) {
		return badCredentials(), false
	}
	c.who, c.tok = t.who, t
	return reply{}, true
}

func badCredentials() reply { return fail(http.StatusUnauthorized, "Bad credentials") }

// verifyJWT checks the token by which an app proves who it is: RS256, issued in
// the past, expiring within ten minutes.
func (s *Server) verifyJWT(raw string) (*App, string) {
	const undecodable = "A JSON web token could not be decoded"
	app := s.opts.App
	if app == nil || app.PublicKey == nil {
		return nil, "Integration not found"
	}
	parts := strings.Split(raw, ".")
	var head struct{ Alg string }
	var claims struct {
		Iat, Exp json.Number
		Iss      any
	}
	if !unpack(parts[0], &head) || !unpack(parts[1], &claims) || head.Alg != "RS256" {
		return nil, undecodable
	}
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, undecodable
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if rsa.VerifyPKCS1v15(app.PublicKey, crypto.SHA256, sum[:], sig) != nil {
		return nil, undecodable
	}
	iss, isText := claims.Iss.(string)
	if n, isNumber := claims.Iss.(float64); isNumber && !isText {
		iss = itoa(int64(n))
	}
	if iss != itoa(app.ID) {
		return nil, "Integration not found"
	}
	now := time.Now() // the signer's clock: the simulated one may have been moved
	iat, exp := numericDate(claims.Iat), numericDate(claims.Exp)
	switch {
	case iat.After(now.Add(time.Minute)):
		return nil, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
	case !exp.After(now):
		return nil, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
	case exp.After(now.Add(10*time.Minute + time.Second)):
		return nil, "'Expiration time' claim ('exp') is too far in the future"
	}
	return app, ""
}

func unpack(part string, v any) bool {
	b, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(b, v) == nil
}

func numericDate(n json.Number) time.Time {
	f, err := strconv.ParseFloat(n.String(), 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(int64(f), 0)
}

// installationToken answers POST /app/installations/{id}/access_tokens.
func (c *call) installationToken() reply {
	if c.app == nil {
		return fail(http.StatusUnauthorized, "A JSON web token could not be decoded")
	}
	if c.pathInt("installation") != c.app.InstallationID {
		return notFound()
	}
	s := c.s
	sum := sha256.Sum256([]byte("ghs" + itoa(s.id())))
	raw := "ghs_" + hex.EncodeToString(sum[:])[:36]
	expires := s.now().Add(c.app.TokenLife)
	s.tokens[raw] = &token{who: s.byLogin[strings.ToLower(c.app.Slug+"[bot]")], expires: expires, app: true}
	return reply{http.StatusCreated, map[string]any{
		"token": raw, "expires_at": stamp(expires), "repository_selection": "all",
		"permissions": c.app.permissions(),
	}}
}

// thisApp answers GET /app.
func (c *call) thisApp() reply {
	if c.app == nil {
		return fail(http.StatusUnauthorized, "A JSON web token could not be decoded")
	}
	return ok(c.s.renderApp(c.app))
}

// user answers GET /user, which installation tokens may not ask.
func (c *call) user() reply {
	switch {
	case c.tok != nil && c.tok.app:
		return fail(http.StatusForbidden, "Resource not accessible by integration")
	case c.who == nil:
		return fail(http.StatusUnauthorized, "Requires authentication")
	}
	return ok(c.renderProfile(c.who))
}
