package jira_test

import (
	"net/url"
	"testing"

	"github.com/conformd/conformd/connectors/jira"
)

func TestReferences(t *testing.T) {
	r := jira.References()
	for text, want := range map[string]bool{
		"ISMS-42":      true,
		"isms_2-7":     true,
		"acme/isms#17": false,
		"ISMS":         false,
		"NC-2026-0001": false,
	} {
		if r.Key(text) != want {
			t.Errorf("Key(%q) = %v", text, !want)
		}
	}
	for address, want := range map[string]string{
		"https://acme.atlassian.net/browse/ISMS-3":                      "ISMS-3",
		"https://acme.atlassian.net/jira/boards/7?selectedIssue=ISMS-4": "ISMS-4",
		"https://acme.atlassian.net/projects/ISMS/issues/ISMS-3":        "ISMS-3",
		"https://acme.atlassian.net/jira/boards/7":                      "",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Address(u); got != want {
			t.Errorf("Address(%q) = %q, want %q", address, got, want)
		}
	}
}
