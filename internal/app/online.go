package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/config"
)

// A Compared is the result of [Compare].
type Compared struct {
	// Mistakes are accounts that do not exist, that are conformd's own, or that two people
	// have. Warnings are logins that changed, and ids to write beside logins.
	Mistakes, Warnings config.Errors
	// Patterns are the patterns with the repositories that each stands for now.
	Patterns []Matched
	Accounts int // how many accounts were found
}

// A Matched is one pattern of repositories and what it stands for.
type Matched struct {
	Binding      string   `json:"binding"` // id of the entry of bindings
	Pattern      string   `json:"pattern"`
	Repositories []string `json:"repositories"`
}

// askedAtOnce is how many accounts are asked for at once. The tracker's own limits still
// apply.
const askedAtOnce = 4

// Compare asks the trackers for every account of every person, and for the repositories of
// the patterns. It writes nothing. The error joins the errors of the questions that failed.
func Compare(ctx context.Context, c *config.Config) (*Compared, error) {
	cmpd := &comparison{App: asking(c), sites: map[string]*site{}}
	type question struct{ person, account int }
	var questions []question
	for i, p := range c.People {
		for j, acc := range p.Accounts {
			if cmpd.open(ctx, acc) != nil {
				questions = append(questions, question{i, j})
			}
		}
	}
	answers := make([]answer, len(questions))
	var g errgroup.Group
	g.SetLimit(askedAtOnce)
	for n, q := range questions {
		g.Go(func() error {
			answers[n] = cmpd.ask(ctx, c.People[q.person].Accounts[q.account])
			return nil
		})
	}
	_ = g.Wait() // each error is in its answer
	for n, q := range questions {
		cmpd.judge(q.person, q.account, answers[n])
	}
	for _, p := range c.Patterns {
		cmpd.match(ctx, p)
	}
	return &cmpd.Compared, errors.Join(cmpd.errs...)
}

// A comparison is one call of Compare.
type comparison struct {
	*App
	Compared
	sites map[string]*site // by the id in the configuration; nil for one that cannot be asked
	errs  []error
}

// A site is a tracker that can be asked.
type site struct {
	connectors.Directory
	self connectors.User
	// people are those whose accounts were found, by the id of the account.
	people map[string]string
}

// An answer is what a site says of an account.
type answer struct {
	user connectors.User
	// byLogin is true if the configured id is unknown and this account has the login.
	byLogin bool
	err     error
}

// open returns the site of an account, or nil if it cannot be asked.
func (c *comparison) open(ctx context.Context, acc config.Account) *site {
	if s, known := c.sites[acc.Site]; known {
		return s
	}
	c.sites[acc.Site] = nil
	t, err := c.at(acc)
	if err != nil {
		c.errs = append(c.errs, err)
		return nil
	}
	d, ok := t.(connectors.Directory)
	if !ok {
		c.errs = append(c.errs, errors.New("the tracker "+acc.Site+" cannot be asked for accounts"))
		return nil
	}
	r, err := t.Check(ctx)
	if err != nil {
		c.errs = append(c.errs, fmt.Errorf("the tracker %s could not be asked: %w", acc.Site, err))
		return nil
	}
	c.sites[acc.Site] = &site{Directory: d, self: r.Self, people: map[string]string{}}
	return c.sites[acc.Site]
}

// ask asks a site for an account: by its id, and by its login where there is no such id.
func (c *comparison) ask(ctx context.Context, acc config.Account) answer {
	s := c.sites[acc.Site]
	if acc.ID != "" {
		u, err := s.AccountByID(ctx, acc.ID)
		if acc.Login == "" || !errors.Is(err, connectors.NotFound) {
			return answer{user: u, err: err}
		}
		if u, byLogin := s.Account(ctx, acc.Login); byLogin == nil {
			return answer{user: u, byLogin: true, err: err}
		}
		return answer{err: err}
	}
	u, err := s.Account(ctx, acc.Login)
	return answer{user: u, err: err}
}

