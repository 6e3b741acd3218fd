package mapping_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

func TestParseCommands(t *testing.T) {
	const eff = register.SubjectEffectiveness
	for _, tc := range []struct {
		name, body string
		want       []mapping.Command
	}{
		{"no command", "I think this is done.", nil},
		{"effective", "/capa effective no leaver account in the June sample", []mapping.Command{{Verb: "effective", Subject: eff, Outcome: register.Effective, Text: "no leaver account in the June sample"}}},
		{"in any case", "/CAPA Ineffective two accounts", []mapping.Command{{Verb: "ineffective", Subject: eff, Outcome: register.Ineffective, Text: "two accounts"}}},
		{"verify", "/capa verify Effective sample of 25", []mapping.Command{{Verb: "verify", Args: []string{"effective"}, Subject: eff, Outcome: register.Effective, Text: "sample of 25"}}},
		{"approve without a reason", "/capa approve-plan", []mapping.Command{{Verb: "approve-plan", Subject: register.SubjectPlan, Outcome: register.Approved}}},
		{"a reason behind because", "/capa reject Because not ours", []mapping.Command{{Verb: "reject", Subject: register.SubjectRejection, Outcome: register.Rejected, Field: register.FieldRejectReason, Text: "not ours"}}},
		{"a cause with because", "/capa root-cause because nobody reads the mail", []mapping.Command{{Verb: "root-cause", Field: register.FieldRootCause, Text: "because nobody reads the mail"}}},
		{"reject", "/capa reject not ours", []mapping.Command{{Verb: "reject", Subject: register.SubjectRejection, Outcome: register.Rejected, Field: register.FieldRejectReason, Text: "not ours"}}},
		{"several lines, up to the next command", "Hi\n/capa root-cause\nNobody owns it:\n\n- HR\n- IT\n\n/capa correction accounts disabled\nthanks", []mapping.Command{
			{Verb: "root-cause", Field: register.FieldRootCause, Text: "Nobody owns it:\n\n- HR\n- IT"},
			{Verb: "correction", Field: register.FieldCorrection, Text: "accounts disabled\nthanks"},
		}},
		{"other fields", "/capa isms-change none, one-off\n/capa close-summary works\n/capa similar none", []mapping.Command{
			{Verb: "isms-change", Field: register.FieldISMSChange, Text: "none, one-off"},
			{Verb: "close-summary", Field: register.FieldCloseSummary, Text: "works"},
			{Verb: "similar", Field: register.FieldSimilarity, Text: "none"},
		}},
		{"quoted", "> /capa effective yes\n\nReally?", nil},
		{"in a code block", "```\n/capa effective yes\n```\n    /capa effective yes", nil},
		{"in the middle of a line", "say /capa effective yes", nil},
		{"another word", "/capability effective yes", nil},
		{"Windows line ends", "/capa help\r\n/capa status\r\n", []mapping.Command{{Verb: "help"}, {Verb: "status"}}},
		{"alone", "/capa", []mapping.Command{{Verb: "help"}}},
		{"without its reason", "/capa effective", []mapping.Command{{Verb: "effective", Subject: eff, Outcome: register.Effective, Err: "`/capa effective` needs the why behind it"}}},
		{"a template's hint is no reason", "/capa effective <!-- why? -->", []mapping.Command{{Verb: "effective", Subject: eff, Outcome: register.Effective, Err: "`/capa effective` needs the why behind it"}}},
		{"verify what", "/capa verify yes", []mapping.Command{{Verb: "verify", Subject: eff, Err: "`/capa verify` needs `effective`, `partially` or `ineffective`"}}},
		{"a typing mistake", "/capa rootcause x", []mapping.Command{{Verb: "rootcause", Text: "x", Err: "unknown command \"/capa rootcause\"; did you mean `/capa root-cause`?"}}},
		{"in a list, a table, HTML, a folded part", "- a\n- /capa effective x\n\n| /capa effective x |\n|---|\n\n<div>\n/capa effective x\n</div>\n\n<details>\n\n/capa effective x\n\n</details>\n\n<!--\n/capa effective x\n-->", nil},
		{"in a code block of a list", "- in a comment\n- ```\n  /capa effective what was checked\n  ```\n\n1) ~~~\n   /capa effective x\n   ~~~\n\nnext week", nil},
		{"in nested fences", "````md\n```\n/capa effective x\n```\n/capa effective y\n````", nil},
		{"in code over lines", "`see\n/capa effective x\n`", nil},
		{"behind an unmatched backquote", "a ` b\n/capa effective x", []mapping.Command{{Verb: "effective", Subject: eff, Outcome: register.Effective, Text: "x"}}},
		{"a heading", "/capa effective x\n---", nil},
		{"with a no-break space", "/capa\u00a0effective\u00a0Checked four exports.", []mapping.Command{{Verb: "effective", Subject: eff, Outcome: register.Effective, Text: "Checked four exports."}}},
		{"with what takes no room", "\u200b/\u200bca\u2060pa \u200beffec\u00adtive \u200bx", []mapping.Command{{Verb: "effective", Subject: eff, Outcome: register.Effective, Text: "\u200bx"}}},
		{"with a tab", "/capa\teffective\tx", []mapping.Command{{Verb: "effective", Subject: eff, Outcome: register.Effective, Text: "x"}}},
		{"its text keeps its markup", "/capa root-cause **Nobody** `owns` it:\n\n```\n/capa status\n```\n> /capa status\n\n/capa status", []mapping.Command{
			{Verb: "root-cause", Field: register.FieldRootCause, Text: "**Nobody** `owns` it:\n\n```\n/capa status\n```\n> /capa status"}, {Verb: "status"},
		}},
		{"a letter too many", "/cappa effective x\ny", []mapping.Command{{Verb: "effective", Text: "x\ny", Err: "unknown command \"/cappa effective\"; did you mean `/capa effective`?"}}},
		{"a letter too few", "/cpa approve-plan", []mapping.Command{{Verb: "approve-plan", Err: "unknown command \"/cpa approve-plan\"; did you mean `/capa approve-plan`?"}}},
		{"swapped letters", "/cpaa effective x", []mapping.Command{{Verb: "effective", Text: "x", Err: "unknown command \"/cpaa effective\"; did you mean `/capa effective`?"}}},
		{"a slash that stands apart", "/ capa effective x", []mapping.Command{{Verb: "effective", Text: "x", Err: "unknown command \"/ capa effective\"; did you mean `/capa effective`?"}}},
		{"a colon", "/capa: Effective x", []mapping.Command{{Verb: "effective", Text: "x", Err: "unknown command \"/capa: Effective\"; did you mean `/capa effective`?"}}},
		{"in bold", "**/capa effective x**", []mapping.Command{{Verb: "effective", Text: "x**", Err: "unknown command \"**/capa effective\"; did you mean `/capa effective`?"}}},
		{"without its slash", "capa effective x\n\nCAPA approve-plan", []mapping.Command{
			{Verb: "effective", Text: "x", Err: "unknown command \"capa effective\"; did you mean `/capa effective`?"},
			{Verb: "approve-plan", Err: "unknown command \"CAPA approve-plan\"; did you mean `/capa approve-plan`?"},
		}},
		{"a slash of another sort", "／capa effective x\n\\capa effective y\n//capa effective z", []mapping.Command{
			{Verb: "effective", Text: "x", Err: "unknown command \"／capa effective\"; did you mean `/capa effective`?"},
			{Verb: "effective", Text: "y", Err: "unknown command \"\\capa effective\"; did you mean `/capa effective`?"},
			{Verb: "effective", Text: "z", Err: "unknown command \"//capa effective\"; did you mean `/capa effective`?"},
		}},
		{"behind a mention, as other programs want it", "@conformd /capa effective x", []mapping.Command{{Verb: "effective", Text: "x", Err: "unknown command \"@conformd /capa effective\"; did you mean `/capa effective`?"}}},
		{"a sentence about it", "CAPA effective since May\n\nCapa status: open\n\ncapa status?", nil},
		{"orders to other programs", "/close\n/approve\n/cap\n/cap status\n/caps effective-date\n/lgtm\n/cat effective-x", nil},
		{"nothing like it", "/capa frobnicate", []mapping.Command{{Verb: "frobnicate", Err: "unknown command \"/capa frobnicate\"; `/capa help` lists the commands"}}},
	} {
		got := mapping.ParseCommands(tc.body)
		for i := range got {
			got[i].Err = message.Text(got[i].Err.String())
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s: ParseCommands(%q) (-want +got):\n%s", tc.name, tc.body, d)
		}
	}
}

