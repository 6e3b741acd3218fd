package notices

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// A Mail sends messages through an SMTP server (RFC 5321).
type Mail struct {
	Host string
	Port int
	// TLS says how the connection is protected. Without protection no password is sent.
	TLS      TLS
	Config   *tls.Config // nil for the certificates of the system
	From     string      // address
	User     string
	Password func() string
	// Addresses are the addresses of people, by person id.
	Addresses map[string]string
}

// A TLS is a way to protect a connection.
type TLS string

// The ways to protect a connection.
const (
	StartTLS TLS = "starttls" // demanded after the greeting
	Implicit TLS = "implicit" // from the first byte
	NoTLS    TLS = "none"     // for a server on this machine
)

// sendWithin bounds one attempt.
const sendWithin = 30 * time.Second

// Name is the name of the channel.
func (*Mail) Name() string { return "mail" }

// Reaches reports whether a person has an address.
func (m *Mail) Reaches(person string) bool { return m.Addresses[person] != "" }

// Send sends one message.
func (m *Mail) Send(ctx context.Context, x Message) error {
	msg := mail.NewMsg()
	if err := errors.Join(msg.From(m.From), msg.To(m.Addresses[x.Person])); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	msg.SetMessageIDWithValue(strings.Map(idByte, x.ID) + "@conformd")
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no vacation answers
	msg.SetDate()
	msg.Subject(x.Subject)
	msg.SetBodyString(mail.TypeTextPlain, x.Text)
	client, err := m.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		if msg.IsDelivered() { // the farewell failed, the message was accepted
			return nil
		}
		return fate(err)
	}
	return nil
}

// idByte keeps the characters that a message id may have (RFC 5322 3.6.4).
func idByte(r rune) rune {
	if r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return '-'
}

func (m *Mail) client() (*mail.Client, error) {
	opts := []mail.Option{mail.WithPort(m.Port), mail.WithTimeout(sendWithin), mail.WithoutNoop()}
	if m.Config != nil {
		opts = append(opts, mail.WithTLSConfig(m.Config))
	}
	switch m.TLS {
	case Implicit:
		opts = append(opts, mail.WithSSL())
	case NoTLS:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if m.User != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.User), mail.WithPassword(m.Password()))
	}
	return mail.NewClient(m.Host, opts...)
}

// fate says what an error of the library means for the message. The server decides about it
// after its last line; if no answer to that came, the message may have arrived. A server that
// refuses the password, or cannot be reached, says nothing about the message.
func fate(err error) error {
	send, ok := errors.AsType[*mail.SendError](err)
	switch {
	case ok && send.Reason == mail.ErrSMTPDataClose && send.ErrorCode() == 0:
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	case ok && !send.IsTemp() && send.ErrorCode() >= 500:
		return fmt.Errorf("%w: %w", ErrRefused, err)
	default:
		return err
	}
}
