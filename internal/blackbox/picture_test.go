//go:build unix

package blackbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A picture is what can be seen from outside at one moment.
type picture struct {
	records   []record
	conflicts []conflict
	issues    map[string]*issue    // by the key that people use
	truth     map[string][]change  // by tracker
	requests  map[string][]request // by tracker
	log       []entry              // the exported audit log
	kills     int                  // at most that many
}

// A record is what register list shows.
type record struct {
	Ref, State, Attention, Requested string
	Fields                           map[string]string
	Approvals                        []approval
	Issues                           []link
}

type approval struct{ Subject, Outcome, By, Reason, Refused string }

type link struct{ Binding, Key, State string }

// A conflict is what conflicts list shows.
type conflict struct {
	Ref      string
	Closed   time.Time `json:"closed_at"`
	Conflict struct {
		Field  string
		Values []struct{ Place, Value, Base string }
	}
}

// An issue is what the public API of a tracker shows.
type issue struct {
	tracker  string
	id       string            // as the truth names it
	texts    map[string]string // by the register's name of the field
	all      string            // everything that people wrote
	marker   string
	comments []string // of conformd
}

func (l *lane) look() *picture {
	l.Helper()
	p := &picture{
		issues:   map[string]*issue{},
		truth:    map[string][]change{"jira": l.jira.truth(), "github": l.github.truth()},
		requests: map[string][]request{"jira": l.jira.requests(), "github": l.github.requests()},
		kills:    l.options.Kills + 1,
	}
	l.print(&p.records, "register", "list", "--json")
	l.print(&p.conflicts, "conflicts", "list", "--all", "--json")
	l.lookAtJira(p)
	l.lookAtGitHub(p)
	return p
}

// print runs a command that prints JSON.
func (l *lane) print(into any, args ...string) {
	l.Helper()
	out, errs, code := l.command("conformd", append(args, "-c", l.config)...)
	if code != 0 {
		l.Fatalf("conformd %s ended with %d: %s", strings.Join(args, " "), code, errs)
	}
	if err := decode([]byte(out), into); err != nil {
		l.Fatalf("conformd %s: %v in %s", strings.Join(args, " "), err, out)
	}
}

func (l *lane) lookAtJira(p *picture) {
	l.Helper()
	for _, c := range p.truth["jira"] {
		if c.Field != "created" {
			continue
		}
		var got struct {
			ID, Key string
			Fields  map[string]any
		}
		l.jira.must("irene", http.MethodGet, "/rest/api/2/issue/"+c.Issue, nil, &got)
		is := &issue{tracker: "jira", id: got.ID, texts: map[string]string{"title": fmt.Sprint(got.Fields["summary"])}, all: fmt.Sprint(got.Fields)}
		for _, x := range parts() {
			v, _ := got.Fields[l.jira.fields[x.name]].(string) // null is no text
			is.texts[x.field] = strings.TrimSpace(v)
		}
		labels, _ := got.Fields["labels"].([]any)
		for _, label := range labels {
			if s := fmt.Sprint(label); strings.HasPrefix(s, "conformd-id-") {
				is.marker = s
			}
		}
		var said struct {
			Comments []struct {
				Author struct{ DisplayName string }
				Body   string
			}
		}
		l.jira.must("irene", http.MethodGet, "/rest/api/2/issue/"+c.Issue+"/comment", nil, &said)
		for _, x := range said.Comments {
			if x.Author.DisplayName == bot {
				is.comments = append(is.comments, x.Body)
			}
		}
		p.issues[got.Key] = is
	}
}

func (l *lane) lookAtGitHub(p *picture) {
	l.Helper()
	var list []struct {
		Number      int
		Title, Body string
	}
	l.github.must("irene", http.MethodGet, repo+"/issues?state=all&per_page=100", nil, &list)
	for _, x := range list {
		key := fmt.Sprintf("acme/isms#%d", x.Number)
		is := &issue{tracker: "github", id: key, texts: map[string]string{"title": x.Title}, all: x.Title + "\n" + x.Body}
		for _, y := range parts() {
			is.texts[y.field] = under(x.Body, y.heading)
		}
		if _, after, ok := strings.Cut(x.Body, "<!-- conformd:"); ok {
			is.marker, _, _ = strings.Cut(after, " ")
		}
		var said []struct {
			User struct{ Login string }
			Body string
		}
		l.github.must("irene", http.MethodGet, fmt.Sprintf("%s/issues/%d/comments", repo, x.Number), nil, &said)
		for _, c := range said {
			if c.User.Login == bot {
				is.comments = append(is.comments, c.Body)
			}
		}
		p.issues[key] = is
	}
}

// The reasons for which a record waits that are no fault of the daemon's: a create was
// lost, which it makes sure of for five minutes, or a tracker wants something that only
// a person can give.
const (
	lostCreate = "looking for an issue whose create was not answered"
	refusedBy  = "refused by the tracker"
	noStep     = "the workflow does not lead to"
)

// waits reports whether a record waits for one of the reasons, as the commands say.
func (r record) waits(reasons ...string) bool {
	return slices.ContainsFunc(reasons, func(why string) bool { return strings.Contains(r.Attention, why) })
}

// has reports whether a record has an issue, by the key that people use.
func (r record) has(key string) bool {
	return slices.ContainsFunc(r.Issues, func(i link) bool { return i.Key == key })
}

// asks reports whether a record waits for a person.
func (r record) asks() bool { return r.waits(refusedBy, noStep) }