// WriteID is the remedy for a login that is named alone, or beside the id of another account.
// Where says where the id belongs: "beside it".
func WriteID(u connectors.User, where string) string {
	return fmt.Sprintf("write id: %q %s: the login belongs to the account of %s now; check that this is the right person", u.ID, where, cmp.Or(u.Name, u.Login))
}

// judge adds the mistakes and warnings about one account.
func (c *comparison) judge(person, account int, a answer) {
	p := c.Config.People[person]
	acc, key := p.Accounts[account], accountKey(person, account)
	s := c.sites[acc.Site]
	of := WriteID(a.user, "beside it")
	mistake := func(code config.Code, key, what, remedy string) {
		c.Mistakes = append(c.Mistakes, c.Config.Mistake(code, key, what, remedy))
	}
	warn := func(code config.Code, key, what, remedy string) {
		c.Warnings = append(c.Warnings, c.Config.Mistake(code, key, what, remedy))
	}
	switch {
	case a.err == nil:
	case !errors.Is(a.err, connectors.NotFound):
		c.errs = append(c.errs, fmt.Errorf("the account of %s at %s: %w", p.ID, acc.Site, a.err))
		return
	case a.byLogin:
		mistake(config.CodeNoAccount, key+".id", fmt.Sprintf("%s has no account %q, and the login %s of %s belongs to another account", acc.Site, acc.ID, acc.Login, p.ID), WriteID(a.user, "in its place"))
		return
	default:
		what, of := fmt.Sprintf("%s has no account %q for %s", acc.Site, acc.ID, p.ID), ".id"
		if acc.ID == "" {
			what, of = fmt.Sprintf("%s has no login %q for %s, or several accounts answer to it", acc.Site, acc.Login, p.ID), ".login"
		}
		mistake(config.CodeNoAccount, key+of, what, "correct it, or remove the account")
		return
	}
	c.Accounts++
	switch other := s.people[a.user.ID]; {
	case a.user.ID == s.self.ID && a.user.ID != "":
		mistake(config.CodeOwnAccount, key, fmt.Sprintf("conformd itself signs in with this account at %s: the register could not tell what %s does from what conformd does", acc.Site, p.ID), OwnAccountRemedy)
		return
	case other != "":
		mistake(config.CodeDuplicate, key, fmt.Sprintf("this is the account of %s, too", other), "give it to one of them: the register could not tell which of the two decided")
		return
	}
	s.people[a.user.ID] = p.ID
	switch {
	case acc.ID == "":
		warn(config.CodeLoginAlone, key+".login", "the account of "+p.ID+" is named by its login alone, which the tracker can give to another person", of)
	case acc.Login != "" && a.user.Login != "" && !strings.EqualFold(acc.Login, a.user.Login):
		warn(config.CodeLoginChanged, key+".login", fmt.Sprintf("the account %s of %s has another login now", acc.ID, p.ID), fmt.Sprintf("write login: %s; the id counts", a.user.Login))
	}
}

// match asks which repositories a pattern stands for.
func (c *comparison) match(ctx context.Context, p config.Pattern) {
	listed, idle, err := c.list(ctx, p, Options{})
	if err != nil {
		c.errs = append(c.errs, fmt.Errorf("the repositories %s of %s could not be listed: %w", p.Glob, p.Entry, err))
		return
	}
	m := Matched{Binding: p.Entry, Pattern: p.Glob, Repositories: []string{}}
	for _, r := range c.Config.Expand(p, nil, listed, func(r config.Repository) bool { return !idle[r.Number] }) {
		m.Repositories = append(m.Repositories, r.Name)
	}
	if len(m.Repositories) == 0 {
		c.Warnings = append(c.Warnings, c.Config.Mistake(config.CodeReference, p.Key(), fmt.Sprintf("no repository of %s fits the pattern %s now", p.Owner(), p.Glob), "correct the pattern, or give conformd's account access to the repositories"))
	}
	slices.Sort(m.Repositories)
	c.Patterns = append(c.Patterns, m)
}
