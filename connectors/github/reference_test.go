package github_test

import (
	"net/url"
	"testing"

	"github.com/conformd/conformd/connectors/github"
)

func TestReferences(t *testing.T) {
	r := github.References()
	for text, want := range map[string]bool{
		"acme/isms#17":   true,
		"ACME/svc.a-b#1": true,
		"ISMS-42":        false,
		"isms#17":        false,
	} {
		if r.Key(text) != want {
			t.Errorf("Key(%q) = %v", text, !want)
		}
	}
	for address, want := range map[string]string{
		"https://github.com/acme/isms/issues/17":                      "acme/isms#17",
		"https://github.com/acme/isms/pull/3/files":                   "acme/isms#3",
		"https://github.com/acme/isms":                                "",
		"https://ghe.example/code/acme/isms/issues/17#issuecomment-1": "acme/isms#17",
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
