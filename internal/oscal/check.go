package oscal

import (
	"fmt"
	"slices"
	"strings"
)

// check holds what the schemas of OSCAL let pass: a status and a stage of an action that are none,
// a reference that leads nowhere, two things with one id, and a blank around a value.
func (d Document) check() error {
	c := &checking{ids: map[string]string{}, parties: map[string]bool{}, observations: map[string]bool{}, risks: map[string]bool{}, roles: map[string]bool{}}
	p := d.POAM
	c.id("the plan", p.UUID)
	for _, r := range p.Metadata.Roles {
		c.roles[r.ID] = true
	}
	for _, x := range p.Metadata.Parties {
		c.id("party "+x.Name, x.UUID)
		c.parties[x.UUID] = true
		c.among("the type of party "+x.Name, x.Type, "person", "organization")
	}
	for _, o := range p.Observations {
		c.id("observation "+o.Title, o.UUID)
		c.observations[o.UUID] = true
		for _, m := range o.Methods {
			c.among("the method of observation "+o.Title, m, "EXAMINE", "INTERVIEW", "TEST", "UNKNOWN")
		}
	}
	for _, r := range p.Risks {
		c.risk(r)
	}
	for _, i := range p.Items {
		c.id("item "+i.Title, i.UUID)
		c.trimmed("the title of an item", i.Title)
		for _, o := range i.Observations {
			c.known("item "+i.Title, o.UUID, c.observations)
		}
		for _, r := range i.Risks {
			c.known("item "+i.Title, r.UUID, c.risks)
		}
		if len(i.Risks) > 1 {
			c.flaws = append(c.flaws, "item "+i.Title+" has several risks")
		}
		c.props(i.Props)
	}
	if p.BackMatter != nil {
		for _, r := range p.BackMatter.Resources {
			c.id("resource "+r.Title, r.UUID)
		}
	}
	if len(c.flaws) > 0 {
		return fmt.Errorf("the document would break rules of OSCAL: %s", strings.Join(c.flaws, "; "))
	}
	return nil
}

type checking struct {
	ids                                 map[string]string
	parties, observations, risks, roles map[string]bool
	flaws                               []string
}

func (c *checking) risk(r Risk) {
	what := "risk " + r.Title
	c.id(what, r.UUID)
	c.risks[r.UUID] = true
	c.trimmed("the title of a risk", r.Title)
	c.status(what, r.Status)
	for _, o := range r.Observations {
		c.known(what, o.UUID, c.observations)
	}
	for _, x := range r.Characterizations {
		for _, a := range x.Origin.Actors {
			c.known(what, a.UUID, c.parties)
		}
	}
	for _, m := range r.Mitigating {
		c.id(what, m.UUID)
	}
	for _, a := range r.Remediations {
		c.id(what, a.UUID)
		c.among("the lifecycle of "+a.Title, a.Lifecycle, "recommendation", "planned", "completed")
		c.props(a.Props)
		for _, t := range a.Tasks {
			c.id(what, t.UUID)
			c.among("the type of task "+t.Title, t.Type, "milestone", "action")
			for _, role := range t.Responsible {
				c.known(what, role.Role, c.roles)
				for _, p := range role.Parties {
					c.known(what, p, c.parties)
				}
			}
		}
	}
	if r.Log == nil {
		return
	}
	for _, e := range r.Log.Entries {
		c.id(what, e.UUID)
		if e.StatusChange != "" {
			c.status(what, e.StatusChange)
		}
		for _, p := range e.LoggedBy {
			c.known(what, p.Party, c.parties)
		}
	}
}

func (c *checking) status(what string, s Status) {
	c.among("the status of "+what, string(s), string(Open), string(Investigating), string(Remediating), string(DeviationAsked), string(DeviationApproved), string(Closed))
}

func (c *checking) among(what, value string, known ...string) {
	if !slices.Contains(known, value) {
		c.flaws = append(c.flaws, fmt.Sprintf("%s is %q", what, value))
	}
}

func (c *checking) id(what, id string) {
	if other, twice := c.ids[id]; twice {
		c.flaws = append(c.flaws, fmt.Sprintf("%s and %s have the id %s", other, what, id))
	}
	c.ids[id] = what
}

func (c *checking) known(what, id string, known map[string]bool) {
	if !known[id] {
		c.flaws = append(c.flaws, fmt.Sprintf("%s refers to %s, which is not there", what, id))
	}
}

func (c *checking) props(ps []Prop) {
	for _, p := range ps {
		c.trimmed("the value "+p.Name, p.Value)
	}
}

func (c *checking) trimmed(what, value string) {
	if value == "" || value != strings.TrimSpace(value) {
		c.flaws = append(c.flaws, fmt.Sprintf("%s is %q", what, value))
	}
}
