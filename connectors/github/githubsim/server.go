package githubsim

import (
	"crypto/rsa"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/conformd/conformd/connectors/simkit"
)

// A Role is what an account may do in a repository.
type Role string

// The roles, from none to all. A read account may file issues and comment;
// triage may label, assign and close; write may do so and create labels; admin
// may also install webhooks.
const (
	None   Role = "none"
	Read   Role = "read"
	Triage Role = "triage"
	Write  Role = "write"
	Admin  Role = "admin"
)

func (r Role) rank() int {
	switch r {
	case Read:
		return 1
	case Triage:
		return 2
	case Write:
		return 3
	case Admin:
		return 4
	}
	return 0
}

// A User is an account of the simulated GitHub.
type User struct {
	Login string
	ID    int64 // 0: chosen
	Name  string
	Token string // "": cannot log in
	Role  Role   // in every repository unless SetRole says otherwise; "": none
	Bot   bool
}

// An App is a GitHub App installed in the owner's account.
type App struct {
	ID             int64
	Slug           string
	InstallationID int64 // 0: 1
	PublicKey      *rsa.PublicKey
	Role           Role          // what its permissions amount to; "": Write
	TokenLife      time.Duration // of installation tokens; 0: one hour, as on GitHub
}

// Limits are the rate limits. The zero value has the primary limit of
// github.com (5000 an hour), or none on an Enterprise Server, and no secondary
// limits.
type Limits struct {
	PerHour          int  // primary limit per account, of each API by itself; negative: none
	ContentPerMinute int  // secondary limit of creating content; 0: none
	ContentPerHour   int  // likewise per hour
	NoRetryAfter     bool // secondary limits are told in the text of the body only
}

// Options configure a simulated GitHub.
type Options struct {
	Owner, Repo string
	// URL is the address under which the server is reached, without a trailing
	// slash. "": taken from the Host of each request.
	URL   string
	Clock *simkit.Clock // nil: real time
	Users []User
	App   *App
	// PageSize is how many rows a page of a listing holds at most, also if the client asks
	// for more. 0 means 100, as at GitHub.
	PageSize int
	// ListLag is how far listings are behind the truth.
	ListLag time.Duration
	// GHES serves the API below /api/v3 and names a version in its answers.
	GHES   bool
	Limits Limits
	// IssueTypes are the organisation's; none: it has no issue types.
	IssueTypes []string
	Public     bool // the repositories are readable by everybody
	// Lacks are routes that are answered 404, such as "GET /user/{id}" or "POST /graphql", as
	// by servers of others that speak only a part of GitHub's API.
	Lacks []string
	// SinceExclusive makes the parameter since of listings leave out its very second.
	SinceExclusive bool
	// WebhookURL installs a webhook for all events from the start, signed with
	// WebhookSecret.
	WebhookURL    string
	WebhookSecret string
	// WebhookClient sends the webhooks; nil: a client of the simulator's own.
	WebhookClient *http.Client
}

// ghesVersion is the release that an Enterprise Server names.
const ghesVersion = "3.17.0"

// A Server is a simulated GitHub. Its methods are safe for concurrent use.
type Server struct {
	opts   Options
	clock  *simkit.Clock
	truth  *simkit.Truth
	faults *simkit.Faults
	post   *simkit.Courier

	api     http.Handler
	table   []route
	schema  *ast.Schema // of the GraphQL API
	control http.Handler
	prefix  string // of API paths: "" or "/api/v3"

	mu       sync.Mutex // guards all that follows
	base     string     // scheme and host of the latest request, or Options.URL
	nextID   int64
	nextReq  int64
	accounts []*account
	byLogin  map[string]*account // lower case
	tokens   map[string]*token
	repos    []*repo
	budgets  map[string]*budget // by resource and account id
	cache    map[string][]byte  // rendered accounts by address and login
	hookLog  []*delivery
}

// New starts an empty GitHub with one repository.
func New(o Options) *Server {
	s := &Server{
		opts:    o,
		clock:   o.Clock,
		truth:   &simkit.Truth{},
		faults:  &simkit.Faults{},
		base:    strings.TrimSuffix(o.URL, "/"),
		nextID:  100_000,
		byLogin: map[string]*account{},
		tokens:  map[string]*token{},
		budgets: map[string]*budget{},
		cache:   map[string][]byte{},
	}
	if s.clock == nil {
		s.clock = simkit.NewClock(time.Time{})
	}
	if s.base == "" {
		s.base = "https://github.test"
	}
	if o.GHES {
		s.prefix = "/api/v3"
	}
	hc := o.WebhookClient
	if hc == nil {
		hc = &http.Client{Timeout: 10 * time.Second}
	}
	s.post = simkit.NewCourier(hc)
	s.post.SetClock(s.clock)
	s.faults.Clock = s.clock
	s.account(User{Login: o.Owner}, "Organization")
	for _, u := range o.Users {
		s.AddUser(u)
	}
	if o.App != nil {
		s.installApp(*o.App)
	}
	s.AddRepo(o.Repo)
	if o.WebhookURL != "" {
		s.repos[0].hooks = append(s.repos[0].hooks, &hook{
			id: s.id(), url: o.WebhookURL, secret: o.WebhookSecret, events: []string{"*"},
			active: true, contentType: "json", created: s.now(),
		})
	}
	s.table = slices.DeleteFunc(routes(), func(r route) bool { return slices.Contains(o.Lacks, r.method+" "+r.path) })
	s.schema = loadSchema()
	s.api = s.faults.Middleware(http.HandlerFunc(s.serveAPI))
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

// Clock is the time of the simulated GitHub.
func (s *Server) Clock() *simkit.Clock { return s.clock }

// now is the time in GitHub's precision.
func (s *Server) now() time.Time { return s.clock.Now().UTC().Truncate(time.Second) }

// id hands out database ids; they grow across all kinds of objects.
func (s *Server) id() int64 {
	s.nextID += 7
	return s.nextID
}
