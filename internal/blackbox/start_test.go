//go:build unix

package blackbox

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// startTrackers starts both and writes the configuration that connects conformd to them.
func (l *lane) startTrackers() {
	l.Helper()
	jira, github, listen, hooks := freeAddr(l.T), freeAddr(l.T), freeAddr(l.T), freeAddr(l.T)
	l.config, l.pages, l.hooks = filepath.Join(l.dir, "conformd.yaml"), "http://"+listen, "http://"+hooks
	l.env = []string{
		"JIRA_TOKEN=conformd-token", "GITHUB_TOKEN=conformd-token", "WEBHOOK_SECRET=rehearsal-webhook-secret-0123456789abcdef",
		"CONFORMD_LISTEN=" + listen, "CONFORMD_WEBHOOKS_LISTEN=" + hooks, "CONFORMD_DATA_DIR=" + l.data,
		"CONFORMD_SYNC_POLL_EVERY=5s", "CONFORMD_SYNC_BRAKE_FLOOR=1000",
	}
	args := []string{
		"sim", "--jira-addr", jira, "--github-addr", github, "--webhooks-to", "http://" + hooks,
		"--deployment", l.options.Deployment, "--latency", l.options.Latency.String(),
	}
	for _, only := range []string{"jira", "github"} {
		a := append(slices.Clip(args), "--only", only)
		if only == "github" {
			a = append(a, "--print-config", l.config)
		}
		c, err := l.spawn(only+".log", "conformd", a...)
		if err != nil {
			l.Fatal(err)
		}
		l.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 4}
	l.Cleanup(transport.CloseIdleConnections)
	l.jira = &tracker{lane: l, name: "jira", url: "http://" + jira, client: &http.Client{Transport: transport}}
	l.github = &tracker{lane: l, name: "github", url: "http://" + github, client: &http.Client{Transport: transport}}
	up := func(t *tracker) bool {
		_, err := t.call("", http.MethodGet, "/_sim/log", nil)
		return err == nil
	}
	l.within(startMost, "both trackers answer and the configuration is written", func() bool {
		b, err := os.ReadFile(l.config)
		return up(l.jira) && up(l.github) && err == nil && strings.Contains(string(b), "close_summary")
	})
	text, err := os.ReadFile(l.config)
	if err != nil {
		l.Fatal(err)
	}
	// A dozen people work for weeks within one minute here, which the brake would take for
	// an accident.
	const brake = "sync:\n  brake: {floor: 1000, max_emptied: 0, max_replaced: 0, max_creates: 0, max_comments: 0}\n"
	edited := strings.ReplaceAll(string(text), "create_twin: false", "create_twin: true")
	edited = strings.Replace(edited, "sync:\n", brake, 1)
	if err := os.WriteFile(l.config, []byte(edited), 0o600); err != nil {
		l.Fatal(err)
	}
	l.jira.fields = map[string]string{}
	var fields []struct{ ID, Name string }
	l.jira.must("erik", http.MethodGet, "/rest/api/2/field", nil, &fields)
	for _, f := range fields {
		l.jira.fields[f.Name] = f.ID
	}
}
