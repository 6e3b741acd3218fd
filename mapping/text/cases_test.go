package text_test

import (
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/mapping/text"
)

// TestThereAndBack holds what people write at GitHub against what Jira shows and what
// GitHub shows after an edit in Jira. An empty back is the text itself.
func TestThereAndBack(t *testing.T) {
	for _, tc := range []struct{ name, gfm, wiki, back string }{
		// Numbers of lists.
		{"a date at the start of a line", "15. Mai 2026: das Konto war noch aktiv.", "15. Mai 2026: das Konto war noch aktiv.", ""},
		{"a quarter", "3. Quartal 2026, Bericht 7", "3. Quartal 2026, Bericht 7", ""},
		{"an escaped number", "1\\. Mai 2026 and\n2\\. Juni", "1&#46; Mai 2026 and\n2. Juni", ""},
		{"a list that goes on", "3. Third\n4. Fourth\n   - a\n   - b\n5. Fifth", "3. Third\n4. Fourth\n* a\n* b\n5. Fifth", ""},
		{"a list that goes on in a list", "- a\n\n  3. b\n  4. c", "* a\\\\ \\\\ 3. b\\\\ 4. c", "- a\n\n  3\\. b\n  4\\. c"},
		{"from nought", "0. a\n1. b", "0. a\n1. b", ""},
		{"two lists", "1. a\n2. b\n\n1) c", "# a\n# b\n\n# c", ""},
		{"an empty item", "1. a\n2.\n3. c", "# a\n# &nbsp;\n# c", ""},
		// Blocks in items.
		{"code in a step", "1. Run\n   ```sh\n   id\n   ```\n2. Compare", "# Run\n{code:sh}\nid\n{code}\n# Compare", ""},
		{"paragraphs in a step", "1. Log in\n\n   The console.\n2. Save", "# Log in\\\\ \\\\ The console.\n# Save", ""},
		{"text below code in a step", "1. Run\n   ```\n   id\n   ```\n   and look\n2. b", "# Run\n{noformat}\nid\n{noformat}\nand look\n# b", ""},
		{"a quote in a step", "1. Ask\n   > they say\n2. Sign", "# Ask\n{quote}\nthey say\n{quote}\n# Sign", ""},
		{"a table in a step", "1. Compare\n\n   | a | b |\n   | --- | --- |\n   | 1 | 2 |\n2. Sign", "# Compare\n{panel}\n||a||b||\n|1|2|\n{panel}\n# Sign", ""},
		{"a picture in a step", "1. Open\n   ![page](https://x.org/p.png)\n2. Export", "# Open\\\\ !https://x.org/p.png|alt=page!\n# Export", ""},
		{"a step that is code", "1. ```\n   id\n   ```\n2. b", "# &nbsp;\n{noformat}\nid\n{noformat}\n# b", "1.\n   ```\n   id\n   ```\n2. b"},
		// Addresses.
		{"parentheses in an address", "https://en.wikipedia.org/wiki/Separation_of_duties_(auditing).", "[https://en.wikipedia.org/wiki/Separation_of_duties_(auditing)].", ""},
		{"a query", "See https://k.example.com/app#/?_g=(filters:!(),time:(from:now-7d,to:now))&_a=(b) and more", "See [https://k.example.com/app#/?_g=(filters:!(),time:(from:now-7d,to:now))&_a=(b)] and more", ""},
		{"what a link cannot hold", "https://g.example.com/d?a=prod|stage&b=1 and https://api.example.com/{id}", "[https://g.example.com/d?a=prod\\|stage&b=1|https://g.example.com/d?a=prod%7Cstage&b=1] and [https://api.example.com/\\{id}|https://api.example.com/%7Bid%7D]", ""},
		{"without a scheme", "www.example.com/path and www.example.com/(a)", "www.example.com/path and [www.example.com/(a)|http://www.example.com/(a)]", ""},
		{"an underscore behind a host", "www.x.org_!a.png!", "&#119;ww.x.org_\\!a.png!", "www\\.x.org\\_!a.png!"},
		{"a hyphen and an underscore in a host", "www.x.a-_b", "&#119;ww.x.a-\\_b", "www\\.x.a-\\_b"},
		{"an underscore in a host", "www.x_y.org and www.x.org_", "www.x_y.org and &#119;ww.x.org_", "www.x_y.org and www\\.x.org\\_"},
		{"a file server", "ftp://files.example.com/x", "ftp://files.example.com/x", ""},
		{"parentheses in a link", "[a](https://x.org/b_(c)) and [d](<https://x.org/e f>)", "[a|https://x.org/b_(c)] and [d|https://x.org/e%20f]", "[a](https://x.org/b_(c)) and [d](https://x.org/e%20f)"},
		{"the title of a link", "[policy](https://x.org/p \"Access policy v4\")", "[policy|https://x.org/p|Access policy v4]", ""},
		{"a picture that is a link", "[![build](https://x.org/b.svg)](https://x.org/run/1)", "[!https://x.org/b.svg!|https://x.org/run/1]", "[![](https://x.org/b.svg)](https://x.org/run/1)"},
		{"marks in the text of a link", "[the **log** of `x]`](https://x.org)", "[the *log* of {{x\\]}}|https://x.org]", ""},
		// HTML.
		{"a picture as GitHub writes it", "The console:\n\n<img width=\"800\" alt=\"console\" src=\"https://github.com/user-attachments/assets/5d0c\" />\n\nafter", "The console:\n\n!https://github.com/user-attachments/assets/5d0c|alt=console!\n\nafter", "The console:\n\n![console](https://github.com/user-attachments/assets/5d0c)\n\nafter"},
		{"a picture in a line", "a <img src='https://x.org/i.png' width=20> b", "a !https://x.org/i.png! b", "a ![](https://x.org/i.png) b"},
		{"tags", "press <kbd>Ctrl</kbd> <x-y a=\"https://x.org\">", "press <" + m + "kbd>Ctrl<" + m + "/kbd> <" + m + "x-y a=\"https&#58;//x.org\">", ""},
		{"phrases of HTML", "<b>Owner:</b> <i>due</i> <s>old</s> <code>x</code> <a href=\"https://x.org/h\">the log</a>", "*Owner:* _due_ -old- {{x}} [the log|https://x.org/h]", "**Owner:** _due_ ~~old~~ `x` [the log](https://x.org/h)"},
		{"emphasis that Markdown has no mark for", "<b>Cause:</b>none", "{*}Cause:{*}none", ""},
		{"a block of HTML", "<div align=\"center\">\na &amp; <b>b</b> &lt;c&gt;\n</div>", "<" + m + "div align=\"center\">\na & *b* <c>\n<" + m + "/div>", "<div align=\"center\">\na & <b>b</b> &lt;c>\n</div>"},
		{"preformatted HTML", "<pre>\na  *b* &lt;c&gt;\n</pre>", "{noformat}\na  *b* <c>\n{noformat}", "```\na  *b* <c>\n```"},
		// The rest.
		{"footnotes", "Claim[^1] and `[^1]`.\n\n[^1]: The proof.\n    More.", "Claim\\[\\^1] and {{\\[\\^1]}}.\n\n\\[\\^1]: The proof.\nMore.", ""},
		{"a footnote that nothing refers to", "a\n\n[^1]: b", "a", "a"},
		{"an alert", "> [!IMPORTANT]\n> Rotate the key.", "{quote}\n\\[\\!IMPORTANT]\nRotate the key.\n{quote}", ""},
		{"a quote in a quote", "> a\n>\n> > b\n>\n> c", "{quote}\na\n\nbq. b\n\nc\n{quote}", ""},
		{"faces", "Risk :( then :) ;) :D 8) (y)", "Risk \\:( then \\:) \\;) \\:D 8) \\(y)", ""},
		{"languages that Jira has", "```shell\na\n```\n\n```yml\nb: 1\n```\n\n```ts\nc\n```", "{code:bash}\na\n{code}\n\n{code:yaml}\nb: 1\n{code}\n\n{code:javascript}\nc\n{code}", "```bash\na\n```\n\n```yaml\nb: 1\n```\n\n```javascript\nc\n```"},
		{"languages that Jira lacks", "```dockerfile\nFROM scratch\n```\n\n```text\nplain\n```", "{noformat}\nFROM scratch\n{noformat}\n\n{noformat}\nplain\n{noformat}", "```\nFROM scratch\n```\n\n```\nplain\n```"},
		{"a mention in code", "```\n[~admin] {noformat}\n```", "{noformat}\n[" + z + "~admin] {noformat" + z + "}\n{noformat}", ""},
		{"a head without words", "| | a |\n|---|---|\n| b | c |", "|| ||a||\n|b|c|", "|  | a |\n| --- | --- |\n| b | c |"},
	} {
		back := tc.back
		if back == "" {
			back = tc.gfm
		}
		w := text.ToWiki(tc.gfm)
		if w != tc.wiki {
			t.Errorf("%s: ToWiki(%q) = %q, want %q", tc.name, tc.gfm, w, tc.wiki)
		}
		if got := text.FromWiki(w); got != back {
			t.Errorf("%s: FromWiki(%q) = %q, want %q", tc.name, w, got, back)
		}
	}
}

