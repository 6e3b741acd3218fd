package dst

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/register"
)

// A remark is a comment of somebody who wants something of conformd, or seems to.
type remark struct {
	kind    string
	by      string // account
	text    string // the comment; TOKEN is replaced
	verb    string // the command as it is answered, "" where none is seen
	field   register.Field
	counts  bool // it gives the field its value
	nothing bool // it is no command: people see code, a quote or talk
	jira    string
	value   string // that the command decides for the field, if it may be decided
}

// typing are comments with commands, right and wrong.
func typing() []remark {
	const f = "```"
	return []remark{
		{kind: "give a cause by command", by: "erik", text: "/capa root-cause Because TOKEN was seen.", verb: "root-cause", field: register.FieldRootCause, counts: true},
		{kind: "give a correction by command", by: "olga", text: "Done.\n\n/capa correction Switched off, TOKEN.", verb: "correction", field: register.FieldCorrection, counts: true},
		{kind: "mistype the verb", by: "rita", text: "/capa efective compared, TOKEN", verb: "efective"},
		{kind: "mistype the command", by: "rita", text: "/cappa effective compared, TOKEN", verb: "effective"},
		{kind: "command without its text", by: "olga", text: "/capa root-cause", verb: "root-cause"},
		{kind: "ask for help", by: "olga", text: "/capa help", verb: "help"},
		{kind: "ask where it stands", by: "erik", text: "/capa status", verb: "status"},
		{kind: "approve without the role", by: "erik", text: "/capa approve-plan fine, TOKEN", verb: "approve-plan"},
		{kind: "review one's own work", by: "erik", text: "/capa effective I looked, TOKEN", verb: "effective"},
		{kind: "decide with conformd's own account", by: bot, text: "/capa effective compared, TOKEN", verb: "effective"},
		{kind: "command in a code block", by: "rita", text: "Type this:\n\n" + f + "\n/capa effective compared, TOKEN\n" + f, nothing: true, jira: "Type this:\n\n{noformat}\n/capa effective compared, TOKEN\n{noformat}"},
		{kind: "command in a list's code block", by: "rita", text: "- Type this:\n\n  " + f + "\n  /capa root-cause Because TOKEN was seen.\n  " + f, nothing: true, jira: "* Type this\n{code}\n/capa root-cause Because TOKEN was seen.\n{code}"},
		{kind: "command in a quote", by: "rita", text: "> /capa effective compared, TOKEN\n\nIs that so?", nothing: true, jira: "{quote}\n/capa effective compared, TOKEN\n{quote}\nIs that so?"},
	}
}

// A typed is a comment of those that was posted.
type typed struct {
	remark
	side   string
	issue  string // as the log names it
	seq    int64
	id     int64  // of a comment in GitHub
	jiraID string // of a comment in Jira
	words  string // that belong to the command
	token  string
	early  bool // before conformd ran for the first time
	// revised: its author edited or deleted it. After is the token of the new command, "" if
	// there is none.
	revised bool
	after   string
}

// remark posts one of them, in either tracker.
func (p *person) remark(l remark) error {
	ji := p.w.trackers.Jira.Snapshots()
	if p.r.IntN(3) == 0 && len(ji) > 0 && !isBot(l.by) {
		return p.remarkInJira(l, ji[p.r.IntN(len(ji))])
	}
	is, _, ok := p.issue()
	if !ok {
		return errNothing
	}
	return p.remarkInGitHub(l, is)
}

// remarkInJira posts one on an issue of Jira.
func (p *person) remarkInJira(l remark, is jirasim.Snapshot) error {
	text := strings.ReplaceAll(cmp.Or(l.jira, l.text), "TOKEN", p.token())
	id, err := p.w.trackers.Jira.Person(l.by).Comment(is.Key, text)
	if err == nil {
		p.said(l, jira, is.ID, 0, text)
		p.w.mu.Lock()
		p.w.typed[len(p.w.typed)-1].jiraID = id
		p.w.mu.Unlock()
	}
	return err
}

// remarkInGitHub posts one on an issue of GitHub.
func (p *person) remarkInGitHub(l remark, is githubsim.State) error {
	text := strings.ReplaceAll(l.text, "TOKEN", p.token())
	account := l.by
	if isBot(account) && p.w.App {
		account = appBot
	}
	id, err := p.w.trackers.GitHub.As(account).Comment(is.Number, text)
	if err == nil {
		p.said(l, github, fmt.Sprintf("acme/isms#%d", is.Number), id, text)
	}
	return err
}

// said remembers a comment that was posted.
func (p *person) said(l remark, side, issue string, id int64, text string) {
	t := p.w.trackers.Jira.Truth()
	if side == github {
		t = p.w.trackers.GitHub.Truth()
	}
	_, words, _ := strings.Cut(text, l.verb)
	words = cmp.Or(l.value, words)
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.w.typed = append(p.w.typed, typed{
		remark: l, side: side, issue: issue, seq: t.Len(), id: id, words: strings.TrimSpace(words), token: p.token(), early: p.w.starts == 0,
	})
}
