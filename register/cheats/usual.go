package cheats

import "github.com/conformd/conformd/register"

// cast are the people of a story that names none.
func cast() map[string]register.Person {
	return map[string]register.Person{
		"irene": {ID: "irene", Name: "Irene", Roles: []string{register.RoleISMSManager}}, // the ISMS manager
		"erik":  {ID: "erik", Name: "Erik"},                                              // owns the record
		"olga":  {ID: "olga", Name: "Olga"},                                              // does the work
		"rita":  {ID: "rita", Name: "Rita", Roles: []string{register.RoleReviewer}},      // reviews it
		"zoe":   {ID: "zoe", Name: "Zoe"},                                                // a colleague
	}
}

// usualFields are what a record says of which a story tells nothing else.
func usualFields() map[register.Field]string {
	return map[register.Field]string{
		register.FieldTitle:        "Leavers keep their accounts",
		register.FieldKind:         "nonconformity",
		register.FieldGrade:        "minor",
		register.FieldRisk:         "high",
		register.FieldSource:       "internal_audit",
		register.FieldOwner:        "erik",
		register.FieldProblem:      "Three accounts of people who had left were still enabled after 9 to 21 days.",
		register.FieldRequirements: "A.5.18",
		register.FieldLocation:     "Identity provider, People team",
		register.FieldEvidence:     "Export of the identity provider of 2 January against the list of leavers.",
		register.FieldIdentified:   "2026-01-02",

		register.FieldConsequences: "None: the sign-in logs show no use of the three accounts.",
		register.FieldCorrection:   "The three accounts were disabled on the same day.",
		register.FieldCauseMethod:  "fishbone",
		register.FieldCategory:     "process",
		register.FieldRootCause:    "The HR system tells IT of leavers by a mail that nobody is on duty to read.",
		register.FieldSimilarity:   "All other admin consoles were searched; one more leaver found and disabled.",

		register.FieldActionPlan: "- [ ] Let the HR system disable accounts by webhook @olga due:2026-01-20",
		register.FieldCriteria:   "Two monthly exports without an enabled account of a leaver.",
		register.FieldReviewer:   "rita",
		register.FieldReviewDue:  "2026-03-01",

		register.FieldISMSChange:   "Access procedure 4.2 now names the webhook.",
		register.FieldCloseSummary: "Webhook live since 15 January, exports of February and March clean.",
	}
}

// stages are the fields that people write together.
func stages() map[string][]register.Field {
	return map[string][]register.Field{
		"reports": {
			register.FieldTitle, register.FieldKind, register.FieldGrade, register.FieldRisk, register.FieldSource, register.FieldSourceRef, register.FieldDriver, register.FieldOwner,
			register.FieldProblem, register.FieldRequirements, register.FieldLocation, register.FieldEvidence, register.FieldIdentified,
		},
		"analyses": {
			register.FieldBenefit, register.FieldLikelihood, register.FieldEffect, register.FieldConsequences, register.FieldCorrection, register.FieldCauseMethod, register.FieldCategory, register.FieldRootCause, register.FieldSimilarity,
		},
		"plans": {register.FieldActionPlan, register.FieldNoAction, register.FieldCriteria, register.FieldReviewer, register.FieldReviewDue},
		"sums":  {register.FieldISMSChange, register.FieldCloseSummary},
	}
}

// A usualStep is a step of a record that goes its way, and how far it has come then.
type usualStep struct {
	step
	until string // "" in between
}

// usual is how a record goes its way when nobody cheats.
func usual() []usualStep {
	at := func(day int, until, line string) usualStep { return usualStep{step{day, line}, until} }
	return []usualStep{
		at(0, "reported", "erik reports it"),
		at(1, "", "irene triages it"),
		at(1, "triaged", "erik moves it to analysis"),
		at(2, "analysed", "erik analyses it"),
		at(3, "planned", "erik plans it"),
		at(4, "approved", "irene approves the plan"),
		at(4, "implementing", "erik moves it to implementing"),
		at(10, "", "olga finishes the actions"),
		at(10, "verifying", "olga moves it to verifying"),
		at(75, "reviewed", "rita reviews it effective: Exports of February and March compared, no leaver has an account."),
		at(76, "", "erik sums it up"),
		at(76, "closed", "erik moves it to closed"),
	}
}
