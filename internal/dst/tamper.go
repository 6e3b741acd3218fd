package dst

import (
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/register"
)

// judgedTampered counts the starts with rules that nobody adopted.
const judgedTampered = "judged: a start with rules that nobody adopted"

// tampers reports whether the operator belongs to those who want records closed: each start
// after the first has a configuration in which nobody waits and the guards that matter are
// off. Nobody adopts it.
func (w *world) tampers() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Insider && !w.Second && !w.Lost && w.Backup == 0 && w.adopted.Rules != nil
}

// tampered returns such a configuration.
func tampered(c *config.Config) *config.Config {
	bad := *c
	bad.Register.WaitingDays.Major, bad.Register.WaitingDays.Minor = 0, 0
	bad.Register.Guards = nil
	for _, id := range []string{"G07", "G12", "G14", "G15", "G16", "G24", "G25", "G26"} {
		bad.Register.Guards = append(bad.Register.Guards, config.Guard{ID: id, Enabled: false, Severity: string(register.Should)})
	}
	return &bad
}

// underAdopted remembers the rules under which the first process works, once it has begun.
func (w *world) underAdopted(p register.Policy) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.adopted.Rules == nil {
		w.adopted = p
	}
}

// lawful judges that a process works under the rules that were adopted.
func (w *world) lawful(now register.Policy) {
	if !w.tampers() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.starts < 2 {
		return
	}
	w.counts[judgedTampered]++
	if ds := register.Differences(w.adopted.Document(), now.Document()); len(ds) > 0 {
		w.violatedLocked("E1", "a start works under rules that nobody adopted: %s", ds[0].Words)
	}
}
