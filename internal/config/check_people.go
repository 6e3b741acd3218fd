package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// checkPeople judges the people and their accounts.
func (c *Config) checkPeople() {
	people, accounts, terminals := map[string]string{}, map[string]string{}, map[string]string{}
	for i, p := range c.People {
		key := Key("people", i)
		c.checkID(join(key, "id"), p.ID)
		c.once(people, p.ID, join(key, "id"), "person "+quote(p.ID))
		c.once(terminals, p.OSUser, join(key, "os_user"), "account "+quote(p.OSUser)+" of the operating system")
		if i := slices.Index(p.Roles, register.RoleAuditor); i >= 0 && len(p.Roles) > 1 {
			c.source.fail(CodeMisplaced, join(key, "roles"), p.ID+" is an auditor and has roles that decide", "keep auditor alone, or take it out: an auditor must not have decided in the register")
		}
		mine := map[string]string{}
		for j, a := range p.Accounts {
			c.checkAccount(p, a, Key(join(key, "accounts"), j), mine, accounts)
		}
	}
}

// checkAccount judges one account of a person. Mine holds the sites of the person's
// accounts, and accounts those of all people, by address, so that two entries of trackers
// with one address are one site.
func (c *Config) checkAccount(p Person, a Account, key string, mine, accounts map[string]string) {
	if a.Site == "" {
		return // reported as missing
	}
	site := c.Site(a.Site)
	if site == nil {
		c.source.fail(CodeReference, join(key, "site"), "there is no tracker "+quote(a.Site), suggestion(a.Site, c.siteIDs()))
		return
	}
	at := address(site.Kind, site.URL)
	c.once(mine, at, join(key, "site"), "an account of "+p.ID+" at "+a.Site)
	if a.ID != "" {
		c.once(accounts, at+"\x00"+a.ID, join(key, "id"), "account "+quote(a.ID)+" of "+a.Site)
	}
	if a.Login != "" {
		c.once(accounts, at+"\x00@"+strings.ToLower(a.Login), join(key, "login"), "login "+quote(a.Login)+" of "+a.Site)
	}
	switch {
	case a.ID != "":
	case a.Login != "" && len(p.Roles) > 0:
		c.source.fail(CodeLoginAlone, join(key, "login"), "the account of "+p.ID+", who has a role, is named by its login alone, and whoever gets that login next could decide in the name of "+p.ID,
			"add id beside login; conformd config validate looks it up where the tracker can be asked")
	case a.Login == "":
		c.source.fail(CodeMissing, key, "the account has neither an id nor a login", "add id, which stays with the person when a login passes to another person")
	}
}

// checkRoles judges which roles may do what.
func (c *Config) checkRoles() {
	seen := map[string]string{}
	for i, r := range c.Register.Roles {
		key := Key("register.roles", i)
		c.once(seen, r.Act, join(key, "act"), "act "+quote(r.Act))
		c.checkDeciding(join(key, "roles"), r.Roles)
	}
}

// Acts returns the roles that may decide each act: those of the file, otherwise those that
// conformd ships.
func (c *Config) Acts() map[register.Act][]string {
	acts := register.DefaultRoles()
	for _, r := range c.Register.Roles {
		acts[register.Act(r.Act)] = slices.Clone(r.Roles)
	}
	return acts
}

// Warnings returns the settings of a valid file that are probably a mistake, in the order of
// the lines.
func (c *Config) Warnings() Errors {
	var out Errors
	first := map[string]int{}
	for i, p := range c.People {
		name := strings.ToLower(strings.Join(strings.Fields(p.Name), " "))
		j, known := first[name]
		if !known || name == "" {
			first[name] = i
			continue
		}
		out = append(out, c.Mistake(CodeSameName, Key("people", i)+".name", fmt.Sprintf("%s is the name of %s, too", quote(p.Name), c.People[j].ID),
			"make them one entry if they are one person; otherwise write names that tell them apart"))
	}
	for i, s := range c.Trackers {
		uses := func(e Entry) bool { return e.Tracker == s.ID }
		if !slices.ContainsFunc(c.Entries, uses) {
			out = append(out, c.Mistake(CodeReference, Key("trackers", i)+".id", "no binding uses the tracker "+quote(s.ID), "remove it, or add a binding with tracker: "+s.ID))
		}
	}
	if c.SignsIn() && c.SignIn.OIDC.Issuer == "" && len(c.Admins()) == 0 {
		out = append(out, c.Mistake(CodeNoAdmin, "people", "nobody can sign in to the pages, because none of people has the role admin",
			"give it to one of them, or write pages_without_login: true if everybody on this machine may read the register"))
	}
	out.sort()
	return out
}
