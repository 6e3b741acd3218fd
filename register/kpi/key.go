package kpi

// A key names a value of a record that figures are made of. Keys stand in the order in which a
// step takes them: the round comes before what begins anew with it.
type key int

const (
	keyRound        key = iota
	keyState            // register.State
	keyKind             // register.Kind
	keyGrade            // as rules see it
	keyRisk             // as rules see it
	keySource           // register.FieldSource
	keyOwner            // person id
	keyCategory         // register.FieldCategory
	keyDriver           // register.FieldDriver
	keyScope            // parts of the scope, one a line
	keyRequirements     // as people wrote them, one a line
	keyIdentified       // date
	keyRecorded         // when conformd first saw it
	keyConfirmed        // entered analysis for the first time
	keyContained        // the correction was stated
	keyPlan             // the cause and the plan of this round were approved
	keyDone             // the work of this round was done
	keyClosed           // it was closed, while it is
	keyCause            // "yes" where a root cause is stated
	keySimilar          // how many records the search for similar ones names, once it is stated
	keyChange           // "yes" or "no": whether the ISMS was changed, once it is stated
	keyAgain            // how many closed records it was confirmed to be again
	keyActions          // the actions, see actionsOf
	keyExtended         // approved extensions and the days that they add, "2 45"
	keyException        // last day of the standing exception and when it was approved
	keyReviews          // the reviews that count, see reviewsOf
	keyDecisions        // whether an improvement is made, see decisionsOf
	keyWaivers          // when it was closed without an independent review
	keyDueTriage        // the milestones of this round, see dueOf
	keyDueContainment
	keyDueDecision
	keyDueCause
	keyDueImplementation
	keyDueVerification
	keyCadence   // how often a record is measured
	keyReadings  // how many values were entered, and those that came since the step before, see readingsOf
	keyTargetDay // day by which an objective is to be met
	keyControl   // that a check is about
	keySignal    // type of a signal
	keyBecame    // what a signal was promoted to and when, see decisionsOf
	keyDecided   // the decisions of a management review with how far they are, see workOf
	keyStandards // standards that the record names, one a line
	keys         // how many there are
)

// names are the keys in the stored form of a course.
func names() [keys]string {
	return [keys]string{
		"round", "state", "kind", "grade", "risk", "source", "owner", "category", "driver", "scope", "requirements", "identified", "recorded",
		"confirmed", "contained", "plan", "done", "closed", "cause", "similar", "change", "again", "actions", "extended", "exception", "reviews",
		"decisions", "waivers", "due-triage", "due-containment", "due-decision", "due-cause", "due-implementation", "due-verification",
		"cadence", "readings", "target-day", "control", "signal", "became", "decided", "standards",
	}
}

// values are what a record says of each key, "" for nothing.
type values [keys]string
