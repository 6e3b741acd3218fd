package dst

import (
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors/github/githubsim"
)

// An act is one thing that people do who put trackers in order as they like them, work
// with scripts, and type what comes to mind.
type act struct {
	kind   string
	weight int
	// swept says that no listing by time shows what changed.
	swept bool
	do    func(*person) error
}

// errNothing is the error of an act for which there was no occasion.
var errNothing = fmt.Errorf("there was nothing to do it to")

// acts lists what is drawn, in a fixed order.
func acts() []act {
	var out []act
	for _, d := range damages() {
		out = append(out, act{d.kind, 4, false, func(p *person) error { return p.damage(d) }})
	}
	out = append(out, act{"mend a description", 12, false, (*person).mend})
	out = append(out, relabelling()...)
	out = append(out, bulk()...)
	for _, t := range typing() {
		out = append(out, act{t.kind, 3, false, func(p *person) error { return p.remark(t) }})
	}
	return append(out, refusals()...)
}

// ActKinds lists the kinds of acts, and those that ordinary work gained with them.
func ActKinds() []string {
	var out []string
	for _, a := range slices.Concat(acts(), fillings(), revisions(), teamwork()) {
		out = append(out, "act: "+a.kind)
	}
	for _, k := range append(smallKinds(), decisionKinds()...) {
		out = append(out, "act: "+k)
	}
	for _, s := range shortcuts() {
		out = append(out, "act: insider, "+s.what)
	}
	return append(out, "act: "+undoKind)
}

// oneOf does one of some acts.
func (p *person) oneOf(acts []act) (string, error) {
	var all []act
	total := 0
	for _, a := range acts {
		if !a.swept || p.w.sweeps() {
			all = append(all, a)
			total += a.weight
		}
	}
	n := p.r.IntN(total)
	for _, a := range all {
		if n -= a.weight; n >= 0 {
			continue
		}
		return a.kind, p.w.did(a.kind, a.do(p))
	}
	panic("dst: no act was drawn")
}

// did counts an act that took effect.
func (w *world) did(kind string, err error) error {
	if err == nil {
		w.mu.Lock()
		w.counts["act: "+kind]++
		w.mu.Unlock()
	}
	return err
}

// issue draws an issue of GitHub.
func (p *person) issue() (githubsim.State, string, bool) {
	all := p.w.trackers.GitHub.Issues()
	if len(all) == 0 {
		return githubsim.State{}, "", false
	}
	is := all[p.r.IntN(len(all))]
	return is, fmt.Sprintf("acme/isms#%d", is.Number), true
}

// A damage is what people do to a description at one of its headings.
type damage struct {
	kind string
	// do returns what becomes of a section, its heading and its text.
	do func(p *person, h, text string) string
}

func damages() []damage {
	return []damage{
		{"reword a heading", func(_ *person, h, s string) string { return h + " (see the minutes)\n\n" + s }},
		{"replace a heading", func(_ *person, _, s string) string { return "### Notes of the meeting\n\n" + s }},
		{"delete a heading", func(_ *person, _, s string) string { return s }},
		{"delete a section", func(*person, string, string) string { return "" }},
		{"change a level", func(p *person, h, s string) string {
			return []string{"#", "##", "####", "#####"}[p.r.IntN(4)] + strings.TrimLeft(h, "#") + "\n\n" + s
		}},
		{"fold a section", func(_ *person, h, s string) string {
			return "<details>\n<summary>More</summary>\n\n" + h + "\n\n" + s + "\n\n</details>"
		}},
		{"quote a section", func(_ *person, h, s string) string {
			return "> " + h + "\n>\n> " + strings.ReplaceAll(s, "\n", "\n> ")
		}},
		{"double a heading", func(p *person, h, s string) string {
			return h + "\n\n" + s + "\n\n" + h + "\n\nAnother thought, " + p.token() + "."
		}},
		{"forget to end a code block", func(_ *person, h, s string) string { return h + "\n\n" + s + "\n\n```sh\nls -l" }},
		{"put a heading between", func(_ *person, h, s string) string { return h + "\n\n### Summary of it\n\n" + s }},
	}
}

// whole are the damages to a whole description.
const (
	mailed = "paste a mail over the description"
	wiped  = "empty the description"
)

// damage does one to a heading of a description, or to all of it.
func (p *person) damage(d damage) error {
	is, key, ok := p.issue()
	if !ok {
		return errNothing
	}
	h := append(headings(), "Date identified", "Where (process, system, team)", "Similar nonconformities")[p.r.IntN(7)]
	body, ok := restructured(is.Body, h, func(line, text string) string { return d.do(p, line, text) })
	if !ok {
		return errNothing
	}
	return p.hurt(is, key, body)
}

// hurt saves a damaged description, and remembers what it was.
func (p *person) hurt(is githubsim.State, key, body string) error {
	err := p.w.trackers.GitHub.As("irene").Rewrite(is.Number, body)
	if err == nil {
		p.w.mu.Lock()
		p.w.hurt[key] = append(p.w.hurt[key], [2]string{is.Body, body})
		p.w.mu.Unlock()
	}
	return err
}

// mend puts a description back as it was before the last damage, if nobody has edited it
// since.
func (p *person) mend() error {
	is, key, ok := p.issue()
	if !ok {
		return errNothing
	}
	p.w.mu.Lock()
	all := p.w.hurt[key]
	p.w.mu.Unlock()
	if len(all) == 0 || all[len(all)-1][1] != is.Body {
		return errNothing
	}
	err := p.w.trackers.GitHub.As("irene").Rewrite(is.Number, all[len(all)-1][0])
	if err == nil {
		p.w.mu.Lock()
		p.w.hurt[key] = all[:len(all)-1]
		p.w.mu.Unlock()
	}
	return err
}

// restructured replaces a section, its heading included, by what f makes of it.
func restructured(body, heading string, f func(line, text string) string) (string, bool) {
	line := "### " + heading
	before, rest, ok := strings.Cut("\n"+body, "\n"+line+"\n")
	if !ok {
		return "", false
	}
	text, after, more := strings.Cut(rest, "\n### ")
	if more {
		after = "\n\n### " + after
	} else if i := strings.Index(text, "Linked by conformd"); i >= 0 {
		text, after = text[:i], "\n\n"+text[i:]
	} else if i := strings.Index(text, "<!-- conformd"); i >= 0 {
		text, after = text[:i], "\n\n"+text[i:]
	}
	return strings.TrimSpace(before + "\n" + f(line, strings.TrimSpace(text)) + after), true
}
