package verifycmd

import (
	"fmt"
	"strings"
	"time"

	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/terminal"
)

// FromExport is where a key came from that was in the export itself.
const FromExport = "taken from key.pub of the export"

// Text returns a report in words, for a person. From says where the key came from,
// "" when there is nothing to say about it.
func Text(r *verify.Report, from string) string {
	var b strings.Builder
	// Names and values come from the files: each stays on the line it is put on.
	line := func(format string, args ...any) {
		for i, a := range args {
			if s, ok := a.(string); ok {
				args[i] = terminal.Line(s)
			}
		}
		fmt.Fprintf(&b, format+"\n", args...)
	}

	line("%s\n", verdict(r))
	if r.Origin != "" {
		line("Log      %s", r.Origin)
		line("Entries  %d%s", r.Size, period(r))
		line("Root     %s", r.Root)
	}
	if from != "" {
		line("Key      %s", from)
	}
	if len(r.Restores) > 0 {
		line("\nRestored from a backup: the log itself says that it was set back and went on from an older head")
		for _, x := range r.Restores {
			line("  - %s", x.Words())
		}
	}
	if len(r.Findings) > 0 {
		line("\nFound")
		for _, f := range r.Findings {
			finding(&b, f)
		}
		if r.Omitted > 0 {
			line("  and %d more of the same kinds", r.Omitted)
		}
	}
	line("\nChecked")
	for _, s := range r.Checked {
		line("  - %s", s)
	}
	line("\nNot checked, or not to be known from these files")
	if from == FromExport && r.Result != verify.Verified {
		line("  - whether the key is that of the people who run the log: it came with the files. Ask them for it by another way and give it with --key")
	}
	for _, s := range r.NotChecked {
		line("  - %s", s)
	}
	if r.Result != verify.Failed && r.Dossier == "" {
		line("\nKeep today's checkpoint away from the people who run the log, and give it with --against\nnext time: the file \"checkpoint\" of an export, or what conformd audit checkpoint prints.")
	}
	return b.String()
}

func verdict(r *verify.Report) string {
	what := "this dossier of "
	if r.Receipt {
		what = "this receipt of an audit day of "
	}
	switch {
	case r.Dossier == "":
	case r.Result == verify.Verified:
		return "VERIFIED: " + what + r.Dossier + " is what was signed, in the log whose checkpoint you hold."
	case r.Result == verify.VerifiedInPart:
		return "VERIFIED IN PART: " + what + r.Dossier + " is what was signed. There was nothing from outside to hold its log against."
	default:
		return "FAILED: do not rely on " + what + r.Dossier + ". " + count(r)
	}
	switch r.Result {
	case verify.Verified:
		return "VERIFIED: nothing in this log was changed, removed or put in between since it was signed, and it carries on from the checkpoint you hold."
	case verify.VerifiedInPart:
		return "VERIFIED IN PART: the log is sound in itself. There was nothing from outside to hold it against."
	}
	return "FAILED: do not rely on this log. " + count(r)
}

func count(r *verify.Report) string {
	if n := int64(len(r.Findings)) + r.Omitted; n > 1 {
		return fmt.Sprintf("There are %d findings.", n)
	}
	return "There is 1 finding."
}

func period(r *verify.Report) string {
	if r.First.IsZero() {
		return ""
	}
	const day = "2006-01-02 15:04:05"
	return fmt.Sprintf(", from %s to %s UTC", r.First.In(time.UTC).Format(day), r.Last.In(time.UTC).Format(day))
}

func finding(b *strings.Builder, f verify.Finding) {
	fmt.Fprintf(b, "  %s, in %s: %s\n", f.Code, terminal.Line(f.Where), terminal.Line(f.Text))
	if f.Want != "" {
		fmt.Fprintf(b, "      expected %s\n", terminal.Line(short(f.Want)))
	}
	if f.Got != "" {
		fmt.Fprintf(b, "      found    %s\n", terminal.Line(short(f.Got)))
	}
}

// short cuts what is too long for a screen; --json has all of it.
func short(s string) string {
	const most = 160
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
