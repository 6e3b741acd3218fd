package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"time"
	_ "time/tzdata" // a container may have no time zones

	"github.com/conformd/conformd/register"
)

// A Notices says how people are told of their dates. Nobody is told without a mail server and
// without a webhook.
type Notices struct {
	From       string        `json:"from" jsonschema_description:"Time of day from which on people are told, on business days of register.calendar: 08:00."`
	Until      string        `json:"until" jsonschema_description:"Time of day from which on nobody is told until the next business day: 18:00."`
	Timezone   string        `json:"timezone" jsonschema_description:"Time zone of from and until, such as Europe/Berlin."`
	DaysBefore []int         `json:"days_before" jsonschema:"minimum=0,maximum=365" jsonschema_description:"Days before a date on which it is announced; [7, 1] if it is left out (the end of an exception is always announced 30, 14 and 3 days before)."`
	Escalation []Escalation  `json:"escalation" jsonschema_description:"Who else is told when a date has passed and nothing was done; left out, the steps that conformd ships (docs/operations.md)."`
	Mail       Mail          `json:"mail" jsonschema_description:"The mail server that sends messages to people with an e-mail address."`
	Webhook    NoticeWebhook `json:"webhook" jsonschema_description:"The webhook that takes the messages for people without an e-mail address, or for everybody without a mail server."`
}

// An Escalation is a step that a missed date takes.
type Escalation struct {
	When  When     `json:"when" jsonschema_description:"Records that the step is about; every record if it names none."`
	After int      `json:"after_days" jsonschema:"minimum=0,maximum=365" jsonschema_description:"Days after the date; 0 is the day after it."`
	Roles []string `json:"roles" jsonschema:"required,minItems=1,enum=isms_manager,enum=reviewer,enum=risk_owner,enum=top_management,enum=auditor" jsonschema_description:"Whoever has one of these roles is told."`
}

// A Mail is a mail server.
type Mail struct {
	Server   string `json:"server" jsonschema_description:"Its address (host:port), such as smtp.acme.example:587."`
	TLS      string `json:"tls" jsonschema:"enum=starttls,enum=implicit,enum=none" jsonschema_description:"How the connection is protected: starttls (port 587), implicit (port 465), or none for a server on this machine."`
	From     string `json:"from" jsonschema_description:"Address that the messages come from."`
	User     string `json:"user" jsonschema_description:"Account at the server, if it wants one."`
	Password Secret `json:"password" jsonschema_description:"Password of the account."`
}

// A NoticeWebhook is an address that takes messages as JSON.
type NoticeWebhook struct {
	URL  Secret `json:"url" jsonschema_description:"The address; whoever knows it can post there, so it is a secret."`
	Form string `json:"form" jsonschema:"enum=text,enum=card" jsonschema_description:"Form of a message: text for Slack and Mattermost, card for workflows of Microsoft Teams."`
}

// Tells reports whether people are told of their dates.
func (n Notices) Tells() bool { return n.Mail.Server != "" || n.Webhook.URL.Given() }

// Before returns the days before a date on which it is announced.
func (n Notices) Before() []int {
	if len(n.DaysBefore) == 0 {
		return []int{7, 1}
	}
	return n.DaysBefore
}

// Steps returns the steps of escalation.
func (n Notices) Steps() []register.EscalationStep {
	if len(n.Escalation) == 0 {
		return register.DefaultEscalation()
	}
	out := make([]register.EscalationStep, len(n.Escalation))
	for i, e := range n.Escalation {
		out[i] = register.EscalationStep{When: e.When.condition(), After: e.After, Roles: e.Roles}
	}
	return out
}

// Hours returns from when until when people are told, since midnight, and the time zone. The
// configuration was checked.
func (n Notices) Hours() (from, until time.Duration, zone *time.Location) {
	from, _ = clock(n.From)
	until, _ = clock(n.Until)
	zone, err := time.LoadLocation(n.Timezone)
	if err != nil {
		zone = time.UTC
	}
	return from, until, zone
}

