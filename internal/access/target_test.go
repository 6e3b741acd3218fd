package access_test

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/access"
)

// A person comes back to the page that they wanted, and never to another host.
func TestTarget(t *testing.T) {
	for _, own := range []string{
		"/", "/?show=held", "/records/NC-2026-0007", "/records/NC-2026-0007?before=7", "/records/acme%2Fisms%231", "/audit?before=17", "/due/erik.ics", "/you", "/?next=https://evil.example/",
	} {
		if got := access.Target(own); got != own {
			t.Errorf("Target(%q) = %q, want it as it is", own, got)
		}
	}
	for _, hostile := range []string{
		"", "https://evil.example", "http:evil.example", "HTTPS:/evil.example", "javascript:alert(1)", "data:text/html,x", "evil.example", "evil.example/records",
		"//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "\t//evil.example", " //evil.example",
		"/%2fevil.example", "/%2Fevil.example", "/%5cevil.example", "%2f%2fevil.example", "/.//evil.example", "/..//evil.example", "/%2e%2e//evil.example", "/records/../..//evil.example", "/records/..",
		"/records\r\nLocation: https://evil.example", "/\x00/evil.example", "/\u2028/evil.example", "/records#x", "/<script>", "/\ufeff/evil.example", "/\xff",
		"/sign-in", "/sign-in?to=/sign-in", "/sign-in/callback?code=x", "/sign-out", "/setup/0123", "/SIGN-IN", "/" + strings.Repeat("a", 3000),
	} {
		if got := access.Target(hostile); got != "/" {
			t.Errorf("Target(%q) = %q, want the first page", hostile, got)
		}
	}
}

// Target answers every text with a path on the same host.
func TestTargetStaysOnThisHost(t *testing.T) {
	base, err := url.Parse("https://register.example/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SampledFrom([]string{"/", "\\", "%2f", "%5c", "%2e", ".", ":", "@", "?", "#", "https", "evil.example", "\t", "\n", " ", "records", "%", "\u00a0"}), 0, 8).Draw(t, "pieces")
		got := access.Target(strings.Join(pieces, ""))
		to, err := base.Parse(got)
		if err != nil {
			if got == "/" {
				t.Fatal(err)
			}
			return // no browser follows it either
		}
		if to.Host != base.Host || to.Scheme != base.Scheme || !strings.HasPrefix(got, "/") || access.Target(got) != got {
			t.Fatalf("Target(%q) = %q, which leads to %s", strings.Join(pieces, ""), got, to)
		}
	})
}
