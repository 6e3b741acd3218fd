package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// policyText is a version of the policy for people.
func policyText(v store.Adopted, d register.PolicyDocument) string {
	var b strings.Builder
	line := func(name, format string, a ...any) { fmt.Fprintf(&b, "%-16s  %s\n", name, fmt.Sprintf(format, a...)) }
	if v.Number == 0 {
		line("policy", "as configured; the first start adopts it")
	} else {
		line("policy", "version %d, adopted %s by %s: %s", v.Number, v.At.Format(time.DateOnly), adopter(v), oneLine(v.Reason))
	}
	line("digest", "%s", d.Digest())
	line("edition", "%s", d.Edition)
	var days []string
	for _, g := range slices.Sorted(maps.Keys(d.WaitDays)) {
		days = append(days, fmt.Sprintf("%s %d", g, d.WaitDays[g]))
	}
	line("waiting days", "%s", strings.Join(days, ", "))
	for _, t := range d.Times {
		line("times", "%s: %s", t.When.Words(), t.Words())
	}
	if len(d.Times) > 0 {
		line("days off", "%s; %s", dash(strings.Join(d.Calendar.Weekend, ", ")), present.Count(len(d.Calendar.Holidays), "holiday", "holidays"))
	}
	for _, x := range d.Rigour {
		line("rigour", "%s: %s", x.When.Words(), x.Words())
	}
	for _, f := range slices.Sorted(maps.Keys(d.Scales)) {
		for _, s := range d.Scales[f] {
			line("scale of "+string(f), "%s counts as %s", s.Name, s.As)
		}
	}
	for _, f := range d.Fields {
		line("field", "%s: %s", f.Name, f.Words())
	}
	line("exceptions", "major or high risk %d, other %d days at most", d.Acceptance.Major, d.Acceptance.Minor)
	small := "no"
	if d.SmallOrg {
		small = "yes: the reviewer of a minor nonconformity may be involved in it"
	}
	line("small org", "%s", small)
	var must, should, off []string
	for _, r := range d.Rules {
		switch {
		case !r.Enabled:
			off = append(off, r.ID)
		case r.Severity == register.Must:
			must = append(must, r.ID)
		default:
			should = append(should, r.ID)
		}
	}
	line("must hold", "%s", dash(strings.Join(must, " ")))
	line("only reported", "%s", dash(strings.Join(should, " ")))
	line("switched off", "%s", dash(strings.Join(off, " ")))
	for _, r := range d.Rules {
		for _, c := range r.Cases {
			line(r.ID+" for", "%s: %s", c.When.Words(), c.Words())
		}
	}
	for _, act := range slices.Sorted(maps.Keys(d.Roles)) {
		line("may "+string(act), "%s", cmp.Or(strings.Join(d.Roles[act], ", "), "nobody"))
	}
	return b.String()
}

// adopter is who adopted a version.
func adopter(v store.Adopted) string { return cmp.Or(v.Author, "conformd") }

// policyVersions prints all versions, the newest first.
func (s *session) policyVersions(p app.PolicyState, now store.Adopted) error {
	if len(p.Versions) == 0 {
		return nil
	}
	table := [][]string{{"VERSION", "ADOPTED", "BY", "IN FORCE", "LOG ENTRY", "REASON"}}
	for _, v := range p.Versions {
		state := "was"
		switch {
		case v.Number == now.Number:
			state = "yes"
		case v.Began.IsZero() && v.Number == p.Last().Number:
			state = "from the next start"
		case v.Began.IsZero():
			state = "never"
		}
		table = append(table, []string{fmt.Sprint(v.Number), v.At.Format(time.RFC3339), adopter(v), state, fmt.Sprint(v.Entry), short(oneLine(v.Reason), 60)})
	}
	return s.table(table)
}

// impactText lists what a change of the policy means, record by record.
func (s *session) impactText(i service.Impact) string {
	var b strings.Builder
	part := func(title string, sign string, list []service.Impacted) {
		if len(list) == 0 {
			return
		}
		fmt.Fprintf(&b, "%s\n", title)
		for _, x := range list {
			state := present.Standing(x.State, "")
			switch {
			case !x.Closed.IsZero():
				state += " since " + x.Closed.Format(time.DateOnly)
			case x.To != x.State:
				state += ", on the way to " + present.Standing(x.To, "")
			}
			fmt.Fprintf(&b, "  %s %s  %s  (%s)\n", sign, x.Ref, short(oneLine(x.Title), 60), state)
			for _, v := range x.Rules {
				for _, l := range v.Lacks {
					fmt.Fprintf(&b, "      %s %s\n", v.Rule.ID, oneLine(l.What.String()))
				}
			}
		}
	}
	part("The configured policy would hold, where the adopted one did not:", s.style.yellow("!"), i.Held)
	part("The configured policy would let go, where the adopted one holds:", s.style.yellow("!"), i.LetGo)
	return b.String()
}
