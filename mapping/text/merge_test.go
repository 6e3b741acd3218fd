package text_test

import (
	"strings"
	"testing"

	"github.com/conformd/conformd/mapping/text"
)

func people(id string) (string, bool) {
	name, ok := map[string]string{"712020:olga": "Olga Owens"}[id]
	return name, ok
}

// TestIntoWiki: one edit at GitHub, and what stands in Jira afterwards.
func TestIntoWiki(t *testing.T) {
	for _, tc := range []struct{ name, mine, from, to, want string }{
		{
			"one word", "First seen on {color:red}1 May{color}.\n\n!Screenshot 2026-05-01 at 09.14.22.png|width=640!\n\n!image-20260501.png|width=640!\n\nAsk [~accountid:712020:olga] about it.",
			"First seen", "Seen first",
			"Seen first on {color:red}1 May{color}.\n\n!Screenshot 2026-05-01 at 09.14.22.png|width=640!\n\n!image-20260501.png|width=640!\n\nAsk [~accountid:712020:olga] about it.",
		},
		{"beside a mention", "Ask [~accountid:712020:olga] about it.", "about", "for", "Ask [~accountid:712020:olga] for it."},
		{"beside a picture", "See !a b.png|width=3! for it.", "for it", "now", "See !a b.png|width=3! now."},
		{"a picture's line goes", "a\n\n!shot.png|thumbnail!\n\nb", "(image: shot.png)\n\n", "", "a\n\n!shot.png|thumbnail!\n\nb"},
		{"a picture's words go", "a !shot.png|thumbnail! b\n\nc", " (image: shot.png)", "", "a !shot.png|thumbnail! b\n\nc"},
		{"a picture's words go, and others change", "a !shot.png|thumbnail! b\n\nc", "a (image: shot.png) b", "a z", "a z\n\n!shot.png|thumbnail!\n\nc"},
		{"a file's line goes, in a list", "* a\n* [^log.txt]\n* b", "- log.txt\n", "", "* a [^log.txt]\n* b"},
		{"inside a colour", "{color:red}1 May and 2 June{color} it was.", "May", "July", "{color:red}1 July and 2 June{color} it was."},
		{"all of a colour", "It was {color:red}1 May{color}.", "1 May", "yesterday", "It was yesterday."},
		{"a smart link", "See [https://x.org/a|https://x.org/a|smart-link] now.", "now", "then", "See [https://x.org/a|https://x.org/a|smart-link] then."},
		{"a status", "It is {status:colour=Green|title=Done} now.", "now", "then", "It is {status:colour=Green|title=Done} then."},
		{"an anchor", "{anchor:x}Cause: none", "none", "HR", "{anchor:x}Cause: HR"},
		{"in a panel", "{panel:title=Note|bgColor=#fff}\none\n\ntwo\n{panel}\nafter", "two", "three", "{panel:title=Note|bgColor=#fff}\none\n\nthree\n{panel}\nafter"},
		{"beside a panel", "{panel}\none\n{panel}\n\nafter", "after", "later", "{panel}\none\n{panel}\n\nlater"},
		{"beside a macro", "a\n{expand:Log}\n*x*\n{expand}\n\nb", "\n\nb", "\n\nc", "a\n{expand:Log}\n*x*\n{expand}\n\nc"},
		{"in an item", "# one {color:red}x{color}\n#* two\n# three", "two", "2", "# one {color:red}x{color}\n#* 2\n# three"},
		{"a new item", "- one\n- {color:red}two{color}\n", "- one\n", "- one\n- new\n", "- one\n* new\n- {color:red}two{color}\n"},
		{"an item goes", "# one\n# two\n# {color:red}three{color}", "2. two\n3. three", "2. three", "# one\n# {color:red}three{color}"},
		{"code with a title", "{code:title=a.go|java}\nx\ny\n{code}\n\nend", "x\n", "z\n", "{code:title=a.go|java}\nz\ny\n{code}\n\nend"},
		{"code in an item", "# Run\n{code:title=a|sh}\nid\n{code}\n# See", "Run", "Run it", "# Run it\n{code:title=a|sh}\nid\n{code}\n# See"},
		{"in a cell", "||a||b||\n|{color:red}1{color}|x\ny|\n|2|[~accountid:712020:olga]|", "| 2 |", "| 3 |", "||a||b||\n|{color:red}1{color}|x\ny|\n|3|[~accountid:712020:olga]|"},
		{"a new row", "||a||b||\n|{color:red}1{color}|x|", "| 1 | x |", "| 1 | x |\n| 2 | y |", "||a||b||\n|{color:red}1{color}|x|\n|2|y|"},
		{"in a quote", "{quote}\n{color:red}one{color}\n\ntwo\n{quote}", "two", "2", "{quote}\n{color:red}one{color}\n\n2\n{quote}"},
		{"in a short quote", "bq. ask [~accountid:712020:olga] now", "now", "then", "bq. ask [~accountid:712020:olga] then"},
		{"Windows line ends", "one\r\n\r\n{color:red}two{color}\r\n\r\nthree\r\n", "three", "four", "one\r\n\r\n{color:red}two{color}\r\n\r\nfour\r\n"},
		{"a new paragraph between", "{color:red}one{color}\r\n\r\n\r\ntwo", "one\n\n", "one\n\nnew\n\n", "{color:red}one{color}\r\n\r\nnew\r\n\r\ntwo"},
		{"a typed number", "15. Mai {color:red}2026{color}", "15", "16", "16. Mai {color:red}2026{color}"},
		{"nothing was there", "", "", "- a", "* a"},
		{"all goes", "{color:red}one{color}", "one", "", ""},
	} {
		theirs := text.FromWikiNamed(tc.mine, people)
		news := strings.Replace(theirs, tc.from, tc.to, 1)
		if news == theirs {
			t.Fatalf("%s: %q does not stand in %q", tc.name, tc.from, theirs)
		}
		got := text.IntoWiki(tc.mine, theirs, news, people)
		if got != tc.want {
			t.Errorf("%s: IntoWiki(%q, %q, %q) = %q, want %q", tc.name, tc.mine, theirs, news, got, tc.want)
		}
		if !text.Same(news, got, people) {
			t.Errorf("%s: Same(%q, %q) = false", tc.name, news, got)
		}
		if again := text.IntoWiki(got, theirs, news, people); again != got {
			t.Errorf("%s: IntoWiki(%q) = %q, want no change", tc.name, got, again)
		}
	}
}

