package mapping

import (
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

func TestHop(t *testing.T) {
	p := &Profile{States: []StateMap{
		{Status: "Reported", State: register.Reported},
		{Status: "Analysis", State: register.Analysis},
		{Status: "Action plan", State: register.Planning},
		{Status: "Plan approval", State: register.Planning},
		{Status: "Implementing", State: register.Implementing},
		{Status: "Closed", Reason: "Effective", State: register.Closed},
		{Status: "Closed", State: register.Closed},
	}}
	for _, c := range []struct {
		name, here, want string
		reachable        []string
		seen             map[string][]string
		next             string
		state            register.State
		ok               bool
	}{
		{"the target itself", "Reported", "Closed / Effective", []string{"Analysis", "Closed"}, nil, "Closed / Effective", register.Closed, true},
		{"one step on the way", "Reported", "Action plan", []string{"Analysis", "Closed"}, nil, "Analysis", register.Analysis, true},
		{"the furthest step on the way", "Reported", "Implementing", []string{"Analysis", "Plan approval"}, nil, "Plan approval", register.Planning, true},
		{"never through an end", "Reported", "Analysis", []string{"Closed"}, nil, "", "", false},
		{"never through a status nobody mapped", "Reported", "Action plan", []string{"Triage"}, nil, "", "", false},
		{"never backwards to get forwards", "Action plan", "Implementing", []string{"Analysis"}, nil, "", "", false},
		{"never forwards to get backwards", "Analysis", "Reported", []string{"Action plan", "Closed"}, nil, "", "", false},
		{
			"forwards where that was seen to lead backwards", "Analysis", "Reported",
			[]string{"Action plan"},
			map[string][]string{"action plan": {"Reported"}},
			"Action plan", register.Planning, true,
		},
		{"back from the end to where the work stands", "Closed", "Implementing", []string{"Analysis", "Reported"}, nil, "Analysis", register.Analysis, true},
		{
			"back from the end by the way that was seen", "Closed", "Implementing",
			[]string{"Analysis", "Reported"},
			map[string][]string{"analysis": {"Reported"}, "reported": {"Action plan"}, "action plan": {"Implementing"}},
			"Reported", register.Reported, true,
		},
		{
			"backwards where that was seen to lead forwards", "Action plan", "Implementing",
			[]string{"Analysis"},
			map[string][]string{"analysis": {"Implementing"}},
			"Analysis", register.Analysis, true,
		},
		{
			"no step where no way leads on", "Closed", "Implementing",
			[]string{"Analysis"},
			map[string][]string{"analysis": {"Reported"}, "reported": {"Analysis"}},
			"", "", false,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rs []connectors.Status
			for _, n := range c.reachable {
				rs = append(rs, connectors.Status{Name: n})
			}
			next, to, ok := p.Hop(View{register.FieldState: {Raw: c.here}}, c.want, rs, c.seen)
			if next != c.next || to.State != c.state || ok != c.ok {
				t.Errorf("Hop(%s, %s) = %q, %q, %v, want %q, %q, %v", c.here, c.want, next, to.State, ok, c.next, c.state, c.ok)
			}
		})
	}
}
