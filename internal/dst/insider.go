package dst

import "math/rand/v2"

// insider wants records closed and does not care how: he writes some cause, closes,
// confirms himself that it worked, makes himself the reviewer, and has it closed in
// the other tracker, on one issue after the other.
func (w *world) insider() {
	p := &person{w: w, a: &actor{insiderID, "ivan"}}
	for ; ; p.turn++ {
		p.a.sleep(w.Think / 2)
		if w.isCalm() {
			return
		}
		p.r = rand.New(rand.NewPCG(w.Seed, uint64(6000+p.turn))) //nolint:gosec // chance by seed is the point
		what, err := p.shortcut()
		w.note(p.a.name, "%s: %v", what, err == nil)
	}
}

// shortcut is the next thing that might do.
func (p *person) shortcut() (string, error) {
	const ways = 6
	g, erik := p.w.trackers.GitHub, p.w.trackers.GitHub.As("erik")
	if p.turn%ways == 5 {
		ji := p.w.trackers.Jira.Snapshots()
		if len(ji) == 0 {
			return "nothing to close", nil
		}
		key := ji[p.turn/ways%len(ji)].Key
		way := []string{"Close", "Confirm effective"}[p.r.IntN(2)]
		return way + " " + key, p.w.trackers.Jira.Person("olga").Move(key, way, nil)
	}
	issues := g.Issues()
	if len(issues) == 0 {
		return "nothing to close", nil
	}
	is := issues[p.turn/ways%len(issues)]
	switch p.turn % ways {
	case 0:
		if sights(is.Body, known(p.w.LabelSets))[named("Root cause")].filled() {
			return "cause is there", nil
		}
		return "some cause", p.section(erik, is, "Root cause")
	case 1, 3:
		return "close", erik.Close(is.Number, "completed")
	case 2:
		return "reviewer is himself", erik.Rewrite(is.Number, rewrite(is.Body, "Effectiveness reviewer", "@erik"))
	default:
		_, err := erik.Comment(is.Number, "/capa effective It works.")
		return "own review", err
	}
}
