package mapping_test

import (
	"testing"

	"github.com/conformd/conformd/mapping"
)

// The wish for an exception names its last day and the justification, in the words people use.
func TestAcceptCommands(t *testing.T) {
	t.Parallel()
	const usage = "`/capa accept until <date> because <justification>`"
	for said, want := range map[string]mapping.Command{
		"/capa accept until 2027-03-01 because the system is replaced":     {Verb: "accept", Value: "2027-03-01", Text: "the system is replaced"},
		"/capa Accept bis 1.3.2027 weil das System ersetzt wird":           {Verb: "accept", Value: "1.3.2027", Text: "das System ersetzt wird"},
		"/capa accept until 1 March 2027 because\nthe system\nis replaced": {Verb: "accept", Value: "1 March 2027", Text: "the system\nis replaced"},
		"/capa accept until 2027-03-01":                                    {Verb: "accept", Text: "until 2027-03-01", Err: "say why: " + usage},
		"/capa accept because the system is replaced":                      {Verb: "accept", Text: "the system is replaced", Err: "say until when and why: " + usage},
		"/capa accept 2027-03-01 because the system is replaced":           {Verb: "accept", Text: "the system is replaced", Err: "say until when and why: " + usage},
		"/capa accept until 2027-03-01 because":                            {Verb: "accept", Err: "say until when and why: " + usage},
	} {
		got := mapping.ParseCommands(said)
		if len(got) != 1 || got[0].Verb != want.Verb || got[0].Value != want.Value || got[0].Text != want.Text || got[0].Err.String() != want.Err.String() || got[0].Field != want.Field {
			t.Errorf("%s: %+v\nwant %+v", said, got, want)
		}
	}
}
