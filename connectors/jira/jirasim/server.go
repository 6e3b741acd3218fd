package jirasim

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
)

// The two kinds of deployment, as serverInfo names them.
const (
	Cloud      = "Cloud"
	DataCenter = "Data Center"
)

// Options configure a simulated Jira. The zero value is a Cloud site with the
// project ISMS, the default workflow, fields and users.
type Options struct {
	Deployment  string // Cloud or DataCenter; "": Cloud
	Project     string // key of the first project; "": ISMS
	ProjectName string // "": the key
	// URL is the address that answers name as their own; "": taken from the Host
	// of each request.
	URL string
	// CloudID is the id under which the gateway prefix /ex/jira/{cloudId} is
	// accepted; "": any.
	CloudID    string
	Clock      *simkit.Clock // nil: real time
	Users      []User        // nil: DefaultUsers
	Fields     []Field       // custom fields; nil: DefaultFields
	IssueTypes []string      // nil: Nonconformity, Improvement opportunity, Preventive case
	Workflow   *Workflow     // nil: DefaultWorkflow
	Versions   []string      // of every project
	Components []string      // of every project
	// IndexLag is how far the search index is behind the truth.
	IndexLag time.Duration
	// Latency delays every answer; Concurrency bounds requests served at once,
	// beyond it they wait. 0: none.
	Latency     time.Duration
	Concurrency int
	Limits      Limits
	// PageSize bounds the pages of searches, comments and changelogs, as a vendor may at
	// any time by giving less than was asked for. 0: the limits that Jira documents.
	PageSize int
	// InlineComments and InlineHistory bound the comments and the changelog shown
	// within an issue, newest kept; 0: 5000 comments; 100 histories for a single
	// issue and 40 in listings on Cloud, all on Data Center.
	InlineComments, InlineHistory int
	// WebhookURL installs a webhook for all events from the start, signed with
	// WebhookSecret.
	WebhookURL    string
	WebhookSecret string
	WebhookClient *http.Client // nil: a client of the simulator's own
	// FirstID is the number before that of the first issue created; 0: 10000.
	FirstID int64
}

// A Server is a simulated Jira. Its methods are safe for concurrent use.
type Server struct {
	opts   Options
	cloud  bool
	clock  *simkit.Clock
	truth  *simkit.Truth
	faults *simkit.Faults
	post   *simkit.Courier

	api     http.Handler
	control http.Handler

	mu         sync.Mutex // guards all that follows
	base       string
	nextID     int64
	nextReq    int64
	lastMoment time.Time
	users      []*account
	projects   []*project
	types      []*issueType
	fields     []*fieldDef
	fieldByID  map[string]*fieldDef
	flow       *Workflow
	issues     map[int64]*issue
	order      []*issue // by id
	byKey      map[string]*issue
	hooks      []*hook
	budgets    budgets
	outgoing   []simkit.Delivery // to be sent when the lock is released
	dropLabels bool
}

// New starts a simulated Jira without issues.
func New(o Options) *Server {
	if o.Deployment == "" {
		o.Deployment = Cloud
	}
	if o.Project == "" {
		o.Project = "ISMS"
	}
	if o.Users == nil {
		o.Users = DefaultUsers()
	}
	if o.Fields == nil {
		o.Fields = DefaultFields()
	}
	if o.IssueTypes == nil {
		o.IssueTypes = []string{"Nonconformity", "Improvement opportunity", "Preventive case"}
	}
	if o.Workflow == nil {
		o.Workflow = DefaultWorkflow()
	}
	if o.FirstID == 0 {
		o.FirstID = 10000
	}
	if o.Clock == nil {
		o.Clock = simkit.NewClock(time.Time{})
	}
	s := &Server{
		opts: o, cloud: o.Deployment == Cloud,
		clock: o.Clock, truth: &simkit.Truth{}, faults: &simkit.Faults{Clock: o.Clock},
		base: strings.TrimSuffix(o.URL, "/"), nextID: o.FirstID,
		flow: o.Workflow.clone(), issues: map[int64]*issue{}, byKey: map[string]*issue{},
	}
	if s.base == "" {
		s.base = "https://jira.test"
	}
	client := o.WebhookClient
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	if s.cloud {
		c := *client
		if c.Transport == nil {
			c.Transport = &http.Transport{MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute}
		}
		c.Transport = retries{next: c.Transport, wait: 20 * time.Millisecond}
		client = &c
	}
	s.post = simkit.NewCourier(client)
	s.post.SetClock(s.clock)
	for i, name := range o.IssueTypes {
		s.types = append(s.types, &issueType{id: itoa(int64(10001 + i)), name: name})
	}
	s.defineFields(o.Fields)
	for _, u := range o.Users {
		s.AddUser(u)
	}
	s.AddProject(o.Project, o.ProjectName)
	if o.WebhookURL != "" {
		s.AddWebhook(o.WebhookURL, o.WebhookSecret)
	}
	var h http.Handler = s.serveAPI(s.routes())
	if o.Concurrency > 0 {
		h = atMost(o.Concurrency, h)
	}
	if o.Latency > 0 {
		h = simkit.Latency(o.Latency, h)
	}
	s.api = s.faults.Middleware(h)
	s.control = s.controls()
	return s
}

// ServeHTTP answers API requests, and control requests below /_sim/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/_sim/") {
		s.control.ServeHTTP(w, r)
		return
	}
	s.api.ServeHTTP(w, r)
}

// Close stops the sending of webhooks.
func (s *Server) Close() { s.post.Close() }

// Truth is the log of every change that took effect, and by whom.
func (s *Server) Truth() *simkit.Truth { return s.truth }

// Faults injects failures and counts requests.
func (s *Server) Faults() *simkit.Faults { return s.faults }

// Courier sends the webhooks.
func (s *Server) Courier() *simkit.Courier { return s.post }

// Clock is the clock of the simulated Jira.
func (s *Server) Clock() *simkit.Clock { return s.clock }

// SetIndexLag changes how far the search index is behind the truth, for changes
// made from now on.
func (s *Server) SetIndexLag(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.IndexLag = d
}

// now is the time in Jira's precision, milliseconds.
func (s *Server) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }

// moment is now, but later than every moment before it, so that no two changes
// share one. The caller holds the lock.
func (s *Server) moment() time.Time {
	t := s.now()
	if !t.After(s.lastMoment) {
		t = s.lastMoment.Add(time.Millisecond)
	}
	s.lastMoment = t
	return t
}

func (s *Server) id() int64 {
	s.nextID++
	return s.nextID
}

// atMost lets n requests through at a time.
func atMost(n int, next http.Handler) http.Handler {
	slots := make(chan struct{}, n)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}
