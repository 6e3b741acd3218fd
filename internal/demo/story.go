package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

const (
	soon  = 2 * time.Minute // a change travels; a second or two on a machine at rest
	start = 5 * time.Minute // sixty records are taken in
)

func (s *stage) story(ctx context.Context) error {
	for _, scene := range []func(context.Context) error{s.opening, s.held, s.caused, s.conflict, s.lostWebhook, s.limited, s.reviewed, s.proof} {
		if err := scene(ctx); err != nil {
			return err
		}
	}
	return nil
}

// find returns the record bound to an issue of GitHub, once there is one.
func (s *stage) find(ctx context.Context, n int) (store.Row, []store.BoundIssue, error) {
	key := fmt.Sprintf("%s/%s#%d", rehearsal.Owner, rehearsal.Repo, n)
	rows, err := s.app.Store.Records(ctx)
	if err != nil {
		return store.Row{}, nil, err
	}
	keys, err := s.app.Store.Keys(ctx)
	if err != nil {
		return store.Row{}, nil, err
	}
	for _, r := range rows {
		if !slices.Contains(strings.Split(keys[r.Record.ID], ", "), key) {
			continue
		}
		links, err := s.app.Store.BoundIssues(ctx, r.Record.ID)
		return r, links, err
	}
	return store.Row{}, nil, store.ErrNotFound
}

// settled reports whether nothing about a record waits to be done.
func settled(r store.Row) bool { return r.Generation <= r.ObservedGeneration }

// filed has erik file a record in GitHub and waits until it is in step. It returns
// the number of the issue, that of the record, and the key of the issue in Jira.
func (s *stage) filed(ctx context.Context, r report) (n int, ref, twin string, err error) {
	if n, err = fileGitHub(s.trackers, "erik", r); err != nil {
		return 0, "", "", err
	}
	err = s.until(ctx, "the record with its twin in Jira", soon, func() (bool, error) {
		row, links, err := s.find(ctx, n)
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		for _, l := range links {
			if l.Binding == rehearsal.JiraBinding && l.State == store.IssueBound {
				ref, twin = row.Record.Ref, l.Ref.Key
			}
		}
		return err == nil && twin != "" && settled(row), err
	})
	return n, ref, twin, err
}

func (s *stage) opening(ctx context.Context) error {
	if err := s.begin(ctx, "Sixty records in two trackers become one register"); err != nil {
		return err
	}
	s.say("   A simulated Jira (%s) and GitHub (%s) hold %d records, filed by\n   engineers, from just reported to complete. conformd takes them in now.", s.trackers.JiraURL, s.trackers.GitHubURL, records)
	began := time.Now()
	err := s.until(ctx, "all records in step", start, func() (bool, error) {
		rows, err := s.app.Store.Records(ctx)
		if err != nil || len(rows) < records {
			return false, err
		}
		for _, r := range rows {
			if !settled(r) {
				return false, nil
			}
		}
		return len(s.trackers.Jira.Snapshots()) >= records, nil
	})
	if err != nil {
		return err
	}
	s.say("   Done in %s: %d records, and each that was filed in GitHub has an issue in Jira too.", time.Since(began).Round(100*time.Millisecond), records)
	s.say("   Look:  %s, signed in as the ISMS manager by this link:", s.web)
	if err := s.link(ctx, s.app.Config.People[0]); err != nil {
		return err
	}
	s.say("          conformd register list -c %s", s.config)
	return nil
}

// leavers is the record of the story: complete but for its cause.
func leavers(now time.Time) report {
	r := reportOf(5, now) // a complete one
	r.title, r.grade, r.owner = "Leavers keep their accounts after the last day", "minor", "erik"
	text := map[string]string{
		"What is wrong":                 "Three leaver accounts were still enabled 9 to 21 days after the leaving date.",
		"Requirement not met":           "A.5.18; Access policy 4.2",
		"Objective evidence":            "Export of the identity provider compared with the HR leaver list.",
		"Where (process, system, team)": "Offboarding, identity provider, People team",
		"Consequences":                  "None found: the sign-in logs show no use after the leaving date.",
		"Containment and correction":    "The three accounts were disabled the same day.",
		"Root cause":                    "_No response_",
		"Corrective action plan":        "- [x] Feed planned leavers a week ahead @erik due:" + now.AddDate(0, 0, 5).Format(time.DateOnly) + " evidence:https://acme.example/changes/81",
		"Closing summary":               "Leaver accounts are now disabled by the feed.",
	}
	r.parts = slices.Clone(r.parts)
	for i, p := range r.parts {
		if t, ok := text[p.heading]; ok {
			r.parts[i].text = t
		}
	}
	return r
}

