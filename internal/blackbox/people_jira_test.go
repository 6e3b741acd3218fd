//go:build unix

package blackbox

import (
	"errors"
	"net/http"
)

func (s *side) actInJira() error {
	x := s.rng.IntN(20)
	if s.opened < 2 || x == 0 && s.opened < mostIssues {
		s.opened++
		_, err := s.call(s.who(), http.MethodPost, "/rest/api/2/issue", map[string]any{"fields": map[string]any{
			"project": map[string]any{"key": "ISMS"}, "issuetype": map[string]any{"name": "Nonconformity"}, "summary": s.value("Title"),
			s.fields["NC grade"]: map[string]any{"value": "Minor"},
		}})
		return err
	}
	path, err := s.look()
	if err != nil {
		return err
	}
	edit := func(field, v string) error {
		_, err := s.call(s.who(), http.MethodPut, path, map[string]any{"fields": map[string]any{field: v}})
		return err
	}
	switch {
	case x < 6:
		return edit("summary", s.value("Title"))
	case x < 15:
		p := parts()[s.rng.IntN(len(parts()))]
		return edit(s.fields[p.name], s.value(p.says))
	case x < 18:
		return s.move(path)
	default:
		_, err := s.call(s.who(), http.MethodPost, path+"/comment", map[string]any{"body": "Seen by me."})
		return err
	}
}

// move takes one of the steps that the workflow offers to somebody.
func (s *side) move(path string) error {
	who := s.who()
	var offer struct {
		Transitions []struct{ ID, Name string }
	}
	b, err := s.call(who, http.MethodGet, path+"/transitions", nil)
	if err == nil {
		err = decode(b, &offer)
	}
	if err != nil || len(offer.Transitions) == 0 {
		return err
	}
	step := offer.Transitions[s.rng.IntN(len(offer.Transitions))]
	if step.Name == "Reject" {
		return nil // it asks for a reason, which is another story
	}
	_, err = s.call(who, http.MethodPost, path+"/transitions", map[string]any{"transition": map[string]any{"id": step.ID}})
	if r, ok := errors.AsType[*refusal](err); ok && (r.status == http.StatusBadRequest || r.status == http.StatusConflict) {
		return nil // a validator asks for what is not there, or somebody was faster
	}
	return err
}
