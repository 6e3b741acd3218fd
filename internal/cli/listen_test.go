package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/config"
)

// Who upgrades is told that webhooks have moved, and who opens the pages is told each time.
func TestListenWarnings(t *testing.T) {
	const bindings = `
trackers:
  - id: github
    kind: github
    url: https://api.github.com
    auth: {kind: token, token: {env: T}}
    webhook: {secrets: [{env: T}]}
bindings:
  - id: gh
    tracker: github
    repository: acme/isms
    states: [{status: open, state: reported}, {status: closed, state: closed}]
    fields: [{field: title, from: {kind: title}}]
`
	for name, x := range map[string]struct {
		text string
		want []string
	}{
		"from before":      {"listen: 127.0.0.1:9000" + bindings, []string{"webhooks are taken on 127.0.0.1:8485, no longer on 127.0.0.1:9000"}},
		"named":            {"webhooks: {listen: \":8485\"}" + bindings, nil},
		"without webhooks": {"listen: 127.0.0.1:9000" + strings.Replace(bindings, "    webhook: {secrets: [{env: T}]}\n", "", 1), nil},
		"opened": {
			"listen: 0.0.0.0:9000\npages_without_login: true\nwebhooks: {listen: \":8485\"}" + bindings, []string{"whoever reaches 0.0.0.0:9000 reads the whole register"},
		},
	} {
		path := filepath.Join(t.TempDir(), "conformd.yaml")
		if err := os.WriteFile(path, []byte(x.text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.LoadOffline(path, func(string) (string, bool) { return "", false })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := listenWarnings(c)
		if len(got) != len(x.want) {
			t.Errorf("%s: warnings = %q, want %d", name, got, len(x.want))
			continue
		}
		for i := range got {
			if !strings.Contains(got[i], x.want[i]) {
				t.Errorf("%s: warning %q, want %q in it", name, got[i], x.want[i])
			}
		}
	}
}