// TestIntoGFM: one edit in Jira, and what the register says afterwards.
func TestIntoGFM(t *testing.T) {
	for _, tc := range []struct{ name, mine, from, to, want string }{
		{"beside a picture with a size", "The <img width=\"80\" src=\"https://x.org/a.png\"> console.", "console", "screen", "The <img width=\"80\" src=\"https://x.org/a.png\"> screen."},
		{"another paragraph", "<img width=\"80\" src=\"https://x.org/a.png\">\n\none", "one", "two", "<img width=\"80\" src=\"https://x.org/a.png\">\n\ntwo"},
		{"beside HTML", "<b>Owner:</b> Olga, <a href=\"https://x.org/h\">the log</a>", "Olga", "Erik", "<b>Owner:</b> Erik, <a href=\"https://x.org/h\">the log</a>"},
		{"in a folded part", "<details><summary>Log</summary>\n\n```text\nERROR 17\n```\n\n</details>", "17", "18", "<details><summary>Log</summary>\n\n```text\nERROR 18\n```\n\n</details>"},
		{"the summary of a folded part", "<details><summary>Log</summary>\n\n```text\nERROR\n```\n\n</details>", "Log", "All", "<details><summary>All</summary>\n\n```text\nERROR\n```\n\n</details>"},
		{"a diagram", "```mermaid\ngraph TD; A-->B;\n```\n\nend", "end", "stop", "```mermaid\ngraph TD; A-->B;\n```\n\nstop"},
		{"in a diagram", "~~~mermaid\ngraph TD; A-->B;\n~~~", "B;", "C;", "~~~mermaid\ngraph TD; A-->C;\n~~~"},
		{"in indented code", "Log:\n\n    one\n      two\n\nend", "two", "three", "Log:\n\n    one\n      three\n\nend"},
		{"the alignment of a table", "| Control | Days |\n|:---|---:|\n| A.5.18 | 21 |\n| A.8.2 | 9 |", "21", "22", "| Control | Days |\n|:---|---:|\n| A.5.18 | 22 |\n| A.8.2 | 9 |"},
		{"a new row", "| a | b |\n|:--|--:|\n| 1 | <img src=\"https://x.org/a.png\" width=\"9\"> |", "|1|", "|0| |\n|1|", "| a | b |\n|:--|--:|\n| 0 |  |\n| 1 | <img src=\"https://x.org/a.png\" width=\"9\"> |"},
		{"a row goes", "a | b\n:-- | --\n1 | 2\n3 | 4", "\n|1|2|", "", "a | b\n:-- | --\n3 | 4"},
		{"a task", "- [x] one\n- [ ] two\n  - [ ] three\n* other", "three", "3", "- [x] one\n- [ ] two\n  - [ ] 3\n* other"},
		{"a task is done", "- [ ] one\n- [ ] two", "[ ] two", "[x] two", "- [ ] one\n- [x] two"},
		{"a task with code", "- [ ] one\n\n  ```text\n  x\n  ```\n- [ ] two", "one", "1", "- [ ] 1\n\n  ```text\n  x\n  ```\n- [ ] two"},
		{"a step with code", "1. Log in\n2. Run\n   ```text\n   id svc\n   ```\n3. Compare", "svc", "svc2", "1. Log in\n2. Run\n   ```text\n   id svc2\n   ```\n3. Compare"},
		{"a step more", "7. one\n8. __two__\n9. three", "\n9.", "\n9. new\n10.", "7. one\n8. __two__\n9. new\n9. three"},
		{"the first step goes", "1. one\n2. __two__\n3. three", "# one\n", "", "1. __two__\n3. three"},
		{"style of emphasis", "*em* and __strong__ words", "words", "text", "*em* and __strong__ text"},
		{"a footnote", "Claim[^1] here.\n\n[^1]: The proof.", "proof", "evidence", "Claim[^1] here.\n\n[^1]: The evidence."},
		{"an alert", "> [!NOTE]\n> __Rotate__ the key.", "key", "lock", "> [!NOTE]\n> __Rotate__ the lock."},
		{"links by reference", "See [the policy][p].\n\nend\n\n[p]: https://x.org/p", "end", "stop", "See [the policy][p].\n\nstop\n\n[p]: https://x.org/p"},
		{"a relative link", "See [it](../docs/x.md).\n\nend", "end", "stop", "See [it](../docs/x.md).\n\nstop"},
		{"beside a relative link", "See [it](../docs/x.md) now.", "now", "then", "See [it](../docs/x.md) then."},
		{"an underlined heading", "Title __a__\n====\n\ntext", "Title", "Head", "Head __a__\n====\n\ntext"},
		{"a list of another mark", "* one\n* two", "two", "two\n* three", "* one\n* two\n* three"},
		{"a nested item more", "* one\n    * two\n", "** two", "** two\n** three", "* one\n    * two\n    * three"},
		{"a line break in a cell", "| a |\n|---|\n| one<br/>two |", "two", "three", "| a |\n|---|\n| one<br>three |"},
		{"entities", "a &hellip; b&nbsp;c", "b", "d", "a &hellip; d&nbsp;c"},
	} {
		theirs := text.ToWiki(tc.mine)
		news := strings.Replace(theirs, tc.from, tc.to, 1)
		if news == theirs {
			news = strings.Replace(theirs, strings.ReplaceAll(tc.from, "[", "\\["), strings.ReplaceAll(tc.to, "[", "\\["), 1)
		}
		if news == theirs {
			t.Fatalf("%s: %q does not stand in %q", tc.name, tc.from, theirs)
		}
		got := text.IntoGFM(tc.mine, theirs, news, nil)
		if got != tc.want {
			t.Errorf("%s: IntoGFM(%q, %q, %q) = %q, want %q", tc.name, tc.mine, theirs, news, got, tc.want)
		}
		if !text.Same(got, news, nil) {
			t.Errorf("%s: Same(%q, %q) = false", tc.name, got, news)
		}
		if again := text.IntoGFM(got, theirs, news, nil); again != got {
			t.Errorf("%s: IntoGFM(%q) = %q, want no change", tc.name, got, again)
		}
	}
}