// Address returns host and port of the mail server.
func (m Mail) Address() (host string, port int) {
	host, text, _ := net.SplitHostPort(m.Server)
	port, _ = strconv.Atoi(text)
	return host, port
}

// clock reads a time of day.
func clock(s string) (time.Duration, bool) {
	t, err := time.Parse("15:04", s)
	if err != nil && s == "24:00" {
		return 24 * time.Hour, true
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err == nil
}

// checkNotices judges how people are told.
func (c *Config) checkNotices() {
	n, fail := c.Notices, c.source.fail
	from, fromOK := clock(n.From)
	until, untilOK := clock(n.Until)
	for _, x := range []struct {
		key string
		ok  bool
	}{{"from", fromOK}, {"until", untilOK}} {
		if !x.ok {
			fail(CodeForm, "notices."+x.key, "this is not a time of day", "write it in quotes, such as \"08:00\"")
		}
	}
	if fromOK && untilOK && from >= until {
		fail(CodeRange, "notices.until", "the day ends at "+n.Until+", before it begins at "+n.From, "write a later time")
	}
	if _, err := time.LoadLocation(n.Timezone); err != nil {
		fail(CodeReference, "notices.timezone", "there is no time zone "+quote(n.Timezone), "write a name of the tz database, such as Europe/Berlin or UTC")
	}
	for i, e := range n.Escalation {
		c.checkWhen(Key("notices.escalation", i), e.When)
		for j, earlier := range n.Escalation[:i] {
			if earlier.After == e.After && c.reach(earlier.When.condition()).Covers(c.reach(e.When.condition())) && !slices.ContainsFunc(e.Roles, func(r string) bool { return !slices.Contains(earlier.Roles, r) }) {
				fail(CodeDuplicate, Key("notices.escalation", i), fmt.Sprintf("the step on line %d tells the same people on the same day", c.source.position(Key("notices.escalation", j)).line), "remove one of the two")
			}
		}
	}
	c.checkMail()
	if address := n.Webhook.URL.Reveal(); address != "" {
		u, err := url.Parse(address) // no error shows the address
		switch {
		case err != nil || u.Hostname() == "":
			fail(CodeForm, "notices.webhook.url", "the secret is not an address", "keep an address that begins with https:// there")
		case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
			fail(CodePlainHTTP, "notices.webhook.url", "the address does not begin with https://", "https:// is demanded, but for an address of this machine")
		}
	}
}

// checkMail judges the mail server, and the addresses that it sends to.
func (c *Config) checkMail() {
	m, fail := c.Notices.Mail, c.source.fail
	for i, p := range c.People {
		if p.Email != "" && !mailbox(p.Email) {
			fail(CodeForm, join(Key("people", i), "email"), quote(p.Email)+" is not the address of a mailbox", "write the address alone, such as erik@acme.example")
		}
	}
	if m.Server == "" {
		if m.From != "" || m.User != "" || m.Password.Given() {
			fail(CodeMissing, "notices.mail.server", "notices.mail names a sender or an account, and no server", "write the server, or remove notices.mail")
		}
		return
	}
	host, port := m.Address()
	switch {
	case host == "" || port < 1 || port > 65535:
		fail(CodeForm, "notices.mail.server", quote(m.Server)+" is not a host with a port", "write it like smtp.acme.example:587")
	case m.TLS == "none" && !loopback(host):
		fail(CodePlainHTTP, "notices.mail.tls", "none sends titles and addresses in the clear", "write starttls or implicit; none is for 127.0.0.1, ::1 and localhost alone")
	}
	if !mailbox(m.From) {
		fail(CodeForm, "notices.mail.from", quote(m.From)+" is not the address of a mailbox", "write the address alone, such as isms@acme.example")
	}
	if (m.User == "") != !m.Password.Given() {
		fail(CodeMissing, "notices.mail.password", "an account takes a user and a password, and one of them is missing", "write both, or neither")
	}
}

// mailbox reports whether s is the address of one mailbox, without a name.
func mailbox(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}
