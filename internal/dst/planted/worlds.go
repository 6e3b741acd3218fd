package main

// worlds lists the defects in code that only some worlds reach: pages, sets, people, dates,
// actions, edits of comments, Data Center, policies, days of waiting, an hour's outage,
// shared credentials and a second engine.
func worlds() []defect {
	return []defect{
		{
			"short-page-is-the-last", "a page of GitHub with fewer rows than asked for counts as the last",
			"connectors/github/pages.go", "len(rows) < size && !a.hasNext(); p.sound {", "len(rows) < size; p.sound {",
		},
		{
			"set-only-grows", "a member that is taken out of a set in a tracker stays in the register",
			"sync/plan/set.go", "		next = slices.DeleteFunc(next, func(e string) bool { return has(c.removed, e) })\n", "		next = slices.DeleteFunc(next, func(e string) bool { return has(c.removed, e) && len(next) == 0 })\n",
		},
		{
			"member-settled-unwritten", "a member that was taken out counts as gone from an issue before it is written there (real)",
			"sync/plan/set.go", "	for _, e := range lines(last) {\n", "	for _, e := range lines(last)[:0] {\n",
		},
		{
			"older-read-stored", "what a read shows replaces what a listing has shown since it began (real)",
			"sync/reconcile/reread.go", "	l = l.ReadWith(s.link)  // what a listing or another engine has stored since may be newer\n", "",
		},
		{
			"action-keeps-its-date", "the date of an action stays what it was first",
			"mapping/action.go", "	take(register.FieldDue, was.Due, func(s string) { a.Due = s })\n", "	take(register.FieldDue, was.Due, func(s string) {\n		if a.Due = s; was.Due != \"\" {\n			a.Due = was.Due\n		}\n	})\n",
		},
		{
			"edited-command-counts", "a command in a comment that was edited counts",
			"mapping/event.go", "	case !own:\n", "	case !own, len(cmds) > 0:\n",
		},
		{
			"data-center-page-is-the-last", "a page of a Data Center with fewer issues than asked for counts as the last",
			"connectors/jira/walk.go", "n == 0 || start+n >= page.Total {", "n < pageSize || start+n >= page.Total {",
		},
		{
			"nothing-wakes", "nothing wakes a record when its waiting time ends",
			"sync/plan/state.go", "				m.wake(l.Remedy.Until) // nobody", "				_ = l // nobody",
		},
		{
			"silence-is-asked-again", "a tracker that does not answer is asked again and again",
			"sync/binding/credential.go", "c.silent < silentMost || now.Before(c.until) {", "c.silent > 0 || now.Before(c.until) {",
		},
		{
			"limit-of-one-binding", "bindings that share a credential do not share what a tracker asks of it",
			"internal/app/credential.go", "		b.Tracker, b.URL, a.Kind, a.User,", "		b.ID, b.Tracker, b.URL, a.Kind, a.User,",
		},
		{
			"share-forgotten", "a tracker that hangs may hold up all workers, also those that the other tracker needs",
			"internal/app/credential.go", "			x.Share = max(1, c.Sync.Workers/2)\n", "			x.Share = 0\n",
		},
		{
			"owner-stands-alone", "writing an owner takes everybody else off",
			"mapping/against.go", "		if v, ok := p.lift(m, one); ok && v == agreed {\n", "		if v, ok := p.lift(m, one); ok && v == agreed || several {\n",
		},
		{
			"nonsense-for-emptiness", "a date, a choice or a person that cannot be read counts as emptied",
			"mapping/lens.go", "		case pr.Code != \"\":\n			r.Unknown[m.Field] = unreadable(pr)\n			continue\n", "		case pr.Code != \"\":\n			raw, value = \"\", \"\"\n",
		},
		{
			"fence-not-checked", "a write leaves although another engine has taken its record over",
			"internal/store/record.go", "	if err == nil && n == 0 {\n		return ErrStale", "	if err == nil && n < 0 {\n		return ErrStale",
		},
		{
			"own-by-its-marker", "an issue that conformd filed counts as a person's report once somebody took its marker off",
			"sync/binding/binding.go", "	return self.ID != \"\" && is.Author.ID == self.ID\n", "	return self.ID != \"\" && is.Marker != \"\"\n",
		},
		{
			"policy-forgets-the-other", "what a policy did not choose lies in no conflict",
			"sync/plan/merge.go", "	m.plan.Conflicts = append(m.plan.Conflicts, c)\n}\n\n// outvote", "	if c.Winner == \"\" || f == register.FieldState {\n		m.plan.Conflicts = append(m.plan.Conflicts, c)\n	}\n}\n\n// outvote",
		},
		{
			"conflict-told-each-time", "what a policy did not choose is a conflict anew in each attempt, until its issue is written (real)",
			"sync/plan/merge.go", "s.base.Outvoted == mark(s.Raw)", "s.base.Outvoted == mark(\"\") && s.Raw == \"\"",
		},
		{
			"action-stays-with-its-record", "an action that names another record stays where it was",
			"sync/ingest/action.go", "	if err != nil || why != \"\" || rec.ID == l.RecordID {\n", "	if err != nil || why != \"\" || l.RecordID != \"\" {\n",
		},
	}
}