// TestDidYouMean: whoever mistypes a command is told the one that was meant.
func TestDidYouMean(t *testing.T) {
	for typed, want := range map[string]string{
		"approve": "approve-plan", "approve plan": "approve-plan", "root cause x": "root-cause", "cause x": "root-cause", "summary x": "close-summary",
		"hlep": "help", "**effective** x": "effective", "- effective x": "effective", "– effective x": "effective", "not effective x": "ineffective",
		"not-effective x": "ineffective", "correct x": "correction", "verify-effective x": "verify", "isms change x": "isms-change", "": "", "accept": "", "no": "", "42": "", "done": "",
	} {
		c := mapping.ParseCommands("/capa " + typed)
		if len(c) != 1 || want != "" && !strings.HasSuffix(c[0].Err.String(), "did you mean `/capa "+want+"`?") || want == "" && strings.Contains(c[0].Err.String(), "mean") {
			t.Errorf("ParseCommands(/capa %s) = %+v, want %q meant", typed, c, want)
		}
	}
}

// TestMisplaced: a command in a list or a heading is none, and whoever wrote it is told.
func TestMisplaced(t *testing.T) {
	for _, tc := range []struct {
		body string
		want []string
	}{
		{"- /capa effective x", []string{"effective"}},
		{"/capa effective x\n---\nRita", []string{"effective"}},
		{"Done:\n\n1. [ ] /capa approve-plan\n2. /capa effective x", []string{"approve-plan", "effective"}},
		{"# /capa status", []string{"status"}},
		{"- /capa effective <why>\n- /capa frobnicate\n- /capa effective", nil},
		{"- /capa help\n- /capa status\n- /capa approve-plan", nil},
		{"- /capa effective x\n\n/capa status", nil},
		{"- ```\n  /capa effective x\n  ```\n- > /capa effective x\n- `/capa effective x`\n\n> /capa effective x", nil},
		{"- capabilities", nil},
	} {
		var got []string
		for _, c := range mapping.Misplaced(tc.body) {
			if !strings.Contains(c.Err.String(), "in a list or a heading") {
				t.Errorf("Misplaced(%q) = %+v, want the reason", tc.body, c)
			}
			got = append(got, c.Verb)
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("Misplaced(%q) (-want +got):\n%s", tc.body, d)
		}
	}
}

