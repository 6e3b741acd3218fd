package mapping

import (
	"errors"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// errTODO marks what is not written yet.
var errTODO = errors.New("not written yet")

// View reads an issue.
func (p *Profile) View(is *connectors.Issue) (View, []Problem) { return View{}, nil }

// Project returns what the side would show for value; ok is false if it cannot.
func (p *Profile) Project(f register.Field, value string) (raw string, ok bool) { return "", false }

// Lift returns what raw, as a View or Project gave it, means in the register's words.
func (p *Profile) Lift(f register.Field, raw string) (value string, ok bool) { return "", false }

// Aim is Project, except that it returns what the side shows already if that
// means the same. Write only if the result differs from v[f].Raw.
func (p *Profile) Aim(v View, f register.Field, value string) (raw string, ok bool) { return "", false }

// Patch returns the smallest change that makes is show the raw values of want.
func (p *Profile) Patch(is *connectors.Issue, want map[register.Field]string) (connectors.Patch, error) {
	return connectors.Patch{}, errTODO
}

// Draft returns a new issue that shows the raw values of want.
func (p *Profile) Draft(want map[register.Field]string, marker, backlink string) (connectors.Draft, error) {
	return connectors.Draft{}, errTODO
}

// Validate returns the mistakes of the profile.
func (p *Profile) Validate() []Problem { return nil }
