package notices_test

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/conformd/conformd/internal/notices"
)

func hello() notices.Message {
	return notices.Message{ID: "7.2026-01-05.acme", Person: "erik", Subject: "conformd: 1 missed on 2026-01-05", Text: "Missed:\n  NC-2026-0001 triage <!channel> @here *now* [x](https://evil.example)"}
}

// A webhook takes a text or a card. What a title says calls nobody.
func TestWebhookForms(t *testing.T) {
	var body []byte
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { body, _ = io.ReadAll(r.Body) }))
	t.Cleanup(s.Close)
	w := &notices.Webhook{URL: func() string { return s.URL + "/T1?sig=secret" }, Names: map[string]string{"erik": "Erik"}, Client: notices.NewWebhookClient()}
	if !w.Reaches("erik") || w.Reaches("nobody") {
		t.Error("the webhook reaches somebody else than the people of the register")
	}
	for form, in := range map[notices.Form]func() string{
		notices.FormText: func() string {
			var m struct{ Text string }
			_ = json.Unmarshal(body, &m)
			return m.Text
		},
		notices.FormCard: func() string {
			var m struct {
				Attachments []struct {
					ContentType string
					Content     struct{ Body []struct{ Type, Text string } }
				}
			}
			_ = json.Unmarshal(body, &m)
			var out []string
			for _, b := range m.Attachments[0].Content.Body {
				out = append(out, b.Text)
			}
			return strings.Join(out, "\n")
		},
	} {
		w.Form = form
		if err := w.Send(t.Context(), hello()); err != nil {
			t.Fatal(err)
		}
		got := in()
		if !strings.Contains(got, "Erik, conformd: 1 missed") || !strings.Contains(got, "NC-2026-0001 triage") {
			t.Errorf("%s: %s", form, got)
		}
		for _, active := range []string{"<!", "@here", "*now*", "]("} {
			if strings.Contains(got, active) {
				t.Errorf("%s: %q is in %s", form, active, got)
			}
		}
	}
}

// What a webhook answers decides whether the message is sent again. No error shows the address.
func TestWebhookAnswers(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		switch r.URL.Path {
		case "/hang":
			<-release
		case "/moved":
			http.Redirect(w, r, "/200", http.StatusFound)
		default:
			w.WriteHeader(map[string]int{"/200": 200, "/400": 400, "/429": 429, "/500": 500, "/503": 503}[r.URL.Path])
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(release) })
	for path, want := range map[string]error{
		"/200": nil, "/400": notices.ErrRefused, "/moved": notices.ErrRefused, "/429": errAgain, "/503": errAgain, "/500": notices.ErrUnknown, "/hang": notices.ErrUnknown,
		"nowhere": errAgain,
	} {
		address := s.URL + path + "?sig=secret"
		if path == "nowhere" {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			address = "http://" + l.Addr().String() + "/?sig=secret"
			_ = l.Close()
		}
		client := notices.NewWebhookClient()
		client.Timeout = 300 * time.Millisecond
		w := &notices.Webhook{URL: func() string { return address }, Form: notices.FormText, Names: map[string]string{"erik": "Erik"}, Client: client}
		judge(t, path, w.Send(t.Context(), hello()), want)
	}
}

// errAgain stands for an error after which the message is sent again.
var errAgain = errors.New("again")

func judge(t *testing.T, what string, err, want error) {
	t.Helper()
	var got error
	switch {
	case err == nil:
	case errors.Is(err, notices.ErrRefused):
		got = notices.ErrRefused
	case errors.Is(err, notices.ErrUnknown):
		got = notices.ErrUnknown
	default:
		got = errAgain
	}
	if !errors.Is(got, want) || (got == nil) != (want == nil) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
	if err != nil && strings.Contains(err.Error(), "secret") {
		t.Errorf("%s: the error shows the secret: %v", what, err)
	}
}

// A vault is an SMTP server that wants TLS and a password.
type vault struct {
	session
	data func() error
}

func (*vault) AuthMechanisms() []string { return []string{sasl.Plain} }

func (*vault) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "isms" || password != "secret" {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (v *vault) Data(r io.Reader) error {
	if v.data != nil {
		return v.data()
	}
	return v.session.Data(r)
}

// A mail server is spoken to under TLS, with a password that no error shows.
func TestMailServers(t *testing.T) {
	web := httptest.NewUnstartedServer(nil) // for its certificate, which is one of 127.0.0.1
	web.StartTLS()
	t.Cleanup(web.Close)
	trust := web.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	trust.ServerName = "127.0.0.1"
	box := &mailbox{}
	dropped := func() error { return errors.New("unreachable") }
	start := func(own *tls.Config, implicit bool, data func(c *smtp.Conn) error) int {
		s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
			v := &vault{session: session{box: box}}
			if data != nil {
				v.data = func() error { return data(c) }
			}
			return v, nil
		}))
		s.Domain, s.TLSConfig = "localhost", own
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		if implicit {
			l = tls.NewListener(l, own)
		}
		go func() { _ = s.Serve(l) }()
		t.Cleanup(func() { _ = s.Close() })
		return port
	}
	hangUp := func(c *smtp.Conn) error { _ = c.Conn().Close(); return dropped() }
	for _, c := range []struct {
		name     string
		port     int
		tls      notices.TLS
		trust    *tls.Config
		password string
		want     error
	}{
		{"starttls", start(web.TLS, false, nil), notices.StartTLS, trust, "secret", nil},
		{"implicit", start(web.TLS, true, nil), notices.Implicit, trust, "secret", nil},
		{"a wrong password", start(web.TLS, false, nil), notices.StartTLS, trust, "not-the-secret", errAgain},
		{"an unknown certificate", start(web.TLS, false, nil), notices.StartTLS, nil, "secret", errAgain},
		{"no TLS where it is demanded", start(nil, false, nil), notices.StartTLS, trust, "secret", errAgain},
		{"a connection that ends instead of an answer", start(web.TLS, false, hangUp), notices.StartTLS, trust, "secret", notices.ErrUnknown},
	} {
		m := &notices.Mail{
			Host: "127.0.0.1", Port: c.port, TLS: c.tls, Config: c.trust, From: "isms@acme.example", User: "isms",
			Password: func() string { return c.password }, Addresses: map[string]string{"erik": "erik@acme.example"},
		}
		judge(t, c.name, m.Send(t.Context(), hello()), c.want)
	}
	if got := box.taken(); len(got) != 2 {
		t.Errorf("accepted %q, want two messages", got)
	}
}
