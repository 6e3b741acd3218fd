package signin

import (
	"fmt"
	"time"

	"github.com/conformd/conformd/internal/access"
)

// A Code is the stable name of a reason not to sign somebody in.
type Code string

// The reasons.
const (
	CodeWrong       Code = "account-or-password-wrong"
	CodeLocked      Code = "account-locked"
	CodeBusy        Code = "too-many-guesses"
	CodeUnknown     Code = "identity-unknown"
	CodeEnded       Code = "access-ended"
	CodeState       Code = "sign-in-not-begun"
	CodeProvider    Code = "provider-refused"
	CodeUnreachable Code = "provider-unreachable"
	CodeToken       Code = "token-not-accepted" //nolint:gosec // a name
	CodeLink        Code = "link-used-or-over"
	CodeWeak        Code = "password-weak"

	CodeNoToken      Code = "token-unknown"
	CodeTokenRevoked Code = "token-revoked"
	CodeTokenEnded   Code = "token-ended"
	CodeTokenAsk     Code = "token-not-made"
	CodeNotFresh     Code = "sign-in-not-fresh"
)

// A RefusedError is why somebody is not signed in, in words for that person.
type RefusedError struct {
	Code   Code
	What   string
	Remedy string
}

// Error says what is wrong and what to do.
func (e *RefusedError) Error() string { return e.What + ": " + e.Remedy }

func refusedIdentity(id access.Identity, why access.Refusal) *RefusedError {
	if why == access.Ended {
		return &RefusedError{CodeEnded, "Your access has ended", "ask the ISMS manager if you need it longer"}
	}
	if id.Issuer == access.Local {
		return &RefusedError{CodeUnknown, "You are not in the register's list of people", "ask whoever runs conformd to add you to people in its configuration"}
	}
	return &RefusedError{
		CodeUnknown, "You are signed in at the provider, and conformd does not know you",
		fmt.Sprintf("ask whoever runs conformd to write sign_in: {subject: %q} to you in people, or to map one of your groups to a role", id.Subject),
	}
}

func locked(until time.Time) *RefusedError {
	return &RefusedError{CodeLocked, "There were too many wrong passwords for this account", "try again after " + until.UTC().Format("15:04:05") + " UTC, or make a new link at the machine: conformd user setup"}
}
