package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/conformd/conformd/register"
)

// check judges what the shape of the file alone does not show.
func (c *Config) check() {
	fail := c.source.fail
	c.checkListeners()
	c.checkURL("public_url", c.PublicURL)
	if strings.ContainsAny(c.Audit.Origin, " \t+") || c.Audit.Origin == "" {
		fail(CodeForm, "audit.origin", "the name of the log is empty or holds spaces or a plus sign", "write a name that nobody else uses, such as acme.example/isms-register")
	}
	if !regexp.MustCompile(`^[A-Z][A-Z0-9]{0,9}$`).MatchString(c.Register.Prefix) {
		fail(CodeForm, "register.prefix", quote(c.Register.Prefix)+" cannot begin a register number", "write up to ten capitals and digits, such as NC")
	}
	if c.Sync.SweepEvery < c.Sync.PollEvery {
		fail(CodeRange, "sync.sweep_every", short(c.Sync.SweepEvery)+" is less than sync.poll_every", "write at least "+short(c.Sync.PollEvery)+"; once a day is usual")
	}
	c.checkGuards()
	c.checkPeople()
	c.checkBindings()
}

// checkGuards judges the changes to the rules.
func (c *Config) checkGuards() {
	first := map[string]string{}
	policy := register.DefaultPolicy()
	for i, g := range c.Register.Guards {
		key := Key("register.guards", i)
		if g.ID == "" {
			continue // reported as missing
		}
		c.once(first, g.ID, join(key, "id"), "rule "+g.ID)
		if _, err := policy.With(g.ID, g.Enabled, register.Severity(g.Severity)); err != nil {
			c.source.fail(CodeReference, join(key, "id"), "there is no rule "+quote(g.ID), "see conformd rules list")
		}
	}
}

// checkPeople judges the people and their accounts.
func (c *Config) checkPeople() {
	bindings := map[string]bool{}
	var known []string
	for _, b := range c.Bindings {
		bindings[b.ID] = true
		known = append(known, b.ID)
	}
	people, accounts, terminals := map[string]string{}, map[string]string{}, map[string]string{}
	for i, p := range c.People {
		key := Key("people", i)
		c.checkID(join(key, "id"), p.ID)
		c.once(people, p.ID, join(key, "id"), "person "+quote(p.ID))
		c.once(terminals, p.OSUser, join(key, "os_user"), "account "+quote(p.OSUser)+" of the operating system")
		mine := map[string]string{}
		for j, a := range p.Accounts {
			key := Key(join(key, "accounts"), j)
			if a.Binding == "" {
				continue // reported as missing
			}
			if !bindings[a.Binding] {
				c.source.fail(CodeReference, join(key, "binding"), "there is no binding "+quote(a.Binding), suggestion(a.Binding, known))
				continue
			}
			c.once(mine, a.Binding, join(key, "binding"), "an account of "+p.ID+" in "+a.Binding)
			switch {
			case a.ID != "":
				c.once(accounts, a.Binding+"\x00"+a.ID, join(key, "id"), "account "+quote(a.ID)+" of "+a.Binding)
			case a.Login != "" && len(p.Roles) > 0:
				c.source.fail(CodeLoginAlone, join(key, "login"), "the account of "+p.ID+", who has a role, is named by its login alone, and whoever gets that login next could decide in the name of "+p.ID,
					"add id beside login; conformd config validate looks it up where the tracker can be asked")
			case a.Login != "":
				c.once(accounts, a.Binding+"\x00@"+strings.ToLower(a.Login), join(key, "login"), "login "+quote(a.Login)+" of "+a.Binding)
			default:
				c.source.fail(CodeMissing, key, "the account has neither an id nor a login", "add id, which stays with the person when a login is given to somebody else")
			}
		}
	}
}

// once reports what at key if it stands somewhere already; seen holds the key of
// each name.
func (c *Config) once(seen map[string]string, name, key, what string) {
	if name == "" {
		return // reported as missing
	}
	if first, ok := seen[name]; ok {
		c.source.fail(CodeDuplicate, key, fmt.Sprintf("%s stands twice, first on line %d", what, c.source.position(first).line), "keep one of them")
		return
	}
	seen[name] = key
}

// checkID judges a name that is written into the register and the audit log.
func (c *Config) checkID(key, id string) {
	if id != "" && !regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`).MatchString(id) {
		c.source.fail(CodeForm, key, quote(id)+" cannot be an id", "write up to 32 lower-case letters, digits and dashes, beginning with a letter")
	}
}

// checkURL judges the base address of an API or of pages; "" is none. What is
// wrong is never said with the address itself, which may hold a password.
func (c *Config) checkURL(key, address string) {
	if address == "" {
		return
	}
	fail := c.source.fail
	const remedy = "write it like https://acme.atlassian.net"
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		fail(CodeForm, key, "this is not the address of a server", remedy)
	case u.User != nil:
		fail(CodeInFile, key, "the address holds a user name or password", "write it without, and the credential under auth")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		fail(CodeForm, key, "the address holds a query or a fragment", "end it before the ? or #")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		fail(CodePlainHTTP, key, "http:// sends credentials and texts in the clear", "write https://; http:// is for 127.0.0.1, ::1 and localhost alone")
	case u.Scheme != "http" && u.Scheme != "https":
		fail(CodeForm, key, quote(u.Scheme)+" is not a scheme that trackers are reached by", remedy)
	}
}

// loopback reports whether host is this machine and can be nothing else.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// suggestion is the remedy for a name that does not exist.
func suggestion(name string, known []string) string {
	if near, ok := nearest(name, known); ok {
		return "did you mean " + near + "?"
	}
	return "write one of " + strings.Join(known, ", ")
}