// TestAFileThatOnlyJiraShows: its text was taken out at GitHub, and an edit in Jira does
// not bring it back.
func TestAFileThatOnlyJiraShows(t *testing.T) {
	const mine, theirs = "one\n\nthree", "one\n\n!a.png!\n\nthree !b.png! [^c.txt]"
	if !text.Same(mine, theirs, nil) || text.Same(theirs, mine, nil) {
		t.Errorf("Same(%q, %q) = false, or true the other way round", mine, theirs)
	}
	if got, want := text.IntoGFM(mine, theirs, strings.Replace(theirs, "one", "two", 1), nil), "two\n\nthree"; got != want {
		t.Errorf("IntoGFM = %q, want %q", got, want)
	}
	if got, want := text.IntoGFM(mine, theirs, theirs+"\n\n!d.png!", nil), "one\n\nthree\n\n(image: d.png)"; got != want {
		t.Errorf("IntoGFM with a new picture = %q, want %q", got, want)
	}
}

func TestReplace(t *testing.T) {
	for _, tc := range []struct{ name, src, news, want string }{
		{"nothing", "a\r\n", "a", "a\r\n"},
		{"a marker of another bot", "Not yet.\n\n<!-- stale-bot: {\"warned\":\"2026-05-01\"} -->\n", "Two exports without a finding.", "Two exports without a finding.\n\n<!-- stale-bot: {\"warned\":\"2026-05-01\"} -->\n"},
		{"a hint above", "<!-- say why -->\r\nold\r\n", "new", "<!-- say why -->\r\nnew\r\n"},
		{"a comment of several lines between", "one\n\n<!--\nhint\n\nmore\n-->\n\ntwo", "one\n\nthree", "one\n\n<!--\nhint\n\nmore\n-->\n\nthree"},
		{"a comment in a line", "Cause: nobody <!-- internal --> told IT.\n\nend", "Cause: nobody told HR.\n\nend", "Cause: nobody <!-- internal --> told HR.\n\nend"},
		{"mentions of the author stay", "@ana said #3\n\nold", "@\u200bana said #\u200b3\n\nnew", "@ana said #3\n\nnew"},
		{"line ends of both sorts", "one\r\ntwo\nthree  \r\nfour", "one\ntwo\nthree\nfive", "one\r\ntwo\nthree  \r\nfive"},
		{"a line more", "- a\r\n- b\r\n", "- a\n- new\n- b", "- a\r\n- new\r\n- b\r\n"},
		{"a line less", "- a\r\n- b\r\n- c", "- a\n- c", "- a\r\n- c"},
		{"emptied", "old\n\n<!-- bot -->\n", "", "\n<!-- bot -->\n"},
		{"filled", "<!-- hint -->\n", "new", "<!-- hint -->\nnew\n"},
		{"where nothing was", "", "new\n\nmore", "new\n\nmore"},
	} {
		got := text.Replace(tc.src, tc.news)
		if got != tc.want {
			t.Errorf("%s: Replace(%q, %q) = %q, want %q", tc.name, tc.src, tc.news, got, tc.want)
		}
		if c := text.Canonical(got); c != tc.news {
			t.Errorf("%s: Canonical(Replace(%q, %q)) = %q", tc.name, tc.src, tc.news, c)
		}
	}
}
