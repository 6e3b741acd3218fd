//go:build unix

package blackbox

import (
	"fmt"
	"net/http"
)

func (s *side) actInGitHub() error {
	x := s.rng.IntN(20)
	if s.opened < 2 || x == 0 && s.opened < mostIssues {
		return s.open()
	}
	if x < 3 && len(s.whole) > 0 {
		return s.conclude(s.whole[s.rng.IntN(len(s.whole))])
	}
	path, err := s.look()
	if err != nil {
		return err
	}
	var is struct {
		Body  string
		State string
	}
	if err := s.get(path, &is); err != nil {
		return err
	}
	patch := func(who string, body map[string]any) error {
		_, err := s.call(who, http.MethodPatch, path, body)
		return err
	}
	comment := func(who, text string) error {
		_, err := s.call(who, http.MethodPost, path+"/comments", map[string]any{"body": text})
		return err
	}
	switch {
	case x < 5:
		return patch(s.who(), map[string]any{"title": s.value("Title")})
	case x < 12:
		p := parts()[s.rng.IntN(len(parts()))]
		return patch(s.who(), map[string]any{"body": withSection(is.Body, p.heading, s.value(p.says))})
	case x < 13: // the cause is taken out, perhaps after the closing
		return patch(s.who(), map[string]any{"body": withSection(is.Body, "Root cause", "_No response_")})
	case x < 15 && is.State == "open":
		return patch(s.who(), map[string]any{"state": "closed", "state_reason": "completed"})
	case x < 15:
		return patch(s.who(), map[string]any{"state": "open"})
	case x < 18: // who may not decide tries to as well
		return comment(s.who(), "/capa effective "+s.value("Checked"))
	default:
		return comment(s.who(), "Seen by me.")
	}
}

// open files a record in GitHub: bare, or complete up to the review of its effect.
func (s *side) open() error {
	title := s.value("Title")
	body, labels := "### What is wrong\n\nThe reader at the door.\n\n### Root cause\n\n_No response_\n", []string{"capa"}
	owner := []string{"erik", "olga"}[s.rng.IntN(2)]
	if s.opened%2 == 0 {
		body, labels = complete(owner), []string{"capa", "grade/minor", "risk/high"}
	}
	s.opened++
	b, err := s.call(owner, http.MethodPost, repo+"/issues", map[string]any{"title": title, "body": body, "labels": labels, "assignees": []string{owner}})
	if err != nil || len(labels) == 1 {
		return err
	}
	var is struct{ Number int }
	if err := decode(b, &is); err != nil {
		return err
	}
	s.whole = append(s.whole, fmt.Sprintf("%s/issues/%d", repo, is.Number))
	return nil
}

// conclude brings a record to its end: all that the others have changed is put right,
// somebody confirms that it worked, and it is closed. Sometimes the cause is left out,
// and sometimes whoever confirms is the owner, who must not.
func (s *side) conclude(path string) error {
	var is struct{ Body string }
	if err := s.get(path, &is); err != nil {
		return err
	}
	for _, p := range parts() {
		is.Body = withSection(is.Body, p.heading, s.value(p.says))
	}
	if s.rng.IntN(4) == 0 {
		is.Body = withSection(is.Body, "Root cause", "_No response_")
	}
	if _, err := s.call("irene", http.MethodPatch, path, map[string]any{"body": is.Body, "state": "closed", "state_reason": "completed"}); err != nil {
		return err
	}
	_, err := s.call(s.who(), http.MethodPost, path+"/comments", map[string]any{"body": "/capa effective " + s.value("Checked")})
	return err
}

func (s *side) get(path string, into any) error {
	b, err := s.call("erik", http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return decode(b, into)
}
