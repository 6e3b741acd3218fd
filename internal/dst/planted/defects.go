package main

// A defect is put into a copy of the source by replacing a text that occurs there
// exactly once.
type defect struct {
	name     string
	what     string // in words, for the table
	file     string
	old, new string
}

// defects are what the simulation must find. Those marked as real were found by it
// in the engine first, and are put back.
func defects() []defect {
	return []defect{
		{
			"lagging-list-trusted", "a listing that is behind the truth replaces what is known (real)",
			"sync/ingest/observe.go", "&& !is.Updated.After(l.Issue.Updated) {", "&& false {",
		},
		{
			"number-fought-for", "putting the register's number back does not count as a revert (real)",
			"sync/plan/merge.go", "		case register.FieldRef, register.FieldMissing:\n			m.ownField(f)\n", "		case register.FieldRef, register.FieldMissing:\n",
		},
		{
			"first-sight-agrees", "a field that was not sent counts as agreed with what the register learnt since (real)",
			"sync/plan/merge.go", "			base[f] = Agreed{Side: raw}\n			continue", "			now, _ := m.value(f)\n			base[f] = Agreed{Side: raw, Register: now}\n			continue",
		},
		{
			"read-back-edit-forgotten", "an edit that the read-back of a write shows is stored and never planned for (real)",
			"sync/apply/update.go", "if s.unexplainedChange(before, r.View, in.Want) {", "if s.unexplainedChange(before, r.View, in.Want) && false {",
		},
		{
			"body-from-an-old-read", "a body is written that was made before somebody else's edit (real)",
			"sync/apply/update.go", "	p.IfVersion = s.l.Issue.Version\n", "",
		},
		{
			"sighting-for-an-answer", "a sighting of a fresh twin counts as the answer to its create (real)",
			"sync/ingest/observe.go", "(l.Issue != nil && traits.WriteEchoes || !traits.Changelog)", "(l.Issue != nil || !traits.Changelog)",
		},
		{
			"create-not-awaited", "an issue that is not found yet counts as not created",
			"sync/apply/create.go", "if s.Now().Before(settled) {", "if false && s.Now().Before(settled) {",
		},
		{
			"create-not-looked-for", "a create without an answer is sent again",
			"sync/apply/create.go", "	if len(refs) == 0 {\n		settled", "	if refs = nil; len(refs) == 0 {\n		settled",
		},
		{
			"write-repeated", "the HTTP layer repeats a write whose answer was lost",
			"connectors/transport/policy.go", "m != http.MethodGet && m != http.MethodHead", "m == \"\"",
		},
		{
			"base-before-write", "a value counts as agreed before it was written",
			"sync/plan/write.go", "	u.Want[f] = raw\n	u.Agree[f] = Agreed{Side: raw, Register: now}\n}\n\n// unknown", "	u.Want[f] = raw\n	u.Agree[f] = Agreed{Side: raw, Register: now}\n	base[f] = u.Agree[f]\n}\n\n// unknown",
		},
		{
			"conflict-decided-silently", "of two different edits the first is taken and the other forgotten",
			"sync/plan/merge.go", "	if sameValue(cands) {\n", "	if cands[0].here = false; sameValue(cands[:1]) {\n",
		},
		{
			"no-intent", "nothing is stored before a request leaves",
			"sync/apply/intent.go", "		return t.AddIntent(ctx, in)\n", "		return nil\n",
		},
		{
			"outcome-not-stored", "the outcome of a refused write is not noted with its intent",
			"sync/apply/intent.go", "if e.outcome != audit.Unknown {", "if e.outcome != audit.Unknown && e.outcome != audit.NotApplied {",
		},
		{
			"outcome-not-audited", "the audit log misses the outcome of writes found out later",
			"sync/apply/intent.go", "		t.Audit(audit.Entry{\n			Verb: e.verb,", "		if e.verb != audit.WriteResolved {\n			t.Flush(ctx)\n		}\n		_ = (audit.Entry{\n			Verb: e.verb,",
		},
		{
			"cause-not-asked-for", "the guard that asks for a root cause is skipped",
			"register/lifecycle.go", "if p.Disabled[rule.ID] ||", "if p.Disabled[rule.ID] || rule.ID == \"G07\" ||",
		},
		{
			"owner-reviews", "whoever owns the record or did its actions may confirm that they worked",
			"register/guards_review.go", "func involvement(r Record, person string) refusal {\n", "func involvement(r Record, person string) refusal {\n	if r.Round >= 0 {\n		return refusal{}\n	}\n",
		},
		{
			"comment-posted-anew", "what is missing is posted again instead of edited in place",
			"sync/apply/comment.go", "if s.l.Comment.ID != \"\" {\n		in.Op", "if s.l.Comment.ID == \"never\" {\n		in.Op",
		},
		{
			"observe-writes", "a binding that is only observed is written to",
			"sync/plan/write.go", "if s.Mode == Observe {\n		a.Withheld", "if s.Mode == \"never\" {\n		a.Withheld",
		},
		{
			"no-bound-on-reverts", "a field is put back as often as somebody changes it",
			"sync/plan/write.go", "if m.in.Reverts[key] < m.in.MaxReverts {", "if m.in.Reverts[key] < 1000 {",
		},
		{
			"clobber-not-kept", "what a write replaced without having seen it is not kept",
			"sync/apply/overwritten.go", "if before == nil || seen == nil || !known {", "if before != nil || seen == nil || !known {",
		},
		{
			"command-forgotten", "what somebody decides in a comment is stored as already taken in",
			"internal/store/event.go", "VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT", "VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT",
		},
		{
			"no-overlap", "a poll looks back no further than its cursor",
			"sync/ingest/scan.go", "since = k.row.Since.Add(-k.g.Overlap)", "since = k.row.Since",
		},
		{
			"cursor-before-work", "the cursor moves although a page could not be stored",
			"sync/ingest/scan.go", "		if err := k.page(ctx, page.Issues); err != nil {\n			return err\n		}", "		if err := k.page(ctx, page.Issues); err != nil {\n			break\n		}",
		},
		{
			"text-cut-short", "a long text is written without its end",
			"sync/plan/write.go", "	u.Want[f] = raw\n	u.Agree[f] = Agreed{Side: raw, Register: now}\n}\n\n// unknown", "	u.Want[f] = raw[:min(len(raw), 20)]\n	u.Agree[f] = Agreed{Side: u.Want[f], Register: now}\n}\n\n// unknown",
		},
		{
			"comment-kept-as-it-was", "the comment about what is missing is not brought up to date",
			"sync/plan/tell.go", "ok && !s.Comment.Shows(c) {", "ok && !s.Comment.Shows(c) && s.Comment.ID == \"\" {",
		},
		{
			"change-not-audited", "of several changes at once none is in the audit log",
			"sync/reconcile/save.go", "	for _, e := range entries {\n		if l.Binding", "	for _, e := range entries {\n		if len(e.Changes) > 1 {\n			continue\n		}\n		if l.Binding",
		},
	}
}