// TestCommandsOfJira: a comment in wiki markup is converted first, which leaves commands
// alone, and code and quotes hold none there either.
func TestCommandsOfJira(t *testing.T) {
	for _, tc := range []struct {
		wiki string
		want []string
	}{
		{"/capa effective four exports", []string{"effective: four exports"}},
		{"Hi\n/capa root-cause HR *tells* nobody\n* one\n\n/capa approve-plan", []string{"root-cause: HR **tells** nobody\n\n- one", "approve-plan: "}},
		{"/CAPA\u00a0approve-plan\r\n", []string{"approve-plan: "}},
		{"*/capa effective x*", []string{"effective: x**"}},
		{"{code}\n/capa effective x\n{code}\n{noformat}\n/capa effective x\n{noformat}", nil},
		{"{quote}\n/capa effective x\n{quote}\n\nbq. /capa effective x", nil},
		{"* see\n{code}\n/capa effective x\n{code}\n* /capa effective x", nil},
		{"||a||\n|/capa effective x|", nil},
		{"h3. /capa effective x", nil},
		{"{expand:how}\n/capa effective x\n{expand}", nil},
	} {
		var got []string
		for _, c := range mapping.ParseCommands(text.FromWiki(tc.wiki)) {
			got = append(got, c.Verb+": "+c.Text)
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("commands of %q (-want +got):\n%s", tc.wiki, d)
		}
	}
}

// TestHelpListsWhatIsUnderstood: every line of the help is a command.
func TestHelpListsWhatIsUnderstood(t *testing.T) {
	for _, l := range mapping.CommandHelp() {
		l = strings.Trim(strings.ReplaceAll(l, "effective|partially|ineffective", "partially"), "`")
		if c := mapping.ParseCommands(l); len(c) != 1 || c[0].Err != "" {
			t.Errorf("ParseCommands(%q) = %+v, want one command without a mistake", l, c)
		}
	}
}

