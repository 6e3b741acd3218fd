package kpi

import "sync"

// A figure is a row of the catalogue.
type figure struct {
	id, name     string
	requirements []string // keys of register.Requirements
	of           population
	counter      func(*Question) counter
}

// catalogue is made once: every record of a register asks for it.
var catalogue = sync.OnceValue(makeCatalogue) //nolint:gochecknoglobals // a constant

// makeCatalogue lists the figures in the order of a sheet. A number is never used for another
// figure.
func makeCatalogue() []figure {
	return []figure{
		{"K1", "Open", []string{"mr.trends.1", "nc.review"}, asked, newStanding},
		{"K2", "Opened and closed", []string{"mr.trends.1"}, asked, newFlow},
		{"K3", "Age of the open ones", []string{"mr.trends.1", "nc.proportion"}, asked, newAge},
		{"K4", "Overdue", []string{"mr.trends.1", "nc.proportion"}, asked, newOverdue},
		{"K5", "Time to contain", []string{"nc.control"}, asked, newContain},
		{"K6", "Time to cause and plan", []string{"nc.cause"}, asked, newPlan},
		{"K7", "Time to implement", []string{"nc.action"}, asked, newImplement},
		{"K8", "Time to close", []string{"nc.proportion"}, asked, newClose},
		{"K9", "Closed on time", []string{"nc.proportion"}, asked, newOnTime},
		{"K10", "Effective", []string{"nc.effective"}, asked, newEffective},
		{"K11", "Effective at the first review", []string{"nc.effective"}, asked, newFirstPass},
		{"K12", "Reviews", []string{"nc.effective"}, asked, newReviews},
		{"K13", "Came up again within a year", []string{"nc.effective", "nc.similar"}, asked, newCohort},
		{"K14", "Repeats", []string{"nc.similar"}, asked, newRepeats},
		{"K15", "With a root cause", []string{"nc.cause"}, asked, newCauses},
		{"K16", "Preventive to corrective actions", []string{"nc.action", "plan.prevent"}, everyKind, newPreventive},
		{"K17", "Improvements", []string{"ci.improve", "mr.improve"}, improvements, newImprovements},
		{"K18", "Found by ourselves", []string{"pe.audit", "mr.trends.3"}, asked, newSelfFound},
		{"K19", "Exceptions", []string{"nc.proportion", "mr.risk"}, asked, newExceptions},
		{"K20", "Extended", []string{"nc.proportion"}, asked, newExtensions},
		{"K21", "Reopened", []string{"nc.effective"}, asked, newReopened},
		{"K22", "Search for similar ones", []string{"nc.similar"}, asked, newSimilar},
		{"K23", "Changes to the ISMS", []string{"nc.isms_change", "plan.change"}, asked, newChanges},
		{"K24", "Decisions of management reviews", []string{"mr.actions"}, reviews, newReviewActions},
		{"K25", "Objectives", []string{"mr.trends.4"}, objectives, newObjectives},
		{"K26", "Control checks", []string{"pe.measure", "mr.trends.2"}, checks, newChecks},
		{"K27", "Measurements", []string{"pe.measure", "mr.trends.2"}, measured, newMeasurements},
		{"K28", "Signals", []string{"plan.prevent", "mr.context"}, signals, newSignals},
		{"K29", "Feedback", []string{"mr.feedback"}, signals, newFeedback},
		{"K30", "Most frequent", []string{"mr.trends.1"}, asked, newPareto},
		{"K31", "Sync trust", []string{"pe.measure", "mr.trends.2"}, noRecord, newTrust},
		{"K32", "Closed without an independent review", []string{"nc.effective"}, everyKind, newWaivers},
	}
}
