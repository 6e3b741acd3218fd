package present

import (
	"strings"

	"github.com/conformd/conformd/audit"
)

// Unknown is the actor of a change whose author the tracker does not name.
const Unknown = "unknown, the tracker does not say"

// Actor names the actor of an entry.
func (n Names) Actor(a audit.Actor) string {
	switch a.Kind {
	case audit.Daemon:
		return "conformd"
	case audit.Unattributed:
		return Unknown
	case audit.Operator:
		if _, known := n.People[a.ID]; known {
			return n.person(a.ID)
		}
		return "an operator"
	case audit.TrackerApp:
		return "app " + n.account(a.ID)
	case audit.Person:
		return n.person(a.ID)
	default:
		return line(string(a.Kind) + " " + a.ID)
	}
}

// person names a person, or an account that is no person of the register.
func (n Names) person(id string) string {
	switch {
	case id == "":
		return "a person"
	case n.People[id] != "":
		return line(n.People[id])
	case strings.HasPrefix(id, accountPrefix):
		return n.account(id) + notInList
	case len(n.People) > 0:
		return line(id) + notInList
	default:
		return line(id)
	}
}

// notInList marks an account that belongs to no person of the register.
const notInList = " (not in the register's list of people)"

// accountPrefix begins the id of an account that belongs to no person of the register:
// "account:gh-isms:2002".
const accountPrefix = "account:"

// account names an account of a tracker.
func (n Names) account(id string) string {
	if name := n.Accounts[id]; name != "" {
		return line(name)
	}
	binding, account, ok := strings.Cut(strings.TrimPrefix(id, accountPrefix), ":")
	if !ok || !strings.HasPrefix(id, accountPrefix) {
		return line(id)
	}
	return line("account " + account + " of " + binding)
}

// how says from where the actor is known, "" if that needs no words.
func how(h audit.How) string {
	switch h {
	case audit.ByWebhook:
		return "from a webhook"
	case audit.ByChangelog:
		return "from the history of the issue"
	case audit.ByComment:
		return "from a comment"
	case audit.ByToken:
		return "as the author of the issue"
	case audit.ByAPI:
		return "by a program with a token"
	case audit.BySignIn:
		return "signed in to the pages"
	case audit.ByLocal:
		return "at the command line"
	default:
		return ""
	}
}