// FuzzParseCommands: whatever a comment says, its commands are whole, and written
// out again they are the same commands.
func FuzzParseCommands(f *testing.F) {
	for _, s := range []string{
		"", "/capa", "/capa verify\neffective x", "```\n/capa help", "> /capa x", "/capa \xff\x00", "/capa " + strings.Repeat("é", 99), "<!--\n/capa effective x\n-->",
		"Dana wrote:\n\n/CAPA Root-Cause HR tells nobody\n\n```\n/capa reject\n```\n  /capa verify PARTIALLY two of @ana's\r\nstill open\r\n/capa approve-plan",
		"/capa effective ```\nx\n```", "/capa reject <!-- why -->\n~~~\nlog", "/capa close-summary\n    indented\n\n/capa\u00a0help", "/capa rootcause x", "/capa similar /capa help",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		all := mapping.ParseCommands(s)
		var printed []string
		for _, c := range all {
			if c.Verb == "" || c.Err == "" && c.Subject != "" && c.Outcome == "" {
				t.Errorf("ParseCommands(%q) has %+v, want a verb, and an outcome for a decision", s, c)
			}
			if c.Err == "" && c.Subject == register.SubjectEffectiveness && c.Text == "" {
				t.Errorf("ParseCommands(%q) has a review without a reason: %+v", s, c)
			}
			if c.Verb == "verify" && len(c.Args) == 0 || strings.HasPrefix(c.Err.String(), "unknown") && !strings.HasPrefix(c.Err.String(), "unknown command \"/capa "+c.Verb) {
				return // what was typed is in the mistake alone
			}
			// In a paragraph of its own the text keeps its blocks, unless it would be a command.
			sep := "\n\n"
			if first, _, _ := strings.Cut(c.Text, "\n"); len(mapping.ParseCommands(first)) > 0 {
				sep = " "
			}
			printed = append(printed, strings.Join(append([]string{"/capa", c.Verb}, c.Args...), " ")+sep+c.Text)
		}
		again := strings.Join(printed, "\n\n")
		if d := cmp.Diff(all, mapping.ParseCommands(again)); d != "" {
			t.Errorf("ParseCommands(%q) is written %q and read again as (-first +again):\n%s", s, again, d)
		}
	})
}

func TestAfterwards(t *testing.T) {
	edit := time.Date(2026, 7, 1, 12, 5, 0, 0, time.UTC)
	was := mapping.Event{ID: "1:0", Kind: mapping.EventField, Field: register.FieldSimilarity, Verb: "similar", Text: "none"}
	refused := was
	refused.Kind, refused.Verb, refused.Refused = mapping.EventUnknown, "simlar", "unknown command"
	review := mapping.Event{ID: "1:0", Kind: mapping.EventApproval, Verb: "effective", Outcome: register.Effective, Text: "checked"}
	for _, tc := range []struct {
		name     string
		was      mapping.Event
		verb     string
		text     string
		edited   time.Time
		later    bool
		nothing  bool // the edit of what was read changes nothing
		decision register.Outcome
	}{
		{"never edited", was, "similar", "one", time.Time{}, false, false, ""},
		{"another word of another paragraph", was, "similar", "none", edit, false, false, ""},
		{"another text", was, "similar", "one", edit, true, true, ""},
		{"a typing mistake put right", refused, "similar", "none", edit, true, false, ""},
		{"another reason of a decision", review, "effective", "looked", edit, true, false, register.Effective},
		{"another decision", review, "ineffective", "looked", edit, true, false, register.Ineffective},
	} {
		e := tc.was
		e.Verb, e.Text, e.Edited, e.Outcome, e.Refused = tc.verb, tc.text, tc.edited, tc.decision, "the comment was edited"
		got, later := (&mapping.Profile{Binding: "gh"}).Afterwards(e, tc.was, connectors.User{})
		if later != tc.later || later && (got.ID != "1:0:edited" || !got.At.Equal(edit)) || strings.Contains(got.Refused.String(), "changes nothing") != tc.nothing ||
			later && strings.Contains(got.Refused.String(), "counts only as it was written") != (tc.was.Kind == mapping.EventApproval) {
			t.Errorf("%s: Afterwards() = %+v, %v, want %v, that nothing changes: %v", tc.name, got, later, tc.later, tc.nothing)
		}
	}
}