type scene struct {
	number    int
	ref, twin string
}

func (s *stage) held(ctx context.Context) error {
	if err := s.begin(ctx, "A nonconformity is closed in GitHub without a root cause"); err != nil {
		return err
	}
	n, ref, twin, err := s.filed(ctx, leavers(s.trackers.Clock.Now()))
	if err != nil {
		return err
	}
	s.main = scene{n, ref, twin}
	s.say("   Erik filed %q as issue %d; it is %s and has the twin %s.", leavers(s.trackers.Clock.Now()).title, n, ref, twin)
	if err := s.decided(ctx, "/capa triage", register.SubjectTriage); err != nil {
		return err
	}
	s.say("   Irene, the ISMS manager, triages it with a comment: \"/capa triage\". Kind, grade, risk,\n   requirement and owner are decided from now on; a change of them in a tracker is a proposal.")
	if err := s.trackers.GitHub.As("erik").Close(n, "completed"); err != nil {
		return err
	}
	s.say("   Erik closes the issue. Its root cause is still empty.")
	err = s.until(ctx, "the closure being held, with label and comment", soon, func() (bool, error) {
		row, _, err := s.find(ctx, n)
		is := s.trackers.GitHub.Issue(n)
		return err == nil && row.Record.Requested == register.Closed && row.Record.State != register.Closed &&
			slices.Contains(is.Labels, "conformd:held") && s.told(n) != "", err
	})
	if err != nil {
		return err
	}
	is := s.trackers.GitHub.Issue(n)
	s.say("   conformd does not fight over the issue, but the register does not count it as closed.\n   The issue got the label conformd:held (labels: %s) and one comment:", strings.Join(is.Labels, ", "))
	s.say("%s", indent(visible(s.told(n))))
	s.say("   Look:  %s/records/%s", s.web, ref)
	s.say("          conformd register show %s -c %s", ref, s.config)
	return nil
}

// decided has irene decide something about the main record with a comment in GitHub, and
// waits until it counts.
func (s *stage) decided(ctx context.Context, command string, about register.Subject) error {
	if _, err := s.trackers.GitHub.As("irene").Comment(s.main.number, command); err != nil {
		return err
	}
	return s.until(ctx, command+" being taken in", soon, func() (bool, error) {
		row, _, err := s.find(ctx, s.main.number)
		return err == nil && slices.ContainsFunc(row.Record.Approvals, func(a register.Approval) bool { return a.Subject == about && a.Counts() }), err
	})
}

// told is conformd's comment on an issue in GitHub, "" if there is none.
func (s *stage) told(n int) string {
	for _, c := range s.trackers.GitHub.Issue(n).Comments {
		if c.Author == "conformd" {
			return c.Body
		}
	}
	return ""
}

// visible leaves out what GitHub does not show.
func visible(body string) string {
	return regexp.MustCompile(`(?s)<!--.*?-->\n*`).ReplaceAllString(body, "")
}

