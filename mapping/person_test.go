package mapping_test

import (
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
)

func TestUserName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		markup string
		user   connectors.User
		want   string
	}{
		{mapping.MarkupGFM, connectors.User{ID: "2002", Login: "erik", Name: "Erik Engel"}, "@erik"},
		{mapping.MarkupGFM, connectors.User{ID: "2002", Name: "Erik Engel"}, "Erik Engel"},
		{mapping.MarkupWiki, connectors.User{ID: "5b10", Login: "eengel", Name: "Erik Engel"}, "Erik Engel"},
		{mapping.MarkupWiki, connectors.User{ID: "JIRAUSER10100", Login: "eengel"}, "eengel"},
		{mapping.MarkupWiki, connectors.User{ID: "5b10"}, ""},
	} {
		p := &mapping.Profile{Markup: c.markup, Handles: c.markup == mapping.MarkupGFM}
		if got := p.UserName(c.user); got != c.want {
			t.Errorf("UserName(%+v) in %s = %q, want %q", c.user, c.markup, got, c.want)
		}
	}
}