// What somebody else made of a comment was not said by its author.
func TestAfterwardsNamesTheEditor(t *testing.T) {
	edit := time.Date(2026, 7, 1, 12, 5, 0, 0, time.UTC)
	p := &mapping.Profile{Binding: "jira", People: []mapping.Account{{Person: "irene", ID: "1"}, {Person: "erik", ID: "2"}}}
	was := mapping.Event{ID: "1:0", Kind: mapping.EventApproval, Verb: "triage", Outcome: register.Approved, By: "irene", Account: "jira:1"}
	e := was
	e.Verb, e.Edited = "reject", edit
	for editor, want := range map[string]string{"1": "irene jira:1 irene", "2": "erik jira:2 erik", "7": "account:jira:7 jira:7 account:jira:7", "": "irene jira:1 "} {
		got, later := p.Afterwards(e, was, connectors.User{ID: editor})
		if by := got.By + " " + got.Account + " " + got.Editor; !later || by != want {
			t.Errorf("edited by %q: %q, %v, want %q", editor, by, later, want)
		}
	}
}

func TestEvents(t *testing.T) {
	noon := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	ana := connectors.User{ID: "557058:a1", Name: "Ana"}
	eve := connectors.User{ID: "557058:e5"}
	self := connectors.User{ID: "557058:me"}
	bot := connectors.User{ID: "557058:b0", Bot: true}
	said := func(id string, by connectors.User, body string, after time.Duration) connectors.Comment {
		return connectors.Comment{ID: id, Author: by, Body: body, Created: noon.Add(after), Updated: noon.Add(after)}
	}
	moved := func(id string, by connectors.User, from, to string, after time.Duration) connectors.Change {
		return connectors.Change{ID: id, Author: by, Field: "status", From: from, To: to, At: noon.Add(after)}
	}
	edited := said("5", ana, "/capa effective yes", 5*time.Minute)
	edited.Updated = edited.Updated.Add(time.Second)
	ours := said("6", ana, "/capa effective yes", 6*time.Minute)
	ours.Marker = "notice-1"
	for _, tc := range []struct {
		name     string
		changes  []connectors.Change
		comments []connectors.Comment
		want     []mapping.Event
	}{
		{
			"a transition with the comment given on its screen",
			[]connectors.Change{moved("10421", ana, "Effectiveness check", "closed", 0)},
			[]connectors.Comment{said("1", ana, "sample of *25*, none left", time.Second), said("2", eve, "me too", 0)},
			[]mapping.Event{{
				ID: "jira-isms:changelog:10421", Kind: mapping.EventApproval, Subject: register.SubjectEffectiveness, Outcome: register.Effective,
				Text: "sample of **25**, none left", By: "ana", At: noon, How: register.ByTransition,
			}},
		},
		{"a transition to a status that decides nothing, from elsewhere, of another field", []connectors.Change{
			moved("1", ana, "Reported", "Analysis", 0), moved("2", ana, "Analysis", "Implementing", 0), moved("3", ana, "Implementing", "Implementing", 0),
			{ID: "4", Author: ana, Field: "resolution", To: "Closed", At: noon},
		}, nil, nil},
		{"bots and conformd's account decide nothing, and are told so", []connectors.Change{
			moved("1", bot, "Plan approval", "Implementing", 0), moved("2", self, "Plan approval", "Implementing", 0), moved("3", connectors.User{}, "Plan approval", "Implementing", 0),
		}, []connectors.Comment{said("4", bot, "/capa effective x", 0), said("5", self, "/capa effective x", 0), ours}, []mapping.Event{
			{ID: "jira-isms:changelog:1", Kind: mapping.EventApproval, Subject: register.SubjectPlan, Outcome: register.Approved, By: "account:jira-isms:557058:b0", At: noon, How: register.ByTransition, Bot: true, Refused: "a program's account decides nothing; use your own"},
			{ID: "jira-isms:comment:4:0", Kind: mapping.EventApproval, Subject: register.SubjectEffectiveness, Outcome: register.Effective, Verb: "effective", Text: "x", By: "account:jira-isms:557058:b0", At: noon, How: register.ByComment, Comment: "4", Bot: true, Refused: "a program's account decides nothing; use your own"},
			{ID: "jira-isms:comment:5:0", Kind: mapping.EventApproval, Subject: register.SubjectEffectiveness, Outcome: register.Effective, Verb: "effective", Text: "x", By: "account:jira-isms:557058:me", At: noon, How: register.ByComment, Comment: "5", Refused: "it was posted with conformd's own account; use your own"},
		}},
		{
			"a decision and a field in one comment", nil,
			[]connectors.Comment{said("9", eve, "/capa approve-plan\n/capa root-cause no *owner*", 0)},
			[]mapping.Event{
				{ID: "jira-isms:comment:9:0", Kind: mapping.EventApproval, Subject: register.SubjectPlan, Outcome: register.Approved, Verb: "approve-plan", By: "account:jira-isms:557058:e5", At: noon, How: register.ByComment, Comment: "9"},
				{ID: "jira-isms:comment:9:1", Kind: mapping.EventField, Field: register.FieldRootCause, Verb: "root-cause", Text: "no **owner**", By: "account:jira-isms:557058:e5", At: noon, How: register.ByComment, Comment: "9"},
			},
		},
		{
			"all of a comment or nothing", nil,
			[]connectors.Comment{said("9", ana, "/capa approve-plan\n/capa efective yes", 0)},
			[]mapping.Event{
				{ID: "jira-isms:comment:9:0", Kind: mapping.EventApproval, Subject: register.SubjectPlan, Outcome: register.Approved, Verb: "approve-plan", By: "ana", At: noon, How: register.ByComment, Comment: "9", Refused: "another command of the same comment was not understood"},
				{ID: "jira-isms:comment:9:1", Kind: mapping.EventUnknown, Verb: "efective", Text: "yes", By: "ana", At: noon, How: register.ByComment, Comment: "9", Refused: "unknown command \"/capa efective\"; did you mean `/capa effective`?"},
			},
		},
		{
			"an edited comment", nil,
			[]connectors.Comment{edited},
			[]mapping.Event{{
				ID: "jira-isms:comment:5:0", Kind: mapping.EventApproval, Subject: register.SubjectEffectiveness, Outcome: register.Effective, Verb: "effective", Text: "yes",
				By: "ana", At: noon.Add(5 * time.Minute), How: register.ByComment, Comment: "5", Edited: noon.Add(5*time.Minute + time.Second),
				Refused: "the comment was edited after it was posted; post a new one",
			}},
		},
		{
			"a command in a list", nil,
			[]connectors.Comment{said("9", ana, "* /capa effective yes", 0)},
			[]mapping.Event{{
				ID: "jira-isms:comment:9:0", Kind: mapping.EventUnknown, Verb: "effective", Text: "yes", By: "ana", At: noon, How: register.ByComment, Comment: "9",
				Refused: "`/capa effective` stands in a list or a heading, where no command is read; post it on a line of its own, with an empty line above and below",
			}},
		},
		{
			"in the order of time",
			[]connectors.Change{moved("1", ana, "Plan approval", "Implementing", time.Hour)},
			[]connectors.Comment{said("2", ana, "/capa help", 2*time.Hour), said("1", ana, "{quote}\n/capa effective x\n{quote}\n/capa status", 0)},
			[]mapping.Event{
				{ID: "jira-isms:comment:1:0", Kind: mapping.EventAsk, Verb: "status", By: "ana", At: noon, How: register.ByComment, Comment: "1"},
				{ID: "jira-isms:changelog:1", Kind: mapping.EventApproval, Subject: register.SubjectPlan, Outcome: register.Approved, By: "ana", At: noon.Add(time.Hour), How: register.ByTransition},
				{ID: "jira-isms:comment:2:0", Kind: mapping.EventAsk, Verb: "help", By: "ana", At: noon.Add(2 * time.Hour), How: register.ByComment, Comment: "2"},
			},
		},
	} {
		got := jira().Events(&connectors.Issue{Changes: tc.changes}, tc.comments, self)
		for i := range got {
			// Every event names the account behind the person.
			if !strings.HasPrefix(got[i].Account, "jira-isms:557058:") {
				t.Errorf("%s: event %d is by the account %q", tc.name, i, got[i].Account)
			}
			got[i].Account, got[i].Refused = "", message.Text(got[i].Refused.String())
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s: Events() (-want +got):\n%s", tc.name, d)
		}
	}
	p := jira()
	p.Commands = false
	if got := p.Events(&connectors.Issue{}, []connectors.Comment{said("1", ana, "/capa effective x", 0)}, self); len(got) > 0 {
		t.Errorf("Events() without commands = %+v, want none", got)
	}
}