func (s *stage) caused(ctx context.Context) error {
	if err := s.begin(ctx, "The missing cause arrives from Jira, and the review from the right person"); err != nil {
		return err
	}
	const cause = "HR enters the leaving date after the last working day, so the feed runs late."
	m := s.main
	if err := s.trackers.Jira.Person("olga").Edit(m.twin, map[string]any{"Root cause": cause, "Cause category": "Process"}); err != nil {
		return err
	}
	s.say("   Olga, who works in Jira, fills in the root cause of %s.", m.twin)
	err := s.until(ctx, "the cause on both sides", soon, func() (bool, error) {
		return strings.Contains(s.trackers.GitHub.Issue(m.number).Body, cause), nil
	})
	if err != nil {
		return err
	}
	if err := s.decided(ctx, "/capa approve-plan", register.SubjectPlan); err != nil {
		return err
	}
	err = s.until(ctx, "the record in verifying", soon, func() (bool, error) {
		row, _, err := s.find(ctx, m.number)
		return err == nil && row.Record.State == register.Verifying, err
	})
	if err != nil {
		return err
	}
	s.say("   conformd wrote it under the heading in GitHub. Irene approves the plan as it is now:\n   \"/capa approve-plan\". %s is verifying. The comment was edited in place and asks for\n   one thing only: an independent review.", m.ref)
	if _, err := s.trackers.GitHub.As("erik").Comment(m.number, "/capa effective I have seen no more cases."); err != nil {
		return err
	}
	refused := ""
	err = s.until(ctx, "the owner's review being refused", soon, func() (bool, error) {
		row, _, err := s.find(ctx, m.number)
		for _, a := range row.Record.Approvals {
			if a.Subject == register.SubjectEffectiveness {
				refused = a.Refused
			}
		}
		return err == nil && refused != "" && row.Record.State == register.Verifying, err
	})
	if err != nil {
		return err
	}
	s.say("   Erik comments \"/capa effective …\" himself. It is kept on record and does not count:\n      | %s", refused)
	if _, err := s.trackers.GitHub.As("rita").Comment(m.number, "/capa effective Compared four weekly exports with the HR list, no leaver enabled."); err != nil {
		return err
	}
	err = s.until(ctx, "the record closed on both sides", soon, func() (bool, error) {
		row, _, err := s.find(ctx, m.number)
		is := s.trackers.GitHub.Issue(m.number)
		j, _ := s.trackers.Jira.Snapshot(m.twin)
		return err == nil && row.Record.State == register.Closed && is.State == "closed" && !slices.Contains(is.Labels, "conformd:held") && j.Status == "Closed", err
	})
	if err != nil {
		return err
	}
	s.say("   Rita, who neither owns it nor did the work, reviews it. Every guard holds now: %s is\n   closed in the register, in GitHub (the label is gone) and in Jira (%s).", m.ref, m.twin)
	s.say("   Look:  %s/records/%s", s.web, m.ref)
	return nil
}

func (s *stage) conflict(ctx context.Context) error {
	if err := s.begin(ctx, "Two people change the same field at the same time"); err != nil {
		return err
	}
	r := reportOf(11, s.trackers.Clock.Now())
	r.title = "Restore of the billing database takes longer than agreed"
	n, ref, twin, err := s.filed(ctx, r)
	if err != nil {
		return err
	}
	s.second = scene{n, ref, twin}
	const here, there = "Seven hours without invoices.", "Invoices of one day were sent late."
	g, j := s.trackers.GitHub, s.trackers.Jira
	g.Courier().Hold()
	j.Courier().Hold()
	err = errors.Join(
		g.As("erik").Rewrite(n, section(g.Issue(n).Body, "Consequences", here)),
		j.Person("olga").Edit(twin, map[string]any{"Consequences": there}))
	g.Courier().Release(false)
	j.Courier().Release(false)
	if err != nil {
		return err
	}
	s.say("   %s: Erik writes the consequences in GitHub, Olga others in %s.", ref, twin)
	err = s.until(ctx, "the conflict with both values", soon, func() (bool, error) {
		c, err := s.open(ctx, ref)
		if err != nil || c == nil {
			return false, err
		}
		var values []string
		for _, v := range c.Conflict.Values {
			values = append(values, strings.TrimSpace(v.Value))
		}
		snap, _ := j.Snapshot(twin)
		return slices.Contains(values, here) && slices.Contains(values, there) &&
			strings.Contains(g.Issue(n).Body, here) && snap.Fields["Consequences"] == there, nil
	})
	if err != nil {
		return err
	}
	s.say("   conformd overwrites neither. Both values are kept and wait for a person:")
	s.say("      | GitHub  %q\n      | Jira    %q", here, there)
	s.say("   Look:  conformd conflicts list -c %s", s.config)
	if err := j.Person("olga").Edit(twin, map[string]any{"Consequences": here}); err != nil {
		return err
	}
	err = s.until(ctx, "the end of the conflict", soon, func() (bool, error) {
		c, err := s.open(ctx, ref)
		return c == nil, err
	})
	if err != nil {
		return err
	}
	s.say("   They talk. Olga takes Erik's text over in Jira, and the conflict is over.")
	return nil
}

