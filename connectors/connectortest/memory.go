package connectortest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
)

// MemoryOptions says what a Memory tracker is like. The zero value is a tracker
// with a small workflow and the fields of DefaultFields.
type MemoryOptions struct {
	Traits  connectors.Capabilities // a zero Name means DefaultTraits
	Project string                  // prefix of keys; default "MEM"
	Self    connectors.User         // our own account; default the bot "conformd"
	// Installation is the id of the conformd that uses it; "" is none. See Beside.
	Installation string
	Fields       []connectors.Field // beside Title, Body and Labels; nil means DefaultFields
	Flow         Workflow           // zero means DefaultWorkflow
	Clock        *simkit.Clock      // default real time
	// PageSize is the number of issues or comments of a page; default 50.
	PageSize int
	// ListLag is how far listings are behind the truth.
	ListLag time.Duration
	// OneAssignee: an issue has one assignee at most, as in Jira.
	OneAssignee bool
	// Unreadable are fields that every issue shows and whose values cannot be read,
	// with the reason.
	Unreadable map[connectors.Field]string
	// Refuse says why a field cannot have a value beyond what Traits say, "" if it
	// can. It must not call the Memory. Nil: everything else is accepted.
	Refuse func(f connectors.Field, v connectors.Value) string

	// Bulk, Feed, Reactions and Secret choose the optional interfaces of
	// Memory.Tracker: BulkReader, CommentFeed, Reactor, and Webhook with that secret.
	Bulk, Feed, Reactions bool
	Secret                string
}

// A Workflow is the statuses of a tracker and the moves between them.
type Workflow struct {
	Statuses []connectors.Status // the first is that of a new issue
	Moves    map[string][]string // from a status name to those that can be reached
	Reasons  []string            // allowed in a Target for a finished status
}

// DefaultWorkflow is three statuses in a row; work that is done can be reopened.
func DefaultWorkflow() Workflow {
	return Workflow{
		Statuses: []connectors.Status{{ID: "1", Name: "To Do"}, {ID: "2", Name: "In Progress"}, {ID: "3", Name: "Done", Done: true}, {ID: "4", Name: "Archived", Done: true}},
		Moves: map[string][]string{
			"To Do":       {"In Progress", "Done"},
			"In Progress": {"To Do", "Done"},
			"Done":        {"To Do", "Archived"},
		},
		Reasons: []string{"Fixed", "Won't Do", "Duplicate"},
	}
}

// DefaultTraits are those of a tracker that shows its changelog and echoes writes.
func DefaultTraits() connectors.Capabilities {
	return connectors.Capabilities{
		Name: "memory", Changelog: true, WriteEchoes: true,
		TitleLimit: 255, BodyLimit: 32767, Markup: "gfm", Concurrency: 4,
	}
}

// DefaultFields are the fields of a Memory beside Title, Body and Labels.
func DefaultFields() []connectors.Field {
	return []connectors.Field{connectors.Assignee, connectors.Type, connectors.Priority, connectors.Due, connectors.Custom("Root cause")}
}

// Memory is a tracker that lives in memory: with a workflow, people who edit, a
// changelog, listings that lag, and failures on demand. It obeys the conformance
// suite. It implements connectors.Tracker; see Tracker for the rest. It is safe
// for concurrent use.
type Memory struct {
	opts   MemoryOptions
	traits connectors.Capabilities
	clock  *simkit.Clock
	truth  simkit.Truth

	mu       sync.Mutex
	issues   map[string]*history // by id
	users    map[string]connectors.User
	lastID   int
	last     time.Time
	failures []*Failure
	before   map[Op][]func()
	calls    map[Op]int
	reacted  map[string][]string // our reactions by the id of a comment
	notify   func(ref connectors.Ref, comment bool)
}

// A history is all states of an issue, oldest first; the last is the truth.
type history struct {
	states []*connectors.Issue
	gone   time.Time      // when it was deleted or transferred; zero if it is there
	to     connectors.Ref // where it was transferred
	moved  bool
}

func (h *history) now() *connectors.Issue { return h.states[len(h.states)-1] }

