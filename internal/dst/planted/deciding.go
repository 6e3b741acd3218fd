package main

// deciding lists the defects in what is decided, by whom and under which rules: each takes
// away what keeps people from having a record closed that does not deserve it.
func deciding() []defect {
	return []defect{
		{
			"approval-outlives-its-plan", "an approval and a review count whatever becomes of what they covered",
			"register/decide.go", "a.Covers != \"\" && Covers(r, a.Subject) != a.Covers {", "a.Covers == \"never\" && Covers(r, a.Subject) != a.Covers {",
		},
		{
			"review-of-what-came-later", "a review covers what an earlier look took in after it (real)",
			"sync/plan/state.go", "			then, noted.Covers = seen, register.Covers(seen, noted.Subject)\n", "			then = seen\n",
		},
		{
			"involved-of-the-moment", "who handed a record or its actions over is not involved any more",
			"register/involved.go", "	r.Involved = append(r.Involved, Involvement{", "	r.Involved = append(r.Involved[:0:0], Involvement{",
		},
		{
			"triage-decides-nothing", "a change in a tracker takes the place of what triage decided",
			"register/covers.go", "	return r.Fields[f] != \"\" && Triaged(r) &&", "	return r.Fields[f] == \"never\" && Triaged(r) &&",
		},
		{
			"closed-is-not-fixed", "what a closed record says changes with its issues",
			"register/covers.go", "		return f != FieldDue\n", "		return f == FieldRef\n",
		},
		{
			"anybody-decides", "a known person may do what takes a role",
			"register/roles.go", "	return known && !auditor(person, ctx) && slices", "	return known || !auditor(person, ctx) && slices",
		},
		{
			"rules-of-the-file", "a start works under the configured rules, whoever adopted them",
			"internal/app/adopt.go", "	p, err := a.policies.Policy(a.policies.Last())\n", "	p, err := policy(a.Config)\n",
		},
		{
			"comment-of-somebody-else", "a comment that somebody else edited within the second counts as its author's",
			"mapping/event.go", "	case !c.Edited.IsZero() && c.Editor.ID != c.Author.ID:\n", "	case c.Updated.Equal(c.Created):\n	case !c.Edited.IsZero() && c.Editor.ID != c.Author.ID:\n",
		},
		{
			"proposal-forgets-its-members", "of a set that waits for a decision only the last change waits (real)",
			"sync/plan/set.go", "			m.set(f, apply(f, lines(x.On(m.rec.Fields[f])), c), s.Binding, ReasonFollow)\n", "			m.set(f, apply(f, now, c), s.Binding, ReasonFollow)\n			_ = x\n",
		},
		{
			"decision-not-written", "a decision is not written over an edit of the same look (real)",
			"sync/plan/state.go", "				delete(m.pulled, RevertKey{binding, e.Field})\n", "",
		},
		{
			"moves-left-out", "the log leaves out the moves that led to what a decision found (real)",
			"sync/plan/state.go", "	m.take(m.following(led, facts))\n", "	m.take(facts)\n	_ = led\n",
		},
		{
			"nothing-taken-in", "a decision to take in what nobody proposed empties the field (real)",
			"register/judge.go", "		if !waits {\n", "		if !waits && value == \"never\" {\n",
		},
		{
			"edited-review-stands", "a decision stands although its author changed what they wrote",
			"register/judge.go", "	if i < 0 {\n		return\n	}\n	a, before := w.r.Approvals[i], w.r\n", "	if i < 0 || w.r.State != \"never\" {\n		return\n	}\n	a, before := w.r.Approvals[i], w.r\n",
		},
		{
			"author-reviews", "who wrote the cause or the plan is not involved",
			"register/involved.go", "func involving(f Field) bool {\n", "func involving(f Field) bool {\n	if f != \"never\" {\n		return false\n	}\n",
		},
		{
			"day-that-does-not-begin-again", "a plan that is rewritten keeps the waiting time of the one before",
			"register/decide.go", "	if !w.r.Done.IsZero() && workDigest(before) != workDigest(w.r) && (", "	if w.r.Done.IsZero() && workDigest(before) != workDigest(w.r) && (",
		},
		{
			"outvoted-plan-forgotten", "who had an action in a plan that the register did not take is not involved (real)",
			"sync/plan/named.go", "	m.noteAssignees()\n", "",
		},
		{
			"owner-lowers", "a manager lowers the grade of what they own",
			"register/judge.go", "		if owned(w.r, c.By.Person) {\n", "		if owned(w.r, \"\") {\n",
		},
		{
			"stranger-decides", "an account that belongs to nobody decides",
			"register/judge.go", "	case !w.ctx.knows(a.By):\n", "	case a.By == \"\":\n",
		},
		{
			"any-word-is-a-reason", "a reason that says nothing will do",
			"register/demanded.go", "	if f := judged(text, wording.Demand{}); f.Clear {\n		return f.What", "	if f := judged(text, wording.Demand{}); f.Clear {\n		return \"\"",
		},
		{
			"duplicate-of-nothing", "a duplicate may be one of nothing",
			"register/links.go", "	case !exists:\n		return say(", "	case !exists && r.ID == \"never\":\n		return say(",
		},
		{
			"owner-rejects-a-finding", "the owner of an audit's finding rejects it",
			"register/guards_nature.go", "return !owned(r, a.By) && a.By != r.Fields[FieldReporter] })", "return a.By != r.Fields[FieldReporter] })",
		},
		{
			"first-second-is-the-authors", "what was changed within the second in which an issue was filed is its author's",
			"sync/history/history.go", "	steps, begin := t.Steps()\n", "	if is.Updated.Equal(is.Created) {\n		return created(b, is)\n	}\n	steps, begin := t.Steps()\n",
		},
	}
}

// rules lists the defects in which one of the rules of a record's life is not asked.
func rules() []defect {
	var out []defect
	for _, r := range [][2]string{
		{"G03", "a record may be a part of one that is not there"},
		{"G04", "whoever wants may reject a record, for any reason"},
		{"G20", "after a review that failed the same cause and plan will do"},
		{"G21", "a text that says nothing will do"},
		{"G22", "dates stand in any order, and nobody is told"},
		{"G23", "nobody is told of a text that is doubtful"},
		{"G24", "a record is closed that nobody has triaged"},
		{"G25", "a plan is carried out that nobody has approved"},
		{"G26", "somebody without the role reviews"},
		{"G27", "an action of an approved plan is taken out, and nobody is told"},
		{"G28", "a report is never triaged, and nobody is told"},
		{"G29", "the author of a plan is unknown, and nobody is told"},
	} {
		out = append(out, defect{
			"without-" + r[0], r[1] + ": the rule " + r[0] + " is not there",
			"register/guards.go", "	slices.SortStableFunc(all, func(a, b Rule) int {", "	all = slices.DeleteFunc(all, func(r Rule) bool { return r.ID == \"" + r[0] + "\" })\n	slices.SortStableFunc(all, func(a, b Rule) int {",
		})
	}
	return out
}
