package web

// InboxWords names a part of the inbox.
func InboxWords(part string) string {
	return map[string]string{"triage": "Triage", "proposals": "Proposals", "recurrences": "Came up again?", "conflicts": "Conflicts"}[part]
}

// nothingWaits says that a part of the inbox is empty, and what would come there.
func nothingWaits(part string) string {
	return map[string]string{
		"triage":      "✓ Every record is triaged. A new issue with the label or type of a binding comes here.",
		"proposals":   "✓ No proposal waits. A change of a decided value, a request for a later date or an exception, and a request to reopen come here.",
		"recurrences": "✓ No record waits for an answer whether it came up again.",
		"conflicts":   "✓ No conflicts. A field that was changed to different values in two places comes here.",
	}[part]
}
