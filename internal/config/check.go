package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// check finds the mistakes that the shape of the file does not show.
func (c *Config) check() {
	fail := c.source.fail
	c.checkListeners()
	c.checkURL("public_url", c.PublicURL)
	if strings.ContainsAny(c.Audit.Origin, " \t+") || c.Audit.Origin == "" {
		fail(CodeForm, "audit.origin", "the name of the log is empty or holds spaces or a plus sign", "write a name that no other log has, such as acme.example/isms-register")
	}
	if !regexp.MustCompile(`^[A-Z][A-Z0-9]{0,9}$`).MatchString(c.Register.Prefix) {
		fail(CodeForm, "register.prefix", quote(c.Register.Prefix)+" cannot begin a register number", "write up to ten capitals and digits, such as NC")
	}
	if c.Sync.SweepEvery < c.Sync.PollEvery {
		fail(CodeRange, "sync.sweep_every", short(c.Sync.SweepEvery)+" is less than sync.poll_every", "write at least "+short(c.Sync.PollEvery)+"; once a day is usual")
	}
	c.checkScales()
	c.checkCustomFields()
	c.checkGuards()
	c.checkTimes()
	c.checkRigour()
	c.checkRoles()
	c.checkSites()
	c.checkPeople()
	c.checkSignIn()
	c.checkNotices()
	c.checkMappings()
	c.checkBindings()
	c.checkMeasurements()
	c.checkMeasurementTokens()
}

// checkGuards judges the changes to the rules.
func (c *Config) checkGuards() {
	policy := register.DefaultPolicy()
	for i, g := range c.Register.Guards {
		key := Key("register.guards", i)
		if g.ID == "" {
			continue // reported as missing
		}
		c.checkWhen(key, g.When)
		for j, earlier := range c.Register.Guards[:i] {
			if earlier.ID == g.ID && c.reach(earlier.When.condition()).Covers(c.reach(g.When.condition())) && !c.source.failedIn(key) && !c.source.failedIn(Key("register.guards", j)) {
				c.source.fail(CodeDuplicate, join(key, "id"), fmt.Sprintf("rule %s stands twice, first on line %d, for all records of this entry", g.ID, c.source.position(join(Key("register.guards", j), "id")).line), "keep one of them, or move this one above")
				break
			}
		}
		rule := slices.IndexFunc(policy.Rules, func(r register.Rule) bool { return r.ID == g.ID })
		if rule < 0 {
			c.source.fail(CodeReference, join(key, "id"), "there is no rule "+quote(g.ID), "see conformd rules list")
			continue
		}
		for k, kind := range g.When.Kind {
			if about := policy.Rules[rule].Kinds; !slices.Contains(about, register.Kind(kind)) && kind != "" {
				c.source.fail(CodeMisplaced, Key(join(key, "when.kind"), k), "rule "+g.ID+" is not about this kind of record", "write "+alternatives(as[string](about)))
			}
		}
	}
}

// Guards returns a policy with the changes to its rules: those for every record first, so that a
// rule for some records keeps the severity that it then has.
func (c *Config) Guards(p register.Policy) (register.Policy, error) {
	for _, some := range []bool{false, true} {
		for _, g := range c.Register.Guards {
			var err error
			switch when := g.When.condition(); {
			case when.Covers(register.Condition{}) == some:
				continue
			case some:
				p, err = p.WithCase(g.ID, when, g.Enabled, register.Severity(g.Severity))
			default:
				p, err = p.With(g.ID, g.Enabled, register.Severity(g.Severity))
			}
			if err != nil {
				return p, err
			}
		}
	}
	return p, nil
}

// once reports a mistake if name was seen before; seen holds the key of each name, and what
// is the name in words.
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

// checkID checks the form of an id that is written into the register and the audit log.
func (c *Config) checkID(key, id string) {
	if id != "" && !regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`).MatchString(id) {
		c.source.fail(CodeForm, key, quote(id)+" cannot be an id", "write up to 32 lower-case letters, digits and dashes, beginning with a letter")
	}
}

// checkBindingID checks the id of a binding. Beyond the form that checkID takes, it may be
// the id of one of several repositories: a renamed repository gets an entry of its own and
// keeps that id.
func (c *Config) checkBindingID(key, id string) {
	entry, name, several := strings.Cut(id, "/")
	if several && regexp.MustCompile(`^[a-z0-9._-]{1,100}(~[0-9]+)?$`).MatchString(name) {
		id = entry
	}
	c.checkID(key, id)
}

// checkURL checks the base address of an API or of pages; "" is none. The message never
// repeats the address, which may hold a password.
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
		fail(CodeForm, key, quote(u.Scheme)+" is not a scheme that conformd uses for trackers", remedy)
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
