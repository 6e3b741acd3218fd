package register

// AllActions returns the actions of the bound issues and those of the action plan,
// in this order.
func (r Record) AllActions() []Action { return r.Actions }

// ParseActions reads the actions of an action plan, one a line.
func ParseActions(text string) []Action { return nil }

// FormatActions writes actions as ParseActions reads them.
func FormatActions(as []Action) string { return "" }