// open returns the open conflict of a record, nil if there is none.
func (s *stage) open(ctx context.Context, ref string) (*store.ConflictRow, error) {
	cs, err := s.app.Store.Conflicts(ctx)
	for _, c := range cs {
		if c.Ref == ref && c.Closed.IsZero() {
			return &c, nil
		}
	}
	return nil, err
}

// section does what a person does in the editor: replaces what stands under a heading.
func section(body, heading, text string) string {
	re := regexp.MustCompile(`(?s)(### ` + regexp.QuoteMeta(heading) + `\n\n).*?(\n\n###|\n*$)`)
	return re.ReplaceAllString(body, "${1}"+strings.ReplaceAll(text, "$", "$$")+"${2}")
}

func (s *stage) lostWebhook(ctx context.Context) error {
	if err := s.begin(ctx, "A webhook is lost"); err != nil {
		return err
	}
	const title = "Restore of the billing database takes seven hours instead of four"
	courier := s.trackers.GitHub.Courier()
	if err := courier.Wait(ctx); err != nil {
		return err
	}
	courier.Lose(1)
	began := time.Now()
	if err := s.trackers.GitHub.As("erik").Retitle(s.second.number, title); err != nil {
		return err
	}
	s.say("   Erik changes the title of issue %d, and GitHub's delivery never arrives.", s.second.number)
	err := s.until(ctx, "the change being found by polling", soon, func() (bool, error) {
		row, _, err := s.find(ctx, s.second.number)
		j, _ := s.trackers.Jira.Snapshot(s.second.twin)
		return err == nil && row.Record.Fields[register.FieldTitle] == title && j.Fields["summary"] == title, err
	})
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(courier.Deliveries(), func(d simkit.Sent) bool { return d.Lost }) {
		return &UnmetError{s.step, "the loss of the delivery", 0}
	}
	s.say("   The next poll found it, %s later, and brought it to %s. A webhook is only a hint;\n   what counts is what the tracker shows.", time.Since(began).Round(100*time.Millisecond), s.second.twin)
	return nil
}

func (s *stage) limited(ctx context.Context) error {
	if err := s.begin(ctx, "GitHub asks for patience"); err != nil {
		return err
	}
	const wait = 3 * time.Second
	f := githubsim.SecondaryLimit(http.StatusTooManyRequests, 1, wait)
	f.Method = http.MethodPatch
	s.trackers.GitHub.Faults().Add(f)
	const text = "Restored on the standby host; customers were told."
	if err := s.trackers.Jira.Person("olga").Edit(s.second.twin, map[string]any{"Containment": text}); err != nil {
		return err
	}
	s.say("   Olga edits the containment in Jira. GitHub answers conformd's write with 429 and\n   Retry-After: %d.", int(wait.Seconds()))
	err := s.until(ctx, "the write after the wait", soon+wait, func() (bool, error) {
		return strings.Contains(s.trackers.GitHub.Issue(s.second.number).Body, text), nil
	})
	if err != nil {
		return err
	}
	var refused time.Time
	for _, r := range s.trackers.GitHub.Faults().Requests() {
		switch {
		case r.Method != http.MethodPatch:
		case r.Status == http.StatusTooManyRequests:
			refused = r.At
		case !refused.IsZero() && r.By == "conformd" && r.Status < 300:
			after := r.At.Sub(refused)
			if after < wait {
				return &UnmetError{s.step, fmt.Sprintf("the wait of %s (a write came after %s)", wait, after), wait}
			}
			s.say("   conformd left GitHub alone and wrote %s later. Nothing was lost, nothing sent twice.", after.Round(100*time.Millisecond))
			return nil
		}
	}
	return &UnmetError{s.step, "an answer of 429 followed by a write", soon}
}
