package githubsim

import (
	"slices"
	"strings"
	"time"
)

// An account is a user, an organisation or the account of an app.
type account struct {
	id    int64
	login string
	name  string
	kind  string // "User", "Bot" or "Organization"
	role  Role
	roles map[int64]Role // exceptions, by repository id
	app   *App
}

func (a *account) roleIn(r *repo) Role {
	if a == nil {
		return None
	}
	if role, ok := a.roles[r.id]; ok {
		return role
	}
	return a.role
}

// may reports whether an account has at least the given role in a repository.
func (a *account) may(r *repo, least Role) bool { return a.roleIn(r).rank() >= least.rank() }

// A repo is a repository with its issues.
type repo struct {
	id       int64
	owner    *account
	name     string
	oldNames []string
	private  bool
	archived bool
	noIssues bool
	created  time.Time

	issues   []*issue // by number-1
	labels   []*label
	comments []*comment // by id
	events   []*event   // of all issues, oldest first
	hooks    []*hook

	changed uint64             // counts changes, to know when an order is stale
	orders  map[string]ordered // cached orders of issues
}

type ordered struct {
	at   uint64
	rows []*issue
}

func (r *repo) full() string { return r.owner.login + "/" + r.name }

// A label belongs to a repository; issues point to it, so that a rename shows on
// all of them without touching their times.
type label struct {
	id                       int64
	name, color, description string
}

// An issue is a number with its present version. The versions before are kept
// only for listings that lag.
type issue struct {
	*version
	past    []*version
	gone    bool   // deleted
	movedTo *issue // transferred
	repo    *repo
	events  []*event
	edits   []*edit // of the body, oldest first; none while it was never edited
}

// A version is an issue at one time. It is never changed once it is in place.
type version struct {
	id        int64
	number    int
	title     string
	body      *string
	state     string // "open" or "closed"
	reason    string // state_reason, "" for null
	kind      string // issue type, "" for null
	labels    []*label
	assignees []*account
	author    *account
	closedBy  *account
	created   time.Time
	updated   time.Time
	closed    time.Time
	since     time.Time // when this version came into being, in full precision
	comments  int
	pull      bool
	locked    bool
}

type comment struct {
	id      int64
	issue   *issue
	author  *account
	body    string
	created time.Time
	updated time.Time
	since   time.Time
	edits   []*edit // of the body, as issue.edits

	reactions []*reaction // oldest first
}

// An event is one entry of an issue's history.
type event struct {
	id       int64
	issue    *issue
	kind     string // labeled, unlabeled, assigned, unassigned, renamed, closed, reopened, …
	actor    *account
	at       time.Time
	label    *label
	assignee *account
	from, to string // renamed
	reason   string
}

// An edit is one version of a text: what its first edit found, and what each edit made.
type edit struct {
	id   int64
	by   *account
	at   time.Time
	text string

	deleted bool // somebody deleted this version from the history
}

// edited adds a version to the edits of a text. The first edit brings the version that it
// found along, which is the one that the text was created with.
func (s *Server) edited(edits []*edit, author *account, created time.Time, was string, by *account, now string) []*edit {
	if len(edits) == 0 {
		edits = append(edits, &edit{id: s.id(), by: author, at: created, text: was})
	}
	return append(edits, &edit{id: s.id(), by: by, at: s.now(), text: now})
}

// edit replaces an issue's version by a changed copy.
func (s *Server) edit(i *issue, change func(v *version)) {
	v := *i.version
	v.labels, v.assignees = slices.Clone(v.labels), slices.Clone(v.assignees)
	change(&v)
	v.since = s.clock.Now()
	v.updated = v.since.UTC().Truncate(time.Second)
	if s.opts.ListLag > 0 {
		horizon := v.since.Add(-s.opts.ListLag)
		for len(i.past) > 1 && !i.past[1].since.After(horizon) {
			i.past = i.past[1:]
		}
		i.past = append(i.past, i.version)
	}
	i.version = &v
	i.repo.changed++
}

// listed returns the version of an issue that listings show, or nil.
func (s *Server) listed(i *issue) *version {
	if i.gone || i.movedTo != nil {
		return nil
	}
	if s.opts.ListLag <= 0 {
		return i.version
	}
	horizon := s.clock.Now().Add(-s.opts.ListLag)
	if !i.since.After(horizon) {
		return i.version
	}
	for _, v := range slices.Backward(i.past) {
		if !v.since.After(horizon) {
			return v
		}
	}
	return nil
}

// repo finds a repository by its name, past or present.
func (s *Server) repoNamed(owner, name string) (r *repo, renamed bool) {
	for _, r := range s.repos {
		if strings.EqualFold(r.owner.login, owner) && strings.EqualFold(r.name, name) {
			return r, false
		}
	}
	for _, r := range s.repos {
		if !strings.EqualFold(r.owner.login, owner) {
			continue
		}
		if slices.ContainsFunc(r.oldNames, func(old string) bool { return strings.EqualFold(old, name) }) {
			return r, true
		}
	}
	return nil, false
}

func (r *repo) issue(number int) *issue {
	if number < 1 || number > len(r.issues) {
		return nil
	}
	return r.issues[number-1]
}

func (r *repo) label(name string) *label {
	for _, l := range r.labels {
		if strings.EqualFold(l.name, name) {
			return l
		}
	}
	return nil
}

func (r *repo) comment(id int64) *comment {
	n, ok := slices.BinarySearchFunc(r.comments, id, func(c *comment, id int64) int { return int(c.id - id) })
	if !ok {
		return nil
	}
	return r.comments[n]
}

func (i *issue) key() string { return i.repo.full() + "#" + itoa(i.number) }