// NewMemory returns an empty tracker.
func NewMemory(o MemoryOptions) *Memory {
	if o.Traits.Name == "" {
		o.Traits = DefaultTraits()
	}
	if o.Fields == nil {
		o.Fields = DefaultFields()
	}
	if o.Flow.Statuses == nil {
		o.Flow = DefaultWorkflow()
	}
	if o.Self.ID == "" {
		o.Self = connectors.User{ID: "u-conformd", Login: "conformd", Name: "conformd", Bot: true}
	}
	o.Project, o.PageSize = cmp.Or(o.Project, "MEM"), cmp.Or(o.PageSize, 50)
	if o.Clock == nil {
		o.Clock = simkit.NewClock(time.Time{})
	}
	m := &Memory{
		opts: o, traits: o.Traits, clock: o.Clock, issues: map[string]*history{}, lastID: 1000,
		users: map[string]connectors.User{}, before: map[Op][]func(){}, calls: map[Op]int{},
		reacted: map[string][]string{},
	}
	m.users[o.Self.Login] = o.Self
	return m
}

// Capabilities returns the facts about this tracker.
func (m *Memory) Capabilities() connectors.Capabilities { return m.traits }

// Clock is the tracker's clock; move it with Advance.
func (m *Memory) Clock() *simkit.Clock { return m.clock }

// Truth is the log of every change that took effect, and by whom. Changes by our
// own account have a Request, people's have none.
func (m *Memory) Truth() *simkit.Truth { return &m.truth }

// Notify makes f be called after each change, people's and ours, in the goroutine
// that made it and outside of every lock. Call it before use.
func (m *Memory) Notify(f func(ref connectors.Ref, comment bool)) { m.notify = f }

// moment is the time of a change; no two changes share one. The caller holds the lock.
func (m *Memory) moment() time.Time {
	t := m.clock.Now().Round(0)
	if !t.After(m.last) {
		t = m.last.Add(time.Microsecond)
	}
	m.last = t
	return t
}

func (m *Memory) id() string {
	m.lastID++
	return strconv.Itoa(m.lastID)
}

// find returns an issue by its id, or by its key if ref has no id. The caller
// holds the lock.
func (m *Memory) find(ref connectors.Ref) *history {
	if ref.ID != "" {
		return m.issues[ref.ID]
	}
	for _, h := range m.issues {
		if h.now().Ref.Key == ref.Key {
			return h
		}
	}
	return nil
}

// shown is a copy of an issue as the API shows it: without what Traits deny.
func (m *Memory) shown(i *connectors.Issue) *connectors.Issue {
	c := *i
	c.Fields = maps.Clone(i.Fields)
	c.Unreadable = maps.Clone(m.opts.Unreadable)
	c.Users = map[string]connectors.User{}
	for f, v := range c.Fields {
		v.Items = slices.Clone(v.Items)
		c.Fields[f] = v
	}
	if i.Author.ID != m.opts.Self.ID {
		c.Marker, c.Installation = "", "" // typed, see CopyAs
	}
	c.Comments, c.Changes = nil, nil
	if m.traits.InlineComments {
		c.Comments = m.shownComments(i)
	}
	if m.traits.Changelog {
		c.Changes, c.History = slices.Clone(i.Changes), connectors.HistoryListed
	}
	for _, x := range c.Comments {
		c.Users[x.Author.ID] = x.Author
	}
	for _, x := range c.Changes {
		c.Users[x.Author.ID] = x.Author
	}
	assignee := c.Fields[connectors.Assignee]
	for _, u := range m.users {
		if u.ID == assignee.Text || slices.Contains(assignee.Items, u.ID) {
			c.Users[u.ID] = u
		}
	}
	return &c
}

// shownComments are copies of the comments of an issue as the API shows them.
func (m *Memory) shownComments(i *connectors.Issue) []connectors.Comment {
	out := slices.Clone(i.Comments)
	for n := range out {
		if out[n].Author.ID != m.opts.Self.ID {
			out[n].Marker, out[n].Installation = "", "" // typed, see CopyCommentAs
		}
	}
	return out
}

// status looks a status up by name or id.
func (w Workflow) status(name string) (connectors.Status, bool) {
	for _, s := range w.Statuses {
		if s.Name == name || s.ID == name {
			return s, true
		}
	}
	return connectors.Status{}, false
}