// TestFromJira holds what people write in Jira against what GitHub shows.
func TestFromJira(t *testing.T) {
	for _, tc := range []struct{ name, wiki, want string }{
		{"a cell over lines", "|*Account*|Left on|\n|svc-backup\nsvc-print|2026-05-01|\n|svc-mail|never|", "| **Account** | Left on |\n| --- | --- |\n| svc-backup<br>svc-print | 2026-05-01 |\n| svc-mail | never |"},
		{"a list in a cell", "||a||\n|* b\n* c|", "| a |\n| --- |\n| - b<br>- c |"},
		{"code in a cell", "||a||b||\n|{code}\nx|y\n{code}|c|", "| a | b |\n| --- | --- |\n| `x\\|y` | c |"},
		{"the head of a row", "||a||b||\n||c|d|", "| a | b |\n| --- | --- |\n| **c** | d |"},
		{"a row that does not end", "|a|b\n\nc", "| a | b |\n| --- | --- |\n\nc"},
		{"a picture whose name has spaces", "!Screenshot 2026-05-01 at 09.14.22.png|width=640!", "(image: Screenshot 2026-05-01 at 09.14.22.png)"},
		{"what is no picture", "Hi! Wait. No! a!b.c! !a. b!", "Hi! Wait. No! a!b.c! !a. b!"},
		{"files", "[^a b.txt] [the *log*|^auth.log] [c.pdf|^c.pdf]", "a b.txt the log (auth.log) c.pdf"},
		{"mentions behind any letter", "担当@tanaka が、é@ana", "担当@" + z + "tanaka が、é@" + z + "ana"},
		{"orders, references and addresses", "/close\nFixes #1, acme/other#3, GH-3\nhttps://github.com/acme/isms/issues/17", "/" + z + "close\nFixes #" + z + "1, acme/other#" + z + "3, GH-" + z + "3\n[https://github.com/acme/isms/issues/17](https://redirect.github.com/acme/isms/issues/17)"},
		{"tags that somebody typed", "Use <role> and <b>", "Use \\<role> and \\<b>"},
		{"a smart link", "[https://x.org/a|https://x.org/a|smart-link]", "https://x.org/a"},
		{"a link of mail", "[mailto:isms@example.com]", "isms@example.com"},
		{"code directly in a list", "# Run\n{code:sh}\nid\n{code}\n# Compare", "1. Run\n   ```sh\n   id\n   ```\n2. Compare"},
		{"code apart from a list", "# Run\n\n{code:sh}\nid\n{code}\n\n# Compare", "1. Run\n\n```sh\nid\n```\n\n1. Compare"},
		{"lists apart", "# a\n\n# b", "1. a\n\n1) b"},
		{"a typed list with a gap", "3. a\n7. b", "3. a\n   7\\. b"},
		{"a macro that fetches", "{jiraissues:url=x}", "```\n{jiraissues:url=x}\n```"},
		{"what GitHub would take for an alert", "bq. \\[!NOTE]", "> [!NOTE]"},
	} {
		if got := text.FromWiki(tc.wiki); got != tc.want {
			t.Errorf("%s: FromWiki(%q) = %q, want %q", tc.name, tc.wiki, got, tc.want)
		}
	}
}

