package rehearsal_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/rehearsal"
)

func TestTheLinkOfAnIssueLeadsToAPage(t *testing.T) {
	w, err := rehearsal.Start(t.Context(), rehearsal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	if _, err := w.GitHub.As("erik").Open("Leavers <b>keep</b> their accounts", "body", "capa"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Jira.Person("irene").File("Nonconformity", "Keys are shared", nil); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		w.GitHubURL + "/acme/isms/issues/1": "Leavers &lt;b&gt;keep&lt;/b&gt; their accounts",
		w.JiraURL + "/browse/ISMS-1":        "Keys are shared",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(b), want) {
			t.Errorf("GET %s = %s, %v: %s, want %q in it", url, resp.Status, err, b, want)
		}
	}
}
