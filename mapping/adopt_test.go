package mapping_test

import (
	"testing"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// Whether an improvement is made is decided by a command with a reason, and a deferral names its day.
func TestAdoptionCommands(t *testing.T) {
	t.Parallel()
	const usage = "say until when and why: `/capa defer until=<date> <why>`"
	for said, want := range map[string]mapping.Command{
		"/capa adopt it costs a day":                       {Verb: "adopt", Outcome: register.Adopted, Text: "it costs a day"},
		"/capa adopt":                                      {Verb: "adopt", Outcome: register.Adopted, Err: "`/capa adopt` needs the why behind it"},
		"/capa decline it costs\na year":                   {Verb: "decline", Outcome: register.Declined, Field: register.FieldRejectReason, Text: "it costs\na year"},
		"/capa defer until=2027-03-01 the money is there":  {Verb: "defer", Outcome: register.Deferred, Value: "2027-03-01", Text: "the money is there"},
		"/capa defer until 2027-03-01 because money comes": {Verb: "defer", Outcome: register.Deferred, Value: "2027-03-01", Text: "money comes"},
		"/capa defer bis = 1.3.2027 weil das Geld da ist":  {Verb: "defer", Outcome: register.Deferred, Value: "1.3.2027", Text: "das Geld da ist"},
		"/capa defer until=2027-03-01":                     {Verb: "defer", Outcome: register.Deferred, Err: usage},
		"/capa defer there is no money":                    {Verb: "defer", Outcome: register.Deferred, Text: "there is no money", Err: usage},
	} {
		got := mapping.ParseCommands(said)
		if len(got) != 1 || got[0].Subject != register.SubjectAdoption {
			t.Errorf("%s: %+v", said, got)
			continue
		}
		if c := got[0]; c.Verb != want.Verb || c.Outcome != want.Outcome || c.Value != want.Value || c.Text != want.Text || c.Err.String() != want.Err.String() || c.Field != want.Field {
			t.Errorf("%s: %+v\nwant %+v", said, c, want)
		}
	}
}

// An observation is promoted to a kind, with a reason.
func TestPromotionCommands(t *testing.T) {
	t.Parallel()
	const form = "`/capa promote nonconformity|potential_nonconformity|improvement because <reason>`"
	for said, want := range map[string]mapping.Command{
		"/capa promote improvement because three teams see it":                {Value: "improvement", Text: "three teams see it"},
		"/capa promote to Potential nonconformity weil es wieder kommen kann": {Value: "Potential nonconformity", Text: "es wieder kommen kann"},
		"/capa promote improvement":                                           {Text: "improvement", Err: "say why: " + form},
		"/capa promote because three teams see it":                            {Text: "three teams see it", Err: "say to which kind and why: " + form},
	} {
		got := mapping.ParseCommands(said)
		if len(got) != 1 || got[0].Subject != register.SubjectPromotion || got[0].Value != want.Value || got[0].Text != want.Text || got[0].Err.String() != want.Err.String() {
			t.Errorf("%s: %+v\nwant %+v", said, got, want)
		}
	}
}

// The issue that conformd files for a nonconformity has no heading of an improvement.
func TestSectionsOfOtherKinds(t *testing.T) {
	t.Parallel()
	p := &mapping.Profile{Binding: "gh-isms", Markup: mapping.MarkupGFM, Statuses: []string{"open"}, Fields: []mapping.FieldMap{
		{Field: register.FieldTitle, Remote: mapping.Remote{Kind: mapping.KindTitle}},
		{Field: register.FieldKind, Remote: mapping.Remote{Kind: mapping.KindLabel, Name: "kind/"}},
		{Field: register.FieldProblem, Remote: mapping.Remote{Kind: mapping.KindSection, Name: "What is wrong"}},
		{Field: register.FieldBenefit, Remote: mapping.Remote{Kind: mapping.KindSection, Name: "Benefit"}},
	}}
	const wrong, benefit = "### What is wrong\n\n_No response_\n", "\n### Benefit\n\n"
	for _, c := range []struct{ kind, benefit, want string }{
		{"", "", wrong},
		{"nonconformity", "", wrong},
		{"improvement", "", wrong + benefit + "_No response_\n"},
		{"nonconformity", "Less work.", wrong + benefit + "Less work.\n"},
	} {
		want := map[register.Field]string{register.FieldTitle: "x"}
		if c.kind != "" {
			want[register.FieldKind] = c.kind
		}
		if c.benefit != "" {
			want[register.FieldBenefit] = c.benefit
		}
		d, err := p.Draft(want, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Fields["body"].Text; got != c.want {
			t.Errorf("%q with the benefit %q: %q, want %q", c.kind, c.benefit, got, c.want)
		}
	}
}
