package browsertest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
)

// corpus returns texts that a careless page would take for markup, a script, an address or a template. Each contains
// a mark that the pages themselves do not contain.
func corpus() []string {
	return []string{
		`<script>window.xssmark=1</script>`,
		`"><img src=x class=xssmark onerror="window.xssmark=1">`,
		`'><svg class=xssmark onload=window.xssmark=1>`,
		`</textarea></title></style></script><b class="xssmark" onclick="window.xssmark=1">b</b>`,
		`<iframe class="xssmark" srcdoc="<script>parent.xssmark=1</script>"></iframe>`,
		`<form class="xssmark" action="https://evil.example/"><button formaction="javascript:alert(1)">xssmark</button></form>`,
		`[xssmark](javascript:window.xssmark=1) ![xssmark](https://evil.example/p.png) <javascript:alert(1)>`,
		`<a class="xssmark" href="javascript:alert(1)">x</a> <a href="https://evil.example/xssmark">y</a>`,
		`<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/xssmark">`,
		`<style>.xssmark{}@import "https://evil.example/x.css";body{display:none}</style><link rel=stylesheet href="https://evil.example/xssmark.css">`,
		`<details class=xssmark open ontoggle=alert(1)><summary>x</summary></details><input class=xssmark autofocus onfocus=alert(1)>`,
		`<div class="xssmark" hx-get="https://evil.example/" hx-trigger="load" hx-on:load="alert(1)">x</div>`,
		`{{constructor.constructor("window.xssmark=1")()}} ${window.xssmark=1} <%= xssmark %> {% xssmark %}`,
		`&lt;script&gt;window.xssmark=1&lt;/script&gt; %3Cscript%3Exssmark &#60;b class=xssmark&#62;`,
		"\u202e\u0000\ufeff<\u200bscript>xssmark</script> ＜script＞xssmark",
		`<math><mtext><table><mglyph><style><img class=xssmark src onerror=alert(1)></style></mglyph></table></mtext></math>`,
		`<object class=xssmark data="data:text/html,<script>alert(1)</script>"></object><embed class=xssmark src="https://evil.example/">`,
		`" autofocus onfocus="alert(1)" class="xssmark" x="`,
	}
}

// markup names what of the corpus a page took for more than text.
const markup = `(() => {
	const printed = location.pathname === "/reports/file"; // a page to print has one style and one policy in its head
	const out = [], ours = new Set(["", location.origin, ...TRACKERS]);
	const say = (what, e) => out.push(what + ": " + e.outerHTML.slice(0, 150));
	if (window.xssmark) out.push("a script ran");
	for (const e of document.querySelectorAll("*")) {
		const tag = e.localName;
		if (e.classList.contains("xssmark") || e.id === "xssmark") say("an element of the corpus", e);
		if (["iframe", "object", "embed", "base", "math", "frame", "applet"].includes(tag)) say("an element that no page has", e);
		if (tag === "meta" && e.httpEquiv && !(printed && e === document.head.querySelector("meta[http-equiv]"))) say("a meta that acts", e);
		if (tag === "style" && !(printed && e === document.head.querySelector("style")) || tag === "script" && !e.getAttribute("src")?.startsWith("/static/")) say("a style or a script", e);
		for (const a of e.attributes) {
			if (a.name.startsWith("on") || a.name.startsWith("hx-on") || a.name === "style") say("an attribute that runs", e);
			if (!["href", "src", "action", "formaction", "hx-get", "hx-post", "data", "srcset", "poster"].includes(a.name)) continue;
			let u;
			try { u = new URL(a.value, location.href) } catch { say("no address", e); continue }
			if (!["http:", "https:", "data:"].includes(u.protocol) || u.protocol !== "data:" && !ours.has(u.origin)) say("an address elsewhere", e);
		}
	}
	return out.join("\n");
})()`

// hostileNames are names of people in the configuration.
func hostileNames(text string) string {
	for old, with := range map[string]string{"Erik Engel": `<img class=xssmark src=x onerror=alert(1)>Erik`, "Irene Ismail": `"><script>window.xssmark=1</script>Irene`} {
		text = strings.ReplaceAll(text, "name: "+old, fmt.Sprintf("name: '%s'", with))
	}
	return text
}

