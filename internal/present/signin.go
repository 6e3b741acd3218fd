package present

import (
	"cmp"

	"github.com/conformd/conformd/audit"
)

// tellSignIn tells who signed in, who could not, what an auditor read, and which tokens were made.
func tellSignIn(v *Event, e *audit.Entry) {
	told := after(e)
	v.Changes = nil
	page := line(told["page"])
	switch e.Verb {
	case audit.AccountInvited:
		if told["purpose"] == "calendar" {
			v.What = "made a secret address for a calendar program"
			break
		}
		v.What = "made a one-time link to the pages for " + cmp.Or(line(e.Subject.Ref), "a person")
	case audit.AccountSetUp:
		v.What = "set a password for the pages"
	case audit.SessionOpened:
		v.What = "signed in to the pages"
		if roles := told["roles"]; roles != "" {
			v.What += " as " + line(roles)
		}
	case audit.SessionEnded:
		v.What = "signed out of the pages"
	case audit.SessionRefused:
		v.What, v.Attention = "could not sign in to the pages", true
	case audit.AccessDenied:
		v.What, v.Attention = "asked for "+page+", which their roles do not open", true
	case audit.PageRead:
		v.What = "read the page " + page
	case audit.TokenMade:
		v.What = "made the token " + line(told["token"]) + " for a program, with the scopes " + line(told["scopes"]) + ", until " + line(told["until"])
	case audit.TokenRevoked:
		v.What = "revoked the token " + line(told["token"])
	}
}

// tellExport tells what was taken away of the log.
func tellExport(v *Event, e *audit.Entry) {
	told := after(e)
	v.Changes = nil
	v.What = "took away " + line(cmp.Or(told["export"], "a record with its entries"))
	if record := told["record"]; record != "" {
		v.What = "made the dossier of " + line(record)
	}
}
