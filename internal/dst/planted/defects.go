package main

import "slices"

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
func defects() []defect { return slices.Concat(engine(), worlds(), deciding(), rules()) }

// engine lists the defects of whatever keeps trackers and register in step.
func engine() []defect {
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
			"sync/apply/intent.go", "if o == audit.Unknown {", "if o == audit.Unknown || o == audit.NotApplied {",
		},
		{
			"outcome-not-audited", "the audit log misses the outcome of writes found out later",
			"sync/apply/intent.go", "		t.Audit(audit.Entry{\n			Verb: e.verb,", "		if e.verb != audit.WriteResolved {\n			t.Flush(ctx)\n		}\n		_ = (audit.Entry{\n			Verb: e.verb,",
		},
		{
			"cause-not-asked-for", "the guard that asks for a root cause is skipped",
			"register/lifecycle.go", "		if !rule.governs(to) {\n", "		if !rule.governs(to) || rule.ID == \"G07\" {\n",
		},
		{
			"owner-reviews", "whoever owns the record or did its actions may confirm that they worked",
			"register/involved.go", "func involvement(r Record, person string, at time.Time) involvedAs {\n", "func involvement(r Record, person string, at time.Time) involvedAs {\n	if r.Round >= 0 {\n		return involvedAs{}\n	}\n",
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
			"sync/ingest/scan.go", "	last, newest, lag := k.row.Since, k.row.Newest, k.g.Overlap\n", "	last, newest, lag := k.row.Since, time.Time{}, time.Duration(0)\n",
		},
		{
			"cursor-before-work", "the cursor moves although a page could not be stored",
			"sync/ingest/scan.go", "		if err := k.page(ctx, page); err != nil {\n			return err\n		}", "		if err := k.page(ctx, page); err != nil {\n			break\n		}",
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
			"sync/reconcile/save.go", "	for _, told := range ledger.Entries(facts) {\n", "	for _, told := range ledger.Entries(facts) {\n		if len(told.Changes) > 1 {\n			continue\n		}\n",
		},
		{
			"absence-for-emptiness", "a heading that is gone counts as an empty section",
			"mapping/lens.go", "	case n == 0:\n		u, in := l.missing(m)\n", "	case n == 0 && l.lost == nil:\n		u, in := l.missing(m)\n",
		},
		{
			"unknown-written-over", "what cannot be read is replaced when the register has something new",
			"sync/plan/write.go", "	switch {\n	case why.Why != mapping.Unplaced ||", "	switch {\n	case why.Why == mapping.Unreadable && moved && known && can && raw != \"\":\n	case why.Why != mapping.Unplaced ||",
		},
		{
			"doubled-heading-read-as-the-first", "of two headings of a name the first is read",
			"mapping/lens.go", "	case n > 1:\n		return connectors.Value{}, unreadable(", "	case n > 99:\n		return connectors.Value{}, unreadable(",
		},
		{
			"refused-value-holds-up-all", "a value that a tracker refuses holds up the others of its issue",
			"sync/apply/update.go", "	return s.isolate(ctx, u, refused)\n", "	return refused\n",
		},
		{
			"default-for-a-word", "what a tracker puts in the place of a refused value counts as a person's word (real)",
			"sync/plan/merge.go", "		if a.Refused != \"\" {\n			a.Side = raw\n", "		if a.Refused != \"\" {\n",
		},
		{
			"write-is-deaf", "what people say is not heard if a write reads it first (real)",
			"sync/apply/update.go", "	fresh, err := s.Events(ctx, t, s.b, l, l.Issue.Comments)\n", "	fresh, err := false, error(nil)\n",
		},
		{
			"start-is-deaf", "what people say is not heard if it is read before conformd knows who it is (real)",
			"sync/reconcile/reread.go", "err := s.b.Introduced(k.r.Now().Add(10 * time.Second)); err != nil {", "err := s.b.Introduced(k.r.Now().Add(10 * time.Second)); err != nil && s.issue != nil {",
		},
		{
			"older-command-counts", "a command that is older than an edit of its field takes its place (real)",
			"sync/plan/state.go", "		if at.After(e.At) {\n			return say(\"{{.Field}} was", "		if at.After(e.At) && false {\n			return say(\"{{.Field}} was",
		},
		{
			"brake-blind-to-emptied", "the brake does not count values that would be emptied",
			"sync/plan/brake.go", "			o.Load.Emptied++\n", "			o.Load.Emptied += 0\n",
		},
		{
			"brake-blind-to-creates", "the brake does not count issues that would be filed",
			"sync/plan/brake.go", "		o.Load.Creates++\n", "		o.Load.Creates += 0\n",
		},
		{
			"brake-after-the-first-write", "the brake counts what has left and not what would leave",
			"internal/store/outbound.go", "AND released = 0 AND (admitted = 0 OR admitted > $2)", "AND released = 0 AND admitted > $2",
		},
		{
			"release-lets-later-plans-go", "what is let go is the record and not what was read of it",
			"sync/plan/brake.go", "		out[i].Digest = hex.EncodeToString(sum[:12])\n", "		out[i].Digest = hex.EncodeToString(sum[:0])\n",
		},
		{
			"command-in-code-counts", "a command in a block of code counts",
			"mapping/command.go", "	for _, l := range markdown.Parse(body).Lines() {\n", "	at := 0\n	for s := range strings.Lines(body) {\n		l := markdown.Line{Start: at, End: at + len(strings.TrimRight(s, \"\\r\\n\"))}\n		at += len(s)\n",
		},
		{
			"verdict-not-told", "whoever gave a command that does not count reads no reason",
			"sync/plan/tell.go", "		if (a.Told != \"\" || counts && !s.Reacts) && len(out)", "		if counts && !s.Reacts && len(out)",
		},
		{
			"own-account-decides", "a decision that was posted with conformd's own account counts",
			"mapping/event.go", "	case u.ID == self.ID:\n		return say(\"it was posted", "	case u.ID == \"\":\n		return say(\"it was posted",
		},
		{
			"latest-by-the-issue", "the policy latest compares the times of the issues and not of the field",
			"sync/plan/merge.go", "		at, known := c.side.changedAt(f)\n", "		at, known := c.side.Issue.Updated, true\n",
		},
		{
			"events-before-values", "a decision is judged by the record as it was before the evidence that the same look shows",
			"sync/plan/state.go", "	then, led, sure := m.at(e.At)\n", "	then, led, sure := m.in.Record.Clone(), []register.Fact(nil), true\n",
		},
		{
			"way-that-nobody-saw", "a way through a workflow is taken that was never seen to lead there",
			"mapping/hop.go", "		leads, known := seen[strings.ToLower(p.States[i].Status)]\n", "		leads, known := seen[\"\"]\n",
		},
		{
			"more-said-than-done", "the comment announces a move that the tracker has refused",
			"sync/plan/tell.go", "	case a.Refused != \"\":\n		return &sticky.Back{Failed", "	case a.Refused == \"never\":\n		return &sticky.Back{Failed",
		},
		{
			"limit-forgotten", "what a tracker asks for when it refuses keeps no request back",
			"connectors/transport/pause.go", "	return &PausedError{p.until}\n", "	return nil\n",
		},
		{
			"budget-not-asked", "a write leaves although the budget of its credential is spent",
			"sync/apply/budget.go", "		if n >= w.most {\n", "		if n >= 1000*w.most {\n",
		},
		{
			"brake-skipped", "what stands in the way of a write is not asked for before it",
			"internal/store/brake.go", "	if err != nil || len(bs) == 0 {\n		return \"\", err", "	if err != nil || len(bs) >= 0 {\n		return \"\", err",
		},
		{
			"wake-lost", "a reason to look at a record does not wake it",
			"internal/store/record.go", "SET wanted = wanted + 1, wake = 0 WHERE id = $1", "SET wanted = wanted + 1 WHERE id = $1",
		},
		{
			"delivery-dropped", "a delivery is answered with 202 and leads to nothing",
			"sync/inbox/receive.go", "		if err != nil || !fresh {\n			return err\n		}\n		if err := in.forget", "		if err != nil || !fresh || err == nil {\n			return err\n		}\n		if err := in.forget",
		},
		{
			"hint-not-heeded", "a delivery about a bound issue gives no reason to look at its record",
			"sync/inbox/receive.go", "		if err := t.MarkDirty(ctx, id); err != nil {\n", "		if err := t.MarkDirty(ctx, \"\"); err != nil {\n",
		},
		{
			"actor-of-the-first-person", "who filed an issue is named for what others changed in it",
			"sync/history/history.go", "a := Act{Actor: Author(b, c.Author, audit.ByChangelog)", "a := Act{Actor: Author(b, is.Author, audit.ByChangelog)",
		},
		{
			"nobody-named", "nobody is named for a change, although the history tells who made it",
			"sync/history/history.go", "	case u.ID == \"\":\n		return Unattributed()", "	case u.ID != self.ID:\n		return Unattributed()",
		},
		{
			"conflict-without-base", "a conflict does not keep what was agreed on before",
			"internal/store/stored_plan.go", "{ return storedConflictValue(v) }", "{ return storedConflictValue{Place: v.Place, Value: v.Value} }",
		},
		{
			"conflict-without-place", "a conflict does not keep where its values stand",
			"internal/store/stored_plan.go", "{ return plan.ConflictValue(v) }", "{ return plan.ConflictValue{Value: v.Value, Base: v.Base} }",
		},
		{
			"write-from-what-is-stored", "an issue is written as it was seen last, without a direct read",
			"sync/apply/update.go", "	is, err := s.b.Tracker.Get(ctx, s.l.Ref)\n	if err != nil {\n		return s.readFailed(ctx, err)\n	}\n	if f, moved", "	is, err := s.l.Issue, error(nil)\n	if is == nil {\n		return s.readFailed(ctx, err)\n	}\n	if f, moved",
		},
		{
			"sleeps-silently", "a record that waits does not say why",
			"internal/store/record.go", "ELSE $2 END, problem = $3 WHERE id = $4", "ELSE $2 END, problem = substr($3, 1, 0) WHERE id = $4",
		},
		{
			"late-write-given-up", "whoever takes a record over settles a write of the other engine that may still arrive",
			"sync/apply/departure.go", "if s.Alone || !s.Now()", "if true || !s.Now()",
		},
		{
			"outcome-lost-with-a-refusal", "a write follows a refusal whose outcome could not be stored (real)",
			"sync/apply/intent.go", "		return fmt.Errorf(\"%w (after %v)\", err, ret)", "		return errors.Join(ret, err)",
		},
	}
}
