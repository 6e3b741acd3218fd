package main

// tests name those that find what the simulation does not draw or cannot judge, or met so
// seldom that looking for it once more would take too long.
func tests() map[string][2]string {
	return map[string][2]string{
		"latest-by-the-issue":          {"./sync/plan", "TestLatestComparesTheFieldsOwnTimes"},
		"events-before-values":         {"./sync/reconcile", "TestScenarios/quick_reviewer"},
		"way-that-nobody-saw":          {"./mapping", "TestHop"},
		"own-account-decides":          {"./mapping", "TestEvents"},
		"brake-blind-to-emptied":       {"./sync/plan", "TestWhatWouldLeaveIsCounted"},
		"brake-blind-to-creates":       {"./sync/plan", "TestWhatWouldLeaveIsCounted"},
		"brake-after-the-first-write":  {"./sync/reconcile", "TestScenarios/brake_on_what_leaves"},
		"release-lets-later-plans-go":  {"./sync/plan", "TestWhatWouldLeaveIsKnownByItsWords"},
		"default-for-a-word":           {"./sync/reconcile", "TestScenarios/refused_value_with_a_default"},
		"write-is-deaf":                {"./sync/reconcile", "TestScenarios/command_seen_by_a_write"},
		"start-is-deaf":                {"./sync/reconcile", "TestScenarios/command_heard_after_a_start"},
		"cursor-before-work":           {"./sync/reconcile", "TestTheCursorStaysWhenAPageIsNotStored"},
		"older-command-counts":         {"./sync/reconcile", "TestScenarios/command_older_than_an_edit"},
		"more-said-than-done":          {"./sync/reconcile", "TestScenarios/reopen_refused"},
		"older-read-stored":            {"./sync/reconcile", "TestScenarios/listing_newer_than_a_read"},
		"silence-is-asked-again":       {"./internal/app", "TestOutageStaysWhereItIs"},
		"owner-stands-alone":           {"./sync/reconcile", "TestScenarios/co_assignees_stay"},
		"action-stays-with-its-record": {"./sync/reconcile", "TestScenarios/action_moves_to_another_record"},
		"late-write-given-up":          {"./sync/reconcile", "TestAWriteOnItsWayIsWaitedFor"},

		// Nothing slips of the cheats of register/cheats.
		"day-that-does-not-begin-again": {"./register/cheats", "TestNothingSlips"},
		"owner-lowers":                  {"./register/cheats", "TestNothingSlips"},
		"stranger-decides":              {"./register/cheats", "TestNothingSlips"},
		"any-word-is-a-reason":          {"./register/cheats", "TestNothingSlips"},
		"duplicate-of-nothing":          {"./register/cheats", "TestNothingSlips"},
		"owner-rejects-a-finding":       {"./register/cheats", "TestNothingSlips"},
		"without-G03":                   {"./register/cheats", "TestNothingSlips"},
		"without-G04":                   {"./register/cheats", "TestNothingSlips"},
		"without-G20":                   {"./register/cheats", "TestNothingSlips"},
		"without-G21":                   {"./register/cheats", "TestNothingSlips"},
		"without-G22":                   {"./register/cheats", "TestNothingSlips"},
		"without-G23":                   {"./register/cheats", "TestNothingSlips"},
		"without-G27":                   {"./register", "TestAnActionTakenOutOfAnApprovedPlanIsShown"},
		"without-G28":                   {"./register/cheats", "TestNothingSlips"},
		"without-G29":                   {"./register/cheats", "TestNothingSlips"},
		"edited-review-stands":          {"./register/cheats", "TestNothingSlips"},
		"author-reviews":                {"./register/cheats", "TestNothingSlips"},
		"without-G24":                   {"./register/cheats", "TestNothingSlips"},
		"without-G25":                   {"./register/cheats", "TestNothingSlips"},
		"without-G26":                   {"./register/cheats", "TestNothingSlips"},
	}
}