func TestRawMacros(t *testing.T) {
	for _, tc := range []struct {
		macro string
		pass  bool
	}{
		{"{toc:maxLevel=2}", true},
		{"{expand:Log}\n*a* {color:red}b{color}\n{expand}", true},
		{"{info}\nx\n{info}", true},
		{"{html}<script>alert(1)</script>{html}", false},
		{"{HTML}x{HTML}", false},
		{"{include:Secret}", false},
		{"{iframe:src=https://x.org}{iframe}", false},
		{"{jiraissues:url=x}", false},
		{"{expand:x}\n{html}y{html}\n{expand}", false},
		{"{expand:x}\n[~ana]\n{expand}", false},
		{"{something-new}", false},
	} {
		w := text.ToWiki("```jira\n" + tc.macro + "\n```")
		if got := w == tc.macro; got != tc.pass {
			t.Errorf("ToWiki of the macro %q = %q: it passes: %v, want %v", tc.macro, w, got, tc.pass)
		}
		if !tc.pass && w != "{noformat}\n"+strings.ReplaceAll(tc.macro, "[~", "["+z+"~")+"\n{noformat}" {
			t.Errorf("ToWiki of the macro %q = %q, want it as text", tc.macro, w)
		}
	}
}

func TestFromWikiNamed(t *testing.T) {
	names := func(id string) (string, bool) {
		name, ok := map[string]string{"712020:olga": "Olga  Owens", "ben": "Ben @*Bold*", "empty": " "}[id]
		return name, ok
	}
	for _, tc := range []struct{ wiki, want string }{
		{"Ask [~accountid:712020:olga] about it.", "Ask Olga Owens about it."},
		{"Ask [~ben].", "Ask Ben @\\*Bold\\*."},
		{"Ask [~accountid:712020:eve] and [~empty].", "Ask @" + z + "712020:eve and @" + z + "empty."},
		{"*[~accountid:712020:olga]*", "**Olga Owens**"},
		{"{quote}\n|[~accountid:712020:olga]|\n{quote}", "> | Olga Owens |\n> | --- |"},
	} {
		if got := text.FromWikiNamed(tc.wiki, names); got != tc.want {
			t.Errorf("FromWikiNamed(%q) = %q, want %q", tc.wiki, got, tc.want)
		}
	}
}

