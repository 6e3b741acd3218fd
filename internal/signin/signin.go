// Package signin knows who uses the pages: it keeps sessions and passwords, and asks an OpenID
// Connect provider who somebody is. What an identity may open is decided by internal/access.
package signin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/store"
)

// Options say who may sign in, and how long a session lasts.
type Options struct {
	Store *store.Store
	Rules access.Rules
	// Provider is an OpenID Connect provider; nil for none.
	Provider *Provider
	// Idle and Lifetime end a session: so long after its last request, and after its beginning.
	Idle, Lifetime time.Duration
	// Fresh is how long a proof of identity is good for a decision; 0 is five minutes.
	Fresh time.Duration
	// Secure keeps the cookies to HTTPS. Without it conformd takes them over plain HTTP, which is for
	// this machine alone.
	Secure bool
	Now    func() time.Time // nil is the real clock
	Log    *zap.Logger
}

// A Desk signs people in and out.
type Desk struct {
	o        Options
	sessions *scs.SessionManager
	guesses  *guesses
	// refused, denied and read bound the entries of the audit log that requests cause.
	refused, denied, read *seldom
}

// A Signed is what a session knows of the person.
type Signed struct {
	access.Identity

	// At is when the person proved who they are, by the provider's clock; zero if that is not known.
	At time.Time `json:"at"`
	// Opened is when the session began.
	Opened time.Time `json:"opened"`
	// Token is the id of the token with which a program speaks for the person, "" for the person.
	Token string `json:"-"`
}

// freshFor is how long a proof of identity is fresh, if the options say nothing else; skew is how far the clock of a provider may
// be ahead.
const (
	freshFor = 5 * time.Minute
	skew     = time.Minute
)

// Fresh reports whether the person proved a short time ago who they are, as a decision asks for.
func (d *Desk) Fresh(s Signed) bool {
	age := d.o.Now().Sub(s.At)
	return age >= -skew && age <= cmp.Or(d.o.Fresh, freshFor)
}

// New returns a Desk.
func New(o Options) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &Desk{
		o: o, guesses: newGuesses(),
		refused: newSeldom(100), denied: newSeldom(500), read: newSeldom(mostRead),
	}
	m := scs.New()
	m.Store, m.Codec, m.HashTokenInStore = &sessions{store: o.Store, log: o.Log}, codec{}, true
	m.IdleTimeout, m.Lifetime = o.Idle, o.Lifetime
	m.Cookie = scs.SessionCookie{Name: d.cookie("session"), Path: "/", HttpOnly: true, Secure: o.Secure, SameSite: http.SameSiteLaxMode}
	m.ErrorFunc = func(w http.ResponseWriter, _ *http.Request, err error) {
		o.Log.Error("session", zap.Error(err))
		http.Error(w, "the session cannot be read or kept now; the daemon's log says why", http.StatusServiceUnavailable)
	}
	d.sessions = m
	return d
}

// cookie returns the name of a cookie. Over HTTPS a browser takes a name with __Host- from this
// host alone, and only with Secure and for all paths.
func (d *Desk) cookie(name string) string {
	if d.o.Secure {
		return "__Host-conformd-" + name
	}
	return "conformd-" + name
}

// Now returns the time by the clock of d.
func (d *Desk) Now() time.Time { return d.o.Now() }

// Provider returns the OpenID Connect provider, nil for none.
func (d *Desk) Provider() *Provider { return d.o.Provider }

// Person returns one of people by id.
func (d *Desk) Person(id string) (access.Person, bool) {
	for _, p := range d.o.Rules.People {
		if p.ID == id {
			return p, true
		}
	}
	return access.Person{}, false
}

// Session makes the session of a request known to next, and keeps it.
func (d *Desk) Session(next http.Handler) http.Handler { return d.sessions.LoadAndSave(next) }

// Glance is Session for what an open page asks for without a person: it does not prolong the session, so that a
// page that nobody looks at ends like every other.
func (d *Desk) Glance(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := ""
		if c, err := r.Cookie(d.sessions.Cookie.Name); err == nil {
			token = c.Value
		}
		ctx, err := d.sessions.Load(r.Context(), token)
		if err != nil {
			d.sessions.ErrorFunc(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// The keys of the values of a session.
const (
	keySigned = "signed"
	keyNew    = "new" // the session begins with this request
)

// Who returns who is signed in, within Session, and whether anybody is. Who may open nothing any
// more is signed out.
func (d *Desk) Who(ctx context.Context) (access.Who, Signed, bool) {
	var s Signed
	text := d.sessions.GetString(ctx, keySigned)
	if text == "" || json.Unmarshal([]byte(text), &s) != nil {
		return access.Who{}, Signed{}, false
	}
	w, refusal := d.o.Rules.Who(s.Identity, d.o.Now())
	if refusal != access.NotRefused {
		d.forget(ctx)
		return access.Who{}, Signed{}, false
	}
	return w, s, true
}

// Enter signs an identity in, within Session, under a new token: a token that somebody placed in the
// browser before is worth nothing. The error is a *RefusedError if the identity may open nothing.
func (d *Desk) Enter(ctx context.Context, id access.Identity, at time.Time, way Way) error {
	now := d.o.Now()
	w, refusal := d.o.Rules.Who(id, now)
	if refusal != access.NotRefused {
		d.logRefused(ctx, string(refusal), id.Issuer+" "+id.Subject, subject(id))
		return refusedIdentity(id, refusal)
	}
	text, err := json.Marshal(Signed{Identity: id, At: at, Opened: now})
	if err != nil {
		return err
	}
	if err := d.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	if err := d.o.Store.Write(ctx, func(t *store.Tx) error { t.Audit(opened(w, Signed{Identity: id}, way)); return nil }); err != nil {
		return errors.Join(err, d.sessions.Destroy(ctx))
	}
	d.sessions.Put(ctx, keySigned, string(text))
	d.sessions.Put(ctx, keyNew, "1")
	d.o.Log.Info("signed in", zap.String("who", actorID(w, id)), zap.String("by", string(way)))
	return nil
}

// Prove takes the password of the person who is signed in as a new proof of who they are, and begins a new
// session. The error is a *RefusedError if it proves nothing.
func (d *Desk) Prove(ctx context.Context, s Signed, password string) error {
	if s.Issuer != access.Local {
		return &RefusedError{CodeWrong, "You did not sign in with a password of conformd", "sign in again with the sign-in service of your organisation"}
	}
	id, err := d.Password(ctx, s.Subject, password)
	if err != nil {
		return err
	}
	return d.Enter(ctx, id, d.o.Now(), ByPassword)
}

// Leave signs the person out, within Session.
func (d *Desk) Leave(ctx context.Context) error {
	w, s, ok := d.Who(ctx)
	if !ok {
		return nil // a stranger causes no write
	}
	if err := d.sessions.Destroy(ctx); err != nil {
		return err
	}
	return d.o.Store.Write(ctx, func(t *store.Tx) error { t.Audit(ended(w, s)); return nil })
}

func (d *Desk) forget(ctx context.Context) {
	if err := d.sessions.Destroy(ctx); err != nil {
		d.o.Log.Error("session", zap.Error(err))
	}
}
