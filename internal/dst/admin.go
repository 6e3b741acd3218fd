package dst

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/internal/rehearsal"
)

// Other is the project to which issues are moved.
const other = "OPS"

// elsewhereRepo is the repository to which issues are transferred.
const elsewhereRepo = "acme/private"

// renamed is what a field is called in addition after it was renamed.
const renamed = " (new)"

// administrate does what the administrators of the trackers do to a daemon without
// asking: permissions come and go, issues are moved, hidden, deleted and copied,
// fields are renamed, markers are edited away.
func (w *world) administrate() {
	a := &actor{adminID, "admin"}
	r := rand.New(rand.NewPCG(w.Seed, 5)) //nolint:gosec // chance by seed is the point
	w.trackers.Jira.AddProject(other, other)
	w.trackers.GitHub.AddRepo(elsewhereRepo)
	w.trackers.GitHub.SetRole("admin", elsewhereRepo, githubsim.Admin)
	for {
		a.sleep(5*time.Second + time.Duration(r.Int64N(int64(2*w.Think/time.Millisecond)))*time.Millisecond)
		if w.isCalm() {
			return
		}
		what, err := w.administer(r)
		w.note(a.name, "%s: %v", what, err == nil)
		if err == nil {
			w.mu.Lock()
			w.counts["admin: "+strings.Fields(what)[0]]++
			w.mu.Unlock()
		}
	}
}

func (w *world) administer(r *rand.Rand) (string, error) {
	j, g := w.trackers.Jira, w.trackers.GitHub
	issues, snaps := g.Issues(), j.Snapshots()
	switch pick := r.IntN(17); {
	case pick == 0:
		return "deny editing in Jira", denied(j.Deny, "EDIT_ISSUES")
	case pick == 1:
		return "deny comments and transitions in Jira", denied(j.Deny, "ADD_COMMENTS", "TRANSITION_ISSUES")
	case pick == 2:
		return "allow everything in Jira", denied(j.Allow)
	case pick == 3:
		role := []githubsim.Role{githubsim.Read, githubsim.Write, githubsim.Write}[r.IntN(3)]
		g.SetRole(bot, rehearsal.Repo, role)
		g.SetRole(appBot, rehearsal.Repo, role)
		return "role " + string(role), nil
	case pick == 4 && len(snaps) > 0:
		key := snaps[r.IntN(len(snaps))].Key
		return "move " + key, j.MoveProject(key, other, "irene")
	case pick == 5 && len(snaps) > 0:
		key := snaps[r.IntN(len(snaps))].Key
		return "hide " + key, j.Hide(key, bot, false)
	case pick == 6 && len(snaps) > 0:
		key := snaps[r.IntN(len(snaps))].Key
		return "show " + key, j.Hide(key, bot, true)
	case pick == 7 && len(issues) > 2:
		n := issues[r.IntN(len(issues))].Number
		w.mu.Lock()
		w.gone[fmt.Sprintf("acme/isms#%d", n)] = true
		w.mu.Unlock()
		return fmt.Sprintf("delete %d", n), g.As("admin").Delete(n)
	case pick == 8 && len(issues) > 0:
		// Whoever tidies a description removes what they do not know.
		is := issues[r.IntN(len(issues))]
		body, _, ok := strings.Cut(is.Body, "<!-- conformd")
		if !ok {
			return "unmark nothing", nil
		}
		return fmt.Sprintf("unmark %d", is.Number), g.As("irene").Rewrite(is.Number, strings.TrimSpace(body))
	case pick == 9 && len(issues) > 0:
		// A copy takes the marker along.
		is := issues[r.IntN(len(issues))]
		if !strings.Contains(is.Body, "<!-- conformd") {
			return "copy nothing", nil
		}
		_, err := g.As("irene").Open("Copy of "+is.Title, is.Body, "capa")
		return fmt.Sprintf("copy %d", is.Number), err
	case pick == 10 && len(issues) > 2:
		// To a repository that conformd does not see.
		n := issues[r.IntN(len(issues))].Number
		_, err := g.As("admin").Transfer(n, elsewhereRepo)
		if err == nil {
			w.mu.Lock()
			w.gone[fmt.Sprintf("acme/isms#%d", n)] = true
			w.mu.Unlock()
		}
		return fmt.Sprintf("transfer %d", n), err
	case pick == 11 && len(snaps) > 2:
		is := snaps[r.IntN(len(snaps))]
		err := j.Person("irene").Delete(is.Key)
		if err == nil {
			w.mu.Lock()
			w.gone[is.Key], w.gone[is.ID] = true, true
			w.mu.Unlock()
		}
		return "delete " + is.Key, err
	case pick == 14:
		name, on := names()[r.IntN(len(names()))], r.IntN(3) == 0
		return fmt.Sprintf("screen shows %s: %v", name, on), j.Show(name, on)
	case pick == 15:
		name := names()[r.IntN(len(names()))]
		if r.IntN(2) == 0 {
			return "rename " + name + " back", j.RenameField(name+renamed, name)
		}
		return "rename " + name, j.RenameField(name, name+renamed)
	case pick == 16:
		gone := r.IntN(3) > 0
		return fmt.Sprintf("deactivate erik: %v", gone), j.Deactivate("erik", gone)
	default:
		return "drop labels in Jira", denied(func(string, ...string) { j.DropLabels(r.IntN(2) == 0) })
	}
}

func denied(f func(string, ...string), permissions ...string) error {
	f(bot, permissions...)
	return nil
}

// undo gives back what can be given back: what is left then must converge.
func (w *world) undo() {
	w.trackers.Jira.Allow(bot)
	w.trackers.Jira.DropLabels(false)
	for _, name := range names() {
		_ = w.trackers.Jira.RenameField(name+renamed, name) // fails where it was not renamed
		if err := w.trackers.Jira.Show(name, true); err != nil {
			panic(err)
		}
	}
	if err := w.trackers.Jira.Deactivate("erik", false); err != nil {
		panic(err)
	}
	w.trackers.GitHub.SetRole(bot, rehearsal.Repo, githubsim.Write)
	w.trackers.GitHub.SetRole(appBot, rehearsal.Repo, githubsim.Write)
	for _, is := range w.trackers.Jira.Snapshots() {
		if err := w.trackers.Jira.Hide(is.Key, bot, true); err != nil {
			panic(err)
		}
	}
}