// TestHostileTexts holds that no text takes time that grows with the square of its
// length: four times as much text takes four times as long, and not sixteen times. What
// is converted at once is not measured, and one fair measurement of several is enough.
func TestHostileTexts(t *testing.T) {
	took := func(f func(string) string, s string) time.Duration {
		start := time.Now()
		f(s)
		return time.Since(start)
	}
	for _, p := range []string{
		"[", "![", "[a](", "[a](b \"", "*a_ ", "**a *", "<", "<a ", "<!--", "<!-- a\n", ">", "> a\n", "- ", "- a\n", "1) ", "www.a ", "www.a_ ", "www.", "[a]: x\n", "|", "|a", "|a\n", "a | b\n-|-\n", "\\", "[^1]: a\n", "a]", "~a~~ ", "http://(", "http://a_b(", "<a b=\"", "<details>\n\n",
		"{", "{{", "{{a", "{code}", "{code:a}", "{quote}", "{quote}a", "{panel}", "{a}", "{a}\n", "* a\n", "** a\n", "*a", "_a_ ", "-a", "!a.b", "!a b.c", "[a|", "[a|http://x", "[~a]", "\\\\ ", "??a", "|a\nb|", "{*}a{*}", "3. a\n", "<b>", "<b>a</b>", "`a", "<" + m + "b>", "@" + z + "a", "[^1]: a\n[^1]\n",
	} {
		for name, f := range map[string]func(string) string{"ToWiki": text.ToWiki, "FromWiki": text.FromWiki, "Canonical": text.Canonical} {
			const length = 1 << 14
			of := func(n int) string { return strings.Repeat(p, n/len(p)) }
			fair := took(f, of(length)) < 60*time.Millisecond
			// A search that is bounded takes its whole bound only in a longer text.
			for _, n := range []int{length, 4 * length} {
				for i := 0; i < 4 && !fair; i++ {
					fair = took(f, of(n)) < 10*took(f, of(n/4))
				}
			}
			if !fair {
				t.Errorf("%s of %q: four times as many bytes take more than ten times as long, at %d and at %d bytes", name, p, length, 4*length)
			}
		}
	}
}