// fileHostile files the corpus in every field of both trackers.
func fileHostile(w *rehearsal.World) error {
	headings := []string{
		"What is wrong", "Requirement not met", "Objective evidence", "Date identified", "Where (process, system, team)", "Source reference", "Consequences", "Containment and correction",
		"Similar nonconformities", "Root cause method", "Root cause", "Corrective action plan", "Effectiveness criteria", "Effectiveness reviewer", "Effectiveness review date", "Change to the ISMS", "Closing summary",
	}
	fields := []string{
		"description", "Requirement not met", "Objective evidence", "Where", "Source reference", "Consequences", "Containment", "Similar review", "Root cause", "Corrective action plan",
		"Effectiveness criteria", "Change to the ISMS", "Closing summary",
	}
	w.GitHub.AddUser(githubsim.User{Login: "mallory", ID: 3001, Name: corpus()[1], Token: "mallory-token", Role: githubsim.Write})
	if err := w.Jira.RenameUser("olga", "olga", corpus()[2]); err != nil {
		return err
	}
	for i, text := range corpus() {
		var body strings.Builder
		for k, h := range headings {
			fmt.Fprintf(&body, "### %s\n\n%d %s\n\n", h, k, text)
		}
		erik := w.GitHub.As("erik")
		label := text[:min(len(text), 40)]
		n, err := erik.Open(fmt.Sprintf("%d %s", i, text), body.String(), "capa", "grade/major", strings.ToValidUTF8(label, ""))
		if err != nil {
			return fmt.Errorf("text %d in GitHub: %w", i, err)
		}
		for _, comment := range []string{text, "/capa reject " + text, "/capa " + text} {
			if _, err := w.GitHub.As("irene").Comment(n, comment); err != nil {
				return fmt.Errorf("text %d in a comment of GitHub: %w", i, err)
			}
		}
		if _, err := w.GitHub.As("mallory").Comment(n, text); err != nil {
			return err
		}
		if err := erik.Assign(n, []string{"mallory", "erik", "olga"}[i%3]); err != nil {
			return err
		}
		if i%3 == 0 {
			if err := erik.Close(n, "completed"); err != nil {
				return err
			}
		}
		all := map[string]any{"NC grade": "Minor", "assignee": "olga", "labels": []string{strings.Join(strings.Fields(label), "_")}}
		for _, f := range fields {
			all[f] = text
		}
		_, key, err := w.Jira.Person("erik").File("Nonconformity", fmt.Sprintf("%d %s", i, strings.ReplaceAll(text, "\n", " ")), all)
		if err != nil {
			return fmt.Errorf("text %d in Jira: %w", i, err)
		}
		if _, err := w.Jira.Person("irene").Comment(key, text); err != nil {
			return fmt.Errorf("text %d in a comment of Jira: %w", i, err)
		}
	}
	return nil
}

// Every page shows the texts of trackers and the names of people as text. No page has an element, an attribute or an
// address out of them, runs them, or asks another host because of them.
func TestTrackerTextsStayText(t *testing.T) {
	records := 2 * len(corpus())
	f := daemonAs(t, hostileNames, fileHostile)
	f.still(t, records, func([]store.Row) bool { return true }) // a tracker may refuse some of the texts
	visible, trackers := 0, fmt.Sprintf("[%q, %q]", f.trackers.JiraURL, f.trackers.GitHubURL)
	look := strings.ReplaceAll(markup, "...TRACKERS", "..."+trackers)
	tabs := map[string]*tab{}
	rows, err := f.app.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pages := slices.DeleteFunc(all(t, f), func(s sight) bool { return s.person == "" })
	for _, r := range rows {
		pages = append(pages, sight{name: r.Record.Ref, path: "/records/" + r.Record.Ref, person: "irene", status: http.StatusOK})
	}
	size, err := f.app.Store.LogSize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for before := size; before > 0; before -= 200 {
		pages = append(pages, sight{name: fmt.Sprintf("log below %d", before), path: fmt.Sprintf("/audit?before=%d", before), person: "irene", status: http.StatusOK})
	}
	for _, s := range pages {
		b := tabs[s.person]
		if b == nil {
			b = f.as(t, s.person)
			tabs[s.person] = b
		}
		if got := b.visit(s.path); got != s.status {
			t.Errorf("GET %s = %d, want %d", s.path, got, s.status)
			continue
		}
		if found := js[string](b, look); found != "" {
			t.Errorf("%s (%s):\n%s", s.name, s.path, found)
		}
		visible += js[int](b, `document.querySelector("main").textContent.split("xssmark").length - 1`)
		b.quiet(s.name, s.status)
	}
	if visible < 1000 {
		t.Errorf("the pages show the mark %d times: the texts are not there", visible)
	}
	t.Logf("%d pages show the mark %d times", len(pages), visible)
}

// The look at a page finds what it looks for.
func TestMarkupIsFound(t *testing.T) {
	b := seeded(t).as(t, "irene")
	b.visit("/")
	for _, x := range []string{`<b class="xssmark">x</b>`, `<iframe></iframe>`, `<p onclick="x">x</p>`, `<a href="javascript:0">x</a>`, `<a href="https://evil.example/">x</a>`, `<style></style>`, `<form action="https://evil.example/"></form>`} {
		found := js[string](b, fmt.Sprintf(`(() => { const e = document.createElement("div"); document.body.append(e); e.innerHTML = %q; const found = %s; e.remove(); return found })()`, x, strings.ReplaceAll(markup, "...TRACKERS", "")))
		if found == "" {
			t.Errorf("%s is not found in a page", x)
		}
	}
}
