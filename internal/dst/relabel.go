package dst

import (
	"context"
	"slices"
	"strings"
)

// relabelling are the acts of those who put labels, options and fields in order, for all
// issues at once.
func relabelling() []act {
	return []act{
		{"rename a label", 3, true, (*person).renameLabel},
		{"rename a label back", 5, true, (*person).nameLabelBack},
		{"delete a label", 2, true, (*person).deleteLabel},
		{"rename an option", 4, true, (*person).renameOption},
		{"rename an option back", 5, true, (*person).nameOptionBack},
		{"hide a field", 4, true, (*person).hideField},
		{"show a field", 5, true, (*person).showField},
		{"take a field off the screen", 3, false, func(p *person) error { return p.screen(false) }},
		{"put a field on the screen", 4, false, func(p *person) error { return p.screen(true) }},
	}
}

// former is what a label or an option is called in addition after it was renamed.
const former = " (former)"

// ctx is that of what a person does over HTTP.
func (p *person) ctx() context.Context { return withActor(context.Background(), p.a) } //nolint:forbidigo // a simulation has no caller that could end it

// label draws a label that says something about a record.
func (p *person) label(ok func(string) bool) (string, bool) {
	all := slices.DeleteFunc(p.w.trackers.GitHub.LabelNames(), func(l string) bool { return !ok(l) })
	if len(all) == 0 {
		return "", false
	}
	return all[p.r.IntN(len(all))], true
}

func telling(l string) bool { return strings.HasPrefix(l, "grade/") || strings.HasPrefix(l, "risk/") }

func (p *person) renameLabel() error {
	l, ok := p.label(telling)
	if !ok {
		return errNothing
	}
	to := l + former // it means nothing any more
	if p.r.IntN(2) == 0 {
		to = "x-" + l // it is no label of its kind any more
	}
	return p.w.trackers.RenameLabel(p.ctx(), l, to)
}

func (p *person) nameLabelBack() error {
	l, ok := p.label(func(l string) bool { return strings.HasSuffix(l, former) || strings.HasPrefix(l, "x-") })
	if !ok {
		return errNothing
	}
	return p.w.trackers.RenameLabel(p.ctx(), l, strings.TrimPrefix(strings.TrimSuffix(l, former), "x-"))
}

func (p *person) deleteLabel() error {
	l, ok := p.label(telling)
	if !ok {
		return errNothing
	}
	return p.w.trackers.DeleteLabel(p.ctx(), l)
}

// options are what can be renamed: a field and one of its options.
func options() [][2]string {
	return [][2]string{{"NC grade", "Minor"}, {"NC grade", "Major"}, {"Root cause method", "Fishbone"}, {"Root cause method", "5 whys"}}
}

func (p *person) renameOption() error {
	o := options()[p.r.IntN(len(options()))]
	return p.w.trackers.Jira.RenameOption(o[0], o[1], o[1]+former)
}

func (p *person) nameOptionBack() error {
	for _, o := range options() {
		if p.w.trackers.Jira.RenameOption(o[0], o[1]+former, o[1]) == nil {
			return nil
		}
	}
	return errNothing
}

// hideable are fields that a field configuration may hide.
func hideable() []string {
	return append(names(), "NC grade", "Where", "description", "assignee")
}

func (p *person) hideField() error {
	return p.w.trackers.Jira.HideField(hideable()[p.r.IntN(len(hideable()))], true)
}

func (p *person) showField() error {
	return p.w.trackers.Jira.HideField(hideable()[p.r.IntN(len(hideable()))], false)
}

func (p *person) screen(on bool) error {
	return p.w.trackers.Jira.Show(names()[p.r.IntN(len(names()))], on)
}

// putRight gives the fields and options of Jira back.
func (w *world) putRight() {
	for _, o := range options() {
		_ = w.trackers.Jira.RenameOption(o[0], o[1]+former, o[1]) // fails where it was not renamed
	}
	for _, f := range hideable() {
		if err := w.trackers.Jira.HideField(f, false); err != nil {
			panic(err)
		}
	}
}
