package githubsim

func (s *Server) remove(i *issue, by *account, request string) {
	s.issueHook(i, "deleted", by, nil)
	s.log(i.key(), by, request, "deleted", i.title, "")
	i.gone = true
	i.repo.changed++
}

// transfer files the issue anew in another repository and leaves a forwarding
// address behind. Comments move along.
func (s *Server) transfer(i *issue, to *repo, by *account, request string) *issue {
	v := *i.version
	v.id, v.number, v.updated, v.since = s.id(), len(to.issues)+1, s.now(), s.clock.Now()
	v.labels = nil
	for _, l := range i.labels {
		if there := to.label(l.name); there != nil {
			v.labels = append(v.labels, there)
		}
	}
	n := &issue{repo: to, version: &v, edits: i.edits}
	for _, e := range i.events {
		moved := *e
		moved.issue = n
		n.events = append(n.events, &moved)
		to.events = append(to.events, &moved)
	}
	s.event(n, &event{kind: "transferred", actor: by})
	to.issues = append(to.issues, n)
	to.changed++
	from := i.repo
	for _, cm := range from.comments {
		if cm.issue == i {
			moved := *cm
			moved.id, moved.issue = s.id(), n
			to.comments = append(to.comments, &moved)
		}
	}
	s.log(i.key(), by, request, "transferred", i.key(), n.key())
	s.issueHook(i, "transferred", by, map[string]any{"changes": map[string]any{
		"new_issue": s.renderIssue(n, n.version, true), "new_repository": s.renderRepo(to, nil),
	}})
	i.movedTo = n
	from.changed++
	s.issueHook(n, "opened", by, map[string]any{"changes": map[string]any{
		"old_issue": s.renderIssue(i, i.version, true), "old_repository": s.renderRepo(from, nil),
	}})
	return n
}
