package register_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/conformd/conformd/register"
)

// A place is where a text may stand, beside the fields.
const (
	inReview    register.Field = "review"
	inRejection register.Field = "rejection"
	inDecision  register.Field = "decision"
	inAction    register.Field = "action"
	inDone      register.Field = "done"
)

// judgement says what becomes of a text in a place: the words of the rule that holds it, or
// of the one that flags it.
func judgement(t *testing.T, place register.Field, text string) (held, flagged []string) {
	t.Helper()
	r, p, ctx, to := complete(register.Nonconformity, register.Minor), register.DefaultPolicy(), at(now), register.Closed
	switch place {
	case inReview:
		r.Approvals[2].Reason = text
	case inRejection:
		to = register.StateRejected
		r.State = register.Analysis
		r.Approvals = append(r.Approvals, register.Approval{Event: "e:9", Subject: register.SubjectRejection, Outcome: register.Rejected, By: "ira", At: now, How: register.ByComment, Reason: text})
	case inDecision:
		_, err := register.Decide(r, register.Determine{By: register.Author{Person: "ira", At: now, How: register.ByComment, Event: "e:9"}, Field: register.FieldRisk, Value: "critical", Reason: text}, ctx, p)
		if err != nil {
			held = append(held, err.Error())
		}
		return held, nil
	case inAction:
		r.Actions = []register.Action{{ID: "a1", Kind: register.Corrective, Title: text, Assignee: "ben", Due: "2026-08-30", State: register.ActionDone, Evidence: "PR-12"}}
		delete(r.Fields, register.FieldActionPlan)
	case inDone:
		r.Actions = []register.Action{{ID: "a1", Kind: register.Corrective, Title: "Automate the leaver webhook", Assignee: "ben", Due: "2026-08-30", State: register.ActionDone, Evidence: text}}
		delete(r.Fields, register.FieldActionPlan)
	default:
		r.Fields[place] = text
	}
	for _, v := range register.Check(r, to, ctx, p) {
		for _, l := range v.Lacks {
			if v.Rule.Severity == register.Must {
				held = append(held, v.Rule.ID+" "+l.What.String())
			} else {
				flagged = append(flagged, v.Rule.ID+" "+l.What.String())
			}
		}
	}
	return held, flagged
}

func lines(t *testing.T, name string) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	section := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
		case line[0] == '[' && line[len(line)-1] == ']':
			section = line
		default:
			if strings.Contains(line, `\u`) {
				if line, err = strconv.Unquote(`"` + line + `"`); err != nil {
					t.Fatal(err)
				}
			}
			out[section] = append(out[section], line)
		}
	}
	return out
}

// Nothing of the corpus of evasive texts passes unseen in any place.
func TestEvasiveTexts(t *testing.T) {
	corpus := lines(t, "testdata/evasive.txt")
	references := []register.Field{register.FieldRequirements, register.FieldLocation, register.FieldEvidence, inDone}
	explaining := []register.Field{
		register.FieldProblem, register.FieldConsequences, register.FieldCorrection, register.FieldRootCause, register.FieldSimilarity,
		register.FieldCriteria, register.FieldISMSChange, register.FieldCloseSummary, inReview, inRejection,
	}
	everywhere := append(append([]register.Field{register.FieldTitle, inAction}, explaining...), references...)
	base := complete(register.Nonconformity, register.Minor)
	fill := strings.NewReplacer("{title}", base.Fields[register.FieldTitle], "{problem}", base.Fields[register.FieldProblem], "{correction}", base.Fields[register.FieldCorrection])
	for section, places := range map[string][]register.Field{
		"[anywhere]": everywhere, "[no reference]": explaining, "[cause]": {register.FieldRootCause},
	} {
		if len(corpus[section]) < 6 {
			t.Fatalf("%s has %d texts", section, len(corpus[section]))
		}
		for _, text := range corpus[section] {
			text = fill.Replace(text)
			for _, place := range places {
				if held, flagged := judgement(t, place, text); len(held)+len(flagged) == 0 {
					t.Errorf("%q passes as %s", text, place)
				}
			}
			// A manager who decides is not flagged, only held; so that counts what says nothing at all.
			if held, _ := judgement(t, inDecision, text); section == "[anywhere]" && len(held) == 0 {
				t.Errorf("%q passes as the reason of a decision", text)
			}
		}
	}
}

// What honest people write is never held, and hardly ever flagged.
func TestHonestTexts(t *testing.T) {
	const fewest, most = 60, 3
	corpus := lines(t, "testdata/honest.txt")[""]
	if len(corpus) < fewest {
		t.Fatalf("%d honest texts, want %d", len(corpus), fewest)
	}
	var doubted []string
	for _, line := range corpus {
		place, text, ok := strings.Cut(line, ": ")
		if _, known := register.Info(register.Field(place)); !ok || !known && !slices.Contains([]register.Field{inReview, inRejection, inDecision, inAction, inDone}, register.Field(place)) {
			t.Fatalf("%q is in no place", line)
		}
		held, flagged := judgement(t, register.Field(place), text)
		if len(held) > 0 {
			t.Errorf("%s is held: %q", line, held)
		}
		if len(flagged) > 0 {
			doubted = append(doubted, line+": "+strings.Join(flagged, "; "))
		}
	}
	if len(doubted) > most {
		t.Errorf("%d honest texts of %d are flagged, at most %d are tolerable:\n%s", len(doubted), len(corpus), most, strings.Join(doubted, "\n"))
	}
}
