package github_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/connectors/transport"
)

func codes(r connectors.Report) []string {
	var out []string
	for _, p := range r.Problems {
		if p.What == "" || p.Remedy == "" {
			out = append(out, "(speechless)")
		}
		out = append(out, p.Code)
	}
	return out
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	for name, x := range map[string]struct {
		set   setting
		world func(*site)
		want  []string
	}{
		"nothing":                 {},
		"a server without limits": {set: ghes},
		"missing labels": {
			set: func(_ *githubsim.Options, c *github.Config) {
				c.Labels, c.NeedLabels = []string{"BUG"}, []string{"capa", "grade/minor", "capa"}
			},
			want: []string{"missing-label", "missing-label"},
		},
		"another repository": {
			set:  func(_ *githubsim.Options, c *github.Config) { c.Repo = "elsewhere" },
			want: []string{"missing-repository"},
		},
		"no access": {
			world: func(s *site) { s.SetRole("conformd-bot", "isms", githubsim.None) },
			want:  []string{"missing-repository"},
		},
		"archived": {
			world: func(s *site) { s.do(t, "PATCH", "/repos/acme/isms", "ghp_alice", `{"archived":true}`) },
			want:  []string{"repository-archived"},
		},
		"little left": {
			set: func(o *githubsim.Options, _ *github.Config) { o.Limits.PerHour = 40 },
			world: func(s *site) {
				for range 36 {
					_, _ = s.Get(t.Context(), connectors.Ref{Key: "#1"})
				}
			},
			want: []string{"rate-limit-low"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var settings []setting
			if x.set != nil {
				settings = append(settings, x.set)
			}
			s := open(t, settings...)
			s.Clock().Advance(time.Hour)
			if x.world != nil {
				x.world(s)
			}
			r, err := s.Check(t.Context())
			must(t, err)
			if d := cmp.Diff(x.want, codes(r)); d != "" {
				t.Errorf("problems (-want +got):\n%s", d)
			}
			if r.Self.Login != "conformd-bot" || !strings.HasPrefix(r.Server, "GitHub") || r.At.IsZero() {
				t.Errorf("Check = %+v, want who we are, the server and its clock", r)
			}
		})
	}
}

func TestCheckThatCannotAsk(t *testing.T) {
	s := open(t, func(_ *githubsim.Options, c *github.Config) { c.Auth.Token = "ghp_wrong" })
	_, err := s.Check(t.Context())
	e := failure(t, "Check", err, connectors.Unauthenticated)
	if strings.Contains(e.Error(), "ghp_wrong") {
		t.Errorf("the error shows the token: %v", e)
	}
	s = open(t)
	s.Faults().Add(simkit.Fault{Do: "status", Status: 503, Path: "/labels|/repos/acme/isms$", Times: -1})
	_, err = s.Check(t.Context())
	kind(t, "Check", err, connectors.Unavailable)
}

func TestCreateLabel(t *testing.T) {
	s := open(t)
	for range 2 { // that it exists already is no error
		must(t, s.CreateLabel(t.Context(), "capa", "b60205", "ISO/IEC 27001 clause 10"))
	}
	if d := cmp.Diff([]string{"bug", "capa", "documentation", "enhancement", "question"}, s.LabelNames()); d != "" {
		t.Errorf("labels (-want +got):\n%s", d)
	}
	kind(t, "CreateLabel", s.CreateLabel(t.Context(), "x", "red", ""), connectors.Rejected)
	s.SetRole("conformd-bot", "isms", githubsim.Triage)
	kind(t, "CreateLabel", s.CreateLabel(t.Context(), "x", "ff0000", ""), connectors.Denied)
}

func TestNewRefusesBadConfigurations(t *testing.T) {
	good := github.Config{Owner: "acme", Repo: "isms", Auth: github.Auth{Token: "secret-token"}}
	for name, change := range map[string]func(*github.Config){
		"no owner":         func(c *github.Config) { c.Owner = "" },
		"no repository":    func(c *github.Config) { c.Repo = "" },
		"no credential":    func(c *github.Config) { c.Auth = github.Auth{} },
		"two credentials":  func(c *github.Config) { c.Auth.App = &github.App{ID: 1} },
		"relative address": func(c *github.Config) { c.BaseURL = "/api/v3" },
		"password in it":   func(c *github.Config) { c.BaseURL = "https://me:secret-token@host/api/v3/" },
		"empty secret":     func(c *github.Config) { c.WebhookSecrets = []transport.Secret{"a", ""} },
	} {
		c := good
		change(&c)
		if _, err := github.New(c); err == nil || strings.Contains(err.Error(), "secret-token") {
			t.Errorf("%s: New = %v, want an error without the secret", name, err)
		}
	}
	if _, err := github.New(good); err != nil {
		t.Errorf("New = %v", err)
	}
}
